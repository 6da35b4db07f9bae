"""`charter init` with a person: the interview, and the functions it gets from checks, documents, Hub and page."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from generator.api import REPO, assess, build, check, fetch_license_texts, load_release
from generator.api.create import draft_usage, find_offers, prefill, reading_messages, write_release_file
from generator.errors import CharterError
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.interview.answers import Answers
    from generator.interview.flow import Prompter
    from generator.interview.offers import Offers
    from generator.interview.session import Problem, Session, Tools
    from generator.licenses.catalog import LicenseId
    from generator.release.model import Release


def open_session(folder: Path, *, origin: str | None = None, offers: Offers | None = None) -> tuple[Session, bool]:
    """Return an interview with what the files of a folder show, and whether it has a release file already.

    Args:
        folder: The model's folder, where `release.yaml` is written.
        origin: Another folder, or a Hub repo, that is read instead.
        offers: What the person may accept; by default names from git and the Hub login of this machine.

    Raises:
        CharterError: There is no such folder.
        ReleaseFileError: The release file that is there can't be read.
        HubError: The Hub repo can't be read.
    """
    from generator.interview.reopen import answers_of
    from generator.interview.session import Session

    reopened = origin is None and (folder / "release.yaml").is_file()
    opened = load_release(folder) if reopened else None
    known = answers_of(opened) if opened else prefill(folder, origin=origin)
    session = Session(folder, known, _tools(folder), find_offers(folder, known) if offers is None else offers)
    session.opened = opened
    if opened:
        text = (folder / "release.yaml").read_text(encoding="utf-8")
        session.has_comments = any(line.lstrip().startswith("#") or " #" in line for line in text.splitlines())
    else:
        known.without_itself()
        for line in reading_messages(folder, known):
            session.say(line, "quiet")
    return session, reopened


def interview(session: Session, prompter: Prompter, *, expert: bool = False, reopened: bool = False) -> Path | None:
    """Ask a person what is released, write the release file, and build if they want to.

    Args:
        session: What `open_session` returned.
        prompter: Asks.
        expert: Whether to ask for every field, by layer.
        reopened: Whether the answers are those of a release file.

    Returns:
        The path of the release file, or None if the person left; then all answers are saved.

    Raises:
        CharterError: The folder can't be written.
        InterruptedWizard: The person paused; the answers are saved.
    """
    from generator.interview.flow import Interview

    released = Interview(session, prompter, expert=expert, reopened=reopened).run()
    return session.folder / "release.yaml" if released else None


def _tools(folder: Path) -> Tools:
    from generator.documents.storage.lock import lock_folder
    from generator.interview.session import Tools

    file = _ReleaseFile(folder)
    return Tools(
        check=_problems,
        look_up=lambda ref: _license_of(ref, folder),
        missing_texts=lambda release: tuple(_missing_texts(release)),
        fetch_texts=_fetch,
        write=file.write,
        build=lambda: _build(folder),
        preview=lambda: _preview(folder),
        dry_run=lambda: _dry_run(folder),
        draft=lambda known: _drafts(folder, known),
        lock=lambda: lock_folder(folder),
    )


def _drafts(folder: Path, known: Answers) -> dict[str, str]:
    """Drafts of sections of the card, by their field."""
    with contextlib.suppress(CharterError):
        if found := draft_usage(folder, known):
            return {found.field.removeprefix("card."): found.value}
    return {}


def _problems(release: Release) -> list[Problem]:
    """The errors and warnings of the checks, errors first."""
    from generator.interview.session import Problem

    order = ("error", "warning")
    found = [finding for finding in check(release).findings if finding.severity in order and not finding.accepted]
    found.sort(key=lambda finding: order.index(finding.severity))
    return [Problem(f.severity, f.rule, f.message, f.remedy, f.layer, f.source) for f in found]


def _license_of(ref: str, folder: Path) -> str | None:
    """The license that a source's own folder states, or its repo on the Hub."""
    from generator.hub.read import fetch_upstream
    from generator.licenses.assess import load_folder_release
    from generator.licenses.upstreams import hub_cache, place_of

    place = place_of(ref, folder, None, hub_cache())
    if place is None:
        if not REPO.fullmatch(ref):
            return None
        place = fetch_upstream(ref)
    stated = [placed.item.license for placed in load_folder_release(place).iter_items() if placed.item.license]
    return stated[0] if stated else None


