"""`charter sign` and `charter verify`, and `model_signing` beside them."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import charter
from tests.signing.keys import PASSWORD, Keys, make_keys

RELEASE = """\
charter: 1
release: {name: X, publisher: {name: P}, summary: A model., repo: a/b}
layers:
  weights: {availability: released, license: MIT, files: [a.bin]}
"""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MODELCHARTER_CACHE", str(tmp_path / "cache"))
    made = tmp_path / "model"
    (made / "sub").mkdir(parents=True)
    (made / "a.bin").write_bytes(b"a" * 100)
    (made / "sub" / "b c.txt").write_text("b")
    return made


def library(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `model_signing`."""
    command = [sys.executable, "-m", "model_signing", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def verified(folder: Path, *options: str | Path) -> dict[str, object]:
    done = charter("verify", folder, "--format", "json", *options)
    found: dict[str, object] = json.loads(done.stdout)
    assert done.returncode == (0 if found["valid"] else 1)
    return found


def test_model_signing_verifies_a_signature_of_ours(folder: Path, keys: Keys) -> None:
    (folder / ".cache").mkdir()
    (folder / ".cache" / "record").write_text("of a download")
    done = charter("sign", folder, "--key", keys.private)
    assert (done.returncode, done.stdout) == (0, f"{folder / 'model.sig'}\n")
    other = library("verify", "key", folder, "--public_key", keys.public, "--signature", folder / "model.sig")
    assert other.returncode == 0, other.stderr
    (folder / "sub" / "b c.txt").write_text("changed")
    other = library("verify", "key", folder, "--public_key", keys.public, "--signature", folder / "model.sig")
    assert other.returncode == 1


def test_we_verify_a_signature_of_model_signing(folder: Path, keys: Keys) -> None:
    done = library("sign", "key", folder, "--private_key", keys.private, "--signature", folder / "model.sig")
    assert done.returncode == 0, done.stderr
    found = verified(folder, "--key", keys.public)
    assert found["valid"]
    assert found["signature"]["kind"] == "key"  # type: ignore[index]
    text = charter("verify", folder, "--key", keys.public).stdout
    assert text.startswith("Signature valid: signed with the key ")
    assert text.endswith("Verified.\n")


def test_certificates_work_both_ways(folder: Path, keys: Keys) -> None:
    pair = ("--certificate", keys.certificate, "--chain", keys.root)
    assert charter("sign", folder, "--key", keys.private, *pair).returncode == 0
    assert (
        "by CN=Borealis Lab, certified by CN=Root of the tests"
        in charter("verify", folder, "--chain", keys.root).stdout
    )
    options = ("--certificate_chain", keys.root, "--signature", folder / "model.sig")
    assert library("verify", "certificate", folder, *options).returncode == 0
    signed = library(
        *("sign", "certificate", folder, "--private_key", keys.private, "--signing_certificate", keys.certificate),
        *options,
    )
    assert signed.returncode == 0, signed.stderr
    assert verified(folder, "--chain", keys.root)["valid"]
    assert not verified(folder, "--chain", keys.certificate)["valid"]


def test_an_encrypted_key(folder: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY_PASSWORD", PASSWORD)
    done = charter("sign", folder, "--key", keys.encrypted, "--password-from-env", "KEY_PASSWORD")
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    assert verified(folder, "--key", keys.public)["valid"]
    monkeypatch.setenv("KEY_PASSWORD", "wrong")
    done = charter("sign", folder, "--key", keys.encrypted, "--password-from-env", "KEY_PASSWORD")
    assert (done.returncode, "Incorrect password" in done.stderr) == (2, True)


def test_verify_names_what_is_missing_and_what_differs(folder: Path, keys: Keys) -> None:
    (folder / "gone.txt").write_text("x")
    charter("sign", folder, "--key", keys.private)
    (folder / "gone.txt").unlink()
    (folder / "a.bin").write_bytes(b"b" * 100)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "evil.pyc").write_bytes(b"x")
    (folder / "link").symlink_to("a.bin")
    found = verified(folder, "--key", keys.public)
    assert found["signature"]["valid"]  # type: ignore[index]
    assert found["missing"] == ["gone.txt"]
    assert [one["path"] for one in found["different"]] == ["a.bin"]  # type: ignore[index, attr-defined]
    assert found["unsigned"] == ["__pycache__/evil.pyc", "link"]
    text = charter("verify", folder, "--key", keys.public).stdout
    assert "missing: gone.txt\n" in text
    assert "not signed: __pycache__/evil.pyc\n" in text
    assert text.endswith("NOT verified.\n")


def test_without_a_key_nothing_is_verified(folder: Path, keys: Keys) -> None:
    charter("sign", folder, "--key", keys.private)
    for options in ((), ("--chain", keys.root)):
        found = verified(folder, *options)
        assert not found["valid"]
        assert found["signature"]["because"] == "no signer to compare with was named: pass --key"  # type: ignore[index]
    assert "NOT valid" in charter("verify", folder).stdout


def test_another_key_is_refused(folder: Path, keys: Keys, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = make_keys(tmp_path / "other")
    charter("sign", folder, "--key", keys.private)
    assert "Key mismatch" in verified(folder, "--key", other.public)["signature"]["because"]  # type: ignore[index]


def test_a_changed_signature_is_refused(folder: Path, keys: Keys) -> None:
    charter("sign", folder, "--key", keys.private)
    file = folder / "model.sig"
    bundle = json.loads(file.read_text())
    payload = base64.b64decode(bundle["dsseEnvelope"]["payload"]).replace(b"a.bin", b"b.bin")
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(payload).decode()
    file.write_text(json.dumps(bundle))
    found = verified(folder, "--key", keys.public)
    assert "made with another key, or its content was changed" in found["signature"]["because"]  # type: ignore[index]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"dsseEnvelope": {"payload": "e30="}}', "\x00" * 50])
def test_a_file_that_is_no_signature(folder: Path, content: str) -> None:
    (folder / "model.sig").write_text(content)
    done = charter("verify", folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not a signature of model_signing" in done.stderr


def test_hostile_signatures_are_only_invalid(folder: Path, keys: Keys) -> None:
    charter("sign", folder, "--key", keys.private)
    file = folder / "model.sig"
    good = json.loads(file.read_text())
    for path, value in (
        (("dsseEnvelope", "signatures"), []),
        (("dsseEnvelope", "signatures"), [{"sig": "AAAA"}]),
        (("dsseEnvelope", "payloadType"), "text/plain"),
        (("verificationMaterial", "publicKey"), None),
        (("mediaType",), 7),
    ):
        bundle = json.loads(json.dumps(good))
        inner = bundle
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value
        file.write_text(json.dumps(bundle))
        done = charter("verify", folder, "--key", keys.public)
        assert (done.returncode, "NOT verified" in done.stdout) == (1, True), (path, done.stderr)


def test_a_folder_without_a_signature_is_not_verified(folder: Path) -> None:
    found = verified(folder)
    assert (found["valid"], found["signature"]) == (False, None)


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--keyless", "--key", "k"),
        ("--keyless", "--certificate", "c"),
        ("--key", "k", "--certificate", "c"),
        ("--key", "k", "--password-from-env", "NOT_SET_HERE"),
    ],
)
def test_options_that_do_not_fit(folder: Path, options: tuple[str, ...]) -> None:
    done = charter("sign", folder, *options)
    assert done.returncode == 2
    assert "Error: " in done.stderr
    assert not (folder / "model.sig").exists()


def test_keys_that_cannot_be_read(folder: Path, keys: Keys) -> None:
    for key in ("missing.pem", keys.public, folder / "a.bin"):
        done = charter("sign", folder, "--key", key)
        assert (done.returncode, done.stdout, done.stderr[:7]) == (2, "", "error: ")
    charter("sign", folder, "--key", keys.private)
    assert charter("verify", folder, "--key", folder / "a.bin").returncode == 2


def test_without_the_extra_a_message_says_how_to_install_it(folder: Path, keys: Keys) -> None:
    code = "import sys; sys.modules['model_signing'] = None; from generator.cli import main; main()"
    for command in (("sign", folder, "--key", keys.private), ("verify", folder, "--key", keys.public)):
        if command[0] == "verify":
            charter("sign", folder, "--key", keys.private)
        argv = [sys.executable, "-c", code, *map(str, command)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert 'Run: pip install "modelcharter[sign]"' in done.stderr


def test_a_git_lfs_pointer_is_not_signed(folder: Path, keys: Keys) -> None:
    (folder / "a.bin").write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 9\n")
    done = charter("sign", folder, "--key", keys.private)
    assert (done.returncode, "Run: git lfs pull" in done.stderr) == (2, True)


def test_a_release_is_signed_as_it_is_published(folder: Path, keys: Keys) -> None:
    (folder / "release.yaml").write_text(RELEASE)
    done = charter("sign", folder, "--key", keys.private)
    assert done.returncode == 2
    assert "Run `charter build`, then sign." in done.stderr
    charter("build", folder)
    done = charter("sign", folder, "--key", keys.private)
    assert "not signed, as push does not publish it: sub/b c.txt" in done.stderr
    payload = json.loads((folder / "model.sig").read_text())["dsseEnvelope"]["payload"]
    predicate = json.loads(base64.b64decode(payload))["predicate"]
    written = {"LICENSE", "LICENSES/MIT.txt", "README.md"} | {"NOTICE"} & {path.name for path in folder.iterdir()}
    assert {one["name"] for one in predicate["resources"]} == written | {"a.bin", "release.yaml"}
    ignored = {"model.sig", ".git", ".gitattributes", ".github", ".gitignore", ".cache"}
    assert set(predicate["serialization"]["ignore_paths"]) == ignored


def outdated(folder: Path) -> list[str]:
    done = charter("check", folder, "--select", "ART121", "--format", "json")
    return [found["message"] for found in json.loads(done.stdout)["findings"]]


def test_check_warns_of_a_signature_that_no_longer_covers_the_files(folder: Path, keys: Keys) -> None:
    (folder / "release.yaml").write_text(RELEASE.replace("[a.bin]", '["*.bin"]'))
    charter("build", folder)
    charter("sign", folder, "--key", keys.private)
    assert outdated(folder) == []
    (folder / "a.bin").write_text("new")
    (folder / "b.bin").write_text("new")
    (folder / "LICENSE").unlink()
    assert sorted(outdated(folder)) == [
        "LICENSE: removed after model.sig was made.",
        "a.bin: changed after model.sig was made.",
        "b.bin: added after model.sig was made.",
    ]
    assert "Run `charter sign` again" in charter("build", folder).stderr
    (folder / "model.sig").write_text("{}")
    assert outdated(folder) == ["model.sig is not a signature of model_signing."]


def test_a_release_file_that_cannot_be_read_does_not_stop_it(folder: Path, keys: Keys) -> None:
    library("sign", "key", folder, "--private_key", keys.private, "--signature", folder / "model.sig")
    (folder / "release.yaml").write_text("charter: 9\n")
    assert verified(folder, "--key", keys.public)["unsigned"] == ["release.yaml"]
    library("sign", "key", folder, "--private_key", keys.private, "--signature", folder / "model.sig")
    done = charter("verify", folder, "--key", keys.public)
    assert done.returncode == 0
    assert "release.yaml was not compared, as it can't be read: " in done.stdout


def test_verify_compares_the_digests_of_the_release_file_too(folder: Path, keys: Keys) -> None:
    stated = RELEASE.replace("[a.bin]", f"[a.bin], sha256: {'ab' * 32}")
    (folder / "release.yaml").write_text(stated)
    charter("sign", folder, "--key", keys.private)
    found = verified(folder, "--key", keys.public)
    assert found["stated"]["different"][0]["expected"] == "ab" * 32  # type: ignore[index]
    assert not found["valid"]
