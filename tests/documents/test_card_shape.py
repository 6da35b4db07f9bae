"""The shape of the card: the rights come first, in brief, and people find the uses without scrolling."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator import build, load_release
from tests.conftest import TESTS

CARDS = sorted((TESTS / "examples").glob("*/expected/README.md"))


def generated(card: str) -> str:
    """The part of a card between the markers, without them."""
    return card.partition("-->\n")[2].rpartition("<!-- charter:end")[0]


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.parts[-3])
def test_rights_come_first_and_uses_soon(path: Path) -> None:
    text = generated(path.read_text(encoding="utf-8"))
    if "## Uses" in text:
        assert text.index("## Uses") <= max(0.35 * len(text), 2500)
    before = text.partition("## Rights in brief")[2].partition("\n## ")[0]
    visible = re.sub(r"<details>.*?</details>", "", before, flags=re.DOTALL)
    assert sum(line.startswith("- ") for line in visible.splitlines()) <= 12 * max(1, visible.count("**\n"))


def test_one_license_gives_a_short_card(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Tiny, repo: lab/tiny, summary: A tiny model., copyright: 2026 Lab,"
        " publisher: {name: Lab}}\n"
        "layers: {weights: {availability: released, license: MIT, files: ['*.safetensors']}}\n",
        encoding="utf-8",
    )
    card = build(load_release(tmp_path))["README.md"].decode()
    text = generated(card)
    assert len([line for line in text.splitlines() if line.strip()]) <= 25
    assert "**You may** use, use commercially" in text
    assert "**You must** include the license (MIT paragraph 2)" in text
