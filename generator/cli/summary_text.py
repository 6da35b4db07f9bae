"""The rights in brief as text for a terminal: one screen for a license."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from generator import console
from generator.documents.words import LAYER_TITLES
from generator.licenses.answers import LayerRights, Rights
from generator.licenses.catalog import get_known_name, hub_id, reason
from generator.licenses.license_set import LicenseSet
from generator.licenses.summary import Point, RightsSummary, may_words
from generator.licenses.terms import Terms

_LABEL = 15
_LINES = 5
"""Lines of one group before the rest is counted."""


def summary_lines(entry: LayerRights, found: Rights, width: int) -> Iterator[str]:
    """Yield the summary of one item: its license, then what you may, must and may not do.

    Args:
        entry: The item.
        found: The answer that it is in.
        width: Columns of the terminal.
    """
    yield from _heading(entry, found, width)
    summary = entry.summary
    several = len({ref.license for point in _points(summary) for ref in point.clauses}) > 1
    suffix = reason("summary", "with_conditions") if summary.conditional else ""
    for points, lead in ((summary.may, ""), (summary.may_if_weights, reason("summary", "if_weights"))):
        if points:
            words = f"{lead} {may_words(points, entry.layer)} {suffix}".strip()
            yield from _group("yes", "✓ You may", [words], width)
    for kind, label, group in (
        ("conditional", "! You must", summary.must),
        ("no", "✕ You may not", summary.may_not),
        ("unclear", "? Not settled", summary.unsettled),
    ):
        yield from _group(kind, label, [_format_point(point, several) for point in group], width)
    if summary.if_data_is_source:
        yield console.add_colour("faint", "  If training data counts as source code:")
        yield from _group("faint", "", [_format_point(point, True) for point in summary.if_data_is_source], width)


def _points(summary: RightsSummary) -> tuple[Point, ...]:
    return (*summary.may, *summary.must, *summary.may_not, *summary.unsettled)


def _heading(entry: LayerRights, found: Rights, width: int) -> Iterator[str]:
    """The name of the license and its ids; for a release, the layer before it."""
    title = LAYER_TITLES[entry.layer] + (f" ({entry.item})" if entry.item else "")
    expression = entry.license
    if expression is None:
        yield f"{title}: no license is stated"
        return
    if expression.parts:
        yield from _fill(f"{title}: {expression}", width)
        if expression.operator == "OR":
            yield from _fill(reason("summary", "choice"), width, "  ", "  ")
        return
    key = expression.license
    terms = found.license_set.terms(key)
    name = terms.name if key in found.license_set.own else get_known_name(key)
    only = len(found.layers) == 1 and not entry.item and str(expression.license) != found.target
    left = name if only or len(found.layers) == 1 else f"{title}: {name}"
    right = " · ".join([hub_id(key) or str(key), _standing(terms, found.license_set)])
    gap = width - len(left) - len(right)
    if gap >= 2:
        yield f"{left}{' ' * gap}{right}"
    else:
        yield from _fill(left, width)
        yield from _fill(right, width, "  ", "  ")


def _standing(terms: Terms, license_set: LicenseSet) -> str:
    if terms.id in license_set.own:
        return "custom license"
    return "OSI-approved" if terms.osi_approved else "not OSI-approved"


def _format_point(point: Point, several: bool) -> str:
    """A point with its first two clauses; with the license where there are several."""
    cited = [
        f"{ref.license.removeprefix('LicenseRef-')} {ref.clause}" if several else ref.clause for ref in point.clauses
    ]
    shown = ", ".join(cited[:2]) + (", …" if len(cited) > 2 else "")
    return f"{point.text} ({shown})" if shown else point.text


def _group(kind: str, label: str, parts: list[str], width: int) -> Iterator[str]:
    """A labelled group, filled to the width; what does not fit into its lines is counted."""
    if not parts:
        return
    indent = " " * _LABEL
    for number in range(len(parts), 0, -1):
        rest = len(parts) - number
        shown = [*parts[:number], *([f"{rest} more: --verbose"] if rest else [])]
        lines = _fill(" · ".join(shown), width, indent, indent)
        if len(lines) <= _LINES or number == 1:
            break
    yield console.add_colour(kind, f"{label:<{_LABEL}}") + lines[0][_LABEL:]
    yield from lines[1:]


def _fill(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
