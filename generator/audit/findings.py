"""The findings of an audit: the combinations that stand for them, and their rows in numbers and in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from generator.audit import joins
from generator.audit.bases import Bases
from generator.audit.engines import Engine
from generator.audit.licenses import LicenseTable, license_in, relation_in
from generator.audit.report import KINDS
from generator.audit.tables import Table, Tables
from generator.audit.verdicts import Combination, TermVerdict, Verdicts, framing_of
from generator.licenses.derive import HOLDING_WEIGHTS
from generator.licenses.policy import UNKNOWN as POLICY_UNKNOWN
from generator.licenses.policy import Policy
from generator.release.vocabulary import RELATIONS

MODEL_LAYERS = ("weights", "deltas")
"""The layers of a release that a model of a table may be."""


class Problem(NamedTuple):
    """One kind of finding: a verdict on inherited terms under a license."""

    inherited: int
    outer: int
    answer: str
    clause: str
    kind: str
    framing: str
    because: str


class Combined(NamedTuple):
    """A combination with the models that have it."""

    combination: Combination
    models: int
    downloads: int


class Problems:
    """The findings that combinations stand for: kinds of them, and where they are found.

    Most depend on the license and on one of the inherited terms alone, whatever else is inherited.

    Args:
        table: Numbers of licenses, terms and sets.
        combined: The combinations.
        verdicts: What the engine said of them.
        policy: The policy of the organization.

    Attributes:
        kinds: The kinds of findings, by their numbers.
        checked: `terms`, `license`: the combinations with a finding.
        of_terms: `license`, `inherited`, `outer_relation`, `problem`: these findings.
        of_cases: `terms`, `license`, `inherited`, `outer_relation`, `problem`: those that depend on all terms.
        alone: `terms`, `license`, `problem`: all findings where one set of terms is all that is inherited.
    """

    def __init__(
        self, table: LicenseTable, combined: Iterable[Combined], verdicts: Verdicts, policy: Policy | None
    ) -> None:
        self.table, self.verdicts, self.policy = table, verdicts, policy
        self._of_policy: dict[int, int | None] = {}
        self._of_verdict: dict[int, int] = {}
        self._of_clash: dict[int, int] = {}
        self._numbers: dict[Problem, int] = {}
        self.kinds: list[Problem] = []
        columns = ("terms", "license", "inherited", "outer_relation", "problem")
        self.checked: dict[str, list[int]] = {name: [] for name in columns[:2]}
        self.of_terms: dict[str, list[int]] = {name: [] for name in columns[1:]}
        self.of_cases: dict[str, list[int]] = {name: [] for name in columns}
        self.alone: dict[str, list[int]] = {name: [] for name in ("terms", "license", "problem")}
        self._collect(combined)
        self._sort()

    def _collect(self, combined: Iterable[Combined]) -> None:
        """Number the problems of combinations."""
        licenses: dict[int, set[int]] = defaultdict(set)
        listed = [entry.combination for entry in combined]
        chosen = listed if self.policy else [held for held in listed if held.answer in ("no", "unclear")]
        self.checked["terms"] += [held.inherited for held in chosen]
        self.checked["license"] += [held.license for held in chosen]
        for combination in chosen:
            key = (combination.inherited, combination.license)
            terms = self.table.sets[combination.inherited]
            licenses[combination.license] |= terms
            together: dict[int, None] = {}
            if combination.together or combination.clashes:
                together = dict.fromkeys(self._together(combination))
                for number in together:
                    _add(self.of_cases, (*key, *self._place(number), number))
            if len(terms) == 1:
                for number in {**dict.fromkeys(self._alone(combination.license, terms)), **together}:
                    _add(self.alone, (*key, number))
        for license_, reached in licenses.items():
            for number in dict.fromkeys(self._alone(license_, reached)):
                _add(self.of_terms, (license_, *self._place(number), number))

    def _place(self, number: int) -> tuple[int, int]:
        return self.kinds[number].inherited, self.kinds[number].outer

    def _sort(self) -> None:
        """Number the problems in their own order, so that what is listed doesn't depend on how models were read."""
        order = sorted(range(len(self.kinds)), key=self.kinds.__getitem__)
        numbers = {old: new for new, old in enumerate(order)}
        self.kinds = [self.kinds[number] for number in order]
        for rows in (self.of_terms, self.of_cases, self.alone):
            rows["problem"] = [numbers[number] for number in rows["problem"]]

    def codes(self) -> dict[str, Sequence[int]]:
        """Return for each problem its license, the place of its kind in KINDS, and 1 where the answer is no."""
        return {
            "problem": range(len(self.kinds)),
            "inherited": [problem.inherited for problem in self.kinds],
            "code": [KINDS.index(problem.kind) for problem in self.kinds],
            "refused": [int(problem.answer == "no") for problem in self.kinds],
        }

    def _alone(self, license_: int, terms: Set[int]) -> Iterator[int]:
        """The problems with single terms under a license, whatever else is inherited."""
        alone = self.verdicts.alone[license_]
        for term in sorted((alone.by_answer["no"] | alone.by_answer["unclear"]) & terms):
            yield self._of(alone.verdicts[term])
        for term in sorted(terms) if self.policy else ():
            if term not in self._of_policy:
                self._of_policy[term] = self._policy_problem(term)
            if (number := self._of_policy[term]) is not None:
                yield number

    def _together(self, combination: Combination) -> Iterator[int]:
        """The problems that depend on all that is inherited."""
        for entry in combination.together:
            if entry.answer in ("no", "unclear"):
                yield self._of(entry)
        if combination.clashes:
            number = self._of_clash.get(combination.inherited)
            if number is None:
                number = self._of_clash[combination.inherited] = self._clash(combination)
            yield number

    def _clash(self, combination: Combination) -> int:
        """The problem of terms that exclude each other, whatever the license is."""
        verdict = min(combination.clashes, key=lambda verdict: (verdict.answer != "no", verdict.because))
        named = {clause.license for clause in verdict.clauses}
        held = [
            term
            for term in self.table.sets[combination.inherited]
            if RELATIONS[relation_in(term)] in HOLDING_WEIGHTS and named & {*self._ids(license_in(term))}
        ]
        term = min(held, key=lambda t: (str(self.table.expressions[license_in(t)]), relation_in(t)))
        clause = "; ".join(
            dict.fromkeys(f"{c.license.removeprefix('LicenseRef-')} {c.clause}" for c in verdict.clauses)
        )
        place = (license_in(term), relation_in(term))
        return self._number(Problem(*place, verdict.answer, clause, "clash", "both", verdict.because))

    def _of(self, entry: TermVerdict) -> int:
        number = self._of_verdict.get(id(entry))  # a verdict is one object in all combinations that have it
        if number is None:
            kind = "dropped" if entry.answer == "no" else "unknown"
            place = (license_in(entry.term), relation_in(entry.term))
            because = entry.verdict.because if entry.verdict else ""
            problem = Problem(*place, entry.answer, entry.clause, kind, entry.framing, because)
            number = self._of_verdict[id(entry)] = self._number(problem)
        return number

    def _policy_problem(self, term: int) -> int | None:
        assert self.policy is not None
        relation = RELATIONS[relation_in(term)]
        decision = self.policy.decide(self.table.expressions[license_in(term)], MODEL_LAYERS, relation)
        if decision is None or not self.table.carries(term):
            return None
        answer = "unclear" if decision.kind == POLICY_UNKNOWN else "no"
        place = (license_in(term), relation_in(term))
        cited = f"policy: {decision.reason or decision.kind.replace('_', ' ')}"
        return self._number(Problem(*place, answer, cited, "policy", framing_of(relation), decision.because))

    def _ids(self, license_: int) -> tuple[str, ...]:
        expression = self.table.expressions[license_]
        return expression.ids() if expression else ()

    def _number(self, problem: Problem) -> int:
        found = self._numbers.get(problem)
        if found is None:
            found = self._numbers[problem] = len(self.kinds)
            self.kinds.append(problem)
        return found


