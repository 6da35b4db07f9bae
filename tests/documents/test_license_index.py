"""The index in LICENSE: it shows at the top which license covers which file, and says only what holds."""

from __future__ import annotations

from pathlib import Path

from generator import build, load_release

HEAD = "charter: 1\nrelease: {name: Smew, copyright: 2026 Lab, publisher: {name: Lab}}\nlayers:\n"
CODE = "  architecture: {availability: released, license: Apache-2.0, files: [config.json]}\n"
WEIGHTS = """\
  weights:
    {availability: released, license: MIT, files: ["*.safetensors", a/very/long/path/to/the/tokenizer.json],
     derived_from: [{ref: lab/base, license: llama2, relation: finetune}]}
"""


def index(folder: Path, text: str) -> str:
    """The LICENSE that a build writes."""
    (folder / "release.yaml").write_text(HEAD + text, encoding="utf-8")
    return build(load_release(folder))["LICENSE"].decode()


def overview(text: str) -> list[list[str]]:
    """The lines at the top: files, then ids."""
    block = text.partition("Which license covers which file:\n\n")[2].partition("\n\n")[0]
    return [line.split(maxsplit=1) for line in block.splitlines()]


def test_the_overview_names_every_license_of_a_file(tmp_path: Path) -> None:
    text = index(tmp_path, CODE + WEIGHTS)
    assert overview(text) == [
        ["config.json", "Apache-2.0"],
        ["*.safetensors", "MIT + LicenseRef-llama2"],
        ["a/very/long/path/to/the/tokenizer.json"],
        ["MIT", "+ LicenseRef-llama2"],
    ]
    assert "ids with +, all of them apply" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 78
    assert text.index("Which license") < 60


def test_a_choice_is_named_as_one(tmp_path: Path) -> None:
    weights = "  weights: {availability: released, license: MIT OR Apache-2.0, files: ['*.safetensors']}\n"
    text = " ".join(index(tmp_path, CODE + weights).split())
    assert "*.safetensors MIT OR Apache-2.0" in text
    assert "Where a line has OR, you choose one." in text
    assert "all of them apply" not in text


def test_the_same_inherited_license_is_listed_once(tmp_path: Path) -> None:
    text = index(tmp_path, CODE + WEIGHTS.replace("license: MIT", "license: llama2"))
    assert text.count("LICENSES/LicenseRef-llama2.txt") == 1
    assert "granted by Lab for what is new" in " ".join(text.split())
    assert "Inherited     the same license, from lab/base" in text


def test_a_file_that_no_line_names_has_no_license(tmp_path: Path) -> None:
    """The sentence depends on the release file only: a copy of the repo without the weights has the same LICENSE."""
    text = index(tmp_path, CODE + WEIGHTS)
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    assert index(tmp_path, CODE + WEIGHTS) == text
    assert "No license is stated for a file that no line names." in " ".join(text.split())


def test_the_card_that_is_here_is_not_released_elsewhere(tmp_path: Path) -> None:
    card = "documents: [{component: model-card, availability: released, license: CC-BY-4.0}]\n"
    text = index(tmp_path, CODE + WEIGHTS + card)
    assert "RELEASED ELSEWHERE" not in text
    assert ["files", "that charter wrote CC-BY-4.0"] in [
        [a, " ".join(b.split())] for a, b in (row for row in overview(text) if len(row) == 2)
    ]


def test_a_part_that_the_release_does_not_have_is_not_listed(tmp_path: Path) -> None:
    text = index(tmp_path, CODE + WEIGHTS + "  data: {availability: none}\n  curation: {availability: withheld}\n")
    assert "Data preparation \u2013 not released" in text
    assert "Data \u2013 none" not in text


def test_a_pattern_for_every_file_is_the_rest_and_the_holder_has_no_year(tmp_path: Path) -> None:
    release = HEAD.replace(", publisher: {name: Lab}", "")
    (tmp_path / "release.yaml").write_text(
        release + WEIGHTS.replace('["*.safetensors", a/very/long/path/to/the/tokenizer.json]', '["*"]') + CODE,
        encoding="utf-8",
    )
    text = build(load_release(tmp_path))["LICENSE"].decode()
    assert overview(text) == [["config.json", "Apache-2.0"], ["all", "other files  MIT + LicenseRef-llama2"]]
    assert "granted by Lab for what is new" in " ".join(text.split())
