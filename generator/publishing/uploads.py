"""What goes to which repo: one upload for the release's own repo, and one for each repo that items name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from generator.artifacts.folder import list_files, matching
from generator.documents.bundle import Bundle
from generator.documents.licenses.coverage import Coverage, cover
from generator.documents.registry import write_documents
from generator.documents.words import part_title
from generator.errors import CharterError
from generator.hub.repo_id import check_repo_id
from generator.licenses.assess import assess
from generator.publishing.release_record import FILE_NAME, release_record
from generator.publishing.signed import Signed, read_signature
from generator.release.fields import LINE, fitting
from generator.release.model import Card, Item, Layers, LocatedItem, Location, Release
from generator.release.vocabulary import GIVEN, LAYERS
from generator.translations import gettext as _

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
_SHARED_OUTPUTS = ("card", "licenses", "reuse")
"""Outputs that a repo beside the release's own gets: the others describe the release as a whole."""


class RepoUpload(NamedTuple):
    """What goes to one repo.

    Attributes:
        kind: `model` or `dataset`.
        bundle: The card and the license bundle.
        files: Files of the layers, by their path in the repo.
        folder: The folder whose README.md may hold a person's words for this repo; None where there is none.
        title: What the commit is called by default.
        gated: Whether items in it are released on request only.
        fields: Where in the release file each key of the front matter comes from.
        globs: The patterns that name the files of the layers.
        signed: The signature in the release's folder; None where there is none.
    """

    repo: str
    kind: str
    bundle: Bundle
    files: Mapping[str, Path]
    folder: Path | None
    title: str
    gated: bool
    fields: Mapping[str, Location]
    globs: tuple[str, ...] = ()
    signed: Signed | None = None


def repo_uploads(
    release: Release,
    repo: str | Iterable[str] | None = None,
    *,
    only: Iterable[str] = (),
    with_files: bool = False,
    release_file: bool = True,
) -> tuple[RepoUpload, ...]:
    """Return what goes where, the release's own repo first.

    Args:
        release: What is released.
        repo: Other repos than the release file names: `ORG/NAME` for the release itself, `LAYER=ORG/NAME` for the
            items of a layer that have a repo of their own, `OLD/NAME=ORG/NAME` for the items of one repo.
        only: The only repos to publish: their ids, or names of layers.
        with_files: Whether the files of the layers go too.
        release_file: Whether the release file goes too, completed (`release_record`).

    Raises:
        CharterError: No repo is named, an id is not valid, or a bundle cannot be built.
    """
    moves = (repo,) if isinstance(repo, str) else tuple(repo or ())
    release = _with_repos(release, moves, only)
    main = release.release.repo
    others = list(dict.fromkeys(p.item.repo for p in _items_elsewhere(release) if p.item.repo))
    for place in filter(None, (main, *others)):
        check_repo_id(place, "repo")
    if main is None and (
        not others or any(_is_released(p) and p.item.repo is None and p.item.files for p in release.iter_items())
    ):
        raise CharterError(_("No repo is named."), _("Write `repo: ORG/NAME` under `release:`, or --repo ORG/NAME."))
    chosen = _select(release, [*([main] if main else []), *others], only)
    return tuple(
        _repo_upload(release, "", with_files=with_files, release_file=release_file)._replace(
            folder=release.folder, signed=read_signature(release.folder)
        )
        if place == main
        else _repo_upload(*_release_for(release, place), with_files=with_files, release_file=release_file)
        for place in chosen
    )


def _select(release: Release, places: list[str], only: Iterable[str]) -> list[str]:
    """The repos to publish, in their order; all by default."""
    wanted: set[str] = set()
    for name in only:
        found = {name} & set(places)
        found |= {
            p.item.repo or release.release.repo or ""
            for p in release.iter_items()
            if p.layer == name and _is_released(p)
        }
        if not found:
            raise CharterError(
                _("--only: {name!r} is not a repo or a layer of this release.").format(name=name), _format_repos(places)
            )
        wanted |= found
    return [place for place in places if place in wanted or not wanted]


def _format_repos(places: list[str]) -> str:
    return _("Its repos: {repos}. Its layers: {layers}.").format(repos=", ".join(places), layers=", ".join(LAYERS))


def _items_elsewhere(release: Release) -> list[LocatedItem]:
    """The released items that go to a repo of their own."""
    return [p for p in release.iter_items() if p.item.repo and p.item.repo != release.release.repo and _is_released(p)]


