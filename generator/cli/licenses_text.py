"""How licenses are shown as text: the list, facts, several side by side, a choice, a text that was identified."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator.artifacts.folder import read_text
from generator.cli.answers_text import act_lines
from generator.cli.layout import wrap
from generator.cli.summary_text import summary_lines
from generator.console import count_columns
from generator.documents.words import act_title, answer_words
from generator.errors import CharterError, LicenseTextError, UnknownLicenseError
from generator.licenses.answers import license_rights
from generator.licenses.catalog import LicenseId, get_known_name, hub_id, is_shared_name, licenses_of, parse, reason
from generator.licenses.identify import Identification, identify
from generator.licenses.known_bases import KnownBase
from generator.licenses.quotes import get_verified_text
from generator.licenses.terms import Terms, terms_of
from generator.licenses.text_changes import Change
from generator.translations import format_decimal, mark_in_context, pgettext, translate_fact
from generator.translations import gettext as _

_LABELS = 34
"""Columns of the labels of a comparison."""
_CONDITIONS = {
    "acceptable_use_policy": mark_in_context("condition", "Acceptable use policy"),
    "attribution": mark_in_context("condition", "Attribution"),
    "disclose_source": mark_in_context("condition", "Disclose source"),
    "display_built_with": mark_in_context("condition", "Display built with"),
    "include_license": mark_in_context("condition", "Include license"),
    "include_notice_text": mark_in_context("condition", "Include notice text"),
    "naming_prefix": mark_in_context("condition", "Naming prefix"),
    "network_source": mark_in_context("condition", "Network source"),
    "other": mark_in_context("condition", "Other"),
    "pass_on_use_restrictions": mark_in_context("condition", "Pass on use restrictions"),
    "share_alike": mark_in_context("condition", "Share alike"),
    "state_changes": mark_in_context("condition", "State changes"),
    "competing_models": mark_in_context("condition", "Competing models"),
    "field_of_use": mark_in_context("condition", "Field of use"),
    "geography": mark_in_context("condition", "Geography"),
    "military": mark_in_context("condition", "Military"),
    "no_derivatives": mark_in_context("condition", "No derivatives"),
    "noncommercial": mark_in_context("condition", "Noncommercial"),
    "research_only": mark_in_context("condition", "Research only"),
    "revenue_cap": mark_in_context("condition", "Revenue cap"),
    "user_cap": mark_in_context("condition", "User cap"),
}
"""The conditions and limitations of a comparison."""
RESULTS = {
    "true copy": mark_in_context("identified", "true copy"),
    "with changes": mark_in_context("identified", "with changes"),
    "notice only": mark_in_context("identified", "notice only"),
}
"""What a part of a file is."""


def facts(name: str, width: int) -> str:
    """Return what a license says: the summary, then act by act.

    Args:
        name: An id, a Hub id or an alias.
        width: Columns of the terminal.

    Raises:
        UnknownLicenseError: No list knows it, or it is an expression.
    """
    terms = terms_of(_one(name))
    found = license_rights(str(terms.id))
    (entry,) = found.layers
    lines = list(summary_lines(entry, found, width))
    if terms.applies_to and not is_shared_name(terms.id):
        kinds = ", ".join(pgettext("written for", kind) for kind in terms.applies_to)
        lines += ["", _("Written for {kinds}.").format(kinds=kinds)]
    if is_shared_name(terms.id):
        names = ", ".join(licenses_of(terms.id))
        note = (
            _("Several licenses share this name: {names}. Write the one that you mean.").format(names=names)
            if names
            else _("Several licenses share this name; charter has facts of none. Write the one that you mean.")
        )
        lines += wrap(note, columns=width)
    return "\n".join([*lines, "", *act_lines(entry, found.license_set, width), "", reason("reading")])


def facts_document(name: str) -> dict[str, Any]:
    """Return what a license says as the document `modelcharter.license/1`.

    Args:
        name: An id, a Hub id or an alias.

    Raises:
        UnknownLicenseError: No list knows it, or it is an expression.
    """
    terms = terms_of(_one(name))
    return {
        "schema": "modelcharter.license/1",
        "id": terms.id,
        "hub_id": hub_id(terms.id),
        "name": terms.name,
        "applies_to": list(terms.applies_to),
        "read": terms.read,
        "acts": {act: answer._asdict() for act, answer in terms.acts.items()},
        "obligations": [
            {"id": o.id, "acts": list(o.acts), "detail": o.detail, "clause": o.clause} for o in terms.obligations
        ],
        "limits": [{"id": o.id, "detail": o.detail, "clause": o.clause} for o in terms.limits],
        "derivative_license": dict(terms.derivative),
    }


def format_comparison(names: tuple[str, ...], width: int) -> str:
    """Return several licenses side by side: acts, conditions and limits down, licenses across.

    Args:
        names: Ids, Hub ids or aliases.
        width: Columns of the terminal.

    Raises:
        UnknownLicenseError: No list knows one, or one is an expression.
    """
    known = [terms_of(_one(name)) for name in names]
    column = max(12, (width - _LABELS) // len(known) - 1)
    rows = [("", [_short(terms) for terms in known])]
    rows += [(act_title(act), [answer_words(terms.acts[act].answer) for terms in known]) for act in known[0].acts]
    for kind in ("obligations", "limits"):
        ids = dict.fromkeys(entry.id for terms in known for entry in getattr(terms, kind))
        for key in ids:
            held = [
                next(
                    (
                        pgettext("clause", e.clause) if e.clause else pgettext("answer", "Yes").lower()
                        for e in getattr(t, kind)
                        if e.id == key
                    ),
                    "-",
                )
                for t in known
            ]
            rows.append((pgettext("condition", _CONDITIONS[key]), held))
    lines: list[str] = []
    for label, cells in rows:
        wrapped = [wrap(cell, columns=column) for cell in cells]
        heads = wrap(label, columns=_LABELS - 1) or [""]
        for number in range(max(len(heads), *map(len, wrapped))):
            parts = [cell[number] if number < len(cell) else "" for cell in (heads, *wrapped)]
            widths = (_LABELS - 1, *[column] * len(wrapped))
            padded = (part + " " * (size - count_columns(part)) for part, size in zip(parts, widths, strict=True))
            lines.append(" ".join(padded).rstrip())
    return "\n".join(
        [
            *lines,
            "",
            *wrap(
                _("A clause shows that the license has this condition or limitation; - means that it has none."),
                columns=width,
            ),
            reason("reading"),
        ]
    )


def identify_file(path: Path) -> dict[str, Any]:
    """Return which license a file holds, as the document `modelcharter.identified/1` with a `text` beside it.

    Args:
        path: A text file.

    Raises:
        CharterError: It cannot be read as text.
    """
    content = read_text(path.absolute().parent, path.name, any_encoding=True)
    if content is None:
        raise CharterError(_("{path}: there is no such file.").format(path=path), _("Name a license file."))
    found = identify(content)
    return {
        "schema": "modelcharter.identified/1",
        "file": str(path),
        "license": found.license,
        "exact": found.exact,
        "likeness": round(found.likeness, 4),
        "differences": list(found.differences),
        "result": found.result,
        "name": found.name or None,
        "version": found.version or None,
        "parts": [
            {"license": p.license, "name": p.name, "result": p.result, "lines": [p.first, p.last]}
            | ({"version": p.version} if p.version else {})
            for p in found.parts
        ],
        "changes": [{"kind": c.kind, "text": c.text, "instead_of": c.instead_of or None} for c in found.changes],
        "others": list(found.others),
        "text": "\n".join(_format_identified(str(path), found)),
    }


def _format_identified(path: str, found: Identification) -> Iterator[str]:
    """What a file was identified as, in words."""
    title = f"{found.name} ({found.license})" if found.license else found.name
    if found.version:
        title = _("{license} of {version}").format(license=title, version=found.version)
    if found.result == "true copy":
        yield _("{file}: {license}, a true copy.").format(file=path, license=title)
        if found.version and found.license:
            yield "  " + _("charter has the facts of another version. Read this text before you rely on them.")
    elif found.result == "several licenses in one file":
        yield _("{file}: several licenses in one file:").format(file=path)
        for part in found.parts:
            name = part.license or part.name
            if part.version:
                name = _("{license} of {version}").format(license=name, version=part.version)
            text = _("lines {first}-{last}: {license}, {result}")
            result = pgettext("identified", RESULTS.get(part.result, part.result))
            yield "  " + text.format(first=part.first, last=part.last, license=name, result=result)
    elif found.result == "notice only":
        text = _("{file}: only a notice. It names {license}; the text of the license is not in this file.")
        yield text.format(file=path, license=title or ", ".join(found.others))
    elif found.result == "with changes":
        yield from _changed_copy(path, title, found)
    else:
        yield _("{file}: no license that is known here.").format(file=path)


def _changed_copy(path: str, title: str, found: Identification) -> Iterator[str]:
    """A copy with changes: how much is the same, and what was changed."""
    share = f"{format_decimal(found.likeness * 100)}%"
    text = _("{file}: {license}, with changes. {share} of the text is the same.")
    yield text.format(file=path, license=title, share=share)
    if found.others:
        yield "  " + _("It is as near to {licenses}.").format(licenses=", ".join(found.others))
    yield from (f"  {_format_change(change)}" for change in found.changes)
    if not found.changes:
        yield "  " + _("charter has no text of this license to compare, so it can't list the changes.")


def _format_change(change: Change) -> str:
    """A change of a license's text, in words."""
    if change.instead_of:
        return _("replaced: “{old}” by “{new}”").format(old=change.instead_of, new=change.text)
    text = _("added: “{text}”") if change.kind == "added" else _("removed: “{text}”")
    return text.format(text=change.text)


