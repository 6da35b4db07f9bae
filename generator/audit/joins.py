"""The joins of an audit in plain SQL, written once: the same on DuckDB, Polars, Spark and what Ibis reaches.

Each function returns a query. What it takes are tables: names of them, or other queries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.audit.licenses import UNKNOWN
from generator.audit.origins import BITS
from generator.audit.report import KINDS
from generator.audit.tables import Table
from generator.release.vocabulary import RELATIONS

_SIZE = 1 << BITS
SEVERAL = -1
"""In place of a base: there are several, or it inherits something itself."""
OWN = -1
"""In place of a relation: the terms are a base's own."""
_DEEPEST = 4095
"""The most steps that are told apart."""
DROPPED = (_DEEPEST + 1) * _SIZE * _SIZE
HERE, BEFORE, BY_OWNER = range(3)
"""Where terms were left out: by the model itself, by a base before it, or before it by the publisher of the root."""


def select(columns: str, table: Table, rest: str = "") -> Table:
    """Return some columns of a table.

    Args:
        columns: What follows `select`.
        table: The table.
        rest: What follows the table.
    """
    return f"(select {columns} from {table} t {rest})"


def union(*tables: Table) -> Table:
    """Return the rows of several tables with the same columns in the same order."""
    return f"({' union all '.join(f'select * from {table} t' for table in tables)})"


def within(table: Table, wanted: Table, *columns: str) -> Table:
    """Return the rows of a table whose columns are in another, where each is once.

    Args:
        table: The table.
        wanted: The columns.
        columns: Their names.
    """
    same = " and ".join(f"t.{name} = w.{name}" for name in columns)
    return f"(select t.* from {table} t join {wanted} w on {same})"


def without(table: Table, others: Table, *columns: str) -> Table:
    """Return the rows of a table whose columns are not in another.

    Args:
        table: The table.
        others: The columns.
        columns: Their names.
    """
    same = " and ".join(f"t.{name} = o.{name}" for name in columns)
    return f"(select t.* from {table} t left join {others} o on {same} where o.{columns[0]} is null)"


def refs(edges: Table) -> Table:
    """Return what models are made from, each once: `ref`, `data`."""
    return select("base as ref, data", edges, "group by base, data")


def described(refs: Table, models: Table, datasets: Table) -> Table:
    """Return repos with what the dump has of them; what it lacks has no `model` and no `statement`.

    The columns are `ref`, `data`, `model`, `statement`.

    Args:
        refs: `ref`, `data`, each once.
        models: `model`, `id`, `statement`.
        datasets: `model` (none), `id`, `statement`.
    """
    return union(*(_described(refs, data, listed) for data, listed in enumerate((models, datasets))))


def _described(refs: Table, data: int, listed: Table) -> Table:
    return f"""(
      select r.ref, r.data, min(d.model) as model, max(d.statement) as statement
      from {select("*", refs, f"where data = {data}")} r left join {listed} d on r.ref = d.id group by r.ref, r.data)"""


def of_owner(models: Table, owner: str) -> Table:
    """Return the models of one publisher.

    Args:
        models: `model`, `id`, `statement`, `downloads`.
        owner: What stands before `/` in their ids.
    """
    start = text(f"{owner}/")
    return select("*", models, f"where left(id, {len(owner) + 1}) = {start}")


def of_owners(nodes: Table, owners: Table) -> Table:
    """Return the repos of some owners, and those that are named by an address; some of them twice.

    Args:
        nodes: `ref`, `data`, `model`, `statement`.
        owners: `owner`: what stands before `/`, in lower case.
    """
    columns = "ref, data, model, statement"
    named = f"""(
      select {columns} from (select *, lower(split_part(ref, '/', 1)) as owner_of from {nodes} t) o
      join {owners} w on o.owner_of = w.owner)"""
    return union(named, select(columns, nodes, "where ref like '%://%'"))


def numbered(nodes: Table) -> Table:
    """Return bases with a number `b`, in the order of their names: `b`, `ref`, `data`, `model`, `statement`."""
    number = "cast(row_number() over (order by ref, data) - 1 as bigint) as b"
    return select(f"{number}, ref, data, model, statement", nodes)


