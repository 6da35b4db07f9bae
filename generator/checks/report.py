"""What the gate answers: findings, each at its place, and the report that counts them."""

from __future__ import annotations

from typing import Any, NamedTuple

from generator.errors import CharterError
from generator.licenses.rights import ClauseRef

SEVERITIES = ("error", "warning", "info")
"""From the gravest down."""


class Finding(NamedTuple):
    """One thing that the gate says, and where it stands.

    Attributes:
        layer: The layer it is about, where it is about one.
        item: The name of the item, where it has one.
        framing: `both`, or the one reading under which it stands: `program` or `source`.
        accepted: Whether the publisher answers for it (`accept` in the release file).
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
            CharterError: A finding at or above `fail_on` stands.
        """
        if self.exit_code:
            told = "; ".join(f"{f.rule} {f.message}" for f in self.findings if not f.accepted)
            raise CharterError(f"The gate is closed for {self.release}: {told}", "See `charter check`.")
