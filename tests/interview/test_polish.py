"""The interview in Polish: every prompt fits a narrow terminal, and no answer depends on the words of English texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import load_release
from generator.translations import use_interface_language
from tests.interview.folders import PERSONAS
from tests.interview.scripted import held, released
from tests.interview.terminal import ENTER, F1, Terminal

SCRIPTS = {
    "gemma": {"Dane treningowe": "Moje własne", "Udostępnienie danych": "Nie udostępniać", "Licencja": "Gemma Terms"},
    "scraped": {"Dane treningowe": "Zebrane z sieci", "Licencja": "Pomóż mi wybrać"},
}


@pytest.mark.parametrize("persona", SCRIPTS)
def test_every_prompt_and_its_help_fit_60_columns(tmp_path: Path, persona: str) -> None:
    folder = PERSONAS[persona](tmp_path)
    terminal = Terminal(folder, "--lang", "pl", columns=60, rows=24)
    asked = []
    try:
        while (title := terminal.title()) not in ("", "Przegląd"):
            asked.append(title)
            terminal.is_whole()
            terminal.press(F1)
            terminal.is_whole()
            assert "F1 zamknij pomoc" in terminal.words()
            terminal.press(F1)
            if title in SCRIPTS[persona]:
                terminal.choose(SCRIPTS[persona][title])
            else:
                terminal.press(ENTER)
        terminal.is_whole()
        terminal.choose("Zapisz i zbuduj")
        terminal.wait()
        assert "zapisano" in terminal.text()
    finally:
        terminal.close()
    assert {"Co to jest", "Licencja", "Wydawca", "Tekst karty"} <= set(asked)
    assert load_release(folder).language == "en"


def test_the_review_asks_for_the_license_of_the_source_that_a_problem_is_about(tmp_path: Path) -> None:
    folder = PERSONAS["card"](tmp_path)
    answers = {
        "Wydawca": "=Lab",
        "Przegląd": ["stanfordnlp/imdb", "Zapisz i zbuduj"],
        "Licencja źródła": "=cc-by-4.0",
    }
    with use_interface_language("pl"):
        script = held(folder, answers)
        assert "stanfordnlp/imdb" in script.prompt("Licencja źródła").question
    sources = {upstream.ref: upstream.license for upstream in released(folder).layers.weights[0].derived_from}
    assert sources["stanfordnlp/imdb"] == "CC-BY-4.0"


def test_licenses_have_their_rights_in_the_studio_as_in_english(tmp_path: Path) -> None:
    with use_interface_language("pl"):
        options = held(PERSONAS["gemma"](tmp_path)).prompt("Licencja").options
    assert [kind for kind, _ in options[0].deed] == ["may", "must", "may not"]
    assert [line.partition(":")[0] for line in options[0].lines] == ["wolno", "trzeba", "nie wolno"]
