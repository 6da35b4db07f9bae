"""What goes to which repo: a release is one parcel for its own repo, and one for each repo that items name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from generator.artifacts.folder import list_files, matching
from generator.documents.bundle import Bundle
from generator.documents.licenses.coverage import Coverage, cover
from generator.documents.registry import write_documents
from generator.errors import CharterError
from generator.licenses.assess import assess
from generator.licenses.texts import cache_dir
from generator.release.model import Card, Item, Layers, Location, Placed, Release
from generator.release.vocabulary import GIVEN, LAYERS

_FIELDS: dict[str, tuple[str | int, ...]] = {
    "license_name": ("release", "repo"),
    "language": ("release", "languages"),
    "language_bcp47": ("release", "languages"),
    "library_name": ("release", "library"),
    "pipeline_tag": ("release", "task"),
    "tags": ("release", "tags"),
    "pretty_name": ("release", "name"),
    "model-index": ("results",),
}
"""Which field of the release file a key of the front matter is written from; the rest come from the items."""
_OF_ITEMS = {"license": "license", "base_model": "derived_from", "base_model_relation": "derived_from"}
_OF_ITEMS |= {"datasets": "derived_from"}
_ELSEWHERE = ("card", "licenses", "reuse")
"""Outputs that a repo beside the release's own gets: the others describe the release as a whole."""


class Parcel(NamedTuple):
    """What goes to one repo.

    Attributes:
        kind: `model` or `dataset`.
        bundle: The card and the license bundle.
        files: Files of the layers, by their path in the repo.
        folder: The folder whose README.md may hold a person's words for this repo; None where there is none.
        title: What the commit is called by default.
        gated: Whether items in it are given on request.
        fields: Where in the release file each key of the front matter comes from.
    """

    repo: str
    kind: str
    bundle: Bundle
    files: Mapping[str, Path]
    folder: Path | None
    title: str
    gated: bool
    fields: Mapping[str, Location]


def parcels(release: Release, repo: str | None = None, *, with_files: bool = False) -> tuple[Parcel, ...]:
    """Return what goes where, the release's own repo first.

    Args:
        release: What is released.
        repo: The repo that the release goes to, instead of the one it names.
        with_files: Whether the files of the layers go too.

    Raises:
        CharterError: No repo is named, or a bundle cannot be built.
    """
    release = _moved(release, repo) if repo else release
    main = release.release.repo
    others = dict.fromkeys(p.item.repo for p in release.placed() if p.item.repo and p.item.repo != main and _here(p))
    if main is None:
        if not others or any(_here(p) and p.item.repo is None and p.item.files for p in release.placed()):
            raise CharterError("No repo is named.", "Write `repo: ORG/NAME` under `release:`, or --repo ORG/NAME.")
        return tuple(_parcel(*_for(release, other), with_files=with_files) for other in others)
    own = _parcel(release, "", with_files=with_files)._replace(folder=release.folder)
    return (own, *(_parcel(*_for(release, other), with_files=with_files) for other in others))


def parcel_of(bundle: Bundle, repo: str) -> Parcel:
    """Return the parcel that a built bundle is for a repo.

    Args:
        bundle: What `build` returned.
        repo: The repo that it goes to.
    """
    release = bundle.release
    if release is None:
        return Parcel(repo, "model", bundle, {}, None, "Publish with modelcharter", gated=False, fields={})
    return _wrapped(cover(assess(release)), repo, bundle, {})._replace(folder=release.folder)


def last_published(endpoint: str, parcel: Parcel, revision: str | None) -> Path | None:
    """Return where the README.md of a folder is kept, as it was when it was last published from there.

    None where there is no folder for caches.

    Args:
        endpoint: The Hub.
        parcel: What was published.
        revision: The branch; None for the main one.
    """
    if (cache := cache_dir()) is None:
        return None
    place = str(parcel.folder.resolve()) if parcel.folder else ""
    key = "\n".join((endpoint, parcel.kind, parcel.repo, revision or "main", place))
    return cache.parent / "published" / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.md"


