"""`charter preview` without a server: where the page goes, whose files it leaves alone, what a broken release does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.command import charter

RELEASE = """\
charter: 1
release: {name: Small, copyright: 2026 Lab}
layers:
  weights: {availability: released, license: LICENSE_ID, files: ["*.bin"]}
"""
OPENED = "sh -c 'echo $0 > opened' %s"
"""A browser that leaves word."""


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command where somebody sits at a desktop, but not at a terminal."""
    return charter("preview", *arguments, cwd=cwd, env=os.environ | {"DISPLAY": ":99", "BROWSER": OPENED})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a release."""
    (tmp_path / "release.yaml").write_text(RELEASE.replace("LICENSE_ID", "MIT"), encoding="utf-8")
    return tmp_path


def test_the_page_goes_beside_the_release_file_and_is_written_anew(folder: Path) -> None:
    for _ in range(2):
        done = run(cwd=folder)
        assert (done.returncode, done.stdout, done.stderr) == (0, "preview.html\n", "")
    assert sorted(path.name for path in folder.iterdir()) == ["preview.html", "release.yaml"]
    first = (folder / "preview.html").read_bytes()
    assert run(folder / "release.yaml", "-o", "out/page.html", cwd=folder).stdout == "out/page.html\n"
    assert run(folder / "release.yaml", cwd=folder).returncode == 0
    assert (folder / "preview.html").read_bytes() == (folder / "out" / "page.html").read_bytes()
    assert len(first) == pytest.approx(len((folder / "preview.html").read_bytes()), rel=0.1)


@pytest.mark.parametrize("name", ["release.yaml", "notes.html", "link.html", ".", "a" * 300, "release.yaml/x.html"])
def test_what_is_somebody_elses_is_kept(folder: Path, name: str) -> None:
    (folder / "notes.html").write_text("<p>mine</p>", encoding="utf-8")
    (folder / "link.html").symlink_to(folder / "notes.html")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = run("-o", name, cwd=folder)
    assert done.returncode == 2
    assert "-o FILE" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_broken_release_file_is_told_as_always(folder: Path) -> None:
    (folder / "release.yaml").write_text("charter: 1\nrelease: {nome: x}\n", encoding="utf-8")
    done = run(cwd=folder)
    assert done.returncode == 2
    assert done.stderr.startswith("release.yaml:2:")
    assert not (folder / "preview.html").exists()


def test_a_release_that_cannot_be_built_is_shown_with_the_reason(folder: Path) -> None:
    text = RELEASE.replace("LICENSE_ID", "LicenseRef-ours") + "licenses: {LicenseRef-ours: {name: Ours}}\n"
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    assert run(cwd=folder).returncode == 0
    page = (folder / "preview.html").read_text(encoding="utf-8")
    assert "The files cannot be written." in page
    assert "LicenseRef-ours" in page
    assert '<h3 id="card-small">Small</h3>' in page


def test_a_card_that_stands_in_the_way_is_told(folder: Path) -> None:
    assert charter("build", folder).returncode == 0
    card = folder / "README.md"
    card.write_text(card.read_text(encoding="utf-8").replace("## What is released", "## What was released"), "utf-8")
    assert run(cwd=folder).returncode == 0
    page = (folder / "preview.html").read_text(encoding="utf-8")
    assert "The files cannot be written." in page
    assert ">What is released</h4>" in page


@pytest.mark.parametrize(("told", "opened"), [({}, True), ({"CI": "true"}, False), ({"DISPLAY": ""}, False)])
def test_it_is_opened_where_somebody_looks_at_a_desktop(folder: Path, told: dict[str, str], opened: bool) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in ("CI", "WAYLAND_DISPLAY")}
    environment |= {"DISPLAY": ":99", "BROWSER": OPENED} | told
    pexpect.run(f"{sys.executable} -m generator preview", cwd=str(folder), env=environment, timeout=60)
    assert (folder / "preview.html").is_file()
    assert (folder / "opened").exists() == opened
    if opened:
        assert (folder / "opened").read_text(encoding="utf-8") == f"{(folder / 'preview.html').as_uri()}\n"


def test_the_card_is_the_one_that_a_build_would_leave(folder: Path) -> None:
    (folder / "README.md").write_text("# Small\n\nWritten by hand. See [^1].\n\n[^1]: A note.\n", encoding="utf-8")
    assert run(cwd=folder).returncode == 0
    page = (folder / "preview.html").read_text(encoding="utf-8")
    assert "Written by hand." in page
    assert 'id="card-fn1"' in page
    assert "charter:begin" not in page.partition('id="card"')[2].partition("</details>\n<details")[0]
    assert (folder / "README.md").read_text(encoding="utf-8").startswith("# Small\n\nWritten by hand.")
