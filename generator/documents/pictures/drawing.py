"""What the pictures share: the estimated width of a text, since no font is available, and how a text is cut."""

from __future__ import annotations

import re
import unicodedata

from generator.documents.words import one_line

_NARROW = frozenset("iljtfrI.,:;'|!()[]/ -`")
_BROAD = frozenset("mwMW@%—…")
# What XML 1.0 knows no character for, besides the control characters that `one_line` takes out.
_NO_TEXT = re.compile("[\ud800-\udfff\ufffe\uffff]")


def clean(text: object) -> str:
    """Return a value as one line of text that may stand in XML.

    Args:
        text: The value.
    """
    return _NO_TEXT.sub("\ufffd", one_line(text))


def text_width(text: str, size: int) -> float:
    """Return the pixels that a text takes in a common sans-serif, rather too many than too few.

    Args:
        text: One line.
        size: The font's size in pixels.
    """
    return sum(map(_share, text)) * size


def fit(text: object, pixels: float, size: int) -> str:
    """Return a text cut to a width, with an ellipsis where something is left out.

    Args:
        text: The text.
        pixels: The room there is.
        size: The font's size in pixels.
    """
    line = clean(text)
    if text_width(line, size) <= pixels:
        return line
    left = pixels - text_width("…", size)
    kept = ""
    for character in line:
        left -= _share(character) * size
        if left < 0:
            break
        kept += character
    return kept.rstrip(" ,;-") + "…"


def _share(character: str) -> float:
    """The width of a character as a share of the font's size."""
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character in _NARROW:
        return 0.36
    if character in _BROAD:
        return 0.98
    return 0.72 if character.isupper() else 0.59
