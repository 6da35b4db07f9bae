"""The page in a real browser: what it shows, by mouse, keyboard, screen reader, on paper and without script."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.effort import crosswise, sampled

from .conftest import WIDTHS, Show, preview

Written = Callable[[str], Path]
SECTIONS = ("intro", "rights", "facts", "texts", "released", "lineage", "openness", "acts", "files")


def shown(page: Page, selector: str) -> str:
    """The text of what can be seen of a selection."""
    return " | ".join(e.text_content() or "" for e in page.locator(selector).all() if e.is_visible())


def words(page: Page, selector: str) -> str:
    """The text of an element, on one line."""
    return " ".join(page.locator(selector).first.inner_text().split())


def test_the_page_is_one_small_file(written: Written) -> None:
    html = written("minilm").read_text(encoding="utf-8")
    assert len(html.encode()) < 300_000
    policy = html.partition('http-equiv="Content-Security-Policy" content="')[2].partition('"')[0]
    assert policy.startswith("default-src &#39;none&#39;; style-src &#39;sha256-")
    assert "unsafe" not in policy
    assert "connect-src" not in policy


def test_the_first_screen_shows_name_summary_and_rights(written: Written, show: Show) -> None:
    page = show(written("llama31-finetune"))
    order = [page.locator(f"#{name}").bounding_box() for name in ("publisher", "intro", "rights")]
    tops = [box["y"] for box in order if box]
    assert tops == sorted(tops)
    assert len(tops) == 3
    rows = page.locator("#rights .row")
    assert words(page, "#rights .license").startswith("Llama 3.1 Community License Agreement llama3.1 · ")
    assert [row.locator("dt").inner_text() for row in rows.all()] == ["You may", "You must", "You may not"]
    box = rows.last.bounding_box()
    assert box
    assert box["y"] < WIDTHS["desktop"][1]
    assert 'Show "Built with Llama"' in words(page, "#rights .conditional")
    assert words(page, ".built-with") == "Built with Llama"


def test_sections_are_in_the_order_of_a_reader(written: Written, show: Show) -> None:
    page = show(written("layered-five"))
    ids = page.evaluate(
        f"[...document.querySelectorAll('[id]')].map((e) => e.id).filter((id) => {list(SECTIONS)}.includes(id))"
    )
    assert ids == list(SECTIONS)
    headings = page.locator("#texts > section > h2").all_inner_texts()
    assert headings == ["Uses", "Limitations"]
    for name in page.locator(".nav a").all():
        assert page.locator(name.get_attribute("href") or "none").count() == 1


def test_facts_stand_beside_the_text_or_below_the_rights(written: Written, show: Show) -> None:
    page = show(written("layered-five"))
    facts, rights = page.locator("#facts").bounding_box(), page.locator("#rights").bounding_box()
    assert facts
    assert rights
    assert facts["x"] > rights["x"] + rights["width"]
    text = words(page, "#facts")
    for fact in (
        "Fine-tuned model, text-generation",
        "6.74 billion parameters",
        "meta-llama/Llama-2-7b-hf",
        "Released",
    ):
        assert fact in text
    assert "hf download borealis-lab/borealis-7b-chat" in text
    assert "Borealis Lab (2026). Borealis 7B Chat (version 1.0)." in text
    page = show(written("layered-five"), width="phone")
    facts, rights = page.locator("#facts").bounding_box(), page.locator("#rights").bounding_box()
    assert facts
    assert rights
    assert facts["y"] > rights["y"] + rights["height"] - 1


def test_nothing_is_wider_than_a_small_phone(written: Written, show: Show) -> None:
    page = show(written("amber"))
    page.set_viewport_size({"width": 320, "height": 700})
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize(("width", "scheme"), sampled(product(("desktop", "phone"), ("light", "dark")), crosswise))
def test_axe_finds_nothing(written: Written, show: Show, width: str, scheme: str) -> None:
    page = show(written("layered-five"), width=width, color_scheme=scheme)
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
    page.focus("#reading-program")
    page.keyboard.press("ArrowRight")
    assert "nothing" in shown(page, "#lineage .if-wide .flow")


def test_the_page_is_walked_through_by_keyboard(written: Written, show: Show) -> None:
    page = show(written("layered-five"))
    names = []
    for _ in range(14):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert names[0] == "Skip to the release"
    assert names[1].startswith("Ready to publish")
    assert names[2] == "Copy"
    assert names[3:10] == ["Rights", "Use", "Released", "Made from", "Openness", "All acts", "Files"]
    assert names[11:] == ["1.b.i", "1.b.iii", "1.b.iv"]
    page.keyboard.press("Enter")
    assert page.locator("#rights [popover]:popover-open").count() == 1
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "1.b.iv"


def test_there_is_no_switch_where_both_answers_are_the_same(written: Written, show: Show) -> None:
    page = show(written("llama2-adapter-as-apache"))
    assert page.locator("#lineage .switch").count() == 0
    assert "its terms" in shown(page, "#lineage .if-wide .flow")


def test_a_cell_opens_its_reason_and_its_clause(written: Written, show: Show) -> None:
    page = show(written("layered-five"))
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


def test_a_line_of_the_summary_opens_its_clause(written: Written, show: Show) -> None:
    page = show(written("llama31-finetune"))
    page.get_by_role("button", name='1.b.i: show "Built with Llama"').click()
    dialog = page.get_by_role("dialog", name='Show "Built with Llama"')
    assert "Prominently display Built with Llama" in dialog.inner_text()
    assert "prominently display" in dialog.locator("blockquote").inner_text()


def test_answers_have_a_sign_and_a_shape_besides_a_colour(written: Written, show: Show) -> None:
    page = show(written("layered-five"))
    marks = set()
    for name, shape in (("Yes, with conditions", "rect"), ("No", "path"), ("Yes", "circle")):
        cell = page.locator(f'.cell[aria-label$=": {name}"]').first
        assert cell.locator(f"{shape}:first-child").count() == 1
        marks.add(cell.locator(".mark").get_attribute("d"))
    assert len(marks) == 3
    assert shown(page, ".legend span").count("Unclear") == 1


def test_acts_that_make_no_sense_for_a_layer_have_no_answer(written: Written, show: Show) -> None:
    page = show(written("layered-five"))
    columns = page.locator(".matrix thead th").all_inner_texts()
    assert [column.split("\n")[0] for column in columns[1:]] == [
        "Data",
        "Architecture",
        "Weights",
        "Adapter",
        "Documents",
    ]
    rows = {row.locator("th").inner_text(): row for row in page.locator(".matrix tbody tr").all()}
    cells = rows["Publish a quantization"].locator("td").all_inner_texts()
    assert ["does not apply" in cell for cell in cells] == [True, True, False, False, True]
    assert page.get_by_role("button", name="Data, Borealis Corpus: Train models on it: ").count() == 1


def test_a_data_set_has_no_acts_and_no_ladder_of_a_model(tmp_path: Path, show: Show) -> None:
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Trams, repo: lab/trams, copyright: 2026 Lab}\nlayers:\n"
        "  data: {availability: released, license: CC-BY-4.0, files: ['*.csv']}\n",
        encoding="utf-8",
    )
    page = show(preview(tmp_path, tmp_path / "page.html"))
    acts = page.locator(".matrix tbody th").all_inner_texts()
    assert "Publish a model trained on it" in acts
    assert [act for act in acts if "quantization" in act or "outputs" in act] == []
    assert page.locator("#openness").count() == 0
    assert "hf download lab/trams --repo-type dataset" in words(page, "#facts")


def test_openness_is_a_ladder_with_what_is_missing(written: Written, show: Show) -> None:
    page = show(written("minilm"))
    steps = page.locator("#openness .step")
    assert [step.locator("h3").inner_text().partition(":")[0] for step in steps.all()] == [
        "Class III",
        "Class II",
        "Class I",
    ]
    assert page.locator('#openness [aria-current="step"]').count() == 1
    text = words(page, '#openness [aria-current="step"]')
    assert "Missing:" in text or "No open license:" in text
    dots = steps.first.locator(".dots i")
    assert f"of {dots.count()} parts" in words(page, "#openness .step")


def test_what_is_not_released_is_seen_to_be_absent(written: Written, show: Show) -> None:
    page = show(written("pictures"))
    states = page.locator("#released .segment").evaluate_all("parts => parts.map((part) => part.className)")
    assert [state.removeprefix("segment ") for state in states] == [
        "gated",
        "described",
        "withheld",
        "released",
        "none",
    ]
    assert "not released" in words(page, "#layer-architecture").lower()


def test_the_publishers_bar_has_the_problems_and_the_next_command(written: Written, show: Show, tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Small, copyright: 2026 Lab}\nlayers:\n"
        "  weights: {availability: released, files: ['*.bin']}\n",
        encoding="utf-8",
    )
    page = show(preview(tmp_path, tmp_path / "page.html"))
    assert words(page, "#publisher .verdict").startswith("Not ready: ")
    assert page.locator("#publisher .group h2").all_inner_texts()[0].startswith("Errors")
    finding = words(page, "#publisher .error .finding")
    assert "release.yaml:4" in finding
    assert "Fix " in finding
    assert words(page, "#next-command").startswith("charter check")
    page = show(written("layered-five"))
    assert words(page, "#publisher .verdict").startswith("Ready to publish")
    assert words(page, "#next-command") == "charter push"


def test_texts_are_copied(written: Written, show: Show) -> None:
    page = show(written("layered-five"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the download command").click()
    page.get_by_role("status").get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "hf download borealis-lab/borealis-7b-chat"


def test_the_share_image_is_saved(written: Written, show: Show, tmp_path: Path) -> None:
    page = show(written("layered-five"))
    page.get_by_text("Share image").click()
    for format_ in ("PNG", "SVG"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save as {format_}").click()
        download.value.save_as(tmp_path / format_)
        assert download.value.suggested_filename == f"Borealis-7B-Chat.{format_.lower()}"
    head = (tmp_path / "PNG").read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", head[16:]) == (1200, 630)
    assert "Borealis 7B Chat" in (tmp_path / "SVG").read_text(encoding="utf-8")


def test_a_readme_of_a_person_is_shown_by_section(tmp_path: Path, show: Show) -> None:
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Small, copyright: 2026 Lab}\nlayers:\n"
        "  weights: {availability: released, license: MIT, files: ['*.bin']}\ncard: {limitations: It is small.}\n",
        encoding="utf-8",
    )
    (tmp_path / "README.md").write_text(
        "# Small\n\nA lead.\n\n## Usage (pip)\n\n```\npip\n```\n\n## Usage (conda)\n\nconda\n\n## Intended uses\n\n"
        "Tests.\n\n### In depth\n\nSee [usage](#usage-pip).\n\n## Thanks\n\nTo all.\n",
        encoding="utf-8",
    )
    page = show(preview(tmp_path, tmp_path / "page.html"))
    assert page.locator("#texts > section").evaluate_all("all => all.map((e) => e.id)") == [
        "use",
        "uses",
        "limits",
        "about",
    ]
    assert page.locator("#use h3").all_inner_texts() == ["Usage (pip)", "Usage (conda)"]
    assert page.locator("#uses h3").all_inner_texts() == ["In depth"]
    assert words(page, "#limits .text") == "It is small."
    assert words(page, "#about .text") == "A lead. Thanks To all."
    page.locator("#uses").get_by_role("link", name="usage").click()
    assert page.locator("#card-usage-pip").is_visible()


def test_a_link_of_the_card_opens_the_file(written: Written, show: Show) -> None:
    page = show(written("layered-five"))
    page.get_by_text("The model card as the Hub shows it").click()
    page.locator("#card").get_by_role("link", name="NOTICE").first.click()
    assert page.locator("#files .file[open] pre").inner_text().startswith("Borealis 7B Chat")
    page.locator("#card").get_by_role("link", name="What is released").click()
    assert page.evaluate("document.querySelector(':target').textContent") == "What is released"


@pytest.mark.parametrize("example", ["layered-five", "pictures", "minilm"])
def test_nothing_is_asked_for_and_nothing_is_refused(written: Written, show: Show, example: str) -> None:
    page = show(written(example))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert [address for address in asked if not address.startswith("data:image/")] == [written(example).as_uri()]
    assert page.evaluate("window.refused") == []


def test_the_card_shows_the_pictures_that_the_build_draws(written: Written, show: Show) -> None:
    page = show(written("pictures"))
    page.get_by_text("The model card as the Hub shows it").click()
    for name in ("The five layers as a stack", "What each layer inherits"):
        picture = page.locator(f'#card img[alt^="{name}"]')
        assert picture.evaluate("image => image.complete && image.naturalWidth") > 600


def test_without_script_everything_is_there(written: Written, show: Show) -> None:
    page = show(written("layered-five"), java_script_enabled=False)
    assert all(page.locator(f"#{name}").is_visible() for name in SECTIONS)
    assert page.locator(".copy:visible, .save:visible").count() == 0
    page.locator("#reading-source").check(force=True)
    assert "nothing" in shown(page, "#lineage .if-wide .flow")
    page.locator(".cell").first.click()
    assert page.get_by_role("dialog").is_visible()


def test_name_rights_and_facts_are_one_page_on_paper(written: Written, show: Show) -> None:
    for example in ("layered-five", "minilm", "pictures"):
        paper = show(written(example), color_scheme="dark").pdf(prefer_css_page_size=True)
        pages = [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(paper)).pages]
        assert "You may not" in pages[0]
        assert "License" in pages[0]
        assert "charter push" not in " ".join(pages)
        assert "Openness" in " ".join(pages)


def test_many_upstreams_are_shown_together(tmp_path: Path, show: Show) -> None:
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
    assert page.locator("#lineage .if-wide .upstream").count() == 10
    assert "86 data sets" in shown(page, "#lineage .if-wide .upstream")
    assert "497 more" in words(page, "#facts")
    page.get_by_text("Every edge in words").click()
    assert page.locator("#lineage tbody tr:visible").count() == 500
    assert page.get_by_role("rowheader", name="lab-499/set-499").is_visible()
