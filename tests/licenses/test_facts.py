"""Every fact file: its shape, its vocabulary, its text, and each clause found in that text."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.licenses.catalog import KNOWLEDGE, index
from generator.licenses.clauses import find_clause
from generator.licenses.quotes import get_quote
from generator.licenses.terms import terms_of, text_source
from generator.licenses.texts import digest, normalise, text_of
from generator.release.vocabulary import ACTS, ANSWERS, LIMITS, OBLIGATIONS, RELATIONS
from tests.conftest import SHARED

FILES = sorted((KNOWLEDGE / "licenses").glob("*.yaml"))
DERIVATIVES = {"any", "own_part", "any_with_passthrough", "same", "same_or_compatible", "none", "unclear"}
KEYS = {
    *("id", "name", "hub_id", "aliases", "titles", "text_source", "digest", "applies_to", "osi_approved", "acts"),
    *("architecture", "obligations", "limits", "derivative_license", "termination", "patent_retaliation"),
    *("governing_law", "notes"),
}
OPTIONAL = {"use_policy", "no_further_restrictions", "anchors", "by_name_only"}
CASES = ("compatible_if_joined", "compatible_described", "barred", "two_readings", "compatible_clause", "by_relation")
IDS = [path.stem for path in FILES]


@functools.cache
def facts(path: Path) -> dict[str, Any]:
    """A fact file as it is written."""
    loaded: dict[str, Any] = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def by_relation(raw: dict[str, Any]) -> dict[str, Any]:
    """The reasons of single relations."""
    found: dict[str, Any] = raw["derivative_license"].get("by_relation") or {}
    return found


def clauses(raw: dict[str, Any]) -> list[str | None]:
    """Every clause that a fact file cites."""
    derivative = raw["derivative_license"]
    found = [entry["clause"] for entry in (*raw["acts"].values(), *raw["obligations"], *raw["limits"])]
    found += [derivative.get("clause"), derivative.get("defines"), raw.get("no_further_restrictions")]
    found += [derivative.get("compatible_clause"), *(said["clause"] for said in by_relation(raw).values())]
    found += [derivative[case]["clause"] for case in ("compatible_if_joined", "barred") if case in derivative]
    found += [raw[key]["clause"] for key in ("architecture", "termination", "patent_retaliation", "governing_law")]
    policy = raw.get("use_policy")
    return found + ([policy["clause"], policy.get("attachment")] if policy else [])


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_it_has_the_shape_of_facts(path: Path) -> None:
    raw = facts(path)
    assert raw["id"] == path.stem
    assert KEYS <= raw.keys() <= KEYS | OPTIONAL
    assert list(raw["acts"]) == list(ACTS)
    for act in raw["acts"].values():
        assert act.keys() <= {"answer", "because", "clause", "contested"}
        assert act["answer"] in ANSWERS
        assert act["because"].strip().endswith(".")
        assert set(act.get("contested", ())) <= {*ANSWERS} - {act["answer"]}
    for license_rule in raw["obligations"]:
        assert license_rule["id"] in OBLIGATIONS
        assert "also_accept" not in license_rule
        assert set(license_rule["triggered_by"]) <= set(ACTS)
        assert license_rule["detail"].strip()
    for limit in raw["limits"]:
        assert limit.get("passed_on", True) is True
        assert set(limit.get("reaches", ())) <= {"use_outputs", "train_other_models_on_outputs"}
        assert "reaches" not in limit or limit["id"] in ("noncommercial", "research_only")
        assert limit["id"] in LIMITS
        assert "also_accept" not in limit
        if "threshold" in limit:
            assert limit["threshold"]["fact"] in ("monthly_active_users", "annual_revenue_usd")
            assert limit["threshold"]["over"] > 0
            assert limit.get("above", "no") in ("no", "unclear")
    for relation, value in raw["derivative_license"].items():
        assert relation in ("because", "clause", "compatible", "defines", "reaches_outputs", *CASES) or (
            relation in RELATIONS and value in DERIVATIVES
        )
    for relation, said in by_relation(raw).items():
        assert relation in RELATIONS
        assert said["because"].strip().endswith(".")
        assert said["clause"]
    for entry in raw["derivative_license"].get("compatible", ()):
        assert entry in index()["spdx"] or entry in index()["known"]


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_every_answer_but_unclear_has_a_clause(path: Path) -> None:
    raw = facts(path)
    for act, said in raw["acts"].items():
        assert said["clause"] or said["answer"] == "unclear", act


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_its_text_is_the_one_that_was_read_and_holds_each_clause(path: Path) -> None:
    raw = facts(path)
    source = text_source(raw["text_source"])
    text = text_of(source, raw["digest"])
    if raw.get("by_name_only"):
        assert {said["answer"] for said in raw["acts"].values()} == {"unclear"}
        return
    assert source is not None
    if text is None and source.is_published:
        pytest.skip("the publisher's text is not here")
    assert text is not None
    assert digest(text) == raw["digest"]
    anchors = raw.get("anchors") or {}
    for clause in filter(None, clauses(raw)):
        assert find_clause(text, clause, anchors), clause
        said = get_quote(terms_of(raw["id"]), clause)
        assert said
        assert all(part in normalise(text) for part in said.removesuffix(" …").split(" … "))


def examples() -> list[Path]:
    """The worked examples of the specification, where it is there."""
    return [p for p in sorted((SHARED / "licenses").glob("*.yaml"))]


def test_the_worked_examples_are_met_to_the_letter() -> None:
    """Answers, clauses, obligations and limits are those of the specification's own reading."""
    theirs = examples()
    if not theirs:
        pytest.skip("the specification is not beside this checkout")
    for path in theirs:
        want = facts(path)
        key = index()["lookup"][str(want["hub_id"] or want["id"]).lower()]
        have = facts(KNOWLEDGE / "licenses" / f"{key}.yaml")
        for act, said in want["acts"].items():
            assert (have["acts"][act]["answer"], have["acts"][act]["clause"]) == (said["answer"], said["clause"])
        for kind in ("obligations", "limits"):
            ids = [(entry["id"], entry["clause"]) for entry in want[kind] or ()]
            assert [(entry["id"], entry["clause"]) for entry in have[kind]] == ids, (key, kind)
        wanted = want["derivative_license"]
        assert {k: have["derivative_license"].get(k) for k in RELATIONS} == {k: wanted.get(k) for k in RELATIONS}
