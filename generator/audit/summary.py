"""Make the report of an audit from its outcome: the rest of the joins, and sums over combinations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Set
from typing import Any, NamedTuple

import numpy as np

from generator.audit import joins
from generator.audit.arrays import joined, places
from generator.audit.engines import Engine
from generator.audit.inventory import summarize_inventory
from generator.audit.licenses import UNKNOWN, license_in, relation_in
from generator.audit.pipeline import Outcome
from generator.audit.report import (
    ANSWERS,
    KINDS,
    AuditReport,
    Branch,
    Condition,
    Count,
    Fix,
    Gap,
    Pair,
    PolicyCount,
    Root,
    Row,
    Step,
)
from generator.audit.tables import Table
from generator.licenses.derive import ACT_OF
from generator.licenses.license_set import CATALOG
from generator.release.vocabulary import RELATIONS

LISTED = 20
"""Entries of each list of a report."""
_BRANCHED, _BRANCHES, _LOOKED_AT = 6, 6, 8
"""Roots whose branches are shown, how many of these, and how many are looked at."""
_HIDDEN = frozenset(
    {
        *("naming_prefix", "display_built_with", "acceptable_use_policy", "pass_on_use_restrictions", "attribution"),
        *("noncommercial", "research_only", "user_cap", "revenue_cap", "share_alike", "network_source"),
    }
)
"""Conditions that a reader of a model's own license should know of."""


class Context(NamedTuple):
    """What a report needs beside the outcome."""

    read: tuple[int, int]
    malformed: tuple[tuple[str, int, str], ...]
    missing: tuple[str, ...]
    facts: dict[str, str | int]
    org: str | None
    fail_on: str


def summarize(engine: Engine, outcome: Outcome, context: Context) -> AuditReport:
    """Return the report of an audit.

    Args:
        engine: Where its tables are.
        outcome: What was found.
        context: What was read, and how.
    """
    answers: Counter[str] = Counter()
    for entry in outcome.combined:
        answers[entry.combination.answer or "unchecked"] += entry.models
    numbers = _Numbers(engine, outcome)
    worst, clashes = numbers.listed()
    sets = {entry.combination.inherited for entry in outcome.combined}
    inherited = frozenset().union(*(outcome.table.sets[number] for number in sets))
    return AuditReport(
        read=context.read,
        derived=sum(entry.models for entry in outcome.combined),
        answers={answer: answers[answer] for answer in (*ANSWERS, "unchecked")},
        counts=numbers.counts(),
        same_publisher=engine.rows(joins.select("sum(same_publisher) as number", numbers.refused))[0][0] or 0,
        worst=worst,
        chains=numbers.chains(worst),
        fixes=numbers.fixes(),
        roots=numbers.roots(),
        pairs=_pairs(outcome),
        gaps=_gaps(outcome),
        unknown_roots=numbers.unknown_roots(),
        conditions=_conditions(outcome, inherited),
        misnamed=_misnamed(engine, outcome, inherited),
        unpublishable=clashes,
        policy=numbers.policy(),
        inventory=summarize_inventory(engine, outcome, outcome.models),
        malformed=context.malformed,
        missing=context.missing,
        facts=context.facts,
        org=context.org,
        fail_on=context.fail_on,
        asked=outcome.verdicts.asked,
    )


