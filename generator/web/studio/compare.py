"""Licenses side by side: what each allows, requires and forbids for a part of the release."""

from __future__ import annotations

from typing import NamedTuple

from generator.documents.pictures.drawing import clean
from generator.interview.session import Session
from generator.licenses.catalog import parse
from generator.licenses.license_set import CATALOG
from generator.licenses.lineage import Flow
from generator.licenses.summary import Point, rights_summary
from generator.translations import gettext as _
from generator.translations import mark_text

MOST = 3
"""Licenses that are compared at a time."""


class Column(NamedTuple):
    """A license: its name, and its points by the group they are in."""

    name: str
    points: dict[str, tuple[str, ...]]


class Comparison(NamedTuple):
    """What the template uses; `query` asks the tab "Ask" the same with clauses."""

    columns: tuple[Column, ...]
    groups: tuple[tuple[str, str], ...]
    query: str


GROUPS = (
    ("may", mark_text("You may")),
    ("must", mark_text("You must")),
    ("may-not", mark_text("You may not")),
    ("unsettled", mark_text("Not settled")),
)


def compare(session: Session, layer: str, licenses: list[str]) -> Comparison:
    """Return licenses side by side.

    Args:
        session: The interview.
        layer: The part that they are for.
        licenses: Ids or expressions.

    Raises:
        CharterError: One of them is no license.
    """
    from urllib.parse import urlencode

    keys = list(dict.fromkeys(licenses))[:MOST]
    columns = tuple(_column(session, layer, key) for key in keys)
    groups = tuple((name, _(title)) for name, title in GROUPS)
    return Comparison(columns, groups, urlencode([("of", key.removeprefix("LicenseRef-")) for key in keys]))


def _column(session: Session, layer: str, key: str) -> Column:
    found = parse(key, frozenset(session.get("licenses") or ()))
    summary = rights_summary(layer, [Flow(found, "", (), program=True, source=True)], CATALOG.terms)
    groups = (summary.may, summary.must, summary.may_not, summary.unsettled)
    points = {name: _texts(group) for (name, _), group in zip(GROUPS, groups, strict=True)}
    return Column(clean(session.license_name(key)), points)


def _texts(points: tuple[Point, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clean(point.text) for point in points))
