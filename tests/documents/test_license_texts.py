"""What is taken as the text of a license: only what is one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests import command

RELEASE = """charter: 1
release: {{name: Smew, copyright: 2026 Reed Lab}}
layers:
  weights: {{availability: released, license: {license}, license_text: t.txt, files: ["*.safetensors"]}}
"""


def charter(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return command.charter(*words, cwd=folder)


def mit() -> str:
    from generator.licenses.texts import spdx_text

    return spdx_text("MIT") or ""


@pytest.mark.parametrize(
    ("license", "text"),
    [
        ("Apache-2.0", ""),
        ("Apache-2.0", "TODO\n"),
        ("Apache-2.0", "<!DOCTYPE html>\n<html><body>Apache License</body></html>\n"),
        ("Apache-2.0", None),  # the text of MIT
        ("Apache-2.0", "Apache License, see https://www.apache.org/licenses/LICENSE-2.0\n"),
        ("LicenseRef-smew", "  \n"),
        ("LicenseRef-smew", "[TODO: add the license]\n"),
    ],
)
def test_what_is_no_text_of_the_license_stops_check_and_build(tmp_path: Path, license: str, text: str | None) -> None:
    path = tmp_path / "t.txt"
    (tmp_path / "release.yaml").write_text(RELEASE.format(license=license))
    (tmp_path / "model.safetensors").write_bytes(bytes(8))
    path.write_text(mit() if text is None else text)
    built = charter(tmp_path, "build")
    assert built.returncode == 2
    assert path.name in built.stderr
    assert not (tmp_path / "README.md").exists()
    assert "REL107" in charter(tmp_path, "check").stdout


def test_the_text_with_its_holder_and_custom_terms_are_taken(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(bytes(8))
    for license, text in (("MIT", mit().replace("<year> <copyright holders>", "2026 R")), ("LicenseRef-smew", "Ask.")):
        (tmp_path / "release.yaml").write_text(RELEASE.format(license=license))
        (tmp_path / "t.txt").write_text(text)
        built = charter(tmp_path, "build", "-o", license)
        assert built.returncode == 0, built.stderr


def test_a_notice_that_is_missing_is_found_before_the_build(tmp_path: Path) -> None:
    upstream = "derived_from: [{ref: a/b, license: MIT, copyright: 2020 B, relation: finetune, notice: no.txt}], files"
    release = RELEASE.format(license="MIT").replace(", license_text: t.txt", "").replace("files", upstream)
    (tmp_path / "release.yaml").write_text(release)
    (tmp_path / "model.safetensors").write_bytes(bytes(8))
    assert "REL115" in charter(tmp_path, "check").stdout
    (tmp_path / "no.txt").write_bytes(b"\xff\xfe\x00binary")
    assert "REL115" in charter(tmp_path, "check").stdout
    (tmp_path / "no.txt").write_text("Made by B.\n")
    assert "REL115" not in charter(tmp_path, "check").stdout


@pytest.mark.parametrize(
    ("license", "text"), [("LicenseRef-llama2", "TODO"), ("Apache-2.0", "TODO"), ("Apache-2.0", "")]
)
def test_a_file_in_licenses_is_held_to_its_name(tmp_path: Path, license: str, text: str) -> None:
    (tmp_path / "release.yaml").write_text(RELEASE.format(license=license).replace(", license_text: t.txt", ""))
    (tmp_path / "model.safetensors").write_bytes(bytes(8))
    (tmp_path / "LICENSES").mkdir()
    (tmp_path / "LICENSES" / f"{license}.txt").write_text(text)
    built = charter(tmp_path, "build")
    assert built.returncode == 2
    assert f"LICENSES/{license}.txt holds no license text" in built.stderr
