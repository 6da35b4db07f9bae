"""The routes of the tab "Ask"."""

from __future__ import annotations

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from generator.web.studio.app import Layout, Studio, html
from generator.web.studio.ask import AskView, Question, ask_html

PLACE = "/ask"


class AskPage(NamedTuple):
    """What the template uses; `body` is safe HTML."""

    layout: Layout
    body: str


def ask_routes(studio: Studio) -> list[Route]:
    """Return the routes of the tab.

    Args:
        studio: What the routes use.
    """

    def page(request: Request) -> Response:
        body = ask_html(AskView(Question("rights"), PLACE))
        return html("studio/ask_page.html.jinja", AskPage(studio.layout(request, "ask", "Ask"), body))

    return [Route(PLACE, page)]
