"""How the answer of `openness` is shown as text: a verdict a line, its reason, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator

from generator.cli.layout import sign, wrap
from generator.console import NO_BREAK
from generator.documents.words import answer_words
from generator.openness.answers import Openness
from generator.openness.facts import format_sentence
from generator.openness.mof import Grade, version
from generator.openness.osaid import Requirement
from generator.translations import gettext as _
from generator.translations import pgettext

_LABEL = 42
_FRAMING_SIGNS = {"open": "yes", "closed": "no"}


def openness_text(found: Openness, width: int, *, verbose: bool = False) -> str:
    """Return how open a release is, as text: the verdicts with what would change them.

    Args:
        found: The answer.
        width: Columns of the terminal.
        verbose: Whether each requirement is shown with its reason.
    """
    lines = [found.target, ""]
    for lead, name in (
        (_("If training data counts as source code"), "program"),
        (_("If weights count as source code"), "source"),
    ):
        framing = found.framings[name]
        kind = _FRAMING_SIGNS.get(framing.verdict, "conditional")
        lines += [*_entry(kind, lead, framing.title, [framing.because, f"→ {framing.change}"], width), ""]
    grade, label = found.mof, f"Model Openness Framework {version()}"
    lines += [*_entry("yes" if grade.level else "no", label, *_grade(grade, verbose=verbose), width), ""]
    osaid, exempt = found.osaid, found.eu_exemption
    for group, label, answer, because, requirements in (
        ("osaid", "Open Source AI Definition 1.0", osaid.answer, osaid.because, osaid.requirements),
        ("eu", _("EU AI Act, Art. 53(2)"), exempt.answer, exempt.because, exempt.conditions),
    ):
        lines += _entry(answer, label, answer_words(answer), [because], width)
        lines += _requirements(group, requirements, width) if verbose else _short_list(group, requirements, width)
    hint = [] if verbose else [_("Requirements with reasons: --verbose.")]
    return "\n".join([*lines, *wrap(" ".join([*hint, format_sentence("eu", "advice")]), columns=width)])


def _grade(grade: Grade, *, verbose: bool) -> tuple[str, list[str]]:
    """The class, and the lines below it."""
    done = {f"class_{level}": f"{grade.progress[level]:.0f}" for level in (3, 2, 1)}
    steps = _("Class III {class_3} %, class II {class_2} %, class I {class_1} %.").format(**done)
    lines = [steps, f"→ {grade.change}"]
    if grade.unfit:
        lines.append(
            format_sentence(
                "mof",
                "unfit",
                components=", ".join(pgettext("component", key.replace("-", " ")) for key in grade.unfit),
            )
        )
    return grade.label or _("No class"), [*lines, *grade.notes] if verbose else lines


def _entry(kind: str, label: str, verdict: str, lines: list[str], width: int) -> Iterator[str]:
    text = f"{label:<{_LABEL}}{sign(kind)} {verdict}"
    if len(label) < _LABEL and _LABEL + 2 + len(verdict) <= width:
        yield text
    else:
        yield label
        yield f"    {sign(kind)} {verdict}"
    for line in lines:
        yield from wrap(line, "    ", "      " if line.startswith("→") else "    ", width)


def _short_list(group: str, found: tuple[Requirement, ...], width: int) -> Iterator[str]:
    """The requirements in one line, each with its answer as a sign."""
    titles = [format_sentence(group, "titles", entry.id) for entry in found]
    parts = [
        f"{sign(entry.answer)}{NO_BREAK}{title[0].upper()}{title[1:]}"
        for entry, title in zip(found, titles, strict=True)
    ]
    yield from wrap(" · ".join(parts), "    ", "    ", width)
    yield ""


def _requirements(group: str, found: tuple[Requirement, ...], width: int) -> Iterator[str]:
    yield ""
    for entry in found:
        title = format_sentence(group, "titles", entry.id)
        yield f"    {title[0].upper()}{title[1:]:<{_LABEL - 5}}{sign(entry.answer)} {answer_words(entry.answer)}"
        met = entry.answer == "yes"
        text = f"{entry.because} {entry.change}" if met else entry.because
        yield from wrap(text, "        ", "        ", width)
        if not met:
            yield from wrap(f"→ {entry.change}", "        ", "          ", width)
    yield ""
