"""ART, digests: do the files have the SHA-256 that the release file states?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.artifacts.digest_sources import SOURCES, Stated
from generator.artifacts.folder import matching
from generator.checks.art.files import format_paths
from generator.checks.registry import Problem, Subject, label_of, place, rule
from generator.licenses.assess import ItemAssessment

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
        said = f"{format_paths(unknown)}: the stated SHA-256 was not compared, as this reads {size / 10**9:.1f} GB."
        yield Problem(said, "Run: charter check --hash", ("layers",), severity="info", kind="not compared")


def _misplaced(item: ItemAssessment, here: tuple[str, ...]) -> Iterator[Problem]:
    """Digests that belong to no file of the item."""
    if item.item.digest and len(here) > 1:
        said = f"{label_of(item)}: one `sha256` for {len(here)} files."
        yield Problem(said, f"Run: {_HASH}", place(item, "sha256"), item, severity="warning", kind="one digest")
    strange = [path for path in item.item.digests if not matching((path,), item.item.files)]
    if strange:
        said = f"{label_of(item)}: `sha256` names {format_paths(strange)}, which `files` does not name."
        remedy = "Correct the name, or remove the digest."
        yield Problem(said, remedy, place(item, "sha256", strange[0]), item, severity="warning", kind="other files")


def _differs(item: ItemAssessment, path: str, stated: Mapping[str, str], found: Stated) -> Problem:
    field = place(item, "sha256") if item.item.digest else place(item, "sha256", path)
    by = f" by {SOURCES[found.source]}" if found.source not in ("read", "cache") else ""
    return Problem(
        f"{label_of(item)}: {path} has another SHA-256 than stated: {found.sha256}{by}, not {stated[path]}.",
        f"Restore the file. If the change is meant, run: {_HASH}",
        field,
        item,
    )
