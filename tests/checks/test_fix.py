"""`charter check --fix`: what is safe to mend is mended in the text, and nothing else changes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from generator import check, load_release
from generator.artifacts.card import BLOCK
from generator.checks.fix import apply_fixes
from generator.licenses.catalog import index, is_family
from tests.command import charter_bytes
from tests.effort import examples

RELEASE = """\
# Our release.
charter: 1
release: {name: Borealis, version: 1.10, languages: [ no, "en" ], tags: [on,12:30,   0x1F], date: 2026-05-02}
layers:
  weights:   # the numbers
    availability: released
    license:   'apache-2.0'   # as on the Hub
    files: ["*.safetensors"]
    derived_from:
      - {ref: a/b, license: "llama2", relation: finetune, revision: 01234567}
      - {ref: a/c, license: apache-2.0 AND (mit or gpl-3.0+), relation: merge}
rules: {REL104: off}
"""
MENDED = """\
# Our release.
charter: 1
release: {name: Borealis, version: "1.10", languages: [ "no", "en" ], tags: ["on","12:30",   "0x1F"], date: 2026-05-02}
layers:
  weights:   # the numbers
    availability: released
    license:   'Apache-2.0'   # as on the Hub
    files: ["*.safetensors"]
    derived_from:
      - {ref: a/b, license: "LicenseRef-llama2", relation: finetune, revision: "01234567"}
      - {ref: a/c, license: Apache-2.0 AND (MIT OR GPL-3.0-or-later), relation: merge}
rules: {REL104: off}
"""
RULES = ("REL114", "REL113", "HUB301", "HUB302")


def fix(folder: Path, *more: str) -> subprocess.CompletedProcess[bytes]:
    """Run `charter check --fix`."""
    return charter_bytes("check", "--fix", ".", *more, cwd=folder)


def rules(folder: Path) -> list[str]:
    """What of the rules that can be mended fires."""
    return [f.rule for f in check(load_release(folder), select=RULES).findings]


def test_each_rule_points_to_its_place(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(RELEASE + "outputs: [licenses]\n", encoding="utf-8")
    (tmp_path / "README.md").write_text(CARD, encoding="utf-8")
    done = charter_bytes("check", ".", "--format", "json", "--select", ",".join(RULES), cwd=tmp_path)
    found = {(f["rule"], p["file"], p["line"], p["column"]): p["message"]
             for f in json.loads(done.stdout)["findings"] for p in f["places"]}  # fmt: skip
    assert found["REL114", "release.yaml", 7, 16] == "`apache-2.0` is read as `Apache-2.0`."
    assert "a truth value" in found["REL113", "release.yaml", 3, 55]
    assert "`license_name` and `license_link`" in found["HUB301", "README.md", 4, 1]
    assert "a truth value" in found["HUB302", "README.md", 3, 11]
    assert "a number" in found["HUB302", "README.md", 10, 43]
    (tmp_path / "release.yaml").write_text(MENDED, encoding="utf-8")
    (tmp_path / "README.md").unlink()
    assert rules(tmp_path) == []


def test_numbers_of_a_training_run_are_no_text(tmp_path: Path) -> None:
    training = "training: {compute_flops: 8.0e+22, energy_kwh: 120000, emissions_kg: 41000.5, start: 2026-01-10}\n"
    (tmp_path / "release.yaml").write_text(RELEASE + training, encoding="utf-8")
    fix(tmp_path)
    assert training in (tmp_path / "release.yaml").read_text(encoding="utf-8")
    assert rules(tmp_path) == []


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_ids_and_quotes_are_mended_and_all_else_stays(newline: str, mark: str, tmp_path: Path) -> None:
    path = tmp_path / "release.yaml"
    path.write_bytes((mark + RELEASE).replace("\n", newline).encode())
    before = load_release(tmp_path)
    done = fix(tmp_path, "--select", ",".join(RULES))
    assert path.read_bytes() == (mark + MENDED).replace("\n", newline).encode()
    assert load_release(tmp_path) == before
    assert done.stdout == b"Ready to publish.\n"
    shown = done.stderr.decode().splitlines()
    assert "-    license:   'apache-2.0'   # as on the Hub" in shown
    assert "+    license:   'Apache-2.0'   # as on the Hub" in shown
    again = fix(tmp_path)
    assert again.stderr == b""
    assert path.read_bytes() == (mark + MENDED).replace("\n", newline).encode()


def test_the_mode_of_the_file_and_its_neighbours_stay(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(RELEASE, encoding="utf-8")
    (tmp_path / "release.yaml").chmod(0o640)
    (tmp_path / "empty").mkdir()
    fix(tmp_path)
    assert (tmp_path / "release.yaml").stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(tmp_path)) == ["empty", "release.yaml"]  # noqa: PTH208 - names alone


def test_only_rules_that_run_and_are_not_accepted_mend(tmp_path: Path) -> None:
    path = tmp_path / "release.yaml"
    accepted = RELEASE + "accept: [{rule: REL114, reason: Our readers know these ids.}]\n"
    for text, more in ((RELEASE, ["--ignore", "LIC,REL,HUB"]), (accepted, ["--ignore", "REL113"])):
        path.write_text(text, encoding="utf-8")
        assert fix(tmp_path, *more).stderr == b""
        assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("value", ["&id no", "*x", "|\n      no", "!", '"n\\x6f"', "[]"])
def test_what_cannot_be_told_for_certain_is_left(value: str, tmp_path: Path) -> None:
    text = f"charter: 1\nrelease:\n  name: &x B\n  summary: {value}\n"
    (tmp_path / "release.yaml").write_text(text, encoding="utf-8")
    fix(tmp_path)
    assert (tmp_path / "release.yaml").read_text(encoding="utf-8") == text


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "true.yaml").write_text(RELEASE, encoding="utf-8")
    (tmp_path / "release.yaml").symlink_to("true.yaml")
    fix(tmp_path)
    assert (tmp_path / "release.yaml").is_symlink()
    assert (tmp_path / "true.yaml").read_text(encoding="utf-8") == RELEASE


def test_what_stands_often_is_told_once_and_mended_everywhere(tmp_path: Path) -> None:
    tags = ", ".join(["1", *map(str, range(1000)), "no", "no"])
    (tmp_path / "release.yaml").write_text(MENDED.replace("tags: [", f"tags: [{tags}, "), encoding="utf-8")
    found = check(load_release(tmp_path), select=["REL113"]).findings
    assert found[0].message == "`1` is text, but other YAML readers take it for a number (2 places)."
    assert len(found) < 60
    assert sum(len(finding.edits) for finding in found) == 1003
    fix(tmp_path)
    assert rules(tmp_path) == []


def test_families_of_licenses_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(MENDED.replace("'Apache-2.0'", "cc"), encoding="utf-8")
    assert rules(tmp_path) == []


CARD = """\
---
# about it
language: no
license: other   # see below
tags: [chat, on]
model-index:
- name: 1.10
  results:
  - task: {type: text-generation}
    dataset: {type: a/b, name: B, config: 3.0}
    metrics:
    - {type: accuracy, value: 51.2, verified: true}
