"""Ids: every spelling means one canonical id, expressions normalise, near misses are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import UnknownLicenseError
from generator.licenses.catalog import KNOWLEDGE, LicenseId, hub_id, index, is_family, parse

HUB_IDS = (KNOWLEDGE / "hub" / "licenses.txt").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("hub", HUB_IDS)
def test_every_hub_id_has_one_canonical_id_and_comes_back(hub: str) -> None:
    key = str(parse(hub))
    assert key in index()["spdx"] or key.startswith("LicenseRef-")
    assert hub_id(LicenseId(key)) == hub
    assert str(parse(key)) == key


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("gpl-3.0", "GPL-3.0-only"),
        ("GPL-3.0+", "GPL-3.0-or-later"),
        ("odbl", "ODbL-1.0"),
        ("odc-by", "ODC-By-1.0"),
        ("pddl", "PDDL-1.0"),
        ("c-uda", "C-UDA-1.0"),
        ("lgpl-lr", "LGPLLR"),
        ("openrail++", "LicenseRef-openrail-plus-plus"),
        ("llama 3.1", "LicenseRef-llama3.1"),
        ("apache 2.0", "Apache-2.0"),
        ("mit and apache-2.0", "MIT AND Apache-2.0"),
        ("(MIT)", "MIT"),
        ("MIT OR (MIT OR Apache-2.0)", "MIT OR Apache-2.0"),
        ("MIT AND llama2", "MIT AND LicenseRef-llama2"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
    ],
)
def test_spellings_are_made_canonical(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical


def test_families_name_no_license() -> None:
    for family in ("cc", "gpl", "lgpl", "bsd", "gfdl", "openrail", "other", "unknown"):
        assert is_family(parse(family).license)


@pytest.mark.parametrize(("text", "near"), [("apache-2", "Apache-2.0"), ("llama31x", "LicenseRef-llama3.1")])
def test_a_near_miss_names_the_nearest(text: str, near: str) -> None:
    try:
        assert str(parse(text)) == near
    except UnknownLicenseError as error:
        assert near in error.suggestions


@pytest.mark.parametrize("text", ["", "MIT AND", "AND", "((", "MIT WITH nothing", "LicenseRef-unheard-of", "\x00"])
def test_what_names_nothing_is_an_error_with_a_remedy(text: str) -> None:
    with pytest.raises(UnknownLicenseError) as caught:
        parse(text)
    assert caught.value.remedy


IDS = st.sampled_from(["MIT", "Apache-2.0", "llama2", "gpl-3.0", "CC-BY-4.0"])
EXPRESSIONS = st.recursive(
    IDS, lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner)
)


@given(EXPRESSIONS)
def test_an_expression_reads_back_the_same(text: str) -> None:
    once = parse(text)
    assert parse(str(once)) == once


@given(st.text(max_size=60))
def test_any_text_is_a_license_or_an_unknown_one(text: str) -> None:
    try:
        parse(text)
    except UnknownLicenseError as error:
        assert error.message


@pytest.mark.parametrize(
    "text",
    ["MIT OR Apache-2.0", "mit and apache-2.0 AND MIT", "gpl-2.0+ or MIT", " MIT  OR\tmit ", "llama2 AND cc-by-4.0"],
)
def test_ids_that_one_operator_joins_read_as_with_parentheses(text: str) -> None:
    assert parse(text) == parse(f"({text})")


@pytest.mark.parametrize("text", ["MIT OR", "OR MIT", "MIT AND OR Apache-2.0", "MIT OR and", "MIT Apache-2.0 OR MIT"])
def test_a_broken_expression_is_an_error(text: str) -> None:
    with pytest.raises(UnknownLicenseError):
        parse(text)
