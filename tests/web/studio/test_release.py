"""The interview in the browser: the questions, drafts and answers of the one in the terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from generator.api.interview import open_session
from generator.interview import draft, steps
from generator.interview.draft import DRAFT
from generator.interview.prompts import Dialog, Option, Prompt
from generator.interview.session import Session
from generator.interview.steps import FIELD_STEPS, STEPS, Step
from tests.interview.folders import PERSONAS, gemma_lora
from tests.interview.scripted import Script, held
from tests.web.studio.client import Browser

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)> {{ 7919*7907 }} \u202e '"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return gemma_lora(tmp_path)


@pytest.fixture
def browser(folder: Path) -> Browser:
    return Browser(folder)


def titles(browser: Browser) -> list[str]:
    """The questions of the page."""
    return re.findall(r'<h2 id="q-[\w-]+">(.*?) <span', browser.get("/").text)


@pytest.mark.parametrize("persona", PERSONAS)
def test_every_question_of_the_terminal_is_on_the_page(persona: str, tmp_path: Path) -> None:
    folder = PERSONAS[persona](tmp_path)
    page = Browser(folder).get("/").text
    session, _ = open_session(folder)
    for step in STEPS:
        if step.when(session):
            for unit in step.fields or (step.id,):
                assert f'data-unit="{unit}"' in page


def test_a_question_that_is_added_appears_on_the_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(session: Session) -> Dialog:
        value = yield Prompt("Pet", "Which pet do you have?", "A help.", (Option("cat", "A cat"), Option("no", "None")))
        session.notes["pet"] = value

    monkeypatch.setattr(steps, "STEPS", (*STEPS, Step("pet", "Your pet", ask)))
    browser = Browser(folder)
    assert titles(browser)[-1] == "Your pet"
    assert browser.answer("pet", "A cat").status_code == 303
    saved = json.loads((browser.folder / DRAFT).read_text(encoding="utf-8"))
    assert (saved["notes"]["pet"], saved["asked"]) == ("cat", ["pet"])


def test_conditional_questions_come_and_go(browser: Browser) -> None:
    assert "Release of the data" not in titles(browser)
    browser.answer("origin", "Collected from the web")
    assert "Release of the data" in titles(browser)
    browser.answer("kind", "Quantization")
    assert "Training data" not in titles(browser)


def test_what_begins_here_ends_in_the_terminal(browser: Browser, folder: Path) -> None:
    browser.answer("kind", "Adapter for")
    browser.answer("name", text="annab/gemma-poet")
    browser.answer("card.limitations", text="It only writes poems.")
    script = held(folder, {"Saved answers": "Continue", "You": "=Anna B", "License": "same as the base"})
    assert "What it is" not in script.titles
    assert "Name on the Hub" not in script.titles
    text = (folder / "release.yaml").read_text(encoding="utf-8")
    assert "annab/gemma-poet" in text
    assert "It only writes poems." in text


def test_what_begins_in_the_terminal_ends_here(folder: Path) -> None:
    with pytest.raises(Exception, match="saved"):
        held(folder, {"Name on the Hub": "=annab/gemma-poet"}, pause_at=3)
    browser = Browser(folder)
    assert 'value="annab/gemma-poet"' in browser.get("/").text or "annab/gemma-poet" in browser.form("name").words
    assert "answered" in browser.get("/").text.partition('id="q-name-title"')[2][:120]


def test_only_what_changed_is_sent(browser: Browser) -> None:
    update = browser.update("card.limitations", text="Poems only.")
    assert set(update["groups"]) == {"q-card", "q-finish"}
    assert "files" in update["sections"]
    assert "lineage" not in update["sections"]
    assert browser.get(f"/changes?state={update['state']}").status_code == 204
    again = browser.get("/changes?state=unknown").json()
    assert set(again["groups"]) == set(update["order"])


def test_a_problem_leads_to_its_question_and_the_question_has_it(browser: Browser) -> None:
    frame, page = browser.get("/page").text, browser.get("/").text
    assert '<a href="/#q-license" target="_top">Question: License</a>' in frame
    group = page.partition('id="q-license"')[2].partition("</section>")[0]
    assert "REL101" in group
    browser.answer("license", "Gemma")
    group = browser.get("/").text.partition('id="q-license"')[2].partition("</section>")[0]
    assert "REL101" not in group


def test_the_license_is_chosen_from_cards_with_reasons(browser: Browser) -> None:
    form = browser.form("license")
    assert "<strong>Must</strong>" in form.markup
    assert "recommended" in form.words
    assert 'class="why"' in form.markup
    update = browser.update("license", text="mit")
    assert update["status"] == 200
    assert "What works: Gemma" in update["groups"]["q-license"]
    assert not (browser.folder / DRAFT).exists()
    browser.answer("license", "Help me choose")
    assert "1/3" in browser.form("license").markup or "companies" in browser.form("license").words
    browser.answer("license", "Yes")
    browser.answer("license", "Back")
    browser.answer("license", "No preference")
    browser.answer("license", "No preference")
    browser.answer("license", "No preference")
    assert "because: same as the base" in browser.form("license").words
    browser.answer("license", "Use Gemma")
    assert 'aria-pressed="true"' in browser.form("license").markup


def test_names_complete_what_is_typed(browser: Browser) -> None:
    found = browser.get("/complete?unit=license&text=open rail").json()
    assert any("openrail" in name.lower() for name, _ in found)
    assert any("not allowed" in words for _, words in browser.get("/complete?unit=license&text=cc-by-4.0").json())
    browser.answer("origin", "Existing data sets")
    found = browser.get("/complete?unit=sets&text=rajpurkar/squad, stanfordnlp/im").json()
    assert "rajpurkar/squad, stanfordnlp/imdb" in [name for name, _ in found]
    assert browser.get("/complete?unit=nowhere&text=a").json() == []


def test_an_answer_that_is_not_taken_keeps_its_text(browser: Browser) -> None:
    update = browser.update("name", text="../../etc")
    assert 'aria-invalid="true"' in update["groups"]["q-name"]
    assert 'value="../../etc"' in update["groups"]["q-name"]


def test_hostile_texts_execute_nothing(browser: Browser) -> None:
    for unit in ("release.summary", "card.limitations", "card.how_to_use", "publisher"):
        assert browser.answer(unit, text=HOSTILE).status_code == 303
    for path in ("/", "/page"):
        text = browser.get(path).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "62615533" not in text
    assert "onerror" not in browser.post("/markdown", {"text": HOSTILE}).text


def test_hostile_names_of_files_execute_nothing(tmp_path: Path) -> None:
    folder = gemma_lora(tmp_path)
    (folder / "<script>alert(1)<").mkdir()
    (folder / "<script>alert(1)<" / "x.safetensors").write_bytes(b"0")
    (folder / "adapter_config.json").write_text(
        json.dumps({"base_model_name_or_path": "<script>alert(1)</script>/x", "peft_type": "LORA"}), encoding="utf-8"
    )
    browser = Browser(folder)
    for path in ("/", "/page"):
        assert "<script>alert" not in browser.get(path).text


@pytest.mark.parametrize("fields", [{}, {"unit": "nowhere"}, {"unit": "__class__"}, {"unit": "license", "choice": "x"}])
def test_a_strange_form_changes_nothing(browser: Browser, fields: dict[str, str]) -> None:
    version = browser.form("kind").version
    assert browser.post("/answer", fields | {"version": version}).status_code in (303, 400)
    assert not (browser.folder / DRAFT).exists()


def test_read_only_shows_and_never_writes(folder: Path) -> None:
    browser = Browser(folder, read_only=True)
    page = browser.get("/").text
    assert "Read-only" in page
    assert page.count("<fieldset disabled>") == page.count("<fieldset")
    before = sorted(folder.rglob("*"))
    assert browser.answer("kind", "Adapter").status_code == 403
    assert sorted(folder.rglob("*")) == before


def test_two_tabs_lose_nothing(browser: Browser) -> None:
    form = browser.form("name")
    browser.answer("name", text="annab/first")
    conflict = browser.answer("name", text="annab/second", form=form)
    assert conflict.status_code == 409
    assert "annab/first" in conflict.text
    assert 'value="annab/second"' in conflict.text
    assert "annab/first" in browser.form("name").words
    again = re.search(r'name="version" value="(\w+)"', conflict.text.partition('id="conflict"')[2])
    assert again
    fields = {"unit": "name", "prompt": form.prompt, "text": "annab/second", "version": again[1]}
    assert browser.post("/answer", fields).status_code == 303
    assert "annab/second" in browser.form("name").words


def test_two_processes_lose_nothing(folder: Path) -> None:
    browser = Browser(folder)
    form = browser.form("name")
    session, _ = open_session(folder)
    session.saved = draft.snapshot(session, [])
    session.set("release.summary", "Poems.")
    draft.save(session, ["kind"])
    update = browser.update("name", text="annab/gemma-poet", form=form)
    assert update["status"] == 409
    assert "Poems." in update["conflict"]
    browser.answer("name", text="annab/gemma-poet")
    saved = draft.load(folder)
    assert saved is not None
    assert saved.value_of("release.summary") == "Poems."
    assert saved.value_of("release.repo") == "annab/gemma-poet"


def test_the_terminal_adds_what_the_browser_saved(folder: Path) -> None:
    browser = Browser(folder)

    class Both(Script):
        def ask(self, prompt, place, *, can_go_back):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            if prompt.title == "Name on the Hub":
                browser.answer("publisher", text="Anna B")
            return super().ask(prompt, place, can_go_back=can_go_back)

    from generator.api.interview import interview

    session, reopened = open_session(folder)
    script = Both({"Name on the Hub": "=annab/gemma-poet", "License": "same as the base", "Review": "Save"})
    interview(session, script, reopened=reopened)
    assert any("Anna B, from another window" in line for line in script.shown)
    saved = draft.load(folder)
    assert saved is not None
    assert saved.value_of("release.publisher.name") == "Anna B"
    assert saved.value_of("release.repo") == "annab/gemma-poet"


def test_a_kill_loses_no_answer(folder: Path) -> None:
    browser = Browser(folder)
    browser.answer("publisher", text="Anna B")
    browser.answer("license", "Help me choose")
    other = Browser(folder)
    assert "Anna B" in other.form("publisher").words
    assert other.form("publisher").version == browser.form("publisher").version


def test_fields_of_the_card_are_those_of_the_registry() -> None:
    card = next(step for step in STEPS if step.id == "card")
    known = {step.id for step in FIELD_STEPS}
    assert set(card.fields) <= known
    assert {name for name in known if name.startswith("card.")} <= set(card.fields)


def test_every_field_can_be_shown(browser: Browser) -> None:
    assert 'data-unit="release.tags"' not in browser.get("/").text
    browser.post("/every-field", {"version": browser.form("kind").version})
    assert browser.answer("release.tags", text="poems, gemma").status_code == 303
    saved = draft.load(browser.folder)
    assert saved is not None
    assert saved.value_of("release.tags") == ["poems", "gemma"]
    page = browser.get("/").text
    for step in FIELD_STEPS:
        assert page.count(f'data-unit="{step.id}"') <= 1


def test_a_release_file_that_breaks_meanwhile_is_an_error_on_the_page(browser: Browser) -> None:
    (browser.folder / "release.yaml").write_text("charter: 1\nrelease: {nome: x}\n", encoding="utf-8")
    page = browser.get("/").text
    assert "nome" in page
    assert 'data-unit="license"' in page
    (browser.folder / "release.yaml").write_text("charter: 1\nrelease: {name: Fixed by hand}\n", encoding="utf-8")
    assert "Fixed by hand" in browser.get("/page").text


def test_what_an_editor_writes_into_the_release_file_appears(browser: Browser) -> None:
    (browser.folder / "release.yaml").write_text("charter: 1\nrelease: {name: By hand}\n", encoding="utf-8")
    state = re.findall(r'data-state="(\w+)"', browser.get("/").text)[0]
    (browser.folder / "release.yaml").write_text("charter: 1\nrelease: {name: Again}\n", encoding="utf-8")
    assert "intro" in browser.get(f"/changes?state={state}").json()["sections"]
