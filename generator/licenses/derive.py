"""May something made this way from that be published under this license, and what must be passed on with it?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from generator.licenses.catalog import Expression, LicenseId, index, is_family, is_same_or_shared, licenses_of, reason
from generator.licenses.facts import NOTHING, Given, decide
from generator.licenses.lineage import OUTPUTS, Flow
from generator.licenses.rights import ClauseRef, compose_rights, rank, reconcile
from generator.licenses.terms import Limit, Obligation, Terms
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern

TermsOf = Callable[[LicenseId], Terms]
ACT_OF = {
    "finetune": "publish_finetune",
    "adapter": "publish_adapter",
    "diff": "publish_adapter",
    "quantized": "publish_quantization",
    "merge": "publish_merge",
    "distilled": "train_other_models_on_outputs",
    "outputs_of": "train_other_models_on_outputs",
    "trained_on": "publish_finetune",
    "includes": "redistribute",
    "trained_with": "use_outputs",
}
"""The act that a relation asks for of its base (contract, section 3)."""
HOLDING_WEIGHTS = frozenset({"finetune", "quantized", "merge", "includes"})
"""Relations by which the base itself is in what was made."""
_WITHIN = HOLDING_WEIGHTS - {"includes"}
"""Those of them that leave no part of its own: what a license demands for the base's part binds the whole."""
_SHOWN = frozenset({"display_built_with", "naming_prefix"})
"""Conditions beyond notices that a license without further restrictions doesn't let anyone add."""
TRAINED_WITH = "trained_with"
"""What `derive` can be asked about training code. No relation of the lineage: the code is not in the weights."""
NOTICES = frozenset({"include_license", "include_notice_text", "attribution", "state_changes"})
"""Conditions that are met by notices alone."""
PASSED_ON = frozenset(
    {"noncommercial", "research_only", "field_of_use", "military", "competing_models", "user_cap", "revenue_cap"}
)
"""Limits that anyone who publishes a derivative has to pass on, where its license says so."""

_REASONS = 3
"""Reasons of several bases that are given together."""
_VERSIONED = lazy_pattern(r"(?P<family>A?GPL|LGPL|GFDL)-(?P<version>\d+\.\d+)-(?P<kind>only|or-later)")


class Verdict(NamedTuple):
    """An answer about one base, or about all of them.

    Attributes:
        kind: The case of the table that decided, as in `knowledge/reasons.yaml`.
    """

    answer: str
    kind: str
    because: str
    clauses: tuple[ClauseRef, ...]


class Derivation(NamedTuple):
    """The answer to `derive`, under both framings."""

    program: Verdict
    source: Verdict

    @property
    def answer(self) -> str:
        """The one answer."""
        return reconcile(self.program.answer, self.source.answer)

    @property
    def because(self) -> str:
        """The reason; both assumptions where they differ."""
        if self.program.because == self.source.because:
            return self.program.because
        return reason("differ", program=self.program.because, source=self.source.because)

    @property
    def clauses(self) -> tuple[ClauseRef, ...]:
        """The clauses it stands in."""
        return tuple(dict.fromkeys((*self.program.clauses, *self.source.clauses)))


def derive_from(
    bases: tuple[Expression, ...],
    relation: str,
    proposed: Expression,
    terms_of: TermsOf,
    given: Given = NOTHING,
) -> Derivation:
    """Return whether something made from all of the bases may be published under a license.

    Args:
        bases: The licenses of what it was made from.
        relation: How it was made.
        proposed: The license it is to carry.
        terms_of: Looks up the terms of an id.
        given: Facts that make an answer definite.
    """
    joined = frozenset(key for base in bases for key in binding(base) if relation in HOLDING_WEIGHTS)
    verdicts = [judge(base, relation, proposed, terms_of, given, joined) for base in bases]
    # A clash comes first: it says more than that one of the bases asks for another license.
    found = [*clashes([(base, relation) for base in bases], terms_of), *verdicts]
    program = strictest(found)
    reasons = dict.fromkeys(verdict.because for verdict in found if verdict.answer == program.answer)
    if len(bases) > 1 and program.kind != "excluded":
        program = program._replace(because=" ".join(list(reasons)[:_REASONS]))
    if relation != "trained_on":
        return Derivation(program, program)
    return Derivation(program, Verdict("yes", "not_source", reason("derive", "not_source"), ()))


