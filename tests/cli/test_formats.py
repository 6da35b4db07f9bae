"""Formats of the gate's answers, through the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pexpect
import pytest

from .sarif_schema import sarif_schema

BAD = "charter: 1\nrelease: {name: Bad}\nlayers:\n  weights: {availability: released, files: [a.bin]}\n"
HOSTILE = "a,b:c%d \x1b[31m\u202e\x9b\nnext::error::x"


def check(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `charter check`."""
    command = [sys.executable, "-m", "generator", "check", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, cwd=cwd, env=os.environ | environment
    )


def placed(folder: Path, text: str = BAD) -> Path:
    """A folder with a release file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    return folder


def columns(text: str) -> int:
    """The columns a terminal gives a line: wide characters take two, marks none."""
    import unicodedata

    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.category(char) in ("Mn", "Me", "Cf") for char in text)


def excerpts(output: str) -> list[tuple[str, int]]:
    """Each line that is shown, and the column of its caret."""
    lines = output.splitlines()
    return [
        (lines[number - 1].partition("|")[2], columns(line.partition("|")[2]) - 1)
        for number, line in enumerate(lines)
        if re.fullmatch(r" +\| +\^", line)
    ]


def test_text_shows_the_line_and_a_caret(tmp_path: Path) -> None:
    done = check(".", "--select", "REL101", cwd=placed(tmp_path))
    assert done.stdout.splitlines() == [
        "release.yaml:4:12: error REL101 license-missing: weights: given without a license.",
        "    4 |   weights: {availability: released, files: [a.bin]}",
        "      |            ^",
        "  Write `license:` with an SPDX id, a Hub id, or `LicenseRef-NAME` with `license_text`.",
        "",
        "Not ready: 1 error.",
    ]


@pytest.mark.parametrize("before", ["日本語: ", "e\u0301\u0301: ", "a\tb: ", "👩\u200d👩: ", "plain: "])
def test_the_caret_stands_under_its_column(before: str, tmp_path: Path) -> None:
    text = BAD.replace("{availability", f'{{description: "{before}", availability') + "rules: {REL103: off}\n"
    text = text.replace("files:", "license: cc, files:")
    done = check(".", "--select", "REL102", cwd=placed(tmp_path, text))
    ((line, at),) = excerpts(done.stdout)
    pointed = next(n for n in range(len(line)) if columns(line[:n]) == at and not line[n : n + 1].isspace())
    assert line[pointed:].startswith("cc")


@pytest.mark.parametrize("padding", [0, 90, 5000])
def test_a_long_line_is_cut_around_its_column(padding: int, tmp_path: Path) -> None:
    filler = "x" * 3000
    stated = f"description: {filler}{'é' * padding}, license: cc, owner: {filler}, files:"
    text = BAD.replace("files:", stated)
    done = check(".", "--select", "REL102", cwd=placed(tmp_path, text), COLUMNS="80")
    ((line, at),) = excerpts(done.stdout)
    assert columns(line) <= 73
    assert line.startswith(" …")
    assert line.endswith("…")
    assert line[at : at + 2] == "cc"


def test_colours_are_for_terminals_alone(tmp_path: Path) -> None:
    placed(tmp_path)
    assert "\x1b" not in check(tmp_path).stdout
    command = f"{sys.executable} -m generator check {tmp_path}"
    shown = pexpect.run(command, env={**os.environ, "TERM": "xterm"}, encoding="utf-8")
    assert "\x1b[31;1merror\x1b[0m" in shown
    plain = pexpect.run(command, env={**os.environ, "TERM": "xterm", "NO_COLOR": "1"}, encoding="utf-8")
    assert "\x1b" not in plain


@pytest.mark.parametrize("name", ["text", "json", "sarif", "github"])
def test_hostile_names_stay_inside_their_place(name: str, tmp_path: Path) -> None:
    folder = placed(tmp_path / HOSTILE, BAD.replace("Bad", "'::error::x'"))
    done = check(folder, "--format", name)
    assert done.returncode == 1, done.stderr
    for stream in (done.stdout, done.stderr):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", stream)
        assert not re.search(r"^\s*(::error::x|next::)", stream, re.M)
    if name in ("json", "sarif"):
        document = json.loads(done.stdout)
        if name == "sarif":
            jsonschema.validate(document, sarif_schema(), cls=jsonschema.Draft7Validator)


def test_annotations_are_escaped_as_documented(tmp_path: Path) -> None:
    placed(tmp_path / "a,b:c%d")
    done = check("a,b:c%d", "--format", "github", "--select", "REL101,REL104", cwd=tmp_path)
    place = "file=a%2Cb%3Ac%25d/release.yaml,line=4,col=12"
    assert done.stdout.splitlines()[0] == (
        f"::error {place},title=REL101 license-missing::weights: given without a license.%0A"
        "Write `license:` with an SPDX id, a Hub id, or `LicenseRef-NAME` with `license_text`."
    )
    assert done.stdout.splitlines()[1].startswith("::notice file=")
    assert "1 error, 1 info" in done.stderr


def test_accepted_findings_are_no_annotations(tmp_path: Path) -> None:
    placed(tmp_path, BAD + "accept: [{rule: REL101, reason: Decided.}]\n")
    done = check(tmp_path, "--format", "github", "--select", "REL101")
    assert (done.returncode, done.stdout) == (0, "")


def test_complaints_about_a_release_file_are_annotations_too(tmp_path: Path) -> None:
    placed(tmp_path, "charter: 1\nrelease: {name: A}\nlayer: {}\n")
    done = check(".", "--format", "github", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout.startswith("::error file=release.yaml,line=3,col=1,title=not a release file::layer: there is")


def sarif(*arguments: str | Path, cwd: Path, code: int = 1) -> dict[str, Any]:
    """A log that the schema takes."""
    done = check(*arguments, "--format", "sarif", cwd=cwd)
    assert done.returncode == code, done.stderr
    log: dict[str, Any] = json.loads(done.stdout)
    jsonschema.validate(log, sarif_schema(), cls=jsonschema.Draft7Validator)
    assert check(*arguments, "--format", "sarif", cwd=cwd).stdout == done.stdout
    assert str(cwd) not in done.stdout
    run: dict[str, Any] = log["runs"][0]
    return run


def test_sarif_is_valid_and_points_to_the_line(tmp_path: Path) -> None:
    placed(tmp_path / "a b#ü", BAD + "accept: [{rule: REL105, reason: Decided.}]\n")
    run = sarif("a b#ü", cwd=tmp_path)
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert artifact == {"uri": "a%20b%23%C3%BC/release.yaml", "uriBaseId": "%SRCROOT%"}
    (found,) = [r for r in run["results"] if r["ruleId"] == "REL101"]
    assert found["locations"][0]["physicalLocation"]["region"] == {"startLine": 4, "startColumn": 12}
    assert (found["level"], found["suppressions"]) == ("error", [])
    assert len({r["partialFingerprints"]["charterFinding/v1"] for r in run["results"]}) == len(run["results"])


def test_accepted_findings_are_suppressed_results(tmp_path: Path) -> None:
    placed(tmp_path, BAD + "accept: [{rule: REL101, reason: Decided.}]\n")
    (found,) = sarif(".", "--select", "REL101", cwd=tmp_path, code=0)["results"]
    assert found["suppressions"] == [{"kind": "external", "status": "accepted"}]


def test_several_targets_make_one_log(tmp_path: Path) -> None:
    placed(tmp_path / "one")
    placed(tmp_path / "two", "charter: 1\nnothing: here\n")
    run = sarif("one", "two", "three", cwd=tmp_path, code=2)
    assert run["results"]
    (ran,) = run["invocations"]
    assert (ran["executionSuccessful"], ran["exitCode"]) == (False, 2)
    notes = ran["toolExecutionNotifications"]
    uris = {n["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for n in notes if "locations" in n}
    assert uris == {"two/release.yaml"}
    assert any(note["message"]["text"].startswith("three") for note in notes)


def test_fingerprints_do_not_move_with_lines(tmp_path: Path) -> None:
    placed(tmp_path)
    before = sarif(".", cwd=tmp_path)["results"]
    placed(tmp_path, f"# A comment.\n{BAD}")
    after = sarif(".", cwd=tmp_path)["results"]
    assert [r["partialFingerprints"] for r in before] == [r["partialFingerprints"] for r in after]