def former(pairs: Table, numbers: Table) -> Table:
    """Return former names of models with the number of what they are now: `ref`, `data`, `b`, `itself`.

    Args:
        pairs: `alias` (the former name), `ref`.
        numbers: `b`, `ref`, `data`, `model`.
    """
    return f"""(
      select p.alias as ref, n.data, n.b, n.model as itself
      from {pairs} p join {numbers} n on p.ref = n.ref where n.data = 0)"""


def numbered_edges(edges: Table, names: Table) -> Table:
    """Return edges with the number of the base: `model`, `b`, `relation`, and `own` (1 where it is the model itself).

    Args:
        edges: `model`, `base`, `relation`, `data`.
        names: `ref`, `data`, `b`, `itself`: the model that a base is.
    """
    return f"""(
      select e.model, n.b, e.relation, cast(case when n.itself = e.model then 1 else 0 end as tinyint) as own
      from {edges} e join {names} n on e.base = n.ref and e.data = n.data)"""


def inner_edges(edges: Table, numbers: Table) -> Table:
    """Return the edges of those models that are bases themselves: `child`, `b`, `relation`."""
    return f"(select n.b as child, e.b, e.relation from {edges} e join {numbers} n on e.model = n.model)"


def licensed(numbers: Table, licenses: Table) -> Table:
    """Return the license that the card of each base states, UNKNOWN where none is known: `b`, `inherited`.

    Args:
        numbers: `b`, `statement`.
        licenses: `statement`, `license`.
    """
    return f"""(
      select n.b, coalesce(l.license, {UNKNOWN}) as inherited
      from {numbers} n left join {licenses} l on n.statement = l.statement)"""


def classes(licensed: Table, others: Table, known: Table) -> Table:
    """Return the class and the license of each base: `b`, `class`, `inherited`.

    The class of a base that inherits nothing is its license.

    Args:
        licensed: What `licensed` returned.
        others: `b`, `class`: bases that inherit something.
        known: `b`, `license`: bases whose card is silent, but whose license is known.
    """
    return f"""(
      select l.b, coalesce(o.class, k.license, l.inherited) as class, coalesce(k.license, l.inherited) as inherited
      from {licensed} l left join {others} o on l.b = o.b left join {known} k on l.b = k.b)"""


def steps(edges: Table, classes: Table) -> Table:
    """Return edges with the class of the base and the relation as one number: `model`, `b`, `step`.

    What is passed on depends on nothing else.
    """
    return f"""(
      select e.model, e.b, c.class * {len(RELATIONS)} + e.relation as step
      from {edges} e join {classes} c on e.b = c.b)"""


def pairs(table: Table, *columns: str) -> Table:
    """Return the distinct values of some columns."""
    listed = ", ".join(columns)
    return select(listed, table, f"group by {listed}")


def bounds(steps: Table) -> Table:
    """Return the least and the greatest step to each model: `model`, `step`, `last_step`, `edges`, and `b` of one."""
    held = "min(step) as step, max(step) as last_step, count(*) as edges, min(b) as b"
    return select(f"model, {held}", steps, "group by model")


def one_step(bounds: Table, sets: Table, plain: int) -> Table:
    """Return models to which there is one kind of step, with the terms that are passed on: `model`, `terms`, `b`.

    Args:
        bounds: What `bounds` returned.
        sets: `step`, `terms`.
        plain: Steps below are from bases that inherit nothing.
    """
    return f"""(
      select o.model, s.terms, case when o.edges = 1 and o.step < {plain} then o.b else {SEVERAL} end as b
      from {bounds} o join {sets} s on o.step = s.step where o.step = o.last_step)"""


def two_steps(bounds: Table) -> Table:
    """Return the models with two steps of different kinds: `model`, `step`, `last_step`."""
    return select("model, step, last_step", bounds, "where step <> last_step and edges = 2")


def more_steps(bounds: Table, steps: Table) -> Table:
    """Return the steps to models with more than two, of different kinds: `model`, `step`.

    Args:
        bounds: What `bounds` returned.
        steps: `model`, `step`.
    """
    return f"""(
      select s.model, s.step from {steps} s join {bounds} o on s.model = o.model
      where o.step <> o.last_step and o.edges > 2)"""


