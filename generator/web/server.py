"""Serve an app on this machine: the live page of `charter preview --serve`, and the studio."""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from generator.translations import gettext as _
from generator.web.guard import Access, App, Guard, is_loopback
from generator.web.watch import WatchedPage

HOST = "127.0.0.1"
CONNECTIONS_LIMIT = 64
"""Connections that are open at a time; a browser holds six."""


class Server:
    """An app on an address.

    Args:
        app: The app.
        host: The address to listen on.
        port: The port; 0 takes a free one.
        connections: Connections that are open at a time.

    Raises:
        OSError: The port is taken, or there is none.
    """

    def __init__(self, app: App, *, host: str = HOST, port: int = 0, connections: int = CONNECTIONS_LIMIT) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=256)
        self._host = host
        config = uvicorn.Config(
            app,
            http=type("_Limited", (_Connection,), {"limit": connections}),
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level="error",
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self.at_end: Callable[[], None] = lambda: None

    @property
    def port(self) -> int:
        """The port."""
        return int(self._socket.getsockname()[1])

    @property
    def address(self) -> str:
        """Where the app is, for a browser on this machine."""
        host = {"0.0.0.0": HOST, "::": "[::1]"}.get(self._host, self._host)
        return f"http://{f'[{host}]' if ':' in host and '[' not in host else host}:{self.port}/"

    @property
    def is_private(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self._host)

    def run(self) -> None:
        """Serve until it is interrupted."""
        gc.collect()
        gc.freeze()  # facts and templates stay: looking for garbage among them takes a tenth of each answer
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()
            self.at_end()

    def stop(self) -> None:
        """Stop, from another thread."""
        self._server.should_exit = True


class _Connection(H11Protocol):
    """A connection. Past the limit the oldest one is closed, so that a new one is answered."""

    limit = CONNECTIONS_LIMIT

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - what asyncio hands in
        """Take the connection, and close the oldest one past the limit."""
        super().connection_made(transport)
        open_ = self.server_state.__dict__.setdefault("charter_open", {})
        open_[id(self)] = transport
        if len(open_) > self.limit:
            open_.pop(next(iter(open_))).abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self.server_state.__dict__.get("charter_open", {}).pop(id(self), None)
        super().connection_lost(exc)


def preview_server(release: Path, make: Callable[[], str]) -> Server:
    """Return a server of a page that follows its release file.

    Args:
        release: The release file.
        make: Makes the page.

    Raises:
        OSError: There is no free port.
    """
    watched = WatchedPage(release, make)

    def page(request: Request) -> Response:
        return Response(watched.page(), media_type="text/html")

    def state(request: Request) -> Response:
        return PlainTextResponse(watched.state())

    def nothing(request: Request, error: Exception) -> Response:
        return PlainTextResponse(_("There is one page here: /") + "\n", 404)

    routes = [Route("/", page), Route("/state", state)]
    return Server(Guard(Starlette(routes=routes, exception_handlers={404: nothing}), Access(policy=False)))
