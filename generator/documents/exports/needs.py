"""What an export cannot do without, and the error that asks for it; `check` says the same before a build does."""

from __future__ import annotations

from generator.documents.licenses.coverage import Coverage
from generator.errors import CharterError
from generator.licenses.assess import ItemAssessment
from generator.translations import error_text as _

DATED = {"spdx": "release.spdx3.json", "croissant": "croissant.json"}
"""Exports whose format has a date that must be there, with their paths; the others leave an unknown date out."""
DATASETS = ("datasets", "evaluation-data")


def lacking(output: str, coverage: Coverage) -> CharterError | None:
    """Return what an export needs and the release file does not say, or None.

    Args:
        output: The entry of `outputs`.
        coverage: Which terms cover which files.
    """
    info = coverage.assessment.release.release
    if output in DATED and info.date is None:
        return CharterError(
            _("{file}: the format has to be dated, and the release file has no date.").format(file=DATED[output]),
            _("Write `release: {date: YYYY-MM-DD}`; the clock is never asked."),
        )
    if output == "croissant" and not get_released_data(coverage):
        return CharterError(
            _("croissant.json describes released data, and this release has none."),
            _("State a data item as `released` or `gated`, or take `croissant` out of `outputs:`."),
        )
    if output == "citation" and info.publisher is None:
        return CharterError(
            _("CITATION.cff: nobody is named as the author."), _("Write `release: {publisher: {name: NAME}}`.")
        )
    return None


def require(output: str, coverage: Coverage) -> None:
    """Stop where an export lacks what it cannot do without.

    Args:
        output: The entry of `outputs`.
        coverage: Which terms cover which files.

    Raises:
        CharterError: Something is not stated; the remedy names the field.
    """
    if error := lacking(output, coverage):
        raise error


def get_released_data(coverage: Coverage) -> tuple[ItemAssessment, ...]:
    """Return the data sets that this release gives.

    Args:
        coverage: Which terms cover which files.
    """
    items = coverage.assessment.items
    return tuple(
        i for i in items if i.layer == "data" and i.is_available and (i.item.component or "datasets") in DATASETS
    )
