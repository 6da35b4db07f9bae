"""A folder that is open in the studio: its interview, with the version of its answers."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from generator.artifacts.secrets import mask_secrets
from generator.documents.pictures.drawing import clean
from generator.errors import CharterError
from generator.interview import draft
from generator.interview.draft import Draft, DraftChangedError
from generator.interview.prompts import BACK, Dialog, Prompt, Prose
from generator.interview.review import WRITE, Checked, finish
from generator.interview.session import Session
from generator.interview.steps import FIELD_STEPS, Step, fitting
from generator.interview.text import in_words
from generator.publishing.result import PublishResult
from generator.release.model import Release
from generator.translations import gettext as _
from generator.web.page import Page
from generator.web.publisher import Linker
from generator.web.studio import finish as ending
from generator.web.studio.forms import prompt_id, value_of
from generator.web.studio.live import digest
from generator.web.studio.screen import Screen
from generator.web.watch import state_of

VERSIONS = 50
"""Versions of the answers that are kept, to show what changed since."""
RELEASE = "release.yaml"


class Tools(NamedTuple):
    """Functions of other packages that a workspace uses.

    Attributes:
        open_session: Returns an interview on a folder, and whether it has a release file already.
        page: Returns the content of the page of a release.
        publisher: Publishes; None where nothing can be published.
    """

    open_session: Callable[[Path], tuple[Session, bool]]
    page: Callable[[Release, Linker], Page]
    publisher: ending.Publisher | None = None


class Running(NamedTuple):
    """A dialog that waits for an answer."""

    dialog: Dialog
    prompt: Prompt | Prose


class Refused(NamedTuple):
    """An answer that wasn't taken, and why."""

    text: str
    error: str


class Difference(NamedTuple):
    """A field that another window changed."""

    field: str
    before: str
    after: str


class Conflict(Exception):
    """The answers changed since the form was shown.

    Args:
        changes: What changed; None if it isn't known any more.
    """

    def __init__(self, changes: tuple[Difference, ...] | None) -> None:
        super().__init__()
        self.changes = changes


