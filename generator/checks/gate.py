"""The gate: all families of rules, run over one release."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from generator.checks import (  # noqa: F401 - importing a family registers its rules
    art,
    art_licenses,
    art_lineage,
    art_weights,
    hub,
    lic,
    lin,
    rel,
    sec,
)
from generator.checks.registry import Rule, Subject, registered
from generator.checks.report import SEVERITIES, Finding, Report
from generator.licenses.assess import Assessment

_OF_A_RELEASE_FILE = frozenset((*(f"REL{number}" for number in range(103, 113)), "HUB103", "HUB104"))
"""What only a release file can state, or a build of one write; a folder without one is not held to it."""


def all_rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of their ids."""
    return registered()


def run(assessment: Assessment, *, today: datetime.date | None = None, fail_on: str = "error") -> Report:
    """Judge a release by every rule.

    Args:
        assessment: The judged release.
        today: The day that `accept.until` is held against; without one nothing expires.
        fail_on: The least severity that closes the gate.
    """
    subject = Subject(assessment)
    found = [finding for rule_ in all_rules() for finding in _findings(rule_, subject, today)]
    found.sort(key=lambda f: (f.file, f.line, f.rule, f.column, f.message))
    return Report(assessment.release.release.name, tuple(found), fail_on)


def _findings(rule_: Rule, subject: Subject, today: datetime.date | None) -> Iterator[Finding]:
    release = subject.release
    set_to = release.rules.get(rule_.id)
    if set_to == "off" or (rule_.id in _OF_A_RELEASE_FILE and not subject.stated):
        return
    accepted = any(_holds(a.until, today) for a in release.accept if a.rule == rule_.id)
    for hit in rule_.check(subject):
        at = hit.at or release.locate(hit.path)
        severity = set_to or hit.severity or rule_.severity
        assert severity in SEVERITIES
        yield Finding(
            rule=rule_.id,
            name=rule_.name,
            severity=severity,
            layer=hit.item.layer if hit.item else None,
            item=hit.item.item.name if hit.item else None,
            file=at.file,
            line=at.line,
            column=at.column,
            message=hit.message,
            remedy=hit.remedy,
            clauses=hit.clauses,
            framing=hit.framing,
            accepted=accepted,
        )


def _holds(until: datetime.date | None, today: datetime.date | None) -> bool:
    return until is None or today is None or today <= until
