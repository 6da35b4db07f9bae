"""A studio for visitors: the pages that begin a visit, take files instead of a folder, and end it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from generator.errors import CharterError
from generator.translations import gettext as _
from generator.translations import pgettext
from generator.web.guard import VISIT, cookie_of, is_secure
from generator.web.studio.app import Layout, Studio, html
from generator.web.studio.uploads import HEADER_LIMIT, HEADERS, TEXTS, Upload, Uploads, taken_files
from generator.web.studio.visitors import PREFIX, Visitors

if TYPE_CHECKING:
    from generator.web.studio.workspace import Workspace

BEGIN, UPLOAD = "/visit", "/upload"
BODIES = {UPLOAD: HEADER_LIMIT}
"""Paths whose requests may be larger than a form."""
_PLACE = re.compile(rf"/\S*{PREFIX}\w+/\w+/[^/:]+/?")


class NoVisit(Exception):
    """A request that needs a visit has none.

    Args:
        place: The page to go on with.
    """

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place


class Visit:
    """What a visitor has: files, and the interview on them.

    Args:
        folder: The folder of the files.
        make: Opens the interview.
    """

    def __init__(self, folder: Path, make: Callable[[Path], Workspace]) -> None:
        self.uploads = Uploads(folder)
        self.workspace: Workspace | None = None
        self._make, self._lock = make, threading.Lock()

    def open(self) -> None:
        """Open the interview on the files that are there now.

        Raises:
            CharterError: A file can't be read.
        """
        with self._lock:
            self.workspace = self._make(self.uploads.folder)


Visits = Visitors[Visit]


class HostedPage(NamedTuple):
    """What the templates of these pages use.

    Attributes:
        minutes: Idle minutes after which a visit ends.
        error: What went wrong; empty if nothing did.
    """

    layout: Layout
    minutes: int
    files: tuple[str, ...] = ()
    error: tuple[str, str] = ("", "")
    is_open: bool = False

    @property
    def taken(self) -> str:
        """Which files are taken, in words."""
        return taken_files()

    @property
    def endings(self) -> tuple[str, ...]:
        """The endings of files that are taken."""
        return (*TEXTS, *HEADERS)


def workspace_of(visits: Visits) -> Callable[[Request], Workspace]:
    """Return what finds the workspace of a request.

    Args:
        visits: The visits.
    """

    def find(request: Request) -> Workspace:
        found = _visit(visits, request).workspace
        if found is None:
            raise NoVisit("/uploads")
        return found

    return find


def without_visit(request: Request, error: Exception) -> Response:
    """Lead a visitor to the page that they can go on with.

    Args:
        request: The request.
        error: Why there is nothing to show.
    """
    if request.method in ("GET", "HEAD") and isinstance(error, NoVisit):
        return RedirectResponse(error.place, 303)
    return PlainTextResponse(_("Your visit has ended, and its files are deleted. Reload the page.") + "\n", 410)


def hosted_routes(studio: Studio, visits: Visits) -> list[Route]:
    """Return the routes that only a server for visitors has.

    Args:
        studio: What the routes use.
        visits: The visits.
    """
    pages = _Pages(studio, visits)
    return [
        Route("/start", pages.start),
        Route(BEGIN, pages.begin, methods=["POST"]),
        Route("/uploads", pages.uploads),
        Route(UPLOAD, pages.upload, methods=["PUT"]),
        Route("/open", pages.open, methods=["POST"]),
        Route("/end", pages.end, methods=["POST"]),
    ]


class _Pages:
    """The answers to requests."""

    def __init__(self, studio: Studio, visits: Visits) -> None:
        self._studio, self._visits = studio, visits
        self._minutes = int(visits.limits.idle // 60)

    def start(self, request: Request) -> Response:
        """Show what a visit is."""
        return self._start(request)

    def begin(self, request: Request) -> Response:
        """Begin a visit."""
        try:
            key, _ = self._visits.open()
        except CharterError as error:
            return self._start(request, error)
        answer = RedirectResponse("/uploads", 303)
        # In a frame of another site, as on the Hub, only such a cookie is kept.
        framed = "SameSite=None; Secure; Partitioned" if is_secure(request.scope) else "SameSite=Strict"
        answer.headers["Set-Cookie"] = f"{VISIT}={key}; Path=/; HttpOnly; {framed}"
        return answer

    def uploads(self, request: Request) -> Response:
        """Show the files, and take more."""
        return self._uploads(request, _visit(self._visits, request))

    async def upload(self, request: Request) -> Response:
        """Take a file."""
        visit, stated = _visit(self._visits, request), request.query_params
        try:
            size, changed = int(stated.get("size", "")), int(stated.get("changed", "0"))
        except ValueError:
            return PlainTextResponse(_("size and changed: expected whole numbers.") + "\n", 400)
        upload = Upload(stated.get("path", ""), await request.body(), size, changed)
        try:
            if visit.workspace is None and stated.get("folder"):
                visit.uploads.name(stated["folder"])
            await run_in_threadpool(visit.uploads.add, upload)
        except CharterError as error:
            return PlainTextResponse(f"{error.message} {error.remedy}\n", 400)
        return PlainTextResponse("")

    def open(self, request: Request) -> Response:
        """Open the interview on the files."""
        visit = _visit(self._visits, request)
        try:
            visit.open()
        except CharterError as error:
            return self._uploads(request, visit, error)
        return RedirectResponse("/", 303)

    def end(self, request: Request) -> Response:
        """End the visit."""
        self._visits.close(cookie_of(request.scope, VISIT))
        return RedirectResponse("/start", 303)

    def _start(self, request: Request, error: CharterError | None = None) -> Response:
        layout = self._studio.layout(request, "release", pgettext("title", "Start"))
        shown = HostedPage(layout, self._minutes, error=_said(error))
        return html("studio/start.html.jinja", shown, 503 if error else 200)

    def _uploads(self, request: Request, visit: Visit, error: CharterError | None = None) -> Response:
        layout = self._studio.layout(request, "release", _("Files"))
        shown = HostedPage(layout, self._minutes, visit.uploads.paths, _said(error), visit.workspace is not None)
        return html("studio/uploads.html.jinja", shown, 400 if error else 200)


def _said(error: CharterError | None) -> tuple[str, str]:
    """What an error says, without the place of the visitor's folder on this machine."""
    return (_PLACE.sub("", error.message), _PLACE.sub("", error.remedy)) if error else ("", "")


def _visit(visits: Visits, request: Request) -> Visit:
    found = visits.get(cookie_of(request.scope, VISIT))
    if found is None:
        raise NoVisit("/start")
    return found
