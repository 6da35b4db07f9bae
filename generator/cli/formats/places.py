"""Places as other programs want them: relative to the current folder, with `/`."""

from __future__ import annotations

import os
from pathlib import Path


def relative(file: str) -> str:
    """Return a file's path from the current folder; its whole path where it is outside.

    Args:
        file: As the finding names it.
    """
    try:
        here = Path.cwd()
    except FileNotFoundError:  # it was removed
        return Path(file).as_posix()
    path = os.path.abspath(file)  # noqa: PTH100 - links stay as they are named
    return Path(path).relative_to(here).as_posix() if Path(path).is_relative_to(here) else Path(path).as_posix()
