"""What LICENSE says: the one license's own text, or the index of which license covers which files."""

from __future__ import annotations

from typing import NamedTuple

from generator.documents.card.view import effect_of
from generator.documents.licenses.coverage import Coverage
from generator.documents.licenses.texts import LicenseTextStore, copyright_lines
from generator.documents.render import render
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import Expression, LicenseId, get_known_name
from generator.licenses.lineage import Flow
from generator.release.model import Release

NO_TEXT = "none; this id does not say which license is meant"


class Part(NamedTuple):
    """An item of the index, with the upstreams of it that matter there."""

    item: ItemAssessment
    travelling: tuple[Flow, ...]
    program_only: tuple[Flow, ...]
    notices: tuple[Flow, ...]


class IndexView(NamedTuple):
    """What the template of the index uses."""

    release: Release
    coverage: Coverage
    here: tuple[Part, ...]
    elsewhere: tuple[ItemAssessment, ...]
    withheld: tuple[ItemAssessment, ...]

    @property
    def grantor(self) -> str:
        """Who grants what is new here."""
        info = self.release.release
        return info.publisher.name if info.publisher else (info.copyright or "the publisher")

    def name(self, key: LicenseId) -> str:
        """Return a license's name in words."""
        return (
            self.coverage.assessment.license_set.terms(key).name
            if key in self.coverage.assessment.license_set.own
            else get_known_name(key)
        )

    def texts(self, expression: Expression) -> list[str]:
        """Return the paths of the texts of an expression; an address where a text is only linked."""
        linked = self.coverage.linked | dict.fromkeys(self.coverage.textless, NO_TEXT)
        ids = [linked.get(key) or f"LICENSES/{key}.txt" for key in expression.ids()]
        return [*ids, *(f"LICENSES/{name}.txt" for name in expression.exceptions())]


def license_file(coverage: Coverage, text_store: LicenseTextStore) -> str:
    """Return the content of LICENSE (contract, section 6).

    Args:
        coverage: Which terms cover which files.
        text_store: Where texts are taken from.

    Raises:
        LicenseTextError: The text of the single license is not available.
    """
    if coverage.single:
        key = coverage.single.license
        return text_store.get_filled(key, copyright_lines(coverage.assessment.release, coverage.texts()[key]))
    return render("LICENSE.jinja", _view(coverage))


def _view(coverage: Coverage) -> IndexView:
    counted = set(map(id, coverage.counted))
    items = coverage.assessment.items
    return IndexView(
        release=coverage.assessment.release,
        coverage=coverage,
        here=tuple(_part(item) for item in coverage.counted),
        elsewhere=tuple(item for item in items if item.is_available and id(item) not in counted),
        withheld=tuple(item for item in items if not item.is_available),
    )


def _part(item: ItemAssessment) -> Part:
    effects = [(flow, effect_of(flow, item)) for flow in item.flows[1:]]
    return Part(
        item,
        tuple(flow for flow, effect in effects if effect == "travels" or (effect == "unknown" and flow.travels)),
        tuple(flow for flow, effect in effects if effect == "program"),
        tuple(flow for flow, effect in effects if effect == "notices"),
    )
