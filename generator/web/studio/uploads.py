"""Files that a visitor uploads: cards, licenses, configurations, and the headers of weights, never weights."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from generator.artifacts.gguf import header_length
from generator.artifacts.safetensors import POINTER
from generator.errors import CharterError
from generator.translations import gettext as _

TEXT_LIMIT = 2 * 1024 * 1024
"""Bytes of a text file."""
HEADER_LIMIT = 16 * 1024 * 1024
"""Bytes of a header."""
SIZE_LIMIT = 2**40
"""Bytes that a file may say it has."""
FILES_LIMIT = 200
"""Files of a visitor."""
TOTAL_LIMIT = 24 * 1024 * 1024
"""Bytes of all files of a visitor."""
TEXTS = ("md", "txt", "rst", "json", "yaml", "yml", "cff", "py", "jinja")
"""Endings of text files."""
HEADERS = ("safetensors", "gguf")
"""Endings of weights that have a header."""
_NAMES = re.compile(r"(?:licen[cs]e|copying|notice|use_policy|acceptable_use_policy)(?:[-_.][\w.-]+)?", re.I)
"""Files of a release that often have no ending."""
_PART = re.compile(r"[^\x00-\x1f\x7f-\x9f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]{1,120}")
_DEPTH = 6
_LONGEST = 200


class Upload(NamedTuple):
    """A file as a browser sends it.

    Attributes:
        path: Its path in the folder, with `/`.
        content: A text, or a header.
        size: Bytes that the file has on the visitor's machine.
        changed: When it was changed, in seconds since 1970; 0 where that is not known.
    """

    path: str
    content: bytes
    size: int
    changed: float = 0


def check_upload(path: str, size: int) -> str:
    """Return the kind of a file, `text` or `header`.

    Args:
        path: Its path in the folder.
        size: Bytes that it has.

    Raises:
        CharterError: It is not taken; the message says why.
    """
    name = _clean(path)
    ending = name.suffix.lower().removeprefix(".")
    if ending in HEADERS:
        if size > SIZE_LIMIT:
            raise CharterError(_("{file}: a file of this size is not taken.").format(file=name), _("Leave it out."))
        return "header"
    if ending not in TEXTS and not _NAMES.fullmatch(name.name):
        raise CharterError(_("{file}: files of this kind are not taken.").format(file=name), taken_files())
    if size > TEXT_LIMIT:
        raise CharterError(
            _("{file}: larger than {number} MB.").format(file=name, number=TEXT_LIMIT // 1024**2), _("Leave it out.")
        )
    return "text"


def taken_files() -> str:
    """Return which files are taken, in words."""
    endings = ", ".join(f".{ending}" for ending in TEXTS)
    return _("Taken are license files, {endings}, and the headers of .safetensors and .gguf.").format(endings=endings)


class Uploads:
    """The files of one visitor.

    Args:
        folder: Where they go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sizes: dict[str, int] = {}
        self._lock = threading.Lock()

    def name(self, name: str) -> None:
        """Give the folder the name that it has on the visitor's machine; the files stay.

        Args:
            name: The name.

        Raises:
            CharterError: It is no name of a folder.
        """
        stated = _clean(name)
        if len(stated.parts) > 1:
            raise CharterError(
                _("{file}: a name of this kind is not taken.").format(file=repr(name[:80])), _("Rename the folder.")
            )
        place = self.folder.with_name(stated.name)
        with self._lock:
            if not place.exists():
                self.folder = self.folder.rename(place)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the files, sorted."""
        return tuple(sorted(self._sizes))

    def add(self, upload: Upload) -> None:
        """Write a file; of weights only the header, in a file that has the size of the whole and takes no room.

        Args:
            upload: The file.

        Raises:
            CharterError: It is not taken; the message says why.
        """
        kind = check_upload(upload.path, upload.size)
        name = _clean(upload.path)
        if len(upload.content) > (HEADER_LIMIT if kind == "header" else TEXT_LIMIT):
            raise CharterError(_("{file}: larger than charter takes.").format(file=name), _("Leave it out."))
        with self._lock:
            others = sum(size for path, size in self._sizes.items() if path != str(name))
            if str(name) not in self._sizes and len(self._sizes) >= FILES_LIMIT:
                raise CharterError(
                    _("{file}: a workspace holds at most {number} files.").format(file=name, number=FILES_LIMIT),
                    _("Leave some out."),
                )
            if others + len(upload.content) > TOTAL_LIMIT:
                limit = TOTAL_LIMIT // 1024**2
                raise CharterError(
                    _("{file}: a workspace holds at most {number} MB.").format(file=name, number=limit),
                    _("Leave some files out."),
                )
            try:
                self._sizes[str(name)] = _write(self.folder, name, upload, kind)
            except OSError as error:
                raise CharterError(f"{name}: {error.strerror}.", _("Leave it out.")) from None


def _clean(path: str) -> PurePosixPath:
    """A path that stays in the folder and hides nothing."""
    parts = path.split("/")
    for part in parts:
        if not _PART.fullmatch(part) or part.startswith((".", " ")) or part.endswith((".", " ")):
            raise CharterError(
                _("{file}: a name of this kind is not taken.").format(file=repr(path[:80])), _("Rename the file.")
            )
    if len(parts) > _DEPTH or len(path.encode("utf-8", "replace")) > _LONGEST:
        raise CharterError(_("{file}: the path is too long.").format(file=repr(path[:80])), _("Leave it out."))
    return PurePosixPath(*parts)


def _write(folder: Path, name: PurePosixPath, upload: Upload, kind: str) -> int:
    """Write a file, and return the bytes that it takes.

    Raises:
        CharterError: It has no header that can be read.
        OSError: It can't be written.
    """
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    content, size = upload.content, len(upload.content)
    if kind == "header" and not content.startswith(POINTER):
        if name.suffix.lower() == ".safetensors":
            content = content[: 8 + int.from_bytes(content[:8], "little")]
            length = len(content) if len(content) == 8 + int.from_bytes(content[:8], "little") else None
        else:
            place.write_bytes(content)
            length = header_length(place)
            content = content[: length or 0]
        if length is None:
            place.unlink(missing_ok=True)
            raise CharterError(_("{file}: its header can't be read.").format(file=name), _("Leave it out."))
        size = max(upload.size, length)
    place.write_bytes(content)
    if size > len(content):
        os.truncate(place, size)
    if 0 < upload.changed < 2**33:
        with contextlib.suppress(OSError):
            os.utime(place, (upload.changed, upload.changed))
    return len(content)
