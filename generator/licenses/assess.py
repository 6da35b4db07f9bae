"""A release judged: for every item what flows into it, and what a recipient may do with it."""

from __future__ import annotations

from typing import NamedTuple

from generator.licenses.catalog import Expression, LicenseId, index, parse
from generator.licenses.lineage import Flow, flows_into
from generator.licenses.rights import Duty, Right, compose_duties, compose_rights
from generator.licenses.terms import Terms, own_terms, terms_of
from generator.release.model import Item, Release
from generator.release.vocabulary import COMPONENTS

GIVEN = frozenset({"released", "gated"})


class Book(NamedTuple):
    """The licenses that a release can speak of: the catalog's, and those it defines itself."""

    local: frozenset[str]
    own: dict[str, Terms]

    def terms(self, key: LicenseId) -> Terms:
        """Return the terms of an id."""
        return self.own[key] if key in self.own else terms_of(key)

    def parse(self, text: str) -> Expression:
        """Return the expression of a license field of this release."""
        return parse(text, self.local)


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
    book: Book

    @property
    def license(self) -> Expression | None:
        """The item's own license."""
        return self.flows[0].license

    @property
    def given(self) -> bool:
        """Whether anyone gets it: released, or gated."""
        return self.item.availability in GIVEN

    @property
    def travelling(self) -> tuple[Flow, ...]:
        """The upstreams whose terms hold under both framings."""
        return tuple(flow for flow in self.flows if flow.travels)

    @property
    def label(self) -> str:
        """The name it is spoken of by."""
        return self.item.name or (self.item.component or self.item.form or self.layer).replace("-", " ")

    @property
    def own_name(self) -> str:
        """What tells it from the layer's first component: a name, a form, another component; else empty."""
        stated = self.item
        plain = not stated.name and not stated.form and stated.component in (None, *COMPONENTS[self.layer][:1])
        return "" if plain and self.layer != "documents" else self.label

    def rights(self) -> tuple[Right, ...]:
        """Return the answer to every act."""
        return compose_rights(self.flows, self.book.terms)

    def duties(self) -> tuple[tuple[Duty, ...], tuple[Duty, ...]]:
        """Return obligations and limits."""
        return compose_duties(self.flows, self.book.terms)


class Assessment(NamedTuple):
    """A release and what the engine reads in it, item by item in the order of the layers."""

    release: Release
    book: Book
    items: tuple[ItemAssessment, ...]


def local_ids(release: Release) -> frozenset[str]:
    """Return the `LicenseRef-` ids that a release defines: keys of `licenses`, and items that bring their text."""
    brought = {p.item.license for p in release.placed() if p.item.license_text and p.item.license}
    own = {text for text in brought if text.startswith("LicenseRef-") and text not in index()["known"]}
    return frozenset(release.licenses) | frozenset(own)


def assess(release: Release) -> Assessment:
    """Judge a release.

    Args:
        release: What `load_release` returned, or one made in Python.
    """
    own = {key: own_terms(LicenseId(key), t.name, t.url, t.limits) for key, t in release.licenses.items()}
    local = local_ids(release)
    own |= {key: own_terms(LicenseId(key), key, None, ()) for key in local - own.keys()}
    book = Book(local, own)
    items = tuple(
        ItemAssessment(p.layer, p.number, p.item, flows_into(release, p.layer, p.item, local), book)
        for p in release.placed()
    )
    return Assessment(release, book, items)
