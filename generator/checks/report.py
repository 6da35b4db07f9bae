"""What the gate answers: findings, each at its place, and the report that counts them."""

from __future__ import annotations

from typing import Any, NamedTuple

from generator.errors import CharterError
from generator.licenses.rights import ClauseRef

SEVERITIES = ("error", "warning", "info")
"""From the gravest down."""
_TOLD = 5


class Edit(NamedTuple):
    """A change of a few characters in a file, which changes nothing of what the file says.

    Attributes:
        line: Line, counted from 1, as `column` is.
        old: What stands there; empty where `new` is put before it.
    """

    file: str
    line: int
    column: int
    old: str
    new: str


class Finding(NamedTuple):
    """One thing that the gate says, and where it stands.

    Attributes:
        layer: The layer it is about, where it is about one.
        item: The name of the item, where it has one.
        framing: `both`, or the one reading under which it stands: `program` or `source`.
        accepted: Whether the publisher answers for it (`accept` in the release file).
        edits: What mends it, where that is safe without a person.
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

    def to_dict(self) -> dict[str, Any]:
        """Return it as section 4 of the contract has it."""
        return {
            "rule": self.rule,
            "name": self.name,
            "severity": self.severity,
            "layer": self.layer,
            "item": self.item,
            "location": {"file": self.file, "line": self.line, "column": self.column},
            "message": self.message,
            "remedy": self.remedy,
            "clauses": [{"license": clause.license, "clause": clause.clause} for clause in self.clauses],
            "framing": self.framing,
            "accepted": self.accepted,
        }


class Report(NamedTuple):
    """All findings of one release, by file, line and rule.

    Attributes:
        release: The release's name.
        fail_on: The least severity that makes `exit_code` 1: error, warning or info.
    """

    release: str
    findings: tuple[Finding, ...]
    fail_on: str = "error"

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are by severity, not counting accepted ones."""
        standing = [finding.severity for finding in self.findings if not finding.accepted]
        return {severity: standing.count(severity) for severity in SEVERITIES}

    @property
    def summary(self) -> str:
        """The counts in words, as in `1 error, 2 warnings`."""
        told = [f"{n} {key}{'s' * (n != 1 and key != 'info')}" for key, n in self.counts.items() if n]
        accepted = sum(finding.accepted for finding in self.findings)
        return ", ".join([*told, *([f"{accepted} accepted"] if accepted else [])]) or "nothing found"

    @property
    def verdict(self) -> str:
        """The result in the words of the contract: ready or not, and how many findings count."""
        grave = SEVERITIES[: SEVERITIES.index(self.fail_on) + 1] if self.exit_code else ("warning",)
        counts = [f"{n} {key}{'s' * (n != 1 and key != 'info')}" for key in grave if (n := self.counts[key])]
        if self.exit_code:
            return f"Not ready: {', '.join(counts)}"
        return ", ".join(["Ready to publish", *counts])

    @property
    def exit_code(self) -> int:
        """0, or 1 where a finding at or above `fail_on` stands."""
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
        }

    def raise_for_errors(self) -> None:
        """Stop a script where the gate would.

        Raises:
            CharterError: A finding at or above `fail_on` stands; the first ones are named, gravest first.
        """
        if not self.exit_code:
            return
        import shlex

        grave = SEVERITIES[: SEVERITIES.index(self.fail_on) + 1]
        standing = [f for severity in grave for f in self.findings if f.severity == severity and not f.accepted]
        lines = [f"{f.file}:{f.line}:{f.column}: {f.severity} {f.rule} {f.message}" for f in standing[:_TOLD]]
        if len(standing) > _TOLD:
            lines.append(f"and {len(standing) - _TOLD} more")
        told = "\n  ".join((f"{self.release}: {self.verdict}.", *lines))
        raise CharterError(told, f"See all of it, with remedies: charter check {shlex.quote(standing[0].file)}")