def code_that_was_run(bases: tuple[Expression, ...], terms_of: TermsOf, given: Given = NOTHING) -> Derivation:
    """Return what the licenses of training code say about weights: the code was run, and the weights are its output.

    Args:
        bases: The licenses of the code.
        terms_of: Looks up the terms of an id.
        given: Facts that make an answer definite.
    """
    flows = [Flow(base, "", (), program=True, source=True) for base in bases]
    (right,) = compose_rights(flows, terms_of, given, ("use_outputs",))
    said = reason("derive", "code_that_was_run", because=right.because)
    verdict = Verdict(right.answer, "code_that_was_run", said, right.clauses)
    return Derivation(verdict, verdict)


def judge(
    base: Expression,
    relation: str,
    proposed: Expression,
    terms_of: TermsOf,
    given: Given = NOTHING,
    joined: frozenset[LicenseId] = frozenset(),
) -> Verdict:
    """Return what one base says: `AND` binds together, of `OR` the freest may be chosen.

    Args:
        base: The license of what it was made from.
        relation: How it was made.
        proposed: The license it is to carry.
        terms_of: Looks up the terms of an id.
        given: Facts that make an answer definite.
        joined: The licenses of everything that is in the same work; some clauses name a license for that case only.
    """
    if base.parts:
        if base.operator == "AND":
            joined |= frozenset(binding(base)) if relation in HOLDING_WEIGHTS else frozenset()
        found = [judge(part, relation, proposed, terms_of, given, joined) for part in base.parts]
        return strictest(found) if base.operator == "AND" else min(found, key=lambda verdict: rank(verdict.answer))
    terms = _about(terms_of(base.license), relation)
    verdict = _with_the_act(terms, relation, _check_proposed(terms, relation, proposed, terms_of, joined))
    if (fact := decide(terms, ACT_OF[relation], given)) and rank(fact.answer) > rank(verdict.answer):
        return Verdict(fact.answer, "act", fact.because, _refs(terms, fact.clause))
    return verdict


def clashes(bases: Iterable[tuple[Expression, str]], terms_of: TermsOf) -> Iterator[Verdict]:
    """Yield what makes several bases impossible, or doubtful, in one work, whatever license it is to carry.

    Args:
        bases: The license of each thing that is in the work, and how the work was made from it.
        terms_of: Looks up the terms of an id.
    """
    held = list(dict.fromkeys((key, relation) for base, relation in bases for key in binding(base)))
    yield from _find_excluded(held, terms_of)
    yield from _competing([key for key, relation in held if relation == "merge"], terms_of)


def _about(terms: Terms, relation: str) -> Terms:
    """The same terms, with the reason and clause for one relation; about outputs, those of the act."""
    if (found := terms.relation_because.get(relation)) is None and relation in OUTPUTS and terms.read:
        found = terms.acts[ACT_OF[relation]]
    return terms if found is None else terms._replace(derivative_because=found)


def _with_the_act(terms: Terms, relation: str, verdict: Verdict) -> Verdict:
    """The same verdict, with the clause of the act that the relation asks for."""
    if verdict.answer == "yes" or not terms.read:
        return verdict
    act = terms.acts[ACT_OF[relation]]
    return verdict._replace(clauses=tuple(dict.fromkeys((*verdict.clauses, *_refs(terms, act.clause)))))


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the first of the strictest; those as strict add their clauses."""
    known = list(verdicts)
    first = max(known, key=lambda verdict: rank(verdict.answer))
    return first._replace(clauses=tuple(dict.fromkeys(c for v in known if v.answer == first.answer for c in v.clauses)))


def same_license(base: LicenseId, proposed: LicenseId) -> bool:
    """Return whether a license is the base's own: the same id, or a later version where the base lets one take it."""
    if base == proposed:
        return True
    old, new = _VERSIONED.fullmatch(base), _VERSIONED.fullmatch(proposed)
    if old is None or new is None or old["family"] != new["family"] or old["kind"] == "only":
        return False
    return _number(new["version"]) >= _number(old["version"])


