"""The review: the problems, each of which opens the step that fixes it; the answers in six lines; and the end."""

from __future__ import annotations

from collections.abc import Iterator

from generator.errors import CharterError
from generator.interview.card_steps import card_words, hub_words
from generator.interview.data_steps import data_words
from generator.interview.identity_steps import kind_words, name_words, publisher_words
from generator.interview.kinds import main_layer_of
from generator.interview.license_steps import license_words
from generator.interview.lineage_steps import ask_license_of_source, layer_of_source
from generator.interview.prompts import BACK, Dialog, Option, Prompt, at
from generator.interview.session import Problem, Session
from generator.interview.steps import by_id
from generator.interview.text import joined, license_name
from generator.release.model import Release
from generator.translations import gettext as _
from generator.translations import ngettext

WRITE, PREVIEW, PUBLISH, LEAVE = "write", "preview", "publish", "leave"
DONE, AGAIN = "done", "again"
_SHOWN = 3
"""Problems that are shown at first."""
_LABEL = 10
"""Columns of a label of the answers."""
_FIXED_BY = {
    "REL101": "license",
    "REL102": "license",
    "REL103": "publisher",
    "REL106": "data",
    "REL108": "publisher",
    "REL117": "kind",
    "REL118": "publisher",
    "LIN201": "license",
    "LIN202": "license",
    "LIN203": "license",
    "LIN205": "name",
    "HUB101": "hub",
    "HUB102": "hub",
    "HUB103": "hub",
    "HUB104": "name",
    "HUB105": "base",
    "ART104": "base",
    "ART105": "base",
    "ART106": "base",
    "ART107": "base",
    "ART110": "license",
    "CARD101": "card",
    "CARD102": "card",
    "CARD103": "card",
    "CARD104": "card",
    "CARD105": "card",
}
"""The step that fixes the findings of a rule; the others are shown with what to do."""
_FAMILIES = {"LIC": "license", "LIN": "base", "POL": "license"}
_OF_LAYER = {"data": "data license", "architecture": "code license"}


class Checked:
    """A release with its problems, or the reason why the answers make none."""

    def __init__(self, session: Session) -> None:
        self.release: Release | None = None
        self.problems: list[Problem] = []
        try:
            self.release = session.answers.release(session.folder)
            self.problems = session.tools.check(self.release)
        except CharterError as error:
            self.problems = [Problem("error", "", line) for line in error.message.splitlines()]

    @property
    def words(self) -> str:
        """Whether it is ready, in words."""
        errors = sum(problem.severity == "error" for problem in self.problems)
        warnings = len(self.problems) - errors
        counts = [
            *([ngettext("{number} error", "{number} errors", errors).format(number=errors)] if errors else []),
            *(
                [ngettext("{number} warning", "{number} warnings", warnings).format(number=warnings)]
                if warnings
                else []
            ),
        ]
        if errors:
            return _("Not ready: {counts}").format(counts=", ".join(counts))
        return ", ".join((_("Ready to publish"), *counts))


def review(session: Session) -> Dialog:
    """Show the problems and the answers, and do what the person chooses.

    Returns:
        DONE, LEAVE, BACK, or AGAIN if the review has to be shown again.
    """
    checked = Checked(session)
    session.verdict = checked.words
    done = session.written is not None
    rows = (*_problem_rows(checked.problems, session.every_problem), *_answer_rows(session), *_end_rows(done))
    value = yield Prompt(
        _("Review"),
        checked.words,
        _(
            "Choose a problem to fix it, or an answer to change it. Write and build writes release.yaml, the model "
            "card and the license files into this folder. Nothing is sent to the Hub."
        ),
        rows,
        at(rows, LEAVE if done or checked.release is None else WRITE),
        notes=tuple(_comment_note(session, checked.release)),
    )
    if value is BACK:
        return BACK
    if value == LEAVE:
        return DONE if done else LEAVE
    if value == "every":
        session.every_problem = True
    elif value in (WRITE, PREVIEW, PUBLISH):
        built = yield from finish(session, checked, value)
        if built and value == WRITE:
            return DONE
    elif isinstance(value, Problem):
        yield from _fix(session, value, checked.release)
    else:
        yield from _open(session, value)
    return AGAIN


def _comment_note(session: Session, release: Release | None) -> Iterator[tuple[str, str]]:
    """A warning if writing drops comments of the release file that was opened."""
    if session.opened is not None and session.has_comments and release != session.opened:
        yield "warning", _("Writing release.yaml drops the comments in it.")


def _problem_rows(problems: list[Problem], every: bool) -> Iterator[Option]:
    shown = problems if every or len(problems) <= _SHOWN + 1 else problems[:_SHOWN]
    for problem in shown:
        yield Option(problem, problem.text, style=problem.severity)
    if rest := len(problems) - len(shown):
        yield Option(
            "every", ngettext("Show {number} more", "Show {number} more", rest).format(number=rest), style="quiet"
        )


