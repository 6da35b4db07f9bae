"""ART: is the built bundle up to date?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from generator.artifacts.folder import is_file, read_inside
from generator.checks.registry import Problem, Subject, rule
from generator.documents.card.front_matter import front_matter
from generator.documents.licenses.publisher_files import own_words, publisher_text
from generator.documents.storage.merge import Card, merge_card
from generator.documents.storage.record import CARD, CARD_LIMIT, BrokenMarkers, find_markers, read_record
from generator.documents.storage.transaction import is_unfinished
from generator.errors import CharterError
from generator.release.model import Location
from generator.translations import gettext as _
from generator.translations import mark_text

if TYPE_CHECKING:
    from generator.documents.bundle import Bundle

_BUILD = mark_text("Run `charter build` again.")
_BY_HAND = mark_text("Move the change into the release file, or replace the file with `charter build --force`.")


@rule("ART301", "bundle-differs", "warning")
def bundle_differs(subject: Subject) -> Iterator[Problem]:
    """The built bundle differs from what `charter build` would write now.

    The release file was changed since, a file of the bundle is missing, or somebody edited one. An edited file is an
    error, because the next build stops at it. The rule compares content, not time. Text that a person wrote into
    README.md outside the markers is no difference. A folder without a bundle is not compared.

    Bad: release.yaml says Apache-2.0 now, and the LICENSE of the last build says MIT

        charter check

    Good:

        charter build && charter check
    """
    folder = subject.bundle or subject.release.folder
    if isinstance(folder, Path) and is_unfinished(folder):
        message = _("{folder}: a build was interrupted here; some files are new and others are old.").format(
            folder=folder
        )
        yield Problem(message, _("Run `charter build` to finish it."), severity="error")
        return
    if folder is None or not subject.stated:
        return
    record = subject.record if folder == subject.release.folder else None
    if isinstance(folder, Path) and not any(record or read_record(folder)):
        if subject.bundle is not None:
            yield Problem(
                _("{folder}: no bundle was built here.").format(folder=folder),
                _("Run `charter build -o {folder}`.").format(folder=folder),
                severity="info",
            )
        return
    # The template engine and all texts are only loaded where there is a bundle.
    from generator.documents.registry import write_documents

    try:
        now = write_documents(subject.assessment)
        if not isinstance(folder, Path):
            yield from _unlike(now, folder)
            return
        differences = now.differences(folder)
    except CharterError as error:
        yield Problem(_("`charter build` would fail: {message}").format(message=error.message), error.remedy)
        return
    for found in differences:
        yield Problem(
            f"{found.path}: {found.message}",
            _(_BY_HAND if found.stops else _BUILD),
            ("outputs",),
            severity="error" if found.stops else None,
            at=Location(str(folder / found.path), found.line, 1) if is_file(folder / found.path) else None,
        )


@rule("ART302", "build-refused", "error")
def build_refused(subject: Subject) -> Iterator[Problem]:
    """A file is written in a way that `charter build` can't keep, so the build would stop.

    Front matter with a key twice, with anchors or in braces can't be merged. Text that is not UTF-8 can't be kept. A
    LICENSE whose text charter does not know, and which no `license_text` names, is not replaced.

    Bad: in the front matter of README.md

        license: mit
        license: gpl-3.0

    Good:

        license: mit
    """
    folder, outputs = subject.release.folder, subject.release.outputs
    if folder is None or not subject.stated:
        return
    if "licenses" in outputs:
        try:
            own_words(folder, subject.coverage.publisher_files.notice)
        except CharterError as error:
            at = Location(str(folder / subject.coverage.publisher_files.notice), 1, 1)
            yield Problem(_("`charter build` would stop: {message}").format(message=error.message), error.remedy, at=at)
        yield from _find_unknown_license_file(subject, folder)
    try:
        existing = read_inside(folder, CARD, CARD_LIMIT) if "card" in outputs else None
        if existing and not find_markers(existing.decode("utf-8", "replace")):  # what was built is for ART301
            merge_card(Card(front_matter(subject.coverage), "# M\n", "-\n"), existing, {})
    except BrokenMarkers:
        return
    except CharterError as error:
        place = re.match(rf"{re.escape(CARD)}:(\d+): ", error.message)
        at = Location(str(folder / CARD), int(place[1]) if place else 1, 1)
        yield Problem(
            _("`charter build` would stop: {message}").format(message=error.message[place.end() if place else 0 :]),
            error.remedy,
            at=at,
        )


def _find_unknown_license_file(subject: Subject, folder: Path) -> Iterator[Problem]:
    """The license file of the folder, where no build wrote it and its text is not one that the release states."""
    name = subject.coverage.publisher_files.license
    if not is_file(folder / name) or name in read_record(folder).files:
        return
    stated = {item.item.license_text for item in subject.assessment.items}
    stated |= {terms.license_text for terms in subject.release.licenses.values()}
    text = None if name in stated else publisher_text(folder, name, {})
    if not text or not text.strip():
        return
    from generator.documents.registry import write_documents
    from generator.licenses.identify import UNKNOWN, find_named_only, identify

    # Of a text that is known, ART108 and ART109 report how it differs.
    if identify(text).result != UNKNOWN or find_named_only(text):
        return
    try:
        found = write_documents(subject.assessment).differences(folder)
    except CharterError:
        return  # REL107 reports a text that is not available
    if any(one.path == name and one.stops for one in found):
        message = _("`charter build` would stop: {message}").format(
            message=_("{name} has another text than the licenses of the release.").format(name=name)
        )
        remedy = _(
            "If it applies, write `license: LicenseRef-NAME` with `license_text: {name}`. Else replace it with "
            "`charter build --force`."
        ).format(name=name)
        yield Problem(message, remedy, at=Location(str(folder / name), 1, 1), kind=name)


def _unlike(now: Bundle, given: Bundle) -> Iterator[Problem]:
    """The files in which a bundle in memory differs from the release's."""
    for path in sorted({*now, *given}):
        if now.get(path) != given.get(path):
            yield Problem(
                _("{path}: the bundle was built from another state of this release.").format(path=path),
                _("Build it again."),
            )
