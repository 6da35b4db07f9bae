"""Digests that something else than charter has stated of the files in a folder."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from generator.artifacts.folder import read_inside
from generator.artifacts.safetensors import POINTER
from generator.artifacts.signature import SIGNATURE, SIGNATURE_LIMIT, read_signed_files
from generator.errors import CharterError
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern
from generator.translations import mark_in_context

POINTER_LIMIT = 1024
"""Bytes that a Git LFS pointer may have."""
LIST_LIMIT = 64 * 1024 * 1024
"""Bytes of a list of digests that is read."""

_SHA256 = lazy_pattern(r"[0-9a-f]{64}")
_OID = lazy_pattern(r"^oid sha256:([0-9a-f]{64})$", re.M)
_SIZE = lazy_pattern(r"^size ([0-9]{1,18})$", re.M)
_SUMS = lazy_pattern(
    r"(?i)(?:sha256sums?|checksums?)(?:[._-]sha256)?(?:\.txt)?|manifest-sha256\.txt|.+\.sha256(?:sums?)?"
)
_GNU = lazy_pattern(r"(\\?)([0-9a-fA-F]{64})[ \t][ *]?(.+)")
_BSD = lazy_pattern(r"SHA256 \((.+)\) = ([0-9a-fA-F]{64})")
_SECOND = 1_000_000_000


class Stated(NamedTuple):
    """A digest, the size of the file that it is of, and who stated it: one of `SOURCES`."""

    sha256: str
    size: int
    source: str


SOURCES = {
    "read": mark_in_context("digest", "read"),
    "cache": mark_in_context("digest", "read before"),
    "lfs-pointer": mark_in_context("digest", "a Git LFS pointer"),
    "hub-cache": mark_in_context("digest", "the Hub's cache"),
    "hub-download": mark_in_context("digest", "the record of a download from the Hub"),
    "hub": mark_in_context("digest", "the Hub"),
    "list": mark_in_context("digest", "a list of digests in the folder"),
    "signature": mark_in_context("digest", "the signature in the folder"),
}
"""Where a digest comes from, in words."""
CLAIMS = ("list", "signature")
"""Sources that people wrote, which can be out of date."""


def read_pointer(content: bytes) -> tuple[str, int] | None:
    """Return the digest and the size that a Git LFS pointer states; None for any other file.

    Args:
        content: What the file holds.
    """
    if len(content) > POINTER_LIMIT or not content.startswith(POINTER):
        return None
    text = content.decode("ascii", "replace").replace("\r\n", "\n")
    digest, size = _OID.search(text), _SIZE.search(text)
    return (digest[1], int(size[1])) if digest and size else None


def listed_digests(text: str, path: str) -> Iterator[tuple[str, str]]:
    """Yield paths and digests of a list as `sha256sum` writes it.

    Args:
        text: The list.
        path: Where it is; its names are beside it. `model.bin.sha256` may hold the digest of `model.bin` alone.
    """
    folder, _, name = path.rpartition("/")
    before = f"{folder}/" if folder else ""
    for line in text.splitlines():
        if found := _GNU.fullmatch(line):
            stated = found[3].replace("\\n", "\n").replace("\\\\", "\\") if found[1] else found[3]
            yield before + stated.removeprefix("./"), found[2].lower()
        elif found := _BSD.fullmatch(line):
            yield before + found[1].removeprefix("./"), found[2].lower()
        elif _SHA256.fullmatch(line.strip().lower()) and name.lower().endswith(".sha256"):
            yield before + name[: -len(".sha256")], line.strip().lower()


class DigestSources:
    """What the files of a folder state of the digests of other files.

    A statement counts only where the file was not written after it.

    Args:
        folder: The folder of the release.
        paths: The paths of its files.
    """

    def __init__(self, folder: Path, paths: tuple[str, ...]) -> None:
        self._folder = folder
        self._paths = paths

    def get(self, path: str, found: os.stat_result) -> Stated | None:
        """Return what is stated of a file, or None.

        Args:
            path: Its path in the folder.
            found: What the system states of it.
        """
        if found.st_size <= POINTER_LIMIT and (pointer := read_pointer(self._read(path, POINTER_LIMIT))):
            return Stated(*pointer, "lfs-pointer")
        if digest := self._blob(path):
            return Stated(digest, found.st_size, "hub-cache")
        if digest := self._download(path, found):
            return Stated(digest, found.st_size, "hub-download")
        for source, (digests, time) in self._lists.items():
            if path in digests and found.st_mtime_ns <= time:
                return Stated(digests[path], found.st_size, source)
        return None

    def _read(self, path: str, limit: int) -> bytes:
        with contextlib.suppress(CharterError):
            return read_inside(self._folder, path, limit) or b""
        return b""

    def _blob(self, path: str) -> str | None:
        """The name of the blob that a file of the Hub's cache is linked to: the SHA-256 of a large file."""
        if self._folder.parent.name != "snapshots":
            return None
        with contextlib.suppress(OSError):
            target = (self._folder / path).readlink()
            if target.parent.name == "blobs" and _SHA256.fullmatch(target.name):
                return target.name
        return None

    def _download(self, path: str, found: os.stat_result) -> str | None:
        """The digest that `hf download --local-dir` recorded; as that program, not for a file that is newer."""
        lines = self._read(f".cache/huggingface/download/{path}.metadata", 4096).decode("ascii", "replace").split("\n")
        if len(lines) < 3 or not _SHA256.fullmatch(lines[1].strip()):
            return None
        try:
            recorded = float(lines[2])
        except ValueError:
            return None
        return lines[1].strip() if found.st_mtime - 1 <= recorded else None

    @cached_property
    def _lists(self) -> dict[str, tuple[dict[str, str], int]]:
        """The digests of signature and lists, each with the time when they were written."""
        held: dict[str, tuple[dict[str, str], int]] = {}
        if SIGNATURE in self._paths:
            signed = read_signed_files(self._read(SIGNATURE, SIGNATURE_LIMIT))
            held["signature"] = (dict(signed.sha256) if signed else {}, self._time(SIGNATURE))
        listed: dict[str, str] = {}
        times = []
        for path in self._paths:
            name = path.rpartition("/")[2]
            if not name.startswith(".") and _SUMS.fullmatch(name):
                text = self._read(path, LIST_LIMIT).decode("utf-8", "surrogateescape")
                listed.update(listed_digests(text, path))
                times.append(self._time(path))
        return held | {"list": (listed, min(times, default=0))}

    def _time(self, path: str) -> int:
        with contextlib.suppress(OSError):
            return (self._folder / path).stat().st_mtime_ns
        return 0
