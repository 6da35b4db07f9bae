"""Findings with their places, and the report that counts them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.errors import CharterError
from generator.licenses.rights import ClauseRef
from generator.named_tuple import NamedTuple
from generator.site import rule_url
from generator.translations import gettext as _
from generator.translations import ngettext

SEVERITIES = ("error", "warning", "info")
"""From the most severe to the least."""
_SHOWN_IN_TEXT = 2
"""Further messages that the text of a finding repeats."""
_SHOWN = 5
"""Findings that an exception names."""


class Edit(NamedTuple):
    """A change of a few characters in a file, which changes nothing of what the file says.

    Attributes:
        line: Line, counted from 1, as `column` is.
        old: The text there; empty where `new` is inserted before it.
    """

    file: str
    line: int
    column: int
    old: str
    new: str


class Place(NamedTuple):
    """A place of a finding, and the message for it; line and column are counted from 1."""

    file: str
    line: int
    column: int
    message: str


class Finding(NamedTuple):
    """One kind of problem in a release, and every place that has it.

    Attributes:
        layer: The layer it is about, where it is about one.
        item: The name of the item, where it has one.
        file: The file of the first place; `line`, `column` and `message` are also those of the first place.
        why: The reason, where the message alone does not give it.
        framing: `both`, or the only interpretation under which it applies: `program` or `source`.
        accepted: Whether the publisher accepts it (`accept` in the release file).
        edits: The changes that fix it, where no decision is needed.
        places: Every place, the first one included.
        source: The base model or data set that it is about, where it is about one.
    """

    rule: str
    name: str
    severity: str
    layer: str | None
    item: str | None
    file: str
    line: int
    column: int
    message: str
    remedy: str
    clauses: tuple[ClauseRef, ...] = ()
    framing: str = "both"
    accepted: bool = False
    edits: tuple[Edit, ...] = ()
    why: str = ""
    places: tuple[Place, ...] = ()
    source: str = ""

    @property
    def text(self) -> str:
        """The message, the messages of two more places where they differ, and the reason."""
        others = [place.message for place in self.places if place.message != self.message]
        named = " ".join(dict.fromkeys(others[:_SHOWN_IN_TEXT]))
        also = _("Also: {messages}").format(messages=named) if others else ""
        return " ".join(filter(None, (self.message, also, self.why)))

    def to_dict(self) -> dict[str, Any]:
        """Return it as section 4 of the contract has it."""
        return {
            "rule": self.rule,
            "name": self.name,
            "severity": self.severity,
            "layer": self.layer,
            "item": self.item,
            "location": {"file": self.file, "line": self.line, "column": self.column},
            "message": self.text,
            "remedy": self.remedy,
            "clauses": [{"license": clause.license, "clause": clause.clause} for clause in self.clauses],
            "framing": self.framing,
            "accepted": self.accepted,
            "count": len(self.places),
            "places": [place._asdict() for place in self.places],
            "help": rule_url(self.rule),
        }


def _count(severity: str, number: int) -> str:
    """A number of findings in words, as in `2 warnings`."""
    texts = {
        "error": ngettext("{number} error", "{number} errors", number),
        "warning": ngettext("{number} warning", "{number} warnings", number),
        "info": ngettext("{number} info", "{number} info", number),
    }
    return texts[severity].format(number=number)


def merge_findings(findings: Iterable[tuple[Finding, str]]) -> tuple[Finding, ...]:
    """Return the findings with one for each kind, by file, line and rule; each has all places of its kind.

    Args:
        findings: Findings of one place each, and the kind of each within its rule.
    """
    kinds: dict[tuple[object, ...], list[Finding]] = {}
    for finding, kind in sorted(findings, key=lambda pair: _order(pair[0])):
        key = (finding.rule, finding.severity, finding.layer, finding.framing, finding.accepted, kind)
        kinds.setdefault(key, []).append(finding)
    merged = (
        group[0]._replace(
            edits=tuple(edit for finding in group for edit in finding.edits),
            places=tuple(dict.fromkeys(Place(f.file, f.line, f.column, f.message) for f in group)),
        )
        for group in kinds.values()
    )
    return tuple(sorted(merged, key=_order))


def _order(finding: Finding) -> tuple[str, int, str, int, str]:
    return finding.file, finding.line, finding.rule, finding.column, finding.message


class Report(NamedTuple):
    """All findings of one release, by file, line and rule.

    Attributes:
        release: The release's name.
        fail_on: The lowest severity that makes `exit_code` 1: error, warning or info.
        notes: What people must know of how it was checked, such as settings that turn off rules.
    """

    release: str
    findings: tuple[Finding, ...]
    fail_on: str = "error"
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are by severity, not counting accepted ones."""
        standing = [finding.severity for finding in self.findings if not finding.accepted]
        return {severity: standing.count(severity) for severity in SEVERITIES}

    @property
    def summary(self) -> str:
        """The counts in words, as in `1 error, 2 warnings`."""
        counted = [_count(key, n) for key, n in self.counts.items() if n]
        accepted = sum(finding.accepted for finding in self.findings)
        if accepted:
            counted.append(ngettext("{number} accepted", "{number} accepted", accepted).format(number=accepted))
        return ", ".join(counted) or _("nothing found")

    @property
    def verdict(self) -> str:
        """The result in the words of the contract: ready or not, and the number of errors and warnings."""
        named = SEVERITIES[: max(2, SEVERITIES.index(self.fail_on) + 1)]
        counts = [_count(key, n) for key in named if (n := self.counts[key])]
        if self.exit_code:
            return _("Not ready: {counts}").format(counts=", ".join(counts))
        return ", ".join([_("Ready to publish"), *counts])

    @property
    def exit_code(self) -> int:
        """0, or 1 where a finding at or above `fail_on` is not accepted."""
        grave = SEVERITIES[: SEVERITIES.index(self.fail_on) + 1]
        return int(any(self.counts[severity] for severity in grave))

    def to_dict(self) -> dict[str, Any]:
        """Return the document `modelcharter.report/1`."""
        return {
            "schema": "modelcharter.report/1",
            "release": self.release,
            "findings": [finding.to_dict() for finding in self.findings],
            "counts": self.counts,
            "exit_code": self.exit_code,
            **({"notes": list(self.notes)} if self.notes else {}),
        }

    def _repr_html_(self) -> str:
        """Return the report as a notebook shows it."""
        from generator.documents.render import render

        return render("notebook_report.html.jinja", self)

    def raise_for_errors(self) -> None:
        """Raise an exception if the release is not ready.

        Raises:
            CharterError: A finding at or above `fail_on` is not accepted; the first ones are named, errors first.
        """
        if not self.exit_code:
            return
        import shlex

        grave = SEVERITIES[: SEVERITIES.index(self.fail_on) + 1]
        standing = [f for severity in grave for f in self.findings if f.severity == severity and not f.accepted]
        lines = [f"{f.file}:{f.line}:{f.column}: {f.severity} {f.rule} {f.text}" for f in standing[:_SHOWN]]
        if len(standing) > _SHOWN:
            lines.append(
                ngettext("and {number} more", "and {number} more", len(standing) - _SHOWN).format(
                    number=len(standing) - _SHOWN
                )
            )
        counted = "\n  ".join((f"{self.release}: {self.verdict}.", *lines))
        raise CharterError(
            counted, _("List all findings and fixes: charter check {file}").format(file=shlex.quote(standing[0].file))
        )
