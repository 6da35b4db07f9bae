"""What `charter` without a command shows: what the current folder holds, and the next command."""

from __future__ import annotations

from pathlib import Path

from generator.artifacts.folder import holds_model, is_file
from generator.release.source import FILE_NAME

_CARD = "README.md"


def next_step() -> str | None:
    """Return what was found in the current folder and the next command; None where there is nothing to continue."""
    folder = Path()
    if is_file(folder / FILE_NAME):
        return f"Found {FILE_NAME}.\nNext: charter check\nThen: charter build, charter preview, charter push"
    if holds_model(folder):
        what = "a model and its card" if is_file(folder / _CARD) else "a model"
        return f"Found {what}, but no {FILE_NAME}.\nNext: charter init\nAll commands: charter --help"
    return None
