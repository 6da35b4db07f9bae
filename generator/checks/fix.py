"""Fixes: the edits of findings, made in their files where they do not change the meaning of a file."""

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
from generator.release.reader import parse_release
from generator.release.source import LINE_BREAK

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class FixedFile(NamedTuple):
    """A file that was fixed, and the changes as a unified diff."""

    file: str
    diff: str


def apply_fixes(report: Report) -> tuple[FixedFile, ...]:
    """Make the edits of a report's findings; each file is written completely or not at all.

    Args:
        report: The report; accepted findings are not fixed.

    Raises:
        CharterError: A file cannot be read or written.
    """
    by_file: dict[str, list[Edit]] = {}
    for finding in report.findings:
        for edit in () if finding.accepted else finding.edits:
            by_file.setdefault(edit.file, []).append(edit)
    done: list[FixedFile] = []
    for file, edits in sorted(by_file.items()):
        path = Path(file).absolute()
        if path.is_symlink():
            continue  # its target can be another project's file
        raw = read_inside(path.parent, path.name, CARD_LIMIT)
        before = (raw or b"").decode("utf-8")
        after = with_edits(before, edits)
        if after != before and _means_the_same(path, before, after):
            write_all(path.parent, {path.name: after.encode()})
            done.append(FixedFile(file, _diff(file, before, after)))
    return tuple(done)


def with_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return a text after its edits; an edit whose old text is not there is skipped.

    Args:
        text: The text, with its line ends and its byte-order mark.
        edits: The changes.
    """
    lead = text.startswith("\ufeff")
    starts = [int(lead), *(found.end() for found in LINE_BREAK.finditer(text))]
    newline = "\r\n" if "\r\n" in text else "\n"
    spans: list[tuple[int, int, str]] = []
    for edit in set(edits):
        if edit.line > len(starts):
            continue
        start = starts[edit.line - 1] + edit.column - 1
        for quote in ("", '"', "'") if edit.new[:1] != '"' else ("",):  # quotes are added around a plain value
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


def _means_the_same(path: Path, before: str, after: str) -> bool:
    """Whether the edits leave the meaning of a file as it was."""
    if path.name != CARD:
        try:
            one, other = (parse_release(t, path.name, path.parent) for t in (before, after))
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
