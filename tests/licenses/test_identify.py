"""Identification: true copies by digest, changed copies with their differences, others not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import build, load_release
from generator.licenses.catalog import KNOWLEDGE, index
from generator.licenses.identify import identify, named_only, true_copy
from generator.licenses.texts import scancode_text, spdx_text, text_of
from tests.licenses.test_facts import facts

READ = [path for path in sorted((KNOWLEDGE / "licenses").glob("*.yaml")) if not facts(path).get("by_name_only")]


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_a_true_copy_of_every_license_that_was_read_is_found(path: Path) -> None:
    raw = facts(path)
    text = text_of(raw["text_source"])
    assert text is not None
    windows = text.replace("\n", "\r\n")
    assert true_copy(text) == true_copy(windows)
    assert index()["known"][true_copy(text)]["text"]


def test_the_holder_s_lines_do_not_count() -> None:
    text = spdx_text("MIT") or ""
    assert true_copy(text.replace("Copyright (c) <year> <copyright holders>", "Copyright (c) 2026 Somebody")) == "MIT"


def test_an_spdx_text_that_nobody_read_is_found_by_its_digest() -> None:
    assert true_copy(spdx_text("ZPL-2.1") or "") == "ZPL-2.1"


def test_a_changed_model_license_is_told_apart_and_the_difference_shown() -> None:
    text = scancode_text("llama-2-license-2023") or ""
    found = identify(text.replace("700 million", "7 million"))
    assert (found.license, found.exact) == ("LicenseRef-llama2", False)
    assert any(line.startswith("+") and "7 million" in line for line in found.differences)
    assert any(line.startswith("-") and "700 million" in line for line in found.differences)


def test_a_changed_spdx_text_is_found_by_its_words() -> None:
    found = identify((spdx_text("BSD-3-Clause") or "").replace("Neither the name", "Not even the name"))
    assert (found.license, found.exact) == ("BSD-3-Clause", False)
    assert found.differences


def test_what_is_no_license_is_none() -> None:
    assert identify("Do what you like, and tell nobody.").license is None
    assert identify("").license is None


def test_a_license_known_by_name_only_is_taken_from_the_folder_by_its_title(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text(
        "META LLAMA 3 COMMUNITY LICENSE AGREEMENT\n\nAll of its text.\n", encoding="utf-8"
    )
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Llama 3 Story, copyright: 2026 Lab}\n"
        "layers: {weights: {availability: released, license: llama3, files: ['*.safetensors']}}\n",
        encoding="utf-8",
    )
    bundle = build(load_release(tmp_path))
    assert b"All of its text." in bundle["LICENSES/LicenseRef-llama3.txt"]
    bundle.write(tmp_path)


def test_words_that_only_sound_like_a_title_name_no_license() -> None:
    assert named_only("You may ask which research license holds here.\n") is None
    assert named_only("# H Research License\n\nText.\n") == "LicenseRef-h-research"
