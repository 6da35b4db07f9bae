"""How many requests a push makes, beside what the client alone makes: `python -m benchmarks.requests`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.hub.run import RELEASE, charter, environment, release
from tests.hub.server import Hub, hub, step_of

FILES = 100
ALONE = (
    "import sys, pathlib\n"
    "from huggingface_hub import CommitOperationAdd, HfApi\n"
    "folder = pathlib.Path(sys.argv[1])\n"
    "adds = [CommitOperationAdd(str(p.relative_to(folder)), p) for p in sorted(folder.rglob('*')) if p.is_file()]\n"
    "HfApi().create_commit('lab/borealis', adds, commit_message='x')\n"
)
"""What a script without us would do: everything in the folder, blindly."""


def asked(server: Hub) -> str:
    """What a server was asked since the last time, by call."""
    calls = Counter(step_of(*line.replace(" /", " ", 1).split(" ", 1)) for line in server.asked)
    server.asked.clear()
    shown = ", ".join(f"{number} {call}" for call, number in calls.items())
    return f"{sum(calls.values())} ({shown})"


def main() -> None:
    """Print the counts as a table."""
    with tempfile.TemporaryDirectory() as made:
        home = Path(made)
        folder = release(home / "model", RELEASE.replace("*.safetensors", "part-*"))
        for number in range(FILES):
            (folder / f"part-{number:03}.json").write_text(f'{{"n": {number}}}\n', encoding="utf-8")
        print("| what | requests |\n|---|---|")
        with hub({"lab/borealis": {".gitattributes": b""}}) as server:
            charter(home, server, "push", folder, "--with-files")
            print(f"| charter push, {FILES} files and the bundle | {asked(server)} |")
            charter(home, server, "push", folder, "--with-files")
            print(f"| the same again: nothing to do | {asked(server)} |")
            charter(home, server, "build", folder)
            (folder / "part-000.json").write_text("{}\n", encoding="utf-8")
            subprocess.run([sys.executable, "-c", ALONE, str(folder)], check=True, env=environment(home, server))
            print(f"| the client alone, without reading before or after | {asked(server)} |")


if __name__ == "__main__":
    main()
