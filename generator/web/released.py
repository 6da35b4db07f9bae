"""What is released, layer by layer: the bar of five and the list below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from generator.documents.pictures.drawing import clean
from generator.documents.words import availability_words, layer_title
from generator.licenses.assess import Assessment, ItemAssessment
from generator.release.vocabulary import AVAILABILITIES, LAYERS
from generator.translations import gettext as _

UNSTATED = "unstated"
"""The state of a layer that the release file does not mention."""
ITEMS = 40
"""Items of one layer that are listed; the rest is counted."""


class ItemRow(NamedTuple):
    """An item of a layer; `description` is HTML, and `where` says where it is if not in the repo of the release."""

    name: str
    state: str
    availability: str
    license: str
    files: tuple[str, ...]
    url: str
    where: str
    description: str


class Layer(NamedTuple):
    """A layer: its state is that of its most available item."""

    id: str
    title: str
    state: str
    availability: str
    items: tuple[ItemRow, ...]
    more: int


def released(assessment: Assessment, describe: Callable[[str], str]) -> tuple[Layer, ...]:
    """Return the five layers, and the documents where there are some.

    Args:
        assessment: The assessed release.
        describe: Returns the HTML of a description.
    """
    found = [_layer(layer, assessment, describe) for layer in (*LAYERS, "documents")]
    return tuple(layer for layer in found if layer.id != "documents" or layer.items)


def _layer(name: str, assessment: Assessment, describe: Callable[[str], str]) -> Layer:
    items = [item for item in assessment.items if item.layer == name]
    states = [item.item.availability for item in items]
    state = min(states, key=AVAILABILITIES.index) if states else UNSTATED
    home = assessment.release.release.repo
    rows = tuple(_row(item, home, describe, several=len(items) > 1) for item in items[:ITEMS])
    words = _("not mentioned") if state == UNSTATED else availability_words(state)
    return Layer(
        name, layer_title(name, [item.item.form for item in items]), state, words, rows, max(0, len(items) - ITEMS)
    )


def _row(item: ItemAssessment, home: str | None, describe: Callable[[str], str], *, several: bool) -> ItemRow:
    stated = item.item
    label = clean(item.label if several or item.own_name else "")
    license_ = (
        str(item.license).removeprefix("LicenseRef-") if item.license else _("no license") if item.is_available else ""
    )
    return ItemRow(
        name=label if stated.name else label[:1].upper() + label[1:],
        state=stated.availability,
        availability=availability_words(stated.availability),
        license=license_,
        files=tuple(clean(file) for file in stated.files),
        url=stated.url or "",
        where=stated.repo if stated.repo and stated.repo != home else "",
        description=describe(stated.description) if stated.description else "",
    )
