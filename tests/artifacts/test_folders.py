"""Folders of every kind: what init writes for them, and that the commands end well."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import build, load_release
from generator.api.beginning import init
from generator.artifacts.folder import matching
from generator.artifacts.inspect import card_title


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
