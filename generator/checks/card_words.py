"""Words of a card: placeholders that a template left, and headings that answer what readers look for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from generator.artifacts.markdown import Outline

_ANSWERS = {
    "intended_use": r"\b(?:intended|direct|downstream|primary|recommended) us(?:e|es|age)\b|^uses?\b|\buse[ -]cases?\b"
    r"|\bapplications?\b|\bpurpose\b",
    "limitations": r"\blimit(?:s|ations?)\b|\brisks?\b|\bbias(?:es)?\b|\bcaveats?\b|\bknown issues\b",
    "how_to_use": r"\bhow (?:to|do i)\b|\busage\b|\bquick ?-?start\b|\bget(?:ting)? started\b|\bexamples?\b"
    r"|\binference\b|\bus(?:e|ing) (?:it|this|the|with)\b|\brun(?:ning)?\b|\binstall",
    "evaluation": r"\bevaluat|\bbenchmarks?\b|\bresults?\b|\bperformance\b|\bmetrics?\b|\baccuracy\b",
}
"""What headings of real cards say; a whole list of exact ones would find a section missing that is there."""
# What a template leaves behind. A word such as TODO counts where it stands for a text, not where a text speaks of it.
_LEFT = (
    r"\[?more information needed\]?",
    r"<(?:your|insert|enter|add|name of|placeholder|fill)(?![a-z])[^<>\n]{0,80}>",
    r"(?<!\])\[(?:your|insert|enter|fill|placeholder|todo|tbd|tba|add (?:your|a|the)|describe)(?![a-z])"
    r"[^\]\n]{0,80}\](?![(\[:])",
    r"(?:^|[|:>*\-(]\s?)\s?\b(?:TODO|FIXME|TBD|TBA)\b(?=\s?(?:[:.|)*!-]|$))",
    r"\b(?:TODO|FIXME|TBD|TBA)(?=:|[.!]?\s?$|\s?\|)",
    r"\blorem ipsum\b(?=,? dolor|\W*$)",
    r"\{\{ ?[a-z]{1,40}_[a-z_]{0,40} ?(?:\|[^{}\n]{0,200})?\}\}",
    r"^\W*(?:please )?(?:insert|write|put|add|enter|describe|fill in)\b[^.\n]{0,60}\bhere\b\W*$",
    r"^\W*your (?:text|description|content|summary|answer)s? (?:goes )?here\W*$",
)
_MAYBE = (
    *("information needed", "todo", "fixme", "tbd", "tba", "lorem ipsum", "{{"),
    *(f"{mark}{word}" for mark in "<[" for word in ("your", "insert", "enter", "add", "placeholder", "fill")),
    *("<name of", "[describe", " here\n", " here.", " here]", " here>", " here*", " here)", " here:", " here!"),
)
"""One of these stands in every text that holds a placeholder; most texts hold none, and cost nothing more."""


class Placeholder(NamedTuple):
    """A placeholder, and where it stands, from 1."""

    text: str
    line: int
    column: int


def may_hold_placeholder(text: str) -> bool:
    """Return whether a closer look is worth its while."""
    small = f"{text.lower()}\n"
    return any(mark in small for mark in _MAYBE)


def placeholders(lines: Iterable[str]) -> Iterator[Placeholder]:
    """Yield the placeholders of a text.

    Args:
        lines: Its lines, without code and comments.
    """
    lines = [line.rstrip() for line in lines]
    defined = {line.lower().partition("]:")[0].strip() for line in lines if "]:" in line}
    left = re.compile("|".join(f"(?:{one})" for one in _LEFT), re.I)
    for number, line in enumerate(lines, 1):
        if not may_hold_placeholder(line):
            continue
        for found in left.finditer(line):
            shown = found.group().strip(" \t|:>*-(")
            word = re.match(r"\W*(TODO|FIXME|TBD|TBA)\b", found.group(), re.I)
            if word and not word[1].isupper():
                continue  # `todo` in small letters is a word like any other
            if shown[0] == "[" and shown[:-1].lower() in defined:
                continue  # a link by its reference
            yield Placeholder(shown[:80], number, line.index(shown, found.start()) + 1)


def says(found: Outline, name: str, lines: list[str]) -> bool:
    """Return whether a text has a section of a kind, with something in it.

    Args:
        found: What it holds.
        name: The key of the release file's `card`.
        lines: Its lines.
    """
    for number, heading in enumerate(found.headings):
        if not re.search(_ANSWERS[name], heading.text, re.I):
            continue
        end = next((h.line for h in found.headings[number + 1 :] if h.level <= heading.level), len(lines))
        if any(line.strip() for line in lines[heading.after : end]):
            return True
    return False
