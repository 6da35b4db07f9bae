"""The findings of an audit: the combinations that stand for them, and their rows in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from typing import NamedTuple

from generator.audit import joins
from generator.audit.bases import Bases
from generator.audit.engines import Engine
from generator.audit.licenses import LicenseTable, license_in, relation_in
from generator.audit.report import KINDS
from generator.audit.tables import Frame, Tables
from generator.audit.verdicts import Combination, framing_of
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
    """The findings that combinations stand for: kinds of them, and which combination has which."""

    def __init__(self, table: LicenseTable, combined: Iterable[Combined], policy: Policy | None) -> None:
        self.table, self.policy = table, policy
        self._of_policy: dict[int, int | None] = {}
        self.kinds: list[Problem] = []
        self._numbers: dict[Problem, int] = {}
        self.rows: dict[str, list[int]] = {
            "terms": [], "license": [], "inherited": [], "outer": [], "problem": [],
        }  # fmt: skip
        self._of_verdict: dict[int, int] = {}
        columns = [column.append for column in self.rows.values()]
        for entry in combined:
            combination = entry.combination
            for number in dict.fromkeys(self._problems(combination)):
                problem = self.kinds[number]
                row = (combination.inherited, combination.license, problem.inherited, problem.outer, number)
                for add, value in zip(columns, row, strict=True):
                    add(value)
        self._sort()

    def _sort(self) -> None:
        """Number the problems in their own order, so that what is listed doesn't depend on how models were read."""
        order = sorted(range(len(self.kinds)), key=self.kinds.__getitem__)
        numbers = {old: new for new, old in enumerate(order)}
        self.kinds = [self.kinds[number] for number in order]
        self.rows["problem"] = [numbers[number] for number in self.rows["problem"]]

    @property
    def licenses(self) -> Set[int]:
        """The licenses that findings are about."""
        return frozenset(problem.inherited for problem in self.kinds)

    def codes(self) -> dict[str, Sequence[int]]:
        """Return for each problem its license, the place of its kind in KINDS, and 1 where the answer is no."""
        return {
            "problem": range(len(self.kinds)),
            "inherited": [problem.inherited for problem in self.kinds],
            "code": [KINDS.index(problem.kind) for problem in self.kinds],
            "refused": [int(problem.answer == "no") for problem in self.kinds],
        }

    def _problems(self, combination: Combination) -> Iterator[int]:
        for entry in combination.verdicts:
            if entry.answer in ("no", "unclear"):
                number = self._of_verdict.get(id(entry))  # a verdict is one object in all combinations that have it
                if number is None:
                    kind = "dropped" if entry.answer == "no" else "unknown"
                    place = (license_in(entry.term), relation_in(entry.term))
                    because = entry.verdict.because if entry.verdict else ""
                    problem = Problem(*place, entry.answer, entry.clause, kind, entry.framing, because)
                    number = self._of_verdict[id(entry)] = self._number(problem)
                yield number
        yield from self._against_policy(combination)
        if not combination.clashes:
            return
        clashes = sorted(combination.clashes, key=lambda verdict: (verdict.answer != "no", verdict.because))
        for verdict in clashes[:1]:
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
            yield self._number(Problem(*place, verdict.answer, clause, "clash", "both", verdict.because))

    def _against_policy(self, combination: Combination) -> Iterator[int]:
        """What of the inherited licenses the policy does not allow."""
        for term in sorted(self.table.sets[combination.inherited]) if self.policy else ():
            if term not in self._of_policy:
                self._of_policy[term] = self._policy_problem(term)
            if (number := self._of_policy[term]) is not None:
                yield number

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
        licenses: Frame,
        problems: Sequence[Problem],
        numbered: Frame,
        selves: Frame,
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

    def in_words(self) -> Frame:
        """Return all findings in words, one row for each model and root."""
        import narwhals as nw

        found = self.named(self.numbered)
        owned = self.tables.models.join(self._licenses, on="statement").join(self._labels, on="license")
        alone = joins.alone(owned.join(self.selves, on="model"))
        parts = [found, alone, self._in_circles(owned)]
        if self.own:
            parts.append(joins.against_policy(owned.join(self._own_decisions(), on="license")))
        return nw.concat(parts)

    def own_models(self) -> Frame:
        """Return the models whose own license the policy does not allow: `model`."""
        owned = self.tables.models.join(self._licenses, on="statement")
        return owned.join(self._own_decisions().select("license"), on="license").select("model")

    def _own_decisions(self) -> Frame:
        reasons = [d.reason or d.kind.replace("_", " ") for d in self.own.values()]
        return self.engine.table({"license": list(self.own), "clause": [f"policy: {reason}" for reason in reasons]})

    def named(self, numbered: Frame) -> Frame:
        """Return some findings about inherited terms in words.

        Args:
            numbered: What `joins.sources` returned.
        """
        chosen = numbered.select("id", "license", "downloads", "problem", "before", "depth", "via", "root")
        return joins.named(chosen, self.bases.numbers, self._labels, self._described)

    def of_kind(self, kind: str) -> Frame:
        """Return the findings of a kind with the answer no, with the id of the model and `same_publisher`."""
        import narwhals as nw

        chosen = self.numbered.filter((nw.col("code") == KINDS.index(kind)) & (nw.col("refused") == 1))
        return joins.same_publisher(chosen, self.bases.numbers)

    def _in_circles(self, owned: Frame) -> Frame:
        rows = [(b, group[0], len(group)) for group in self.cycles for b in group]
        columns = {name: [row[at] for row in rows] for at, name in enumerate(("b", "first", "steps"))}
        numbers = self.bases.numbers
        circles = self.engine.table(columns).join(numbers.select("b", "model", "ref"), on="b")
        firsts = numbers.select("b", "ref").rename({"b": "first", "ref": "first_ref"})
        return joins.in_circle(owned.join(circles.join(firsts, on="first"), on="model"))

    def _label(self, number: int) -> str:
        return str(self.table.expressions[number] or "")
