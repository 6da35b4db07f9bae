"""The tab "Release": the interview, and the live page of the release beside it."""

from __future__ import annotations

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from generator.web.studio.app import FRAMED, Layout, Studio, html


class ReleasePage(NamedTuple):
    """What the template uses."""

    layout: Layout


def release_routes(studio: Studio) -> list[Route]:
    """Return the routes of the tab.

    Args:
        studio: What the routes use.
    """

    def page(request: Request) -> Response:
        return html("studio/release.html.jinja", ReleasePage(studio.layout(request, "release", "Release")))

    def framed(request: Request) -> Response:
        return Response(studio.workspace(request).page_html(), media_type="text/html")

    return [Route("/", page), Route(FRAMED, framed)]
