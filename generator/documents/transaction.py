"""Writing several files as one: all of them or none, also when the process is killed in between."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from generator.errors import CharterError

STAGING = ".charter-staging"
"""A folder in the target, or beside it, that holds what is about to be written."""
_JOURNAL = "journal.json"
_JOURNAL_LIMIT = 4 * 1024 * 1024
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2), Linux 3.15
_HERE = -100  # AT_FDCWD


def write_all(target: Path, put: Mapping[str, bytes], remove: tuple[str, ...] = ()) -> None:
    """Write and remove files below a folder, all or nothing.

    Args:
        target: The folder; it is made where it is missing.
        put: Content by path, with `/`.
        remove: Paths that go.

    Raises:
        CharterError: The folder cannot be written; then nothing has changed.
    """
    try:
        with _locked(target):
            _recover(target)
            if not _as_a_whole(target, put, remove):
                _in_place(target, put, remove)
    except OSError as error:
        place = error.filename or target
        raise CharterError(
            f"{place}: {error.strerror}.", "Make the folder writable, or choose another with -o DIR."
        ) from None


def recover(target: Path) -> bool:
    """Finish or undo what a killed build left in a folder, and return whether there was anything.

    Args:
        target: The folder a bundle is written to.

    Raises:
        CharterError: What is left cannot be read or written.
    """
    if not os.path.lexists(target / STAGING) and not os.path.lexists(_beside(target)):
        return False
    try:
        with _locked(target):
            return _recover(target)
    except OSError as error:
        raise CharterError(
            f"{error.filename or target}: {error.strerror}.", f"Make {target} writable, then run it again."
        ) from None


@contextlib.contextmanager
def _locked(target: Path) -> Iterator[None]:
    """One writer at a time; the lock dies with the process, so what is left behind belongs to nobody."""
    parent = target.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        yield
        return
    import fcntl

    handle = os.open(parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _beside(target: Path) -> Path:
    whole = target.absolute()
    return whole.parent / f".{whole.name}{STAGING}"


def _recover(target: Path) -> bool:
    staging, sibling = target / STAGING, _beside(target)
    found = False
    for path in (staging, sibling):
        if path.is_symlink():
            raise CharterError(f"{path}: a link stands where builds are staged.", "Remove it.")
    if sibling.is_dir():
        _discard(sibling)
        found = True
    if staging.is_dir():
        if (staging / _JOURNAL).is_file():
            _roll_forward(target)
        _discard(staging)
        found = True
    return found


def _as_a_whole(target: Path, put: Mapping[str, bytes], remove: tuple[str, ...]) -> bool:
    """Exchange a folder that holds nothing else; False where that cannot be done."""
    exists = target.is_dir()
    if exists and (not _holds_only(target, {*put, *remove}, put) or target.samefile(Path.cwd()) or target.is_symlink()):
        return False
    sibling = _beside(target)
    sibling.mkdir()
    kept = {} if not exists else {path: (target / path).read_bytes() for path in _files(target) if path not in remove}
    for path, content in {**kept, **put}.items():
        _write(sibling / path, content, target / path)
    if not exists:
        sibling.rename(target)
        return True
    _copy_mode(target, sibling)
    done = _exchange(sibling, target)
    _discard(sibling)
    return done


def _holds_only(target: Path, known: set[str], put: Mapping[str, bytes]) -> bool:
    return all(path in known for path in _files(target))


def _files(folder: Path) -> Iterator[str]:
    """Everything below a folder that is not itself a folder, and folders that hold nothing."""
    for here, folders, files in os.walk(folder):
        base = Path(here)
        if not folders and not files and base != folder:
            yield base.relative_to(folder).as_posix()
        links = [name for name in folders if (base / name).is_symlink()]
        for name in (*files, *links):
            yield (base / name).relative_to(folder).as_posix()


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step, where the system can."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes  # here and in _discard: start-up is spared what most builds do without

    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    done: int = rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    return done == 0


def _in_place(target: Path, put: Mapping[str, bytes], remove: tuple[str, ...]) -> None:
    """Stage beside what is there, commit by one rename, then move file by file; `_recover` finishes the rest."""
    staging = target / STAGING
    staging.mkdir(parents=True)
    try:
        _stage(target, put, remove)
    except OSError:
        _discard(staging)
        raise
    _roll_forward(target)
    (staging / _JOURNAL).unlink()
    staging.rmdir()


def _stage(target: Path, put: Mapping[str, bytes], remove: tuple[str, ...]) -> None:
    """Write what is to come; its last rename is the commit, so whatever can fail is tried before."""
    staging = target / STAGING
    moves: list[tuple[str, str]] = []
    for number, (path, content) in enumerate(sorted(put.items())):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        _write(staging / str(number), content, target / path)
        moves.append((str(number), path))
    draft = staging / f"{_JOURNAL}.draft"
    draft.write_text(json.dumps({"put": moves, "remove": sorted(remove)}), encoding="utf-8")
    _flush(draft)
    draft.rename(staging / _JOURNAL)
    _flush(staging)


def _roll_forward(target: Path) -> None:
    staging = target / STAGING
    journal = staging / _JOURNAL
    if journal.stat().st_size > _JOURNAL_LIMIT:
        raise CharterError(f"{journal}: this is not a journal of ours.", f"Remove {staging}.")
    try:
        plan = json.loads(journal.read_text(encoding="utf-8"))
        moves = [(str(staged), str(path)) for staged, path in plan["put"]]
        gone = [str(path) for path in plan["remove"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CharterError(f"{journal}: this is not a journal of ours.", f"Remove {staging}.") from None
    for staged, path in moves:
        if not staged.isdecimal() or not _inner(target, path):
            raise CharterError(f"{journal}: {path!r} leads out of the folder.", f"Remove {staging}.")
    for staged, path in moves:
        source, final = staging / staged, target / path
        if source.is_file():
            final.parent.mkdir(parents=True, exist_ok=True)
            source.replace(final)
    for path in gone:
        if _inner(target, path):
            (target / path).unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                (target / path).parent.rmdir()
    _flush(target)


def _inner(target: Path, path: str) -> bool:
    parts = path.split("/")
    plain = not any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts)
    return plain and Path(os.path.realpath((target / path).parent)).is_relative_to(os.path.realpath(target))


def _write(path: Path, content: bytes, final: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    if final.is_file():
        _copy_mode(final, path)


def _copy_mode(source: Path, target: Path) -> None:
    target.chmod(stat.S_IMODE(source.stat().st_mode))


def _discard(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder)


def _flush(path: Path) -> None:
    """Have the disk hold it, where the system can say so of a folder."""
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
