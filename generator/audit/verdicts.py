"""Whether a license allows what is inherited: asked of the license engine once for each distinct combination."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from generator.audit.licenses import UNKNOWN, LicenseTable, license_in, relation_in
from generator.audit.report import ANSWERS
from generator.licenses.catalog import Expression, LicenseId, reason
from generator.licenses.derive import HOLDING_WEIGHTS, Verdict, binding, clashes, judge
from generator.licenses.facts import NOTHING, Given
from generator.licenses.license_set import CATALOG
from generator.licenses.lineage import CARRY_BOTH, OUTPUTS
from generator.licenses.rights import reconcile
from generator.release.vocabulary import RELATIONS


class TermVerdict(NamedTuple):
    """What inherited terms mean for a license.

    Attributes:
        term: The inherited terms: license and relation, as a number.
        answer: yes, conditional, unclear or no; both interpretations together.
        framing: `both`, or `program` where they are inherited only if training data counts as source code.
        verdict: The engine's; None where the inherited license isn't known.
    """

    term: int
    answer: str
    framing: str
    verdict: Verdict | None

    @property
    def clause(self) -> str:
        """The clause that decides."""
        return cited(self.verdict)


class Combination(NamedTuple):
    """What is inherited and the license under which it is published, with the verdicts.

    Attributes:
        inherited: The number of the set of terms.
        license: The number of the license; UNKNOWN where none is stated.
        together: Verdicts on terms that depend on all that is inherited; the others are in `Verdicts.alone`.
        clashes: Terms that exclude each other, whatever the license is.
        answer: The strictest answer; empty where nothing was checked.
    """

    inherited: int
    license: int
    together: tuple[TermVerdict, ...]
    clashes: tuple[Verdict, ...]
    answer: str


class _Set(NamedTuple):
    """Inherited terms that reach what was made.

    Attributes:
        alone: Those whose verdict depends on nothing else.
        together: Those whose verdict depends on the others too.
        clashes: Terms that exclude each other.
    """

    alone: frozenset[int]
    together: tuple[int, ...]
    clashes: tuple[Verdict, ...]


class Alone:
    """The verdicts on inherited terms under one license, as far as they depend on nothing else.

    Attributes:
        verdicts: By the terms.
        asked: The terms that were looked at.
        by_answer: The terms with each answer.
    """

    def __init__(self) -> None:
        self.verdicts: dict[int, TermVerdict] = {}
        self.asked: set[int] = set()
        self.by_answer: dict[str, set[int]] = {answer: set() for answer in ANSWERS}


class Verdicts:
    """Verdicts of the license engine; each distinct combination is asked once.

    Args:
        table: Numbers of licenses, terms and sets.
        facts: Facts that make an answer definite.

    Attributes:
        alone: The verdicts that depend on one of the inherited terms alone, by the number of the license.
    """

    def __init__(self, table: LicenseTable, facts: Given = NOTHING) -> None:
        self.table, self.facts = table, facts
        self.alone: dict[int, Alone] = defaultdict(Alone)
        self._together: dict[tuple[int, int, frozenset[LicenseId]], TermVerdict] = {}
        self._unknown: dict[int, TermVerdict] = {}
        self._dropped: dict[tuple[int, int], frozenset[int]] = {}
        self._beside: dict[int, bool] = {}
        self._sets: dict[int, _Set] = {}
        self._clashes: dict[frozenset[int], tuple[Verdict, ...]] = {}
        self._pairs: dict[tuple[int, int], tuple[Verdict, ...]] = {}
        self._compared: dict[int, set[int]] = defaultdict(set)
        self._clashing: dict[int, set[int]] = defaultdict(set)
        self._carried: set[int] = set()
        self._held: set[int] = set()
        self._named: set[int] = set()
        self._seen: set[int] = set()

    @property
    def asked(self) -> int:
        """How many combinations of license, relation and own license the engine was asked about."""
        alone = sum(entry.verdict is not None for held in self.alone.values() for entry in held.verdicts.values())
        return alone + len(self._together)

    def of(self, inherited: int, license_: int) -> Combination:
        """Return the verdicts on what is inherited under a license.

        Args:
            inherited: The number of the set of terms.
            license_: The number of the license.
        """
        terms = self._sets.get(inherited) or self._set(inherited)
        alone = self.alone[license_]
        if not terms.alone <= alone.asked:
            self._ask(alone, terms.alone, license_)
        together: tuple[TermVerdict, ...] = ()
        answers: set[str] = set()
        if terms.together or terms.clashes:
            together = self._of_together(terms, inherited, license_)
            answers = {entry.answer for entry in together} | {verdict.answer for verdict in terms.clashes}
        for answer, held in alone.by_answer.items():
            if answer in answers or not held.isdisjoint(terms.alone):
                return Combination(inherited, license_, together, terms.clashes, answer)
        return Combination(inherited, license_, together, terms.clashes, "")

    def refused(self, combination: Combination) -> list[TermVerdict]:
        """Return the verdicts of a combination whose answer is no."""
        alone = self.alone[combination.license]
        terms = alone.by_answer["no"] & self._sets[combination.inherited].alone
        found = [alone.verdicts[term] for term in terms]
        return [*found, *(entry for entry in combination.together if entry.answer == "no")]

    def dropped(self, inherited: int, license_: int) -> frozenset[int]:
        """Return the inherited licenses whose terms a license drops.

        Args:
            inherited: The number of the set of terms.
            license_: The number of the license.
        """
        found = self._dropped.get((inherited, license_))
        if found is None:
            combination = self.of(inherited, license_)
            refused = self.refused(combination) if combination.answer == "no" else ()
            found = self._dropped[inherited, license_] = frozenset(license_in(entry.term) for entry in refused)
        return found

    def clashes(self, terms: frozenset[int]) -> tuple[Verdict, ...]:
        """Return which terms exclude each other, whatever the license is; the engine is asked about each pair once.

        Args:
            terms: The inherited terms.
        """
        held = terms & self._held
        if len(held) < 2:
            return ()
        found = self._clashes.get(held)
        if found is None:
            for term in held:
                if not held <= self._compared[term]:
                    self._compare(term, held)
            listed: list[Verdict] = []
            for term in sorted(held & self._clashing.keys()):
                for other in sorted(self._clashing[term] & held):
                    listed += self._pairs[term, other]
            found = self._clashes[held] = tuple(dict.fromkeys(listed))
        return found

    def _compare(self, term: int, others: frozenset[int]) -> None:
        """Ask whether terms exclude others; of two, the one with the lesser number is asked."""
        for other in sorted(others - self._compared[term]):
            if other > term and (verdicts := self._of_pair((term, other))):
                self._clashing[term].add(other)
                self._pairs[term, other] = verdicts
        self._compared[term] |= others

    def _of_pair(self, pair: tuple[int, int]) -> tuple[Verdict, ...]:
        listed = [(self._expression(term), RELATIONS[relation_in(term)]) for term in pair]
        listed.sort(key=lambda entry: (str(entry[0]), entry[1]))
        return tuple(clashes(listed, CATALOG.terms))

    def _set(self, inherited: int) -> _Set:
        """Look at a set of terms for the first time."""
        terms = self.table.sets[inherited]
        for term in () if terms <= self._seen else terms - self._seen:
            self._look_at(term)
        carried = terms & self._carried
        together = carried & self._named
        alone = carried - together if together else carried
        found = self._sets[inherited] = _Set(alone, tuple(sorted(together)), self.clashes(carried))
        return found

    def _look_at(self, term: int) -> None:
        """Find out whether terms reach what was made, hold weights, and name other licenses."""
        self._seen.add(term)
        if self.table.carries(term):
            self._carried.add(term)
        if license_in(term) != UNKNOWN:
            if RELATIONS[relation_in(term)] in HOLDING_WEIGHTS:
                self._held.add(term)
            if self._names_others(license_in(term)):
                self._named.add(term)

    def _ask(self, alone: Alone, terms: frozenset[int], license_: int) -> None:
        """Ask for the verdicts on those terms that were not looked at under a license."""
        own = self.table.expressions[license_]
        for term in sorted(terms - alone.asked):
            alone.asked.add(term)
            if (verdict := self._of_term(term, own, frozenset())) is not None:
                alone.verdicts[term] = verdict
                alone.by_answer[verdict.answer].add(term)

    def _of_together(self, terms: _Set, inherited: int, license_: int) -> tuple[TermVerdict, ...]:
        own = self.table.expressions[license_]
        if own is None:
            return ()
        joined = self._joined(self.table.sets[inherited])
        found: list[TermVerdict] = []
        for term in terms.together:
            key = (term, license_, joined)
            verdict = self._together.get(key) or self._of_term(term, own, joined)
            assert verdict is not None
            self._together[key] = verdict
            found.append(verdict)
        return tuple(found)

    def _of_term(self, term: int, own: Expression | None, joined: frozenset[LicenseId]) -> TermVerdict | None:
        relation = RELATIONS[relation_in(term)]
        if license_in(term) == UNKNOWN:
            if term not in self._unknown:
                self._unknown[term] = TermVerdict(term, "unclear", framing_of(relation), None)
            return self._unknown[term]
        if own is None:
            return None
        verdict = judge(self._expression(term), relation, own, CATALOG.terms, self.facts, joined)
        framing = framing_of(relation)
        answer = verdict.answer if framing == "both" else reconcile(verdict.answer, "yes")
        return TermVerdict(term, answer, framing, verdict)

    def _joined(self, terms: frozenset[int]) -> frozenset[LicenseId]:
        """The licenses of everything that is itself in the work."""
        held = sorted(terms & self._carried & self._held)
        return frozenset(key for term in held for key in binding(self._expression(term)))

    def _names_others(self, license_: int) -> bool:
        """Whether a license names others that it allows beside them only; for the rest they don't matter."""
        found = self._beside.get(license_)
        if found is None:
            expression = self.table.expressions[license_]
            ids = expression.ids() if expression else ()
            found = self._beside[license_] = any(CATALOG.terms(key).compatible_joined for key in ids)
        return found

    def _expression(self, term: int) -> Expression:
        found = self.table.expressions[license_in(term)]
        assert found is not None
        return found


def framing_of(relation: str) -> str:
    """Return `both`, or `program` where terms are inherited only if training data counts as source code."""
    return "both" if relation in CARRY_BOTH or relation in OUTPUTS else "program"


def cited(verdict: Verdict | None) -> str:
    """Return the first clause of a verdict as text; empty where it has none."""
    if verdict is None or not verdict.clauses:
        return ""
    first = verdict.clauses[0]
    return f"{first.license.removeprefix('LicenseRef-')} {first.clause}"


def why(verdict: Verdict | None) -> str:
    """Return the reason of a verdict in words."""
    return verdict.because if verdict else reason("unknown_upstream", via="a source")
