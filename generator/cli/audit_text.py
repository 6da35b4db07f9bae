"""How the report of an audit is shown as text: one screen, the most important first."""

from __future__ import annotations

from collections.abc import Iterator

from generator.audit.report import AuditReport, Row
from generator.audit.words import ANSWER_LINES, GAP_WORDS, KIND_LINES
from generator.console import wrap
from generator.documents.words import RELATION_WORDS

_LISTED = 3
_GAPS = 6


def audit_text(report: AuditReport, width: int) -> str:
    """Return the report of an audit as text.

    Args:
        report: The report.
        width: Columns of the terminal.
    """
    models, datasets = report.read
    lines = [f"{_number(models, 'model')} and {_number(datasets, 'data set')} read."]
    lines += [f"{_number(report.derived, 'model')} made from others or trained on named data.", ""]
    lines += ["Is the license possible?"]
    for answer, (word, detail) in ANSWER_LINES.items():
        head = f"  {word:<22}{report.answers[answer]:>10,}  "
        lines += wrap(detail, head, " " * len(head), width)
    lines += ["", "Findings"]
    for count in report.counts:
        if count.findings:
            models_ = _number(count.models, "model")
            head = f"  {count.kind:<16}{count.findings:>9,} "
            lines += wrap(f"in {models_}: {KIND_LINES[count.kind]}", head, " " * len(head), width)
    if not any(count.findings for count in report.counts):
        lines.append("  None.")
    if report.same_publisher:
        same = _number(report.same_publisher, "finding")
        note = f"{same} about a publisher's own terms, which it may own. They are not listed below."
        lines += wrap(note, "  ", "  ", width)
    lines += _section("Most downloaded models with a conflict", (_row(row) for row in report.worst), width)
    lines += _section(
        "Models whose corrected license clears most findings",
        (
            f"{fix.model}: keep the terms of {fix.keep} ({fix.license} now); {_number(fix.models, 'finding')}"
            for fix in report.fixes
        ),
        width,
    )
    lines += _section(
        "Base models with most conflicts",
        (
            f"{root.root} ({root.license}): {root.conflicts:,} of {_number(root.below, 'model')} made from it"
            for root in report.roots
        ),
        width,
    )
    lines += _section(
        "License pairs with most conflicts",
        (
            f"{pair.license} {RELATION_WORDS[pair.relation]} {pair.source}: {_number(pair.models, 'model')}"
            for pair in report.pairs
        ),
        width,
    )
    lines += _section(
        "Conditions that are not in the model's own license",
        (f"{entry.condition} ({entry.license}): {_number(entry.models, 'model')}" for entry in report.conditions),
        width,
    )
    lines += _section(
        "Names that must begin with a word",
        (f"{entry.name}: {_number(entry.models, 'model')} without it" for entry in report.misnamed if entry.models),
        width,
    )
    lines += _section(
        "Licenses that your policy does not allow",
        (f"{_how(entry.relation)}{_number(entry.models, 'model')}: {entry.because}" for entry in report.policy),
        width,
    )
    lines += _section(
        "Models that can't be published under any license",
        (f"{row.model}: {row.clause}" for row in report.unpublishable),
        width,
    )
    lines += _section("Missing information", _gaps(report), width)
    lines += ["", "Inventory"]
    for title, counts in (
        ("Terms, with what is inherited", report.inventory.openness),
        ("Free and open license (AI Act, Art. 53(2))", report.inventory.free_license),
    ):
        listed = " · ".join(f"{word} {number:,}" for word, number in counts.items())
        lines += wrap(f"{title}: {listed}", "  ", "    ", width)
    for line in (*_what_if(report), *_since(report)):
        indent = line[: len(line) - len(line.lstrip())]
        lines += wrap(line, indent, f"{indent}  ", width)
    lines = [line.replace("LicenseRef-", "") for line in lines]
    return "\n".join([*lines, "", "Based on the texts of the licenses; not legal advice."])


def _what_if(report: AuditReport) -> Iterator[str]:
    held = report.what_if
    if held is None:
        return
    yield from ("", "If " + ", ".join(f"{id_} had {license_}" for id_, license_ in held.licenses.items()))
    for change in held.changes:
        before, after = ANSWER_LINES[change.before][0], ANSWER_LINES[change.after][0]
        yield f"  {_number(change.models, 'model')}: {before} → {after}"
    if not held.changes:
        yield "  No answer would change."
    for id_, one, two in held.examples[:_LISTED]:
        yield f"    {id_}: {ANSWER_LINES[one][0]} → {ANSWER_LINES[two][0]}"


def _since(report: AuditReport) -> Iterator[str]:
    held = report.since
    if held is None:
        return
    yield from ("", f"Since {held.file}")
    for word, counts in (("new", held.new), ("gone", held.gone)):
        listed = ", ".join(f"{number:,} {kind}" for kind, number in counts.items())
        yield f"  {word}: {listed or 'none'}"
    for row in held.new_rows[:_LISTED]:
        yield f"    new: {row.model}: {row.kind}, {row.root} ({row.root_license or 'license not known'})"


def _how(relation: str) -> str:
    return "" if relation == "own" else f"inherited ({RELATION_WORDS[relation]}), "


def _row(row: Row) -> str:
    via = f" through {row.via}" if row.via != row.root else ""
    clause = f" ({row.clause})" if row.clause else ""
    return f"{row.model} ({row.license}): {RELATION_WORDS[row.relation]} {row.root} ({row.root_license}){via}{clause}"


def _gaps(report: AuditReport) -> Iterator[str]:
    for gap in report.gaps:
        name = f" {gap.name!r}" if gap.name and gap.reason not in ("none", "unnamed") else ""
        yield f"{_number(gap.models, 'model')}: {GAP_WORDS[gap.reason]}{name}"
    for gap in report.unknown_roots[:_LISTED]:
        why = "states no license" if gap.reason == "silent" else "is not in the files, and its license is not known"
        yield f"{gap.name} {why}: {_number(gap.models, 'model')} undecided"
    for file, rows, example in report.malformed:
        yield f"{file}: {_number(rows, 'row')} not read, for example {example}"
    if report.missing:
        yield f"No file has the columns {', '.join(report.missing)}."


def _section(title: str, entries: Iterator[str], width: int) -> list[str]:
    shown = [
        entry for entry, _ in zip(entries, range(_GAPS if title == "Missing information" else _LISTED), strict=False)
    ]
    if not shown:
        return []
    lines = ["", title]
    for entry in shown:
        lines += wrap(entry.replace("LicenseRef-", ""), "  ", " " * 6, width)
    return lines


def _number(value: int, word: str) -> str:
    return f"{value:,} {word}{'' if value == 1 else 's'}"
