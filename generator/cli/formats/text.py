"""Text for people: each finding with its places, its reason and its fix; errors last, then the verdict."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from generator import console
from generator.artifacts.folder import read_text
from generator.artifacts.secrets import mask_secrets
from generator.checks.report import SEVERITIES, Finding, Place, Report
from generator.cli.layout import SIGNS, clause_link
from generator.cli.targets import Outcome
from generator.documents.storage.record import CARD_LIMIT
from generator.errors import CharterError
from generator.licenses.license_set import CATALOG
from generator.release.source import LINE_BREAK
from generator.site import rule_url
from generator.translations import gettext as _
from generator.translations import mark_in_context, mark_text, ngettext, pgettext

PLACES_SHOWN = 3
"""Places of a finding that are shown."""
_TAB = 4
_EXCERPT = 24
"""Columns that an excerpt must have to be shown."""
SEVERITY_WORDS = {
    "error": mark_in_context("severity", "error"),
    "warning": mark_in_context("severity", "warning"),
    "info": mark_in_context("severity", "info"),
    "accepted": mark_in_context("severity", "accepted"),
}
_FRAMINGS = {
    "program": mark_text("Applies only if training data counts as source code."),
    "source": mark_text("Applies only if weights count as source code."),
}


def write(outcomes: Iterable[Outcome], total: int) -> None:
    """Write every report; why a target could not be checked goes to standard error.

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
            console.print_error(_add_target(outcome.target, outcome.failure.message), outcome.failure.remedy)
    if total > 1:
        text = _("{total} targets: {closed} not ready, {failed} could not be checked.")
        console.data(text.format(total=total, closed=closed, failed=failed))


def _add_target(target: str, message: str) -> str:
    return message if message.startswith(target) else f"{target}: {message}"


def _report(report: Report, *, named: bool) -> Iterator[str]:
    """The findings, errors last, and the verdict, with the name of the release where several are checked."""
    order = [(True, severity) for severity in reversed(SEVERITIES)] + [(False, key) for key in reversed(SEVERITIES)]
    for finding in sorted(report.findings, key=lambda f: order.index((f.accepted, f.severity))):
        yield from _finding(finding)
        yield ""
    verdict = console.add_colour("error", report.verdict) if report.exit_code else report.verdict
    fixable = sum(bool(finding.edits) and not finding.accepted for finding in report.findings)
    fixes = ngettext("{number} fixable with --fix.", "{number} fixable with --fix.", fixable).format(number=fixable)
    yield f"{verdict}{f' ({_one_line(report.release)})' if named else ''}." + (f" {fixes}" if fixable else "")


def _finding(finding: Finding) -> Iterator[str]:
    kind = "accepted" if finding.accepted else finding.severity
    sign = console.make_printable(SIGNS[kind])
    word = pgettext("severity", SEVERITY_WORDS[kind])
    label = console.add_colour(kind, f"{sign} {word}")
    places = finding.places
    number = ngettext("({number} place)", "({number} places)", len(places)).format(number=len(places))
    heading = f"{finding.rule} {finding.name}{f' {number}' if len(places) > 1 else ''}: {finding.message}"
    first, *more = _wrap(heading, len(f"{sign} {word} "), "  ")
    url = rule_url(finding.rule)
    yield from (f"{label} {first.replace(finding.rule, console.link(finding.rule, url), 1)}", *more)
    yield from (_place(place, kind) for place in places[:PLACES_SHOWN])
    if len(places) > PLACES_SHOWN:
        left = len(places) - PLACES_SHOWN
        yield "  " + ngettext("and {number} more place", "and {number} more places", left).format(number=left)
    clauses = ", ".join(clause_link(clause, CATALOG) for clause in finding.clauses)
    framing = _FRAMINGS.get(finding.framing)
    why = " ".join(filter(None, (finding.why, _(framing) if framing else "")))
    why = f"{why} ({clauses})" if why and clauses else why or clauses
    for name, text in ((_("why:"), why), (_("fix:"), finding.remedy)):
        if text:
            indent = " " * len(f"  {name} ")
            lines = _wrap(text, len(indent), indent)
            yield from (f"  {name} {lines[0]}", *lines[1:])
    if url and not console.supports_links():
        label = _("help:")
        yield f"  {label} {url}"


def _wrap(text: str, used: int, indent: str) -> list[str]:
    """A text in lines of the width of the output; the first has less room, the others are indented."""
    lines: list[str] = []
    for line in text.splitlines() or [""]:
        lines += console.wrap(line, indent if lines else " " * used, indent)
    return [lines[0][used:], *lines[1:]] if lines else [""]


def _place(place: Place, kind: str) -> str:
    """A place, with its line where there is room for it."""
    text = f"{_one_line(place.file)}:{place.line}:{place.column}"
    lines = _lines_of(place.file)
    room = console.width() - console.count_columns(text) - len("  -->   ")
    where = f"  --> {console.link(text, Path(place.file).absolute().as_uri()) if console.supports_links() else text}"
    # The first character of a file stands for the whole file.
    if place.line > len(lines) or room < _EXCERPT or place[1:3] == (1, 1):
        return where
    shown = _excerpt(lines[place.line - 1], place.column, kind, room)
    return f"{where}  {shown}" if shown else where


def _excerpt(line: str, column: int, kind: str, room: int) -> str:
    """The line, cut around a column to the room there is; from the column on in the colour of the severity."""
    at = column - 1
    if at > len(line):
        return ""
    # Tokens are masked before the line is cut, since a part of one is not recognized as a token.
    head, tail = mask_secrets(line[:at]).lstrip(), mask_secrets(line[at:]).rstrip()
    before, after = _cells(head[-room:]), _cells(tail[:room])
    cut = (len(head) > room, len(tail) > room)
    most = max(room // 3, room - _width(after))
    kept = [cells[:] for cells in (before, after)]
    while _width(before) > most - 2:
        before.pop(0)
    while _width(after) > room - _width(before) - 2:
        after.pop()
    if _width(kept[0]) + _width(kept[1]) <= room and not any(cut):
        before, after = kept
    start, end = (
        console.make_printable("…") if gone else ""
        for gone in (before != kept[0] or cut[0], after != kept[1] or cut[1])
    )
    parts = (("faint", start, before), (kind, "", after))
    shown = [console.add_colour(colour, text) for colour, sign, cells in parts if (text := sign + _text(cells))]
    return "".join(shown) + console.add_colour("faint", end) * bool(end)


def _text(cells: Iterable[tuple[str, int]]) -> str:
    return "".join(shown for shown, _ in cells)


def _cells(text: str) -> list[tuple[str, int]]:
    return [_cell(char) for char in text]


def _width(cells: Iterable[tuple[str, int]]) -> int:
    return sum(width for _, width in cells)


def _cell(char: str) -> tuple[str, int]:
    """A character as it is shown, and the columns it takes."""
    if char == "\t":
        return " " * _TAB, _TAB
    shown = console.make_printable(char) if char not in "\n\r\x85\u2028\u2029" else " "
    if len(shown) != 1:
        return shown, len(shown)
    if unicodedata.category(shown) in ("Mn", "Me", "Cf"):
        return shown, 0
    return shown, 2 if unicodedata.east_asian_width(shown) in "WF" else 1


@lru_cache(maxsize=4)
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


def _one_line(text: str) -> str:
    return console.make_printable(text.replace("\n", "\\n"))
