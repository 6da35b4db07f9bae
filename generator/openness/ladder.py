"""The classes of the Model Openness Framework as steps: what each step needs, what is there, and what is missing."""

from __future__ import annotations

from typing import NamedTuple

from generator.openness.facts import components, format_sentence, label_of
from generator.openness.mof import REPORT, Grade

LEVELS = (3, 2, 1)
"""The classes from the first step to the last."""


class Step(NamedTuple):
    """A class of the framework, with the components that it adds to the class before.

    Attributes:
        label: The name of the class, as in `Class III - Open Model`.
        is_reached: Whether the release reaches the class.
        is_next: Whether it is the first class that the release does not reach.
        included: The components that are released under open licenses.
        missing: The components that are not released.
        closed: The components that are released without an open license.
    """

    level: int
    label: str
    is_reached: bool
    is_next: bool
    included: tuple[str, ...]
    missing: tuple[str, ...]
    closed: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many components the class adds."""
        return len(self.included) + len(self.missing) + len(self.closed)


def steps(grade: Grade) -> tuple[Step, ...]:
    """Return the classes from the first to the last.

    Args:
        grade: The class that a release reaches.
    """
    return tuple(_step(grade, level) for level in LEVELS)


def _step(grade: Grade, level: int) -> Step:
    found = grade.classes[level]
    # A paper may take the place of the report, which then is in no list.
    stated = {key for keys in found.values() for key in keys}
    added = [c for c in components().values() if c.required and c.level == level and (c.id != REPORT or c.id in stated)]

    def named(*statuses: str) -> tuple[str, ...]:
        return tuple(label_of(c.id) for c in added if any(c.id in found[status] for status in statuses))

    return Step(
        level,
        format_sentence("classes", str(level)),
        grade.level is not None and grade.level <= level,
        grade.next == level,
        named("included"),
        named("missing"),
        named("invalid", "unlicensed"),
    )
