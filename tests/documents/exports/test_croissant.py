"""croissant.json loads in mlcroissant, and what it reads is what the release file says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from generator import Release, build
from generator.errors import CharterError

from .releases import export, read, releases
from .validators import Croissants

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
HEAD = "charter: 1\nrelease: {name: Corpus, date: 2026-05-02, repo: lab/corpus, publisher: {name: Lab}}\n"
HEAD += "outputs: [croissant]\n"


@pytest.mark.network
def test_it_loads_and_reads_back_the_same(full: dict[str, bytes], croissants: Croissants, tmp_path: Path) -> None:
    written = tmp_path / "croissant.json"
    written.write_bytes(full["croissant.json"])
    read_back = croissants(written)
    assert (read_back["errors"], read_back["warnings"]) == ([], [])
    stated, found = json.loads(full["croissant.json"]), read_back["json"]
    assert found["name"] == "Fjord 3B"
    assert found["datePublished"][:10] == "2026-03-14"
    assert found["license"][0] == "https://spdx.org/licenses/CC-BY-4.0"
    assert found["license"][1]["name"] == "LicenseRef-fjord-exam"
    assert {entry["name"]: entry["sha256"] for entry in found["distribution"]} == {
        entry["name"]: entry["sha256"] for entry in stated["distribution"]
    }
    kept = ("isBasedOn", "hasPart", "keywords", "inLanguage", "version", "url", "creator", "publisher", "citeAs")
    for key in (*kept, "rai:dataPreprocessingProtocol"):
        single = stated[key][0] if isinstance(stated[key], list) and len(stated[key]) == 1 else stated[key]
        assert found[key] in (stated[key], single), key


@pytest.mark.network
def test_a_file_that_lies_there_is_read_by_it(croissants: Croissants, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a b#é.csv").write_bytes(b"x,y\n1,2\n")
    release = read(tmp_path, HEAD + "layers: {data: {availability: released, license: MIT, files: ['data/*']}}\n")
    build(release).write(tmp_path)
    read_back = croissants(tmp_path / "croissant.json")
    assert read_back["errors"] == []
    (file,) = json.loads((tmp_path / "croissant.json").read_bytes())["distribution"]
    assert file["contentUrl"] == "data/a b#é.csv"
    assert file["sha256"] == hashlib.sha256(b"x,y\n1,2\n").hexdigest()
    assert file["encodingFormat"] == "text/csv"


@pytest.mark.network
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(releases())
def test_any_value_loads(croissants: Croissants, tmp_path_factory: pytest.TempPathFactory, release: Release) -> None:
    path = tmp_path_factory.mktemp("croissant") / "croissant.json"
    path.write_bytes(build(release)["croissant.json"])
    read_back = croissants(path)
    assert read_back["errors"] == []
    assert read_back["json"]["name"] == release.layers.data[0].name


def test_a_release_without_data_says_so(tmp_path: Path) -> None:
    for data in ("", "layers: {data: {availability: withheld}}\n"):
        with pytest.raises(CharterError, match="has none"):
            build(read(tmp_path, HEAD + data))


def test_what_was_said_of_the_place_and_the_digest_of_a_file_elsewhere_is_kept(tmp_path: Path) -> None:
    data = f"layers: {{data: {{availability: gated, url: https://lab.example/c.parquet, sha256: {'cd' * 32}}}}}\n"
    (file,) = json.loads(export(read(tmp_path, HEAD + data), "croissant.json"))["distribution"]
    assert (file["contentUrl"], file["sha256"]) == ("https://lab.example/c.parquet", "cd" * 32)
    assert file["encodingFormat"] == "application/x-parquet"
