"""What one file says of a release, and the reading of tables and lists that all readers share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from generator.artifacts.folder import read_inside

JSON_LIMIT = 8 * 1024 * 1024
"""Bytes of a JSON file that is read; a tokenizer is never read."""


class Observation(NamedTuple):
    """One thing that a file says: the field of the release file, the value, and where it stands.

    Attributes:
        field: As in `layers.weights.license`.
        value: Text, a number, or a list of texts or of upstreams.
    """

    field: str
    value: Any
    source: str


def read_table(folder: Path, name: str, files: tuple[str, ...]) -> dict[str, Any]:
    """Return what a JSON file holds; nothing where there is none, or it is no mapping.

    Args:
        folder: A model folder.
        name: The path of the file in it.
        files: The files of the folder.

    Raises:
        CharterError: It cannot be read.
    """
    raw = read_inside(folder, name, JSON_LIMIT) if name in files else None
    try:
        value = json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def texts(value: object) -> tuple[str, ...]:
    """Return the texts in a value that may be one or a list; what is empty or longer than an id is left out.

    Args:
        value: Any value.
    """
    held = value if isinstance(value, list) else [value]
    return tuple(entry.strip() for entry in held if isinstance(entry, str) and 0 < len(entry.strip()) <= 300)
