"""The end of the interview: write and build in the folder, download the bundle, publish after a dry run."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from generator.artifacts.secrets import mask_secrets
from generator.documents.pictures.drawing import clean
from generator.documents.registry import write_documents
from generator.errors import CharterError
from generator.licenses.assess import assess
from generator.publishing.result import Change, PublishResult
from generator.release.model import Release
from generator.release.writer import format_release
from generator.translations import mark_in_context
from generator.web.studio.forms import Form

ID, TITLE = "q-finish", mark_in_context("section", "Finish")
UNIT = "finish"
_DATE = (1980, 1, 1, 0, 0, 0)
DIFF_LIMIT = 40_000
"""Characters of a difference that are shown."""


class Plan(NamedTuple):
    """What publishing would send.

    Attributes:
        results: The result for each repo.
        failure: Why there is none.
        is_done: Whether it was sent.
    """

    results: tuple[PublishResult, ...] = ()
    failure: CharterError | None = None
    is_done: bool = False

    @property
    def is_blocked(self) -> bool:
        """Whether publishing would stop."""
        return any(result.blocked for result in self.results)

    @property
    def is_unchanged(self) -> bool:
        """Whether there is nothing to send."""
        return all(result.is_unchanged for result in self.results)

    @property
    def creates(self) -> tuple[str, ...]:
        """The repos that would be created."""
        return tuple(result.repo for result in self.results if result.created)


class Publisher(NamedTuple):
    """Publishes with the login of this machine.

    Attributes:
        plan: Returns what publishing the release of a folder would send.
        publish: Publishes it; whether missing repos are created, whether as a pull request.
        login: Returns the name of the login, or an empty text.
    """

    plan: Callable[[Path], tuple[PublishResult, ...]]
    publish: Callable[[Path, bool, bool], tuple[PublishResult, ...]]
    login: Callable[[], str]


class FinishPage(NamedTuple):
    """What the template uses.

    Attributes:
        form: A question that has to be answered before the build, such as one on license texts.
        lines: What the last build reported, each with a style.
        can_build: Whether the answers make a release.
        hosted: Whether this is the folder of a visitor: nothing is written or published, only downloaded.
        is_written: Whether the release file in the folder has these answers.
    """

    id: str
    title: str
    verdict: str
    ready: bool
    can_build: bool
    hosted: bool
    is_written: bool
    form: Form | None
    lines: tuple[tuple[str, str], ...]
    repo: str
    login: str
    plan: Plan | None
    token: str
    read_only: bool
    version: str

    @property
    def diffs(self) -> tuple[tuple[PublishResult, tuple[tuple[Change, str], ...]], ...]:
        """The changes of each repo, each with the difference as it is shown."""
        results = self.plan.results if self.plan else ()
        return tuple((r, tuple((c, mask_secrets(c.diff[:DIFF_LIMIT])) for c in r.changes)) for r in results)


def explained(error: CharterError) -> CharterError:
    """Return an error as it may be shown: without tokens and control characters.

    Args:
        error: What was raised.
    """
    return CharterError(clean(mask_secrets(error.message)), clean(mask_secrets(error.remedy)))


def bundle_zip(release: Release, folder: Path) -> bytes:
    """Return the files that a build would leave in the folder, and the release file, as a zip.

    Args:
        release: The answers.
        folder: The folder, whose README.md keeps the text that a person wrote.

    Raises:
        CharterError: The bundle can't be built.
    """
    files = {"release.yaml": format_release(release).encode()}
    files |= write_documents(assess(release)).standing_in(folder)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            info = zipfile.ZipInfo(path, _DATE)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return packed.getvalue()
