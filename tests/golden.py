"""Golden bundles: what a build writes, license texts held by digest instead of copied."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

DIGESTS = "texts.sha256"


def is_text(path: str, content: bytes) -> bool:
    """Whether a file of a bundle is a license text, which is not ours to commit."""
    return path.startswith("LICENSES/") or (
        path == "LICENSE" and not content.startswith((b"Licenses of ", b"Licencje wydania "))
    )


def frozen(bundle: Mapping[str, bytes]) -> dict[str, bytes]:
    """A bundle as it is kept: documents as they stand, license texts as one list of digests.

    Notices and use policies hold pieces of license texts, so they are kept by digest too.
    """
    kept: dict[str, bytes] = {}
    digests: list[str] = []
    for path, content in sorted(bundle.items()):
        if is_text(path, content) or path == "USE_POLICY.md":
            digests.append(f"{hashlib.sha256(content).hexdigest()}  {path}\n")
        else:
            kept[path] = content
    kept[DIGESTS] = "".join(digests).encode()
    return kept


def stored(folder: Path) -> dict[str, bytes]:
    """What is kept of a golden bundle."""
    if not folder.is_dir():
        return {}
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def rewrite(folder: Path, files: Mapping[str, bytes]) -> None:
    """Keep a golden bundle anew."""
    for path in stored(folder):
        (folder / path).unlink()
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
