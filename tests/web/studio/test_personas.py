"""People at the studio in a real Chromium, from a folder to a bundle: by mouse, by keyboard, on a phone, and more."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from generator import check, load_release
from tests.effort import sampled
from tests.interview.folders import PERSONAS
from tests.interview.test_personas import LICENSES
from tests.web.conftest import WIDTHS, Show
from tests.web.test_hostile import ATTACKS, CARD, release

from .conftest import Serve, Studio, faults

SCRIPTS: dict[str, list[tuple[str, str]]] = {
    "llama": [
        ("Name on the Hub", "=annab/Llama-support-bot"),
        ("Training data", "I made it"),
        ("Release of the data", "Don't release it"),
        ("License", "Llama 3.1 Community"),
    ],
    "gemma": [
        ("Name on the Hub", "=annab/gemma-poet"),
        ("Training data", "Collected from the web"),
        ("Release of the data", "Describe it"),
        ("Release of the data", "=Poems from public sites, 2025."),
        ("License", "Gemma Terms of Use same as the base"),
    ],
    "merge": [("License", "Apache-2.0")],
    "gguf": [("Name on the Hub", "=annab/Qwen2.5-GGUF"), ("License", "Apache-2.0")],
    "scraped": [
        ("Training data", "Collected from the web"),
        ("Release of the data", "Describe it"),
        ("Release of the data", "=Comments of a forum."),
        ("License", "Help me choose"),
        ("License", "Yes"),
        ("License", "No"),
        ("License", "No"),
        ("License", "Use Apache-2.0"),
    ],
    "data": [("Training data", "I made it"), ("License", "CC-BY-4.0")],
    "card": [],
}
"""What a person answers: the name of a question, and an option or `=` and a text."""
EVERYONE = [("You", "=Anna B")]
TEXTS = {"What are its limits, biases and risks?": "English only.", "What is it meant for?": "Research."}


Open = Callable[..., tuple[Page, Path, Studio]]


@pytest.fixture
def open_studio(tmp_path: Path, serve: Serve, show: Show) -> Open:
    """Opens the studio on the folder of a person, in a browser."""

    def start(persona: str, **options: object) -> tuple[Page, Path, Studio]:
        folder = PERSONAS[persona](tmp_path)
        studio = serve(folder)
        page = show(studio.address, **options)
        page.on("dialog", lambda dialog: dialog.accept())
        return page, folder, studio

    return start


def question(page: Page, name: str) -> Locator:
    """The section of a question."""
    return page.locator("section.group").filter(has=page.get_by_role("heading", name=re.compile(f"^{re.escape(name)}")))


def saved(page: Page) -> None:
    """Wait until what was sent is shown."""
    expect(page.locator("#questions form[aria-busy]")).to_have_count(0)


def answer(page: Page, name: str, value: str) -> None:
    """Answer a question by mouse."""
    section = question(page, name).first
    if value.startswith("="):
        field = section.locator("textarea:visible, input[type=text]:visible").last
        field.fill(value[1:])
        send(field)
    else:
        section.get_by_role("button", name=re.compile(f"^{re.escape(value)}")).first.click()
    saved(page)


def write(page: Page, asked: str, text: str) -> None:
    """Write a text of the card."""
    field = page.get_by_role("textbox", name=asked, exact=True)
    if field.count() and not field.input_value().strip():
        field.fill(text)
        send(field)
        saved(page)


def send(field: Locator) -> None:
    """Press the button of the form that a field is in."""
    field.locator("xpath=ancestor::form").get_by_role("button", name=re.compile("^(Use this|Save)")).click()


@pytest.mark.parametrize(
    ("persona", "width"), sampled(product(PERSONAS, ("desktop", "phone")), lambda n, case: n in (2, 11))
)
def test_a_person_comes_from_the_folder_to_a_bundle(open_studio: Open, persona: str, width: str) -> None:
    page, folder, _ = open_studio(persona, width=width)
    for name, value in SCRIPTS[persona] + EVERYONE:
        answer(page, name, value)
    for asked, text in TEXTS.items():
        write(page, asked, text)
    page.get_by_role("button", name="Write and build").click()
    expect(page.locator("#q-finish")).to_contain_text("release.yaml has these answers.")
    assert page.evaluate("window.refused") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width][0]
    found = load_release(folder)
    main = (found.layers.deltas or found.layers.weights or found.layers.data)[0]
    assert main.license == LICENSES[persona]
    assert found.release.publisher is not None
    assert found.release.publisher.name == "Anna B"
    assert [one.rule for one in check(found).findings if one.severity == "error"] == []
    assert (folder / "README.md").is_file()
    assert (folder / "LICENSE").is_file()


def tab_to(page: Page, name: str, *, most: int = 120) -> None:
    """Press Tab until an element has the focus whose name begins so."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const e = document.activeElement, by = e.getAttribute('aria-labelledby'); return ("
            "e.getAttribute('aria-label') || (e.labels && e.labels.length && e.labels[0].textContent) "
            "|| (by && document.getElementById(by.split(' ')[0])?.textContent) || e.textContent || '').trim(); }"
        )
        if focused.startswith(name):
            return
    raise AssertionError(f"Tab never comes to {name!r}")


