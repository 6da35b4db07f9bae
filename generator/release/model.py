"""The types of a release file: frozen, every field described; they are the format's one definition."""

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from generator.named_tuple import NamedTuple
from generator.release.fields import (
    LICENSE,
    Amount,
    Count,
    Date,
    InnerPath,
    Kind,
    Language,
    License,
    Line,
    LooseLine,
    Markdown,
    Number,
    OutputName,
    RepoId,
    RuleId,
    Sha256,
    Task,
    TermsId,
    Url,
    Version,
    license_resolver,
)
from generator.release.part import OR_ONE, Checker, Fault, Many, Part, Path_, Shape, Table, fields_of
from generator.release.vocabulary import (
    COMPONENTS,
    LAYERS,
    Access,
    Availability,
    Component,
    Form,
    LimitId,
    Price,
    Relation,
    Severity,
)
from generator.translations import gettext as _

if TYPE_CHECKING:
    from dataclasses import dataclass as release_type

    from generator.release.settings import AppliedSettings
else:
    from generator.release.part import release_type


class Location(NamedTuple):
    """A place in the release file; line and column from 1."""

    file: str
    line: int
    column: int


class Source(NamedTuple):
    """Where a release was read from: the file, its folder, the place of every value, and the values as they stand.

    Attributes:
        settings: What the release's organization states for all its releases; None where nothing applies.
    """

    file: str
    folder: Path | None
    marks: dict[Path_, tuple[int, int]]
    tree: Any = None
    settings: "AppliedSettings | None" = None

    def texts(self) -> list[tuple[Path_, Kind, str]]:
        """Return path, kind and spelling of every text of the file that a field of the format reads."""
        found: list[tuple[Path_, Kind, str]] = []
        _gather_texts(Release, self.tree, (), found)
        return found


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@release_type(frozen=True, kw_only=True)
class Publisher(Part):
    """Who publishes the release."""

    name: Annotated[Line, "The publisher's name."]
    url: Annotated[Url | None, "The publisher's web page."] = None
    contact: Annotated[Line | None, "Where to write to: an e-mail address or a web address."] = None


@release_type(frozen=True, kw_only=True)
class ReleaseInfo(Part):
    """What the release is called, who publishes it, and how the Hub files it."""

    name: Annotated[Line, "The name of the release, as readers know it."]
    version: Annotated[LooseLine | None, "The version, as text; `1.10` stays `1.10`."] = None
    date: Annotated[Date | None, "The day of the release (YYYY-MM-DD); dated outputs use it, never the clock."] = None
    repo: Annotated[RepoId | None, "The Hub repo it is published in, `ORG/NAME`."] = None
    summary: Annotated[Line | None, "One or two sentences that say what it is."] = None
    publisher: Annotated[Publisher | None, "Who publishes it."] = None
    copyright: Annotated[Line | None, "Year and holder of the copyright, as in `2026 Borealis Lab`."] = None
    languages: Annotated[tuple[Line, ...], "Languages as ISO 639 codes, or `code`, or `multilingual`."] = ()
    task: Annotated[Task | None, "The Hub's pipeline tag."] = None
    library: Annotated[Line | None, "The Hub's library name, such as `transformers`."] = None
    tags: Annotated[tuple[Line, ...], "Free tags for the Hub."] = ()


@release_type(frozen=True, kw_only=True)
class ModelInfo(Part):
    """What the model is, in numbers."""

    architecture: Annotated[Line | None, "The architecture's name, as in config.json."] = None
    parameters: Annotated[Count | None, "The number of parameters."] = None
    context_length: Annotated[Count | None, "The longest input, in tokens."] = None
    modalities: Annotated[tuple[Line, ...], "What goes in and comes out, such as text, image or audio."] = ()


