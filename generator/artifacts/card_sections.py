"""The sections of a card that a release file has a place for, whatever form and language their headings have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from generator.artifacts.markdown import Heading, get_checked_part, labels
from generator.artifacts.sections import outline
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern

_HEADINGS = Path(__file__).resolve().parent.parent / "knowledge/hub/headings.txt"
_MARKERS = lazy_pattern(r"^ {0,3}<!-- charter:(?:begin|end)\b.*?-->[ \t]*(?:\r?\n|\Z)", re.S | re.M)
"""What `charter build` writes around the generated part of a card: markers and a record, no text of the card."""
_COMMENT = lazy_pattern(r"<!--.*?(?:-->|\Z)", re.S)
_NUMBER = lazy_pattern(
    r"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}|[IVXivx]{1,5}|[A-Za-z])[.):]\s*|[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}\s+"
)
_MARKS = " *_#`:.|-\uff1a\u2013\u2014"
_EMPTY = lazy_pattern(
    r"[\s>*_#|:-]*(?:(?:[*_]{2})?[^*_:\n]{0,60}:(?:[*_]{2})?:?\s*)?"
    r"\[?(?:more information needed|information needed|needs more information|todo|tbd|n/?a)\]?[\s.*_|-]*"
    r"|[\s>-]*(?:\*\*|__)[^*_\n]{1,60}(?:\*\*|__):?\s*"
    r"|Users \(both direct and downstream\) should be made aware of the risks, biases and limitations of the \w+\..*"
    r"|Users should be made aware of the risks, biases and limitations of the \w+\. More information needed.*"
    r"|Use the code below to get started with the model\.\s*"
    r"|Carbon emissions can be estimated using the \[Machine Learning Impact calculator\].*",
    re.I,
)
"""A line that a template left without an answer, or that it wrote itself."""
_WORDS_OF_LABEL = 5
_LABELS = ("out_of_scope", "intended_use", "limitations", "training", "evaluation", "environment", "citation")
"""Sections that a bold label can begin; labels such as `Example:` stand within sections."""


class _Section(NamedTuple):
    """A heading of a section, and the lines that follow it, up to the next heading that is not below it."""

    name: str | None
    heading: Heading
    end: int


def section_of(title: str) -> str | None:
    """Return the section of a release file's `card` that a heading names, or None.

    What the title names first decides: `Intended uses & limitations` is about uses.

    Args:
        title: The text of a heading.
    """
    found = _matches(bare_title(title))
    return found[0].name if found else None


def bare_title(title: str) -> str:
    """Return a heading without its number, emoji, marks and colon.

    Args:
        title: The text of a heading.
    """
    text = "".join(" " if unicodedata.category(c) in ("So", "Sk", "Cf") else c for c in title[:200])
    text = _NUMBER.sub("", " ".join(text.strip(_MARKS).split()), count=1).strip(_MARKS)
    return text if not title.rstrip().endswith(".") else f"{text}."


@lru_cache(maxsize=1)
def heading_patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of headings by section; a list of exact headings would miss sections."""
    parts: dict[str, list[str]] = {}
    for line in _HEADINGS.read_text(encoding="utf-8").splitlines():
        name, _, part = line.partition(" ")
        if name and name != "#":
            parts.setdefault(name, []).append(part)
    return {name: re.compile("|".join(held), re.I) for name, held in parts.items()}


def read_sections(text: str) -> dict[str, str]:
    """Return the sections of a card that a release file has a place for, by the key of its `card`.

    Several headings of one kind are joined. A section within another of a different kind stands only in its own.
    Comments, the markers of `charter build`, and what a template left without an answer are left out.

    Args:
        text: The card without its front matter.
    """
    text = get_checked_part(_MARKERS.sub("", text))
    lines = text.split("\n")
    sections = list(_sections(text, lines))
    found: dict[str, list[str]] = {}
    for number, section in enumerate(sections):
        if section.name is None or _is_inside(sections[:number], section):
            continue
        content = _content(lines, section, _other_parts(sections[number + 1 :], section))
        if content and section.name in found:
            content = f"### {section.heading.text}\n\n{content}"
        if content:
            found.setdefault(section.name, []).append(content)
    return {name: "\n\n".join(parts) + "\n" for name, parts in found.items()}


