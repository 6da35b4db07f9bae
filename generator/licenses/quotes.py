"""What a clause says, word for word: cut out of the license text when it is asked for, stored nowhere."""

from __future__ import annotations

import json
from functools import lru_cache

from generator.licenses.catalog import KNOWLEDGE, only_of
from generator.licenses.terms import Terms, TextSource
from generator.licenses.texts import digest, get_cached_copy, keep_copy, normalise, text_of


def get_verified_text(terms: Terms) -> str | None:
    """Return the text of a license from the SPDX list or the cache, if it is the one that was read; else None.

    Args:
        terms: The license.
    """
    return _verify(terms.text_source, terms.digest) if terms.text_source else None


def get_quote(terms: Terms, clause: str) -> str | None:
    """Return a clause of a license word for word, or None where no text is available.

    Args:
        terms: The license.
        clause: The clause as it is cited.
    """
    text = get_verified_text(terms)
    if text is None:
        return None
    spans = _spans().get(only_of(terms.id), {}).get(clause)
    if spans is not None:
        whole = normalise(text)
        return " … ".join(whole[start:end] for start, end in spans).rstrip()
    from generator.licenses.clauses import quote

    return quote(text, clause, terms.anchors)


@lru_cache(maxsize=1)
def _spans() -> dict[str, dict[str, list[tuple[int, int]]]]:
    """Which parts of the normalised texts are quoted for a clause; an empty last part means that the clause goes on.

    The digests of the texts are known, and tools/make_index.py has searched them.
    """
    loaded: dict[str, dict[str, list[tuple[int, int]]]] = json.loads((KNOWLEDGE / "spans.json").read_bytes())
    return loaded


@lru_cache(maxsize=64)
def _verify(source: TextSource, expected: str | None) -> str | None:
    if expected is None:
        return text_of(source, None)
    # Unpacking the SPDX list takes longer than all else a build does, so a text is kept once it was found right.
    if source.origin == "spdx" and (copy := get_cached_copy(source.key)) is not None and digest(copy) == expected:
        return copy
    text = text_of(source, expected)
    if text is None or digest(text) != expected:
        return None
    if source.origin == "spdx":
        keep_copy(source.key, text)
    return text
