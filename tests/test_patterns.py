"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import re

import pytest

from generator.patterns import lazy_pattern


def test_a_lazy_pattern_has_the_methods_and_flags_of_a_compiled_one() -> None:
    word = lazy_pattern("[a-z]+", re.I)
    assert word.sub("-", "Ab 1 c") == "- 1 -"
    assert [found.group() for found in word.finditer("Ab 1 c")] == ["Ab", "c"]
    assert (word.pattern, word.flags & re.I) == ("[a-z]+", re.I)
    assert lazy_pattern(b"b+").search(b"abb") is not None


def test_a_wrong_pattern_fails_at_its_first_use() -> None:
    broken = lazy_pattern("(")
    with pytest.raises(re.error):
        broken.search("")
