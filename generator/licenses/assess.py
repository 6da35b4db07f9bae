"""An assessed release: for every item what flows into it, and what a recipient may do with it."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from generator.artifacts.folder import holds_model, is_file
from generator.errors import CharterError
from generator.licenses.catalog import Expression, LicenseId, index, is_shared_name, parse
from generator.licenses.facts import NOTHING, Given
from generator.licenses.license_files import find_license_files
from generator.licenses.license_set import LicenseSet
from generator.licenses.lineage import Flow, Lookup, Origin, Reader, flows_into
from generator.licenses.rights import LicenseRule, Right, compose_duties, compose_rights
from generator.licenses.terms import own_terms
from generator.licenses.upstreams import (
    DEPTH_LIMIT,
    LICENSE_FILES,
    folder_release,
    has_release_file,
    hub_cache,
    near_release_file,
    place_of,
)
from generator.named_tuple import NamedTuple
from generator.release.model import Item, LocatedItem, Release, Upstream
from generator.release.reader import read_release
from generator.release.source import FILE_NAME
from generator.release.vocabulary import ACTS, COMPONENTS, GIVEN
from generator.translations import gettext as _
from generator.translations import pgettext


class ItemAssessment(NamedTuple):
    """One item with what flows into it.

    Attributes:
        layer: The layer it stands in, or `documents`.
        number: Its place there, from 0.
        flows: Its own license first, then what its upstreams bring.
    """

    layer: str
    number: int
    item: Item
    flows: tuple[Flow, ...]
    license_set: LicenseSet

    @property
    def license(self) -> Expression | None:
        """The item's own license."""
        return self.flows[0].license

    @property
    def is_available(self) -> bool:
        """Whether anyone gets it: released, or gated."""
        return self.item.availability in GIVEN

    @property
    def travelling(self) -> tuple[Flow, ...]:
        """The upstreams whose terms hold under both framings."""
        return tuple(flow for flow in self.flows if flow.travels)

    @property
    def label(self) -> str:
        """The name it has in sentences."""
        stated = self.item.component or self.item.form or self.layer
        return self.item.name or pgettext("component", stated.replace("-", " "))

    @property
    def own_name(self) -> str:
        """What distinguishes it from the layer's first component: a name, a form, another component; else empty."""
        stated = self.item
        plain = not stated.name and not stated.form and stated.component in (None, *COMPONENTS[self.layer][:1])
        return "" if plain and self.layer != "documents" else self.label

    def rights(self, given: Given = NOTHING, acts: Collection[str] = ACTS) -> tuple[Right, ...]:
        """Return the answers to acts, in the order of the vocabulary.

        Args:
            given: Facts that make an answer definite.
            acts: Which; all by default.
        """
        return compose_rights(self.flows, self.license_set.terms, given, acts)

    def license_rules(self, given: Given = NOTHING) -> tuple[tuple[LicenseRule, ...], tuple[LicenseRule, ...]]:
        """Return obligations and limits.

        Args:
            given: Facts that may meet them.
        """
        return compose_duties(self.flows, self.license_set.terms, given)


class Assessment(NamedTuple):
    """A release and what the engine reads in it, item by item in the order of the layers."""

    release: Release
    license_set: LicenseSet
    items: tuple[ItemAssessment, ...]
    lookup: Lookup


def local_ids(release: Release) -> frozenset[str]:
    """Return the `LicenseRef-` ids that a release defines: keys of `licenses`, and items that bring their text.

    A name that several licenses share is the release's own where it brings a text.
    """
    brought = {p.item.license for p in release.iter_items() if p.item.license_text and p.item.license}
    refs = [LicenseId(text) for text in brought if text.startswith("LicenseRef-")]
    own = {text for text in refs if text not in index()["known"] or is_shared_name(text)}
    return frozenset(release.licenses) | frozenset(own)


def assess(release: Release) -> Assessment:
    """Assess a release.

    Args:
        release: What `load_release` returned, or one made in Python.
    """
    return _assess(release, LineageContext(hub_cache(), {}, 0))


class LineageContext(NamedTuple):
    """What is known on the way from one release to its upstreams' upstreams, so that each folder is read once.

    Attributes:
        cache: The Hub's cache.
        origins: What was found, by folder or known base, and by whether it is looked at as data.
        depth: Releases on the way here.
    """

    cache: Path | None
    origins: dict[tuple[str, bool], Origin]
    depth: int


def _assess(release: Release, lineage_context: LineageContext) -> Assessment:
    own = {key: own_terms(LicenseId(key), t.name, t.url, t.limits) for key, t in release.licenses.items()}
    local = local_ids(release)
    own |= {key: own_terms(LicenseId(key), key, None, ()) for key in local - own.keys()}
    license_set = LicenseSet(local, own)
    found: dict[int, Origin | None] = {}
    layers = {id(upstream): p.layer for p in release.iter_items() for upstream in p.item.derived_from}

    def lookup(upstream: Upstream) -> Origin | None:
        key = id(upstream)
        if key not in found:
            found[key] = _origin(release, layers.get(key, "weights"), upstream, lineage_context)
        return found[key]

    reader = Reader(local, license_set.terms, lookup)
    items = tuple(
        ItemAssessment(p.layer, p.number, p.item, flows_into(release, p.layer, p.item, reader), license_set)
        for p in release.iter_items()
    )
    return Assessment(release, license_set, items, lookup)


