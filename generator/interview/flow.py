"""The interview: one step after the other, each answer saved at once; back and forth, and the review at the end."""

from __future__ import annotations

from typing import Any, Protocol

from generator.errors import InterruptedWizard
from generator.interview import draft
from generator.interview.prompts import BACK, Dialog, Option, Prompt, Prose
from generator.interview.review import DONE, LEAVE, review
from generator.interview.session import Session
from generator.interview.steps import FIELD_STEPS, STEPS, Step, coming
from generator.release.model import Release
from generator.translations import gettext as _
from generator.translations import ngettext


class Prompter(Protocol):
    """Renders prompts and returns what a person answers."""

    def ask(self, prompt: Prompt | Prose, place: str, *, can_go_back: bool) -> Any:  # noqa: ANN401 - by the prompt
        """Return the value of a prompt, or BACK; `place` is such as `2/6`."""

    def show(self, text: str, style: str = "") -> None:
        """Show a line."""


class Interview:
    """A run of the interview.

    Args:
        session: What is known, and the functions from outside.
        prompter: Asks.
        expert: Whether every field is asked, by layer.
        reopened: Whether the answers are those of a release file, so that the review comes first.
    """

    def __init__(self, session: Session, prompter: Prompter, *, expert: bool = False, reopened: bool = False) -> None:
        self.session = session
        self.prompter = prompter
        session.show = prompter.show
        self.steps = FIELD_STEPS if expert else STEPS
        self.reopened = reopened and not expert
        self.asked: list[str] = []

    def run(self) -> Release | None:
        """Ask, and return the release that was written; None if the person left, with all answers saved.

        Raises:
            InterruptedWizard: The person paused; the answers are in the draft.
        """
        session = self.session
        session.saved = draft.snapshot(session, [])
        try:
            self._resume()
            if self.reopened and not self.asked:
                self.asked = [step.id for step in self.steps]
            while True:
                self._ask_steps()
                value = self._drive(review(session), "", can_go_back=bool(self.asked))
                if value is BACK and self.asked:
                    self.asked.pop()
                elif value in (DONE, LEAVE):
                    return self._end()
                else:
                    self._save()
        except (KeyboardInterrupt, EOFError):
            self._save()
            raise InterruptedWizard(str(session.folder / draft.DRAFT)) from None

    def _resume(self) -> None:
        """Continue with the answers of an earlier run, if there are any and the person wants to."""
        saved = draft.load(self.session.folder)
        if saved is None or not saved.asked:
            return
        number = len(saved.asked)
        options = (Option(True, _("Continue where you stopped")), Option(False, _("Start again")))
        prompt = Prompt(
            _("Saved answers"),
            ngettext(
                "You paused earlier, after {number} question. Continue?",
                "You paused earlier, after {number} questions. Continue?",
                number,
            ).format(number=number),
            _("Your answers are saved after every question."),
            options,
        )
        if self._drive(_single(prompt), "", can_go_back=False):
            saved.put_into(self.session)
            self.asked = list(saved.asked)
        else:
            draft.discard(self.session.folder)

    def _ask_steps(self) -> None:
        """Ask every step that applies and was not asked; going back asks the last one again."""
        while step := next(coming(self.steps, self.session, self.asked), None):
            done = self._drive(step.ask(self.session), self._place(step), can_go_back=bool(self.asked))
            if done is BACK:
                if self.asked:
                    self.asked.pop()
                continue
            self.asked.append(step.id)
            self._save()

    def _place(self, step: Step) -> str:
        """The number of a step and of all that apply now, as `2/6`."""
        asked = [one.id for one in self.steps if one.id in self.asked]
        rest = list(coming(self.steps, self.session, self.asked))
        return f"{len(asked) + 1}/{len(asked) + len(rest)}"

    def _drive(self, dialog: Dialog, place: str, *, can_go_back: bool) -> Any:  # noqa: ANN401 - by the dialog
        """Let the prompter ask what a dialog yields, and return what the dialog returns."""
        session, first = self.session, True
        try:
            prompt = next(dialog)
            while True:
                for style, text in session.messages:
                    self.prompter.show(text, style)
                session.messages.clear()
                value = self.prompter.ask(prompt, place, can_go_back=can_go_back or not first)
                first = False
                prompt = dialog.send(value)
        except StopIteration as end:
            return end.value

    def _end(self) -> Release | None:
        for style, text in self.session.messages:
            self.prompter.show(text, style)
        if self.session.written is None:
            self._save()
        else:
            draft.discard(self.session.folder)
        return self.session.written

    def _save(self) -> None:
        """Save the answers; add those that another process saved in the meantime, and show them."""
        while True:
            try:
                draft.save(self.session, self.asked)
            except draft.DraftChangedError as changed:
                for line in draft.merge(self.session, self.asked, changed.saved):
                    self.session.say(line, "warning")
            else:
                return


def _single(prompt: Prompt) -> Dialog:
    """A dialog of one prompt."""
    return (yield prompt)
