"""What models are made from: found in the dump, under a new name, or in the table of known bases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from generator.audit import joins
from generator.audit.engines import Engine
from generator.audit.tables import Table, Tables
from generator.licenses.known_bases import KnownBase, find_base, is_data, known_owners
from generator.licenses.upstreams import DEPTH_LIMIT
from generator.release.vocabulary import RELATIONS

Ref = tuple[str, int]
"""The id of a repo, and 1 where it is a data set."""


class Bases(NamedTuple):
    """What models are made from.

    Attributes:
        numbers: `b`, `ref`, `data`, `model`, `statement`: one row for each.
        names: `ref`, `data`, `b`, `itself`: the same, and the former names of some.
        known: Rows of the table of known bases, for bases whose card states no license.
        virtual: What known bases are made from that are not in the dump: base, its base, relation.
    """

    numbers: Table
    names: Table
    known: dict[int, KnownBase]
    virtual: tuple[tuple[int, int, int], ...]


class _Found(NamedTuple):
    """What the dump has of a repo: whether a model names it as its base, its row, and what its card states."""

    named: bool
    model: Any
    statement: str | None


def find_bases(engine: Engine, tables: Tables) -> Bases:
    """Return what the models of a dump are made from.

    Args:
        engine: Where the tables are.
        tables: Models, what they are made from, and data sets.
    """
    refs = engine.keep(joins.refs(tables.edges))
    nodes = engine.keep(joins.described(refs, tables.models, tables.datasets))
    engine.drop(refs)
    search = _Search(engine, tables, nodes)
    search.run()
    columns = "ref, data, model, statement"
    complete = nodes
    if search.moved:
        gone = engine.table({"ref": list(search.moved), "data": [0] * len(search.moved)})
        complete = joins.without(complete, gone, "ref", "data")
    if search.added:
        refs = engine.table({"ref": [ref for ref, _ in search.added], "data": [data for _, data in search.added]})
        added = joins.described(refs, tables.models, tables.datasets)
        complete = joins.union(joins.select(columns, complete), joins.select(columns, added))
    numbers = engine.keep(joins.numbered(complete))
    names = joins.select("ref, data, b, model as itself", numbers)
    if search.moved:
        pairs = engine.table({"alias": list(search.moved), "ref": [search.end(ref) for ref in search.moved]})
        names = engine.keep(joins.union(names, joins.former(pairs, numbers)))
    engine.drop(nodes)
    numbered = search.numbered(numbers)
    known = {numbered[ref]: row for ref, row in search.known.items() if ref in numbered}
    virtual = tuple((numbered[child], numbered[base], relation) for child, base, relation in search.edges)
    return Bases(numbers, names, known, virtual)


class _Search:
    """Looks for bases that the dump lacks, or whose card states nothing, in the table of known bases."""

    def __init__(self, engine: Engine, tables: Tables, nodes: Table) -> None:
        self.engine, self.tables, self.nodes = engine, tables, nodes
        self.known: dict[Ref, KnownBase] = {}
        self.moved: dict[str, str] = {}
        self.added: dict[Ref, None] = {}
        self.edges: dict[tuple[Ref, Ref, int], None] = {}
        self._found: dict[Ref, _Found] = {}

    def run(self) -> None:
        """Look for all of them."""
        silent = joins.select("*", self.nodes, "where coalesce(statement, '') = ''")
        columns = "ref, data, case when model is null then 1 else 0 end as absent"
        owners = known_owners()
        chosen = silent if owners is None else joins.of_owners(silent, self.engine.table({"owner": sorted(owners)}))
        rows = set(self.engine.rows(joins.select(columns, chosen)))
        if self.tables.renames:
            moved = self.engine.table({"ref": list(self.tables.renames)})
            rows |= set(self.engine.rows(joins.select(columns, joins.within(silent, moved, "ref"))))
        gone = sorted((ref, data) for ref, data, missing in rows if self._recognize((ref, data)) and missing)
        for _ in range(DEPTH_LIMIT):
            if not gone:
                break
            gone = self._follow(gone)

    def end(self, ref: str) -> str:
        """Return the last id of a repo that was renamed, possibly more than once."""
        seen: set[str] = set()
        while ref in self.moved and ref not in seen:
            seen.add(ref)
            ref = self.moved[ref]
        return ref

    def numbered(self, numbers: Table) -> dict[Ref, int]:
        """Return the numbers of those that were found elsewhere, under former names too."""
        refs = list(dict.fromkeys([*self.known, *(ref for edge in self.edges for ref in edge[:2])]))
        if not refs:
            return {}
        ends = {(ref, data): (self.end(ref) if not data else ref, data) for ref, data in refs}
        wanted = list(dict.fromkeys(ends.values()))
        table = self.engine.table({"ref": [ref for ref, _ in wanted], "data": [data for _, data in wanted]})
        chosen = joins.select("ref, data, b", joins.within(numbers, table, "ref", "data"))
        rows = self.engine.rows(chosen)
        found = {(ref, data): b for ref, data, b in rows}
        return {ref: found[end] for ref, end in ends.items() if end in found}

    def _recognize(self, ref: Ref) -> bool:
        """Whether a repo has a new id, or is in the table of known bases."""
        if (row := find_base(ref[0], data=bool(ref[1]))) is not None:
            self.known[ref] = row
        return row is not None or (not ref[1] and ref[0] in self.tables.renames)

    def _follow(self, gone: Iterable[Ref]) -> list[Ref]:
        """Find the new ids of repos, else what they are made from; return what of these the dump lacks as well."""
        gone = list(gone)
        targets = {ref: target for ref in gone if not ref[1] and (target := self._new_id(ref)) and target != ref}
        self._look_up(targets.values())
        lacking: list[Ref] = []
        for ref, target in targets.items():
            found = self._found[target]
            if ref[0] in self.tables.renames or found.model is not None:
                self.moved[ref[0]] = target[0]
                lacking += self._take(target)
        left = [ref for ref in gone if ref[0] not in self.moved or ref[1]]
        made_from = {ref: self._upstreams(ref) for ref in left}
        self._look_up(upstream for held in made_from.values() for upstream, _ in held)
        for ref, held in made_from.items():
            for upstream, relation in held:
                self.edges[ref, upstream, relation] = None
                lacking += self._take(upstream)
        return list(dict.fromkeys(lacking))

    def _new_id(self, ref: Ref) -> Ref | None:
        if ref[0] in self.tables.renames:
            return (self.tables.renames[ref[0]], 0)
        current = self.known[ref].current_id(ref[0])
        return (current, 0) if current else None

    def _upstreams(self, ref: Ref) -> list[tuple[Ref, int]]:
        row = self.known.get(ref)
        placed = row.as_release().iter_items() if row and row.base else ()
        return [
            ((upstream.ref, int(is_data(entry.layer, upstream.relation))), RELATIONS.index(upstream.relation))
            for entry in placed
            for upstream in entry.item.derived_from
        ]

    def _take(self, ref: Ref) -> list[Ref]:
        """Add a repo that no model names; return it where the dump lacks it and something is known of it."""
        found = self._found[ref]
        if found.named or ref in self.added:
            return []
        self.added[ref] = None
        known = not found.statement and self._recognize(ref)
        return [ref] if known and found.model is None and not (found.statement and ref[1]) else []

    def _look_up(self, refs: Iterable[Ref]) -> None:
        wanted = [ref for ref in dict.fromkeys(refs) if ref not in self._found]
        if not wanted:
            return
        for data in sorted({data for _, data in wanted}):
            names = [name for name, kind in wanted if kind == data]
            table = self.engine.table({"ref": names, "data": [data] * len(names)})
            here = joins.described(table, self.tables.models, self.tables.datasets)
            rows = self.engine.rows(joins.select("ref, model, statement", here))
            held = {name: (model, statement) for name, model, statement in rows}
            present = joins.select("ref", joins.within(self.nodes, table, "ref", "data"))
            named = {row[0] for row in self.engine.rows(present)}
            self._found |= {(name, data): _Found(name in named, *held[name]) for name in names}
