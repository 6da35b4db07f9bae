"""The studio in another language: no text that it shows escapes translation, and scripts have their texts from it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import expect
from starlette.testclient import TestClient

from generator import translations
from generator.api.interview import open_session
from generator.api.preview import page_of
from generator.api.studio import studio_on
from generator.cli.studio import answer_texts
from generator.translations import catalog
from generator.web.guard import Access
from generator.web.studio import hosted
from generator.web.studio.app import Studio, studio_app
from generator.web.studio.ask import Texts
from generator.web.studio.visitors import Visitors
from generator.web.studio.workspace import Tools, Workspace
from tests.command import charter
from tests.conftest import TESTS
from tests.effort import sampled
from tests.hub.server import Hub
from tests.interview.folders import gemma_lora, weights
from tests.test_pseudo_locale import _INTERVIEW, StrictPseudo, escaped
from tests.web.conftest import WIDTHS, Show
from tests.web.studio.client import HOST, Browser, served
from tests.web.studio.conftest import faults
from tests.web.studio.test_finish import press, server

__all__ = ["server"]

QUESTIONS = (
    "rights?of=llama3.1&country=DE&purpose=research",
    "derive?from=gpl-3.0&relation=trained_on&as=apache-2.0",
    "derive?from=mit&relation=adapter&as=mit",
    "derive?from=mit",
    "compare?of=mit&of=llama3.1",
    "compare?of=mit",
    "rights?of=nobody/knows",
    "rights?of=nothing-known",
)
_NAMES = f"""
    {_INTERVIEW} modelcharter studio gguf png mit gemma anna poet lab borealis google weights gguf github
    txt rst yaml yml cff py jinja acme llama apache rights hub nobody knows nothing known trained adapter derive
    https com www
"""
"""Names of folders, releases and files in these tests, and the name of the program."""
CUT = """[...document.querySelectorAll("button, nav a, label, summary, dt, h1, h2, h3, .option")].filter((part) =>
    !part.closest(".hush, .scroll, .skip, [popover]") && !part.matches(".hush, .skip") && part.clientWidth &&
    getComputedStyle(part).display !== "inline" && part.scrollWidth > part.clientWidth + 1
).concat([...document.querySelectorAll(".cards .lines strong")].filter((label) =>
    getComputedStyle(label).position === "absolute" &&
    label.offsetWidth + 4 > parseFloat(getComputedStyle(label.parentElement).paddingLeft)
)).map((part) => part.textContent.trim())"""
"""Texts that are wider than the element they are in, and labels that are wider than their column."""


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every language is the one in brackets, in all threads."""
    monkeypatch.setattr(catalog, "load_catalog", lambda language: StrictPseudo())
    monkeypatch.setattr(translations, "_of_process", "xx")


def escaped_of(page: str) -> list[str]:
    """Words of a page outside of brackets: those that are shown, and those that are read aloud or used by scripts."""
    labels = re.findall(r'\s(?:aria-label|alt|title|data-[a-z-]+)="([^"]*)"', page)
    left_out = r"<(style|script|template|blockquote|datalist|textarea|pre)\b.*?</\1>|<figcaption>.*?</figcaption>"
    shown = re.sub(rf"{left_out}|<(code)\b.*?</code>|<span class=.name.>.*?</span>", " ", page, flags=re.S)
    shown = re.sub(r"</?(?:a|em|strong|small|code)\b[^>]*>", " ", shown)
    # Each text by itself: one that was cut has no closing bracket.
    labels = [re.sub(r"\{\w+\}", "", label) for label in labels if " " in label]
    texts = [*re.split(r"<[^>]*>", shown), *labels]
    return [word for text in texts if text.strip() for word in escaped(html.unescape(text), names=_NAMES)]


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("make", [gemma_lora, weights])
def test_questions(make: Callable[[Path], Path], tmp_path: Path) -> None:
    browser = Browser(make(tmp_path / "model"))
    browser.post("/every-field", {"version": browser.form("kind").version})
    page = browser.get("/").text
    assert '<html lang="xx">' in page
    assert escaped_of(page) == []


