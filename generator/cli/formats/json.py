"""The report as JSON: one document, or a list of them in the order asked (contract, section 4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator import console
from generator.cli.targets import Outcome


def write(outcomes: Iterable[Outcome], total: int) -> None:
    """Write one document for one target, a list for several.

    Args:
        outcomes: What came of the targets.
        total: How many there are.
    """
    documents = (_document(outcome) for outcome in outcomes)
    if total == 1:
        console.document(next(documents))
    else:
        console.documents(documents)


def _document(outcome: Outcome) -> dict[str, Any]:
    if outcome.report:
        return outcome.report.to_dict()
    assert outcome.failure
    failure = {"message": outcome.failure.message, "remedy": outcome.failure.remedy}
    return {"schema": "modelcharter.error/1", "target": outcome.target, **failure}
