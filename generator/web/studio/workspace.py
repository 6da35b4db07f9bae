"""A folder that is open in the studio: its interview, and the page that its answers make."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import CharterError
from generator.web.page import broken_page, page_html

if TYPE_CHECKING:
    from generator.interview.session import Session
    from generator.release.model import Release
    from generator.web.page import Page


class Tools(NamedTuple):
    """Functions of other packages that a workspace uses.

    Attributes:
        open_session: Returns an interview on a folder, and whether it has a release file already.
        page: Returns the content of the page of a release.
    """

    open_session: Callable[[Path], tuple[Session, bool]]
    page: Callable[[Release], Page]


class Workspace:
    """A folder that is open.

    Args:
        folder: The folder.
        tools: Functions of other packages.

    Raises:
        CharterError: There is no such folder, or its release file can't be read.
    """

    def __init__(self, folder: Path, tools: Tools) -> None:
        self.folder, self.tools = folder, tools
        self.lock = threading.RLock()
        self.session, _ = tools.open_session(folder)

    def page_html(self) -> bytes:
        """Return the page of the release, to be shown in a frame."""
        with self.lock:
            try:
                view = self.tools.page(self.session.answers.release(self.folder))
                text = page_html(view)
            except CharterError as error:
                text = broken_page(self.folder.absolute().name, error, linked=True)
            return text.encode("utf-8", "replace")
