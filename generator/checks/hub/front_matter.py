"""HUB: does the Hub accept and find the front matter of README.md?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

from generator.artifacts.card import BLOCK, BLOCK_LIMIT
from generator.artifacts.folder import read_inside
from generator.checks.card.links import broken
from generator.checks.card.sources import SHOWN, card_is_written
from generator.checks.registry import Problem, Subject, rule
from generator.documents.card.front_matter import front_matter
from generator.documents.card.hub_rules import Refusal, StatedValue, find_refusals, front, results
from generator.documents.storage.merge import STALE_WITH
from generator.documents.storage.record import CARD, CARD_LIMIT
from generator.errors import CharterError
from generator.release.model import Location
from generator.translations import gettext as _

# The Hub's own expression for the block (hub.md 1.1); the Hub ignores a block that does not match.
_SEEN = r"\A\s*---(?:\r\n|\r|\n)[\S\s]*?(?:\r\n|\r|\n)---[ \t]*(?:\r\n|\n|\Z)"
_LATE = r"(?m)^---[ \t]*\r?\n(?:[A-Za-z_-]+:[^\n]*\n)[\S\s]*?^---[ \t]*$"


@rule("HUB106", "card-refused", "error")
def card_refused(subject: Subject) -> Iterator[Problem]:
    """The front matter of README.md has a value that the Hub refuses.

    The Hub checks the whole card at every commit, so one old field stops them all. Examples: an unknown license id, a
    language with a region, a base model or data set in prose. Others are a key without a value, a key twice, and a
    number where `model-index` must have text. A build writes the keys that the release file states, so these are not
    checked.

    Bad:

        base_model: my local llama

    Good:

        base_model: meta-llama/Llama-2-7b-hf
    """
    try:
        _card(subject)
    except CharterError as error:
        yield Problem(
            _("The card cannot be read: {message}.").format(message=error.message), error.remedy, at=_place(subject, 1)
        )
        return
    for fault in _theirs(subject):
        if fault.severity == "error":
            yield _to_problem(subject, _("The Hub refuses the card: {message}"), fault)


@rule("HUB107", "metadata-missing", "warning")
def metadata_missing(subject: Subject) -> Iterator[Problem]:
    """The Hub finds no metadata in README.md, so its page shows no license, task or base model.

    The file must begin with the block: a line of three hyphens, `key: value` lines, and a line of three hyphens. The
    Hub ignores a block without a message if it is empty or not closed, ends in `...`, is below a heading, or follows a
    byte-order mark. A build that writes the card also writes the block.

    Bad:

        # Borealis 7B
        ---
        license: mit
        ---

    Good:

        ---
        license: mit
        ---
        # Borealis 7B
    """
    text = _text(subject)
    found = _unseen(text, built=card_is_written(subject.release)) if text is not None else None
    if found:
        line, message, remedy = found
        yield Problem(message, remedy, at=_place(subject, line))


@rule("HUB108", "metadata-doubtful", "warning")
def metadata_doubtful(subject: Subject) -> Iterator[Problem]:
    """The front matter has a key or value that the Hub does not know or that it understands differently.

    Examples: a misspelled key such as `licence` or `model_index`, a task or relation that is in none of its lists.
    Others are a `license_link` to a missing file and a number where text is expected. The Hub's documentation does not
    say whether it refuses these.

    Bad:

        pipeline_tag: chat

    Good:

        pipeline_tag: text-generation
    """
    for fault in _theirs(subject):
        if fault.severity != "error":
            yield _to_problem(subject, _("Front matter: {message}"), fault)
    link = None if card_is_written(subject.release) else front(_text(subject) or "").get("license_link")
    lost = broken(subject, link.text) if link else None
    if link and lost:
        message = _("Front matter: `license_link`: {message}").format(message=lost.message)
        yield Problem(message, lost.remedy, at=_place(subject, link.line, link.column))


@rule("HUB109", "metadata-late", "info")
def metadata_late(subject: Subject) -> Iterator[Problem]:
    """The Hub reads the front matter, but llama.cpp does not: the first line of the file is not exactly `---`.

    llama.cpp copies license and base model of a card into GGUF files, and checks only the first line.

    Bad: an empty line above

        ---
        license: mit
        ---

    Good: the same as the first lines of the file

        ---
        license: mit
        ---
    """
    text = _text(subject)
    if text and re.match(_SEEN, text) and re.match(r"---\r?\n", text) is None:
        message = _("The front matter does not begin in the first line, so llama.cpp does not read it.")
        yield Problem(message, _("Remove the text above and beside its first `---`."), at=_place(subject, 1))


def _to_problem(subject: Subject, text: str, fault: Refusal) -> Problem:
    at = _place(subject, fault.line, fault.column)
    return Problem(text.format(message=fault.message), fault.remedy, severity=fault.severity, at=at, kind=fault.key)


def _place(subject: Subject, line: int, column: int = 1) -> Location:
    return Location(str((subject.release.folder or Path()) / CARD), line, column)


@lru_cache(maxsize=1)  # three rules ask for it
def _theirs(subject: Subject) -> tuple[Refusal, ...]:
    """Faults in the front matter that a person wrote; keys that a build writes or removes are not checked."""
    text = _text(subject)
    if text is None:
        return ()
    ours = {entry.key for entry in front_matter(subject.coverage)} if card_is_written(subject.release) else set()
    ours |= {key for first, others in STALE_WITH.items() if first in ours for key in others}
    theirs = (fault for fault in find_refusals(text) if fault.key not in ours)
    return tuple(islice(theirs, 2 * SHOWN))


def in_front_matter(subject: Subject, key: str) -> bool:
    """Return whether README.md has a key, in a folder without a release file."""
    return not subject.stated and key in front(_text(subject) or "")


def get_model_index(subject: Subject) -> tuple[tuple[Location, dict[str, StatedValue]], ...]:
    """Return the results of the `model-index` in README.md; empty where a build replaces it."""
    if card_is_written(subject.release) and subject.release.results:
        return ()
    index = front(_text(subject) or "").get("model-index")
    found = islice(results(index), SHOWN) if index else ()
    return tuple((_place(subject, at.line, at.column), fields) for at, fields in found)


def _text(subject: Subject) -> str | None:
    try:
        return _card(subject)
    except CharterError:
        return None  # HUB106 reports that


@lru_cache(maxsize=1)
def _card(subject: Subject) -> str | None:
    """The beginning of README.md, with its byte-order mark and its line ends."""
    folder = subject.release.folder
    raw = read_inside(folder, CARD, CARD_LIMIT) if folder else None
    if raw is None:
        return None
    try:
        return raw.decode("utf-8")[: 2 * BLOCK_LIMIT]
    except UnicodeDecodeError as error:
        raise CharterError(
            _("{CARD}: not UTF-8 at byte {start}").format(CARD=CARD, start=error.start),
            _("Save the file as UTF-8 text."),
        ) from None


def _unseen(text: str, *, built: bool) -> tuple[int, str, str] | None:
    """Line, message and remedy where the Hub sees no metadata; a build only adds a missing block."""
    if text.startswith("\ufeff") and BLOCK.match(text):
        return (
            1,
            _("The file begins with a byte-order mark, so the Hub ignores the front matter."),
            _("Save it without the mark."),
        )
    bare = text.lstrip("\ufeff \t\r\n")
    line = text[: len(text) - len(bare)].count("\n") + 1
    first = bare.partition("\n")[0].rstrip("\r")
    block = BLOCK.match(text)
    if re.match(_SEEN, text) and not (block and not block.group(2).strip()):
        return None
    if first.rstrip() == "---" and first != "---":
        return (
            line,
            _("The first `---` has spaces after it, so the Hub ignores the front matter."),
            _("Delete the spaces."),
        )
    if block:
        return (
            None
            if built
            else (line, _("The front matter is empty."), _("Write `license:` and the other keys that the Hub shows."))
        )
    if re.fullmatch(r"-{4,}\s*", first):
        return (
            line,
            _("The front matter begins with more than three hyphens, so the Hub ignores it."),
            _("Write `---`."),
        )
    if first == "---":
        dots = re.search(r"(?m)^\.\.\.[ \t]*$", bare)
        return (
            line,
            _("The front matter ends in `...`, so the Hub ignores it.")
            if dots
            else _("The front matter is not closed, so the Hub ignores it."),
            _("Close it with a line `---`."),
        )
    if built:
        return None
    late = re.search(_LATE, text)
    if late:
        message = _("The front matter is below other text, so the Hub ignores it.")
        return text.count("\n", 0, late.start()) + 1, message, _("Move it to the beginning of the file.")
    return (
        1,
        _("There is no front matter, so the Hub shows no license."),
        _("Begin the file with `---`, `license: …`, `---`."),
    )
