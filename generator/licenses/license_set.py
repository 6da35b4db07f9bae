"""The licenses that a release can name: those everybody knows, and those it brings."""

from __future__ import annotations

from generator.licenses.catalog import Expression, LicenseId, parse
from generator.licenses.terms import Terms, terms_of, translate_terms
from generator.named_tuple import NamedTuple
from generator.translations import ENGLISH, get_language


class LicenseSet(NamedTuple):
    """The licenses that a release can name: the catalog's, and those it defines itself."""

    local: frozenset[str]
    own: dict[str, Terms]

    def terms(self, key: LicenseId) -> Terms:
        """Return the terms of an id."""
        if key not in self.own:
            return terms_of(key)
        return self.own[key] if get_language() == ENGLISH else translate_terms(self.own[key])

    def parse(self, text: str) -> Expression:
        """Return the expression of a license field of this release."""
        return parse(text, self.local)


CATALOG = LicenseSet(frozenset(), {})
"""The licenses that everybody knows, alone."""
