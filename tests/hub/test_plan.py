"""What a push finds on the Hub and what it makes of it: its own pull request, files of people, branches, gating."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.api import build, publish
from generator.documents.storage.record import card_record
from generator.errors import BundleConflictError, HubError
from generator.hub.client import LOGIN
from generator.publishing.result import Options, PublishResult, format_diff
from generator.release.reader import parse_release, read_release
from tests.hub.run import RELEASE, release
from tests.hub.server import TOKEN, Commit, Hub, Repo, hub

REPO = "lab/borealis"
ATTRIBUTES = {".gitattributes": b"*.safetensors filter=lfs\n"}
BUNDLE = {"LICENSE", "LICENSES/Apache-2.0.txt", "NOTICE", "README.md", "release.yaml"}
GATED = RELEASE.replace("availability: released", "availability: gated")

DATA = (
    RELEASE.replace("  weights:", "  data:")
    .replace("*.safetensors", "*.jsonl")
    .replace("  task: text-generation\n", "")
)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub with one repo, and nothing of this machine."""
    from huggingface_hub import constants

    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hf"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    with hub({REPO: dict(ATTRIBUTES)}) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a release."""
    return release(tmp_path / "model")


def send(server: Hub, folder: Path, *, with_files: bool = False, **options: Any) -> PublishResult:  # noqa: ANN401 - `Options`
    """Publish a folder, and return what became of its first repo."""
    found = publish(read_release(folder), Options(**options), with_files=with_files, endpoint=server.url)
    return found[0]


def stopped(server: Hub, folder: Path, **options: Any) -> tuple[str, str]:  # noqa: ANN401 - `Options`
    """Publish a folder, which fails; return the message and the remedy."""
    before = {name: {key: len(held) for key, held in repo.branches.items()} for name, repo in server.repos.items()}
    with pytest.raises((HubError, BundleConflictError)) as caught:
        send(server, folder, **options)
    after = {name: {key: len(held) for key, held in repo.branches.items()} for name, repo in server.repos.items()}
    assert after == before, "nothing was sent"
    return caught.value.message, caught.value.remedy


def head(server: Hub, revision: str = "main") -> Commit:
    """The newest commit."""
    return server.repos[REPO].branches[revision][-1]


def words(folder: Path, text: str) -> None:
    """Write a person's words into the folder."""
    (folder / "README.md").write_text(text, encoding="utf-8")


def changes(found: PublishResult) -> dict[str, str]:
    """What happened to each file."""
    return {change.path: change.change for change in found.changes}


def other_folder(folder: Path) -> Path:
    """The same release in another place, so that charter takes it for somebody else's."""
    return release(folder.parent / "elsewhere" / "model")


def test_a_second_pull_request_from_a_folder_is_the_first_with_one_commit_more(server: Hub, folder: Path) -> None:
    words(folder, "# Borealis\n\nOne.\n")
    first = send(server, folder, create_pr=True)
    assert first.pull_request == f"{server.url}/{REPO}/discussions/1"
    words(folder, "# Borealis\n\nTwo.\n")
    second = send(server, folder, create_pr=True)
    assert (second.pull_request, second.url) == (first.pull_request, first.pull_request)
    assert changes(second) == {"README.md": "changed"}
    assert [commit.title for commit in server.repos[REPO].branches["refs/pr/1"]] == ["Publish Borealis"] * 2
    assert b"Two." in head(server, "refs/pr/1").files["README.md"]
    assert b"One." not in head(server, "refs/pr/1").files["README.md"]
    third = send(server, folder, create_pr=True)
    assert (third.is_unchanged, third.pull_request) == (True, first.pull_request)
    assert third.commit == head(server, "refs/pr/1").oid
    dry = send(server, folder, create_pr=True, dry_run=True)
    assert (dry.pull_request, dry.url, dry.commit) == (first.pull_request, first.pull_request, None)
    assert len(server.repos[REPO].branches["main"]) == 1


def test_a_pull_request_of_a_new_version_is_the_open_one_of_the_old(server: Hub, folder: Path) -> None:
    words(folder, "# Borealis\n")
    send(server, folder, create_pr=True)
    text = RELEASE.replace("  name: Borealis\n", "  name: Borealis\n  version: '2'\n")
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    found = send(server, folder, create_pr=True)
    assert found.pull_request == f"{server.url}/{REPO}/discussions/1"
    assert head(server, "refs/pr/1").title == "Publish Borealis 2"


def test_a_pull_request_with_a_message_of_its_own_is_found_by_it(server: Hub, folder: Path) -> None:
    words(folder, "# Borealis\n")
    send(server, folder, create_pr=True, message="Our card")
    words(folder, "# Borealis\n\nMore.\n")
    found = send(server, folder, create_pr=True, message="Our card")
    assert found.pull_request == f"{server.url}/{REPO}/discussions/1"
    words(folder, "# Borealis\n\nStill more.\n")
    other = send(server, folder, create_pr=True)
    assert other.pull_request == f"{server.url}/{REPO}/discussions/2", "it has another title, so a person made it"


