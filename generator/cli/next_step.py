"""What `charter` without a command shows: what the current folder holds, and the next command."""

from __future__ import annotations

from pathlib import Path

from generator.artifacts.folder import holds_model, is_file
from generator.release.source import FILE_NAME
from generator.translations import gettext as _

_CARD = "README.md"


def next_step() -> str | None:
    """Return what was found in the current folder and the next command; None where there is nothing to continue."""
    folder = Path()
    if is_file(folder / FILE_NAME):
        lines = (_("Found {file}."), _("Next: charter check"), _("Then: charter build, charter preview, charter push"))
        return "\n".join(lines).format(file=FILE_NAME)
    if holds_model(folder):
        found = (
            _("Found a model and its card, but no {file}.")
            if is_file(folder / _CARD)
            else _("Found a model, but no {file}.")
        )
        lines = (found, _("Next: charter init"), _("All commands: charter --help"))
        return "\n".join(lines).format(file=FILE_NAME)
    return None