def upload_of_bundle(bundle: Bundle, repo: str, *, release_file: bool = True) -> RepoUpload:
    """Return the upload that a built bundle is for a repo.

    Args:
        bundle: What `build` returned.
        repo: The repo that it goes to.
        release_file: Whether the release file goes too.

    Raises:
        CharterError: The repo id is not valid.
    """
    check_repo_id(repo, "repo")
    release = bundle.release
    if release is None:
        return RepoUpload(repo, "model", bundle, {}, None, "Publish with modelcharter", gated=False, fields={})
    assessment = assess(release)
    bundle = bundle.to_publish({FILE_NAME: release_record(assessment, bundle)} if release_file else {})
    found = _upload(cover(assessment), repo, bundle, {})
    return found._replace(folder=release.folder, globs=_globs(release), signed=read_signature(release.folder))


def _is_released(placed: LocatedItem) -> bool:
    return placed.item.availability in GIVEN


def _repo_upload(release: Release, root: str, *, with_files: bool, release_file: bool) -> RepoUpload:
    repo = release.release.repo
    assert repo is not None
    assessment = assess(release)
    bundle = write_documents(assessment)
    bundle = bundle.to_publish({FILE_NAME: release_record(assessment, bundle)} if release_file else {})
    files = _layer_files(release, bundle, root) if with_files else {}
    return _upload(cover(assessment), repo, bundle, files)._replace(globs=_globs(release))


def _upload(coverage: Coverage, repo: str, bundle: Bundle, files: Mapping[str, Path]) -> RepoUpload:
    release = coverage.assessment.release
    version = f" {release.release.version}" if release.release.version else ""
    subject = coverage.subject[0] if coverage.subject else None
    fields = {key: release.locate(path) for key, path in _FIELDS.items()}
    if subject and subject.layer in LAYERS:
        place = ("layers", subject.layer, subject.number)
        fields |= {key: release.locate((*place, field)) for key, field in _OF_ITEMS.items()}
    return RepoUpload(
        repo=repo,
        kind=coverage.repo_kind,
        bundle=bundle,
        files=files,
        folder=None,
        title=f"Publish {release.release.name}{version}",
        gated=any(c.item.availability == "gated" and (c.item.files or not c.item.url) for c in coverage.counted),
        fields=fields if release.origin else {},
    )


def _layer_files(release: Release, bundle: Bundle, root: str) -> dict[str, Path]:
    """The files of the items that are released here, without `root`; without files that the bundle writes."""
    folder = release.folder
    if folder is None:
        return {}
    names = tuple(name.removeprefix(root) for name in list_files(folder) if name.startswith(root))
    return {name: folder / f"{root}{name}" for name in matching(names, _globs(release)) if name not in bundle}


def _globs(release: Release) -> tuple[str, ...]:
    """The patterns of the items that are released in this repo."""
    here = [p.item for p in release.iter_items() if _is_released(p) and p.item.repo in (None, release.release.repo)]
    return tuple(pattern for item in here for pattern in item.files)


def _with_repos(release: Release, moves: tuple[str, ...], only: Iterable[str]) -> Release:
    """The release with other repos; items that name the old repo of the release move along.

    Raises:
        CharterError: A move is not valid, or items would still go to repos that nobody named for this push.
    """
    old, new, named = release.release.repo, release.release.repo, dict[str, str]()
    for move in moves:
        key, equals, place = move.rpartition("=")
        check_repo_id(place, f"--repo {key}" if equals else "--repo")
        if equals:
            named[key] = place
        elif new != old:
            raise CharterError(
                _("--repo: the release's own repo is named twice."), _("Write LAYER=ORG/NAME for the others.")
            )
        else:
            new = place
    _check_moves(release, named)

    def place_of(placed: LocatedItem) -> str | None:
        repo = placed.item.repo
        if repo is None or repo == old:
            return new if repo else None
        return named.get(repo) or named.get(placed.layer) or repo

    if new != old and not tuple(only):
        left = [p for p in _items_elsewhere(release) if p.item.repo not in named and p.layer not in named]
        if left:
            move = _("{layer} to {repo}")
            where = ", ".join(move.format(layer=p.layer, repo=p.item.repo) for p in left)
            more = " ".join(f"--repo {layer}=ORG/NAME" for layer in dict.fromkeys(p.layer for p in left))
            raise CharterError(
                _(
                    "--repo {new} names a repo for the release itself, but these items have "
                    "repos of their own: {where}."
                ).format(new=new, where=where),
                _("Name a repo for each: {more}. Or publish this repo alone: --only {new}").format(more=more, new=new),
            )
    if not moves:
        return release
    return _with_items(release, lambda p: replace(p.item, repo=place_of(p)), release=replace(release.release, repo=new))


