"""Writing the page: over an earlier one of ours, never over anybody else's file."""

from __future__ import annotations

from pathlib import Path

from generator.documents.storage.transaction import write_all
from generator.errors import BundleConflictError, CharterError
from generator.translations import gettext as _
from generator.translations import mark_text
from generator.web.page import MARK

_REMEDY = mark_text("Name another file with -o FILE.")


def write_page(file: Path, page: str) -> Path:
    """Write the page in one step, and return where.

    Args:
        file: The file; its folder is made where it is missing.
        page: The page.

    Raises:
        BundleConflictError: Something that is no page of ours stands there.
        CharterError: It cannot be written.
    """
    try:
        if file.is_symlink() or (file.exists() and not _ours(file)):
            raise BundleConflictError(
                _("{file}: this is no page of ours, so it is kept.").format(file=file), _(_REMEDY), (str(file),)
            )
        if file.parent.exists() and not file.parent.is_dir():
            raise CharterError(_("{file}: not a folder.").format(file=file.parent), _(_REMEDY))
        write_all(file.parent, {file.name: page.encode("utf-8", "replace")})
    except (OSError, ValueError) as error:
        raise CharterError(f"{file}: {getattr(error, 'strerror', error)}.", _(_REMEDY)) from None
    return file


def _ours(file: Path) -> bool:
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return MARK.encode() in stream.read(4096)
