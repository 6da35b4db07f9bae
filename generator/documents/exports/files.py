"""The files of a release's folder as evidence: their sizes, and the digests of those that are small enough to read."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from generator.artifacts.folder import list_files, matching, read_inside
from generator.errors import CharterError
from generator.release.model import Item

HASHED = 64 * 1024 * 1024
"""Bytes up to which a file is read for its digest; a larger one is named without, unless `sha256` states it."""
HASHED_IN_ALL = 1024 * 1024 * 1024
"""Bytes that are read for digests in one export."""
BUILT_FOLDERS = ("LICENSES/", "badges/")
"""Folders that a build writes to."""


class FileFact(NamedTuple):
    """A file of an item that is in the folder; `sha256` is None where it was too large to read."""

    path: str
    size: int
    sha256: str | None


class FolderFiles:
    """The files of one folder, each read once.

    Args:
        folder: The folder of the release.
        built: Paths that a build may write; they are never evidence of anything.
    """

    def __init__(self, folder: Path, built: frozenset[str]) -> None:
        self._folder = folder
        paths = list_files(folder)
        self._paths = tuple(path for path in paths if path not in built and not path.startswith(BUILT_FOLDERS))
        self._seen: dict[str, FileFact] = {}
        self._read = 0

    def of(self, layer: str, item: Item) -> tuple[FileFact, ...]:
        """Return the files that an item's patterns name.

        Args:
            layer: The layer it stands in.
            item: The item.

        Raises:
            CharterError: A file cannot be read, or is not the one whose `sha256` is stated.
        """
        found = [self._fact(path) for path in matching(self._paths, item.files)]
        if item.sha256 and len(found) == 1:
            if found[0].sha256 not in (None, item.sha256):
                raise CharterError(
                    f"{layer}: `sha256` is not that of {found[0].path}, which has {found[0].sha256}.",
                    "Fix `sha256:`, or replace the file.",
                )
            found[0] = found[0]._replace(sha256=item.sha256)
        return tuple(found)

    def _fact(self, path: str) -> FileFact:
        if path not in self._seen:
            self._seen[path] = self._look(path)
        return self._seen[path]

    def _look(self, path: str) -> FileFact:
        size = (self._folder / path).stat().st_size
        if size > HASHED or self._read + size > HASHED_IN_ALL:
            return FileFact(path, size, None)
        self._read += size
        content = read_inside(self._folder, path, HASHED)
        return FileFact(path, size, hashlib.sha256(content or b"").hexdigest())
