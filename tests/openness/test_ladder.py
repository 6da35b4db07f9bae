"""The classes of the Model Openness Framework as steps: they agree with the class, and name every component once."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import openness
from generator.openness.facts import components
from generator.openness.ladder import steps
from tests.conftest import EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_steps_agree_with_the_class(example: Path) -> None:
    grade = openness(str(example)).mof
    found = steps(grade)
    assert [step.level for step in found] == [3, 2, 1]
    assert [step.is_reached for step in found] == [grade.level is not None and grade.level <= n for n in (3, 2, 1)]
    assert [step.level for step in found if step.is_next] == ([grade.next] if grade.next else [])
    for step in found:
        named = (*step.included, *step.missing, *step.closed)
        assert len(named) == len(set(named)) == step.total
        required = sum(c.required and c.level == step.level for c in components().values())
        assert required - 1 <= step.total <= required  # a paper may take the place of the report
        if step.is_reached:
            assert step.included == named
