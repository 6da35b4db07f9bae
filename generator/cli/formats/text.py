"""Text for people: by file, each finding with its line and a caret under the column, the summary last."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from generator import console
from generator.artifacts.folder import read_text
from generator.checks.report import Finding, Report
from generator.cli.targets import Outcome
from generator.documents.storage.record import CARD_LIMIT
from generator.errors import CharterError
from generator.release.source import LINE_BREAK

_TAB = 4
_COUNTED = ("ART", "CARD", "HUB", "SEC")
"""Families whose repeated findings differ in place alone; each of the others is a question of its own."""
_READING = {
    "program": "stands only where data is read as the source",
    "source": "stands only where the weights are read as the source",
}


def tell(outcomes: Iterable[Outcome], total: int) -> None:
    """Write every report; a target that could not be judged is complained about at its place.

    Args:
        outcomes: What came of the targets.
        total: How many there are.
    """
    closed = failed = 0
    for outcome in outcomes:
        if outcome.report:
            console.data("\n".join(_report(outcome.report, named=total > 1)))
            closed += bool(outcome.report.exit_code)
        elif outcome.failure:
            failed += 1
            console.complain(_prefixed(outcome.target, outcome.failure.message), outcome.failure.remedy)
    if total > 1:
        console.data(f"{total} targets: {closed} not ready, {failed} could not be checked.")


def _prefixed(target: str, message: str) -> str:
    return message if message.startswith(target) else f"{target}: {message}"


def _report(report: Report, *, named: bool) -> Iterator[str]:
    """The findings of a report by file, and its verdict, with the name of the release where several are checked."""
    for file, findings in groupby(report.findings, key=lambda finding: finding.file):
        lines = _lines_of(file)
        for finding, more in _counted(findings):
            yield from _finding(finding, lines)
            if more:
                yield f"  {_more(more)}"
        yield ""
    verdict = console.painted("error", report.verdict) if report.exit_code else report.verdict
    yield f"{verdict}{f' ({_one_line(report.release)})' if named else ''}."


def _counted(findings: Iterable[Finding]) -> Iterator[tuple[Finding, list[Finding]]]:
    """The findings of a file; three and more of one rule are one, with the others beside it."""
    groups: dict[object, list[Finding]] = {}
    for number, finding in enumerate(findings):
        one = finding.severity != "error" and finding.rule.startswith(_COUNTED)
        groups.setdefault((finding.rule, finding.severity, finding.accepted) if one else number, []).append(finding)
    for group in groups.values():
        first, *more = group
        if len(more) < 2:
            yield from ((finding, []) for finding in group)
        else:
            yield first, more


def _more(others: list[Finding]) -> str:
    """The number of further places, and the first three of them."""
    lines = list(dict.fromkeys(str(finding.line) for finding in others))
    shown = ", ".join(lines[:3]) + (", …" if len(lines) > 3 else "")
    return f"and {len(others)} more of this kind in this file: line{'s' if len(lines) > 1 else ''} {shown}"


def _finding(finding: Finding, lines: list[str]) -> Iterator[str]:
    severity = "accepted" if finding.accepted else finding.severity
    place = f"{_one_line(finding.file)}:{finding.line}:{finding.column}"
    rule = f"{finding.rule} {finding.name}"
    yield f"{place}: {console.painted(severity, severity)} {rule}: {_spoken(finding.message)}"
    if finding.line <= len(lines):
        yield from _excerpt(lines[finding.line - 1], finding.line, finding.column, severity)
    clauses = ", ".join(f"{c.license.removeprefix('LicenseRef-')} {c.clause}" for c in finding.clauses)
    for detail in (clauses and f"by {clauses}", _READING.get(finding.framing, ""), finding.remedy):
        if detail:
            yield f"  {_spoken(detail)}"


def _excerpt(line: str, number: int, column: int, severity: str) -> Iterator[str]:
    """The line with its number, cut to the width around the column, and a caret."""
    gutter = f"{number:>5} | "
    room = max(20, console.width() - len(gutter) - 2)
    first = max(0, column - 1 - room)
    cells = [_cell(char) for char in line[first : column + room]]
    if not cells or column - 1 - first > len(cells):
        return
    at = column - 1 - first
    begin, used = at, 0
    while begin and used + cells[begin - 1][1] <= room * 2 // 3:
        begin -= 1
        used += cells[begin][1]
    if first == 0 and sum(width for _, width in cells) <= room and len(line) <= column + room:
        begin, used = 0, sum(width for _, width in cells[:at])
    end, whole = at, used
    while end < len(cells) and whole + cells[end][1] <= room:
        whole += cells[end][1]
        end += 1
    before = "…" if first + begin > 0 else ""
    after = "…" if end < len(cells) or first + len(cells) < len(line) else ""
    text = console.shown(before) + "".join(shown for shown, _ in cells[begin:end]) + console.shown(after)
    yield console.painted("faint", gutter) + text.rstrip()
    caret = " " * (used + len(console.shown(before)))
    yield console.painted("faint", f"{'':>5} | ") + caret + console.painted(severity, "^")


def _cell(char: str) -> tuple[str, int]:
    """A character as it is shown, and the columns it takes."""
    if char == "\t":
        return " " * _TAB, _TAB
    shown = console.shown(char) if char not in "\n\r\x85\u2028\u2029" else " "
    if len(shown) != 1:
        return shown, len(shown)
    if unicodedata.category(shown) in ("Mn", "Me", "Cf"):
        return shown, 0
    return shown, 2 if unicodedata.east_asian_width(shown) in "WF" else 1


def _lines_of(file: str) -> list[str]:
    """The lines of a file; none where it cannot be read as text."""
    path = Path(file).absolute()
    try:
        text = read_text(path.parent, path.name, CARD_LIMIT)
    except CharterError:
        return []
    if not text:
        return []
    return LINE_BREAK.split(text) if path.suffix in (".yaml", ".yml") else text.split("\n")


def _spoken(text: str) -> str:
    """A sentence, the lines of which stay below the finding they belong to."""
    return "\n    ".join(console.shown(line) for line in text.splitlines())


def _one_line(text: str) -> str:
    return console.shown(text.replace("\n", "\\n"))
