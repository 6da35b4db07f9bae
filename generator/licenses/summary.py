"""The rights in brief: what you may, must and may not do, and what is not settled; computed once for all renderings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from generator.licenses.catalog import LicenseId, english_reason, reason
from generator.licenses.facts import NOTHING, Given
from generator.licenses.lineage import Flow
from generator.licenses.rights import ClauseRef, LicenseRule, Right, compose_duties, compose_rights
from generator.licenses.terms import Limit, Obligation, Terms
from generator.named_tuple import NamedTuple
from generator.release.vocabulary import ACTS, LIMITS, OBLIGATIONS
from generator.translations import format_number, ngettext, pgettext
from generator.translations import gettext as _

_COMMON = ("use", "commercial_use", "modify", "redistribute", "sublicense")
_MARKS = ("patent_use", "trademark_use")
ACTS_BY_LAYER = {
    "data": (*_COMMON, "finetune", "publish_finetune", *_MARKS),
    "curation": (*_COMMON, *_MARKS),
    "architecture": (*_COMMON, "host_as_service", *_MARKS),
    "documents": (*_COMMON, *_MARKS),
}
"""The acts that make sense for a layer; all acts for weights and deltas."""
_ACT_OF_LIMIT = {"noncommercial": "commercial_use", "no_derivatives": "modify"}
"""Limits that forbid exactly one act."""
_ALLOWED = ("yes", "conditional")
_WITH_WORDS = ("display_built_with", "naming_prefix")


Composed = tuple[tuple[Right, ...], tuple[LicenseRule, ...], tuple[LicenseRule, ...]]
"""Answers to acts, conditions and limitations."""


class Point(NamedTuple):
    """One line of a summary.

    Attributes:
        ids: The acts, or the obligation or limit, that it is about.
        text: What it says, in words that follow "You may", "You must" or "You may not".
        clauses: Where the licenses say so.
        details: The full sentences behind a condition or limitation, each once.
    """

    ids: tuple[str, ...]
    text: str
    clauses: tuple[ClauseRef, ...]
    details: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the point as JSON."""
        clauses = [{"license": ref.license, "clause": ref.clause} for ref in self.clauses]
        return {"ids": list(self.ids), "text": self.text, "clauses": clauses, "details": list(self.details)}


