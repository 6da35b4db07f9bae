"""Many targets in one call, and which rules run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pexpect
import pytest

from generator import check, load_release
from generator.checks.run import all_rules
from generator.errors import CharterError

from .test_formats import BAD, placed
from .test_formats import check as charter_check


def documents(*arguments: str | Path, cwd: Path) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and documents of a call."""
    done = charter_check(*arguments, "--format", "json", cwd=cwd)
    assert done.stderr == ""
    found = json.loads(done.stdout)
    return done.returncode, found if isinstance(found, list) else [found]


@pytest.mark.parametrize("number", [2, 60])
def test_answers_come_in_the_order_asked(number: int, tmp_path: Path) -> None:
    names = [f"r{n}" for n in range(number)][::-1]
    for name in names:
        placed(tmp_path / name, BAD.replace("Bad", name))
    code, found = documents(*names, cwd=tmp_path)
    assert code == 1
    assert [document["release"] for document in found] == names
    alone = documents(names[-1], cwd=tmp_path)[1]
    assert found[-1] == alone[0]


@pytest.mark.parametrize("number", [3, 60])
def test_one_broken_folder_does_not_stop_the_rest(number: int, tmp_path: Path) -> None:
    names = [f"r{n}" for n in range(number)]
    for name in names:
        placed(tmp_path / name, BAD)
    placed(tmp_path / names[1], "charter: 1\nlayer: {}\n")
    (tmp_path / names[2] / "release.yaml").unlink()
    code, found = documents(*names, cwd=tmp_path)
    assert code == 2
    assert [d["schema"].split("/")[0] for d in found] == [
        "modelcharter.error" if number in (1, 2) else "modelcharter.report" for number in range(number)
    ]
    assert set(found[1]) == {"schema", "target", "message", "remedy"}
    assert found[1]["target"] == names[1]
    text = charter_check(*names, cwd=tmp_path)
    assert text.returncode == 2
    assert "r1/release.yaml:2:1" in text.stderr
    assert text.stdout.splitlines()[-1] == f"{number} targets: {number - 2} not ready, 2 could not be checked."


def test_a_list_is_the_same_json_however_it_is_written(tmp_path: Path) -> None:
    for name in ("a", "b"):
        placed(tmp_path / name, BAD)
    text = charter_check("a", "b", "--format", "json", cwd=tmp_path).stdout
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def test_an_interrupt_ends_it_cleanly(tmp_path: Path) -> None:
    placed(tmp_path / "r", BAD)
    command = [sys.executable, "-m", "generator", "check", *["r"] * 4000, "--format", "json"]
    running = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert running.stdout
    running.stdout.read(100_000)  # it is at work
    os.killpg(running.pid, signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert b"Traceback" not in err
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            os.killpg(running.pid, 0)
            time.sleep(0.1)


def test_a_terminal_keeps_nothing_of_the_progress(tmp_path: Path) -> None:
    placed(tmp_path / "r", BAD)
    call = f"{sys.executable} -m generator check {'r ' * 60} --format json > answer.json"
    environment = {**os.environ, "TERM": "xterm"}
    shown = pexpect.spawn(
        "/bin/sh", ["-c", call], cwd=str(tmp_path), encoding="utf-8", timeout=60, env=environment
    ).read()
    assert not shown or shown.rstrip("\n\r").endswith("\x1b[K"), "a bar that was drawn is removed"
    assert len(json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))) == 60


def rules_run(folder: Path, *arguments: str) -> set[str]:
    """The rules that found something."""
    return {finding["rule"] for finding in documents(".", *arguments, cwd=folder)[1][0]["findings"]}


def test_rules_are_selected_and_ignored(tmp_path: Path) -> None:
    placed(tmp_path, BAD)
    every = rules_run(tmp_path)
    assert {"REL101", "REL104", "HUB103"} <= every
    assert rules_run(tmp_path, "--select", "REL101") == {"REL101"}
    assert rules_run(tmp_path, "--select", "REL,HUB103") == {r for r in every if r.startswith("REL")} | {"HUB103"}
    assert rules_run(tmp_path, "--select", "rel10") == {r for r in every if r.startswith("REL10")}
    assert rules_run(tmp_path, "--ignore", "REL", "--ignore", "HUB") == {
        r for r in every if r[:3] not in ("REL", "HUB")
    }
    assert rules_run(tmp_path, "--select", "REL", "--ignore", "REL10") == {
        r for r in every if r.startswith("REL") and not r.startswith("REL10")
    }
    placed(tmp_path, f"{BAD}rules: {{REL101: off}}\n")
    assert rules_run(tmp_path, "--select", "REL101") == set(), "the release file still turns rules off"


@pytest.mark.parametrize("word", ["REL999", "LI", "LINE", "101", "", ",", "all"])
def test_a_word_that_names_no_rule_is_told(word: str, tmp_path: Path) -> None:
    placed(tmp_path, BAD)
    for option in ("--select", "--ignore"):
        done = charter_check(".", option, word, cwd=tmp_path)
        if word == ",":
            assert done.returncode == 1, "an empty list is none"
            continue
        if not word:
            assert done.returncode == 2
            assert f"'{option}': the value is empty" in done.stderr
            continue
        assert done.returncode == 2
        assert done.stdout == ""
        assert repr(word.upper()) in done.stderr
    with pytest.raises(CharterError, match="REL1O1") as told:
        check(load_release(tmp_path), select=["REL1O1"])
    assert "Did you mean" in told.value.remedy


def test_every_family_can_be_selected() -> None:
    for family in {rule.id[:-3] for rule in all_rules()}:
        check(load_release(Path(__file__).parents[1] / "examples" / "all-open"), select=[family])


def test_a_script_is_told_what_stands_and_how_to_see_it(tmp_path: Path) -> None:
    placed(tmp_path, BAD)
    report = check(load_release(tmp_path), fail_on="warning")
    with pytest.raises(CharterError) as told:
        report.raise_for_errors()
    first, second, *_ = told.value.message.splitlines()
    assert first == f"Bad: {report.verdict}."
    assert "error REL118" in second
    assert told.value.remedy.endswith(f"charter check {tmp_path / 'release.yaml'}")
    check(load_release(tmp_path), ignore=["REL", "LIN", "LIC", "HUB"]).raise_for_errors()
