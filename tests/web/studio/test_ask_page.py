"""The tab "Ask" in a browser: by mouse and by keyboard, as a link and as text, on a phone and in the dark."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.command import charter
from tests.effort import sampled
from tests.web.conftest import WIDTHS, Show

from .conftest import Serve, Studio, faults

HOSTILE = (
    "<script>alert('tag')</script>",
    "\"><img src=x onerror=alert('attribute')>",
    "javascript:alert('link')",
    "' autofocus onfocus=alert('focus') x='",
    "{{ 7 * 7 }}{% raw %}",
    "</title></textarea></script><svg onload=alert('svg')>",
)


@pytest.fixture
def studio(tmp_path: Path, serve: Serve) -> Studio:
    """A studio on an empty folder."""
    folder = tmp_path / "model"
    folder.mkdir()
    return serve(folder)


@pytest.fixture
def page(studio: Studio, show: Show) -> Page:
    """The first page of the tab."""
    found = show(studio.address)
    found.get_by_role("link", name="Ask").click()
    return found


def test_a_license_is_asked_about_and_its_clause_is_read(page: Page) -> None:
    page.get_by_label("License, or model or data set on the Hub").fill("llama3.1")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#rights .license")).to_contain_text("Llama 3.1 Community License Agreement")
    page.get_by_role("button", name="Sublicense: No").click()
    expect(page.locator("[popover]:popover-open")).to_contain_text("non-transferable")
    assert page.evaluate("window.refused") == []


def test_everything_is_done_by_keyboard(page: Page) -> None:
    page.get_by_role("link", name="Derive").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Made from")).to_be_focused()
    page.keyboard.type("google/gemma-2-2b")
    page.keyboard.press("Tab")
    page.keyboard.type("an adapter")
    page.keyboard.press("Tab")
    page.keyboard.type("mit")
    page.keyboard.press("Enter")
    expect(page.locator("#derivation .row").first).to_contain_text("MIT leaves out what Gemma Terms of Use requires")
    page.locator("#derivation summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#derivation blockquote").first).to_be_visible()
    page.locator("#derivation .options a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#ask-as")).to_have_value("gemma")
    expect(page.locator("#derivation .row").first).to_contain_text("Yes, with conditions.")


def test_an_answer_is_passed_on_as_a_link_as_text_and_as_a_command(studio: Studio, page: Page) -> None:
    page.goto(f"{studio.origin}/ask/compare?of=mit&of=gemma")
    link = page.locator("#ask-link")
    assert link.inner_text() == f"{studio.origin}/ask/compare?of=mit&of=gemma"
    link.click()
    expect(page.locator(".compared .deed")).to_have_count(2)
    command = page.locator("#ask-command").inner_text()
    assert command == "charter licenses mit gemma"
    page.get_by_role("link", name="Plain text").click()
    assert page.locator("body").inner_text().strip() == charter(*command.split()[1:]).stdout.strip()
    status, text, headers = studio.ask("/ask/compare.txt?of=mit&of=gemma")
    assert (status, headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert text == charter(*command.split()[1:]).stdout


def test_a_mistake_is_named_beside_its_field(studio: Studio, page: Page) -> None:
    page.goto(f"{studio.origin}/ask/rights?of=mit")
    page.get_by_text("Facts that settle conditions").click()
    page.get_by_label("Country").fill("Germany")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("'Germany' is not a country code. Write two letters")
    field = page.get_by_label("Country")
    expect(field).to_have_value("Germany")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert studio.ask("/ask/rights?of=mit&country=Germany")[0] == 400
    assert studio.ask("/ask/rights.txt?of=nobody/knows")[:2] == (
        400,
        "error: nobody/knows: not in the table of known bases, and this page works offline.\n"
        "  To read its card on the Hub, run: charter rights hub:nobody/knows\n",
    )
    assert studio.ask("/ask/other?of=mit")[0] == 404


QUESTIONS = (
    "rights?of=llama3.1&country=DE",
    "derive?from=gpl-3.0&relation=trained_on&as=apache-2.0",
    "compare?of=mit&of=llama3.1&of=cc-by-sa-4.0",
    "rights?of=nobody/knows",
)


@pytest.mark.parametrize(
    ("question", "width", "scheme"),
    sampled(
        product(QUESTIONS, ("desktop", "phone"), ("light", "dark")),
        lambda number, case: number in (0, 7, 9),
    ),
)
def test_axe_finds_nothing(studio: Studio, show: Show, question: str, width: str, scheme: str) -> None:
    page = show(studio.address, width=width, color_scheme=scheme)
    page.goto(f"{studio.origin}/ask/{question}")
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[width][0]
    assert page.evaluate("window.refused") == []
    if page.locator(".cell").count():
        page.locator(".cell").first.click()
        assert faults(page, "[popover]:popover-open") == []


def test_without_script_the_answers_are_there(studio: Studio, show: Show) -> None:
    page = show(studio.address, java_script_enabled=False)
    page.goto(f"{studio.origin}/ask/rights?of=mit")
    expect(page.locator("#rights .license")).to_contain_text("MIT License")
    assert page.locator("button.copy:visible").count() == 0


def test_hostile_values_run_nothing(studio: Studio, show: Show) -> None:
    page = show(studio.address)
    for value in map(quote, HOSTILE):
        for question in (
            f"rights?of={value}",
            f"rights?of=mit&name={value}&country={value}",
            f"derive?from={value}&relation={value}&as={value}",
            f"derive?from=mit&relation=finetune&as=mit&name={value}",
            f"compare?of={value}&of=mit",
        ):
            page.goto(f"{studio.origin}/ask/{question}")
            assert page.evaluate("window.ran") == []
            assert page.evaluate("window.refused") == []
            assert page.locator("main :is(img, script)").count() == 0
