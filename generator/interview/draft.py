"""The draft: every answer is on disk as soon as it is given, whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

from generator.errors import CharterError
from generator.interview.answers import Answer, Answers

DRAFT = ".charter-draft.json"
"""Beside the release file."""
DRAFT_LIMIT = 4 * 1024 * 1024
"""Bytes of a draft that is read."""


def save(folder: Path, answers: Answers, asked: list[str]) -> None:
    """Write the draft.

    Args:
        folder: The model's folder.
        answers: What is known.
        asked: The fields that were asked already.

    Raises:
        CharterError: It cannot be written.
    """
    value = {"v": 1, "asked": asked, "answers": {k: list(a) for k, a in answers.known.items()}}
    path = folder / DRAFT
    draft = path.with_name(f"{DRAFT}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as stream:
            json.dump(value, stream, ensure_ascii=False, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError as error:
        raise CharterError(f"{path}: {error.strerror}.", "Make the folder writable.") from None


def load(folder: Path, answers: Answers) -> list[str] | None:
    """Put the answers of a draft over what is known, and return the fields that were asked; None where there is none.

    Args:
        folder: The model's folder.
        answers: Where they go.
    """
    path = folder / DRAFT
    try:
        if path.is_symlink() or path.stat().st_size > DRAFT_LIMIT:
            return None
        value = json.loads(path.read_text(encoding="utf-8"))
        found = {str(k): Answer(a[0], str(a[1]), a[2] is True) for k, a in value["answers"].items()}
        asked = [str(field) for field in value["asked"]]
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        return None
    for field in asked:
        answers.known.pop(field, None)
    answers.known |= found
    return asked


def discard(folder: Path) -> None:
    """Remove the draft: the release file holds all of it now."""
    (folder / DRAFT).unlink(missing_ok=True)
