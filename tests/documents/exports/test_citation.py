"""CITATION.cff is valid by the schema inside cffconvert, and says what the release file says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings

from generator import Release, build
from generator.documents.exports.citation import _format_ids
from generator.errors import CharterError
from generator.licenses.catalog import get_known_ids

from .releases import export, read, releases
from .validators import cff_is_valid, run

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
HEAD = "charter: 1\nrelease: {name: Fjord, publisher: {name: Lab}}\noutputs: [citation]\n"


def cited(folder: Path, text: str) -> dict[str, object]:
    """CITATION.cff of a release, read."""
    read_: dict[str, object] = yaml.safe_load(export(read(folder, HEAD + text), "CITATION.cff"))
    return read_


@pytest.mark.network
def test_the_example_is_valid_and_reads_back(full: dict[str, bytes], validators: Path, tmp_path: Path) -> None:
    path = tmp_path / "CITATION.cff"
    path.write_bytes(full["CITATION.cff"])
    cff_is_valid(validators, path)
    entry = run(str(validators / "cffconvert"), "--infile", str(path), "--format", "schema.org")
    read_back = json.loads(entry)
    assert read_back["name"] == "Fjord 3B"
    assert read_back["version"] == "2.1"
    assert read_back["datePublished"] == "2026-03-14"
    assert read_back["license"] == "https://spdx.org/licenses/Apache-2.0"
    assert read_back["author"][0]["name"] == "Fjord Lab"
    assert read_back["keywords"] == ["nordic", "small"]


@pytest.mark.network
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(releases())
def test_any_value_gives_a_valid_file(
    validators: Path, tmp_path_factory: pytest.TempPathFactory, release: Release
) -> None:
    path = tmp_path_factory.mktemp("cff") / "CITATION.cff"
    path.write_bytes(build(release)["CITATION.cff"])
    cff_is_valid(validators, path)


@pytest.mark.network
def test_the_ids_are_those_of_the_schema(validators: Path) -> None:
    (schema,) = validators.parent.glob("lib/python*/site-packages/cffconvert/schemas/1.2.0/schema.json")
    listed = json.loads(schema.read_text(encoding="utf-8"))["definitions"]["license-enum"]["enum"]
    assert _format_ids() == frozenset(listed)


def test_a_choice_of_licenses_is_a_list_and_what_the_format_cannot_say_is_left_out(tmp_path: Path) -> None:
    weights = "layers: {weights: {availability: released, license: LICENSE, files: ['*.bin']}}\n"
    for stated, said in {
        "MIT": {"license": "MIT"},
        "MIT OR Apache-2.0": {"license": ["MIT", "Apache-2.0"]},
        "MIT AND Apache-2.0": {},
        "LicenseRef-own": {"license-url": "https://lab.example/terms"},
    }.items():
        own = "licenses: {LicenseRef-own: {name: Own, url: https://lab.example/terms}}\n"
        found = cited(tmp_path, weights.replace("LICENSE", stated) + own)
        assert {key: value for key, value in found.items() if key.startswith("license")} == said
    assert {"OpenMDW-1.0"} <= set(get_known_ids()) - _format_ids()


def test_a_data_set_is_cited_as_one(tmp_path: Path) -> None:
    assert cited(tmp_path, "layers: {data: {availability: released, files: ['*.csv']}}\n")["type"] == "dataset"


def test_nobody_is_made_up_as_author(tmp_path: Path) -> None:
    with pytest.raises(CharterError, match="author") as caught:
        cited(tmp_path, "")
        build(read(tmp_path, HEAD.replace(", publisher: {name: Lab}", "")))
    assert "publisher" in caught.value.remedy
