"""What a clause says, word for word: cut out of the license text when it is asked for, stored nowhere."""

from __future__ import annotations

from functools import lru_cache

from generator.licenses.clauses import quote
from generator.licenses.terms import Terms
from generator.licenses.texts import digest, keep_copy, kept_copy, text_of


def kept_text(terms: Terms) -> str | None:
    """Return the text of a license from the SPDX list or the cache, if it is the one that was read; else None.

    Args:
        terms: The license.
    """
    source = tuple(sorted(terms.text_source.items())) if terms.text_source else None
    return _verified(source, terms.digest) if source else None


def quoted(terms: Terms, clause: str) -> str | None:
    """Return a clause of a license word for word, or None where no text is at hand.

    Args:
        terms: The license.
        clause: The clause as it is cited.
    """
    text = kept_text(terms)
    return quote(text, clause, terms.anchors) if text else None


@lru_cache(maxsize=64)
def _verified(source: tuple[tuple[str, str], ...], expected: str | None) -> str | None:
    if expected is None:
        return text_of(dict(source))
    (origin, key), *_ = source
    # Unpacking the SPDX list takes longer than all else a build does, so a text is kept once it was found right.
    if origin == "spdx" and (copy := kept_copy(key)) is not None and digest(copy) == expected:
        return copy
    text = text_of(dict(source))
    if text is None or digest(text) != expected:
        return None
    if origin == "spdx":
        keep_copy(key, text)
    return text
