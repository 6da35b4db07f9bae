"""Progress: events of long tasks, a bar after a second, and nothing where nobody looks."""

from __future__ import annotations

import sys
from pathlib import Path

import pexpect
import pyte
import pytest

from generator import progress
from generator.cli.progress_bar import format_step
from generator.progress import BYTES, Step
from tests.command import charter

SLOW = """
import time
from generator import console, progress
from generator.cli.progress_bar import bar
with bar():
    for number in progress.track(range({number}), "Checking", {number}, "targets"):
        time.sleep({pause})
        if number == 12:
            console.status("a message")
    console.data("the answer")
"""


def test_nobody_watching_costs_nothing_and_shows_nothing() -> None:
    assert list(progress.track([1, 2], "Checking", 2, "targets")) == [1, 2]
    with progress.step("Reading"):
        progress.report("Hashing", 1, 2, BYTES)


def test_a_watcher_takes_every_step_and_the_end() -> None:
    seen: list[Step | None] = []
    with progress.watch(seen.append):
        assert list(progress.track("ab", "Checking", 2, "targets")) == ["a", "b"]
        with pytest.raises(ValueError, match="stop"), progress.step("Reading"):
            raise ValueError("stop")
    names = [(step.name, step.done) if step else None for step in seen]
    assert names == [("Checking", 0), ("Checking", 1), ("Checking", 2), None, ("Reading", 0), None, None]
    progress.report("After", 1, 2)
    assert len(seen) == len(names)


@pytest.mark.parametrize(
    ("step", "seconds", "shown"),
    [
        (Step("Checking", 3, 12, "targets"), 3, "Checking █████░░░░░░░░░░░░░░░ 3 of 12 targets, 9 s left"),
        (
            Step("Reading", 10**9, 4 * 10**9, BYTES),
            2,
            "Reading █████░░░░░░░░░░░░░░░ 1.0 of 4.0 GB, 6 s left",
        ),
        (Step("Reading the files"), 75, "Reading the files … 1 min 15 s"),
        (Step("Checking", 12, 12, "targets"), 3, "Checking ████████████████████ 12 of 12 targets"),
        (Step("Checking", 0, 9000, "targets"), 3, "Checking ░░░░░░░░░░░░░░░░░░░░ 0 of 9,000 targets"),
    ],
)
def test_a_step_is_one_line(step: Step, seconds: float, shown: str) -> None:
    assert format_step(step, seconds, 100) == shown


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_a_long_name_is_cut_to_the_width(columns: int) -> None:
    step = Step("Comparing " + "model-" * 30 + ".safetensors with the Hub", 10**8, 3 * 10**9, BYTES)
    assert len(format_step(step, 4, columns)) <= columns


def screen_of(code: str) -> tuple[str, list[str]]:
    """What a terminal got, and what its screen shows at the end."""
    child = pexpect.spawn(sys.executable, ["-c", code], dimensions=(24, 80), env=None, timeout=60)
    raw = child.read().decode()
    screen = pyte.Screen(80, 24)
    pyte.Stream(screen).feed(raw)
    return raw, [line.rstrip() for line in screen.display if line.strip()]


def test_the_bar_appears_after_a_second_and_leaves_nothing() -> None:
    raw, left = screen_of(SLOW.format(number=16, pause=0.1))
    assert " of 16 targets" in raw
    assert left == ["a message", "the answer"]


def test_a_short_task_has_no_bar() -> None:
    raw, left = screen_of(SLOW.format(number=3, pause=0.01))
    assert "targets" not in raw
    assert left == ["the answer"]


def test_without_a_terminal_nothing_is_shown(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "release.yaml").write_text("charter: 1\nrelease: {name: A}\nlayers: {}\n", encoding="utf-8")
    done = charter("check", *(tmp_path / name for name in "abc"))
    assert done.stderr == ""
    assert "of 3 targets" not in done.stdout
