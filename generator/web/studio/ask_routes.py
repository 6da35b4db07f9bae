"""The routes of the tab "Ask": an answer as a page and as plain text, each with an address that can be passed on."""

from __future__ import annotations

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from generator.errors import CharterError
from generator.translations import gettext as _
from generator.translations import pgettext
from generator.web.guard import is_secure
from generator.web.studio.app import Layout, Studio, html
from generator.web.studio.ask import KINDS, AskView, answer, ask_html, failure_text, parse_question, unreadable

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

    def view(request: Request) -> AskView | None:
        kind = request.path_params["kind"]
        if kind not in KINDS:
            return None
        try:
            question = parse_question(kind, request.query_params.multi_items())
        except CharterError as error:
            return unreadable(kind, PLACE, error)
        scheme = "https" if is_secure(request.scope) else "http"
        origin = f"{scheme}://{request.headers.get('host', '')}"
        return answer(question, PLACE, studio.texts, studio.lookup, origin)

    def page(request: Request) -> Response:
        found = view(request)
        if found is None:
            return PlainTextResponse(_("There is no such page.") + "\n", 404)
        shown = AskPage(
            studio.layout(request, "ask", pgettext("question", KINDS[found.question.kind])), ask_html(found)
        )
        return html("studio/ask_page.html.jinja", shown, 400 if found.failure else 200)

    def text(request: Request) -> Response:
        found = view(request)
        if found is None:
            return PlainTextResponse(_("There is no such page.") + "\n", 404)
        return PlainTextResponse(f"{found.text}\n") if found.text else PlainTextResponse(failure_text(found), 400)

    def first(request: Request) -> Response:
        return RedirectResponse(f"{PLACE}/rights", 303)

    return [Route(PLACE, first), Route(f"{PLACE}/{{kind}}.txt", text), Route(f"{PLACE}/{{kind}}", page)]