class _Numbers:
    """What is counted on findings in numbers, and named at the end."""

    def __init__(self, engine: Engine, outcome: Outcome) -> None:
        self.engine, self.outcome = engine, outcome
        self.found = outcome.findings.numbered
        self.refused = engine.keep(outcome.findings.of_kind("dropped"))
        self.others = joins.select("*", self.refused, "where same_publisher = 0")

    def counts(self) -> tuple[Count, ...]:
        """Return the findings of each kind."""
        counted = {KINDS[code]: (rows, models) for code, rows, models in self.engine.rows(joins.by_kind(self.found))}
        selves = len(self.engine.rows(joins.pairs(self.outcome.findings.selves, "model")))
        circles = sum(map(len, self.outcome.findings.cycles))
        counted |= {"self_reference": (selves, selves), "cycle": (circles, circles)}
        if self.outcome.findings.own:
            counted["policy"] = self._policy_counts(*counted.get("policy", (0, 0)))
        return tuple(Count(kind, *counted.get(kind, (0, 0))) for kind in KINDS)

    def _policy_counts(self, findings: int, models: int) -> tuple[int, int]:
        """Findings about inherited licenses and about models' own, and the models with either."""
        own = self.outcome.findings.own_models()
        inherited = joins.select("model", self._of_policy())
        both = joins.select("count(distinct model) as models", joins.union(own, inherited))
        number = self.engine.rows(joins.select("count(*) as number", own))[0][0]
        return findings + number, self.engine.rows(both)[0][0]

    def _of_policy(self) -> Table:
        return joins.select("*", self.found, f"where code = {KINDS.index('policy')}")

    def policy(self) -> tuple[PolicyCount, ...]:
        """Return the licenses that the policy does not allow, with the models that have or inherit them."""
        outcome, found = self.outcome, self.outcome.findings
        owned: dict[int, list[int]] = {}
        for statement, models, downloads in outcome.statements:
            if statement.license in found.own:
                held = owned.setdefault(statement.license, [0, 0])
                held[0] += models
                held[1] += downloads
        counts = [
            PolicyCount(self._label(license_), "own", "no", found.own[license_].because, *held)
            for license_, held in owned.items()
        ]
        for number, models, downloads in self.engine.rows(joins.counted(self._of_policy(), "problem")):
            problem = found.problems[number]
            license_, relation = self._label(problem.inherited), RELATIONS[problem.outer]
            counts.append(PolicyCount(license_, relation, problem.answer, problem.because, models, downloads or 0))
        return tuple(sorted(counts, key=lambda entry: (-entry.models, entry.license, entry.relation)))[:LISTED]

    def listed(self) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """Return the terms that are left out and those that exclude each other, of the most downloaded models."""
        order = ("downloads", "id", "root_ref", "inherited", "problem")
        parts = (self.others, self.outcome.findings.of_kind("clash"))
        chosen = [joins.first(found, LISTED, *order) for found in parts]
        named = self.outcome.findings.named(self.engine.keep(joins.union(*chosen)))
        rows = sorted(
            (Row(*row) for row in self.engine.rows(named)),
            key=lambda row: (-row.downloads, row.model, row.root, row.root_license),
        )
        clashes = tuple(row for row in rows if row.kind == "clash")
        return tuple(row for row in rows if row.kind != "clash"), clashes

    def roots(self) -> tuple[Root, ...]:
        """Return the bases with most conflicts below them."""
        counted = joins.counted(self.others, "root", "inherited")
        rows = self.engine.rows(joins.first(counted, LISTED, "models", "root", "inherited"))
        branching = {row[0]: self.outcome.ancestry.children(row[0], _LOOKED_AT) for row in rows[:_BRANCHED]}
        wanted = [row[0] for row in rows] + [base for held in branching.values() for base, _ in held]
        names, below = self._names(wanted), self._below(wanted)
        conflicts = self._conflicts({(base, row[1]) for row in rows[:_BRANCHED] for base, _ in branching[row[0]]})
        found: list[Root] = []
        for root, license_, models, downloads in rows:
            branches = [
                Branch(
                    names[base],
                    self._label(self.outcome.ancestry.licenses[base]),
                    RELATIONS[relation],
                    below[base],
                    conflicts.get((base, license_), 0),
                )
                for base, relation in branching.get(root, ())
            ]
            branches.sort(key=lambda branch: (-branch.below, branch.model))
            listed = tuple(branches[:_BRANCHES])
            found.append(Root(names[root], self._label(license_), models, downloads or 0, below[root], listed))
        return tuple(found)

    def _conflicts(self, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], int]:
        """How many models below some bases, and at them, drop a license."""
        pairs = sorted(wanted)
        below = [self.outcome.ancestry.below(base) for base, _ in pairs]
        lengths = [len(held) for held in below]
        branch, inherited = (np.repeat([pair[at] for pair in pairs], lengths) for at in (0, 1))
        table = self.engine.table({"branch": branch, "inherited": inherited, "b": joined(below)})
        once = joins.in_branches(self.others, self.outcome.edges, table)
        counted = joins.counted_rows(once, "branch", "inherited")
        return {(branch, license_): number for branch, license_, number in self.engine.rows(counted)}

    def chains(self, worst: tuple[Row, ...]) -> tuple[tuple[Step, ...], ...]:
        """Return for each finding the way from the model to the root."""
        ancestry, table = self.outcome.ancestry, self.outcome.table
        refs = list(dict.fromkeys(ref for row in worst for ref in (row.via, row.root)))
        wanted = self.engine.table({"ref": refs, "data": [0] * len(refs)})
        chosen = joins.within(self.outcome.bases.numbers, wanted, "ref", "data")
        numbers = dict(self.engine.rows(joins.select("ref, b", chosen)))
        ways = [
            ancestry.path(numbers[row.via], numbers[row.root]) if {row.via, row.root} <= numbers.keys() else []
            for row in worst
        ]
        names = self._names([base for way in ways for base, _ in way])
        chains: list[tuple[Step, ...]] = []
        for row, way in zip(worst, ways, strict=True):
            steps = [Step(row.model, row.license, "", True)]
            for base, relation in way:
                drops = any(
                    str(table.expressions[license_] or "") == row.root_license
                    for license_ in self.outcome.dropped.by(base)
                )
                word = row.relation if relation < 0 else RELATIONS[relation]
                steps.append(Step(names[base], self._label(ancestry.licenses[base]), word, drops))
            chains.append(tuple(steps))
        return tuple(chains)

    def unknown_roots(self) -> tuple[Gap, ...]:
        """Return the bases without a known license that leave most models undecided."""
        found = joins.select("*", self.found, f"where inherited = {UNKNOWN}")
        rows = self.engine.rows(joins.first(joins.counted(found, "root"), LISTED, "models", "root"))
        names = self._names([row[0] for row in rows])
        here = self._here([row[0] for row in rows])
        return tuple(
            Gap(names[root], "silent" if root in here else "missing", models, downloads or 0)
            for root, models, downloads in rows
        )

    def fixes(self) -> tuple[Fix, ...]:
        """Return the models whose license, once corrected, clears most findings."""
        droppers = self.outcome.droppers
        below = joins.select("*", self.others, f"where before <> {joins.HERE}")
        columns = "via, inherited, models, cast(coalesce(downloads, 0) as bigint) as downloads"
        counted = joins.select(columns, joins.counted(below, "via", "inherited"))
        via, license_, models, downloads = self.engine.integers(counted, "via", "inherited", "models", "downloads")
        # What is inherited through a base that inherited it in turn counts for the one that dropped it first.
        first = droppers.first[places(droppers.pairs, via * self.outcome.dropped.count + license_)]
        cleared, saved = (np.zeros(len(droppers.pairs), dtype=np.int64) for _ in range(2))
        np.add.at(cleared, first, models)
        np.add.at(saved, first, downloads)
        cleared[droppers.before] = 0
        best = [int(place) for place in np.argsort(-cleared, kind="stable")[:LISTED] if cleared[place]]
        names = self._names([int(droppers.base[place]) for place in best])
        return tuple(
            Fix(
                names[base := int(droppers.base[place])],
                self._label(int(self.outcome.owned[base])),
                self._label(int(droppers.license[place])),
                int(cleared[place]) + 1,
                int(saved[place]),
            )
            for place in best
        )

    def _names(self, numbers: list[int]) -> dict[int, str]:
        wanted = self.engine.table({"b": list(dict.fromkeys(numbers))})
        chosen = joins.within(self.outcome.bases.numbers, wanted, "b")
        return dict(self.engine.rows(joins.select("b, ref", chosen)))

    def _here(self, numbers: list[int]) -> set[int]:
        """Those of some bases that the dump has."""
        wanted = self.engine.table({"b": list(dict.fromkeys(numbers))})
        chosen = joins.within(self.outcome.bases.numbers, wanted, "b")
        return {row[0] for row in self.engine.rows(joins.select("b", chosen, "where statement is not null"))}

    def _below(self, roots: list[int]) -> dict[int, int]:
        """How many models are made from some bases, in one step or more."""
        once = list(dict.fromkeys(roots))
        below = [self.outcome.ancestry.below(root) for root in once]
        table = self.engine.table({"root": np.repeat(once, [len(held) for held in below]), "b": joined(below)})
        counted = dict(self.engine.rows(joins.counted_below(self.outcome.edges, table)))
        return {root: counted.get(root, 0) for root in roots}

    def _label(self, license_: int) -> str:
        return str(self.outcome.table.expressions[license_] or "")


