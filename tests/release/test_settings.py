"""`charter.toml`: what an organization states for all its releases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator import check, load_release
from generator.errors import ReleaseFileError
from tests.command import charter

RELEASE = """\
charter: 1
release: {name: X, repo: lab/x}   # a comment
layers:
  weights: {availability: released, license: LicenseRef-lab, files: ["*.bin"]}
"""
SETTINGS = """\
copyright = "2026 Lab"
outputs = ["card", "licenses", "citation"]
publisher = { name = "Lab", url = "https://lab.example" }
policy = "rules/policy.yaml"

[rules]
CARD102 = "off"
REL104 = "error"

[licenses.LicenseRef-lab]
name = "Terms of the Lab"
limits = ["noncommercial"]
license_text = "rules/terms.txt"

[licenses.LicenseRef-unused]
name = "Other terms"
"""


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A git repository with settings at its top and a release below."""
    top = tmp_path / "lab"
    for name in (".git", "rules", "models/x"):
        (top / name).mkdir(parents=True)
    (top / "charter.toml").write_text(SETTINGS)
    (top / "rules" / "policy.yaml").write_text("policy: 1\nblock: [{licenses: [LicenseRef-lab], reason: Not ours.}]\n")
    (top / "rules" / "terms.txt").write_text("These are the terms of the Lab. Research only.\n" * 10)
    (top / "models" / "x" / "release.yaml").write_text(RELEASE)
    (top / "models" / "x" / "a.bin").write_bytes(b"1")
    return top


def test_settings_fill_in_what_the_release_does_not_state(lab: Path) -> None:
    release = load_release(lab / "models" / "x")
    assert release.release.publisher
    assert (release.release.publisher.name, release.release.copyright) == ("Lab", "2026 Lab")
    assert release.outputs == ("card", "licenses", "citation")
    assert dict(release.rules) == {"CARD102": "off", "REL104": "error"}
    assert set(release.licenses) == {"LicenseRef-lab"}
    assert release.settings
    assert release.settings.file == lab / "charter.toml"


def test_the_release_comes_first(lab: Path) -> None:
    own = "  copyright: 2025 Somebody\noutputs: [card]\nrules: {CARD102: error}\n"
    text = RELEASE.replace("{name: X, repo: lab/x}   # a comment", "\n  name: X\n" + own)
    (lab / "models" / "x" / "release.yaml").write_text(text)
    release = load_release(lab / "models" / "x")
    assert (release.release.copyright, release.outputs) == ("2025 Somebody", ("card",))
    assert dict(release.rules) == {"CARD102": "error", "REL104": "error"}


def test_the_nearest_file_applies_alone(lab: Path) -> None:
    (lab / "models" / "charter.toml").write_text('copyright = "2026 Models"\n')
    (lab / "models" / "x" / "release.yaml").write_text(RELEASE.replace("LicenseRef-lab", "MIT"))
    release = load_release(lab / "models" / "x")
    assert (release.release.copyright, release.release.publisher) == ("2026 Models", None)


def test_a_build_writes_the_text_of_an_own_license(lab: Path) -> None:
    done = charter("build", lab / "models" / "x")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(
        f"Settings of {lab / 'charter.toml'} apply. They set CARD102 to off, REL104 to error."
    )
    text = (lab / "models" / "x" / "LICENSES" / "LicenseRef-lab.txt").read_text()
    assert text == (lab / "rules" / "terms.txt").read_text()
    assert "Lab" in (lab / "models" / "x" / "CITATION.cff").read_text()


def test_a_check_says_which_rules_the_settings_change(lab: Path) -> None:
    done = charter("check", lab / "models" / "x", "--format", "json")
    found = json.loads(done.stdout)
    note = f"Settings of {lab / 'charter.toml'} apply. They set CARD102 to off, REL104 to error."
    assert found["notes"] == [note]
    assert note in done.stderr
    rules = {finding["rule"]: finding["severity"] for finding in found["findings"]}
    assert "CARD102" not in rules
    assert rules["REL104"] == "error"
    assert any(rule.startswith("POL") for rule in rules), "the policy of charter.toml"


