"""The answers to `rights` and `derive`, as objects and as the JSON documents of the contract, section 4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from generator.errors import CharterError, UnknownLicenseError
from generator.licenses.base_licenses import BaseLicense, base_licenses
from generator.licenses.catalog import (
    Expression,
    LicenseId,
    english_reason,
    get_known_ids,
    hub_id,
    index,
    is_family,
    is_shared_name,
    parse,
)
from generator.licenses.derive import (
    ACT_OF,
    TRAINED_WITH,
    Derivation,
    code_that_was_run,
    derive_from,
    is_one_publishers,
)
from generator.licenses.facts import NOTHING, Given
from generator.licenses.license_set import CATALOG, LicenseSet
from generator.licenses.lineage import Flow
from generator.licenses.query import require_relation
from generator.licenses.quotes import get_quote
from generator.licenses.rights import ClauseRef, LicenseRule, Right, compose_duties, compose_rights, rank
from generator.licenses.summary import RightsSummary, rights_summary
from generator.licenses.terms import Answer, Limit, Obligation, Terms, own_terms
from generator.named_tuple import NamedTuple
from generator.release.vocabulary import ACTS, LICENSE_REF
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.licenses.assess import Assessment


class LayerRights(NamedTuple):
    """What a recipient may do with one item.

    Attributes:
        layer: The layer it stands in, or `documents`.
        item: Its name, where it has one.
        license: Its own license; None where none is stated.
        form: Its form, for an item of the layer `deltas`.
        is_bare_license: Whether a license was asked about, not an item of a release.
    """

    layer: str
    item: str | None
    license: Expression | None
    rights: tuple[Right, ...]
    obligations: tuple[LicenseRule, ...]
    limits: tuple[LicenseRule, ...]
    summary: RightsSummary
    form: str | None = None
    is_bare_license: bool = False


class Rights(NamedTuple):
    """What a recipient may do with a license, or with each item of a release."""

    target: str
    given: Given
    layers: tuple[LayerRights, ...]
    license_set: LicenseSet

    def to_dict(self) -> dict[str, Any]:
        """Return the document `modelcharter.rights/1`."""
        return {
            "schema": "modelcharter.rights/1",
            "target": self.target,
            "given": dict(self.given),
            "layers": [
                {
                    "layer": entry.layer,
                    "item": entry.item,
                    "license": str(entry.license) if entry.license else None,
                    "hub_id": _hub_id(entry.license),
                    "rights": [_right(right, self.license_set) for right in entry.rights],
                    "obligations": _obligations(entry.obligations),
                    "limits": [_limit(license_rule) for license_rule in entry.limits],
                    "summary": entry.summary.to_dict(),
                }
                for entry in self.layers
            ],
        }


class Alternative(NamedTuple):
    """A license that would do better than the one that was proposed."""

    license: LicenseId
    answer: str


class DeriveResult(NamedTuple):
    """May something made this way be published under that license."""

    bases: tuple[Expression, ...]
    relation: str
    proposed: Expression
    found: Derivation
    obligations: tuple[LicenseRule, ...]
    limits: tuple[LicenseRule, ...]
    alternatives: tuple[Alternative, ...]
    license_set: LicenseSet
    named: tuple[BaseLicense, ...] = ()

    @property
    def answer(self) -> str:
        """The one answer: yes, conditional, unclear or no."""
        return self.found.answer

    @property
    def because(self) -> str:
        """The reason of the answer, in words."""
        return " ".join((self.found.because, *(base.words for base in self.named if base.as_of)))

    @property
    def clauses(self) -> tuple[ClauseRef, ...]:
        """The clauses that the answer rests on."""
        return self.found.clauses

    def to_dict(self) -> dict[str, Any]:
        """Return the document `modelcharter.derive/1`."""
        return {
            "schema": "modelcharter.derive/1",
            "from": [str(base) for base in self.bases],
            "bases": [base.to_dict() for base in self.named if base.ref],
            "relation": self.relation,
            "as": str(self.proposed),
            "answer": self.answer,
            "framings": {"program": self.found.program.answer, "source": self.found.source.answer},
            "because": self.because,
            "clauses": [_clause(ref, self.license_set) for ref in self.clauses],
            "obligations": _obligations(self.obligations),
            "limits": [_limit(license_rule) for license_rule in self.limits],
            "alternatives": [{"license": entry.license, "answer": entry.answer} for entry in self.alternatives],
        }


def license_rights(
    target: str,
    *,
    acts: tuple[str, ...] = ACTS,
    given: Given = NOTHING,
    layer: str | None = None,
) -> Rights:
    """Return what a recipient may do under a license.

    Args:
        target: A license id, an alias or an expression.
        acts: The acts that are asked about.
        given: Facts that make an answer definite.
        layer: The layer it is read for; by default `data` where it was written for data alone, else `weights`.

    Raises:
        UnknownLicenseError: No list knows it.
    """
    expression = parse(target)
    for_data = all(set(CATALOG.terms(key).applies_to) == {"data"} for key in expression.ids())
    flow = Flow(expression, "", (), program=True, source=True)
    entry = _layer(layer or ("data" if for_data else "weights"), None, (flow,), CATALOG, acts, given)
    return Rights(target, given, (entry._replace(is_bare_license=True),), CATALOG)


def release_rights(
    target: str,
    assessment: Assessment,
    *,
    acts: tuple[str, ...] = ACTS,
    given: Given = NOTHING,
    layer: str | None = None,
) -> Rights:
    """Return what a recipient may do with each item that a release gives.

    Args:
        target: How the release was named.
        assessment: The assessed release.
        acts: The acts that are asked about.
        given: Facts that make an answer definite.
        layer: The only layer that is asked about.
    """
    items = [item for item in assessment.items if item.is_available and layer in (None, item.layer)]
    license_set = assessment.license_set
    found = tuple(
        _layer(item.layer, item.item.name, item.flows, license_set, acts, given)._replace(form=item.item.form)
        for item in items
    )
    return Rights(target, given, found, license_set)


def license_derivation(
    bases: str | Iterable[str], relation: str, proposed: str, *, given: Given = NOTHING
) -> DeriveResult:
    """Return whether something made from the bases may be published under a license.

    Args:
        bases: License ids, aliases or expressions of what it was made from, or the Hub ids of known bases; a text may
            hold several with commas.
        relation: How it was made: a relation of the vocabulary, or `trained_with` for training code.
        proposed: The license it is to carry; any `LicenseRef-NAME` stands for a custom license.
        given: Facts that make an answer definite.

    Raises:
        UnknownLicenseError: An id is not known.
        CharterError: The relation is none, or no base is named.
    """
    names = [bases] if isinstance(bases, str) else list(bases)
    stated = [proposed, *names]
    local = frozenset(r for text in stated for r in LICENSE_REF.findall(text) if r.lower() not in index()["lookup"])
    if relation != TRAINED_WITH:
        require_relation(relation)
    listed = [name.strip() for entry in names for name in entry.split(",") if name.strip()]
    named = tuple(base for name in listed for base in base_licenses(name, relation, local))
    parsed = tuple(dict.fromkeys(base.license for base in named))
    if not parsed:
        raise CharterError(_("No license to derive from is named."), _("Write --from LICENSE."))
    local |= {base.license.license for base in named if not base.known}
    license_set = LicenseSet(local, {ref: _custom(LicenseId(ref)) for ref in local})
    wanted = parse(proposed, local)
    obligations, limits = _get_owed(parsed, relation, license_set, given)
    if relation == TRAINED_WITH:
        found = code_that_was_run(parsed, license_set.terms, given)
        return DeriveResult(parsed, relation, wanted, found, obligations, limits, (), license_set, named)
    found = derive_from(parsed, relation, wanted, license_set.terms, given)
    better = tuple(_better(parsed, relation, wanted, found, given, license_set))
    return DeriveResult(parsed, relation, wanted, found, obligations, limits, better, license_set, named)


def _custom(ref: LicenseId) -> Terms:
    """A custom license of which nothing but the id is known."""
    unknown = Answer("unclear", english_reason("custom_terms"), None)
    acts = MappingProxyType(dict.fromkeys(ACTS, unknown))
    return own_terms(ref, ref, None, ())._replace(acts=acts, derivative_because=unknown)


def _layer(
    layer: str, name: str | None, flows: tuple[Flow, ...], license_set: LicenseSet, acts: tuple[str, ...], given: Given
) -> LayerRights:
    rights = compose_rights(flows, license_set.terms, given, acts)
    obligations, limits = compose_duties(flows, license_set.terms, given)
    asked = tuple(
        license_rule
        for license_rule in obligations
        if isinstance(license_rule.rule, Obligation) and set(license_rule.rule.acts) & set(acts)
    )
    summary = rights_summary(layer, flows, license_set.terms, given, acts, (rights, obligations, limits))
    return LayerRights(layer, name, flows[0].license, rights, asked, limits, summary)


def _get_owed(
    bases: tuple[Expression, ...], relation: str, license_set: LicenseSet, given: Given
) -> tuple[tuple[LicenseRule, ...], tuple[LicenseRule, ...]]:
    """What must be passed on: the conditions that the relation's act triggers, and the limits, of every base."""
    firm = relation != "trained_on"
    flows = [Flow(base, relation, (), program=True, source=firm) for base in bases]
    obligations, limits = compose_duties(flows, license_set.terms, given)
    act = ACT_OF[relation]
    owed = tuple(
        license_rule
        for license_rule in obligations
        if isinstance(license_rule.rule, Obligation) and act in license_rule.rule.acts
    )
    return owed, limits


