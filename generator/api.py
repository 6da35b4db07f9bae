"""The composed road: load a release file, judge it, build its bundle, check it."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

# Each function imports what it needs: a question about one license pays for no release file, and for no YAML.
if TYPE_CHECKING:
    from generator.checks.report import Report
    from generator.documents.bundle import Bundle
    from generator.licenses.answers import Derived, Rights
    from generator.licenses.assess import Assessment
    from generator.release.model import Release

__all__ = ["assess", "build", "check", "derive", "load_release", "rights"]

_REPO = re.compile(r"[\w][\w.-]*/[\w][\w.-]*")


def load_release(path: str | Path) -> Release:
    """Read a release file.

    Args:
        path: The file, or a folder that holds a `release.yaml`.

    Raises:
        ReleaseFileError: It cannot be read; every complaint is in it, with line and column.
    """
    from generator.licenses.catalog import resolver
    from generator.release.reader import read_release

    return read_release(path, license_resolver=resolver)


def assess(release: Release) -> Assessment:
    """Judge a release: for every item what flows into it, and what a recipient may do with it.

    Args:
        release: What `load_release` returned, or one made in Python.
    """
    from generator.licenses.assess import assess as judged

    return judged(release)


def build(release: Release) -> Bundle:
    """Return the bundle of a release: path to bytes, nothing written yet.

    Args:
        release: What `load_release` returned.

    Raises:
        LicenseTextError: A text that must be in the bundle is not at hand.
        CharterError: A file that the release names cannot be read, or something the bundle needs is not stated.
    """
    from generator.documents.registry import write_documents

    return write_documents(assess(release))


def check(release: Release, *, today: datetime.date | None = None, fail_on: str = "error") -> Report:
    """Judge a release.

    Args:
        release: What `load_release` returned.
        today: The day that `accept.until` is held against; by default `SOURCE_DATE_EPOCH`, else the clock.
        fail_on: The least severity that closes the gate: error, warning or info.
    """
    from generator.checks.registry import run

    return run(assess(release), today=today or this_day(), fail_on=fail_on)


def rights(
    target: str | Path | Release,
    *,
    acts: Iterable[str] | None = None,
    given: Mapping[str, object] | Iterable[str] | None = None,
    layer: str | None = None,
) -> Rights:
    """Return what a recipient may do.

    Args:
        target: A release, a release file, a model folder, a license id, alias or expression, or a Hub repo; `path:`,
            `license:` or `hub:` before it forces one. Only a Hub repo touches the network.
        acts: The acts that are asked about; all of them by default.
        given: Facts that make conditional answers definite, by key or as `KEY=VALUE` texts: monthly_active_users and
            annual_revenue_usd as numbers, country (ISO 3166 alpha-2), purpose, name.
        layer: The only layer that is asked about.

    Raises:
        UnknownLicenseError: The target is nothing that is known.
        HubError: The target is a Hub repo that cannot be read.
        CharterError: A word is not of the vocabulary, or a fact cannot be read.
        ReleaseFileError: The release file cannot be read.
    """
    from generator.licenses.answers import license_rights, release_rights
    from generator.licenses.asked import known_acts, known_layer
    from generator.licenses.given import parse_given

    wanted, facts, only = known_acts(acts), parse_given(given), known_layer(layer)
    if not isinstance(target, (str, Path)):
        return release_rights(target.release.name, assess(target), acts=wanted, given=facts, layer=only)
    kind, name = target_kind(str(target))
    if kind == "license":
        return license_rights(name, acts=wanted, given=facts, layer=only)
    return release_rights(str(target), assess(load_target(name)), acts=wanted, given=facts, layer=only)


def derive(
    bases: str | Iterable[str],
    relation: str,
    license: str,
    *,
    given: Mapping[str, object] | Iterable[str] | None = None,
) -> Derived:
    """Return whether something made from the bases may be published under a license.

    Args:
        bases: License ids, aliases or expressions of what it was made from.
        relation: How it was made: finetune, adapter, diff, quantized, merge, distilled, trained_on, outputs_of or
            includes.
        license: The license it is to carry; any `LicenseRef-NAME` stands for terms of one's own.
        given: Facts that make an answer definite, as for `rights`.

    Raises:
        UnknownLicenseError: An id is not known.
        CharterError: The relation is none, or a fact cannot be read.
    """
    from generator.licenses.answers import license_derivation
    from generator.licenses.given import parse_given

    return license_derivation(bases, relation, license, given=parse_given(given))


def load_target(path: str | Path) -> Release:
    """Return the release of a release file or a folder; a folder without one is read by its card and its LICENSE.

    Args:
        path: A file or a folder.

    Raises:
        ReleaseFileError: The release file cannot be read.
        CharterError: There is nothing there that can be judged.
    """
    from generator.licenses.assess import released

    folder = Path(path)
    return released(folder) if folder.is_dir() else load_release(folder)


def target_kind(target: str) -> tuple[str, str]:
    """Return what a target is, `path` or `license`, and its name (contract, section 2).

    Args:
        target: An existing path, then a license; `path:` or `license:` before it forces one.

    Raises:
        UnknownLicenseError: It is neither, nor a Hub repo id.
        HubError: It is a Hub repo, and neither the Hub nor its cache has it.
    """
    from generator.licenses.answers import is_license
    from generator.licenses.catalog import parse

    forced, colon, name = target.partition(":")
    if colon and forced in ("path", "license"):
        return forced, name
    if forced != "hub" and Path(target).exists():
        return "path", target
    if forced != "hub" and is_license(target):
        return "license", target
    if forced == "hub" or _REPO.fullmatch(target):
        return "path", str(_from_hub(name if forced == "hub" else target))
    parse(target)  # says which ids are near
    return "license", target


def _from_hub(repo: str) -> Path:
    """The folder of a Hub repo: fetched, or what the Hub's cache has of it where the Hub cannot be reached."""
    from generator.errors import HubError
    from generator.hub.read import fetch_upstream
    from generator.licenses.upstreams import hub_cache, place_of

    try:
        return fetch_upstream(repo)
    except HubError:
        if (place := place_of(repo, None, None, (), hub_cache())) is None:
            raise
        return place.folder


def fetch_upstreams(release: Release) -> None:
    """Fetch what the upstreams whose license is not stated say of themselves on the Hub, into the Hub's cache.

    Args:
        release: What `load_release` returned; judging it afterwards finds what was fetched.

    Raises:
        HubError: The Hub cannot be reached, or does not let one be read.
    """
    from generator.hub.read import fetch_upstream

    wanted = {
        (upstream.ref, upstream.revision)
        for placed in release.placed()
        for upstream in placed.item.derived_from
        if upstream.license is None and _REPO.fullmatch(upstream.ref)
    }
    for ref, revision in sorted(wanted, key=str):
        fetch_upstream(ref, revision)


def this_day() -> datetime.date:
    """Return today: `SOURCE_DATE_EPOCH` where it is set, else the clock (contract, section 2)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal() and len(epoch) < 12:
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
    return datetime.date.today()
