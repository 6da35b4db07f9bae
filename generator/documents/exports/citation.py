"""CITATION.cff: how the release is cited (Citation File Format 1.2.0)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from generator.documents.exports.facts import Facts
from generator.documents.exports.needs import require
from generator.documents.exports.values import address, mail
from generator.licenses.catalog import KNOWLEDGE, Expression
from generator.release.model import Publisher
from generator.release.yaml_text import block

PAPERS = {"technical-report": "report", "research-paper": "article"}
"""Our documents that are cited, and the format's word for each."""

_MAIL = re.compile(r"\S+@\S+\.\S{2,}")


def write(facts: Facts) -> str:
    """Return the content of CITATION.cff.

    Args:
        facts: What it is filled from.

    Raises:
        CharterError: Nobody is named as the author.
    """
    require("citation", facts.coverage)
    info = facts.info
    authors = [_entity(info.publisher)] if info.publisher else []
    fields: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": f"If you use {info.name}, please cite it.",
        "type": "dataset" if facts.is_data else "software",
        "title": info.name,
        "version": info.version,
        "date-released": info.date,
        "authors": authors,
        "abstract": info.summary,
        "keywords": list(dict.fromkeys(info.tags)),
        "url": facts.home or address(info.publisher.url if info.publisher else None),
        "repository": facts.home,
        **_license(facts),
        "references": _references(facts, authors),
    }
    return "\n".join(block({key: value for key, value in fields.items() if value})) + "\n"


def _entity(publisher: Publisher) -> dict[str, str]:
    contact = mail(publisher.contact)
    found = {
        "name": publisher.name,
        "email": contact if contact and _MAIL.fullmatch(contact) else None,
        "website": address(publisher.url),
    }
    return {key: value for key, value in found.items() if value}


def _license(facts: Facts) -> dict[str, Any]:
    """The license of what is cited, where the format has an id for it; several ids mean a choice there."""
    licenses = {item.license for item in facts.coverage.subject}
    one = next(iter(licenses)) if len(licenses) == 1 else None
    if one is None:
        return {}
    choices = one.parts if one.operator == "OR" else (one,)
    if all(_is_listed(choice) for choice in choices):
        ids = [str(choice) for choice in choices]
        return {"license": ids if len(ids) > 1 else ids[0]}
    url = address(facts.license_set.terms(one.license).url) if one.license else None
    return {"license-url": url} if url else {}


def _is_listed(expression: Expression) -> bool:
    return not expression.parts and not expression.exception and expression.license in _format_ids()


def _references(facts: Facts, authors: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The papers of the release that have a name."""
    found: list[dict[str, Any]] = []
    for item in facts.items:
        stated = item.item
        if stated.component in PAPERS and stated.name and item.is_available:
            made = {"type": PAPERS[stated.component], "title": stated.name}
            who = [{"name": stated.owner}] if stated.owner else authors
            place = address(stated.url)
            found.append({**made, "authors": who, **({"url": place} if place else {})})
    return [entry for number, entry in enumerate(found) if entry not in found[:number]]


@lru_cache(maxsize=1)
def _format_ids() -> frozenset[str]:
    """The SPDX ids that the schema of the format lists (1.2.0, of 2021)."""
    return frozenset((KNOWLEDGE / "cff_licenses.txt").read_text(encoding="utf-8").split())
