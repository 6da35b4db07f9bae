"""A Hub on loopback, as much of it as reading needs: repo info at a commit, and files by `resolve`."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
Repos = dict[str, dict[str, bytes]]
"""Files by repo; a repo that begins with `datasets/` is a data set."""


class _Handler(BaseHTTPRequestHandler):
    """Answers from the server's repos; `gated/…` is refused, `broken/…` answers garbage."""

    protocol_version = "HTTP/1.1"
    server: Hub  # type: ignore[assignment] # narrower than the base class

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        path = urlsplit(self.path).path.strip("/")
        self.server.asked.append(f"{self.command} /{path}")
        self.server.tokens.append(self.headers.get("Authorization"))
        parts = path.split("/")
        if parts[0] == "api":
            kind, name = parts[1], "/".join(parts[2:4])
            repo = f"datasets/{name}" if kind == "datasets" else name
            self.info(repo, name, body=body)
        else:
            repo, _, rest = path.partition("/resolve/")
            self.file(repo, rest.partition("/")[2], body=body)

    def info(self, repo: str, name: str, *, body: bool) -> None:
        if name.startswith("gated/"):
            self.send(403, b'{"error": "gated"}', {"X-Error-Code": "GatedRepo"}, body=body)
        elif name.startswith("broken/"):
            self.send(200, b"<html>", {}, body=body)
        elif name.startswith("busy/"):
            self.send(503, b"later", {}, body=body)
        elif repo not in self.server.repos:
            self.send(404, b'{"error": "not found"}', {"X-Error-Code": "RepoNotFound"}, body=body)
        else:
            files = self.server.repos[repo]
            siblings = [{"rfilename": path, "size": len(content)} for path, content in files.items()]
            info = {"id": name, "sha": COMMIT, "siblings": siblings, "tags": [], "private": False}
            self.send(200, json.dumps(info).encode(), {"Content-Type": "application/json"}, body=body)

    def file(self, repo: str, path: str, *, body: bool) -> None:
        content = self.server.repos.get(repo, {}).get(path)
        if content is None:
            self.send(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT}, body=body)
            return
        etag = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        self.send(200, content, {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT}, body=body)

    def send(self, status: int, content: bytes, headers: dict[str, str], *, body: bool) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Hub(ThreadingHTTPServer):
    """The server, with what it was asked."""

    daemon_threads = True

    def __init__(self, repos: Repos) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repos = repos
        self.asked: list[str] = []
        self.tokens: list[str | None] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def hub(repos: Repos) -> Iterator[Hub]:
    """Serve repos for as long as the block runs."""
    with Hub(repos) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
