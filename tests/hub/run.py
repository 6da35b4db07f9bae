"""Running the command against a Hub: in a process with a home of its own, where nothing of this machine is in play."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests import command
from tests.hub.server import TOKEN, Hub

RELEASE = """\
charter: 1
release:
  name: Borealis
  repo: lab/borealis
  copyright: 2026 Borealis Lab
  languages: [en]
  task: text-generation
layers:
  weights:
    availability: released
    license: Apache-2.0
    files: ["*.safetensors"]
"""
LAYERED = """\
  data:
    name: Borealis Corpus
    availability: released
    license: CC-BY-4.0
    files: ["data/*.jsonl"]
    repo: lab/corpus
  deltas:
    name: Borealis for Polish
    form: adapter
    availability: released
    license: Apache-2.0
    files: ["adapter/*"]
    repo: lab/polish
    derived_from: [{ref: lab/borealis, license: Apache-2.0, relation: adapter}]
"""
"""Two more layers, each in a repo of its own."""


def environment(home: Path, server: Hub | None, **more: str) -> dict[str, str]:
    """An environment with a clean home, against a server or against nothing."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "XDG_CACHE"))}
    url = server.url if server else "http://127.0.0.1:9"
    kept |= {"HF_HOME": str(home / "hf"), "HF_ENDPOINT": url, "HF_HUB_DISABLE_XET": "1", "NO_PROXY": "127.0.0.1"}
    return kept | {"HF_TOKEN": TOKEN, "MODELCHARTER_CACHE": str(home / "cache")} | more


def charter(home: Path, server: Hub | None, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return command.charter(*arguments, env=environment(home, server, **more))


def release(folder: Path, text: str = RELEASE) -> Path:
    """A folder with a release file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    return folder


HURRY = (
    "import time; sleep = time.sleep; time.sleep = lambda seconds: sleep(min(seconds, 0.02))\n"
    "from generator.hub import client; client.CONNECT, client.READ, client.COMMIT = 1.0, 1.0, 1.0\n"
    "from generator.cli import main\n"
)
"""Short waits and short patience, so that what would take minutes takes a second."""
_MANY = (
    HURRY
    + """
import contextlib, io, json, sys
for line in sys.stdin:
    home, *sys.argv[1:] = json.loads(line)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as stop:
            code = stop.code
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
"""
)


class Done(NamedTuple):
    """What became of a run."""

    returncode: int
    stdout: str
    stderr: str


class Hurried:
    """A process that runs the command many times, with short waits; the endpoint is told to it each time."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _MANY],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(home, None),
        )  # fmt: skip

    def __call__(self, server: Hub, *arguments: str | Path) -> Done:
        """Run the command against a Hub."""
        return self.run(*arguments, "--endpoint", server.url)

    def run(self, *arguments: str | Path) -> Done:
        """Run the command."""
        assert self.process.stdin
        assert self.process.stdout
        command = ["", *map(str, arguments)]
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return Done(*json.loads(self.process.stdout.readline()))

    def close(self) -> None:
        """End it."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
