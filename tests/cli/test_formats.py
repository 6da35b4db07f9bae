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

from generator import __version__
from tests.command import charter

from .sarif_schema import sarif_schema

BAD = "charter: 1\nrelease: {name: Bad}\nlayers:\n  weights: {availability: released, files: [a.bin]}\n"
HOSTILE = "a,b:c%d \x1b[31m\u202e\x9b\nnext::error::x"


def check(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `charter check`."""
    return charter("check", *arguments, cwd=cwd, env=os.environ | environment)


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


def excerpts(output: str) -> list[str]:
    """The lines of files that are shown beside the places."""
    return [line.split("  ", 2)[2] for line in output.splitlines() if line.startswith("  --> ")]


def test_text_shows_place_reason_and_fix(tmp_path: Path) -> None:
    base = "derived_from: [{ref: lab/base, license: llama3.1, relation: finetune}]"
    source = BAD.replace("Bad", "Story").replace("files", f"license: llama3.1, {base}, files")
    done = check(".", "--select", "LIN205", cwd=placed(tmp_path, source), COLUMNS="100")
    assert done.stdout.startswith("✕ error LIN205 name-prefix-missing: ")
    assert "\n  --> release.yaml:2:17  release: {name: Story}\n  why: " in done.stdout
    assert "llama3.1 1.b.i" in done.stdout
    assert done.stdout.endswith("\n  fix: For example: Llama-Story\n\nNot ready: 1 error.\n")


def test_one_kind_is_one_finding_with_a_count_in_every_format(tmp_path: Path) -> None:
    text = "".join(f"![](https://a.example/{number}.png)\n\n" for number in range(5))
    placed(tmp_path, BAD)
    (tmp_path / "README.md").write_text(f"---\nlicense: mit\n---\n# Smew\n\n{text}", encoding="utf-8")
    shown = check(".", "--select", "CARD109", cwd=tmp_path, COLUMNS="120").stdout.splitlines()
    assert shown[0].startswith("! warning CARD109 image-without-text (5 places): ")
    assert [line.split()[:2] for line in shown[1:4]] == [
        ["-->", "README.md:6:1"],
        ["-->", "README.md:8:1"],
        ["-->", "README.md:10:1"],
    ]
    assert shown[4] == "  and 2 more places"
    assert shown[-1] == "Ready to publish, 1 warning."
    report = json.loads(check(".", "--select", "CARD109", "--format", "json", cwd=tmp_path).stdout)
    (found,) = report["findings"]
    assert (found["count"], report["counts"]["warning"]) == (5, 1)
    assert [(place["file"], place["line"]) for place in found["places"]] == [
        ("README.md", line) for line in (6, 8, 10, 12, 14)
    ]
    assert found["location"] == {"file": "README.md", "line": 6, "column": 1}
    (result,) = sarif(".", "--select", "CARD109", cwd=tmp_path, code=0)["results"]
    regions = [place["physicalLocation"]["region"]["startLine"] for place in result["relatedLocations"]]
    assert (result["occurrenceCount"], regions) == (5, [8, 10, 12, 14])
    (note,) = check(".", "--select", "CARD109", "--format", "github", cwd=tmp_path).stdout.splitlines()
    assert note.startswith("::warning file=README.md,line=6,col=1,")
    assert "Also at README.md:8, README.md:10, README.md:12 and 1 more." in note


def test_a_finding_leads_to_the_page_of_its_rule_where_the_site_has_an_address(tmp_path: Path) -> None:
    placed(tmp_path, BAD.replace("files:", "license: cc, files:"))
    page = f"https://docs.example/charter/{__version__}/rule/REL102/"
    site = {"CHARTER_DOCS_URL": "https://docs.example/charter/"}
    options = (".", "--select", "REL102")
    assert f"\n  help: {page}\n" in check(*options, cwd=tmp_path, **site).stdout
    assert json.loads(check(*options, "--format", "json", cwd=tmp_path, **site).stdout)["findings"][0]["help"] == page
    assert page in check(*options, "--format", "github", cwd=tmp_path, **site).stdout
    log = json.loads(check(*options, "--format", "sarif", cwd=tmp_path, **site).stdout)
    rules = {rule["id"]: rule for rule in log["runs"][0]["tool"]["driver"]["rules"]}
    assert rules["REL102"]["helpUri"] == page
    for address in ("", "javascript:alert(1)", "https://a.example/\x1b[31m"):
        assert "help:" not in check(*options, cwd=tmp_path, CHARTER_DOCS_URL=address).stdout


def test_errors_stand_last_before_the_verdict(tmp_path: Path) -> None:
    lines = check(".", cwd=placed(tmp_path)).stdout.splitlines()
    labels = [line.split()[1] for line in lines if line and line[0] in "✕!·"]
    assert labels == sorted(labels, key=["info", "warning", "error"].index)
    assert re.fullmatch(r"Not ready: \d errors?, \d warnings?\.", lines[-1])


def test_no_word_is_split_at_the_edge(tmp_path: Path) -> None:
    words = set(" ".join(check(".", cwd=placed(tmp_path), COLUMNS="120").stdout.split()).split())
    narrow = check(".", cwd=tmp_path, COLUMNS="60").stdout
    assert set(re.sub(r"(?m)^  --> .*$", "", narrow).split()) <= words
    assert all(len(line) <= 60 for line in narrow.splitlines())


@pytest.mark.parametrize("before", ["日本語: ", "e\u0301\u0301: ", "a\tb: ", "👩\u200d👩: ", "plain: "])
def test_an_excerpt_fits_its_line(before: str, tmp_path: Path) -> None:
    text = BAD.replace("{availability", f'{{description: "{before}", availability') + "rules: {REL103: off}\n"
    text = text.replace("files:", "license: cc, files:")
    done = check(".", "--select", "REL102", cwd=placed(tmp_path, text), COLUMNS="80")
    (line,) = excerpts(done.stdout)
    assert "license: cc" in line
    assert all(columns(line) <= 80 for line in done.stdout.splitlines())


@pytest.mark.parametrize("padding", [0, 90, 5000])
def test_a_long_line_is_cut_around_its_column(padding: int, tmp_path: Path) -> None:
    filler = "x" * 3000
    stated = f"description: {filler}{'é' * padding}, license: cc, owner: {filler}, files:"
    text = BAD.replace("files:", stated)
    done = check(".", "--select", "REL102", cwd=placed(tmp_path, text), COLUMNS="80")
    (line,) = excerpts(done.stdout)
    assert "license: cc" in line
    assert line.startswith("…")
    assert line.endswith("…")
    assert all(columns(line) <= 80 for line in done.stdout.splitlines())


def test_a_token_in_an_excerpt_is_masked_before_it_is_cut(tmp_path: Path) -> None:
    token = "hf_" + "aB3dE" * 7
    text = BAD.replace("{availability", f"{{description: {token}, availability").replace(
        "files:", "license: cc, files:"
    )
    for columns_ in ("60", "80", "120"):
        shown = check(".", "--select", "REL102,SEC101", cwd=placed(tmp_path, text), COLUMNS=columns_).stdout
        assert token[:8] not in shown


def test_colours_are_for_terminals_alone(tmp_path: Path) -> None:
    placed(tmp_path)
    assert "\x1b" not in check(tmp_path).stdout
    command = f"{sys.executable} -m generator check {tmp_path}"
    shown = pexpect.run(command, env={**os.environ, "TERM": "xterm"}, encoding="utf-8")
    assert "\x1b[31;1m✕ error\x1b[0m" in shown
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
        f"::error {place},title=REL101 license-missing::weights: released without a license.%0A"
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
