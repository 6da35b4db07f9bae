"""The files of a folder that a signature covers, or should cover."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from generator.artifacts.folder import FILES_LIMIT, matching
from generator.artifacts.signature import SignedFiles
from generator.errors import CharterError
from generator.release.model import Release
from generator.release.source import FILE_NAME
from generator.release.vocabulary import GIVEN
from generator.translations import format_number
from generator.translations import gettext as _


class FolderFiles(NamedTuple):
    """What is in a folder, each part sorted: files, and links or devices that no signature covers."""

    files: tuple[str, ...]
    strange: tuple[str, ...]


def list_all(folder: Path, signed: SignedFiles) -> FolderFiles:
    """Return the files below a folder that a signature may cover; links are followed only in the Hub's cache.

    Args:
        folder: The folder.
        signed: The signature, which says what it ignores.

    Raises:
        CharterError: A folder cannot be listed, or there are more files than the Hub takes.
    """
    from generator.artifacts.folder import is_inside

    files: list[str] = []
    strange: list[str] = []
    in_cache = folder.parent.name == "snapshots"
    waiting = [""]
    while waiting:
        base = waiting.pop()
        try:
            with os.scandir(folder / base) as here:
                entries = list(here)
        except OSError as error:
            raise CharterError(
                f"{folder / base}: {_(error.strerror or str(error))}.", _("Make the folder readable.")
            ) from None
        for entry in entries:
            path = base + entry.name
            if not entry.is_symlink() and entry.is_dir():
                if not signed.is_ignored(path) or any(name.startswith(f"{path}/") for name in signed.digests):
                    waiting.append(f"{path}/")
            elif entry.is_file(follow_symlinks=in_cache) and (not entry.is_symlink() or is_inside(folder, path)):
                files.append(path)
            else:
                strange.append(path)
        if len(files) + len(waiting) > FILES_LIMIT:
            raise CharterError(
                _("{folder}: more than {number} files.").format(folder=folder, number=format_number(FILES_LIMIT)),
                _("Run it in the model's own folder."),
            )
    return FolderFiles(tuple(sorted(files)), tuple(sorted(strange)))


def published_paths(release: Release, bundle: tuple[str, ...], files: tuple[str, ...]) -> tuple[str, ...]:
    """Return the files that publishing a release puts into its repo.

    Args:
        release: The release.
        bundle: The paths of its bundle.
        files: The files in its folder.
    """
    here = [p.item for p in release.iter_items() if p.item.repo in (None, release.release.repo)]
    released = [item for item in here if item.availability in GIVEN]
    globs = tuple(pattern for item in released for pattern in item.files)
    named = {FILE_NAME, *bundle, *matching(files, globs)}
    named |= {text for text in (*(item.license_text for item in here),) if text}
    named |= {terms.license_text for terms in release.licenses.values() if terms.license_text}
    named |= {up.notice for item in here for up in item.derived_from if up.notice}
    named |= {release.card_template} if release.card_template else set()
    return tuple(path for path in files if path in named)
