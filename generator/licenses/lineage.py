"""What flows into an item: its own license, its upstreams', and which of them carry under which framing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from generator.licenses.catalog import Expression, LicenseId, parse
from generator.licenses.terms import Terms
from generator.named_tuple import NamedTuple

if TYPE_CHECKING:
    from generator.release.model import Item, Release, Upstream

CARRY_BOTH = frozenset({"finetune", "adapter", "diff", "quantized", "merge", "includes"})
OUTPUTS = frozenset({"distilled", "outputs_of"})
SOURCE_LAYERS = ("data", "curation")
TermsOf = Callable[[LicenseId], Terms]


class Flow(NamedTuple):
    """Terms that reach an item, and under which framing they carry.

    Attributes:
        license: The terms; None where they are not known.
        relation: How the item was made from what carries them; empty for the item's own license.
        via: The upstreams they came through, nearest first; empty for the item's own license.
        program: They carry where data is the source.
        source: They carry where the weights are the source.
        upstream: The entry of the release file they come from; None for what the release itself holds, and for what
            flowed into an upstream.
        as_of: The date of the table of known bases, where the flow rests on it; else empty.
    """

    license: Expression | None
    relation: str
    via: tuple[str, ...]
    program: bool
    source: bool
    upstream: Upstream | None = None
    as_of: str = ""

    @property
    def travels(self) -> bool:
        """Whether the terms of an upstream hold under both framings (contract, section 6)."""
        return bool(self.relation) and self.program and self.source

    @property
    def framing(self) -> str:
        """Under which framing they carry: `both`, `program`, `source`, or empty."""
        return ("both" if self.source else "program") if self.program else ("source" if self.source else "")


class Origin(NamedTuple):
    """What is known of an upstream from its own folder, or from the table of known bases.

    Attributes:
        license: Its own license; None where it is not known.
        flows: What flowed into it, nearest first.
        as_of: The date of the table of known bases, where the license is from there; else empty.
    """

    license: Expression | None
    flows: tuple[Flow, ...]
    as_of: str = ""


Lookup = Callable[["Upstream"], Origin | None]
"""Finds what an upstream's own folder, or the table of known bases, says; None where neither knows it."""


class Reader(NamedTuple):
    """What lineage needs to know of a release: its own ids, the terms of each, and where upstreams are looked up."""

    local: frozenset[str]
    terms_of: TermsOf
    lookup: Lookup


def flows_into(release: Release, layer: str, item: Item, reader: Reader) -> tuple[Flow, ...]:
    """Return every flow into an item: its own license first, then its upstreams', then the release's own data.

    Args:
        release: The release it belongs to.
        layer: The layer it stands in.
        item: The item.
        reader: How licenses and upstreams are looked up.
    """
    own = Flow(parse(item.license, reader.local) if item.license else None, "", (), program=True, source=True)
    found = [own, *_from_upstreams(item, reader)]
    if layer == "weights":
        found += _own_sources(release, reader)
    return tuple(found)


def reaches_outputs(expression: Expression, relation: str, terms_of: TermsOf) -> bool:
    """Return whether a license itself binds what is made from a model's outputs.

    Args:
        expression: The license.
        relation: `distilled` or `outputs_of`.
        terms_of: Looks up the terms of an id.
    """
    known = [terms_of(key) for key in expression.ids()]
    return any(t.outputs or t.derivative.get(relation, "unclear") not in ("any", "unclear") for t in known)


def compose_relations(outer: str, inner: str) -> str:
    """Return how something was made from the upstream of its upstream.

    Data stays data and outputs stay outputs, however far down; an adapter anywhere on the way means that the weights
    further up are not in it.

    Args:
        outer: How it was made from its upstream.
        inner: How that was made from its own.
    """
    if inner == "trained_on" or inner in OUTPUTS:
        return inner
    if outer == "trained_on" or outer in OUTPUTS or outer in ("adapter", "diff"):
        return outer
    return inner if inner in ("adapter", "diff") else outer


def _from_upstreams(item: Item, reader: Reader) -> Iterator[Flow]:
    for upstream in item.derived_from:
        origin = reader.lookup(upstream)
        stated = parse(upstream.license, reader.local) if upstream.license else None
        license_ = stated or (origin.license if origin else None)
        as_of = origin.as_of if origin and not stated else ""
        yield _set_framings(Flow(license_, upstream.relation, (upstream.ref,), True, True, upstream, as_of), reader)
        for flow in origin.flows if origin else ():
            relation = compose_relations(upstream.relation, flow.relation)
            yield _set_framings(flow._replace(relation=relation, via=(upstream.ref, *flow.via), upstream=None), reader)


def _set_framings(flow: Flow, reader: Reader) -> Flow:
    """The same flow, with the framings under which its relation carries (contract, section 3)."""
    if flow.relation in OUTPUTS:
        # An unknown license may reach outputs; that it does not would be an assumption.
        carries = flow.license is None or reaches_outputs(flow.license, flow.relation, reader.terms_of)
        return flow._replace(program=carries, source=carries)
    return flow._replace(program=True, source=flow.relation in CARRY_BOTH)


def _own_sources(release: Release, reader: Reader) -> Iterator[Flow]:
    """The release's own data and curation, which carry into its weights where data is the source."""
    for layer in SOURCE_LAYERS:
        for item in getattr(release.layers, layer):
            if item.availability == "none":
                continue
            name = item.name or layer
            if item.license:
                license_ = parse(item.license, reader.local)
                yield Flow(license_, "trained_on", (name,), program=True, source=False)
            for flow in _from_upstreams(item, reader):
                if flow.program:
                    yield flow._replace(relation="trained_on", via=(name, *flow.via), program=True, source=False)
