"""What each base inherits from the bases above it: sets of terms first, then through which of them a term came."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import NamedTuple

from generator.audit.licenses import UNKNOWN, LicenseTable, license_in, term_of
from generator.release.vocabulary import RELATIONS

BITS = 24
"""Bits of the number of a base inside a packed origin: steps, then the base it came through, then the root."""
_STEP, _MASK, _NONE = 1 << 2 * BITS, (1 << BITS) - 1, 1 << 63
_PASSES = 6
Edge = tuple[int, int, int]
"""A base, one that it is made from, and the relation."""


class Origin(NamedTuple):
    """Where a term that a base inherits comes from.

    Attributes:
        depth: Steps to `root`.
        via: The nearest base that it came through.
        root: The base whose license it is; of several in a row with the same license, the first.
    """

    depth: int
    via: int
    root: int

    @classmethod
    def of(cls, value: int) -> Origin:
        """Return an origin from its number."""
        return cls(value >> 2 * BITS, value >> BITS & _MASK, value & _MASK)


class Ancestry:
    """The bases that are made from others themselves, and what they inherit.

    Args:
        licenses: The number of the license of each base, in the order of their numbers.
        edges: What they are made from.
        table: Numbers of licenses, terms and sets.
    """

    def __init__(self, licenses: Sequence[int], edges: Iterable[Edge], table: LicenseTable) -> None:
        self.licenses, self.table = licenses, table
        self.parents: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.children: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for child, base, relation in edges:
            self.parents[child].append((base, relation))
            self.children[base].append((child, relation))
        self.inherited: dict[int, int] = {}
        self._holders: dict[tuple[int, int], Origin] = {}
        self._ends: dict[tuple[int, int], tuple[int, int]] = {}
        self._left: set[int] = set()
        self._below: dict[int, frozenset[int]] = {}
        self.width = 1
        self._walk()

    def passed_on(self, base: int, relation: int) -> int:
        """Return the set of terms that a base passes on to what is made from it."""
        return self.table.passed_on(self.licenses[base], self.inherited.get(base, 0), relation)

    def below(self, base: int) -> frozenset[int]:
        """Return a base and all bases that are made from it, in one step or more."""
        if base in self._below:
            return self._below[base]
        found, waiting = {base}, [base]
        while waiting:
            for child, _ in self.children.get(waiting.pop(), ()):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        self._below[base] = frozenset(found)
        return self._below[base]

    @property
    def nodes(self) -> set[int]:
        """The bases that are made from others, and those that these are made from."""
        return {*self.parents, *self.children}

    def above(self, bases: Set[int]) -> Ancestry:
        """Return the ancestry of some bases alone.

        Args:
            bases: Their numbers.
        """
        edges: list[Edge] = []
        waiting, seen = list(bases), set(bases)
        while waiting:
            child = waiting.pop()
            for base, relation in self.parents.get(child, ()):
                edges.append((child, base, relation))
                if base not in seen:
                    seen.add(base)
                    waiting.append(base)
        return Ancestry(self.licenses, edges, self.table)

    @property
    def holders(self) -> Iterable[tuple[int, int]]:
        """The bases that inherit their own license, with its number; after `origins`."""
        return self._holders

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
            for above, relation in sorted(self.parents.get(node, ())):
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
        return tuple(tuple(sorted(group)) for group in _circles(self._circular(), self.parents))

    def origins(self, wanted: Set[int]) -> dict[int, int]:
        """Return where the terms that bases inherit come from: the nearest, of those as near the first by number.

        Keys and values are whole numbers, as there may be a million of each: `key_of` and `Origin` read them.

        Args:
            wanted: The licenses that are looked for, by their numbers.
        """
        found: dict[int, int] = {}
        level: dict[int, int] = {}
        width = self.width = len(self.table.expressions) * len(RELATIONS)
        for child, parents in self.parents.items():
            for base, relation in parents:
                license_ = self.licenses[base]
                if license_ in wanted:
                    key = child * width + term_of(license_, relation)
                    value = _STEP | base << BITS | base
                    if value < level.get(key, _NONE):
                        level[key] = value
        depth = 1
        while level:
            found |= level
            depth += 1
            level = self._next(level, found, depth)
        self._holders = self._holders_in(found)
        if self._holders:
            for key, value in found.items():
                license_, root = license_in(key % width), value & _MASK
                if (root, license_) in self._holders:
                    root, more = self.first(root, license_)
                    found[key] = (value >> BITS << BITS | root) + more * _STEP
        return found

    def first(self, base: int, license_: int) -> tuple[int, int]:
        """Return the first of the bases in a row above a base with one license, and the steps to it.

        Args:
            base: The base; `origins` was asked before.
            license_: Its license.
        """
        path: list[tuple[int, int]] = []
        places: dict[int, int] = {}
        at = base
        while license_ != UNKNOWN and (at, license_) not in self._ends:
            if at in places:  # a circle: the first by number is the root of all in it
                circle = [node for node, _ in path[places[at] :]]
                self._ends |= {(node, license_): (min(circle), 0) for node in circle}
                del path[places[at] :]
                break
            origin = self._holders.get((at, license_))
            if origin is None:
                break
            places[at] = len(path)
            path.append((at, origin.depth))
            at = origin.root
        root, depth = self._ends.get((at, license_), (at, 0))
        for node, steps in reversed(path):
            depth += steps
            self._ends[node, license_] = (root, depth)
        return self._ends.get((base, license_), (root, 0))

    def _next(self, level: Mapping[int, int], found: Mapping[int, int], depth: int) -> dict[int, int]:
        """The terms that come a step further, each with the base it comes through and its root."""
        following: dict[int, int] = {}
        width, kinds, children = self.width, len(RELATIONS), self.children
        outer = [[self.table.composed(relation, inner) for relation in range(kinds)] for inner in range(kinds)]
        for key, value in level.items():
            base, term = divmod(key, width)
            if base not in children:
                continue
            inner = term % kinds
            first, composed = term - inner, outer[inner]
            reached = depth * _STEP | base << BITS | value & _MASK
            for child, relation in children[base]:
                below = child * width + first + composed[relation]
                if below not in found and reached < following.get(below, _NONE):
                    following[below] = reached
        return following

    def _holders_in(self, found: Mapping[int, int]) -> dict[tuple[int, int], Origin]:
        """The bases that inherit their own license, and from where."""
        held: dict[tuple[int, int], int] = {}
        for key, value in found.items():
            base, term = divmod(key, self.width)
            license_ = license_in(term)
            if license_ != UNKNOWN and self.licenses[base] == license_ and value < held.get((base, license_), _NONE):
                held[base, license_] = value
        return {key: Origin.of(value) for key, value in held.items()}

    def _walk(self) -> None:
        """Compute the set of terms that each base inherits: in order from above, then around circles until it rests."""
        left = list(self.parents)
        for _ in range(_PASSES):  # most lineages are short
            following: list[int] = []
            for child in left:
                if all(base in self.inherited or base not in self.parents for base, _ in self.parents[child]):
                    self.inherited[child] = self._from_parents(child)
                else:
                    following.append(child)
            left = following
        self._walk_long(left)

    def _walk_long(self, left: Iterable[int]) -> None:
        waiting = {
            child: sum(base in self.parents and base not in self.inherited for base, _ in self.parents[child])
            for child in left
        }
        ready = deque(child for child, number in waiting.items() if not number)
        while ready:
            child = ready.popleft()
            self.inherited[child] = self._from_parents(child)
            del waiting[child]
            for below, _ in self.children.get(child, ()):
                if below in waiting:
                    waiting[below] -= 1
                    if not waiting[below]:
                        ready.append(below)
        self._left = set(waiting)
        queue, queued = deque(sorted(waiting)), set(waiting)
        while queue:
            child = queue.popleft()
            queued.discard(child)
            if (made := self._from_parents(child)) != self.inherited.get(child):
                self.inherited[child] = made
                for below, _ in self.children.get(child, ()):
                    if below not in queued:
                        queued.add(below)
                        queue.append(below)

    def _from_parents(self, child: int) -> int:
        parents = self.parents[child]
        if len(parents) == 1:
            return self.passed_on(*parents[0])
        return self.table.union(frozenset(self.passed_on(base, relation) for base, relation in parents))

    def _circular(self) -> set[int]:
        """The bases in circles, and between them: what is left after everything below circles is taken away."""
        left = set(self._left)
        outside = {node: sum(child in left for child, _ in self.children.get(node, ())) for node in left}
        ends = [node for node, number in outside.items() if not number]
        while ends:
            node = ends.pop()
            left.discard(node)
            for base, _ in self.parents[node]:
                if base in left:
                    outside[base] -= 1
                    if not outside[base]:
                        ends.append(base)
        return left


def _circles(nodes: set[int], parents: Mapping[int, list[tuple[int, int]]]) -> list[list[int]]:
    """The strongly connected groups of more than one node (Kosaraju, without recursion)."""
    above = {node: [base for base, _ in parents[node] if base in nodes] for node in nodes}
    below: dict[int, list[int]] = {node: [] for node in nodes}
    for node, held in above.items():
        for base in held:
            below[base].append(node)
    left = set(nodes)
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
