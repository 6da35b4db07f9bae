"""Whether a license allows what is inherited: asked of the license engine once for each distinct combination."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
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
        verdicts: One for each inherited term, as far as the license is stated.
        clashes: Terms that exclude each other, whatever the license is.
        answer: The strictest answer; empty where nothing was checked.
    """

    inherited: int
    license: int
    verdicts: tuple[TermVerdict, ...]
    clashes: tuple[Verdict, ...]
    answer: str


class Verdicts:
    """Verdicts of the license engine; each distinct combination is asked once.

    Args:
        table: Numbers of licenses, terms and sets.
        facts: Facts that make an answer definite.
    """

    def __init__(self, table: LicenseTable, facts: Given = NOTHING) -> None:
        self.table, self.facts = table, facts
        self._plain: dict[int, dict[int, TermVerdict | None]] = defaultdict(dict)
        self._known: dict[tuple[int, int, frozenset[LicenseId]], TermVerdict] = {}
        self._unknown: dict[int, TermVerdict] = {}
        self._dropped: dict[tuple[int, int], frozenset[int]] = {}
        self._beside: dict[int, bool] = {}
        self._carried: dict[int, bool] = {}
        self._combinations: dict[tuple[int, int], Combination] = {}
        self._sets: dict[int, tuple[tuple[int, ...], tuple[Verdict, ...]]] = {}
        self._pairs: dict[tuple[int, int], tuple[Verdict, ...]] = {}

    @property
    def asked(self) -> int:
        """How many combinations of license, relation and own license the engine was asked about."""
        return len(self._known)

    def of(self, inherited: int, license_: int) -> Combination:
        """Return the verdicts on what is inherited under a license.

        Args:
            inherited: The number of the set of terms.
            license_: The number of the license.
        """
        found = self._combinations.get((inherited, license_))
        if found is None:
            if (held := self._sets.get(inherited)) is None:
                terms = tuple(term for term in sorted(self.table.sets[inherited]) if self._carries(term))
                held = self._sets[inherited] = (terms, self.clashes(terms))
            terms, clashing = held
            own = self.table.expressions[license_]
            known = self._plain[license_]
            verdicts = [known[term] if term in known else self._of_term(term, license_, own, terms) for term in terms]
            stated = tuple(verdict for verdict in verdicts if verdict is not None)
            answers = {verdict.answer for verdict in stated}
            answers.update(verdict.answer for verdict in clashing)
            answer = next((answer for answer in ANSWERS if answer in answers), "")
            found = self._combinations[inherited, license_] = Combination(inherited, license_, stated, clashing, answer)
        return found

    def dropped(self, inherited: int, license_: int) -> frozenset[int]:
        """Return the inherited licenses whose terms a license drops.

        Args:
            inherited: The number of the set of terms.
            license_: The number of the license.
        """
        found = self._dropped.get((inherited, license_))
        if found is None:
            verdicts = self.of(inherited, license_).verdicts
            found = frozenset(license_in(verdict.term) for verdict in verdicts if verdict.answer == "no")
            self._dropped[inherited, license_] = found
        return found

    def clashes(self, terms: Iterable[int]) -> tuple[Verdict, ...]:
        """Return which terms exclude each other, whatever the license is; the engine is asked about each pair once.

        Args:
            terms: The inherited terms.
        """
        held = [t for t in sorted(terms) if license_in(t) != UNKNOWN and RELATIONS[relation_in(t)] in HOLDING_WEIGHTS]
        if len(held) < 2:
            return ()
        known = self._pairs
        found: list[Verdict] = []
        for pair in combinations(held, 2):
            if pair not in known:
                known[pair] = self._of_pair(pair)
            if verdicts := known[pair]:
                found += verdicts
        return tuple(dict.fromkeys(found))

    def _of_pair(self, pair: tuple[int, int]) -> tuple[Verdict, ...]:
        listed = [(self._expression(term), RELATIONS[relation_in(term)]) for term in pair]
        listed.sort(key=lambda entry: (str(entry[0]), entry[1]))
        return tuple(clashes(listed, CATALOG.terms))

    def _of_term(self, term: int, license_: int, own: Expression | None, terms: tuple[int, ...]) -> TermVerdict | None:
        relation = RELATIONS[relation_in(term)]
        if license_in(term) == UNKNOWN:
            if term not in self._unknown:
                self._unknown[term] = TermVerdict(term, "unclear", framing_of(relation), None)
            return self._unknown[term]
        if own is None:
            return None
        others = self.names_others(license_in(term))
        key = (term, license_, self._joined(terms) if others else frozenset())
        found = self._known.get(key)
        if found is None:
            base = self._expression(term)
            verdict = judge(base, relation, own, CATALOG.terms, self.facts, key[2])
            framing = framing_of(relation)
            answer = verdict.answer if framing == "both" else reconcile(verdict.answer, "yes")
            found = self._known[key] = TermVerdict(term, answer, framing, verdict)
        if not others:
            self._plain[license_][term] = found
        return found

    def _joined(self, terms: tuple[int, ...]) -> frozenset[LicenseId]:
        """The licenses of everything that is itself in the work."""
        held = [t for t in terms if license_in(t) != UNKNOWN and RELATIONS[relation_in(t)] in HOLDING_WEIGHTS]
        return frozenset(key for term in held for key in binding(self._expression(term)))

    def names_others(self, license_: int) -> bool:
        """Return whether a license names others that it allows beside them only; for the rest they don't matter."""
        found = self._beside.get(license_)
        if found is None:
            expression = self.table.expressions[license_]
            ids = expression.ids() if expression else ()
            found = self._beside[license_] = any(CATALOG.terms(key).compatible_joined for key in ids)
        return found

    def _carries(self, term: int) -> bool:
        found = self._carried.get(term)
        if found is None:
            found = self._carried[term] = self.table.carries(term)
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
