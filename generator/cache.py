"""The folder of what charter keeps between runs: license texts, and digests of files that were read."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder(part: str) -> Path | None:
    """Return the folder of one part of the cache: in `MODELCHARTER_CACHE`, else below the system's cache folder.

    None where the user has no home folder, as in a container that runs under an unknown user id.

    Args:
        part: What is kept there, such as `texts`.
    """
    if own := os.environ.get("MODELCHARTER_CACHE"):
        return Path(own) / part
    if sys.platform not in ("darwin", "win32") and (caches := os.environ.get("XDG_CACHE_HOME")):
        return Path(caches) / "modelcharter" / part
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "darwin":
        base = home / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        base = home / ".cache"
    return base / "modelcharter" / part