def _answer_rows(session: Session) -> Iterator[Option]:
    """Six lines in words; each opens its step."""
    data = "license" if main_layer_of(session) == "data" else "origin"
    yield Option("kind", _row(_("What:"), kind_words(session)))
    yield Option("name", _row(_("Name:"), name_words(session)))
    yield Option("license", _row(_("License:"), license_words(session) or _("nothing is released")))
    yield Option(data, _row(_("Data:"), data_words(session)))
    yield Option("publisher", _row(_("Publisher:"), publisher_words(session)))
    yield Option("card", _row(_("Card:"), f"{card_words(session)} · {hub_words(session)}"))


def _row(label: str, words: str) -> str:
    return f"{label:<{_LABEL}} {words}"


def _end_rows(written: bool) -> Iterator[Option]:
    yield Option(WRITE, _("Write and build"), _("release.yaml, card and license files"))
    yield Option(PREVIEW, _("Build and preview"), _("opens the page"))
    yield Option(PUBLISH, _("Build and publish: dry run"), _("shows what would be sent"))
    yield Option(LEAVE, _("Finish") if written else _("Save the answers and quit"))


def _open(session: Session, step: str) -> Dialog:
    """Open a step; of a layer with several items, show where to change it."""
    layer = {"origin": "data", "data": "data", "data license": "data", "code license": "architecture"}.get(step)
    if step in (*_OF_LAYER.values(), "license", "base", "origin", "data", "kind"):
        layer = layer if layer and session.has_items(layer) else main_layer_of(session)
        if session.has_items(layer):
            yield Prompt(
                _("Several items"),
                _("This part of the release has several items."),
                _("The interview asks about one item of each part. Several items are edited in the release file."),
                (Option("back", _("Back to the review")),),
                notes=(
                    (
                        "",
                        _("Edit `layers: {layer}:` in release.yaml, and run `charter init` again.").format(layer=layer),
                    ),
                ),
            )
            return
    yield from by_id(step).ask(session)


def _fix(session: Session, problem: Problem, release: Release | None) -> Dialog:
    """Open the step that fixes a problem; without one, show what to do."""
    if problem.rule == "REL107" and release and session.tools.missing_texts(release):
        yield from _with_texts(session, release)
        return
    if problem.rule == "LIN204" and (layer := layer_of_source(session, problem.source)):
        yield from ask_license_of_source(session, layer, problem.source)
        return
    if step := step_for(session, problem.rule, problem.layer):
        yield from _open(session, step)
        return
    yield Prompt(
        problem.rule or _("Problem"),
        problem.text,
        _("`charter rules` describes {rule}.").format(rule=problem.rule),
        (Option("back", _("Back to the review")),),
        notes=(("", problem.remedy),) if problem.remedy else (),
    )


def step_for(session: Session, rule: str, layer: str | None) -> str:
    """Return the step that fixes the findings of a rule, or an empty text.

    Args:
        session: The interview.
        rule: The id of the rule.
        layer: The layer that the finding is about.
    """
    step = _FIXED_BY.get(rule) or _FAMILIES.get(rule[:3]) or ""
    if step == "license" and layer != main_layer_of(session):
        step = _OF_LAYER.get(layer or "", step)
    return step


def finish(session: Session, checked: Checked, what: str) -> Dialog:
    """Write the release file, build, and do what was chosen; return whether all of it was done.

    Args:
        session: The interview.
        checked: The release with its problems.
        what: WRITE, PREVIEW or PUBLISH.
    """
    release, tools = checked.release, session.tools
    if release is None:
        session.say(_("Fix the errors first; nothing was written."), "error")
        return False
    try:
        if tools.write(release):
            session.say(_("wrote {file}").format(file=session.folder / "release.yaml"))
        session.written = release
        if not (yield from _with_texts(session, release)):
            return False
        for line in tools.build():
            session.say(line)
        action = {PREVIEW: tools.preview, PUBLISH: tools.dry_run}.get(what)
        for line in action() if action else ():
            session.say(line)
    except CharterError as error:
        session.say(f"{error.message} {error.remedy}".strip(), "error")
        return False
    return True


def _with_texts(session: Session, release: Release) -> Dialog:
    """Fetch missing license texts if the person agrees; return whether the build can go on."""
    missing = session.tools.missing_texts(release)
    if not missing:
        return True
    value = yield Prompt(
        _("License texts"),
        _("The build needs the text of {licenses}, which isn't on this machine. Fetch it?").format(
            licenses=joined(map(license_name, missing))
        ),
        _(
            "charter fetches license texts from where they are published, compares each with a known checksum, and "
            "keeps them in its cache. Some come in one download of 126 MB. Or put the LICENSE file into this folder."
        ),
        (Option(True, _("Yes, fetch it")), Option(False, _("No"), _("the build waits"))),
    )
    if value is BACK or not value:
        session.say(_("Not built: a license text is missing."), "warning")
        return False
    try:
        session.tools.fetch_texts(missing, session.show)
    except CharterError as error:
        session.say(f"{error.message} {error.remedy}".strip(), "error")
        return False
    return True
