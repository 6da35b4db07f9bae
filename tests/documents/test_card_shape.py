"""The shape of the card: the rights come first, in brief, and people find the uses without scrolling."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from generator import build, load_release
from generator.publishing.uploads import repo_uploads
from tests.conftest import TESTS

RELEASES = [*sorted((TESTS / "examples").glob("*/release.yaml")), TESTS / "release" / "contract.yaml"]
CARDS = sorted((TESTS / "examples").glob("*/expected/README.md"))


def generated(card: str) -> str:
    """The part of a card between the markers, without them."""
    return card.partition("-->\n")[2].rpartition("<!-- charter:end")[0]


def without_folds(text: str) -> str:
    """What a reader sees before opening a fold."""
    return re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)


def bullets(text: str) -> int:
    """The number of bullets."""
    return sum(line.startswith("- ") for line in text.splitlines())


def sentences(text: str) -> list[str]:
    """The sentences of a card that are longer than a label, without marks."""
    found: list[str] = []
    for line in re.sub(r"(?m)^\|.*\n(?=\|---)", "", text).splitlines():
        for cell in re.split(r" \| ", line.strip("| -")):
            plain = re.sub(r" \((?:[^()]|\([^()]*\))*\)$", "", re.sub(r"[*`\\]", "", cell).strip())
            found += [part.strip(" .") for part in re.split(r"(?<=[.;])\s", plain)]
    return [sentence for sentence in found if len(sentence.split()) >= 5]


def check_shape(card: str) -> None:
    """The limits that hold for every card that a build writes."""
    text = generated(card)
    if "\n## Uses\n" in text:
        assert text.index("\n## Uses\n") <= 0.35 * len(text)
    rights = text.partition("## Rights in brief")[2].partition("\n## ")[0]
    assert bullets(without_folds(rights)) <= 12
    assert bullets(without_folds(text)) <= 12 or bullets(text.partition("<details>")[0]) <= 12
    assert sorted({s for s in sentences(text) if sentences(text).count(s) > 1}) == []
    assert "Deltas" not in text


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.parts[-3])
def test_a_card_is_short_and_says_nothing_twice(path: Path) -> None:
    check_shape(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.parent.name)
def test_the_cards_of_all_repos_are_short_and_say_nothing_twice(path: Path) -> None:
    release = load_release(path)
    named = None if release.release.repo else "lab/model"
    for upload in repo_uploads(release, repo=named, release_file=False):
        check_shape(upload.bundle["README.md"].decode())


def test_one_license_gives_a_short_card(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Tiny, repo: lab/tiny, summary: A tiny model., copyright: 2026 Lab, version: '1.0',"
        " publisher: {name: Lab, url: 'https://lab.example', contact: a@lab.example}, date: 2026-05-02,"
        " languages: [en], task: text-generation, library: transformers}\n"
        "model: {architecture: LlamaForCausalLM, parameters: 1000000, context_length: 2048, modalities: [text]}\n"
        "layers: {weights: {availability: released, license: MIT, files: ['*.safetensors']}}\n",
        encoding="utf-8",
    )
    card = build(load_release(tmp_path))["README.md"].decode()
    text = generated(card)
    assert len(text.splitlines()) <= 25
    assert "**You may** use, use commercially" in text
    assert "**You must** include the license (MIT paragraph 2)" in text


SEVERAL_REPOS = """\
charter: 1
release:
  {name: Borealis, repo: lab/borealis, copyright: 2026 Lab, languages: [pl], task: text-generation,
   library: transformers, tags: [chat]}
model: {architecture: LlamaForCausalLM, parameters: 1000000}
layers:
  data: {name: Corpus, availability: released, license: CC-BY-4.0, files: ["data/*"], repo: lab/corpus,
         description: Polish news.}
  weights: {availability: released, license: Apache-2.0, files: ["*.safetensors"]}
  deltas:
    - {name: Polish, form: adapter, availability: released, license: MIT, files: ["polish/*"], repo: lab/polish,
       derived_from: [{ref: lab/borealis, license: Apache-2.0, relation: adapter},
                      {ref: other/instructions, license: MIT, relation: trained_on}]}
    - {form: quantized, availability: released, license: Apache-2.0, files: ["*.gguf"], repo: lab/borealis-gguf,
       derived_from: [{ref: lab/borealis, license: Apache-2.0, relation: quantized}]}
"""


def test_each_repo_of_a_release_has_the_metadata_of_its_part(tmp_path: Path) -> None:
    (tmp_path / "polish").mkdir()
    (tmp_path / "polish" / "adapter_config.json").write_text("{}", encoding="utf-8")
    (tmp_path / "release.yaml").write_text(SEVERAL_REPOS, encoding="utf-8")
    uploads = repo_uploads(load_release(tmp_path), release_file=False)
    cards = {upload.repo: upload.bundle["README.md"].decode() for upload in uploads}
    heads = {repo: yaml.safe_load(card.split("---\n")[1]) for repo, card in cards.items()}
    libraries = {repo: head.get("library_name") for repo, head in heads.items()}
    assert libraries == {
        "lab/borealis": "transformers",
        "lab/corpus": None,
        "lab/polish": "peft",
        "lab/borealis-gguf": "gguf",
    }
    assert heads["lab/borealis"]["datasets"] == ["lab/corpus"]
    assert heads["lab/polish"]["datasets"] == ["other/instructions"]
    assert "datasets" not in heads["lab/borealis-gguf"]
    assert heads["lab/corpus"] == {"license": "cc-by-4.0", "language": ["pl"], "pretty_name": "Corpus"}
    assert "\nPolish news.\n" in cards["lab/corpus"]
    for word in ("LlamaForCausalLM", "text-generation", "Openness", "an adapter for", "other/instructions"):
        assert word not in cards["lab/corpus"]
    assert "1,000,000 parameters" not in cards["lab/polish"]
    assert "| Adapter: Polish | released | `MIT` | all files |" in cards["lab/polish"]
    assert "# Borealis, quantization\n" in cards["lab/borealis-gguf"]
    for card in cards.values():
        check_shape(card)
