"""The nearest valid words to one that is not, for complaints."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], number: int = 1, cutoff: float = 0.6) -> tuple[str, ...]:
    """Return the words of `known` that are most like `word`, best first; none where nothing is close.

    Args:
        word: What was written; only its first 80 characters are compared.
        known: What could have been meant.
        number: How many are wanted at most.
        cutoff: How alike they have to be, from 0 to 1.
    """
    import difflib  # half a millisecond of start-up that only complaints need

    return tuple(difflib.get_close_matches(word[:80], list(known), n=number, cutoff=cutoff))
