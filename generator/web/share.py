"""The share image: name, license, rights and layers of a release on one picture of 1200 by 630 pixels."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import NamedTuple

from generator.documents.card.view import CardView
from generator.documents.pictures.drawing import clean, fit, text_width
from generator.documents.render import render
from generator.licenses.catalog import reason
from generator.release.model import ReleaseInfo
from generator.translations import gettext as _
from generator.web.facts import Facts
from generator.web.released import Layer

WIDTH, HEIGHT, MARGIN = 1200, 630, 72
_TEXT = WIDTH - 2 * MARGIN
_LABEL = 176
_TITLES = ((76, 24), (60, 30), (46, 99))
"""Sizes of the name, each up to a number of characters."""


class Said(NamedTuple):
    """A line of the rights: its kind (yes, conditional or no), its label and its text."""

    kind: str
    label: str
    text: str
    y: int


class Segment(NamedTuple):
    """A layer of the bar, at its place."""

    state: str
    title: str
    x: int
    width: int


class ShareImage(NamedTuple):
    """What the template of the picture uses."""

    over: str
    name: str
    size: int
    summary: tuple[str, ...]
    license: str
    lines: tuple[Said, ...]
    bar: tuple[Segment, ...]


def share_image(info: ReleaseInfo, facts: Facts, layers: Iterable[Layer], card: CardView) -> str:
    """Return the picture as a `data:` address.

    Args:
        info: What the release is called.
        facts: Its license and kind.
        layers: What is released.
        card: The rights that the card has.
    """
    return f"data:image/svg+xml;base64,{base64.b64encode(share_svg(info, facts, layers, card).encode()).decode()}"


def share_svg(info: ReleaseInfo, facts: Facts, layers: Iterable[Layer], card: CardView) -> str:
    """Return the picture as SVG.

    Args:
        info: What the release is called.
        facts: Its license and kind.
        layers: What is released.
        card: The rights that the card has.
    """
    name = clean(info.name)
    size = next((size for size, most in _TITLES if len(name) <= most), _TITLES[-1][0])
    licenses = " · ".join(license_.name for license_ in facts.licenses) or _("no license stated")
    view = ShareImage(
        over=fit(" · ".join(filter(None, (info.repo or "", facts.kind))), _TEXT, 24),
        name=fit(name, _TEXT, size),
        size=size,
        summary=wrapped(clean(info.summary or ""), _TEXT, 28, 2),
        license=fit(licenses, _TEXT, 28),
        lines=_lines(card),
        bar=_bar(layer for layer in layers if layer.id != "documents"),
    )
    return render("share.svg.jinja", view)


def _lines(card: CardView) -> tuple[Said, ...]:
    """The rights of the first set of terms; what is left out is counted."""
    if not card.rights:
        return ()
    summary = card.rights[0].summary
    allowed = [point.text for point in summary.may or summary.may_if_weights]
    lead = "" if summary.may or not allowed else f"{reason('summary', 'if_weights')} "
    groups = (
        ("yes", _("You may"), _fitted(allowed, lead)),
        ("conditional", _("You must"), _fitted([point.text for point in summary.must])),
        ("no", _("You may not"), _fitted([point.text for point in summary.may_not])),
        ("unclear", _("Not settled"), _fitted([point.text for point in summary.unsettled])),
    )
    stated = [group for group in groups if group[2]][:3]
    return tuple(Said(kind, label, text, 398 + 42 * number) for number, (kind, label, text) in enumerate(stated))


def _fitted(texts: list[str], lead: str = "") -> str:
    """As many texts as fit in a line; the rest is counted."""
    space = _TEXT - _LABEL
    for number in range(len(texts), 0, -1):
        rest = len(texts) - number
        line = lead + ", ".join(clean(text) for text in texts[:number]) + (f" +{rest}" if rest else "")
        if number == 1 or text_width(line, 24) <= space:
            return fit(line, space, 24)
    return ""


def _bar(layers: Iterable[Layer]) -> tuple[Segment, ...]:
    listed = tuple(layers)
    width = (_TEXT - 10 * (len(listed) - 1)) // len(listed)
    return tuple(
        Segment(layer.state, fit(layer.title, width, 20), MARGIN + number * (width + 10), width)
        for number, layer in enumerate(listed)
    )


def wrapped(text: str, pixels: int, size: int, most: int) -> tuple[str, ...]:
    """Return a text in lines of a width; the last is cut where there are too many.

    Args:
        text: One line.
        pixels: The width.
        size: The font's size in pixels.
        most: The number of lines.
    """
    lines: list[str] = []
    rest = text.split()
    while rest and len(lines) < most - 1:
        taken = 1
        while taken < len(rest) and text_width(" ".join(rest[: taken + 1]), size) <= pixels:
            taken += 1
        lines.append(fit(" ".join(rest[:taken]), pixels, size))
        rest = rest[taken:]
    return (*lines, fit(" ".join(rest), pixels, size)) if rest else tuple(lines)
