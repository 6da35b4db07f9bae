"""License files and a NOTICE that the publisher wrote: every build keeps what they say."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from generator.artifacts.folder import read_text
from generator.documents.storage.record import digest, read_record
from generator.errors import CharterError
from generator.licenses.copyrights import root_license_files
from generator.patterns import lazy_pattern

LICENSE = "LICENSE"
NOTICE = "NOTICE"
USE_POLICY = "USE_POLICY.md"
_NOTICE_NAMES = lazy_pattern(r"notice(?:\.(?:txt|md|rst))?", re.I)
INDEX = "LICENSES.md"
"""The index of licenses, where LICENSE is a text of the publisher's that the release file does not mention."""
OURS_BELOW = "-------- Written by modelcharter from the release file; write your own notices above this line --------"


def license_path(folder: Path | None) -> str:
    """Return the name of the license file of a folder: what the publisher calls theirs, else LICENSE.

    Args:
        folder: The folder of a release, if it has one.
    """
    names = root_license_files(folder)
    if names:
        return names[0]
    return "LICENSE.txt" if folder and (folder / LICENSE).exists() else LICENSE


def publisher_text(folder: Path, name: str, built: Mapping[str, str]) -> str | None:
    """Return the text of a file that no build wrote, or that was edited since; None where a build wrote it.

    Args:
        folder: The folder of a release.
        name: A file at its top.
        built: The digests that an earlier build recorded.
    """
    try:
        text = read_text(folder, name, any_encoding=True)
    except CharterError:
        return None
    return None if text is None or built.get(name) == digest(text.encode()) else text


def notice_path(folder: Path | None) -> str:
    """Return the name of the notice of a folder: what the publisher calls theirs, else NOTICE.

    Args:
        folder: The folder of a release, if it has one.
    """
    if folder is None:
        return NOTICE
    try:
        names = [name for name in os.listdir(folder) if _NOTICE_NAMES.fullmatch(name) and (folder / name).is_file()]  # noqa: PTH208
    except OSError:
        return NOTICE
    return min(names, key=lambda name: (name != NOTICE, "." in name, name), default=NOTICE)


def own_words(folder: Path | None, name: str) -> str:
    """Return what a person wrote into a file: all of it if no build wrote it, else what is above our line.

    Args:
        folder: The folder of a release, if it has one.
        name: A notice or a use policy at its top.

    Raises:
        CharterError: The file cannot be read as text.
    """
    if folder is None or not (folder / name).is_file() or (folder / name).is_symlink():
        return ""
    try:
        text = read_text(folder, name, any_encoding=True) or ""
    except CharterError as error:
        raise CharterError(error.message, "Save it as UTF-8 text, so that its words can be kept.") from None
    own, line, _ = text.partition(OURS_BELOW)
    if line:
        return own.rstrip("\n")
    return "" if name in read_record(folder).files else text.rstrip()


def own_notice(folder: Path | None) -> str:
    """Return what a person wrote into the notice.

    Args:
        folder: The folder of a release, if it has one.

    Raises:
        CharterError: The file cannot be read as text.
    """
    return own_words(folder, notice_path(folder))


def with_own_words(own: str, ours: str) -> str:
    """Return a file that holds what a person wrote, our line, and what a build writes.

    Args:
        own: What a person wrote; may be empty.
        ours: What the build writes.
    """
    return f"{own}\n\n{OURS_BELOW}\n\n{ours}" if own.strip() else ours
