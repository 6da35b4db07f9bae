"""How the report of an audit is shown as text: one screen, the most important first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from generator.audit.report import AuditReport, Row
from generator.audit.words import ANSWER_LINES, GAP_WORDS, INVENTORY_WORDS, KIND_LINES
from generator.console import count_columns, wrap
from generator.documents.words import relation_words
from generator.translations import format_number, ngettext, pgettext
from generator.translations import gettext as _

_LISTED = 3
_GAPS = 6


def audit_text(report: AuditReport, width: int) -> str:
    """Return the report of an audit as text.

    Args:
        report: The report.
        width: Columns of the terminal.
    """
    models, datasets = report.read
    sets = ngettext("{number} data set", "{number} data sets", datasets).format(number=format_number(datasets))
    lines = [_("{models} and {datasets} read.").format(models=_models(models), datasets=sets)]
    derived = ngettext(
        "{number} model made from others or trained on named data.",
        "{number} models made from others or trained on named data.",
        report.derived,
    )
    lines += [derived.format(number=format_number(report.derived)), ""]
    lines += [_("Is the license possible?"), *_answers(report, width)]
    lines += ["", _("Findings"), *_findings(report, width)]
    for title, limit, entries in _sections(report):
        lines += _section(title, islice(entries, limit), width)
    lines += ["", _("Inventory"), *_inventory(report, width)]
    for line in (*_what_if(report), *_since(report)):
        indent = line[: len(line) - len(line.lstrip())]
        lines += wrap(line, indent, f"{indent}  ", width)
    lines = [line.replace("LicenseRef-", "") for line in lines]
    return "\n".join([*lines, "", _("Based on the texts of the licenses; not legal advice.")])


def _models(number: int) -> str:
    return ngettext("{number} model", "{number} models", number).format(number=format_number(number))


def _answers(report: AuditReport, width: int) -> Iterator[str]:
    """How many models have which answer."""
    words = {answer: _answer(answer) for answer in ANSWER_LINES}
    columns = max(22, *(count_columns(word) + 1 for word in words.values()))
    for answer, (_word, detail) in ANSWER_LINES.items():
        gap = " " * (columns - count_columns(words[answer]))
        head = f"  {words[answer]}{gap}{format_number(report.answers[answer]):>10}  "
        yield from wrap(_(detail), head, " " * len(head), width)


def _answer(answer: str) -> str:
    return pgettext("answer", ANSWER_LINES[answer][0])


def _findings(report: AuditReport, width: int) -> Iterator[str]:
    """How many findings there are of each kind."""
    for count in report.counts:
        if count.findings:
            head = f"  {count.kind:<16}{format_number(count.findings):>9} "
            text = ngettext("in {number} model: {kind}", "in {number} models: {kind}", count.models)
            text = text.format(number=format_number(count.models), kind=_(KIND_LINES[count.kind]))
            yield from wrap(text, head, " " * len(head), width)
    if not any(count.findings for count in report.counts):
        yield "  " + _("None.")
    if report.same_publisher:
        note = ngettext(
            "{number} finding about a publisher's own terms, which it may own. They are not listed below.",
            "{number} findings about a publisher's own terms, which it may own. They are not listed below.",
            report.same_publisher,
        ).format(number=format_number(report.same_publisher))
        yield from wrap(note, "  ", "  ", width)


def _sections(report: AuditReport) -> Iterator[tuple[str, int, Iterator[str]]]:
    """The lists of a report: the title, how many entries are shown, and the entries."""
    yield _("Most downloaded models with a conflict"), _LISTED, (_row(row) for row in report.worst)
    yield (
        _("Models whose corrected license clears most findings"),
        _LISTED,
        (
            ngettext(
                "{model}: keep the terms of {keep} ({license} now); {number} finding",
                "{model}: keep the terms of {keep} ({license} now); {number} findings",
                fix.models,
            ).format(model=fix.model, keep=fix.keep, license=fix.license, number=format_number(fix.models))
            for fix in report.fixes
        ),
    )
    yield (
        _("Base models with most conflicts"),
        _LISTED,
        (
            ngettext(
                "{root} ({license}): {conflicts} of {number} model made from it",
                "{root} ({license}): {conflicts} of {number} models made from it",
                root.below,
            ).format(
                root=root.root,
                license=root.license,
                conflicts=format_number(root.conflicts),
                number=format_number(root.below),
            )
            for root in report.roots
        ),
    )
    yield (
        _("License pairs with most conflicts"),
        _LISTED,
        (
            f"{pair.license} {relation_words(pair.relation)} {pair.source}: {_models(pair.models)}"
            for pair in report.pairs
        ),
    )
    yield (
        _("Conditions that are not in the model's own license"),
        _LISTED,
        (f"{entry.condition} ({entry.license}): {_models(entry.models)}" for entry in report.conditions),
    )
    yield (
        _("Names that must begin with a word"),
        _LISTED,
        (
            ngettext("{name}: {number} model without it", "{name}: {number} models without it", entry.models).format(
                name=entry.name, number=format_number(entry.models)
            )
            for entry in report.misnamed
            if entry.models
        ),
    )
    yield (
        _("Licenses that your policy does not allow"),
        _LISTED,
        (f"{_how(entry.relation)}{_models(entry.models)}: {entry.because}" for entry in report.policy),
    )
    yield (
        _("Models that can't be published under any license"),
        _LISTED,
        (f"{row.model}: {row.clause}" for row in report.unpublishable),
    )
    yield _("Missing information"), _GAPS, _gaps(report)


def _inventory(report: AuditReport, width: int) -> Iterator[str]:
    """How many models have which terms."""
    for title, counts in (
        (_("Terms, with what is inherited"), report.inventory.openness),
        (_("Free and open license (AI Act, Art. 53(2))"), report.inventory.free_license),
    ):
        listed = " · ".join(
            f"{pgettext('terms', INVENTORY_WORDS[word])} {format_number(n)}" for word, n in counts.items()
        )
        yield from wrap(f"{title}: {listed}", "  ", "    ", width)


def _what_if(report: AuditReport) -> Iterator[str]:
    held = report.what_if
    if held is None:
        return
    case = _("{model} had {license}")
    cases = ", ".join(case.format(model=id_, license=license_) for id_, license_ in held.licenses.items())
    yield from ("", _("If {cases}").format(cases=cases))
    for change in held.changes:
        yield f"  {_models(change.models)}: {_answer(change.before)} → {_answer(change.after)}"
    if not held.changes:
        yield "  " + _("No answer would change.")
    for id_, one, two in held.examples[:_LISTED]:
        yield f"    {id_}: {_answer(one)} → {_answer(two)}"


def _since(report: AuditReport) -> Iterator[str]:
    held = report.since
    if held is None:
        return
    yield from ("", _("Since {file}").format(file=held.file))
    for text, counts in ((_("new: {findings}"), held.new), (_("gone: {findings}"), held.gone)):
        listed = ", ".join(f"{format_number(number)} {kind}" for kind, number in counts.items())
        yield "  " + text.format(findings=listed or pgettext("findings", "none"))
    for row in held.new_rows[:_LISTED]:
        license_ = row.root_license or _("license not known")
        yield "    " + _("new: {findings}").format(findings=f"{row.model}: {row.kind}, {row.root} ({license_})")


def _how(relation: str) -> str:
    return "" if relation == "own" else _("inherited ({relation}), ").format(relation=relation_words(relation))


def _row(row: Row) -> str:
    text = f"{row.model} ({row.license}): {relation_words(row.relation)} {row.root} ({row.root_license})"
    if row.via != row.root:
        text = _("{text} through {via}").format(text=text, via=row.via)
    return f"{text} ({row.clause})" if row.clause else text


def _gaps(report: AuditReport) -> Iterator[str]:
    for gap in report.gaps:
        name = f" {gap.name!r}" if gap.name and gap.reason not in ("none", "unnamed") else ""
        yield f"{_models(gap.models)}: {_(GAP_WORDS[gap.reason])}{name}"
    for gap in report.unknown_roots[:_LISTED]:
        if gap.reason == "silent":
            text = ngettext(
                "{name} states no license: {number} model undecided",
                "{name} states no license: {number} models undecided",
                gap.models,
            )
        else:
            text = ngettext(
                "{name} is not in the files, and its license is not known: {number} model undecided",
                "{name} is not in the files, and its license is not known: {number} models undecided",
                gap.models,
            )
        yield text.format(name=gap.name, number=format_number(gap.models))
    for file, rows, example in report.malformed:
        text = ngettext(
            "{file}: {number} row not read, for example {example}",
            "{file}: {number} rows not read, for example {example}",
            rows,
        )
        yield text.format(file=file, number=format_number(rows), example=example)
    if report.missing:
        yield _("No file has the columns {names}.").format(names=", ".join(report.missing))


def _section(title: str, entries: Iterable[str], width: int) -> list[str]:
    shown = list(entries)
    if not shown:
        return []
    lines = ["", title]
    for entry in shown:
        lines += wrap(entry.replace("LicenseRef-", ""), "  ", " " * 6, width)
    return lines
