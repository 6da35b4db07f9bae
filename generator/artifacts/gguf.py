"""GGUF headers: the `general.*` keys, and whether the file is long enough for its tensors. No tensor is read."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO

from generator.artifacts.folder import open_regular
from generator.artifacts.safetensors import POINTER, Fault
from generator.named_tuple import NamedTuple
from generator.translations import format_number
from generator.translations import gettext as _

KEYS_LIMIT = 100_000
"""Keys that are read."""
TENSORS_LIMIT = 100_000
"""Entries of tensors that are read."""
ENTRIES_LIMIT = 4_000_000
"""Texts and lists in lists, which are skipped one by one; the largest vocabularies have a quarter of it."""
TEXT_LIMIT = 1024 * 1024
"""Bytes that a key, or the value of a `general.*` key, can have."""
DEPTH_LIMIT = 8
"""Lists within lists."""
UNQUANTIZED = ("0", "1", "32")
"""`general.file_type` of whole numbers: F32, F16, BF16 (ggml, llama_ftype)."""

# Sizes of scalar types by their number (gguf.md of ggml): u8 i8 u16 i16 u32 i32 f32 bool, then u64 i64 f64.
_FORMATS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _ARRAY = 8, 9
_CHUNK = 256 * 1024
_ALIGNMENT = 32
_DIMENSIONS = 32
# Elements and bytes of one block, by the number of the type (ggml.h and gguf-py/gguf/constants.py of llama.cpp).
# The size of a tensor of another type is not known.
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 10: (256, 84),
    11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66), 17: (256, 74),
    18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1),
    25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66),
    39: (32, 17), 40: (64, 36), 41: (128, 18),
}  # fmt: skip


class Gguf(NamedTuple):
    """What a GGUF file says of itself; what could not be read is empty, and `faults` says why.

    Attributes:
        general: The `general.*` keys as text, lists joined with commas.
    """

    general: dict[str, str] = {}  # noqa: RUF012 - nobody writes into it
    faults: tuple[Fault, ...] = ()


class _EarlyEnd(ValueError):
    """The file ends inside its header."""


class _OverLimit(ValueError):
    """The header has more than is read."""


class _Header:
    """Numbers and texts of a header, read in chunks; nothing is read or skipped past the end of the file."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = os.fstat(stream.fileno()).st_size
        self.at = 0
        self.order = "<"
        self._chunk, self._start = b"", 0
        self._entries = 0

    def bytes(self, number: int) -> bytes:
        """Return the next bytes."""
        at = self._load(number)
        self.at += number
        return self._chunk[at : at + number]

    def number(self, kind: str) -> int:
        """Return the next number of a kind of the module `struct`."""
        size = struct.calcsize("<" + kind)
        value: int = struct.unpack(self.order + kind, self.bytes(size))[0]
        return value

    def text(self) -> str:
        """Return the next text."""
        length = self.number("Q")
        if length > self.size - self.at:
            raise _EarlyEnd
        if length > TEXT_LIMIT:
            raise _OverLimit(_("a text of {number} bytes").format(number=format_number(length)))
        return self.bytes(length).decode("utf-8", "replace")

    def skip(self, number: int) -> None:
        """Go past bytes without reading them."""
        if number > self.size - self.at:
            raise _EarlyEnd
        self.at += number

    def skip_texts(self, number: int) -> None:
        """Go past texts, of which a vocabulary has hundreds of thousands."""
        if 8 * number > self.size - self.at:
            raise _EarlyEnd
        self.count(number)
        length = struct.Struct(self.order + "Q").unpack_from
        while number:
            at = self._load(8)
            chunk, last = self._chunk, len(self._chunk) - 8
            while number and at <= last:
                at += 8 + length(chunk, at)[0]
                number -= 1
            self.at = self._start
            self.skip(at)

    def count(self, number: int) -> None:
        """Count entries of lists that are skipped one by one."""
        self._entries += number
        if self._entries > ENTRIES_LIMIT:
            raise _OverLimit(_("lists of {number} entries").format(number=format_number(self._entries)))

    def _load(self, number: int) -> int:
        """Have the next bytes in the chunk, and return where they begin in it."""
        if number > self.size - self.at:
            raise _EarlyEnd
        at = self.at - self._start
        if not 0 <= at <= len(self._chunk) - number:
            self._stream.seek(self.at)
            self._chunk, self._start, at = self._stream.read(max(number, _CHUNK)), self.at, 0
            if len(self._chunk) < number:
                raise _EarlyEnd
        return at


def read_gguf(path: Path) -> Gguf:
    """Return the `general.*` keys of a file, with what is wrong with its header.

    Args:
        path: A regular file.
    """
    found: dict[str, str] = {}
    fault = None
    try:
        with open_regular(path) as stream:
            header = _Header(stream)
            fault = _magic_fault(header) or _read_keys(header, found)
    except _EarlyEnd:
        fault = Fault(
            "truncated",
            _("it ends inside its header, after {number} bytes").format(number=format_number(path.stat().st_size)),
        )
    except _OverLimit as error:
        fault = Fault("unread", _("its header holds {what}, so the rest was not read").format(what=error))
    except (ValueError, struct.error) as error:
        fault = Fault("unreadable", _("its header holds {what}").format(what=error))
    except OSError as error:
        fault = Fault("unreadable", _("it cannot be read ({reason})").format(reason=_(error.strerror or str(error))))
    return Gguf(found, (fault,) if fault else ())