class Workspace:
    """A folder that is open.

    Args:
        folder: The folder.
        tools: Functions of other packages.

    Raises:
        CharterError: There is no such folder, or its release file can't be read.
    """

    def __init__(self, folder: Path, tools: Tools) -> None:
        self.folder, self.tools = folder, tools
        self.lock = threading.RLock()
        self.running: dict[str, Running] = {}
        self.messages: dict[str, tuple[tuple[str, str], ...]] = {}
        self.refused: dict[str, Refused] = {}
        self.plan: ending.Plan | None = None
        self.failure: CharterError | None = None
        self.every_field = False
        self._history: OrderedDict[str, Draft] = OrderedDict()
        self.screen = Screen(self)
        self._open()

    def _open(self) -> None:
        """Read the folder, and the answers that are saved there."""
        session, reopened = self.tools.open_session(self.folder)
        saved = draft.load(self.folder)
        self.asked: list[str] = [step.id for step in fitting(session)] if reopened else []
        session.saved = draft.snapshot(session, self.asked)
        if saved is not None:
            saved.put_into(session)
            self.asked = list(saved.asked)
        self.session, self.failure = session, None
        self.running.clear()
        self._stamp = self._disk()
        self._remember()

    def refresh(self) -> None:
        """Read the folder again if another program wrote the draft or the release file."""
        disk = self._disk()
        if disk == self._stamp:
            return
        saved, known = draft.load(self.folder), self.session.saved
        self._stamp = disk
        if saved is None or known is None or saved.version != known.version:
            try:
                self._open()
            except CharterError as error:
                self.failure = ending.explained(error)

    def _disk(self) -> str:
        return state_of(self.folder / draft.DRAFT, self.folder / RELEASE)

    @property
    def version(self) -> str:
        """The version of the answers."""
        return next(reversed(self._history))

    def _remember(self) -> None:
        now = draft.snapshot(self.session, self.asked)
        held = {field: list(answer) for field, answer in now.answers.items()}
        version = digest(json.dumps([now.asked, held, now.notes], sort_keys=True, default=str))
        self._history[version] = now
        self._history.move_to_end(version)
        while len(self._history) > VERSIONS:
            self._history.popitem(last=False)

    def require(self, version: str) -> None:
        """Compare the version that a form was shown with.

        Args:
            version: The version.

        Raises:
            Conflict: The answers changed since.
        """
        self.refresh()
        if version == self.version:
            return
        before, after = self._history.get(version), self._history[self.version]
        raise Conflict(tuple(_differences(before, after)) if before else None)

    def answer(self, unit: str, prompt: str, key: str, text: str) -> None:
        """Take an answer, and save it.

        Args:
            unit: The id of the step or of the field.
            prompt: The id of the question that was shown.
            key: The key of the option; empty if a text was typed.
            text: The typed text.

        Raises:
            KeyError: There is no such step.
            Conflict: Another process saved answers at this moment.
            CharterError: The answers can't be saved.
        """
        step = self._step(unit)
        self.refused.pop(unit, None)
        self.messages.pop(unit, None)
        running = self.running.get(unit) or _started(step.ask(self.session))
        if running is None:
            return
        if prompt_id(running.prompt) != prompt:
            self.refused[unit] = Refused(text, _("The question changed. Answer it again."))
            return
        value, error = (BACK, "") if key == "back" else value_of(running.prompt, key, text)
        error = error or self._field_error(unit, value)
        if error:
            self.refused[unit] = Refused(text, clean(error))
            return
        self.running.pop(unit, None)
        self.plan = None
        self._advance(unit, step, running, value)

    def change(self, action: Callable[[Session], None]) -> None:
        """Change the answers, and save them.

        Args:
            action: Changes them.

        Raises:
            Conflict: Another process saved answers at this moment.
            CharterError: The answers can't be saved.
        """
        action(self.session)
        self.plan = None
        self._save()

    def build(self) -> None:
        """Write the release file and build in the folder; a question may come first.

        Raises:
            CharterError: The answers can't be saved, or this is the folder of a visitor.
        """
        if self.tools.publisher is None:
            raise CharterError(_("This studio writes into no folder."), _("Download the zip."))
        self.plan = None
        self.messages.pop(ending.UNIT, None)
        running = _started(_FINISH.ask(self.session))
        if running is not None:
            self.running[ending.UNIT] = running
        self._report(ending.UNIT)
        self._after_build()

    def _after_build(self) -> None:
        """Keep no draft once the release file has the answers."""
        self._stamp = self._disk()
        if self.session.written is None or ending.UNIT in self.running:
            return
        self.asked = [step.id for step in fitting(self.session)]
        if self.session.written == self._release():
            draft.discard(self.folder)
            self.session.opened = self.session.written
            self.session.saved = draft.snapshot(self.session, self.asked)
        self._stamp = self._disk()
        self._remember()

    def show_plan(self) -> None:
        """Find out what publishing would send. Others wait meanwhile, as the answers must not change."""
        self._publish(lambda publisher: publisher.plan(self.folder), done=False)

    def publish(self, *, create: bool, pull: bool) -> None:
        """Publish what the plan shows, with the login of this machine.

        Args:
            create: Whether missing repos are created.
            pull: Whether a pull request is opened.

        Raises:
            CharterError: Nothing was planned since the last answer.
        """
        if self.plan is None or self.plan.failure or self.plan.is_done or self.plan.is_blocked:
            raise CharterError(
                _("Nothing was sent: there is no plan of these answers."), _("Show what would be sent first.")
            )
        self._publish(lambda publisher: publisher.publish(self.folder, create, pull), done=True)

    def _publish(self, act: Callable[[ending.Publisher], tuple[PublishResult, ...]], *, done: bool) -> None:
        if self.tools.publisher is None or not self.is_written():
            raise CharterError(_("Nothing was sent: the answers are not written yet."), _("Write and build first."))
        try:
            self.plan = ending.Plan(act(self.tools.publisher), is_done=done)
        except CharterError as error:
            self.plan = ending.Plan(failure=ending.explained(error))

    def discard(self) -> None:
        """Remove the saved answers, and read the files again."""
        draft.discard(self.folder)
        self.plan = None
        self.messages.clear()
        self.refused.clear()
        self._open()

    def _release(self) -> Release | None:
        try:
            return self.session.answers.release(self.folder)
        except CharterError:
            return None

    def is_written(self) -> bool:
        """Return whether the release file in the folder has the answers."""
        return self.session.opened is not None and self.session.opened == self._release()

    def _field_error(self, unit: str, value: object) -> str:
        """Why the release file doesn't take a text of several lines."""
        return self.session.error_of(unit, value) if "." in unit and isinstance(value, str) and "\n" in value else ""

    def _advance(self, unit: str, step: Step, running: Running, value: object) -> None:
        """Give a dialog its answer, and keep it if it has one more question."""
        try:
            following = Running(running.dialog, running.dialog.send(value))
        except StopIteration as end:
            following = None
            if end.value is not BACK and unit not in self.asked and step is not _FINISH:
                self.asked.append(unit)
        self._report(unit)
        if step is _FINISH:
            if following is not None:
                self.running[unit] = following
            self._after_build()
            return
        self._keep(unit, following, step)
        self._save()

    def _report(self, unit: str) -> None:
        """Keep the messages of a dialog for its question."""
        self.messages[unit] = tuple((style, clean(mask_secrets(line))) for style, line in self.session.messages)
        self.session.messages.clear()

    def _keep(self, unit: str, running: Running | None, step: Step) -> None:
        """Keep a dialog that is past its first question; the first one is the same whenever it is asked."""
        if running is None:
            return
        first = _started(step.ask(self.session))
        if first is None or prompt_id(first.prompt) != prompt_id(running.prompt):
            self.running[unit] = running
        elif unit not in self.asked:
            self.asked.append(unit)

    def _save(self) -> None:
        try:
            draft.save(self.session, self.asked)
        except DraftChangedError:
            before = self._history[self.version]
            self._open()
            raise Conflict(tuple(_differences(before, self._history[self.version]))) from None
        self._stamp = self._disk()
        self._remember()

    def _step(self, unit: str) -> Step:
        for step in fitting(self.session):
            if step.id == unit and not step.fields:
                return step
        if unit == ending.UNIT:
            return _FINISH
        for step in FIELD_STEPS:
            if step.id == unit and step.when(self.session):
                return step
        raise KeyError(unit)

    def show_every_field(self) -> None:
        """Show the questions on single fields, or hide them."""
        self.every_field = not self.every_field

    def prompt_of(self, unit: str) -> Prompt | Prose | None:
        """Return the question that a step or a field asks now.

        Args:
            unit: Its id.

        Raises:
            KeyError: There is no such step.
        """
        step = self._step(unit)
        running = self.running.get(unit) or _started(step.ask(self.session))
        return running.prompt if running else None


_FINISH = Step(ending.UNIT, ending.TITLE, lambda session: finish(session, Checked(session), WRITE))


def _started(dialog: Dialog) -> Running | None:
    """A dialog at its first question; None if it asks nothing."""
    prompt = next(dialog, None)
    return Running(dialog, prompt) if prompt is not None else None


def _differences(before: Draft, after: Draft) -> Iterator[Difference]:
    """The fields that differ between two versions, in words."""
    for field in sorted(before.fields() | after.fields()):
        old, new = before.value_of(field), after.value_of(field)
        if old != new:
            yield Difference(field.removeprefix("notes."), _words(old), _words(new))


def _words(value: Any) -> str:  # noqa: ANN401 - any value
    return clean(in_words(value)) if value is not None else _("no answer")