def _sections(text: str, lines: list[str]) -> Iterator[_Section]:
    """All headings with the section each names; a label only begins a section that no heading has."""
    held = outline(text)
    named = {section_of(heading.text) for heading in held.headings}
    html = {heading.line for heading in held.headings}
    bold = [label for label in labels(held, lines) if label.line not in html]
    heads = [*held.headings, *(label for label in bold if label.level < _BOLD or _is_label(label, named))]
    heads.sort(key=lambda heading: heading.line)
    title = next((heading for heading in heads if heading.level == 1), None)
    strong = {match.name for heading in heads for match in _matches(bare_title(heading.text))[:1] if not match.weak}
    for number, heading in enumerate(heads):
        end = next((other.line for other in heads[number + 1 :] if other.level <= heading.level), len(lines))
        below = {section_of(other.text) for other in heads[number + 1 :] if other.line < end}
        yield _Section(_kind(heading, below, strong, is_title=heading is title), heading, end)


def _kind(heading: Heading, below: set[str | None], strong: set[str], *, is_title: bool) -> str | None:
    """The section that a heading begins, by the headings below it and the plainest headings of the card."""
    bare = bare_title(heading.text)
    found = _matches(bare)
    if not found or (found[0].weak and found[0].name in strong):
        return None
    if is_title and (found[0].start, found[0].end) != (0, len(bare)):
        return None  # the name of a model may have a word such as `fine-tuned` in it
    # `Usage and limitations`: the headings below it tell the two apart.
    return None if len(found) > 1 and found[0].name in below else found[0].name


_BOLD = 7
"""The level of a bold label: below every heading."""


def _is_label(label: Heading, named: set[str | None]) -> bool:
    name = section_of(label.text)
    return name in _LABELS and name not in named and len(label.text.split()) <= _WORDS_OF_LABEL


class _Match(NamedTuple):
    """The part of a title that names a section; a weak one may mean other things too."""

    start: int
    end: int
    name: str
    weak: bool


_WEAK = lazy_pattern(r"examples?|demo|install|run(?:ning)?|deploy|loading|tips|performance|data ?sets?", re.I)
_LONG = 6
"""Words of a title that is a sentence, unless it begins with what names a section."""


@lru_cache(maxsize=1024)
def _matches(bare: str) -> tuple[_Match, ...]:
    """What a title names, in its order; of parts that overlap, the first and longest."""
    found = [
        _Match(part.start(), part.end(), name, _WEAK.fullmatch(part[0]) is not None)
        for name, pattern in heading_patterns().items()
        if (part := pattern.search(bare))
    ]
    found.sort(key=lambda match: (match.start, -match.end))
    kept: list[_Match] = []
    for match in found:
        if all(match.start >= other.end for other in kept):
            kept.append(match)
    sentence = len(bare.split()) > _LONG or bare.endswith((".", "!"))
    return () if kept and kept[0].start and sentence else tuple(kept)


def _is_inside(before: list[_Section], section: _Section) -> bool:
    """Whether a section is a part of one of the same kind."""
    return any(other.name == section.name and section.heading.line < other.end for other in before)


def _other_parts(after: list[_Section], section: _Section) -> list[tuple[int, int]]:
    """The lines below a heading that belong to sections of another kind."""
    inside = [other for other in after if other.heading.line < section.end]
    return [(other.heading.line, other.end) for other in inside if other.name not in (None, section.name)]


def _content(lines: list[str], section: _Section, without: list[tuple[int, int]]) -> str:
    """The text of a section, or an empty text where it says nothing."""
    kept: list[str] = []
    for number in range(section.heading.after, section.end):
        if not any(start <= number < end for start, end in without):
            kept.append(lines[number])
    if section.heading.after == section.heading.line and kept:
        kept[0] = re.sub(r"^\s*(?:[-*] )?(?:\*\*|__).*?(?:\*\*|__)\s*:?\s*", "", kept[0])
    text = _COMMENT.sub("", "\n".join(kept))
    said = [line for line in text.split("\n") if line.strip(" -*_#>|") and not _EMPTY.fullmatch(line)]
    said = [line for line in said if not re.match(r" {0,3}#{1,6}\s|\s*</?\w+[^>]*>\s*$", line)]
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n").rstrip() if said else ""
