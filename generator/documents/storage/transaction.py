"""Writing several files as one: all of them or none, also when the process is killed in between."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from generator.documents.storage.lock import lock_folder
from generator.errors import CharterError
from generator.named_tuple import NamedTuple
from generator.translations import gettext as _
from generator.translations import mark_text

STAGING = ".charter-staging"
"""A folder in the target, or beside it, that holds what is about to be written."""
_JOURNAL = "journal.json"
_UNDO = "undo.json"
_JOURNAL_LIMIT = 4 * 1024 * 1024
_NAME_LIMIT = 255
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2), Linux 3.15
_HERE = -100  # AT_FDCWD
_WRITABLE = mark_text("Make the folder writable, or choose another with -o DIR.")
_ADVICE = {
    errno.EACCES: _WRITABLE,
    errno.EPERM: _WRITABLE,
    errno.EROFS: _WRITABLE,
    errno.ENOSPC: mark_text("Free some space on the disk, then run it again."),
    errno.EDQUOT: mark_text("Free some space in your quota, then run it again."),
    errno.EFBIG: mark_text("Raise the limit on file sizes (ulimit -f), then run it again."),
    errno.ENAMETOOLONG: mark_text("Choose a shorter name with -o DIR."),
    errno.EBUSY: mark_text("Unmount this path, or choose another folder with -o DIR."),
    errno.ENOENT: mark_text("Check that the folder still exists, or choose another with -o DIR."),
    errno.ENOTDIR: mark_text("A file is where a folder must be. Move it away, or choose another folder with -o DIR."),
    errno.EEXIST: mark_text("Move it away, or choose another folder with -o DIR."),
    errno.ELOOP: mark_text("Remove the link, or choose another folder with -o DIR."),
}


class _Plan(NamedTuple):
    """What a journal holds: staged files and where they go, paths that go, and the copies of what was there."""

    put: tuple[tuple[str, str], ...]
    remove: tuple[str, ...]
    old: Mapping[str, str]


def _remove_tree(folder: Path, *, ignore_errors: bool = False) -> None:
    import shutil  # here, as it loads compressors, which takes longer than all that a check does in this module

    shutil.rmtree(folder, ignore_errors=ignore_errors)


def is_plain(path: str) -> bool:
    """Return whether a path names a file below a folder: relative, with `/`, without `.` and `..`.

    Args:
        path: The path.
    """
    return not any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in path.split("/"))


def write_all(target: Path, put: Mapping[str, bytes], remove: tuple[str, ...] = ()) -> None:
    """Write and remove files below a folder, all or nothing.

    Args:
        target: The folder; it is made where it is missing.
        put: Content by path, with `/`.
        remove: Paths that go.

    Raises:
        CharterError: A path leads out of the folder, or the folder cannot be written; then nothing has changed.
    """
    with exclusive(target):
        commit(target, put, remove)


@contextlib.contextmanager
def exclusive(target: Path, say: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Hold a folder for one writer, and finish first what a killed build left there.

    Args:
        target: The folder; it need not exist.
        say: Takes a message if another process holds the folder.

    Raises:
        CharterError: Another process holds it too long, or it cannot be read or written.
    """
    with contextlib.ExitStack() as held:
        with _explain_errors(target):
            held.enter_context(lock_folder(target, say))
            _recover(target)
        yield


def commit(target: Path, put: Mapping[str, bytes], remove: tuple[str, ...] = ()) -> None:
    """Write and remove files below a folder that `exclusive` holds, all or nothing.

    Args:
        target: The folder; it is made where it is missing.
        put: Content by path, with `/`.
        remove: Paths that go.

    Raises:
        CharterError: A path leads out of the folder, or the folder cannot be written; then nothing has changed.
    """
    for path in (*put, *remove):
        if not is_plain(path) or not _is_inner(target, path):
            raise CharterError(
                _("{path!r} leads out of {target}; nothing was written.").format(path=path, target=target),
                _("Report this as a bug."),
            )
    with _explain_errors(target):
        if not _as_a_whole(target, put, remove):
            _in_place(target, put, remove)


def recover(target: Path) -> str:
    """Finish or undo what a killed build left in a folder, and return what was done; empty where there was nothing.

    Args:
        target: The folder a bundle is written to.

    Raises:
        CharterError: What is left cannot be read or written.
    """
    with _explain_errors(target):
        if not os.path.lexists(target / STAGING) and not os.path.lexists(_beside(target)):
            return ""
        with lock_folder(target):
            return _recover(target)


