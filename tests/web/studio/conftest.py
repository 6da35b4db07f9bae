"""A studio that is served to a real Chromium."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from generator.api.studio import serve_studio
from generator.cli.studio import answer_texts


class Studio(NamedTuple):
    """A studio that runs.

    Attributes:
        address: The address to open first, with the secret.
    """

    address: str

    @property
    def origin(self) -> str:
        """The address without path and secret."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> tuple[int, str, dict[str, str]]:
        """Send a request with the cookie of a visitor who opened the address; return status, text and headers."""
        place = urlsplit(self.address).netloc
        connection = http.client.HTTPConnection(place, timeout=60)
        try:
            if "Cookie" not in headers and "key=" in self.address:
                connection.request("GET", self.address.removeprefix(self.origin))
                answer = connection.getresponse()
                answer.read()
                headers["Cookie"] = (answer.getheader("Set-Cookie") or "").partition(";")[0]
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), dict(answer.getheaders())
        finally:
            connection.close()


@contextmanager
def served(folder: Path, **options: Any) -> Iterator[Studio]:  # noqa: ANN401 - options of the studio
    """Serve a studio on a folder."""
    server, address = serve_studio(folder, answer_texts(), **options)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield Studio(address)
    finally:
        server.stop()
        thread.join(timeout=60)


Serve = Callable[..., Studio]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves studios until the test ends."""
    running: list[Any] = []

    def start(folder: Path, **options: Any) -> Studio:  # noqa: ANN401 - options of the studio
        manager = served(folder, **options)
        running.append(manager)
        return manager.__enter__()

    yield start
    for manager in running:
        manager.__exit__(None, None, None)


def faults(page: Page, part: str | None = None) -> list[object]:
    """What axe finds: rule and markup."""
    found = Axe().run(page, context=part).response["violations"]
    return [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found]
