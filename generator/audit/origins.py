"""Where inherited terms come from: the nearest base that has them, through which other, and who left them out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from generator.audit.ancestry import Ancestry
from generator.audit.arrays import Flags, Integers, add_run, contains, firsts, joined, least, places, ranges
from generator.audit.licenses import UNKNOWN
from generator.audit.verdicts import Verdicts
from generator.release.vocabulary import RELATIONS

BITS = 24
"""Bits of the number of a base inside a packed origin: steps but one, then the base it came through, then the root."""
_STEP, _SELF, _MASK = 1 << 2 * BITS, (1 << BITS) + 1, (1 << BITS) - 1
_DEEPEST = (1 << 63 - 2 * BITS - 1) - 1
"""The most steps that are told apart."""
_KINDS = len(RELATIONS)


class Origins:
    """Where the terms come from that bases inherit.

    It is the nearest base; of those as near, the first by number. Where several in a row have the same license, the
    root is the first of them.

    Args:
        ancestry: What bases inherit.

    Attributes:
        direct: Terms that come from what a base is made from: their places and origins.
        further: Terms that come through another base: the same.
        holders: The bases that inherit their own license.
        roots: For each base, itself; for a holder, the first of those above it in a row with the same license.
        steps: The steps to it.
    """

    def __init__(self, ancestry: Ancestry) -> None:
        self.ancestry = ancestry
        self.width = len(ancestry.table.expressions) * _KINDS
        """Terms at most: a place is the number of a base, times this, and that of a term."""
        edges, licenses = ancestry.edges, ancestry.licenses
        terms = licenses[edges.base] * _KINDS + edges.relation
        self.direct = least(edges.child * self.width + terms, edges.base * _SELF)
        self.further = self._followed()
        self.holders, held = self._held()
        self.roots, self.steps = np.arange(len(licenses)), np.zeros(len(licenses), dtype=np.int64)
        self.roots[self.holders], self.steps[self.holders] = held & _MASK, (held >> 2 * BITS) + 1
        self._open_circles()
        self.roots, self.steps = _followed_up(self.roots, self.steps)

    def _followed(self) -> tuple[Integers, Integers]:
        """Follow terms down, a step at a time, to where nothing as near has them."""
        ancestry, edges = self.ancestry, self.ancestry.edges
        passed = np.array([ancestry.table.passed_terms(relation) for relation in range(_KINDS)])
        (place, origin), depth = self.direct, 0
        known, found = [place], [(place[:0], origin[:0])]
        while len(place):
            depth = min(depth + 1, _DEEPEST)
            base, term = np.divmod(place, self.width)
            steps, above = ancestry.of_bases.of(base)
            place = edges.child[steps] * self.width + passed[edges.relation[steps], term[above]]
            origin = depth * _STEP | base[above] << BITS | origin[above] & _MASK
            new = np.ones(len(place), dtype=bool)
            for run in known:
                new &= ~contains(run, place)
            place, origin = least(place[new], origin[new])
            add_run(known, place)
            found.append((place, origin))
        return joined([part[0] for part in found]), joined([part[1] for part in found])

    def _held(self) -> tuple[Integers, Integers]:
        """The bases that inherit their own license, and from where."""
        licenses, (place, origin) = self.ancestry.licenses, self.inherited()
        base, license_ = place // self.width, place % self.width // _KINDS
        own = (license_ == licenses[base]) & (license_ != UNKNOWN)
        return least(base[own], origin[own])

    def _open_circles(self) -> None:
        """Let the first by number be the root of all in a circle of bases with the same license."""
        ends, _ = _followed_up(self.roots, self.steps)
        left = set(ends[self.steps[ends] > 0].tolist())
        while left:
            circle = [left.pop()]
            while (following := int(self.roots[circle[-1]])) != circle[0]:
                circle.append(following)
            left -= {*circle}
            self.roots[circle], self.steps[circle] = min(circle), 0

    def inherited(self) -> tuple[Integers, Integers]:
        """Return the terms that bases inherit: their places and origins."""
        return joined([self.direct[0], self.further[0]]), joined([self.direct[1], self.further[1]])


class Dropped:
    """The licenses that bases leave out themselves.

    Args:
        ancestry: What bases inherit.
        stated: The license that each base states itself.
        verdicts: What the engine says of them.
    """

    def __init__(self, ancestry: Ancestry, stated: Integers, verdicts: Verdicts) -> None:
        self.count = len(ancestry.table.expressions)
        heirs = ancestry.heirs
        cases, numbers = np.unique(ancestry.inherited[heirs] * self.count + stated[heirs], return_inverse=True)
        dropped = [sorted(verdicts.dropped(*divmod(case, self.count))) for case in cases.tolist()]
        lengths = np.array([len(held) for held in dropped], dtype=np.int64)
        listed = np.array([license_ for held in dropped for license_ in held], dtype=np.int64)
        chosen, owners = ranges((np.cumsum(lengths) - lengths)[numbers], lengths[numbers])
        self.pairs = heirs[owners] * self.count + listed[chosen]
        """In order: the number of a base, times that of licenses, and that of a license."""

    def by(self, base: int) -> list[int]:
        """Return the licenses that a base leaves out."""
        start, end = np.searchsorted(self.pairs, [base * self.count, (base + 1) * self.count])
        return [int(pair) % self.count for pair in self.pairs[start:end]]


class Droppers(NamedTuple):
    """The bases that leave a license out, and where they inherit it from.

    Attributes:
        pairs: Base and license, in order, as `Dropped` has them.
        base: The base.
        license: The license.
        root: Whose license it is.
        before: Whether the base it came through leaves it out as well.
        first: The place of the pair that left it out first, of those that it came through.
    """

    pairs: Integers
    base: Integers
    license: Integers
    root: Integers
    before: Flags
    first: Integers


def find_droppers(origins: Origins, dropped: Dropped) -> Droppers:
    """Return the bases that leave a license out.

    Args:
        origins: Where terms come from.
        dropped: The licenses that bases leave out themselves.
    """
    place, origin = origins.inherited()
    pair = place // origins.width * dropped.count + place % origins.width // _KINDS
    left_out = contains(dropped.pairs, pair)
    pair, origin = pair[left_out], origin[left_out]
    via, root = origin >> BITS & _MASK, origin & _MASK
    depth = (origin >> 2 * BITS) + 1 + origins.steps[root]
    root = origins.roots[root]
    above = via * dropped.count + pair % dropped.count
    before = contains(dropped.pairs, above)
    order = np.lexsort((root, depth, via, before, pair))
    order = order[firsts(pair[order])]
    pair, root, above, before = pair[order], root[order], above[order], before[order]
    first = np.where(before, places(pair, above), np.arange(len(pair)))
    first, _ = _followed_up(first, np.zeros(len(pair), dtype=np.int64))
    return Droppers(pair, pair // dropped.count, pair % dropped.count, root, before, first)


def _followed_up(following: Integers, steps: Integers) -> tuple[Integers, Integers]:
    """Return where each way ends, and the steps to there; one that ends in a circle ends at any place of it.

    Args:
        following: The next place after each; itself at an end.
        steps: The steps to it.
    """
    for _ in range(len(following).bit_length() + 1):
        further = following[following]
        if np.array_equal(further, following):
            break
        steps = steps + steps[following]
        following = further
    return following, steps
