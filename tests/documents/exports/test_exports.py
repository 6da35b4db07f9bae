"""What holds for every export: it asks for what it needs, values do nothing, files are evidence."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import HealthCheck, Phase, given, settings

from generator import Release, build, check, load_release
from generator.documents.registry import DOCUMENTS
from generator.errors import CharterError
from tests.command import charter
from tests.effort import examples

from .releases import ALL, export, read, releases

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
HEAD = "charter: 1\nrelease: {name: Fjord, publisher: {name: Lab}, copyright: 2026 Lab}\n"
WEIGHTS = "layers: {weights: {availability: released, license: Apache-2.0, files: ['*.bin']}}\n"
PATHS = {document.output: document.path for document in DOCUMENTS if document.output in ALL}


def test_each_export_is_one_line_of_the_registry() -> None:
    assert set(PATHS) == set(ALL)


@pytest.mark.parametrize("output", ["spdx", "croissant"])
def test_a_dated_export_without_a_date_asks_for_it(output: str, tmp_path: Path) -> None:
    release = read(tmp_path, HEAD + WEIGHTS + f"outputs: [{output}]\n")
    with pytest.raises(CharterError, match="no date") as caught:
        build(release)
    assert "release: {date: YYYY-MM-DD}" in caught.value.remedy
    (finding,) = [f for f in check(release).findings if f.rule == "REL120"]
    assert (finding.severity, finding.line) == ("error", 4)


@pytest.mark.parametrize("output", ["citation", "cyclonedx", "eu-form", "eu-training-summary"])
def test_a_format_that_may_go_undated_has_no_date_made_up(output: str, tmp_path: Path) -> None:
    text = export(read(tmp_path, HEAD + WEIGHTS + f"outputs: [{output}]\n"), PATHS[output])
    assert "timestamp" not in text
    assert "date-released" not in text


def test_what_is_missing_is_told_on_the_command_line(tmp_path: Path) -> None:
    read(tmp_path, HEAD + WEIGHTS + "outputs: [spdx]\n")
    done = charter("build", tmp_path)
    assert done.returncode == 2
    assert "release.spdx3.json" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "release.spdx3.json").exists()


def test_every_file_that_matches_is_evidence_but_not_what_a_build_writes(tmp_path: Path) -> None:
    release = read(
        tmp_path,
        HEAD.replace("name: Fjord", "name: Fjord, date: 2026-05-02")
        + "layers: {weights: {availability: released, license: Apache-2.0, files: ['**']}}\n"
        + "outputs: [card, licenses, spdx, cyclonedx]\n",
    )
    (tmp_path / "a.bin").write_bytes(b"numbers")
    first = build(release)
    first.write(tmp_path)
    again = build(load_release(tmp_path))
    assert dict(again) == dict(first)
    main = json.loads(again["release.cdx.json"])["metadata"]["component"]
    assert [file["name"] for file in main["components"]] == ["a.bin", "release.yaml"]
    assert main["components"][0]["hashes"][0]["content"] == hashlib.sha256(b"numbers").hexdigest()


def test_a_file_that_is_too_large_to_read_is_named_without_a_digest(tmp_path: Path) -> None:
    dated = HEAD.replace("name: Fjord", "name: Fjord, date: 2026-05-02")
    with (tmp_path / "big.bin").open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    bill = json.loads(export(read(tmp_path, dated + WEIGHTS + "outputs: [cyclonedx]\n"), "release.cdx.json"))
    (big,) = bill["metadata"]["component"]["components"]
    assert big["name"] == "big.bin"
    assert "hashes" not in big
    stated = WEIGHTS.replace("files:", f"sha256: {'ab' * 32}, files:")
    bill = json.loads(export(read(tmp_path, dated + stated + "outputs: [cyclonedx]\n"), "release.cdx.json"))
    assert bill["metadata"]["component"]["components"][0]["hashes"][0]["content"] == "ab" * 32


def test_a_digest_that_is_not_the_file_s_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"numbers")
    stated = WEIGHTS.replace("files:", f"sha256: {'ab' * 32}, files:")
    with pytest.raises(CharterError, match=r"a\.bin"):
        build(read(tmp_path, HEAD + stated + "outputs: [cyclonedx]\n"))


def test_a_build_without_exports_imports_none_of_it(tmp_path: Path) -> None:
    read(tmp_path, HEAD + WEIGHTS)
    code = (
        "import sys; from generator import build, load_release\n"
        f"build(load_release({str(tmp_path)!r}))\n"
        "print([m for m in sys.modules if 'spdx_python_model' in m or 'documents.exports.' in m])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@settings(
    max_examples=examples(40),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking long texts takes minutes and shows nothing more
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(releases())
def test_whatever_a_value_holds_it_comes_out_as_it_went_in(release: Release) -> None:
    """Quotes, markup, templates, YAML's own signs, long texts: each format reads back the very same value."""
    bundle = build(release)
    info = release.release
    citation = yaml.safe_load(bundle["CITATION.cff"])
    assert (citation["title"], citation["version"], citation["abstract"]) == (info.name, info.version, info.summary)
    assert citation["keywords"] == list(info.tags)
    bill = json.loads(bundle["release.cdx.json"])
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bundle["release.cdx.json"].decode()) is None
    main = bill["metadata"]["component"]
    assert main["modelCard"]["considerations"]["useCases"] == [release.card.intended_use]
    assert main["description"] == release.layers.weights[0].description
    croissant = json.loads(bundle["croissant.json"])
    assert croissant["creator"][0]["name"] == release.layers.data[0].owner
    elements = {e["spdxId"].rpartition("#")[2]: e for e in json.loads(bundle["release.spdx3.json"])["@graph"][1:]}
    assert elements["weights-1"]["ai_limitation"] == release.card.limitations
    assert elements["data-1"]["name"] == release.layers.data[0].name
    assert dict(build(release)) == dict(bundle)
