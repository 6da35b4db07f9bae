"""Where a spot inside a text of the release file stands: the line of the block, not only of its key."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from generator.release.model import Location, Release
from generator.release.source import SIZE_LIMIT

_BREAK = "\r\n|[\r\n\x85\u2028\u2029]"
_BLOCK = r"(?:[&!]\S*[ \t]+)*\|[-+0-9]*[ \t]*(?:#.*)?\Z"
_WORD = r"\S{1,40}"


def inside(release: Release, path: tuple[str | int, ...], text: str, line: int, column: int) -> Location:
    """Return where a spot of a field's text stands in the release file; the field itself, where that cannot be known.

    Args:
        release: The release.
        path: The field, as `Release.locate` takes it.
        text: The field's text.
        line: The line in it, from 1.
        column: The column in it, from 1.
    """
    at = release.locate(path)
    if release.origin is None or release.origin.folder is None or path not in release.origin.marks:
        return at
    source = _lines(release.origin.file)
    if len(source) < at.line:
        return at
    if re.match(_BLOCK, source[at.line - 1][at.column - 1 :]):
        return _in_block(source, text.split("\n"), at, line, column)
    return _in_flow(source, text.split("\n"), at, line, column)


def _in_block(source: list[str], text: list[str], at: Location, line: int, column: int) -> Location:
    """In a literal block each line of the text is one line of the file, indented."""
    spot = at.line + line
    if spot > len(source) or line > len(text) or not source[spot - 1].endswith(text[line - 1]):
        return at
    return Location(at.file, spot, len(source[spot - 1]) - len(text[line - 1]) + column)


def _in_flow(source: list[str], text: list[str], at: Location, line: int, column: int) -> Location:
    """Folded or quoted text is found again by the word that stands at the spot, and by how often it came before."""
    word = re.match(_WORD, text[line - 1][column - 1 :]) if line <= len(text) else None
    if word is None:
        return at
    before = "\n".join([*text[: line - 1], text[line - 1][: column - 1]]).count(word.group())
    for number in range(at.line, len(source) + 1):
        here, begin = source[number - 1], at.column - 1 if number == at.line else 0
        while (found := here.find(word.group(), begin)) >= 0:
            if not before:
                return Location(at.file, number, found + 1)
            before, begin = before - 1, found + len(word.group())
    return at


def _lines(file: str) -> list[str]:
    try:
        found = Path(file).stat()
        return _read(file, found.st_mtime_ns, found.st_size) if found.st_size <= SIZE_LIMIT else []
    except (OSError, ValueError):
        return []


@lru_cache(maxsize=1)  # one text may have many findings
def _read(file: str, _changed: int, _size: int) -> list[str]:
    return re.split(_BREAK, Path(file).read_bytes().decode("utf-8-sig", "replace"))
