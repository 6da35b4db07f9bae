"""The types of a release file: frozen, every field described; they are the format's one definition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from generator.release.fields import (
    Access,
    Availability,
    Component,
    Count,
    Date,
    Form,
    InnerPath,
    LicenseText,
    LimitId,
    Line,
    LooseLine,
    Markdown,
    Number,
    Output,
    Refused,
    Relation,
    RepoId,
    RuleId,
    Severity,
    Sha256,
    Task,
    Url,
)
from generator.release.vocabulary import COMPONENTS, LAYERS

_REF = re.compile(r"LicenseRef-[A-Za-z0-9.\-]+")


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the release file; line and column from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where a release was read from: the file, its folder, and the place of every value."""

    file: str
    folder: Path | None
    marks: dict[tuple[str | int, ...], tuple[int, int]]


class Part(BaseModel):
    """What all parts of a release file share: they are frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Publisher(Part):
    """Who publishes the release."""

    name: Line = Field(description="The publisher's name.")
    url: Url | None = Field(None, description="The publisher's web page.")
    contact: Line | None = Field(None, description="Where to write to: an e-mail address or a web address.")


class ReleaseInfo(Part):
    """What the release is called, who publishes it, and how the Hub files it."""

    name: Line = Field(description="The name of the release, as readers know it.")
    version: LooseLine | None = Field(None, description="The version, as text; `1.10` stays `1.10`.")
    date: Date | None = Field(
        None, description="The day of the release (YYYY-MM-DD); dated outputs use it, never the clock."
    )
    repo: RepoId | None = Field(None, description="The Hub repo it is published in, `ORG/NAME`.")
    summary: Line | None = Field(None, description="One or two sentences that say what it is.")
    publisher: Publisher | None = Field(None, description="Who publishes it.")
    copyright: Line | None = Field(None, description="Year and holder of the copyright, as in `2026 Borealis Lab`.")
    languages: tuple[Line, ...] = Field((), description="Languages as ISO 639 codes, or `code`, or `multilingual`.")
    task: Task | None = Field(None, description="The Hub's pipeline tag.")
    library: Line | None = Field(None, description="The Hub's library name, such as `transformers`.")
    tags: tuple[Line, ...] = Field((), description="Free tags for the Hub.")


class ModelInfo(Part):
    """What the model is, in numbers."""

    architecture: Line | None = Field(None, description="The architecture's name, as in config.json.")
    parameters: Count | None = Field(None, gt=0, description="The number of parameters.")
    context_length: Count | None = Field(None, gt=0, description="The longest input, in tokens.")
    modalities: tuple[Line, ...] = Field((), description="What goes in and comes out: text, image, audio …")


class Upstream(Part):
    """Something that an item was made from, and how."""

    ref: Line = Field(description="A Hub repo id, a web address, or a path.")
    relation: Relation = Field(description="How the item was made from it.")
    license: LicenseText | None = Field(
        None, description="Its license; where it stays unknown, that is a finding, never an assumption."
    )
    revision: LooseLine | None = Field(None, description="The commit or tag that was used.")
    copyright: Line | None = Field(None, description="Its copyright line, which notices carry on.")
    notice: InnerPath | None = Field(None, description="A file of this folder that holds its NOTICE text.")


class Item(Part):
    """One thing that is released, described or withheld."""

    name: Line | None = Field(None, description="Its name, where the layer holds several or it has one.")
    component: Component | None = Field(
        None,
        description="The component of the Model Openness Framework that it is; a layer's first by default.",
    )
    form: Form | None = Field(None, description="What kind of delta it is (deltas only).")
    availability: Availability = Field(description="Whether and how it is given.")
    access: Access | None = Field(None, description="The kind of training data, as OSAID knows it (data only).")
    license: LicenseText | None = Field(
        None, description="Its own license: an SPDX expression, a Hub id, or an id of `licenses`."
    )
    license_text: InnerPath | None = Field(None, description="A file of this folder that holds the license's text.")
    files: tuple[InnerPath, ...] = Field(
        (), description="Patterns of the files it is made of: `*` within a folder, `**` across."
    )
    derived_from: tuple[Upstream, ...] = Field((), description="What it was made from.")
    owner: Line | None = Field(None, description="Whose it is, where it is not the publisher's.")
    copyright: Line | None = Field(None, description="Its copyright line, where it is not the release's.")
    description: Markdown | None = Field(None, description="What it is, or how it was made.")
    url: Url | None = Field(None, description="Where it is, if not in this repo.")
    repo: RepoId | None = Field(None, description="The Hub repo it is published in, if not the release's.")
    sha256: Sha256 | None = Field(None, description="The SHA-256 of its file.")


Items = tuple[Item, ...]


class Layers(Part):
    """The five layers; each holds one item or a list of items."""

    data: Items = Field((), description="What the model learned from, and what it was measured with.")
    curation: Items = Field((), description="How the data was chosen, cleaned and mixed.")
    architecture: Items = Field((), description="The model's definition and the code around it.")
    weights: Items = Field((), description="The numbers that training made.")
    deltas: Items = Field(
        (), description="What changes other weights: adapters, diffs, fine-tunes, quantizations, merges."
    )

    @model_validator(mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:  # noqa: ANN401 - whatever stands there
        if not isinstance(value, dict):
            return value
        return {k: [v] if isinstance(v, (dict, Item)) else v for k, v in value.items()}

    @model_validator(mode="after")
    def _belongs(self) -> Layers:
        for layer in LAYERS:
            _check_places(layer, getattr(self, layer))
        return self


class LocalTerms(Part):
    """Terms that no list knows; what is not said of them stays `unclear`."""

    name: Line = Field(description="What the terms are called.")
    url: Url | None = Field(None, description="Where they can be read.")
    limits: tuple[LimitId, ...] = Field((), description="Limits that the publisher knows of.")
    license_text: InnerPath | None = Field(None, description="A file of this folder that holds their text.")


class Card(Part):
    """Sections of the model card, in Markdown; each may be left out."""

    intended_use: Markdown | None = Field(None, description="What it is meant for.")
    out_of_scope: Markdown | None = Field(None, description="What it is not meant for.")
    limitations: Markdown | None = Field(None, description="Biases, risks and limits.")
    how_to_use: Markdown | None = Field(None, description="How to get started, with code.")
    training: Markdown | None = Field(None, description="How it was trained.")
    evaluation: Markdown | None = Field(None, description="How it was measured, in words.")
    environment: Markdown | None = Field(None, description="What training cost: hardware, hours, energy.")
    citation: Markdown | None = Field(None, description="How to cite it.")


class ResultDataset(Part):
    """What a result was measured on."""

    name: Line = Field(description="The data set's name.")
    id: Line | None = Field(None, description="Its Hub id.")
    config: LooseLine | None = Field(None, description="Its configuration.")
    split: LooseLine | None = Field(None, description="The split that was used.")
    revision: LooseLine | None = Field(None, description="Its commit.")


class Result(Part):
    """One evaluation result; it becomes an entry of the Hub's model-index."""

    task: Task = Field(description="The Hub's pipeline tag of what was measured.")
    dataset: ResultDataset = Field(description="What it was measured on.")
    metric: Line = Field(description="The metric's id, such as `accuracy`.")
    name: Line | None = Field(None, description="The metric's name, where the id does not speak for itself.")
    value: Number = Field(description="The value, exactly as measured; text such as `20.0 ± 1.2` is possible.")
    source: Url | None = Field(None, description="Where the result is published.")


