"""The picture of the lineage: from upstreams to layers, and what is inherited along each edge."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from itertools import groupby
from typing import NamedTuple

from generator.documents.pictures.drawing import clean, fit, text_width
from generator.documents.pictures.lineage_edges import Edge, Inner, Lineage, lineage
from generator.documents.render import render
from generator.documents.words import availability_words, flow_words, layer_title, part_title
from generator.licenses.assess import Assessment
from generator.release.vocabulary import AVAILABILITIES, LAYERS
from generator.translations import gettext as _
from generator.translations import ngettext


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
    """What the template of the picture uses."""

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

    @property
    def width(self) -> int:
        """The width of the whole: the words beside an arc fit in it."""
        if not self.wide:
            return NARROW
        flows = {flow for arc in self.arcs for flow in (arc.edge.program, arc.edge.source)}
        words = max((text_width(flow_words(flow), 12) for flow in flows), default=0)
        return max(WIDE, LEFT + BOX + (51 if len(self.arcs) > 1 else 39) + round(words))


NARROW, WIDE, LEFT, NODE, BOX = 336, 702, 446, 250, 150
_UNSTATED = "unstated"
_PITCH, _GAP, _LEAST, _PORT = 46, 18, 56, 14


def lineage_svg(assessment: Assessment, *, alone: bool = True, wide: bool = True) -> str:
    """Return the picture of the lineage.

    Args:
        assessment: The assessed release.
        alone: Whether it is a file of its own, which shows both assumptions at once, or stands in a page with a switch.
        wide: Whether there is room to draw from left to right; else from top to bottom.
    """
    found = lineage(assessment)
    draw = _across if wide else _down
    return render("lineage.svg.jinja", draw(found, assessment)._replace(alone=alone))


def _across(found: Lineage, assessment: Assessment) -> Graph:
    """Upstreams at the left, layers at the right, each beside what flows into it first."""
    edges = found.group_edges()
    sources = [tuple(group) for _, group in groupby(sorted(edges, key=_home(edges)), key=_origin)]
    waiting = [(rows, min(_place(edge.layer) for edge in rows)) for rows in sources]
    tops: dict[str, int] = {}
    drawn: list[tuple[tuple[Edge, ...], int]] = []
    boxes: list[Box] = []
    y = 2
    for layer in _layers(edges, found):
        place = _place(layer)
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
    return _draw_label(rows, top, top + _PITCH * len(rows) - 10, NODE - 22)


def _down(found: Lineage, assessment: Assessment) -> Graph:
    """Layer by layer, each under what flows into it; the release's own data and curation too."""
    edges = found.group_edges()
    nodes: list[Node] = []
    boxes: list[Box] = []
    y = 2
    for layer in _layers(edges, found):
        above = [edge for edge in edges if edge.layer == layer]
        for edge in (*above, *(_as_edge(inner) for inner in found.inner if layer == "weights")):
            nodes.append(_draw_label([Row(edge, y + 20, y + 62)], y, y + 62, NARROW - 40))
            y += 66
        boxes.append(_box(layer, y, y + 50, assessment))
        y += 50 + _GAP
    return Graph(clean(assessment.release.release.name), tuple(nodes), tuple(boxes), (), found, wide=False)


def _as_edge(inner: Inner) -> Edge:
    return Edge(part_title(inner.layer), "weights", "", _("of this release"), "trained_on", *inner[1:], ("weights",))


def _draw_label(rows: list[Row], top: int, bottom: int, space: int) -> Node:
    edge = rows[0].edge
    several = len(edge.members)
    if several > 1:
        if edge.relation == "trained_on":
            title = ngettext("{number} data set", "{number} data sets", several).format(number=several)
        else:
            title = ngettext("{number} source", "{number} sources", several).format(number=several)
        licenses = ngettext("{number} license", "{number} licenses", edge.licenses).format(number=edge.licenses)
        note = licenses if edge.licenses > 1 else edge.license
    else:
        title, note = edge.origin, edge.license
        if edge.through:
            note = _("{license}, through {source}").format(license=note, source=edge.through)
    shown = note.replace("LicenseRef-", "") or _("license not known")
    return Node(top, bottom, fit(title, space, 13), title, fit(shown, space, 12), tuple(rows))


def _box(layer: str, top: int, bottom: int, assessment: Assessment) -> Box:
    items = [item for item in assessment.items if item.layer == layer]
    licenses = dict.fromkeys(str(item.license) for item in items if item.license)
    state = min((item.item.availability for item in items), key=AVAILABILITIES.index, default=_UNSTATED)
    absent = state in ("withheld", "none", _UNSTATED)
    stated = ", ".join(licenses).replace("LicenseRef-", "")
    words = _("not stated") if state == _UNSTATED else availability_words(state)
    note = stated if stated and not absent else words
    title = layer_title(layer, [item.item.form for item in items])
    return Box(layer, absent, top, bottom, fit(title, BOX - 24, 15), fit(note, BOX - 24, 12))


def _layers(edges: Iterable[Edge], found: Lineage) -> tuple[str, ...]:
    """The layers that inherit something, or that others inherit from; all five where there is no edge."""
    reached = {edge.layer for edge in edges} | {edge.layer for edge in found.inner}
    reached |= {"weights"} if found.inner else set()
    return tuple(layer for layer in (*LAYERS, "documents") if layer in reached) or LAYERS


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
