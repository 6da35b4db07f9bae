"""Workspaces of visitors: one each, in a private folder that is gone when the visit ends."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.errors import CharterError
from generator.web.studio.visitors import Limits, Visitors


class Clock:
    """Seconds that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock."""
    return Clock()


@pytest.fixture
def visitors(clock: Clock) -> Iterator[Visitors[Path]]:
    """Visitors of a server with three places."""
    found: Visitors[Path] = Visitors(lambda folder: folder, Limits(visits=3, idle=100, age=1000, spare=10), clock)
    yield found
    found.end()


def test_each_visitor_has_a_private_folder(visitors: Visitors[Path]) -> None:
    (key, folder), (other_key, other) = visitors.open(), visitors.open()
    assert key != other_key
    assert len(key) > 40
    assert folder != other
    assert folder.is_dir()
    assert stat.S_IMODE(visitors.root.stat().st_mode) == 0o700
    assert visitors.get(key) == folder
    assert visitors.get("none") is None
    assert visitors.get("") is None


def test_a_visit_ends_after_a_while_without_requests(visitors: Visitors[Path], clock: Clock) -> None:
    key, folder = visitors.open()
    (folder / "README.md").write_text("x", encoding="utf-8")
    for now in (90, 180, 270):
        clock.now = now
        assert visitors.get(key) == folder
    clock.now = 371
    assert visitors.get(key) is None
    visitors.close_ended()
    assert not folder.exists()
    assert len(visitors) == 0


def test_no_visit_is_longer_than_its_age(visitors: Visitors[Path], clock: Clock) -> None:
    key, _ = visitors.open()
    for now in range(0, 1001, 50):
        clock.now = now
        assert visitors.get(key)
    clock.now = 1001
    assert visitors.get(key) is None


def test_where_there_are_too_many_one_that_was_idle_for_long_ends(visitors: Visitors[Path], clock: Clock) -> None:
    first, folder = visitors.open()
    visitors.open()
    visitors.open()
    with pytest.raises(CharterError, match="in use"):
        visitors.open()
    clock.now = 11
    visitors.open()
    assert visitors.get(first) is None
    assert not folder.exists()
    assert len(visitors) == 3


def test_a_visitor_can_end_the_visit(visitors: Visitors[Path]) -> None:
    key, folder = visitors.open()
    visitors.close(key)
    visitors.close(key)
    assert visitors.get(key) is None
    assert not folder.parent.exists()


def test_a_place_is_free_again_where_a_workspace_could_not_be_made(clock: Clock) -> None:
    def fail(folder: Path) -> Path:
        raise CharterError("no")

    visitors = Visitors(fail, Limits(visits=1), clock)
    for _ in range(3):
        with pytest.raises(CharterError, match="no"):
            visitors.open()
    visitors.end()


def test_many_at_once_are_never_more_than_the_limit(visitors: Visitors[Path]) -> None:
    failed: list[CharterError] = []

    def visit() -> None:
        try:
            visitors.open()
        except CharterError as error:
            failed.append(error)

    threads = [threading.Thread(target=visit) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(visitors), len(failed)) == (3, 9)


CODE = """
import sys, time
from pathlib import Path
from generator.web.studio.visitors import Visitors
visitors = Visitors(lambda folder: folder)
key, folder = visitors.open()
(folder / "README.md").write_text("x")
print(folder, flush=True)
if sys.argv[1] == "wait": time.sleep(600)
"""


def test_folders_are_gone_at_the_end_and_those_of_a_killed_process_at_the_next_start(tmp_path: Path) -> None:
    place = f"import generator.web.studio.visitors as v; v.MEMORY = Path({str(tmp_path)!r})\n"
    code = CODE.replace("visitors = ", f"{place}visitors = ", 1)

    def start(how: str) -> tuple[subprocess.Popen[str], Path]:
        env = {**os.environ, "TMPDIR": str(tmp_path)}
        process = subprocess.Popen([sys.executable, "-c", code, how], stdout=subprocess.PIPE, text=True, env=env)
        assert process.stdout
        with process.stdout:
            return process, Path(process.stdout.readline().strip())

    process, folder = start("end")
    assert process.wait(timeout=60) == 0
    assert not folder.exists()
    (killed, folder), (running, other) = start("wait"), start("wait")
    killed.kill()
    killed.wait(timeout=60)
    assert folder.exists()
    process, _ = start("end")
    assert process.wait(timeout=60) == 0
    assert not folder.exists()
    assert other.exists()
    running.kill()
    running.wait(timeout=60)