class Acceptance(Part):
    """A finding that the publisher has looked at and answers for."""

    rule: RuleId = Field(description="The rule whose findings are accepted.")
    reason: Line = Field(description="Why, and who decided.")
    until: Date | None = Field(None, description="The last day it holds (YYYY-MM-DD).")


@dataclass(frozen=True, slots=True)
class Placed:
    """An item with its layer (or `documents`) and its place there, from 0."""

    layer: str
    index: int
    item: Item


class Release(Part):
    """A release file of modelcharter, version 1: what is released, layer by layer."""

    charter: Count = Field(description="The version of this format: 1.", json_schema_extra={"const": 1})
    release: ReleaseInfo = Field(description="What it is called and who publishes it.")
    model: ModelInfo | None = Field(None, description="What the model is, in numbers.")
    layers: Layers = Field(default_factory=Layers, description="The five layers.")
    documents: Items = Field((), description="Papers, reports, results: items with a component.")
    licenses: dict[str, LocalTerms] = Field(
        default_factory=dict, description="Terms that no list knows, by `LicenseRef-` id."
    )
    card: Card = Field(default_factory=Card, description="The model card's sections.")
    results: tuple[Result, ...] = Field((), description="Evaluation results.")
    rules: dict[RuleId, Severity] = Field(default_factory=dict, description="The severity of rules, or `off`.")
    accept: tuple[Acceptance, ...] = Field((), description="Findings the publisher answers for.")
    outputs: tuple[Output, ...] = Field(("card", "licenses"), description="What a build writes.")

    _source: Source | None = PrivateAttr(default=None)

    @field_validator("charter")
    @classmethod
    def _version(cls, value: int) -> int:
        if value != 1:
            raise Refused(
                f"this is version {value} of the format; this program reads version 1.",
                "Write `charter: 1`, or update modelcharter.",
            )
        return value

    @field_validator("licenses", mode="before")
    @classmethod
    def _ids(cls, value: Any) -> Any:  # noqa: ANN401 - whatever stands there
        for key in value if isinstance(value, dict) else ():
            if not _REF.fullmatch(str(key)):
                slug = re.sub(r"[^A-Za-z0-9.]+", "-", str(key)).strip("-") or "terms"
                raise Refused(f"{str(key)[:60]!r} is not an id for terms of one's own.", f"Write `LicenseRef-{slug}`.")
        return value

    @model_validator(mode="after")
    def _documents(self) -> Release:
        _check_places("documents", self.documents)
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Release) and all(
            getattr(self, name) == getattr(other, name) for name in type(self).model_fields
        )

    __hash__ = None  # type: ignore[assignment] # dictionaries inside; nobody keys by a whole release

    def placed(self) -> Iterator[Placed]:
        """Yield every item with its place, layer by layer, documents last."""
        for layer in LAYERS:
            for number, item in enumerate(getattr(self.layers, layer)):
                yield Placed(layer, number, item)
        for number, item in enumerate(self.documents):
            yield Placed("documents", number, item)

    @property
    def folder(self) -> Path | None:
        """The folder of the release file; None for a release made in Python."""
        return self._source.folder if self._source else None

    def locate(self, path: tuple[str | int, ...]) -> Location:
        """Return where a field stands; the nearest one above it, where it is not written.

        Args:
            path: Keys and indices, as in `("layers", "weights", 0, "license")`.
        """
        if self._source is None:
            return Location("release", 1, 1)
        line, column = nearest_mark(self._source.marks, path)
        return Location(self._source.file, line, column)


