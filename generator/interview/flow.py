"""The interview: one question after the other, each answer saved; back and forth, and a review at the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from generator.errors import CharterError, InterruptedWizard, ReleaseFileError
from generator.interview import draft
from generator.interview.answers import Answer, Answers
from generator.interview.questions import QUESTIONS, Question
from generator.release.model import Release

BACK = object()
"""What a prompter returns where the person wants to go back."""


class Tools(NamedTuple):
    """Functions that are passed to the interview, so that it needs no network and no checks.

    Attributes:
        judge: The findings on a release, one per line, errors first.
        look_up: The license of an upstream as its own folder, or the Hub, states it; None where it is not known.
    """

    judge: Callable[[Release], list[str]]
    look_up: Callable[[str], str | None]


class Prompter(Protocol):
    """Asks a person."""

    def ask(self, question: Question, answers: Answers, tools: Tools) -> Any:  # noqa: ANN401 - by the question
        """Return the value, None for none, or BACK."""

    def tell(self, text: str) -> None:
        """Say something."""

    def confirm(self, text: str) -> bool:
        """Ask yes or no."""

    def review(self, lines: list[tuple[str, str]], findings: list[str]) -> str:
        """Show all answers and the findings; return a field to change, `write` or `leave`."""


def interview(folder: Path, answers: Answers, prompter: Prompter, tools: Tools) -> Release | None:
    """Ask what is to be asked, and return the release; None where the person left, with all answers kept.

    Args:
        folder: The model's folder.
        answers: What the files say.
        prompter: Asks.
        tools: The checks, and where base models are looked up.

    Raises:
        InterruptedWizard: The person paused; the answers are in the draft.
    """
    asked: list[str] = []
    found = Answers()
    if (before := draft.load(folder, found)) and prompter.confirm(
        f"There are {len(before)} answers from last time. Continue with them?"
    ):
        asked = before
        draft.load(folder, answers)
    try:
        _questions(folder, answers, asked, prompter, tools)
        return _review(folder, answers, asked, prompter, tools)
    except (KeyboardInterrupt, EOFError):
        draft.save(folder, answers, asked)
        raise InterruptedWizard(str(folder / draft.DRAFT)) from None


def _questions(folder: Path, answers: Answers, asked: list[str], prompter: Prompter, tools: Tools) -> None:
    number = 0
    while number < len(QUESTIONS):
        question = QUESTIONS[number]
        if question.field in asked or not question.when(answers):
            number += 1
            continue
        value = prompter.ask(question, answers, tools)
        if value is BACK:
            if asked:
                last = asked.pop()
                number = next(n for n, q in enumerate(QUESTIONS) if q.field == last)
            continue
        if _taken(folder, answers, question, value, prompter):
            asked.append(question.field)
            draft.save(folder, answers, asked)
            number += 1


def _taken(folder: Path, answers: Answers, question: Question, value: Any, prompter: Prompter) -> bool:  # noqa: ANN401
    """Set an answer, if the release file takes it; else say why not and leave what was."""
    before = answers.known.get(question.field)
    if before is None or before.value != value:
        answers.give(question.field, value)
    complaints = faults(folder, answers, question.field)
    for said in complaints:
        prompter.tell(said)
    if complaints:
        answers.known.pop(question.field, None)
        if before is not None and before.value != value:
            answers.known[question.field] = before
    return not complaints


def faults(folder: Path, answers: Answers, field: str) -> list[str]:
    """Return what the release file does not take in one answer.

    Args:
        folder: The model's folder.
        answers: All answers.
        field: The one that is looked at.
    """
    lone = Answers()
    lone.known = {f: a for f, a in answers.known.items() if f in (field, f"{field.rpartition('.')[0]}.availability")}
    lone.known.setdefault("release.name", Answer("x", ""))
    layer = field.split(".")[1] if field.startswith("layers.") else ""
    if layer:
        lone.known.setdefault(f"layers.{layer}.availability", Answer("released", ""))
    if field.startswith("release.publisher."):
        lone.known.setdefault("release.publisher.name", Answer("x", ""))
    try:
        lone.release(folder)
    except ReleaseFileError as error:
        return [f"{c.message} {c.remedy}".strip() for c in error.complaints]
    return []


def _review(folder: Path, answers: Answers, asked: list[str], prompter: Prompter, tools: Tools) -> Release | None:
    while True:
        release, findings = None, []
        try:
            release = answers.release(folder)
            findings = tools.judge(release)
        except CharterError as error:
            findings = error.message.splitlines()
        choice = prompter.review(
            [(q.field, shown(answers.get(q.field))) for q in QUESTIONS if q.when(answers)], findings
        )
        if choice == "leave":
            draft.save(folder, answers, asked)
            return None
        if choice == "write":
            if release is not None:
                return release
            continue
        question = next(q for q in QUESTIONS if q.field == choice)
        value = prompter.ask(question, answers, tools)
        if value is not BACK:
            _taken(folder, answers, question, value, prompter)
            _questions(folder, answers, asked, prompter, tools)
            draft.save(folder, answers, asked)


def shown(value: Any) -> str:  # noqa: ANN401 - any field
    """Return a value on one line, for people."""
    if value is None:
        return ""
    if isinstance(value, list):
        parts = [f"{v['relation']} {v['ref']}" if isinstance(v, dict) else str(v) for v in value]
        return ", ".join(parts[:4]) + (f" and {len(parts) - 4} more" if len(parts) > 4 else "")
    text = " ".join(str(value).split())
    return text if len(text) <= 70 else f"{text[:69]}…"
