"""The report of an audit: what the ten questions of `docs/audit.md` ask, as one object."""

from __future__ import annotations

from typing import Any, NamedTuple

ANSWERS = ("no", "unclear", "conditional", "yes")
"""Answers, the strictest first."""
KINDS = ("dropped", "inherited", "clash", "unknown", "self_reference", "cycle", "policy")
"""Kinds of findings (contract, section 7)."""
SEVERITIES = {"dropped": "error", "inherited": "error", "clash": "error", "policy": "error", "unknown": "warning"}
"""How severe a kind is; the rest are infos."""
COLUMNS = (
    "model",
    "license",
    "root",
    "root_license",
    "relation",
    "via",
    "depth",
    "answer",
    "clause",
    "kind",
    "framing",
    "downloads",
    "same_publisher",
)
"""The columns of a finding."""


INVENTORY = (
    "model",
    "provider",
    "license",
    "stated",
    "base",
    "relation",
    "datasets",
    "terms",
    "openness",
    "free_license",
    "downloads",
)
"""The columns of the inventory."""
FREE_LICENSE = ("yes", "unclear", "no")
"""Answers to whether the terms of a model are free and open, as Art. 53(2) of the EU AI Act wants them."""


class Entry(NamedTuple):
    """A model in the inventory.

    Attributes:
        model: The model.
        provider: Its publisher.
        license: The license that its card states; empty where none is stated, or none that is known.
        stated: In the card's own words.
        base: What it is made from, with `;` between them.
        relation: How.
        datasets: What it was trained on, with `;` between them.
        terms: Inherited licenses, each with the first model or data set that has it.
        openness: How open the least open terms of its weights are: open, unknown, limited, restricted or none.
        free_license: Whether they are free and open, as Art. 53(2) of the EU AI Act wants them: yes, unclear or no.
        downloads: Of the model.
    """

    model: str
    provider: str
    license: str
    stated: str
    base: str
    relation: str
    datasets: str
    terms: str
    openness: str
    free_license: str
    downloads: int