def united(models: Table, unions: Table, *columns: str) -> Table:
    """Return models with what they inherit by several steps: `model`, `terms`, `b`.

    Args:
        models: `model`, and the columns.
        unions: The columns, and `terms`.
        columns: What states the steps.
    """
    same = " and ".join(f"m.{name} = u.{name}" for name in columns)
    return f"""(
      select m.model, u.terms, cast({SEVERAL} as bigint) as b from {models} m join {unions} u on {same})"""


def restated(models: Table, licenses: Table) -> Table:
    """Return models, some of them with another statement about a license.

    Args:
        models: `model`, `id`, `statement`, `downloads`.
        licenses: `id`, `statement`, each id once.
    """
    return f"""(
      select m.model, m.id, coalesce(l.statement, m.statement) as statement, m.downloads
      from {models} m left join {licenses} l on m.id = l.id)"""


def statements(models: Table) -> Table:
    """Return each statement about a license with the models that have it, and their downloads."""
    counts = "count(*) as models, sum(downloads) as downloads"
    return select(f"statement, {counts}", models, "group by statement")


def children(inherited: Table, models: Table, licenses: Table) -> Table:
    """Return derived models with what they inherit and their license.

    The columns are `model`, `id`, `terms`, `license`, `downloads`, and `b`: the only base, where it inherits nothing
    itself.
    """
    return f"""(
      select i.model, m.id, i.terms, l.license, m.downloads, i.b
      from {inherited} i join {models} m on i.model = m.model join {licenses} l on m.statement = l.statement)"""


def combinations(derived: Table) -> Table:
    """Return each combination of inherited terms and license, with the models that have it, and their downloads."""
    counts = "count(*) as models, sum(downloads) as downloads"
    return select(f"terms, license, {counts}", derived, "group by terms, license")


def inherited_origins(
    inner: Table, classes: Table, further: Table, holders: Table, dropped: Table, width: int
) -> Table:
    """Return where inherited terms of bases come from, as seen by what is made from them.

    The columns are `b`, `inherited`, `inner_relation`, `packed`.

    Args:
        inner: `child`, `b`, `relation`: what bases are made from.
        classes: `b`, `inherited` (the license of the base).
        further: `place` and `packed`: terms that came through another base, as `Origins.further` has them.
        holders: `b`, `root`, `depth`: bases that inherit their own license.
        dropped: `b`, `inherited`, `before`: the licenses that a base drops itself, and whether their owner does.
        width: Terms at most; a place is the number of a base, times this, and that of a term.
    """
    kinds, step = len(RELATIONS), _SIZE * _SIZE
    direct = f"""(
      select e.child as b, c.inherited, e.relation as inner_relation, cast(2 as bigint) as depth, min(e.b) as root
      from {inner} e join {classes} c on e.b = c.b group by e.child, c.inherited, e.relation)"""
    rest = f"""(
      select place // {width} as b, (place % {width}) // {kinds} as inherited, place % {kinds} as inner_relation,
        packed // {step} + 2 as depth, packed % {_SIZE} as root
      from {further} t)"""
    return f"""(
      select p.b, p.inherited, p.inner_relation,
        coalesce(d.before, 0) * {DROPPED} + least(p.depth + coalesce(h.depth, 0), {_DEEPEST}) * {step}
          + p.b * {_SIZE} + coalesce(h.root, p.root) as packed
      from {union(direct, rest)} p left join {holders} h on p.root = h.b
      left join {dropped} d on p.b = d.b and p.inherited = d.inherited)"""


def origins(classes: Table, inherited: Table, holders: Table) -> Table:
    """Return where the terms of bases come from: `b`, `inherited`, `inner_relation`, `packed`.

    Args:
        classes: `b`, `inherited` (the license of the base).
        inherited: What `inherited_origins` returned.
        holders: `b`, `root`, `depth`: bases that inherit their own license.
    """
    step = _SIZE * _SIZE
    own = f"""(
      select c.b, c.inherited, cast({OWN} as bigint) as inner_relation,
        least(coalesce(h.depth, 0) + 1, {_DEEPEST}) * {step} + c.b * {_SIZE} + coalesce(h.root, c.b) as packed
      from {classes} c left join {holders} h on c.b = h.b)"""
    return union(own, inherited)


