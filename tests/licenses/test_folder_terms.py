"""Licenses that a folder states in a form no list knows: what check, rights, init and build make of them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.licenses.texts import spdx_text
from tests import command

MIT = (spdx_text("MIT") or "").replace("<year> <copyright holders>", "2026 Reed Lab")


def charter(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return command.charter(*words, cwd=folder)


def model(folder: Path, front: str, **files: str) -> Path:
    folder = folder / "smew"
    folder.mkdir(parents=True)
    (folder / "README.md").write_text(f"---\n{front}\n---\n# Smew\n" if front else "# Smew\n")
    (folder / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    (folder / "config.json").write_text("{}")
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def commercial(folder: Path) -> str:
    done = charter(folder, "rights", ".", "--act", "commercial_use", "--format", "json")
    rights: dict[str, Any] = json.loads(done.stdout)
    (layer,) = [held for held in rights["layers"] if held["layer"] == "weights"]
    answer: str = layer["rights"][0]["answer"]
    return answer


def twice(folder: Path) -> dict[str, Any]:
    """Run init and two builds, and return the front matter; the second build must change nothing."""
    assert charter(folder, "init", "--defaults").returncode == 0
    built = charter(folder, "build")
    assert built.returncode == 0, built.stderr
    first = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert charter(folder, "build").returncode == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == first
    front: dict[str, Any] = yaml.safe_load((folder / "README.md").read_text().split("---")[1])
    return front


def item(folder: Path) -> dict[str, Any]:
    held: dict[str, Any] = yaml.safe_load((folder / "release.yaml").read_text())["layers"]["weights"]
    return held


@pytest.mark.parametrize(
    "text",
    [
        "Ask us before you sell it.\n",
        f"{MIT}\nA product with more than 100 million monthly users shows the name Smew.\n",
        MIT,  # a text that the Hub lists, under a card that says another license applies
    ],
)
def test_other_with_a_name_and_a_text_is_a_custom_license(tmp_path: Path, text: str) -> None:
    folder = model(tmp_path, "license: other\nlicense_name: smew-terms\nlicense_link: LICENSE", LICENSE=text)
    assert commercial(folder) == "unclear"
    front = twice(folder)
    assert (item(folder)["license"], item(folder)["license_text"]) == ("LicenseRef-smew-terms", "LICENSE")
    assert (front["license"], front["license_name"], front["license_link"]) == ("other", "smew-terms", "LICENSE")
    assert (folder / "LICENSE").read_text() == text
    assert commercial(folder) == "unclear"


def test_other_with_an_address_is_linked_and_not_made_up(tmp_path: Path) -> None:
    link = "https://terms.example/smew"
    folder = model(tmp_path, f"license: other\nlicense_name: smew-terms\nlicense_link: {link}")
    front = twice(folder)
    assert front["license_link"] == link
    assert link in (folder / "LICENSE").read_text()
    assert not (folder / "LICENSES" / "LicenseRef-smew-terms.txt").exists()
    report = json.loads(charter(folder, "check", "--format", "json").stdout)
    assert [f["severity"] for f in report["findings"] if f["rule"] == "REL107"] == ["warning"]


def test_a_license_file_that_nobody_knows_is_kept_and_reported(tmp_path: Path) -> None:
    folder = model(tmp_path, "", LICENSE="Research only. Ask us before you sell it.\n")
    found = json.loads(charter(folder, "check", "--format", "json").stdout)["findings"]
    assert [f["severity"] for f in found if f["rule"] == "LIC104" and "LICENSE" in f["message"]] == ["warning"]
    twice(folder)
    assert item(folder)["license_text"] == "LICENSE"
    assert commercial(folder) == "unclear"


def test_one_license_covers_the_configuration_and_a_license_of_the_weights_does_not(tmp_path: Path) -> None:
    whole = model(tmp_path / "one", "license: mit", LICENSE=MIT)
    twice(whole)
    assert yaml.safe_load((whole / "release.yaml").read_text())["layers"]["architecture"]["license"] in ("MIT", "mit")
    parts = model(tmp_path / "two", "", LICENSE_weights="Research only.\n")
    twice(parts)
    assert "license" not in yaml.safe_load((parts / "release.yaml").read_text())["layers"]["architecture"]


@pytest.mark.parametrize("link", ["../outside", "/etc/hostname", "sub/../../outside", "file:///etc/hostname"])
def test_a_link_never_leads_out_of_the_folder(tmp_path: Path, link: str) -> None:
    (tmp_path / "outside").write_text("secret words\n")
    folder = model(tmp_path, f"license: other\nlicense_name: smew-terms\nlicense_link: {link}")
    charter(folder, "init", "--defaults")
    assert "license_text" not in item(folder)
    charter(folder, "build")
    assert not any("secret words" in path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())
