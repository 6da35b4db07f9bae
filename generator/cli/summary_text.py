"""The rights in brief as text for a terminal: one screen for a license."""

from __future__ import annotations

from collections.abc import Iterator

from generator import console
from generator.cli.layout import cite, labelled, short_id, wrap
from generator.documents.words import part_title
from generator.licenses.answers import LayerRights, Rights
from generator.licenses.catalog import get_known_name, hub_id, reason
from generator.licenses.license_set import LicenseSet
from generator.licenses.summary import Point, RightsSummary, may_words
from generator.licenses.terms import Terms
from generator.translations import gettext as _


def summary_lines(entry: LayerRights, found: Rights, width: int) -> Iterator[str]:
    """Yield the summary of one item: its license, then what you may, must and may not do.

    Args:
        entry: The item.
        found: The answer that it is in.
        width: Columns of the terminal.
    """
    yield from _heading(entry, found, width)
    summary = entry.summary
    own = set(entry.license.ids()) if entry.license else set()
    inherited = dict.fromkeys(
        short_id(ref.license) for p in _points(summary) for ref in p.clauses if ref.license not in own
    )
    if inherited:
        yield from wrap(_("with inherited terms: {licenses}").format(licenses=", ".join(inherited)), "  ", "  ", width)
    several = len({ref.license for point in _points(summary) for ref in point.clauses}) > 1
    is_said_below = summary.must or summary.may_not
    suffix = reason("summary", "with_conditions") if summary.conditional and is_said_below else ""
    for points, lead in ((summary.may, ""), (summary.may_if_weights, reason("summary", "if_weights"))):
        if points:
            words = f"{lead} {may_words(points, entry.layer)} {suffix}".strip()
            yield from labelled("yes", _("You may"), [words], width)
    if summary.conditional and not is_said_below:
        # Of a single act: nothing has to be done, but its reason has a condition.
        because = dict.fromkeys(right.source.because for right in entry.rights if right.source.answer == "conditional")
        yield from labelled("conditional", _("Condition"), list(because), width)
    for kind, label, group in (
        ("conditional", _("You must"), summary.must),
        ("no", _("You may not"), summary.may_not),
        ("unclear", _("Not settled"), summary.unsettled),
    ):
        yield from labelled(kind, label, [format_point(p, found.license_set, several=several) for p in group], width)
    if summary.if_data_is_source:
        yield console.add_colour("faint", "  " + _("If training data counts as source code:"))
        points_ = [format_point(p, found.license_set, several=True) for p in summary.if_data_is_source]
        yield from labelled("faint", "", points_, width)


def _points(summary: RightsSummary) -> tuple[Point, ...]:
    return (*summary.may, *summary.must, *summary.may_not, *summary.unsettled)


def _heading(entry: LayerRights, found: Rights, width: int) -> Iterator[str]:
    """The name of the license and its ids; for a release, the layer before it."""
    title = part_title(entry.layer, entry.form) + (f" ({entry.item})" if entry.item else "")
    expression = entry.license
    if expression is None:
        yield _("{part}: no license is stated, so no permission is given").format(part=title)
        return
    if expression.parts:
        yield from wrap(f"{title}: {expression}", columns=width)
        if expression.operator == "OR":
            yield from wrap(reason("summary", "choice"), "  ", "  ", width)
        return
    key = expression.license
    terms = found.license_set.terms(key)
    name = terms.name if key in found.license_set.own else get_known_name(key)
    left = name if entry.is_bare_license else f"{title}: {name}"
    right = " · ".join(filter(None, [hub_id(key) or str(key), _standing(terms, found.license_set)]))
    gap = width - console.count_columns(left) - len(right)
    if gap >= 2:
        yield f"{left}{' ' * gap}{console.link(right, terms.web_address)}"
    else:
        yield from wrap(left, columns=width)
        yield from wrap(right, "  ", "  ", width)


def _standing(terms: Terms, license_set: LicenseSet) -> str:
    if terms.id in license_set.own:
        return _("custom license")
    if not terms.read:
        return ""
    return _("OSI-approved") if terms.osi_approved else _("not OSI-approved")


def format_point(point: Point, license_set: LicenseSet, *, several: bool) -> str:
    """Return a point with its first two clauses.

    Args:
        point: The point.
        license_set: The terms of the licenses that it cites.
        several: Whether clauses of several licenses are cited, so that each needs the name of its license.
    """
    cited = cite(point.clauses, license_set, named=several)
    return f"{point.text} ({cited})" if cited else point.text
