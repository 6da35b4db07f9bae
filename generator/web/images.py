"""The pictures of a card, put into the page itself: those that the build draws, and small ones of the folder."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from generator.artifacts.folder import read_inside
from generator.errors import CharterError

LIMIT = 256 * 1024
"""Bytes that one picture of the folder may have."""
TOTAL = 2 * 1024 * 1024
"""Bytes that all of them may have."""
_KINDS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF87a": "gif", b"GIF89a": "gif"}


class Images:
    """Turns the address of a picture into the picture.

    Args:
        drawn: Pictures of the bundle, by path; the only SVG that is taken.
        folder: The folder of the release.
    """

    def __init__(self, drawn: Mapping[str, bytes], folder: Path | None) -> None:
        self._drawn, self._folder, self._left = drawn, folder, TOTAL

    def __call__(self, address: str) -> str | None:
        """Return a picture as a `data:` address, or None where it is not here, too large, or no picture."""
        path = unquote(address.partition("#")[0].partition("?")[0]).removeprefix("./")
        if ":" in path or path.startswith("/") or "\0" in path:
            return None
        if path in self._drawn and path.endswith(".svg"):
            return _data("svg+xml", self._drawn[path])
        try:
            content = read_inside(self._folder, path, LIMIT) if self._folder and path else None
        except (CharterError, ValueError):
            return None
        kind = _kind(content) if content else None
        if content is None or kind is None or len(content) > self._left:
            return None
        self._left -= len(content)
        return _data(kind, content)


def _kind(content: bytes) -> str | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return next((kind for head, kind in _KINDS.items() if content.startswith(head)), None)


def _data(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
