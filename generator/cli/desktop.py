"""Open a page where a person sits at a desktop."""

from __future__ import annotations

import os
import sys


def open_page(address: str) -> None:
    """Open a page in the browser; do nothing without a desktop, in CI, or if the output is not a terminal.

    Args:
        address: The address of the page.
    """
    desktop = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if desktop and sys.stdout.isatty() and not os.environ.get("CI"):
        import webbrowser

        webbrowser.open(address)
