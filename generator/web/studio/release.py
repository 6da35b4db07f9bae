"""The routes of the tab "Release": the interview, and the live page of the release beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from generator.documents.pictures.drawing import clean
from generator.documents.render import render
from generator.errors import CharterError
from generator.interview.kinds import main_layer_of
from generator.translations import gettext as _
from generator.web.guard import read_form
from generator.web.markdown import card_html
from generator.web.studio.app import FRAMED, Layout, Studio, html
from generator.web.studio.compare import compare
from generator.web.studio.files import cover_all
from generator.web.studio.finish import ID as FINISH
from generator.web.studio.finish import bundle_zip, explained
from generator.web.studio.forms import TEXT_LIMIT, completions, form_id, slug
from generator.web.studio.live import VERSION, Live
from generator.web.studio.screen import FILES, MORE
from generator.web.studio.workspace import Conflict, Workspace

SCRIPT = "x-charter-script"
"""The header of requests that our script sends: it gets JSON instead of a whole page."""


ACTIONS: dict[str, Callable[[Workspace], None]] = {
    "build": Workspace.build,
    "discard": Workspace.discard,
    "one-license": lambda workspace: workspace.change(cover_all),
    "every-field": Workspace.show_every_field,
    "plan": Workspace.show_plan,
    "publish": lambda workspace: workspace.publish(create=False, pull=False),
}
"""What the buttons at the end do, by their address."""


_PLACES = {"one-license": FILES, "every-field": MORE}
"""Where the browser goes after it without the script; else to the end."""


class ConflictView(NamedTuple):
    """An answer that came after another window changed the answers.

    Attributes:
        unit: The step or the field that was answered.
        fields: The fields of the form, which can be sent again.
        action: The address that the form was sent to.
    """

    conflict: Conflict
    unit: str
    fields: tuple[tuple[str, str], ...]
    action: str
    token: str


class ReleasePage(NamedTuple):
    """What the template uses; groups and conflict are safe HTML."""

    layout: Layout
    live: Live
    version: str
    groups: tuple[str, ...]
    conflict: str
    failure: CharterError | None


def release_routes(studio: Studio) -> list[Route]:
    """Return the routes of the tab.

    Args:
        studio: What the routes use.
    """
    tab = ReleaseTab(studio)
    return [
        Route("/", tab.show),
        Route(FRAMED, tab.framed),
        Route("/changes", tab.changes),
        Route("/complete", tab.complete),
        Route("/answer", tab.answer, methods=["POST"]),
        Route("/markdown", tab.markdown, methods=["POST"]),
        Route("/compare", tab.compare),
        Route("/bundle.zip", tab.bundle),
        *(Route(f"/{action}", tab.finish, methods=["POST"]) for action in ACTIONS),
    ]


class ReleaseTab:
    """The answers to requests.

    Args:
        studio: What the routes use.
    """

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def live(self, request: Request, workspace: Workspace) -> Live:
        """Return all that is shown.

        Args:
            request: The request.
            workspace: The folder.
        """
        return workspace.screen.live(self.studio.access.token_of(request.scope), read_only=self.studio.read_only)

    def show(self, request: Request) -> Response:
        """Answer with the whole tab."""
        workspace = self.studio.workspace(request)
        with workspace.lock:
            workspace.refresh()
            return self._page(request, workspace)

    def framed(self, request: Request) -> Response:
        """Answer with the page of the release."""
        workspace = self.studio.workspace(request)
        with workspace.lock:
            workspace.refresh()
            text = workspace.screen.page(self.studio.access.token_of(request.scope), read_only=self.studio.read_only)
        return Response(text.encode("utf-8", "replace"), media_type="text/html")

    def changes(self, request: Request) -> Response:
        """Answer with what changed since the state that a window shows."""
        workspace, state = self.studio.workspace(request), request.query_params.get("state", "")
        with workspace.lock:
            workspace.refresh()
            if self.live(request, workspace).state == state:
                return Response(status_code=204)
            return JSONResponse(self._update(request, workspace, state))

    def complete(self, request: Request) -> Response:
        """Answer with names that complete what is typed."""
        workspace = self.studio.workspace(request)
        with workspace.lock:
            try:
                prompt = workspace.prompt_of(request.query_params.get("unit", ""))
            except KeyError:
                prompt = None
            found = completions(prompt, request.query_params.get("text", "")[:500]) if prompt else []
        return JSONResponse([[clean(value), clean(words)] for value, words in found])

    async def answer(self, request: Request) -> Response:
        """Take an answer."""
        fields = read_form(await request.body())
        return await run_in_threadpool(self._answer, request, fields)

    async def markdown(self, request: Request) -> Response:
        """Answer with a text in Markdown as safe HTML, as the page shows it."""
        text = read_form(await request.body()).get("text", "")[:TEXT_LIMIT]
        rendered = await run_in_threadpool(
            card_html, text, link=lambda address: address, image=lambda address: None, prefix="preview-"
        )
        return HTMLResponse(rendered)

    def compare(self, request: Request) -> Response:
        """Answer with licenses side by side, as a part of a page."""
        workspace = self.studio.workspace(request)
        with workspace.lock:
            layer = main_layer_of(workspace.session)
            try:
                found = compare(workspace.session, layer, request.query_params.getlist("of"))
            except CharterError as error:
                return html("studio/failure.html.jinja", explained(error), 400)
        return html("studio/compare.html.jinja", found)

    def bundle(self, request: Request) -> Response:
        """Answer with the bundle as a zip."""
        workspace = self.studio.workspace(request)
        with workspace.lock:
            workspace.refresh()
            try:
                packed = bundle_zip(workspace.session.answers.release(workspace.folder), workspace.folder)
            except CharterError as error:
                return self._page(request, workspace, failure=explained(error), status=422)
        name = slug(workspace.folder.absolute().name) or "release"
        disposition = f'attachment; filename="{name}-release.zip"'
        return Response(packed, media_type="application/zip", headers={"Content-Disposition": disposition})

    async def finish(self, request: Request) -> Response:
        """Write and build, plan, publish, or start again."""
        fields = read_form(await request.body())
        action = request.url.path.strip("/")

        def change(workspace: Workspace) -> None:
            if action == "publish":
                workspace.publish(create="create" in fields, pull="pull" in fields)
            else:
                ACTIONS[action](workspace)

        place = f"/#{_PLACES.get(action, FINISH)}"
        return await run_in_threadpool(self.act, request, fields, change, place)

    def _answer(self, request: Request, fields: dict[str, str]) -> Response:
        unit = fields.get("unit", "")

        def change(workspace: Workspace) -> None:
            workspace.answer(unit, fields.get("prompt", ""), fields.get("choice", ""), fields.get("text", ""))

        return self.act(request, fields, change, f"/#{form_id(unit)}")

    def act(
        self, request: Request, fields: dict[str, str], change: Callable[[Workspace], None], place: str
    ) -> Response:
        """Change the workspace, and answer with what changed.

        Args:
            request: The request.
            fields: The fields of the form; `version` is that of the answers that the form was shown with.
            change: Changes the workspace.
            place: Where the browser goes without the script.
        """
        if self.studio.read_only:
            return PlainTextResponse(_("This studio is read-only.") + "\n", 403)
        workspace, scripted = self.studio.workspace(request), SCRIPT in request.headers
        with workspace.lock:
            try:
                workspace.require(fields.get("version", ""))
                change(workspace)
            except KeyError:
                return PlainTextResponse(_("There is no such question.") + "\n", 400)
            except Conflict as conflict:
                shown = self._conflict(request, workspace, conflict, fields)
                if not scripted:
                    return self._page(request, workspace, conflict=shown, status=409)
                update = self._update(request, workspace, fields.get("state", ""))
                return JSONResponse(update | {"conflict": shown}, 409)
            except CharterError as error:
                error = explained(error)
                if not scripted:
                    return self._page(request, workspace, failure=error, status=422)
                failure = render("studio/failure.html.jinja", error)
                return JSONResponse(
                    self._update(request, workspace, fields.get("state", "")) | {"failure": failure}, 422
                )
            if scripted:
                return JSONResponse(self._update(request, workspace, fields.get("state", "")))
        return RedirectResponse(place, 303)

    def _page(
        self,
        request: Request,
        workspace: Workspace,
        *,
        conflict: str = "",
        failure: CharterError | None = None,
        status: int = 200,
    ) -> Response:
        live, version = self.live(request, workspace), workspace.version
        groups = tuple(text.replace(VERSION, version) for text in live.groups.values())
        layout = self.studio.layout(request, "release", _("Release"))
        view = ReleasePage(layout, live, version, groups, conflict, failure or workspace.failure)
        return html("studio/release.html.jinja", view, status)

    def _update(self, request: Request, workspace: Workspace, state: str) -> dict[str, object]:
        """What a window has to replace to show the present state."""
        live, known = self.live(request, workspace), workspace.screen.shown(state)
        now = workspace.screen.shown(live.state)
        changed = {name for name, digest in now.items() if known.get(name) != digest}
        version = workspace.version
        groups = {n: t.replace(VERSION, version) for n, t in live.groups.items() if f"g-{n}" in changed}
        return {
            "state": live.state,
            "version": version,
            "verdict": live.verdict,
            "ready": live.ready,
            "progress": live.progress,
            "order": list(live.groups),
            "groups": groups,
            "sections": {name: text for name, text in live.sections.items() if f"s-{name}" in changed},
            "parts": list(live.sections),
        }

    def _conflict(self, request: Request, workspace: Workspace, conflict: Conflict, fields: dict[str, str]) -> str:
        """What changed, with a form that sends the answer again."""
        again = fields | {"version": workspace.version}
        kept = tuple((name, value) for name, value in again.items() if name not in ("token", "state"))
        view = ConflictView(
            conflict, fields.get("unit", ""), kept, request.url.path, self.studio.access.token_of(request.scope)
        )
        return render("studio/conflict.html.jinja", view)
