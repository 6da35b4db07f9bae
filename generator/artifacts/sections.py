"""The sections of an existing card that a release file has a place for, as they stand; the one door to markdown-it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

HEADINGS = {
    "intended_use": ("uses", "intended use", "intended uses", "intended uses & limitations", "direct use"),
    "out_of_scope": ("out-of-scope use", "out of scope", "misuse"),
    "limitations": ("bias, risks, and limitations", "limitations", "limitations and bias", "risks and limitations"),
    "how_to_use": ("how to get started with the model", "how to use", "usage", "quickstart", "getting started"),
    "training": ("training details", "training", "training procedure", "training data"),
    "evaluation": ("evaluation", "evaluation results", "results"),
    "environment": ("environmental impact",),
    "citation": ("citation", "how to cite", "citing"),
}
"""Headings of the Hub's template and of common cards, lower case, by the section they become."""


def read_sections(text: str) -> dict[str, str]:
    """Return the sections of a card that a release file has a place for, the first of each kind.

    Args:
        text: The card without its front matter.
    """
    lines = text.splitlines(keepends=True)
    heads = list(_headings(text))
    found: dict[str, str] = {}
    for number, (level, line, body, title) in enumerate(heads):
        name = next((key for key, titles in HEADINGS.items() if title.casefold().strip(" :") in titles), None)
        end = next((other for depth, other, _, _ in heads[number + 1 :] if depth <= level), len(lines))
        content = "".join(lines[body:end]).strip("\n")
        if name and name not in found and content.strip() and line < end:
            found[name] = content + "\n"
    return found


def _headings(text: str) -> Iterator[tuple[int, int, int, str]]:
    """Level, first line, first line of what follows, and text of each heading; none inside code or HTML."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(text)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.map and token.level == 0:
            yield int(token.tag[1:]), token.map[0], token.map[1], inline.content