def texts(name: str) -> str:
    """Return the text of a license.

    Args:
        name: An id, a Hub id or an alias.

    Raises:
        LicenseTextError: It is not available.
    """
    key = _one(name)
    text = get_verified_text(terms_of(key))
    if text is None:
        raise LicenseTextError(
            _("The text of {name} ({key}) is not available.").format(name=get_known_name(key), key=key),
            _("Run: charter licenses {key} --fetch-texts").format(key=key)
            if terms_of(key).text_source
            else _("No source of it is known."),
        )
    return text.rstrip()


def format_known_base(base: KnownBase) -> str:
    """Return the row of a known base: its license with date and source, and what it was made from.

    Args:
        base: A row of the table.
    """
    text = _("{license} (stated as {stated})") if base.license else _("not known (stated as {stated})")
    rows = [
        (_("License:"), text.format(license=base.license, stated=base.stated)),
        (_("Known as of:"), base.as_of),
        (_("Source:"), base.source),
        (_("Made from:"), " ".join(base.base)),
        (_("Former ids:"), " ".join(base.former_ids)),
        (_("Disputed:"), _("yes, see the note") if base.disputed else ""),
        (_("Note:"), translate_fact(base.note)),
    ]
    columns = max(count_columns(label) for label, _value in rows) + 1
    lines = [(_("{id} (data set)") if base.kind == "dataset" else _("{id} (model)")).format(id=base.id)]
    for label, value in rows:
        head = f"  {label}" + " " * (columns - count_columns(label))
        lines += wrap(value, head, " " * (columns + 2)) if value else []
    return "\n".join(lines)


def _short(terms: Terms) -> str:
    return hub_id(terms.id) or terms.id.removeprefix("LicenseRef-")


def _one(name: str) -> LicenseId:
    expression = parse(name)
    if expression.parts or expression.exception:
        raise UnknownLicenseError(
            _("{name!r} is an expression, not one license").format(name=name), _("Name its licenses one by one.")
        )
    return expression.license
