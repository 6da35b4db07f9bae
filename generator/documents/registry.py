"""The registry of what is written: a document is one template and one line here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from generator.artifacts.folder import open_regular, size_of
from generator.documents.licenses.coverage import Coverage, cover, only_notices
from generator.documents.licenses.publisher_files import (
    INDEX,
    LICENSE,
    NOTICE,
    USE_POLICY,
    PublisherFiles,
    own_words,
    publisher_text,
)
from generator.documents.storage.record import CARD, RECORD
from generator.documents.words import inline
from generator.errors import CharterError
from generator.licenses.assess import Assessment
from generator.licenses.catalog import hub_id
from generator.licenses.license_files import find_licenses_named, is_placeholder
from generator.named_tuple import NamedTuple
from generator.release.vocabulary import OUTPUTS
from generator.translations import error_text as _
from generator.translations import use_document_language

# Checks only need the paths, so that each writer is imported when it writes.
if TYPE_CHECKING:
    from generator.documents.bundle import Bundle, Card
    from generator.documents.licenses.texts import LicenseTextStore


class Document(NamedTuple):
    """A file of the bundle.

    Attributes:
        path: Its path in the bundle.
        output: The entry of `outputs` that asks for it.
        write: Returns its text, or None where this release has no need of it.
    """

    path: str
    output: str
    write: Callable[[Coverage, LicenseTextStore], str | None]


def export(name: str) -> Callable[[Coverage, LicenseTextStore], str | None]:
    """Return what writes an export; its module and its libraries are imported when it is asked for.

    Args:
        name: The module in `documents/exports/`, which has a function `write`.
    """

    def write(coverage: Coverage, text_store: LicenseTextStore) -> str | None:
        from generator.documents.exports.facts import Facts

        built = frozenset({CARD, RECORD, *(document.path for document in DOCUMENTS)})
        module = import_module(f"generator.documents.exports.{name}")
        text: str | None = module.write(Facts(coverage, text_store, built))
        return text

    return write


def _license_file(coverage: Coverage, text_store: LicenseTextStore) -> str | None:
    from generator.documents.licenses.index import license_file

    return license_file(coverage, text_store)


def _notice(coverage: Coverage, text_store: LicenseTextStore) -> str | None:
    from generator.documents.licenses.notice import notice

    return notice(coverage, text_store)


def _use_policy(coverage: Coverage, text_store: LicenseTextStore) -> str | None:
    from generator.documents.licenses.use_policy import use_policy

    return use_policy(coverage, text_store)


def _reuse_toml(coverage: Coverage, _: LicenseTextStore) -> str | None:
    from generator.documents.licenses.reuse_toml import reuse_toml

    return reuse_toml(coverage)


def _mof_record(coverage: Coverage, _: LicenseTextStore) -> str:
    from generator.documents.mof_record import mof_record

    return mof_record(coverage)


def _badge(name: str) -> Callable[[Coverage, LicenseTextStore], str | None]:
    def write(coverage: Coverage, _: LicenseTextStore) -> str | None:
        from generator.documents.pictures.badges import badge

        return badge(coverage, name)

    return write


def _layers_svg(coverage: Coverage, _: LicenseTextStore) -> str:
    from generator.documents.pictures.layers import layers_svg

    return layers_svg(coverage.assessment)


def _lineage_svg(coverage: Coverage, _: LicenseTextStore) -> str:
    from generator.documents.pictures.lineage import lineage_svg

    return lineage_svg(coverage.assessment)


DOCUMENTS = (
    Document("LICENSE", "licenses", _license_file),
    Document("NOTICE", "licenses", _notice),
    Document("USE_POLICY.md", "licenses", _use_policy),
    Document("REUSE.toml", "reuse", _reuse_toml),
    Document("CITATION.cff", "citation", export("citation")),
    Document("release.spdx3.json", "spdx", export("spdx")),
    Document("release.cdx.json", "cyclonedx", export("cyclonedx")),
    Document("croissant.json", "croissant", export("croissant")),
    Document("EU_MODEL_DOCUMENTATION.md", "eu-form", export("eu_form")),
    Document("EU_TRAINING_SUMMARY.md", "eu-training-summary", export("eu_training_summary")),
    Document("mof.yml", "mof", _mof_record),
    Document("badges/program.svg", "badges", _badge("program")),
    Document("badges/source.svg", "badges", _badge("source")),
    Document("badges/mof.svg", "badges", _badge("mof")),
    Document("badges/osaid.svg", "badges", _badge("osaid")),
    Document("layers.svg", "pictures", _layers_svg),
    Document("lineage.svg", "pictures", _lineage_svg),
)
"""Every document but the card, which merges with what a person wrote, and the texts in LICENSES/."""


_TAKEN = frozenset({CARD, RECORD, "release.yaml", "model.sig", INDEX, *(document.path for document in DOCUMENTS)})
"""Paths of the bundle that a plugin can't write."""


