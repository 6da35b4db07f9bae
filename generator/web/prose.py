"""The publisher's own text by section: from the release file, else from the README.md of the folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from generator.artifacts.card_sections import section_of
from generator.artifacts.markdown import Fence, Heading
from generator.artifacts.sections import outline
from generator.documents.training import environment_facts, training_facts
from generator.documents.words import section
from generator.release.model import Card, Release
from generator.translations import mark_text

ABOUT = "about"
SECTIONS = {
    "how_to_use": ("use", mark_text("How to use")),
    "intended_use": ("uses", mark_text("Uses")),
    "out_of_scope": ("out-of-scope", mark_text("Out-of-scope use")),
    "limitations": ("limits", mark_text("Limitations")),
    "evaluation": ("results", mark_text("Results")),
    ABOUT: (ABOUT, mark_text("About")),
    "training": ("training", mark_text("Training")),
    "environment": ("environment", mark_text("Environmental impact")),
    "citation": ("citation", mark_text("Citation")),
}
"""The id and the title of each section on the page, in the order of the page, by its name in the release file."""
_GENERATED = re.compile(r"^ {0,3}<!-- charter:begin\b.*?^ {0,3}<!-- charter:end\b.*?-->[ \t]*(?:\r?\n|\Z)", re.S | re.M)
"""What `charter build` writes into a card."""


def written_by_hand(card: str) -> str:
    """Return a card without the part that charter writes.

    Args:
        card: The card without its front matter.
    """
    return _GENERATED.sub("", card).strip("\n")


def sections(card: Card, own: str) -> dict[str, str]:
    """Return the Markdown of each section that has a text, in the order of the page.

    Args:
        card: The sections that the release file states. They come before those of a README.md.
        own: The text of a README.md that a person wrote.
    """
    found = _sections_of(own) if own.strip() else {}
    stated = {name: getattr(card, name) for name in SECTIONS if name != ABOUT}
    found |= {name: text for name, text in stated.items() if text and text.strip()}
    return {name: found[name] for name in SECTIONS if name in found}


def with_facts(found: dict[str, str], release: Release) -> dict[str, str]:
    """Return the sections with what the release file states of training.

    Args:
        found: The Markdown of each section.
        release: The release.
    """
    facts = {"training": training_facts(release), "environment": environment_facts(release)}
    stated = {name: text for name, text in facts.items() if text}
    added = {name: "\n\n".join(filter(None, (section(found.get(name, "")), text))) for name, text in stated.items()}
    return {name: (found | added)[name] for name in SECTIONS if name in found or name in added}


def first_code(text: str) -> Fence | None:
    """Return the first fenced code of a text, or None.

    Args:
        text: Markdown.
    """
    return next((fence for fence in outline(text).fences if fence.code.strip()), None)


class _Part(NamedTuple):
    """A section of a README.md: its heading, its text without the heading, and its name in the release file."""

    name: str
    heading: Heading | None
    text: str


def _sections_of(own: str) -> dict[str, str]:
    groups: dict[str, list[_Part]] = {}
    for part in _parts(own):
        if part.text.strip():
            groups.setdefault(part.name, []).append(part)
    return {name: _joined(name, parts) for name, parts in groups.items()}


def _parts(own: str) -> Iterator[_Part]:
    lines = own.split("\n")
    heads = outline(own).headings
    if heads and heads[0].level == 1 and not any(line.strip() for line in lines[: heads[0].line]):
        start, heads = heads[0].after, heads[1:]  # the title
    else:
        start = 0
    top = min((head.level for head in heads), default=1)
    tops = [head for head in heads if head.level == top]
    yield _Part(ABOUT, None, "\n".join(lines[start : tops[0].line if tops else len(lines)]))
    for number, head in enumerate(tops):
        end = tops[number + 1].line if number + 1 < len(tops) else len(lines)
        yield _Part(section_of(head.text) or ABOUT, head, "\n".join(lines[head.after : end]))


def _joined(name: str, parts: list[_Part]) -> str:
    """The text of a section; the headings are kept where there are several, or where they say more than the title."""
    if name != ABOUT and len(parts) == 1:
        return parts[0].text
    level = "#" * min((part.heading.level for part in parts if part.heading), default=2)
    return "\n\n".join(f"{level} {part.heading.text}\n\n{part.text}" if part.heading else part.text for part in parts)
