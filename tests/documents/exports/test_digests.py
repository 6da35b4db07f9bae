"""The digests of single files pass the validators of the standards, also of files that are not here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator import build
from tests.documents.exports.releases import export, read
from tests.documents.exports.spdx_model import complaints
from tests.documents.exports.test_cyclonedx import valid
from tests.documents.exports.validators import Croissants, spdx_schema

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
RELEASE = """\
charter: 1
release: {name: Fjord, date: 2026-05-02, repo: lab/fjord, publisher: {name: Lab}}
layers:
  data:
    availability: released
    license: CC-BY-4.0
    files: [data/*]
    sha256: {data/a.csv: DIGEST, data/b.csv: DIGEST}
  weights:
    availability: released
    license: MIT
    files: ["*.safetensors"]
    sha256: {one.safetensors: DIGEST, two.safetensors: DIGEST}
outputs: [spdx, cyclonedx, croissant]
"""
DIGEST = "ab" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "release.yaml").write_text(RELEASE.replace("DIGEST", DIGEST))
    return tmp_path


@pytest.mark.network
def test_spdx_is_valid(validators: Path, folder: Path) -> None:
    text = export(read(folder, RELEASE.replace("DIGEST", DIGEST)), "release.spdx3.json")
    assert complaints(text, spdx_schema(validators)) == []
    files = [entry for entry in json.loads(text)["@graph"] if entry["type"] == "software_File"]
    assert {file["name"]: file["verifiedUsing"][0]["hashValue"] for file in files} == dict.fromkeys(
        ("data/a.csv", "data/b.csv", "one.safetensors", "two.safetensors"), DIGEST
    )


def test_cyclonedx_is_valid(folder: Path) -> None:
    bill: dict[str, Any] = valid(export(read(folder, RELEASE.replace("DIGEST", DIGEST)), "release.cdx.json"))
    parts = [bill["metadata"]["component"], *bill["components"]]
    files = {file["name"]: file["hashes"][0]["content"] for part in parts for file in part.get("components", ())}
    assert set(files.values()) == {DIGEST}
    assert len(files) == 4


@pytest.mark.network
def test_croissant_is_valid(croissants: Croissants, folder: Path) -> None:
    release = read(folder, RELEASE.replace("DIGEST", DIGEST))
    build(release).write(folder)
    found = json.loads((folder / "croissant.json").read_bytes())["distribution"]
    assert {file["contentUrl"]: file["sha256"] for file in found} == {f"data/{n}.csv": DIGEST for n in "ab"}
    assert "contentSize" not in found[0]
    assert croissants(folder / "croissant.json")["errors"] == []