@pytest.mark.parametrize("title", ["Publish Borealis", "Publish something else", "Add a card", "Publishing"])
def test_a_pull_request_of_somebody_else_is_never_added_to(server: Hub, folder: Path, title: str) -> None:
    words(folder, "# Borealis\n\nMine.\n")
    theirs = {"README.md": b"# Borealis\n\nTheirs.\n"}
    server.repos[REPO].add("refs/pr/1", title, ATTRIBUTES | theirs, "bert")
    server.repos[REPO].pulls.append(title)
    found = send(server, folder, create_pr=True)
    assert found.pull_request == f"{server.url}/{REPO}/discussions/2"
    assert head(server, "refs/pr/1").files["README.md"] == theirs["README.md"]


def test_a_pull_request_from_another_folder_is_somebody_else_s(server: Hub, folder: Path) -> None:
    for place in (folder, other_folder(folder)):
        words(place, "# Borealis\n")
    send(server, folder, create_pr=True)
    found = send(server, other_folder(folder), create_pr=True)
    assert found.pull_request == f"{server.url}/{REPO}/discussions/2"
    mine = send(server, folder, create_pr=True)
    assert mine.pull_request == f"{server.url}/{REPO}/discussions/1", "the older one of two is found too"


def test_a_pull_request_without_anybody_s_words_is_found_by_its_title(server: Hub, folder: Path) -> None:
    send(server, folder, create_pr=True)
    text = RELEASE.replace("2026 Borealis", "2025 Borealis")
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    assert send(server, folder, create_pr=True).pull_request == f"{server.url}/{REPO}/discussions/1"
    server.repos[REPO].pulls[0] = "Publish another thing"
    (folder / "release.yaml").write_text(RELEASE, encoding="utf-8")
    assert send(server, folder, create_pr=True).pull_request == f"{server.url}/{REPO}/discussions/2"


def test_a_merged_pull_request_is_not_added_to(server: Hub, folder: Path) -> None:
    words(folder, "# Borealis\n")
    send(server, folder, create_pr=True)
    server.merge(REPO, 1)
    assert send(server, folder, create_pr=True).is_unchanged
    words(folder, "# Borealis\n\nMore.\n")
    assert send(server, folder, create_pr=True).pull_request == f"{server.url}/{REPO}/discussions/2"


def test_a_pull_request_that_holds_what_main_holds_is_not_added_to(server: Hub, folder: Path) -> None:
    words(folder, "# Borealis\n")
    send(server, folder, create_pr=True)
    server.merge(REPO, 1)
    server.repos[REPO].merged.clear()  # merged by hand: the Hub still calls it open
    words(folder, "# Borealis\n\nMore.\n")
    assert send(server, folder, create_pr=True).pull_request == f"{server.url}/{REPO}/discussions/2"


def test_a_pull_request_without_a_card_is_passed_over(server: Hub, folder: Path) -> None:
    server.repos[REPO].add("refs/pr/1", "Publish Borealis", ATTRIBUTES | {"notes.txt": b"x"}, "bert")
    server.repos[REPO].pulls.append("Publish Borealis")
    assert send(server, folder, create_pr=True).pull_request == f"{server.url}/{REPO}/discussions/2"


def test_newer_pull_requests_of_others_do_not_hide_the_own_one(server: Hub, folder: Path) -> None:
    words(folder, "# Borealis\n")
    send(server, folder, create_pr=True)
    for number, (title, files) in enumerate(
        [("Fix a typo", {"README.md": b"# B\n"}), ("Publish Borealis", {"notes.txt": b"x"})], 2
    ):
        server.repos[REPO].add(f"refs/pr/{number}", title, ATTRIBUTES | files, "bert")
        server.repos[REPO].pulls.append(title)
    words(folder, "# Borealis\n\nMore.\n")
    assert send(server, folder, create_pr=True).pull_request == f"{server.url}/{REPO}/discussions/1"


def test_a_pull_request_to_a_data_set_is_updated_too(server: Hub, folder: Path) -> None:
    (folder / "release.yaml").write_text(DATA, encoding="utf-8")
    server.repos[f"datasets/{REPO}"] = server.repos.pop(REPO)
    words(folder, "# Borealis\n")
    first = send(server, folder, create_pr=True)
    words(folder, "# Borealis\n\nMore.\n")
    assert send(server, folder, create_pr=True).pull_request == first.pull_request
    assert len(server.repos[f"datasets/{REPO}"].pulls) == 1


