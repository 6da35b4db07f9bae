"""The types of a release file: frozen, every field described; they are the format's one definition."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Self

from generator.release import fields as kind
from generator.release.vocabulary import COMPONENTS, LAYERS


class Many(NamedTuple):
    """A list of values of one kind; `or_one` lets a single value stand without a list."""

    of: kind.Kind | type
    or_one: bool = False


class Table(NamedTuple):
    """A mapping of keys of one kind to values of another."""

    key: kind.Kind
    value: kind.Kind | type


REQUIRED = object()
Shape = kind.Kind | Many | Table | type
"""What a field holds; a type is one of those below."""


class Stated(NamedTuple):
    """What a type says of one of its fields; a field without a default is required."""

    shape: Shape
    description: str
    default: Any

    @property
    def required(self) -> bool:
        """Whether the field must be there."""
        return self.default is REQUIRED


def said(shape: Shape, description: str) -> Any:  # noqa: ANN401 - stands for the field's value
    """Declare a field that must be there.

    Args:
        shape: What may stand there.
        description: A sentence for the JSON Schema and the docs.
    """
    return Stated(shape, description, REQUIRED)


def has(shape: Shape, description: str, default: Any = None) -> Any:  # noqa: ANN401 - stands for the field's value
    """Declare a field that may be left out.

    Args:
        shape: What may stand there.
        description: A sentence for the JSON Schema and the docs.
        default: What holds where it is left out; nothing of a list or a mapping, else None.
    """
    empty: Any = MappingProxyType({}) if isinstance(shape, Table) else () if isinstance(shape, Many) else None
    return Stated(shape, description, empty if default is None else default)


class Part:
    """What all types of a release file share: declared fields, made once, compared by value.

    A dataclass would do; it costs a millisecond of start-up for each type, these cost none.
    """

    __stated__: ClassVar[dict[str, Stated]] = {}

    def __init_subclass__(cls) -> None:
        cls.__stated__ = {name: value for name, value in vars(cls).items() if isinstance(value, Stated)}

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - typed by the declarations
        stated = self.__stated__
        if unknown := values.keys() - stated.keys():
            raise TypeError(f"{type(self).__name__} has no field {sorted(unknown)[0]!r}")
        for name, field in stated.items():
            value = values.get(name, field.default)
            if value is REQUIRED:
                raise TypeError(f"{type(self).__name__} needs {name!r}")
            object.__setattr__(self, name, value)

    def but(self, **values: Any) -> Self:  # noqa: ANN401 - typed by the declarations
        """Return the same with other values.

        Args:
            values: What differs, by field.
        """
        return type(self)(**{name: getattr(self, name) for name in self.__stated__} | values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen; its {name!r} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen; its {name!r} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(getattr(self, n) == getattr(other, n) for n in self.__stated__)

    def __hash__(self) -> int:
        return hash(tuple(str(getattr(self, name)) for name in self.__stated__))

    def __repr__(self) -> str:
        shown = {name: getattr(self, name) for name, field in self.__stated__.items()}
        told = (f"{n}={v!r}" for n, v in shown.items() if v != self.__stated__[n].default)
        return f"{type(self).__name__}({', '.join(told)})"


def fields_of(part: type) -> dict[str, Stated]:
    """Return what a type of the release file says of its fields, in order.

    Args:
        part: `Release`, or a type that a field of it holds.
    """
    stated: dict[str, Stated] = part.__stated__  # type: ignore[attr-defined] # only types of this module come here
    return stated


class Location(NamedTuple):
    """A place in the release file; line and column from 1."""

    file: str
    line: int
    column: int


class Source(NamedTuple):
    """Where a release was read from: the file, its folder, the place of every value, and the values as they stand."""

    file: str
    folder: Path | None
    marks: dict[tuple[str | int, ...], tuple[int, int]]
    tree: Any = None

    def texts(self) -> Iterator[tuple[tuple[str | int, ...], kind.Kind, str]]:
        """Yield path, kind and spelling of every text of the file that a field of the format reads."""
        return _texts(Release, self.tree, ())


class Publisher(Part):
    """Who publishes the release."""

    name: str = said(kind.LINE, "The publisher's name.")
    url: str | None = has(kind.URL, "The publisher's web page.")
    contact: str | None = has(kind.LINE, "Where to write to: an e-mail address or a web address.")


class ReleaseInfo(Part):
    """What the release is called, who publishes it, and how the Hub files it."""

    name: str = said(kind.LINE, "The name of the release, as readers know it.")
    version: str | None = has(kind.LOOSE_LINE, "The version, as text; `1.10` stays `1.10`.")
    date: datetime.date | None = has(
        kind.DATE, "The day of the release (YYYY-MM-DD); dated outputs use it, never the clock."
    )
    repo: str | None = has(kind.REPO_ID, "The Hub repo it is published in, `ORG/NAME`.")
    summary: str | None = has(kind.LINE, "One or two sentences that say what it is.")
    publisher: Publisher | None = has(Publisher, "Who publishes it.")
    copyright: str | None = has(kind.LINE, "Year and holder of the copyright, as in `2026 Borealis Lab`.")
    languages: tuple[str, ...] = has(Many(kind.LINE), "Languages as ISO 639 codes, or `code`, or `multilingual`.")
    task: str | None = has(kind.TASK, "The Hub's pipeline tag.")
    library: str | None = has(kind.LINE, "The Hub's library name, such as `transformers`.")
    tags: tuple[str, ...] = has(Many(kind.LINE), "Free tags for the Hub.")


class ModelInfo(Part):
    """What the model is, in numbers."""

    architecture: str | None = has(kind.LINE, "The architecture's name, as in config.json.")
    parameters: int | None = has(kind.COUNT, "The number of parameters.")
    context_length: int | None = has(kind.COUNT, "The longest input, in tokens.")
    modalities: tuple[str, ...] = has(Many(kind.LINE), "What goes in and comes out, such as text, image or audio.")


class Upstream(Part):
    """Something that an item was made from, and how."""

    ref: str = said(kind.LINE, "A Hub repo id, a web address, or a path.")
    relation: str = said(kind.RELATION, "How the item was made from it.")
    license: str | None = has(
        kind.LICENSE, "Its license; where it stays unknown, that is a finding, never an assumption."
    )
    revision: str | None = has(kind.LOOSE_LINE, "The commit or tag that was used.")
    copyright: str | None = has(kind.LINE, "Its copyright line, which notices carry on.")
    notice: str | None = has(kind.INNER_PATH, "A file of this folder that holds its NOTICE text.")


class Item(Part):
    """One thing that is released, described or withheld."""

    name: str | None = has(kind.LINE, "Its name, where the layer holds several or it has one.")
    component: str | None = has(
        kind.COMPONENT, "The component of the Model Openness Framework that it is; a layer's first by default."
    )
    form: str | None = has(kind.FORM, "What kind of delta it is (deltas only).")
    availability: str = said(kind.AVAILABILITY, "Whether and how it is released.")
    access: str | None = has(kind.ACCESS_KIND, "The kind of training data, as OSAID knows it (data only).")
    license: str | None = has(kind.LICENSE, "Its own license: an SPDX expression, a Hub id, or an id of `licenses`.")
    license_text: str | None = has(kind.INNER_PATH, "A file of this folder that holds the license's text.")
    files: tuple[str, ...] = has(
        Many(kind.INNER_PATH), "Patterns of the files it is made of: `*` within a folder, `**` across."
    )
    derived_from: tuple[Upstream, ...] = has(Many(Upstream), "What it was made from.")
    owner: str | None = has(kind.LINE, "Whose it is, where it is not the publisher's.")
    copyright: str | None = has(kind.LINE, "Its copyright line, where it is not the release's.")
    description: str | None = has(kind.MARKDOWN, "What it is, or how it was made.")
    url: str | None = has(kind.URL, "Where it is, if not in this repo.")
    repo: str | None = has(kind.REPO_ID, "The Hub repo it is published in, if not the release's.")
    sha256: str | None = has(kind.SHA256, "The SHA-256 of its file.")


class Layers(Part):
    """The five layers; each holds one item or a list of items."""

    data: tuple[Item, ...] = has(Many(Item, or_one=True), "What the model learned from, and what it was measured with.")
    curation: tuple[Item, ...] = has(Many(Item, or_one=True), "Data preparation: selection, cleaning, mixing.")
    architecture: tuple[Item, ...] = has(Many(Item, or_one=True), "The model's definition and the code around it.")
    weights: tuple[Item, ...] = has(Many(Item, or_one=True), "The numbers that training made.")
    deltas: tuple[Item, ...] = has(
        Many(Item, or_one=True), "What changes other weights: adapters, diffs, fine-tunes, quantizations, merges."
    )


class LocalTerms(Part):
    """Terms that no list knows; what is not said of them stays `unclear`."""

    name: str = said(kind.LINE, "What the terms are called.")
    url: str | None = has(kind.URL, "Where they can be read.")
    limits: tuple[str, ...] = has(Many(kind.LIMIT), "Limits that the publisher knows of.")
    license_text: str | None = has(kind.INNER_PATH, "A file of this folder that holds their text.")


class Card(Part):
    """Sections of the model card, in Markdown; each may be left out."""

    intended_use: str | None = has(kind.MARKDOWN, "What it is meant for.")
    out_of_scope: str | None = has(kind.MARKDOWN, "What it is not meant for.")
    limitations: str | None = has(kind.MARKDOWN, "Biases, risks and limits.")
    how_to_use: str | None = has(kind.MARKDOWN, "How to get started, with code.")
    training: str | None = has(kind.MARKDOWN, "How it was trained.")
    evaluation: str | None = has(kind.MARKDOWN, "How it was measured, in words.")
    environment: str | None = has(kind.MARKDOWN, "What training cost: hardware, hours, energy.")
    citation: str | None = has(kind.MARKDOWN, "How to cite it.")


class ResultDataset(Part):
    """What a result was measured on."""

    name: str = said(kind.LINE, "The data set's name.")
    id: str | None = has(kind.LINE, "Its Hub id.")
    config: str | None = has(kind.LOOSE_LINE, "Its configuration.")
    split: str | None = has(kind.LOOSE_LINE, "The split that was used.")
    revision: str | None = has(kind.LOOSE_LINE, "Its commit.")


class Result(Part):
    """One evaluation result; it becomes an entry of the Hub's model-index."""

    task: str = said(kind.TASK, "The Hub's pipeline tag of what was measured.")
    dataset: ResultDataset = said(ResultDataset, "What it was measured on.")
    metric: str = said(kind.LINE, "The metric's id, such as `accuracy`.")
    name: str | None = has(kind.LINE, "The metric's name, where the id does not speak for itself.")
    value: Decimal | str = said(kind.NUMBER, "The value, exactly as measured; text such as `20.0 ± 1.2` is possible.")
    source: str | None = has(kind.URL, "Where the result is published.")


