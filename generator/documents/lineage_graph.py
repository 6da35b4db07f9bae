"""The picture of the lineage: from upstreams to layers, and what flows down along each edge."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from itertools import groupby
from typing import NamedTuple

from generator.documents.coverage import only_notices
from generator.documents.drawing import clean, fit
from generator.documents.render import render
from generator.documents.words import LAYER_TITLES
from generator.licenses.assess import Assessment, ItemAssessment
from generator.licenses.lineage import SOURCE_LAYERS, Flow
from generator.release.vocabulary import AVAILABILITIES, LAYERS

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
        """Whether the two readings differ on it."""
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
        """How many edges differ between the two readings."""
        return sum(edge.changes for edge in self.edges) + sum(edge.program != edge.source for edge in self.inner)

    def grouped(self) -> tuple[Edge, ...]:
        """Return the edges as they are drawn: one by one, or those that are alike as one."""
        if len(self.edges) <= ROWS:
            return self.edges
        alike = _grouped(self.edges, lambda e: (e.layer, e.relation, e.program, e.source, e.license))
        if len(alike) <= ROWS:
            return alike
        return _grouped(self.edges, lambda e: (e.layer, e.relation, e.program, e.source))


def lineage(assessment: Assessment) -> Lineage:
    """Return what flows into a release, from where.

    Args:
        assessment: The judged release.
    """
    merged: dict[Hashable, Edge] = {}
    inner: dict[str, Inner] = {}
    for item in assessment.items:
        for flow in item.flows[1:]:
            if (layer := _own_layer(flow, item, assessment)) is not None:
                found = Inner(layer, _what(flow, item, flow.program), _what(flow, item, flow.source))
                inner[layer] = _stronger(inner.get(layer, found), found)
            elif flow.upstream is None or len(flow.via) == 1:
                edge = _edge(flow, item)
                known = merged.setdefault(edge._replace(into=()), edge)
                if known is not edge:
                    merged[edge._replace(into=())] = known._replace(into=(*known.into, *edge.into))
    order = (*LAYERS, "documents")
    edges = sorted(merged.values(), key=lambda edge: order.index(edge.layer))
    return Lineage(tuple(edges), tuple(inner[layer] for layer in SOURCE_LAYERS if layer in inner))


def _edge(flow: Flow, item: ItemAssessment) -> Edge:
    return Edge(
        origin=clean(flow.via[-1]),
        layer=item.layer,
        through=clean(flow.via[-2]) if len(flow.via) > 1 else "",
        license=str(flow.license) if flow.license else "",
        relation=flow.relation,
        program=_what(flow, item, flow.program),
        source=_what(flow, item, flow.source),
        into=(clean(item.label),),
    )


def _own_layer(flow: Flow, item: ItemAssessment, assessment: Assessment) -> str | None:
    """The release's own layer that terms came through; None where they came from an upstream of the item itself."""
    if flow.upstream in item.item.derived_from or flow.via[0] in {up.ref for up in item.item.derived_from}:
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


def _grouped(edges: Iterable[Edge], key: Callable[[Edge], Hashable]) -> tuple[Edge, ...]:
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


class Row(NamedTuple):
    """An edge as it is drawn: it leaves its node at `y` and reaches its layer at `end`."""

    edge: Edge
    y: int
    end: int


class Node(NamedTuple):
    """An upstream, or several alike, as it is drawn."""

    top: int
    bottom: int
    title: str
    full: str
    note: str
    rows: tuple[Row, ...]


class Box(NamedTuple):
    """A layer as it is drawn."""

    layer: str
    absent: bool
    top: int
    bottom: int
    title: str
    note: str


class Arc(NamedTuple):
    """An edge inside the release, from one layer down to another."""

    edge: Inner
    start: int
    end: int
    reach: int


class Graph(NamedTuple):
    """All that the template of the picture speaks of."""

    release: str
    nodes: tuple[Node, ...]
    boxes: tuple[Box, ...]
    arcs: tuple[Arc, ...]
    lineage: Lineage
    alone: bool = True
    wide: bool = True

    @property
    def height(self) -> int:
        """The height of the whole."""
        return max([box.bottom for box in self.boxes] + [node.bottom for node in self.nodes]) + 4


NARROW, NODE, BOX = 336, 200, 150
_PITCH, _GAP, _LEAST, _PORT = 46, 18, 56, 14


def lineage_svg(assessment: Assessment, *, alone: bool = True, wide: bool = True) -> str:
    """Return the picture of the lineage.

    Args:
        assessment: The judged release.
        alone: Whether it is a file of its own, which shows both readings at once, or stands in a page with a switch.
        wide: Whether there is room to draw from left to right; else from top to bottom.
    """
    found = lineage(assessment)
    draw = _across if wide else _down
    return render("lineage.svg.jinja", draw(found, assessment)._replace(alone=alone))