def _pairs(outcome: Outcome) -> tuple[Pair, ...]:
    """Licenses that conflict, by relation, those of most models first."""
    held: dict[tuple[int, int], list[Any]] = {}
    for entry in outcome.combined:
        own = entry.combination.license
        for verdict in outcome.verdicts.refused(entry.combination) if entry.combination.answer == "no" else ():
            counts = held.setdefault((own, id(verdict)), [0, 0, verdict])  # one object in all combinations that have it
            counts[0] += entry.models
            counts[1] += entry.downloads
    found: dict[tuple[str, str, str], list[Any]] = {}
    for (own, _), (models, downloads, verdict) in held.items():
        inherited = outcome.table.expressions[license_in(verdict.term)]
        key = (str(inherited), RELATIONS[relation_in(verdict.term)], str(outcome.table.expressions[own]))
        sums = found.setdefault(key, [0, 0, verdict])
        sums[0] += models
        sums[1] += downloads
        sums[2] = min(sums[2], verdict, key=lambda v: (v.verdict.because, v.clause))
    best = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))[:LISTED]
    return tuple(
        Pair(*key, "no", models, downloads, v.verdict.because, v.clause) for key, (models, downloads, v) in best
    )


def _gaps(outcome: Outcome) -> tuple[Gap, ...]:
    """Statements that name no license that is known, those of most models first."""
    found: dict[tuple[str, str], list[int]] = {}
    for statement, models, downloads in outcome.statements:
        if statement.gap:
            held = found.setdefault((statement.text, statement.gap), [0, 0])
            held[0] += models
            held[1] += downloads
    best = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))[:LISTED]
    return tuple(Gap(*key, *counts) for key, counts in best)