def reached(derived: Table, edges: Table, origins: Table, composed: Table, checked: Table) -> Table:
    """Return the inherited terms of models with several bases, or with a base that inherits something itself.

    The columns are `model`, `terms`, `license`, `inherited`, `outer_relation`, `packed`.

    Args:
        derived: `model`, `terms`, `license`, `b`.
        edges: `model`, `b`, `relation`.
        origins: `b`, `inherited` (license), `inner_relation`, `packed`: where the terms of a base come from.
        composed: `inner_relation`, `relation`, `outer_relation`: the relation that two relations make.
        checked: `terms`, `license`: the combinations that are looked at.
    """
    return f"""(
      select d.model, d.terms, d.license, o.inherited, c.outer_relation, o.packed
      from {derived} d join {checked} k on d.terms = k.terms and d.license = k.license
      join {edges} e on d.model = e.model join {origins} o on e.b = o.b
      join {composed} c on o.inner_relation = c.inner_relation and e.relation = c.relation
      where d.b = {SEVERAL})"""


def nearest(reached: Table, problems: Table, *columns: str) -> Table:
    """Return the findings about the terms that models inherit: `model`, `problem`, `packed`.

    Args:
        reached: What `reached` returned.
        problems: `problem`, and the columns.
        columns: What a finding depends on.
    """
    same = " and ".join(f"r.{name} = p.{name}" for name in columns)
    return f"""(
      select r.model, p.problem, min(r.packed) as packed
      from {reached} r join {problems} p on {same} group by r.model, p.problem)"""


def sources(derived: Table, alone: Table, nearest: Table) -> Table:
    """Return the findings about inherited terms, with the parts of their origins.

    The columns are `model`, `id`, `license`, `downloads`, `problem`, `before` (dropped before), `depth`, `via`, `root`.

    Args:
        derived: `model`, `id`, `terms`, `license`, `downloads`, `b`.
        alone: `terms`, `license`, `problem`, where one set of terms is all that is inherited.
        nearest: What `nearest` returned.
    """
    # Most models have one base, which inherits nothing: all that is found of their combination is about it.
    plain = f"""(
      select d.model, d.id, d.license, d.downloads, p.problem,
        cast({HERE} as tinyint) as before, cast(1 as smallint) as depth, d.b as via, d.b as root
      from {derived} d join {alone} p on d.terms = p.terms and d.license = p.license where d.b <> {SEVERAL})"""
    rest = f"""(
      select d.model, d.id, d.license, d.downloads, n.problem,
        cast(n.packed // {DROPPED} as tinyint) as before,
        cast((n.packed // {_SIZE * _SIZE}) % {_DEEPEST + 1} as smallint) as depth,
        (n.packed // {_SIZE}) % {_SIZE} as via, n.packed % {_SIZE} as root
      from {nearest} n join {derived} d on n.model = d.model)"""
    return union(plain, rest)


def coded(found: Table, problems: Table) -> Table:
    """Return findings with what they are about.

    Args:
        found: What `sources` returned.
        problems: `problem`, `inherited`, `code`, `refused`.
    """
    return f"""(
      select f.*, p.inherited, cast(p.code as tinyint) as code, cast(p.refused as tinyint) as refused
      from {found} f join {problems} p on f.problem = p.problem)"""


def named_edges(edges: Table, numbers: Table, words: Table) -> Table:
    """Return edges in words: `model`, `ref`, `data`, `word`.

    Args:
        edges: `model`, `b`, `relation`.
        numbers: `b`, `ref`, `data`.
        words: `relation`, `word`.
    """
    return f"""(
      select e.model, n.ref, n.data, w.word
      from {edges} e join {numbers} n on e.b = n.b join {words} w on e.relation = w.relation)"""