def test_a_pull_request_records_the_words_of_main_and_not_what_a_build_writes(server: Hub, folder: Path) -> None:
    server.edit(REPO, "README.md", b"---\nlicense: other\nthumbnail: x\n---\n# Borealis\n\nBy marketing.\n")
    words(folder, "Mine.\n")
    send(server, folder, create_pr=True)
    first = card_record(head(server, "refs/pr/1").files["README.md"]).words["main"]
    assert len(first) == 3, "two paragraphs and the thumbnail; the license is written by the build"
    server.edit(REPO, "README.md", b"---\nlicense: gpl-3.0\n---\n# Borealis\n\nBy marketing.\n\nMore.\n")
    send(server, folder, create_pr=True)
    card = head(server, "refs/pr/1").files["README.md"]
    assert len(card_record(card).words["main"]) == 3
    assert card.count(b"license: apache-2.0\n") == 1
    assert b"thumbnail" not in card


def test_what_was_changed_on_main_is_in_the_updated_pull_request(server: Hub, folder: Path) -> None:
    server.edit(REPO, "README.md", b"# Borealis\n\nBy marketing.\n\nOld.\n")
    words(folder, "Mine.\n")
    send(server, folder, create_pr=True)
    server.edit(REPO, "README.md", b"# Borealis\n\nBy marketing, later.\n\nOld.\n")
    found = send(server, folder, create_pr=True)
    assert found.pull_request == f"{server.url}/{REPO}/discussions/1"
    text = head(server, "refs/pr/1").files["README.md"].decode()
    for part in ("By marketing, later.", "Old.", "Mine."):
        assert text.count(part) == 1
    assert "By marketing.\n" not in text
    assert send(server, folder, create_pr=True).is_unchanged


def test_what_was_taken_out_in_the_folder_is_not_in_a_new_pull_request(server: Hub, folder: Path) -> None:
    words(folder, "# Borealis\n\nOne.\n\nTwo.\n")
    send(server, folder)
    words(folder, "# Borealis\n\nOne.\n")
    send(server, folder, create_pr=True)
    assert b"Two." not in head(server, "refs/pr/1").files["README.md"]
    assert b"One." in head(server, "refs/pr/1").files["README.md"]


def test_a_server_that_lists_no_pull_requests_gets_a_new_one(server: Hub, folder: Path) -> None:
    words(folder, "# Borealis\n")
    send(server, folder, create_pr=True)

    def refuse(handler: Any, step: str) -> bool:  # noqa: ANN401 - the server's handler
        if step == "discussions":
            handler.send(404, b"{}", {"Content-Type": "application/json"})
        return step == "discussions"

    server.fault = refuse
    words(folder, "# Borealis\n\nMore.\n")
    assert send(server, folder, create_pr=True).pull_request == f"{server.url}/{REPO}/discussions/2"


def test_a_pull_request_to_a_repo_that_is_created_is_opened_there(server: Hub, folder: Path) -> None:
    server.repos.clear()
    found = send(server, folder, create_pr=True, create=True)
    assert (found.created, found.pull_request) == (True, f"{server.url}/{REPO}/discussions/1")
    assert set(head(server).files) == {".gitattributes"}
    assert set(head(server, "refs/pr/1").files) == BUNDLE | {".gitattributes"}


def test_the_same_content_is_no_commit_and_is_not_fetched(server: Hub, folder: Path) -> None:
    done = send(server, folder)
    assert changes(done) == dict.fromkeys(BUNDLE, "added")
    assert (done.unchanged, done.created, done.pull_request) == ((), False, None)
    assert (done.repo, done.kind, done.url) == (REPO, "model", f"{server.url}/{REPO}")
    assert done.commit == head(server).oid
    server.asked.clear()
    again = send(server, folder)
    assert again.changes == ()
    assert again.unchanged == tuple(sorted(BUNDLE))
    assert (again.commit, again.notes) == (head(server).oid, ())
    assert server.asked == [
        f"GET /api/models/{REPO}",
        f"GET /{REPO}/resolve/{head(server).oid}/README.md",
    ], "only the card is read: the Hub states the digests of the others"
    assert len(server.repos[REPO].branches["main"]) == 2


def test_only_what_differs_is_sent(server: Hub, folder: Path) -> None:
    send(server, folder)
    text = RELEASE.replace("2026 Borealis", "2025 Borealis")
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    found = send(server, folder, message="Another year")
    assert changes(found) == {"NOTICE": "changed", "README.md": "changed", "release.yaml": "changed"}
    assert found.unchanged == ("LICENSE", "LICENSES/Apache-2.0.txt")
    assert head(server).title == "Another year"
    (notice,) = [change for change in found.changes if change.path == "NOTICE"]
    assert "-Copyright (c) 2026 Borealis Lab" in notice.diff or "2026 Borealis Lab" in notice.diff
    assert notice.size == len(head(server).files["NOTICE"])


