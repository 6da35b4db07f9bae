"""A card merges with what a person left, whatever its fences, line ends and front matter; twice changes nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.command import charter

RELEASE = """\
charter: 1
release: {name: M, repo: a/m, copyright: 2026 A, date: 2026-01-01}
layers:
  weights: {availability: released, license: Apache-2.0, files: ["*.txt"]}
"""


def build(folder: Path, release: str = RELEASE) -> subprocess.CompletedProcess[str]:
    """Run `charter build` in a folder."""
    (folder / "release.yaml").write_text(release)
    (folder / "notes.txt").touch()
    return charter("build", cwd=folder)


@pytest.mark.parametrize(
    ("readme", "line", "closed"),
    [
        ("# M\n\n```python\nimport m\n", 3, "import m\n```\n\n<!-- charter:begin"),
        ("# M\r\n\r\n```python\r\nimport m", 3, "import m\r\n```\r\n\r\n<!-- charter:begin"),
        ("---\nmine: 1\n---\n# M\n\n  ~~~~ sh\nimport m\n", 6, "import m\n~~~~\n\n<!-- charter:begin"),
        ("# M\n\n````\n```\n", 3, "```\n````\n\n<!-- charter:begin"),
    ],
)
def test_an_open_fence_is_closed_and_reported(tmp_path: Path, readme: str, line: int, closed: str) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(readme.encode())
    run = build(tmp_path)
    assert run.returncode == 0
    assert f"README.md:{line}: this code fence was not closed. A closing line was added" in run.stderr
    once = path.read_bytes()
    assert readme.partition("# M")[2].encode() in once
    assert closed.encode() in once
    again = build(tmp_path)
    assert "nothing to do" in again.stderr
    assert "fence" not in again.stderr
    assert path.read_bytes() == once


@pytest.mark.parametrize(
    "readme",
    [
        b"# M\n\n- item\n\n  ```\n  import m\n",
        b"# M\n\n1. item\n\n   ```\n   import m\n   ```\n",
        b"1. ```\n   import m\n   ```\n\ntext\n",
        b"# M\rtext\rmore\r",
        b"# M\r",
        b"# M\r\ntext",
        b"---\r\ntags:\r\n- mine\r\n---\r\n# M\r\n",
        b"\xef\xbb\xbf---\nmine: 1\n---\n# M\n",
        b"---\nmine: &a [x]\nother: *a\nlicense: mit\n---\n# M\n",
    ],
)
def test_building_twice_changes_nothing(tmp_path: Path, readme: bytes) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(readme)
    assert build(tmp_path).returncode == 0
    once = path.read_bytes()
    assert build(tmp_path).returncode == 0
    assert path.read_bytes() == once
    assert once.count(b"<!-- charter:begin") == 1
    assert b"\r\r\n" not in once
    assert once.startswith(b"---")


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ("license: &l mit\nmine: *l\n", "README.md:3: the front matter cannot be merged: found undefined alias"),
        ("{license: mit}\n", "README.md:2: the front matter is written in braces"),
        ("license: mit\nlicense: gpl-3.0\n", "README.md:3: the front matter has `license` a second time"),
        ("&a license: mit\n", "README.md:2: the front matter's `license` is written in a form"),
    ],
)
def test_front_matter_that_cannot_be_merged_is_refused(tmp_path: Path, block: str, place: str) -> None:
    readme = f"---\n{block}---\nText\n"
    (tmp_path / "README.md").write_text(readme)
    run = build(tmp_path)
    assert run.returncode == 2
    assert place in run.stderr
    assert (tmp_path / "README.md").read_text() == readme


@pytest.mark.parametrize("style", [">", "|"])
def test_a_block_scalar_of_one_line_is_one_line(tmp_path: Path, style: str) -> None:
    release = RELEASE.replace("{name: M,", "{name: N,").replace(
        "release: {name: N, repo: a/m, copyright: 2026 A, date: 2026-01-01}",
        f"release:\n  name: N\n  repo: a/m\n  copyright: 2026 A\n  summary: {style}\n    Does little.",
    )
    run = build(tmp_path, release)
    assert run.returncode == 0, run.stderr


def test_a_file_name_that_is_not_utf8_is_refused_by_name(tmp_path: Path) -> None:
    try:
        (tmp_path / "odd\udcff.txt").touch()
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    run = build(tmp_path, RELEASE + "outputs: [spdx]\n")
    assert run.returncode in (0, 2)
    assert "Traceback" not in run.stderr
    assert "is not UTF-8" in run.stderr
