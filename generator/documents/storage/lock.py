"""One writer at a time for each folder: a lock file of our own, which ends with the process that holds it."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from generator.errors import CharterError
from generator.translations import gettext as _

LIMIT = 30.0
"""Seconds that a writer waits for another one."""
_QUIET = 1.0
_STEP = 0.05


@contextlib.contextmanager
def lock_folder(target: Path, say: Callable[[str], None] = lambda _: None) -> Iterator[None]:
    """Hold a folder for one writer.

    The lock file is in the temporary folder, so that a read-only parent is no obstacle and nothing is left beside the
    user's files. Where there is no place for it, there is no lock.

    Args:
        target: The folder; it need not exist.
        say: Takes a message if another process holds the folder.

    Raises:
        CharterError: Another process still holds it after `LIMIT` seconds.
    """
    path = _lock_file(target)
    if path is None:
        yield
        return
    handle = _acquire(path, target, say)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(handle)


def _acquire(path: Path, target: Path, say: Callable[[str], None]) -> int:
    """Return the open lock file once this process is the only one that holds it."""
    import fcntl

    began = time.monotonic()
    reported = False
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_same(handle, path):
                return handle
        except BlockingIOError:
            pass
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
        waited = time.monotonic() - began
        if waited > LIMIT:
            raise CharterError(
                _("{target}: another charter process has been writing here for {seconds} seconds.").format(
                    target=target, seconds=f"{LIMIT:.0f}"
                ),
                _("Wait until it ends, or end it, then run this again."),
            )
        if waited > _QUIET and not reported:
            text = _("{target}: waiting for another charter process that writes here ...")
            say(text.format(target=target))
            reported = True
        time.sleep(_STEP)


def _is_same(handle: int, path: Path) -> bool:
    """Whether the lock file is still the one that was opened; the process before removes its own."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def _lock_file(target: Path) -> Path | None:
    """The lock file of a folder; None where there is no private folder to keep it in."""
    if sys.platform == "win32":
        return None
    import hashlib

    name = hashlib.sha256(os.fsencode(os.path.realpath(target))).hexdigest()[:32]
    # The fixed name comes first: processes with different TMPDIR must find the same file.
    for base in ("/tmp", os.environ.get("TMPDIR")):
        folder = Path(base) / f"modelcharter-{os.getuid()}" if base else None
        if folder and _is_private(folder):
            return folder / f"{name}.lock"
    return None


def _is_private(folder: Path) -> bool:
    """Whether a folder is, or could be made, this user's own and writable."""
    try:
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
    except OSError:
        return False
    mine = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
    return mine and os.access(folder, os.W_OK | os.X_OK)