def origin_words(edges: Table, origins: Table, composed: Table, carried: Table, words: Table, numbers: Table) -> Table:
    """Return where the terms that models inherit come from: `model`, `origin`.

    Args:
        edges: `model`, `b`, `relation`.
        origins: `b`, `inherited` (license), `inner_relation`, `packed`.
        composed: `inner_relation`, `relation`, `outer_relation`: the relation that two relations make.
        carried: `inherited`, `outer_relation`: terms that reach what was made.
        words: `inherited`, `label`.
        numbers: `b`, `ref`.
    """
    return f"""(
      select r.model, concat(w.label, ' from ', n.ref) as origin
      from (
        select e.model, o.inherited, min(o.packed) % {_SIZE} as root
        from {edges} e join {origins} o on e.b = o.b
        join {composed} c on o.inner_relation = c.inner_relation and e.relation = c.relation
        join {carried} k on o.inherited = k.inherited and c.outer_relation = k.outer_relation
        group by e.model, o.inherited) r
      join {numbers} n on r.root = n.b join {words} w on r.inherited = w.inherited)"""


def inventory(models: Table, derived: Table, stated: Table, ratings: Table, parts: Mapping[str, Table]) -> Table:
    """Return the inventory, one row for each model.

    Args:
        models: `model`, `id`, `statement`, `downloads`.
        derived: `model`, `terms`.
        stated: `statement`, `license`, `label`, `stated`.
        ratings: `terms`, `license`, `openness`, `free_license`.
        parts: Tables with `model` and `joined`, by the column that they are for.
    """
    texts = ", ".join(f"coalesce(p{place}.joined, '') as {name}" for place, name in enumerate(parts))
    joined = " ".join(
        f"left join {part} p{place} on m.model = p{place}.model" for place, part in enumerate(parts.values())
    )
    return f"""(
      select m.id as model, case when m.id like '%/%' then split_part(m.id, '/', 1) else '' end as provider,
        m.label as license, m.stated, {texts}, r.openness, r.free_license, m.downloads
      from (
        select t.model, t.id, t.downloads, s.license, s.label, s.stated, coalesce(d.terms, 0) as terms
        from {models} t join {stated} s on t.statement = s.statement left join {derived} d on t.model = d.model) m
      join {ratings} r on m.terms = r.terms and m.license = r.license {joined})"""


def composed_relations(table: Any) -> dict[str, list[int]]:  # noqa: ANN401 - a LicenseTable, not imported for its type
    """Return the columns `inner_relation`, `relation`, `outer_relation`; the inner is OWN for a base's own license."""
    kinds = range(len(RELATIONS))
    rows = [(OWN, relation, relation) for relation in kinds]
    rows += [(inner, relation, table.composed(relation, inner)) for inner in kinds for relation in kinds]
    names = ("inner_relation", "relation", "outer_relation")
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def same_publisher(found: Table, numbers: Table) -> Table:
    """Return findings in numbers with `root_ref`, and `same_publisher`: 1 where a publisher leaves its own terms out.

    Args:
        found: What `sources` returned.
        numbers: `b`, `ref`.
    """
    return f"""(
      select f.*, n.ref as root_ref, {_by_owner("n")} as same_publisher
      from {found} f join {numbers} n on f.root = n.b)"""


def of_same_owner(pairs: Table, numbers: Table) -> Table:
    """Return those pairs of bases that have the same publisher: `b`, `root`.

    Args:
        pairs: `b`, `root`.
        numbers: `b`, `ref`.
    """
    return f"""(
      select p.b, p.root from {pairs} p join {numbers} n on p.b = n.b join {numbers} r on p.root = r.b
      where split_part(n.ref, '/', 1) = split_part(r.ref, '/', 1) group by p.b, p.root)"""


def named(found: Table, numbers: Table, licenses: Table, problems: Table) -> Table:
    """Return findings in words, as they are written.

    Args:
        found: What `sources` returned.
        numbers: `b`, `ref`.
        licenses: `license`, `label`.
        problems: `problem`, `root_license`, `relation_word`, `answer`, `clause`, `kind`, `framing`.
    """
    owned = f"case when p.kind in ('dropped', 'inherited') then {_by_owner('r')} else cast(0 as bigint) end"
    return f"""(
      select f.id as model, l.label as license, r.ref as root, p.root_license, p.relation_word as relation,
        v.ref as via, cast(f.depth as bigint) as depth, p.answer, p.clause,
        case when p.kind = 'dropped' and f.before <> {HERE} then 'inherited' else p.kind end as kind,
        p.framing, f.downloads, {owned} as same_publisher
      from {found} f join {problems} p on f.problem = p.problem
      join {numbers} r on f.root = r.b join {numbers} v on f.via = v.b
      join {licenses} l on f.license = l.license)"""


