"""Seven people and their folders, in a pseudo-terminal: prompts and keys against the budget, every screen whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import check, load_release
from tests.interview.folders import PERSONAS
from tests.interview.terminal import DOWN, SIZES, Terminal

YOU = {"You": "=Anna B", "Limitations": "English only.", "Uses": "Research."}
SCRIPTS: dict[str, dict[str, str]] = {
    "llama": YOU
    | {
        "Name on the Hub": "Llama-support-bot",
        "Training data": "I made it",
        "Release of the data": "Don't release it",
        "License": "Llama 3.1 Community",
    },
    "gemma": YOU
    | {
        "Name on the Hub": "=annab/gemma-poet",
        "Training data": "Collected from the web",
        "Release of the data": "Describe it",
        "Description": "Poems from public sites, 2025.",
        "License": "same as the base",
    },
    "merge": YOU | {"License": "Apache-2.0"},
    "gguf": YOU | {"License": "Apache-2.0", "Name on the Hub": "=annab/Qwen2.5-GGUF"},
    "scraped": YOU
    | {
        "Training data": "Collected from the web",
        "Release of the data": "Describe it",
        "Description": "Comments of a forum.",
        "License": "Help me choose",
        "Help me choose 1/3": "Yes",
        "Help me choose 2/3": "No",
    },
    "data": YOU | {"Data": "I made it", "License": "CC-BY-4.0"},
    "card": YOU,
}
BUDGET = {"gemma": 9, "merge": 9, "gguf": 9}
LICENSES = {
    "llama": "LicenseRef-llama3.1",
    "gemma": "LicenseRef-gemma",
    "merge": "Apache-2.0",
    "gguf": "Apache-2.0",
    "scraped": "Apache-2.0",
    "data": "CC-BY-4.0",
    "card": "Apache-2.0",
}
NORMAL = {"llama": (80, 24), "gemma": (60, 20), "scraped": (100, 30), "data": (60, 20)}
"""Personas of the quick run, each at one size; `make test-all` runs all at every size."""


def cases() -> list[object]:
    return [
        pytest.param(name, size, marks=[] if NORMAL.get(name) == size else [pytest.mark.exhaustive])
        for name in PERSONAS
        for size in SIZES
    ]


@pytest.mark.parametrize(("persona", "size"), cases())
def test_a_person_comes_to_a_release_within_the_budget(tmp_path: Path, persona: str, size: tuple[int, int]) -> None:
    folder = PERSONAS[persona](tmp_path)
    terminal = Terminal(folder, columns=size[0], rows=size[1])
    terminal.follow(SCRIPTS[persona])
    terminal.is_whole()
    review = terminal.prompt()
    assert "Ready to publish" in review or "Not ready" in review
    assert "○ Write and build" in review or "● Write and build" in review, "what to do is beside the problems"
    terminal.choose("Write and build")
    terminal.wait()
    assert terminal.child.exitstatus == 0, terminal.text()
    print(f"{persona} {size[0]}x{size[1]}: {len(terminal.prompts)} prompts, {terminal.keys} keys")  # noqa: T201
    assert len(terminal.prompts) <= BUDGET.get(persona, 12), terminal.prompts
    release = load_release(folder)
    layers = release.layers
    main = (layers.deltas or layers.weights or layers.data)[0]
    assert main.license == LICENSES[persona]
    assert release.release.publisher is not None
    assert release.release.publisher.name == "Anna B"
    assert [found.rule for found in check(release).findings if found.severity == "error"] == []


def test_the_problems_are_beside_the_cursor_in_a_small_review(tmp_path: Path) -> None:
    folder = PERSONAS["gemma"](tmp_path)
    terminal = Terminal(folder, columns=60, rows=20)
    terminal.follow({})
    terminal.is_whole()
    shown = terminal.prompt()
    assert "● Write and build" in shown
    assert "✕ Nobody is named as publisher." in shown
    terminal.find("Nobody is named")
    terminal.press("\r")
    assert terminal.title() == "You"
    terminal.press("Anna B", "\r")
    assert "Nobody is named" not in terminal.text().rpartition("◆")[2]
    terminal.press(DOWN)
    terminal.close()
