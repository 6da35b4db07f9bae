"""How much of a long test `make test` runs: a sample with the interesting cases. `make test-all` runs all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

WHOLE = False
"""Whether everything runs: no `not exhaustive` in the expression of `-m`. `conftest` sets it."""


def examples(number: int, least: int = 10) -> int:
    """Return how many examples a property test tries: in `make test` a fifth of them.

    Args:
        number: How many there are in `make test-all`.
        least: How many there are at least.
    """
    return number if WHOLE else max(min(number, least), number // 5)


def crosswise(number: int, case: tuple[Any, ...]) -> bool:
    """Keep the first and the last case: of two values times two values, each value once."""
    return number in (0, 3)


def sampled(cases: Iterable[tuple[Any, ...]], keep: Callable[[int, tuple[Any, ...]], bool]) -> list[Any]:
    """Return the cases of a parametrized test, those marked `exhaustive` that only `make test-all` runs.

    Args:
        cases: All cases.
        keep: Whether `make test` runs a case, from its number and its values.
    """
    marked = pytest.mark.exhaustive
    return [case if keep(number, case) else pytest.param(*case, marks=marked) for number, case in enumerate(cases)]
