"""What a clause says, word for word: cut out of the license text when it is asked for, stored nowhere."""

from __future__ import annotations

import json
from functools import lru_cache

from generator.licenses.catalog import KNOWLEDGE, only_of
from generator.licenses.terms import Terms, TextSource
from generator.licenses.texts import digest, keep_copy, kept_copy, normalise, shortened, text_of

LIMIT = 400
"""Characters that a quotation has, about."""


def kept_text(terms: Terms) -> str | None:
    """Return the text of a license from the SPDX list or the cache, if it is the one that was read; else None.

    Args:
        terms: The license.
    """
    return _verified(terms.text_source, terms.digest) if terms.text_source else None


def quoted(terms: Terms, clause: str) -> str | None:
    """Return a clause of a license word for word, or None where no text is at hand.

    Args:
        terms: The license.
        clause: The clause as it is cited.
    """
    text = kept_text(terms)
    if text is None:
        return None
    span = _spans().get(only_of(terms.id), {}).get(clause)
    if span is not None:
        return shortened(normalise(text)[span[0] : span[1]], LIMIT)
    from generator.licenses.clauses import quote

    return quote(text, clause, terms.anchors, LIMIT)


@lru_cache(maxsize=1)
def _spans() -> dict[str, dict[str, tuple[int, int]]]:
    """Where clauses stand in the normalised texts, whose digests are known; make_index.py has searched them."""
    loaded: dict[str, dict[str, tuple[int, int]]] = json.loads((KNOWLEDGE / "spans.json").read_bytes())
    return loaded


@lru_cache(maxsize=64)
def _verified(source: TextSource, expected: str | None) -> str | None:
    if expected is None:
        return text_of(source, None)
    # Unpacking the SPDX list takes longer than all else a build does, so a text is kept once it was found right.
    if source.origin == "spdx" and (copy := kept_copy(source.key)) is not None and digest(copy) == expected:
        return copy
    text = text_of(source, expected)
    if text is None or digest(text) != expected:
        return None
    if source.origin == "spdx":
        keep_copy(source.key, text)
    return text
