"""A killed build leaves the old bundle or the new one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from generator.documents.transaction import STAGING, recover, write_all
from generator.errors import CharterError

OLD = {"a": b"old a", "b/c": b"old c", "gone": b"old"}
NEW = {"a": b"new a", "b/c": b"new c", "d": b"new d"}
KILLED = """
import os, sys, signal
from pathlib import Path
from generator.documents.transaction import write_all
steps = int(sys.argv[2])
def trace(event, arguments):
    global steps
    writes = event in ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "open", "os.chmod")
    if writes and "charter" in str(arguments[0]):
        steps -= 1
        if steps < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(trace)
write_all(Path(sys.argv[1]), {"a": b"new a", "b/c": b"new c", "d": b"new d"}, ("gone",))
"""


def content(folder: Path) -> dict[str, bytes]:
    """The files of a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def filled(folder: Path, files: dict[str, bytes]) -> None:
    """Write files the plain way."""
    for path, raw in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(raw)


@pytest.mark.parametrize("mine", [{}, {"model.bin": b"weights"}], ids=["own-folder", "beside-other-files"])
def test_killed_at_any_step_it_is_the_old_bundle_or_the_new_one(tmp_path: Path, mine: dict[str, bytes]) -> None:
    seen = set()
    for step in range(40):
        folder = tmp_path / f"charter-{step}"
        filled(folder, OLD | mine)
        done = subprocess.run([sys.executable, "-c", KILLED, str(folder), str(step)], check=False, capture_output=True)
        recover(folder)
        now = content(folder)
        assert now in (OLD | mine, NEW | mine), step
        assert STAGING not in {path.name for path in folder.iterdir()}
        assert not list(tmp_path.glob(f".charter-{step}*"))
        seen.add(now == NEW | mine)
        if done.returncode == 0:
            break
    assert done.returncode == 0, done.stderr
    assert seen == {True, False}


def test_a_folder_that_cannot_be_written_is_left_as_it_is(tmp_path: Path) -> None:
    target = tmp_path / "target"
    filled(target, {"a": b"old", "model.bin": b"x"})
    (target / "d").mkdir()
    (target / "d" / "inner").write_bytes(b"x")
    with pytest.raises(CharterError):
        write_all(target, {"d/inner/deeper": b"no"})
    assert content(target) == {"a": b"old", "model.bin": b"x", "d/inner": b"x"}


@pytest.mark.parametrize("plan", ['{"put": [["0", "../out"]], "remove": []}', "[]", "{", '{"put": [["x", "a"]]}'])
def test_a_journal_that_is_not_ours_writes_nothing(tmp_path: Path, plan: str) -> None:
    target = tmp_path / "target"
    filled(target / STAGING, {"journal.json": plan.encode(), "0": b"evil"})
    with pytest.raises(CharterError, match=r"not a journal of ours|leads out"):
        recover(target)
    assert not (tmp_path / "out").exists()


def test_a_link_where_builds_are_staged_is_not_followed(tmp_path: Path) -> None:
    target, other = tmp_path / "target", tmp_path / "other"
    filled(other, {"kept": b"x"})
    target.mkdir()
    (target / STAGING).symlink_to(other)
    with pytest.raises(CharterError, match="a link stands"):
        recover(target)
    assert content(other) == {"kept": b"x"}
