"""The texts of a card that people wrote: sections of the release file, and README.md outside the generated part."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from generator.artifacts.card import BLOCK, BLOCK_LIMIT
from generator.artifacts.folder import read_text
from generator.artifacts.markdown import (
    BRACKETS_LIMIT,
    CHARACTERS_LIMIT,
    LINES_LIMIT,
    Outline,
    blanks,
    get_checked_part,
    prose_lines,
)
from generator.artifacts.sections import outline
from generator.checks.registry import Subject, is_stated
from generator.documents.storage.record import CARD, CARD_LIMIT, BrokenMarkers, find_markers
from generator.errors import CharterError
from generator.named_tuple import NamedTuple
from generator.release.model import Card, Location, Release
from generator.release.part import fields_of
from generator.release.positions import inside
from generator.translations import gettext as _

SHOWN = 50
"""Findings of one rule in one text; who has more begins with these."""


class Text(NamedTuple):
    """One text of a card.

    Attributes:
        section: The key of the release file's `card`; None for README.md.
        text: The part of it that is checked, with blanks in place of what a build generated.
        whole: Whether that is all of it.
        found: What it holds.
    """

    release: Release
    section: str | None
    text: str
    whole: bool
    found: Outline

    def at(self, line: int, column: int) -> Location:
        """Return where a line and column of it, from 1, stand in the file."""
        if self.section is None:
            return Location(str((self.release.folder or Path()) / CARD), line, column)
        written: str = getattr(self.release.card, self.section)
        return inside(self.release, ("card", self.section), written, line, column)

    def prose(self) -> list[str]:
        """Return its lines without code and comments."""
        return prose_lines(self.text, self.found.fences)


def card_is_written(release: Release) -> bool:
    """Return whether a build writes the card, so that the release file's sections stand in it."""
    return is_stated(release) and "card" in release.outputs


@lru_cache(maxsize=1)  # every rule of the family asks for them
def texts(subject: Subject) -> tuple[Text, ...]:
    """Return the texts of a card that people wrote, README.md last.

    Args:
        subject: What the rules look at.
    """
    release = subject.release
    found: list[Text] = []
    left = CHARACTERS_LIMIT
    sections = fields_of(Card) if card_is_written(release) else ()
    written = [(name, getattr(release.card, name)) for name in sections] + [(None, readme(subject))]
    for name, text in written:
        if text is None or (name and not text.strip()):
            continue
        # One measure for all of them: a file may be split in as many sections as there are.
        kept = get_checked_part(text[:left]).replace("\r", " ")
        kept = kept if len(kept) == len(text) else kept[: kept.rfind("\n") + 1]
        left -= len(kept)
        found.append(Text(release, name, kept, len(kept) == len(text), outline(kept)))
    return tuple(found)


def format_unchecked_part() -> str:
    """Return in words how much of a card is checked."""
    return _("{CHARACTERS_LIMIT} characters, {LINES_LIMIT} lines or {BRACKETS_LIMIT} brackets").format(
        CHARACTERS_LIMIT=CHARACTERS_LIMIT, LINES_LIMIT=LINES_LIMIT, BRACKETS_LIMIT=BRACKETS_LIMIT
    )


@lru_cache(maxsize=1)
def readme(subject: Subject) -> str | None:
    """Return a person's part of README.md, everything else as blanks; None where there is none that can be read.

    Args:
        subject: What the rules look at. Where it has a release file, what a build generated is not a person's.
    """
    release = subject.release
    try:
        text = read_text(release.folder, CARD, CARD_LIMIT) if release.folder else None
    except CharterError:
        return None  # HUB106 says so
    if text is None:
        return None
    block = BLOCK.match(text, 0, 2 * BLOCK_LIMIT)
    spans = [(0, block.end())] if block else []
    try:
        markers = find_markers(text) if is_stated(release) else None
    except BrokenMarkers:
        markers = None  # a build says so; everything is read as a person's
    spans += [(markers.begin, markers.after)] if markers else []
    for begin, end in reversed(spans):  # from the back, since blanks are shorter
        text = text[:begin] + blanks(text[begin:end]) + text[end:]
    return text
