"""A folder that is open in the studio: its interview, with the version of its answers, and what is shown of them."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from generator.artifacts.card import CARD
from generator.artifacts.secrets import mask_secrets
from generator.checks.report import Finding
from generator.documents.pictures.drawing import clean
from generator.documents.render import render
from generator.errors import CharterError
from generator.interview import draft
from generator.interview.card_steps import sections_of
from generator.interview.draft import Draft, DraftChangedError
from generator.interview.kinds import main_layer_of
from generator.interview.license_steps import PART_WORDS
from generator.interview.prompts import BACK, Dialog, Prompt, Prose
from generator.interview.review import WRITE, Checked, finish, step_for
from generator.interview.session import Session
from generator.interview.steps import FIELD_STEPS, Step, fitting
from generator.interview.text import in_words
from generator.publishing.result import PublishResult
from generator.release.model import Release
from generator.translations import gettext as _
from generator.web.page import Page, broken_page, page_html
from generator.web.publisher import Linker
from generator.web.studio import files, live
from generator.web.studio import finish as ending
from generator.web.studio.forms import Form, form_of, prompt_id, slug, value_of
from generator.web.studio.live import Group, GroupPage, Live, Problem
from generator.web.watch import state_of

FILES, MORE = "q-files", "q-more"
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
        self._shown: OrderedDict[str, dict[str, str]] = OrderedDict()
        self._live: tuple[tuple[str, ...], Live, Page | CharterError] | None = None
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
        version = live.digest(json.dumps([now.asked, held, now.notes], sort_keys=True, default=str))
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
            self.refused[unit] = Refused(text, "The question changed. Answer it again.")
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
            raise CharterError("This studio writes into no folder.", "Download the zip.")
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
            raise CharterError("Nothing was sent: there is no plan of these answers.", "Show what would be sent first.")
        self._publish(lambda publisher: publisher.publish(self.folder, create, pull), done=True)

    def _publish(self, act: Callable[[ending.Publisher], tuple[PublishResult, ...]], *, done: bool) -> None:
        if self.tools.publisher is None or not self.is_written():
            raise CharterError("Nothing was sent: the answers are not written yet.", "Write and build first.")
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

    def _more(self, shown: set[str]) -> Group:
        """The questions on fields that no other question is about, as `charter init --expert` asks them."""
        steps = [step for step in FIELD_STEPS if step.id not in shown and step.when(self.session)]
        forms = tuple(form for step in steps if (form := self._form(step.id))) if self.every_field else ()
        said = tuple(line for step in steps for line in self.messages.get(step.id, ()))
        return Group(MORE, "More fields", "open", forms, (), said)

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

    def live(self, token: str, *, read_only: bool) -> Live:
        """Return all that is shown, rendered; unchanged answers are not rendered again.

        Args:
            token: The token that each form sends.
            read_only: Whether nothing can be changed.
        """
        key: tuple[str, ...] = (
            self.version,
            state_of(self.folder / CARD),
            repr(sorted(self.running)),
            repr(self.refused),
        )
        key += (repr([prompt_id(r.prompt) for r in self.running.values()]), repr(self.messages), str(read_only))
        key += (repr(self.plan), str(self.is_written()), str(self.every_field))
        if self._live is None or self._live[0] != key:
            self._live = (key, *self._rendered(token, read_only=read_only))
            self._shown[self._live[1].state] = live.digests_of(self._live[1])
            while len(self._shown) > VERSIONS:
                self._shown.popitem(last=False)
        return self._live[1]

    def shown(self, state: str) -> dict[str, str]:
        """Return the digests of what a window shows, empty if they aren't known any more.

        Args:
            state: The state that the window has.
        """
        return self._shown.get(state, {})

    def page(self, token: str, *, read_only: bool) -> str:
        """Return the whole page of the release, to be shown in a frame.

        Args:
            token: The token that each form sends.
            read_only: Whether nothing can be changed.
        """
        self.live(token, read_only=read_only)
        assert self._live is not None
        view = self._live[2]
        if isinstance(view, CharterError):
            return broken_page(self.folder.absolute().name, view, linked=True)
        return page_html(view)

    def _rendered(self, token: str, *, read_only: bool) -> tuple[Live, Page | CharterError]:
        steps = tuple(fitting(self.session))
        titles = {step.id: _(step.title) for step in steps}

        def link(finding: Finding) -> tuple[str, str] | None:
            step = step_for(self.session, finding.rule, finding.layer)
            step = "card" if step == "hub" else step
            return (f"/#{group_id(step)}", titles[step]) if step in titles else None

        view: Page | CharterError
        try:
            view = self.tools.page(self.session.answers.release(self.folder), link)
        except CharterError as error:
            view = error
        problems = _problems(view, steps)
        groups = {}
        for step in steps:
            group = self._group(step, tuple(problems.get(group_id(step.id), ())))
            groups[group.id] = live.render_group(GroupPage(group, token, read_only))
        sections = {} if isinstance(view, CharterError) else live.sections_of(view)
        bar = None if isinstance(view, CharterError) else view.publisher
        verdict, ready = (bar.verdict, bar.ready) if bar else ("Not ready: the answers make no release yet", False)
        groups[FILES] = render("studio/files.html.jinja", self._files(token, read_only=read_only))
        shown = {unit for step in steps for unit in (step.id, *step.fields)} | set(files.fields_of(self.session))
        shown |= _ASKED | {f"layers.{main_layer_of(self.session)}.license"}
        groups[MORE] = render("studio/more.html.jinja", GroupPage(self._more(shown), token, read_only))
        groups[ending.ID] = render(
            "studio/finish.html.jinja", self._finish(verdict, token, ready=ready, read_only=read_only, has=bool(bar))
        )
        done = sum(step.id in self.asked or bool(set(step.fields) & set(self.asked)) for step in steps)
        state = live.digest(self.version, verdict, *groups, *groups.values(), *sections.values())
        return Live(state, groups, sections, verdict, ready, (done, len(steps))), view

    def _files(self, token: str, *, read_only: bool) -> files.FilesPage:
        session, main = self.session, main_layer_of(self.session)
        rows, more, counts = files.file_rows(session)
        layers, fields = files.parts_with_files(session), files.fields_of(session)
        parts = tuple(
            files.PartView(
                layer,
                PART_WORDS[layer].removeprefix("the "),
                files.license_of(session, layer),
                counts.get(layer, 0),
                tuple(form for field in fields if field.split(".")[1] == layer and (form := self._form(field))),
            )
            for layer in layers
        )
        one = len({session.get(f"layers.{layer}.license") for layer in layers}) == 1
        name = files.license_of(session, main)
        return files.FilesPage(FILES, files.TITLE, rows, more, parts, one, name, token, read_only, live.VERSION)

    def _finish(self, verdict: str, token: str, *, ready: bool, read_only: bool, has: bool) -> ending.FinishPage:
        publisher = self.tools.publisher
        return ending.FinishPage(
            id=ending.ID,
            title=ending.TITLE,
            verdict=verdict,
            ready=ready,
            can_build=has,
            hosted=publisher is None,
            is_written=self.is_written(),
            form=self._form(ending.UNIT) if ending.UNIT in self.running else None,
            lines=self.messages.get(ending.UNIT, ()),
            repo=clean(self.session.get("release.repo") or ""),
            login=clean(publisher.login()) if publisher else "",
            plan=self.plan,
            token=token,
            read_only=read_only,
            version=live.VERSION,
        )

    def _group(self, step: Step, problems: tuple[Problem, ...]) -> Group:
        units = step.fields or (step.id,)
        forms = tuple(form for unit in units if (form := self._form(unit)))
        answered = step.id in self.asked or bool(set(step.fields) & set(self.asked))
        said = tuple(line for unit in units for line in self.messages.get(unit, ()))
        found = any(form.text or any(option.chosen for option in form.options) for form in forms)
        state = "answered" if answered else "files" if found else "open"
        return Group(group_id(step.id), _(step.title), state, forms, problems, said)

    def _form(self, unit: str) -> Form | None:
        prompt = self.prompt_of(unit)
        if prompt is None:
            return None
        refused = self.refused.get(unit)
        form = form_of(
            unit,
            prompt,
            answered=unit in self.asked,
            nested=unit in self.running,
            text=refused.text if refused else None,
            error=refused.error if refused else "",
        )
        name = unit.removeprefix("card.")
        if name == unit or self.session.get(unit):
            return form
        if name in sections_of(self.session)[0]:
            return form._replace(notes=(("quiet", "README.md has this section. A text here is added to the card."),))
        return form._replace(draft=self.session.drafts().get(name, "") if name == "how_to_use" else "")


_FINISH = Step(ending.UNIT, ending.TITLE, lambda session: finish(session, Checked(session), WRITE))


def group_id(step: str) -> str:
    """Return the id of the element of a question.

    Args:
        step: The id of the step.
    """
    return f"q-{slug(step)}"


def _started(dialog: Dialog) -> Running | None:
    """A dialog at its first question; None if it asks nothing."""
    prompt = next(dialog, None)
    return Running(dialog, prompt) if prompt is not None else None


def _problems(view: Page | CharterError, steps: tuple[Step, ...]) -> dict[str, list[Problem]]:
    """The problems by the question that causes them."""
    found: dict[str, list[Problem]] = {}
    if isinstance(view, CharterError):
        for field, problem in live.problems_of(view):
            step = next((step.id for step in steps if field in step.fields), _STEP_OF.get(field, ""))
            found.setdefault(group_id(step), []).append(problem)
        return found
    for group in view.publisher.groups if view.publisher else ():
        for entry in group.findings if group.severity in ("error", "warning") else ():
            finding = entry.finding
            if entry.link:
                shown = Problem(finding.severity, finding.rule, clean(finding.message), "")
                found.setdefault(entry.link[0].removeprefix("/#"), []).append(shown)
    return found


_STEP_OF = {
    "release.name": "name",
    "release.repo": "name",
    "release.publisher.name": "publisher",
    "release.copyright": "publisher",
}
"""The step that asks for a field."""
_ASKED = set(_STEP_OF)


def _differences(before: Draft, after: Draft) -> Iterator[Difference]:
    """The fields that differ between two versions, in words."""
    for field in sorted(before.fields() | after.fields()):
        old, new = before.value_of(field), after.value_of(field)
        if old != new:
            yield Difference(field.removeprefix("notes."), _words(old), _words(new))


def _words(value: Any) -> str:  # noqa: ANN401 - any value
    return clean(in_words(value)) if value is not None else "no answer"
