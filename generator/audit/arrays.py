"""Arrays of whole numbers: what is known of bases and of what they are made from, all of it at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def least(keys: Integers, values: Integers) -> tuple[Integers, Integers]:
    """Return the distinct keys in order, and the least of the values of each.

    Args:
        keys: Numbers, none below 0.
        values: As many numbers.
    """
    order = np.argsort(keys)
    keys, values = keys[order], values[order]
    starts = firsts(keys)
    return keys[starts], np.minimum.reduceat(values, starts) if len(starts) else values


def firsts(ordered: Integers) -> Integers:
    """Return the place of the first of each distinct number, of numbers in order that are not below 0."""
    return np.flatnonzero(np.diff(ordered, prepend=-1))


def distinct(numbers: Integers) -> Integers:
    """Return the distinct numbers in order, of numbers that are not below 0; `np.unique` takes many times longer."""
    ordered = np.sort(numbers)
    return ordered[firsts(ordered)]


def contains(listed: Integers, wanted: Integers) -> Flags:
    """Return which numbers are in a list.

    Args:
        listed: Numbers in order.
        wanted: The numbers that are looked for.
    """
    return listed[places(listed, wanted)] == wanted if len(listed) else np.zeros(len(wanted), dtype=bool)


def places(listed: Integers, wanted: Integers) -> Integers:
    """Return where numbers are in a list; any place for those that are not.

    Args:
        listed: Numbers in order.
        wanted: The numbers that are looked for.
    """
    return np.minimum(np.searchsorted(listed, wanted), len(listed) - 1)


def ranges(starts: Integers, numbers: Integers) -> tuple[Integers, Integers]:
    """Return several ranges one after the other, and for each of their numbers the place of its range.

    Args:
        starts: Where each begins.
        numbers: How long each is.
    """
    owners = np.repeat(np.arange(len(starts)), numbers)
    return np.arange(len(owners)) + np.repeat(starts - np.cumsum(numbers) + numbers, numbers), owners


def add_run(runs: list[Integers], more: Integers) -> None:
    """Add numbers to a list of runs, each of them in order and longer than twice the next."""
    runs.append(more)
    while len(runs) > 1 and len(runs[-2]) <= 2 * len(runs[-1]):
        last = runs.pop()
        runs[-1] = np.sort(np.concatenate([runs[-1], last]))


class Ends:
    """Edges by one of their ends.

    Args:
        ends: The number of one end of each edge.
        count: How many numbers there are.
    """

    def __init__(self, ends: Integers, count: int) -> None:
        self._order = np.argsort(ends)
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=count))])

    def of(self, nodes: Integers) -> tuple[Integers, Integers]:
        """Return the edges that have some nodes as that end, and for each the place of its node.

        Args:
            nodes: Their numbers.
        """
        found, owners = ranges(self._starts[nodes], self.number(nodes))
        return self._order[found], owners

    def number(self, nodes: Integers) -> Integers:
        """Return how many edges each of some nodes has."""
        numbers: Integers = self._starts[nodes + 1] - self._starts[nodes]
        return numbers

    def present(self) -> Integers:
        """Return the nodes that have an edge, in order."""
        return np.flatnonzero(np.diff(self._starts))


def joined(parts: Sequence[Integers]) -> Integers:
    """Return arrays one after the other."""
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
