"""What cards state of their licenses, as expressions, and what is inherited with a relation: all small numbers here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from generator.artifacts.card import CardFacts
from generator.audit.columns import SEPARATOR
from generator.licenses.catalog import Expression, is_family
from generator.licenses.license_set import CATALOG
from generator.licenses.lineage import OUTPUTS, compose_relations, reaches_outputs
from generator.licenses.upstreams import card_license
from generator.release.vocabulary import RELATIONS

UNKNOWN = 0
"""The number of the license that nothing states."""
_TEXT_LIMIT = 300


class Statement(NamedTuple):
    """What a card states of its license.

    Attributes:
        license: The number of the expression; UNKNOWN where none is stated, or none that is known.
        text: In its own words.
        gap: Why the license isn't known: `none`, `unnamed` (other without a name), `unlisted`, `family`; else empty.
    """

    license: int
    text: str
    gap: str


class LicenseTable:
    """Numbers for expressions, for inherited terms and for sets of them."""

    def __init__(self) -> None:
        self.expressions: list[Expression | None] = [None]
        self._numbers: dict[Expression | None, int] = {None: UNKNOWN}
        self.sets: list[frozenset[int]] = [frozenset()]
        self._set_numbers: dict[frozenset[int], int] = {frozenset(): 0}
        self._unions: dict[frozenset[int], int] = {frozenset(): 0}
        self._passed: dict[tuple[int, int, int], int] = {}
        self._passed_terms: list[list[int]] = [[] for _ in RELATIONS]
        self._composed = [
            [RELATIONS.index(compose_relations(outer, inner)) for inner in RELATIONS] for outer in RELATIONS
        ]

    def number(self, expression: Expression | None) -> int:
        """Return the number of an expression."""
        found = self._numbers.get(expression)
        if found is None:
            found = self._numbers[expression] = len(self.expressions)
            self.expressions.append(expression)
        return found

    def set_number(self, terms: frozenset[int]) -> int:
        """Return the number of a set of terms."""
        found = self._set_numbers.get(terms)
        if found is None:
            found = self._set_numbers[terms] = len(self.sets)
            self.sets.append(terms)
        return found

    def union(self, sets: frozenset[int]) -> int:
        """Return the union of sets of terms, all by their numbers."""
        if len(sets) == 1:
            return next(iter(sets))
        found = self._unions.get(sets)
        if found is None:
            found = self._unions[sets] = self.set_number(frozenset().union(*(self.sets[number] for number in sets)))
        return found

    def passed_on(self, license_: int, inherited: int, relation: int) -> int:
        """Return the set of terms that something passes on to what is made from it.

        Args:
            license_: Its own license.
            inherited: The set that it inherits itself.
            relation: How the other is made from it.
        """
        key = (license_, inherited, relation)
        found = self._passed.get(key)
        if found is None:
            passed = self.passed_terms(relation)
            terms = {term_of(license_, relation), *(passed[term] for term in self.sets[inherited])}
            found = self._passed[key] = self.set_number(frozenset(terms))
        return found

    def passed_terms(self, relation: int) -> list[int]:
        """Return what each of the inherited terms of something is for what is made from it.

        Args:
            relation: How the other is made from it.
        """
        found = self._passed_terms[relation]
        if len(found) < len(self.expressions) * len(RELATIONS):
            composed, terms = self._composed[relation], range(len(self.expressions) * len(RELATIONS))
            found[:] = [term_of(license_in(term), composed[relation_in(term)]) for term in terms]
        return found

    def composed(self, outer: int, inner: int) -> int:
        """Return the relation to the upstream of an upstream."""
        return self._composed[outer][inner]

    def carries(self, term: int) -> bool:
        """Return whether terms reach what was made: those of a license that doesn't reach outputs don't."""
        relation, expression = RELATIONS[relation_in(term)], self.expressions[license_in(term)]
        if relation not in OUTPUTS or expression is None:
            return True
        return reaches_outputs(expression, relation, CATALOG.terms)


def term_of(license_: int, relation: int) -> int:
    """Return the number of terms that are inherited by a relation."""
    return license_ * len(RELATIONS) + relation


def license_in(term: int) -> int:
    """Return the license of inherited terms."""
    return term // len(RELATIONS)


def relation_in(term: int) -> int:
    """Return the relation of inherited terms."""
    return term % len(RELATIONS)


def read_statements(
    texts: Iterable[str], more: Iterable[Expression | None], table: LicenseTable
) -> dict[str, Statement]:
    """Return what cards state of their licenses, by the texts.

    Expressions are numbered in the order of their texts, so that equal numbers of models are listed in the same order
    wherever their cards were read from.

    Args:
        texts: As `reading` wrote them: the license, and where it is `other` the name, the link and base models.
        more: Expressions that are stated elsewhere.
        table: Numbers of expressions.
    """
    read = {text: _read(text) for text in texts}
    stated = {expression for expression, _, _ in read.values()} | set(more)
    for expression in sorted(filter(None, stated), key=str):
        table.number(expression)
    return {text: Statement(table.number(expression), *rest) for text, (expression, *rest) in read.items()}


def _read(text: str) -> tuple[Expression | None, str, str]:
    """What a card states: the expression, its own words, and why the license isn't known."""
    stated, *more = text.split(SEPARATOR)
    name, link, bases = (*more, "", "", "")[:3]
    ids = tuple(entry for entry in _listed(stated) if 0 < len(entry.strip()) <= _TEXT_LIMIT)
    card = CardFacts(
        license=ids,
        license_name=name[:_TEXT_LIMIT] or None,
        license_link=link or None,
        base_models=tuple(base for base in bases.split(";") if base),
    )
    expression = card_license(card)
    words = name if ids == ("other",) and name else " AND ".join(ids)
    if not ids:
        return None, "", "none"
    if expression is None:
        return None, words, "unlisted"
    families = [key for key in expression.ids() if is_family(key)]
    gap = "" if not families else "unnamed" if ids == ("other",) and not name else "unlisted" if name else "family"
    return expression, words, gap


def _listed(stated: str) -> list[str]:
    """The license as a list of texts: JSON, or texts joined with `;`."""
    if stated[:1] in ("[", '"'):
        try:
            value = json.loads(stated if '"' in stated else stated.replace("'", '"'))  # a list as Python prints it
        except (ValueError, RecursionError):
            return [stated]
        held = value if isinstance(value, list) else [value]
        return [entry for entry in held if isinstance(entry, str)]
    return [part.strip() for part in stated.split(";")]
