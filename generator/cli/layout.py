"""How answers are laid out as text: signs, labelled groups, and links to licenses and repos."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from generator import console
from generator.console import wrap
from generator.licenses.catalog import LicenseId, hub_id, reason
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.licenses.license_set import LicenseSet
    from generator.licenses.rights import ClauseRef

__all__ = ["LABEL", "cite", "clause_link", "hint_lines", "labelled", "short_id", "sign", "wrap", "wrap_for_people"]
LABEL = 15
"""Columns of a label."""
SIGNS = {"yes": "✓", "conditional": "!", "unclear": "?", "no": "✕"}
SIGNS |= {"error": "✕", "warning": "!", "info": "·", "accepted": "✓"}
_UNBROKEN = 24
"""Characters of a clause that is kept on one line."""
_LINES = 5
"""Lines of one group before the rest is counted."""


def sign(kind: str) -> str:
    """Return the sign of an answer or a severity, in its colour.

    Args:
        kind: `yes`, `conditional`, `unclear` or `no`, or a severity.
    """
    return console.add_colour(kind, console.make_printable(SIGNS[kind]))


def labelled(kind: str, label: str, parts: list[str], columns: int) -> list[str]:
    """Return a group of short texts behind a label; what does not fit into its lines is counted.

    Args:
        kind: Its colour; with a sign where the kind has one.
        label: The label.
        parts: The texts.
        columns: The width.
    """
    if not parts:
        return []
    head = f"{console.make_printable(SIGNS[kind])} {label}" if kind in SIGNS else label
    indent = " " * LABEL
    lines: list[str] = []
    for number in range(len(parts), 0, -1):
        rest = len(parts) - number
        shown = [*parts[:number], *([_("{number} more: --verbose").format(number=rest)] if rest else [])]
        lines = wrap(" · ".join(shown), indent, indent, columns)
        if len(lines) <= _LINES or number == 1:
            break
    return [console.add_colour(kind, f"{head:<{LABEL}}") + lines[0][LABEL:], *lines[1:]]


def cite(refs: Iterable[ClauseRef], license_set: LicenseSet | None = None, *, named: bool = True) -> str:
    """Return clauses as they are cited, the first two with links to the texts of their licenses.

    Args:
        refs: The clauses.
        license_set: The terms of the licenses; links need them.
        named: Whether each clause is cited with its license.
    """
    found = list(refs)
    shown = [clause_link(ref, license_set, named=named) for ref in found[:2]]
    return ", ".join(shown) + (", …" if len(found) > 2 else "")


def clause_link(ref: ClauseRef, license_set: LicenseSet | None = None, *, named: bool = True) -> str:
    """Return a clause, linked to the text of its license.

    Args:
        ref: The clause.
        license_set: The terms of the licenses; links need them.
        named: Whether it is cited with its license.
    """
    text = f"{ref.license.removeprefix('LicenseRef-')} {ref.label}" if named else ref.label
    text = text.replace(" ", console.NO_BREAK) if len(text) <= _UNBROKEN else text
    if license_set is None or not console.supports_links():
        return text
    return console.link(text, license_set.terms(ref.license).web_address)


def wrap_for_people(text: str, first: str = "", rest: str = "") -> list[str]:
    """Return a message in lines of the terminal's width; as one line where a program reads it.

    Args:
        text: The message.
        first: What the first line begins with.
        rest: What the others begin with.
    """
    return wrap(text, first, rest) if console.has_viewer() else [f"{first}{text}"]


def short_id(key: LicenseId) -> str:
    """Return the shortest id of a license that commands take: that of the Hub, else its own."""
    return hub_id(key) or key.removeprefix("LicenseRef-")


def hint_lines(columns: int, *, verbose: bool, quote: bool) -> list[str]:
    """Return the last lines of an answer: the options that show more, and that it is a reading.

    Args:
        columns: The width.
        verbose: Whether all reasons are shown.
        quote: Whether the clauses are quoted.
    """
    hints = ["" if verbose else _("Reasons: --verbose."), "" if quote else _("Quotes: --quote."), reason("reading")]
    return wrap(" ".join(filter(None, hints)), columns=columns)
