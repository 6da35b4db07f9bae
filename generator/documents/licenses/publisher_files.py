"""License files and a NOTICE that the publisher wrote: every build keeps what they say."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from generator.artifacts.folder import is_file, read_text, size_of
from generator.documents.storage.record import digest, read_record
from generator.errors import CharterError
from generator.licenses.copyrights import root_license_files
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern
from generator.translations import error_text as _

LICENSE = "LICENSE"
NOTICE = "NOTICE"
USE_POLICY = "USE_POLICY.md"
_NOTICE_NAMES = lazy_pattern(r"notice(?:\.(?:txt|md|rst))?", re.I)
INDEX = "LICENSES.md"
"""The index of licenses, where LICENSE is a text of the publisher's that covers a part."""
OURS_BELOW = "-------- Written by modelcharter from the release file; write your own notices above this line --------"


class PublisherFiles(NamedTuple):
    """The names of the files at the top of a folder in which a publisher keeps licenses and notices.

    Attributes:
        licenses: The license files: LICENSE first, then LICENSE.txt, COPYING and others.
        license: The file for the license: what the publisher calls theirs, else LICENSE.
        notice: The file for notices: what the publisher calls theirs, else NOTICE.
    """

    licenses: tuple[str, ...] = ()
    license: str = LICENSE
    notice: str = NOTICE


def find_publisher_files(folder: Path | None) -> PublisherFiles:
    """Return the names of a publisher's license files and notice.

    Args:
        folder: The folder of a release, if it has one.
    """
    if folder is None:
        return PublisherFiles()
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names, not paths
    except OSError:
        return PublisherFiles()
    licenses = root_license_files(folder, names)
    taken = any(name.upper() == LICENSE for name in names) and (folder / LICENSE).exists()
    notices = [name for name in names if _NOTICE_NAMES.fullmatch(name) and is_file(folder / name)]
    return PublisherFiles(
        licenses,
        licenses[0] if licenses else "LICENSE.txt" if taken else LICENSE,
        min(notices, key=lambda name: (name != NOTICE, "." in name, name), default=NOTICE),
    )


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


def own_words(folder: Path | None, name: str) -> str:
    """Return what a person wrote into a file: all of it if no build wrote it, else what is above our line.

    Args:
        folder: The folder of a release, if it has one.
        name: A notice or a use policy at its top.

    Raises:
        CharterError: The file cannot be read as text.
    """
    if folder is None or size_of(folder, name) < 0 or (folder / name).is_symlink():
        return ""
    try:
        text = read_text(folder, name, any_encoding=True) or ""
    except CharterError as error:
        raise CharterError(error.message, _("Save it as UTF-8 text, so that its words can be kept.")) from None
    own, line, __ = text.partition(OURS_BELOW)
    if line:
        return own.rstrip("\n")
    return "" if name in read_record(folder).files else text.rstrip()


def with_own_words(own: str, ours: str) -> str:
    """Return a file that holds what a person wrote, our line, and what a build writes.

    Args:
        own: What a person wrote; may be empty.
        ours: What the build writes.
    """
    return f"{own}\n\n{OURS_BELOW}\n\n{ours}" if own.strip() else ours