@release_type(frozen=True, kw_only=True)
class Upstream(Part):
    """Something that an item was made from, and how."""

    ref: Annotated[Line, "A Hub repo id, a web address, or a path."]
    relation: Annotated[Relation, "How the item was made from it."]
    license: Annotated[
        License | None, "Its license; where it stays unknown, that is a finding, never an assumption."
    ] = None
    revision: Annotated[LooseLine | None, "The commit or tag that was used."] = None
    copyright: Annotated[Line | None, "Its copyright line, which notices carry on."] = None
    notice: Annotated[InnerPath | None, "A file of this folder that holds its NOTICE text."] = None


@release_type(frozen=True, kw_only=True)
class Item(Part):
    """One thing that is released, described or withheld."""

    name: Annotated[Line | None, "Its name, where the layer holds several or it has one."] = None
    component: Annotated[
        Component | None, "The component of the Model Openness Framework that it is; a layer's first by default."
    ] = None
    form: Annotated[Form | None, "What kind of delta it is (deltas only)."] = None
    availability: Annotated[Availability, "Whether and how it is released."]
    access: Annotated[Access | None, "The kind of training data, as OSAID knows it (data only)."] = None
    license: Annotated[License | None, "Its own license: an SPDX expression, a Hub id, or an id of `licenses`."] = None
    license_text: Annotated[InnerPath | None, "A file of this folder that holds the license's text."] = None
    files: Annotated[
        tuple[InnerPath, ...], "Patterns of the files it is made of: `*` within a folder, `**` across."
    ] = ()
    derived_from: Annotated[tuple[Upstream, ...], "What it was made from."] = ()
    owner: Annotated[Line | None, "Whose it is, where it is not the publisher's."] = None
    copyright: Annotated[Line | None, "Its copyright line, where it is not the release's."] = None
    description: Annotated[Markdown | None, "What it is, or how it was made."] = None
    url: Annotated[Url | None, "Where it is, if not in this repo."] = None
    repo: Annotated[RepoId | None, "The Hub repo it is published in, if not the release's."] = None
    sha256: Annotated[
        Mapping[InnerPath, Sha256] | Sha256 | None, OR_ONE, "The SHA-256 of its file, or a mapping of files to theirs."
    ] = field(default=None, hash=False)

    @property
    def digest(self) -> str | None:
        """The stated digest of the one file; None where there is none, or one for each file."""
        return self.sha256 if isinstance(self.sha256, str) else None

    @property
    def digests(self) -> Mapping[str, str]:
        """The stated digests by file; none where a single one is stated without its file."""
        return self.sha256 if isinstance(self.sha256, Mapping) else _nothing()


@release_type(frozen=True, kw_only=True)
class Layers(Part):
    """The five layers; each holds one item or a list of items."""

    data: Annotated[tuple[Item, ...], OR_ONE, "What the model learned from, and what it was measured with."] = ()
    curation: Annotated[tuple[Item, ...], OR_ONE, "Data preparation: selection, cleaning, mixing."] = ()
    architecture: Annotated[tuple[Item, ...], OR_ONE, "The model's definition and the code around it."] = ()
    weights: Annotated[tuple[Item, ...], OR_ONE, "The numbers that training made."] = ()
    deltas: Annotated[
        tuple[Item, ...], OR_ONE, "What changes other weights: adapters, diffs, fine-tunes, quantizations, merges."
    ] = ()

    def _faults(self) -> Iterator[Fault]:
        """Yield fields that do not belong to the layer of their item."""
        for layer in LAYERS:
            yield from misplaced(layer, getattr(self, layer), (layer,))


@release_type(frozen=True, kw_only=True)
class LocalTerms(Part):
    """Terms that no list knows; what is not said of them stays `unclear`."""

    name: Annotated[Line, "What the terms are called."]
    url: Annotated[Url | None, "Where they can be read."] = None
    limits: Annotated[tuple[LimitId, ...], "Limits that the publisher knows of."] = ()
    license_text: Annotated[InnerPath | None, "A file of this folder that holds their text."] = None


