"""Safetensors headers: names, types and shapes of tensors, and the metadata; tensor data is never read."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any, NamedTuple

HEADER_LIMIT = 100_000_000
"""Bytes that a header may have (safetensors, MAX_HEADER_SIZE)."""


class Header(NamedTuple):
    """What a safetensors file says of itself.

    Attributes:
        parameters: Elements of all its tensors.
        dtypes: The types that its tensors have, sorted.
        metadata: The `__metadata__` texts.
    """

    parameters: int
    dtypes: tuple[str, ...]
    metadata: dict[str, str]


def read_header(path: Path) -> Header | None:
    """Return the header of a file, or None where it is no safetensors file that can be read.

    Args:
        path: A regular file.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
            length = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
            if not 2 <= length <= min(HEADER_LIMIT, path.stat().st_size - 8):
                return None
            value: Any = json.loads(stream.read(length))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    stated = value.pop("__metadata__", {})
    metadata = {k: v for k, v in stated.items() if isinstance(v, str)} if isinstance(stated, dict) else {}
    tensors = [entry for entry in value.values() if isinstance(entry, dict)]
    dtypes = {str(entry.get("dtype")) for entry in tensors}
    return Header(sum(map(_elements, tensors)), tuple(sorted(dtypes)), metadata)


def _elements(entry: dict[str, Any]) -> int:
    number = 1
    shape = entry.get("shape")
    for size in shape if isinstance(shape, list) else [0]:
        number *= size if isinstance(size, int) and size >= 0 else 0
    return number
