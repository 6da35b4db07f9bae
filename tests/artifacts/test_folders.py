"""Folders of every kind: what init writes for them, and that the commands end well."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import build, load_release
from generator.api import check
from generator.api.create import init
from generator.artifacts.bases import is_path
from generator.artifacts.folder import matching
from generator.artifacts.title import card_title
from generator.artifacts.weights import is_dataset, is_weights, patterns_of


@pytest.mark.parametrize("layer", ["architecture", "curation"])
def test_code_alone_is_a_release(tmp_path: Path, layer: str) -> None:
    (tmp_path / "a.py").write_text("pass\n", encoding="utf-8")
    text = f"charter: 1\nrelease: {{name: M, copyright: 2026 A}}\nlayers:\n  {layer}: "
    text += "{availability: released, license: Apache-2.0, files: ['*.py']}\n"
    (tmp_path / "release.yaml").write_text(text, encoding="utf-8")
    assert b"license: apache-2.0" in build(load_release(tmp_path))["README.md"]


def test_rows_beside_a_card_are_data(tmp_path: Path) -> None:
    front = "---\nlicense: cc-by-4.0\ntask_categories: [translation]\n---\n# Dataset Card for Pairs\n"
    (tmp_path / "README.md").write_text(front, encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.csv").write_text("a,b\n", encoding="utf-8")
    path, _ = init(tmp_path)
    release = load_release(path)
    assert release.release.name == "Pairs"
    assert release.layers.data[0].files == ("**/*.csv",)
    assert not release.layers.weights


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("```sh\n# comment\n```\n# Heron 7B\n", "Heron 7B"),
        ("# Model Card for Model ID\n", None),
        ("# Usage\n", None),
        ("# Model card for [Heron](https://heron.example)\n", "Heron"),
        ("# Dataset Card for [Dataset Name]\n", None),
    ],
)
def test_a_name_comes_from_a_title(text: str, name: str | None) -> None:
    assert card_title(text) == name


def test_patterns_match_names_and_many_stars() -> None:
    paths = ("a" * 200, "d/x.bin", "d/e/y.bin")
    assert matching(paths, ("*a*a*a*a*a*a!",)) == ()
    assert matching(paths, ("*a*a*a*a*a*a",)) == paths[:1]
    assert matching(paths, ("**/*d*/*e*/*.*bin*",)) == paths[2:]
    assert matching(paths, (*(f"{n}.bin" for n in range(2000)), "d/x.bin")) == paths[1:2]


@pytest.mark.parametrize(
    "name",
    [
        "training_args.bin",
        "optimizer.pt",
        "scheduler.pt",
        "rng_state_0.pth",
        "scaler.pt",
        "x/tokenizer.pkl",
        "test.zip",
    ],
)
def test_a_trainers_state_is_no_weights(name: str) -> None:
    assert not is_weights(name)


@pytest.mark.parametrize(
    "name",
    ["scaler.pkl", "model.onnx.data", "saved/variables/variables.index", "model.tar.gz", "xgboost.json", "weights.npy"],
)
def test_weights_are_known_by_their_whole_name(name: str) -> None:
    assert is_weights(name)


def test_init_names_weights_and_nothing_beside_them(tmp_path: Path) -> None:
    for name in ("pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin", "training_args.bin"):
        (tmp_path / name).write_bytes(b"x")
    path, _ = init(tmp_path)
    release = load_release(path)
    assert release.layers.weights[0].files == ("pytorch_model-*-of-*.bin",)
    assert not [finding for finding in check(release).findings if finding.rule == "ART102"]
    assert patterns_of(["a.bin", "b.bin"], ["c/d.bin"]) == ["*.bin"]


@pytest.mark.parametrize(
    ("files", "keys", "data"),
    [
        (("a.csv", "train.py"), (), False),
        (("a.csv", "model.onnx"), ("task_categories",), False),
        (("a.csv", "config.json"), (), False),
        (("a.h5",), ("task_categories",), True),
        (("a.csv", "b.csv", "load.py"), (), True),
    ],
)
def test_tables_beside_code_are_no_data_set(files: tuple[str, ...], keys: tuple[str, ...], data: bool) -> None:
    assert is_dataset(files, keys) == data


@pytest.mark.parametrize(
    ("ref", "local"),
    [
        ("models/heron-7b", False),
        ("output-labs/heron", False),
        ("results/checkpoint-500", True),
        ("runs/2024-05-01", True),
        ("tmp/", True),
        ("gpt2", False),
    ],
)
def test_a_run_is_a_path_and_an_organization_is_none(ref: str, local: bool) -> None:
    assert is_path(ref) == local


def test_the_most_exact_source_gives_the_relation(tmp_path: Path) -> None:
    front = "---\nlicense: mit\nbase_model: [a/x, a/z]\nbase_model_relation: finetune\n---\n# Heron\n"
    (tmp_path / "README.md").write_text(front, encoding="utf-8")
    (tmp_path / "mergekit_config.yml").write_text(
        "models: [{model: a/x}, {model: a/y}, {model: ./b}]\n", encoding="utf-8"
    )
    (tmp_path / "model.safetensors").write_bytes(b"x")
    path, told = init(tmp_path)
    upstreams = load_release(path).layers.weights[0].derived_from
    assert {u.ref: u.relation for u in upstreams} == {"a/x": "merge", "a/y": "merge", "a/z": "finetune"}
    assert len([line for line in told if "./b" in line]) == 1
    assert [line for line in told if "a/x as finetune" in line]
    assert [line for line in told if "a/z, which mergekit_config.yml does not name" in line]


def test_a_spacy_pipeline_is_weights(tmp_path: Path) -> None:
    meta = '{"lang": "en", "name": "heron", "spacy_version": ">=3", "license": "MIT", "pipeline": ["ner"]}'
    for name in ("ner/model", "vocab/strings.json", "config.cfg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "meta.json").write_text(meta, encoding="utf-8")
    release = load_release(init(tmp_path)[0])
    assert (release.release.name, release.release.library) == ("en_heron", "spacy")
    assert str(release.layers.weights[0].license) == "MIT"


def test_a_license_without_files_is_told(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n# Heron\n", encoding="utf-8")
    assert [line for line in init(tmp_path)[1] if "no file of the weights is here" in line]
