"""The draft: every answer is on disk at once, whole or not at all."""

from __future__ import annotations

import copy
import datetime
import hashlib
import json
import os
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.errors import CharterError
from generator.interview.answers import Answer
from generator.interview.text import in_words
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.interview.session import Session

DRAFT = ".charter-draft.json"
"""Beside the release file."""
DRAFT_LIMIT = 4 * 1024 * 1024
"""Bytes of a draft that is read."""
_VERSION = 2
_NOTES = "notes."
_DATE, _NUMBER = "\0date", "\0number"


class Draft(NamedTuple):
    """Saved answers.

    Attributes:
        asked: The ids of the steps that were asked.
        answers: The answer of each field that has one.
        notes: Answers that have no field.
        version: What changes with every answer; empty for answers that were never saved.
    """

    asked: tuple[str, ...]
    answers: dict[str, Answer]
    notes: dict[str, Any]
    version: str = ""

    def put_into(self, session: Session) -> None:
        """Take these answers instead of what the files show.

        Args:
            session: The interview.
        """
        session.answers.known = dict(self.answers)
        session.notes = copy.deepcopy(self.notes)
        session.saved = self

    def value_of(self, field: str) -> Any:  # noqa: ANN401 - any field
        """Return the value of a field, or None.

        Args:
            field: The field; one that begins with `notes.` is a note.
        """
        if field.startswith(_NOTES):
            return self.notes.get(field.removeprefix(_NOTES))
        answer = self.answers.get(field)
        return answer.value if answer else None

    def fields(self) -> set[str]:
        """Return the fields that have a value, notes among them."""
        return set(self.answers) | {f"{_NOTES}{name}" for name in self.notes}


class DraftChangedError(CharterError):
    """Another tab or another process saved answers in the meantime; `saved` are those."""

    def __init__(self, saved: Draft) -> None:
        super().__init__("Another window changed the answers in the meantime.", "Look at them, and answer again.")
        self.saved = saved


def snapshot(session: Session, asked: list[str], version: str = "") -> Draft:
    """Return the answers as they are now.

    Args:
        session: The interview.
        asked: The ids of the steps that were asked.
        version: Their version, if they are saved.
    """
    return Draft(tuple(asked), dict(session.answers.known), copy.deepcopy(session.notes), version)


def save(session: Session, asked: list[str]) -> None:
    """Write the draft, unless another process wrote it since this interview read it.

    Args:
        session: The interview.
        asked: The ids of the steps that were asked.

    Raises:
        DraftChangedError: Another process saved answers in the meantime; nothing was written.
        CharterError: It cannot be written.
    """
    answers = {field: list(answer) for field, answer in session.answers.known.items()}
    value = {"v": _VERSION, "asked": asked, "answers": answers, "notes": session.notes}
    text = json.dumps(value, ensure_ascii=False, indent=1, default=_encoded)
    path = session.folder / DRAFT
    draft = path.with_name(f"{DRAFT}.{os.getpid()}")
    try:
        with session.tools.lock():
            known = session.saved.version if session.saved else ""
            there = load(session.folder)
            if there is not None and there.version != known:
                raise DraftChangedError(there)
            with draft.open("w", encoding="utf-8", newline="") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(path)
    except (OSError, UnicodeEncodeError) as error:
        reason = getattr(error, "strerror", None) or "an answer is not valid Unicode"
        raise CharterError(f"{path}: {reason}.", _("Make the folder writable.")) from None
    session.saved = snapshot(session, asked, _version_of(text.encode()))


def merge(session: Session, asked: list[str], theirs: Draft) -> list[str]:
    """Add the answers that another process saved; of a field that both changed, this answer stays.

    Args:
        session: The interview.
        asked: The ids of the steps that were asked; those of the other process are added.
        theirs: What the other process saved.

    Returns:
        What the other process changed, in words.
    """
    mine = snapshot(session, asked)
    base = session.saved or Draft((), {}, {})
    lines = []
    for field in sorted(theirs.fields() | base.fields()):
        value = theirs.value_of(field)
        if value == base.value_of(field) or value == mine.value_of(field):
            continue
        words = in_words(value) if value is not None else "no answer"
        if mine.value_of(field) != base.value_of(field):
            lines.append(f"{field.removeprefix(_NOTES)}: another window says {words}; your answer is kept.")
            continue
        lines.append(f"{field.removeprefix(_NOTES)}: {words}, from another window.")
        _take(session, field, theirs)
    asked += [step for step in theirs.asked if step not in asked]
    session.saved = theirs
    return lines


def _take(session: Session, field: str, theirs: Draft) -> None:
    """Set a field to what another process saved."""
    held: dict[str, Any] = session.notes if field.startswith(_NOTES) else session.answers.known
    source: dict[str, Any] = theirs.notes if field.startswith(_NOTES) else theirs.answers
    name = field.removeprefix(_NOTES)
    if name in source:
        held[name] = source[name]
    else:
        held.pop(name, None)


def _version_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:24]


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
        raw = path.read_bytes()
        value = json.loads(raw.decode("utf-8"), object_hook=_decoded)
        if value["v"] != _VERSION or not isinstance(value["notes"], dict):
            return None
        found = {str(k): Answer(a[0], str(a[1]), a[2] is True) for k, a in value["answers"].items()}
        return Draft(tuple(str(step) for step in value["asked"]), found, value["notes"], _version_of(raw))
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError):
        return None


def discard(folder: Path) -> None:
    """Remove the draft: the release file has all of it."""
    (folder / DRAFT).unlink(missing_ok=True)
