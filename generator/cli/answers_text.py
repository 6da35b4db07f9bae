"""The answers of `rights` and `derive` as text: a summary, acts, conditions, limitations and quoted clauses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator import console
from generator.cli.layout import LABEL, cite, hint_lines, labelled, short_id, sign, wrap
from generator.cli.summary_text import format_point, summary_lines
from generator.documents.words import act_title, answer_words, derivation_title
from generator.licenses.answers import DeriveResult, LayerRights, Rights, clause_quote
from generator.licenses.catalog import Expression
from generator.licenses.license_set import LicenseSet
from generator.licenses.rights import ClauseRef, LicenseRule
from generator.licenses.summary import summarize_rules
from generator.translations import gettext as _
from generator.translations import mark_text

DATA_IS_SOURCE = mark_text("If training data counts as source code:")
_ACT = 34
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
        lines += [
            _("{target}: nothing is released here, so there are no rights to list.").format(target=found.target),
            "",
        ]
    for entry in found.layers:
        lines += [*summary_lines(entry, found, width), ""]
        if verbose:
            lines += [*act_lines(entry, found.license_set, width), ""]
    if quote:
        answers = [ref for entry in found.layers for right in entry.rights for ref in right.clauses]
        license_rules = [
            license_rule.clause
            for entry in found.layers
            for license_rule in (*entry.obligations, *entry.limits)
            if license_rule.clause
        ]
        lines += _quotes([*answers, *license_rules], found.license_set, width)
    lines += hint_lines(width, verbose=verbose, quote=quote)
    return "\n".join(lines)


def derive_text(found: DeriveResult, width: int, *, verbose: bool = False, quote: bool = False) -> str:
    """Return an answer about lineage, as text: the summary first.

    Args:
        found: The answer.
        width: Columns of the terminal.
        verbose: Whether each condition is shown in full.
        quote: Whether the clauses are quoted from the license texts.
    """
    bases = ", ".join(map(_short, found.bases))
    question = derivation_title(found.relation, bases, _short(found.proposed))
    lines = wrap(question, columns=width)
    for base in found.named:
        lines += wrap(base.words, "  ", "  ", width) if base.ref else []
    lines += _verdict_lines(found, width)
    must, may_not, only_data = summarize_rules(found.obligations, found.limits)
    points = (*must, *may_not, *only_data)
    several = len({ref.license for point in points for ref in point.clauses}) > 1
    for kind, label, group in (("conditional", _("You must"), must), ("no", _("You may not"), may_not)):
        texts = [format_point(point, found.license_set, several=several) for point in group]
        lines += labelled(kind, label, texts, width)
    if only_data:
        lines.append(console.add_colour("faint", f"  {_(DATA_IS_SOURCE)}"))
        lines += labelled("faint", "", [format_point(p, found.license_set, several=True) for p in only_data], width)
    lines += _compatible_lines(found, width)
    lines.append("")
    if verbose:
        lines += [
            *_duties(_("Conditions"), found.obligations, width),
            *_duties(_("Limitations"), found.limits, width),
            "",
        ]
    if quote:
        lines += _quotes(found.found.clauses, found.license_set, width)
    return "\n".join([*lines, *hint_lines(width, verbose=verbose, quote=quote)])


def _verdict_lines(found: DeriveResult, width: int) -> Iterator[str]:
    """The answer with its reason; one for each assumption where they differ."""
    program, source = found.found.program, found.found.source
    if program == source:
        cited = cite(found.found.clauses, found.license_set)
        because = f"{source.because} ({cited})" if cited else source.because
        yield from labelled(found.answer, _("Answer"), [f"{answer_words(found.answer)}. {because}"], width)
        return
    yield from labelled(found.answer, _("Answer"), [_("This depends on what counts as source code.")], width)
    for text, answer in (
        (_("If weights count as source code, {answer}: {reason}"), source),
        (_("If training data counts as source code, {answer}: {reason}"), program),
    ):
        filled = text.format(answer=answer_words(answer.answer).lower(), reason=answer.because)
        yield from wrap(filled, " " * LABEL, " " * LABEL, width)


def _compatible_lines(found: DeriveResult, width: int) -> list[str]:
    """The licenses with a freer answer, those without conditions first."""
    names = [
        _("{license} (with conditions)").format(license=short_id(entry.license))
        if entry.answer == "conditional"
        else short_id(entry.license)
        for entry in sorted(found.alternatives, key=lambda entry: entry.answer != "yes")
    ]
    return labelled("yes", _("Compatible"), names, width) if names else []


def _short(expression: Expression) -> str:
    return str(expression) if expression.parts else short_id(expression.license)


def act_lines(entry: LayerRights, license_set: LicenseSet, width: int) -> Iterator[str]:
    """Yield each act with its answer and reason, then all conditions and limitations in full.

    Args:
        entry: The item.
        license_set: The terms of the licenses.
        width: Columns of the terminal.
    """
    room = max(_ACT, *(len(act_title(right.act)) + 4 for right in entry.rights), 0)
    for right in entry.rights:
        title = f"{sign(right.answer)} {act_title(right.act):<{room - 2}}"
        head = f"  {title}{answer_words(right.answer):<{_ANSWER}}"
        cited = cite(right.clauses, license_set)
        why = [right.because + (f" ({cited})" if cited else "")]
        if right.via:
            why.append(_("By way of {source}.").format(source=right.via[-1]))
        if right.contested:
            answers = ", ".join(answer_words(answer).lower() for answer in right.contested)
            why.append(_("Others read: {answers}.").format(answers=answers))
        if width >= 100:
            yield from wrap(" ".join(why), head, " " * console.count_columns(head), width)
        else:
            yield head.rstrip()
            yield from wrap(" ".join(why), "      ", "      ", width)
    yield from _duties(_("Conditions"), entry.obligations, width)
    yield from _duties(_("Limitations"), entry.limits, width)


def _duties(title: str, license_rules: tuple[LicenseRule, ...], width: int) -> Iterator[str]:
    if not license_rules:
        return
    yield from ("", title)
    found_lines: dict[str, None] = {}
    for license_rule in license_rules:
        cited = f" ({_format_clause(license_rule.clause)})" if license_rule.clause else ""
        only = _("Only if training data counts as source code.") if license_rule.framing == "program" else ""
        found_lines[f"{license_rule.rule.detail}{cited} {only}".rstrip()] = None
    for text in found_lines:
        yield from wrap(text, "  - ", "    ", width)


def _quotes(refs: Iterable[ClauseRef], license_set: LicenseSet, width: int) -> Iterator[str]:
    found = {ref: quote for ref in dict.fromkeys(refs) if (quote := clause_quote(ref, license_set))}
    if found:
        yield _("In the words of the text")
        for ref, quote in found.items():
            yield from wrap(f"{_format_clause(ref)}: “{quote}”", "  ", "    ", width)
        yield ""


def _format_clause(ref: ClauseRef) -> str:
    return f"{ref.license.removeprefix('LicenseRef-')} {ref.label}"
