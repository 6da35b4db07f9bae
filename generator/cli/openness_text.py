"""How the answer of `openness` is shown as text: a verdict a line, its reason, and what would change it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from generator.documents.words import ANSWER_WORDS
from generator.openness.answers import Openness
from generator.openness.facts import format_sentence
from generator.openness.mof import Grade, version
from generator.openness.osaid import Requirement

_LABEL = 42


def openness_text(found: Openness, width: int) -> str:
    """Return how open a release is, as text.

    Args:
        found: The answer.
        width: Columns of the terminal.
    """
    lines = [found.target, ""]
    for lead, name in (
        ("If training data counts as source code", "program"),
        ("If weights count as source code", "source"),
    ):
        framing = found.framings[name]
        lines += _entry(lead, framing.title, [framing.because, f"→ {framing.change}"], width)
    grade = found.mof
    lines += _entry(f"Model Openness Framework {version()}", *_grade(grade), width)
    lines += _entry("Open Source AI Definition 1.0", ANSWER_WORDS[found.osaid.answer], [found.osaid.because], width)
    lines += _requirements("osaid", found.osaid.requirements, width)
    exempt = found.eu_exemption
    lines += _entry("EU AI Act, Art. 53(2)", ANSWER_WORDS[exempt.answer], [exempt.because], width)
    lines += _requirements("eu", exempt.conditions, width)
    return "\n".join([*lines, *_fill(format_sentence("eu", "advice"), width)])


def _grade(grade: Grade) -> tuple[str, list[str]]:
    """The class, and the lines below it."""
    steps = ", ".join(f"class {'I' * level} {grade.progress[level]:.0f} %" for level in (3, 2, 1))
    lines = [f"{steps[0].upper()}{steps[1:]}.", f"→ {grade.change}"]
    if grade.unfit:
        lines.append(
            format_sentence("mof", "unfit", components=", ".join(key.replace("-", " ") for key in grade.unfit))
        )
    return grade.label or "No class", [*lines, *grade.notes]


def _entry(label: str, verdict: str, lines: list[str], width: int) -> Iterator[str]:
    yield f"{label:<{_LABEL}}{verdict}"
    for line in lines:
        yield from _fill(line, width, "    ", "      " if line.startswith("→") else "    ")
    yield ""


def _requirements(group: str, found: tuple[Requirement, ...], width: int) -> Iterator[str]:
    for entry in found:
        title = format_sentence(group, "titles", entry.id)
        head = f"    {title[0].upper()}{title[1:]:<{_LABEL - 5}}{ANSWER_WORDS[entry.answer]}"
        yield head
        met = entry.answer == "yes"
        yield from _fill(f"{entry.because} {entry.change}" if met else entry.because, width, "        ", "        ")
        if not met:
            yield from _fill(f"→ {entry.change}", width, "        ", "          ")
    yield ""


def _fill(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