inference: false
---

# Mine

license: other
language: no
"""


def test_a_card_of_a_person_is_mended(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(CARD, encoding="utf-8")
    text = charter_bytes("licenses", "qwen", "--text").stdout
    (tmp_path / "LICENSE").write_bytes(text)
    done = fix(tmp_path)
    expected = CARD.replace("language: no\nlicense", 'language: "no"\nlicense').replace(" on]", ' "on"]')
    expected = expected.replace("name: 1.10", 'name: "1.10"').replace("config: 3.0", 'config: "3.0"')
    expected = expected.replace("see below\n", "see below\nlicense_name: qwen\nlicense_link: LICENSE\n")
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == expected
    for rule in RULES:
        assert rule.encode() not in done.stdout
    assert fix(tmp_path).stderr == b""


@pytest.mark.parametrize(
    ("license_", "link", "name"),
    [(None, False, False), ("Our own terms.\n", True, False), ("MIT", True, False), ("qwen", True, True)],
)
def test_a_license_is_named_only_where_it_is_known(
    license_: str | None, link: bool, name: bool, tmp_path: Path
) -> None:
    (tmp_path / "README.md").write_text("---\r\nlicense: other\r\n---\r\n", encoding="utf-8", newline="")
    if license_:
        text = charter_bytes("licenses", license_, "--text").stdout or license_.encode()
        (tmp_path / "LICENSE").write_bytes(text)
    fix(tmp_path)
    after = (tmp_path / "README.md").read_bytes()
    assert (b"license_link: LICENSE\r\n" in after) == link
    assert (b"license_name: qwen\r\n" in after) == name


def test_keys_that_a_build_writes_are_left_to_it(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(CARD, encoding="utf-8")
    (tmp_path / "release.yaml").write_text(MENDED, encoding="utf-8")
    fix(tmp_path)
    after = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "language: no\nlicense: other   # see below\ntags: [chat, on]" in after
    assert "config: 3.0" in after or 'config: "3.0"' in after


# Any spelling of any license, any value that YAML may bend, in any style: what is read stays what it was.
IDS = sorted(key for key, value in index()["lookup"].items() if not is_family(value) and '"' not in key)
BENT = st.sampled_from(
    ["no", "on", "off", "y", "1.10", "12:30", "0x1F", "0o17", "1e3", ".inf", "true", "2024-01-01", "1_000", "012", "+=",
     "borealis", "a:b", "é"]
)  # fmt: skip
PLAIN = st.from_regex(r"[A-Za-z0-9_.+-]{1,12}", fullmatch=True)
STYLE = st.sampled_from(["{}", "'{}'", '"{}"', "{}   # why", "&a {}"])


@st.composite
def releases(draw: st.DrawFn) -> str:
    """A release file, or what looks like one."""

    def value() -> str:
        return draw(STYLE).format(draw(BENT | PLAIN)).replace("&a", f"&a{draw(st.integers(0, 999))}")

    def license_() -> str:
        return draw(STYLE.filter(lambda style: "&" not in style)).format(draw(st.sampled_from(IDS)))

    tags = ", ".join(draw(st.lists(BENT | PLAIN, max_size=3)))
    lines = [
        "charter: 1",
        "release:",
        f"  name: {value()}",
        f"  version: {value()}",
        f"  tags: [{tags}]",
        "layers:",
        "  weights:",
        "    availability: released",
        f"    license: {license_()}",
        "    files: ['*.bin']",
        "    derived_from:",
        f"      - ref: {value()}",
        "        relation: finetune",
        f"        license: {license_()}",
    ]
    if draw(st.booleans()):
        lines.insert(2, "  # a comment with \u2028 a break in it: no")
    return draw(st.sampled_from(["", "\ufeff"])) + draw(st.sampled_from(["\n", "\r\n"])).join([*lines, ""])


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=releases())
def test_mending_never_changes_what_is_read(text: str, tmp_path: Path) -> None:
    from generator.errors import CharterError

    path = tmp_path / "release.yaml"
    path.write_bytes(text.encode())
    try:
        before = load_release(tmp_path)
    except CharterError:
        return
    apply_fixes(check(before, select=["REL114", "REL113"]))
    assert load_release(tmp_path) == before
    mended = path.read_bytes()
    assert len(mended.splitlines()) == len(text.encode().splitlines())
    assert apply_fixes(check(load_release(tmp_path), select=["REL114", "REL113"])) == ()
    assert path.read_bytes() == mended


KEY = st.sampled_from(
    ["license", "language", "tags", "base_model", "license_name", "datasets", "model-index", "unknown", "inference"]
)
PIECE = st.sampled_from(
    ["no", "other", "[no, on, 'a']", "{a: no}", "\n  - no\n  - 1.10", "|\n  no", "'no'", "- x", "", "\x85no",
     "a\u2028b", "\n- results:\n  - dataset: {config: 3.0, name: no}", "&x on", "*x", "2024-01-01 # day", "\tno"]
)  # fmt: skip
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entries=st.lists(st.tuples(KEY, PIECE), min_size=1, max_size=5),
    lead=st.sampled_from(["", "\n", "\ufeff", " \x85\n"]),
    newline=st.sampled_from(["\n", "\r\n"]),
)
@example(entries=[("license", "'no'"), ("license", "[no, on, 'a']")], lead=" \x85\n", newline="\n")
def test_a_card_says_after_it_what_it_said_before(
    entries: list[tuple[str, str]], lead: str, newline: str, tmp_path: Path
) -> None:
    block = "".join(f"{key}: {piece}\n" for key, piece in entries)
    text = f"{lead}---\n{block}---\nlicense: other\n".replace("\n", newline)
    path = tmp_path / "README.md"
    path.write_bytes(text.encode())
    (tmp_path / "LICENSE").write_text("Our own terms.\n", encoding="utf-8")
    from generator.api import load_target

    apply_fixes(check(load_target(tmp_path), select=RULES))
    after = path.read_bytes().decode()
    one, other = BLOCK.match(text), BLOCK.match(after)
    assert one
    assert other
    assert text[one.end() :] == after[other.end() :]
    try:
        held = yaml.load(one.group(2), Loader=LOADER)
    except yaml.YAMLError:
        assert after == text
        return
    holds = yaml.load(other.group(2), Loader=LOADER)
    assert {key: holds[key] for key in held} == held
    assert set(holds) - set(held) <= {"license_link"}
    assert apply_fixes(check(load_target(tmp_path), select=RULES)) == ()
