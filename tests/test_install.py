"""A wheel in an empty environment works, templates and knowledge included; so does an editable install."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import TESTS

ROOT = TESTS.parent
pytestmark = pytest.mark.network


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command that must succeed, away from the checkout."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# `make test` runs in an editable install already.
@pytest.mark.parametrize("how", ["wheel", pytest.param("editable", marks=pytest.mark.exhaustive)])
def test_an_install_builds_a_bundle(how: str, tmp_path: Path) -> None:
    source, venv = tmp_path / "source", tmp_path / "venv"
    kept = ("generator", "modelcharter", "templates", "LICENSES", "pyproject.toml", "hatch_build.py", "README.md")
    for name in kept:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, source / name) if source.is_dir() else (source.mkdir(), copy(ROOT / name, source / name))
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=tmp_path)
    pip = (sys.executable, "-m", "pip", "--python", venv / "bin" / "python", "--quiet", "--disable-pip-version-check")
    if how == "wheel":
        run(*pip, "wheel", "--no-deps", "--wheel-dir", tmp_path / "dist", source, cwd=tmp_path)
        (wheel,) = (tmp_path / "dist").glob("modelcharter-*.whl")
        shutil.rmtree(source)
        run(*pip, "install", "--no-compile", wheel, cwd=tmp_path)
    else:
        run(*pip, "install", "--no-compile", "--editable", source, cwd=tmp_path)
    folder = tmp_path / "model"
    shutil.copytree(TESTS / "examples" / "starcoder-finetune", folder, ignore=shutil.ignore_patterns("expected"))
    for command in ("charter", "modelcharter"):
        assert run(venv / "bin" / command, "--version", cwd=tmp_path).startswith("charter, version ")
    run(venv / "bin" / "charter", "build", folder, cwd=tmp_path)
    expected = (TESTS / "examples" / "starcoder-finetune" / "expected" / "README.md").read_bytes()
    assert (folder / "README.md").read_bytes() == expected
    assert "bigcode-openrail-m" in run(venv / "bin" / "charter", "licenses", cwd=tmp_path)
    if how == "wheel":
        assert list((venv / "lib").glob("python*/site-packages/generator/_compiled/*.py"))
        assert list((venv / "lib").glob("python*/site-packages/generator/_compiled/licenses/*.json"))