def _needed(release: Release) -> Iterator[LicenseId]:
    """The licenses of a release and of what flows into it."""
    for entry in assess(release).items:
        for expression in (entry.license, *(flow.license for flow in entry.flows)):
            yield from expression.ids() if expression else ()


def _missing_texts(release: Release) -> Iterator[str]:
    """The licenses whose texts can be fetched and aren't there."""
    from generator.licenses.terms import terms_of
    from generator.licenses.texts import text_of

    if all(finding.rule != "REL107" for finding in check(release).findings):
        return
    for key in dict.fromkeys(_needed(release)):
        if key in release.licenses:
            continue
        terms = terms_of(key)
        source = terms.text_source
        if source and source.origin != "page" and text_of(source, terms.digest) is None:
            yield str(key)


def _fetch(keys: tuple[str, ...], say: Callable[[str], None]) -> None:
    from generator.licenses.catalog import LicenseId

    fetch_license_texts(tuple(LicenseId(key) for key in keys), say=say)


class _ReleaseFile:
    """The release file of a folder as the interview opened it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known = self._content()

    def write(self, release: Release) -> bool:
        """Write the release file, unless it has all of this already: then its comments are kept.

        Args:
            release: What it should have.

        Raises:
            CharterError: Another program wrote it since it was opened, or it can't be written.
        """
        if self._content() != self._known:
            self._known = self._content()
            raise CharterError(
                _("{file}: another program changed this file; it was not replaced.").format(
                    file=self._folder / "release.yaml"
                ),
                _("Your answers are saved. Look at the file, then write again to replace it."),
            )
        with contextlib.suppress(CharterError):
            if load_release(self._folder) == release:
                return False
        write_release_file(self._folder, release)
        self._known = self._content()
        return True

    def _content(self) -> bytes | None:
        with contextlib.suppress(OSError):
            return (self._folder / "release.yaml").read_bytes()
        return None


def _build(folder: Path) -> list[str]:
    bundle = build(load_release(folder))
    said: list[str] = []
    written = bundle.write(folder, say=said.append)
    groups = (
        (_("wrote {files}"), written.created),
        (_("replaced {files}"), written.replaced),
        (_("removed {files}"), written.removed),
    )
    said += [text.format(files=", ".join(names)) for text, names in groups if names]
    return said or [_("All files are up to date.")]


def _preview(folder: Path) -> list[str]:
    import webbrowser

    from generator.api.preview import write_preview

    path = write_preview(folder)
    opened = webbrowser.open(path.absolute().as_uri())
    return [_("wrote {files}").format(files=path), "" if opened else _("Open it in a browser.")]


def _dry_run(folder: Path) -> list[str]:
    from generator.api import publish
    from generator.publishing.result import Options

    release = load_release(folder)
    if check(release).exit_code:
        return [_("Not ready to publish: charter push would stop. Fix the errors first.")]
    lines = []
    for found in publish(release, Options(dry_run=True)):
        lines.append(
            _("{repo}: {changed} files would be sent, {same} are unchanged.").format(
                repo=found.repo, changed=len(found.changes), same=len(found.unchanged)
            )
        )
        lines += [f"  {change.change} {change.path}" for change in found.changes]
        lines += [_("push would stop: {reason}").format(reason=reason) for reason in found.blocked]
    return lines


def found_lines(session: Session) -> list[str]:
    """Return what was found in the folder, for the beginning of the interview.

    Args:
        session: What `open_session` returned.
    """
    from generator.interview.found import found_words

    return found_words(session)
