"""How a release is looked at: as a page in a file, or served and following the release file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.api import assess, load_release, this_day
from generator.errors import CharterError
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.documents.bundle import Bundle
    from generator.release.model import Release
    from generator.web.page import Page
    from generator.web.publisher import Linker
    from generator.web.server import Server


def preview(release: Release, *, live: bool = False) -> str:
    """Return a release as one web page, which fetches nothing from anywhere.

    Args:
        release: What `load_release` returned.
        live: Whether the page is served, and reloads when it changes.
    """
    from generator.web.page import page_html

    return page_html(page_of(release, live=live))


def page_of(release: Release, *, live: bool = False, link: Linker | None = None) -> Page:
    """Return the content of the page of a release, computed once for all its sections.

    Args:
        release: What `load_release` returned, or the answers of an interview.
        live: Whether the page is served, and reloads when it changes.
        link: In the studio, what finds the question that causes a finding.
    """
    from generator.checks.run import run
    from generator.documents.registry import write_documents
    from generator.web.page import page_view

    judged = assess(release)
    try:
        bundle: Bundle | CharterError = write_documents(judged)
    except CharterError as error:
        bundle = error  # a release without a bundle has rights and findings all the same
    return page_view(judged, run(judged, today=this_day()), bundle, live=live, link=link)


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
        CharterError: There is no such file, no free port, or the extra `studio` isn't installed.
    """
    from generator.artifacts.folder import is_file, is_folder
    from generator.web.page import broken_page

    try:
        from generator.web.server import preview_server
    except ModuleNotFoundError as missing:
        raise missing_studio(missing) from None
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
        return preview_server(file, make)
    except OSError as error:
        raise CharterError(
            _("This machine has no free port: {reason}.").format(reason=error.strerror), _("Try again.")
        ) from None


def missing_studio(missing: ModuleNotFoundError) -> CharterError:
    """Return the error for a package that serves pages and isn't installed.

    Args:
        missing: What Python reported.
    """
    remedy = _("Install it: {command}").format(command='pip install "modelcharter[studio]"')
    return CharterError(_("The Python package {name} is missing.").format(name=missing.name), remedy)
