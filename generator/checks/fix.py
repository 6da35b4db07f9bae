"""Mending: the edits of findings made in the text of their files, where they change nothing of what a file says."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from generator.artifacts.card import BLOCK
from generator.artifacts.folder import read_inside
from generator.checks.report import Edit, Report
from generator.documents.storage.record import CARD, CARD_LIMIT
from generator.documents.storage.transaction import write_all
from generator.errors import CharterError
from generator.licenses.catalog import resolver
from generator.release.reader import parse_release
from generator.release.source import LINE_BREAK

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Mended(NamedTuple):
    """A file that was mended, and what changed in it, as a unified diff."""

    file: str
    diff: str


def mend(report: Report) -> tuple[Mended, ...]:
    """Make the edits that the standing findings of a report hold; each file is written whole or not at all.

    Args:
        report: What the gate said; accepted findings are left as they are.

    Raises:
        CharterError: A file cannot be read or written.
    """
    by_file: dict[str, list[Edit]] = {}
    for finding in report.findings:
        for edit in () if finding.accepted else finding.edits:
            by_file.setdefault(edit.file, []).append(edit)
    done: list[Mended] = []
    for file, edits in sorted(by_file.items()):
        path = Path(file).absolute()
        if path.is_symlink():
            continue  # what it leads to is somebody else's file
        raw = read_inside(path.parent, path.name, CARD_LIMIT)
        before = (raw or b"").decode("utf-8")
        after = edited(before, edits)
        if after != before and _says_the_same(path, before, after):
            write_all(path.parent, {path.name: after.encode()})
            done.append(Mended(file, _diff(file, before, after)))
    return tuple(done)


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return a text after its edits; one that does not fit what stands there is left out.

    Args:
        text: The text, with its line ends and its byte-order mark.
        edits: What is to change.
    """
    lead = text.startswith("\ufeff")
    starts = [int(lead), *(found.end() for found in LINE_BREAK.finditer(text))]
    newline = "\r\n" if "\r\n" in text else "\n"
    spans: list[tuple[int, int, str]] = []
    for edit in set(edits):
        if edit.line > len(starts):
            continue
        start = starts[edit.line - 1] + edit.column - 1
        for quote in ("", '"', "'") if edit.new[:1] != '"' else ("",):  # quotes go around what has none
            old = f"{quote}{edit.old}{quote}"
            if text.startswith(old, start):
                spans.append((start, start + len(old), f"{quote}{edit.new}{quote}".replace("\n", newline)))
                break
    parts: list[str] = []
    done = 0
    for start, end, new in sorted(spans):
        if start >= done:
            parts += (text[done:start], new)
            done = end
    return "".join((*parts, text[done:]))


def _says_the_same(path: Path, before: str, after: str) -> bool:
    """Whether a file means after its edits what it meant before them."""
    if path.name != CARD:
        try:
            one, other = (parse_release(t, path.name, path.parent, license_resolver=resolver) for t in (before, after))
        except CharterError:
            return False
        return one == other
    one_, other_ = BLOCK.match(before), BLOCK.match(after)
    if one_ is None or other_ is None or before[one_.end() :] != after[other_.end() :]:
        return False
    try:
        held, holds = (yaml.load(block.group(2), Loader=_Loader) for block in (one_, other_))
    except (yaml.YAMLError, RecursionError):
        return False
    return {key: value for key, value in holds.items() if key in held} == dict(held)


def _diff(file: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), file, file, lineterm="", n=1)
    return "\n".join(lines)
