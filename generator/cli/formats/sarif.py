"""SARIF 2.1.0, the format of code-scanning pages (OASIS, sarif-v2.1.0): one log, one run, whatever the targets."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from generator import __version__, console
from generator.checks.registry import Rule
from generator.checks.report import Finding
from generator.checks.run import all_rules
from generator.cli.formats.places import relative
from generator.cli.targets import Outcome
from generator.site import rule_url

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_ROOT = "%SRCROOT%"
"""The folder that the command ran in; where that is on a machine is nobody's business."""


def write(outcomes: Iterable[Outcome], total: int) -> None:
    """Write one log.

    Args:
        outcomes: What came of the targets.
        total: How many there are.
    """
    rules = all_rules()
    index = {rule.id: number for number, rule in enumerate(rules)}
    results: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    code = 0
    seen: dict[str, int] = {}
    for outcome in outcomes:
        code = max(code, outcome.exit_code)
        if outcome.report:
            results += [_result(f, index, seen, outcome.report.release) for f in outcome.report.findings]
        else:
            notes += _notes(outcome)
    ran: dict[str, Any] = {"executionSuccessful": not notes, "exitCode": code}
    if notes:
        ran["toolExecutionNotifications"] = notes
    driver = {
        "name": "modelcharter",
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [ran],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that charter was run in."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    console.document({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> dict[str, Any]:
    first = rule.explanation.splitlines()[0]
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.name},
        "fullDescription": {"text": first},
        "help": {"text": rule.explanation, "markdown": rule.explanation},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        **({"helpUri": url} if (url := rule_url(rule.id)) else {}),
    }


def _result(finding: Finding, index: dict[str, int], seen: dict[str, int], release: str) -> dict[str, Any]:
    clauses = [f"{clause.license} {clause.clause}" for clause in finding.clauses]
    texts = [finding.text, *([f"By {', '.join(clauses)}."] if clauses else []), finding.remedy]
    return {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": " ".join(filter(None, texts))},
        "locations": [_location(finding.file, finding.line, finding.column)],
        "relatedLocations": [
            {"id": number, **_location(place.file, place.line, place.column), "message": {"text": place.message}}
            for number, place in enumerate(finding.places[1:], 1)
        ],
        "occurrenceCount": len(finding.places),
        "partialFingerprints": {"charterFinding/v1": _fingerprint(finding, seen)},
        "suppressions": [{"kind": "external", "status": "accepted"}] if finding.accepted else [],
        "properties": {"release": release, "layer": finding.layer, "item": finding.item, "framing": finding.framing},
    }


def _fingerprint(finding: Finding, seen: dict[str, int]) -> str:
    """Return what identifies a finding when lines move: its text and file, and its number among equal ones."""
    parts = (finding.rule, relative(finding.file), finding.layer or "", finding.item or "", finding.message)
    key = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    seen[key] = seen.get(key, 0) + 1
    return f"{key}:{seen[key]}"


def _notes(outcome: Outcome) -> list[dict[str, Any]]:
    """Why a target could not be checked: a note for each error about its release file, else one."""
    assert outcome.failure
    failure = outcome.failure
    for_all: dict[str, Any] = {"level": "error"}
    if not failure.complaints:
        return [for_all | {"message": {"text": f"{outcome.target}: {failure.message} {failure.remedy}".strip()}}]
    return [
        for_all | {"message": {"text": c.summary}, "locations": [_location(c.file, c.line, c.column)]}
        for c in failure.complaints
    ]


def _location(file: str, line: int, column: int) -> dict[str, Any]:
    place = relative(file)
    artifact = {"uri": quote(os.fsencode(place)), "uriBaseId": _ROOT}
    if Path(place).is_absolute():
        artifact = {"uri": "file://" + quote(os.fsencode(place))}
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": line, "startColumn": column}}}
