"""The edges of a release's lineage: upstreams with the same terms and relation, and their answer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from generator.checks.registry import Subject
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import Expression, LicenseId
from generator.licenses.derive import HOLDING_WEIGHTS, Verdict, binding, judge
from generator.licenses.license_set import CATALOG
from generator.licenses.lineage import Flow
from generator.named_tuple import NamedTuple
from generator.translations import gettext as _
from generator.translations import language_cache, ngettext


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
        return and_more("/".join(self.flow.via[-1:]), len(self.flows) - 1)

    @property
    def terms(self) -> str:
        """The license in words, with its date where the table of known bases has it."""
        return known_as_of(str(self.license), self.flow)


def and_more(first: str, rest: int) -> str:
    """Return a name, with the number of those that are not named.

    Args:
        first: The name, or several.
        rest: How many are not named.
    """
    if not rest:
        return first
    return ngettext("{names} and {number} more", "{names} and {number} more", rest).format(names=first, number=rest)


def known_as_of(text: str, flow: Flow) -> str:
    """Return a text with the date, where a license comes from the table of known bases.

    Args:
        text: A text that names the license.
        flow: The flow.
    """
    return _("{license}, known as of {date}").format(license=text, date=flow.as_of) if flow.as_of else text


def get_joined_licenses(flows: Iterable[Flow]) -> frozenset[LicenseId]:
    """Return the licenses of all works that an item contains; training data is not contained.

    Args:
        flows: The inherited terms.
    """
    held = (flow.license for flow in flows if flow.license and flow.relation in HOLDING_WEIGHTS)
    return frozenset(key for license_ in held for key in binding(license_))


@language_cache(maxsize=1024)  # a publisher's releases have the same few licenses
def _judge_known(base: Expression, relation: str, proposed: Expression, joined: frozenset[LicenseId]) -> Verdict:
    return judge(base, relation, proposed, CATALOG.terms, joined=joined)


@lru_cache(maxsize=1)  # several rules ask for them
def edges(subject: Subject) -> tuple[Edge, ...]:
    """Return the edges of each released item; upstreams with the same terms and relation are one edge."""
    found: list[Edge] = []
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
            if item.license_set.own:
                verdict = judge(license_, relation, item.license, item.license_set.terms, joined=joined)
            else:
                verdict = _judge_known(license_, relation, item.license, joined)
            found.append(Edge(item, tuple(flows), license_, verdict))
    return tuple(found)
