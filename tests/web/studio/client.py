"""A browser without a screen: the studio over its app, with the cookie and the token."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx2
from starlette.testclient import TestClient

from generator.api.studio import studio_on

HOST = "http://127.0.0.1:8000"


class Browser:
    """Opens the studio of a folder.

    Args:
        folder: The folder.
        enters: Whether the first address, with the secret, is opened at once.
        options: Of `studio_on`.
    """

    def __init__(self, folder: Path, *, enters: bool = True, **options: Any) -> None:  # noqa: ANN401
        app, self.secret = studio_on(folder, **options)
        self.client = TestClient(app, base_url=HOST, follow_redirects=False)
        self.token = ""
        if enters:
            answer = self.get(f"/?key={self.secret}")
            assert answer.status_code == 303
            self.token = _one(r'name="charter-token" content="(\w+)"', self.get("/").text)

    def get(self, path: str, **headers: str) -> httpx2.Response:
        """Open an address."""
        return self.client.get(path, headers=headers)

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> httpx2.Response:
        """Send a form, with the token of the page unless another one is in the fields."""
        return self.client.post(path, data={"token": self.token} | (fields or {}), headers={"Origin": HOST} | headers)


def _one(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text[:2000]
    return found[1]
