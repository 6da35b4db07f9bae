"""SHA-256 digests of the files in a folder: known ones first, the others read on all processors."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from generator import progress
from generator.artifacts.digest_cache import DigestCache, stamp
from generator.artifacts.digest_sources import DigestSources, Stated
from generator.artifacts.folder import is_inside, list_files, open_regular
from generator.errors import CharterError
from generator.translations import gettext as _
from generator.translations import ngettext

if TYPE_CHECKING:
    from queue import SimpleQueue

SMALL = 64 * 1024 * 1024
"""Bytes up to which a file is read unasked."""
SMALL_IN_ALL = 1024 * 1024 * 1024
"""Bytes that are read unasked in one folder."""
_CHUNK = 256 * 1024
_PAUSE = 0.1
"""Seconds between two reports of progress."""


class FolderDigests:
    """What is known of the digests of one folder's files.

    Args:
        folder: The folder of a release.
        paths: The paths of its files; by default they are listed.
    """

    def __init__(self, folder: Path, paths: tuple[str, ...] | None = None) -> None:
        self.folder = folder
        self._listed = paths
        self._found: dict[str, Stated | None] = {}
        self._left = SMALL_IN_ALL

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The files in the folder."""
        return list_files(self.folder) if self._listed is None else self._listed

    @cached_property
    def cache(self) -> DigestCache:
        """What charter has read before."""
        return DigestCache(self.folder)

    @cached_property
    def sources(self) -> DigestSources:
        """What files of the folder state of others."""
        return DigestSources(self.folder, self.paths)

    def get(self, path: str) -> Stated | None:
        """Return the digest of a file if it is known, or if the file is small enough to be read unasked.

        Args:
            path: Its path in the folder.

        Raises:
            CharterError: The file cannot be read.
        """
        if path not in self._found:
            self._found[path] = self._get(path)
        return self._found[path]

    def _get(self, path: str) -> Stated | None:
        found = stat_of(self.folder, path)
        if digest := self.cache.get(path, found):
            return Stated(digest, found.st_size, "cache")
        stated = self.sources.get(path, found)
        if (stated and stated.source == "lfs-pointer") or found.st_size > min(SMALL, self._left):
            return stated
        self._left -= found.st_size
        return Stated(_read(self.folder, path, _Meter()), found.st_size, "read")

    def read(self, paths: Iterable[str], *, believe: bool = True) -> dict[str, Stated]:
        """Return the digests of files; those that are not known are read, and kept in the cache.

        A Git LFS pointer is always believed: its file is not here.

        Args:
            paths: Their paths in the folder.
            believe: Whether a digest counts that charter did not compute itself.

        Raises:
            CharterError: A file cannot be read, or was written in the meantime.
        """
        made: dict[str, Stated] = {}
        unknown: dict[str, os.stat_result] = {}
        for path in paths:
            found = stat_of(self.folder, path)
            digest = self.cache.get(path, found)
            stated = Stated(digest, found.st_size, "cache") if digest else self.sources.get(path, found)
            if stated and (believe or stated.source in ("cache", "lfs-pointer")):
                made[path] = stated
            else:
                unknown[path] = found
        for path, digest in _read_all(self.folder, unknown):
            made[path] = Stated(digest, unknown[path].st_size, "read")
            self.cache.put(path, unknown[path], digest)
        if unknown:
            self.cache.save()
        return made


class _Meter:
    """The buffer of a worker, how many bytes it has read, and whether it should stop."""

    def __init__(self) -> None:
        self.buffer = memoryview(bytearray(_CHUNK))
        self.done = 0
        self.stopped = False


class _Stopped(Exception):
    """The task was interrupted."""


def stat_of(folder: Path, path: str) -> os.stat_result:
    """Return what the system states of a file.

    Args:
        folder: The folder of the release.
        path: The path of the file in it.

    Raises:
        CharterError: It is not there, or leads out of the folder.
    """
    try:
        found = (folder / path).stat()
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise CharterError(f"{path}: {_(said)}.", _("Make the file readable.")) from None
    if not is_inside(folder, path):
        raise CharterError(
            _("{path}: a link leads out of the folder.").format(path=path), _("Put the file itself into the folder.")
        )
    return found


def _read_all(folder: Path, files: dict[str, os.stat_result]) -> Iterator[tuple[str, str]]:
    """The digests of files, the largest ones first, so that no processor waits long for another."""
    if not files:
        return
    from queue import SimpleQueue

    order = sorted(files, key=lambda path: files[path].st_size, reverse=True)
    total = sum(found.st_size for found in files.values())
    number = len(order)
    name = ngettext("Hashing {file}", "Hashing {number} files", number).format(file=order[0], number=number)
    left, results = iter(order), SimpleQueue[tuple[str, str | Exception]]()
    meters = [_Meter() for _ in range(min(_processors(), len(order)))]
    threads = [threading.Thread(target=_work, args=(folder, left, meter, results), name="sha256") for meter in meters]
    for thread in threads:
        thread.start()
    try:
        for path, digest in _take(results, len(order), lambda: sum(meter.done for meter in meters), name, total):
            if isinstance(digest, Exception):
                raise digest
            yield path, digest
    finally:
        for meter in meters:
            meter.stopped = True
        for thread in threads:
            thread.join()
        progress.end()


def _work(folder: Path, left: Iterator[str], meter: _Meter, results: SimpleQueue[tuple[str, str | Exception]]) -> None:
    """Read one file after another; an error is a result too, and is raised where the result is taken."""
    for path in left:
        try:
            results.put((path, _read(folder, path, meter)))
        except _Stopped:
            return
        except Exception as error:
            results.put((path, error))


def _take(
    results: SimpleQueue[tuple[str, str | Exception]], number: int, done: Callable[[], int], name: str, total: int
) -> Iterator[tuple[str, str | Exception]]:
    """Results as they come, with reports of progress while they are awaited."""
    from queue import Empty

    shown = 0.0
    while number:
        if time.monotonic() >= shown + _PAUSE:
            progress.report(name, done(), total, progress.BYTES)
            shown = time.monotonic()
        with contextlib.suppress(Empty):
            yield results.get(timeout=_PAUSE)
            number -= 1


def _read(folder: Path, path: str, meter: _Meter) -> str:
    """Read a file, and return its digest.

    Raises:
        CharterError: It cannot be read, or was written in the meantime.
    """
    state, size = hashlib.sha256(), 0
    try:
        with open_regular(folder / path) as stream:
            before = os.fstat(stream.fileno())
            while number := stream.readinto(meter.buffer):
                state.update(meter.buffer[:number])
                size += number
                meter.done += number
                if meter.stopped:
                    raise _Stopped
            after = os.fstat(stream.fileno())
    except OSError as error:
        raise CharterError(f"{path}: {_(error.strerror or str(error))}.", _("Make the file readable.")) from None
    if stamp(before) != stamp(after) or size != after.st_size:
        raise CharterError(
            _("{path} was changed while it was read.").format(path=path), _("Run it again when the file is complete.")
        )
    return state.hexdigest()


def _processors() -> int:
    with contextlib.suppress(AttributeError):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
