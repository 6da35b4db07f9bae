"""Serve the page on loopback only, and render it again when the release file has changed."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from generator.artifacts.card import CARD

HOST = "127.0.0.1"
CONNECTIONS_LIMIT = 64
"""Connections that are open at a time; a browser holds six."""


class Server:
    """A page that follows its release file.

    Args:
        release: The release file.
        make: Makes the page.

    Raises:
        OSError: No port is to be had.
    """

    def __init__(self, release: Path, make: Callable[[], str]) -> None:
        self._release, self._make = release, make
        self._lock = threading.Lock()
        self._made: tuple[str, bytes] | None = None
        self._http = _Http((HOST, 0), partial(_Handler, self))

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self._http.server_port}/"

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a browser on this machine calls it; any other name is somebody's who had it lead here."""
        return f"{HOST}:{self._http.server_port}", f"localhost:{self._http.server_port}"

    def run(self) -> None:
        """Serve until it is interrupted."""
        try:
            self._http.serve_forever(poll_interval=0.1)
        finally:
            self._http.server_close()

    def state(self) -> str:
        """Return what changes when the release file, or the card beside it, is written."""
        stamps = [_stamp(path) for path in (self._release, self._release.parent / CARD)]
        return hashlib.sha256(repr(stamps).encode()).hexdigest()

    def page(self) -> bytes:
        """Return the page, rendered again where it has to be."""
        with self._lock:
            state = self.state()
            if self._made is None or self._made[0] != state:
                self._made = (state, self._make().encode("utf-8", "replace"))
            return self._made[1]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:  # noqa: ANN401 - what socketserver takes
        self._open: dict[int, socket.socket] = {}
        self._count = threading.Lock()
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as above
        """Answer in a thread of its own. Past the limit the oldest connection is closed, so a new one is answered."""
        with self._count:
            self._open[id(request)] = request
            oldest = self._open.pop(next(iter(self._open))) if len(self._open) > CONNECTIONS_LIMIT else None
        if oldest is not None:
            with contextlib.suppress(OSError):
                oldest.shutdown(socket.SHUT_RDWR)  # its thread reads the end, and closes it
        try:
            super().process_request(request, client_address)
        except RuntimeError:
            self.shutdown_request(request)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as above
        """Close a connection, and forget it."""
        with self._count:
            self._open.pop(id(request), None)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet where a browser has left before the end of an answer."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # what socketserver hands in


class _Handler(BaseHTTPRequestHandler):
    """Answers for two addresses, to this machine alone."""

    timeout = 30
    server_version = "modelcharter"
    sys_version = ""

    def __init__(self, server: Server, *arguments: object) -> None:
        self._page = server
        super().__init__(*arguments)  # type: ignore[arg-type] # what socketserver hands in

    def do_GET(self) -> None:
        """Answer with the page, or with its state."""
        if self.headers.get("Host") not in self._page.hosts:
            self._answer(421, "text/plain", b"This page is for this machine alone.\n")
        elif self.path == "/":
            self._answer(200, "text/html", self._page.page())
        elif self.path == "/state":
            self._answer(200, "text/plain", self._page.state().encode())
        else:
            self._answer(404, "text/plain", b"There is one page here: /\n")

    do_HEAD = do_GET

    def _answer(self, code: int, kind: str, content: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", "frame-ancestors 'none'")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: what a browser asks for every half second is no news."""
