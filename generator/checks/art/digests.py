"""ART, digests: do the files have the SHA-256 that the release file states?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from generator.artifacts.folder import matching
from generator.checks.art.files import format_paths
from generator.checks.registry import Problem, Subject, label_of, place, rule
from generator.licenses.assess import ItemAssessment
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.artifacts.digest_sources import Stated

_HASH = "charter hash --write"


@rule("ART120", "digest-differs", "error")
def digest_differs(subject: Subject) -> Iterator[Problem]:
    """A file has another SHA-256 than the release file states.

    The file was changed or damaged after the digest was written. Charter compares small files, and larger ones whose
    digest it knows: from an earlier `charter hash`, a Git LFS pointer, the Hub's cache, a list or a signature. An info
    names what was not compared; `charter check --hash` reads these files.

    Bad: where model.safetensors was trained again after this was written

        weights: {files: [model.safetensors], sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}

    Good: the same, after `charter hash --write`
    """
    survey, own = subject.survey, subject.release.release.repo
    unknown: list[str] = []
    size = 0
    for item in subject.assessment.items:
        if not item.item.sha256 or item.item.repo not in (None, own):
            continue
        here = matching(survey.files, item.item.files)
        yield from _misplaced(item, here)
        stated = item.item.digests if item.item.digest is None else dict.fromkeys(here[:1], item.item.digest)
        for path in here if item.item.digest is None or len(here) == 1 else ():
            found = survey.digests.get(path) if path in stated else None
            if found and found.sha256 != stated[path]:
                yield _differs(item, path, stated, found)
            elif path in stated and found is None:
                unknown.append(path)
                size += (survey.folder / path).stat().st_size
    if unknown:
        said = _("{files}: the stated SHA-256 was not compared, as this reads {size} GB.").format(
            files=format_paths(unknown), size=f"{size / 10**9:.1f}"
        )
        yield Problem(said, _("Run: charter check --hash"), ("layers",), severity="info", kind="not compared")


def _misplaced(item: ItemAssessment, here: tuple[str, ...]) -> Iterator[Problem]:
    """Digests that belong to no file of the item."""
    if item.item.digest and len(here) > 1:
        said = _("{part}: one `sha256` for {number} files.").format(part=label_of(item), number=len(here))
        yield Problem(
            said,
            _("Run: {command}").format(command=_HASH),
            place(item, "sha256"),
            item,
            severity="warning",
            kind="one digest",
        )
    strange = [path for path in item.item.digests if not matching((path,), item.item.files)]
    if strange:
        said = _("{part}: `sha256` names {files}, which `files` does not name.").format(
            part=label_of(item), files=format_paths(strange)
        )
        remedy = _("Correct the name, or remove the digest.")
        yield Problem(said, remedy, place(item, "sha256", strange[0]), item, severity="warning", kind="other files")


def _differs(item: ItemAssessment, path: str, stated: Mapping[str, str], found: Stated) -> Problem:
    from generator.artifacts.digest_sources import SOURCES  # few files differ

    field = place(item, "sha256") if item.item.digest else place(item, "sha256", path)
    if found.source in ("read", "cache"):
        message = _("{part}: {path} has another SHA-256 than stated: {found}, not {stated}.")
    else:
        message = _("{part}: {path} has another SHA-256 than stated: {found} by {source}, not {stated}.")
    return Problem(
        message.format(
            part=label_of(item), path=path, found=found.sha256, source=SOURCES[found.source], stated=stated[path]
        ),
        _("Restore the file. If the change is meant, run: {command}").format(command=_HASH),
        field,
        item,
    )
