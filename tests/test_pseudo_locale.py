"""No text that people see escapes translation: in a language that puts each text in brackets, nothing is outside."""

from __future__ import annotations

import gettext
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import build, check, derive, load_release, openness, rights
from generator.api import assess
from generator.cli import COMMANDS, cli
from generator.cli.answers_text import derive_text, rights_text
from generator.cli.openness_text import openness_text
from generator.documents import registry
from generator.errors import ReleaseFileError
from generator.interview.prompts import Prompt
from generator.release.model import Release
from generator.translations import catalog, use_document_language, use_interface_language

from .conftest import TESTS
from .interview.folders import PERSONAS
from .interview.scripted import held

EXAMPLES = ("polish", "full-exports", "layered-five", "dual-expression", "own-terms")
_PLACEHOLDER = re.compile(r"\{\w*\}")
_WORD = re.compile(r"[^\W\d_]{3,}")
_INNER = re.compile(r"⟦[^⟦⟧]*(?:⟧|…|$)")
_FACTS = "\n".join(
    path.read_text(encoding="utf-8") for path in (TESTS.parent / "generator" / "knowledge" / "licenses").glob("*.yaml")
)
_CLAUSES = " ".join(re.findall(r"(?:words|name): (.*)", _FACTS))
"""Names of licenses, and words that licenses want shown: they are quoted as they are."""
_NAMES = """
    apache artistic attribution agreement bsd community commons copyright cc creative eupl european foundation gemma
    gnu general gpl hub international llama license licenses licenseref meta mit model notice odc open openness
    framework source definition osi osaid public share alike software union use mof readme markdown policy readme json
    charter verbose quote derive download later layered five
    data curation architecture
    charter verbose quote derive download later layered five other recorded run end
"""


_INTERVIEW = """
    support bot base adapter tokenizer config json safetensors architectures title transformers
    released gated described withheld none free paid finetune quantized merge diff text generation
"""
"""Names in the folder of the interview, and fields of the release file."""


LAX = "xn"
"""The language of `Pseudo`; that of `StrictPseudo` is another one, as texts are kept by language."""


