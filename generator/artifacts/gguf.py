"""GGUF headers: the `general.*` keys, read until the tokenizer begins; tensor data is never read."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

KEYS_LIMIT = 10_000
"""Keys that are read; `general.*` stands at the beginning."""
TEXT_LIMIT = 1024 * 1024
"""Bytes that one text may have."""

# Sizes of scalar types by their number (gguf.md of ggml): u8 i8 u16 i16 u32 i32 f32 bool, then u64 i64 f64.
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_TEXT, _ARRAY = 8, 9


def read_general(path: Path) -> dict[str, str] | None:
    """Return the `general.*` keys of a file as text, lists joined with commas; None where it is no GGUF file.

    Args:
        path: A regular file.
    """
    try:
        with path.open("rb") as stream:
            magic, version = stream.read(4), _number(stream, 4)
            if magic != b"GGUF" or version not in (2, 3):
                return None
            return _general(stream)
    except (OSError, ValueError, struct.error):
        return None


def _general(stream: BinaryIO) -> dict[str, str]:
    found: dict[str, str] = {}
    _number(stream, 8)  # tensors
    for _ in range(min(_number(stream, 8), KEYS_LIMIT)):
        key, kind = _text(stream), _number(stream, 4)
        if key.startswith("tokenizer."):
            break
        value = _value(stream, kind)
        if key.startswith("general."):
            found[key.removeprefix("general.")] = value
    return found


def _value(stream: BinaryIO, kind: int) -> str:
    if kind == _TEXT:
        return _text(stream)
    if kind == _ARRAY:
        inner, number = _number(stream, 4), _number(stream, 8)
        if number > KEYS_LIMIT or inner == _ARRAY:
            raise ValueError("a longer list than a header has")
        return ", ".join(_value(stream, inner) for _ in range(number))
    if kind not in _SIZES:
        raise ValueError("a type that GGUF does not know")
    return str(struct.unpack(_FORMATS[kind], _exactly(stream, _SIZES[kind]))[0])


def _text(stream: BinaryIO) -> str:
    length = _number(stream, 8)
    if length > TEXT_LIMIT:
        raise ValueError("a longer text than a header has")
    return _exactly(stream, length).decode("utf-8", "replace")


def _number(stream: BinaryIO, size: int) -> int:
    return int.from_bytes(_exactly(stream, size), "little")


def _exactly(stream: BinaryIO, size: int) -> bytes:
    raw = stream.read(size)
    if len(raw) != size:
        raise ValueError("the file ends too early")
    return raw
