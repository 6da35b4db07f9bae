"""Style and script of a page, and the policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
from typing import NamedTuple

from generator.documents.render import render


class Style(NamedTuple):
    """Style and script of a page.

    Attributes:
        live: Whether the page is served and asks whether it has changed.
        linked: Whether the studio serves style and script as files, so that the page has neither inside.
    """

    css: str
    script: str
    live: bool
    linked: bool = False

    @property
    def policy(self) -> str:
        """The Content-Security-Policy."""
        connect = "; connect-src 'self'" if self.live else ""
        return (
            f"default-src 'none'; style-src '{_hash(self.css)}'; script-src '{_hash(self.script)}'; img-src data:"
            f"{connect}; base-uri 'none'; form-action 'none'"
        )


def style(*, live: bool, linked: bool = False) -> Style:
    """Return style and script.

    Args:
        live: Whether the script asks for changes.
        linked: Whether the studio serves them as files.
    """
    if linked:
        return Style("", "", live, linked)
    return Style(render("preview.css.jinja", None), render("preview.js.jinja", live), live)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
