"""The registry of rules: a rule is one function, and its docstring is its explanation."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from generator.checks.report import SEVERITIES, Finding, Report
from generator.documents.coverage import Coverage, cover
from generator.documents.license_texts import Shelf
from generator.licenses.assess import Assessment, ItemAssessment
from generator.licenses.rights import ClauseRef
from generator.release.model import Location


class Subject:
    """What rules look at: the release, and what the engine reads in it.

    Args:
        assessment: The judged release.
    """

    def __init__(self, assessment: Assessment) -> None:
        self.assessment = assessment
        self.release = assessment.release

    @cached_property
    def coverage(self) -> Coverage:
        """Which terms cover which files."""
        return cover(self.assessment)

    @cached_property
    def shelf(self) -> Shelf:
        """Where license texts are taken from."""
        return Shelf(self.assessment)


class Hit(NamedTuple):
    """What a rule says: where in the release file, what is the matter, and how to mend it.

    Attributes:
        path: The field, as `Release.locate` takes it.
        severity: Where it differs from the rule's own.
        at: The place in another file than the release file; `path` then stands for nothing.
    """

    message: str
    remedy: str
    path: tuple[str | int, ...] = ()
    item: ItemAssessment | None = None
    clauses: tuple[ClauseRef, ...] = ()
    framing: str = "both"
    severity: str | None = None
    at: Location | None = None


Check = Callable[[Subject], Iterable[Hit]]


class Rule(NamedTuple):
    """A rule of the gate."""

    id: str
    name: str
    severity: str
    check: Check

    @property
    def explanation(self) -> str:
        """What the rule means, with an example that breaks it and one that keeps it."""
        from inspect import getdoc

        return getdoc(self.check) or ""


_RULES: dict[str, Rule] = {}


def rule(id_: str, name: str, severity: str) -> Callable[[Check], Check]:
    """Register a rule.

    Args:
        id_: Its family and three digits.
        name: Its name in kebab case.
        severity: `error`, `warning` or `info`.
    """

    def register(check: Check) -> Check:
        _RULES[id_] = Rule(id_, name, severity, check)
        return check

    return register


def all_rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of their ids."""
    from generator.checks import hub, lic, lin, rel  # noqa: F401 - importing a family registers it

    return tuple(_RULES[key] for key in sorted(_RULES))


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
    if set_to == "off":
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


def place(item: ItemAssessment, *field: str | int) -> tuple[str | int, ...]:
    """Return the path of an item's field in the release file."""
    base = ("documents",) if item.layer == "documents" else ("layers", item.layer)
    return (*base, item.number, *field)


def spoken(item: ItemAssessment) -> str:
    """Return how messages speak of an item: its layer, and its name where it has one."""
    return f"{item.layer} ({item.item.name})" if item.item.name else item.layer
