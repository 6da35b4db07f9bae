"""The questions on the card: one prompt that shows which sections are there, and ways to write what is missing."""

from __future__ import annotations

import os
import re
from functools import lru_cache

from generator.artifacts.card import BLOCK, read_card_text
from generator.artifacts.card_sections import read_sections
from generator.interview.kinds import kind_of
from generator.interview.prompts import BACK, Dialog, Option, Prompt, Prose
from generator.interview.questions import HUB_FIELDS, QUESTIONS, field_prompt, take
from generator.interview.session import Session
from generator.interview.text import in_words, joined
from generator.translations import gettext as _
from generator.translations import mark_text

SECTIONS = {
    "intended_use": (mark_text("uses"), mark_text("Uses"), mark_text("What it is meant for, and for whom.")),
    "limitations": (
        mark_text("limitations"),
        mark_text("Limitations"),
        mark_text("Where it fails, biases, risks, and whom that can harm."),
    ),
    "how_to_use": (mark_text("how to use"), mark_text("How to use"), mark_text("A short code example that runs.")),
    "training": (mark_text("training"), mark_text("Training"), mark_text("Data, method, hardware.")),
    "evaluation": (
        mark_text("evaluation"),
        mark_text("Evaluation"),
        mark_text("How it was measured, or that it was not."),
    ),
}
"""The sections that readers look for: their name in a sentence, their heading, and what belongs there."""
_WITHOUT_MODEL = ("intended_use", "limitations", "how_to_use")
_NOTE = "<!-- {} -->"


def sections_of(session: Session) -> tuple[list[str], list[str]]:
    """Return the sections that are there, in README.md or in the answers, and those that are missing.

    Args:
        session: The interview.
    """
    found = _sections_in(readme_of(session))
    wanted = tuple(SECTIONS) if kind_of(session).layer in ("weights", "deltas") else _WITHOUT_MODEL
    there = [name for name in wanted if _has_text(found.get(name, "")) or session.get(f"card.{name}")]
    return there, [name for name in wanted if name not in there]


@lru_cache(maxsize=8)
def _sections_in(text: str) -> dict[str, str]:
    """The sections of a card; every question on the card asks for them."""
    found = BLOCK.match(text)
    return read_sections(text[found.end() :] if found else text) if text else {}


def _has_text(section: str) -> bool:
    """Whether a section has text of its own, and not only the words of a template and headings."""
    lines = re.sub(r"<!--.*?-->|\[More Information Needed\]", "", section, flags=re.S).splitlines()
    return any(line.strip(" -*_") and not line.startswith("#") for line in lines)


def readme_of(session: Session) -> str:
    """Return the text of README.md, or an empty text.

    Args:
        session: The interview.
    """
    return read_card_text(session.folder).text


def ask_card(session: Session) -> Dialog:
    """Ask for the texts of the card that are missing."""
    while True:
        there, missing = sections_of(session)
        value = yield Prompt(
            _("Card text"),
            _("What do readers need to know?"),
            _(
                "The model card is the page that readers see. Text in your README stays as it is; what you write "
                "here is added to it. An editor opens with one heading for each missing section; what you leave "
                "empty is left out."
            ),
            tuple(_ways(session, missing)),
            len(tuple(_ways(session, missing))) - 1,
            notes=_coverage(session, there, missing),
        )
        if value is BACK:
            return BACK
        if value == "later":
            return None
        if value == "hub":
            yield from ask_hub(session)
        elif value == "draft":
            yield from _from_draft(session)
        elif value == "editor":
            if (yield from _in_editor(session, missing)) is not BACK:
                return None
        elif (yield from _one_by_one(session, missing)) is not BACK:
            return None


def _coverage(session: Session, there: list[str], missing: list[str]) -> tuple[tuple[str, str], ...]:
    words = {name: _(SECTIONS[name][0]) for name in SECTIONS}
    where = _("Your README covers: {sections}.") if readme_of(session) else _("The card covers: {sections}.")
    covered = where.format(sections=", ".join(words[name] for name in there)) if there else ""
    lacking = _("Nothing is missing.")
    if missing:
        lacking = _("Missing: {sections}.").format(sections=", ".join(words[name] for name in missing))
    return (
        ("", f"{covered} {lacking}".strip()),
        ("quiet", _("For the Hub: {fields}").format(fields=hub_words(session))),
    )