def _plugin_files(assessment: Assessment) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The documents of plugins, and notes about those that are not written.

    Raises:
        CharterError: A plugin failed.
    """
    from generator import plugins
    from generator.documents.plugins import requested_documents

    files: dict[str, bytes] = {}
    notes: list[str] = []
    for plugin, document in requested_documents(assessment.release, _TAKEN):
        if document is None:
            note = _("{name} of {package} was not written: plugins are off.")
            notes.append(note.format(name=plugin.name, package=plugin.package))
            continue
        try:
            text = document.write(assessment)
        except Exception as error:
            raise plugins.failure(plugin, error) from error
        if text is not None:
            files[document.path] = str(text).encode()
    return files, tuple(notes)


def write_documents(assessment: Assessment) -> Bundle:
    """Return the bundle of an assessed release.

    Args:
        assessment: The assessed release.

    Raises:
        LicenseTextError: A text that must be in the bundle is not available.
        CharterError: A file that the release names cannot be read, or something a document needs is not stated.
    """
    with use_document_language(assessment.release.language):
        return _write_documents(assessment)


def _write_documents(assessment: Assessment) -> Bundle:
    from generator.documents.bundle import Bundle
    from generator.documents.licenses.texts import LicenseTextStore, license_files

    coverage, text_store = cover(assessment), LicenseTextStore(assessment)
    outputs = assessment.release.outputs
    files: dict[str, bytes] = {}
    for document in DOCUMENTS:
        if document.output not in outputs:
            continue
        try:
            if (text := document.write(coverage, text_store)) is not None:
                files[document.path] = text.encode()
        except UnicodeEncodeError as error:
            raise _not_utf8(document.path, error) from None
    if "licenses" in outputs or "reuse" in outputs:
        files |= license_files(coverage, text_store)
    more, plugin_notes = _plugin_files(assessment) if not set(outputs) <= set(OUTPUTS) else ({}, ())
    files |= more
    adopted = text_store.get_adopted() if "licenses" in outputs else {}
    place = _license_place(coverage, text_store)
    text = place or f"LICENSES/{coverage.single.license if coverage.single else LICENSE}.txt"
    notice_file = coverage.publisher_files.notice
    card = write_card(coverage, text, notice_file)._replace(adopted=adopted) if "card" in outputs else None
    taken = {*text_store.taken, *_replaceable(assessment.release.folder, coverage.publisher_files)}
    places = {NOTICE: notice_file, LICENSE: place}
    files = {places.get(path, path): text for path, text in files.items() if places.get(path, path)}
    return Bundle(
        files,
        card=card,
        taken=frozenset(taken),
        release=assessment.release,
        outputs=(INDEX, notice_file, *(document.path for document in DOCUMENTS), *more),
        adopted=adopted,
        notes=(*_label_notes(coverage), *plugin_notes),
    )


def _replaceable(folder: Path | None, there: PublisherFiles) -> Iterator[str]:
    """Files of the publisher's whose words are in what is written, empty ones, and those that say `TODO`."""
    if folder is None:
        return
    for name in (there.notice, USE_POLICY):
        if own_words(folder, name):
            yield name
    for name in (there.notice, *there.licenses):
        if size_of(folder, name) >= 0 and is_placeholder(_head(folder / name).decode("utf-8", "replace")):
            yield name