def _origin(release: Release, layer: str, upstream: Upstream, lineage_context: LineageContext) -> Origin | None:
    """What is known of an upstream: from its own folder, else from the table of known bases."""
    own = _origin_in(release, upstream, lineage_context)
    if upstream.license or (own and own.license) or lineage_context.depth >= DEPTH_LIMIT:
        return own
    from generator.licenses.known_bases import find_base, is_data

    row = find_base(upstream.ref, data=is_data(layer, upstream.relation))
    if row is None:
        return own
    current = row.current_id(upstream.ref)
    if own is None and current and current != upstream.ref:
        own = _origin_in(release, Upstream(ref=current, relation=upstream.relation), lineage_context)
        if own and own.license:
            return own
    listed = _origin_of(
        f"{row.kind}:{row.id}", row.as_release(), data=row.kind == "dataset", lineage_context=lineage_context
    )
    if listed is None:
        return own
    flows = own.flows if own else tuple(flow._replace(as_of=flow.as_of or row.as_of) for flow in listed.flows)
    return Origin(listed.license, flows, row.as_of if listed.license else "")


def _origin_in(release: Release, upstream: Upstream, lineage_context: LineageContext) -> Origin | None:
    """What an upstream's own folder says: its license, and what flowed into it."""
    folder = place_of(upstream.ref, release.folder, upstream.revision, lineage_context.cache)
    if folder is None or lineage_context.depth >= DEPTH_LIMIT:
        return None
    place, data = os.path.realpath(folder), upstream.relation == "trained_on"
    if (place, data) in lineage_context.origins:
        return lineage_context.origins[place, data]
    try:
        theirs = load_folder_release(folder)
    except CharterError:
        return None  # a broken file says nothing; the upstream stays as unknown as it was
    return _origin_of(place, theirs, data=data, lineage_context=lineage_context)


def _origin_of(place: str, theirs: Release, *, data: bool, lineage_context: LineageContext) -> Origin | None:
    """What a release says as somebody's upstream: its license, and what flowed into it; None where it has no item."""
    key = (place, data)
    if key not in lineage_context.origins:
        subject = _subject(theirs, data=data)
        if not subject:
            return None
        # A lineage that comes back to a folder finds its license there, and nothing more.
        stated = subject[0].item.license
        lineage_context.origins[key] = Origin(parse(stated, local_ids(theirs)) if stated else None, ())
        found = _assess(theirs, lineage_context._replace(depth=lineage_context.depth + 1)).items
        first, *others = [item for item in found if any(item.item is placed.item for placed in subject)]
        # Several items of one layer bind together: the first is the upstream's own, the rest flow with it.
        rest = [other.flows[0]._replace(relation="includes", via=(other.label,)) for other in others]
        flows = {(flow.license, flow.relation, flow.framing): flow for flow in reversed((*first.flows[1:], *rest))}
        lineage_context.origins[key] = Origin(first.license, tuple(flows.values())[::-1])
    return lineage_context.origins[key]


def _subject(release: Release, *, data: bool) -> tuple[LocatedItem, ...]:
    """The given items that an upstream means: its data where it was trained on, else its weights, deltas or data."""
    given = [placed for placed in release.iter_items() if placed.item.availability in GIVEN]
    for layer in ("data",) * data + ("weights", "deltas", "data"):
        if found := tuple(placed for placed in given if placed.layer == layer):
            return found
    return ()


def load_folder_release(folder: Path, *, with_settings: bool = False) -> Release:
    """Return the release of a folder: its release file's, else one made from its card and LICENSE.

    Args:
        folder: A model folder.
        with_settings: Whether `charter.toml` fills in what a release file does not state.

    Raises:
        CharterError: It cannot be read, there is nothing of a model, or a release file has a name that is not read.
    """
    if not has_release_file(folder) and (near := near_release_file(folder)):
        remedy = _("Rename it to {name}, or name it: charter check {file}").format(name=FILE_NAME, file=folder / near)
        raise CharterError(
            _("{folder}: there is no {name} here, but a release file called {near}.").format(
                folder=folder, name=FILE_NAME, near=near
            ),
            remedy,
        )
    known = any(is_file(folder / name) for name in ("README.md", *LICENSE_FILES)) or holds_model(folder)
    known = known or any(file.covers != "other" for file in find_license_files(folder))
    stated = has_release_file(folder) or not known
    return read_release(folder, with_settings=with_settings) if stated else folder_release(folder)