def is_unfinished(target: Path) -> bool:
    """Return whether a build in a folder was interrupted between two files, so that old and new ones are mixed.

    Args:
        target: The folder a bundle is written to.
    """
    staging = f"{target}{os.sep}{STAGING}"
    return any(os.path.lexists(f"{staging}{os.sep}{name}") for name in (_JOURNAL, _UNDO))


def to_charter_error(error: OSError, target: Path) -> CharterError:
    """Return an error of the system with its path and the advice that fits its cause.

    Args:
        error: What the system raised.
        target: What was being read or written, where the error names nothing.
    """
    place = error.filename if error.filename is not None else target
    shown = os.fsdecode(place) if isinstance(place, (str, bytes)) else str(place)
    if len(shown) > 300:
        shown = f"{shown[:300]}…"
    fix = _ADVICE.get(error.errno or 0, "")
    return CharterError(f"{shown}: {_(error.strerror or str(error))}.", fix and _(fix))


@contextlib.contextmanager
def _explain_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise to_charter_error(error, target) from None


def _beside(target: Path) -> Path:
    whole = Path(os.path.realpath(target))
    name = f".{whole.name}{STAGING}"
    if len(os.fsencode(name)) > _NAME_LIMIT:
        import hashlib

        name = f".{hashlib.sha256(os.fsencode(whole.name)).hexdigest()[:16]}{STAGING}"
    return whole.parent / name


def _recover(target: Path) -> str:
    staging, sibling = target / STAGING, _beside(target)
    done = ""
    for path in (staging, sibling):
        if path.is_symlink():
            raise CharterError(_("{path}: a link stands where builds are staged.").format(path=path), _("Remove it."))
    if sibling.is_dir():
        _remove_tree(sibling)
        done = _("removed what an interrupted build had left")
    if staging.is_dir():
        done = _("removed what an interrupted build had left")
        if (staging / _UNDO).is_file():
            _roll_back(target, _read_journal(target, _UNDO))
        elif (staging / _JOURNAL).is_file():
            _move(target, _read_journal(target, _JOURNAL))
            done = _("finished an interrupted build")
        _remove_tree(staging)
    return done


def _as_a_whole(target: Path, put: Mapping[str, bytes], remove: tuple[str, ...]) -> bool:
    """Exchange a folder that holds nothing else; False where that cannot be done."""
    exists = target.is_dir()
    if exists and not _is_exchangeable(target, {*put, *remove}):
        return False
    sibling = _beside(target)
    made = _make_folders(sibling.parent)
    try:
        with _naming(target):
            sibling.mkdir()
        kept = {path: (target / path).read_bytes() for path in _files(target) if path not in remove} if exists else {}
        for path, content in {**kept, **put}.items():
            _write(sibling / path, content, target / path)
        if not exists:
            sibling.rename(target)
            return True
        _copy_mode(target, sibling)
        done = _exchange(sibling, target)
    except BaseException:
        _remove_tree(sibling, ignore_errors=True)
        _remove_empty(made)
        raise
    _remove_tree(sibling, ignore_errors=True)
    return done


def _is_exchangeable(target: Path, known: set[str]) -> bool:
    """Whether a folder can be replaced as a whole, and the one it replaces be removed."""
    if (
        target.is_symlink()
        or _is_current(target)
        or _is_mounted(target)
        or not os.access(_beside(target).parent, os.W_OK)
    ):
        return False
    return all(path in known and os.access(target / path, os.W_OK) for path in _files(target))


def _is_current(target: Path) -> bool:
    try:
        return target.samefile(Path.cwd())
    except FileNotFoundError:
        return False


def _is_mounted(target: Path) -> bool:
    """Whether a folder, or anything in it, is a mount of its own, as files that a container is started with are."""
    whole = os.path.realpath(target)
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as mounts:  # noqa: PTH123 - often
            points = [line.split(" ")[4] for line in mounts if line.count(" ") > 4]
    except OSError:
        return os.path.ismount(whole)
    escaped = "".join(f"\\{ord(char):03o}" if char in " \t\n\\" else char for char in whole)
    return any(point == escaped or point.startswith(f"{escaped}/") for point in points)


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
    import ctypes  # here, as most builds do without and start-up is spared

    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    done: int = rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    return done == 0


def _in_place(target: Path, put: Mapping[str, bytes], remove: tuple[str, ...]) -> None:
    """Stage in the folder, commit by one rename, then move file by file; `_recover` finishes what is killed."""
    staging = target / STAGING
    staging.mkdir()
    made: list[Path] = []
    try:
        plan = _stage(target, put, remove, made)
    except BaseException:
        _remove_tree(staging, ignore_errors=True)
        _remove_empty(made)
        raise
    try:
        _move(target, plan)
    except OSError:
        (staging / _JOURNAL).replace(staging / _UNDO)
        _roll_back(target, plan)
        _remove_tree(staging, ignore_errors=True)
        _remove_empty(made)
        raise
    (staging / _JOURNAL).unlink()
    _remove_tree(staging, ignore_errors=True)


