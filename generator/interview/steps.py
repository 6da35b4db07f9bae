"""The interview as data: every step, its name, its questions and when it comes. Terminal and page use this registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from generator.interview import card_steps, data_steps, document_steps, identity_steps, license_steps, lineage_steps
from generator.interview.prompts import BACK, Dialog
from generator.interview.questions import HUB_FIELDS, QUESTIONS, Question, field_prompt, take
from generator.interview.session import Session
from generator.translations import mark_text


class Step(NamedTuple):
    """One step of the interview.

    Attributes:
        id: Its name in drafts.
        title: Its name for people.
        ask: Its prompts, one after the other.
        when: Whether it comes, by what is known.
        fits: Whether it belongs to a list of all questions, also if it needs no answer; None: if it comes.
        fields: The fields that it is about, for a page that shows each of them; empty: it is shown as it is.
    """

    id: str
    title: str
    ask: Callable[[Session], Dialog]
    when: Callable[[Session], bool] = lambda session: True
    fits: Callable[[Session], bool] | None = None
    fields: tuple[str, ...] = ()


_CARD_FIELDS = ("release.summary", *(q.field for q in QUESTIONS if q.field.startswith("card.")), *HUB_FIELDS)


STEPS = (
    Step("kind", mark_text("What it is"), lineage_steps.ask_kind),
    Step("base", mark_text("Base model"), lineage_steps.ask_bases, lineage_steps.needs_base, lineage_steps.has_base),
    Step("name", mark_text("Name on the Hub"), identity_steps.ask_name),
    Step("origin", mark_text("Training data"), data_steps.ask_origin, data_steps.asks_origin),
    Step("sets", mark_text("Data sets"), data_steps.ask_sets, data_steps.asks_sets, data_steps.has_sets),
    Step("data", mark_text("Release of the data"), data_steps.ask_release, data_steps.asks_release),
    Step(
        "documents",
        mark_text("Documents"),
        document_steps.ask_documents,
        document_steps.asks_documents,
        document_steps.has_documents,
    ),
    Step("license", mark_text("License"), license_steps.ask_license, license_steps.asks_license),
    Step(
        "code license",
        mark_text("License of the code"),
        license_steps.ask_code_license,
        license_steps.asks_code_license,
    ),
    Step(
        "data license",
        mark_text("License of the data"),
        license_steps.ask_data_license,
        license_steps.asks_data_license,
    ),
    Step("publisher", mark_text("You"), identity_steps.ask_publisher),
    Step("card", mark_text("Card text"), card_steps.ask_card, fields=_CARD_FIELDS),
)
"""The steps in their order; a new one is one entry here."""


def _field_step(question: Question) -> Step:
    """The step for one field."""

    def ask(session: Session) -> Dialog:
        layer = question.field.split(".")[1]
        if question.kind == "license":
            return (yield from license_steps.ask_license_of(session, layer))
        if question.kind == "upstreams":
            return (yield from lineage_steps.ask_sources(session, layer))
        value = yield field_prompt(session, question)
        if value is BACK:
            return BACK
        take(session, question, value)
        return None

    def when(session: Session) -> bool:
        parts = question.field.split(".")
        return question.when(session.answers) and not (parts[0] == "layers" and session.has_items(parts[1]))

    return Step(question.field, question.field, ask, when)


HUB = Step("hub", mark_text("Task, languages and library"), card_steps.ask_hub)
"""How the Hub lists the release; asked inside the step on the card, and where a problem needs it."""
FIELD_STEPS = tuple(map(_field_step, QUESTIONS))
"""Every field by layer, as `--expert` asks them."""


def by_id(name: str) -> Step:
    """Return a step.

    Args:
        name: Its id.
    """
    return next(step for step in (*STEPS, HUB, *FIELD_STEPS) if step.id == name)


def fitting(session: Session) -> Iterator[Step]:
    """Yield the steps of a list of all questions that belong to this release.

    Args:
        session: The interview.
    """
    return (step for step in STEPS if (step.fits or step.when)(session))


def coming(steps: tuple[Step, ...], session: Session, asked: list[str]) -> Iterator[Step]:
    """Yield the steps that were not asked yet and that apply.

    Args:
        steps: The steps.
        session: The interview.
        asked: The ids of those that were asked.
    """
    return (step for step in steps if step.id not in asked and step.when(session))