def _ways(session: Session, missing: list[str]) -> list[Option]:
    found = []
    if missing:
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if editor:
            found.append(
                Option(
                    "editor",
                    _("Write them in {editor}").format(editor=editor.split()[0].rpartition("/")[2]),
                    _("all at once"),
                )
            )
        found.append(Option("here", _("Write them here"), _("one by one")))
    drafts = [name for name in session.drafts() if name in missing]
    if drafts:
        words = joined(_(SECTIONS[name][0]) for name in drafts)
        library = session.get("release.library")
        made_for = _("for {library}").format(library=library) if library else _("for these files")
        found.append(Option("draft", _("Use a draft of “{sections}” ...").format(sections=words), made_for))
    found.append(Option("hub", _("Task, languages and library ..."), _("how the Hub lists it")))
    found.append(Option("later", _("Later") if missing else _("Done")))
    return found


def _in_editor(session: Session, missing: list[str]) -> Dialog:
    """Open one text with a heading for each missing section."""
    parts = [f"## {_(SECTIONS[name][1])}\n\n{_NOTE.format(_(SECTIONS[name][2]))}\n" for name in missing]
    text = yield Prose(_("Card text"), _("Card text"), "Markdown.", "\n".join(parts), in_editor=True)
    if text is BACK:
        return BACK
    headings = {_(SECTIONS[name][1]): name for name in missing}
    for heading, content in _split(str(text or ""), headings):
        for name in SECTIONS:
            content = content.replace(_NOTE.format(_(SECTIONS[name][2])), "")
        if content.strip():
            session.set(f"card.{headings[heading]}", content.strip("\n") + "\n")
    return None


def _split(text: str, headings: dict[str, str]) -> list[tuple[str, str]]:
    """The text under each of the headings of the skeleton."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("## ") and line[3:].strip() in headings:
            found.append((line[3:].strip(), []))
        elif found:
            found[-1][1].append(line)
    return [(heading, "\n".join(lines)) for heading, lines in found]


def _from_draft(session: Session) -> Dialog:
    """Show the drafts, so that the person can change them before they are taken."""
    for name, draft in session.drafts().items():
        words, heading, help_ = map(_, SECTIONS[name])
        text = yield Prose(
            heading,
            _("Card: {section}. Try this draft before you publish it.").format(section=words),
            _("{help} Markdown.").format(help=help_),
            draft,
        )
        if text is BACK:
            return
        if text:
            session.set(f"card.{name}", text)


def _one_by_one(session: Session, missing: list[str]) -> Dialog:
    for name in missing:
        words, heading, help_ = map(_, SECTIONS[name])
        text = yield Prose(
            heading,
            _("Card: {section}").format(section=words),
            _("{help} Markdown. An empty text leaves the section out.").format(help=help_),
        )
        if text is BACK:
            return BACK
        if text:
            session.set(f"card.{name}", text)
    return None


def ask_hub(session: Session) -> Dialog:
    """Ask for task, languages and library."""
    for question in QUESTIONS:
        if question.field in HUB_FIELDS:
            value = yield field_prompt(session, question)
            if value is BACK:
                return BACK
            take(session, question, value)
    return None


def hub_words(session: Session) -> str:
    """Return task, languages and library on one line."""
    return " · ".join(in_words(session.get(field)) or _(missing) for field, missing in HUB_FIELDS.items())


def card_words(session: Session) -> str:
    """Return what the card has and what it lacks, on one line."""
    there, missing = sections_of(session)
    if missing:
        return _("missing: {sections}").format(sections=", ".join(_(SECTIONS[name][0]) for name in missing))
    return _("has {sections}").format(sections=joined(_(SECTIONS[name][0]) for name in there))
