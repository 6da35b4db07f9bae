"""An environment with torch and the training libraries, made once and kept in `.cache/`."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

from tests.conftest import TESTS

ROOT = TESTS.parent
HOME = ROOT / ".cache" / f"train-{sys.version_info.major}.{sys.version_info.minor}"
LIBRARIES = (
    "transformers>=5.24,<6",
    "peft>=0.21",
    "trl>=1.16,<2",
    "sentence-transformers>=6.2,<7",
    "datasets>=5",
    "accelerate",
    "codecarbon>=3.3",
)
TORCH = ("torch==2.13.0+cpu", "torch")
"""A build for the CPU where the package index has one; else the usual one, which brings CUDA."""


def environment() -> Path:
    """Return the Python of the environment, which is made where it is missing."""
    ready, wanted = HOME / "ready", "\n".join((*LIBRARIES, *TORCH))
    HOME.parent.mkdir(exist_ok=True)
    python = HOME / "bin" / "python"
    with (HOME.parent / f"{HOME.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several workers of pytest may ask at once
        if not ready.is_file() or ready.read_text(encoding="utf-8") != wanted:
            _run(sys.executable, "-m", "venv", "--clear", str(HOME))
            pip = (str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", "install")
            if not any(_works(*pip, torch) for torch in TORCH):
                raise RuntimeError("torch can't be installed")
            _run(*pip, *LIBRARIES)
            _run(*pip, "--editable", str(ROOT))
            ready.write_text(wanted, encoding="utf-8")
    return python


def _works(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


if __name__ == "__main__":
    sys.stdout.write(f"{environment()}\n")
