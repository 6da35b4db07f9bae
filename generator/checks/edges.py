"""The edges of a release's lineage: upstreams with the same terms and relation, and their answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.checks.registry import Subject
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import Expression, LicenseId
from generator.licenses.derive import HOLDING_WEIGHTS, Verdict, binding, judge
from generator.licenses.lineage import Flow
from generator.named_tuple import NamedTuple


class Edge(NamedTuple):
    """Upstreams of one item with the same terms and relation, and their answer about its license."""

    item: ItemAssessment
    flows: tuple[Flow, ...]
    license: Expression
    verdict: Verdict

    @property
    def flow(self) -> Flow:
        """The first of them."""
        return self.flows[0]

    @property
    def named(self) -> str:
        """The upstreams in words: the first, and the number of the rest."""
        more = len(self.flows) - 1
        return "/".join(self.flow.via[-1:]) + (f" and {more} more" if more else "")

    @property
    def terms(self) -> str:
        """The license in words, with its date where the table of known bases has it."""
        return f"{self.license}{known_as_of(self.flow)}"


def known_as_of(flow: Flow) -> str:
    """Return `, known as of DATE` where a license comes from the table of known bases; else an empty text.

    Args:
        flow: The flow.
    """
    return f", known as of {flow.as_of}" if flow.as_of else ""


def get_joined_licenses(flows: Iterable[Flow]) -> frozenset[LicenseId]:
    """Return the licenses of all works that an item contains; training data is not contained.

    Args:
        flows: The inherited terms.
    """
    held = (flow.license for flow in flows if flow.license and flow.relation in HOLDING_WEIGHTS)
    return frozenset(key for license_ in held for key in binding(license_))


def edges(subject: Subject) -> Iterator[Edge]:
    """Yield the edges of each released item; upstreams with the same terms and relation are one edge."""
    for item in subject.assessment.items:
        if not item.is_available or item.license is None:
            continue
        groups: dict[tuple[Expression, str, str], list[Flow]] = {}
        for flow in item.flows[1:]:
            if flow.license is not None and flow.framing:
                groups.setdefault((flow.license, flow.relation, flow.framing), []).append(flow)
        for (license_, relation, framing), flows in groups.items():
            # A work that counts under one framing only may not be contained, so it allows no license there.
            joined = get_joined_licenses(flow for flow in item.flows[1:] if flow.framing in ("both", framing))
            verdict = judge(license_, relation, item.license, item.license_set.terms, joined=joined)
            yield Edge(item, tuple(flows), license_, verdict)