class RightsSummary(NamedTuple):
    """What a recipient may, must and may not do with one item, and what is not settled.

    Attributes:
        may: Acts that are allowed whatever counts as source code; some may have conditions.
        may_if_weights: Acts that are allowed only if weights count as source code.
        conditional: Whether some of these acts has conditions or limitations.
        must: Conditions, equal ones of several licenses once.
        may_not: Acts that are not allowed, and limitations.
        unsettled: Acts that the texts do not settle, and sources whose license is not known.
        if_data_is_source: What applies only if training data counts as source code.
    """

    may: tuple[Point, ...]
    may_if_weights: tuple[Point, ...]
    conditional: bool
    must: tuple[Point, ...]
    may_not: tuple[Point, ...]
    unsettled: tuple[Point, ...]
    if_data_is_source: tuple[Point, ...]

    def _repr_html_(self) -> str:
        """Return the summary as a notebook shows it."""
        from generator.documents.render import render

        return render("notebook_rights.html.jinja", self)

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON, as it stands in `modelcharter.rights/1`."""
        groups = {name: getattr(self, name) for name in self._fields if name != "conditional"}
        return {"conditional": self.conditional} | {
            name: [point.to_dict() for point in points] for name, points in groups.items()
        }


def rights_summary(
    layer: str,
    flows: Iterable[Flow],
    terms_of: Callable[[LicenseId], Terms],
    facts: Given = NOTHING,
    acts: Collection[str] = ACTS,
    composed: Composed | None = None,
) -> RightsSummary:
    """Return the summary of an item's rights.

    A source whose license is not known is one open point. It does not make every act unclear.

    Args:
        layer: The layer of the item.
        flows: The terms that reach the item, its own license first.
        terms_of: Returns the terms of a license id.
        facts: Facts that settle answers.
        acts: The acts to summarize; those that make no sense for the layer are left out.
        composed: The answers to all these acts, the conditions and the limitations for the same flows and facts, where
            they are known already.
    """
    flows = tuple(flows)
    known = [flow for flow in flows if flow.license is not None and (flow.program or flow.source)]
    unknown = [flow for flow in flows if flow.license is None and (flow.program or flow.source)]
    is_licensed = bool(flows) and flows[0].license is not None
    wanted = [act for act in ACTS_BY_LAYER.get(layer, ACTS) if act in acts]
    if not any(flow.source for flow in known):
        return RightsSummary((), (), False, (), (), tuple(_unknown(unknown)), ())
    rights, obligations, limits = composed or ((), *compose_duties(known, terms_of, facts))
    rights = tuple(right for right in rights if right.act in wanted)
    if composed is None or unknown:
        rights = compose_rights(known, terms_of, facts, wanted)
    every = frozenset(acts)
    owed = [
        license_rule
        for license_rule in obligations
        if isinstance(license_rule.rule, Obligation) and not every.isdisjoint(license_rule.rule.acts)
    ]
    firm = [right for right in rights if right.program.answer == right.source.answer or _both(right, _ALLOWED)]
    allowed = [right for right in firm if _both(right, _ALLOWED)]
    barred = [right for right in firm if right.source.answer == "no"]
    open_ = [right for right in firm if right.source.answer == "unclear"]
    depends = [right for right in rights if right not in firm]
    barred_by_data = {right.act for right in depends if right.program.answer == "no"}
    left = [license_rule for license_rule in limits if _ACT_OF_LIMIT.get(license_rule.rule.id) not in barred_by_data]
    only_data = [*_depends(depends), *_conditions(owed, "program"), *_limitations(left, "program", {})]
    may_not = _limitations(limits, "both", {right.act: right.clauses for right in barred})
    return RightsSummary(
        # Without a license of its own nothing is allowed, whatever the terms of its sources allow.
        may=_may(allowed, layer) if is_licensed else (),
        may_if_weights=_may([r for r in depends if r.source.answer in _ALLOWED], layer) if is_licensed else (),
        conditional=is_licensed and any(right.source.answer == "conditional" for right in rights),
        must=tuple(_conditions(owed, "both")),
        may_not=tuple(may_not),
        unsettled=(*_open(open_, layer), *_unknown(unknown)),
        if_data_is_source=tuple(only_data),
    )


def summarize_rules(
    obligations: Iterable[LicenseRule], limits: Iterable[LicenseRule]
) -> tuple[tuple[Point, ...], tuple[Point, ...], tuple[Point, ...]]:
    """Return conditions, limitations, and what applies only if training data counts as source code.

    Args:
        obligations: The conditions.
        limits: The limitations.
    """
    owed, left = list(obligations), list(limits)
    only_data = (*_conditions(owed, "program"), *_limitations(left, "program", {}))
    return tuple(_conditions(owed, "both")), tuple(_limitations(left, "both", {})), only_data


def act_words(act: str, layer: str) -> str:
    """Return an act as it follows "You may".

    Args:
        act: The act.
        layer: The layer of what it is done to; data is not fine-tuned but trained on.
    """
    group = "data_acts" if layer == "data" and act in ("finetune", "publish_finetune") else "acts"
    return reason("summary", group, act)


def may_words(points: Iterable[Point], layer: str) -> str:
    """Return the acts that are allowed as one list; kinds of publishing share their verb.

    Args:
        points: The acts.
        layer: The layer of the item.
    """
    words = [point.text for point in points]
    verb = reason("summary", "publish")
    if layer != "data":
        published = [word.removeprefix(verb) for word in words if word.startswith(verb)]
        if len(published) > 1:
            at = next(number for number, word in enumerate(words) if word.startswith(verb))
            rest = [word for word in words if not word.startswith(verb)]
            joined = verb + _("{names} and {last}").format(names=", ".join(published[:-1]), last=published[-1])
            words = [*words[:at], joined, *rest[at:]]
    return ", ".join(words)


def _both(right: Right, answers: Collection[str]) -> bool:
    return right.program.answer in answers and right.source.answer in answers


def _may(allowed: list[Right], layer: str) -> tuple[Point, ...]:
    return tuple(Point((right.act,), act_words(right.act, layer), right.clauses) for right in allowed)


def _open(rights: list[Right], layer: str) -> list[Point]:
    """Acts that are unclear for the same reason are one point."""
    groups: dict[str, list[Right]] = {}
    for right in rights:
        groups.setdefault(right.because, []).append(right)
    if len(groups) == 1 and len(rights) > 1 and not any(right.clauses for right in rights):
        # One reason for everything, such as a license that charter has no facts of, says more than a list of acts.
        because = rights[0].because
        return [Point(tuple(right.act for right in rights), _sentence_part(because), (), (because,))]
    return [
        Point(
            tuple(right.act for right in group),
            ", ".join(act_words(right.act, layer) for right in group),
            tuple(dict.fromkeys(ref for right in group for ref in right.clauses)),
            (because,),
        )
        for because, group in groups.items()
    ]


def _unknown(flows: list[Flow]) -> list[Point]:
    """Sources whose license is not known, each once."""
    names = dict.fromkeys(flow.via[-1] if flow.via else "" for flow in flows)
    return [Point((), reason("summary", "unknown", via=name) if name else reason("no_statement"), ()) for name in names]


def _depends(rights: Iterable[Right]) -> list[Point]:
    """Acts whose answer is stricter if training data counts as source code; those with one answer are one point."""
    groups: dict[str, list[Right]] = {}
    for right in rights:
        groups.setdefault(right.program.answer, []).append(right)
    points = []
    for answer, group in groups.items():
        listed = ", ".join(act_words(right.act, "") for right in group)
        clauses = dict.fromkeys(ref for right in group for ref in right.program.clauses)
        details = dict.fromkeys(right.program.because for right in group)
        text = reason("summary", "depends", acts=listed, answer=reason("summary", "answers", answer))
        points.append(Point(tuple(right.act for right in group), text, tuple(clauses), tuple(details)))
    return points


def _conditions(license_rules: Iterable[LicenseRule], framing: str) -> list[Point]:
    """Obligations of one kind are one point, with all clauses and details."""
    groups: dict[tuple[str, ...], list[LicenseRule]] = {}
    for license_rule in license_rules:
        if license_rule.framing != framing and not (framing == "both" and license_rule.framing == "source"):
            continue
        assert isinstance(license_rule.rule, Obligation)
        rule = license_rule.rule
        words = rule.words or rule.prefix
        # Without the words that must be shown, only the full sentence says what to do.
        spelled = rule.id == "other" or (rule.id in _WITH_WORDS and not words)
        groups.setdefault((rule.id, words, rule.detail if spelled else ""), []).append(license_rule)
    points = []
    for (kind, words, detail), group in groups.items():
        text = detail or reason("summary", "must", kind, words=words)
        points.append((OBLIGATIONS.index(kind), _point((kind,), _sentence_part(text), group)))
    return [point for _, point in sorted(points, key=lambda entry: entry[0])]


def _limitations(limits: Iterable[LicenseRule], framing: str, barred: dict[str, tuple[ClauseRef, ...]]) -> list[Point]:
    """What you may not do: acts that are answered no, and limits; a limit that forbids such an act joins it."""
    joined: dict[str, list[LicenseRule]] = {}
    groups: dict[tuple[str, str], list[LicenseRule]] = {}
    for license_rule in limits:
        if license_rule.framing != framing and not (framing == "both" and license_rule.framing == "source"):
            continue
        act = _ACT_OF_LIMIT.get(license_rule.rule.id, "")
        if act in barred:
            joined.setdefault(act, []).append(license_rule)
        else:
            groups.setdefault(_limit_key(license_rule), []).append(license_rule)
    points = [
        Point(
            (act,),
            _forbidden(act),
            tuple(
                dict.fromkeys(
                    (*clauses, *(license_rule.clause for license_rule in joined.get(act, ()) if license_rule.clause))
                )
            ),
            tuple(dict.fromkeys(license_rule.rule.detail for license_rule in joined.get(act, ()))),
        )
        for act, clauses in barred.items()
    ]
    ordered = sorted(groups.items(), key=lambda entry: LIMITS.index(entry[0][0]))
    return points + [_point((kind,), text, group) for (kind, text), group in ordered]


def _forbidden(act: str) -> str:
    """An act as it follows "You may not", which other languages write in another case than after "You may"."""
    return pgettext("may not", english_reason("summary", "acts", act))


def _limit_key(license_rule: LicenseRule) -> tuple[str, str]:
    """The kind of a limit and the words that say it."""
    rule = license_rule.rule
    assert isinstance(rule, Limit)
    if rule.id == "other":
        return rule.id, _sentence_part(rule.detail)
    if rule.id in ("user_cap", "revenue_cap"):
        if rule.threshold is None or rule.above != "no":
            return rule.id, _sentence_part(rule.detail)  # the figure alone does not decide
        use = _forbidden("commercial_use" if rule.commercial_only else "use")
        return rule.id, reason("summary", "may_not", rule.id, use=use, over=_amount(rule.threshold[1]))
    return rule.id, reason("summary", "may_not", rule.id)


def _amount(number: int) -> str:
    """A figure as people write it: 700 million, 10 billion, 10,000."""
    billions, millions = number // 1_000_000_000, number // 1_000_000
    if billions and not number % 1_000_000_000:
        return ngettext("{number} billion", "{number} billion", billions).format(number=format_number(billions))
    if millions and not number % 1_000_000:
        return ngettext("{number} million", "{number} million", millions).format(number=format_number(millions))
    return format_number(number)


def _sentence_part(text: str) -> str:
    """A sentence without its final period, so that it can stand in a list."""
    return text.strip().removesuffix(".")


def _point(ids: tuple[str, ...], text: str, license_rules: list[LicenseRule]) -> Point:
    clauses = dict.fromkeys(clause for license_rule in license_rules if (clause := license_rule.clause))
    return Point(
        ids, text, tuple(clauses), tuple(dict.fromkeys(license_rule.rule.detail for license_rule in license_rules))
    )
