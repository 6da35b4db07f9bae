"""The picture of the layers: a stack of five, each with what is given, its license and its files."""

from __future__ import annotations

from typing import NamedTuple

from generator.documents.pictures.drawing import clean, fit, text_width
from generator.documents.render import render
from generator.documents.words import availability_words, layer_title
from generator.licenses.assess import Assessment, ItemAssessment
from generator.release.vocabulary import AVAILABILITIES, LAYERS
from generator.translations import gettext as _
from generator.translations import ngettext

SHOWN = 4
"""Items of one layer that are drawn; the rest is counted."""
UNSTATED = "unstated"
"""The state of a layer that the release file does not mention."""


class Frame(NamedTuple):
    """The measures of the picture: wide for a page, narrow for a phone."""

    width: int
    text: int
    half: int
    wide: bool


WIDE = Frame(width=644, text=152, half=58, wide=True)
NARROW = Frame(width=336, text=92, half=36, wide=False)
_GAP, _TITLE, _LINE, _LEAST, _LICENSE = 13, 24, 20, 72, 172


class Words(NamedTuple):
    """A text at its place; `full` is what it says uncut."""

    x: int
    y: int
    text: str
    full: str
    kind: str


class StateLabel(NamedTuple):
    """A label of what is given, at its place."""

    x: int
    y: int
    width: int
    state: str
    text: str


class LayerBox(NamedTuple):
    """A layer of the stack, from `top` down to `bottom`."""

    layer: str
    state: str
    items: tuple[ItemAssessment, ...]
    top: int
    bottom: int
    words: tuple[Words, ...]
    pills: tuple[StateLabel, ...]

    @property
    def middle(self) -> int:
        """Where the plate itself is drawn."""
        return (self.top + self.bottom) // 2 - 4


class Stack(NamedTuple):
    """What the template of the picture uses."""

    release: str
    frame: Frame
    plates: tuple[LayerBox, ...]
    alone: bool

    @property
    def height(self) -> int:
        """The height of the whole."""
        return self.plates[-1].bottom + 2


def layers_svg(assessment: Assessment, *, alone: bool = True, frame: Frame = WIDE) -> str:
    """Return the picture of the layers.

    Args:
        assessment: The assessed release.
        alone: Whether it is a file of its own, or stands in a page that has the style.
        frame: Its measures.
    """
    info = assessment.release.release
    plates: list[LayerBox] = []
    for layer in LAYERS:
        items = tuple(item for item in assessment.items if item.layer == layer)
        plates.append(_LayerWriter(frame, info.repo, plates[-1].bottom if plates else 0).plate(layer, items))
    return render("layers.svg.jinja", Stack(clean(info.name), frame, tuple(plates), alone))


class _LayerWriter:
    """Writes one layer, line by line."""

    def __init__(self, frame: Frame, home: str | None, top: int) -> None:
        self.frame, self.home, self.top = frame, home, top
        self.y = top + _GAP + 13
        self.words: list[Words] = []
        self.pills: list[StateLabel] = []

    def plate(self, layer: str, items: tuple[ItemAssessment, ...]) -> LayerBox:
        """Return the layer, written."""
        states = [item.item.availability for item in items]
        state = min(states, key=AVAILABILITIES.index) if states else UNSTATED
        title = layer_title(layer, [item.item.form for item in items])
        self.words.append(Words(self.frame.text, self.y, title, title, "title"))
        if len(items) < 2:
            self._pill(state)
            self._name(items[0].own_name if items else "", self.frame.text + round(text_width(title, 15)) + 12)
        for item in items[:SHOWN]:
            if len(items) > 1:
                self.y += _TITLE if self.frame.wide else 4
                self._pill(item.item.availability)
                self._name(item.label, self.frame.text)
            self._details(item)
        if len(items) > SHOWN:
            left = len(items) - SHOWN
            self._line(ngettext("and {number} more", "and {number} more", left).format(number=left), "quiet")
        bottom = max(self.y + _GAP, self.top + _LEAST)
        return LayerBox(layer, state, items, self.top, bottom, tuple(self.words), tuple(self.pills))

    def _pill(self, state: str) -> None:
        """What is given: at the right of the line, or on a line of its own."""
        text = _("not stated") if state == UNSTATED else availability_words(state)
        width = round(text_width(text, 12)) + 18
        if not self.frame.wide:
            self.y += _TITLE
        x = self.frame.width - width - 1 if self.frame.wide else self.frame.text
        self.pills.append(StateLabel(x, self.y - 15, width, state, text))
        self.y += 0 if self.frame.wide else 4

    def _name(self, name: str, x: int) -> None:
        """An item's name: between title and label, or on a line of its own."""
        if not name:
            return
        if self.frame.wide:
            self.words.append(_words(x, self.y, name, self.pills[-1].x - 10 - x, 13, "name"))
        else:
            self._line(name, "name")

    def _details(self, item: ItemAssessment) -> None:
        """The license and the files of an item: side by side, or one under the other."""
        stated = item.item
        license_ = str(item.license) if item.license else _("no license stated") if item.is_available else ""
        files = ", ".join(stated.files) or stated.url or stated.repo or ""
        if stated.files and stated.repo not in (None, self.home):
            files = _("{files} in {repo}").format(files=files, repo=stated.repo)
        if not (self.frame.wide and license_ and files):
            for text, kind in ((license_, "license"), (files, "quiet")):
                if text:
                    self._line(text, kind)
            return
        self._line(license_, "license", _LICENSE)
        x = self.frame.text + _LICENSE + 10
        self.words.append(_words(x, self.y, files, self.frame.width - x, 12, "quiet"))

    def _line(self, text: str, kind: str, space: int | None = None) -> None:
        self.y += _LINE
        x = self.frame.text
        self.words.append(_words(x, self.y, text, space or self.frame.width - x, 13, kind))


def _words(x: int, y: int, text: str, space: int, size: int, kind: str) -> Words:
    return Words(x, y, fit(text, space, size), clean(text), kind)
