"""The workspaces of visitors: each has a private folder in memory, and both end with the visit."""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from generator.errors import CharterError
from generator.translations import gettext as _

Work = TypeVar("Work")
MEMORY = Path("/dev/shm")
MEMORY_LEAST = 1024**3
"""Free bytes from which the file system in memory is used; a container's own has 64 MB."""
PREFIX = "charter-visitors-"
"""How the name of the folder of all visitors begins."""
_LOCK = "lock"
_EVERY = 15.0
"""Seconds between two looks for visits that have ended."""


class Limits(NamedTuple):
    """How much visitors may have.

    Attributes:
        visits: Workspaces at a time.
        idle: Seconds after the last request at which a workspace ends.
        age: Seconds after which it ends in any case.
        spare: Idle seconds after which it ends early where a new visitor finds no free one.
    """

    visits: int = 100
    idle: float = 30 * 60
    age: float = 4 * 60 * 60
    spare: float = 5 * 60


class _Visit(Generic[Work]):
    def __init__(self, folder: Path, work: Work, now: float) -> None:
        self.folder, self.work, self.begun, self.used = folder, work, now, now


class Visitors(Generic[Work]):
    """The workspaces of all visitors; none outlives the process, if the process can clear up.

    Args:
        make: Makes the workspace in a new, empty folder.
        limits: How much visitors may have.
        clock: Returns seconds.
    """

    def __init__(
        self, make: Callable[[Path], Work], limits: Limits | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._make, self.limits, self._clock = make, limits or Limits(), clock
        self._visits: dict[str, _Visit[Work]] = {}
        self._opening, self._garbage = 0, False
        self._guard = threading.Lock()
        self._done = threading.Event()
        self.root = _make_root()
        atexit.register(self.end)
        threading.Thread(target=self._watch, name="visitors", daemon=True).start()

    def __len__(self) -> int:
        """Return how many workspaces there are."""
        return len(self._visits)

    def open(self) -> tuple[str, Work]:
        """Return a new workspace, with the key that its visitor keeps.

        Raises:
            CharterError: There are too many.
        """
        self.close_ended()
        with self._guard:
            if len(self._visits) + self._opening >= self.limits.visits and not self._close_spare():
                raise CharterError(_("All workspaces of this server are in use."), _("Try again in some minutes."))
            self._opening += 1
        try:
            key = secrets.token_urlsafe(32)
            folder = self.root / secrets.token_hex(8) / "model"
            folder.mkdir(parents=True, mode=0o700)
            visit = _Visit(folder, self._make(folder), self._clock())
        finally:
            with self._guard:
                self._opening -= 1
        with self._guard:
            self._visits[key] = visit
        return key, visit.work

    def get(self, key: str) -> Work | None:
        """Return the workspace of a key, which is then in use; None if there is none, or its time is over.

        Args:
            key: What `open` returned.
        """
        with self._guard:
            visit = self._visits.get(key)
            now = self._clock()
            if visit is None or self._is_over(visit, now):
                return None
            visit.used = now
            return visit.work

    def close(self, key: str) -> None:
        """End a visit, and remove its folder.

        Args:
            key: What `open` returned.
        """
        with self._guard:
            self._close(key)

    def close_ended(self) -> None:
        """End the visits whose time is over."""
        with self._guard:
            now = self._clock()
            for key in [key for key, visit in self._visits.items() if self._is_over(visit, now)]:
                self._close(key)

    def end(self) -> None:
        """End all visits, and remove all folders."""
        self._done.set()
        with self._guard:
            self._visits.clear()
            shutil.rmtree(self.root, ignore_errors=True)
        atexit.unregister(self.end)

    def _is_over(self, visit: _Visit[Work], now: float) -> bool:
        return now - visit.used > self.limits.idle or now - visit.begun > self.limits.age

    def _close_spare(self) -> bool:
        """End the visit that was idle for longest, if it was idle for long."""
        key, visit = min(self._visits.items(), key=lambda entry: entry[1].used, default=("", None))
        if visit is None or self._clock() - visit.used < self.limits.spare:
            return False
        self._close(key)
        return True

    def _close(self, key: str) -> None:
        visit = self._visits.pop(key, None)
        if visit is not None:
            self._garbage = True
            shutil.rmtree(visit.folder.parent, ignore_errors=True)

    def _watch(self) -> None:
        while not self._done.wait(_EVERY):
            self.close_ended()
            if self._garbage:
                self._garbage = False
                gc.collect()  # what a visit leaves is old, and would be looked for too rarely


def _make_root() -> Path:
    """Make the private folder of this process, and remove those of processes that were killed."""
    parent = Path(tempfile.gettempdir())
    with contextlib.suppress(OSError):
        if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= MEMORY_LEAST:
            parent = MEMORY
    for left in parent.glob(f"{PREFIX}*"):
        if not left.is_symlink() and _lock(left):
            shutil.rmtree(left, ignore_errors=True)
    root = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    (root / _LOCK).touch(0o600)
    _lock(root, keep=True)
    return root


def _lock(folder: Path, *, keep: bool = False) -> bool:
    """Lock a folder for this process; False where another one that runs has it, or there are no locks."""
    try:
        import fcntl

        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (ImportError, OSError):
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return False
    if not keep:
        os.close(handle)
    return True