def _by_owner(root: str) -> str:
    """1 where the publisher of the root leaves its own terms out."""
    same = f"split_part(f.id, '/', 1) = split_part({root}.ref, '/', 1)"
    cases = f"when f.before = {BY_OWNER} then 1 when f.before = {HERE} and {same} then 1"
    return f"cast(case {cases} else 0 end as bigint)"


def counted(table: Table, *columns: str) -> Table:
    """Return each distinct value of some columns with its `models`, each counted once, and their `downloads`.

    Args:
        table: `model`, `downloads`, and the columns.
        columns: What is counted.
    """
    listed = ", ".join(columns)
    once = select(f"{listed}, model, max(downloads) as downloads", table, f"group by {listed}, model")
    return select(f"{listed}, count(*) as models, sum(downloads) as downloads", once, f"group by {listed}")


def by_kind(found: Table) -> Table:
    """Return each kind of findings about inherited terms, with its findings and its models.

    The columns are `code`, `findings`, `models`.

    Args:
        found: `model`, `code` (the place of the kind in KINDS), `before`.
    """
    dropped = f"code = {KINDS.index('dropped')} and before <> {HERE}"
    code = f"case when {dropped} then {KINDS.index('inherited')} else code end"
    kinds = select(f"model, {code} as code", found)
    once = select("code, model, count(*) as findings", kinds, "group by code, model")
    return select("code, sum(findings) as findings, count(*) as models", once, "group by code")


def counted_rows(table: Table, *columns: str) -> Table:
    """Return each distinct value of some columns with the number of its rows, as `number`."""
    listed = ", ".join(columns)
    return select(f"{listed}, count(*) as number", table, f"group by {listed}")


def counted_below(edges: Table, above: Table) -> Table:
    """Return how many models are made from some bases, in one step or more: `root`, `models`.

    Args:
        edges: `model`, `b`.
        above: `root`, `b`: for each of the bases, it and all that is made from it.
    """
    once = f"(select a.root, e.model from {edges} e join {above} a on e.b = a.b group by a.root, e.model)"
    return select("root, count(*) as models", once, "group by root")


def in_branches(found: Table, edges: Table, branches: Table) -> Table:
    """Return the models at and below some bases with findings about a license: `branch`, `inherited`, `model`.

    Args:
        found: `model`, `inherited`.
        edges: `model`, `b`.
        branches: `branch`, `inherited`, `b`: for each base and license, it and all that is made from it.
    """
    return f"""(
      select a.branch, a.inherited, e.model
      from {edges} e join {branches} a on e.b = a.b
      join {found} f on e.model = f.model and a.inherited = f.inherited
      group by a.branch, a.inherited, e.model)"""


def misnamed(derived: Table, wanted: Table, prefixes: Sequence[str]) -> Table:
    """Return how many models have a name that doesn't begin with a word, and their downloads, by the word.

    Args:
        derived: `id`, `terms`, `downloads`.
        wanted: `terms`, `prefix` (the place of the word in `prefixes`).
        prefixes: The words.
    """
    name = "lower(split_part(d.id, '/', -1))"
    lacking = " or ".join(
        f"(w.prefix = {place} and left({name}, {len(prefix)}) <> {text(prefix.lower())})"
        for place, prefix in enumerate(prefixes)
    )
    return f"""(
      select w.prefix, count(*) as models, sum(d.downloads) as downloads
      from {derived} d join {wanted} w on d.terms = w.terms where {lacking} group by w.prefix)"""


def ranked(derived: Table, ranks: Table) -> Table:
    """Return derived models with the rank of their answer: `model`, `id`, `downloads`, `rank`.

    Args:
        derived: `model`, `id`, `downloads`, `terms`, `license`.
        ranks: `terms`, `license`, `rank`.
    """
    return f"""(
      select d.model, d.id, d.downloads, r.rank
      from {derived} d join {ranks} r on d.terms = r.terms and d.license = r.license)"""


