"""The address of the documentation site: one setting."""

from __future__ import annotations

import os

from generator import __version__

ADDRESS = ""
"""Where the site is published; empty until it is. `CHARTER_DOCS_URL` names a copy, such as one inside a company."""


def address() -> str | None:
    """Return the address of the site without a slash at its end; None where there is none."""
    found = os.environ.get("CHARTER_DOCS_URL", ADDRESS).rstrip("/")
    return found if found.startswith(("https://", "http://")) and found.isprintable() and " " not in found else None


def rule_url(rule: str) -> str | None:
    """Return the page of a rule, for the version that runs; None where there is no site.

    Args:
        rule: The id, such as `LIN205`.
    """
    return f"{base}/{__version__}/rule/{rule}/" if (base := address()) else None


def schema_url() -> str | None:
    """Return the JSON Schema of `charter: 1`, the same for all versions; None where there is no site."""
    return f"{base}/schema/release-1.json" if (base := address()) else None
