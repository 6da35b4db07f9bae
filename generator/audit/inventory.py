"""The inventory of an audit: what is stated and inherited of each model, and how open its terms are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Set
from typing import TYPE_CHECKING

import numpy as np

from generator.audit import joins
from generator.audit.ancestry import Ancestry
from generator.audit.arrays import Integers, distinct, joined
from generator.audit.engines import Engine
from generator.audit.licenses import LicenseTable, license_in, relation_in
from generator.audit.origins import Origins
from generator.audit.pipeline import Outcome, origin_table
from generator.audit.report import FREE_LICENSE, Entry, Inventory
from generator.audit.tables import Table
from generator.audit.words import UNKNOWN_LICENSE
from generator.licenses.lineage import CARRY_BOTH, OUTPUTS
from generator.openness.eu import free_license
from generator.openness.facts import KINDS
from generator.openness.framings import find_closed_terms
from generator.openness.parts import Part, Term, own_term
from generator.release.vocabulary import RELATIONS

if TYPE_CHECKING:
    from generator.licenses.catalog import Expression

_LISTED = 20


class Ratings:
    """How open the terms of weights are, with those that they inherit; each distinct case is looked up once.

    Args:
        table: Numbers of licenses, terms and sets.
    """

    def __init__(self, table: LicenseTable) -> None:
        self.table = table
        self._terms: dict[tuple[int, bool], Term] = {}
        self._known: dict[tuple[int, frozenset[int]], tuple[str, str]] = {}
        self._seen: set[int] = set()
        self._closed: set[int] = set()
        self._licenses: dict[frozenset[int], frozenset[int]] = {}
        self._inherited: dict[int, frozenset[int]] = {}
        self._answers: dict[frozenset[tuple[str, bool]], str] = {}

    def of(self, inherited: int, license_: int) -> tuple[str, str]:
        """Return how open the least open terms are, and whether the license condition of Art. 53(2) can hold.

        Args:
            inherited: The number of the set of terms.
            license_: The number of the license; UNKNOWN where none is stated.
        """
        return self.of_licenses(self.inherited(inherited), license_)

    def inherited(self, inherited: int) -> frozenset[int]:
        """Return the licenses whose terms reach weights and are not open, of a set of terms: two of each openness.

        More of them change nothing: what is asked is how open they are, beside a license that may be one of them.

        Args:
            inherited: The number of the set of terms.
        """
        held = self._inherited.get(inherited)
        if held is None:
            terms = self.table.sets[inherited]
            for term in () if terms <= self._seen else terms - self._seen:
                self._seen.add(term)
                if self._reaches_weights(term) and self._term(license_in(term), own=False).openness != "open":
                    self._closed.add(term)
            closed = terms & self._closed
            held = self._licenses.get(closed)
            if held is None:
                held = self._licenses[closed] = self._two_of_each(closed)
            self._inherited[inherited] = held
        return held

    def _two_of_each(self, terms: Set[int]) -> frozenset[int]:
        """Up to two of the licenses of each openness."""
        kinds: dict[str, list[int]] = defaultdict(list)
        for license_ in sorted({*map(license_in, terms)}):
            kinds[self._term(license_, own=False).openness].append(license_)
        return frozenset(license_ for listed in kinds.values() for license_ in listed[:2])

    def of_licenses(self, held: frozenset[int], license_: int) -> tuple[str, str]:
        """Return the same as `of`, by the inherited licenses.

        Args:
            held: The licenses whose terms reach weights and are not open.
            license_: The number of the license; UNKNOWN where none is stated.
        """
        found = self._known.get((license_, held))
        if found is None:
            listed = [self._term(license_, own=True), *(self._term(number, own=False) for number in sorted(held))]
            part = Part("weights", "model-parameters-final", "weights", "released", tuple(listed))
            closed = tuple(find_closed_terms(part))
            kinds = frozenset((term.openness, bool(term.via)) for term in closed)
            if kinds not in self._answers:  # names and labels are for its sentence alone
                self._answers[kinds] = free_license((part,)).answer
            openness = max((term.openness for term in closed), key=KINDS.index, default="open")
            found = self._known[license_, held] = (openness, self._answers[kinds])
        return found

    def _reaches_weights(self, term: int) -> bool:
        """Whether terms reach weights whether or not training data counts as source code."""
        relation = RELATIONS[relation_in(term)]
        return (relation in CARRY_BOTH or relation in OUTPUTS) and self.table.carries(term)

    def _term(self, license_: int, *, own: bool) -> Term:
        found = self._terms.get((license_, own))
        if found is None:
            expression: Expression | None = self.table.expressions[license_]
            found = self._terms[license_, own] = own_term(expression, None)._replace(via="" if own else "a base model")
        return found


def summarize_inventory(engine: Engine, outcome: Outcome, models: Table) -> Inventory:
    """Return the inventory of an audit: sums over all models, and the entries of those that are downloaded most.

    Args:
        engine: Where its tables are.
        outcome: What was found.
        models: `model`, `id`, `statement`, `downloads`.
    """
    ratings = Ratings(outcome.table)
    alone: Counter[int] = Counter()
    for statement, number, _ in outcome.statements:
        alone[statement.license] += number
    openness: Counter[str] = Counter()
    free: Counter[str] = Counter()
    cases: Counter[tuple[frozenset[int], int]] = Counter()
    for combination, number, _ in outcome.combined:
        alone[combination.license] -= number
        cases[ratings.inherited(combination.inherited), combination.license] += number
    for license_, number in alone.items():
        cases[frozenset(), license_] += number
    for (held, license_), number in cases.items():
        kind, answer = ratings.of_licenses(held, license_)
        openness[kind] += number
        free[answer] += number
    chosen = engine.keep(joins.first(models, _LISTED, "downloads", "id"))
    rows = engine.rows(inventory_table(engine, outcome, chosen, few=True))
    entries = sorted((Entry(*row) for row in rows), key=lambda entry: (-entry.downloads, entry.model))
    return Inventory(
        {kind: openness[kind] for kind in KINDS}, {answer: free[answer] for answer in FREE_LICENSE}, tuple(entries)
    )


def inventory_table(engine: Engine, outcome: Outcome, models: Table, *, few: bool = False) -> Table:
    """Return the inventory, one row for each model, in the columns of `INVENTORY`.

    Args:
        engine: Where its tables are.
        outcome: What was found.
        models: The models: `model`, `id`, `statement`, `downloads`.
        few: Whether they are few, so that it pays to leave out all that is not above them.
    """
    edges, ancestry = outcome.edges, outcome.ancestry
    if few:
        edges = engine.keep(joins.within(edges, models, "model"))
        (wanted,) = engine.integers(joins.pairs(edges, "b"), "b")
        ancestry = ancestry.above(wanted)
    bases = distinct(joined([wanted, ancestry.nodes])) if few else np.arange(len(ancestry.licenses))
    named = engine.keep(joins.named_edges(edges, outcome.bases.numbers, _relation_words(engine)))
    of_models, of_data = (joins.select("*", named, f"where data = {data}") for data in (0, 1))
    parts = {
        "base": engine.joined(of_models, "model", "ref", ";"),
        "relation": engine.joined(of_models, "model", "word", ";"),
        "datasets": engine.joined(of_data, "model", "ref", ";"),
        "terms": engine.joined(_origins(engine, outcome, edges, ancestry, bases), "model", "origin", "; "),
    }
    derived = outcome.derived
    cases = {(entry.combination.inherited, entry.combination.license) for entry in outcome.combined}
    if few:
        derived = engine.keep(joins.within(derived, models, "model"))
        cases = {(terms, license_) for terms, license_ in engine.rows(joins.pairs(derived, "terms", "license"))}
    ratings = _rated(engine, outcome, cases)
    return joins.inventory(models, derived, _stated(engine, outcome), ratings, parts)


def _relation_words(engine: Engine) -> Table:
    return engine.table({"relation": range(len(RELATIONS)), "word": list(RELATIONS)})


def _stated(engine: Engine, outcome: Outcome) -> Table:
    """What cards state: `statement`, `license`, `label`, `stated`."""
    held = outcome.read
    return engine.table(
        {
            "statement": list(held),
            "license": [statement.license for statement in held.values()],
            "label": [_label(outcome.table, statement.license) for statement in held.values()],
            "stated": [statement.text for statement in held.values()],
        }
    )


def _rated(engine: Engine, outcome: Outcome, wanted: Set[tuple[int, int]]) -> Table:
    """The rating of cases, and of each license alone: `terms`, `license`, `openness`, `free_license`."""
    ratings = Ratings(outcome.table)
    cases = sorted(wanted | {(0, license_) for license_ in range(len(outcome.table.expressions))})
    rated = [ratings.of(*case) for case in cases]
    columns = {"terms": [case[0] for case in cases], "license": [case[1] for case in cases]}
    return engine.table(
        {**columns, "openness": [kind for kind, _ in rated], "free_license": [free for _, free in rated]}
    )


def _origins(engine: Engine, outcome: Outcome, edges: Table, ancestry: Ancestry, bases: Integers) -> Table:
    """Where the terms that models inherit come from: `model`, `origin` (a license, and the first model that has it)."""
    table = outcome.table
    licenses = engine.table({"b": bases, "inherited": ancestry.licenses[bases]})
    origins = origin_table(engine, Origins(ancestry), outcome.inner, licenses)
    count = len(RELATIONS)
    carried = [term for term in range(len(table.expressions) * count) if table.carries(term)]
    reaching = {
        "inherited": [license_in(term) for term in carried],
        "outer_relation": [relation_in(term) for term in carried],
    }
    labels = [_label(table, number) or UNKNOWN_LICENSE for number in range(len(table.expressions))]
    words = engine.table({"inherited": range(len(labels)), "label": labels})
    composed = engine.table(joins.composed_relations(table))
    return joins.origin_words(edges, origins, composed, engine.table(reaching), words, outcome.bases.numbers)


def _label(table: LicenseTable, number: int) -> str:
    return str(table.expressions[number] or "")
