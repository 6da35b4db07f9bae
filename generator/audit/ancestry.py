"""What each base inherits from the bases above it: sets of terms, and the ways that lead there."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from generator.audit.arrays import Ends, Flags, Integers, distinct, joined, least
from generator.audit.licenses import LicenseTable
from generator.release.vocabulary import RELATIONS

_PASSES = 6


class Edges(NamedTuple):
    """What bases are made from: the base, one that it is made from, and the relation."""

    child: Integers
    base: Integers
    relation: Integers

    def chosen(self, wanted: Integers | Flags) -> Edges:
        """Return some of them."""
        return Edges(self.child[wanted], self.base[wanted], self.relation[wanted])

    def above(self, bases: Integers, count: int) -> Edges:
        """Return those above some bases, in one step or more.

        Args:
            bases: Their numbers.
            count: How many bases there are.
        """
        reached = _reached(Ends(self.child, count), self.base, bases, count)
        return self.chosen(reached[self.child])


class Ancestry:
    """The bases that are made from others themselves, and what they inherit.

    Args:
        licenses: The number of the license of each base, in the order of their numbers.
        edges: What they are made from.
        table: Numbers of licenses, terms and sets.

    Attributes:
        inherited: The number of the set of terms that each base inherits.
    """

    def __init__(self, licenses: Integers, edges: Edges, table: LicenseTable) -> None:
        self.licenses, self.edges, self.table = licenses, edges, table
        self.of_bases = Ends(edges.base, len(licenses))
        """The edges, by what is made from."""
        self._of_children = Ends(edges.child, len(licenses))
        self.inherited: Integers = np.zeros(len(licenses), dtype=np.int64)
        self._left: dict[int, list[int]] = {}
        self._walk()

    @property
    def heirs(self) -> Integers:
        """The bases that are made from others."""
        return self._of_children.present()

    @property
    def nodes(self) -> Integers:
        """The bases that are made from others, and those that these are made from."""
        return distinct(joined([self.heirs, self.of_bases.present()]))

    def above(self, bases: Integers) -> Ancestry:
        """Return the ancestry of some bases alone."""
        return Ancestry(self.licenses, self.edges.above(bases, len(self.licenses)), self.table)

    def below(self, base: int) -> Integers:
        """Return a base and all bases that are made from it, in one step or more."""
        reached = _reached(self.of_bases, self.edges.child, np.array([base]), len(self.licenses))
        return np.flatnonzero(reached)

    def children(self, base: int, most: int) -> list[tuple[int, int]]:
        """Return the bases that are made from a base, each with its relation; those from which most are made.

        Args:
            base: The number of the base.
            most: How many at most.
        """
        edges, _ = self.of_bases.of(np.array([base]))
        child, relation = least(self.edges.child[edges], self.edges.relation[edges])
        order = np.lexsort((child, -self.of_bases.number(child)))[:most]
        return list(zip(child[order].tolist(), relation[order].tolist(), strict=True))

    def path(self, base: int, root: int) -> list[tuple[int, int]]:
        """Return the shortest way from a base up to one that it is made from: each with the relation to the one before.

        Args:
            base: Where it begins; its own relation is -1.
            root: Where it ends.
        """
        before: dict[int, tuple[int, int]] = {base: (base, -1)}
        waiting = deque([base])
        while waiting and root not in before:
            node = waiting.popleft()
            edges, _ = self._of_children.of(np.array([node]))
            pairs = zip(self.edges.base[edges].tolist(), self.edges.relation[edges].tolist(), strict=True)
            for above, relation in sorted(pairs):
                if above not in before:
                    before[above] = (node, relation)
                    waiting.append(above)
        steps: list[tuple[int, int]] = []
        node = root
        while node in before and node != base:
            steps.append((node, before[node][1]))
            node = before[node][0]
        return [(base, -1), *reversed(steps)]

    def cycles(self) -> tuple[tuple[int, ...], ...]:
        """Return the groups of bases that are made from each other in a circle, each in order."""
        return tuple(tuple(sorted(group)) for group in _circles(_circular(self._left)))

    def _walk(self) -> None:
        """Compute the set of terms that each base inherits: in order from above, then around circles until it rests."""
        edges = self.edges
        left = np.arange(len(edges.child))
        done = np.ones(len(self.licenses), dtype=bool)
        done[edges.child] = False
        for _ in range(_PASSES):  # most lineages are short
            waiting = np.zeros(len(done), dtype=bool)
            waiting[edges.child[left[~done[edges.base[left]]]]] = True
            waits = waiting[edges.child[left]]
            self._inherit(edges.chosen(left[~waits]))
            done[edges.child[left[~waits]]] = True
            left = left[waits]
        if len(left):
            self._walk_long(edges.chosen(left))

    def _inherit(self, edges: Edges) -> None:
        """Compute what bases inherit whose own bases are done."""
        count, kinds = len(self.table.expressions), len(RELATIONS)
        steps = (self.inherited[edges.base] * count + self.licenses[edges.base]) * kinds + edges.relation
        used, places = np.unique(steps, return_inverse=True)
        passed = [
            self.table.passed_on(step // kinds % count, step // kinds // count, step % kinds) for step in used.tolist()
        ]
        sets = np.array(passed, dtype=np.int64)[places]
        single = np.bincount(edges.child)[edges.child] == 1
        self.inherited[edges.child[single]] = sets[single]
        several: dict[int, set[int]] = defaultdict(set)
        for child, number in zip(edges.child[~single].tolist(), sets[~single].tolist(), strict=True):
            several[child].add(number)
        unions = [self.table.union(frozenset(numbers)) for numbers in several.values()]
        self.inherited[list(several)] = unions

    def _walk_long(self, edges: Edges) -> None:
        """Compute the rest one by one: each as soon as all of its own bases are done, then those around circles."""
        above: dict[int, list[tuple[int, int]]] = defaultdict(list)
        below: dict[int, list[int]] = defaultdict(list)
        for child, base, relation in zip(*(part.tolist() for part in edges), strict=True):
            above[child].append((base, relation))
            below[base].append(child)
        waiting = {child: sum(base in above for base, _ in held) for child, held in above.items()}
        ready = deque(child for child, number in waiting.items() if not number)
        while ready:
            child = ready.popleft()
            self._inherit_one(child, above[child])
            del waiting[child]
            for lower in below.get(child, ()):
                if lower in waiting:
                    waiting[lower] -= 1
                    if not waiting[lower]:
                        ready.append(lower)
        queue, queued = deque(sorted(waiting)), set(waiting)
        while queue:
            child = queue.popleft()
            queued.discard(child)
            if self._inherit_one(child, above[child]):
                new = [lower for lower in below.get(child, ()) if lower not in queued]
                queued.update(new)
                queue.extend(dict.fromkeys(new))
        self._left = {child: [base for base, _ in above[child] if base in waiting] for child in waiting}

    def _inherit_one(self, child: int, held: list[tuple[int, int]]) -> bool:
        """Compute what a base inherits, and return whether that is new."""
        licenses, inherited, passed_on = self.licenses, self.inherited, self.table.passed_on
        sets = {passed_on(int(licenses[base]), int(inherited[base]), relation) for base, relation in held}
        made = self.table.union(frozenset(sets))
        new = made != inherited[child]
        inherited[child] = made
        return bool(new)


def _reached(ends: Ends, others: Integers, nodes: Integers, count: int) -> Flags:
    """Which nodes are reached from some along edges, in no step or more.

    Args:
        ends: The edges by the end from which they are followed.
        others: Their other ends.
        nodes: Where the ways begin.
        count: How many nodes there are.
    """
    reached = np.zeros(count, dtype=bool)
    while len(nodes):
        reached[nodes] = True
        found = others[ends.of(nodes)[0]]
        nodes = distinct(found[~reached[found]])
    return reached


def _circular(left: Mapping[int, list[int]]) -> dict[int, list[int]]:
    """The bases in circles and between them, with what they are made from: without everything below circles."""
    outside = Counter(base for held in left.values() for base in held)
    ends = [node for node in left if not outside[node]]
    above = dict(left)
    while ends:
        for base in above.pop(ends.pop()):
            outside[base] -= 1
            if not outside[base]:
                ends.append(base)
    return above


def _circles(above: Mapping[int, list[int]]) -> list[list[int]]:
    """The strongly connected groups of more than one node (Kosaraju, without recursion)."""
    below: dict[int, list[int]] = {node: [] for node in above}
    for node, held in above.items():
        for base in held:
            below[base].append(node)
    left = set(above)
    groups: list[list[int]] = []
    for node in reversed(_finished(above)):
        if node in left:
            group, waiting = [node], [node]
            left.discard(node)
            while waiting:
                for child in below[waiting.pop()]:
                    if child in left:
                        left.discard(child)
                        group.append(child)
                        waiting.append(child)
            if len(group) > 1:
                groups.append(group)
    return groups


def _finished(above: Mapping[int, list[int]]) -> list[int]:
    """The nodes in the order in which a walk upwards is done with them."""
    done: list[int] = []
    seen: set[int] = set()
    for start in sorted(above):
        work = [] if start in seen else [(start, iter(above[start]))]
        seen.add(start)
        while work:
            node, rest = work[-1]
            following = next((base for base in rest if base not in seen), None)
            if following is None:
                done.append(node)
                work.pop()
            else:
                seen.add(following)
                work.append((following, iter(above[following])))
    return done
