"""Choosing a license by intent: which fit, in which order, and which fact ruled out each of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from generator.licenses.catalog import (
    Expression,
    LicenseId,
    get_known_ids,
    get_known_name,
    hub_id,
    index,
    is_family,
    is_shared_name,
    parse,
    reason,
)
from generator.licenses.derive import Derivation, derive_from
from generator.licenses.license_set import CATALOG
from generator.licenses.rights import ClauseRef, rank
from generator.licenses.terms import Terms
from generator.translations import pgettext

KIND_OF = {
    "data": ("data",),
    "curation": ("software", "data"),
    "architecture": ("software",),
    "weights": ("weights",),
    "deltas": ("weights",),
    "documents": ("documentation",),
}
"""What a license has to be written for to suit a layer, as `applies_to` has it."""
BY_ANALOGY = {layer: frozenset({"software", "documentation"}) for layer in ("weights", "deltas")}
"""What else is taken for a layer in practice; such a license ranks behind one that names the layer."""
_USE = ("field_of_use", "military", "research_only")


class Intent(NamedTuple):
    """What the publisher wants; None where it does not matter.

    Attributes:
        sell: Others may sell it.
        share_alike: Changes must be shared alike.
        use_restrictions: Uses are restricted.
        patents: Patents are granted.
        layer: The layer it is for.
        bases: The licenses of what it was made from.
        relation: How it was made from them.
    """

    sell: bool | None = None
    share_alike: bool | None = None
    use_restrictions: bool | None = None
    patents: bool | None = None
    layer: str | None = None
    bases: tuple[Expression, ...] = ()
    relation: str = "finetune"


class RuledOut(NamedTuple):
    """A license with the facts that rule it out."""

    license: LicenseId
    because: str
    clauses: tuple[ClauseRef, ...]


class Choice(NamedTuple):
    """The licenses that fit, best first, and the others with the fact that rules each out."""

    fitting: tuple[LicenseId, ...]
    ruled_out: tuple[RuledOut, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the document `modelcharter.choice/1`."""
        return {
            "schema": "modelcharter.choice/1",
            "fitting": [{"license": key, "hub_id": hub_id(key), "name": get_known_name(key)} for key in self.fitting],
            "ruled_out": [
                {
                    "license": entry.license,
                    "because": entry.because,
                    "clauses": [{"license": ref.license, "clause": ref.clause} for ref in entry.clauses],
                }
                for entry in self.ruled_out
            ],
        }


def choose(intent: Intent) -> Choice:
    """Return which licenses of the catalog fit an intent, best first, and why the others do not.

    Args:
        intent: What the publisher wants.
    """
    fitting: list[Terms] = []
    ruled: list[RuledOut] = []
    for key in get_known_ids():
        terms = CATALOG.terms(key)
        if is_family(key) or is_shared_name(key) or not terms.read:
            continue
        against = next((found for test in _TESTS if (found := test(terms, intent))), None)
        if against:
            ruled.append(against)
        else:
            fitting.append(terms)
    fitting.sort(key=lambda terms: _order(terms, intent))
    return Choice(tuple(terms.id for terms in fitting), tuple(sorted(ruled)))


def _order(terms: Terms, intent: Intent) -> tuple[object, ...]:
    """Best first: allowed by the bases, current, on the Hub's list, few limits, written for the layer, widely used."""
    kinds = KIND_OF[intent.layer] if intent.layer else ()
    named = not kinds or bool({*kinds} & {*terms.applies_to})
    lineage = rank(_lineage(terms, intent).answer) if intent.bases else 0
    unlisted = hub_id(terms.id) is None
    # The Open Source Initiative looks at software; of data its list says nothing.
    approved = terms.osi_approved or "data" in kinds
    old = terms.id in load_list("superseded")
    used = load_list("widely_used")
    usage = used.index(terms.id) if terms.id in used else len(used)
    conditions = len(terms.obligations)
    return (lineage, old, unlisted, len(terms.limits), not named, not approved, usage, conditions, terms.id)


