"""The rights in brief: nothing is allowed that the full answer does not allow, and no condition is lost or doubled."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import rights
from generator.licenses.catalog import get_known_ids, is_family, is_shared_name, parse
from generator.licenses.license_set import CATALOG
from generator.licenses.lineage import Flow
from generator.licenses.rights import compose_duties, compose_rights
from generator.licenses.summary import ACTS_BY_LAYER, rights_summary
from generator.licenses.terms import terms_of
from generator.release.vocabulary import ACTS, LAYERS
from tests.command import charter
from tests.effort import examples

READ = sorted(key for key in get_known_ids() if not is_family(key) and not is_shared_name(key) and terms_of(key).read)
FLOWS = st.builds(
    lambda key, framing: Flow(
        parse(key) if key else None, "finetune", (f"lab/{key or 'unknown'}",), framing != "source", framing != "program"
    ),
    st.sampled_from([*READ, ""]),
    st.sampled_from(["both", "program"]),
)


def own(key: str) -> Flow:
    return Flow(parse(key), "", (), program=True, source=True)


@settings(max_examples=examples(150), deadline=None)
@given(st.sampled_from(READ), st.lists(FLOWS, max_size=3), st.sampled_from([*LAYERS, "documents"]))
def test_laws_of_the_summary(key: str, more: list[Flow], layer: str) -> None:
    flows = [own(key), *more]
    known = [flow for flow in flows if flow.license]
    summary = rights_summary(layer, flows, CATALOG.terms)
    full = {right.act: right for right in compose_rights(known, CATALOG.terms)}
    allowed = ("yes", "conditional")
    for point in summary.may:
        assert all(full[act].program.answer in allowed and full[act].source.answer in allowed for act in point.ids)
    for point in summary.may_if_weights:
        assert all(full[act].source.answer in allowed for act in point.ids)
    assert all(point.clauses for point in summary.may_not)
    obligations, _ = compose_duties(known, CATALOG.terms)
    for points, framing in ((summary.must, "both"), (summary.if_data_is_source, "program")):
        details = [detail for point in points for detail in point.details]
        for license_rule in obligations:
            if license_rule.framing == framing:
                assert details.count(license_rule.rule.detail) == 1 or framing == "program"
                assert license_rule.rule.detail in details
    named = {act for points in summary[:2] for point in points for act in point.ids}
    named |= {act for points in (summary.may_not, summary.unsettled) for point in points for act in point.ids}
    named |= {act for point in summary.if_data_is_source for act in point.ids}
    assert set(ACTS_BY_LAYER.get(layer, ACTS)) <= named
    unknown = {flow.via[-1] for flow in flows if flow.license is None}
    assert sum("is not known" in point.text for point in summary.unsettled) == len(unknown)


def test_one_unknown_source_is_one_open_point() -> None:
    unknown = Flow(None, "finetune", ("lab/base",), program=True, source=True)
    summary = rights_summary("weights", [own("MIT"), unknown], CATALOG.terms)
    assert ("use",) in [point.ids for point in summary.may]
    assert [point.text for point in summary.unsettled if not point.ids] == ["the license of lab/base is not known"]


def test_without_a_license_of_its_own_nothing_is_allowed_by_that_of_its_base() -> None:
    flows = (
        Flow(None, "", (), program=True, source=True),
        Flow(parse("gemma"), "adapter", ("google/gemma-2-2b",), program=True, source=True),
    )
    found = rights_summary("deltas", flows, CATALOG.terms)
    assert (found.may, found.may_if_weights, found.conditional) == ((), (), False)
    assert found.must
    assert "No license is stated" in found.unsettled[-1].text


def test_equal_conditions_of_two_licenses_are_one_line() -> None:
    base = Flow(parse("MIT"), "finetune", ("lab/base",), program=True, source=True)
    summary = rights_summary("weights", [own("Apache-2.0"), base], CATALOG.terms)
    (point,) = [point for point in summary.must if point.ids == ("include_license",)]
    assert {ref.license for ref in point.clauses} == {"Apache-2.0", "MIT"}


def test_json_has_the_summary() -> None:
    (layer,) = rights("llama3.1").to_dict()["layers"]
    texts = [point["text"] for point in layer["summary"]["must"]]
    assert 'show "Built with Llama"' in texts
    assert layer["summary"]["conditional"] is True


def test_every_license_fits_one_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    from generator.cli.answers_text import rights_text

    for key in READ:
        lines = rights_text(rights(f"license:{key}"), 80).splitlines()
        assert len(lines) <= 24, key
        assert max(map(len, lines)) <= 80, key


def test_verbose_shows_reasons_and_quote_shows_the_text() -> None:
    short = charter("rights", "llama2").stdout
    full = charter("rights", "llama2", "--verbose", "--quote").stdout
    assert "Conditions" not in short
    for words in ("Conditions", "Limitations", "In the words of the text", "✕ You may not"):
        assert words in full
