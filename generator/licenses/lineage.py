"""What flows into an item: its own license, its upstreams', and which of them carry under which framing."""

from __future__ import annotations

from typing import NamedTuple

from generator.licenses.catalog import Expression, parse
from generator.licenses.terms import terms_of
from generator.release.model import Item, Release, Upstream

CARRY_BOTH = frozenset({"finetune", "adapter", "diff", "quantized", "merge", "includes"})
OUTPUTS = frozenset({"distilled", "outputs_of"})
SOURCE_LAYERS = ("data", "curation")


class Flow(NamedTuple):
    """Terms that reach an item, and under which framing they carry.

    Attributes:
        license: The terms; None where they are not known.
        relation: How the item was made from what carries them; empty for the item's own license.
        via: The upstreams they came through, nearest first; empty for the item's own license.
        program: They carry where data is the source.
        source: They carry where the weights are the source.
        upstream: The entry of the release file they come from; None for the item's own license.
    """

    license: Expression | None
    relation: str
    via: tuple[str, ...]
    program: bool
    source: bool
    upstream: Upstream | None = None

    @property
    def travels(self) -> bool:
        """Whether the terms of an upstream hold under both framings (contract, section 6)."""
        return self.upstream is not None and self.program and self.source


def own_flow(item: Item, local: frozenset[str]) -> Flow:
    """Return the item's own license as a flow."""
    return Flow(parse(item.license, local) if item.license else None, "", (), program=True, source=True)


def upstream_flows(item: Item, local: frozenset[str]) -> tuple[Flow, ...]:
    """Return what the upstreams of one item bring, in the order of the release file."""
    return tuple(_edge(upstream, local) for upstream in item.derived_from)


def flows_into(release: Release, layer: str, item: Item, local: frozenset[str]) -> tuple[Flow, ...]:
    """Return every flow into an item: its own license first, then its upstreams', then the release's own data.

    Args:
        release: The release it belongs to.
        layer: The layer it stands in.
        item: The item.
        local: The `LicenseRef-` ids that the release defines.
    """
    found = (own_flow(item, local), *upstream_flows(item, local))
    return (*found, *_own_sources(release, local)) if layer == "weights" else found


def reaches_outputs(expression: Expression) -> bool:
    """Return whether a license itself binds what is made from a model's outputs."""
    return any(
        terms_of(key).derivative.get("outputs_of", "unclear") not in ("any", "unclear") for key in expression.ids()
    )


def _edge(upstream: Upstream, local: frozenset[str]) -> Flow:
    license_ = parse(upstream.license, local) if upstream.license else None
    relation = upstream.relation
    if relation in OUTPUTS:
        # An unknown license may reach outputs; that it does not would be an assumption.
        carries = license_ is None or reaches_outputs(license_)
        program = source = carries
    else:
        program, source = True, relation in CARRY_BOTH
    return Flow(license_, relation, (upstream.ref,), program, source, upstream)


def _own_sources(release: Release, local: frozenset[str]) -> tuple[Flow, ...]:
    """The release's own data and curation, which carry into its weights where data is the source."""
    found: list[Flow] = []
    for layer in SOURCE_LAYERS:
        for item in getattr(release.layers, layer):
            if item.availability == "none":
                continue
            name = item.name or layer
            if item.license:
                found.append(Flow(parse(item.license, local), "trained_on", (name,), program=True, source=False))
            for flow in upstream_flows(item, local):
                if flow.program:
                    via = (name, *flow.via)
                    found.append(
                        Flow(
                            flow.license,
                            "trained_on",
                            via,
                            program=True,
                            source=False,
                            upstream=flow.upstream,
                        )
                    )
    return tuple(found)
