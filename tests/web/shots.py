"""Pictures of a real page for the docs: `python -m tests.web.shots` (also `make shots`)."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM, TESTS
from tests.web.conftest import preview

IMAGES = TESTS.parent / "docs" / "images"
SIZES = ((1280, 860), (390, 844))
SCHEMES = ("light", "dark")


def page_of(browser: Browser, file: Path, width: int, height: int, scheme: str) -> Page:
    """The page in a window of a size."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(file.as_uri())
    return page


def main() -> None:
    """Write what the docs show; with a folder as an argument, whole pages of several examples into that folder too."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        file = preview(TESTS / "examples" / "layered-five", Path(name) / "preview.html")
        page_of(browser, file, 1280, 860, "light").screenshot(path=IMAGES / "preview-page.png")
        page = page_of(browser, file, 1000, 800, "light")
        page.locator("#acts").evaluate("acts => acts.scrollIntoView()")
        page.get_by_role("button", name="Weights: Train other models").click()
        page.screenshot(path=IMAGES / "preview-acts.png")
        page = page_of(browser, file, 1280, 860, "dark")
        page.locator("#reading-source").check(force=True)
        page.locator("#lineage").evaluate("lineage => lineage.scrollIntoView()")
        page.screenshot(path=IMAGES / "preview-lineage.png")
        page_of(browser, file, 390, 780, "light").screenshot(path=IMAGES / "preview-phone.png")
        if len(sys.argv) > 1:
            _whole_pages(browser, Path(sys.argv[1]), Path(name))
        browser.close()
    sys.stdout.write(f"{IMAGES / 'preview-*.png'}\n")


def _whole_pages(browser: Browser, folder: Path, workplace: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for example in ("minilm", "layered-five", "llama31-finetune", "amber"):
        file = preview(TESTS / "examples" / example, workplace / f"{example}.html")
        for width, height in SIZES:
            for scheme in SCHEMES:
                page = page_of(browser, file, width, height, scheme)
                page.screenshot(path=folder / f"{example}-{width}-{scheme}.png", full_page=True)


if __name__ == "__main__":
    main()
