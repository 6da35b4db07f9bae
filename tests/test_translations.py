"""Translations: catalogs are complete, each text is in the language that was asked for, JSON is English."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from generator import build, derive, load_release, rights
from generator.artifacts.card_sections import section_of
from generator.translations import (
    ENGLISH,
    LANGUAGES,
    choose_language,
    get_language,
    gettext,
    ngettext,
    use_document_language,
    use_interface_language,
)
from generator.translations.catalog import compile_catalog, load_catalog

from .command import charter
from .conftest import TESTS

POLISH = TESTS / "examples" / "polish"
OTHERS = [language for language in LANGUAGES if language != ENGLISH]


def test_catalogs_are_complete() -> None:
    """Nothing is untranslated, fuzzy or stale, and placeholders are those of the English text."""
    pytest.importorskip("babel", reason="the catalogs are compared with Babel, of the group `dev`")
    sys.path.insert(0, str(TESTS.parent / "tools"))
    try:
        import make_translations
    finally:
        sys.path.pop(0)
    source = make_translations.template()
    for language in OTHERS:
        path = make_translations.CATALOGS / f"{language}.po"
        catalog, text = make_translations.updated(path, source)
        assert list(make_translations.faults(catalog)) == [], f"run `make translations` and translate into {language}"
        assert text == path.read_text(encoding="utf-8"), "run `make translations`"


def test_a_catalog_in_which_something_is_wrong_is_reported(tmp_path: Path) -> None:
    pytest.importorskip("babel", reason="the catalogs are compared with Babel, of the group `dev`")
    sys.path.insert(0, str(TESTS.parent / "tools"))
    try:
        import make_translations
    finally:
        sys.path.pop(0)
    from babel.messages.catalog import Catalog

    catalog = Catalog(locale="pl")
    catalog.add("Read {file}", "Przeczytaj {plik}")
    catalog.add("Is it under 25?", "Jest poniżej 25.")
    catalog.add("Run `charter check`.", "Uruchom `charter build`.")
    catalog.add("Stop", "")
    catalog.add("Files", "Pliki", flags=["fuzzy"])
    catalog.add(("{number} file", "{number} files"), ("{number} plik", "{number} pliki", "{number} plików"))
    found = list(make_translations.faults(catalog))
    assert found == [
        "other placeholders: Read {file}",
        "another text, by its numbers or its question mark: Is it under 25?",
        "another text, by its numbers or its question mark: Run `charter check`.",
        "no translation: Stop",
        "fuzzy: Files",
    ]


def test_every_text_of_the_code_is_extracted() -> None:
    """Babel finds no text in an f-string, so that none may be there."""
    pytest.importorskip("babel", reason="the catalogs are made with Babel, of the group `dev`")
    import ast

    sys.path.insert(0, str(TESTS.parent / "tools"))
    try:
        import make_translations
    finally:
        sys.path.pop(0)
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in make_translations.template()}
    missing = []
    for path in sorted((TESTS.parent / "generator").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            at = {"_": 0, "gettext": 0, "mark_text": 0, "ngettext": 0, "pgettext": 1}.get(call.func.id)
            text = call.args[at] if at is not None and len(call.args) > at else None
            if isinstance(text, ast.Constant) and text.value not in known:
                missing.append(f"{path.name}: {text.value}")
    assert missing == []


def test_english_loads_no_catalog() -> None:
    code = "import sys; from generator import rights; rights('mit'); print('gettext' in sys.modules, end='')"
    import subprocess

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False"


def test_plural_forms_of_polish() -> None:
    with use_interface_language("pl"):
        forms = [ngettext("{number} parameter", "{number} parameters", number) for number in (1, 2, 5, 12, 22)]
    assert [form.removeprefix("{number} ") for form in forms] == [
        "parametr",
        "parametry",
        "parametrów",
        "parametrów",
        "parametry",
    ]


def test_documents_and_interface_have_languages_of_their_own() -> None:
    with use_interface_language("pl"):
        assert gettext("Uses") == "Zastosowania"
        with use_document_language(None):
            assert (get_language(), gettext("Uses")) == ("en", "Uses")
        assert get_language() == "pl"
    assert gettext("Uses") == "Uses"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "pl_PL.UTF-8"}, "pl"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "pl_PL.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "pl_PL.UTF-8", "CI": "true"}, "en"),
        ({"CHARTER_LANG": "pl", "CI": "true"}, "pl"),
        ({"CHARTER_LANG": "xx", "LANG": "pl_PL.UTF-8"}, "en"),
    ],
)
def test_language_of_the_environment(environment: dict[str, str], language: str) -> None:
    assert choose_language(environment) == language


def test_a_compiled_catalog_is_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "pl.po"
    path.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgctxt "act"\nmsgid "Use"\nmsgstr "Używanie"\n\n#, fuzzy\nmsgid "Stop"\nmsgstr "Koniec"\n\n'
        'msgid "a "\n"long text"\nmsgstr ""\n"długi "\n"tekst"\n',
        encoding="utf-8",
    )
    import gettext as standard
    import io

    found = standard.GNUTranslations(io.BytesIO(compile_catalog(path)))
    assert found.pgettext("act", "Use") == "Używanie"
    assert (found.gettext("a long text"), found.gettext("Stop")) == ("długi tekst", "Stop")


@pytest.mark.parametrize("language", OTHERS)
def test_headings_of_a_card_are_recognized_in_each_language(language: str) -> None:
    headings = {
        "Uses": "intended_use",
        "Out-of-Scope Use": "out_of_scope",
        "Bias, Risks, and Limitations": "limitations",
        "How to Get Started with the Model": "how_to_use",
        "How to Use the Dataset": "how_to_use",
        "Evaluation": "evaluation",
        "Training Details": "training",
        "Environmental Impact": "environment",
        "Citation": "citation",
    }
    for heading, section in headings.items():
        assert section_of(load_catalog(language).gettext(heading)) == section, heading


def test_facts_without_a_translation_are_marked_as_english() -> None:
    with use_interface_language("pl"):
        found = rights("eupl-1.2").layers[0].rights[0].because
    assert re.fullmatch(r"\[ang\.: [^\]]+\]\.", found)


def test_json_is_english_and_python_too() -> None:
    english = json.dumps(rights("apache-2.0").to_dict())
    with use_interface_language("pl"):
        assert "utwor" in json.dumps(rights("apache-2.0").to_dict(), ensure_ascii=False)
    assert json.dumps(rights("apache-2.0").to_dict()) == english


def test_a_custom_license_is_described_in_the_language_of_the_documents() -> None:
    with use_interface_language("pl"):
        found = derive("LicenseRef-ours", "finetune", "mit").found.because
    assert "charter nie" in found


def test_language_of_the_release_file() -> None:
    card = build(load_release(POLISH))["README.md"].decode()
    assert "## Zastosowania" in card and "## Uses" not in card
    assert "\nlanguage:\n- pl\n" in card  # the language of the model, from `release.languages`


def test_unknown_language_of_the_release_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text("charter: 1\nlanguage: xx\nrelease: {name: A}\n", encoding="utf-8")
    done = charter("check", tmp_path)
    assert done.returncode == 2
    assert "release.yaml:2:11: language: 'xx' is not one of its values." in done.stderr


def test_interface_is_in_the_language_of_the_option_or_the_environment() -> None:
    import os

    polish = charter("--lang", "pl", "rights", "apache-2.0").stdout
    assert "Wolno" in polish and "You may" not in polish
    assert charter("rights", "apache-2.0", "--lang=pl").stdout == polish
    assert charter("rights", "apache-2.0", env=os.environ | {"CHARTER_LANG": "pl"}).stdout == polish
    english = charter("rights", "apache-2.0").stdout
    assert "You may" in english
    assert charter("rights", "apache-2.0", "--lang", "en", env=os.environ | {"CHARTER_LANG": "pl"}).stdout == english


def test_page_of_an_audit_is_in_the_language_of_the_interface(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="an audit needs the extra `audit`")
    (tmp_path / "models.csv").write_text("id,license,base_model\na/x,mit,meta-llama/Llama-3.1-8B\n", encoding="utf-8")
    page = charter("audit", tmp_path / "models.csv", "--format", "html", "--lang", "pl").stdout
    assert '<html lang="pl">' in page
    assert "1 model pomija warunki, które trzeba przekazać dalej." in page
    assert '<span class="kind dropped" lang="en">dropped</span>' in page
    english = charter("audit", tmp_path / "models.csv", "--format", "html").stdout
    assert english.count('lang="en"') == 1


@pytest.mark.parametrize(
    "command",
    [
        ("rights", "llama3.1", "--format", "json"),
        ("derive", "--from", "gemma", "--relation", "merge", "--as", "mit", "--format=json"),
        ("openness", str(POLISH), "--format", "json"),
    ],
)
def test_json_is_the_same_in_every_language(command: tuple[str, ...]) -> None:
    english = charter(*command)
    assert charter("--lang", "pl", *command).stdout == english.stdout
    json.loads(english.stdout)


def test_an_unknown_language_is_an_error() -> None:
    done = charter("--lang", "xx", "rights", "mit")
    assert done.returncode == 2
    assert "there is no such language. Known: en, pl." in done.stderr


def test_what_is_forbidden_is_written_in_the_case_that_it_needs() -> None:
    allowed = charter("rights", "mit", "--lang", "pl").stdout
    forbidden = charter("rights", "cc-by-nd-4.0", "--layer", "weights", "--lang", "pl").stdout
    assert "modele scalone" in " ".join(allowed.split())
    assert "publikować modeli scalonych" in " ".join(forbidden.split()).partition("Nie wolno")[2]


def test_derive_and_openness_in_polish() -> None:
    derived = charter("derive", "--from", "llama2", "--relation", "trained_on", "--as", "mit", "--lang", "pl").stdout
    assert derived.startswith("Trenowanie na danych: llama2, publikacja na licencji mit\n")
    assert "To zależy od tego, co uznać za kod źródłowy." in derived
    assert "Brak klasy" in charter("openness", POLISH, "--lang", "pl").stdout


def test_help_in_polish_and_again_in_english() -> None:
    assert "Sprawdź wydania przed publikacją" in charter("--lang", "pl", "--help").stdout
    assert "Tylko ta czynność; można powtórzyć." in charter("rights", "--help", "--lang", "pl").stdout
    assert "Only this act; repeatable." in charter("rights", "--help").stdout


def test_findings_in_polish_and_json_in_english(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text("charter: 1\nrelease: {name: A}\n", encoding="utf-8")
    polish = charter("check", tmp_path, "--lang", "pl")
    assert "błąd REL117" in polish.stdout
    assert "Jeszcze niegotowe: " in polish.stdout
    assert polish.returncode == charter("check", tmp_path).returncode == 1
    for name in ("json", "sarif", "github"):
        command = ("check", tmp_path, "--format", name)
        assert charter("--lang", "pl", *command).stdout == charter(*command).stdout


def test_click_and_rules_are_in_the_language_of_messages() -> None:
    wrong = charter("--lang", "pl", "check", "--nope")
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("Użycie: charter check [OPCJE]") and "Błąd: Nie ma opcji '--nope'." in wrong.stderr
    assert "Opcje:" in charter("rules", "--help", "--lang", "pl").stdout
    polish = charter("--lang", "pl", "rules", "LIN201").stdout
    assert "(błąd)" in polish and "\n\nŹle:\n\n    weights:\n" in polish
    as_json = charter("--lang", "pl", "rules", "LIN201", "--format", "json").stdout
    assert as_json == charter("rules", "LIN201", "--format", "json").stdout


def test_clauses_without_a_number_are_counted_in_the_language_of_messages() -> None:
    assert "akapit 2" in charter("--lang", "pl", "rights", "mit").stdout
    assert "Section 3(a)" in charter("--lang", "pl", "rights", "cc-by-4.0", "--verbose").stdout.replace("\xa0", " ")


def test_text_of_a_run_is_in_the_language_of_the_release(tmp_path: Path) -> None:
    from generator.train.record import RunText, record_training

    (tmp_path / "model.safetensors").write_bytes(b"\2\0\0\0\0\0\0\0{}")
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nlanguage: pl\nrelease: {name: A}\nlayers:\n"
        "  weights: {availability: released, license: mit, files: [model.safetensors]}\n",
        encoding="utf-8",
    )
    release = record_training(tmp_path, text=RunText(steps=1200, epochs=1.5, duration="1 h 2 min"))
    assert "Trenowano przez 1,5 epoki, 1\xa0200 kroków; czas: 1 h 2 min." in str(release.card.training)