class Inventory(NamedTuple):
    """What the models of an audit are, in sums and by the most downloaded.

    Attributes:
        openness: Models by how open their terms are.
        free_license: Models by whether their terms are free and open.
        models: The models that are downloaded most.
    """

    openness: dict[str, int]
    free_license: dict[str, int]
    models: tuple[Entry, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as values for JSON."""
        return {
            "openness": dict(self.openness),
            "free_license": dict(self.free_license),
            "models": [entry._asdict() for entry in self.models],
        }


class Row(NamedTuple):
    """A finding: a model and where the terms come from that its license does not keep.

    Attributes:
        model: The model.
        license: Its license; empty where none is stated.
        root: Where the terms come from.
        root_license: The license that they are of; empty where it isn't known.
        relation: How the model is made from it.
        via: The base through which the terms came.
        depth: Steps from the model to the root; 4,095 for that many or more.
        answer: Whether its license is possible.
        clause: The clause that decides.
        kind: One of `KINDS`.
        framing: `both`, or `program` where it applies only if training data counts as source code.
        downloads: Of the model.
        same_publisher: 1 where the terms are left out by the publisher of the root, who may own them.
    """

    model: str
    license: str
    root: str
    root_license: str
    relation: str
    via: str
    depth: int
    answer: str
    clause: str
    kind: str
    framing: str
    downloads: int
    same_publisher: int


class Step(NamedTuple):
    """A model in a chain, from the one that was checked up to the root.

    Attributes:
        model: The model.
        license: What its card states, or what is known of it; empty where nothing is.
        relation: How the model before it is made from it; empty for the first.
        drops: Whether its license leaves out the terms of the root.
    """

    model: str
    license: str
    relation: str
    drops: bool


class Branch(NamedTuple):
    """A base that is made from a root, with the models below it.

    Attributes:
        model: The base.
        license: Its license.
        relation: How it is made from the root.
        below: Models that are made from it, in one step or more.
        conflicts: Of these, those with a conflict about the terms of the root.
    """

    model: str
    license: str
    relation: str
    below: int
    conflicts: int


class Count(NamedTuple):
    """Findings of a kind, and the models that have them."""

    kind: str
    findings: int
    models: int


class Root(NamedTuple):
    """A model that others are made from, with the conflicts below it.

    Attributes:
        root: The model.
        license: Its license.
        conflicts: Models below it whose license drops its terms.
        downloads: Of these.
        below: All models that are made from it, in one step or more.
        branches: The bases right below it with most models below them.
    """

    root: str
    license: str
    conflicts: int
    downloads: int
    below: int
    branches: tuple[Branch, ...]


class Fix(NamedTuple):
    """A model whose license, once corrected, clears the findings of others too.

    Attributes:
        model: The model.
        license: What its card states.
        keep: The license whose terms it drops.
        models: Findings that are cleared, its own included.
        downloads: Of the models.
    """

    model: str
    license: str
    keep: str
    models: int
    downloads: int


class Pair(NamedTuple):
    """Two licenses and a relation, with the models that have them."""

    source: str
    relation: str
    license: str
    answer: str
    models: int
    downloads: int
    because: str
    clause: str


class Condition(NamedTuple):
    """A condition that models inherit and that their own license doesn't have."""

    condition: str
    license: str
    detail: str
    models: int
    downloads: int


class PolicyCount(NamedTuple):
    """A license that a policy does not allow, with the models that have it (`own`) or inherit it by a relation."""

    license: str
    relation: str
    answer: str
    because: str
    models: int
    downloads: int


class Gap(NamedTuple):
    """Something that nothing states, with the models that are left undecided by it."""

    name: str
    reason: str
    models: int
    downloads: int


class Change(NamedTuple):
    """Models whose answer would change, from one to another."""

    before: str
    after: str
    models: int
    downloads: int


class WhatIf(NamedTuple):
    """What would change if models had other licenses.

    Attributes:
        licenses: The other licenses, by the ids of the models.
        answers: Models by the strictest answer then.
        changes: Models whose answer changes.
        examples: The most downloaded of them: id, answer before, answer after.
    """

    licenses: dict[str, str]
    answers: dict[str, int]
    changes: tuple[Change, ...]
    examples: tuple[tuple[str, str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as values for JSON."""
        names = ("model", "before", "after")
        return {
            "licenses": dict(self.licenses),
            "answers": dict(self.answers),
            "changes": [change._asdict() for change in self.changes],
            "examples": [dict(zip(names, example, strict=True)) for example in self.examples],
        }


class Since(NamedTuple):
    """What has changed since an earlier audit.

    Attributes:
        file: The file with the earlier findings.
        new: New findings by kind.
        gone: Findings that are no longer there, by kind.
        new_rows: The new findings about the models that are downloaded most.
        gone_rows: Some that are gone: model, root, root_license, kind.
    """

    file: str
    new: dict[str, int]
    gone: dict[str, int]
    new_rows: tuple[Row, ...]
    gone_rows: tuple[tuple[str, str, str, str], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as values for JSON."""
        names = ("model", "root", "root_license", "kind")
        return {
            "file": self.file,
            "new": dict(self.new),
            "gone": dict(self.gone),
            "new_findings": [row._asdict() for row in self.new_rows],
            "gone_findings": [dict(zip(names, row, strict=True)) for row in self.gone_rows],
        }


class AuditReport(NamedTuple):
    """What an audit found.

    Attributes:
        read: Rows of models and data sets that were read.
        derived: Models that are made from something.
        answers: Models by the strictest answer; `unchecked` where nothing could be checked.
        counts: Findings by kind.
        same_publisher: Findings about terms that the publisher of the root left out, who may own them; they are in no
            list of this report.
        worst: The findings about the models that are downloaded most.
        chains: For each of these the way from the model to the root.
        fixes: Which changes clear most findings.
        roots: Which bases have most conflicts below them.
        pairs: Which licenses conflict most.
        gaps: Statements that name no license, with the models that have them.
        unknown_roots: Bases without a known license, with the models below them.
        conditions: What models inherit beyond their own license.
        misnamed: Models whose name has to begin with a word, and doesn't, by that word.
        unpublishable: Models whose terms exclude each other.
        policy: Licenses that the policy of the organization does not allow, with the models that have or inherit them.
        inventory: What the models are.
        malformed: Rows that could not be read: file, rows, example.
        missing: Columns that no file has.
        facts: Facts that were stated.
        org: The publisher that the audit is about, where it is about one.
        fail_on: The least severity that ends the command with 1.
        asked: Combinations that the license engine was asked about.
        what_if: What would change if models had other licenses; None where it was not asked.
        since: What has changed since an earlier audit; None where it was not asked.
    """

    read: tuple[int, int]
    derived: int
    answers: dict[str, int]
    counts: tuple[Count, ...]
    same_publisher: int
    worst: tuple[Row, ...]
    chains: tuple[tuple[Step, ...], ...]
    fixes: tuple[Fix, ...]
    roots: tuple[Root, ...]
    pairs: tuple[Pair, ...]
    gaps: tuple[Gap, ...]
    unknown_roots: tuple[Gap, ...]
    conditions: tuple[Condition, ...]
    misnamed: tuple[Gap, ...]
    unpublishable: tuple[Row, ...]
    policy: tuple[PolicyCount, ...]
    inventory: Inventory
    malformed: tuple[tuple[str, int, str], ...]
    missing: tuple[str, ...]
    facts: dict[str, str | int]
    org: str | None
    fail_on: str
    asked: int
    what_if: WhatIf | None = None
    since: Since | None = None

    @property
    def exit_code(self) -> int:
        """1 where there are findings at or above `fail_on`, else 0."""
        order = ("info", "warning", "error")
        limit = order.index(self.fail_on)
        return int(any(c.findings and order.index(SEVERITIES.get(c.kind, "info")) >= limit for c in self.counts))

    def to_dict(self) -> dict[str, Any]:
        """Return the document `modelcharter.audit/1`."""
        return {
            "schema": "modelcharter.audit/1",
            "org": self.org,
            "facts": dict(self.facts),
            "read": {"models": self.read[0], "datasets": self.read[1]},
            "derived": self.derived,
            "answers": dict(self.answers),
            "findings": {c.kind: {"findings": c.findings, "models": c.models} for c in self.counts},
            "same_publisher": self.same_publisher,
            "worst": [
                row._asdict() | {"chain": [step._asdict() for step in chain]}
                for row, chain in zip(self.worst, self.chains, strict=True)
            ],
            "fixes": [fix._asdict() for fix in self.fixes],
            "roots": [
                root._asdict() | {"branches": [branch._asdict() for branch in root.branches]} for root in self.roots
            ],
            "pairs": [pair._asdict() for pair in self.pairs],
            "gaps": {
                "statements": [gap._asdict() for gap in self.gaps],
                "roots": [gap._asdict() for gap in self.unknown_roots],
            },
            "conditions": [entry._asdict() for entry in self.conditions],
            "misnamed": [gap._asdict() for gap in self.misnamed],
            "unpublishable": [row._asdict() for row in self.unpublishable],
            "policy": [entry._asdict() for entry in self.policy],
            "inventory": self.inventory.to_dict(),
            "malformed": [{"file": file, "rows": rows, "example": text} for file, rows, text in self.malformed],
            "missing_columns": list(self.missing),
            "combinations_checked": self.asked,
            "what_if": self.what_if.to_dict() if self.what_if else None,
            "since": self.since.to_dict() if self.since else None,
            "exit_code": self.exit_code,
        }
