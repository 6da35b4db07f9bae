"""Which folder something is published from, also where the machine remembers nothing: its place and its repository."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from urllib.parse import urlsplit

_REMOTE = re.compile(r'^\[remote "origin"\]\s*$(.*?)(?=^\[|\Z)', re.S | re.M)
_URL = re.compile(r"^\s*url\s*=\s*(\S+)\s*$", re.M)
_SHORT = re.compile(r"(?:[^@/\s]+@)?([^:/\s]+):(?!//)(\S+)")
_LIMIT = 256 * 1024


def folder_ids(folder: Path) -> tuple[str, ...]:
    """Return ids of a folder: of its path, and, inside a git checkout, of its place in the repository.

    A build machine that checks out the same git repository has the second id too. The ids are digests: neither a
    path nor an address can be read from them.

    Args:
        folder: The folder that holds the release file.
    """
    place = folder.resolve()
    ids = [_id("path", str(place))]
    if found := _repository(place):
        top, url = found
        ids.append(_id("git", f"{url}\n{place.relative_to(top).as_posix()}"))
    return tuple(ids)


def _id(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()[:12]


def _repository(place: Path) -> tuple[Path, str] | None:
    """The top folder of the git checkout, and the address of its remote `origin`, the same for SSH and HTTPS."""
    for top in (place, *place.parents):
        config = top / ".git"
        if config.is_file():  # a worktree or a submodule: the file names the folder
            config = _resolve(config)
        for one in (config / "config", config.parent.parent / "config"):
            text = _read(one)
            section = _REMOTE.search(text)
            if section and (url := _URL.search(section[1])):
                return top, _normalize(url[1])
        if (top / ".git").exists():
            return None
    return None


def _resolve(file: Path) -> Path:
    found = re.match(r"gitdir:\s*(\S.*)", _read(file))
    return (file.parent / found[1].strip()) if found else file


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace") if file.is_file() and file.stat().st_size < _LIMIT else ""
    except OSError:
        return ""


def _normalize(url: str) -> str:
    """An address without the way to it: no scheme, no user, no token."""
    if "://" in url:
        parts = urlsplit(url)
        host, path = parts.hostname or "", parts.path
    elif found := _SHORT.fullmatch(url):
        host, path = found[1], found[2]
    else:
        host, path = "", url
    return f"{host.lower()}/{path.strip('/').removesuffix('.git')}"
