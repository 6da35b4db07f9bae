"""The files of a release's folder as evidence: their sizes, and the digests that are known or quick to compute."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from generator.artifacts.digest_sources import CLAIMS
from generator.artifacts.digests import FolderDigests, stat_of
from generator.artifacts.folder import list_files, matching
from generator.errors import CharterError
from generator.release.model import Item
from generator.translations import error_text as _

BUILT_FOLDERS = ("LICENSES/", "badges/")
"""Folders that a build writes to."""


class FileFact(NamedTuple):
    """A file of an item; `sha256` is None where it is not known, `size` where the file is not in the folder."""

    path: str
    size: int | None
    sha256: str | None


class FolderFiles:
    """The files of one folder, each read once.

    Args:
        folder: The folder of the release; None for a release that has none.
        built: Paths that a build may write; they are never evidence of anything.
    """

    def __init__(self, folder: Path | None, built: frozenset[str]) -> None:
        self._folder = folder or Path()
        paths = list_files(folder) if folder else ()
        self._paths = tuple(path for path in paths if path not in built and not path.startswith(BUILT_FOLDERS))
        self._digests = FolderDigests(self._folder, paths)

    def of(self, layer: str, item: Item) -> tuple[FileFact, ...]:
        """Return the files that an item's patterns name, and those that it states a digest of.

        Args:
            layer: The layer it stands in.
            item: The item.

        Raises:
            CharterError: A file cannot be read, or is not the one whose `sha256` is stated.
        """
        here = matching(self._paths, item.files)
        stated = item.digests if item.digest is None else dict.fromkeys(here, item.digest) if len(here) == 1 else {}
        facts = {path: self._fact(layer, path, stated) for path in here}
        elsewhere = sorted(path for path in matching(tuple(stated), item.files) if path not in facts)
        facts |= {path: FileFact(path, None, stated[path]) for path in elsewhere}
        return tuple(facts.values())

    def _fact(self, layer: str, path: str, stated: Mapping[str, str]) -> FileFact:
        found = self._digests.get(path)
        if found is None:
            return FileFact(path, stat_of(self._folder, path).st_size, stated.get(path))
        if stated.get(path, found.sha256) != found.sha256:
            if found.source in CLAIMS:
                return FileFact(path, found.size, stated[path])  # `check` reports it
            raise CharterError(
                _("{layer}: `sha256` is not that of {path}, which has {sha256}.").format(
                    layer=layer, path=path, sha256=found.sha256
                ),
                _("Replace the file, or run `charter hash --write` to state its digest."),
            )
        return FileFact(path, found.size, found.sha256)
