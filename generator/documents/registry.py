"""The registry of what is written: a document is one template and one line here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from generator.documents.badges import badge
from generator.documents.bundle import Bundle, Card
from generator.documents.card import card_view
from generator.documents.coverage import Coverage, cover
from generator.documents.front_matter import front_matter
from generator.documents.license_index import license_file
from generator.documents.license_texts import Shelf, license_files
from generator.documents.mof_record import mof_record
from generator.documents.notice import notice
from generator.documents.record import CARD, RECORD
from generator.documents.render import render
from generator.documents.reuse_toml import reuse_toml
from generator.documents.use_policy import use_policy
from generator.documents.words import inline
from generator.licenses.assess import Assessment


class Document(NamedTuple):
    """A file of the bundle.

    Attributes:
        path: Its path in the bundle.
        output: The entry of `outputs` that asks for it.
        write: Returns its text, or None where this release has no need of it.
    """

    path: str
    output: str
    write: Callable[[Coverage, Shelf], str | None]


def export(name: str) -> Callable[[Coverage, Shelf], str | None]:
    """Return what writes an export; its module and its libraries are imported when it is asked for.

    Args:
        name: The module in `documents/exports/`, which has a function `write`.
    """

    def write(coverage: Coverage, shelf: Shelf) -> str | None:
        from generator.documents.exports.facts import Facts

        built = frozenset({CARD, RECORD, *(document.path for document in DOCUMENTS)})
        module = import_module(f"generator.documents.exports.{name}")
        text: str | None = module.write(Facts(coverage, shelf, built))
        return text

    return write


def _layers_svg(coverage: Coverage, _: Shelf) -> str:
    from generator.documents.stack import layers_svg

    return layers_svg(coverage.assessment)


def _lineage_svg(coverage: Coverage, _: Shelf) -> str:
    from generator.documents.lineage_graph import lineage_svg

    return lineage_svg(coverage.assessment)


DOCUMENTS = (
    Document("LICENSE", "licenses", license_file),
    Document("NOTICE", "licenses", notice),
    Document("USE_POLICY.md", "licenses", use_policy),
    Document("REUSE.toml", "reuse", lambda coverage, _: reuse_toml(coverage)),
    Document("CITATION.cff", "citation", export("citation")),
    Document("release.spdx3.json", "spdx", export("spdx")),
    Document("release.cdx.json", "cyclonedx", export("cyclonedx")),
    Document("croissant.json", "croissant", export("croissant")),
    Document("EU_MODEL_DOCUMENTATION.md", "eu-form", export("eu_form")),
    Document("EU_TRAINING_SUMMARY.md", "eu-training-summary", export("eu_training_summary")),
    Document("mof.yml", "mof", lambda coverage, _: mof_record(coverage)),
    Document("badges/program.svg", "badges", lambda coverage, _: badge(coverage, "program")),
    Document("badges/source.svg", "badges", lambda coverage, _: badge(coverage, "source")),
    Document("badges/mof.svg", "badges", lambda coverage, _: badge(coverage, "mof")),
    Document("badges/osaid.svg", "badges", lambda coverage, _: badge(coverage, "osaid")),
    Document("layers.svg", "pictures", _layers_svg),
    Document("lineage.svg", "pictures", _lineage_svg),
)
"""Every document but the card, which merges with what a person wrote, and the texts in LICENSES/."""


def write_documents(assessment: Assessment) -> Bundle:
    """Return the bundle of a judged release.

    Args:
        assessment: The judged release.

    Raises:
        LicenseTextError: A text that must be in the bundle is not at hand.
        CharterError: A file that the release names cannot be read, or something a document needs is not stated.
    """
    coverage, shelf = cover(assessment), Shelf(assessment)
    outputs = assessment.release.outputs
    files: dict[str, bytes] = {}
    for document in DOCUMENTS:
        if document.output in outputs and (text := document.write(coverage, shelf)) is not None:
            files[document.path] = text.encode()
    if "licenses" in outputs or "reuse" in outputs:
        files |= license_files(coverage, shelf)
    card = write_card(coverage) if "card" in outputs else None
    return Bundle(
        files,
        card=card,
        taken=frozenset(shelf.taken),
        release=assessment.release,
        outputs=(document.path for document in DOCUMENTS),
    )


def write_card(coverage: Coverage) -> Card:
    """Return the model card, front matter and text apart."""
    return Card(
        front_matter=front_matter(coverage),
        title=f"# {inline(coverage.assessment.release.release.name)}\n",
        body=render("README.md.jinja", card_view(coverage)),
    )
