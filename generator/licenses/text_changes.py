"""What was changed in a license text: sentences that were added, removed or replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from generator.licenses.known_texts import HOLDER_LINE, words_of
from generator.licenses.texts import normalise

_NOTE_LIMIT = 300
_SENTENCES_LIMIT = 4000
_SENTENCE = re.compile(r"(?<=[.;:])\s+(?=\S)")


class Change(NamedTuple):
    """A change of a license text.

    Attributes:
        kind: `added`, `removed` or `replaced`.
        text: The words that were added or removed, or the new ones.
        instead_of: The words that were there; empty unless replaced.
    """

    kind: str
    text: str
    instead_of: str = ""

    def __str__(self) -> str:
        return f"replaced: “{self.instead_of}” by “{self.text}”" if self.instead_of else f"{self.kind}: “{self.text}”"


def _sentences(text: str) -> list[str]:
    return _SENTENCE.split(normalise(HOLDER_LINE.sub("", text)))


def _opcodes(kept: str, text: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Where two texts differ, sentence by sentence and by words that count."""
    import difflib

    one, other = _sentences(kept), _sentences(text)
    if max(len(one), len(other)) > _SENTENCES_LIMIT:
        return  # no license has as many, and comparing them would take minutes
    keys = [[" ".join(words_of(sentence).words) for sentence in side] for side in (one, other)]
    for kind, a, b, c, d in difflib.SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_opcodes():
        if kind != "equal" and (any(keys[0][a:b]) or any(keys[1][c:d])):
            yield kind, one[a:b], other[c:d]


def differences(kept: str, text: str) -> Iterator[str]:
    """Yield lines of a diff, sentence by sentence, so that wrapping does not matter.

    Args:
        kept: The text of the license.
        text: The other text.
    """
    for _, one, other in _opcodes(kept, text):
        yield from (f"-{sentence}" for sentence in one)
        yield from (f"+{sentence}" for sentence in other)


def changes(kept: str, text: str) -> Iterator[Change]:
    """Yield what was added, removed or replaced.

    Args:
        kept: The text of the license.
        text: The other text.
    """
    for _, one, other in _opcodes(kept, text):
        before, after = shorten(" ".join(one)), shorten(" ".join(other))
        if before and after:
            yield Change("replaced", after, before)
        else:
            yield Change("added" if after else "removed", after or before)


def shorten(said: str) -> str:
    """Return a quotation that is no longer than a note may be."""
    return said if len(said) <= _NOTE_LIMIT else f"{said[: _NOTE_LIMIT - 2]} …"
