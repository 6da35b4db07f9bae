"""The EU drafts say what the release file says, ask for the rest, and count what they ask."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.documents.exports.eu import two_figures

from .releases import export, read

PAGES = {"eu-form": "EU_MODEL_DOCUMENTATION.md", "eu-training-summary": "EU_TRAINING_SUMMARY.md"}
HEAD = "charter: 1\nrelease: {name: Fjord}\n"


@pytest.mark.parametrize("page", PAGES.values())
def test_the_head_says_that_it_is_a_draft_and_counts_its_questions(page: str, full: dict[str, bytes]) -> None:
    text = full[page].decode()
    (asked, of) = re.findall(r"\*\*Open questions: (\d+) of (\d+)\.\*\*", text)[0]
    assert int(asked) == text.count("*Open question:* ")
    assert int(of) == len(re.findall(r"^\*\*(?!Open|Draft).*\*\*$", text, re.M))
    assert "Draft of" in text
    assert "no legal advice" in text


@pytest.mark.parametrize(("output", "page"), PAGES.items())
def test_a_release_that_says_nothing_is_all_questions(output: str, page: str, tmp_path: Path) -> None:
    text = export(read(tmp_path, f"{HEAD}outputs: [{output}]\n"), page)
    (asked, of) = re.findall(r"Open questions: (\d+) of (\d+)", text)[0]
    assert asked == of
    assert "none" not in re.sub(r"If there is none, say so", "", text).lower()


def test_the_form_holds_what_is_stated(full: dict[str, bytes]) -> None:
    text = full["EU_MODEL_DOCUMENTATION.md"].decode()
    for said in (
        "Fjord Lab, <https://fjord.example>, post@fjord.example",
        "Fjord 3B, version 2.1",
        "SHA-256 `637706d98f924100b0664714a8cd08a12a2e8f0c6d17142fcf7a3ef6cad1b8a8`",
        "fine-tuned from `base-lab/base-3b` at `0123456789abcdef`, `Apache-2.0`",
        "About 3 billion (2,952,790,016), in the range 500 million to 5 billion.",
        "The longest input: 8,192 tokens.",
        "| Bought News (data) | not released | not stated |",
        "Advice on health or law.",
        "Language filter, deduplication by lines, removal of personal data.",
        "Eight GPUs for three days.",
    ):
        assert said in text
    for question in ("How many data points", "floating point operations", "Date on the Union market"):
        assert question in text


def test_the_summary_sorts_sources_and_keeps_every_question_open(full: dict[str, bytes]) -> None:
    text = full["EU_TRAINING_SUMMARY.md"].decode()
    parts = dict(re.findall(r"^### (2\.\d)[^\n]*\n(.*?)(?=^##)", text, re.M | re.S))
    assert "Fjord Corpus" in parts["2.1"]
    assert "`https://data.example/chat`, `MIT OR Apache-2.0`" in parts["2.1"]
    assert "`unknown/corpus`, license not stated" in parts["2.1"]
    assert "Bought News" in parts["2.2"]
    assert "teacher-lab/big-teacher" in parts["2.5"]
    assert all("*Open question:*" in part for part in parts.values())


def test_a_policy_that_a_license_includes_is_named_with_its_place(tmp_path: Path) -> None:
    weights = "layers: {weights: {availability: released, license: llama2, files: ['*.bin']}}\n"
    text = export(read(tmp_path, f"{HEAD}{weights}outputs: [eu-form]\n"), "EU_MODEL_DOCUMENTATION.md")
    assert "- Llama 2 Acceptable Use Policy, part of the license: <https://ai.meta.com/llama/use-policy>" in text


def test_values_are_text_there(tmp_path: Path) -> None:
    hostile = 'release: {name: "<b>*x*</b> | {{ 7 * 7 }}", publisher: {name: "# a\\\\ `b`"}}\n'
    text = export(read(tmp_path, f"charter: 1\n{hostile}outputs: [eu-form]\n"), "EU_MODEL_DOCUMENTATION.md")
    assert r"\<b\>\*x\*\</b\> \| {{ 7 \* 7 }}" in text
    assert "49" not in text


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "1"),
        (99, "99"),
        (999, "1 thousand"),
        (22_713_216, "23 million"),
        (6_738_415_616, "6.7 billion"),
        (999_999_999, "1 billion"),
        (70_553_706_496, "71 billion"),
        (671_000_000_000, "670 billion"),
        (1_250_000_000_000, "1.3 trillion"),
    ],
)
def test_parameters_are_rounded_to_two_figures(number: int, words: str) -> None:
    assert two_figures(number) == words