def changed(before: Table, after: Table) -> Table:
    """Return the models whose answer changes: `model`, `id`, `downloads`, `before`, `after`.

    Args:
        before: What `ranked` returned.
        after: The same, of another run.
    """
    return f"""(
      select b.model, b.id, b.downloads, b.rank as before, a.rank as after
      from {before} b join {after} a on b.model = a.model where b.rank <> a.rank)"""


def first(table: Table, number: int, *columns: str) -> Table:
    """Return the rows with the greatest numbers, in order.

    Args:
        table: What is sorted.
        number: How many rows.
        columns: By what: the first is a number, the greatest first; the rest break ties, the least first.
    """
    order = ", ".join(f"{name} desc" if place == 0 else name for place, name in enumerate(columns))
    return select("*", table, f"order by {order} limit {number}")


def labeled(models: Table, licenses: Table, labels: Table) -> Table:
    """Return models with their license: `model`, `id`, `downloads`, `license`, `label`.

    Args:
        models: `model`, `id`, `statement`, `downloads`.
        licenses: `statement`, `license`.
        labels: `license`, `label`.
    """
    return f"""(
      select m.model, m.id, m.downloads, l.license, w.label
      from {models} m join {licenses} l on m.statement = l.statement join {labels} w on l.license = w.license)"""


def decided(owned: Table, reasons: Table) -> Table:
    """Return models with what a policy says of their license: `id`, `label`, `downloads`, `clause`.

    Args:
        owned: What `labeled` returned.
        reasons: `license`, `clause`.
    """
    return f"""(
      select o.id, o.label, o.downloads, r.clause from {owned} o join {reasons} r on o.license = r.license)"""


def circles(members: Table, numbers: Table) -> Table:
    """Return the models that are made from each other in a circle: `model`, `first_ref`, `steps`.

    Args:
        members: `b`, `start` (the first of its circle), `steps` (its length).
        numbers: `b`, `ref`, `model`.
    """
    return f"""(
      select n.model, s.ref as first_ref, m.steps
      from {members} m join {numbers} n on m.b = n.b join {numbers} s on m.start = s.b)"""


def circled(owned: Table, circles: Table) -> Table:
    """Return models in circles: `id`, `label`, `downloads`, `first_ref`, `steps`.

    Args:
        owned: What `labeled` returned.
        circles: What `circles` returned.
    """
    return f"""(
      select o.id, o.label, o.downloads, c.first_ref, c.steps from {owned} o join {circles} c on o.model = c.model)"""


def alone(owned: Table) -> Table:
    """Return the findings about models that name themselves as their base.

    Args:
        owned: `id`, `label`, `downloads`.
    """
    return _finding(owned, "id", "label", "id", "0", kind="self_reference")


def against_policy(owned: Table) -> Table:
    """Return the findings about models whose own license a policy does not allow.

    Args:
        owned: `id`, `label`, `downloads`, `clause`.
    """
    return _finding(owned, "id", "label", "id", "0", kind="policy", answer="no", clause="clause", framing="both")


def in_circle(owned: Table) -> Table:
    """Return the findings about models that are made from each other in a circle.

    Args:
        owned: `id`, `label`, `downloads`, `first_ref` (the first of the circle), `steps` (its length).
    """
    return _finding(owned, "first_ref", "''", "''", "steps", kind="cycle")


def _finding(
    owned: Table,
    root: str,
    root_license: str,
    via: str,
    depth: str,
    *,
    kind: str,
    answer: str = "",
    clause: str = "''",
    framing: str = "",
) -> Table:
    """Findings about models themselves, in the columns of `named`."""
    return f"""(
      select id as model, label as license, {root} as root, {root_license} as root_license, '' as relation,
        {via} as via, cast({depth} as bigint) as depth, '{answer}' as answer, {clause} as clause, '{kind}' as kind,
        '{framing}' as framing, downloads, cast(0 as bigint) as same_publisher
      from {owned} t)"""


def text(value: str) -> str:
    """Return a text as SQL has it."""
    return "'" + value.replace("'", "''") + "'"
