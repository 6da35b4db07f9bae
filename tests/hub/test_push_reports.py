"""What a push reports is what happened: merged cards, lost updates, refusals, interrupts, files that stay, JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.hub.run import LAYERED, RELEASE, Hurried, environment, release
from tests.hub.server import Repo, hub

ATTRIBUTES = {".gitattributes": b"*.safetensors filter=lfs\n"}
REPO = "lab/borealis"
BROKEN = {
    "---\n{license: mit, tags: [a]}\n---\n# Hi\n": "line 2: the front matter is written in braces",
    "---\nlicense: mit\nlicense: mit\n---\n# Hi\n": "line 3: the front matter has `license` a second time",
    "---\nthumbnail: [a\n---\n# Hi\n": "refuses the front matter of README.md",
    "---\n- a\n- b\n---\n# Hi\n": "",
}


@pytest.mark.parametrize("card", BROKEN)
def test_a_card_that_would_not_be_readable_is_never_sent(card: str, tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    with hub({REPO: ATTRIBUTES | {"README.md": card.encode()}}) as server:
        done = hurried(server, "push", folder)
        if done.returncode == 0:  # what is no front matter is text, and stays
            assert card.encode() in server.repos[REPO].files["README.md"]
            return
        assert done.returncode == 2
        assert f"{REPO}: " in done.stderr
        assert BROKEN[card] in done.stderr
        assert len(server.repos[REPO].branches["main"]) == 1


def test_a_list_that_is_null_is_no_entry(tmp_path: Path, hurried: Hurried) -> None:
    text = RELEASE.replace("  languages", "  tags: [lora]\n  languages")
    folder = release(tmp_path / "model", text)
    with hub({REPO: ATTRIBUTES | {"README.md": b"---\ntags: null\n---\n# Hi\n"}}) as server:
        assert hurried(server, "push", folder).returncode == 0
        assert b"tags:\n- lora\n" in server.repos[REPO].files["README.md"]


def test_the_message_says_whose_card_it_is_about(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    with hub({REPO: ATTRIBUTES}) as server:
        assert hurried(server, "push", folder).returncode == 0
        text = server.repos[REPO].files["README.md"].replace(b"## What is released", b"## What we give you")
        server.edit(REPO, "README.md", text)
        done = hurried(server, "push", folder)
        assert f"{REPO}: README.md on the Hub, line " in done.stderr
        assert f"{server.url}/{REPO}/blob/main/README.md" in done.stderr


def test_a_hub_that_ignores_the_parent_cannot_hide_a_lost_update(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    with hub({REPO: ATTRIBUTES | {"README.md": b"# Borealis\n"}}) as server:
        server.careless = True

        def meanwhile(handler: object, step: str) -> bool:
            if step == "commit":
                server.fault = None
                server.edit(REPO, "README.md", b"# Borealis\n\nBy marketing.\n")
            return False

        server.fault = meanwhile
        done = hurried(server, "push", folder)
        assert done.returncode == 2
        assert "may be overwritten" in done.stderr
        assert "marketing (“Update README.md”)" in done.stderr


def test_a_commit_that_is_the_old_head_is_no_commit(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    with hub({REPO: ATTRIBUTES}) as server:
        head = server.repos[REPO].branches["main"][-1].oid

        def pretend(handler: Any, step: str) -> bool:  # noqa: ANN401 - the server's handler
            if step == "commit":
                body = {"success": True, "commitOid": head, "commitUrl": f"{REPO}/commit/{head}"}
                handler.send(200, json.dumps(body).encode(), {"Content-Type": "application/json"})
            return step == "commit"

        server.fault = pretend
        done = hurried(server, "push", folder)
        assert done.returncode == 2
        assert "made no commit. Nothing was published." in done.stderr


@pytest.mark.parametrize("status", [403, 404, 422, 501])
def test_a_refusal_is_a_refusal_in_the_server_s_words(status: int, tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    with hub({REPO: ATTRIBUTES}) as server:

        def refuse(handler: Any, step: str) -> bool:  # noqa: ANN401 - the server's handler
            if step == "commit":
                handler.send(status, b'{"error": "no pull requests here"}', {"Content-Type": "application/json"})
            if step == "discussions":
                handler.send(404, b"{}", {"Content-Type": "application/json"})
            return step in ("commit", "discussions")

        server.fault = refuse
        done = hurried(server, "push", folder, "--create-pr")
        assert done.returncode == 2
        assert f"({status}). The server says: " in done.stderr
        assert "no pull requests here. Nothing was committed." in done.stderr
        assert "not known" not in done.stderr


def test_files_of_earlier_releases_are_named_and_pruned_when_wanted(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    (folder / "part-1.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    with hub({REPO: ATTRIBUTES | {"part-0.safetensors": b"old", "notes.txt": b"mine"}}) as server:
        done = hurried(server, "push", folder, "--with-files")
        assert done.returncode == 0, done.stderr
        assert "stay on the Hub: part-0.safetensors. --prune deletes them." in done.stderr
        dry = hurried(server, "push", folder, "--with-files", "--prune", "--dry-run", "--exit-code")
        assert dry.returncode == 1
        assert "removed  part-0.safetensors" in dry.stderr
        assert hurried(server, "push", folder, "--with-files", "--prune").returncode == 0
        assert {"notes.txt", "part-1.safetensors"} < set(server.repos[REPO].files)
        assert "part-0.safetensors" not in server.repos[REPO].files
        assert hurried(server, "push", folder, "--with-files", "--dry-run", "--exit-code").returncode == 0


def test_a_branch_that_is_missing_is_created_when_wanted(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    with hub({REPO: ATTRIBUTES}) as server:
        done = hurried(server, "push", folder, "--revision", "dev")
        assert done.returncode == 2
        assert "no branch dev" in done.stderr
        assert "--create-branch" in done.stderr
        done = hurried(server, "push", folder, "--revision", "dev", "--create-branch")
        assert done.returncode == 0, done.stderr
        assert "README.md" in server.repos[REPO].branches["dev"][-1].files
        assert len(server.repos[REPO].branches["main"]) == 1


def test_a_failure_is_json_too_with_what_was_published(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model", RELEASE + LAYERED)
    with hub({REPO: ATTRIBUTES, "datasets/lab/corpus": ATTRIBUTES}) as server:
        server.repos["lab/polish"] = Repo()
        server.repos["lab/polish"].add("main", "initial commit", {".gitignore": b"LICENSE\n"})
        done = hurried(server, "push", folder, "--format", "json")
        assert done.returncode == 2
        value = json.loads(done.stdout)
        assert [entry["repo"] for entry in value["repos"]] == [REPO, "lab/corpus"]
        assert "drops LICENSE" in value["error"]["message"]
        assert value["error"]["remedy"]


def test_warnings_are_shown_before_anything_is_sent(tmp_path: Path, hurried: Hurried) -> None:
    text = RELEASE + "    derived_from: [{ref: lab/base, license: CC-BY-SA-4.0, relation: trained_on}]\n"
    folder = release(tmp_path / "model", text)
    with hub({REPO: ATTRIBUTES}) as server:
        done = hurried(server, "push", folder)
        assert done.returncode == 0, done.stderr
        assert "warning LIN" in done.stderr
        assert done.stderr.index("warning LIN") < done.stderr.index("(model repo)")


INTERRUPT = """
import sys, time
sleep = time.sleep
from generator.hub import {module} as target
real = target.{name}
seen = []
def interrupted(*args, **more):
    seen.append(1)
    if len(seen) == {number}:
        raise KeyboardInterrupt
    return real(*args, **more)
