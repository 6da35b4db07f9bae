"""Short texts on values, for prompts and the review."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from generator.errors import CharterError
from generator.licenses.catalog import Expression, get_known_name, parse
from generator.translations import gettext as _
from generator.translations import ngettext


def in_words(value: Any) -> str:  # noqa: ANN401 - any field
    """Return a value on one line.

    Args:
        value: The value of a field, or None.
    """
    if value is None:
        return ""
    if isinstance(value, list):
        parts = [f"{v['relation']} {v['ref']}" if isinstance(v, dict) and "ref" in v else str(v) for v in value]
        return shortened(parts, 4)
    return " ".join(str(value).split())


def joined(words: Iterable[str]) -> str:
    """Return words as a list in a sentence.

    Args:
        words: The words.
    """
    *first, last = [*words] or [""]
    return _("{names} and {last}").format(names=", ".join(first), last=last) if first else last


def shortened(words: Sequence[str], most: int) -> str:
    """Return words as a list; what is left out is counted.

    Args:
        words: The words.
        most: How many are named.
    """
    names, rest = ", ".join(words[:most]), len(words) - most
    return (
        ngettext("{names} and {number} more", "{names} and {number} more", rest).format(names=names, number=rest)
        if rest > 0
        else names
    )


def license_name(text: str) -> str:
    """Return the name of a license, or of each license of an expression; the text itself if charter doesn't know it.

    Args:
        text: A license id or an expression.
    """
    try:
        found = parse(text)
    except CharterError:
        return text
    return expression_name(found)


def expression_name(found: Expression) -> str:
    """Return the name of a license; the SPDX id where it has one.

    Args:
        found: The license.
    """
    if found.parts:
        return f" {found.operator} ".join(map(expression_name, found.parts))
    key = found.license
    return (
        get_known_name(key)
        if key.startswith("LicenseRef-")
        else f"{key} WITH {found.exception}"
        if found.exception
        else key
    )
