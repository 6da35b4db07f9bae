"""The page about openness is held to the code."""

from __future__ import annotations

from generator.openness.facts import components, facts
from generator.openness.mof import MODES

from ..conftest import TESTS

PAGE = (TESTS.parent / "docs" / "openness.md").read_text(encoding="utf-8")


def test_every_verdict_component_requirement_and_condition_is_on_the_page() -> None:
    words = [*facts()["framings"]["verdicts"], *components(), *facts()["osaid"]["titles"], *facts()["eu"]["titles"]]
    for word in (*words, *MODES):
        assert f"`{word}`" in PAGE or f"--mode {word}`" in PAGE, word


def test_a_component_stands_with_its_class() -> None:
    rows = {line.split(",")[0].strip("| "): line for line in PAGE.splitlines() if line.startswith(("| I, ", "| II"))}
    for component in components().values():
        if component.required and component.id != "research-paper":
            assert f"`{component.id}`" in rows["I" * component.level]
