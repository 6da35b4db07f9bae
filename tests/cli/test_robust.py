"""Hostile and unlucky input through the command line: nothing is lost, and no error is a traceback."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checks.models import safetensors

RELEASE = """charter: 1
release: {name: M, repo: a/m, copyright: 2026 A}
layers:
  weights: {availability: released, license: Apache-2.0, files: ["*.safetensors"]}
"""


def charter(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        [sys.executable, "-m", "generator", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=os.environ | environment,
        timeout=60,
    )


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A small model with a release file; nothing was built."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "release.yaml").write_text(RELEASE, encoding="utf-8")
    (folder / "model.safetensors").write_bytes(safetensors())
    return folder


def rewrite(folder: Path, old: str, new: str) -> None:
    """Replace a text of the release file."""
    path = folder / "release.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


HOSTILE_IDS = (
    "LicenseRef-x/../../../out",
    "LicenseRef-x/y",
    "LicenseRef-" + "x" * 200,
    "LicenseRef-ü",
    "LicenseRef-a b",
    "DocumentRef-../out:LicenseRef-x",
)


@pytest.mark.parametrize("license_id", HOSTILE_IDS)
@pytest.mark.parametrize("place", ["item", "licenses", "expression"])
def test_a_license_id_never_becomes_a_path(model: Path, license_id: str, place: str) -> None:
    (model / "own.txt").write_text("evil", encoding="utf-8")
    (model.parent / "out.txt").write_text("theirs", encoding="utf-8")
    stated = f"MIT AND {license_id}" if place == "expression" else license_id
    text = "" if place == "licenses" else ", license_text: own.txt"
    rewrite(model, "Apache-2.0", f'"{stated}"{text}')
    if place == "licenses":
        terms = f'licenses:\n  "{license_id}": {{name: X, license_text: own.txt}}\n'
        (model / "release.yaml").write_text((model / "release.yaml").read_text() + terms, encoding="utf-8")
    for command in (("check",), ("build",), ("build", "-o", "dist")):
        done = charter(*command, cwd=model)
        assert done.returncode == 2
        assert "release.yaml:4:46: layers.weights.license" in done.stderr
    assert {path.name for path in model.iterdir()} == {"release.yaml", "model.safetensors", "own.txt"}
    assert (model.parent / "out.txt").read_text() == "theirs"


@pytest.mark.parametrize("outputs", ["[card, licenses]", "[licenses]"])
def test_an_edited_record_removes_only_what_builds_write(model: Path, outputs: str) -> None:
    with (model / "release.yaml").open("a", encoding="utf-8") as stream:
        stream.write(f"outputs: {outputs}\n")
    (model / "LICENSES").mkdir()
    mine = ("model.safetensors", "release.yaml", "config.json", "LICENSES/mine.md", "sub/LICENSE", "LICENSES/a/b.txt")
    for name in mine[2:]:
        (model / name).parent.mkdir(exist_ok=True)
        (model / name).write_text("{}", encoding="utf-8")
    assert charter("build", model).returncode == 0
    sums = {name: hashlib.sha256((model / name).read_bytes()).hexdigest() for name in mine}
    if "card" in outputs:
        card = (model / "README.md").read_text(encoding="utf-8")
        claimed = "".join(f'"{name}": "{value}", ' for name, value in sums.items())
        (model / "README.md").write_text(card.replace('"files": {', '"files": {' + claimed), encoding="utf-8")
    else:
        with (model / ".charter.sha256").open("a", encoding="utf-8") as stream:
            stream.writelines(f"{value}  {name}\n" for name, value in sums.items())
    done = charter("build", model)
    assert done.returncode == 0
    assert "removed" not in done.stderr
    assert all((model / name).is_file() for name in mine)


def test_a_license_text_that_is_no_longer_needed_still_goes(model: Path) -> None:
    assert charter("build", model).returncode == 0
    rewrite(model, "Apache-2.0", "MIT")
    assert "removed" in charter("build", model).stderr
    assert [path.name for path in (model / "LICENSES").iterdir()] == ["MIT.txt"]


def test_a_build_that_was_killed_between_two_files_is_not_ready(model: Path) -> None:
    assert charter("build", model).returncode == 0
    staging = model / ".charter-staging"
    staging.mkdir()
    (staging / "0").write_bytes((model / "NOTICE").read_bytes())
    (staging / "journal.json").write_text('{"put": [["0", "NOTICE"]], "remove": []}', encoding="utf-8")
    done = charter("check", model)
    assert done.returncode == 1
    assert "a build was interrupted here" in done.stdout
    assert "finished an interrupted build" in charter("build", model).stderr
    assert charter("check", model).returncode == 0
    assert not staging.exists()


def test_words_that_are_saved_while_a_build_waits_are_kept(model: Path) -> None:
    assert charter("build", "-o", "dist", cwd=model).returncode == 0
    rewrite(model, "name: M", "name: N")
    waits = "import sys; from pathlib import Path; from generator.documents.lock import locked\n"
    waits += "with locked(Path('dist')): print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", waits], cwd=model, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdin
        assert holder.stdout
        holder.stdout.readline()
        command = [sys.executable, "-m", "generator", "build", "-o", "dist"]
        with subprocess.Popen(command, cwd=model, stderr=subprocess.PIPE, text=True) as build:
            assert build.stderr
            assert "waiting for another charter process" in build.stderr.readline()
            with (model / "dist" / "README.md").open("a", encoding="utf-8") as stream:
                stream.write("Mine\n")
            holder.stdin.close()
            assert build.wait(30) == 0
    assert (model / "dist" / "README.md").read_text(encoding="utf-8").endswith("Mine\n")


def test_a_locked_parent_folder_does_not_matter(model: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    handle = os.open(model, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        assert charter("build", "-o", "dist", cwd=model).returncode == 0
    finally:
        os.close(handle)


@pytest.mark.parametrize("where", ["dist", "."])
def test_a_file_of_gigabytes_where_the_bundle_writes_is_named(model: Path, where: str) -> None:
    (model / where).mkdir(exist_ok=True)
    for name in ("NOTICE", "README.md"):
        with (model / where / name).open("wb") as stream:
            stream.truncate(3 << 30)
        done = charter("build", "-o", where, cwd=model)
        assert done.returncode == 2
        assert f"{name}: 3221225472 bytes" in done.stderr
        (model / where / name).unlink()


def test_a_link_to_nothing_is_named_and_nothing_is_left(model: Path) -> None:
    (model / "dist").symlink_to("nowhere")
    before = sorted(model.iterdir())
    done = charter("build", "-o", "dist", cwd=model)
    assert done.returncode == 2
    assert "dist: a link to nothing" in done.stderr
    assert sorted(model.iterdir()) == before
