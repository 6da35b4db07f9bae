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
from generator.documents.words import ACT_TITLES, ANSWER_WORDS
from generator.errors import CharterError, LicenseTextError, UnknownLicenseError
from generator.licenses.answers import license_rights
from generator.licenses.catalog import LicenseId, get_known_name, hub_id, is_shared_name, licenses_of, parse, reason
from generator.licenses.identify import Identification, identify
from generator.licenses.known_bases import KnownBase
from generator.licenses.quotes import get_verified_text
from generator.licenses.terms import Terms, terms_of


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
        lines += ["", f"Written for {', '.join(terms.applies_to)}."]
    if is_shared_name(terms.id):
        several = ", ".join(licenses_of(terms.id)) or "none that charter has facts of"
        note = f"Several licenses share this name: {several}. Write the one that you mean."
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
    column = max(12, (width - 34) // len(known) - 1)
    rows = [("", [_short(terms) for terms in known])]
    rows += [(ACT_TITLES[act], [ANSWER_WORDS[terms.acts[act].answer] for terms in known]) for act in known[0].acts]
    for kind in ("obligations", "limits"):
        ids = dict.fromkeys(entry.id for terms in known for entry in getattr(terms, kind))
        for key in ids:
            held = [next((e.clause or "yes" for e in getattr(t, kind) if e.id == key), "-") for t in known]
            rows.append((key.replace("_", " ").capitalize(), held))
    lines: list[str] = []
    for label, cells in rows:
        wrapped = [wrap(cell, columns=column) for cell in cells]
        for number in range(max(map(len, wrapped))):
            parts = [cell[number] if number < len(cell) else "" for cell in wrapped]
            head = label if number == 0 else ""
            padded = (part + " " * (column - count_columns(part)) for part in parts)
            lines.append(f"{head:<34}{' '.join(padded)}".rstrip())
    return "\n".join(
        [
            *lines,
            "",
            "A clause shows that the license has this condition or limitation; - means that it has none.",
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
        raise CharterError(f"{path}: there is no such file.", "Name a license file.")
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
    title += f" of {found.version}" if found.version else ""
    if found.result == "true copy":
        yield f"{path}: {title}, a true copy."
        if found.version and found.license:
            yield "  charter has the facts of another version. Read this text before you rely on them."
    elif found.result == "several licenses in one file":
        yield f"{path}: several licenses in one file:"
        for part in found.parts:
            version = f" of {part.version}" if part.version else ""
            yield f"  lines {part.first}-{part.last}: {part.license or part.name}{version}, {part.result}"
    elif found.result == "notice only":
        named = title or " and ".join(found.others)
        yield f"{path}: only a notice. It names {named}; the text of the license is not in this file."
    elif found.result == "with changes":
        yield f"{path}: {title}, with changes. {found.likeness:.1%} of the text is the same."
        if found.others:
            yield f"  It is as near to {' and '.join(found.others)}."
        yield from (f"  {change}" for change in found.changes)
        if not found.changes:
            yield "  charter has no text of this license to compare, so it can't list the changes."
    else:
        yield f"{path}: no license that is known here."


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
            f"The text of {get_known_name(key)} ({key}) is not available.",
            f"Run: charter licenses {key} --fetch-texts" if terms_of(key).text_source else "No source of it is known.",
        )
    return text.rstrip()


def format_known_base(base: KnownBase) -> str:
    """Return the row of a known base: its license with date and source, and what it was made from.

    Args:
        base: A row of the table.
    """
    license_ = f"{base.license} (stated as {base.stated})" if base.license else f"not known (stated as {base.stated})"
    rows = [
        ("License", license_),
        ("Known as of", base.as_of),
        ("Source", base.source),
        ("Made from", " ".join(base.base)),
        ("Former ids", " ".join(base.former_ids)),
        ("Disputed", "yes, see the note" if base.disputed else ""),
        ("Note", base.note),
    ]
    lines = [f"{base.id} ({'data set' if base.kind == 'dataset' else 'model'})"]
    for label, value in rows:
        lines += wrap(value, f"  {label + ':':<13}", " " * 15) if value else []
    return "\n".join(lines)


def _short(terms: Terms) -> str:
    return hub_id(terms.id) or terms.id.removeprefix("LicenseRef-")


def _one(name: str) -> LicenseId:
    expression = parse(name)
    if expression.parts or expression.exception:
        raise UnknownLicenseError(f"{name!r} is an expression, not one license", "Name its licenses one by one.")
    return expression.license
