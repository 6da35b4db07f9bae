"""Where the settings of an organization are: `charter.toml` in the folder of a release, or in one above it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from generator.named_tuple import NamedTuple

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
    own = Path(os.path.abspath(folder))  # noqa: PTH100 - the folder as it was named, without following links
    home = os.path.expanduser("~")  # noqa: PTH111
    if own.parent.name == "snapshots":
        return None  # the Hub's cache
    for place in (own, *own.parents):
        if place != own and _is_public(place):
            return None
        if (place / FILE).is_file():
            downloaded = place == own and (place / ".cache" / "huggingface").is_dir()
            return SettingsFile(place / FILE, "this folder was downloaded from the Hub" if downloaded else "")
        if str(place) == home or (place / ".git").exists():
            return None
    return None


def _is_public(folder: Path) -> bool:
    """Whether everybody may put a file into a folder."""
    try:
        return os.name == "posix" and bool(folder.stat().st_mode & stat.S_IWOTH)
    except OSError:
        return True