def contains(holder: Terms, base: Terms) -> tuple[str, ...] | None:
    """Return what a license lacks of the limits that a base wants passed on; None where it can hold none of it.

    Args:
        holder: The license that is proposed.
        base: The license of what it was made from.
    """
    wanted = [limit for limit in base.limits if limit.id in PASSED_ON or limit.passed_on]
    linked = base.use_policy is not None and base.use_policy.attachment is None
    if linked or not wanted or not holder.read:
        return None
    missing: list[str] = []
    for limit in wanted:
        held = [other for other in holder.limits if other.id == limit.id]
        if limit.passed_on:
            # Limits of such kinds differ from text to text, so that only the same words are surely the same limit.
            missing += [] if any(other.detail == limit.detail for other in held) else [limit.detail.rstrip(".")]
        elif not held:
            missing += limit.restricts or (limit.id,)
        elif limit.restricts:
            listed = {word for other in held for word in other.restricts}
            wider = index()["reasons"]["wider"]
            missing += [word for word in limit.restricts if listed.isdisjoint((word, *wider.get(word, ())))]
        elif limit.threshold and not any(_as_strict(other, limit) for other in held):
            missing.append(limit.id)
    return tuple(missing)


def _as_strict(held: Limit, wanted: Limit) -> bool:
    return bool(
        held.threshold
        and wanted.threshold
        and held.threshold[0] == wanted.threshold[0]
        and held.threshold[1] <= wanted.threshold[1]
    )


def get_owed(terms: Terms, relation: str) -> tuple[Obligation, ...]:
    """Return the conditions of a base that the act of a relation triggers."""
    return tuple(license_rule for license_rule in terms.obligations if ACT_OF[relation] in license_rule.acts)


def owes_only_notices(terms: Terms, relation: str) -> bool:
    """Return whether nothing but notices is owed for a relation: no other condition, and no limit."""
    return not terms.limits and all(license_rule.id in NOTICES for license_rule in get_owed(terms, relation))


def _check_proposed(
    terms: Terms, relation: str, proposed: Expression, terms_of: TermsOf, joined: frozenset[LicenseId]
) -> Verdict:
    """What one base says of an expression: of `OR` the recipient chooses, so each part must be allowed."""
    if proposed.operator == "OR":
        return strictest(_check_proposed(terms, relation, part, terms_of, joined) for part in proposed.parts)
    shared = next((key for key in proposed.ids() if key != terms.id and is_same_or_shared(key, terms.id)), None)
    if shared and not (terms.read and terms.derivative.get(relation) == "none"):
        name, one = (shared, terms.id) if terms.id in licenses_of(shared) else (terms.id, shared)
        return Verdict("unclear", "shared", reason("derive", "shared", name=name, license=one), ())
    if not terms.read:
        return _verdict(terms, "unclear", "unread", proposed)
    value = terms.derivative.get(relation, "unclear")
    if value in ("none", "unclear"):
        silent = value == "unclear" and not terms.derivative_because.because
        found = _verdict(terms, "no" if value == "none" else "unclear", "silent" if silent else value, proposed)
        return found._replace(because=terms.derivative_because.because) if relation in OUTPUTS else found
    if any(is_family(key) for key in proposed.ids()):
        return Verdict("unclear", "no_license", _format_reason("no_license", terms, license=str(proposed)), ())
    parts = proposed.parts or (proposed,)
    beside = [part for part in parts if not (not part.parts and same_license(terms.id, part.license))]
    if len(beside) < len(parts):
        return _with_itself(terms, relation, value, proposed, beside, terms_of)
    return _another(terms, relation, proposed, terms_of, joined)


def _with_itself(
    terms: Terms, relation: str, value: str, proposed: Expression, beside: list[Expression], terms_of: TermsOf
) -> Verdict:
    """The base's own license is proposed, alone or beside others."""
    if beside:
        keys = [key for part in beside for key in part.ids()]
        restricting = next((key for key in keys if _further(terms, terms_of(key))), None)
        if restricting and terms.no_further_restrictions and value in ("same", "same_or_compatible"):
            clause = _refs(terms, terms.no_further_restrictions)
            return Verdict(
                "no", "restricted_beside", _format_reason("restricted_beside", terms, other=restricting), clause
            )
        return _verdict(terms, "conditional", "beside", proposed)
    notices = owes_only_notices(terms, relation)
    return _verdict(terms, "yes" if notices else "conditional", "same_notices" if notices else "same", proposed)


