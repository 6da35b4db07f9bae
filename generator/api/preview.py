"""How a release is looked at: as a page in a file, or served and following the release file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.api import assess, load_release, this_day
from generator.errors import CharterError

if TYPE_CHECKING:
    from generator.documents.bundle import Bundle
    from generator.release.model import Release
    from generator.web.server import Server


def preview(release: Release, *, live: bool = False) -> str:
    """Return a release as one web page, which fetches nothing from anywhere.

    Args:
        release: What `load_release` returned.
        live: Whether the page is served, and reloads when it changes.
    """
    from generator.checks.run import run
    from generator.documents.registry import write_documents
    from generator.web.page import page

    judged = assess(release)
    try:
        bundle: Bundle | CharterError = write_documents(judged)
    except CharterError as error:
        bundle = error  # a release without a bundle has rights and findings all the same
    return page(judged, run(judged, today=this_day()), bundle, live=live)


def write_preview(path: str | Path, target: str | Path | None = None) -> Path:
    """Write a release as one web page, and return where.

    Args:
        path: The release file, or a folder that holds one.
        target: The file; `preview.html` beside the release file by default.

    Raises:
        ReleaseFileError: The release file cannot be read.
        CharterError: The file is somebody else's, or cannot be written.
    """
    from generator.artifacts.folder import is_folder
    from generator.web.page_file import write_page

    source = Path(path)
    file = Path(target) if target else (source if is_folder(source) else source.parent) / "preview.html"
    return write_page(file, preview(load_release(source)))


def serve_preview(path: str | Path) -> Server:
    """Return a server of the page, which follows the release file; `run` serves until it is interrupted.

    Args:
        path: The release file, or a folder that holds one; it need not be readable as it stands.

    Raises:
        CharterError: There is no such file, or no port to be had.
    """
    from generator.artifacts.folder import is_file, is_folder
    from generator.web.page import broken_page
    from generator.web.server import Server

    source = Path(path)
    file = source / "release.yaml" if is_folder(source) else source
    if not is_file(file):
        load_release(source)  # says what is missing

    def make() -> str:
        try:
            return preview(load_release(source), live=True)
        except CharterError as error:
            return broken_page(str(file), error)

    try:
        return Server(file, make)
    except OSError as error:
        raise CharterError(f"No port of this machine is to be had: {error.strerror}.", "Try again.") from None
