"""The page in a real browser: what it shows, by mouse, keyboard, screen reader, on paper and without script."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from .conftest import WIDTHS, Show, preview

Written = Callable[[str], Path]
TABS = ("layers", "rights", "lineage", "findings", "files")


def shown(page: Page, selector: str) -> str:
    """The text of what can be seen of a selection."""
    return " | ".join(e.text_content() or "" for e in page.locator(selector).all() if e.is_visible())


def test_the_page_is_one_small_file(written: Written) -> None:
    html = written("minilm").read_text(encoding="utf-8")
    assert len(html.encode()) < 300_000
    policy = html.partition('http-equiv="Content-Security-Policy" content="')[2].partition('"')[0]
    assert policy.startswith("default-src &#39;none&#39;; style-src &#39;sha256-")
    assert "unsafe" not in policy
    assert "connect-src" not in policy


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_axe_finds_nothing(written: Written, show: Show, width: str, scheme: str) -> None:
    page = show(written("layered-five"), width=width, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('.panel').forEach((panel) => { panel.hidden = false; })")
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[width][0]
    page.locator(".cell").first.click()
    assert faults(page, "[popover]:popover-open") == []


def faults(page: Page, part: str | None = None) -> list[object]:
    """What axe finds: rule and markup."""
    found = Axe().run(page, context=part).response["violations"]
    return [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found]


def test_the_switch_changes_the_lineage(written: Written, show: Show) -> None:
    page = show(written("layered-five"))
    page.click("#tab-lineage")
    before = shown(page, "#lineage .if-wide .changes .flow")
    assert "its terms" in before
    assert "nothing" not in before
    assert shown(page, "#lineage .if-wide .edge:not(.changes) .flow").count("its terms") == 3
    page.get_by_label("Weights", exact=True).check(force=True)
    after = shown(page, "#lineage .if-wide .changes .flow")
    assert set(after.split(" | ")) == {"nothing"}
    assert after.count("nothing") == before.count("|") + 1 == 3
    assert page.locator("#lineage .if-wide .changes .glow").count() == 3
    assert "3 edges, highlighted, now inherit nothing" in shown(page, "#lineage .changes p")
    assert shown(page, "#lineage .if-wide .edge:not(.changes) .flow").count("its terms") == 3


def test_the_switch_works_by_keyboard(written: Written, show: Show) -> None:
    page = show(written("layered-five"))
    page.click("#tab-lineage")
    page.focus("#reading-program")
    page.keyboard.press("ArrowRight")
    assert "nothing" in shown(page, "#lineage .if-wide .flow")


def test_a_cell_opens_its_reason_and_its_clause(written: Written, show: Show) -> None:
    page = show(written("layered-five"))
    page.click("#tab-rights")
    cell = page.get_by_role("button", name="Weights: Train other models on outputs: No")
    cell.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Train other models on outputs: no")
    assert dialog.is_visible()
    assert "llama2 1.b.v" in (dialog.text_content() or "")
    assert "improve any other large language model" in dialog.locator("blockquote").inner_text()
    assert page.evaluate("document.activeElement.textContent") == "Close"
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Weights: Train other")


def test_answers_have_a_letter_and_a_shape_besides_a_colour(written: Written, show: Show) -> None:
    page = show(written("layered-five"))
    page.click("#tab-rights")
    for name, letter, shape in (("Yes, with conditions", "C", "rect"), ("No", "N", "path"), ("Yes", "Y", "circle")):
        cell = page.locator(f'.cell[aria-label$=": {name}"]').first
        assert cell.text_content() == letter
        assert cell.locator(shape).count() == 1
    assert shown(page, ".legend span").count("Unclear") == 1


def test_tabs_work_by_keyboard(written: Written, show: Show) -> None:
    page = show(written("layered-five"))
    page.focus("#tab-layers")
    for key, tab in (("ArrowRight", "rights"), ("End", "files"), ("ArrowRight", "layers"), ("ArrowLeft", "files")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == f"tab-{tab}"
        assert [name for name in TABS if page.locator(f"#{name}").is_visible()] == [tab]
        assert page.get_by_role("tab", selected=True).get_attribute("id") == f"tab-{tab}"
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "layers"


def test_a_link_of_the_card_opens_the_file(written: Written, show: Show) -> None:
    page = show(written("layered-five"))
    page.locator("#card").get_by_role("link", name="NOTICE").click()
    assert page.locator("#files details[open] pre").inner_text().startswith("Borealis 7B Chat")
    page.locator("#card").get_by_role("link", name="What is released").click()
    assert page.evaluate("document.querySelector(':target').textContent") == "What is released"


@pytest.mark.parametrize("example", ["layered-five", "pictures", "minilm"])
def test_nothing_is_asked_for_and_nothing_is_refused(written: Written, show: Show, example: str) -> None:
    page = show(written(example))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    for tab in TABS:
        page.click(f"#tab-{tab}")
    assert [address for address in asked if not address.startswith("data:image/")] == [written(example).as_uri()]
    assert page.evaluate("window.refused") == []


def test_the_card_shows_the_pictures_that_the_build_draws(written: Written, show: Show) -> None:
    page = show(written("pictures"))
    for name in ("The five layers as a stack", "What each layer inherits"):
        picture = page.locator(f'#card img[alt^="{name}"]')
        assert picture.evaluate("image => image.complete && image.naturalWidth") > 600


def test_without_script_everything_is_there(written: Written, show: Show) -> None:
    page = show(written("layered-five"), java_script_enabled=False)
    assert all(page.locator(f"#{name}").is_visible() for name in TABS)
    page.locator("#reading-source").check(force=True)
    assert "nothing" in shown(page, "#lineage .if-wide .flow")
    page.locator(".cell").first.click()
    assert page.get_by_role("dialog").is_visible()


def test_layers_and_rights_are_one_page_on_paper(written: Written, show: Show) -> None:
    for example in ("layered-five", "minilm", "pictures"):
        paper = show(written(example), color_scheme="dark").pdf(prefer_css_page_size=True)
        pages = [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(paper)).pages]
        assert "Layers" in pages[0]
        assert "Data preparation" in pages[0]
        assert "Use trademarks" in pages[0]
        assert "Lineage" in pages[1]


def test_what_is_not_given_is_seen_to_be_absent(written: Written, show: Show) -> None:
    page = show(written("pictures"))
    absent = page.locator("#layers .if-wide .absent")
    assert [name.text_content() for name in absent.locator(".title").all()] == ["Architecture", "Deltas"]
    assert absent.locator(".left").count() == 0
    page.click("#tab-rights")
    assert shown(page, ".matrix td.absent").split(" | ") == ["described", "withheld", "none"]


def test_many_upstreams_are_told_together(tmp_path: Path, show: Show) -> None:
    licenses = ("MIT", "CC-BY-4.0", "CC-BY-SA-4.0", "LicenseRef-llama2", "ODC-By-1.0")
    lines = [
        f"      - {{ref: lab-{n}/set-{n}, license: {licenses[n % 5]}, relation: {'trained_on' if n % 7 else 'merge'}}}"
        for n in range(500)
    ]
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Many, copyright: 2026 Lab}\nlayers:\n  weights:\n    availability: released\n"
        "    license: llama2\n    files: ['*.bin']\n    derived_from:\n" + "\n".join(lines) + "\n",
        encoding="utf-8",
    )
    page = show(preview(tmp_path, tmp_path / "many.html"))
    page.click("#tab-lineage")
    assert page.locator("#lineage .if-wide .upstream").count() == 10
    assert "86 data sets" in shown(page, "#lineage .if-wide .upstream")
    page.get_by_text("Every edge in words").click()
    assert page.locator("#lineage tbody tr:visible").count() == 500
    assert page.get_by_role("rowheader", name="lab-499/set-499").is_visible()
