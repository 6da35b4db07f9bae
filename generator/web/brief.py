"""The rights in brief as the page shows them: the computed summary, each line with its clauses word for word."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from generator.documents.card.view import RightsTable
from generator.documents.pictures.drawing import clean
from generator.documents.words import part_title
from generator.licenses.answers import Rights
from generator.licenses.catalog import Expression, LicenseId
from generator.licenses.license_set import LicenseSet
from generator.licenses.summary import Point, may_words
from generator.translations import gettext as _
from generator.web.facts import license_fact
from generator.web.matrix import Quote, quotes


class Line(NamedTuple):
    """A line of the summary: what it says, the clauses in short, the full sentences, and the clauses as quotes."""

    text: str
    cited: str
    details: tuple[str, ...]
    quotes: tuple[Quote, ...]


class Brief(NamedTuple):
    """The summary for one set of terms.

    Attributes:
        parts: The items that have these terms; empty where there is only one set.
        license: The name of the license; several as an expression.
        note: Its id on the Hub and how open it is; empty for several.
        may: What is allowed, as one list.
        may_if_weights: What is allowed only if weights count as source code.
        conditional: Whether some of it has conditions.
        if_data: What applies only if training data counts as source code.
    """

    parts: str
    license: str
    note: str
    may: str
    may_if_weights: str
    conditional: bool
    must: tuple[Line, ...]
    may_not: tuple[Line, ...]
    unsettled: tuple[Line, ...]
    if_data: tuple[Line, ...]


def briefs(tables: Iterable[RightsTable], license_set: LicenseSet) -> tuple[Brief, ...]:
    """Return the summaries of a release, one for each set of terms.

    Args:
        tables: The rights that the card has.
        license_set: The licenses that they are of.
    """
    listed = tuple(tables)
    return tuple(_brief(table, license_set, several=len(listed) > 1) for table in listed)


def answer_briefs(found: Rights) -> tuple[Brief, ...]:
    """Return the summaries of an answer to `charter rights`, one for each item.

    Args:
        found: The answer.
    """
    tables = []
    for entry in found.layers:
        label = entry.item or part_title(entry.layer, entry.form)
        may, if_weights = (may_words(p, entry.layer) for p in (entry.summary.may, entry.summary.may_if_weights))
        tables.append(RightsTable(label, entry.license, (), entry.summary, may, if_weights, ()))
    return briefs(tables, found.license_set)


def point_lines(points: Iterable[Point], own: Collection[LicenseId], license_set: LicenseSet) -> tuple[Line, ...]:
    """Return points of a summary as lines, each with its clauses word for word.

    Args:
        points: The points.
        own: The licenses of what they are about; clauses of the only one are cited without its name.
        license_set: The licenses that they may be of.
    """
    # What only this license asks for is a long sentence, and comes last.
    ordered = sorted(points, key=lambda point: point.ids == ("other",))
    return tuple(Line(p.text, _cited(p, own), _more(p), quotes(p.clauses, license_set)) for p in ordered)


def _brief(table: RightsTable, license_set: LicenseSet, *, several: bool) -> Brief:
    summary = table.summary
    own = table.license.ids() if table.license else ()
    name, note = _heading(table.license, license_set)

    def lines(points: Iterable[Point]) -> tuple[Line, ...]:
        return point_lines(points, own, license_set)

    return Brief(
        parts=clean(table.label) if several else "",
        license=name,
        note=note,
        may=table.may,
        may_if_weights=table.may_if_weights,
        conditional=summary.conditional,
        must=lines(summary.must),
        may_not=lines(summary.may_not),
        unsettled=lines(summary.unsettled),
        if_data=lines(summary.if_data_is_source),
    )


def _heading(license_: Expression | None, license_set: LicenseSet) -> tuple[str, str]:
    if license_ is None:
        return _("No license is stated"), ""
    if license_.parts or license_.exception:
        return clean(str(license_).replace("LicenseRef-", "")), ""
    fact = license_fact(license_.license, license_set)
    return fact.name, f"{fact.id} · {fact.standing}"


def _cited(point: Point, own: Collection[LicenseId]) -> str:
    """The first clause of a point, with its license unless that is the one license of the item."""
    if not point.clauses:
        return ""
    first = point.clauses[0]
    shown = first.label if own == (first.license,) else f"{first.license.removeprefix('LicenseRef-')} {first.label}"
    return f"{shown} +{len(point.clauses) - 1}" if len(point.clauses) > 1 else shown


def _more(point: Point) -> tuple[str, ...]:
    """The full sentences that say more than the line."""
    return tuple(detail for detail in point.details if detail.rstrip(".") != point.text.rstrip("."))