class Acceptance(Part):
    """A finding that the publisher has looked at and answers for."""

    rule: str = said(kind.RULE_ID, "The rule whose findings are accepted.")
    reason: str = said(kind.LINE, "Why, and who decided.")
    until: datetime.date | None = has(kind.DATE, "The last day it holds (YYYY-MM-DD).")


class Placed(NamedTuple):
    """An item with its layer (or `documents`) and its place there, from 0."""

    layer: str
    number: int
    item: Item


class Release(Part):
    """A release file of modelcharter, version 1: what is released, layer by layer."""

    charter: int = said(kind.VERSION, "The version of this format: 1.")
    release: ReleaseInfo = said(ReleaseInfo, "What it is called and who publishes it.")
    model: ModelInfo | None = has(ModelInfo, "What the model is, in numbers.")
    layers: Layers = has(Layers, "The five layers.", Layers())
    documents: tuple[Item, ...] = has(Many(Item), "Papers, reports, results: items with a component.")
    licenses: Mapping[str, LocalTerms] = has(Table(kind.TERMS_ID, LocalTerms), "Terms that no list knows, by id.")
    card: Card = has(Card, "The model card's sections.", Card())
    results: tuple[Result, ...] = has(Many(Result), "Evaluation results.")
    rules: Mapping[str, str] = has(Table(kind.RULE_ID, kind.SEVERITY), "The severity of rules, or `off`.")
    accept: tuple[Acceptance, ...] = has(Many(Acceptance), "Findings the publisher answers for.")
    outputs: tuple[str, ...] = has(Many(kind.OUTPUT), "What a build writes.", ("card", "licenses"))
    origin: ClassVar[Source | None] = None
    """Where it was read from; not a part of what it says."""

    def read_from(self, source: Source) -> Release:
        """Return the same release, which knows where it stands.

        Args:
            source: The file it was read from.
        """
        object.__setattr__(self, "origin", source)
        return self

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
        return self.origin.folder if self.origin else None

    def locate(self, path: tuple[str | int, ...]) -> Location:
        """Return where a field stands; the nearest one above it, where it is not written.

        Args:
            path: Keys and indices, as in `("layers", "weights", 0, "license")`.
        """
        if self.origin is None:
            return Location("release", 1, 1)
        line, column = nearest_mark(self.origin.marks, path)
        return Location(self.origin.file, line, column)


def _texts(
    shape: Shape,
    value: Any,  # noqa: ANN401 - whatever stands there
    path: tuple[str | int, ...],
) -> Iterator[tuple[tuple[str | int, ...], kind.Kind, str]]:
    if isinstance(shape, kind.Kind):
        if isinstance(value, str):
            yield path, shape, value
    elif isinstance(shape, Many):
        if isinstance(value, list):
            for number, entry in enumerate(value):
                yield from _texts(shape.of, entry, (*path, number))
        else:
            yield from _texts(shape.of, value, path)
    elif isinstance(value, dict):
        for key, entry in value.items():
            below = shape.value if isinstance(shape, Table) else fields_of(shape)[key].shape
            yield from _texts(below, entry, (*path, key))


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


class Fault(NamedTuple):
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