@release_type(frozen=True, kw_only=True)
class Card(Part):
    """Sections of the model card, in Markdown; each may be left out."""

    intended_use: Annotated[Markdown | None, "What it is meant for."] = None
    out_of_scope: Annotated[Markdown | None, "What it is not meant for."] = None
    limitations: Annotated[Markdown | None, "Biases, risks and limits."] = None
    how_to_use: Annotated[Markdown | None, "How to get started, with code."] = None
    training: Annotated[Markdown | None, "How it was trained."] = None
    evaluation: Annotated[Markdown | None, "How it was measured, in words."] = None
    environment: Annotated[Markdown | None, "What training cost: hardware, hours, energy."] = None
    citation: Annotated[Markdown | None, "How to cite it."] = None


@release_type(frozen=True, kw_only=True)
class ResultDataset(Part):
    """What a result was measured on."""

    name: Annotated[Line, "The data set's name."]
    id: Annotated[Line | None, "Its Hub id."] = None
    config: Annotated[LooseLine | None, "Its configuration."] = None
    split: Annotated[LooseLine | None, "The split that was used."] = None
    revision: Annotated[LooseLine | None, "Its commit."] = None


@release_type(frozen=True, kw_only=True)
class Result(Part):
    """One evaluation result; it becomes an entry of the Hub's model-index."""

    task: Annotated[Task, "The Hub's pipeline tag of what was measured."]
    dataset: Annotated[ResultDataset, "What it was measured on."]
    metric: Annotated[Line, "The metric's id, such as `accuracy`."]
    name: Annotated[Line | None, "The metric's name, where the id does not speak for itself."] = None
    value: Annotated[Number, "The value, exactly as measured; text such as `20.0 ± 1.2` is possible."]
    source: Annotated[Url | None, "Where the result is published."] = None


@release_type(frozen=True, kw_only=True)
class Training(Part):
    """What training this release took: compute, hardware, energy, time. State only what you know."""

    compute_flops: Annotated[
        Amount | None, "Floating point operations of this training, without those of base models, as in `8.0e+22`."
    ] = None
    hardware: Annotated[Line | None, "What it ran on, and how many, as in `512 H100`."] = None
    energy_kwh: Annotated[Amount | None, "The energy that it took, in kilowatt hours."] = None
    emissions_kg: Annotated[
        Amount | None, "Its greenhouse gas emissions, in kilograms of CO2 equivalent; the card has them in grams."
    ] = None
    start: Annotated[Date | None, "The first day of training (YYYY-MM-DD)."] = None
    end: Annotated[Date | None, "The last day of training (YYYY-MM-DD)."] = None
    personal_data: Annotated[
        Line | None, "What was done about personal data in the training data, as in `filtered`."
    ] = None

    def _faults(self) -> Iterator[Fault]:
        """Yield an end before the start."""
        if self.start and self.end and self.end < self.start:
            yield Fault(
                ("end",),
                _("{end} is before the start, {start}.").format(end=self.end, start=self.start),
                _("Correct one of the dates."),
            )


@release_type(frozen=True, kw_only=True)
class ReleaseAccess(Part):
    """What access to the release costs."""

    price: Annotated[
        Price | None,
        "`free`: access, and the support and updates that it needs, cost no money and no personal data; else `paid`.",
    ] = None


@release_type(frozen=True, kw_only=True)
class Acceptance(Part):
    """A finding that the publisher has looked at and answers for."""

    rule: Annotated[RuleId, "The rule whose findings are accepted."]
    reason: Annotated[Line, "Why, and who decided."]
    until: Annotated[Date | None, "The last day it holds (YYYY-MM-DD)."] = None


class LocatedItem(NamedTuple):
    """An item with its layer (or `documents`) and its place there, from 0."""

    layer: str
    number: int
    item: Item


