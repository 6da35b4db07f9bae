"""Placeholders that a template left in a card, and the sections that a card has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.artifacts.card_sections import heading_patterns
from generator.artifacts.markdown import Fence, Outline, labels
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern

_SNIPPET = lazy_pattern(
    r"\b(?:sentence_transformers|cross_encoder|sparse_encoder|setfit|span_marker|pylate)_model_id\b"
    r"|\byour[-_]?(?:hf[-_]?)?(?:user(?:[-_]?name)?|org(?:anization)?|account|name)/[\w.-]{1,80}"
    r"|\byour[-_]model[-_](?:name|id|path)\b|\{MODEL_NAME\}",
    re.I,
)
# What a template leaves behind. A word such as TODO counts in place of a text, not within a sentence.
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
"""Every text with a placeholder has one of these; most texts have none and need no closer search."""


class Placeholder(NamedTuple):
    """A placeholder and its place, from 1."""

    text: str
    line: int
    column: int


def may_hold_placeholder(text: str) -> bool:
    """Return whether a text can have a placeholder."""
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
                continue  # `todo` in lower case is an ordinary word
            if shown[0] == "[" and shown[:-1].lower() in defined:
                continue  # a reference link
            yield Placeholder(shown[:80], number, line.index(shown, found.start()) + 1)


def says(found: Outline, name: str, lines: list[str]) -> bool:
    """Return whether a text has a section of a kind, with something in it.

    Args:
        found: What it holds.
        name: The key of the release file's `card`.
        lines: Its lines.
    """
    heads = sorted((*found.headings, *labels(found, lines)), key=lambda heading: heading.line)
    for number, heading in enumerate(heads):
        if not heading_patterns()[name].search(heading.text):
            continue
        end = next((h.line for h in heads[number + 1 :] if h.level <= heading.level), len(lines))
        if any(line.strip() for line in lines[heading.after : end]):
            return True
    return False


def snippet_placeholders(fences: Iterable[Fence]) -> Iterator[Placeholder]:
    """Yield the placeholders in code: names that nobody can load.

    Args:
        fences: The code of a text.
    """
    for fence in fences:
        for number, line in enumerate(fence.code.split("\n"), fence.line + 2):
            for found in _SNIPPET.finditer(line[:2000]):
                yield Placeholder(found.group()[:80], number, found.start() + 1)