def nearest_mark(marks: dict[tuple[str | int, ...], tuple[int, int]], path: tuple[str | int, ...]) -> tuple[int, int]:
    """Return line and column of a path, or of the nearest one above it.

    A layer that holds one item has no index in the file, so an index 0 may be left out.
    """
    while path:
        if path in marks:
            return marks[path]
        if len(path) > 2 and path[0] == "layers" and path[2] == 0 and (short := (*path[:2], *path[3:])) in marks:
            return marks[short]
        path = path[:-1]
    return marks.get((), (1, 1))


class Misplaced(ValueError):
    """Fields of items that do not belong where they stand; the reader tells each at its place."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A field of an item that does not belong to its layer."""

    field: str
    message: str
    remedy: str


def place_faults(layer: str, form: str | None, access: str | None, component: str | None) -> Iterator[Fault]:
    """Yield what an item says that its layer does not know.

    Args:
        layer: The layer, or `documents`.
        form: Its `form`.
        access: Its `access`.
        component: Its `component`.
    """
    if form and layer != "deltas":
        yield Fault(
            "form",
            f"`form` belongs to deltas, not to {layer}.",
            "Leave it out, or move the item to `deltas:`.",
        )
    if access and layer != "data":
        yield Fault("access", f"`access` belongs to data, not to {layer}.", "Leave it out.")
    if layer == "documents" and not component:
        yield Fault("component", "a document needs a `component`.", f"Expected: {', '.join(COMPONENTS[layer])}.")
    if not component:
        return
    home = next((name for name, parts in COMPONENTS.items() if component in parts), None)
    if layer == "deltas":
        yield Fault("component", "a delta has a `form`, not a component.", "Leave `component` out.")
    elif home and home != layer:
        message = f"{component!r} belongs to {home}, not to {layer}."
        yield Fault("component", message, f"Expected: {', '.join(COMPONENTS[layer])}.")


def _check_places(layer: str, items: Items) -> None:
    faults = [fault for item in items for fault in place_faults(layer, item.form, item.access, item.component)]
    if faults:
        raise Misplaced(" ".join(fault.message for fault in faults))
