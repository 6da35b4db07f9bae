"""What USE_POLICY.md says: use restrictions that must be passed on, verbatim or named with their clause and link."""

from __future__ import annotations

from collections.abc import Iterator

from generator.documents.licenses.coverage import Coverage
from generator.documents.licenses.publisher_files import USE_POLICY, own_words, with_own_words
from generator.documents.licenses.texts import LicenseTextStore
from generator.documents.render import render
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import LicenseId
from generator.licenses.terms import Terms, UsePolicy
from generator.named_tuple import NamedTuple
from generator.release.model import Release


class PolicyEntry(NamedTuple):
    """One policy, with what it binds and where it came from.

    Attributes:
        attachment: Its text, verbatim, where the license prints it.
        clause: The clause that includes it, quoted; empty where no text is available.
        sources: Refs of upstreams it came from; empty where it is an item's own license.
    """

    terms: Terms
    policy: UsePolicy
    attachment: str
    clause: str
    covers: tuple[ItemAssessment, ...]
    sources: tuple[str, ...]


class PolicyView(NamedTuple):
    """What the template of USE_POLICY.md uses.

    Attributes:
        has_text: Whether the publisher put the text of a policy into USE_POLICY.md.
    """

    release: Release
    entries: tuple[PolicyEntry, ...]
    has_text: bool


def use_policy(coverage: Coverage, text_store: LicenseTextStore) -> str | None:
    """Return the content of USE_POLICY.md, or None where no license here has a use policy.

    Args:
        coverage: Which terms cover which files.
        text_store: Where texts are taken from.
    """
    entries = tuple(_entries(coverage, text_store))
    if not entries:
        return None
    release = coverage.assessment.release
    own = own_words(release.folder, USE_POLICY)
    return with_own_words(own, render("USE_POLICY.md.jinja", PolicyView(release, entries, bool(own))))


def policies(coverage: Coverage) -> dict[LicenseId, tuple[tuple[ItemAssessment, ...], tuple[str, ...]]]:
    """Return the licenses here that have a use policy, each with the items it binds and the upstreams it came from."""
    found: dict[LicenseId, tuple[dict[int, ItemAssessment], dict[str, None]]] = {}
    for item in coverage.counted:
        for flow in item.flows:
            if flow.license is None or not (flow.program and flow.source):
                continue
            for key in flow.license.ids():
                if item.license_set.terms(key).use_policy:
                    covers, sources = found.setdefault(key, ({}, {}))
                    covers[id(item)] = item
                    sources |= dict.fromkeys(flow.via)
    return {key: (tuple(covers.values()), tuple(sources)) for key, (covers, sources) in found.items()}


def _entries(coverage: Coverage, text_store: LicenseTextStore) -> Iterator[PolicyEntry]:
    from generator.licenses.clauses import find_clause, quote

    for key, (covers, sources) in policies(coverage).items():
        terms = coverage.assessment.license_set.terms(key)
        policy = terms.use_policy
        text = text_store.text(key) or ""
        if policy is None:
            continue
        span = find_clause(text, policy.attachment, terms.anchors) if text and policy.attachment else None
        attachment = text[span[0] : span[1]].strip("\n").rstrip() if span else ""
        clause = (quote(text, policy.clause, terms.anchors, limit=1200) or "") if text and not attachment else ""
        yield PolicyEntry(terms, policy, attachment, clause, covers, sources)
