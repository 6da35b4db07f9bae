"""A signed release: built, signed, published, downloaded with the real client, and verified."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hub.run import RELEASE, charter, environment
from tests.hub.server import Hub, hub
from tests.signing.keys import Keys, make_keys

SIGNED = """\
layers:
  weights:
    availability: released
    license: LicenseRef-own
    license_text: terms/own.txt   # published too
    files: ["*.safetensors"]
"""
DOWNLOAD = "import sys, huggingface_hub as h; h.snapshot_download(sys.argv[1], local_dir=sys.argv[2])"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    (made / "terms").mkdir(parents=True)
    (made / "release.yaml").write_text(RELEASE.partition("layers:")[0] + SIGNED)
    (made / "terms" / "own.txt").write_text("Our own terms. You may use the weights for anything that is legal.\n" * 5)
    (made / "model.safetensors").write_bytes(
        (b"\x40" + bytes(7) + b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}').ljust(72) + bytes(4)
    )
    (made / "notes.txt").write_text("not published\n")
    (made / "README.md").write_text("# Borealis\n\nWords of a person.\n")
    return made


def download(home: Path, server: Hub, name: str = "got") -> Path:
    """What a user gets, by the Hub's own client."""
    place = home / name
    command = [sys.executable, "-c", DOWNLOAD, "lab/borealis", str(place)]
    subprocess.run(command, check=True, env=environment(home, server), capture_output=True)
    return place


def built_and_signed(home: Path, folder: Path, keys: Keys) -> None:
    built = charter(home, None, "build", folder)
    assert built.returncode == 0, built.stderr
    signed = charter(home, None, "sign", folder, "--key", keys.private)
    assert signed.returncode == 0, signed.stderr


def push(home: Path, server: Hub, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return charter(home, server, "push", folder, "--with-files", *options)


def test_a_signature_survives_publishing_and_downloading(tmp_path: Path, folder: Path, keys: Keys) -> None:
    built_and_signed(tmp_path, folder, keys)
    with hub({"lab/borealis": {".gitattributes": b"*.safetensors filter=lfs\n"}}) as server:
        done = push(tmp_path, server, folder)
        assert done.returncode == 0, done.stderr
        published = set(server.repos["lab/borealis"].files)
        assert {"model.sig", "release.yaml", "terms/own.txt", "README.md", "model.safetensors"} <= published
        assert "notes.txt" not in published
        again = push(tmp_path, server, folder)
        assert "nothing to do" in again.stderr
        got = download(tmp_path, server)
    verified = charter(tmp_path, None, "verify", got, "--key", keys.public, "--format", "json")
    assert verified.returncode == 0, verified.stdout
    assert json.loads(verified.stdout)["signature"]["valid"]
    library = [sys.executable, "-m", "model_signing", "verify", "key", str(got), "--public_key", str(keys.public)]
    subprocess.run([*library, "--signature", str(got / "model.sig")], check=True, capture_output=True)
    (got / "model.safetensors").write_bytes(b"poisoned")
    (got / "extra.py").write_text("import os\n")
    (got / "LICENSE").unlink()
    found = json.loads(charter(tmp_path, None, "verify", got, "--key", keys.public, "--format", "json").stdout)
    assert not found["valid"]
    assert [one["path"] for one in found["different"]] == ["model.safetensors"]
    assert (found["missing"], found["unsigned"]) == (["LICENSE"], ["extra.py"])


def test_a_new_version_replaces_what_was_signed(tmp_path: Path, folder: Path, keys: Keys) -> None:
    built_and_signed(tmp_path, folder, keys)
    with hub({"lab/borealis": {}}) as server:
        assert push(tmp_path, server, folder).returncode == 0
        card = folder / "README.md"
        card.write_text(card.read_text().replace("Words of a person.", "Other words."))
        release = folder / "release.yaml"
        release.write_text(release.read_text().replace("name: Borealis\n", "name: Borealis\n  version: 2\n"))
        stopped = push(tmp_path, server, folder)
        assert stopped.returncode == 2
        assert "changed after model.sig was made" in stopped.stderr
        built_and_signed(tmp_path, folder, keys)
        done = push(tmp_path, server, folder)
        assert done.returncode == 0, done.stderr
        got = download(tmp_path, server)
        assert "Words of a person." not in (got / "README.md").read_text()
    assert charter(tmp_path, None, "verify", got, "--key", keys.public).returncode == 0


def test_text_that_people_wrote_on_the_hub_is_not_lost(tmp_path: Path, folder: Path, keys: Keys) -> None:
    built_and_signed(tmp_path, folder, keys)
    with hub({"lab/borealis": {"README.md": b"# Borealis\n\nWords of marketing.\n"}}) as server:
        stopped = push(tmp_path, server, folder)
        assert stopped.returncode == 2
        assert "README.md on the Hub has text that the signed README.md lacks" in stopped.stderr
        assert len(server.repos["lab/borealis"].branches["main"]) == 1
        assert push(tmp_path, server, folder, "--force", "README.md").returncode == 0
        got = download(tmp_path, server)
    assert charter(tmp_path, None, "verify", got, "--key", keys.public).returncode == 0


def test_a_signature_is_not_published_without_the_files_that_it_covers(
    tmp_path: Path, folder: Path, keys: Keys
) -> None:
    built_and_signed(tmp_path, folder, keys)
    with hub({"lab/borealis": {}}) as server:
        stopped = charter(tmp_path, server, "push", folder)
        assert stopped.returncode == 2
        assert "model.sig covers model.safetensors, which the Hub does not have" in stopped.stderr
        server.edit("lab/borealis", "model.safetensors", (folder / "model.safetensors").read_bytes())
        assert charter(tmp_path, server, "push", folder).returncode == 0
        got = download(tmp_path, server)
    assert charter(tmp_path, None, "verify", got, "--key", keys.public).returncode == 0


def test_a_change_without_a_signature_says_what_becomes_of_the_old_one(
    tmp_path: Path, folder: Path, keys: Keys
) -> None:
    built_and_signed(tmp_path, folder, keys)
    with hub({"lab/borealis": {"old.bin": b"old"}}) as server:
        done = push(tmp_path, server, folder)
        assert "model.sig does not cover old.bin, so verifying the repo fails" in done.stderr
        (folder / "model.sig").unlink()
        release = folder / "release.yaml"
        release.write_text(release.read_text().replace("name: Borealis\n", "name: Borealis\n  version: 2\n"))
        assert charter(tmp_path, None, "build", folder).returncode == 0
        done = push(tmp_path, server, folder)
        assert done.returncode == 0, done.stderr
        assert "model.sig on the Hub does not cover this change" in done.stderr
