"""Uploads: texts and headers within limits, nothing outside of the folder, never weights."""

from __future__ import annotations

import contextlib
import json
import struct
from pathlib import Path

import pytest

from generator import check, load_release
from generator.api.create import prefill
from generator.artifacts.gguf import read_gguf
from generator.artifacts.safetensors import read_header
from generator.errors import CharterError
from generator.web.studio import uploads
from generator.web.studio.uploads import Upload, Uploads, check_upload


def safetensors(elements: int = 1000) -> bytes:
    """The header of a file with one tensor."""
    header = json.dumps({"w": {"dtype": "F32", "shape": [elements], "data_offsets": [0, 4 * elements]}}).encode()
    return len(header).to_bytes(8, "little") + header


def gguf() -> bytes:
    """The header of a file with one key and one tensor of 32 elements."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    key = text("general.license") + struct.pack("<I", 8) + text("mit")
    tensor = text("w") + struct.pack("<IQIQ", 1, 32, 0, 0)
    return b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + key + tensor


def test_texts_are_kept_as_they_are(tmp_path: Path) -> None:
    held = Uploads(tmp_path)
    held.add(Upload("README.md", b"---\nlicense: mit\n---\n", 21, changed=1_600_000_000))
    held.add(Upload("adapter/adapter_config.json", b"{}", 2))
    held.add(Upload("LICENSE", b"MIT", 3))
    assert held.paths == ("LICENSE", "README.md", "adapter/adapter_config.json")
    assert (tmp_path / "README.md").read_bytes() == b"---\nlicense: mit\n---\n"
    assert (tmp_path / "README.md").stat().st_mtime == 1_600_000_000


def test_of_weights_only_the_header_is_kept_and_the_size_is_that_of_the_whole(tmp_path: Path) -> None:
    header = safetensors(10**9)
    held = Uploads(tmp_path)
    held.add(Upload("model.safetensors", header + b"weights" * 1000, len(header) + 4 * 10**9))
    place = tmp_path / "model.safetensors"
    assert place.stat().st_size == len(header) + 4 * 10**9
    assert place.stat().st_blocks * 512 < 100_000
    with place.open("rb") as stream:
        assert b"weights" not in stream.read(100_000)
    found = read_header(place)
    assert (found.parameters, found.faults) == (10**9, ())


def test_the_folder_has_the_name_that_it_has_on_the_visitors_machine(tmp_path: Path) -> None:
    (tmp_path / "visit" / "model").mkdir(parents=True)
    held = Uploads(tmp_path / "visit" / "model")
    held.add(Upload("README.md", b"x", 1))
    held.name("gemma poet")
    held.add(Upload("LICENSE", b"x", 1))
    assert sorted(path.name for path in (tmp_path / "visit" / "gemma poet").iterdir()) == ["LICENSE", "README.md"]
    for name in ("..", "../x", "/etc", ".git", "", "a/b"):
        with contextlib.suppress(CharterError):
            held.name(name)
    assert [path.name for path in (tmp_path / "visit").iterdir()] == ["gemma poet"]
    assert [path.name for path in tmp_path.iterdir()] == ["visit"]


def test_of_gguf_too(tmp_path: Path) -> None:
    header = gguf()
    size = -(-len(header) // 32) * 32 + 128
    Uploads(tmp_path).add(Upload("m.gguf", header + b"weights", size))
    found = read_gguf(tmp_path / "m.gguf")
    assert (found.general, found.faults) == ({"license": "mit"}, ())
    assert b"weights" not in (tmp_path / "m.gguf").read_bytes()


def test_a_folder_of_headers_is_read_and_checked_like_the_model(tmp_path: Path) -> None:
    header = safetensors(10**11)
    held = Uploads(tmp_path)
    held.add(Upload("model.safetensors", header, len(header) + 4 * 10**11))
    held.add(Upload("README.md", b"---\nlicense: mit\nlibrary_name: transformers\n---\n# M\n", 50))
    known = prefill(tmp_path)
    assert known.get("layers.weights.files")
    assert known.get("model.parameters") == 10**11
    item = "{availability: released, license: MIT, files: ['*.safetensors']}"
    release = f"charter: 1\nrelease: {{name: M}}\nlayers: {{weights: {item}}}\n"
    held.add(Upload("release.yaml", release.encode(), len(release)))
    assert not [f for f in check(load_release(tmp_path)).findings if f.rule.startswith(("ART", "SEC"))]


@pytest.mark.parametrize(
    "path",
    [
        *(
            "../x.md",
            "/etc/x.md",
            "a/../x.md",
            "a//x.md",
            "./x.md",
            ".charter-draft.json",
            ".git/config.txt",
            "a\\b.md",
        ),
        *("x\0.md", "x\n.md", "\u202ex.md", "c:x.md", "", "/", "a/", " x.md", "x.md ", "x.md.", "x" * 121 + ".md"),
        "/".join(["abc"] * 6) + "/x.md",
    ],
)
def test_a_path_stays_in_the_folder_and_hides_nothing(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    with pytest.raises(CharterError):
        Uploads(folder).add(Upload(path, b"x", 1))
    assert [*tmp_path.rglob("*")] == [folder]


@pytest.mark.parametrize("path", ["pytorch_model.bin", "model.pt", "a.zip", "run.sh", "charter.toml", "x", "photo.png"])
def test_other_kinds_are_not_taken(path: str) -> None:
    with pytest.raises(CharterError, match="of this kind are not taken"):
        check_upload(path, 10)


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Uploads(tmp_path)
    with pytest.raises(CharterError, match=r"larger than 2 MB"):
        check_upload("a.md", uploads.TEXT_LIMIT + 1)
    with pytest.raises(CharterError, match="larger than charter takes"):
        held.add(Upload("a.md", b"x" * (uploads.TEXT_LIMIT + 1), 1))
    with pytest.raises(CharterError, match="size is not taken"):
        check_upload("a.gguf", 2**41)
    monkeypatch.setattr(uploads, "FILES_LIMIT", 2)
    monkeypatch.setattr(uploads, "TOTAL_LIMIT", 10)
    held.add(Upload("a.md", b"12345", 5))
    held.add(Upload("b.md", b"123", 3))
    held.add(Upload("b.md", b"12345", 5))
    with pytest.raises(CharterError, match="at most 2 files"):
        held.add(Upload("c.md", b"", 0))
    with pytest.raises(CharterError, match="at most 0 MB"):
        held.add(Upload("b.md", b"123456", 6))


@pytest.mark.parametrize(
    ("path", "content"),
    [("a.safetensors", b""), ("a.safetensors", b"\xff" * 64), ("a.gguf", b"GGUF"), ("a.gguf", b"\0" * 100)],
)
def test_a_header_that_cannot_be_read_is_not_taken(tmp_path: Path, path: str, content: bytes) -> None:
    with pytest.raises(CharterError, match="its header can't be read"):
        Uploads(tmp_path).add(Upload(path, content, 10**9))
    assert [*tmp_path.iterdir()] == []


def test_a_file_in_the_place_of_a_folder_is_an_error(tmp_path: Path) -> None:
    held = Uploads(tmp_path)
    held.add(Upload("LICENSE", b"x", 1))
    with pytest.raises(CharterError, match="LICENSE/a"):
        held.add(Upload("LICENSE/a.md", b"x", 1))
