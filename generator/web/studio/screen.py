"""What the studio shows of a workspace: the questions with their problems, the files, the end, and the page."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from generator.artifacts.card import CARD
from generator.checks.report import Finding
from generator.documents.pictures.drawing import clean
from generator.documents.render import render
from generator.errors import CharterError
from generator.interview.card_steps import sections_of
from generator.interview.kinds import main_layer_of
from generator.interview.license_steps import PART_NAMES
from generator.interview.review import step_for
from generator.interview.steps import FIELD_STEPS, Step, fitting
from generator.translations import gettext as _
from generator.translations import pgettext
from generator.web.page import Page, broken_page, page_html
from generator.web.studio import files, live
from generator.web.studio import finish as ending
from generator.web.studio.forms import Form, form_of, prompt_id, slug
from generator.web.studio.live import Group, GroupPage, Live, Problem
from generator.web.watch import state_of

if TYPE_CHECKING:
    from generator.web.studio.workspace import Workspace

FILES, MORE = "q-files", "q-more"
"""The ids of the elements that are no question of the interview; that of the end is `finish.ID`."""
STATES = 50
"""States of which the digests are kept, to send a window only what changed."""


class Screen:
    """What is shown of a workspace.

    Args:
        workspace: The folder.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._shown: OrderedDict[str, dict[str, str]] = OrderedDict()
        self._live: tuple[tuple[str, ...], Live, Page | CharterError] | None = None

    def live(self, token: str, *, read_only: bool) -> Live:
        """Return all that is shown, rendered; unchanged answers are not rendered again.

        Args:
            token: The token that each form sends.
            read_only: Whether nothing can be changed.
        """
        key = self._key(read_only=read_only)
        if self._live is None or self._live[0] != key:
            self._live = (key, *self._rendered(token, read_only=read_only))
            self._shown[self._live[1].state] = live.digests_of(self._live[1])
            while len(self._shown) > STATES:
                self._shown.popitem(last=False)
        return self._live[1]

    def _key(self, *, read_only: bool) -> tuple[str, ...]:
        """What changes when something else has to be shown."""
        held = self.workspace
        prompts = {unit: prompt_id(running.prompt) for unit, running in held.running.items()}
        shown = (prompts, held.refused, held.messages, held.plan, held.is_written(), held.every_field, read_only)
        return (held.version, state_of(held.folder / CARD), *map(repr, shown))

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
            return broken_page(self.workspace.folder.absolute().name, view, linked=True)
        return page_html(view)

    def _rendered(self, token: str, *, read_only: bool) -> tuple[Live, Page | CharterError]:
        session = self.workspace.session
        steps = tuple(fitting(session))
        titles = {step.id: _(step.title) for step in steps}

        def link(finding: Finding) -> tuple[str, str] | None:
            step = step_for(session, finding.rule, finding.layer)
            step = "card" if step == "hub" else step
            return (f"/#{group_id(step)}", titles[step]) if step in titles else None

        view: Page | CharterError
        try:
            view = self.workspace.tools.page(session.answers.release(self.workspace.folder), link)
        except CharterError as error:
            view = error
        problems = _problems(view, steps)
        groups = {}
        for step in steps:
            group = self._group(step, tuple(problems.get(group_id(step.id), ())))
            groups[group.id] = live.render_group(GroupPage(group, token, read_only))
        sections = {} if isinstance(view, CharterError) else live.sections_of(view)
        bar = None if isinstance(view, CharterError) else view.publisher
        verdict, ready = (bar.verdict, bar.ready) if bar else (_("Not ready: the answers make no release yet"), False)
        groups[FILES] = render("studio/files.html.jinja", self._files(token, read_only=read_only))
        shown = {unit for step in steps for unit in (step.id, *step.fields)} | set(files.fields_of(session))
        shown |= _ASKED | {f"layers.{main_layer_of(session)}.license"}
        groups[MORE] = render("studio/more.html.jinja", GroupPage(self._more(shown), token, read_only))
        groups[ending.ID] = render(
            "studio/finish.html.jinja", self._finish(verdict, token, ready=ready, read_only=read_only, has=bool(bar))
        )
        done = sum(map(self._is_answered, steps))
        state = live.digest(self.workspace.version, verdict, *groups, *groups.values(), *sections.values())
        progress = _("{done} of {number} questions answered").format(done=done, number=len(steps))
        return Live(state, groups, sections, verdict, ready, progress), view

    def _files(self, token: str, *, read_only: bool) -> files.FilesPage:
        session, main = self.workspace.session, main_layer_of(self.workspace.session)
        rows, more, counts = files.file_rows(session)
        layers, fields = files.parts_with_files(session), files.fields_of(session)
        parts = tuple(
            files.PartView(
                layer,
                _(PART_NAMES[layer]),
                files.license_of(session, layer),
                counts.get(layer, 0),
                tuple(form for field in fields if field.split(".")[1] == layer and (form := self._form(field))),
            )
            for layer in layers
        )
        one = len({session.get(f"layers.{layer}.license") for layer in layers}) == 1
        name = files.license_of(session, main)
        return files.FilesPage(FILES, _(files.TITLE), rows, more, parts, one, name, token, read_only, live.VERSION)

    def _finish(self, verdict: str, token: str, *, ready: bool, read_only: bool, has: bool) -> ending.FinishPage:
        publisher = self.workspace.tools.publisher
        return ending.FinishPage(
            id=ending.ID,
            title=pgettext("section", ending.TITLE),
            verdict=verdict,
            ready=ready,
            can_build=has,
            hosted=publisher is None,
            is_written=self.workspace.is_written(),
            form=self._form(ending.UNIT) if ending.UNIT in self.workspace.running else None,
            lines=self.workspace.messages.get(ending.UNIT, ()),
            repo=clean(self.workspace.session.get("release.repo") or ""),
            login=clean(publisher.login()) if publisher else "",
            plan=self.workspace.plan,
            token=token,
            read_only=read_only,
            version=live.VERSION,
        )

    def _is_answered(self, step: Step) -> bool:
        return bool({step.id, *step.fields} & set(self.workspace.asked))

    def _group(self, step: Step, problems: tuple[Problem, ...]) -> Group:
        units = step.fields or (step.id,)
        forms = tuple(form for unit in units if (form := self._form(unit)))
        said = tuple(line for unit in units for line in self.workspace.messages.get(unit, ()))
        found = any(form.text or any(option.chosen for option in form.options) for form in forms)
        state = "answered" if self._is_answered(step) else "files" if found else "open"
        return Group(group_id(step.id), _(step.title), state, forms, problems, said)

    def _form(self, unit: str) -> Form | None:
        prompt = self.workspace.prompt_of(unit)
        if prompt is None:
            return None
        refused = self.workspace.refused.get(unit)
        form = form_of(
            unit,
            prompt,
            answered=unit in self.workspace.asked,
            nested=unit in self.workspace.running,
            text=refused.text if refused else None,
            error=refused.error if refused else "",
        )
        name = unit.removeprefix("card.")
        if name == unit or self.workspace.session.get(unit):
            return form
        if name in sections_of(self.workspace.session)[0]:
            return form._replace(notes=(("quiet", _("README.md has this section. A text here is added to the card.")),))
        return form._replace(draft=self.workspace.session.drafts().get(name, "") if name == "how_to_use" else "")

    def _more(self, shown: set[str]) -> Group:
        """The questions on fields that no other question is about, as `charter init --expert` asks them."""
        steps = [step for step in FIELD_STEPS if step.id not in shown and step.when(self.workspace.session)]
        forms = tuple(form for step in steps if (form := self._form(step.id))) if self.workspace.every_field else ()
        said = tuple(line for step in steps for line in self.workspace.messages.get(step.id, ()))
        return Group(MORE, _("More fields"), "open", forms, (), said)


def group_id(step: str) -> str:
    """Return the id of the element of a question.

    Args:
        step: The id of the step.
    """
    return f"q-{slug(step)}"


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