def _another(
    terms: Terms, relation: str, proposed: Expression, terms_of: TermsOf, joined: frozenset[LicenseId]
) -> Verdict:
    """Another license than the base's is proposed."""
    value = terms.derivative[relation]
    if barred := next((key for key in proposed.ids() if key in terms.barred), None):
        strict = terms_of(barred)
        clauses = (*_refs(terms, terms.barred_because.clause), *_refs(strict, strict.no_further_restrictions))
        said = reason("derive", "barred", license=barred, via=terms.name, because=terms.barred_because.because)
        return Verdict("no", "barred", said, clauses)
    if value == "any":
        return _verdict(terms, "yes", "any_outputs" if relation in OUTPUTS else "any", proposed)
    if value == "own_part":
        if relation in terms.two_readings:
            return _verdict(terms, "unclear", "unclear", proposed)
        return _verdict(terms, "conditional", "own_part", proposed)
    if value == "any_with_passthrough":
        return _passing_on(terms, proposed, [terms_of(key) for key in proposed.ids()])
    if value == "same_or_compatible":
        return _compatible(terms, relation, proposed, terms_of, joined)
    return _verdict(terms, "no", "same_only", proposed)


def _compatible(
    terms: Terms, relation: str, proposed: Expression, terms_of: TermsOf, joined: frozenset[LicenseId]
) -> Verdict:
    """Another license is proposed where the base takes its own or a compatible one."""
    keys = proposed.ids()
    if any(_names_license(terms, key) for key in keys):
        if relation in terms.two_readings:
            return _verdict(terms, "unclear", "unclear", proposed)
        clause = terms.compatible_clause or terms.derivative_because.clause
        return _verdict(terms, "conditional", "compatible", proposed)._replace(clauses=_refs(terms, clause))
    if named := [key for key in keys if key in terms.compatible_joined]:
        clauses = _refs(terms, terms.joined_because.clause)
        words = {"license": str(proposed), "via": terms.name, "because": terms.joined_because.because}
        # The clause asks for another work under that very license, or under one that may become it.
        if any(same_license(other, key) for other in joined if other != terms.id for key in named):
            return Verdict(terms.joined_because.answer, "joined", reason("derive", "joined", **words), clauses)
        return Verdict("no", "not_joined", reason("derive", "not_joined", **words), clauses)
    if all(_fits(terms, terms_of(key)) for key in keys):
        return _verdict(terms, "unclear", "unclear", proposed)
    return _verdict(terms, "no", "other", proposed)


def _fits(terms: Terms, other: Terms) -> bool:
    """Whether a license may be one of those that a base describes: it limits nothing that the base doesn't limit."""
    limited = any(limit.id in PASSED_ON for limit in other.limits)
    return terms.compatible_described and (not limited or contains(terms, other) == ())


def _passing_on(terms: Terms, proposed: Expression, holders: list[Terms]) -> Verdict:
    """Other terms are allowed if they hold the old ones: which of the licenses proposed does?"""
    if any(_of_ones_own(holder) for holder in holders):
        return _verdict(terms, "conditional", "own_terms", proposed)
    lacking = [(missing, holder) for holder in holders if (missing := contains(holder, terms)) is not None]
    if not lacking:
        return _verdict(terms, "no", "dropped", proposed)
    complete = [holder for missing, holder in lacking if not missing]
    if any(not is_one_publishers(holder.id) for holder in complete):
        return _verdict(terms, "conditional", "contains", proposed)
    if complete:
        return _verdict(terms, "unclear", "another_publisher", proposed, other=complete[0].name)
    least = min((missing for missing, _ in lacking), key=len)
    listed = any(limit.restricts for holder in holders for limit in holder.limits)
    words = "; ".join(map(_name_use, least))
    return _verdict(terms, "no", "narrower" if listed else "dropped", proposed, missing=words)


