"""`charter hash`, and the digests that `check` and `build` use."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from generator import load_release
from tests.command import charter

RELEASE = """\
charter: 1
release: {name: X, date: 2026-01-02, repo: a/b, publisher: {name: P}, summary: A model.}   # who
layers:
  weights:
    - availability: released
      license: MIT
      # all shards
      files: ["*.safetensors"]   # two
      url: https://example.org
    - {component: model-metadata, availability: released, license: MIT, files: [config.json]}
  data:
    availability: released
    license: MIT
    files:
      - data/*
outputs: [card, licenses, spdx, cyclonedx, croissant]
"""
FILES = {
    "1.safetensors": b"1" * 2000,
    "2.safetensors": b"2" * 3000,
    "config.json": b"{}",
    "data/a b.csv": b"1,2\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MODELCHARTER_CACHE", str(tmp_path / "cache"))
    made = tmp_path / "model"
    (made / "data").mkdir(parents=True)
    (made / "release.yaml").write_text(RELEASE)
    for path, content in FILES.items():
        (made / path).write_bytes(content)
    return made


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def findings(folder: Path, *options: str) -> list[tuple[str, str]]:
    done = charter("check", folder, "--select", "ART120", "--format", "json", *options)
    return [(found["severity"], found["message"]) for found in json.loads(done.stdout)["findings"]]


def test_the_output_is_that_of_sha256sum(folder: Path) -> None:
    done = charter("hash", folder)
    assert sorted(done.stdout.splitlines()) == sorted(f"{sha256(held)}  {path}" for path, held in FILES.items())
    assert done.stderr == "4 files (5.0 kB): read.\n"
    assert charter("hash", folder).stderr == "4 files (5.0 kB): read before.\n"


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs GNU coreutils")
def test_sha256sum_reads_the_output(folder: Path) -> None:
    (folder / "data" / "odd\\name\nof.csv").write_text("1")
    listed = charter("hash", folder).stdout
    done = subprocess.run(
        ["sha256sum", "--check", "--strict"], input=listed, cwd=folder, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr


def test_json_says_where_a_digest_comes_from(folder: Path) -> None:
    digest = "ab" * 32
    (folder / "1.safetensors").write_text(
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 123456\n"
    )
    (folder / "config.json").unlink()
    found = json.loads(charter("hash", folder, "--format", "json").stdout)
    assert found["schema"] == "modelcharter.hash/1"
    assert {
        "path": "1.safetensors",
        "size": 123456,
        "sha256": digest,
        "source": "lfs-pointer",
        "layer": "weights",
    } in found["files"]
    assert found["missing"] == [{"layer": "weights", "pattern": "config.json"}]


def test_write_keeps_what_people_wrote(folder: Path) -> None:
    file = folder / "release.yaml"
    charter("hash", folder, "--write")
    added = [line for line in file.read_text().splitlines() if line not in RELEASE.splitlines()]
    one, two, config, data = map(sha256, FILES.values())
    kept = [line for line in file.read_text().splitlines() if line in RELEASE.splitlines()]
    assert len(kept) == len(RELEASE.splitlines()) - 1
    assert [line.replace('"', "") for line in added] == [
        "      sha256:",
        f"        1.safetensors: {one}",
        f"        2.safetensors: {two}",
        "    - {component: model-metadata, availability: released, license: MIT, files: [config.json], "
        f"sha256: {config}}}",
        f"    sha256: {data}",
    ]
    assert 'files: ["*.safetensors"]   # two\n' in file.read_text()
    assert "up to date" in charter("hash", folder, "--write").stderr
    assert findings(folder) == []


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("lead", ["", "\ufeff"])
def test_write_replaces_old_digests(folder: Path, newline: str, lead: str) -> None:
    file = folder / "release.yaml"
    file.write_bytes((lead + RELEASE).replace("\n", newline).encode())
    charter("hash", folder, "--write")
    for path in FILES:
        (folder / path).write_bytes(b"new" + path.encode())
    (folder / "data" / "b.csv").write_text("more")
    assert "digests written" in charter("hash", folder, "--write").stderr
    raw = file.read_bytes()
    assert raw.count(b"\r") == (raw.count(b"\n") if newline == "\r\n" else 0)
    items = load_release(file).layers
    assert items.weights[0].digests == {f"{n}.safetensors": sha256(f"new{n}.safetensors".encode()) for n in (1, 2)}
    assert items.weights[1].digest == sha256(b"newconfig.json")
    assert set(items.data[0].digests) == {"data/a b.csv", "data/b.csv"}
    assert findings(folder) == []


def test_write_changes_an_item_that_an_alias_repeats(folder: Path) -> None:
    text = "charter: 1\nrelease: {name: X}\nlayers:\n  weights: &one {availability: released, files: [1.safetensors]}\n"
    (folder / "release.yaml").write_text(f"{text}  deltas: *one\n")
    assert charter("hash", folder, "--write").returncode == 0
    layers = load_release(folder).layers
    assert layers.weights[0].digest == layers.deltas[0].digest == sha256(FILES["1.safetensors"])


def test_write_needs_a_release_file(folder: Path) -> None:
    (folder / "release.yaml").unlink()
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# X\n")
    done = charter("hash", folder, "--write")
    assert done.returncode == 2
    assert "there is no release file to write to" in done.stderr


def test_without_files_there_is_nothing_to_hash(folder: Path) -> None:
    (folder / "release.yaml").write_text("charter: 1\nrelease: {name: X}\n")
    done = charter("hash", folder)
    assert done.returncode == 2
    assert "no file of a released item is here" in done.stderr


def test_check_finds_a_digest_that_differs(folder: Path) -> None:
    charter("hash", folder, "--write")
    (folder / "2.safetensors").write_bytes(b"other")
    ((severity, message),) = findings(folder)
    assert severity == "error"
    assert message.startswith("weights: 2.safetensors has another SHA-256 than stated: " + sha256(b"other"))
    assert charter("build", folder).returncode == 2


def test_check_reads_a_large_file_only_when_asked(folder: Path) -> None:
    with (folder / "1.safetensors").open("wb") as stream:
        stream.truncate(65 * 1024 * 1024)
    release = RELEASE.replace('["*.safetensors"]', f"[1.safetensors]\n      sha256: {'ab' * 32}")
    (folder / "release.yaml").write_text(release)
    ((severity, message),) = findings(folder)
    assert (severity, message) == ("info", "1.safetensors: the stated SHA-256 was not compared, as this reads 0.1 GB.")
    ((severity, message),) = findings(folder, "--hash")
    assert severity == "error"
    ((severity, message),) = findings(folder)  # it was read
    assert severity == "error"


def test_check_compares_with_a_list_in_the_folder(folder: Path) -> None:
    with (folder / "1.safetensors").open("wb") as stream:
        stream.truncate(65 * 1024 * 1024)
    (folder / "SHA256SUMS").write_text(f"{'cd' * 32}  1.safetensors\n")
    release = RELEASE.replace('["*.safetensors"]', f"[1.safetensors]\n      sha256: {'ab' * 32}")
    (folder / "release.yaml").write_text(release)
    ((severity, message),) = findings(folder)
    assert severity == "error"
    assert "by a list of digests in the folder" in message


@pytest.mark.parametrize(
    ("sha256", "message"),
    [
        ("ab" * 32, "weights: one `sha256` for 2 files."),
        (f"{{x.bin: {'ab' * 32}}}", "weights: `sha256` names x.bin, which `files` does not name."),
    ],
)
def test_digests_of_no_file_are_warnings(folder: Path, sha256: str, message: str) -> None:
    (folder / "release.yaml").write_text(RELEASE.replace("# all shards", f"sha256: {sha256}"))
    assert findings(folder) == [("warning", message)]


def bills(folder: Path) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """The digests by file in SPDX, CycloneDX and Croissant."""
    spdx = json.loads((folder / "release.spdx3.json").read_text())["@graph"]
    in_spdx = {
        entry["name"]: entry["verifiedUsing"][0]["hashValue"]
        for entry in spdx
        if entry["type"] == "software_File" and "verifiedUsing" in entry
    }
    cyclonedx = json.loads((folder / "release.cdx.json").read_text())
    parts = [cyclonedx["metadata"]["component"], *cyclonedx["components"]]
    in_cyclonedx = {
        file["name"]: file["hashes"][0]["content"]
        for part in parts
        for file in part.get("components", ())
        if "hashes" in file
    }
    croissant = json.loads((folder / "croissant.json").read_text())
    return in_spdx, in_cyclonedx, {file["contentUrl"]: file["sha256"] for file in croissant["distribution"]}


def test_exports_have_the_digest_of_each_file(folder: Path) -> None:
    with (folder / "2.safetensors").open("wb") as stream:
        stream.truncate(65 * 1024 * 1024)
    expected = {path: sha256((folder / path).read_bytes()) for path in FILES}
    assert charter("build", folder).returncode == 0
    assert "2.safetensors" not in bills(folder)[0]
    assert charter("build", folder, "--hash").returncode == 0
    in_spdx, in_cyclonedx, in_croissant = bills(folder)
    assert in_spdx == in_cyclonedx == expected
    assert in_croissant == {"data/a b.csv": expected["data/a b.csv"]}


def test_exports_list_stated_files_that_are_not_here(folder: Path) -> None:
    charter("hash", folder, "--write")
    expected = {path: sha256(content) for path, content in FILES.items() if path.endswith("safetensors")}
    for path in expected:
        (folder / path).unlink()
    assert charter("build", folder).returncode == 0
    assert {path: digest for path, digest in bills(folder)[0].items() if path in expected} == expected
