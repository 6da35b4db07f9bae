"""A browser without a screen: the studio over its app, with the cookie and the token."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from starlette.testclient import TestClient

from generator.api.studio import studio_on
from generator.cli.studio import answer_texts

HOST = "http://127.0.0.1:8000"


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a running studio, and its process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "studio", str(folder), "--no-browser", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout
        yield process.stdout.readline().strip(), process
    finally:
        process.kill()
        process.communicate()


class Browser:
    """Opens the studio of a folder.

    Args:
        folder: The folder.
        enters: Whether the first address, with the secret, is opened at once.
        options: Of `studio_on`.
    """

    def __init__(self, folder: Path, *, enters: bool = True, **options: Any) -> None:  # noqa: ANN401
        self.folder = folder
        app, self.secret = studio_on(folder, answer_texts(), **options)
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

    def form(self, unit: str, page: str = "") -> Form:
        """The form of a step or of a field, as a page shows it; by default as the tab shows it now."""
        text = page or self.get("/").text
        found = re.search(rf'<form[^>]*data-unit="{re.escape(unit)}".*?</form>', text, re.DOTALL)
        assert found, re.findall('data-unit="(.*?)"', text)
        return Form(found[0])

    def answer(
        self, unit: str, choice: str = "", *, text: str = "", form: Form | None = None, **headers: str
    ) -> httpx2.Response:
        """Choose the option that has some words, or type a text; `form` is one that was shown before."""
        shown = form or self.form(unit)
        fields = {"unit": unit, "version": shown.version, "prompt": shown.prompt, "text": text}
        return self.post("/answer", fields | ({"choice": shown.key(choice)} if choice else {}), **headers)

    def update(self, unit: str, choice: str = "", *, text: str = "", form: Form | None = None) -> dict[str, Any]:
        """Answer as the script does, and return what the window has to replace."""
        state = _one(r'data-state="(\w+)"', self.get("/").text)
        shown = form or self.form(unit)
        fields = {"unit": unit, "version": shown.version, "prompt": shown.prompt, "text": text, "state": state}
        fields |= {"choice": shown.key(choice)} if choice else {}
        answer = self.post("/answer", fields, **{"X-Charter-Script": "1"})
        found: dict[str, Any] = answer.json()
        return found | {"status": answer.status_code}


class Form:
    """A form of the page."""

    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.version, self.prompt = (_one(rf'name="{name}" value="(\w+)"', markup) for name in ("version", "prompt"))

    @property
    def options(self) -> dict[str, str]:
        """The keys of the options, by their labels."""
        pairs = re.findall(r'name="choice" value="(\w+)".*?class="label">(.*?)<', self.markup)
        return {html.unescape(label): key for key, label in pairs} | (
            {"Back": "back"} if ">Back<" in self.markup else {}
        )

    def key(self, words: str) -> str:
        """The key of the option that has some words."""
        found = [key for label, key in self.options.items() if words in label]
        assert found, list(self.options)
        return found[0]

    @property
    def words(self) -> str:
        """What it says, without markup, on one line."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.markup)).split())


def _one(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text[:2000]
    return found[1]
