"""Release files that cannot be read: each is told at its place, in Python and from the command line.

The first line of a case says what must be told: `# LINE:COLUMN FIELD: WORDS`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import load_release
from generator.errors import CharterError, ReleaseFileError

from .command import charter
from .conftest import TESTS

CASES = sorted((TESTS / "invalid").glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_it_is_told_at_its_place(case: Path) -> None:
    place, _, told = case.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").partition(" ")
    field, _, words = told.partition(": ")
    with pytest.raises(ReleaseFileError) as caught:
        load_release(case)
    complaint = caught.value.complaints[0]
    assert f"{complaint.line}:{complaint.column}" == place
    assert complaint.path == field.rstrip(": ")
    assert words in f"{complaint.message} {complaint.remedy}"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_the_command_ends_with_2_and_no_traceback(case: Path) -> None:
    done = charter("check", case)
    assert done.returncode == 2
    assert done.stdout == ""
    assert str(case) in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("empty", b"", "the file is empty"),
        ("blank", b" \n\n", "the file is empty"),
        ("binary", b"\x89PNG\r\n\x1a\n\x00\x00", "not UTF-8"),
        ("control", b"charter: 1\nrelease: {name: \x1b[31mred}\n", "a control character (U+001B)"),
        ("huge", b"# " + b"x" * 50_000_000, "bytes"),
        ("tab", b"charter: 1\nrelease:\n\tname: x\n", "not YAML"),
    ],
)
def test_a_file_that_is_none_is_told(tmp_path: Path, name: str, raw: bytes, told: str) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_bytes(raw)
    done = charter("build", path)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("path", ["nowhere", "nowhere/release.yaml"])
def test_a_missing_file_is_told(tmp_path: Path, path: str) -> None:
    with pytest.raises(CharterError, match="no such file"):
        load_release(tmp_path / path)
    done = charter("check", tmp_path / path)
    assert done.returncode == 2
    assert "there is no such file" in done.stderr
