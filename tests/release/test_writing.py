"""Writing: what is written reads back the same, and the JSON Schema holds for it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import (
    Acceptance,
    Card,
    Item,
    Layers,
    LocalTerms,
    ModelInfo,
    Publisher,
    Release,
    ReleaseInfo,
    Result,
    ResultDataset,
    Upstream,
)
from generator.release.reader import parse_release, read_release
from generator.release.schema import json_schema
from generator.release.vocabulary import AVAILABILITIES, COMPONENTS, FORMS, LAYERS, LIMITS, OUTPUTS, RELATIONS
from generator.release.writer import format_release

from ..conftest import EXAMPLES, TESTS
from .yaml12 import load

NASTY = [
    "no",
    "1.10",
    "~",
    "null",
    "- x",
    ": ",
    "a: b",
    "#x",
    "x # y",
    "'",
    '"',
    "{{ x }}",
    "*a",
    "&a",
    "!t",
    "é ü 漢",
    " x ",
]
lines = st.sampled_from(NASTY) | st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20
)
markdown = st.text(st.sampled_from("ab \n\t#-:|>`*é\r'\""), max_size=60)
licenses = st.sampled_from(
    ["MIT", "Apache-2.0 OR MIT", "LicenseRef-llama2", "GPL-2.0-only WITH Classpath-exception-2.0"]
)
paths = st.sampled_from(["a.txt", "*.safetensors", "x/**", "1", "no", "a b/c"])


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value, or nothing."""
    return st.none() | strategy


upstreams = st.builds(
    Upstream,
    ref=lines,
    relation=st.sampled_from(RELATIONS),
    license=maybe(licenses),
    revision=maybe(lines),
    notice=maybe(paths),
)


def items(layer: str) -> st.SearchStrategy[Item]:
    """Items of a layer."""
    return st.builds(
        Item,
        name=maybe(lines),
        availability=st.sampled_from(AVAILABILITIES),
        component=st.sampled_from(COMPONENTS[layer]) if layer == "documents" else st.none(),
        form=maybe(st.sampled_from(FORMS)) if layer == "deltas" else st.none(),
        license=maybe(licenses),
        files=st.lists(paths, max_size=2).map(tuple),
        derived_from=st.lists(upstreams, max_size=2).map(tuple),
        description=maybe(markdown.filter(str.strip)),
        sha256=maybe(st.just("a" * 64)),
    )


releases = st.builds(
    Release,
    charter=st.just(1),
    release=st.builds(
        ReleaseInfo,
        name=lines,
        version=maybe(lines),
        date=maybe(st.dates(datetime.date(1000, 1, 1))),
        publisher=maybe(st.builds(Publisher, name=lines)),
        tags=st.lists(lines, max_size=3).map(tuple),
    ),
    model=maybe(st.builds(ModelInfo, parameters=maybe(st.integers(1, 10**15)))),
    layers=st.builds(Layers, **{layer: st.lists(items(layer), max_size=2).map(tuple) for layer in LAYERS}),
    documents=st.lists(items("documents"), max_size=2).map(tuple),
    licenses=st.dictionaries(
        st.just("LicenseRef-x"), st.builds(LocalTerms, name=lines, limits=st.just(LIMITS[:2])), max_size=1
    ),
    card=st.builds(Card, intended_use=maybe(markdown), training=maybe(markdown)),
    results=st.lists(
        st.builds(
            Result,
            task=st.just("text-generation"),
            dataset=st.builds(ResultDataset, name=lines),
            metric=lines,
            value=st.decimals(-1000, 1000, places=2) | lines.filter(lambda text: not text[0].isdigit()),
        ),
        max_size=2,
    ).map(tuple),
    accept=st.lists(st.builds(Acceptance, rule=st.just("LIN203"), reason=lines), max_size=1).map(tuple),
    outputs=st.lists(st.sampled_from(OUTPUTS), max_size=3).map(tuple),
)


@settings(deadline=None)
@given(releases)
def test_what_is_written_reads_back_the_same(release: Release) -> None:
    assert parse_release(format_release(release)) == release


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_examples_read_back_the_same(example: Any) -> None:  # noqa: ANN401
    release = read_release(example)
    again = parse_release(format_release(release))
    assert again == release
    assert format_release(again) == format_release(release)


def test_numbers_stay_as_they_were_measured() -> None:
    text = "charter: 1\nrelease: {name: x}\nresults: [{task: other, dataset: {name: y}, metric: z, value: 31.20}]\n"
    release = parse_release(text)
    assert release.results[0].value == Decimal("31.20")
    assert "value: 31.20" in format_release(release)


def test_the_schema_is_valid_and_describes_every_field() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for part in (schema, *schema["$defs"].values()):
        assert part["description"]
        for name, field in part["properties"].items():
            assert field["description"], name


@pytest.mark.parametrize(
    "path", [*(p / "release.yaml" for p in EXAMPLES), TESTS / "release" / "contract.yaml"], ids=str
)
def test_every_example_is_valid_by_the_schema(path: Any) -> None:  # noqa: ANN401
    jsonschema.Draft202012Validator(json_schema()).validate(load(path.read_text(encoding="utf-8")))


def test_the_contracts_own_example_is_read() -> None:
    release = read_release(TESTS / "release" / "contract.yaml")
    assert release.rules == {"CARD103": "off"}
    assert release.layers.deltas[0].form == "adapter"
