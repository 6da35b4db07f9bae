"""Names that cards write for several licenses (`knowledge/shared_names.yaml`): what all of those licenses agree on."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import TypeVar

from generator.licenses.catalog import LicenseId, get_known_name, index, licenses_of, reason
from generator.licenses.terms import Answer, Limit, Obligation, Terms, bare_terms, terms_of
from generator.release.vocabulary import ACTS, RELATIONS
from generator.translations import language_cache

Rule = TypeVar("Rule", Obligation, Limit)


@language_cache(maxsize=64)
def get_agreed_terms(key: LicenseId) -> Terms:
    """Return what all licenses say that share a name; `unclear` where they differ or one has no facts.

    Args:
        key: The name, as an id.
    """
    texts = [terms_of(one) for one in licenses_of(key)]
    unread = [*index()["known"][key]["unread"], *(text.name for text in texts if not text.read)]
    texts = [text for text in texts if text.read]
    if not texts:
        silent = reason("shared", "all_unread", unread=", ".join(unread))
        acts = {act: Answer("unclear", silent, None) for act in ACTS}
        return bare_terms(key, get_known_name(key), acts, (), read=False, because=silent)
    first = texts[0]
    tables = [{relation: text.derivative.get(relation, "unclear") for relation in RELATIONS} for text in texts]
    same = [] if unread else [relation for relation in RELATIONS if len({table[relation] for table in tables}) == 1]
    differ = Answer("", reason("shared", "all_unread" if unread else "tables", unread=", ".join(unread)), None)
    because = {relation: first.relation_because.get(relation, first.derivative_because) for relation in same}
    policies = [text.use_policy for text in texts if text.use_policy]
    settled = len({text.architecture.answer for text in texts}) == 1
    return first._replace(
        id=key,
        name=get_known_name(key),
        applies_to=tuple(kind for kind in first.applies_to if all(kind in text.applies_to for text in texts)),
        acts=MappingProxyType({act: _agree([(t.name, t.acts[act]) for t in texts], unread) for act in ACTS}),
        obligations=_unite_rules([(text.name, text.obligations) for text in texts]),
        limits=_unite_rules([(text.name, text.limits) for text in texts]),
        derivative=MappingProxyType({relation: tables[0][relation] for relation in same}),
        derivative_because=differ,
        relation_because=MappingProxyType(because),
        compatible=tuple(one for one in first.compatible if all(one in text.compatible for text in texts)),
        compatible_joined=(),
        compatible_described=any(text.compatible_described for text in texts),
        barred=tuple(dict.fromkeys(one for text in texts for one in text.barred)),
        two_readings=tuple(dict.fromkeys(one for text in texts for one in text.two_readings)),
        no_further_restrictions=next((t.no_further_restrictions for t in texts if t.no_further_restrictions), None),
        use_policy=policies[0] if policies else None,
        architecture=first.architecture if settled else Answer("unclear", "", None),
        text_source=None,
        digest=None,
        anchors=MappingProxyType({}),
        read=not unread,
        osi_approved=False,
        outputs=any(text.outputs for text in texts),
    )


def _agree(stated: list[tuple[str, Answer]], unread: list[str]) -> Answer:
    """The answer that all licenses of a name give, with the reason of the first and the clauses of all."""
    found: dict[str, list[str]] = {}
    for name, answer in stated:
        found.setdefault(answer.answer, []).append(name)
    if len(found) == 1 and not unread:
        first = stated[0][1]
        clauses = dict.fromkeys(answer.clause for _, answer in stated if answer.clause)
        others = tuple(dict.fromkeys(other for _, answer in stated for other in answer.contested))
        because = reason("shared", "agree", because=first.because)
        return Answer(first.answer, because, " or ".join(clauses) or None, others)
    listed = "; ".join(f"{answer}: {', '.join(names)}" for answer, names in found.items())
    because = reason("shared", "unread" if unread else "differ", unread=", ".join(unread), answers=listed)
    return Answer("unclear", because, None)


def _unite_rules(stated: Sequence[tuple[str, tuple[Rule, ...]]]) -> tuple[Rule, ...]:
    """The conditions or limits of all licenses of a name; one that only some have names its license."""
    found: dict[Rule, dict[str, list[Rule]]] = {}
    for name, rules in stated:
        for rule in rules:
            found.setdefault(rule._replace(detail="", clause=None), {}).setdefault(name, []).append(rule)
    united: list[Rule] = []
    for held in found.values():
        first = next(iter(held.values()))
        if len(held) == len(stated) and all(len(rules) == len(first) for rules in held.values()):
            united += first
            continue
        for name, own in held.items():
            for rule in own:
                united.append(_leave_open(rule)._replace(detail=f"{name}: {rule.detail}", clause=None))
    return tuple(united)


def _leave_open(rule: Rule) -> Rule:
    """A condition or a limit that no fact makes definite."""
    if isinstance(rule, Limit):
        return rule._replace(id="other", threshold=None, countries=())
    return rule._replace(prefix="")