def _here(placed: Placed) -> bool:
    return placed.item.availability in GIVEN


def _parcel(release: Release, lead: str, *, with_files: bool) -> Parcel:
    repo = release.release.repo
    assert repo is not None
    judged = assess(release)
    bundle = write_documents(judged)
    return _wrapped(cover(judged), repo, bundle, _layer_files(release, bundle, lead) if with_files else {})


def _wrapped(coverage: Coverage, repo: str, bundle: Bundle, files: Mapping[str, Path]) -> Parcel:
    release = coverage.assessment.release
    version = f" {release.release.version}" if release.release.version else ""
    subject = coverage.subject[0] if coverage.subject else None
    fields = {key: release.locate(path) for key, path in _FIELDS.items()}
    if subject and subject.layer in LAYERS:
        place = ("layers", subject.layer, subject.number)
        fields |= {key: release.locate((*place, field)) for key, field in _OF_ITEMS.items()}
    return Parcel(
        repo=repo,
        kind=coverage.repo_kind,
        bundle=bundle,
        files=files,
        folder=None,
        title=f"Publish {release.release.name}{version}",
        gated=any(item.item.availability == "gated" for item in coverage.counted),
        fields=fields if release.origin else {},
    )


def _layer_files(release: Release, bundle: Bundle, lead: str) -> dict[str, Path]:
    """The files of the items that are given here, without `lead`; what the bundle writes itself is not among them."""
    folder = release.folder
    if folder is None:
        return {}
    names = tuple(name.removeprefix(lead) for name in list_files(folder) if name.startswith(lead))
    here = [p.item for p in release.placed() if _here(p) and p.item.repo in (None, release.release.repo)]
    globs = tuple(pattern for item in here for pattern in item.files)
    return {name: folder / f"{lead}{name}" for name in matching(names, globs) if name not in bundle}


def _moved(release: Release, repo: str) -> Release:
    """The release as it is for another repo of its own; items that name the old one move along."""
    old = release.release.repo
    return _rebuilt(
        release,
        lambda p: p.item.but(repo=repo) if old and p.item.repo == old else p.item,
        release=release.release.but(repo=repo),
    )


def _for(release: Release, repo: str) -> tuple[Release, str]:
    """The release as the card of another repo tells it, and the folder that is its root there."""
    main = release.release.repo
    held = [p for p in release.placed() if p.item.repo == repo]
    names = [p.item.name for p in held if p.item.name]
    lead = _lead([p.item for p in held])
    info = release.release.but(
        repo=repo,
        name=names[0] if len(names) == 1 else f"{release.release.name}, {held[0].layer}",
        summary=None,
    )

    def placed_anew(placed: Placed) -> Item:
        if placed.item.repo != repo:
            return placed.item if placed.item.repo else placed.item.but(repo=main)
        return placed.item.but(files=tuple(pattern.removeprefix(lead) for pattern in placed.item.files))

    outputs = tuple(output for output in release.outputs if output in _ELSEWHERE)
    return _rebuilt(release, placed_anew, release=info, card=Card(), results=(), outputs=outputs), lead


def _rebuilt(old: Release, change: Callable[[Placed], Item], **values: Any) -> Release:  # noqa: ANN401 - fields
    """The release with other items and fields; it still knows where it was read from."""
    items: dict[str, list[Item]] = {}
    for placed in old.placed():
        items.setdefault(placed.layer, []).append(change(placed))
    documents = tuple(items.pop("documents", ()))
    layers = Layers(**{layer: tuple(found) for layer, found in items.items()})
    new = old.but(layers=layers, documents=documents, **values)
    return new.read_from(old.origin) if old.origin else new


def _lead(items: list[Item]) -> str:
    """The folder that all files of deltas lie in: an adapter is loaded from the root of its repo."""
    heads = {pattern.rpartition("/")[0] for item in items if item.form for pattern in item.files}
    head = heads.pop() if len(heads) == 1 and all(item.form for item in items) else ""
    return f"{head}/" if head and not set(head) & {"*", "?"} else ""