def load_list(name: str) -> list[str]:
    """Return a list of license ids under `choose` in `knowledge/reasons.yaml`."""
    found: list[str] = index()["reasons"]["choose"][name]
    return found


def _sell(terms: Terms, intent: Intent) -> RuledOut | None:
    barred = next((limit for limit in terms.limits if limit.id in ("noncommercial", "research_only")), None)
    answer = terms.acts["commercial_use"]
    closed = barred is not None or answer.answer not in ("yes", "conditional")
    if intent.sell is True and closed:
        clause = barred.clause if barred else answer.clause
        return _rule_out(terms, "sell", clause, because=barred.detail if barred else answer.because)
    return _rule_out(terms, "no_sell", answer.clause) if intent.sell is False and not closed else None


def _share_alike(terms: Terms, intent: Intent) -> RuledOut | None:
    license_rule = next((license_rule for license_rule in terms.obligations if license_rule.id == "share_alike"), None)
    if intent.share_alike is True and license_rule is None:
        return _rule_out(terms, "share_alike", None)
    if intent.share_alike is False and license_rule:
        return _rule_out(terms, "no_share_alike", license_rule.clause, because=license_rule.detail)
    return None


def _use_restrictions(terms: Terms, intent: Intent) -> RuledOut | None:
    limit = next((limit for limit in terms.limits if limit.id in _USE), None)
    if intent.use_restrictions is True and limit is None:
        return _rule_out(terms, "use_restrictions", None)
    if intent.use_restrictions is False and limit:
        return _rule_out(terms, "no_use_restrictions", limit.clause, because=limit.detail)
    return None


def _patents(terms: Terms, intent: Intent) -> RuledOut | None:
    answer = terms.acts["patent_use"]
    if intent.patents is True and answer.answer not in ("yes", "conditional"):
        return _rule_out(terms, "patents", answer.clause, because=answer.because)
    return None


def _layer(terms: Terms, intent: Intent) -> RuledOut | None:
    if intent.layer is None:
        return None
    wanted = {*KIND_OF[intent.layer], *BY_ANALOGY.get(intent.layer, ())}
    if wanted & {*terms.applies_to}:
        return None
    written = ", ".join(pgettext("written for", kind) for kind in terms.applies_to)
    return _rule_out(terms, "layer", None, written=written, wanted=pgettext("component", intent.layer))


def _upstream(terms: Terms, intent: Intent) -> RuledOut | None:
    if not intent.bases:
        return None
    found = _lineage(terms, intent)
    if found.answer in ("yes", "conditional"):
        return None
    return RuledOut(terms.id, reason("choose", "upstream", because=found.because), found.clauses)


def _lineage(terms: Terms, intent: Intent) -> Derivation:
    return derive_from(intent.bases, intent.relation, parse(terms.id), CATALOG.terms)


def _rule_out(terms: Terms, kind: str, clause: str | None, **words: str) -> RuledOut:
    said = reason("choose", kind, **words)
    return RuledOut(terms.id, said, (ClauseRef(terms.id, clause),) if clause else ())


_TESTS: tuple[Callable[[Terms, Intent], RuledOut | None], ...] = (
    _layer,
    _sell,
    _share_alike,
    _use_restrictions,
    _patents,
    _upstream,
)


def filter_licenses(applies_to: str | None, words: str | None) -> Iterator[LicenseId]:
    """Yield licenses of the catalog that were written for something, or whose id or name holds some words.

    Args:
        applies_to: software, weights, data or documentation.
        words: Text that the id or the name holds, in any case.
    """
    for key in get_known_ids():
        shown = f"{key} {hub_id(key) or ''} {get_known_name(key)}".casefold()
        if words and words.casefold() not in shown:
            continue
        if applies_to and applies_to not in CATALOG.terms(key).applies_to:
            continue
        yield key