def _conditions(outcome: Outcome, inherited: Set[int]) -> tuple[Condition, ...]:
    """What models inherit beyond their own license, as far as its readers should know of it; by all inherited terms."""
    details: dict[tuple[str, str], str] = {}
    of_term = {term: _term_conditions(outcome, term, details) for term in inherited}
    conditioned = frozenset(term for term, conditions in of_term.items() if conditions)
    # Few sets of conditions come from many sets of terms.
    sets = {entry.combination.inherited for entry in outcome.combined}
    of_set = {number: outcome.table.sets[number] & conditioned for number in sets}
    cases: dict[tuple[frozenset[int], int], list[int]] = defaultdict(lambda: [0, 0])
    for entry in outcome.combined:
        held = cases[of_set[entry.combination.inherited], entry.combination.license]
        held[0] += entry.models
        held[1] += entry.downloads
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    known = {own: _own_conditions(outcome, own) for own in {own for _, own in cases}}
    for (terms, own), (models, downloads) in cases.items():
        for condition, license_ in frozenset().union(*(of_term[term] for term in terms)):
            if condition not in known[own]:
                counts[condition, license_][0] += models
                counts[condition, license_][1] += downloads
    best = sorted(counts.items(), key=lambda item: (-item[1][0], item[0]))[:LISTED]
    return tuple(Condition(key[0], key[1], details[key], *held) for key, held in best)


def _term_conditions(outcome: Outcome, term: int, details: dict[tuple[str, str], str]) -> frozenset[tuple[str, str]]:
    expression = outcome.table.expressions[license_in(term)]
    relation = RELATIONS[relation_in(term)]
    if expression is None or relation == "trained_on" or not outcome.table.carries(term):
        return frozenset()
    found: set[tuple[str, str]] = set()
    for key in expression.ids():
        terms = CATALOG.terms(key)
        rules = [
            (license_rule.id, license_rule.detail)
            for license_rule in terms.obligations
            if ACT_OF[relation] in license_rule.acts
        ]
        rules += [(limit.id, limit.detail) for limit in terms.limits]
        for condition, detail in rules:
            if condition in _HIDDEN:
                found.add((condition, key))
                details[condition, key] = min(details.get((condition, key), detail), detail)
    return frozenset(found)


def _own_conditions(outcome: Outcome, license_: int) -> frozenset[str]:
    expression = outcome.table.expressions[license_]
    ids = expression.ids() if expression else ()
    found: set[str] = set()
    for key in ids:
        found |= {license_rule.id for license_rule in CATALOG.terms(key).obligations}
        found |= {limit.id for limit in CATALOG.terms(key).limits}
    return frozenset(found)


def _misnamed(engine: Engine, outcome: Outcome, inherited: Set[int]) -> tuple[Gap, ...]:
    """Models whose name has to begin with a word by an inherited license, and doesn't; by all inherited terms."""
    wanted: dict[str, list[int]] = defaultdict(list)
    of_term = {term: _prefixes(outcome, term) for term in inherited}
    prefixed = frozenset(term for term, words in of_term.items() if words)
    for number in {entry.combination.inherited for entry in outcome.combined}:
        for prefix in frozenset().union(*(of_term[term] for term in outcome.table.sets[number] & prefixed)):
            wanted[prefix].append(number)
    if not wanted:
        return ()
    prefixes = sorted(wanted)
    rows = [(terms, place) for place, prefix in enumerate(prefixes) for terms in wanted[prefix]]
    table = engine.table({"terms": [row[0] for row in rows], "prefix": [row[1] for row in rows]})
    lacking = joins.misnamed(outcome.derived, table, prefixes)
    counted = {place: (number, sum_ or 0) for place, number, sum_ in engine.rows(lacking)}
    return tuple(Gap(prefix, "prefix", *counted.get(place, (0, 0))) for place, prefix in enumerate(prefixes))


def _prefixes(outcome: Outcome, term: int) -> frozenset[str]:
    """The words that the name of what inherits some terms has to begin with."""
    expression = outcome.table.expressions[license_in(term)]
    if expression is None or not outcome.table.carries(term):
        return frozenset()
    act = ACT_OF[RELATIONS[relation_in(term)]]
    license_rules = [license_rule for key in expression.ids() for license_rule in CATALOG.terms(key).obligations]
    return frozenset(
        license_rule.prefix for license_rule in license_rules if license_rule.prefix and act in license_rule.acts
    )
