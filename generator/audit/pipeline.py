"""An audit step by step: number the bases, follow what they inherit, ask the engine, join its verdicts back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from generator.audit import joins
from generator.audit.ancestry import Ancestry, Edges
from generator.audit.arrays import Flags, Integers, contains
from generator.audit.bases import Bases, find_bases
from generator.audit.engines import Column, Engine
from generator.audit.findings import Combined, Findings, Problems
from generator.audit.licenses import (
    UNKNOWN,
    LicenseTable,
    Statement,
    read_statements,
)
from generator.audit.origins import BITS, Dropped, Droppers, Origins, find_droppers
from generator.audit.tables import Table, Tables
from generator.audit.verdicts import Verdicts
from generator.errors import CharterError
from generator.release.vocabulary import RELATIONS
from generator.translations import format_number, ngettext
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.licenses.facts import Given
    from generator.licenses.policy import Policy

Progress = Callable[[str], None]


class Outcome(NamedTuple):
    """What an audit found.

    Attributes:
        table: Numbers of licenses and terms.
        ancestry: What bases inherit.
        bases: What models are made from.
        combined: Combinations with the models that have them.
        statements: What cards state, with the models that state it, and their downloads.
        findings: The findings, in numbers and in words.
        edges: `model`, `b`, `relation`.
        inner: `child`, `b`, `relation`: those of bases.
        derived: `model`, `id`, `terms`, `license`, `downloads`, `b` (see `joins.children`).
        verdicts: What the engine said of them.
        models: `model`, `id`, `statement`, `downloads` of the models that were checked.
        read: What cards state, by their own words.
        owned: The license that the card of each base states.
        dropped: The licenses that bases drop themselves.
        droppers: The bases that do so, and where they inherit them from.
    """

    table: LicenseTable
    ancestry: Ancestry
    bases: Bases
    combined: tuple[Combined, ...]
    statements: tuple[tuple[Statement, int, int], ...]
    findings: Findings
    edges: Table
    inner: Table
    derived: Table
    verdicts: Verdicts
    models: Table
    read: dict[str, Statement]
    owned: Integers
    dropped: Dropped
    droppers: Droppers


def run(
    engine: Engine,
    tables: Tables,
    facts: Given,
    progress: Progress,
    *,
    policy: Policy | None = None,
    org: str | None = None,
    again: bool = False,
) -> Outcome:
    """Return what an audit finds.

    Args:
        engine: Where the tables are.
        tables: Models, what they are made from, and data sets.
        facts: Facts that make an answer definite.
        progress: Is called with the name of each step.
        policy: The policy of the organization.
        org: The only publisher whose models are checked.
        again: Whether the tables are needed for another run.

    Raises:
        CharterError: The publisher has no models.
    """
    table = LicenseTable()
    bases = find_bases(engine, tables)
    edges = engine.keep(joins.numbered_edges(tables.edges, bases.names))
    if not again:
        engine.drop(tables.edges)
    if org:
        tables = tables._replace(models=engine.keep(joins.of_owner(tables.models, org)))
        if not engine.rows(joins.select("id", tables.models, "limit 1")):
            raise CharterError(
                _("--org {org}: the files have no model of this publisher.").format(org=org),
                _("Write what is before `/`."),
            )
    selves = joins.select("model", edges, "where own = 1")
    edges = joins.select("model, b, relation", edges, "where own = 0")
    progress(_("Following the lineage"))
    inner = engine.keep(_inner(engine, edges, bases))
    if org:
        edges = engine.keep(joins.within(edges, tables.models, "model"))
        selves = engine.keep(joins.within(selves, tables.models, "model"))
    only = engine.integers(joins.pairs(edges, "b"), "b")[0] if org else None
    counts = engine.rows(joins.statements(tables.models))
    read = _statements(engine, bases, [text for text, __, __ in counts], table)
    licensed = _licensed(engine, bases, read)
    ancestry, owned = _ancestry(engine, bases, inner, licensed, table, only)
    classes, inherited, needed = _inherited(engine, edges, ancestry, bases, licensed, table)
    text = ngettext(
        "Checking the licenses under {number} base model or data set",
        "Checking the licenses under {number} base models and data sets",
        len(ancestry.licenses),
    )
    progress(text.format(number=format_number(len(ancestry.licenses))))
    stated = tuple((read[text or ""], models, downloads or 0) for text, models, downloads in counts)
    columns = {"statement": [text for text, __, __ in counts], "license": [entry[0].license for entry in stated]}
    licenses = engine.table(columns)
    derived = engine.keep(joins.children(inherited, tables.models, licenses))
    engine.drop(*needed)
    verdicts = Verdicts(table, facts)
    counted = sorted(engine.rows(joins.combinations(derived)))
    text = ngettext(
        "Checking {number} combination of licenses", "Checking {number} combinations of licenses", len(counted)
    )
    progress(text.format(number=format_number(len(counted))))
    combined = tuple(
        Combined(verdicts.of(terms, license_), models, downloads or 0) for terms, license_, models, downloads in counted
    )
    models = sum(entry.models for entry in combined)
    text = ngettext(
        "Collecting the findings about {number} model", "Collecting the findings about {number} models", models
    )
    progress(text.format(number=format_number(models)))
    problems = Problems(table, combined, verdicts, policy)
    dropped = Dropped(ancestry, owned, verdicts)
    found = Origins(ancestry)
    droppers = find_droppers(found, dropped)
    by_owner = np.where(_by_owner(engine, bases, droppers), joins.BY_OWNER, joins.BEFORE)
    left_out = {"b": droppers.base, "inherited": droppers.license, "before": by_owner}
    origins = engine.keep(origin_table(engine, found, inner, classes, left_out))
    numbered = _numbered(engine, derived, edges, origins, problems, table)
    engine.drop(classes, licensed, origins)
    circles = ancestry.cycles()
    if org:
        mine = engine.rows(joins.select("b", joins.within(bases.numbers, tables.models, "model")))
        circles = _only(circles, {row[0] for row in mine})
    findings = Findings(engine, tables, bases, table, licenses, problems.kinds, numbered, selves, circles, policy)
    return Outcome(
        table,
        ancestry,
        bases,
        combined,
        stated,
        findings,
        edges,
        inner,
        derived,
        verdicts,
        tables.models,
        read,
        owned,
        dropped,
        droppers,
    )


def _inner(engine: Engine, edges: Table, bases: Bases) -> Table:
    """What bases are made from: `child`, `b`, `relation`."""
    inner = joins.inner_edges(edges, bases.numbers)
    if not bases.virtual:
        return inner
    columns = {name: [edge[at] for edge in bases.virtual] for at, name in enumerate(("child", "b", "relation"))}
    return joins.union(inner, engine.table(columns))


def _only(groups: Iterable[tuple[int, ...]], wanted: Set[int]) -> tuple[tuple[int, ...], ...]:
    """Those members of groups that are wanted, without groups that have none."""
    left = (tuple(member for member in group if member in wanted) for group in groups)
    return tuple(group for group in left if group)


def _statements(
    engine: Engine, bases: Bases, stated: Iterable[str | None], table: LicenseTable
) -> dict[str, Statement]:
    """What the cards of bases and models state, by their own words."""
    texts = [row[0] for row in engine.rows(joins.pairs(bases.numbers, "statement"))]
    wanted = sorted({text or "" for text in (*texts, *stated)})
    return read_statements(wanted, (row.license for row in bases.known.values()), table)


def _licensed(engine: Engine, bases: Bases, read: Mapping[str, Statement]) -> Table:
    """The license that the card of each base states: `b`, `inherited`."""
    numbers = engine.table({"statement": [*read], "license": [statement.license for statement in read.values()]})
    return engine.keep(joins.licensed(bases.numbers, numbers))


def _ancestry(
    engine: Engine, bases: Bases, edges: Table, licensed: Table, table: LicenseTable, only: Integers | None
) -> tuple[Ancestry, Integers]:
    """What bases inherit, and the license that the card of each states.

    Where some bases are wanted only, the others are left out, except those that the wanted ones are made from.
    """
    (stated,) = engine.integers(joins.select("inherited", licensed, "order by b"), "inherited")
    inner = Edges(*engine.integers(edges, "child", "b", "relation"))
    if only is not None:
        inner = inner.above(only, len(stated))
    licenses = stated.copy()
    for b, known in bases.known.items():
        if stated[b] == UNKNOWN and known.license is not None:
            licenses[b] = table.number(known.license)
    return Ancestry(licenses, inner, table), stated


def _inherited(
    engine: Engine, edges: Table, ancestry: Ancestry, bases: Bases, licensed: Table, table: LicenseTable
) -> tuple[Table, Table, tuple[Table, ...]]:
    """The class and the license of each base, what each derived model inherits, and the tables that this needs.

    What a model inherits is `model`, `terms`, `b`.

    What a base passes on depends on its license and on what it inherits; all with the same of both are a class. Few
    inherit something, so that the class of the others is their license.
    """
    plain, heirs = len(table.expressions), ancestry.heirs
    held, numbers = np.unique(ancestry.inherited[heirs] * plain + ancestry.licenses[heirs], return_inverse=True)
    kinds = [(license_, 0) for license_ in range(plain)] + [(case % plain, case // plain) for case in held.tolist()]
    known = np.array(list(bases.known), dtype=np.int64)
    classes = engine.keep(
        joins.classes(
            licensed,
            engine.table({"b": heirs, "class": plain + numbers}),
            engine.table({"b": known, "license": ancestry.licenses[known]}),
        )
    )
    steps, count = engine.keep(joins.steps(edges, classes)), len(RELATIONS)
    used = [row[0] for row in engine.rows(joins.pairs(steps, "step"))]
    passed = {step: table.passed_on(kinds[step // count][0], kinds[step // count][1], step % count) for step in used}
    sets = engine.table({"step": used, "terms": list(passed.values())})
    bounds = engine.keep(joins.bounds(steps))
    two = joins.two_steps(bounds)
    pairs = engine.rows(joins.pairs(two, "step", "last_step"))
    columns = {"step": [row[0] for row in pairs], "last_step": [row[1] for row in pairs]}
    unions = [table.union(frozenset(passed[step] for step in pair)) for pair in pairs]
    of_two = joins.united(two, engine.table({**columns, "terms": unions}), "step", "last_step")
    joined = engine.joined(joins.more_steps(bounds, steps), "model", "step")
    texts = [row[0] for row in engine.rows(joins.pairs(joined, "joined"))]
    unions = [table.union(frozenset(passed[int(step)] for step in text.split(","))) for text in texts]
    of_more = joins.united(joined, engine.table({"joined": texts, "terms": unions}), "joined")
    engine.drop(steps)
    return classes, joins.union(joins.one_step(bounds, sets, plain * count), of_two, of_more), (bounds, joined)


def _numbered(
    engine: Engine, derived: Table, edges: Table, origins: Table, problems: Problems, table: LicenseTable
) -> Table:
    """The findings about inherited terms, with the codes of their problems."""
    composed = engine.table(joins.composed_relations(table))
    of_terms, of_cases = engine.table(problems.of_terms), engine.table(problems.of_cases)
    parts = (
        (engine.table(problems.checked), of_terms, ("license", "inherited", "outer_relation")),
        (joins.pairs(of_cases, "terms", "license"), of_cases, ("terms", "license", "inherited", "outer_relation")),
    )
    nearest = [
        joins.nearest(joins.reached(derived, edges, origins, composed, checked), found, *columns)
        for checked, found, columns in parts
    ]
    found = joins.sources(derived, engine.table(problems.alone), joins.union(*nearest))
    return engine.keep(joins.coded(found, engine.table(problems.codes())))


def _by_owner(engine: Engine, bases: Bases, droppers: Droppers) -> Flags:
    """Which bases drop a license that the publisher of the root left out first, who may own the terms."""
    first = ~droppers.before
    columns = {"b": droppers.base[first], "root": droppers.root[first]}
    b, root = engine.integers(joins.of_same_owner(engine.table(columns), bases.numbers), "b", "root")
    size = 1 << BITS
    same = contains(np.sort(b * size + root), droppers.base * size + droppers.root)
    return (first & same)[droppers.first]


def origin_table(
    engine: Engine, origins: Origins, inner: Table, classes: Table, dropped: Mapping[str, Column] | None = None
) -> Table:
    """Return where the terms of bases come from, as a table: `b`, `inherited`, `inner_relation`, `packed`.

    Args:
        engine: Where it is made.
        origins: Where terms come from.
        inner: `child`, `b`, `relation`: what bases are made from.
        classes: `b`, `inherited` (the license of the base).
        dropped: `b`, `inherited`, `before`: the licenses that a base drops itself, where that matters.
    """
    place, packed = origins.further
    further = engine.table({"place": place, "packed": packed})
    columns = {"b": origins.holders, "root": origins.roots, "depth": origins.steps}
    columns |= {name: columns[name][origins.holders] for name in ("root", "depth")}
    holders = engine.table(columns)
    left_out = engine.table(dropped or {"b": [], "inherited": [], "before": []})
    inherited = joins.inherited_origins(inner, classes, further, holders, left_out, origins.width)
    return joins.origins(classes, inherited, holders)
