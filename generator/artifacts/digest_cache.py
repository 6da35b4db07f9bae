"""Digests of files that charter has read before, kept by size, times and inode of the file."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from generator.cache import cache_folder

_LIMIT = 64 * 1024 * 1024
"""Bytes of a cache file that is read; 100,000 files take about 20 MB."""
_VERSION = 1


def stamp(found: os.stat_result) -> tuple[int, int, int, int]:
    """Return what changes when a file is written: size, times of its content and of its entry, inode.

    Args:
        found: What the system states of the file.
    """
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


class DigestCache:
    """The digests of one folder's files, as an earlier run has computed them.

    Args:
        folder: The folder of a release.
    """

    def __init__(self, folder: Path) -> None:
        self._entries: dict[str, list[Any]] = {}
        self._file: Path | None = None
        if base := cache_folder("digests"):
            name = hashlib.sha256(os.fsencode(os.path.realpath(folder))).hexdigest()[:32]
            self._file = base / f"{name}.json"
            self._load(self._file)

    def _load(self, file: Path) -> None:
        with contextlib.suppress(OSError, ValueError, RecursionError):
            if file.stat().st_size <= _LIMIT:
                held = json.loads(file.read_bytes())
                if isinstance(held, dict) and held.get("v") == _VERSION and isinstance(held.get("files"), dict):
                    self._entries = held["files"]

    def get(self, path: str, found: os.stat_result) -> str | None:
        """Return the digest of a file; None where it was not read, or was written since.

        Args:
            path: Its path in the folder.
            found: What the system states of it now.
        """
        held = self._entries.get(path)
        if isinstance(held, list) and held[:-1] == list(stamp(found)) and isinstance(held[-1], str):
            return held[-1]
        return None

    def put(self, path: str, found: os.stat_result, digest: str) -> None:
        """Keep the digest of a file.

        Args:
            path: Its path in the folder.
            found: What the system stated of it when it was read.
            digest: Its SHA-256.
        """
        self._entries[path] = [*stamp(found), digest]

    def save(self) -> bool:
        """Write the cache, and return whether that was possible."""
        if self._file is None:
            return False
        import tempfile  # here, as it is slow to load

        content = json.dumps({"v": _VERSION, "files": self._entries}, separators=(",", ":"))
        name = ""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent, prefix=".digests-")
            with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as stream:
                stream.write(content)
            os.replace(name, self._file)  # noqa: PTH105 - the name comes from mkstemp
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(name)  # noqa: PTH108
            return False
        return True