def test_files_that_the_hub_has_are_not_sent_again(server: Hub, folder: Path) -> None:
    for name in ("a.safetensors", "b.safetensors"):
        (folder / name).write_bytes(b"\x02\0\0\0\0\0\0\0{}" + name.encode())
    done = send(server, folder, with_files=True)
    assert changes(done)["a.safetensors"] == "added"
    assert {change.size for change in done.changes if change.path == "a.safetensors"} == {23}
    assert {change.diff for change in done.changes if change.path == "a.safetensors"} == {""}
    (folder / "a.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}" + b"x")
    found = send(server, folder, with_files=True)
    assert changes(found) == {"a.safetensors": "changed"}
    assert "b.safetensors" in found.unchanged
    assert server.repos[REPO].large == {"a.safetensors", "b.safetensors"}


def test_files_of_earlier_releases_are_named_the_first_ten(server: Hub, folder: Path) -> None:
    server.edit(REPO, ".gitignore", b"tmp\n")
    old = {f"part-{n:02}.safetensors": b"old" for n in range(12)}
    server.repos[REPO].add("main", "old", head(server).files | old)
    (folder / "new.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    found = send(server, folder, with_files=True)
    names = ", ".join(f"part-{n:02}.safetensors" for n in range(10))
    assert found.notes == (
        f"{REPO}: files of earlier releases stay on the Hub: {names} and 2 more. --prune deletes them.",
    )
    server.repos[REPO].add("main", "two less", {p: c for p, c in head(server).files.items() if p[:6] != "part-1"})
    (note,) = send(server, folder, with_files=True).notes
    assert note.endswith(f"stay on the Hub: {names}. --prune deletes them.")
    server.repos[REPO].add("main", "two more", head(server).files | old)
    alone = send(server, folder)
    assert alone.notes == (), "without the files of the layers nothing is known of those there"
    pruned = send(server, folder, with_files=True, prune=True)
    assert pruned.notes == ()
    assert changes(pruned) == dict.fromkeys(old, "removed")
    assert {change.size for change in pruned.changes} == {None}
    assert set(head(server).files) == BUNDLE | {".gitattributes", ".gitignore", "new.safetensors"}


def test_a_pattern_for_everything_never_takes_the_files_of_git(server: Hub, folder: Path) -> None:
    (folder / "release.yaml").write_text(RELEASE.replace('"*.safetensors"', '"**"'), encoding="utf-8")
    (folder / "new.bin").write_bytes(b"x")
    server.edit(REPO, ".gitignore", b"tmp\n")
    server.edit(REPO, "old.bin", b"old")
    found = send(server, folder, with_files=True, prune=True)
    assert {path for path, change in changes(found).items() if change == "removed"} == {"old.bin"}
    assert {".gitattributes", ".gitignore", "new.bin"} <= set(head(server).files)


def test_what_an_earlier_build_left_goes_unless_a_person_edited_it(server: Hub, folder: Path) -> None:
    text = RELEASE + "outputs: [card, licenses, reuse, badges]\n"
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    send(server, folder)
    extra = set(head(server).files) - BUNDLE - set(ATTRIBUTES)
    assert "REUSE.toml" in extra
    server.edit(REPO, "REUSE.toml", head(server).files["REUSE.toml"] + b"# mine\n")
    (folder / "release.yaml").write_text(RELEASE, encoding="utf-8")
    dry = send(server, folder, dry_run=True)
    removed = {change.path: change.diff for change in dry.changes if change.change == "removed"}
    gone = removed.keys()
    assert all(diff == format_diff(path, head(server).files[path], b"") for path, diff in removed.items())
    assert any(removed.values())
    assert dict(dry.settings) == {}
    assert gone == extra - {"REUSE.toml"}
    assert any("files of earlier releases stay on the Hub: REUSE.toml. --prune" in note for note in dry.notes)
    pruned = send(server, folder, prune=True)
    assert {path for path, change in changes(pruned).items() if change == "removed"} == extra
    assert "REUSE.toml" not in head(server).files


def test_a_file_that_a_person_wrote_stops_the_push_with_both_ways_out(server: Hub, folder: Path) -> None:
    server.edit(REPO, "LICENSE", b"All rights reserved.\n")
    server.edit(REPO, "NOTICE", b"Mine.\n")
    why = "somebody wrote this file; charter did not."
    message, remedy = stopped(server, folder)
    assert message == (
        f"{REPO}: LICENSE on the Hub is not the file of this release: {why}\n"
        f"{REPO}: NOTICE on the Hub is not the file of this release: {why}\nNothing was sent."
    )
    assert remedy == (
        "Replace it with --force LICENSE, or keep it with --keep LICENSE.\n"
        "  Replace it with --force NOTICE, or keep it with --keep NOTICE."
    )
    dry = send(server, folder, dry_run=True)
    assert dry.blocked == tuple(message.splitlines()[:2])
    assert (changes(dry)["LICENSE"], changes(dry)["NOTICE"]) == ("kept", "kept")
    assert {(change.why, change.diff) for change in dry.changes if change.change == "kept"} == {(why, "")}
    message, _ = stopped(server, folder, keep=("LICENSE",))
    assert "LICENSE on the Hub" not in message
    done = send(server, folder, keep=("LICENSE",), force=("NOTICE",))
    assert (changes(done)["LICENSE"], changes(done)["NOTICE"]) == ("kept", "changed")
    assert done.blocked == ()
    assert head(server).files["LICENSE"] == b"All rights reserved.\n"
    assert head(server).files["NOTICE"] != b"Mine.\n"
    forced = send(server, folder, force=True)
    assert changes(forced) == {"LICENSE": "changed", "README.md": "changed"}, "the card's record names it now"


def test_forced_words_come_back_and_keys_of_the_build_are_no_difference(server: Hub, folder: Path) -> None:
    server.edit(REPO, "README.md", b"---\nlicense: gpl-3.0\n---\n# Borealis\n")
    words(folder, "---\nlicense: other\n---\nOne.\n\nTwo.\n")
    assert send(server, folder).notes == ()
    server.edit(REPO, "README.md", head(server).files["README.md"].replace(b"Two.\n\n", b""))
    (note,) = send(server, folder).notes
    assert "1 paragraph of your folder is not on the Hub" in note
    assert b"Two." not in head(server).files["README.md"]
    assert send(server, folder, force=("README.md",)).notes == ()
    assert head(server).files["README.md"].count(b"Two.") == 1


def test_the_folder_s_own_release_file_on_the_hub_is_left_as_it_is(server: Hub, folder: Path) -> None:
    text = f"# A comment that the published form does not have.\n{RELEASE}"
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    server.edit(REPO, "release.yaml", text.encode())
    found = send(server, folder)
    assert changes(found)["release.yaml"] == "kept"
    assert head(server).files["release.yaml"] == text.encode()
    assert changes(send(server, folder)) == {"release.yaml": "kept"}
    server.edit(REPO, "release.yaml", text.encode() + b"# edited on the Hub\n")
    message, _ = stopped(server, folder)
    assert "release.yaml on the Hub is not the file of this release" in message


@pytest.mark.parametrize("path", ["LICENSE", "LICENSES/Apache-2.0.txt"])
def test_another_copy_of_the_same_license_is_left_as_it_is(server: Hub, folder: Path, path: str) -> None:
    ours = build(read_release(folder))[path]
    theirs = ours.replace(b"\n", b"\r\n") + b"\r\n\r\n" if path == "LICENSE" else b"\n\n" + ours.replace(b"  ", b" ")
    server.edit(REPO, path, theirs)
    found = send(server, folder)
    assert head(server).files[path] == theirs
    assert changes(found).get(path, "kept") == "kept"
    assert send(server, folder).is_unchanged


def test_another_license_is_not_the_same_license(server: Hub, folder: Path) -> None:
    mit = build(parse_release(RELEASE.replace("Apache-2.0", "MIT")))["LICENSE"]
    server.edit(REPO, "LICENSES/Apache-2.0.txt", mit)
    message, _ = stopped(server, folder)
    assert message.startswith(f"{REPO}: LICENSES/Apache-2.0.txt on the Hub is not the file of this release: ")


def test_a_license_that_is_no_text_is_not_the_same_license(server: Hub, folder: Path) -> None:
    server.edit(REPO, "LICENSE", b"\xff\xfe All rights reserved.\n")
    message, _ = stopped(server, folder)
    assert message.startswith(f"{REPO}: LICENSE on the Hub is not the file of this release: ")


def test_a_file_of_another_license_is_not_compared_as_a_license(server: Hub, folder: Path) -> None:
    text = build(read_release(folder))["LICENSE"]
    server.edit(REPO, "NOTICE", text)
    message, _ = stopped(server, folder)
    assert message.startswith(f"{REPO}: NOTICE on the Hub is not the file of this release: ")


def test_a_conflict_in_the_card_names_the_repo_the_line_and_the_page(server: Hub, folder: Path) -> None:
    send(server, folder)
    text = head(server).files["README.md"].replace(b"## What is released", b"## What we give you")
    server.edit(REPO, "README.md", text)
    line = text[: text.index(b"<!-- charter:begin")].count(b"\n") + 1
    message, remedy = stopped(server, folder)
    assert message == (
        f"{REPO}: README.md on the Hub, line {line}: the generated part that begins here was edited by hand."
    )
    assert remedy == (
        "Move your words outside the markers or into the release file, or replace them with --force. "
        f"See {server.url}/{REPO}/blob/main/README.md"
    )
    with pytest.raises(BundleConflictError) as caught:
        send(server, folder)
    assert caught.value.paths == ("README.md",)
    server.repos[REPO].branches["dev"] = [head(server)]
    _, remedy = stopped(server, folder, revision="dev")
    assert remedy.endswith(f"See {server.url}/{REPO}/blob/dev/README.md")
    forced = send(server, folder, force=("README.md",))
    assert changes(forced) == {"README.md": "changed"}


def test_a_conflict_in_the_folder_s_card_names_the_folder(server: Hub, folder: Path) -> None:
    server.edit(REPO, "README.md", b"# Borealis\n")
    words(folder, "---\n{license: mit}\n---\n")
    with pytest.raises(BundleConflictError) as caught:
        send(server, folder)
    assert caught.value.paths == ("README.md",)
    message, remedy = stopped(server, folder)
    assert message == f"{REPO}: README.md of your folder, line 2: the front matter is written in braces."
    assert remedy == "Write one `key: value` a line, without braces."


def test_a_repo_that_exists_and_is_public_is_not_made_private(server: Hub, folder: Path) -> None:
    message, remedy = stopped(server, folder, private=True)
    assert message == f"{REPO}: the repo exists, and it is not private."
    assert remedy == (
        "Make it private in its settings on the Hub, or leave out --private: it is for repos that are created."
    )
    server.repos[REPO].private = True
    assert send(server, folder, private=True).private
    assert send(server, folder).private


def test_a_branch_that_is_missing_is_created_only_when_it_is_wanted(server: Hub, folder: Path) -> None:
    message, remedy = stopped(server, folder, revision="dev")
    assert message == f"{REPO}: the repo has no branch dev."
    assert remedy == "Fix the name, or create the branch: --create-branch"
    message, _ = stopped(server, folder, revision="refs/pr/9", create_branch=True)
    assert message == f"{REPO}: the repo has no branch refs/pr/9."
    dry = send(server, folder, revision="dev", create_branch=True, dry_run=True)
    assert changes(dry) == dict.fromkeys(BUNDLE, "added")
    assert list(server.repos[REPO].branches) == ["main"]
    done = send(server, folder, revision="dev", create_branch=True)
    assert done.commit == head(server, "dev").oid
    assert set(head(server, "dev").files) == BUNDLE | {".gitattributes"}
    assert set(head(server).files) == {".gitattributes"}
    assert not done.created
    assert send(server, folder, revision="dev").is_unchanged
    assert send(server, folder, revision="dev", create_branch=True).is_unchanged
    assert len(server.repos[REPO].branches["dev"]) == 2


def test_a_repo_that_is_missing_is_said_to_be_missing_or_hidden(
    server: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.repos.clear()
    message, remedy = stopped(server, folder)
    assert message == f"{REPO}: the Hub has no such model repo, or hides it from your token."
    assert remedy == "Fix the id, or let charter create the repo: charter push --create"
    message, _ = stopped(server, folder, revision="dev", create=True)
    assert message.startswith(f"{REPO}: the Hub has no such repo, or hides it from your token.")
    monkeypatch.setenv("HF_TOKEN", "")
    message, remedy = stopped(server, folder)
    assert message == f"{REPO}: the Hub has no such model repo, or hides it."
    assert remedy == LOGIN
    message, _ = stopped(server, folder, create=True)
    assert "(401)" in message
    dry = send(server, folder, create=True, dry_run=True)
    assert dry.created


@pytest.mark.parametrize("revision", [None, "main"])
@pytest.mark.parametrize("private", [False, True])
def test_a_repo_that_is_created_holds_the_bundle(
    server: Hub, folder: Path, revision: str | None, private: bool
) -> None:
    server.repos.clear()
    dry = send(server, folder, revision=revision, private=private, dry_run=True)
    assert (dry.created, dry.private, dry.url) == (True, private, f"{server.url}/{REPO}")
    assert (dry.is_unchanged, dry.notes) == (False, ())
    assert not server.repos
    done = send(server, folder, revision=revision, private=private, create=True)
    assert (done.created, done.private) == (True, private)
    assert server.repos[REPO].private is private
    assert set(head(server).files) == BUNDLE | {".gitattributes"}
    assert [commit.title for commit in server.repos[REPO].branches["main"]] == ["initial commit", "Publish Borealis"]


def test_a_data_set_repo_is_read_created_and_linked_as_one(server: Hub, folder: Path) -> None:
    text = (
        RELEASE.replace("  weights:", "  data:")
        .replace("*.safetensors", "*.jsonl")
        .replace("  task: text-generation\n", "")
    )
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    message, _ = stopped(server, folder)
    assert message == f"{REPO}: the Hub has no such dataset repo, or hides it from your token."
    assert send(server, folder, dry_run=True).url == f"{server.url}/datasets/{REPO}"
    done = send(server, folder, create=True)
    assert (done.kind, done.url) == ("dataset", f"{server.url}/datasets/{REPO}")
    assert set(server.repos) == {REPO, f"datasets/{REPO}"}
    assert set(server.repos[f"datasets/{REPO}"].files) >= BUNDLE
    assert send(server, folder, revision="dev", create_branch=True).changes == ()
    assert "dev" in server.repos[f"datasets/{REPO}"].branches
    card = server.repos[f"datasets/{REPO}"].files["README.md"]
    edited = card.replace(b"# Borealis\n", b"# Ours\n", 1)
    assert edited != card
    server.edit(f"datasets/{REPO}", "README.md", edited)
    _, remedy = stopped(server, folder)
    assert remedy.endswith(f"See {server.url}/datasets/{REPO}/blob/main/README.md")


def test_items_on_request_need_a_gated_repo(server: Hub, folder: Path) -> None:
    (folder / "release.yaml").write_text(GATED, encoding="utf-8")
    message, remedy = stopped(server, folder)
    assert message == (
        f"{REPO}: the release file marks items as gated, but anyone can download from this repo.\nNothing was sent."
    )
    assert remedy == (
        "Add --gated auto (the Hub gives access to everyone who asks) or --gated manual (you approve each request)."
    )
    dry = send(server, folder, gated="auto", dry_run=True)
    assert (dict(dry.settings), dry.blocked) == ({"gated": "auto"}, ())
    note = f"{REPO}: the gating setting applies to the whole repo at once, and to all its branches."
    assert dry.notes == (note,)
    assert server.repos[REPO].gated is False
    done = send(server, folder, gated="auto")
    assert (dict(done.settings), done.is_unchanged, done.commit) == ({"gated": "auto"}, False, head(server).oid)
    assert server.repos[REPO].gated == "auto"
    again = send(server, folder, gated="auto")
    assert (dict(again.settings), again.is_unchanged, again.notes) == ({}, True, ())
    stays = send(server, folder)
    assert (dict(stays.settings), stays.blocked) == ({}, ())
    other = send(server, folder, gated="manual")
    assert (dict(other.settings), server.repos[REPO].gated) == ({"gated": "manual"}, "manual")
    assert changes(other) == {}
    assert len(server.repos[REPO].branches["main"]) == 2


def test_a_gated_repo_without_gated_items_is_noted(server: Hub, folder: Path) -> None:
    server.repos[REPO].gated = "auto"
    assert send(server, folder).notes == (
        f"{REPO}: people have to request access on the Hub, but the release file marks nothing in this repo as gated.",
    )


def test_a_repo_that_is_created_for_gated_items_is_gated_first(server: Hub, folder: Path) -> None:
    server.repos.clear()
    (folder / "release.yaml").write_text(GATED, encoding="utf-8")
    seen: list[str | bool] = []

    def watch(handler: object, step: str) -> bool:
        if step in ("commit", "preupload"):
            seen.append(server.repos[REPO].gated)
        return False

    server.fault = watch
    dry = send(server, folder, gated="manual", dry_run=True)
    assert dry.notes == (), "a repo without a commit has nobody who uses it"
    done = send(server, folder, gated="manual", create=True)
    assert (done.created, dict(done.settings)) == (True, {"gated": "manual"})
    assert set(seen) == {"manual"}


def test_a_dry_run_has_the_hub_check_the_card(server: Hub, folder: Path) -> None:
    text = RELEASE.replace("  languages", "  tags: [a]\n  languages")
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    server.edit(REPO, "README.md", b"---\nbase_model: no id\n---\n# Borealis\n")
    with pytest.raises(HubError) as caught:
        send(server, folder, dry_run=True)
    assert caught.value.message == (
        f"{REPO}: the Hub refuses the front matter of README.md. Nothing was published.\n"
        '  README.md:2: "base_model" with value "no id" is not valid. Use a model id from https://hf.co/models.'
    )
    assert caught.value.remedy == (
        "Fix it in that file. A key that is not from the release file is in your README.md or in the one on the Hub."
    )
    message, _ = stopped(server, folder)
    assert message == caught.value.message


def test_what_the_hub_refuses_is_located_in_the_release_file_or_in_the_card(server: Hub, folder: Path) -> None:
    words(folder, "---\nmyKey: 1\n---\n# Borealis\n\n: a definition\n")
    said = ('"pipeline_tag" is odd', "the whole is odd", '"x_y" is odd', '"myKey" is odd')
    server.strict = [{"message": text} for text in said]
    message, _ = stopped(server, folder)
    lines = RELEASE.splitlines()
    at = next(n for n, line in enumerate(lines, 1) if "task:" in line)
    column = lines[at - 1].index("text-generation") + 1
    places = [line.strip().partition(": ") for line in message.splitlines()[1:]]
    assert [(place, text) for place, _, text in places] == list(
        zip(
            (f"{folder / 'release.yaml'}:{at}:{column}", "README.md:1", "README.md:1", "README.md:2"), said, strict=True
        )
    )


def test_a_refused_card_that_is_not_sent_again_is_named(server: Hub, folder: Path) -> None:
    send(server, folder)
    (folder / "a.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    server.strict = [{"message": '"thumbnail" is odd'}]
    with pytest.raises(HubError) as caught:
        send(server, folder, with_files=True)
    assert caught.value.message.splitlines()[1] == '  README.md:1: "thumbnail" is odd'


def test_a_release_without_a_card_is_published_beside_the_card_there(server: Hub, folder: Path) -> None:
    (folder / "release.yaml").write_text(RELEASE + "outputs: [licenses]\n", encoding="utf-8")
    words(folder, "# Mine, and not published\n")
    server.edit(REPO, "README.md", b"# Theirs\n")
    server.strict = [{"message": '"thumbnail" is odd'}]
    message, _ = stopped(server, folder)
    assert message.splitlines()[1] == '  README.md:1: "thumbnail" is odd'
    server.strict = []
    found = send(server, folder)
    assert "README.md" not in changes(found)
    assert head(server).files["README.md"] == b"# Theirs\n"
    assert send(server, folder).is_unchanged


def test_a_card_is_checked_by_the_hub_once_and_as_the_kind_it_is(server: Hub, folder: Path) -> None:
    checked: list[tuple[str, str]] = []

    def watch(handler: Any, step: str) -> bool:  # noqa: ANN401 - the server's handler
        if step == "validate":
            value = json.loads(handler.body)
            checked.append((value["repoType"], value["content"].splitlines()[1]))
        return False

    server.fault = watch
    send(server, folder)
    assert checked == [("model", "license: apache-2.0")], "the client does it before the commit"
    assert send(server, folder).is_unchanged
    assert len(checked) == 1
    (folder / "release.yaml").write_text(DATA, encoding="utf-8")
    server.repos[f"datasets/{REPO}"] = server.repos[REPO]
    send(server, folder, dry_run=True)
    assert [kind for kind, _ in checked] == ["model", "dataset"]


def test_a_hub_that_cannot_check_a_card_is_named_with_the_repo(server: Hub, folder: Path) -> None:
    def refuse(handler: Any, step: str) -> bool:  # noqa: ANN401 - the server's handler
        if step == "validate":
            handler.send(404, b"{}", {"Content-Type": "application/json"})
        return step == "validate"

    server.fault = refuse
    with pytest.raises(HubError) as caught:
        send(server, folder, dry_run=True)
    assert caught.value.message == f"{REPO}: {server.url} does not have this (404)."


def test_warnings_of_the_hub_are_notes(server: Hub, folder: Path) -> None:
    def warn(handler: Any, step: str) -> bool:  # noqa: ANN401 - the server's handler
        if step == "validate":
            body = b'{"errors": [], "warnings": [{"message": "a bit odd"}]}'
            handler.send(200, body, {"Content-Type": "application/json"})
        return step == "validate"

    server.fault = warn
    assert send(server, folder, dry_run=True).notes == (f"{REPO}: the Hub warns: a bit odd",)


def test_a_card_that_is_no_yaml_is_never_sent(server: Hub, folder: Path) -> None:
    server.edit(REPO, "README.md", b"---\nthumbnail: [a\n---\n# Borealis\n")
    with pytest.raises(HubError) as caught:
        send(server, folder)
    assert "README.md" in caught.value.message


def test_files_that_the_repo_ignores_block_a_dry_run(server: Hub, folder: Path) -> None:
    server.edit(REPO, ".gitignore", b"NOTICE\nLICENSE\n")
    dry = send(server, folder, dry_run=True)
    assert dry.blocked == (f"{REPO}: the repo's .gitignore drops LICENSE, NOTICE.",)
    message, _ = stopped(server, folder)
    assert message == f"{REPO}: the repo's .gitignore drops LICENSE, NOTICE. Nothing was published."


def test_a_repo_that_is_empty_is_published_to(server: Hub, folder: Path) -> None:
    server.repos["lab/other"] = Repo()
    server.repos[REPO].branches["main"][-1].files.clear()
    done = send(server, folder)
    assert set(head(server).files) == BUNDLE
    assert changes(done) == dict.fromkeys(BUNDLE, "added")
