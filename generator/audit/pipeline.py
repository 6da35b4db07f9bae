"""An audit step by step: number the bases, follow what they inherit, ask the engine, join its verdicts back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import TYPE_CHECKING, NamedTuple

from generator.audit import joins
from generator.audit.ancestry import Ancestry
from generator.audit.bases import Bases, find_bases
from generator.audit.engines import Engine
from generator.audit.licenses import (
    UNKNOWN,
    LicenseTable,
    Statement,
    license_in,
    read_statement,
    relation_in,
)
from generator.audit.tables import Frame, Tables
from generator.audit.verdicts import Combination, Verdicts
from generator.licenses.derive import HOLDING_WEIGHTS
from generator.release.vocabulary import RELATIONS

if TYPE_CHECKING:
    from generator.licenses.facts import Given

Progress = Callable[[str], None]


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


class Dropper(NamedTuple):
    """Where a base that drops a license inherited it from.

    Attributes:
        before: Whether the base it came through drops it as well.
        base: The base it came through.
        depth: Steps to its root.
    """

    before: bool
    base: int
    depth: int


class Outcome(NamedTuple):
    """What an audit found.

    Attributes:
        table: Numbers of licenses and terms.
        ancestry: What bases inherit.
        bases: What models are made from.
        combined: Combinations with the models that have them.
        statements: What cards state, with the models that state it, and their downloads.
        findings: The findings in words.
        numbered: The findings about inherited terms, in numbers.
        problems: What their `problem` means.
        edges: `model`, `b`, `relation`.
        derived: `model`, `terms`, `license`, `downloads`.
        asked: Combinations that the engine was asked about.
        owned: The license that each base with bases of its own states itself.
        dropped: The licenses that a base drops itself.
        droppers: Bases that drop a license themselves, by both numbers.
    """

    table: LicenseTable
    ancestry: Ancestry
    bases: Bases
    combined: tuple[Combined, ...]
    statements: tuple[tuple[Statement, int, int], ...]
    findings: Frame
    numbered: Frame
    problems: tuple[Problem, ...]
    edges: Frame
    derived: Frame
    asked: int
    owned: dict[int, int]
    dropped: dict[int, frozenset[int]]
    droppers: dict[tuple[int, int], Dropper]


def run(engine: Engine, tables: Tables, facts: Given, progress: Progress) -> Outcome:
    """Return what an audit finds.

    Args:
        engine: Where the tables are.
        tables: Models, what they are made from, and data sets.
        facts: Facts that make an answer definite.
        progress: Is called with the name of each step.
    """
    import narwhals as nw

    table = LicenseTable()
    progress("Finding the base models")
    bases = find_bases(engine, tables)
    edges = engine.keep(joins.numbered_edges(tables.edges, bases.names))
    selves = edges.filter(nw.col("own") == 1).select("model")
    edges = edges.filter(nw.col("own") == 0).select("model", "b", "relation")
    progress("Following the lineage")
    ancestry, owned = _ancestry(engine, bases, edges, table)
    inherited = _inherited(engine, edges, ancestry, table)
    progress("Checking licenses")
    stated = {
        text: (read_statement(text or None, table), models, downloads or 0)
        for text, models, downloads in engine.rows(joins.statements(tables.models))
    }
    columns = {"statement": list(stated), "license": [entry[0].license for entry in stated.values()]}
    licenses = engine.table(columns)
    derived = engine.keep(joins.children(inherited, tables.models, licenses))
    verdicts = Verdicts(table, facts)
    combined = tuple(
        Combined(verdicts.of(terms, license_), models, downloads or 0)
        for terms, license_, models, downloads in sorted(engine.rows(joins.combinations(derived)))
    )
    progress("Collecting the findings")
    problems = _Problems(table, combined)
    held = {b: verdicts.dropped(ancestry.inherited.get(b, 0), license_) for b, license_ in owned.items()}
    dropped = {b: licenses_ for b, licenses_ in held.items() if licenses_}
    origins, droppers = _origins(engine, ancestry, bases, problems.licenses, dropped)
    composed = engine.table(joins.composed_relations(table))
    found = joins.sources(derived, edges, origins, composed, engine.table(problems.rows))
    numbered = engine.keep(joins.unpacked(found))
    words = _Words(engine, tables, bases, table, licenses)
    findings = words.findings(numbered, problems, selves, ancestry)
    return Outcome(
        table, ancestry, bases, combined, tuple(stated.values()), findings, numbered, tuple(problems.kinds), edges,
        derived, verdicts.asked, owned, dropped, droppers,
    )  # fmt: skip


def _ancestry(engine: Engine, bases: Bases, edges: Frame, table: LicenseTable) -> tuple[Ancestry, dict[int, int]]:
    """What bases inherit, and the license that each base with bases of its own states itself."""
    rows = engine.rows(bases.numbers.select("b", "statement"))
    stated: dict[str | None, int] = {}
    licenses = [UNKNOWN] * len(rows)
    for b, statement in rows:
        if statement not in stated:
            stated[statement] = read_statement(statement or None, table).license
        licenses[b] = stated[statement]
    inner = engine.rows(joins.inner_edges(edges, bases.numbers))
    owned = {child: licenses[child] for child, _, _ in inner}
    for b, known in bases.known.items():
        if licenses[b] == UNKNOWN and known.license is not None:
            licenses[b] = table.number(known.license)
    return Ancestry(licenses, [*inner, *bases.virtual], table), owned


def _inherited(engine: Engine, edges: Frame, ancestry: Ancestry, table: LicenseTable) -> Frame:
    """What each derived model inherits: `model`, `terms`."""
    import narwhals as nw

    classes: dict[tuple[int, int], int] = {}
    numbers = [
        classes.setdefault((license_, ancestry.inherited.get(b, 0)), len(classes))
        for b, license_ in enumerate(ancestry.licenses)
    ]
    classed = engine.keep(joins.classed(edges, engine.table({"b": range(len(numbers)), "class": numbers})))
    kinds = list(classes)
    used = engine.rows(joins.pairs(classed, "class", "relation"))
    passed = [table.passed_on(kinds[class_][0], kinds[class_][1], relation) for class_, relation in used]
    sets = {"class": [row[0] for row in used], "relation": [row[1] for row in used], "terms": passed}
    reached = engine.keep(joins.passed(classed, engine.table(sets)))
    one, many = joins.several(reached)
    joined = engine.joined(many, "model", "terms")
    texts = [row[0] for row in engine.rows(joins.pairs(joined, "joined"))]
    unions = [table.union(frozenset(map(int, text.split(",")))) for text in texts]
    of_many = joined.join(engine.table({"joined": texts, "terms": unions}), on="joined").select("model", "terms")
    return engine.keep(nw.concat([one, of_many]))


def _origins(
    engine: Engine, ancestry: Ancestry, bases: Bases, licenses: Set[int], dropped: Mapping[int, frozenset[int]]
) -> tuple[Frame, dict[tuple[int, int], Dropper]]:
    """Where the terms of bases come from, for the licenses that findings are about."""
    found = ancestry.origins(licenses.__contains__)
    droppers: dict[tuple[int, int], Dropper] = {}
    roots: dict[tuple[int, int], int] = {}
    for (b, term), origin in found.items():
        license_ = license_in(term)
        if license_ in dropped.get(b, ()):
            held = Dropper(license_ in dropped.get(origin.via, ()), origin.via, origin.depth)
            if held <= droppers.get((b, license_), held):
                droppers[b, license_], roots[b, license_] = held, origin.root
    owned = _by_owner(engine, bases, droppers, roots)
    columns: dict[str, list[int]] = {"b": [], "inherited": [], "inner": [], "packed": []}
    add = [columns[name].append for name in columns]
    for b, license_ in enumerate(ancestry.licenses):
        if license_ in licenses:
            root, depth = ancestry.first(b, license_)
            for put, value in zip(add, (b, license_, -1, joins.pack(joins.HERE, depth + 1, b, root)), strict=True):
                put(value)
    for (b, term), origin in found.items():
        license_ = license_in(term)
        before = joins.HERE
        if (b, license_) in droppers:
            before = joins.BY_OWNER if (b, license_) in owned else joins.BEFORE
        packed = joins.pack(before, origin.depth + 1, b, origin.root)
        for put, value in zip(add, (b, license_, relation_in(term), packed), strict=True):
            put(value)
    return engine.table(columns), droppers


def _by_owner(
    engine: Engine, bases: Bases, droppers: Mapping[tuple[int, int], Dropper], roots: Mapping[tuple[int, int], int]
) -> set[tuple[int, int]]:
    """Those bases that drop a license where the first to do so has the publisher of the root, who may own the terms."""
    wanted = engine.table({"b": sorted({b for b, _ in droppers} | set(roots.values()))})
    refs = engine.rows(bases.numbers.join(wanted, on="b").select("b", "ref"))
    owners = {b: ref.partition("/")[0] for b, ref in refs}
    found: set[tuple[int, int]] = set()
    for key, dropper in sorted(droppers.items(), key=lambda entry: entry[1].depth):
        same = owners[key[0]] == owners[roots[key]]
        if (dropper.base, key[1]) in found if dropper.before else same:
            found.add(key)
    return found


class _Problems:
    """The findings that combinations stand for: kinds of them, and which combination has which."""

    def __init__(self, table: LicenseTable, combined: Iterable[Combined]) -> None:
        self.table = table
        self.kinds: list[Problem] = []
        self._numbers: dict[Problem, int] = {}
        self.rows: dict[str, list[int]] = {
            "terms": [], "license": [], "inherited": [], "outer": [], "problem": [],
        }  # fmt: skip
        for entry in combined:
            for problem in dict.fromkeys(self._of(entry.combination)):
                row = (entry.combination.inherited, entry.combination.license, problem.inherited, problem.outer)
                for column, value in zip(self.rows.values(), (*row, self._number(problem)), strict=True):
                    column.append(value)

    @property
    def licenses(self) -> Set[int]:
        """The licenses that findings are about."""
        return frozenset(problem.inherited for problem in self.kinds)

    def _of(self, combination: Combination) -> Iterator[Problem]:
        for entry in combination.verdicts:
            if entry.answer in ("no", "unclear"):
                kind = "dropped" if entry.answer == "no" else "unknown"
                place = (license_in(entry.term), relation_in(entry.term))
                because = entry.verdict.because if entry.verdict else ""
                yield Problem(*place, entry.answer, entry.clause, kind, entry.framing, because)
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
            yield Problem(license_in(term), relation_in(term), verdict.answer, clause, "clash", "both", verdict.because)

    def _ids(self, license_: int) -> tuple[str, ...]:
        expression = self.table.expressions[license_]
        return expression.ids() if expression else ()

    def _number(self, problem: Problem) -> int:
        found = self._numbers.get(problem)
        if found is None:
            found = self._numbers[problem] = len(self.kinds)
            self.kinds.append(problem)
        return found


class _Words(NamedTuple):
    """What turns numbers into the words of findings."""

    engine: Engine
    tables: Tables
    bases: Bases
    table: LicenseTable
    licenses: Frame

    def findings(self, numbered: Frame, problems: _Problems, selves: Frame, ancestry: Ancestry) -> Frame:
        """Return all findings, in words."""
        import narwhals as nw

        labels = self._labels()
        kinds = problems.kinds
        described = self.engine.table(
            {
                "problem": range(len(kinds)),
                "root_license": [self._label(kind.inherited) for kind in kinds],
                "relation_word": [RELATIONS[kind.outer] for kind in kinds],
                **{name: [getattr(kind, name) for kind in kinds] for name in ("answer", "clause", "kind", "framing")},
            }
        )
        found = joins.named(numbered, self.tables.models, self.bases.numbers, labels, described)
        owned = self.tables.models.join(self.licenses, on="statement").join(labels, on="license")
        alone = joins.alone(owned.join(selves, on="model"))
        return nw.concat([found, alone, self._cycles(owned, ancestry)])

    def _cycles(self, owned: Frame, ancestry: Ancestry) -> Frame:
        rows = [(b, group[0], len(group)) for group in ancestry.cycles() for b in group]
        columns = {name: [row[at] for row in rows] for at, name in enumerate(("b", "first", "steps"))}
        numbers = self.bases.numbers
        circles = self.engine.table(columns).join(numbers.select("b", "model", "ref"), on="b")
        firsts = numbers.select("b", "ref").rename({"b": "first", "ref": "first_ref"})
        return joins.in_circle(owned.join(circles.join(firsts, on="first"), on="model"))

    def _labels(self) -> Frame:
        count = range(len(self.table.expressions))
        return self.engine.table({"license": count, "label": [self._label(number) for number in count]})

    def _label(self, number: int) -> str:
        return str(self.table.expressions[number] or "")
