"""The engine's laws, whatever the licenses and upstreams are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import derive, rights
from generator.licenses.catalog import all_known, is_family
from generator.licenses.derive import ACT_OF
from generator.licenses.facts import KEYS
from generator.licenses.rights import rank, reconcile
from generator.licenses.terms import terms_of
from generator.release.model import Item, Layers, Release, ReleaseInfo, Upstream
from generator.release.vocabulary import ACTS, ANSWERS, LAYERS, RELATIONS

READ = sorted(key for key in all_known() if not is_family(key))
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


def duties(release: Release) -> set[tuple[str, str, str | None]]:
    """What is owed, and where it ends."""
    (entry,) = rights(release, layer="weights").layers
    return {(duty.rule.id, duty.license, duty.rule.clause) for duty in (*entry.obligations, *entry.limits)}


@given(LICENSES, st.lists(UPSTREAMS, max_size=3), UPSTREAMS)
@settings(deadline=None)
def test_adding_an_upstream_never_adds_a_right_nor_removes_a_duty(
    own: str, upstreams: list[Upstream], more: Upstream
) -> None:
    before, after = released(own, upstreams), released(own, [*upstreams, more])
    old, new = answers(before), answers(after)
    for act in ACTS:
        for one, other in zip(old[act], new[act], strict=True):
            assert rank(other) >= rank(one), act
    assert duties(before) <= duties(after)


@given(LICENSES, st.lists(UPSTREAMS, max_size=4), st.randoms())
@settings(deadline=None)
def test_order_never_matters(own: str, upstreams: list[Upstream], random: object) -> None:
    shuffled = list(upstreams)
    random.shuffle(shuffled)  # type: ignore[attr-defined] # random.Random
    one, other = released(own, upstreams), released(own, shuffled)
    assert answers(one) == answers(other)
    assert duties(one) == duties(other)


@given(LICENSES, st.sampled_from(RELATIONS))
@settings(deadline=None)
def test_an_unknown_upstream_never_yields_yes(own: str, relation: str) -> None:
    unknown = Upstream(ref="lab/unknown", relation=relation)
    assert "yes" not in {answer for answer, _, _ in answers(released(own, [unknown])).values()}


@given(LICENSES, st.lists(UPSTREAMS, max_size=3), st.lists(LICENSES, max_size=2))
@settings(deadline=None)
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
@settings(deadline=None)
def test_another_base_never_frees_and_order_of_bases_never_matters(
    bases: list[str], more: str, relation: str, proposed: str
) -> None:
    one = derive(bases, relation, proposed)
    assert rank(derive([*bases, more], relation, proposed).answer) >= rank(one.answer)
    assert derive(bases[::-1], relation, proposed).answer == one.answer


@given(LICENSES, st.sampled_from(RELATIONS), LICENSES)
@settings(deadline=None)
def test_a_choice_is_as_free_as_its_freest_part_and_a_sum_as_strict_as_its_strictest(
    base: str, relation: str, proposed: str
) -> None:
    other = "LicenseRef-llama2"
    single = [rank(derive(f"({entry})", relation, proposed).answer) for entry in (base, other)]
    assert rank(derive(f"({base}) OR {other}", relation, proposed).answer) == min(single)
    assert rank(derive(f"({base}) AND {other}", relation, proposed).answer) >= max(single), "a clash may add to it"


@pytest.mark.parametrize("key", READ)
def test_every_answer_that_is_not_yes_has_a_clause_or_says_that_the_text_is_silent(key: str) -> None:
    (entry,) = rights(f"license:{key}").layers
    for right in entry.rights:
        assert right.because
        assert right.clauses or right.answer == "unclear"


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("key", READ)
def test_no_license_frees_itself_beyond_its_own_act(key: str, relation: str) -> None:
    """What a license answers `no` for, a derivative cannot be published by, under any license."""
    terms = terms_of(key)  # type: ignore[arg-type] # a LicenseId
    if relation != "trained_on" and terms.derivative.get(relation) == "none":
        assert derive(key, relation, key).answer == "no"
    assert ACT_OF[relation] in ACTS


def test_the_vocabulary_of_facts_is_the_contract_s() -> None:
    assert set(KEYS) == {"monthly_active_users", "annual_revenue_usd", "country", "purpose", "name"}
    assert len(LAYERS) == 5
