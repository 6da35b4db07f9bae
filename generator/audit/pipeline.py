"""An audit step by step: number the bases, follow what they inherit, ask the engine, join its verdicts back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Set
from typing import TYPE_CHECKING, NamedTuple

from generator.audit import joins
from generator.audit.ancestry import Ancestry, Edge
from generator.audit.bases import Bases, find_bases
from generator.audit.engines import Engine
from generator.audit.findings import Combined, Findings, Problems
from generator.audit.licenses import (
    UNKNOWN,
    LicenseTable,
    Statement,
    read_statements,
)
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
        findings: The findings, in numbers and in words.
        edges: `model`, `b`, `relation`.
        inner: `child`, `b`, `relation`: those of bases.
        derived: `model`, `id`, `terms`, `license`, `downloads`, `b` (see `joins.children`).
        verdicts: What the engine said of them.
        models: `model`, `id`, `statement`, `downloads` of the models that were checked.
        read: What cards state, by their own words.
        owned: The license that each base with bases of its own states itself.
        dropped: The licenses that a base drops itself.
        droppers: Bases that drop a license themselves, by both numbers.
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
    owned: dict[int, int]
    dropped: dict[int, frozenset[int]]
    droppers: dict[tuple[int, int], Dropper]


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
    only = {row[0] for row in engine.rows(joins.pairs(edges, "b"))} if org else None
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
    held = {b: verdicts.dropped(ancestry.inherited.get(b, 0), license_) for b, license_ in owned.items()}
    dropped = {b: licenses_ for b, licenses_ in held.items() if licenses_}
    found, droppers = _origins(engine, ancestry, bases, inner, classes, dropped)
    origins = engine.keep(found)
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
    engine: Engine, bases: Bases, edges: Table, licensed: Table, table: LicenseTable, only: set[int] | None
) -> tuple[Ancestry, dict[int, int]]:
    """What bases inherit, and the license that each base with bases of its own states itself.

    Where some bases are wanted only, the others are left out, except those that the wanted ones are made from.
    """
    licenses = [row[0] for row in engine.rows(joins.select("inherited", licensed, "order by b"))]
    inner = engine.rows(edges)
    if only is not None:
        inner = _above(inner, only)
    owned = {child: licenses[child] for child, *__ in inner}
    for b, known in bases.known.items():
        if licenses[b] == UNKNOWN and known.license is not None:
            licenses[b] = table.number(known.license)
    return Ancestry(licenses, inner, table), owned


def _above(inner: Iterable[Edge], wanted: Iterable[int]) -> list[Edge]:
    """The edges above some bases."""
    above: dict[int, list[Edge]] = defaultdict(list)
    for edge in inner:
        above[edge[0]].append(edge)
    found: list[Edge] = []
    waiting, seen = list(wanted), set(wanted)
    while waiting:
        for edge in above.get(waiting.pop(), ()):
            found.append(edge)
            if edge[1] not in seen:
                seen.add(edge[1])
                waiting.append(edge[1])
    return found


def _inherited(
    engine: Engine, edges: Table, ancestry: Ancestry, bases: Bases, licensed: Table, table: LicenseTable
) -> tuple[Table, Table, tuple[Table, ...]]:
    """The class and the license of each base, what each derived model inherits, and the tables that this needs.

    What a model inherits is `model`, `terms`, `b`.

    What a base passes on depends on its license and on what it inherits; all with the same of both are a class. Few
    inherit something, so that the class of the others is their license.
    """
    kinds = [(license_, 0) for license_ in range(len(table.expressions))]
    classes = {kind: number for number, kind in enumerate(kinds)}
    plain, count = len(kinds), len(RELATIONS)
    others: list[int] = []
    for b in ancestry.parents:
        kind = (ancestry.licenses[b], ancestry.inherited[b])
        number = classes.get(kind)
        if number is None:
            number = classes[kind] = len(kinds)
            kinds.append(kind)
        others.append(number)
    known = {"b": list(bases.known), "license": [ancestry.licenses[b] for b in bases.known]}
    width = len(kinds)
    packed = [b * width + number for b, number in zip(ancestry.parents, others, strict=True)]
    of_others = joins.select(f"packed // {width} as b, packed % {width} as class", engine.table({"packed": packed}))
    held = engine.keep(joins.classes(licensed, of_others, engine.table(known)))
    steps = engine.keep(joins.steps(edges, held))
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
    return held, joins.union(joins.one_step(bounds, sets, plain * count), of_two, of_more), (bounds, joined)


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


def _origins(
    engine: Engine,
    ancestry: Ancestry,
    bases: Bases,
    inner: Table,
    classes: Table,
    dropped: Mapping[int, frozenset[int]],
) -> tuple[Table, dict[tuple[int, int], Dropper]]:
    """Where the terms of bases come from, and which bases drop a license themselves."""
    found = ancestry.origins()
    droppers: dict[tuple[int, int], Dropper] = {}
    roots: dict[tuple[int, int], int] = {}
    kinds, nothing = len(RELATIONS), frozenset[int]()
    for b, licenses in dropped.items():
        for term, value in (found[b] if b in found else ancestry.direct(b)).items():
            license_ = term // kinds
            if license_ in licenses:
                depth, via, root = ancestry.origin(value)
                held = Dropper(license_ in dropped.get(via, nothing), via, depth)
                place = (b, license_)
                if place not in droppers or (held, root) < (droppers[place], roots[place]):
                    droppers[place], roots[place] = held, root
    owned = _by_owner(engine, bases, droppers, roots)
    columns = {
        "b": [b for b, __ in droppers],
        "inherited": [license_ for __, license_ in droppers],
        "before": [joins.BY_OWNER if place in owned else joins.BEFORE for place in droppers],
    }
    return origin_table(engine, ancestry, inner, classes, found, engine.table(columns)), droppers


def origin_table(
    engine: Engine,
    ancestry: Ancestry,
    inner: Table,
    classes: Table,
    found: Mapping[int, Mapping[int, int]],
    dropped: Table | None = None,
) -> Table:
    """Return where the terms of bases come from, as a table: `b`, `inherited`, `inner_relation`, `packed`.

    Args:
        engine: Where it is made.
        ancestry: What bases inherit.
        inner: `child`, `b`, `relation`: what bases are made from.
        classes: `b`, `inherited` (the license of the base).
        found: What `Ancestry.origins` returned.
        dropped: `b`, `inherited`, `before`: the licenses that a base drops itself, where that matters.
    """
    width = len(ancestry.table.expressions) * len(RELATIONS)
    further = [
        (b * width + term, value)
        for b, held in found.items()
        for term, value in held.items()
        if ancestry.in_steps(value)
    ]
    places = engine.table({"place": [place for place, _ in further], "packed": [value for _, value in further]})
    first = [ancestry.first(b) for b in ancestry.holders]
    columns = {"b": list(ancestry.holders), "root": [root for root, _ in first], "depth": [depth for _, depth in first]}
    holders = engine.table(columns)
    nothing = engine.table({"b": [], "inherited": [], "before": []}) if dropped is None else dropped
    return joins.origins(classes, joins.inherited_origins(inner, classes, places, holders, nothing, width), holders)


def _by_owner(
    engine: Engine, bases: Bases, droppers: Mapping[tuple[int, int], Dropper], roots: Mapping[tuple[int, int], int]
) -> set[tuple[int, int]]:
    """Those bases that drop a license where the first to do so has the publisher of the root, who may own the terms."""
    first = [key for key, dropper in droppers.items() if not dropper.before]
    pairs = engine.table({"b": [b for b, __ in first], "root": [roots[key] for key in first]})
    same = set(engine.rows(joins.of_same_owner(pairs, bases.numbers)))
    found = {key for key in first if (key[0], roots[key]) in same}
    further = sorted((dropper.depth, key, dropper.base) for key, dropper in droppers.items() if dropper.before)
    for __, key, base in further:
        if (base, key[1]) in found:
            found.add(key)
    return found
