"""Digests of files: read once, kept, and taken from where they are known."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path

import pytest

from generator.artifacts.digests import FolderDigests
from generator.errors import CharterError

OTHER = "ab" * 32


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELCHARTER_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    made.mkdir()
    (made / "a.bin").write_bytes(b"a" * 5000)
    os.utime(made / "a.bin", (1_700_000_000, 1_700_000_000))
    return made


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read(folder: Path, *, believe: bool = True) -> tuple[str, str]:
    found = FolderDigests(folder).read(["a.bin"], believe=believe)["a.bin"]
    return found.sha256, found.source


def test_a_file_is_read_once_and_again_after_it_was_written(folder: Path) -> None:
    assert read(folder) == (sha256(folder / "a.bin"), "read")
    assert read(folder) == (sha256(folder / "a.bin"), "cache")
    (folder / "a.bin").write_bytes(b"b" * 5000)
    os.utime(folder / "a.bin", (1_700_000_000, 1_700_000_000))
    assert read(folder) == (sha256(folder / "a.bin"), "read")


@pytest.mark.parametrize("damage", ["", "[]", '{"v": 1, "files": []}', '{"v": 1, "files": {"a.bin": [1, 2]}}', "\0"])
def test_a_damaged_cache_is_replaced(folder: Path, tmp_path: Path, damage: str) -> None:
    read(folder)
    (kept,) = (tmp_path / "cache" / "digests").iterdir()
    kept.write_text(damage)
    assert read(folder)[1] == "read"
    assert read(folder)[1] == "cache"


def test_without_a_place_for_the_cache_files_are_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MODELCHARTER_CACHE", str(tmp_path / "file"))
    assert [read(folder)[1], read(folder)[1]] == ["read", "read"]


def test_a_git_lfs_pointer_states_digest_and_size(folder: Path) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OTHER}\nsize 987654321\n"
    (folder / "a.bin").write_text(pointer)
    found = FolderDigests(folder).read(["a.bin"], believe=False)["a.bin"]
    assert found == (OTHER, 987654321, "lfs-pointer")


def test_the_name_of_a_blob_in_the_cache_of_the_hub_is_its_digest(tmp_path: Path) -> None:
    snapshot = tmp_path / "models--a--b" / "snapshots" / "1234"
    blobs = tmp_path / "models--a--b" / "blobs"
    snapshot.mkdir(parents=True)
    blobs.mkdir()
    (blobs / OTHER).write_bytes(b"x" * 2000)
    (snapshot / "a.bin").symlink_to(f"../../blobs/{OTHER}")
    assert read(snapshot) == (OTHER, "hub-cache")
    assert read(snapshot, believe=False) == (sha256(blobs / OTHER), "read")


def download_record(folder: Path, etag: str, time: float) -> None:
    record = folder / ".cache/huggingface/download/a.bin.metadata"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(f"{'c' * 40}\n{etag}\n{time}\n")


def test_the_record_of_a_download_counts_until_the_file_is_written(folder: Path) -> None:
    download_record(folder, OTHER, 1_700_000_000.5)
    assert read(folder) == (OTHER, "hub-download")
    os.utime(folder / "a.bin")
    assert read(folder)[1] == "read"


@pytest.mark.parametrize(("etag", "time"), [("ab" * 20, "1800000000"), (OTHER, "soon"), ("", "")])
def test_a_record_without_a_sha256_is_ignored(folder: Path, etag: str, time: str) -> None:
    download_record(folder, etag, time)  # type: ignore[arg-type]
    assert read(folder)[1] == "read"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SHA256SUMS", f"{OTHER}  a.bin\n{'cd' * 32}  b.bin\n"),
        ("sha256sum.txt", f"{OTHER} *./a.bin\n"),
        ("checksums.sha256", f"SHA256 (a.bin) = {OTHER.upper()}\n"),
        ("a.bin.sha256", f"{OTHER}\n"),
        ("manifest-sha256.txt", f"{OTHER} a.bin\n"),
    ],
)
def test_a_list_of_digests_counts_if_it_is_newer_than_the_file(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    assert read(folder) == (OTHER, "list")
    assert read(folder, believe=False) == (sha256(folder / "a.bin"), "read")


def test_an_old_list_does_not_count(folder: Path) -> None:
    (folder / "SHA256SUMS").write_text(f"{OTHER}  a.bin\n")
    os.utime(folder / "SHA256SUMS", (1_600_000_000, 1_600_000_000))
    assert read(folder)[1] == "read"


def signature(resources: object) -> str:
    how = {"method": "files", "hash_type": "sha256"}
    statement = {"predicateType": "x", "predicate": {"serialization": how, "resources": resources}}
    payload = base64.b64encode(json.dumps(statement).encode()).decode()
    return json.dumps({"dsseEnvelope": {"payload": payload}, "verificationMaterial": {"publicKey": {}}})


def test_a_signature_states_digests(folder: Path) -> None:
    (folder / "model.sig").write_text(signature([{"name": "a.bin", "algorithm": "sha256", "digest": OTHER}]))
    assert read(folder) == (OTHER, "signature")


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[",
        "[1]",
        '{"dsseEnvelope": {"payload": "%%"}}',
        signature([{"name": "a.bin", "algorithm": "sha256", "digest": OTHER}]).replace("publicKey", "key"),
        signature([{"name": "a.bin", "algorithm": "sha256", "digest": 3}]),
        signature({"a.bin": OTHER}),
    ],
)
def test_a_file_that_is_no_signature_states_nothing(folder: Path, text: str) -> None:
    (folder / "model.sig").write_text(text)
    assert read(folder)[1] == "read"


def test_a_link_out_of_the_folder_is_not_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (folder / "b.bin").symlink_to(tmp_path / "secret")
    with pytest.raises(CharterError, match=r"b\.bin: a link leads out of the folder"):
        FolderDigests(folder).read(["b.bin"])


def test_many_files_are_read_on_all_processors(folder: Path) -> None:
    paths = [f"{number}.bin" for number in range(40)]
    for number, path in enumerate(paths):
        (folder / path).write_bytes(bytes([number]) * number * 1000)
    found = FolderDigests(folder).read(paths)
    assert {path: stated.sha256 for path, stated in found.items()} == {path: sha256(folder / path) for path in paths}
