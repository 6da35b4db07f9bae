"""The answers of `rights` and `derive` as text: a summary, acts, conditions, limitations and quoted clauses."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from generator.cli.summary_text import summary_lines
from generator.documents.words import ACT_TITLES, ANSWER_WORDS, RELATION_WORDS
from generator.licenses.answers import DeriveResult, LayerRights, Rights, clause_quote
from generator.licenses.catalog import Expression, get_known_name, hub_id, reason
from generator.licenses.license_set import LicenseSet
from generator.licenses.rights import ClauseRef, LicenseRule

_LABEL = 34
_ANSWER = 22


def rights_text(found: Rights, width: int, *, verbose: bool = False, quote: bool = False) -> str:
    """Return what a recipient may do, as text: the summary first.

    Args:
        found: The answer.
        width: Columns of the terminal.
        verbose: Whether each act is shown with its reason, and each condition in full.
        quote: Whether the clauses are quoted from the license texts.
    """
    lines: list[str] = []
    if not found.layers:
        lines += [f"{found.target}: nothing is released here, so there are no rights to list.", ""]
    for entry in found.layers:
        lines += [*summary_lines(entry, found, width), ""]
        if verbose:
            lines += [*act_lines(entry, width), ""]
    if quote:
        answers = [ref for entry in found.layers for right in entry.rights for ref in right.clauses]
        license_rules = [
            license_rule.clause
            for entry in found.layers
            for license_rule in (*entry.obligations, *entry.limits)
            if license_rule.clause
        ]
        lines += _quotes([*answers, *license_rules], found.license_set, width)
    more = [option for option, shown in (("--verbose", verbose), ("--quote", quote)) if not shown]
    hints = {"--verbose": "Reasons: --verbose", "--quote": "Quotes: --quote"}
    lines += _fill(". ".join([*(hints[option] for option in more), reason("reading")]), width)
    return "\n".join(lines)


def derive_text(found: DeriveResult, width: int) -> str:
    """Return an answer about lineage, as text.

    Args:
        found: The answer.
        width: Columns of the terminal.
    """
    bases = ", ".join(map(str, found.bases))
    lines = _fill(f"{RELATION_WORDS[found.relation].capitalize()} {bases}, published as {found.proposed}?", width)
    for base in found.named:
        lines += _fill(base.words, width) if base.ref else []
    lines += ["", f"{ANSWER_WORDS[found.answer]}."]
    act_answers = found.found
    if act_answers.program == act_answers.source:
        lines += _fill(act_answers.because, width)
    else:
        for lead, act_answer in (("training data counts", act_answers.program), ("weights count", act_answers.source)):
            lines += _fill(
                f"If {lead} as source code, {ANSWER_WORDS[act_answer.answer].lower()}: {act_answer.because}", width
            )
    lines += _duties("What must be passed on", found.obligations, width)
    lines += [*_duties("Limitations", found.limits, width), ""]
    if found.alternatives:
        lines += ["Compatible licenses"]
        for answer in ("yes", "conditional"):
            names = [entry.license for entry in found.alternatives if entry.answer == answer]
            if names:
                lines += _fill(f"{ANSWER_WORDS[answer]}: {', '.join(names)}", width, "  ", "    ")
        lines.append("")
    lines += _quotes(act_answers.clauses, found.license_set, width)
    return "\n".join([*lines, reason("reading")])


def act_lines(entry: LayerRights, width: int) -> Iterator[str]:
    """Yield each act with its answer and reason, then all conditions and limitations in full.

    Args:
        entry: The item.
        width: Columns of the terminal.
    """
    for right in entry.rights:
        head = f"  {ACT_TITLES[right.act]:<{_LABEL}}{ANSWER_WORDS[right.answer]:<{_ANSWER}}"
        cited = ", ".join(_format_clause(ref) for ref in right.clauses[:2]) + (" …" if len(right.clauses) > 2 else "")
        why = right.because + (f" ({cited})" if cited else "") + (f" By way of {right.via[-1]}." if right.via else "")
        if right.contested:
            why += f" Others read: {', '.join(ANSWER_WORDS[answer].lower() for answer in right.contested)}."
        if width >= 100:
            yield from _fill(why, width, head, " " * len(head))
        else:
            yield head.rstrip()
            yield from _fill(why, width, "      ", "      ")
    yield from _duties("Conditions", entry.obligations, width)
    yield from _duties("Limitations", entry.limits, width)


def _duties(title: str, license_rules: tuple[LicenseRule, ...], width: int) -> Iterator[str]:
    if not license_rules:
        return
    yield from ("", title)
    found_lines: dict[str, None] = {}
    for license_rule in license_rules:
        cited = f" ({_format_clause(license_rule.clause)})" if license_rule.clause else ""
        only = " Only if training data counts as source code." if license_rule.framing == "program" else ""
        found_lines[f"{license_rule.rule.detail}{cited}{only}"] = None
    for text in found_lines:
        yield from _fill(text, width, "  - ", "    ")


def _quotes(refs: Iterable[ClauseRef], license_set: LicenseSet, width: int) -> Iterator[str]:
    found = {ref: quote for ref in dict.fromkeys(refs) if (quote := clause_quote(ref, license_set))}
    if found:
        yield "In the words of the text"
        for ref, quote in found.items():
            yield from _fill(f"{_format_clause(ref)}: “{quote}”", width, "  ", "    ")
        yield ""


def _format_license(expression: Expression | None, license_set: LicenseSet) -> str:
    if expression is None:
        return "no license is stated"
    if expression.parts:
        return str(expression)
    key = expression.license
    name = license_set.terms(key).name if key in license_set.own else get_known_name(key)
    hub = f", {hub_id(key)} on the Hub" if hub_id(key) else ""
    return f"{name} ({key}{hub})"


def _format_clause(ref: ClauseRef) -> str:
    return f"{ref.license.removeprefix('LicenseRef-')} {ref.clause}"


def _fill(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
