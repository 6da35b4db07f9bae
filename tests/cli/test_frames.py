"""What the main commands show at three widths of a terminal; `--rewrite` keeps the frames, for review."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator import console
from tests.command import charter
from tests.conftest import TESTS

FRAMES = Path(__file__).parent / "frames"
WIDTHS = (60, 80, 120)
RELEASE = """\
charter: 1
release: {name: Support Bot, repo: lab/support-bot, copyright: 2026 Lab}
layers:
  weights:
    availability: released
    license: MIT
    files: ["*.safetensors"]
    derived_from: [{ref: google/gemma-2-2b, license: gemma, relation: finetune}]
"""
COMMANDS = {
    "help": ("--help",),
    "rights": ("rights", "mit"),
    "rights-release": ("rights", "."),
    "derive": ("derive", "--from", "apache-2.0", "--relation", "finetune", "--as", "mit"),
    "derive-no": ("derive", "--from", "cc-by-nc-4.0", "--relation", "adapter", "--as", "mit"),
    "choose": ("licenses", "--sell", "--no-share-alike", "--layer", "weights", "--from", "mit"),
    "openness": ("openness", "."),
    "check": ("check", "."),
}


def frame(name: str, columns: int, folder: Path) -> str:
    """What a command shows."""
    (folder / "release.yaml").write_text(RELEASE, encoding="utf-8")
    return charter(*COMMANDS[name], cwd=folder, env=os.environ | {"COLUMNS": str(columns)}).stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_the_frames_are_as_kept(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    shown = "".join(f"{f' {columns} ':=^{columns}}\n{frame(name, columns, tmp_path)}\n" for columns in WIDTHS)
    kept = FRAMES / f"{name}.txt"
    if request.config.getoption("--rewrite"):
        kept.write_text(shown, encoding="utf-8")
    where = kept.relative_to(TESTS.parent)
    assert shown == kept.read_text(encoding="utf-8"), f"run `make golden` and review the difference of {where}"


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", COMMANDS)
def test_no_frame_is_wider_than_its_terminal(name: str, columns: int, tmp_path: Path) -> None:
    lines = frame(name, columns, tmp_path).splitlines()
    assert max(map(console.count_columns, lines)) <= columns
