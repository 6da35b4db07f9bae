"""`charter hash` against two processes of `hashlib.file_digest`: `python -m benchmarks.hashing [ROUNDS]`.

Three gigabytes in four files of different sizes. After the first round, both read from the page cache. The reference
has the best split between two processes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.bench import CHARTER, IMPORTS, ratio, seconds

MEGABYTE = 1024 * 1024
SIZES = {"1.safetensors": 1100, "2.safetensors": 900, "3.safetensors": 600, "4.safetensors": 400}
HALVES = (("1.safetensors", "4.safetensors"), ("2.safetensors", "3.safetensors"))
REFERENCE = "import hashlib, sys\nfor name in sys.argv[1:]:\n    hashlib.file_digest(open(name, 'rb'), 'sha256')"
RELEASE = "charter: 1\nrelease: {name: Big}\nlayers:\n  weights: {availability: released, files: ['*.safetensors']}\n"


def two_processes(folder: Path) -> float:
    """Seconds that two processes take, each for half of the bytes."""
    start = time.perf_counter()
    running = [subprocess.Popen([sys.executable, "-c", REFERENCE, *half], cwd=folder) for half in HALVES]
    for process in running:
        process.wait()
    return time.perf_counter() - start


def main() -> None:
    """Measure, and print a table in Markdown."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as name:
        folder, cache = Path(name) / "model", Path(name) / "cache"
        folder.mkdir()
        os.environ["MODELCHARTER_CACHE"] = str(cache)
        (folder / "release.yaml").write_text(RELEASE, encoding="utf-8")
        chunk = os.urandom(MEGABYTE)
        for path, size in SIZES.items():
            with (folder / path).open("wb") as stream:
                for _ in range(size):
                    stream.write(chunk)

        def cold() -> float:
            shutil.rmtree(cache, ignore_errors=True)
            return seconds([*CHARTER, "hash"], folder)

        rows: list[tuple[str, Callable[[], float], Callable[[], float], float]] = [
            ("hash of 3 GB / two processes of file_digest", cold, lambda: two_processes(folder), 1.15),
            ("the same from the cache / import click, yaml", lambda: seconds([*CHARTER, "hash"], folder),
             lambda: seconds(IMPORTS, folder), 2.5),
        ]  # fmt: skip
        print("| what | ratio | least | greatest | goal |\n|---|---|---|---|---|")
        for label, subject, other, goal in rows:
            median, least, greatest = ratio(subject, other, rounds)
            print(f"| {label} | {median:.2f} | {least:.2f} | {greatest:.2f} | {goal:.2f} |")


if __name__ == "__main__":
    main()