def _add(rows: Mapping[str, list[int]], row: Iterable[int]) -> None:
    for column, value in zip(rows.values(), row, strict=True):
        column.append(value)


class Findings:
    """The findings of an audit.

    Args:
        engine: Where its tables are.
        tables: What the audit started from.
        bases: What models are made from.
        table: Numbers of licenses.
        licenses: `statement`, `license`.
        problems: What `problem` means.
        numbered: The findings about inherited terms, as `joins.sources` returns them, with the codes of their problems.
        selves: `model`: those that name themselves as their base.
        cycles: Groups of bases that are made from each other in a circle.
        policy: The policy of the organization.
    """

    def __init__(
        self,
        engine: Engine,
        tables: Tables,
        bases: Bases,
        table: LicenseTable,
        licenses: Table,
        problems: Sequence[Problem],
        numbered: Table,
        selves: Table,
        cycles: Sequence[tuple[int, ...]],
        policy: Policy | None,
    ) -> None:
        self.engine, self.tables, self.bases, self.table = engine, tables, bases, table
        self.selves, self.cycles, self.problems, self.numbered = selves, cycles, problems, numbered
        columns = ("answer", "clause", "kind", "framing")
        self._described = engine.table(
            {
                "problem": range(len(problems)),
                "root_license": [self._label(problem.inherited) for problem in problems],
                "relation_word": [RELATIONS[problem.outer] for problem in problems],
                **{name: [getattr(problem, name) for problem in problems] for name in columns},
            }
        )
        count = range(len(table.expressions))
        self._labels = engine.table({"license": count, "label": [self._label(number) for number in count]})
        self._licenses = licenses
        self.own = {
            number: decision
            for number, expression in enumerate(table.expressions)
            if policy and expression and (decision := policy.decide(expression, MODEL_LAYERS))
        }

    def in_words(self) -> Table:
        """Return all findings in words, one row for each model and root."""
        owned = self._owned(joins.within(self.tables.models, self.selves, "model"))
        parts = [self.named(self.numbered), joins.alone(owned), self._in_circles()]
        if self.own:
            reasons = {number: decision.reason or decision.kind for number, decision in self.own.items()}
            clauses = [f"policy: {reason.replace('_', ' ')}" for reason in reasons.values()]
            decided = self.engine.table({"license": list(reasons), "clause": clauses})
            parts.append(joins.against_policy(joins.decided(self._owned(self.tables.models), decided)))
        return joins.union(*parts)

    def own_models(self) -> Table:
        """Return the models whose own license the policy does not allow: `model`."""
        wanted = self.engine.table({"license": list(self.own)})
        owned = joins.labeled(self.tables.models, self._licenses, self._labels)
        return joins.select("model", joins.within(owned, wanted, "license"))

    def named(self, numbered: Table) -> Table:
        """Return some findings about inherited terms in words.

        Args:
            numbered: What `joins.sources` returned.
        """
        return joins.named(numbered, self.bases.numbers, self._labels, self._described)

    def of_kind(self, kind: str) -> Table:
        """Return the findings of a kind with the answer no, with the id of the root and `same_publisher`."""
        chosen = joins.select("*", self.numbered, f"where code = {KINDS.index(kind)} and refused = 1")
        return joins.same_publisher(chosen, self.bases.numbers)

    def _owned(self, models: Table) -> Table:
        """Some models with the label of their license."""
        return joins.labeled(models, self._licenses, self._labels)

    def _in_circles(self) -> Table:
        rows = [(b, group[0], len(group)) for group in self.cycles for b in group]
        columns = {name: [row[at] for row in rows] for at, name in enumerate(("b", "start", "steps"))}
        circles = joins.circles(self.engine.table(columns), self.bases.numbers)
        return joins.in_circle(joins.circled(self._owned(self.tables.models), circles))

    def _label(self, number: int) -> str:
        return str(self.table.expressions[number] or "")
