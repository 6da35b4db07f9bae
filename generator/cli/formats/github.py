"""Annotations of GitHub Actions: a workflow command a finding, shown beside the line it is about."""

from __future__ import annotations

from collections.abc import Iterable

from generator import console
from generator.checks.report import Finding
from generator.cli.formats.places import relative
from generator.cli.targets import Outcome
from generator.site import rule_url

_PLACES = 3
"""Other places that an annotation names."""
_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
# As the Actions toolkit escapes data and properties (actions/toolkit, packages/core/src/command.ts).
_DATA = {ord("%"): "%25", ord("\r"): "%0D", ord("\n"): "%0A"}
_PROPERTY = {**_DATA, ord(":"): "%3A", ord(","): "%2C"}


def write(outcomes: Iterable[Outcome], total: int) -> None:
    """Write an annotation for every finding that is not accepted; the counts go to standard error.

    Args:
        outcomes: What came of the targets.
        total: How many there are.
    """
    for outcome in outcomes:
        if outcome.report:
            for f in outcome.report.findings:
                if not f.accepted:
                    place = (f.file, f.line, f.column)
                    text = "\n".join(filter(None, (f.text, _others(f), f.remedy, rule_url(f.rule))))
                    _annotate(_COMMANDS[f.severity], text, f"{f.rule} {f.name}", place)
            console.status(f"{_format_target(outcome)}: {outcome.report.summary}")
        elif outcome.failure:
            failure = outcome.failure
            for complaint in failure.complaints:
                place = (complaint.file, complaint.line, complaint.column)
                _annotate("error", complaint.summary, "not a release file", place)
            if not failure.complaints:
                _annotate("error", f"{outcome.target}: {failure.message}\n{failure.remedy}", "could not be checked")


def _others(finding: Finding) -> str:
    """The other places of a finding in words: the first three, and the number of the rest."""
    others = [f"{relative(place.file)}:{place.line}" for place in finding.places[1:]]
    more = f" and {len(others) - _PLACES} more" if len(others) > _PLACES else ""
    return f"Also at {', '.join(others[:_PLACES])}{more}." if others else ""


def _format_target(outcome: Outcome) -> str:
    """The target; never at the start of a line, where it could be taken for a command."""
    return f"charter check {outcome.target!r}"


def _annotate(command: str, message: str, title: str, place: tuple[str, int, int] | None = None) -> None:
    known: dict[str, object] = {}
    if place:
        known = dict(zip(("file", "line", "col"), (relative(place[0]), *place[1:]), strict=True))
    properties = ",".join(
        f"{key}={str(value).translate(_PROPERTY)}" for key, value in {**known, "title": title}.items()
    )
    console.data(f"::{command} {properties}::{message.strip().translate(_DATA)}")