import generator.publishing.publish as publish
publish.{name} = interrupted
from generator.cli import main
main()
"""


@pytest.mark.parametrize(
    ("module", "name", "number", "said"),
    [
        ("commit", "verify_commit", 1, ["lab/borealis: the commit was made", "not read back"]),
        ("commit", "send_commit", 2, ["lab/borealis was published: ", "commits/main"]),
        ("commit", "verify_commit", 3, ["lab/borealis was published: ", "lab/polish: the commit was made"]),
        ("repo", "set_gated", 1, ["lab/borealis was created and is empty."]),
    ],
)
def test_an_interrupt_says_what_is_on_the_hub(
    module: str, name: str, number: int, said: list[str], tmp_path: Path
) -> None:
    import subprocess
    import sys

    text = RELEASE.replace("availability: released", "availability: gated") if name == "set_gated" else RELEASE
    folder = release(tmp_path / "model", text + (LAYERED if number > 1 else ""))
    repos = {} if name == "set_gated" else {REPO: ATTRIBUTES, "datasets/lab/corpus": ATTRIBUTES}
    with hub(repos) as server:
        code = INTERRUPT.format(module=module, name=name, number=number)
        more = ("--create", "--gated", "auto") if name == "set_gated" else ("--create",)
        done = subprocess.run(
            [sys.executable, "-c", code, "push", str(folder), *more],
            capture_output=True, text=True, check=False, env=environment(tmp_path, server), timeout=120,
        )  # fmt: skip
    assert done.returncode == 130, done.stderr
    for words in said:
        assert words in done.stderr
    assert ("is empty" in done.stderr) is (name == "set_gated")


PYTHON = """
import sys
from generator import CharterError, build, load_release, push
bundle = build(load_release(sys.argv[1]))
for arguments in ({}, {"force": "LICENSE"}, {"gated": "sometimes"}):
    try:
        push(bundle, "lab/borealis", **arguments)
    except CharterError as error:
        print(error.remedy)
try:
    push({}, "lab/borealis")
except CharterError as error:
    print(error.remedy)
"""


def test_the_remedies_of_the_python_api_are_python(tmp_path: Path) -> None:
    import subprocess
    import sys

    folder = release(tmp_path / "model")
    with hub({REPO: ATTRIBUTES | {"LICENSE": b"All rights reserved.\n"}}) as server:
        done = subprocess.run(
            [sys.executable, "-c", PYTHON, str(folder)],
            capture_output=True, text=True, check=False, env=environment(tmp_path, server), timeout=120,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        'Replace it with force=("LICENSE",), or keep it with keep=("LICENSE",).',
        'Write force=("LICENSE",).',
        "Use auto or manual.",
        "Pass what build() returned.",
    ]