def header_length(path: Path) -> int | None:
    """Return how many bytes the header of a file has; None where it can't be read.

    Args:
        path: A regular file, of which only the header needs to be there.
    """
    try:
        with open_regular(path) as stream:
            header = _Header(stream)
            if _magic_fault(header):
                return None
            _read_keys(header, {})
            return header.at
    except (ValueError, struct.error, OSError):  # _EarlyEnd and _OverLimit are values, too
        return None


def _magic_fault(header: _Header) -> Fault | None:
    """What the first bytes show; after them the header stands behind magic and version, and has its byte order."""
    head = header.bytes(min(32, header.size))
    header.at = 8
    if head.startswith(POINTER):
        return Fault("pointer", _("a Git LFS pointer stands in its place"))
    if len(head) < 24:
        return Fault("truncated", _("it has {number} bytes, less than a header needs").format(number=len(head)))
    if not head.startswith(b"GGUF"):
        return Fault("unreadable", _("it is no GGUF file"))
    versions = {order: struct.unpack(order + "I", head[4:8])[0] for order in "<>"}
    header.order = min(versions, key=lambda order: versions[order])
    version = versions[header.order]
    if version in (2, 3):
        return None
    known = Fault("unread", _("it is of GGUF version {version}; 2 and 3 are read").format(version=version))
    return known if 0 < version < 100 else Fault("unreadable", _("it has no version of GGUF"))


def _read_keys(header: _Header, general: dict[str, str]) -> Fault | None:
    """Read all keys, then hold the tensors against the size of the file."""
    tensors, keys = header.number("Q"), header.number("Q")
    seen: set[str] = set()
    for __ in range(min(keys, KEYS_LIMIT)):
        key, kind = header.text(), header.number("I")
        if key in seen:
            raise ValueError(_("{key!r} twice").format(key=key[:80]))
        seen.add(key)
        if key.startswith("general."):
            general[key.removeprefix("general.")] = _value(header, kind)
        else:
            _skip(header, kind)
    if keys > KEYS_LIMIT:
        raise _OverLimit(_("{number} keys").format(number=format_number(keys)))
    stated = general.get("alignment", "")
    missing = _missing(header, tensors, int(stated) if stated.isdecimal() and int(stated) else _ALIGNMENT)
    return (
        Fault(
            "truncated", _("its tensors end {number} bytes after the file does").format(number=format_number(missing))
        )
        if missing > 0
        else None
    )


def _missing(header: _Header, tensors: int, alignment: int) -> int:
    """Bytes that the file lacks for its tensors; 0 or less where it has them all."""
    end = 0
    for __ in range(min(tensors, TENSORS_LIMIT)):
        header.skip(header.number("Q"))
        dimensions = header.number("I")
        if dimensions > _DIMENSIONS:
            raise ValueError(_("a tensor of more dimensions than any has"))
        elements = 1
        for __ in range(dimensions):
            elements *= header.number("Q")
        per_block, size = _BLOCKS.get(header.number("I"), (1, 0))
        end = max(end, header.number("Q") + elements // per_block * size)
    if tensors > TENSORS_LIMIT:
        raise _OverLimit(_("{number} tensors").format(number=format_number(tensors)))
    return -(-header.at // alignment) * alignment + end - header.size if end else 0


def _value(header: _Header, kind: int) -> str:
    """Return the value of a `general.*` key."""
    if kind == _TEXT:
        return header.text()
    if kind == _ARRAY:
        begin = header.at
        inner, number = header.number("I"), header.number("Q")
        if inner == _TEXT and number <= KEYS_LIMIT:
            return ", ".join(header.text() for __ in range(number))
        header.at = begin  # numbers in lists say nothing about a release
        _skip(header, kind)
        return ""
    if kind not in _FORMATS:
        raise ValueError(_("a type that GGUF does not know"))
    return str(header.number(_FORMATS[kind]))


def _skip(header: _Header, kind: int, depth: int = 0) -> None:
    """Go past a value."""
    if kind == _TEXT:
        header.skip(header.number("Q"))
    elif kind in _FORMATS:
        header.skip(struct.calcsize("<" + _FORMATS[kind]))
    elif kind != _ARRAY:
        raise ValueError(_("a type that GGUF does not know"))
    else:
        inner, number = header.number("I"), header.number("Q")
        if inner in _FORMATS:
            header.skip(number * struct.calcsize("<" + _FORMATS[inner]))
        elif inner == _TEXT:
            header.skip_texts(number)
        elif depth >= DEPTH_LIMIT:
            raise _OverLimit(_("lists within lists"))
        else:
            header.count(number)
            for __ in range(number):
                _skip(header, inner, depth + 1)
