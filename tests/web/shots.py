"""Pictures of a real page for the docs: `python -m tests.web.shots` (also `make shots`)."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import TESTS
from tests.web.conftest import QUIET, preview

IMAGES = TESTS.parent / "docs" / "images"


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
    """Open the page at its parts, and write what is seen."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        file = preview(TESTS / "examples" / "layered-five", Path(name) / "preview.html")
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        page = page_of(browser, file, 1280, 860, "light")
        page.screenshot(path=IMAGES / "preview-layers.png")
        page = page_of(browser, file, 900, 800, "light")
        page.click("#tab-rights")
        page.locator(".pictures").evaluate("pictures => pictures.scrollIntoView()")
        page.get_by_role("button", name="Weights: Train other models").click()
        page.screenshot(path=IMAGES / "preview-rights.png")
        page = page_of(browser, file, 1280, 1000, "dark")
        page.click("#tab-lineage")
        page.locator("#reading-source").check(force=True)
        page.screenshot(path=IMAGES / "preview-lineage.png")
        page = page_of(browser, file, 360, 780, "light")
        page.click("#tab-rights")
        page.locator("#rights").scroll_into_view_if_needed()
        page.locator(".pictures").evaluate("pictures => pictures.scrollIntoView()")
        page.screenshot(path=IMAGES / "preview-phone.png")
        browser.close()
    sys.stdout.write(f"{IMAGES / 'preview-*.png'}\n")


if __name__ == "__main__":
    main()
