"""The state of an interview: the answers, what was found, and the functions that are passed in from outside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.errors import ReleaseFileError
from generator.interview.answers import Answer, Answers
from generator.interview.offers import Offers
from generator.interview.text import license_name
from generator.release.model import Release

if TYPE_CHECKING:
    from generator.interview.draft import Draft

_DOCUMENTS = "layers.documents."


class Problem(NamedTuple):
    """One finding of the checks.

    Attributes:
        severity: error or warning.
        rule: The id of the rule.
        text: What is wrong.
        remedy: What to do.
        layer: The layer it is about, or None.
        source: The base model or data set that it is about, or an empty text.
    """

    severity: str
    rule: str
    text: str
    remedy: str = ""
    layer: str | None = None
    source: str = ""


class Tools(NamedTuple):
    """Functions that are passed to the interview, so that it needs no network, no checks and no documents.

    Attributes:
        check: The findings on a release, errors first.
        look_up: The license of a source as its repo on the Hub states it; None if it states none.
        missing_texts: Names of licenses whose texts a build needs and charter doesn't have.
        fetch_texts: Fetches these texts; the function beside them takes messages on the way.
        write: Writes release.yaml, and returns whether it was changed.
        build: Builds the release, and returns lines on what was written.
        preview: Opens the page, and returns lines on it.
        dry_run: Returns lines on what publishing would send.
        draft: Drafts of card sections from library and task, by field of `card`.
        lock: Holds the folder for one writer.
    """

    check: Callable[[Release], list[Problem]]
    look_up: Callable[[str], str | None]
    missing_texts: Callable[[Release], tuple[str, ...]]
    fetch_texts: Callable[[tuple[str, ...], Callable[[str], None]], None]
    write: Callable[[Release], bool]
    build: Callable[[], list[str]]
    preview: Callable[[], list[str]]
    dry_run: Callable[[], list[str]]
    draft: Callable[[Answers], dict[str, str]] = lambda answers: {}
    lock: Callable[[], AbstractContextManager[None]] = nullcontext


class Session:
    """An interview.

    Attributes:
        folder: The model's folder.
        answers: What is known of each field.
        offers: What a person may accept, and what is never taken by itself.
        notes: Answers that have no field in the release file: the kind, where the data comes from, what a license
            should do.
        messages: Lines to show, each with a style; the renderer takes them.
        opened: The release of the file that was there, or None.
        has_comments: Whether that file has comments.
        written: The release that was written, or None.
        saved: The answers as this interview last read or wrote them in the draft, or began with.
        show: Shows a line at once, during work that takes long.
        verdict: Whether the release is ready, in words; empty before the first review.
        every_problem: Whether the review shows every problem.
    """

    def __init__(self, folder: Path, answers: Answers, tools: Tools, offers: Offers | None = None) -> None:
        self.folder = folder
        self.answers = answers
        self.tools = tools
        self.offers = offers or Offers()
        self.notes: dict[str, Any] = {}
        self.messages: list[tuple[str, str]] = []
        self.opened: Release | None = None
        self.has_comments = False
        self.written: Release | None = None
        self.saved: Draft | None = None
        self.show: Callable[[str], None] = lambda line: None
        self.verdict = ""
        self.every_problem = False

    def get(self, field: str) -> Any:  # noqa: ANN401 - any field
        """Return the value of a field, or None; `layers.documents` is the first of the documents."""
        if field.startswith(_DOCUMENTS):
            first, *_ = self.answers.get("documents") or [{}]
            return first.get(field.removeprefix(_DOCUMENTS))
        return self.answers.get(field)

    def source(self, field: str) -> str:
        """Return where the value of a field comes from, or an empty text."""
        answer = self.answers.known.get("documents" if field.startswith(_DOCUMENTS) else field)
        return answer.source if answer else ""

    def has_items(self, layer: str) -> bool:
        """Return whether a layer of the release file has several items, which the interview shows and doesn't change.

        Args:
            layer: The layer.
        """
        return f"layers.{layer}" in self.answers.known

    def license_name(self, text: str) -> str:
        """Return the name of a license, also of a custom license of this release.

        Args:
            text: A license id or an expression.
        """
        own = (self.get("licenses") or {}).get(text)
        return str(own["name"]) if own else license_name(text)

    def set(self, field: str, value: Any) -> None:  # noqa: ANN401 - any field
        """Set a field to what the person said; a value that it has already keeps its source."""
        if field.startswith(_DOCUMENTS):
            key = field.removeprefix(_DOCUMENTS)
            self.set("documents", [{**item, key: value} for item in self.answers.get("documents") or []])
        elif self.get(field) != value:
            self.answers.give(field, value)

    def say(self, text: str, style: str = "") -> None:
        """Show a line before the next prompt."""
        self.messages.append((style, text))

    def drafts(self) -> dict[str, str]:
        """Return drafts of sections that the card doesn't have."""
        found = self.tools.draft(self.answers)
        return {name: text for name, text in found.items() if not self.get(f"card.{name}")}

    def error_of(self, field: str, value: Any) -> str:  # noqa: ANN401 - any field
        """Return why the release file doesn't accept a value, or an empty text.

        Args:
            field: The field.
            value: The value.
        """
        if value in (None, "", []):
            return ""
        lone = Answers()
        lone.known["release.name"] = Answer("x", "")
        field = field.replace(_DOCUMENTS, "layers.architecture.")
        layer = field.split(".")[1] if field.startswith("layers.") else ""
        if layer:
            lone.known[f"layers.{layer}.availability"] = Answer("released", "")
        if field.startswith("release.publisher."):
            lone.known["release.publisher.name"] = Answer("x", "")
        if (terms := self.get("licenses")) is not None:
            lone.known["licenses"] = Answer(terms, "")
        lone.known[field] = Answer(value, "")
        try:
            lone.release(self.folder)
        except ReleaseFileError as error:
            return " ".join(dict.fromkeys(f"{c.message} {c.remedy}".strip() for c in error.complaints))
        return ""
