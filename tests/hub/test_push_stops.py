"""What stops a push before anything is sent: gated items, a different LICENSE, a repo id that is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator import CharterError, build, load_release, push
from tests.hub.run import LAYERED, RELEASE, Hurried, release
from tests.hub.server import Hub, hub

ATTRIBUTES = {".gitattributes": b"*.safetensors filter=lfs\n"}
GATED = RELEASE.replace("availability: released", "availability: gated")
RESERVED = {"lab/borealis": ATTRIBUTES | {"LICENSE": b"All rights reserved.\n"}}


def commits(server: Hub, repo: str = "lab/borealis") -> int:
    """How many commits a repo has."""
    return len(server.repos[repo].branches["main"])


def test_gated_files_never_reach_a_repo_that_anyone_can_download(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model", GATED)
    (folder / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    with hub({}) as server:
        done = hurried(server, "push", folder, "--create", "--with-files")
        assert done.returncode == 2
        assert "--gated auto" in done.stderr
        assert not server.repos, "the repo is not created either"
        seen: list[str | bool] = []

        def watch(handler: object, step: str) -> bool:
            if step in ("lfs", "commit", "preupload"):
                seen.append(server.repos["lab/borealis"].gated)
            return False

        server.fault = watch
        done = hurried(server, "push", folder, "--create", "--with-files", "--gated", "manual")
        assert done.returncode == 0, done.stderr
        assert set(seen) == {"manual"}, "gated before the first byte"
        assert "model.safetensors" in server.repos["lab/borealis"].files
        assert "nothing to do" in hurried(server, "push", folder, "--with-files").stderr


def test_a_gating_setting_is_shown_counts_as_a_difference_and_is_read_back(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model", GATED)
    with hub({"lab/borealis": ATTRIBUTES}) as server:
        assert hurried(server, "push", folder).returncode == 2
        assert hurried(server, "push", folder, "--dry-run", "--exit-code").returncode == 1
        server.repos["lab/borealis"].gated = "auto"
        assert hurried(server, "push", folder).returncode == 0
        assert hurried(server, "push", folder, "--dry-run", "--exit-code").returncode == 0
        dry = hurried(server, "push", folder, "--dry-run", "--exit-code", "--gated", "manual", "--format", "json")
        assert dry.returncode == 1
        assert json.loads(dry.stdout)["repos"][0]["settings"] == {"gated": "manual"}
        assert server.repos["lab/borealis"].gated == "auto"
        done = hurried(server, "push", folder, "--gated", "manual")
        assert done.returncode == 0, done.stderr
        assert "setting  gated: manual" in done.stderr
        assert "nothing to do" not in done.stderr
        assert server.repos["lab/borealis"].gated == "manual"
        server.repos["lab/borealis"].gated = False

        def ignore(handler: Any, step: str) -> bool:  # noqa: ANN401 - the server's handler
            if step == "settings":
                handler.send(200, b"{}", {"Content-Type": "application/json"})
            return step == "settings"

        server.fault = ignore
        deaf = hurried(server, "push", folder, "--gated", "auto")
        assert deaf.returncode == 2
        assert "the repo is not gated" in deaf.stderr


def test_only_the_repos_that_hold_gated_items_are_gated(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model", GATED + LAYERED)
    with hub(dict.fromkeys(("lab/borealis", "datasets/lab/corpus", "lab/polish"), ATTRIBUTES)) as server:
        done = hurried(server, "push", folder, "--gated", "auto")
        assert done.returncode == 0, done.stderr
        assert [repo.gated for repo in server.repos.values()] == ["auto", False, False]
    with hub({"lab/borealis": ATTRIBUTES}) as server:
        none = hurried(server, "push", release(tmp_path / "open"), "--gated", "auto")
        assert none.returncode == 2
        assert "marks nothing as gated" in none.stderr
        assert server.asked == []


def test_a_license_that_says_something_else_stops_the_push(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    with hub(RESERVED) as server:
        done = hurried(server, "push", folder)
        assert done.returncode == 2
        assert "lab/borealis: LICENSE on the Hub is not the file of this release" in done.stderr
        assert "--force LICENSE" in done.stderr
        assert commits(server) == 1
        dry = hurried(server, "push", folder, "--dry-run", "--exit-code")
        assert dry.returncode == 1
        assert "push would stop" in dry.stderr
        kept = hurried(server, "push", folder, "--keep", "LICENSE")
        assert kept.returncode == 0, kept.stderr
        assert server.repos["lab/borealis"].files["LICENSE"] == b"All rights reserved.\n"
        again = hurried(server, "push", folder)
        assert again.returncode == 2
        assert "somebody wrote this file" in again.stderr, "the record does not name a file that charter did not write"
        assert "nothing to do" in hurried(server, "push", folder, "--keep", "LICENSE").stderr
        assert hurried(server, "push", folder, "--force", "NOTHING").returncode == 2
        forced = hurried(server, "push", folder, "--force", "LICENSE")
        assert forced.returncode == 0, forced.stderr
        assert b"Apache License" in server.repos["lab/borealis"].files["LICENSE"]
        assert hurried(server, "push", folder, "--dry-run", "--exit-code").returncode == 0


def test_the_same_license_with_other_copyright_lines_is_kept(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    with hub({"lab/borealis": ATTRIBUTES}) as server:
        assert hurried(server, "push", folder).returncode == 0
        text = server.repos["lab/borealis"].files["LICENSES/Apache-2.0.txt"]
        theirs = b"Copyright 2024 Borealis Lab\n\n" + text
        server.edit("lab/borealis", "LICENSE", theirs)
        done = hurried(server, "push", folder)
        assert done.returncode == 0, done.stderr
        assert "kept     LICENSE" in done.stderr
        assert server.repos["lab/borealis"].files["LICENSE"] == theirs


def test_a_dry_run_sees_the_gitignore_that_stops_the_push(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    with hub({"lab/borealis": ATTRIBUTES | {".gitignore": b"LICENSE\n"}}) as server:
        dry = hurried(server, "push", folder, "--dry-run", "--exit-code")
        assert dry.returncode == 1
        assert "push would stop: lab/borealis: the repo's .gitignore drops LICENSE" in dry.stderr


NO_IDS = ["", " ", "foo-bare", "https://huggingface.co/a/b", "a/b/c", "a b", "a/x.git", "a/", "/b", "a--b/c", "a/..b"]


@pytest.mark.parametrize("name", NO_IDS)
def test_what_is_no_repo_id_is_refused_before_anything_is_asked(name: str, tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    with hub({"lab/borealis": ATTRIBUTES}) as server:
        for done in (
            hurried(server, "push", folder, "--create", "--repo", name),
            hurried.run("rights", f"hub:{name}"),
        ):
            assert done.returncode == 2
            assert "repo" in done.stderr or "hub" in done.stderr
            assert "Hub's protocol" not in done.stderr
        assert server.asked == []
        assert set(server.repos) == {"lab/borealis"}
        bundle = build(load_release(folder))
        with pytest.raises(CharterError, match="repo"):
            push(bundle, name, create=True, endpoint=server.url)


def test_another_repo_moves_every_item_or_says_which_it_does_not(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model", RELEASE + LAYERED)
    names = ("me/try", "datasets/me/data", "me/adapter", "lab/borealis", "datasets/lab/corpus", "lab/polish")
    with hub(dict.fromkeys(names, ATTRIBUTES)) as server:
        done = hurried(server, "push", folder, "--repo", "me/try")
        assert done.returncode == 2
        assert "data to lab/corpus, deltas to lab/polish" in done.stderr
        assert server.asked == []
        moves = ("--repo", "me/try", "--repo", "data=me/data", "--repo", "lab/polish=me/adapter")
        done = hurried(server, "push", folder, *moves)
        assert done.returncode == 0, done.stderr
        assert [commits(server, name) for name in names] == [2, 2, 2, 1, 1, 1]
        alone = hurried(server, "push", folder, "--only", "data")
        assert alone.returncode == 0, alone.stderr
        assert [commits(server, name) for name in names] == [2, 2, 2, 1, 2, 1]
        alone = hurried(server, "push", folder, "--only", "lab/polish")
        assert alone.returncode == 0, alone.stderr
        assert [commits(server, name) for name in names] == [2, 2, 2, 1, 2, 2]
        unknown = hurried(server, "push", folder, "--only", "lab/polski")
        assert unknown.returncode == 2
        assert "Its repos: lab/borealis, lab/corpus, lab/polish." in unknown.stderr