def test_digests_are_written_without_the_settings(lab: Path) -> None:
    file = lab / "models" / "x" / "release.yaml"
    assert charter("hash", file, "--write").returncode == 0
    before, after = RELEASE.splitlines(), file.read_text().splitlines()
    assert len(before) == len(after)
    assert next(line for line in after if line not in before).startswith(before[3][:-1])


def test_the_search_ends_at_the_top_of_the_repository(lab: Path) -> None:
    (lab / "charter.toml").rename(lab.parent / "charter.toml")
    with pytest.raises(ReleaseFileError, match="LicenseRef-lab"):
        load_release(lab / "models" / "x")


def test_the_search_ends_below_a_folder_that_everybody_may_write_to(lab: Path) -> None:
    (lab / ".git").rmdir()
    shared = lab / "models"
    (lab / "charter.toml").rename(shared / "charter.toml")
    assert load_release(shared / "x").release.copyright == "2026 Lab"
    shared.chmod(0o777)
    with pytest.raises(ReleaseFileError):
        load_release(shared / "x")


def test_a_file_in_a_downloaded_model_is_ignored(lab: Path) -> None:
    model = lab / "models" / "x"
    (model / "charter.toml").write_text('[rules]\nSEC101 = "off"\n')
    (model / "release.yaml").write_text(RELEASE.replace("LicenseRef-lab", "MIT"))
    report = check(load_release(model))
    assert report.notes == (f"Settings of {model / 'charter.toml'} apply. They set SEC101 to off.",)
    (model / ".cache" / "huggingface").mkdir(parents=True)
    report = check(load_release(model))
    assert report.notes == (f"{model / 'charter.toml'} is ignored: this folder was downloaded from the Hub.",)
    assert load_release(model).rules == {}


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("copyright = \n", "1:13", "this is not TOML"),
        ("\ncopyrigth = 'x'\n", "2:1", "there is no key `copyrigth` here. Did you mean `copyright`?"),
        ("[rules]\nCARD999 = 'off'\n", "2:1", "there is no rule CARD999"),
        ("[rules]\n\n  CARD102 = 'loud'\n", "3:3", "'loud' is not one of its values"),
        ("[publisher]\nurl = 'https://x.example'\n", "1:1", "`name` is missing"),
        ("card_template = '../x.md'\n", "1:1", "'../x.md' is not a path inside the folder"),
        ("policy = '/etc/passwd'\n", "1:1", "'/etc/passwd' is not a path inside the folder"),
        ("licenses = 3\n", "1:1", "expected a mapping"),
        ("outputs = ['card', 'poster']\n", "1:1", "'poster' is not one of its values"),
        ("[licenses.MIT]\nname = 'x'\n", "1:1", "'MIT' is not the id of a custom license"),
    ],
)
def test_errors_name_line_and_field(lab: Path, text: str, place: str, message: str) -> None:
    (lab / "charter.toml").write_text(text)
    done = charter("build", lab / "models" / "x")
    assert done.returncode == 2
    assert done.stderr.startswith(f"{lab / 'charter.toml'}:{place}: ")
    assert message in done.stderr


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"\x00", b"a = [" * 3000, b"x" * 300_000])
def test_what_is_no_settings_file_is_an_error(lab: Path, raw: bytes) -> None:
    (lab / "charter.toml").write_bytes(raw)
    done = charter("check", lab / "models" / "x")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "charter.toml" in done.stderr


def test_the_interview_takes_a_license_of_the_settings(lab: Path) -> None:
    (lab / "models" / "x" / "release.yaml").unlink()
    done = charter("init", lab / "models" / "x", "--defaults", "--set", "layers.weights.license=LicenseRef-lab")
    assert done.returncode == 0, done.stderr
    text = (lab / "models" / "x" / "release.yaml").read_text()
    assert "license: LicenseRef-lab" in text
    assert "licenses:" not in text