def _across(found: Lineage, assessment: Assessment) -> Graph:
    """Upstreams at the left, layers at the right, each beside what flows into it first."""
    edges = found.grouped()
    sources = [tuple(group) for _, group in groupby(sorted(edges, key=_home(edges)), key=_origin)]
    waiting = [(rows, min(_place(edge.layer) for edge in rows)) for rows in sources]
    tops: dict[str, int] = {}
    drawn: list[tuple[tuple[Edge, ...], int]] = []
    boxes: list[Box] = []
    y = 2
    for place, layer in enumerate(_layers(edges)):
        foreign = sum(edge.layer == layer for rows, first in waiting if first < place for edge in rows)
        top, y = y, y + foreign * _PORT
        tops[layer] = top + _PORT
        for rows, first in waiting:
            if first == place:
                drawn.append((rows, y))
                y += _PITCH * len(rows)
        bottom = max(y - (10 if y > top + foreign * _PORT else 0), top + _LEAST)
        boxes.append(_box(layer, top, bottom, assessment))
        y = bottom + _GAP
    nodes = tuple(_node(rows, top, tops) for rows, top in drawn)
    return Graph(clean(assessment.release.release.name), nodes, tuple(boxes), _arcs(found, boxes), found)


def _arcs(found: Lineage, boxes: Iterable[Box]) -> tuple[Arc, ...]:
    """Edges inside the release, at the right of its layers; the longest reaches out the most."""
    middle = {box.layer: (box.top + box.bottom) // 2 for box in boxes}
    return tuple(
        Arc(edge, middle[edge.layer], middle["weights"] + 8 - 16 * number, 34 + 18 * number)
        for number, edge in enumerate(reversed(found.inner))
    )


def _node(edges: tuple[Edge, ...], top: int, tops: dict[str, int]) -> Node:
    """A node with its edges; one that leads to another layer than the node stands beside takes a port there."""
    home = min(edges, key=lambda edge: _place(edge.layer)).layer
    rows: list[Row] = []
    for number, edge in enumerate(sorted(edges, key=lambda edge: _place(edge.layer))):
        y = top + _PITCH * number + (_PITCH - 10) // 2
        end = y
        if edge.layer != home:
            end = tops[edge.layer]
            tops[edge.layer] += _PORT
        rows.append(Row(edge, y, end))
    return _labelled(rows, top, top + _PITCH * len(rows) - 10, NODE - 22)


def _down(found: Lineage, assessment: Assessment) -> Graph:
    """Layer by layer, each under what flows into it; the release's own data and curation too."""
    edges = found.grouped()
    nodes: list[Node] = []
    boxes: list[Box] = []
    y = 2
    for layer in _layers(edges):
        above = [edge for edge in edges if edge.layer == layer]
        for edge in (*above, *(_as_edge(inner) for inner in found.inner if layer == "weights")):
            nodes.append(_labelled([Row(edge, y + 20, y + 62)], y, y + 62, NARROW - 40))
            y += 66
        boxes.append(_box(layer, y, y + 50, assessment))
        y += 50 + _GAP
    return Graph(clean(assessment.release.release.name), tuple(nodes), tuple(boxes), (), found, wide=False)


def _as_edge(inner: Inner) -> Edge:
    return Edge(LAYER_TITLES[inner.layer], "weights", "", "of this release", "trained_on", *inner[1:], ("weights",))


def _labelled(rows: list[Row], top: int, bottom: int, space: int) -> Node:
    edge = rows[0].edge
    several = len(edge.members)
    if several > 1:
        title = f"{several} {'data sets' if edge.relation == 'trained_on' else 'upstreams'}"
        note = f"{edge.licenses} licenses" if edge.licenses > 1 else edge.license
    else:
        title, note = edge.origin, edge.license + (f", through {edge.through}" if edge.through else "")
    return Node(top, bottom, fit(title, space, 13), title, fit(note or "license not known", space, 12), tuple(rows))


def _box(layer: str, top: int, bottom: int, assessment: Assessment) -> Box:
    items = [item for item in assessment.items if item.layer == layer]
    licenses = dict.fromkeys(str(item.license) for item in items if item.license)
    state = min((item.item.availability for item in items), key=AVAILABILITIES.index, default="not stated")
    absent = state in ("withheld", "none", "not stated")
    note = state if absent or not licenses else ", ".join(licenses)
    return Box(layer, absent, top, bottom, LAYER_TITLES[layer], fit(note, BOX - 24, 12))


def _layers(edges: Iterable[Edge]) -> tuple[str, ...]:
    """The five layers; documents only where something flows into them."""
    return (*LAYERS, "documents") if any(edge.layer == "documents" for edge in edges) else LAYERS


def _place(layer: str) -> int:
    return (*LAYERS, "documents").index(layer)


def _origin(edge: Edge) -> tuple[str, str, str, tuple[str, ...]]:
    """What makes several edges leave one node: the same upstream under the same license."""
    return edge.origin, edge.license, edge.through, edge.members


def _home(edges: Iterable[Edge]) -> Callable[[Edge], tuple[int, int, int]]:
    """The order in which nodes stand: by the first layer they lead to, then as the release file names them."""
    first: dict[Hashable, tuple[int, int]] = {}
    for number, edge in enumerate(edges):
        key = _origin(edge)
        first[key] = min(first.get(key, (99, number)), (_place(edge.layer), number))
    return lambda edge: (*first[_origin(edge)], _place(edge.layer))
