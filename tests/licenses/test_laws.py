"""The engine's laws, whatever the licenses and upstreams are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import assess, check, derive, rights
from generator.licenses.catalog import LicenseId, get_known_ids, is_family, is_shared_name, parse
from generator.licenses.derive import ACT_OF, derive_from
from generator.licenses.facts import KEYS, PURPOSES, parse_facts
from generator.licenses.lineage import Flow
from generator.licenses.rights import compose_rights, rank, reconcile
from generator.licenses.terms import Limit, Obligation, terms_of
from generator.release.model import Item, Layers, Release, ReleaseInfo, Upstream
from generator.release.vocabulary import ACTS, ANSWERS, LAYERS, LIMITS, OBLIGATIONS, RELATIONS
from tests.effort import examples

EDGE_RULES = ("LIN201", "LIN202", "LIN203", "LIN205", "LIN206")
READ = sorted(key for key in get_known_ids() if not is_family(key))
LICENSES = st.sampled_from([*READ, "MIT OR GPL-3.0-only", "LicenseRef-gemma AND Apache-2.0", "0BSD", "cc"])
UPSTREAMS = st.builds(
    Upstream,
    ref=st.sampled_from(["lab/a", "lab/b", "lab/c"]),
    relation=st.sampled_from(RELATIONS),
    license=st.one_of(st.none(), LICENSES),
)


def released(license_: str | None, upstreams: list[Upstream], data: list[str] | None = None) -> Release:
    """Weights under a license, with upstreams and data items."""
    weights = Item(availability="released", license=license_, derived_from=tuple(upstreams))
    items = tuple(Item(availability="withheld", license=key, name=f"d{n}") for n, key in enumerate(data or ()))
    return Release(charter=1, release=ReleaseInfo(name="x"), layers=Layers(weights=(weights,), data=items))


def answers(release: Release) -> dict[str, tuple[str, str, str]]:
    """Answer and framings by act, of the weights."""
    (entry,) = rights(release, layer="weights").layers
    return {right.act: (right.answer, right.program.answer, right.source.answer) for right in entry.rights}


def license_rules(release: Release) -> set[tuple[str, str, str | None]]:
    """What is owed, and where it ends."""
    (entry,) = rights(release, layer="weights").layers
    return {
        (license_rule.rule.id, license_rule.license, license_rule.rule.clause)
        for license_rule in (*entry.obligations, *entry.limits)
    }


@given(LICENSES, st.lists(UPSTREAMS, max_size=3), UPSTREAMS)
@settings(deadline=None, max_examples=examples(100))
def test_adding_an_upstream_never_adds_a_right_nor_removes_a_duty(
    own: str, upstreams: list[Upstream], more: Upstream
) -> None:
    before, after = released(own, upstreams), released(own, [*upstreams, more])
    old, new = answers(before), answers(after)
    for act in ACTS:
        for one, other in zip(old[act], new[act], strict=True):
            assert rank(other) >= rank(one), act
    assert license_rules(before) <= license_rules(after)


@given(LICENSES, st.lists(UPSTREAMS, max_size=4), st.randoms())
@settings(deadline=None, max_examples=examples(100))
def test_order_never_matters(own: str, upstreams: list[Upstream], random: object) -> None:
    shuffled = list(upstreams)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # random.Random
    one, other = released(own, upstreams), released(own, shuffled)
    assert answers(one) == answers(other)
    assert license_rules(one) == license_rules(other)


@given(LICENSES, st.sampled_from(RELATIONS))
@settings(deadline=None, max_examples=examples(100))
def test_an_unknown_upstream_never_yields_yes(own: str, relation: str) -> None:
    unknown = Upstream(ref="lab/unknown", relation=relation)
    assert "yes" not in {answer for answer, _, _ in answers(released(own, [unknown])).values()}


@given(LICENSES, st.lists(UPSTREAMS, max_size=3), st.lists(LICENSES, max_size=2))
@settings(deadline=None, max_examples=examples(100))
def test_what_holds_under_both_framings_holds_under_each(own: str, upstreams: list[Upstream], data: list[str]) -> None:
    for answer, program, source in answers(released(own, upstreams, data)).values():
        assert answer == reconcile(program, source)
        if answer in ("yes", "no"):
            assert program == source == answer
        assert rank(program) >= rank(source), "data binds under `program` only, so it never frees"


@given(st.sampled_from(ANSWERS), st.sampled_from(ANSWERS))
def test_reconciling_is_symmetric_and_never_below_the_freer(one: str, other: str) -> None:
    assert reconcile(one, other) == reconcile(other, one)
    assert rank(reconcile(one, other)) >= min(rank(one), rank(other))


@given(st.lists(LICENSES, min_size=1, max_size=3), LICENSES, st.sampled_from(RELATIONS), LICENSES)
@settings(deadline=None, max_examples=examples(100))
def test_another_base_never_frees_and_order_of_bases_never_matters(
    bases: list[str], more: str, relation: str, proposed: str
) -> None:
    one = derive(bases, relation, proposed)
    assert rank(derive([*bases, more], relation, proposed).answer) >= rank(one.answer)
    assert derive(bases[::-1], relation, proposed).answer == one.answer


@given(LICENSES, st.sampled_from(RELATIONS), LICENSES)
@settings(deadline=None, max_examples=examples(100))
def test_a_choice_is_as_free_as_its_freest_part_and_a_sum_as_strict_as_its_strictest(
    base: str, relation: str, proposed: str
) -> None:
    other = "LicenseRef-llama2"
    single = [rank(derive(f"({entry})", relation, proposed).answer) for entry in (base, other)]
    assert rank(derive(f"({base}) OR {other}", relation, proposed).answer) == min(single)
    assert rank(derive(f"({base}) AND {other}", relation, proposed).answer) >= max(single), "a clash may add to it"


CONDITIONS = st.builds(
    Limit,
    id=st.sampled_from(LIMITS),
    detail=st.just("One more."),
    clause=st.just("99"),
    threshold=st.sampled_from([None, ("monthly_active_users", 10)]),
    restricts=st.sampled_from([(), ("crime",)]),
    countries=st.sampled_from([(), ("DE",)]),
    there=st.sampled_from(["unclear", "no"]),
    above=st.sampled_from(["unclear", "no"]),
)
DUTIES = st.builds(
    Obligation,
    id=st.sampled_from(OBLIGATIONS),
    acts=st.lists(st.sampled_from(ACTS), min_size=1).map(tuple),
    detail=st.just("One more."),
    clause=st.just("99"),
    prefix=st.sampled_from(["", "Llama"]),
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "monthly_active_users": st.sampled_from([1, 10**9]),
        "annual_revenue_usd": st.sampled_from([1, 10**12]),
        "country": st.sampled_from(["DE", "US", "KR"]),
        "purpose": st.sampled_from(PURPOSES),
        "name": st.sampled_from(["Llama X", "X"]),
    },
)
SINGLE = st.sampled_from([key for key in READ if not is_shared_name(key)])


@given(SINGLE, SINGLE, st.sampled_from(RELATIONS), st.one_of(CONDITIONS, DUTIES), FACTS)
@settings(deadline=None, max_examples=examples(100))
def test_a_condition_more_never_adds_a_permission(
    base: LicenseId, proposed: LicenseId, relation: str, more: Limit | Obligation, facts: dict[str, object]
) -> None:
    """A base that asks for one thing more allows no license, and no act, that it did not allow before."""
    old, given_ = terms_of(base), parse_facts(facts)
    extra = {"limits": (*old.limits, more)} if isinstance(more, Limit) else {"obligations": (*old.obligations, more)}
    new = old._replace(**extra)
    lookup = {base: new}
    found = [
        derive_from((parse(base),), relation, parse(proposed), terms, given_).answer
        for terms in (terms_of, lambda key: lookup.get(key) or terms_of(key))
    ]
    if base != proposed or isinstance(more, Obligation):  # a license that holds a limit more passes on one more
        assert rank(found[1]) >= rank(found[0])
    flows = (Flow(parse(base), "", (), program=True, source=True),)
    before = compose_rights(flows, terms_of, given_)
    after = compose_rights(flows, lambda key: lookup.get(key) or terms_of(key), given_)
    for one, other in zip(before, after, strict=True):
        assert rank(other.answer) >= rank(one.answer), one.act


@given(st.lists(LICENSES, min_size=1, max_size=2), LICENSES, st.sampled_from(RELATIONS), FACTS)
@settings(deadline=None, max_examples=examples(25))
def test_alternatives_are_licenses_that_derive_allows(
    bases: list[str], proposed: str, relation: str, facts: dict[str, object]
) -> None:
    found = derive(bases, relation, proposed, given=facts)
    for entry in found.alternatives[:8]:
        answer = derive(bases, relation, entry.license, given=facts).answer
        assert answer == entry.answer
        assert answer in ("yes", "conditional")
        assert rank(answer) < rank(found.answer)


@given(LICENSES, st.lists(UPSTREAMS, min_size=1, max_size=3))
@settings(deadline=None, max_examples=examples(50))
def test_check_and_derive_agree_on_every_edge(own: str, upstreams: list[Upstream]) -> None:
    """One upstream at a time: what `derive` answers is what `check` says of the edge."""
    for upstream in upstreams:
        if upstream.license is None:
            continue
        release = released(own, [upstream])
        rules = {finding.rule for finding in check(release).findings if finding.rule in EDGE_RULES}
        (item,) = assess(release).items
        carried = [flow for flow in item.flows[1:] if flow.framing]
        answer = derive(upstream.license, upstream.relation, own).answer
        if not carried:
            assert rules <= {"LIN202", "LIN205"}
        elif answer == "no":
            assert "LIN201" in rules or "LIN206" in rules
        elif answer == "unclear":
            assert rules & {"LIN201", "LIN203", "LIN206"}
        else:
            assert not rules & {"LIN201", "LIN203", "LIN206"}


@pytest.mark.parametrize("key", READ)
def test_facts_never_turn_no_into_anything_else_nor_meet_what_is_no_condition(key: str) -> None:
    """An act that is conditional for a reason that is no obligation and no limit never settles to yes."""
    terms = terms_of(key)  # type: ignore[arg-type] # a LicenseId
    cited = {rule.clause for rule in (*terms.obligations, *terms.limits)}
    most = {"monthly_active_users": 1, "annual_revenue_usd": 1, "country": "ZZ", "name": "Llama Phi Stable X"}
    for purpose in (*PURPOSES, None):
        facts = {**most, **({"purpose": purpose} if purpose else {})}
        (entry,) = rights(f"license:{key}", given=facts).layers
        for right in entry.rights:
            said = terms.acts[right.act]
            if said.answer in ("no", "unclear"):
                assert rank(right.answer) >= rank(said.answer), right.act
            # `2(a)(1)(B)` is a part of `2(a)(1)`.
            is_cited = any(f"{said.clause}(".startswith(f"{clause}(") for clause in cited)
            if said.answer == "conditional" and not is_cited:
                assert right.answer != "yes", right.act


@pytest.mark.parametrize("key", READ)
def test_every_answer_that_is_not_yes_has_a_clause_or_says_that_the_text_is_silent(key: str) -> None:
    (entry,) = rights(f"license:{key}").layers
    for right in entry.rights:
        assert right.because
        assert right.clauses or right.answer == "unclear"


@pytest.mark.parametrize("key", READ)
def test_no_license_frees_itself_beyond_its_own_act(key: str) -> None:
    """What a license answers `no` for, a derivative cannot be published by, under any license."""
    terms = terms_of(key)  # type: ignore[arg-type] # a LicenseId
    for relation in RELATIONS:
        if relation != "trained_on" and terms.derivative.get(relation) == "none":
            assert derive(key, relation, key).answer == "no", relation
        assert ACT_OF[relation] in ACTS


def test_the_vocabulary_of_facts_is_the_contract_s() -> None:
    assert set(KEYS) == {"monthly_active_users", "annual_revenue_usd", "country", "purpose", "name"}
    assert len(LAYERS) == 5
