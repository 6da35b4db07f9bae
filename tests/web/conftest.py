"""Pages written by the command, opened in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.command import charter
from tests.conftest import TESTS

WIDTHS = {"desktop": (1280, 900), "phone": (360, 780)}
WATCH = """
    window.refused = []; window.ran = [];
    document.addEventListener("securitypolicyviolation", (event) => window.refused.push(event.blockedURI));
    window.alert = (word) => window.ran.push(word);
"""
Show = Callable[..., Page]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The page of an example, written once."""
    known: dict[str, Path] = {}

    def write(example: str) -> Path:
        if example not in known:
            file = tmp_path_factory.mktemp("preview") / f"{example}.html"
            known[example] = preview(TESTS / "examples" / example, file)
        return known[example]

    return write


@pytest.fixture
def show(browser: Browser) -> Iterator[Show]:
    """Opens a page, at a width and in a scheme, and watches it."""
    contexts = []

    def open_page(file: Path | str, *, width: str = "desktop", **options: object) -> Page:
        wide, high = WIDTHS[width]
        context = browser.new_context(viewport={"width": wide, "height": high}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(file.as_uri() if isinstance(file, Path) else file)
        return page

    yield open_page
    for context in contexts:
        context.close()


def preview(release: Path, file: Path) -> Path:
    """Write a page by the command."""
    done = charter("preview", release, "-o", file)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{file}\n"
    return file
