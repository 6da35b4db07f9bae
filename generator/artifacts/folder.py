"""Reading files of a model folder: never outside it, never anything but a regular file, never more than asked."""

from __future__ import annotations

import errno
import io
import os
import re
import stat
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from generator.errors import CharterError
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern
from generator.translations import error_text as _
from generator.translations import format_number

TEXT_LIMIT = 4 * 1024 * 1024
"""Bytes that a text file of a release (a license, a notice, a card) may have."""
FILES_LIMIT = 100_000
"""Files that a folder is listed to (the Hub's own limit for a repository)."""
_MODEL = ("config.json", ".safetensors", ".gguf", ".bin", ".pt", ".pth", ".onnx", ".ckpt", "mergekit_config.yml")
_BINARY = lazy_pattern(r"[\x00-\x06\x0e-\x1a\x1c-\x1f\x80-\x9f]")
_SKIPPED = frozenset({".git", ".cache", "__pycache__", ".charter-staging"})


def is_file(path: str | Path) -> bool:
    """Return whether there is such a file; a name that no system takes names none."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 - asked very often
    except (OSError, ValueError):
        return False


def is_folder(path: str | Path) -> bool:
    """Return whether there is such a folder; a name that no system takes names none."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116
    except (OSError, ValueError):
        return False


def size_of(folder: Path, name: str) -> int:
    """Return the bytes of a regular file; -1 where there is none.

    Args:
        folder: The folder of a release.
        name: A path inside it, with `/`.
    """
    try:
        found = os.stat(f"{folder}/{name}")  # noqa: PTH116
    except (OSError, ValueError):
        return -1
    return found.st_size if stat.S_ISREG(found.st_mode) else -1


def read_inside(folder: Path, relative: str, limit: int = TEXT_LIMIT) -> bytes | None:
    """Return the bytes of a file below `folder`, or None where there is none.

    Args:
        folder: The folder of the release.
        relative: A path inside it, with `/`.
        limit: The most bytes that are read.

    Raises:
        CharterError: It is not a regular file, leads out of the folder, is larger than `limit`, or cannot be read.
    """
    path = os.path.join(folder, relative)  # noqa: PTH118
    try:
        found = os.stat(path)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise CharterError(f"{relative}: {_(error.strerror or str(error))}", _("Make the file readable.")) from None
    if not _is_without_links(folder, relative) and not _inside(folder / relative, _bounds(folder)):
        raise CharterError(
            _("{file}: a link leads out of the folder").format(file=relative),
            _("Put the file itself into the folder."),
        )
    if not stat.S_ISREG(found.st_mode):
        raise CharterError(_("{file}: not a regular file").format(file=relative), _("Name a file with text in it."))
    if found.st_size > limit:
        raise CharterError(
            _("{file}: {size} bytes, more than {limit}").format(
                file=relative, size=format_number(found.st_size), limit=format_number(limit)
            ),
            _("Name a smaller file."),
        )
    try:
        return read_regular(path, limit)[0]
    except OSError as error:
        raise CharterError(f"{relative}: {_(error.strerror or str(error))}", _("Make the file readable.")) from None


def is_inside(folder: Path, relative: str) -> bool:
    """Return whether a path below `folder` stays there, whatever links are on the way.

    Args:
        folder: The folder of the release.
        relative: A path inside it, with `/`.
    """
    try:
        return _inside(folder / relative, _bounds(folder))
    except (OSError, ValueError):
        return False


def _is_without_links(folder: Path, relative: str) -> bool:
    """Whether a path below a folder surely stays there, with one look at each part; links need a closer look."""
    place = str(folder)
    for part in relative.split("/"):
        place = f"{place}{os.sep}{part}"
        try:
            is_link = stat.S_ISLNK(os.lstat(place).st_mode)
        except (OSError, ValueError):
            return False
        if is_link or part in ("", ".", "..") or "\\" in part:
            return False
    return True


def _inside(path: Path, bounds: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(bounds))


def _bounds(folder: Path) -> Path:
    """Where links may lead: the folder; from a snapshot in the Hub's cache, into its repo, which has the blobs."""
    repo = folder.parent.parent
    return repo if folder.parent.name == "snapshots" and (repo / "blobs").is_dir() else folder


def read_text(folder: Path, relative: str, limit: int = TEXT_LIMIT, *, any_encoding: bool = False) -> str | None:
    """Return the text of a file below `folder` with Unix line ends, or None where there is none.

    Args:
        folder: The folder of the release.
        relative: A path inside it, with `/`.
        limit: The most bytes that are read.
        any_encoding: Read UTF-16 with its mark and Latin-1 too, in which old license files and notices are saved.

    Raises:
        CharterError: As `read_inside`, or the file is not UTF-8 text.
    """
    raw = read_inside(folder, relative, limit)
    if raw is None:
        return None
    try:
        text = _decode(raw) if any_encoding else raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CharterError(
            _("{file}: not UTF-8 at byte {number}").format(file=relative, number=error.start),
            _("Save the file as UTF-8 text."),
        ) from None
    if "\0" in text or (any_encoding and _BINARY.search(text)):
        raise CharterError(_("{file}: binary, not text").format(file=relative), _("Name a text file."))
    return text.replace("\r\n", "\n")


