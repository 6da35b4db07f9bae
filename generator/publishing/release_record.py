"""The release file as it is published: exact and complete, so that reading the repo gives the same answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from generator.licenses.assess import Assessment, ItemAssessment, local_ids
from generator.release.model import Item, Layers, LocalTerms, Release, Upstream
from generator.release.source import FILE_NAME
from generator.release.vocabulary import OUTPUTS, RULE_FAMILIES
from generator.release.writer import format_release

__all__ = ["FILE_NAME", "release_record"]


def release_record(assessment: Assessment, paths: Collection[str]) -> bytes:
    """Return the release file that is published with a release.

    Licenses that the base models' own cards stated are in it, and texts are named by their path in the repo; a text
    that is in another repo is not named. What a reader gets from it does not depend on what a machine has in its cache.

    Args:
        assessment: The release.
        paths: The files of the bundle.
    """
    release = assessment.release
    items: dict[str, list[Item]] = {}
    for entry in assessment.items:
        items.setdefault(entry.layer, []).append(_complete(entry, paths))
    documents = tuple(items.pop("documents", ()))
    layers = Layers(**{layer: tuple(found) for layer, found in items.items()})
    licenses = {name: _place_terms(name, terms, paths) for name, terms in release.licenses.items()}
    absent = [name for name in sorted(local_ids(release)) if name not in licenses and not _find_text(name, paths)]
    licenses |= {name: LocalTerms(name=name) for name in absent}  # only their texts said what they are
    made = replace(
        release, layers=layers, documents=documents, licenses=licenses, card_template=None, **_without_plugins(release)
    )
    return format_release(made).encode()


def _without_plugins(release: Release) -> dict[str, Any]:
    """Outputs and rules without those of plugins, which readers of the published file may not have."""
    return {
        "outputs": tuple(output for output in release.outputs if output in OUTPUTS),
        "rules": {key: value for key, value in release.rules.items() if key[:-3] in RULE_FAMILIES},
        "accept": tuple(one for one in release.accept if one.rule[:-3] in RULE_FAMILIES),
    }


def _complete(entry: ItemAssessment, paths: Collection[str]) -> Item:
    item = entry.item
    upstreams = tuple(_known(upstream, entry) for upstream in item.derived_from)
    text = _find_text(item.license or "", paths) if item.license_text else None
    return replace(item, derived_from=upstreams, license_text=text)


def _known(upstream: Upstream, entry: ItemAssessment) -> Upstream:
    """The upstream with the license that a cache or a folder stated; its notice is in NOTICE.

    What the table of known bases states is left out: every reader has that table.
    """
    plain = replace(upstream, notice=None)
    if upstream.license:
        return plain
    flows = (flow for flow in entry.flows[1:] if flow.via == (upstream.ref,) and not flow.as_of)
    found = [flow.license for flow in flows if flow.license]
    return replace(plain, license=str(found[0])) if found else plain


def _place_terms(name: str, terms: LocalTerms, paths: Collection[str]) -> LocalTerms:
    return replace(terms, license_text=_find_text(name, paths)) if terms.license_text else terms


def _find_text(license_: str, paths: Collection[str]) -> str | None:
    """Where the text of a license is in the repo; None where it is not there."""
    path = f"LICENSES/{license_}.txt"
    return path if path in paths else None
