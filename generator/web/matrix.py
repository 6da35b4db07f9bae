"""The rights as a matrix: acts by layers, each cell with its reason and its clauses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from generator.documents.pictures.drawing import clean, fit
from generator.documents.words import act_title, layer_title, part_title
from generator.licenses.answers import LayerRights, Rights, clause_quote
from generator.licenses.assess import Assessment, ItemAssessment
from generator.licenses.catalog import get_known_name
from generator.licenses.license_set import LicenseSet
from generator.licenses.rights import ClauseRef, LicenseRule, Right
from generator.licenses.summary import ACTS_BY_LAYER
from generator.licenses.terms import Obligation
from generator.release.vocabulary import ACTS, LAYERS
from generator.translations import gettext as _
from generator.translations import mark_in_context, ngettext, pgettext

COLUMNS = 16
"""Columns that are shown; `charter rights` has them all."""

NAMES = 3
"""Items under the same terms that a column names."""
_LABEL = 120
TRAIN_ON_DATA = mark_in_context("act", "Train models on it")


class Quote(NamedTuple):
    """A clause, word for word where its text is available; `language` is that of the text, empty if it isn't known."""

    license: str
    clause: str
    text: str | None
    language: str = ""


class Cell(NamedTuple):
    """The answer to one act for one column, with all that opens behind it."""

    right: Right
    quotes: tuple[Quote, ...]
    license_rules: tuple[LicenseRule, ...]
    limits: tuple[LicenseRule, ...]

    @property
    def differs(self) -> bool:
        """Whether the two assumptions answer differently."""
        return self.right.program.answer != self.right.source.answer


class Column(NamedTuple):
    """The items of a layer that are under the same terms.

    Attributes:
        label: The items, as short as the head of a column.
        items: The items, some by name.
        titles: The acts as they are called for this layer.
        cells: The answers by act; an act that makes no sense for the layer has none.
    """

    title: str
    label: str
    items: str
    license: str
    titles: dict[str, str]
    cells: dict[str, Cell]


class Matrix(NamedTuple):
    """Acts by columns; `hidden` columns are not shown."""

    columns: tuple[Column, ...]
    hidden: int
    titles: dict[str, str]

    @property
    def acts(self) -> tuple[str, ...]:
        """The acts that make sense for a column, in the order of the vocabulary."""
        return tuple(self.titles)

    @property
    def differing(self) -> tuple[tuple[Column, Cell], ...]:
        """The cells whose answer depends on what counts as source code."""
        return tuple((column, cell) for column in self.columns for cell in column.cells.values() if cell.differs)


def matrix(assessment: Assessment) -> Matrix:
    """Return the matrix of a release: what is released, and the acts that make sense for it.

    Args:
        assessment: The assessed release.
    """
    return _matrix([column for layer in (*LAYERS, "documents") for column in _columns(layer, assessment)])


def answers_matrix(answers: Iterable[Rights]) -> Matrix:
    """Return the matrix of answers to `charter rights`: a column for each license, or for each item of a release.

    Args:
        answers: The answers.
    """
    return _matrix([_answer_column(entry, found.license_set) for found in answers for entry in found.layers])


def _matrix(columns: list[Column]) -> Matrix:
    shown = tuple(columns[:COLUMNS])
    titles: dict[str, str] = {}
    for act in ACTS:
        called = {column.titles[act] for column in shown if act in column.cells}
        if called:
            titles[act] = called.pop() if len(called) == 1 else act_title(act)
    return Matrix(shown, max(0, len(columns) - COLUMNS), titles)


def _columns(layer: str, assessment: Assessment) -> list[Column]:
    groups: dict[object, list[ItemAssessment]] = {}
    for item in assessment.items:
        if item.layer == layer and item.is_available:
            terms = tuple((flow.license, flow.program, flow.source) for flow in item.flows)
            groups.setdefault(terms, []).append(item)
    return [_column(layer, group, assessment.license_set) for group in groups.values()]


def _column(layer: str, items: list[ItemAssessment], license_set: LicenseSet) -> Column:
    first = items[0]
    acts = ACTS_BY_LAYER.get(layer, ACTS)
    obligations, limits = first.license_rules()
    cells = _cells(first.rights(acts=acts), obligations, limits, license_set)
    called = list(dict.fromkeys(clean(item.own_name) for item in items if item.own_name))
    names = ", ".join(called[:NAMES])
    if (more := len(called) - NAMES) > 0:
        names = ngettext("{names} and {number} more", "{names} and {number} more", more).format(
            names=names, number=more
        )
    license_ = str(first.license) if first.license else _("no license")
    label = (fit(called[0], _LABEL, 12) if called else "") + (f" +{len(items) - 1}" if len(items) > 1 else "")
    titles = _titles(layer)
    return Column(layer_title(layer, [item.item.form for item in items]), label, names, license_, titles, cells)


def _answer_column(entry: LayerRights, license_set: LicenseSet) -> Column:
    acts = ACTS_BY_LAYER.get(entry.layer, ACTS)
    rights = tuple(right for right in entry.rights if right.act in acts)
    license_ = str(entry.license) if entry.license else _("no license")
    title = part_title(entry.layer, entry.form)
    if entry.is_bare_license and entry.license and not entry.license.parts:
        title = clean(get_known_name(entry.license.license))
    item = clean(entry.item or "")
    titles = _titles(entry.layer)
    cells = _cells(rights, entry.obligations, entry.limits, license_set)
    return Column(title, fit(item, _LABEL, 12), item, license_, titles, cells)


def _titles(layer: str) -> dict[str, str]:
    """What the acts are called for a layer."""
    titles = {act: act_title(act, data=layer == "data") for act in ACTS}
    return titles | {"finetune": pgettext("act", TRAIN_ON_DATA)} if layer == "data" else titles


def _cells(
    rights: Iterable[Right],
    obligations: tuple[LicenseRule, ...],
    limits: tuple[LicenseRule, ...],
    license_set: LicenseSet,
) -> dict[str, Cell]:
    return {right.act: _cell(right, obligations, limits, license_set) for right in rights}


def _cell(
    right: Right, obligations: tuple[LicenseRule, ...], limits: tuple[LicenseRule, ...], license_set: LicenseSet
) -> Cell:
    conditions = tuple(d for d in obligations if isinstance(d.rule, Obligation) and right.act in d.rule.acts)
    limited = limits if right.answer != "yes" else ()
    if right.answer == "no":
        conditions, limited = (), ()  # meeting them does not allow the act
    return Cell(right, quotes(right.clauses, license_set), _distinct(conditions), _distinct(limited))


def quotes(clauses: tuple[ClauseRef, ...], license_set: LicenseSet) -> tuple[Quote, ...]:
    """Return clauses, each with what it says.

    Args:
        clauses: The clauses.
        license_set: The licenses they may be of.
    """
    return tuple(_quote(ref, license_set) for ref in clauses)


def _quote(ref: ClauseRef, license_set: LicenseSet) -> Quote:
    source = license_set.terms(ref.license).text_source
    return Quote(ref.license, ref.label, clause_quote(ref, license_set), source.language if source else "")


def _distinct(license_rules: tuple[LicenseRule, ...]) -> tuple[LicenseRule, ...]:
    return tuple(
        {(license_rule.license, license_rule.rule.detail): license_rule for license_rule in license_rules}.values()
    )
