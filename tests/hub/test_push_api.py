"""Publishing from Python, in this process: what a script gets back, and which folder something was published from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import build, load_release, push
from generator.documents.bundle import Bundle
from generator.errors import CharterError, HubError
from generator.publishing.result import Change, Options, PublishResult, format_diff
from generator.publishing.source import folder_ids
from generator.publishing.uploads import RepoUpload, upload_of_bundle
from tests.hub.run import RELEASE, release
from tests.hub.server import TOKEN, Hub, hub

CARD = "---\nlicense: mit\n---\nWords of the Hub.\n"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub with one repo, and nothing of this machine."""
    from huggingface_hub import constants

    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hf"))
    with hub({"lab/borealis": {".gitattributes": b"", "README.md": CARD.encode()}}) as found:
        yield found


def test_a_dry_run_and_a_push_return_what_happens_to_each_file(tmp_path: Path, server: Hub) -> None:
    bundle = build(load_release(release(tmp_path / "model")))
    seen = push(bundle, "lab/borealis", endpoint=server.url, dry_run=True)
    assert (seen.repo, seen.kind, seen.commit, seen.pull_request) == ("lab/borealis", "model", None, None)
    assert (seen.created, seen.private, seen.is_unchanged, seen.differs) == (False, False, False, True)
    changes = {change.path: change for change in seen.changes}
    assert changes["README.md"].change == "changed"
    assert "+# Borealis" in changes["README.md"].diff
    assert changes["LICENSE"].change == changes["release.yaml"].change == "added"
    assert changes["LICENSE"].diff.startswith("--- /dev/null\n+++ b/LICENSE\n")
    assert seen.url == f"{server.url}/lab/borealis"
    done = push(bundle, "lab/borealis", endpoint=server.url, message="From Python")
    assert done.commit
    assert server.repos["lab/borealis"].branches["main"][-1].title == "From Python"
    again = push(bundle, "lab/borealis", endpoint=server.url)
    assert (again.is_unchanged, again.differs) == (True, False)
    assert {"LICENSE", "NOTICE", "README.md", "release.yaml"} <= set(again.unchanged)
    document = again.to_dict()
    assert document["changes"] == []
    assert document["settings"] == {}
    assert isinstance(document["unchanged"], list)
    assert isinstance(document["notes"], list)
    assert document["blocked"] == []
    assert document["repo"] == "lab/borealis"


def test_a_pull_request_is_opened_from_python(tmp_path: Path, server: Hub) -> None:
    bundle = build(load_release(release(tmp_path / "model")))
    done = push(bundle, "lab/borealis", endpoint=server.url, create_pr=True, release_file=False)
    assert done.pull_request == done.url == f"{server.url}/lab/borealis/discussions/1"
    assert "release.yaml" not in {change.path for change in done.changes}


@pytest.mark.parametrize(
    ("repo", "options", "message", "remedy"),
    [
        ("lab/borealis", {"colour": "red"}, "push has no option 'colour'.", "Known: create_pr, revision, create"),
        (
            "lab/borealis",
            {"force": "LICENSE"},
            "force: expected True or a tuple of paths.",
            'Write force=("LICENSE",).',
        ),
        ("lab/borealis", {"revision": ""}, "revision is empty.", "Pass a value for revision"),
        ("no repo", {}, "repo", ""),
    ],
)
def test_an_option_that_is_none_is_an_error(
    tmp_path: Path, server: Hub, repo: str, options: dict[str, str], message: str, remedy: str
) -> None:
    bundle = build(load_release(release(tmp_path / "model")))
    with pytest.raises(CharterError) as caught:
        push(bundle, repo, endpoint=server.url, **options)
    assert message in caught.value.message
    assert remedy in caught.value.remedy


def test_a_repo_that_is_missing_is_not_created_unasked(tmp_path: Path, server: Hub) -> None:
    bundle = build(load_release(release(tmp_path / "model")))
    with pytest.raises(HubError) as caught:
        push(bundle, "lab/other", endpoint=server.url)
    assert "lab/other" in caught.value.message
    assert "create=True" in caught.value.remedy
    made = push(bundle, "lab/other", endpoint=server.url, create=True, private=True)
    assert (made.created, made.private) == (True, True)


