"""The draft: every answer is on disk at once, whole or not at all."""

from __future__ import annotations

import datetime
import json
import os
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.errors import CharterError
from generator.interview.answers import Answer

if TYPE_CHECKING:
    from generator.interview.session import Session

DRAFT = ".charter-draft.json"
"""Beside the release file."""
DRAFT_LIMIT = 4 * 1024 * 1024
"""Bytes of a draft that is read."""
_VERSION = 2
_DATE, _NUMBER = "\0date", "\0number"


class Draft(NamedTuple):
    """Saved answers.

    Attributes:
        asked: The ids of the steps that were asked.
        answers: The answer of each field that has one.
        notes: Answers that have no field.
    """

    asked: tuple[str, ...]
    answers: dict[str, Answer]
    notes: dict[str, Any]

    def put_into(self, session: Session) -> None:
        """Take these answers instead of what the files show.

        Args:
            session: The interview.
        """
        session.answers.known = dict(self.answers)
        session.notes = dict(self.notes)


def save(session: Session, asked: list[str]) -> None:
    """Write the draft.

    Args:
        session: The interview.
        asked: The ids of the steps that were asked.

    Raises:
        CharterError: It cannot be written.
    """
    answers = {field: list(answer) for field, answer in session.answers.known.items()}
    value = {"v": _VERSION, "asked": asked, "answers": answers, "notes": session.notes}
    path = session.folder / DRAFT
    draft = path.with_name(f"{DRAFT}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as stream:
            json.dump(value, stream, ensure_ascii=False, indent=1, default=_encoded)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError as error:
        raise CharterError(f"{path}: {error.strerror}.", "Make the folder writable.") from None


def _encoded(value: object) -> dict[str, str]:
    """A date or a decimal number of a release file, as JSON has neither."""
    if isinstance(value, datetime.date):
        return {_DATE: value.isoformat()}
    if isinstance(value, Decimal):
        return {_NUMBER: str(value)}
    raise TypeError(f"{type(value).__name__} can't be saved")


def _decoded(value: dict[str, Any]) -> Any:  # noqa: ANN401 - a mapping, a date or a number
    if list(value) == [_DATE]:
        return datetime.date.fromisoformat(value[_DATE])
    return Decimal(value[_NUMBER]) if list(value) == [_NUMBER] else value


def load(folder: Path) -> Draft | None:
    """Return the draft of a folder, or None if there is none that can be read.

    Args:
        folder: The model's folder.
    """
    path = folder / DRAFT
    try:
        if path.is_symlink() or path.stat().st_size > DRAFT_LIMIT:
            return None
        value = json.loads(path.read_text(encoding="utf-8"), object_hook=_decoded)
        if value["v"] != _VERSION or not isinstance(value["notes"], dict):
            return None
        found = {str(k): Answer(a[0], str(a[1]), a[2] is True) for k, a in value["answers"].items()}
        return Draft(tuple(str(step) for step in value["asked"]), found, value["notes"])
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError):
        return None


def discard(folder: Path) -> None:
    """Remove the draft: the release file has all of it."""
    (folder / DRAFT).unlink(missing_ok=True)