def _name_use(word: str) -> str:
    """What a license leaves out, in words: an item of a list, a kind of limit, or the sentence of one."""
    return reason("uses", word) if word in index()["reasons"]["uses"] else word


def _further(strict: Terms, other: Terms) -> bool:
    """Whether a license limits what another does not limit itself: NonCommercial is nothing new for NonCommercial."""
    return any(
        limit.restricts or limit.threshold or limit.id not in {own.id for own in strict.limits}
        for limit in other.limits
    )


def is_one_publishers(key: LicenseId) -> bool:
    """Return whether a license is an agreement of one publisher, with that publisher as the licensor.

    Args:
        key: The license.
    """
    reasons = index()["reasons"]
    return key.startswith("LicenseRef-") and key in index()["known"] and key not in reasons["for_anyone"]


def _of_ones_own(terms: Terms) -> bool:
    """Whether a license is one that no list knows."""
    return terms.id.startswith("LicenseRef-") and terms.id not in index()["known"]


def _names_license(terms: Terms, key: LicenseId) -> bool:
    """Whether a base names a license as one for what is made from it; `-or-later` bases reach later versions of it."""
    names = [*terms.compatible]
    if terms.id.endswith("-or-later"):
        names += [f"{name.removesuffix('-only')}-or-later" for name in names if name.endswith("-only")]
    return any(same_license(LicenseId(name), key) for name in names)


def binding(base: Expression) -> tuple[LicenseId, ...]:
    """Return the licenses of an expression that bind whatever is chosen: all of `AND`, none of `OR`.

    Args:
        base: The expression.
    """
    if base.operator == "OR":
        return ()
    return (base.license,) if not base.parts else tuple(key for part in base.parts for key in binding(part))


def _find_excluded(bases: list[tuple[LicenseId, str]], terms_of: TermsOf) -> Iterator[Verdict]:
    """A base that lets no restrictions be added, and another that has some: no license suits a work of both."""
    for key, relation in bases:
        strict = terms_of(key)
        reaches = strict.derivative.get(relation) in ("same", "same_or_compatible")
        if not strict.no_further_restrictions or not reaches:
            continue
        for other, way in bases:
            restricted = terms_of(other)
            limits = [limit for limit in restricted.limits if limit.id in PASSED_ON or limit.passed_on]
            own = {rule.id for rule in strict.obligations}
            shown = [rule for rule in restricted.obligations if rule.id in _SHOWN and rule.id not in own]
            free = (None, "any", "unclear") if way in _WITHIN else (None, "any", "own_part", "unclear")
            bound = restricted.derivative.get(way) not in free
            new = ((limits and _further(strict, restricted)) or shown) and not _fits(strict, restricted)
            if bound and new and not same_license(key, other) and not _names_license(strict, other):
                clause = next(rule.clause for rule in (limits or shown))
                clauses = (*_refs(strict, strict.no_further_restrictions), *_refs(restricted, clause))
                yield Verdict("no", "excluded", _format_reason("excluded", strict, other=other), clauses)


def _competing(keys: list[LicenseId], terms_of: TermsOf) -> Iterator[Verdict]:
    """A merge of a model that may not improve others with one outside its family."""
    for key in dict.fromkeys(keys):
        terms = terms_of(key)
        bar = next((lim for lim in terms.limits if lim.id == "competing_models" and not lim.of_outputs), None)
        other = next((entry for entry in keys if entry != key), None)
        if bar and other:
            firm = terms.acts["train_other_models_on_outputs"].answer == "no"
            said = _format_reason("competing", terms, other=other)
            yield Verdict("no" if firm else "unclear", "competing", said, _refs(terms, bar.clause))


def _verdict(terms: Terms, answer: str, kind: str, proposed: Expression, **words: str) -> Verdict:
    clause = None if kind == "silent" else terms.derivative_because.clause
    return Verdict(answer, kind, _format_reason(kind, terms, license=str(proposed), **words), _refs(terms, clause))


def _format_reason(kind: str, terms: Terms, **words: str) -> str:
    return reason("derive", kind, because=terms.derivative_because.because, via=terms.name, **words)


def _refs(terms: Terms, clause: str | None) -> tuple[ClauseRef, ...]:
    return (ClauseRef(terms.id, clause),) if clause else ()


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
