"""The answer to how open something is, as an object and as the JSON document of the contract, section 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.named_tuple import NamedTuple
from generator.openness.eu import Exemption, exemption
from generator.openness.framings import Framing, framings
from generator.openness.mof import Grade, Row, grade, release_rows
from generator.openness.osaid import Osaid, osaid
from generator.openness.parts import Subject, release_subject

if TYPE_CHECKING:
    from generator.licenses.assess import Assessment
    from generator.openness.record import Record


class Openness(NamedTuple):
    """How open a release is, by every measure.

    Attributes:
        target: How it was named.
        framings: The verdict under `program` and under `source`.
        subject: What was checked.
    """

    target: str
    framings: dict[str, Framing]
    mof: Grade
    osaid: Osaid
    subject: Subject

    @property
    def eu_exemption(self) -> Exemption:
        """How it stands to the exemption of the EU AI Act."""
        return exemption(self.subject)

    def to_dict(self) -> dict[str, object]:
        """Return the document `modelcharter.openness/1`."""
        return {
            "schema": "modelcharter.openness/1",
            "target": self.target,
            "framings": {name: framing.to_dict() for name, framing in self.framings.items()},
            "mof": self.mof.to_dict(),
            "osaid": self.osaid.to_dict(),
            "eu_exemption": self.eu_exemption.to_dict(),
        }


def release_openness(
    target: str, assessment: Assessment, *, mode: str = "default", card: bool | None = None
) -> Openness:
    """Return how open a release is.

    Args:
        target: How it was named.
        assessment: The assessed release.
        mode: How the Model Openness Framework is answered.
        card: Whether a model card belongs to it that is no item; by default, whether `build` writes one.

    Raises:
        CharterError: There is no such mode.
    """
    written = "card" in assessment.release.outputs if card is None else card
    subject = release_subject(assessment, card=written)
    rows, notes = release_rows(subject)
    return _answer(target, subject, rows, mode, notes)


def record_openness(target: str, record: Record, *, mode: str = "default") -> Openness:
    """Return how open a release is, by a record of the Model Openness Framework.

    Args:
        target: How it was named.
        record: The record.
        mode: How the framework is answered.

    Raises:
        CharterError: There is no such mode.
    """
    return _answer(target, record.subject(), record.rows(), mode, ())


def _answer(target: str, subject: Subject, rows: tuple[Row, ...], mode: str, notes: tuple[str, ...]) -> Openness:
    found = grade(rows, mode)
    found = found._replace(notes=(*found.notes, *notes))
    return Openness(target, framings(subject), found, osaid(subject), subject)