def test_no_text_of_another_language_is_kept(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    folder = gemma_lora(tmp_path / "model")
    for language in ("en", "xx"):
        browser = Browser(folder)
        browser.post("/every-field", {"version": browser.form("kind").version})
        page = browser.get("/").text
        assert f'<html lang="{language}">' in page
        if language == "en":
            request.getfixturevalue("pseudo")
    assert escaped_of(page) == []


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("question", QUESTIONS)
def test_answers(question: str, tmp_path: Path) -> None:
    page = Browser(weights(tmp_path / "model")).get(f"/ask/{question}")
    assert '<html lang="xx">' in page.text
    assert escaped_of(page.text) == []
    text = Browser(tmp_path / "model").get(f"/ask/{question.replace('?', '.txt?')}").text
    assert page.status_code == 200 or escaped(text, names=_NAMES) == []


@pytest.mark.usefixtures("pseudo")
def test_what_an_answer_leads_to(tmp_path: Path) -> None:
    browser = Browser(weights(tmp_path / "model"))
    old = browser.form("publisher")
    refused = browser.update("name", text="no/such/name")
    update = browser.update("license", "MIT")
    conflict = browser.answer("publisher", text="Anna", form=old)
    assert conflict.status_code == 409
    compared = browser.get("/compare?of=MIT&of=GPL-3.0-only").text
    shown = [*refused["groups"].values(), *update["groups"].values(), conflict.text, compared]
    assert escaped_of("\n".join(shown)) == []
    for text in (update["verdict"], update["progress"]):
        assert escaped(text) == []


@pytest.mark.usefixtures("pseudo")
def test_the_end(tmp_path: Path, server: Hub) -> None:
    browser = Browser(weights(tmp_path / "model"))
    assert escaped_of(browser.post("/publish", {"version": browser.form("kind").version}).text) == []
    browser.answer("name", text="lab/borealis")
    browser.answer("license", "MIT")
    browser.answer("publisher", text="Anna")
    for action in ("build", "plan", "publish"):
        assert press(browser, action)[0] == 303
        assert escaped_of(browser.get("/").text) == []
    assert len(server.repos["lab/borealis"].branches["main"]) == 2
    assert press(browser, "discard")[0] == 303


@pytest.mark.usefixtures("pseudo")
def test_pages_for_visitors(tmp_path: Path) -> None:
    tools = Tools(open_session, lambda release, link: page_of(release, link=link))
    visits: hosted.Visits = Visitors(lambda folder: hosted.Visit(folder, lambda place: Workspace(place, tools)))
    access = Access(visits=hosted.BEGIN, bodies=hosted.BODIES)
    app = studio_app(Studio(hosted.workspace_of(visits), access, Texts(*answer_texts()), visits=visits))
    client = TestClient(app, base_url=HOST, follow_redirects=False)
    try:
        assert escaped_of(client.get("/start").text) == []
        client.post("/visit")
        page = client.get("/uploads").text
        assert escaped_of(page) == []
        token = page.partition('charter-token" content="')[2].partition('"')[0]
        for path, size in (("a.exe", "1"), ("README.md", "x"), ("../b.md", "1"), ("m.gguf", "2"), ("a.md", "9" * 9)):
            refused = client.put(f"/upload?path={path}&size={size}", content=b"x", headers={"X-Charter-Token": token})
            assert refused.status_code == 400
            assert escaped(refused.text, names=f"{_NAMES} exe readme size changed") == [], refused.text
        client.post("/open", data={"token": token})
        assert escaped_of(client.get("/").text) == []
        assert escaped(client.get("/nothing").text) == []
    finally:
        visits.end()


@pytest.mark.usefixtures("pseudo")
def test_refusals(tmp_path: Path) -> None:
    app, _ = studio_on(weights(tmp_path / "model"), answer_texts())
    stranger = TestClient(app, base_url=HOST)
    for answer in (stranger.get("/"), stranger.get("/", headers={"Host": "evil.example"}), stranger.post("/build")):
        assert answer.status_code in (403, 421)
        assert escaped(answer.text) == []


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[str]:
    """The address of a studio in Polish, as the command serves it."""
    with served(gemma_lora(tmp_path / "model"), "--lang", "pl") as (address, _):
        yield address


def test_scripts_have_their_texts_from_the_page(studio: str, show: Show) -> None:
    page = show(studio)
    assert page.locator("html").get_attribute("lang") == "pl"
    expect(page.locator("#progress")).to_have_text("Odpowiedzi: 0 z 7")
    section = page.locator("#f-card-limitations")
    section.get_by_role("textbox").fill("Tylko po polsku.")
    section.get_by_role("button", name="Podgląd", exact=True).click()
    section.get_by_role("button", name="Ukryj podgląd").click()
    section.get_by_role("button", name="Zapisz").click()
    expect(page.locator("#status")).to_contain_text("Zapisano. Jeszcze niegotowe:")
    expect(page.locator("#progress")).to_have_text("Odpowiedzi: 1 z 7")
    for box in page.get_by_label(re.compile("^Porównaj: ")).all()[:2]:
        box.check()
    page.route("**/answer", lambda route: route.abort())
    section.get_by_role("textbox").fill("Inny tekst.")
    section.get_by_role("button", name="Zapisz").click()
    expect(page.get_by_role("alert")).to_contain_text("Nie zapisano: studio nie odpowiada.")


@pytest.mark.parametrize(
    ("place", "width", "scheme"),
    sampled(
        product(("", "ask/rights?of=llama3.1", "ask/compare?of=mit&of=gemma"), WIDTHS, ("light", "dark")),
        lambda number, case: number in (1, 2, 7, 10),
    ),
)
def test_polish_fits(studio: str, show: Show, place: str, width: str, scheme: str) -> None:
    page = show(studio, width=width, color_scheme=scheme)
    page.goto(f"{studio.partition('?')[0]}{place}")
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[width][0]
    assert page.evaluate(CUT) == []
    assert page.evaluate("window.refused") == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_of_a_release_fits_in_polish(tmp_path: Path, show: Show, width: str) -> None:
    file = tmp_path / "page.html"
    done = charter("preview", TESTS / "examples" / "layered-five", "-o", file, "--lang", "pl")
    assert done.returncode == 0, done.stderr
    page = show(file, width=width)
    assert page.locator("html").get_attribute("lang") == "pl"
    assert page.locator("#card .text").get_attribute("lang") == "en"
    assert page.locator("blockquote[lang=en]").count() == page.locator("blockquote").count() > 0
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[width][0]
    assert page.evaluate(CUT) == []
