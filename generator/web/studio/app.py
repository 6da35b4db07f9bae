"""The app of the studio: its routes behind the guard, its style and script, and what all its pages share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from generator.artifacts.secrets import mask_secrets
from generator.documents.render import render
from generator.errors import CharterError
from generator.translations import gettext as _
from generator.web.guard import Access, App, Guard

if TYPE_CHECKING:
    from generator.web.studio.ask import Texts
    from generator.web.studio.hosted import Visits
    from generator.web.studio.targets import Lookup
    from generator.web.studio.workspace import Workspace

ASSETS = {
    "studio.css": ("studio/studio.css.jinja", "text/css"),
    "studio.js": ("studio/studio.js.jinja", "text/javascript"),
    "uploads.js": ("studio/uploads.js.jinja", "text/javascript"),
    "ask.css": ("studio/ask.css.jinja", "text/css"),
    "page.css": ("preview.css.jinja", "text/css"),
    "page.js": ("preview.js.jinja", "text/javascript"),
}
"""Style and script by name: the template and the type. `page` is that of the release page."""
FRAMED = "/page"
"""The release page, which the studio shows in a frame."""


class Layout(NamedTuple):
    """What the frame of every page uses.

    Attributes:
        title: The title of the page.
        tab: `release` or `ask`.
        token: The token that each form sends.
        read_only: Whether nothing can be changed.
        folder: The name of the folder; empty for a visitor.
        hosted: Whether this is a server for visitors, which writes no folder and publishes nothing.
        assets: The addresses of style and script.
    """

    title: str
    tab: str
    token: str
    read_only: bool
    folder: str
    hosted: bool
    assets: dict[str, str]


class Studio(NamedTuple):
    """What the routes use.

    Attributes:
        workspace: Returns the workspace of a request: one for all on this machine.
        access: Who may ask.
        texts: What renders answers on licenses as text.
        lookup: Finds a repo that is asked about; None where only the tables of charter are read.
        read_only: Whether nothing can be changed.
        visits: The visits of a server that others use; None for a server on one folder.
    """

    workspace: Callable[[Request], Workspace]
    access: Access
    texts: Texts
    lookup: Lookup | None = None
    read_only: bool = False
    visits: Visits | None = None

    def layout(self, request: Request, tab: str, title: str) -> Layout:
        """Return what the frame of a page uses.

        Args:
            request: The request.
            tab: `release` or `ask`.
            title: The title of the page.
        """
        folder = "" if self.visits is not None else self.workspace(request).folder.absolute().name
        assets = {name: f"/static/{name}?{_asset(name)[1]}" for name in ASSETS}
        token = self.access.token_of(request.scope)
        return Layout(title, tab, token, self.read_only, folder, self.visits is not None, assets)


def studio_app(studio: Studio) -> App:
    """Return the app.

    Args:
        studio: What the routes use.
    """
    from generator.web.studio.ask_routes import ask_routes
    from generator.web.studio.hosted import NoVisit, hosted_routes, without_visit
    from generator.web.studio.release import release_routes

    routes = [*release_routes(studio), *ask_routes(studio), Route("/static/{name}", _static)]
    if studio.visits is not None:
        routes += hosted_routes(studio, studio.visits)
    handlers: dict[Any, Any] = {404: _nothing, 405: _nothing, NoVisit: without_visit, CharterError: _failed}
    return Guard(Starlette(routes=routes, exception_handlers=handlers), studio.access)


def html(template: str, view: object, status: int = 200) -> HTMLResponse:
    """Return a rendered template as an answer.

    Args:
        template: Its name in `templates/`.
        view: What it uses.
        status: The status.
    """
    return HTMLResponse(render(template, view).encode("utf-8", "replace"), status)


def _static(request: Request) -> Response:
    """Style and script; a new version has a new address."""
    name = request.path_params["name"]
    if name not in ASSETS:
        return _nothing(request, None)
    content, _ = _asset(name)
    return Response(content, media_type=ASSETS[name][1], headers={"Cache-Control": "public, max-age=31536000"})


@cache
def _asset(name: str) -> tuple[bytes, str]:
    """Style or script, with a digest of it."""
    content = render(ASSETS[name][0], None).encode()
    return content, hashlib.sha256(content).hexdigest()[:12]


def _failed(request: Request, error: Exception) -> Response:
    """Answer with why something failed, such as a release file that another program broke."""
    assert isinstance(error, CharterError)
    return PlainTextResponse(mask_secrets(f"{error.message}\n{error.remedy}\n"), 422)


def _nothing(request: Request, error: Exception | None) -> Response:
    return PlainTextResponse(_("There is no such page.") + "\n", getattr(error, "status_code", 404))
