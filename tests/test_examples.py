"""Golden examples: a release file in, the whole bundle out, byte for byte, in Python and from the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator import build, check, load_release

from .command import charter
from .conftest import EXAMPLES
from .golden import frozen, rewrite, stored


def built(example: Path, tmp_path: Path) -> dict[str, bytes]:
    """The bundle of an example, built into a copy of its folder."""
    folder = tmp_path / example.name
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("expected"))
    given = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    build(load_release(folder)).write(folder)
    written = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {path: file.read_bytes() for path, file in written.items() if path not in given or path == "README.md"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_bundle_is_as_expected(example: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    files = frozen(built(example, tmp_path))
    if request.config.getoption("--rewrite"):
        rewrite(example / "expected", files)
    assert files == stored(example / "expected"), f"run `make golden` and review the difference of {example.name}"


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_command_writes_the_same_and_again_nothing(example: Path, tmp_path: Path) -> None:
    expected = built(example, tmp_path / "python")
    folder = tmp_path / "command" / example.name
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("expected"))
    first = charter("build", folder)
    assert first.returncode == 0, first.stderr
    assert {path: (folder / path).read_bytes() for path in expected} == expected
    again = charter("build", folder)
    assert again.returncode == 0, again.stderr
    assert "nothing to do" in again.stderr
    assert {path: (folder / path).read_bytes() for path in expected} == expected


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_bundle_has_text_copyright_line_and_notices(example: Path, tmp_path: Path) -> None:
    """What 95.8 % of the models on the Hub that name a license lack (arXiv 2602.08816)."""
    release = load_release(example)
    files = built(example, tmp_path)
    notice = files["NOTICE"].decode()
    stated = release.release.copyright or ""
    assert " ".join(stated.split()) in notice
    for placed in release.iter_items():
        for upstream in placed.item.derived_from:
            assert upstream.ref in notice
            if upstream.copyright:
                assert upstream.copyright in notice
    if any(placed.item.files and placed.item.license for placed in release.iter_items()):
        assert any(path.startswith("LICENSES/") for path in files)
    assert files["LICENSE"].strip()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_examples_pass_the_gate_or_say_why(example: Path) -> None:
    report = check(load_release(example))
    assert not [f for f in report.findings if f.severity == "error"], report.to_dict()