def _stage(target: Path, put: Mapping[str, bytes], remove: tuple[str, ...], made: list[Path]) -> _Plan:
    """Write what is to come and copy what is there; the last rename is the commit, so what can fail is tried before."""
    staging = target / STAGING
    moves: list[tuple[str, str]] = []
    old: dict[str, str] = {}
    for number, path in enumerate(sorted({*put, *remove})):
        final = target / path
        if final.is_file():
            old[path] = f"old-{number}"
            _write(staging / old[path], final.read_bytes(), final)
        if path in put:
            made += _make_folders(final.parent)
            _write(staging / str(number), put[path], final)
            moves.append((str(number), path))
    draft = staging / f"{_JOURNAL}.draft"
    draft.write_text(json.dumps({"put": moves, "remove": sorted(remove), "old": old}), encoding="utf-8")
    _flush(draft)
    draft.rename(staging / _JOURNAL)
    _flush(staging)
    return _Plan(tuple(moves), tuple(sorted(remove)), old)


def _read_journal(target: Path, name: str) -> _Plan:
    """What was to be written; nothing in it may lead out of the folder."""
    staging = target / STAGING
    journal = staging / name
    if journal.stat().st_size > _JOURNAL_LIMIT:
        raise CharterError(
            _("{file}: this is not a journal of ours.").format(file=journal),
            _("Remove {path}.").format(path=staging),
        )
    try:
        held = json.loads(journal.read_text(encoding="utf-8"))
        moves = tuple((str(staged), str(path)) for staged, path in held["put"])
        gone = tuple(str(path) for path in held["remove"])
        old = {str(path): str(copy) for path, copy in held.get("old", {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CharterError(
            _("{file}: this is not a journal of ours.").format(file=journal),
            _("Remove {path}.").format(path=staging),
        ) from None
    copies = [staged.removeprefix("old-") for staged in old.values()]
    for path in (*(path for __, path in moves), *gone, *old):
        if not is_plain(path) or not _is_inner(target, path):
            raise CharterError(
                _("{file}: {path!r} leads out of the folder.").format(file=journal, path=path),
                _("Remove {path}.").format(path=staging),
            )
    if not all(staged.isdecimal() for staged in (*(staged for staged, _ in moves), *copies)):
        raise CharterError(
            _("{file}: this is not a journal of ours.").format(file=journal),
            _("Remove {path}.").format(path=staging),
        )
    return _Plan(moves, gone, old)


def _move(target: Path, plan: _Plan) -> None:
    staging = target / STAGING
    for staged, path in plan.put:
        source, final = staging / staged, target / path
        if source.is_file():
            final.parent.mkdir(parents=True, exist_ok=True)
            with _naming(final):
                source.replace(final)
    for path in plan.remove:
        with _naming(target / path):
            (target / path).unlink(missing_ok=True)
        _remove_empty([(target / path).parent])
    _flush(target)


def _roll_back(target: Path, plan: _Plan) -> None:
    """Put back what was there; done twice, it does the same."""
    for path in (*(path for __, path in plan.put), *plan.remove):
        final = target / path
        copy = target / STAGING / plan.old[path] if path in plan.old else None
        if copy is None:
            if final.is_file():
                final.unlink()
        elif copy.is_file() and not (final.is_file() and final.read_bytes() == copy.read_bytes()):
            final.parent.mkdir(parents=True, exist_ok=True)
            copy.replace(final)
    _flush(target)


@contextlib.contextmanager
def _naming(final: Path) -> Iterator[None]:
    """Have an error name the file that was to be replaced, and not the staged one."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(final)) from None


def _is_inner(target: Path, path: str) -> bool:
    """Whether the folder that a path is in is inside the target, whatever links are on the way."""
    return Path(os.path.realpath((target / path).parent)).is_relative_to(os.path.realpath(target))


def _make_folders(folder: Path) -> list[Path]:
    """Make a folder and those above it; return what was made, the outermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.is_dir()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _remove_empty(folders: list[Path]) -> None:
    for folder in reversed(folders):
        with contextlib.suppress(OSError):
            folder.rmdir()


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


def _flush(path: Path) -> None:
    """Have the disk hold it, where the system can say so of a folder."""
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
