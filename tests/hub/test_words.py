"""What people write in the folder and on the Hub: no word of either side is lost or doubled, whoever publishes how."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest

from tests.effort import sampled
from tests.hub.run import Done, Hurried, release
from tests.hub.server import Hub, hub

REPO = "lab/borealis"
BEGIN = "# Borealis\n\nWritten at home with a tpyo.\n\nTo be taken out at home.\n\nThe last one.\n"
HOME = BEGIN.replace("tpyo", "typo").replace("To be taken out at home.\n\n", "") + "\nNew at home.\n"
CHANGED = ("folder", "hub", "both", "neither")
MEMORY = ("same machine", "none", "stale", "another place", "clone")
WAYS = ("push", "pull request")
CASES = sampled(itertools.product(CHANGED, MEMORY, WAYS), lambda number, case: case[0] == "both" or number % 3 == 0)


def card(server: Hub, revision: str = "main") -> str:
    """The card of the repo."""
    return server.repos[REPO].branches[revision][-1].files["README.md"].decode()


def publish(run: Hurried, server: Hub, folder: Path, way: str) -> Done:
    """Publish a folder; a pull request is merged."""
    before = len(server.repos[REPO].pulls)
    done = run(server, "push", folder, *(("--create-pr",) if way != "push" else ()))
    assert done.returncode == 0, done.stderr
    pulls = server.repos[REPO].pulls
    if len(pulls) > before:
        server.merge(REPO, len(pulls))
    return done


def git(folder: Path) -> None:
    """Make a folder look like a checkout of a repository."""
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text('[remote "origin"]\n\turl = git@git.example:lab/borealis.git\n')


@pytest.mark.parametrize(("changed", "memory", "way"), CASES)
def test_no_word_is_lost_or_doubled(changed: str, memory: str, way: str, tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    (folder / "README.md").write_text(BEGIN, encoding="utf-8")
    git(folder)
    with hub({REPO: {".gitattributes": b""}}) as server:
        publish(hurried, server, folder, way)
        if memory == "stale":  # the folder published, then another checkout of the repository did
            other = shutil.copytree(folder, tmp_path / "other")
            (other / "README.md").write_text(BEGIN + "\nFrom the other checkout.\n", encoding="utf-8")
            publish(hurried, server, other, way)
        if memory == "another place":  # a build machine: another path, and a git checkout by HTTPS with a token
            folder = folder.rename(tmp_path / "builds-7")
            config = '[remote "origin"]\n\turl = https://ci:secret@git.example/lab/borealis\n'
            (folder / ".git" / "config").write_text(config)
        if memory == "clone":  # a clone of the Hub's own repo, edited there
            (folder / "README.md").write_text(card(server), encoding="utf-8")
            shutil.rmtree(folder / ".git")
            folder = folder.rename(tmp_path / "clone")
        if changed in ("folder", "both"):
            text = (folder / "README.md").read_text(encoding="utf-8")
            now = text.replace("tpyo", "typo").replace("To be taken out at home.\n\n", "")
            now = now.replace("The last one.\n", "The last one.\n\nNew at home.\n", 1)
            (folder / "README.md").write_text(now, encoding="utf-8")
        if changed in ("hub", "both"):
            text = card(server).replace("The last one.", "The last one, polished.\n\nBy marketing.")
            server.edit(REPO, "README.md", text.encode())
        before = len(server.repos[REPO].branches["main"])
        done = publish(hurried, server, folder, way)
        text = card(server)
        home, theirs = changed in ("folder", "both"), changed in ("hub", "both")
        once = ["# Borealis", "a typo." if home else "a tpyo."]
        once += ["New at home."] if home else ["To be taken out at home."]
        once += ["The last one, polished.", "By marketing."] if theirs else ["The last one."]
        once += ["From the other checkout."] if memory == "stale" else []
        for words in once:
            assert text.count(words) == 1, (words, text)
        for words in ("tpyo", "To be taken out") if home else ("typo", "New at home"):
            assert words not in text
        if theirs:
            assert "1 paragraph of your folder is not on the Hub" in done.stderr
            assert "The last one." in done.stderr
        if not home and memory != "clone":
            assert "nothing to do" in done.stderr
            assert len(server.repos[REPO].branches["main"]) == before
        again = publish(hurried, server, folder, way)
        assert "nothing to do" in again.stderr
        assert card(server) == text


def test_a_second_pull_request_updates_the_open_one(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    (folder / "README.md").write_text(BEGIN, encoding="utf-8")
    old = {".gitattributes": b"", "README.md": b"# Borealis\n\nBy marketing.\n\nAlso by marketing.\n"}
    with hub({REPO: old}) as server:
        first = hurried(server, "push", folder, "--create-pr")
        (folder / "README.md").write_text(HOME, encoding="utf-8")
        pull = server.repos[REPO].branches["refs/pr/1"]
        reviewed = pull[-1].files["README.md"].replace(b"# Borealis\n", b"# Borealis\n\nBy a reviewer.\n", 1)
        server.repos[REPO].add("refs/pr/1", "Review", pull[-1].files | {"README.md": reviewed})
        changed = old["README.md"].replace(b"Also by", b"Also, later, by") + b"\nMore by marketing.\n"
        server.edit(REPO, "README.md", changed)
        second = hurried(server, "push", folder, "--create-pr")
        assert second.returncode == 0, second.stderr
        assert second.stdout == first.stdout
        assert len(server.repos[REPO].pulls) == 1
        text = card(server, "refs/pr/1")
        for words in ("By marketing.", "By a reviewer.", "a typo.", "Also, later, by", "More by", "New at home."):
            assert text.count(words) == 1, (words, text)
        for words in ("tpyo", "Also by marketing", "To be taken out"):
            assert words not in text
        again = hurried(server, "push", folder, "--create-pr")
        assert "nothing to do" in again.stderr
        assert again.stdout == first.stdout
        assert len(pull) == 3
        server.merge(REPO, 1)
        (folder / "README.md").write_text(HOME + "\nAfter the merge.\n", encoding="utf-8")
        third = hurried(server, "push", folder, "--create-pr")
        assert third.stdout.strip().endswith("/discussions/2")


def test_a_repo_that_was_made_again_gets_the_words_again(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    (folder / "README.md").write_text(BEGIN + "\n## Ethics\n\nThink first.\n", encoding="utf-8")
    with hub({REPO: {".gitattributes": b""}}) as server:
        assert hurried(server, "push", folder).returncode == 0
        then = server.repos[REPO].branches["main"][-1].files
        server.repos[REPO].branches["main"].clear()
        server.repos[REPO].add("main", "initial commit", {"README.md": b"---\nlicense: mit\n---\n"})
        done = hurried(server, "push", folder)
        assert done.returncode == 0, done.stderr
        assert card(server).count("Think first.") == 1
        # The branch is reset to what it was two commits ago.
        (folder / "README.md").write_text(BEGIN + "\n## Ethics\n\nThink twice.\n", encoding="utf-8")
        assert hurried(server, "push", folder).returncode == 0
        server.repos[REPO].add("main", "reset", then)
        done = hurried(server, "push", folder)
        assert done.returncode == 0, done.stderr
        assert card(server).count("Think twice.") == 1
        assert "Think first." not in card(server)


def test_what_was_taken_out_on_the_hub_is_named_and_comes_back_with_force(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    (folder / "README.md").write_text(BEGIN, encoding="utf-8")
    with hub({REPO: {".gitattributes": b""}}) as server:
        assert hurried(server, "push", folder).returncode == 0
        server.edit(REPO, "README.md", card(server).replace("The last one.\n\n", "By marketing.\n\n").encode())
        for _ in range(2):
            done = hurried(server, "push", folder)
            assert done.returncode == 0
            assert "not on the Hub: changed or removed there" in done.stderr
            assert "The last one." in done.stderr
            assert "The last one." not in card(server)
        done = hurried(server, "push", folder, "--force", "README.md")
        assert done.returncode == 0, done.stderr
        assert card(server).count("The last one.") == card(server).count("By marketing.") == 1


def test_another_folder_s_words_stay_unless_this_one_replaces_it(tmp_path: Path, hurried: Hurried) -> None:
    first, second = release(tmp_path / "a" / "model"), release(tmp_path / "b" / "model")
    (first / "README.md").write_text("# Borealis\n\nBy anna.\n", encoding="utf-8")
    (second / "README.md").write_text("# Borealis\n\nBy bert.\n", encoding="utf-8")
    with hub({REPO: {".gitattributes": b""}}) as server:
        assert hurried(server, "push", first).returncode == 0
        done = hurried(server, "push", second)
        assert "another folder published paragraphs" in done.stderr
        assert card(server).count("By anna.") == card(server).count("By bert.") == 1
        assert hurried(server, "push", second, "--force", "README.md").returncode == 0
        assert "By anna." not in card(server)
        assert card(server).count("By bert.") == 1


def test_a_card_with_windows_line_ends_is_published_once(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    theirs = b"---\r\nlicense: mit\r\ntags:\r\n- a\r\ndatasets: [x/y]\r\n---\r\n# Hi\r\n\r\nBy hand.\r\n"
    text = (folder / "release.yaml").read_text(encoding="utf-8").replace("languages:", "tags: [lora]\n  languages:")
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text("# Hi\n\nFrom home.\n", encoding="utf-8")
    with hub({REPO: {".gitattributes": b"", "README.md": theirs}}) as server:
        assert hurried(server, "push", folder).returncode == 0
        there = server.repos[REPO].files["README.md"]
        assert b"\r\r" not in there
        assert there.count(b"\n") == there.count(b"\r\n")
        assert b"\r\n\r\nBy hand.\r\n" in there
        assert b"From home.\r\n" in there
        for _ in range(2):
            assert "nothing to do" in hurried(server, "push", folder).stderr
        assert len(server.repos[REPO].branches["main"]) == 2