def _head(path: Path) -> bytes:
    with open_regular(path) as stream:
        return stream.read(4096)


def _license_place(coverage: Coverage, text_store: LicenseTextStore) -> str:
    """Where LICENSE goes: another name, or nowhere, where the publisher's stays.

    It stays where the release takes a text from there that is not the only license, as the next build reads it again;
    where it holds no text and only names licenses of the release; and where it has the text of a license and the
    release states none that could be another one.
    """
    folder, name = coverage.assessment.release.folder, coverage.publisher_files.license
    if not coverage.single and text_store.is_supplied(name):
        return INDEX
    if folder is None or name in text_store.taken or text_store.wrote(name):
        return name
    if not any(item.license for item in coverage.assessment.items) and _is_license_text(folder, name):
        return INDEX
    named = find_licenses_named(folder, name)
    return ("" if coverage.single else INDEX) if named and named <= set(coverage.texts) else name


def _is_license_text(folder: Path, name: str) -> bool:
    """Whether a file that a person wrote has the text of a license that is known."""
    from generator.licenses.identify import UNKNOWN, identify

    text = publisher_text(folder, name, {})
    return bool(text and text.strip()) and identify(text or "").result != UNKNOWN


def _label_notes(coverage: Coverage) -> Iterator[str]:
    """A stated license of the Hub that the card cannot carry alone, and why."""
    label, name = coverage.card_label
    stated = {item.license for item in coverage.subject if item.license}
    if label != "other" or len(stated) != 1:
        return
    one = next(iter(stated))
    known = hub_id(one.license) if not one.parts else None
    if known and known != "other":
        via = [f.via[-1] for i in coverage.subject for f in i.travelling if f.license and not only_notices(f, i)]
        note = (
            _(
                "README.md: license {license} becomes other ({name}): terms of {sources} must be passed on. "
                "LICENSE lists all terms."
            )
            if via
            else _(
                "README.md: license {license} becomes other ({name}): parts have other licenses. "
                "LICENSE lists all terms."
            )
        )
        yield note.format(license=known, name=name, sources=", ".join(dict.fromkeys(via)))


def _not_utf8(path: str, error: UnicodeEncodeError) -> CharterError:
    """The error for a file's name that is not UTF-8, with the name around the bytes."""
    before, after = re.split(r"[\n\"]", error.object[: error.start])[-1], error.object[error.start :]
    name = before.rpartition(" ")[2][-80:] + re.split(r"[\n\"]", after)[0][:80]
    shown = name.encode("utf-8", "backslashreplace").decode()
    return CharterError(
        _("{path}: the file name {name} is not UTF-8.").format(path=path, name=shown), _("Rename the file.")
    )


def write_card(coverage: Coverage, license_file: str = LICENSE, notice_file: str = NOTICE) -> Card:
    """Return the model card, front matter and text apart.

    Args:
        coverage: Which terms cover which files.
        license_file: Where the license text or the index is.
        notice_file: Where the notices are.
    """
    from generator.documents.bundle import Card
    from generator.documents.card.front_matter import front_matter
    from generator.documents.card.template import apply_template
    from generator.documents.card.view import card_view
    from generator.documents.render import render

    with use_document_language(coverage.assessment.release.language):
        return Card(
            front_matter=front_matter(coverage, license_file),
            title=f"# {inline(coverage.assessment.release.release.name)}\n",
            body=apply_template(
                coverage.assessment.release, render("README.md.jinja", card_view(coverage, license_file, notice_file))
            ),
        )