def _decode(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def read_regular(path: str | Path, limit: int) -> tuple[bytes, int]:
    """Return the first bytes of a regular file, and how many it has; with few system calls, and no large buffer.

    Args:
        path: The file.
        limit: The most bytes that are read.

    Raises:
        OSError: It is not a regular file, or cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        wanted = min(found.st_size, limit)
        data = os.read(handle, wanted)
        while len(data) < wanted and (more := os.read(handle, wanted - len(data))):
            data += more
        return data, found.st_size
    finally:
        os.close(handle)


def open_regular(path: Path) -> io.BufferedReader:
    """Open a regular file for reading; anything else is refused at once, where opening a FIFO would wait.

    Args:
        path: The file.

    Raises:
        OSError: It is not a regular file, or cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file")
    return os.fdopen(handle, "rb")


class Listing(NamedTuple):
    """What lies below a folder, each part sorted, paths with `/`.

    Attributes:
        files: Regular files; in a snapshot of the Hub's cache also links to blobs of its repo.
        links: Links that are nobody's file, and are not followed.
        special: FIFOs, sockets and devices, which are never opened.
        unread: Folders that cannot be listed.
        full: Whether there are more files than the Hub takes; then the rest says nothing.
    """

    files: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    full: bool = False


def listing(folder: Path) -> Listing:
    """Return what lies below a folder, without following links or opening anything.

    Args:
        folder: The folder of the release.
    """
    files: list[str] = []
    links: list[str] = []
    special: list[str] = []
    unread: list[str] = []
    bounds = _bounds(folder)
    waiting = [""]
    while waiting:
        base = waiting.pop()
        try:
            with os.scandir(folder / base) as here:
                entries = list(here)
        except (OSError, ValueError):
            unread.append(base)
            continue
        for entry in entries:
            path = base + entry.name
            if entry.is_symlink():
                # In the Hub's cache every file is a link to a blob of its repo; elsewhere a link is nobody's file.
                blob = bounds != folder and is_file(entry.path) and _inside(Path(entry.path), bounds)
                (files if blob else links).append(path)
            elif entry.is_file(follow_symlinks=False):
                files.append(path)
            elif not entry.is_dir(follow_symlinks=False):
                special.append(path)
            elif entry.name not in _SKIPPED:
                waiting.append(f"{path}/")
        if len(files) + len(waiting) > FILES_LIMIT:
            return Listing(full=True)
    return Listing(tuple(sorted(files)), tuple(sorted(links)), tuple(sorted(special)), tuple(sorted(unread)))


def list_files(folder: Path) -> tuple[str, ...]:
    """Return the paths of the regular files below `folder`, sorted, with `/`; links are not followed.

    Args:
        folder: The folder of the release.

    Raises:
        CharterError: There are more than the Hub takes.
    """
    found = listing(folder)
    if found.full:
        raise CharterError(
            _("{folder}: more than {number} files").format(folder=folder, number=format_number(FILES_LIMIT)),
            _("Run it in the model's own folder."),
        )
    return found.files


def holds_model(folder: Path) -> bool:
    """Return whether a folder holds weights or a configuration of a model, whatever else.

    Args:
        folder: Any folder.
    """
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.endswith(_MODEL) for entry in entries)
    except (OSError, ValueError):
        return False


@lru_cache(maxsize=4096)
def pattern(glob: str) -> re.Pattern[str]:
    """Return the expression for a `files` pattern: `*` and `?` within a folder, `**` across; a folder means all in it.

    Args:
        glob: As it stands in the release file.
    """
    text = f"{glob}**" if glob.endswith("/") else glob
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", text)
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(known.get(part) or re.escape(part) for part in parts))


def matching(paths: tuple[str, ...], globs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the paths that any of the patterns names, in their order."""
    names, rest = _matcher(globs)
    return tuple(path for path in paths if path in names or any(matches(path) for matches in rest))


@lru_cache(maxsize=256)
def _matcher(globs: tuple[str, ...]) -> tuple[frozenset[str], tuple[Callable[[str], object], ...]]:
    """The plain names among patterns, and what matches the others; a name costs one look-up, however many there are."""
    plain = frozenset(glob for glob in globs if not set("*?") & set(glob) and not glob.endswith("/"))
    rest = [glob for glob in globs if glob not in plain]
    return plain, tuple(
        pattern(glob).fullmatch if glob.count("*") <= _STARS else _Steps(glob).fullmatch for glob in rest
    )


_STARS = 4
"""Stars that an expression may have; with more it could try too many ways to match a long name."""


class _Steps:
    """A pattern of many stars, matched character by character: the time is its length times that of the name."""

    def __init__(self, glob: str) -> None:
        text = f"{glob}**" if glob.endswith("/") else glob
        self.tokens: list[str] = []
        for part in re.split(r"(\*\*/|\*\*|\*|\?)", text):
            if part == "**/":
                self.tokens += ["enter", "folders"]
            else:
                self.tokens += [part] if part in ("**", "*") else ["any" if part == "?" else c for c in part]

    def fullmatch(self, path: str) -> bool:
        """Return whether the pattern names a path."""
        states = self._reached({0})
        for char in path:
            following: set[int] = set()
            for at in states:
                token = self.tokens[at] if at < len(self.tokens) else ""
                if token in ("**", "folders") or (token == "*" and char != "/"):
                    following.add(at)
                if token == char or (token == "any" and char != "/") or (token == "folders" and char == "/"):
                    following.add(at + 1)
            states = self._reached(following - {-1})
        return len(self.tokens) in states

    def _reached(self, states: set[int]) -> set[int]:
        """States with those that are reached without a character."""
        waiting = list(states)
        while waiting:
            at = waiting.pop()
            token = self.tokens[at] if at < len(self.tokens) else ""
            for more in (at + 1, at + 2) if token == "enter" else (at + 1,) if token in ("*", "**") else ():
                if more not in states:
                    states.add(more)
                    waiting.append(more)
        return states