def _check_moves(release: Release, named: Mapping[str, str]) -> None:
    for key in named:
        repos = dict.fromkeys(p.item.repo for p in _items_elsewhere(release) if key in (p.item.repo, p.layer))
        if not repos:
            known = ", ".join(dict.fromkeys(f"{p.layer}={p.item.repo}" for p in _items_elsewhere(release)))
            raise CharterError(
                _("--repo {key}=…: no released item has a repo of its own there.").format(key=key),
                _("Known: {names}").format(names=known) if known else _("Known: none"),
            )
        if len(repos) > 1:
            remedy = _("Name each: {repos}").format(repos=" ".join(f"--repo {repo}=ORG/NAME" for repo in repos))
            raise CharterError(
                _("--repo {key}=…: the items of this layer go to {number} repos.").format(key=key, number=len(repos)),
                remedy,
            )


def _release_for(release: Release, repo: str) -> tuple[Release, str]:
    """The release as the card of another repo shows it, and the folder that is its root there."""
    main = release.release.repo
    held = [p for p in release.iter_items() if p.item.repo == repo]
    names = [p.item.name for p in held if p.item.name]
    root = _root_of([p.item for p in held])
    # One line that describes the only item here is the summary of its card.
    lines = [placed.item.description.strip() for placed in held if placed.item.description]
    summary = fitting(LINE, lines[0]) if len(held) == 1 and lines else None
    info = replace(
        release.release,
        repo=repo,
        name=names[0] if len(names) == 1 else f"{release.release.name}, {_part_words(held[0])}",
        summary=summary,
        **_own_facts(release, held, root),
    )

    def moved_item(placed: LocatedItem) -> Item:
        if placed.item.repo != repo:
            return placed.item if placed.item.repo else replace(placed.item, repo=main)
        files = tuple(pattern.removeprefix(root) or "**" for pattern in placed.item.files)
        return replace(placed.item, files=files, description=None if summary else placed.item.description)

    outputs = tuple(output for output in release.outputs if output in _SHARED_OUTPUTS)
    # The facts of the model describe its weights, not an adapter for them.
    model = release.model if any(placed.item.form in ("quantized", "merge", "finetune") for placed in held) else None
    values = {"release": info, "model": model, "card": Card(), "results": (), "outputs": outputs}
    return _with_items(release, moved_item, **values), root


def _part_words(placed: LocatedItem) -> str:
    return part_title(placed.layer, placed.item.form).lower()


def _own_facts(release: Release, held: list[LocatedItem], root: str) -> dict[str, Any]:
    """What a repo's card states otherwise than the release's: a data set has no task, an adapter its own library."""
    if all(placed.layer in ("data", "curation") for placed in held):
        return {"task": None, "library": None, "tags": ()}
    patterns = [pattern.removeprefix(root) for placed in held for pattern in placed.item.files]
    if patterns and all(pattern.endswith(".gguf") for pattern in patterns):
        return {"library": "gguf"}
    if all(placed.item.form == "adapter" for placed in held):
        names = {*patterns, *(("adapter_config.json",) if _has_file(release, f"{root}adapter_config.json") else ())}
        if any(name.startswith("adapter_") for name in names):
            return {"library": "peft"}
        # Only PEFT's own files show PEFT; transformers loads whole models, so it is no answer for an adapter either.
        return {"library": None} if release.release.library == "transformers" else {}
    return {}


def _has_file(release: Release, path: str) -> bool:
    return release.folder is not None and (release.folder / path).is_file()


def _with_items(old: Release, change: Callable[[LocatedItem], Item], **values: Any) -> Release:  # noqa: ANN401 - fields
    """The release with other items and fields; it still knows where it was read from."""
    items: dict[str, list[Item]] = {}
    for placed in old.iter_items():
        items.setdefault(placed.layer, []).append(change(placed))
    documents = tuple(items.pop("documents", ()))
    layers = Layers(**{layer: tuple(found) for layer, found in items.items()})
    return replace(old, layers=layers, documents=documents, **values)


def _root_of(items: list[Item]) -> str:
    """The folder that all files of deltas are in: an adapter is loaded from the root of its repo."""
    heads = {pattern.rpartition("/")[0] for item in items if item.form for pattern in item.files}
    head = heads.pop() if len(heads) == 1 and all(item.form for item in items) else ""
    return f"{head}/" if head and not set(head) & {"*", "?"} else ""
