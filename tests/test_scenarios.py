"""Scenarios: releases as they happen, with the files that a build must write for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import build, load_release

from .conftest import SHARED, TESTS

SCENARIOS = sorted((TESTS / "scenarios").glob("*.yaml"))


def placed(scenario: Path, folder: Path) -> dict[str, Any]:
    """Write a scenario's release file into a folder, and return what it expects."""
    document: dict[str, Any] = yaml.safe_load(scenario.read_text(encoding="utf-8"))
    text = yaml.safe_dump(document["release_file"], sort_keys=False, allow_unicode=True)
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    expected: dict[str, Any] = document["expect"]
    return expected


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_files_are_written(scenario: Path, tmp_path: Path) -> None:
    expected = placed(scenario, tmp_path)
    written = build(load_release(tmp_path))
    written.write(tmp_path)
    for file in expected.get("files", ()):
        content = (tmp_path / file["path"]).read_text(encoding="utf-8")
        assert file.get("contains", "") in content


def test_scenarios_are_those_of_the_specification() -> None:
    theirs = sorted((SHARED / "scenarios").glob("*.yaml"))
    if not theirs:
        pytest.skip("the specification is not beside this checkout")
    assert [path.read_bytes() for path in theirs] == [path.read_bytes() for path in SCENARIOS]
