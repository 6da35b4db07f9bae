"""The nearest valid words to one that is not, for errors."""

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
    import difflib  # half a millisecond of start-up that only errors need

    return tuple(difflib.get_close_matches(word[:80], list(known), n=number, cutoff=cutoff))


def is_one_slip(text: str, word: str) -> bool:
    """Return whether a text is a word with one letter too many, missing, wrong, or two letters exchanged.

    Args:
        text: What is written.
        word: What is meant.
    """
    if text == word or abs(len(text) - len(word)) > 1:
        return False
    same = next((n for n, (one, other) in enumerate(zip(text, word, strict=False)) if one != other), None)
    if same is None:
        return True
    rest, other = text[same:], word[same:]
    return rest[1:] in (other[1:], other) or rest == other[1:] or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