def test_a_bundle_is_an_upload_with_its_release_file(tmp_path: Path) -> None:
    text = RELEASE.replace("license: Apache-2.0", "license: LicenseRef-ours") + (
        "licenses:\n  LicenseRef-ours: {name: Our terms, license_text: TERMS.txt}\n"
    )
    folder = release(tmp_path / "model", text)
    (folder / "TERMS.txt").write_text("Our terms. You may look.\n", encoding="utf-8")
    bundle = build(load_release(folder))
    upload = upload_of_bundle(bundle, "lab/borealis")
    assert (upload.repo, upload.kind, upload.folder, upload.gated) == ("lab/borealis", "model", folder, False)
    assert dict(upload.files) == {}
    written = upload.bundle["release.yaml"].decode()
    assert "license_text: LICENSE" in written
    assert "TERMS.txt" not in written
    assert "release.yaml" not in upload_of_bundle(bundle, "lab/borealis", release_file=False).bundle
    assert {"license", "base_model", "datasets", "pipeline_tag"} <= set(upload.fields)
    with pytest.raises(CharterError, match=r"^repo: 'no repo' is not a repo id"):
        upload_of_bundle(bundle, "no repo")


def test_a_bundle_without_a_release_is_published_as_it_is(tmp_path: Path, server: Hub) -> None:
    bundle = Bundle({"LICENSE": b"Ours.\n"})
    title = "Publish with modelcharter"
    upload = upload_of_bundle(bundle, "lab/borealis")
    assert upload == RepoUpload("lab/borealis", "model", bundle, {}, None, title, gated=False, fields={})
    assert upload.gated is False
    found = push(bundle, "lab/borealis", endpoint=server.url)
    assert {change.path for change in found.changes} == {".charter.sha256", "LICENSE"}
    assert server.repos["lab/borealis"].branches["main"][-1].title == title
    assert server.repos["lab/borealis"].files["README.md"] == CARD.encode()


def test_the_options_force_some_paths_or_all() -> None:
    assert not Options().forces("LICENSE")
    assert Options(force=True).forces("LICENSE")
    assert [Options(force=("LICENSE",)).forces(path) for path in ("LICENSE", "NOTICE")] == [True, False]


def test_a_difference_is_a_unified_diff_of_texts_only() -> None:
    assert format_diff("a", None, b"x\n") == "--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n"
    changed = format_diff("a", b"x\ny", b"x\nz")
    assert changed == (
        "--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n x\n-y\n\\ No newline at end of file\n+z\n\\ No newline at end of file\n"
    )
    assert format_diff("a", b"\xff", b"x") == ""
    assert format_diff("a", b"x", b"y" * (1024 * 1024 + 1)) == ""
    assert format_diff("a", b"y" * (1024 * 1024 + 1), b"x") == ""
    assert format_diff("a", b"x\n", b"x\n") == ""
    assert format_diff("a", None, b"y" * 1024 * 1024)
    assert format_diff("a", b"y" * 1024 * 1024, b"x")


def test_a_result_says_why_a_file_is_kept() -> None:
    kept = Change("NOTICE", "kept", 3, "", "a person wrote it")
    added = Change("LICENSE", "added", 3, "+x\n")
    found = PublishResult("a/b", "model", "u", None, None, False, (kept, added), (), ("n",), settings={"gated": "auto"})
    assert not found.is_unchanged
    only = found._replace(changes=(kept,), settings={})
    assert (only.is_unchanged, only.differs) == (True, True)
    assert found._replace(changes=(), settings={}, blocked=("x",)).differs
    document = found.to_dict()
    assert document["changes"] == [
        {"path": "NOTICE", "change": "kept", "size": 3, "diff": "", "why": "a person wrote it"},
        {"path": "LICENSE", "change": "added", "size": 3, "diff": "+x\n"},
    ]
    assert (document["settings"], document["notes"]) == ({"gated": "auto"}, ["n"])
    plain = PublishResult("a/b", "model", "u", None, None, False, (), (), ()).to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain.keys() == document.keys() == set(PublishResult._fields)


