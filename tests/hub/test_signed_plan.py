"""What a signature in the folder, or on the Hub, changes in a push; the signatures here only have the form of one."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator import build, load_release
from generator import push as push_bundle
from generator.api import publish
from generator.errors import CharterError, HubError
from generator.publishing.result import Options, PublishResult
from generator.release.reader import read_release
from tests.hub.run import RELEASE, release
from tests.hub.server import TOKEN, Hub, hub

REPO = "lab/borealis"
ATTRIBUTES = {".gitattributes": b"*.safetensors filter=lfs\n"}
AGAIN = "Run `charter build` and `charter sign` again. Or remove model.sig to publish without a signature."


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub with one repo, and nothing of this machine."""
    from huggingface_hub import constants

    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hf"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    with hub({REPO: dict(ATTRIBUTES)}) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a release that is built and signed."""
    made = release(tmp_path / "model", f"# A comment.\n{RELEASE}")
    (made / "README.md").write_text("# Borealis\n\nMine.\n", encoding="utf-8")
    (made / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    sign(made)
    return made


def sign(folder: Path, *, ignored: tuple[str, ...] = (), method: str = "files", rebuild: bool = True) -> None:
    """Build a folder, and write a file of the form of a signature that covers all files in it."""
    if rebuild:
        build(load_release(folder)).write(folder, force=True)
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    entries = [
        {"name": name, "digest": hashlib.sha256((folder / name).read_bytes()).hexdigest()}
        for name in names
        if name != "model.sig" and name.split("/")[0] not in ignored
    ]
    how = {"method": method, "hash_type": "sha256", "ignore_paths": list(ignored)}
    statement = {"predicateType": "x", "predicate": {"serialization": how, "resources": entries}}
    payload = base64.b64encode(json.dumps(statement).encode()).decode()
    bundle = {"dsseEnvelope": {"payload": payload}, "verificationMaterial": {"publicKey": {}}}
    (folder / "model.sig").write_text(json.dumps(bundle), encoding="utf-8")


def send(server: Hub, folder: Path, *, with_files: bool = True, **options: Any) -> PublishResult:  # noqa: ANN401 - `Options`
    """Publish a folder."""
    return publish(read_release(folder), Options(**options), with_files=with_files, endpoint=server.url)[0]


def stopped(server: Hub, folder: Path, **more: Any) -> tuple[list[str], str]:  # noqa: ANN401 - `Options`
    """Publish a folder, which is stopped; return the reasons and the remedy."""
    before = len(server.repos[REPO].branches["main"])
    with pytest.raises(HubError) as caught:
        send(server, folder, **more)
    assert len(server.repos[REPO].branches["main"]) == before
    *reasons, last = caught.value.message.splitlines()
    assert last == "Nothing was sent."
    return reasons, caught.value.remedy


def there(server: Hub) -> dict[str, bytes]:
    """The files of the repo, but git's."""
    return {path: raw for path, raw in server.repos[REPO].files.items() if path != ".gitattributes"}


def here(folder: Path) -> dict[str, bytes]:
    """The files of the folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("terse", [False, True])
def test_signed_files_are_published_as_they_were_signed(server: Hub, folder: Path, terse: bool) -> None:
    server.terse = terse
    done = send(server, folder)
    assert there(server) == here(folder)
    assert (done.notes, done.blocked, done.unchanged) == ((), (), ())
    assert {change.path for change in done.changes} == set(here(folder))
    (card,) = [change for change in done.changes if change.path == "README.md"]
    assert "+Mine." in card.diff
    again = send(server, folder)
    assert again.is_unchanged
    assert again.unchanged == tuple(sorted({*here(folder)} - {"model.sig"}))
    assert again.notes == ()
    sign(folder, ignored=("notes",))
    only = send(server, folder)
    assert {change.path for change in only.changes} == {"model.sig"}


def test_a_bundle_from_python_is_published_with_its_signature(server: Hub, folder: Path) -> None:
    bundle = build(load_release(folder))
    with pytest.raises(HubError, match=r"model\.sig covers model\.safetensors, which the Hub does not have"):
        push_bundle(bundle, REPO, endpoint=server.url)
    server.edit(REPO, "model.safetensors", (folder / "model.safetensors").read_bytes())
    push_bundle(bundle, REPO, endpoint=server.url)
    assert there(server) == here(folder)


def test_a_file_that_changed_after_it_was_signed_stops_the_push(server: Hub, folder: Path) -> None:
    (folder / "NOTICE").write_bytes((folder / "NOTICE").read_bytes() + b"x")
    (folder / "model.safetensors").unlink()
    assert stopped(server, folder) == (
        [f"{REPO}: NOTICE, model.safetensors: changed after model.sig was made."],
        AGAIN,
    )
    for number in range(7):
        (folder / f"{number}.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    sign(folder)
    for number in range(5):
        (folder / f"{number}.safetensors").write_bytes(b"x")
    names = ", ".join(f"{number}.safetensors" for number in range(5))
    assert stopped(server, folder)[0] == [f"{REPO}: {names}: changed after model.sig was made."]
    for number in range(7):
        (folder / f"{number}.safetensors").write_bytes(b"x")
    assert stopped(server, folder)[0] == [f"{REPO}: {names} and 2 more: changed after model.sig was made."]


def test_a_changed_file_with_an_old_date_is_read_and_not_believed(server: Hub, folder: Path) -> None:
    weights = folder / "model.safetensors"
    before = weights.stat()
    weights.write_bytes(b"\x02\0\0\0\0\0\0\0[]")
    os.utime(weights, ns=(before.st_atime_ns, before.st_mtime_ns - 10**9))
    assert stopped(server, folder)[0] == [f"{REPO}: model.safetensors: changed after model.sig was made."]


def test_a_large_signature_is_read_here_and_on_the_hub(server: Hub, folder: Path) -> None:
    signature = folder / "model.sig"
    signature.write_bytes(signature.read_bytes() + b" " * 5 * 1024 * 1024)
    send(server, folder)
    assert there(server) == here(folder)
    server.edit(REPO, "model.sig", signature.read_bytes() + b" " * 12 * 1024 * 1024)
    new_version(folder)
    sign(folder)
    assert send(server, folder).blocked == ()
    assert there(server) == here(folder)


def test_a_large_card_is_published_as_it_was_signed(server: Hub, folder: Path) -> None:
    (folder / "README.md").write_text("# Borealis\n\n" + "Mine. " * 800_000, encoding="utf-8")
    sign(folder)
    server.edit(REPO, "README.md", (folder / "README.md").read_bytes().replace(b'"v": 1', b'"v":  1'))
    send(server, folder)
    assert there(server)["README.md"] == (folder / "README.md").read_bytes()


def test_all_that_stops_a_push_is_named_at_once(server: Hub, folder: Path) -> None:
    text = (folder / "release.yaml").read_text(encoding="utf-8").replace("released", "gated")
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    sign(folder)
    (folder / "NOTICE").write_bytes(b"x")
    reasons, _ = stopped(server, folder)
    assert [reason.partition(" ")[2][:20] for reason in reasons] == ["the release file mar", "NOTICE: changed afte"]


def test_a_folder_that_was_signed_before_it_was_built_is_not_published(server: Hub, tmp_path: Path) -> None:
    folder = release(tmp_path / "unbuilt")
    (folder / "README.md").write_text("# Borealis\n\nMine.\n", encoding="utf-8")
    sign(folder, rebuild=False)
    reasons, remedy = stopped(server, folder)
    assert reasons == [f"{REPO}: README.md would be published with other content than was signed."]
    assert remedy == AGAIN


def test_files_of_the_layers_have_to_be_on_the_hub_or_go_too(server: Hub, folder: Path) -> None:
    reasons, remedy = stopped(server, folder, with_files=False)
    assert reasons == [f"{REPO}: model.sig covers model.safetensors, which the Hub does not have."]
    assert remedy == "Upload the files of the layers too: --with-files"
    server.edit(REPO, "model.safetensors", b"other weights")
    assert stopped(server, folder, with_files=False)[0] == reasons
    server.edit(REPO, "model.safetensors", (folder / "model.safetensors").read_bytes())
    done = send(server, folder, with_files=False)
    assert there(server) == here(folder)
    assert "model.safetensors" in done.unchanged


def test_large_files_are_compared_by_the_digest_that_the_hub_states(server: Hub, folder: Path) -> None:
    send(server, folder)
    assert server.repos[REPO].large == {"model.safetensors"}
    (folder / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{} ")
    sign(folder)
    reasons, _ = stopped(server, folder, with_files=False)
    assert reasons == [f"{REPO}: model.sig covers model.safetensors, which the Hub does not have."]
    found = send(server, folder)
    assert {change.path for change in found.changes} == {"model.safetensors", "model.sig"}


def test_text_of_people_on_the_hub_has_to_be_signed_or_replaced(server: Hub, folder: Path) -> None:
    server.edit(REPO, "README.md", b"# Borealis\n\nBy marketing.\n")
    reasons, remedy = stopped(server, folder)
    assert reasons == [f"{REPO}: README.md on the Hub has text that the signed README.md lacks."]
    assert remedy == "Take it over into your README.md and sign again, or replace it: --force README.md"
    send(server, folder, force=("README.md",))
    assert there(server) == here(folder)


def test_a_file_that_a_person_keeps_on_the_hub_is_not_the_signed_one(server: Hub, folder: Path) -> None:
    server.edit(REPO, "NOTICE", b"Mine.\n")
    reasons, remedy = stopped(server, folder, keep=("NOTICE",))
    assert reasons == [f"{REPO}: NOTICE on the Hub stays, and is not the signed file."]
    assert remedy == "Replace it with --force NOTICE"
    send(server, folder, force=("NOTICE",))
    assert there(server) == here(folder)
    assert send(server, folder, keep=("NOTICE",)).is_unchanged


def test_a_kept_file_that_is_the_signed_one_is_not_said_to_be_another(server: Hub, folder: Path) -> None:
    server.edit(REPO, "NOTICE", (folder / "NOTICE").read_bytes())
    new_version(folder)
    sign(folder, rebuild=False)
    reasons, _ = stopped(server, folder, keep=("NOTICE",))
    assert f"{REPO}: NOTICE would be published with other content than was signed." in reasons
    assert not any("is not the signed file" in reason for reason in reasons)


def test_a_build_that_is_older_than_the_release_file_is_not_published(server: Hub, folder: Path) -> None:
    text = (folder / "release.yaml").read_text(encoding="utf-8")
    (folder / "release.yaml").write_text(text.replace("2026 Borealis", "2025 Borealis"), encoding="utf-8")
    sign(folder, rebuild=False)
    reasons, remedy = stopped(server, folder)
    assert f"{REPO}: NOTICE would be published with other content than was signed." in reasons
    assert AGAIN in remedy
    sign(folder)
    send(server, folder)
    assert there(server) == here(folder)


def test_files_that_the_signature_does_not_cover_are_noted(server: Hub, folder: Path) -> None:
    for name in ("old.bin", ".github/x.yml", "data/raw/a.txt", "dat"):
        server.edit(REPO, name, b"old")
    sign(folder, ignored=("data",))
    dry = send(server, folder, dry_run=True)
    assert dry.notes == (f"{REPO}: model.sig does not cover dat, old.bin, so verifying the repo fails.",)
    for number in range(6):
        server.edit(REPO, f"{number}.bin", b"old")
    (note,) = send(server, folder, dry_run=True).notes
    assert "does not cover 0.bin, 1.bin, 2.bin, 3.bin, 4.bin and 3 more, so" in note


def test_a_signature_of_parts_of_files_goes_as_it_is(server: Hub, folder: Path) -> None:
    sign(folder, method="shards")
    server.edit(REPO, "old.bin", b"old")
    done = send(server, folder)
    assert done.notes == ()
    assert there(server)["model.sig"] == (folder / "model.sig").read_bytes()
    assert there(server)["release.yaml"] != (folder / "release.yaml").read_bytes(), "the published form"


def test_a_file_that_is_no_signature_is_an_error(server: Hub, folder: Path) -> None:
    (folder / "model.sig").write_text("{}", encoding="utf-8")
    with pytest.raises(CharterError) as caught:
        send(server, folder)
    assert caught.value.message == f"{folder / 'model.sig'} is not a signature of model_signing."
    assert caught.value.remedy == "Remove it, or sign again."
    assert server.asked == []


def new_version(folder: Path) -> None:
    """Change what the build writes."""
    text = (folder / "release.yaml").read_text(encoding="utf-8")
    (folder / "release.yaml").write_text(text.replace("2026 Borealis", "2025 Borealis"), encoding="utf-8")


def test_a_new_version_replaces_what_was_signed_before(server: Hub, folder: Path) -> None:
    send(server, folder)
    new_version(folder)
    (folder / "README.md").write_text("# Borealis\n\nOther words.\n", encoding="utf-8")
    sign(folder)
    done = send(server, folder)
    assert there(server) == here(folder)
    assert b"Mine." not in there(server)["README.md"]
    assert done.blocked == ()
    server.edit(REPO, "README.md", there(server)["README.md"] + b"\nBy marketing.\n")
    new_version(folder)
    sign(folder)
    reasons, _ = stopped(server, folder)
    assert reasons == [f"{REPO}: README.md on the Hub has text that the signed README.md lacks."]


def test_a_push_without_a_signature_says_that_the_one_there_is_outdated(server: Hub, folder: Path) -> None:
    send(server, folder)
    (folder / "model.sig").unlink()
    same = send(server, folder, dry_run=True)
    new_version(folder)
    build(load_release(folder)).write(folder)
    note = f"{REPO}: model.sig on the Hub does not cover this change. Sign the release, and push again."
    dry = send(server, folder, dry_run=True)
    assert note in dry.notes
    assert (note in same.notes) is bool([change for change in same.changes if change.change != "kept"])
    send(server, folder)
    again = send(server, folder)
    assert (again.is_unchanged, again.notes) == (True, ())
    fresh = release(folder.parent / "unsigned")
    server.repos[REPO].branches["main"][-1].files.pop("model.sig")
    assert note not in send(server, fresh, with_files=False, dry_run=True, force=True).notes


def test_a_signature_on_the_hub_that_is_none_attests_nothing(server: Hub, folder: Path) -> None:
    server.edit(REPO, "model.sig", b"{}")
    server.edit(REPO, "NOTICE", b"Mine.\n")
    (folder / "model.sig").unlink()
    (reason,), _ = stopped(server, folder)
    assert reason.startswith(f"{REPO}: NOTICE on the Hub is not the file of this release: ")
