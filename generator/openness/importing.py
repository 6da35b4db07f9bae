"""A release file from a record of the Model Openness Framework: what both can hold, and notes on what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from generator.licenses.catalog import parse_known
from generator.openness.facts import components, facts
from generator.openness.record import LAYER_OF, Entry, Record
from generator.release.fields import DATE, LINE, MARKDOWN, REPO_ID, URL, Kind, Refused
from generator.release.model import Item, Layers, LocalTerms, ModelInfo, Publisher, Release, ReleaseInfo
from generator.release.reader import parse_release
from generator.release.vocabulary import LAYERS, Component
from generator.release.writer import format_release
from generator.translations import gettext as _

_HUB = re.compile(r"(?:https?://(?:www\.)?huggingface\.co/)?([^/?#\s]+/[^/?#\s]+)/?", re.I)


class ImportResult(NamedTuple):
    """The text of a release file, and what the record says that it does not hold."""

    text: str
    notes: tuple[str, ...]


def import_record(record: Record) -> ImportResult:
    """Return a release file that says what a record says.

    Args:
        record: The record.
    """
    maker = _Maker(record)
    text = format_release(maker.release())
    parse_release(text, record.file)  # it must load
    return ImportResult(text, tuple(maker.notes))


def record_release(record: Record) -> Release:
    """Return the release that a record states.

    Args:
        record: The record.
    """
    return _Maker(record).release()


class _Maker:
    """Makes the parts of a release, and gathers what does not fit."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.notes: list[str] = []
        self.terms: dict[str, LocalTerms] = {}
        self.paths: list[str] = []

    def release(self) -> Release:
        info = self.record.info
        placed = list(self.items())
        layers = {layer: tuple(item for place, item in placed if place == layer) for layer in LAYERS}
        model = self.model(info)
        found = Release(
            charter=1,
            release=ReleaseInfo(
                name=self.fit(LINE, "name", self.record.name) or "Release",
                version=self.fit(LINE, "version", info.get("version")),
                date=self.fit(DATE, "date", info.get("date")),
                repo=self.repo(info),
                publisher=self.publisher(info),
            ),
            model=model,
            layers=Layers(**layers),
            documents=tuple(item for place, item in placed if place == "documents"),
            licenses=self.terms,
        )
        if found.release.date:
            self.notes.append(
                _("date: {date} was taken for the day of the release; a record may mean its own.").format(
                    date=found.release.date
                )
            )
        for key in ("treatment", "origin", "repository"):
            if key in info:
                self.leave_out(key, info[key])
        if self.paths:
            note = _("license_path ({names}): the license is named by its id; left out.")
            self.notes.append(note.format(names=", ".join(self.paths)))
        note = _("{key}: the framework does not know this key; it was left out.")
        self.notes += [note.format(key=key) for key in self.record.others]
        return found

    def publisher(self, info: Mapping[str, str]) -> Publisher | None:
        name, contact = (self.fit(LINE, key, info.get(key)) for key in ("producer", "contact"))
        if contact and not name:
            self.leave_out("contact", contact)
        return Publisher(name=name, contact=contact) if name else None

    def repo(self, info: Mapping[str, str]) -> str | None:
        stated = info.get("huggingface")
        match = _HUB.fullmatch(stated) if stated else None
        found: str | None = self.fit(REPO_ID, "huggingface", match.group(1) if match else stated)
        return found

    def model(self, info: Mapping[str, str]) -> ModelInfo | None:
        architecture, type_ = info.get("architecture"), info.get("type")
        modality = next((ours for ours, theirs in facts()["modalities"].items() if theirs == type_), None)
        if architecture and architecture not in facts()["architectures"]:
            self.leave_out("architecture", architecture)
            architecture = None
        if type_ and modality is None:
            self.leave_out("type", type_)
        if not (architecture or modality):
            return None
        return ModelInfo(architecture=architecture, modalities=(modality,) if modality else ())

    def items(self) -> Iterator[tuple[str, Item]]:
        """The layer of each component, and its item."""
        for entry in self.record.entries:
            if entry.component is None:
                note = _("{name!r} is no component of the framework; it was left out.")
                self.notes.append(note.format(name=entry.name))
            elif _fold(entry) in facts()["absent"]:
                note = _("{name}: the record says {license!r}; it was left out.")
                self.notes.append(note.format(name=entry.name, license=entry.license))
            else:
                yield LAYER_OF[entry.component], self.item(entry, entry.component)

    def item(self, entry: Entry, component: str) -> Item:
        texts = entry.texts
        url = self.fit(URL, f"{entry.name}: component_path", texts.get("component_path"))
        if "license_path" in texts and not (entry.license and parse_known(entry.license) is None):
            self.paths.append(entry.name)
        return Item(
            component=cast(Component, component),
            availability="released",
            license=self.license(entry, components()[component].label),
            description=self.fit(MARKDOWN, f"{entry.name}: description", texts.get("description")),
            url=url,
        )

    def license(self, entry: Entry, label: str) -> str | None:
        """The license as it is canonical, else terms of the release's own."""
        text = entry.license
        if text is None or _fold(entry) in facts()["not_stated"]:
            return None
        if (found := parse_known(text)) is not None:
            return str(found)
        name = self.fit(LINE, f"{label}: license", text)
        if name is None:
            return None
        slug = re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-.")[:60] or "terms"
        key = f"LicenseRef-{slug}"
        while (key in self.terms and self.terms[key].name != name) or parse_known(key) is not None:
            key += "-1"
        url = self.fit(URL, f"{label}: license_path", entry.texts.get("license_path"))
        self.terms.setdefault(key, LocalTerms(name=name, url=url))
        return key

    def fit(self, kind: Kind, key: str, value: str | None) -> Any:  # noqa: ANN401 - by the kind
        """A value as the release file takes it; None, with a note, where it does not fit."""
        if value is None or not value.strip():
            return None
        try:
            return kind.read(value)
        except Refused as refused:
            note = _("{key}: {reason} It was left out.")
            self.notes.append(note.format(key=key, reason=refused.expected))
            return None

    def leave_out(self, key: str, value: str) -> None:
        note = _("{key}: {value!r} has no place in a release file; it was left out.")
        self.notes.append(note.format(key=key, value=value))


def _fold(entry: Entry) -> str:
    return " ".join((entry.license or "").casefold().split())