class Pseudo(gettext.NullTranslations):
    """A catalog that has every text, in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return message if context in ("thousands separator", "decimal point") else self.gettext(message)


class StrictPseudo(Pseudo):
    """A catalog in which what is filled into a text stays outside of the brackets, and needs a translation itself."""

    def gettext(self, message: str) -> str:
        return super().gettext(_PLACEHOLDER.sub(r"⟧\g<0>⟦", message))


@pytest.fixture(autouse=True)
def pseudo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every language is the one in brackets; no result in it is kept for another language."""
    monkeypatch.setattr(catalog, "load_catalog", lambda language: StrictPseudo())
    monkeypatch.setattr(registry, "use_document_language", lambda language: use_document_language("xx"))
    with use_interface_language("xx"):
        yield


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What errors are filled with are fields, ids and words of the user."""
    monkeypatch.setattr(catalog, "load_catalog", lambda language: Pseudo())
    monkeypatch.setattr(registry, "use_document_language", lambda language: use_document_language(LAX))
    with use_interface_language(LAX):
        yield


def escaped(text: str, release: Release | None = None, names: str = "") -> list[str]:
    """Words outside of brackets that are no names of the release, of a license or of a format."""
    text = "\n".join(line for line in text.splitlines() if "©" not in line)  # notices, word for word
    text = re.sub(r"`[^`]*`", " ", text)
    while (inner := _INNER.sub(" ", text)) != text:
        text = inner
    text = re.sub(
        r"https?://\S+|<!--.*?-->|</?\w[^>]*>|'[^']*'|(?:\[\d+\]|\.\w+)+|\[[^\]]*\]\([^)]*\)|[\w.-]+/[\w./-]+|\S+\.(?:md|txt|yaml|svg|json)\b",
        " ",
        text,
        flags=re.S,
    )
    known = set(_WORD.findall(f"{_NAMES} {_CLAUSES} {names}".lower()))
    if release is not None and release.folder:
        known |= set(_WORD.findall((release.folder / "release.yaml").read_text(encoding="utf-8").lower()))
    return [word for word in _WORD.findall(text) if word.lower() not in known]


def documents(name: str) -> tuple[Release, dict[str, str]]:
    """The documents of an example, written in the language in brackets."""
    release = load_release(TESTS / "examples" / name)
    from dataclasses import replace

    outputs = ("card", "licenses", "pictures", "badges", "eu-form", "eu-training-summary")
    bundle = build(replace(release, outputs=outputs))
    return release, {path: content.decode() for path, content in bundle.items()}


@pytest.mark.parametrize("name", EXAMPLES)
def test_documents(name: str) -> None:
    release, files = documents(name)
    for path in ("README.md", "LICENSE", "NOTICE", "EU_MODEL_DOCUMENTATION.md", "EU_TRAINING_SUMMARY.md"):
        text = (
            files[path].partition("<!-- charter:begin")[2].partition("-->")[2] if path == "README.md" else files[path]
        )
        if path == "NOTICE":  # the other lines are notices, word for word
            text = "\n".join(line for line in text.splitlines() if "⟦" in line)
        assert escaped(text, release) == [], path
    for path, text in files.items():
        if path.endswith(".svg"):
            shown = " ".join(
                re.findall(r">([^<>]+)</(?:text|title|desc)>", re.sub(r"<style>.*?</style>", "", text, flags=re.S))
            )
            assert escaped(html.unescape(shown), release) == [], path


@pytest.mark.parametrize("name", EXAMPLES)
def test_page(name: str) -> None:
    from generator.web.page import page_html, page_view

    release = load_release(TESTS / "examples" / name)
    view = page_view(assess(release), None, build(release))._replace(card="", files=())
    page = re.sub(
        r"<(style|script|template|blockquote)\b.*?</\1>|<figcaption>.*?</figcaption>", " ", page_html(view), flags=re.S
    )
    labels = re.findall(r'(?:aria-label|alt|title)="([^"]*)"', page)
    assert escaped(html.unescape(re.sub(r"<[^>]*>", " ", page)), release) == []
    assert escaped(html.unescape(" ".join(labels)), release) == []


def test_answers() -> None:
    for target in ("llama3.1", "apache-2.0", "gpl-3.0 OR mit"):
        assert escaped(rights_text(rights(target), 100, verbose=True)) == [], target
    assert escaped(derive_text(derive("llama2", "trained_on", "mit"), 100, verbose=True)) == []
    release = load_release(TESTS / "examples" / "layered-five")
    assert escaped(openness_text(openness(release), 100, verbose=True), release) == []


@pytest.mark.parametrize("expert", [False, True])
def test_interview(tmp_path: Path, expert: bool) -> None:
    script = held(PERSONAS["llama"](tmp_path), expert=expert)
    for prompt in script.prompts:
        titles = [] if expert else [prompt.title]  # those of `--expert` are the fields
        texts = [*titles, prompt.question, prompt.help]
        if isinstance(prompt, Prompt) and "⟦Review⟧" not in prompt.title:
            texts += [
                text for option in prompt.options for text in (option.label, option.note, option.barred, *option.lines)
            ]
            texts += [text for _, text in prompt.notes]
        for text in texts:
            assert escaped(text, names=_INTERVIEW) == [], text


@pytest.mark.usefixtures("names")
def test_rules_of_the_hub() -> None:
    """Each fault that the Hub finds in a front matter is reported in whole sentences."""
    from generator.documents.card.hub_rules import find_refusals

    fronts = (
        "license: nolicense\nlanguage: Polish\nbase_model: my llama\ndatasets: [my data, 3]\nnew_version: a b\n"
        "pipeline_tag: chat\nbase_model_relation: tuned\nlicense_name: a b\ntask_categories: [text_generation]\n"
        "tags: [3]\nmetrics: {a: b}\nlibrary_name: [a]\nthumbnail: 3\nwidget: 3\ngated: true\neval_results: [a]\n"
        "licence: mit\nlicense: mit\nlanguage_bcp47:\n? [a]\n: b\n",
        "license: other\nlicense_link: TERMS.txt\nco2_eq_emissions: much\nextra_gated_fields: [a]\n",
        "co2_eq_emissions: {emissions: 3 kg, source: 3}\nextra_gated_fields: {A: word, B: select}\nmodel-index: 3\n",
        "model-index: [3, {name: a}, {name: b, results: [3, {}, {task: 3, dataset: {type: 3}, metrics: 4},"
        " {task: {type: a}, dataset: {type: a, name: ''}, source: {}, metrics: [{type: 3, config: [a]}]}]}]\n",
        "license: !!python/object:os.system mit\n",
        "- a\n",
        "a\n",
        "a: [\n",
        f"a: {'b' * 600_000}\n",
    )
    found = [fault for front in fronts for fault in find_refusals(f"---\n{front}---\n")]
    assert len(found) > 40
    for fault in found:
        for text in (fault.message, fault.remedy):
            assert escaped(re.sub(r"'[^']*'", " ", text)) == [], text


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(command: str) -> None:
    assert _escaped_of_command(*filter(None, (command, "--help"))) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--nope"),
        ("check", "--forma", "text"),
        ("check", "--format"),
        ("check", "--format", "page"),
        ("check", "--fix=yes"),
        ("derive",),
        ("audit",),
        ("audit", "a", "--threads", "999"),
        ("badge", "a", "b"),
        ("badge", "a", "b", "c"),
        ("rules", "ART116"),
        ("rules", "SEC101"),
        ("rules",),
    ],
)
def test_words_of_click_and_rules(arguments: tuple[str, ...]) -> None:
    assert _escaped_of_command(*arguments) == []


def _escaped_of_command(*arguments: str) -> list[str]:
    """Words of the output of a command outside of brackets that are no names of options, arguments or rules."""
    from click.testing import CliRunner

    from generator.checks.run import all_rules
    from generator.cli import click_texts

    click_texts.translate_click()
    output = CliRunner().invoke(cli, list(arguments), prog_name="charter").output
    assert "⟦" in output
    is_explanation = arguments[0] == "rules" and "--help" not in arguments
    output = re.sub(r"(?m)^ {4}(?! ).*$" if is_explanation else r"--?[\w-]+|'[^']*'|\[[a-z|]+\]", " ", output)
    values = "range integer error finetune default"
    names = [*COMMANDS, *(rule.name.replace("-", " ") for rule in all_rules()), values]
    return [word for word in escaped(output, names=" ".join(names)) if not word.isupper()]


def test_notebooks() -> None:
    from generator.checks.report import Finding, Report

    finding = Finding("LIN201", "a", "error", None, None, "b.md", 1, 1, "⟦c⟧", "⟦d⟧")
    shown = Report("Smew", (finding, finding._replace(accepted=True)))._repr_html_()
    shown += "".join(rights(target).layers[0].summary._repr_html_() for target in ("mit", "llama2", "cc-by-sa-4.0"))
    assert escaped(html.unescape(re.sub(r"<[^>]*>", " ", shown)), names="smew lin") == []


def test_text_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from generator.train import record
    from generator.train.record import RunText, record_training

    monkeypatch.setattr(record, "use_document_language", lambda language: use_document_language("xx"))
    (tmp_path / "model.safetensors").write_bytes(b"\2\0\0\0\0\0\0\0{}")
    for run in (RunText(steps=3, epochs=1.5, duration="1 h"), RunText(epochs=2), RunText(duration="3 s")):
        release = record_training(
            tmp_path, text=run._replace(versions=(("torch", "2"),)), hyperparameters={"seed": 1}, metrics={"loss": 0.5}
        )
        text = f"{release.card.training} {release.card.evaluation}"
        assert escaped(text, names="torch seed loss") == [], text


def test_findings(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Poet}\nlayers:\n  weights:\n    availability: released\n    license: mit\n"
        "    files: [model.bin]\n    derived_from:\n"
        "      - {ref: meta-llama/Llama-3.1-8B, license: llama3.1, relation: finetune}\n",
        encoding="utf-8",
    )
    (tmp_path / "README.md").write_text("[More Information Needed]\n![](a.png) [b](c.md)\n", encoding="utf-8")
    (tmp_path / "LICENSE").write_text("MIT\n", encoding="utf-8")
    (tmp_path / "a.py").write_text("hf_" + "aB3" * 11 + "a\nAKIA" + "AB12" * 4 + "\n", encoding="utf-8")
    release = load_release(tmp_path)
    report = check(release)
    assert len(report.findings) > 11
    for finding in report.findings:
        for text in (finding.message, finding.remedy, finding.why, report.verdict):
            assert escaped(text, release, "more information needed png akia") == [], text


_WRONG = """
charter: one
language: xx
release: {name: , version: [1], repo: a, languages: pl, date: x, summary: "a\\nb", unknown: 1}
licenses: {ours: {name: A, file: a}}
accept: [{rule: LIN999, reason: A}, {rule: ABC, reason: A}]
training: {compute: {amount: "1", unit: flops}, hardware: [{count: 0}]}
rules: {LIN201: loud}
outputs: [poster]
results: [{dataset: {id: a/b}, metrics: [{name: A, value: 1, url: foo}]}]
documents: [{license: mit}]
layers:
  weights: {license: apache-2, files: [../x], sha256: {a: b}, form: adapter, component: datasets, access: {url: foo}}
  deltas: {component: datasets}
"""
_TEXTS = (
    _WRONG,
    "",
    "a: [",
    "- 1",
    "a: {b",
    "a: b: c",
    "\ta: 1",
    "a: *b",
    "{}: 1",
    "---\n---\n",
    "a: !x 1",
    "a: \x01",
    "# no",
)


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("text", _TEXTS)
def test_errors_of_a_release_file(text: str) -> None:
    from generator.release.reader import parse_release

    with pytest.raises(ReleaseFileError) as found:
        parse_release(text)
    for complaint in found.value.complaints:
        for shown in (complaint.message, complaint.remedy):
            assert escaped(shown) == [], shown


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("path", sorted((TESTS / "invalid").glob("*.yaml")), ids=lambda path: path.stem)
def test_errors_of_invalid_files(path: Path) -> None:
    with pytest.raises(ReleaseFileError) as found:
        load_release(path)
    for complaint in found.value.complaints:
        for shown in (complaint.message, complaint.remedy):
            assert escaped(shown) == [], shown