def _better(
    bases: tuple[Expression, ...],
    relation: str,
    proposed: Expression,
    found: Derivation,
    given: Given,
    license_set: LicenseSet,
) -> Iterator[Alternative]:
    """Licenses of the catalog with a freer answer than the proposed one, by id; unclear and no are no help."""
    limit = min(rank(found.answer), rank("unclear"))
    own = {key for base in bases for key in base.ids()}
    for key in sorted(get_known_ids()) if limit else ():
        if is_one_publishers(key) and key not in own:
            continue  # a publisher's terms for its own models, which are no license for the models of others
        if is_family(key) or is_shared_name(key) or proposed.ids() == (key,):
            continue
        answer = derive_from(bases, relation, parse(key), license_set.terms, given).answer
        if rank(answer) < limit:
            yield Alternative(key, answer)


def _right(right: Right, license_set: LicenseSet) -> dict[str, Any]:
    return {
        "act": right.act,
        "answer": right.answer,
        "framings": {"program": right.program.answer, "source": right.source.answer},
        "because": right.because,
        "clauses": [_clause(ref, license_set) for ref in right.clauses],
        "via": list(right.via),
        "contested": list(right.contested),
    }


def _clause(ref: ClauseRef, license_set: LicenseSet) -> dict[str, Any]:
    return {"license": ref.license, "clause": ref.clause, "quote": clause_quote(ref, license_set)}


