"""Watch files: a page is rendered again when its release file, or the card beside it, was written."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

from generator.artifacts.card import CARD


class WatchedPage:
    """A page that follows its release file.

    Args:
        release: The release file.
        make: Makes the page.
    """

    def __init__(self, release: Path, make: Callable[[], str]) -> None:
        self._files, self._make = (release, release.parent / CARD), make
        self._lock = threading.Lock()
        self._made: tuple[str, bytes] | None = None

    def state(self) -> str:
        """Return what changes when the release file, or the card beside it, is written."""
        return state_of(*self._files)

    def page(self) -> bytes:
        """Return the page, rendered again where it has to be."""
        with self._lock:
            state = self.state()
            if self._made is None or self._made[0] != state:
                self._made = (state, self._make().encode("utf-8", "replace"))
            return self._made[1]


def state_of(*files: Path) -> str:
    """Return what changes when one of the files is written, removed or replaced.

    Args:
        files: The files; they need not exist.
    """
    return hashlib.sha256(repr([_stamp(path) for path in files]).encode()).hexdigest()


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
