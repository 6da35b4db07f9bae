"""The digests of a release's files: computed, taken from where they are known, and written into its release file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from generator.artifacts.digest_sources import Stated
from generator.artifacts.digests import FolderDigests
from generator.artifacts.folder import matching
from generator.errors import CharterError, HubError
from generator.release.model import LocatedItem, Release
from generator.release.source import FILE_NAME, SIZE_LIMIT
from generator.release.vocabulary import GIVEN
from generator.translations import gettext as _


class HashedFile(NamedTuple):
    """A released file with its digest, and the item that names it.

    Attributes:
        source: Who computed or stated the digest, a key of `SOURCES`.
        number: The place of the item in its layer, from 0.
    """

    path: str
    size: int
    sha256: str
    source: str
    layer: str
    number: int


class ReleaseDigests(NamedTuple):
    """The digests of a release's files.

    Attributes:
        files: The files, by path. A file that several items name is there once for each.
        missing: Patterns of released items that no file matches, each with its layer.
    """

    release: str
    files: tuple[HashedFile, ...]
    missing: tuple[tuple[str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON, schema `modelcharter.hash/1`."""
        return {
            "schema": "modelcharter.hash/1",
            "release": self.release,
            "files": [
                {"path": f.path, "size": f.size, "sha256": f.sha256, "source": f.source, "layer": f.layer}
                for f in self.files
            ],
            "missing": [{"layer": layer, "pattern": pattern} for layer, pattern in self.missing],
        }


def hash_files(release: Release, *, reread: bool = False, online: bool = False) -> ReleaseDigests:
    """Return the SHA-256 of every file that a released item names.

    Known digests are taken, the other files are read and their digests kept in the cache.

    Args:
        release: What `load_release` returned.
        reread: Whether files are read whose digest charter did not compute itself.
        online: Whether the Hub is asked for the digests of files that are not in the folder.

    Raises:
        CharterError: No file is there, or one cannot be read.
        HubError: The Hub cannot be reached.
    """
    found: list[HashedFile] = []
    missing: list[tuple[str, str]] = []
    items = list(_released(release))
    folder = release.folder
    digests = FolderDigests(folder) if folder else None
    paths = digests.paths if digests else ()
    here = {(i.layer, i.number): matching(paths, i.item.files) if _is_here(release, i) else () for i in items}
    wanted = dict.fromkeys(path for held in here.values() for path in held)
    known = digests.read(wanted, believe=not reread) if digests else {}
    for item in items:
        held = {path: known[path] for path in here[item.layer, item.number]}
        if online and (repo := item.item.repo or release.release.repo):
            held = _on_the_hub(repo, item) | held
        found += [
            HashedFile(path, s.size, s.sha256, s.source, item.layer, item.number) for path, s in sorted(held.items())
        ]
        missing += [(item.layer, glob) for glob in item.item.files if not matching(tuple(held), (glob,))]
    if not found:
        remedy = _(
            "Name the files of each released item, as in `files: ['*.safetensors']`, and run it in their folder."
        )
        text = (
            _("{folder}: no file of a released item is here.")
            if folder
            else _("This release: no file of a released item is here.")
        )
        raise CharterError(text.format(folder=folder), remedy)
    return ReleaseDigests(release.release.name, tuple(found), tuple(missing))


def read_stated_files(release: Release) -> None:
    """Read the files whose digests the release file states, so that `check` compares all of them.

    Args:
        release: What `load_release` returned.

    Raises:
        CharterError: A file cannot be read.
    """
    if release.folder is None:
        return
    digests = FolderDigests(release.folder)
    stated = [item for item in _released(release) if item.item.sha256 and _is_here(release, item)]
    paths = {path for placed in stated for path in matching(digests.paths, placed.item.files)}
    digests.read(sorted(paths), believe=False)


def write_digests(release: Release, digests: ReleaseDigests) -> bool:
    """Write digests into the `sha256` of the items of a release file, and return whether it changed.

    Args:
        release: What `load_release` returned.
        digests: What `hash_files` returned for it.

    Raises:
        CharterError: The release has no file, or the file cannot be changed in place.
    """
    from generator.artifacts.folder import read_inside
    from generator.documents.storage.transaction import write_all
    from generator.release.edit import edit_release

    file = Path(release.origin.file) if release.origin else Path(FILE_NAME)
    if release.origin is None or file.name == "README.md":
        raise CharterError(
            _("{name}: there is no release file to write to.").format(name=release.release.name),
            _("Run `charter init` first."),
        )
    before = (read_inside(file.parent, file.name, SIZE_LIMIT) or b"").decode("utf-8")
    after = edit_release(before, _with_digests(release, digests))
    if after is None:
        remedy = _("Write the digests into `sha256:` of the items yourself; `charter hash` prints them.")
        raise CharterError(
            _("{file}: the digests can't be written without changing something else.").format(file=file), remedy
        )
    if after != before:
        write_all(file.parent, {file.name: after.encode()})
    return after != before


def _values(digests: ReleaseDigests) -> dict[tuple[str, int], str | dict[str, str]]:
    """What each item states: one digest for one file, else a digest for each file."""
    by_item: dict[tuple[str, int], dict[str, str]] = {}
    for file in digests.files:
        by_item.setdefault((file.layer, file.number), {})[file.path] = file.sha256
    return {place: next(iter(held.values())) if len(held) == 1 else held for place, held in by_item.items()}


def _with_digests(release: Release, digests: ReleaseDigests) -> Release:
    values = _values(digests)
    changed: dict[str, list[Any]] = {}
    for layer, number, item in release.iter_items():
        new = replace(item, sha256=values[layer, number]) if (layer, number) in values else item
        changed.setdefault(layer, []).append(new)
    documents = tuple(changed.pop("documents", ()))
    layers = replace(release.layers, **{layer: tuple(items) for layer, items in changed.items()})
    return replace(release, layers=layers, documents=documents)


def _released(release: Release) -> Iterator[LocatedItem]:
    for placed in release.iter_items():
        if placed.item.availability in GIVEN and placed.item.files:
            yield placed


def _is_here(release: Release, placed: LocatedItem) -> bool:
    return placed.item.repo in (None, release.release.repo)


def _on_the_hub(repo: str, placed: LocatedItem) -> dict[str, Stated]:
    """The large files of an item in a Hub repo, with the digests that the Hub states."""
    from generator.hub.client import open_connection
    from generator.hub.repo import is_absence, read_remote

    kind = "dataset" if placed.layer == "data" else "model"
    with open_connection() as connection:
        try:
            remote = read_remote(connection, repo, kind)
        except HubError as error:
            if is_absence(error):
                return {}
            raise
    names = matching(tuple(sorted(remote.files)), placed.item.files)
    files = {name: remote.files[name] for name in names}
    return {name: Stated(f.sha256, f.size or 0, "hub") for name, f in files.items() if f.sha256}
