"""The questions on documents: which kind they are, and their license."""

from __future__ import annotations

from generator.artifacts.folder import list_files
from generator.artifacts.scan import ending
from generator.interview.kinds import kind_of
from generator.interview.prompts import BACK, LATER, Dialog, Option, Prompt, at
from generator.interview.session import Session
from generator.interview.text import shortened
from generator.translations import gettext as _
from generator.translations import mark_text

_ENDS = ("pdf", "tex", "md", "rst", "docx", "html")
_NOT = ("README.md", "LICENSE.md")
_KINDS = (
    ("research-paper", mark_text("A research paper")),
    ("technical-report", mark_text("A technical report")),
    ("evaluation-results", mark_text("Evaluation results")),
    ("model-card", mark_text("A model card")),
    ("sample-outputs", mark_text("Sample outputs of a model")),
)


def has_documents(session: Session) -> bool:
    """Return whether the release is of documents.

    Args:
        session: The interview.
    """
    return kind_of(session).id == "documents"


def asks_documents(session: Session) -> bool:
    """Return whether the release is of documents that no file describes.

    Args:
        session: The interview.
    """
    return has_documents(session) and not session.get("documents")


def ask_documents(session: Session) -> Dialog:
    """Ask what the documents are."""
    files = [path for path in list_files(session.folder) if ending(path) in _ENDS and path not in _NOT]
    options = (
        *(Option(value, _(label)) for value, label in _KINDS),
        Option(LATER, _("Decide later"), _("the release stays not ready")),
    )
    found = shortened(files, 5)
    value = yield Prompt(
        _("Documents"),
        _("What are the documents?"),
        _("The kind is one of the components of the Model Openness Framework. The files are those of this folder."),
        options,
        at(options, LATER),
        notes=(("quiet", _("Found: {parts}").format(parts=found or _("no documents in this folder"))),),
    )
    if value is BACK:
        return BACK
    if value != LATER:
        item = {"component": value, "availability": "released"}
        session.set("documents", [{**item, "files": files} if files else item])
    return None
