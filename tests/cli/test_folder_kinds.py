"""Folders as people publish them, from `init` to a second build: what they state is kept, and nothing is made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import build, check, load_release, rights
from generator.api.create import init
from generator.artifacts.card import BLOCK
from generator.errors import BundleConflictError
from tests.checks.models import put, safetensors
from tests.cli.test_robust import charter
from tests.cli.test_robust_files import mit

WEIGHTS = {"model.safetensors": safetensors()}


def walk(folder: Path, files: dict[str, Any]) -> dict[str, Any]:
    """Write a folder, run `init --defaults` and two builds, and return the release file."""
    init(put(folder, files))
    first = build(load_release(folder)).write(folder)
    again = build(load_release(folder)).write(folder)
    assert first.created
    assert (again.created, again.replaced, again.removed) == ((), (), ())
    found: dict[str, Any] = yaml.safe_load((folder / "release.yaml").read_text(encoding="utf-8"))
    return found


def front(folder: Path) -> dict[str, Any]:
    """The front matter of the card."""
    block = BLOCK.match((folder / "README.md").read_text(encoding="utf-8"))
    assert block
    found: dict[str, Any] = yaml.safe_load(block.group(2))
    return found


def rules(folder: Path) -> set[str]:
    """The rules that find something."""
    return {finding.rule for finding in check(load_release(folder)).findings}


@pytest.mark.parametrize("family", ["openrail", "bsd", "cc", "gpl", "lgpl", "gfdl", "unknown"])
def test_a_license_that_names_a_family_is_kept_and_reported(tmp_path: Path, family: str) -> None:
    walk(tmp_path, {**WEIGHTS, "README.md": f"---\nlicense: {family}\n---\n# M\n"})
    assert front(tmp_path)["license"] == family
    assert "does not say which license is meant" in (tmp_path / "LICENSE").read_text(encoding="utf-8")
    assert not (tmp_path / "LICENSES").exists()
    assert "REL102" in rules(tmp_path)


def test_own_terms_cover_code_where_no_weights_are_here(tmp_path: Path) -> None:
    card = "---\nlibrary_name: transformers\n---\n# M\n"
    terms = "These are terms of our own. You can do anything on Mondays.\n"
    made = walk(
        tmp_path, {"config.json": '{"model_type": "x"}', "model.py": "pass\n", "README.md": card, "LICENSE": terms}
    )
    item = made["layers"]["architecture"]
    assert item["license"].startswith("LicenseRef-")
    assert item["license_text"] == "LICENSE"
    assert (tmp_path / "LICENSE").read_text(encoding="utf-8") == terms
    assert not {"REL101", "REL107"} & rules(tmp_path)


@pytest.mark.parametrize("name", ["LICENSE.md", "LICENSE.txt", "COPYING", "license"])
def test_the_card_links_the_license_file_that_is_there(tmp_path: Path, name: str) -> None:
    card = "---\nlicense: other\nlicense_name: our-terms\nlicense_link: LICENSE\n---\n# M\n"
    walk(tmp_path, {**WEIGHTS, "README.md": card, name: "These are terms of our own.\n"})
    assert front(tmp_path)["license_link"] == name
    assert f"]({name})" in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "CARD106" not in rules(tmp_path)


def test_the_lines_of_those_who_wrote_a_license_name_no_holder_of_the_release(tmp_path: Path) -> None:
    text = charter("licenses", "agpl-3.0", "--text").stdout
    assert "Copyright (C) 2007 Free Software Foundation" in text
    made = walk(tmp_path, {**WEIGHTS, "LICENSE": text})
    assert made["layers"]["weights"]["license"] == "AGPL-3.0-only"
    assert "copyright" not in made["release"]


def test_several_holders_are_all_named(tmp_path: Path) -> None:
    text = mit("First Lab").replace("First Lab", "First Lab\nCopyright (c) 2021 Second Lab", 1)
    made = walk(tmp_path, {**WEIGHTS, "LICENSE": text})
    assert made["release"]["copyright"] == "Copyright (c) 2020 First Lab; Copyright (c) 2021 Second Lab"
    notice = (tmp_path / "NOTICE").read_text(encoding="utf-8")
    assert notice.count("First Lab") == notice.count("Second Lab") == 1


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("# image-ocr [![Docs](https://x.example/b.svg)](https://x.example)", "image-ocr"),
        ("# [![a](b.svg)](c) [![d](e.svg)](f) Little Model", "Little Model"),
        ("# [Little Model](https://x.example)", "Little Model"),
        ("# [![a](b.svg)][link]", "folder"),
        ("# little-lab/little-model", "little-model"),
    ],
)
def test_badges_are_no_part_of_a_name(tmp_path: Path, title: str, name: str) -> None:
    made = walk(tmp_path / "folder", {**WEIGHTS, "README.md": f"{title}\n\nText\n"})
    assert made["release"]["name"] == name


@pytest.mark.parametrize("name", ["weights.pt.zst", "m/model.onnx.gz", "model.safetensors.xz", "net.pth.bz2"])
def test_compressed_weights_are_weights(tmp_path: Path, name: str) -> None:
    made = walk(tmp_path, {name: "x", "table.csv.gz": "x", "lexicon.json.gz": "x", "model.py": "pass\n"})
    end = name.rpartition(".")[2]
    assert made["layers"]["weights"]["files"] in ([name], [f"*.{end}"], [f"**/*.{end}"])
    assert "ART102" not in rules(tmp_path)


def test_notebooks_are_code(tmp_path: Path) -> None:
    made = walk(tmp_path, {**WEIGHTS, "LICENSE": mit("Lab"), "demo.ipynb": "{}", "src/train.ipynb": "{}", "a.py": ""})
    assert made["layers"]["architecture"]["files"] == ["*.py", "**/*.ipynb"]
    assert "ART102" not in rules(tmp_path)


def test_the_loading_script_of_a_data_set_without_a_card_is_part_of_it(tmp_path: Path) -> None:
    made = walk(tmp_path, {"dataset_infos.json": "{}", "data/train.csv": "a\n", "emotion.py": "pass\n"})
    assert list(made["layers"]) == ["data"]
    assert "ART102" not in rules(tmp_path)


def test_a_pipeline_of_diffusers_is_not_one_of_transformers(tmp_path: Path) -> None:
    index = '{"_class_name": "StableDiffusion3Pipeline"}'
    made = walk(tmp_path, {**WEIGHTS, "model_index.json": index, "config.json": '{"model_type": "clip_text_model"}'})
    assert made["release"]["library"] == "diffusers"


def test_no_library_is_stated_that_the_hub_does_not_know(tmp_path: Path) -> None:
    made = walk(tmp_path, {"model.onnx": "x"})
    assert "library" not in made["release"]


def test_the_author_of_a_spacy_pipeline_is_its_publisher(tmp_path: Path) -> None:
    meta = (
        '{"lang": "en", "name": "m", "version": "1.0", "spacy_version": ">=3", "author": "Explosion", "license": "MIT"}'
    )
    made = walk(tmp_path, {"meta.json": meta, "config.cfg": "", "vocab/strings.json": "[]", "ner/model": "x"})
    assert made["release"]["publisher"] == {"name": "Explosion"}


def test_a_file_that_a_build_wrote_is_not_named_as_the_license_file(tmp_path: Path) -> None:
    walk(tmp_path, WEIGHTS)
    (missing,) = [f for f in check(load_release(tmp_path)).findings if f.rule == "REL101"]
    assert "License files" not in missing.message


@pytest.mark.parametrize(
    ("files", "patterns"),
    [
        ({"README.md": "# M\n", "paper.pdf": "%PDF"}, ["*.md", "*.pdf"]),
        ({"README.md": "# M\n", "docs/a.md": "# A\n", "picture.png": "x"}, ["**/*.md"]),
        ({".gitignore": "x\n"}, ["README.md"]),
    ],
)
def test_a_license_beside_documents_alone_is_that_of_the_documents(
    tmp_path: Path, files: dict[str, str], patterns: list[str]
) -> None:
    made = walk(tmp_path, {**files, "LICENSE": mit("Lab")})
    assert made["documents"] == [
        {"component": "model-card", "availability": "released", "license": "MIT", "files": patterns}
    ]
    assert front(tmp_path)["license"] == "mit"
    assert (tmp_path / "LICENSE").read_text(encoding="utf-8") == mit("Lab")
    assert not {"REL101", "REL117"} & rules(tmp_path)


def test_own_terms_beside_documents_alone_are_kept(tmp_path: Path) -> None:
    made = walk(tmp_path, {"README.md": "# M\n", "LICENSE": "Terms of our own.\n"})
    assert made["documents"][0]["license_text"] == "LICENSE"
    assert (tmp_path / "LICENSE").read_text(encoding="utf-8") == "Terms of our own.\n"


@pytest.mark.parametrize("text", ["", "  \n", "TODO", "<!DOCTYPE html><html><body>MIT</body></html>"])
def test_a_license_file_without_a_text_states_nothing(tmp_path: Path, text: str) -> None:
    init(put(tmp_path, {**WEIGHTS, "LICENSE": text}))
    assert "license" not in yaml.safe_load((tmp_path / "release.yaml").read_text(encoding="utf-8"))["layers"]["weights"]
    bundle = build(load_release(tmp_path))
    if "<" not in text:
        bundle.write(tmp_path)
    else:
        with pytest.raises(BundleConflictError):
            bundle.write(tmp_path)
    assert "REL101" in rules(tmp_path)


@pytest.mark.parametrize("text", ["```", "~~~", "```python\nx", "# H", "- a", "<!-- x", "    code", "Plain words."])
def test_any_description_leaves_the_card_whole(tmp_path: Path, text: str) -> None:
    item = {"availability": "withheld", "name": "D", "description": text}
    release = {"charter": 1, "release": {"name": "M"}, "layers": {"data": item}}
    put(tmp_path, {"release.yaml": yaml.safe_dump(release)})
    build(load_release(tmp_path)).write(tmp_path)
    card = (tmp_path / "README.md").read_bytes()
    assert build(load_release(tmp_path)).write(tmp_path).replaced == ()
    assert text.encode() in card


@pytest.mark.parametrize("name", ["NOTICE", "Notice", "notice.txt", "NOTICE.md"])
def test_the_notice_of_a_publisher_keeps_its_name_and_words(tmp_path: Path, name: str) -> None:
    walk(tmp_path, {**WEIGHTS, name: "Thanks to all.\n", "LICENSE": mit("Lab")})
    notice = (tmp_path / name).read_text(encoding="utf-8")
    assert notice.startswith("Thanks to all.\n")
    assert "2020 Lab" in notice
    assert [path.name for path in tmp_path.iterdir() if path.name.lower().startswith("notice")] == [name]
    assert f"[{name}]({name})" in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert not {"HUB113", "ART301", "CARD106"} & rules(tmp_path)


def test_the_use_policy_of_a_publisher_is_kept(tmp_path: Path) -> None:
    policy = "# Acceptable Use Policy\n\nDo no harm.\n"
    walk(tmp_path, {**WEIGHTS, "README.md": "---\nlicense: llama2\n---\n# M\n", "USE_POLICY.md": policy})
    text = (tmp_path / "USE_POLICY.md").read_text(encoding="utf-8")
    assert text.startswith(policy)
    assert "is not in this repository" not in text
    assert "LicenseRef-llama2" in text
    assert not {"REL109", "ART301"} & rules(tmp_path)


@pytest.mark.parametrize(("weights", "relation"), [("onnx/model.onnx", "quantized"), ("model.safetensors", None)])
def test_a_conversion_comes_from_the_model_of_its_name(tmp_path: Path, weights: str, relation: str | None) -> None:
    config = '{"model_type": "bert", "_name_or_path": "thenlper/gte-small"}'
    files = {weights: "x", "config.json": config, "onnx/config.json": config}
    made = walk(tmp_path / "gte-small", {**files, "README.md": "---\nlicense: mit\n---\n# gte-small\n"})
    named = [entry["relation"] for entry in made["layers"]["weights"].get("derived_from", [])]
    assert named == ([relation] if relation else [])
    assert "ART104" not in rules(tmp_path / "gte-small")


def test_a_card_alone_states_no_license(tmp_path: Path) -> None:
    assert "documents" not in walk(tmp_path, {"README.md": "# M\n"})


def test_a_changed_text_under_a_shared_name_is_a_custom_license(tmp_path: Path) -> None:
    card = "---\nlicense: other\nlicense_name: modified-mit\nlicense_link: LICENSE\n---\n# M\n"
    text = mit("Lab") + "\nOne change: a product with many users shows the name of the model.\n"
    made = walk(tmp_path, {**WEIGHTS, "README.md": card, "LICENSE": text})
    assert made["layers"]["weights"]["license"] == "LicenseRef-modified-mit"
    assert made["layers"]["weights"]["license_text"] == "LICENSE"
    (layer,) = rights(tmp_path, acts=["commercial_use"]).layers
    assert layer.rights[0].answer == "unclear"
    assert front(tmp_path)["license_name"] == "modified-mit"


def test_the_license_of_a_model_says_nothing_about_documents_beside_it(tmp_path: Path) -> None:
    init(put(tmp_path, {"README.md": "# Finch\n\nWeights are elsewhere.\n", "LICENSE_MODEL": mit("Lab")}))
    assert not load_release(tmp_path).documents


def test_code_in_any_language_is_released_under_the_license_of_the_folder(tmp_path: Path) -> None:
    files = {"LICENSE": mit("Lab"), "app/Main.swift": "x\n", "kernel.cu": "x\n", "run.py": "pass\n"}
    made = walk(tmp_path, files)["layers"]["architecture"]
    assert made["license"] == "MIT"
    assert set(made["files"]) == {"*.py", "*.cu", "**/*.swift"}
    assert "ART102" not in rules(tmp_path)