def test_everything_is_done_by_keyboard(open_studio: Open) -> None:
    page, folder, _ = open_studio("gemma")
    for name in ("Collected from the web", "Gemma Terms of Use"):
        tab_to(page, name)
        page.keyboard.press("Enter")
        saved(page)
    page.get_by_role("heading", name="You").click()  # the place that a person reads, as a screen reader goes there
    tab_to(page, "Or type it")
    page.keyboard.type("Anna B")
    page.keyboard.press("Enter")
    saved(page)
    tab_to(page, "What are its limits")
    page.keyboard.type("English only.")
    tab_to(page, "Write and build")
    page.keyboard.press("Enter")
    expect(page.locator("#q-finish")).to_contain_text("release.yaml has these answers.")
    found = load_release(folder)
    assert found.layers.deltas[0].license == "LicenseRef-gemma"
    assert found.card.limitations == "English only.\n"


@pytest.mark.parametrize(
    ("persona", "width", "scheme"),
    sampled(product(("gemma", "data"), ("desktop", "phone"), ("light", "dark")), lambda number, case: number in (1, 2)),
)
def test_axe_finds_nothing(open_studio: Open, persona: str, width: str, scheme: str) -> None:
    page, _, _ = open_studio(persona, width=width, color_scheme=scheme)
    answer(page, "You", "=Anna B")
    answer(page, "License", "Help me choose")
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[width][0]
    if width == "phone":
        page.get_by_role("button", name="Page", exact=True).click()
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[width][0]


def test_a_form_is_busy_until_the_reply_to_it_is_shown(open_studio: Open) -> None:
    page, _, _ = open_studio("scraped")
    page.evaluate(
        "() => { const json = Response.prototype.json; Response.prototype.json = async function () {"
        " await new Promise((go) => setTimeout(go, 300)); return json.call(this); }; }"
    )
    for name, value in SCRIPTS["scraped"]:
        answer(page, name, value)  # "No" twice: the second one must not go to the question before
    expect(question(page, "License").first).to_contain_text("Apache-2.0")


def test_a_reload_loses_at_most_the_field_that_is_typed(open_studio: Open) -> None:
    page, folder, _ = open_studio("gemma")
    answer(page, "License", "Gemma Terms of Use same as the base")
    answer(page, "You", "=Anna B")
    field = page.get_by_role("textbox", name="What are its limits, biases and risks?")
    field.fill("English only.")
    page.get_by_role("textbox", name="What is it meant for?").fill("Half a")  # the field before is left
    saved(page)
    page.reload()
    expect(field).to_have_value("English only.\n")
    expect(question(page, "License").first).to_have_class(re.compile("answered"))
    expect(question(page, "You").first).to_contain_text("Anna B")
    assert not (folder / "release.yaml").exists()


def test_a_kill_loses_at_most_the_field_that_is_typed(tmp_path: Path, show: Show) -> None:
    folder = PERSONAS["gemma"](tmp_path)

    def start() -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-m", "generator", "studio", str(folder), "--no-browser"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout
        with process.stdout:
            return process, process.stdout.readline().strip()

    process, address = start()
    page = show(address)
    page.on("dialog", lambda dialog: dialog.accept())
    answer(page, "License", "Gemma Terms of Use same as the base")
    answer(page, "You", "=Anna B")
    field = page.get_by_role("textbox", name="What are its limits, biases and risks?")
    field.fill("English on")
    process.kill()
    process.wait(timeout=60)
    send(field)
    expect(page.get_by_role("alert")).to_contain_text("Is it still running in the terminal?")
    expect(field).to_have_value("English on")
    process, address = start()
    page.goto(address)
    expect(question(page, "License").first).to_have_class(re.compile("answered"))
    expect(question(page, "You").first).to_contain_text("Anna B")
    process.kill()
    process.wait(timeout=60)


def test_hostile_names_and_texts_execute_nothing(tmp_path: Path, serve: Serve, show: Show) -> None:
    folder = tmp_path / "<img src=x onerror=alert('folder')>"
    folder.mkdir()
    release(folder)
    (folder / "<svg onload=alert('file')>.safetensors").write_bytes(b"x")
    page = show(serve(folder).address)
    page.on("dialog", lambda dialog: dialog.accept())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for field in page.locator("#questions :is(textarea, input[type=text]):visible").all()[:6]:
        field.fill(ATTACKS[1] + CARD[:300])
        field.press("Tab")
        saved(page)
    for button in page.get_by_role("button", name="Preview", exact=True).all()[:2]:
        button.click()
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    page.reload()
    origin = page.url.partition("/")[0]
    for frame in page.frames:
        frame.evaluate("document.querySelectorAll('*').forEach((e) => { e.dispatchEvent(new Event('mouseover')); })")
        assert frame.evaluate("window.ran") == []
        assert frame.evaluate("window.refused") == []
    assert [address for address in asked if not address.startswith((origin, "data:"))] == []