@release_type(frozen=True, kw_only=True)
class Release(Part):
    """A release file of modelcharter, version 1: what is released, layer by layer."""

    charter: Annotated[Version, "The version of this format: 1."]
    release: Annotated[ReleaseInfo, "What it is called and who publishes it."]
    model: Annotated[ModelInfo | None, "What the model is, in numbers."] = None
    layers: Annotated[Layers, "The five layers."] = field(default_factory=Layers)
    documents: Annotated[tuple[Item, ...], "Papers, reports, results: items with a component."] = ()
    licenses: Annotated[Mapping[TermsId, LocalTerms], "Terms that no list knows, by id."] = field(
        default_factory=_nothing, hash=False
    )
    card: Annotated[Card, "The model card's sections."] = field(default_factory=Card)
    results: Annotated[tuple[Result, ...], "Evaluation results."] = ()
    rules: Annotated[Mapping[RuleId, Severity], "The severity of rules, or `off`."] = field(
        default_factory=_nothing, hash=False
    )
    accept: Annotated[tuple[Acceptance, ...], "Findings the publisher answers for."] = ()
    outputs: Annotated[tuple[OutputName, ...], "What a build writes."] = ("card", "licenses")
    card_template: Annotated[
        InnerPath | None, "A template in this folder that changes or replaces the generated part of the model card."
    ] = None
    language: Annotated[
        Language, "The language of what a build writes; the languages of the model are `release.languages`."
    ] = "en"
    training: Annotated[Training | None, "What training took: compute, hardware, energy, time."] = None
    access: Annotated[ReleaseAccess | None, "What access to the release costs."] = None
    origin: Source | None = field(default=None, compare=False, repr=False)
    """Where it was read from; not a part of what it says."""

    @classmethod
    def from_folder(cls, folder: str | Path) -> "Release":
        """Return the release that the files of a model folder show, as `charter init --defaults` would write it.

        Nothing is written, and nothing is stated that no file states.

        Args:
            folder: The model's folder.

        Raises:
            CharterError: There is no such folder, or it has a release file already.
        """
        from generator.api.create import release_of_folder

        return release_of_folder(folder)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], folder: str | Path | None = None) -> "Release":
        """Return the release that a mapping describes, with the keys of the release file.

        Args:
            values: Mappings, lists, texts, numbers and dates.
            folder: The folder that its paths are in; None where it has none.

        Raises:
            ReleaseError: A value doesn't fit; every error is in it.
        """
        from generator.release.reader import release_of_mapping

        return release_of_mapping(values, Path(folder) if folder is not None else None)

    def __post_init__(self) -> None:
        super().__post_init__()
        checker = Checker(license_resolver(self._own_ids()))
        held = [(layer, getattr(self.layers, layer), ("layers", layer)) for layer in LAYERS]
        made = {layer: _canonical(items, path, checker) for layer, items, path in held}
        documents = _canonical(self.documents, ("documents",), checker)
        checker.raise_for_faults(self)
        if any(made[layer] is not items for layer, items, _ in held):
            self.__dict__["layers"] = Layers(**made)
        self.__dict__["documents"] = documents

    def _faults(self) -> Iterator[Fault]:
        """Yield what documents say that does not belong to them."""
        return misplaced("documents", self.documents, ("documents",))

    def _own_ids(self) -> frozenset[str]:
        """The `LicenseRef-` ids that it defines: keys of `licenses`, and items that bring their text."""
        brought = {p.item.license for p in self.iter_items() if p.item.license_text and p.item.license}
        return frozenset(self.licenses) | {key for key in brought if key.startswith("LicenseRef-")}

    def iter_items(self) -> Iterator[LocatedItem]:
        """Yield every item with its place, layer by layer, documents last."""
        for layer in LAYERS:
            for number, item in enumerate(getattr(self.layers, layer)):
                yield LocatedItem(layer, number, item)
        for number, item in enumerate(self.documents):
            yield LocatedItem("documents", number, item)

    @property
    def folder(self) -> Path | None:
        """The folder of the release file; None for a release made in Python."""
        return self.origin.folder if self.origin else None

    @property
    def settings(self) -> "AppliedSettings | None":
        """The settings of an organization that were found with the release file."""
        return self.origin.settings if self.origin else None

    @property
    def template_place(self) -> tuple[Path, str] | None:
        """The template of the card: its folder, and its path in it; None where there is none."""
        if self.card_template:
            return self.folder or Path(), self.card_template
        stated = self.settings.values if self.settings else None
        return (
            (self.settings.file.parent, stated.card_template)
            if self.settings and stated and stated.card_template
            else None
        )

    def locate(self, path: Path_) -> Location:
        """Return where a field stands; the nearest one above it, where it is not written.

        Args:
            path: Keys and indices, as in `("layers", "weights", 0, "license")`.
        """
        if self.origin is None:
            return Location("release", 1, 1)
        line, column = nearest_mark(self.origin.marks, path)
        return Location(self.origin.file, line, column)


