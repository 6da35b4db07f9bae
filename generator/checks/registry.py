"""The registry of rules: a rule is one function, and its docstring is its explanation."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from generator.artifacts.survey import Survey
from generator.checks.report import Edit
from generator.documents.licenses.coverage import Coverage, cover
from generator.documents.licenses.texts import Shelf
from generator.documents.storage.record import CARD
from generator.licenses.assess import Assessment, ItemAssessment
from generator.licenses.rights import ClauseRef
from generator.release.model import Location, Release

if TYPE_CHECKING:
    from generator.documents.bundle import Bundle
    from generator.licenses.policy import Policy


def is_stated(release: Release) -> bool:
    """Return whether somebody states a release; one that is read out of a folder states nothing of its own."""
    return release.origin is None or os.path.basename(release.origin.file) != CARD  # noqa: PTH119 - asked very often


class Subject:
    """What rules look at: the release, and what the engine reads in it.

    Args:
        assessment: The judged release.
        bundle: The bundle that is judged with it, or the folder it is in; by default that of the release.
        policy: The policy of the organization; None where there is none.
    """

    def __init__(
        self, assessment: Assessment, bundle: Bundle | Path | None = None, policy: Policy | None = None
    ) -> None:
        self.assessment = assessment
        self.policy = policy
        self.release = assessment.release
        self.bundle = bundle

    @cached_property
    def coverage(self) -> Coverage:
        """Which terms cover which files."""
        return cover(self.assessment)

    @cached_property
    def shelf(self) -> Shelf:
        """Where license texts are taken from."""
        return Shelf(self.assessment)

    @cached_property
    def survey(self) -> Survey:
        """What lies in the release's folder, and what it says of itself."""
        return Survey(self.release.folder)

    @cached_property
    def stated(self) -> bool:
        """Whether there is a release file; without one the release was made from what the folder says."""
        return is_stated(self.release)


class Hit(NamedTuple):
    """What a rule says: where in the release file, what is the matter, and how to mend it.

    Attributes:
        path: The field, as `Release.locate` takes it.
        severity: Where it differs from the rule's own.
        at: The place in another file than the release file; `path` then stands for nothing.
        edits: What mends it, where that is safe without a person.
        why: The reason, where the message alone does not give it.
        kind: Hits of a rule with the same kind are one finding. By default, all hits of an ART, CARD, HUB or SEC rule
            are one kind, since they differ only in their place; of other rules, those with the same message.
    """

    message: str
    remedy: str
    path: tuple[str | int, ...] = ()
    item: ItemAssessment | None = None
    clauses: tuple[ClauseRef, ...] = ()
    framing: str = "both"
    severity: str | None = None
    at: Location | None = None
    edits: tuple[Edit, ...] = ()
    why: str = ""
    kind: str | None = None


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


def registered() -> tuple[Rule, ...]:
    """Return the rules of the families that were imported, in the order of their ids; the gate imports them all."""
    return tuple(_RULES[key] for key in sorted(_RULES))


def place(item: ItemAssessment, *field: str | int) -> tuple[str | int, ...]:
    """Return the path of an item's field in the release file."""
    base = ("documents",) if item.layer == "documents" else ("layers", item.layer)
    return (*base, item.number, *field)


def spoken(item: ItemAssessment) -> str:
    """Return how messages speak of an item: its layer, and its name where it has one."""
    return f"{item.layer} ({item.item.name})" if item.item.name else item.layer
