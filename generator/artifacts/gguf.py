"""GGUF headers: the `general.*` keys, read until the tokenizer begins; tensor data is never read."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

from generator.artifacts.folder import open_regular
from generator.artifacts.safetensors import POINTER, Fault

KEYS_LIMIT = 10_000
"""Keys that are read; `general.*` stands at the beginning."""
TEXT_LIMIT = 1024 * 1024
"""Bytes that one text may have."""
HEADER_LIMIT = 4 * 1024 * 1024
"""Bytes that stand before the tokenizer, at most."""
UNQUANTIZED = ("0", "1", "32")
"""`general.file_type` of whole numbers: F32, F16, BF16 (ggml, llama_ftype)."""

# Sizes of scalar types by their number (gguf.md of ggml): u8 i8 u16 i16 u32 i32 f32 bool, then u64 i64 f64.
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_TEXT, _ARRAY = 8, 9


class Gguf(NamedTuple):
    """What a GGUF file says of itself; what could not be read is empty, and `faults` says why.

    Attributes:
        general: The `general.*` keys as text, lists joined with commas.
    """

    general: dict[str, str] = {}  # noqa: RUF012 - nobody writes into it
    faults: tuple[Fault, ...] = ()


class _Early(ValueError):
    """The file ends inside its header."""


def read_gguf(path: Path) -> Gguf:
    """Return the `general.*` keys of a file, with what is wrong with its header.

    Args:
        path: A regular file.
    """
    found: dict[str, str] = {}
    try:
        with open_regular(path) as stream:
            if fault := _magic_fault(stream):
                return Gguf(faults=(fault,))
            _general(stream, found)
    except _Early:
        size = path.stat().st_size
        return Gguf(found, (Fault("truncated", f"it ends inside its header, after {size:,} bytes"),))
    except (ValueError, struct.error) as error:
        return Gguf(found, (Fault("unreadable", f"its header holds {error}"),))
    except OSError as error:
        return Gguf(faults=(Fault("unreadable", f"it cannot be read ({error.strerror})"),))
    return Gguf(found)


def _magic_fault(stream: BinaryIO) -> Fault | None:
    """What the first bytes show; after them the stream stands behind magic and version."""
    size = os.fstat(stream.fileno()).st_size
    head = stream.read(32)
    stream.seek(8)
    if head.startswith(POINTER):
        return Fault("pointer", "a Git LFS pointer stands in its place")
    if size < 24:
        return Fault("truncated", f"it has {size} bytes, less than a header needs")
    if not head.startswith(b"GGUF"):
        return Fault("unreadable", "it is no GGUF file")
    version = int.from_bytes(head[4:8], "little")
    return None if version in (2, 3) else Fault("unreadable", f"it is of version {version}; 2 and 3 are read")


def _general(stream: BinaryIO, found: dict[str, str]) -> None:
    _number(stream, 8)  # tensors
    for _ in range(min(_number(stream, 8), KEYS_LIMIT)):
        key, kind = _text(stream), _number(stream, 4)
        if key.startswith("tokenizer."):
            break
        value = _value(stream, kind)
        if key.startswith("general."):
            found[key.removeprefix("general.")] = value


def _value(stream: BinaryIO, kind: int) -> str:
    if kind == _TEXT:
        return _text(stream)
    if kind == _ARRAY:
        inner, number = _number(stream, 4), _number(stream, 8)
        if number > KEYS_LIMIT or inner == _ARRAY:
            raise ValueError("a longer list than a header has")
        if inner == _TEXT:
            return ", ".join(_text(stream) for _ in range(number))
        stream.seek(_SIZES.get(inner, 1) * number, os.SEEK_CUR)  # numbers in lists say nothing about a release
        return ""
    if kind not in _SIZES:
        raise ValueError("a type that GGUF does not know")
    return str(struct.unpack(_FORMATS[kind], _exactly(stream, _SIZES[kind]))[0])


def _text(stream: BinaryIO) -> str:
    length = _number(stream, 8)
    if length > TEXT_LIMIT or stream.tell() > HEADER_LIMIT:
        raise ValueError("a longer text than a header has")
    return _exactly(stream, length).decode("utf-8", "replace")


def _number(stream: BinaryIO, size: int) -> int:
    return int.from_bytes(_exactly(stream, size), "little")


def _exactly(stream: BinaryIO, size: int) -> bytes:
    raw = stream.read(size)
    if len(raw) != size:
        raise _Early("less than it announces")
    return raw