def _gather_texts(
    shape: Shape,
    value: Any,  # noqa: ANN401 - whatever stands there
    path: Path_,
    found: list[tuple[Path_, Kind, str]],
) -> None:
    """Add path, kind and spelling of every text of a value."""
    if isinstance(shape, Kind):
        if isinstance(value, str):
            found.append((path, shape, value))
    elif isinstance(shape, Many):
        if isinstance(value, list):
            for number, entry in enumerate(value):
                _gather_texts(shape.of, entry, (*path, number), found)
        else:
            _gather_texts(shape.of, value, path, found)
    elif isinstance(shape, Table) and not isinstance(value, dict):
        _gather_texts(shape.value, value, path, found)
    elif isinstance(value, dict):
        known = {} if isinstance(shape, Table) else fields_of(shape)
        for key, entry in value.items():
            below = shape.value if isinstance(shape, Table) else known[key].shape
            _gather_texts(below, entry, (*path, key), found)


def nearest_mark(marks: dict[Path_, tuple[int, int]], path: Path_) -> tuple[int, int]:
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


_Licensed = TypeVar("_Licensed", Item, Upstream)


def _canonical(items: tuple[Item, ...], path: Path_, checker: Checker) -> tuple[Item, ...]:
    """Items with canonical license ids; the same tuple where they are canonical already."""
    made = []
    for number, item in enumerate(items):
        here = (*path, number)
        sources = [_with_id(u, (*here, "derived_from", n), checker) for n, u in enumerate(item.derived_from)]
        same = all(new is old for new, old in zip(sources, item.derived_from, strict=True))
        made.append(_with_id(item if same else replace(item, derived_from=tuple(sources)), here, checker))
    return items if all(new is old for new, old in zip(made, items, strict=True)) else tuple(made)


def _with_id(part: _Licensed, path: Path_, checker: Checker) -> _Licensed:
    key = checker.value(LICENSE, part.license, (*path, "license")) if part.license else None
    return part if key in (None, part.license) else replace(part, license=key)


def misplaced(layer: str, items: tuple[Item, ...], path: Path_) -> Iterator[Fault]:
    """Yield the fields of items that do not belong to their layer.

    Args:
        layer: The layer, or `documents`.
        items: What it holds.
        path: Where they are.
    """
    for number, item in enumerate(items):
        for fault in place_faults(layer, item.form, item.access, item.component):
            yield fault._replace(path=(*path, number, *fault.path))


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
            ("form",),
            _("`form` belongs to deltas, not to {layer}.").format(layer=layer),
            _("Leave it out, or move the item to `deltas:`."),
        )
    if access and layer != "data":
        yield Fault(("access",), _("`access` belongs to data, not to {layer}.").format(layer=layer), _("Leave it out."))
    if layer == "documents" and not component:
        yield Fault(
            ("component",),
            _("a document needs a `component`."),
            _("Expected: {values}.").format(values=", ".join(COMPONENTS[layer])),
        )
    if not component:
        return
    home = next((name for name, parts in COMPONENTS.items() if component in parts), None)
    if layer == "deltas":
        yield Fault(("component",), _("a delta has a `form`, not a component."), _("Leave `component` out."))
    elif home and home != layer:
        message = _("{component!r} belongs to {home}, not to {layer}.").format(
            component=component, home=home, layer=layer
        )
        yield Fault(("component",), message, _("Expected: {values}.").format(values=", ".join(COMPONENTS[layer])))
