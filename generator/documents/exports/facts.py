"""The facts that every export takes from: places, files with digests, lineage, and what a format has no field for."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from generator.documents.card.front_matter import is_repo_id
from generator.documents.exports.files import FileFact, FolderFiles
from generator.documents.exports.values import HUB, address, scalar_text
from generator.documents.licenses.coverage import Coverage
from generator.documents.licenses.texts import LicenseTextStore, copyright_line
from generator.documents.training import is_tuned
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import Expression
from generator.release.model import Release, Training
from generator.release.part import fields_of
from generator.release.vocabulary import COMPONENTS
from generator.release.writer import format_release

if TYPE_CHECKING:
    from generator.licenses.lineage import Flow

_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")


class Root(NamedTuple):
    """An upstream, whatever was made from it.

    Attributes:
        kind: `data`, `model` or `code`, by its relations.
        licenses: What is known of its license; several where the release file says several.
        copyright: Its copyright lines.
        as_of: The date of the table of known bases, where its license is from there; else empty.
    """

    ref: str
    revision: str | None
    kind: str
    licenses: tuple[Expression, ...]
    copyright: tuple[str, ...]
    as_of: str = ""

    @property
    def url(self) -> str | None:
        """Where it is: a web address, or a repo of the Hub; None for a path."""
        if "://" in self.ref:
            return address(self.ref)
        if not is_repo_id(self.ref):
            return None
        return f"{HUB}/datasets/{self.ref}" if self.kind == "data" else f"{HUB}/{self.ref}"

    @property
    def purl(self) -> str | None:
        """Its package URL; that scheme knows models of the Hub, no data sets (purl-spec, huggingface)."""
        if self.kind != "model" or not is_repo_id(self.ref):
            return None
        exact = self.revision is not None and _COMMIT.fullmatch(self.revision)
        return f"pkg:huggingface/{self.ref}" + (f"@{exact.group().lower()}" if exact else "")


class Edge(NamedTuple):
    """How an item was made from an upstream, or from another item of the release."""

    item: ItemAssessment
    relation: str
    root: Root | ItemAssessment


class Facts:
    """What one export is filled from.

    Args:
        coverage: Which terms cover which files.
        text_store: Where license texts are taken from.
        built: Paths that a build may write; they are never evidence of anything.
    """

    def __init__(self, coverage: Coverage, text_store: LicenseTextStore, built: frozenset[str]) -> None:
        self.coverage = coverage
        self.text_store = text_store
        self.release: Release = coverage.assessment.release
        self.info = self.release.release
        self.license_set = coverage.assessment.license_set
        self._built = built

    @cached_property
    def items(self) -> tuple[ItemAssessment, ...]:
        """Every part that exists, given or not."""
        return tuple(i for i in self.coverage.assessment.items if i.item.availability != "none")

    @cached_property
    def identity(self) -> uuid.UUID:
        """An id that follows from what is exported: the release and the digests of its files."""
        said = [format_release(self.release)]
        said += [f"{file.sha256} {file.size} {file.path}" for files in self._files.values() for file in files]
        return uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(said))

    @property
    def time(self) -> str | None:
        """The day of the release as a timestamp of midnight, UTC."""
        return f"{self.info.date.isoformat()}T00:00:00Z" if self.info.date else None

    @property
    def is_data(self) -> bool:
        """Whether the release is a data set, with no model in it."""
        return bool(self.coverage.subject) and all(item.layer == "data" for item in self.coverage.subject)

    @property
    def home(self) -> str | None:
        """The address of the Hub repo that the release is published in."""
        if self.info.repo is None:
            return None
        return f"{HUB}/datasets/{self.info.repo}" if self.is_data else f"{HUB}/{self.info.repo}"

    def number(self, item: ItemAssessment) -> int:
        """The item's place among all parts, from 0."""
        return next(number for number, other in enumerate(self.items) if other is item)

    def title(self, item: ItemAssessment) -> str:
        """The name of an item in a list of parts: its own, else the release's with what it is."""
        return item.item.name or f"{self.info.name}: {item.label}"

    def kind(self, item: ItemAssessment) -> str:
        """What an item is to a bill of materials: `model`, `data`, `code`, `configuration` or `document`."""
        component: str = item.item.component or ""
        component = component or next(iter(COMPONENTS[item.layer]), "")
        if item.layer == "documents" or component == "data-card":
            return "document"
        if component == "model-metadata":
            return "configuration"
        return {"data": "data", "weights": "model", "deltas": "model"}.get(item.layer, "code")

    def where(self, item: ItemAssessment) -> str | None:
        """The address an item is got from: its own, else that of the Hub repo it is published in."""
        if item.item.url or not item.is_available:
            return address(item.item.url)
        if item.item.repo in (None, self.info.repo):
            return self.home if item.item.files or item.item.repo else None
        return f"{HUB}/datasets/{item.item.repo}" if item.layer == "data" else f"{HUB}/{item.item.repo}"

    def purl(self, item: ItemAssessment) -> str | None:
        """The package URL of a model that is published on the Hub; its commit is not known before it is pushed."""
        repo = item.item.repo or (self.info.repo if item.item.files else None)
        return f"pkg:huggingface/{repo}" if repo and item.is_available and self.kind(item) == "model" else None

    def is_new(self, item: ItemAssessment) -> bool:
        """Whether version and date of the release hold for an item: what lies elsewhere may be older."""
        return item.is_available and (item.item.url is None or self.is_subject(item))

    def is_subject(self, item: ItemAssessment) -> bool:
        """Whether an item is what the release is about."""
        return any(other is item for other in self.coverage.subject)

    def holder(self, item: ItemAssessment) -> str | None:
        """The copyright line of an item; the release's own stands only for what is given."""
        stated = item.item.copyright or item.item.owner or (self.info.copyright if item.is_available else None)
        return copyright_line(stated) if stated else None

    def owner(self, item: ItemAssessment) -> str | None:
        """Whose an item is; the publisher's, where it is given and nobody else is named."""
        publisher = self.info.publisher.name if self.info.publisher and item.is_available else None
        return item.item.owner or publisher

    def files(self, item: ItemAssessment) -> tuple[FileFact, ...]:
        """The files of an item that lie here, with digests where they are small enough to read.

        Args:
            item: The item.

        Raises:
            CharterError: A file cannot be read, or is not the one whose `sha256` is stated.
        """
        return self._files.get(self.number(item), ())

    def beyond(self, item: ItemAssessment) -> dict[str, str]:
        """What the release file says of an item and bills of materials have no field for."""
        stated = item.item
        found: dict[str, str | None] = {
            "layer": item.layer,
            "component": stated.component or COMPONENTS[item.layer][0] if COMPONENTS[item.layer] else None,
            "form": stated.form,
            "availability": stated.availability,
            "access": stated.access,
            "owner": stated.owner,
            "repo": stated.repo,
            "files": ", ".join(stated.files),
        }
        return {key: value for key, value in found.items() if value}

    def about(self) -> dict[str, str]:
        """What the release file says of the release and bills of materials have no field for."""
        model = self.release.model
        found = {
            "repo": self.info.repo,
            "task": self.info.task,
            "library": self.info.library,
            "languages": ", ".join(self.info.languages),
            "tags": ", ".join(self.info.tags),
            "modalities": ", ".join(model.modalities) if model else "",
            "parameters": str(model.parameters) if model and model.parameters else "",
            "context_length": str(model.context_length) if model and model.context_length else "",
            "price": self.release.access.price if self.release.access else None,
        }
        return {key: value for key, value in found.items() if value} | self.training

    @cached_property
    def training(self) -> dict[str, str]:
        """What the release file says of training, as texts by key."""
        stated = self.release.training
        values = {name: getattr(stated, name) for name in fields_of(Training)} if stated else {}
        return {f"training.{name}": scalar_text(value) for name, value in values.items() if value is not None}

    @property
    def is_tuned(self) -> bool:
        """Whether training began from a base model that the release file names."""
        return is_tuned(self.coverage.subject)

    def sections(self, *known: str) -> dict[str, str]:
        """The sections of the card that a format has no field for.

        Args:
            known: Those that it has.
        """
        card = self.release.card
        found = {name: getattr(card, name) for name in fields_of(type(card)) if name not in known}
        return {f"card.{name}": text for name, text in found.items() if text}

    def limits(self, key: str) -> tuple[str, ...]:
        """The limits that the release file states of its custom licenses."""
        own = self.release.licenses.get(key)
        return own.limits if own else ()

    def preprocessing(self) -> tuple[str, ...]:
        """How the data was chosen and cleaned, in the publisher's words."""
        return tuple(i.item.description for i in self.items if i.layer == "curation" and i.item.description)

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Everything that anything here was made from; the release's own data counts for its weights."""
        found = [Edge(item, flow.relation, root) for item, flow, root in self._sightings()]
        weights = [item for item in self.items if item.layer == "weights" and self.kind(item) == "model"]
        own = [item for item in self.items if self.kind(item) == "data" and item.item.component != "evaluation-data"]
        known = {(id(edge.item), id(edge.root)) for edge in found}
        found += [Edge(w, "trained_on", data) for w in weights for data in own if (id(w), id(data)) not in known]
        return tuple(found)

    @cached_property
    def roots(self) -> tuple[Root, ...]:
        """The upstreams, each once."""
        return tuple(dict.fromkeys(edge.root for edge in self.edges if isinstance(edge.root, Root)))

    def _sightings(self) -> Iterator[tuple[ItemAssessment, Flow, Root | ItemAssessment]]:
        sightings: dict[tuple[str, str | None, str], list[tuple[ItemAssessment, Flow]]] = {}
        for item in self.items:
            for flow in item.flows:
                if flow.upstream is not None and len(flow.via) == 1:
                    key = (flow.upstream.ref, flow.upstream.revision, _kind(item, flow.relation))
                    sightings.setdefault(key, []).append((item, flow))
        places = {self.where(item): item for item in reversed(self.items) if self.kind(item) == "data"}
        if models := [item for item in self.coverage.subject if self.kind(item) == "model"]:
            places[self.home] = models[0]
        places.pop(None, None)
        for (ref, revision, kind), seen in sightings.items():
            licenses = dict.fromkeys(flow.license for _, flow in seen if flow.license)
            lines = dict.fromkeys(flow.upstream.copyright for _, flow in seen if flow.upstream)
            holders = tuple(copyright_line(line) for line in lines if line)
            dates = {flow.as_of for _, flow in seen if flow.license}
            as_of = dates.pop() if len(dates) == 1 else ""
            root = Root(ref, revision, kind, tuple(licenses), holders, as_of)
            here = places.get(root.url)
            here = here if here is not None and self.kind(here) == kind else None
            yield from ((item, flow, here or root) for item, flow in seen if here is not item)

    @cached_property
    def _files(self) -> dict[int, tuple[FileFact, ...]]:
        counted = {id(item) for item in self.coverage.counted}
        here = [item for item in self.items if id(item) in counted]
        if not here:
            return {}
        reader = FolderFiles(self.release.folder, self._built)
        return {self.number(item): reader.of(item.layer, item.item) for item in here}


def _kind(item: ItemAssessment, relation: str) -> str:
    if relation == "trained_on" or (relation == "includes" and item.layer == "data"):
        return "data"
    code = relation == "includes" and item.layer in ("architecture", "curation", "documents")
    return "code" if code else "model"
