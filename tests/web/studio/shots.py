"""Pictures of the studio for the docs: `python -m tests.web.studio.shots` (also `make shots`)."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM, TESTS
from tests.interview.folders import gemma_lora
from tests.web.studio.client import served

IMAGES = TESTS.parent / "docs" / "images"


def opened(browser: Browser, address: str, width: int, height: int, scheme: str) -> Page:
    """The studio in a window of a size."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)
    page.frame_locator("#page").locator("h1").wait_for(state="attached")
    return page


def saved(page: Page) -> None:
    """Wait until the last answer is saved and shown."""
    page.wait_for_timeout(100)
    page.locator("[aria-busy]").first.wait_for(state="detached")
    page.wait_for_timeout(400)


def main() -> None:
    """Write the pictures."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with (
        tempfile.TemporaryDirectory() as name,
        served(gemma_lora(Path(name))) as (address, _),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        page = opened(browser, address, 1280, 860, "light")
        page.locator("#f-name input[type=text]").fill("annab/gemma-poet")
        page.keyboard.press("Enter")
        saved(page)
        page.locator("#f-publisher input[type=text]").fill("Anna B")
        page.keyboard.press("Enter")
        saved(page)
        page.locator("#f-license").get_by_role("button", name="same as the base").click()
        saved(page)
        page.locator("#q-license").evaluate("group => group.scrollIntoView()")
        page.screenshot(path=IMAGES / "studio.png")
        phone = opened(browser, address, 390, 780, "dark")
        phone.locator("#q-license").evaluate("group => group.scrollIntoView()")
        phone.screenshot(path=IMAGES / "studio-phone.png")
        _in_polish(browser)
        browser.close()
    sys.stdout.write(f"{IMAGES / 'studio*.png'}\n")


def _in_polish(browser: Browser) -> None:
    """Write the picture for the page on translations."""
    with tempfile.TemporaryDirectory() as name, served(gemma_lora(Path(name)), "--lang", "pl") as (address, _):
        page = opened(browser, address, 1280, 860, "light")
        page.locator("#f-license").get_by_role("button", name="Gemma Terms of Use").first.click()
        saved(page)
        page.locator("#q-license").evaluate("group => group.scrollIntoView()")
        page.screenshot(path=IMAGES / "studio-polish.png")


if __name__ == "__main__":
    main()
