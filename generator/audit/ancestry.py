"""What each base inherits from the bases above it: sets of terms first, then through which of them a term came."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence, Set

from generator.audit.licenses import UNKNOWN, LicenseTable
from generator.release.vocabulary import RELATIONS

BITS = 24
"""Bits of the number of a base inside a packed origin: steps but one, then the base it came through, then the root."""
_STEP, _SELF, _MASK, _NONE = 1 << 2 * BITS, (1 << BITS) + 1, (1 << BITS) - 1, 1 << 63
_PASSES = 6
Edge = tuple[int, int, int]
"""A base, one that it is made from, and the relation."""


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
        self.inherited: dict[int, int] = dict.fromkeys(self.children.keys() - self.parents.keys(), 0)
        self._holders: dict[int, int] = {}
        self._ends: dict[int, tuple[int, int]] = {}
        self._left: set[int] = set()
        self._below: dict[int, frozenset[int]] = {}
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
    def holders(self) -> Collection[int]:
        """The bases that inherit their own license; after `origins`."""
        return self._holders.keys()

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

    def origins(self) -> dict[int, dict[int, int]]:
        """Return where the terms come from that bases inherit through others, with what is in `direct` of these bases.

        It is the nearest base; of those as near, the first by number. The keys are bases, then terms; the values are
        whole numbers that `origin` reads, as there may be a million. `in_steps` tells those through others.
        """
        parents, children = self.parents, self.children
        found = {
            child: self.direct(child)
            for child, held in parents.items()
            if child in children or any(base in parents for base, _ in held)
        }
        passed = [self.table.passed_terms(relation) for relation in range(len(RELATIONS))]
        level, depth = found.copy(), 0
        while level:
            depth += 1
            level = self._next(level, found, passed, depth)
            for child, here in level.items():
                found[child].update(here)
        self._holders = self._holders_in(found)
        return found

    def direct(self, child: int) -> dict[int, int]:
        """Return where the terms come from that a base inherits from those right above it, as `origins` has it."""
        found: dict[int, int] = {}
        for base, relation in self.parents[child]:
            term, value = self.licenses[base] * len(RELATIONS) + relation, base * _SELF
            if value < found.get(term, _NONE):
                found[term] = value
        return found

    @staticmethod
    def in_steps(value: int) -> bool:
        """Return whether terms came through another base, by a value of `origins`."""
        return value >= _STEP

    def origin(self, value: int) -> tuple[int, int, int]:
        """Return the steps to a root, the nearest base that terms came through, and the root.

        The root is the base whose license it is; of several in a row with the same license, the first.

        Args:
            value: A value of `origins`.
        """
        depth, via, root = (value >> 2 * BITS) + 1, value >> BITS & _MASK, value & _MASK
        if root not in self._holders:
            return depth, via, root
        first, more = self.first(root)
        return depth + more, via, first

    def first(self, base: int) -> tuple[int, int]:
        """Return the first of the bases in a row above a base with the license of that, and the steps to it.

        Args:
            base: The base; `origins` was asked before.
        """
        ends, holders = self._ends, self._holders
        path: list[int] = []
        places: dict[int, int] = {}
        at = base
        while at not in ends and at in holders:
            if at in places:  # a circle: the first by number is the root of all in it
                circle = path[places[at] :]
                ends |= dict.fromkeys(circle, (min(circle), 0))
                del path[places[at] :]
                break
            places[at] = len(path)
            path.append(at)
            at = holders[at] & _MASK
        root, depth = ends.get(at, (at, 0))
        for node in reversed(path):
            depth += (holders[node] >> 2 * BITS) + 1
            ends[node] = (root, depth)
        return ends.get(base, (root, 0))

    def _next(
        self,
        level: Mapping[int, Mapping[int, int]],
        found: Mapping[int, Mapping[int, int]],
        passed: Sequence[Sequence[int]],
        depth: int,
    ) -> dict[int, dict[int, int]]:
        """The terms that come a step further, each with the base it comes through and its root."""
        following: dict[int, dict[int, int]] = {}
        children, mask, none = self.children, _MASK, _NONE
        for base, held in level.items():
            if base not in children:
                continue
            start = depth * _STEP | base << BITS
            for child, relation in children[base]:
                outer, known, here = passed[relation], found[child], following.get(child)
                for term, value in held.items():
                    term = outer[term]
                    if term not in known:
                        value = start | value & mask
                        if here is None:
                            following[child] = here = {term: value}
                        elif value < here.get(term, none):
                            here[term] = value
        return following

    def _holders_in(self, found: Mapping[int, Mapping[int, int]]) -> dict[int, int]:
        """The bases that inherit their own license, and from where."""
        holders: dict[int, int] = {}
        licenses, kinds = self.licenses, len(RELATIONS)
        for child, held in self.parents.items():
            license_ = licenses[child]
            if license_ != UNKNOWN:
                near = [base for base, _ in held if licenses[base] == license_]
                if near:
                    holders[child] = min(near) * _SELF
                elif child in found:
                    values = [value for term, value in found[child].items() if term // kinds == license_]
                    if values:
                        holders[child] = min(values)
        return holders

    def _walk(self) -> None:
        """Compute the set of terms that each base inherits: in order from above, then around circles until it rests."""
        inherited, licenses, parents = self.inherited, self.licenses, self.parents
        passed: dict[tuple[int, int, int], int] = {}
        left: Iterable[int] = parents
        for _ in range(_PASSES):  # most lineages are short
            following: list[int] = []
            for child in left:
                held = parents[child]
                sets: list[int] = []
                for base, relation in held:
                    above = inherited.get(base)
                    if above is None:
                        following.append(child)
                        break
                    key = (licenses[base], above, relation)
                    made = passed.get(key)
                    if made is None:
                        made = passed[key] = self.table.passed_on(*key)
                    if len(held) == 1:
                        inherited[child] = made
                    else:
                        sets.append(made)
                else:
                    if sets:
                        inherited[child] = self.table.union(frozenset(sets))
            left = following
        self._walk_long(left)

    def _walk_long(self, left: Iterable[int]) -> None:
        waiting = {child: sum(base not in self.inherited for base, _ in self.parents[child]) for child in left}
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
