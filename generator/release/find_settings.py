"""Where the settings of an organization are: `charter.toml` in the folder of a release, or in one above it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from generator.named_tuple import NamedTuple
from generator.translations import mark_text

FILE = "charter.toml"


class SettingsFile(NamedTuple):
    """A file of settings, and why it is ignored; empty where it applies."""

    path: Path
    ignored: str = ""


def find_settings(folder: str | Path | None) -> SettingsFile | None:
    """Return the nearest `charter.toml`; None where there is none.

    The search goes up to the top of the git repository, or to the home folder. It ends below a folder that everybody
    may write to, such as `/tmp`. A file inside a model that was downloaded from the Hub is ignored.

    Args:
        folder: The folder of a release.
    """
    if folder is None:
        return None
    own = os.path.abspath(folder)  # noqa: PTH100 - the folder as it was named, without following links
    home = os.path.expanduser("~")  # noqa: PTH111
    place, above = own, os.path.dirname(own)  # noqa: PTH120 - texts, as every release asks for each folder above it
    if os.path.basename(above) == "snapshots":  # noqa: PTH119
        return None  # the Hub's cache
    while True:
        file = os.path.join(place, FILE)  # noqa: PTH118
        if stat.S_ISREG(_mode(file)):
            downloaded = place == own and stat.S_ISDIR(_mode(os.path.join(place, ".cache", "huggingface")))  # noqa: PTH118
            return SettingsFile(Path(file), mark_text("this folder was downloaded from the Hub") if downloaded else "")
        if place == home or _mode(os.path.join(place, ".git")):  # noqa: PTH118
            return None
        place, below = os.path.dirname(place), place  # noqa: PTH120
        if place == below or _is_public(place):
            return None


def _mode(path: str) -> int:
    """The mode of a file or folder; 0 where there is none."""
    try:
        return os.stat(path).st_mode  # noqa: PTH116
    except (OSError, ValueError):
        return 0


def _is_public(folder: str) -> bool:
    """Whether everybody may put a file into a folder, or it cannot be looked at."""
    if os.name != "posix":
        return False
    mode = _mode(folder)
    return not mode or bool(mode & stat.S_IWOTH)
