"""What flows into a release, from where, under each assumption: the edges of its lineage, alike ones together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

from generator.documents.licenses.coverage import only_notices
from generator.documents.pictures.drawing import clean
from generator.licenses.assess import Assessment, ItemAssessment
from generator.licenses.lineage import SOURCE_LAYERS, Flow
from generator.release.vocabulary import LAYERS

ROWS = 14
"""Edges that are drawn one by one; where there are more, those that are alike become one."""
_GREATEST = {word: rank for rank, word in enumerate(("nothing", "notices", "unknown", "terms"))}


class Edge(NamedTuple):
    """What flows from one upstream, or from several alike, into a layer.

    Attributes:
        origin: The upstream, as the release file names it; of several the first.
        layer: The layer it flows into.
        through: The upstream that it comes through, where it is not named by the release file itself.
        license: Its license; empty where none is known.
        program: What flows where data is the source: terms, notices, unknown or nothing.
        source: What flows where the weights are the source.
        into: The items of the layer that it flows into.
        members: The upstreams that are drawn as one.
        licenses: How many licenses those have.
    """

    origin: str
    layer: str
    through: str
    license: str
    relation: str
    program: str
    source: str
    into: tuple[str, ...]
    members: tuple[str, ...] = ()
    licenses: int = 1

    @property
    def changes(self) -> bool:
        """Whether the two assumptions differ on it."""
        return self.program != self.source


class Inner(NamedTuple):
    """What flows from a layer of the release itself into its weights."""

    layer: str
    program: str
    source: str


class Lineage(NamedTuple):
    """Every edge of a release.

    Attributes:
        edges: One for each upstream and layer.
        inner: The release's own data and curation into its weights.
    """

    edges: tuple[Edge, ...]
    inner: tuple[Inner, ...]

    @property
    def changing(self) -> int:
        """How many edges differ between the two assumptions."""
        return sum(edge.changes for edge in self.edges) + sum(edge.program != edge.source for edge in self.inner)

    def group_edges(self) -> tuple[Edge, ...]:
        """Return the edges as they are drawn: one by one, or those that are alike as one."""
        if len(self.edges) <= ROWS:
            return self.edges
        alike = _group_edges(self.edges, lambda e: (e.layer, e.relation, e.program, e.source, e.license))
        if len(alike) <= ROWS:
            return alike
        return _group_edges(self.edges, lambda e: (e.layer, e.relation, e.program, e.source))


def lineage(assessment: Assessment) -> Lineage:
    """Return what flows into a release, from where.

    Args:
        assessment: The assessed release.
    """
    found: dict[Edge, dict[str, None]] = {}
    inner: dict[str, Inner] = {}
    for item in assessment.items:
        for flow in item.flows[1:]:
            program, source = _what(flow, item, flow.program), _what(flow, item, flow.source)
            if (layer := _own_layer(flow, item, assessment)) is not None:
                edge = Inner(layer, program, source)
                inner[layer] = _stronger(inner.get(layer, edge), edge)
            elif flow.upstream is None or len(flow.via) == 1:
                found.setdefault(_edge(flow, item.layer, program, source), {})[clean(item.label)] = None
    place = (*LAYERS, "documents").index
    edges = [edge._replace(into=tuple(items)) for edge, items in found.items()]
    return Lineage(
        tuple(sorted(edges, key=lambda edge: place(edge.layer))),
        tuple(inner[layer] for layer in SOURCE_LAYERS if layer in inner),
    )


def _edge(flow: Flow, layer: str, program: str, source: str) -> Edge:
    through = clean(flow.via[-2]) if len(flow.via) > 1 else ""
    license_ = str(flow.license) if flow.license else ""
    return Edge(clean(flow.via[-1]), layer, through, license_, flow.relation, program, source, ())


def _own_layer(flow: Flow, item: ItemAssessment, assessment: Assessment) -> str | None:
    """The release's own layer that terms came through; None where they came from an upstream of the item itself."""
    if any(flow.via[0] == upstream.ref for upstream in item.item.derived_from):
        return None
    for other in assessment.items:
        if other.layer in SOURCE_LAYERS and flow.via[0] == (other.item.name or other.layer):
            return other.layer
    return None


def _what(flow: Flow, item: ItemAssessment, carries: bool) -> str:
    """What flows under a reading: terms, notices, unknown or nothing."""
    if not carries:
        return "nothing"
    if flow.license is None:
        return "unknown"
    return "notices" if only_notices(flow, item) else "terms"


def _stronger(one: Inner, other: Inner) -> Inner:
    return Inner(
        one.layer,
        max(one.program, other.program, key=_GREATEST.__getitem__),
        max(one.source, other.source, key=_GREATEST.__getitem__),
    )


def _group_edges(edges: Iterable[Edge], key: Callable[[Edge], Hashable]) -> tuple[Edge, ...]:
    groups: dict[Hashable, list[Edge]] = {}
    for edge in edges:
        groups.setdefault(key(edge), []).append(edge)
    return tuple(
        group[0]._replace(
            through="" if len(group) > 1 else group[0].through,
            into=tuple(dict.fromkeys(name for edge in group for name in edge.into)),
            members=tuple(edge.origin for edge in group),
            licenses=len({edge.license for edge in group}),
        )
        for group in groups.values()
    )
