"""Run the rules of all families over one release."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from generator.checks import (  # noqa: F401 - importing a family registers its rules
    art,
    card,
    hub,
    lic,
    lin,
    pol,
    rel,
    sec,
    spelling,
)
from generator.checks.registry import Problem, Rule, Subject, get_rules, load_plugin_rules, plugin_of
from generator.checks.report import SEVERITIES, Finding, Report, merge_findings
from generator.errors import CharterError
from generator.licenses.assess import Assessment
from generator.plugins import failure
from generator.release.nearest import nearest
from generator.release.vocabulary import RULE_FAMILIES
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.documents.bundle import Bundle
    from generator.licenses.policy import Policy

_OF_A_RELEASE_FILE = frozenset(f"REL{number}" for number in range(103, 113))
"""Rules about fields of a release file; they do not run in a folder without one."""
_ONE_KIND = ("ART", "CARD", "HUB", "SEC")
"""Families whose repeated findings differ only in their place."""


def all_rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of their ids; those of plugins too, unless plugins are off.

    Raises:
        CharterError: A plugin cannot be loaded.
    """
    load_plugin_rules()
    return get_rules()


def chosen_rules(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Rule, ...]:
    """Return the rules that run: those that `select` names, without those that `ignore` names.

    Args:
        select: Rules (`LIN201`), families (`LIN`) or beginnings (`LIN2`), each possibly a comma list; none means all.
        ignore: The same, of what is left out.

    Raises:
        CharterError: A word is neither a rule nor a family.
    """
    wanted, unwanted = _words(select), _words(ignore)
    rules = all_rules()
    if not wanted and not unwanted:
        return rules
    return tuple(r for r in rules if (not wanted or r.id.startswith(wanted)) and not r.id.startswith(unwanted))


def run(
    assessment: Assessment,
    *,
    bundle: Bundle | Path | None = None,
    today: datetime.date | None = None,
    fail_on: str = "error",
    rules: tuple[Rule, ...] | None = None,
    policy: Policy | None = None,
) -> Report:
    """Check a release by its rules.

    Args:
        assessment: The assessment of the release.
        bundle: The bundle that is checked with it, or its folder; by default the folder of the release.
        today: The day that `accept.until` is compared with; without one nothing expires.
        fail_on: The lowest severity that makes the release not ready.
        rules: Those that run; all by default.
        policy: The policy of the organization, for the rules `POL`.
    """
    subject = Subject(assessment, bundle, policy)
    chosen = all_rules() if rules is None else rules
    found: list[tuple[Finding, str]] = []
    severities, stated = subject.release.rules, subject.stated
    for rule_ in chosen:
        set_to = severities.get(rule_.id) if severities else None
        if set_to != "off" and (stated or rule_.id not in _OF_A_RELEASE_FILE):
            for problem in _problems(rule_, subject):
                found.append(_finding(rule_, problem, set_to, subject, today))
    return Report(assessment.release.release.name, merge_findings(found), fail_on)


def _words(stated: Iterable[str]) -> tuple[str, ...]:
    """The words of comma lists in upper case; each is the beginning of a rule's id."""
    words = tuple(word.strip().upper() for text in stated for word in text.split(",") if word.strip())
    if not words:
        return ()
    ids = [rule_.id for rule_ in all_rules()]
    families = tuple(dict.fromkeys((*RULE_FAMILIES, *(key[:-3] for key in ids))))
    known = [*families, *ids]
    for word in words:
        family = re.match(r"[A-Z]*", word)
        whole = family is not None and family.group() in families
        if not whole or not any(name.startswith(word) for name in known):
            near = nearest(word, known, 3)
            hint = (
                _("Did you mean {names}?").format(names=", ".join(near))
                if near
                else _("Families: {names}.").format(names=", ".join(families))
            )
            raise CharterError(
                _("There is no rule and no family {value}.").format(value=repr(word[:40])),
                _("{hint} See `charter rules`.").format(hint=hint),
            )
    return words


def _finding(
    rule_: Rule, problem: Problem, set_to: str | None, subject: Subject, today: datetime.date | None
) -> tuple[Finding, str]:
    """The finding of a problem at its place, and its kind."""
    release = subject.release
    at = problem.at or release.locate(problem.path)
    severity = set_to or problem.severity or rule_.severity
    assert severity in SEVERITIES
    kind = "" if rule_.id.startswith(_ONE_KIND) else problem.message
    finding = Finding(
        rule=rule_.id,
        name=rule_.name,
        severity=severity,
        layer=problem.item.layer if problem.item else None,
        item=problem.item.item.name if problem.item else None,
        file=at.file,
        line=at.line,
        column=at.column,
        message=problem.message,
        remedy=problem.remedy,
        clauses=problem.clauses,
        framing=problem.framing,
        accepted=any(_holds(a.until, today) for a in release.accept if a.rule == rule_.id),
        edits=problem.edits,
        why=problem.why,
        source=problem.source,
    )
    return finding, kind if problem.kind is None else problem.kind


def _problems(rule_: Rule, subject: Subject) -> Iterable[Problem]:
    """What a rule finds; the failure of a plugin's rule is an error that names the plugin."""
    if (plugin := plugin_of(rule_)) is None:
        return rule_.check(subject)
    try:
        return list(rule_.check(subject))
    except Exception as error:
        raise failure(plugin, error) from error


def _holds(until: datetime.date | None, today: datetime.date | None) -> bool:
    return until is None or today is None or today <= until
