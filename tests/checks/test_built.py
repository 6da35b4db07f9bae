"""The built bundle is held to what a build would write now: by content, not by time."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from generator import build, check, load_release
from generator.errors import CharterError
from tests.command import charter
from tests.conftest import EXAMPLES, TESTS


def differs(*arguments: str | Path) -> list[tuple[str, str, str]]:
    """Severity, file and message of each difference."""
    done = charter("check", *arguments, "--select", "ART301", "--format", "json")
    assert done.stderr == ""
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return [(f["severity"], Path(p["file"]).name, p["message"]) for f in found for p in f["places"]]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder that a bundle was built into."""
    folder = tmp_path / "model"
    shutil.copytree(TESTS / "examples" / "starcoder-finetune", folder, ignore=shutil.ignore_patterns("expected"))
    assert charter("build", folder).returncode == 0
    return folder


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_what_was_just_built_does_not_differ(example: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("expected"))
    release = load_release(folder)
    assert check(release, select=["ART301"]).findings == (), "nothing was built yet"
    build(release).write(folder)
    assert check(release, select=["ART301"]).findings == ()
    build(release).write(tmp_path / "elsewhere")
    assert check(release, bundle=tmp_path / "elsewhere", select=["ART301"]).findings == ()
    assert check(release, bundle=build(release), select=["ART301"]).findings == ()


def test_content_counts_and_time_does_not(model: Path) -> None:
    for path in model.rglob("*"):
        os.utime(path, (0, 0))
    (model / "NOTICE").write_bytes((model / "NOTICE").read_bytes().replace(b"\n", b"\r\n"))
    readme = model / "README.md"
    readme.write_text(f"{readme.read_text(encoding='utf-8')}\n## Mine\n\nWords.\n", encoding="utf-8")
    assert differs(model) == []


def test_a_release_file_that_moved_on_is_told(model: Path) -> None:
    path = model / "release.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("copyright: ", "copyright: 1999 and "), encoding="utf-8")
    found = differs(model)
    assert {(severity, file) for severity, file, _ in found} >= {("warning", "NOTICE"), ("warning", "README.md")}
    assert all("build` would write now" in message for _, _, message in found)
    charter("build", model)
    assert differs(model) == []


def test_files_that_are_missing_or_edited_are_told(model: Path) -> None:
    text = next((model / "LICENSES").iterdir())
    text.unlink()
    (model / "NOTICE").write_text("We owe nothing to anybody.\n", encoding="utf-8")
    found = differs(model)
    assert ("error", "NOTICE", "NOTICE: this file was edited by hand after it was written.") in found
    assert ("warning", "release.yaml", f"LICENSES/{text.name}: this file is missing.") in found
    assert len(found) == 2
    assert charter("build", model).returncode == 2, "the next build stops at it, as the gate said"


def test_the_generated_part_of_the_card_is_not_for_editing(model: Path) -> None:
    readme = model / "README.md"
    text = readme.read_text(encoding="utf-8")
    line = text[: text.index("<!-- charter:begin")].count("\n") + 1
    readme.write_text(text.replace("## ", "## My ", 1), encoding="utf-8")
    report = check(load_release(model), select=["ART301"])
    assert [(f.severity, f.file, f.line) for f in report.findings] == [("error", str(readme), line)]


def test_a_file_of_an_earlier_build_is_told(model: Path) -> None:
    path = model / "release.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n", encoding="utf-8")
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace(", reuse]", "]"), encoding="utf-8")
    assert ", reuse]" in source
    assert ("warning", "REUSE.toml", "REUSE.toml: this file is of an earlier build; it would go now.") in differs(model)


def test_a_bundle_without_a_card_is_compared_too(tmp_path: Path) -> None:
    text = (TESTS / "examples" / "all-open" / "release.yaml").read_text(encoding="utf-8")
    (tmp_path / "release.yaml").write_text(text.replace("[card, licenses, reuse]", "[licenses]"), encoding="utf-8")
    assert charter("build", tmp_path).returncode == 0
    assert (tmp_path / ".charter.sha256").is_file()
    assert differs(tmp_path) == []
    (tmp_path / "NOTICE").write_text("Mine.\n", encoding="utf-8")
    assert [(severity, file) for severity, file, _ in differs(tmp_path)] == [("error", "NOTICE")]


def test_a_folder_that_was_named_and_holds_no_bundle_is_an_info(model: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ((severity, _, message),) = differs(model, "--bundle", tmp_path / "empty")
    assert (severity, message) == ("info", f"{tmp_path / 'empty'}: no bundle was built here.")
    ((severity, _, message),) = differs(model, "--bundle", tmp_path / "none")
    assert (severity, message) == ("info", f"{tmp_path / 'none'}: no bundle was built here.")
    assert charter("check", model, model, "--bundle", tmp_path).returncode == 2
    (tmp_path / "file").touch()
    assert charter("check", model, "--bundle", tmp_path / "file").returncode == 2
    with pytest.raises(CharterError, match="no folder"):
        check(load_release(model), bundle=tmp_path / "file")


def test_a_bundle_of_another_release_is_told(model: Path) -> None:
    other = build(load_release(TESTS / "examples" / "all-open"))
    report = check(load_release(model), bundle=other, select=["ART301"])
    assert {p.message.split(":")[0] for f in report.findings for p in f.places} >= {"LICENSE", "NOTICE", "README.md"}


def test_a_bundle_that_cannot_be_built_any_more_is_told(model: Path) -> None:
    path = model / "release.yaml"
    text = path.read_text(encoding="utf-8").replace("derived_from:", "license_text: GONE.txt, derived_from:", 1)
    text = text.replace("license_text: GONE.txt, derived_from:", "license_text: GONE.txt\n    derived_from:")
    path.write_text(text, encoding="utf-8")
    ((_, file, message),) = differs(model)
    assert file == "release.yaml"
    assert "GONE.txt" in message


@pytest.mark.parametrize("record", ["{", "[]", '{"files": {"../../etc/passwd": "x", "/etc/passwd": "y"}}', "\x00"])
def test_a_record_that_somebody_forged_leads_nowhere(record: str, model: Path) -> None:
    readme = model / "README.md"
    head, _, _ = readme.read_text(encoding="utf-8").partition("<!-- charter:end")
    readme.write_text(f"{head}<!-- charter:end {record} -->\n", encoding="utf-8")
    done = charter("check", model, "--select", "ART301")
    assert done.returncode in (0, 1)
    assert "passwd" not in done.stdout
    assert "Traceback" not in done.stderr


def test_links_in_the_bundle_are_told_and_not_followed(model: Path, tmp_path: Path) -> None:
    (tmp_path / "else").write_text("x", encoding="utf-8")
    (model / "NOTICE").unlink()
    (model / "NOTICE").symlink_to(tmp_path / "else")
    ((severity, _, message),) = differs(model)
    assert (severity, "a link" in message) == ("error", True)
