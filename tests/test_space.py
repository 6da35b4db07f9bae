"""The Space: its card and its container agree, and the container's own commands work in an empty environment."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import yaml

from tests.command import charter

from .conftest import TESTS

SPACE = TESTS.parent / "deploy" / "space"
DOCKERFILE = (SPACE / "Dockerfile").read_text(encoding="utf-8")
COMMAND: list[str] = json.loads(DOCKERFILE.partition("\nCMD ")[2])


def test_card_and_container_agree() -> None:
    card = yaml.safe_load((SPACE / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert card["sdk"] == "docker"
    assert str(card["app_port"]) == COMMAND[COMMAND.index("--port") + 1]
    assert f"EXPOSE {card['app_port']}\n" in DOCKERFILE
    assert "--uid 1000 user\nUSER user\n" in DOCKERFILE  # as the Hub runs it
    assert len(card["short_description"]) <= 60
    assert {"title", "emoji", "colorFrom", "colorTo"} <= set(card)


def test_the_command_of_the_container_exists(tmp_path: Path) -> None:
    options = charter("studio", "--help", cwd=tmp_path).stdout
    assert [word for word in COMMAND if word.startswith("--") and word not in options] == []


@pytest.mark.network
@pytest.mark.exhaustive
def test_the_container_works_in_an_empty_environment(tmp_path: Path) -> None:
    def run(*command: str | Path, **env: str) -> str:
        arguments = [str(part) for part in command]
        done = subprocess.run(
            arguments, capture_output=True, text=True, check=False, cwd=tmp_path, env=os.environ | env
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    source, venv = tmp_path / "source", tmp_path / "venv"
    source.mkdir()
    for name in ("generator", "modelcharter", "templates", "LICENSES", "pyproject.toml", "hatch_build.py", "README.md"):
        copy = shutil.copytree if (TESTS.parent / name).is_dir() else shutil.copyfile
        copy(TESTS.parent / name, source / name)
    run(sys.executable, "-m", "venv", venv)
    run(venv / "bin" / "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path / "dist", source)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    place = {"HOME": str(tmp_path), "PATH": f"{venv / 'bin'}:/usr/bin:/bin", "PACKAGE": f"{wheel}[studio]"}
    for line in re.findall(r"^RUN (?!useradd)(.*)$", DOCKERFILE, re.M):
        run("sh", "-c", line, **place)
    command = ["0" if word == "7860" else word for word in COMMAND]  # a free port
    with subprocess.Popen(
        ["sh", "-c", 'exec "$@"', "sh", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=os.environ | place,
    ) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        with urllib.request.urlopen(address, timeout=60) as answer:
            assert b"Model card and license files for your release" in answer.read()
        with urllib.request.urlopen(f"{address}ask/rights.txt?of=llama3.1", timeout=60) as answer:
            assert b"Llama 3.1 Community License Agreement" in answer.read()
        begun = urllib.request.Request(f"{address}visit", b"", method="POST")
        with urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(begun, timeout=60) as answer:
            assert answer.url == f"{address}uploads"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        assert process.stderr
        assert "Traceback" not in process.stderr.read()
