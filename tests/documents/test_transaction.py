"""A killed build leaves the old bundle or the new one."""

from __future__ import annotations

import errno
import io
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from generator.documents.storage.lock import lock_folder
from generator.documents.storage.transaction import (
    STAGING,
    exclusive,
    is_unfinished,
    recover,
    to_charter_error,
    write_all,
)
from generator.errors import CharterError

OLD = {"a": b"old a", "b/c": b"old c", "gone": b"old"}
NEW = {"a": b"new a", "b/c": b"new c", "d": b"new d"}
KILLED = """
import os, sys, signal
from pathlib import Path
from generator.documents.storage.transaction import write_all
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
    for step in range(80):
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


@pytest.mark.parametrize(
    "plan",
    [
        '{"put": [["0", "../out"]], "remove": []}',
        '{"put": [], "remove": ["../out"]}',
        '{"put": [], "remove": [], "old": {"../out": "old-0"}}',
        "[]",
        "{",
        '{"put": [["x", "a"]]}',
        '{"put": [["x", "a"]], "remove": []}',
        '{"put": [["old-0", "a"]], "remove": []}',
        '{"put": [["0", "a"]], "remove": [], "old": {"a": "old-x"}}',
        '{"put": [["0", "a"]], "remove": [], "old": {"a": "../out"}}',
        '{"put": [["0", "a"]], "remove": [], "old": []}',
        '{"put": [["0"]], "remove": []}',
        "[" * 100_000,
        '{"put": [["0", "a"]], "remove": []}' + " " * 4 * 1024 * 1024,
    ],
    ids=range(14),
)
def test_a_journal_that_is_not_ours_writes_nothing(tmp_path: Path, plan: str) -> None:
    target = tmp_path / "target"
    filled(target / STAGING, {"journal.json": plan.encode(), "0": b"evil"})
    with pytest.raises(CharterError) as caught:
        recover(target)
    journal = target / STAGING / "journal.json"
    leads_out = '"../out"' in plan and '"a"' not in plan
    what = "'../out' leads out of the folder." if leads_out else "this is not a journal of ours."
    assert caught.value.message == f"{journal}: {what}"
    assert caught.value.remedy == f"Remove {target / STAGING}."
    assert not (tmp_path / "out").exists()


def test_a_link_where_builds_are_staged_is_not_followed(tmp_path: Path) -> None:
    target, other = tmp_path / "target", tmp_path / "other"
    filled(other, {"kept": b"x"})
    target.mkdir()
    (target / STAGING).symlink_to(other)
    with pytest.raises(CharterError, match="a link stands"):
        recover(target)
    assert content(other) == {"kept": b"x"}


def test_a_file_that_cannot_be_replaced_leaves_the_old_bundle_whole(tmp_path: Path) -> None:
    target = tmp_path / "target"
    before = {"a": b"old a", "gone": b"old", "model.bin": b"x", "z/inner": b"x"}
    filled(target, before)
    with pytest.raises(CharterError, match="target/z: "):
        write_all(target, {"a": b"new a", "new/b": b"new b", "z": b"new z"}, ("gone",))
    assert content(target) == before
    assert {path.name for path in target.iterdir()} == {"a", "gone", "model.bin", "z"}


@pytest.mark.parametrize(
    "path", ["../out", "a/../../out", "/tmp/charter-out", "a//b", "", ".", "a/./b", "a\\b", "a\0b"]
)
@pytest.mark.parametrize("mine", [{}, {"model.bin": b"x"}], ids=["own-folder", "beside-other-files"])
def test_a_path_that_leads_out_is_refused_before_anything_is_made(
    tmp_path: Path, path: str, mine: dict[str, bytes]
) -> None:
    filled(tmp_path / "target", mine)
    for change in ({"put": {"new/x": b"x", path: b"x"}}, {"put": {"new/x": b"x"}, "remove": (path,)}):
        with pytest.raises(CharterError, match="leads out"):
            write_all(tmp_path / "target", **change)
    assert content(tmp_path) == {f"target/{name}": raw for name, raw in mine.items()}


def test_a_link_on_the_way_is_not_followed_out_of_the_folder(tmp_path: Path) -> None:
    filled(tmp_path / "other", {"c": b"theirs"})
    filled(tmp_path / "target", {"model.bin": b"x"})
    (tmp_path / "target" / "LICENSES").symlink_to(tmp_path / "other")
    with pytest.raises(CharterError, match="leads out"):
        write_all(tmp_path / "target", {"LICENSES/c": b"new"})
    assert content(tmp_path / "other") == {"c": b"theirs"}


def test_a_folder_that_another_process_holds_is_waited_for_and_then_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.documents.storage.lock.LIMIT", 0.2)
    monkeypatch.setattr("generator.documents.storage.lock._QUIET", 0.0)
    said: list[str] = []
    with lock_folder(tmp_path / "target"), pytest.raises(CharterError, match="target: another charter process"):  # noqa: SIM117
        with exclusive(tmp_path / "target", said.append):
            raise AssertionError
    assert len(said) == 1
    write_all(tmp_path / "target", {"a": b"new"})
    assert content(tmp_path) == {"target/a": b"new"}


@pytest.mark.parametrize("name", ["n" * 250, "ü" * 120])
def test_a_long_folder_name_is_built_in(tmp_path: Path, name: str) -> None:
    for text in (b"old", b"new"):
        write_all(tmp_path / name, {"a": text})
        assert content(tmp_path) == {f"{name}/a": text}


def test_a_failed_write_leaves_nothing_and_says_the_cause(tmp_path: Path) -> None:
    target = tmp_path / "made" / ("n" * 300)
    with pytest.raises(CharterError, match="too long") as caught:
        write_all(target, {"a": b"x"})
    assert caught.value.message.startswith(str(target)[:300])
    assert "shorter name" in caught.value.remedy
    assert not list(tmp_path.iterdir())


def test_a_move_that_was_being_undone_is_undone_by_the_next_writer(tmp_path: Path) -> None:
    target = tmp_path / "target"
    filled(target, {"a": b"new a", "b": b"old b", "model.bin": b"x"})
    journal = b'{"put": [["0", "a"], ["1", "b"]], "remove": [], "old": {"a": "old-0", "b": "old-1"}}'
    filled(target / STAGING, {"undo.json": journal, "old-0": b"old a", "old-1": b"old b", "1": b"new b"})
    assert is_unfinished(target)
    assert recover(target)
    assert content(target) == {"a": b"old a", "b": b"old b", "model.bin": b"x"}


def test_a_folder_with_nothing_else_in_it_is_exchanged_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "my model\t\\ü"
    write_all(target, {"a": b"old", "b/c": b"old", "kept": b"k"})
    target.chmod(0o750)
    (target / "a").chmod(0o640)
    before = target.stat().st_ino
    write_all(target, {"a": b"new", "b/c": b"new", "kept": b"k"})
    assert content(target) == {"a": b"new", "b/c": b"new", "kept": b"k"}
    assert (target.stat().st_ino == before) is not sys.platform.startswith("linux")
    assert (target.stat().st_mode & 0o777, (target / "a").stat().st_mode & 0o777) == (0o750, 0o640)
    write_all(target, {"a": b"newer", "kept": b"k"}, ("b/c",))
    assert content(target) == {"a": b"newer", "kept": b"k"}
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize(
    "why",
    ["link", "current", "file of a person", "empty folder", "a folder in it", "mount", "mount in it", "elsewhere"],
)
def test_a_folder_that_somebody_uses_is_written_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    target = tmp_path / "my Xtra model"
    write_all(target, {"a": b"old", "b/c": b"old"})
    before, place = target.stat().st_ino, target
    mounted = ""
    if why == "link":
        place = tmp_path / "link"
        place.symlink_to(target)
    elif why == "current":
        monkeypatch.chdir(target)
    elif why == "file of a person":
        (target / "model.bin").write_bytes(b"x")
    elif why == "empty folder":
        (target / "data" / "raw").mkdir(parents=True)
    elif why == "a folder in it":
        (target / "data").mkdir()
    elif why.startswith("mount"):
        mounted = str(target).replace(" ", "\\040") + ("/a" if why == "mount in it" else "")
    else:
        mounted = str(target).replace(" ", "\\040") + "-too"
    if mounted:
        line = f"36 35 98:0 / {mounted} rw\n"
        real = open

        def mounts(path: str, *rest: object, **more: str) -> object:
            if path == "/proc/self/mountinfo":
                return io.TextIOWrapper(io.BytesIO(b"odd \xff line\n" + line.encode()), **more)
            return real(path, *rest, **more)  # type: ignore[call-overload]

        monkeypatch.setattr("builtins.open", mounts)
    write_all(place, {"a": b"new", "b/c": b"new"})
    assert (target / "a").read_bytes() == b"new"
    assert (target.stat().st_ino == before) is (why != "elsewhere" or not sys.platform.startswith("linux"))
    assert (target / "data" / "raw").is_dir() is (why == "empty folder")
    assert (target / "data").is_dir() is (why in ("empty folder", "a folder in it"))
    assert not (target / STAGING).exists()


def test_what_is_killed_between_two_files_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "target"
    filled(target, OLD | {"model.bin": b"x"})
    real, seen = Path.replace, []

    def killed(self: Path, other: Path) -> Path:
        seen.append(other)
        if len(seen) > 1:
            raise KeyboardInterrupt
        return real(self, other)

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        write_all(target, NEW, ("gone",))
    monkeypatch.undo()
    assert is_unfinished(target)
    assert content(target)["b/c"] == b"old c"
    assert recover(target) == "finished an interrupted build"
    assert content(target) == NEW | {"model.bin": b"x"}
    assert recover(target) == ""


def test_folders_that_were_made_or_emptied_are_as_before_when_a_move_fails(tmp_path: Path) -> None:
    target = tmp_path / "target"
    before = {"a/b/gone": b"old", "model.bin": b"x", "z/inner": b"x"}
    filled(target, before)
    with pytest.raises(CharterError, match="target/z: "):
        write_all(target, {"new/deep/b": b"new b"}, ("a/b/gone", "z"))
    assert content(target) == before
    assert {path.name for path in target.iterdir()} == {"a", "model.bin", "z"}
    with pytest.raises(CharterError, match="target/z: "):
        write_all(target, {"new/deep/b": b"new b", "z": b"new z"})
    assert {path.name for path in target.iterdir()} == {"a", "model.bin", "z"}


def test_a_file_that_cannot_be_read_leaves_nothing_staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "target"
    filled(target, {"a": b"old", "model.bin": b"x"})

    def unreadable(self: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", unreadable)
    with pytest.raises(CharterError, match=r"target/a: Permission denied\."):
        write_all(target, {"a": b"new", "new/deep/b": b"new"})
    monkeypatch.undo()
    assert content(target) == {"a": b"old", "model.bin": b"x"}
    assert {path.name for path in target.iterdir()} == {"a", "model.bin"}


def test_a_path_that_leads_out_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(CharterError) as caught:
        write_all(tmp_path / "target", {"../out": b"x"})
    assert caught.value.remedy == "Report this as a bug."


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.EACCES, "Permission denied", "/a/b"), "/a/b: Permission denied."),
        (OSError(errno.EACCES, "Permission denied", b"/a/\xff"), f"/a/{os.fsdecode(bytes([255]))}: Permission denied."),
        (OSError(errno.EACCES, "Permission denied", 7), "7: Permission denied."),
        (OSError("odd"), "target: odd."),
        (OSError(errno.EIO, "Input/output error", "n" * 300), f"{'n' * 300}: Input/output error."),
        (OSError(errno.EIO, "Input/output error", "n" * 301), f"{'n' * 300}…: Input/output error."),
    ],
)
def test_an_error_of_the_system_names_its_path_and_its_cause(error: OSError, said: str) -> None:
    found = to_charter_error(error, Path("target"))
    assert found.message == said
    advice = "Make the folder writable, or choose another with -o DIR."
    assert found.remedy == (advice if error.errno == errno.EACCES else "")


NO_EXCHANGE = ("another system", "an old one", "a file system without it")


@pytest.mark.parametrize("why", NO_EXCHANGE)
def test_where_folders_cannot_be_exchanged_files_are_written_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    import ctypes

    target = tmp_path / "target"
    write_all(target, {"a": b"old", "b/c": b"old"})
    before = target.stat().st_ino
    if why == "another system":
        monkeypatch.setattr(sys, "platform", "darwin")
    else:
        held = {} if why == "an old one" else {"renameat2": lambda *_: -1}
        monkeypatch.setattr(ctypes, "CDLL", lambda *_: SimpleNamespace(**held))
    write_all(target, {"a": b"new", "b/c": b"new"})
    assert content(target) == {"a": b"new", "b/c": b"new"}
    assert target.stat().st_ino == before
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="folders are exchanged on Linux")
def test_a_folder_that_is_named_from_the_current_one_is_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_all(Path("target"), {"a": b"old"})
    before = Path("target").stat().st_ino
    write_all(Path("target"), {"a": b"new"})
    assert Path("target").stat().st_ino != before
    assert content(tmp_path) == {"target/a": b"new"}


@pytest.mark.parametrize("mount", [False, True])
def test_without_a_list_of_mounts_the_folder_itself_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mount: bool
) -> None:
    target = tmp_path / "target"
    write_all(target, {"a": b"old"})
    before, real = target.stat().st_ino, open

    def no_mounts(path: str, *rest: object, **more: object) -> object:
        if path == "/proc/self/mountinfo":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path, *rest, **more)  # type: ignore[call-overload]

    monkeypatch.setattr("builtins.open", no_mounts)
    monkeypatch.setattr("os.path.ismount", lambda path: mount and path == str(target))
    write_all(target, {"a": b"new"})
    assert content(target) == {"a": b"new"}
    assert (target.stat().st_ino == before) is (mount or not sys.platform.startswith("linux"))


def test_what_a_killed_build_left_beside_a_folder_is_removed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    beside = tmp_path / f".target{STAGING}"
    filled(beside, {"a": b"half"})
    assert recover(target) == "removed what an interrupted build had left"
    assert not beside.exists()
    filled(target / STAGING, {"0": b"half"})
    assert recover(target) == "removed what an interrupted build had left"
    assert not list(target.iterdir())
    (target / STAGING).write_bytes(b"a file")
    assert recover(target) == ""
    (target / STAGING).unlink()
    beside.symlink_to(tmp_path)
    with pytest.raises(CharterError) as caught:
        recover(target)
    assert caught.value.message == f"{beside}: a link stands where builds are staged."
    assert caught.value.remedy == "Remove it."


@pytest.mark.parametrize("write", [recover, lambda target: write_all(target, {"a": b"x"})], ids=["recover", "write"])
def test_an_error_without_a_path_names_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path], object]
) -> None:
    target = tmp_path / "target"
    filled(target / STAGING, {"0": b"half"})

    def broken(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("shutil.rmtree", broken)
    with pytest.raises(CharterError) as caught:
        write(target)
    assert caught.value.message == f"{target}: Input/output error."


def test_an_error_of_the_disk_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("os.fsync", broken)
    with pytest.raises(CharterError) as caught:
        write_all(tmp_path / "target", {"a": b"x"})
    assert caught.value.message == f"{tmp_path / 'target'}: Input/output error."
    assert not list(tmp_path.iterdir())


def test_a_journal_does_not_follow_a_link_out_of_the_folder(tmp_path: Path) -> None:
    target = tmp_path / "target"
    filled(tmp_path / "other", {"c": b"theirs"})
    filled(target / STAGING, {"journal.json": b'{"put": [["0", "LICENSES/c"]], "remove": []}', "0": b"evil"})
    (target / "LICENSES").symlink_to(tmp_path / "other")
    with pytest.raises(CharterError, match="'LICENSES/c' leads out of the folder"):
        recover(target)
    assert content(tmp_path / "other") == {"c": b"theirs"}
    (target / STAGING / "journal.json").write_bytes(b'{"put": [["0", "a/../b"]], "remove": []}')
    with pytest.raises(CharterError, match=r"'a/\.\./b' leads out of the folder"):
        recover(target)


def test_a_move_that_was_partly_undone_is_undone(tmp_path: Path) -> None:
    """Of the old files one is back already, one is in a folder that has gone, and a new one is still there."""
    target = tmp_path / "target"
    filled(target, {"a": b"old a", "new": b"new", "model.bin": b"x"})
    journal = b'{"put": [["0", "a"], ["1", "new"]], "remove": ["x/y/gone"], "old": {"a": "old-0", "x/y/gone": "old-2"}}'
    filled(target / STAGING, {"undo.json": journal, "old-2": b"old gone"})
    assert recover(target) == "removed what an interrupted build had left"
    assert content(target) == {"a": b"old a", "x/y/gone": b"old gone", "model.bin": b"x"}
    assert recover(target) == ""


def test_a_journal_as_large_as_may_be_is_read(tmp_path: Path) -> None:
    target = tmp_path / "target"
    plan = b'{"put": [["0", "a"]], "remove": []}'
    filled(target / STAGING, {"journal.json": plan + b" " * (4 * 1024 * 1024 - len(plan)), "0": b"new"})
    assert recover(target) == "finished an interrupted build"
    assert content(target) == {"a": b"new"}


def stubborn(folder: Path, ignore_errors: bool = False, **_: object) -> None:
    """Remove no folder, as a system does where a file in it is held."""
    if not ignore_errors:
        raise OSError(errno.EBUSY, "Device or resource busy", str(folder))


@pytest.mark.parametrize("mine", [{}, {"model.bin": b"x"}], ids=["own-folder", "beside-other-files"])
def test_a_staging_folder_that_cannot_be_removed_hides_neither_success_nor_the_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mine: dict[str, bytes]
) -> None:
    target = tmp_path / "target"
    filled(target, {"a": b"old", "z/inner": b"x"} | mine)
    monkeypatch.setattr("shutil.rmtree", stubborn)
    with pytest.raises(CharterError, match="target/z: "):
        write_all(target, {"a": b"new", "z": b"new"})
    monkeypatch.undo()
    recover(target)
    filled(target, {"a": b"old"} | mine)
    monkeypatch.setattr("shutil.rmtree", stubborn)
    write_all(target, {"a": b"new", "z/inner": b"new"})
    monkeypatch.undo()
    assert content(target).items() >= ({"a": b"new", "z/inner": b"new"} | mine).items()


def test_a_cause_is_named_also_where_staging_fails_and_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "target"
    filled(target, {"a": b"old", "model.bin": b"x", "d/inner": b"x"})
    monkeypatch.setattr("shutil.rmtree", stubborn)
    with pytest.raises(CharterError, match="target/d/inner"):
        write_all(target, {"d/inner/deeper": b"no"})


def test_files_are_written_below_folders_that_are_missing(tmp_path: Path) -> None:
    write_all(tmp_path / "new" / "target", {"x/y/z": b"new"})
    assert content(tmp_path) == {"new/target/x/y/z": b"new"}


def test_a_killed_build_is_finished_where_folders_and_files_have_gone_since(tmp_path: Path) -> None:
    target = tmp_path / "target"
    journal = b'{"put": [["0", "x/y/a"]], "remove": ["gone", "z/gone"]}'
    filled(target / STAGING, {"journal.json": journal, "0": b"new"})
    assert recover(target) == "finished an interrupted build"
    assert content(target) == {"x/y/a": b"new"}


def test_what_is_killed_while_it_is_undone_is_undone_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "target"
    before = {"a": b"old a", "b": b"old b", "model.bin": b"x", "z/inner": b"x"}
    filled(target, before)
    real = Path.replace

    def killed(self: Path, other: Path) -> Path:
        if self.name.startswith("old-"):
            raise KeyboardInterrupt
        return real(self, other)

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        write_all(target, {"a": b"new a", "b": b"new b", "z": b"new z"})
    monkeypatch.undo()
    assert content(target)["a"] == b"new a"
    assert is_unfinished(target)
    assert recover(target) == "removed what an interrupted build had left"
    assert content(target) == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="folders are exchanged on Linux")
def test_a_current_folder_that_was_removed_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "target"
    write_all(target, {"a": b"old"})
    before = target.stat().st_ino
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    write_all(target, {"a": b"new"})
    assert target.stat().st_ino != before
    monkeypatch.chdir(tmp_path)


def test_a_system_that_cannot_flush_folders_is_written_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "target"
    filled(target, {"a": b"old", "model.bin": b"x"})
    real = os.fsync

    def no_folders(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(handle)

    monkeypatch.setattr("os.fsync", no_folders)
    write_all(target, {"a": b"new"})
    assert content(target) == {"a": b"new", "model.bin": b"x"}


def test_a_staging_folder_that_cannot_be_removed_stops_the_next_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "target"
    filled(target / STAGING, {"0": b"half"})
    monkeypatch.setattr("shutil.rmtree", stubborn)
    with pytest.raises(CharterError, match="Device or resource busy"):
        recover(target)


def test_a_file_where_a_folder_is_staged_is_named_by_the_folder(tmp_path: Path) -> None:
    target = tmp_path / "target"
    (tmp_path / f".target{STAGING}").write_bytes(b"a file")
    with pytest.raises(CharterError) as caught:
        write_all(target, {"a": b"x"})
    assert caught.value.message == f"{target}: File exists."


def test_an_error_of_the_disk_is_named_though_nothing_can_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("os.fsync", broken)
    monkeypatch.setattr("shutil.rmtree", stubborn)
    with pytest.raises(CharterError, match="target: Input/output error"):
        write_all(tmp_path / "target", {"a": b"x"})
