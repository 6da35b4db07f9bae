"""Scenarios: releases as they happen, with the files that a build must write for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import build, check, load_release

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


def matches(finding: dict[str, Any], line: dict[str, Any]) -> bool:
    """Whether a finding meets a line of a scenario."""
    families = line.get("family", "")
    families = [families] if isinstance(families, str) else families
    return (
        any(finding["rule"].startswith(family) for family in families)
        and line.get("severity") in (None, finding["severity"])
        and line.get("layer") in (None, finding["layer"])
        and line.get("framing") in (None, finding["framing"])
        and line.get("clause") in (None, *(clause["clause"] for clause in finding["clauses"]))
    )


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_findings_are_those_of_a_careful_reader(scenario: Path, tmp_path: Path) -> None:
    expected = placed(scenario, tmp_path)
    found = check(load_release(tmp_path)).to_dict()["findings"]
    for line in expected.get("findings", ()):
        assert any(matches(finding, line) for finding in found), (line, found)
    for line in expected.get("none", ()):
        assert not [finding for finding in found if matches(finding, line)], line


def test_scenarios_are_those_of_the_specification() -> None:
    theirs = sorted((SHARED / "scenarios").glob("*.yaml"))
    if not theirs:
        pytest.skip("the specification is not beside this checkout")
    assert [path.read_bytes() for path in theirs] == [path.read_bytes() for path in SCENARIOS]