def checkout(folder: Path, url: str, section: str = "origin") -> Path:
    """A folder with the settings of a git checkout."""
    (folder / ".git").mkdir(parents=True)
    config = (
        f'[core]\n\tbare = false\n[remote "{section}"]\n\turl = {url}\n\tfetch = +refs\n[branch "main"]\n\turl = no\n'
    )
    (folder / ".git" / "config").write_text(config, encoding="utf-8")
    (folder / "model").mkdir()
    return folder / "model"


def test_a_folder_is_known_by_its_place_and_by_its_place_in_a_repository(tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    assert folder_ids(alone) == (hashlib.sha256(f"path\n{alone}".encode()).hexdigest()[:12],)
    urls = [
        "https://github.com/lab/x.git",
        "https://user:secret@GitHub.com/lab/x",
        "git@github.com:lab/x.git",
        "ssh://git@github.com/lab/x.git/",
        "github.com:lab/x",
    ]
    ids = [folder_ids(checkout(tmp_path / f"c{n}", url)) for n, url in enumerate(urls)]
    assert {found[1] for found in ids} == {ids[0][1]}
    assert len({found[0] for found in ids}) == len(urls)
    others = [
        checkout(tmp_path / "d0", "https://github.com/lab/y.git"),
        checkout(tmp_path / "d1", "https://gitlab.com/lab/x.git"),
        checkout(tmp_path / "d2", "/srv/git/x.git"),
        (tmp_path / "c0"),
    ]
    assert ids[0][1] not in {folder_ids(other)[1] for other in others}
    assert len(folder_ids(checkout(tmp_path / "e", "https://github.com/lab/x", "upstream"))) == 1
    assert ids[0][1] == "ef9882b6efe0", "published cards name it"
    local = [checkout(tmp_path / f"f{n}", url) for n, url in enumerate(["/srv/git/x.git", "file:///srv/git/x"])]
    assert len({folder_ids(place)[1] for place in local}) == 1
    short = [checkout(tmp_path / f"g{n}", url) for n, url in enumerate(["https://a.b/X/lab", "https://a.b/lab"])]
    assert len({folder_ids(place)[1] for place in short}) == 2


def test_settings_of_git_are_read_up_to_a_size_and_in_any_encoding(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "c", "https://github.com/lab/x")
    config = tmp_path / "c" / ".git" / "config"
    known = folder_ids(folder)
    text = b"# \xff\n" + config.read_bytes()
    for size, expected in ((0, known), (256 * 1024 - 1, known), (256 * 1024, known[:1])):
        config.write_bytes(text + b"#" * (size - len(text)))
        assert folder_ids(folder) == expected


@pytest.mark.parametrize("text", ["", "[core]\n", '[remote "origin"]\n\tfetch = x\n', "\xff"])
def test_a_checkout_without_a_remote_is_known_by_its_place_alone(tmp_path: Path, text: str) -> None:
    folder = checkout(tmp_path / "c", "https://github.com/lab/x")
    (tmp_path / "c" / ".git" / "config").write_text(text, encoding="utf-8")
    checkout(tmp_path, "https://github.com/lab/around")
    assert len(folder_ids(folder)) == 1, "a checkout around it is another repository"
    (tmp_path / "c" / ".git" / "config").unlink()
    assert len(folder_ids(folder)) == 1


def test_a_worktree_has_the_remote_of_its_checkout(tmp_path: Path) -> None:
    main = checkout(tmp_path / "main", "https://github.com/lab/x.git")
    (tmp_path / "main" / ".git" / "worktrees" / "side").mkdir(parents=True)
    side = tmp_path / "side"
    (side / "model").mkdir(parents=True)
    (side / ".git").write_text(f"gitdir: {tmp_path}/main/.git/worktrees/side\n", encoding="utf-8")
    assert folder_ids(side / "model")[1] == folder_ids(main)[1]
    (side / ".git").write_text("gitdir: ../main/.git/worktrees/side \n", encoding="utf-8")
    assert folder_ids(side / "model")[1] == folder_ids(main)[1]
    (side / ".git").write_text("nothing\n", encoding="utf-8")
    assert len(folder_ids(side / "model")) == 1