def clause_quote(ref: ClauseRef, license_set: LicenseSet) -> str | None:
    """Return a clause word for word, or None where no text is available.

    Args:
        ref: The clause.
        license_set: The licenses it may be of.
    """
    return _quote(ref) if ref.license not in license_set.own else None


@lru_cache(maxsize=512)
def _quote(ref: ClauseRef) -> str | None:
    return get_quote(CATALOG.terms(ref.license), ref.clause)


def _duty(license_rule: LicenseRule) -> dict[str, Any]:
    clause = [{"license": license_rule.license, "clause": license_rule.rule.clause}] if license_rule.rule.clause else []
    return {
        "detail": license_rule.rule.detail,
        "clauses": clause,
        "framing": license_rule.framing,
        "via": list(license_rule.via),
    }


def _obligations(license_rules: tuple[LicenseRule, ...]) -> list[dict[str, Any]]:
    """Conditions of one kind by one license as one entry with several clauses."""
    found: dict[tuple[str, LicenseId, str], dict[str, Any]] = {}
    for license_rule in license_rules:
        assert isinstance(license_rule.rule, Obligation)
        entry = {"id": license_rule.rule.id, "acts": list(license_rule.rule.acts)} | _duty(license_rule)
        first = found.setdefault((license_rule.rule.id, license_rule.license, license_rule.framing), entry)
        if first is not entry:
            first["acts"] = [act for act in ACTS if act in (*first["acts"], *entry["acts"])]
            first["detail"] = f"{first['detail']} {entry['detail']}"
            first["clauses"] += [clause for clause in entry["clauses"] if clause not in first["clauses"]]
    return list(found.values())


def _limit(license_rule: LicenseRule) -> dict[str, Any]:
    assert isinstance(license_rule.rule, Limit)
    over = license_rule.rule.threshold
    threshold = {"fact": over[0], "over": over[1]} if over else None
    return {"id": license_rule.rule.id, "threshold": threshold} | _duty(license_rule)


def _hub_id(expression: Expression | None) -> str | None:
    single = expression is not None and not expression.parts and not expression.exception
    return hub_id(expression.license) if expression is not None and single else None


def is_license(text: str) -> bool:
    """Return whether a text names a license, or is an expression of some."""
    try:
        parse(text)
    except UnknownLicenseError:
        return False
    return True
