"""Read dumps into tables of one shape: models with what their cards state, their bases, data sets, renamed repos."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from generator.audit.columns import ID_LIMIT, Columns, quoted_path
from generator.audit.dumps import Dump, dump_kind, file_format, find_files, known_columns, text_columns
from generator.errors import CharterError
from generator.licenses.known_bases import find_either, known_owners
from generator.release.vocabulary import RELATIONS
from generator.translations import gettext as _
from generator.translations import ngettext

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NO_ID = f"id is null or id = '' or length(id) > {ID_LIMIT}"
_BIG = 1 << 40
"""More rows than a file has; the number of a model is made of that of its file and that of its row."""


class Malformed(NamedTuple):
    """Rows of a file that can't be read, or whose card can't."""

    file: str
    rows: int
    example: str


class Reading(NamedTuple):
    """What was read.

    Attributes:
        models: Rows with models.
        datasets: Rows with data sets.
        malformed: What could not be read.
        missing: Columns that no file of models has.
        data: The names of the tables of data sets.
    """

    models: int
    datasets: int
    malformed: tuple[Malformed, ...]
    missing: tuple[str, ...]
    data: tuple[str, ...]


def find_dumps(con: DuckDBPyConnection, stated: Sequence[str], mapped: Mapping[str, str]) -> tuple[Dump, ...]:
    """Return the files that paths and patterns name, with their columns.

    Args:
        con: The connection that files are read with.
        stated: Paths, folders and patterns; `models:` or `datasets:` before one states what is in it.
        mapped: Columns that the user named.

    Raises:
        CharterError: A file isn't there, can't be read, or has no ids.
    """
    found: dict[str, Dump] = {}
    for text in stated:
        kind, colon, rest = text.partition(":")
        forced = kind if colon and kind in ("models", "datasets", "renames") else ""
        for path in find_files([rest if forced else text]):
            format_ = file_format(path) or "parquet"
            types = _types(con, path) if format_ == "parquet" else {}
            present, delimiter = (tuple(types), "") if types else text_columns(path, format_)
            columns = known_columns(path, present, mapped)
            kind = forced or dump_kind(path, columns, present)
            found[path] = Dump(path, format_, kind, columns, types, delimiter)
    return tuple(found.values())


def read_dumps(
    con: DuckDBPyConnection, dumps: Sequence[Dump], progress: Callable[[str], None], org: str | None = None
) -> Reading:
    """Read files into tables of a connection: `models`, `edges`, `datasets` and `renames`.

    Args:
        con: The connection.
        dumps: The files.
        progress: Is called with the name of each step.
        org: The only publisher whose models are needed, with everything they may be made from.

    Raises:
        CharterError: A file is broken, or there are no models in any.
    """
    if not any(dump.kind == "models" for dump in dumps):
        raise CharterError(
            _("None of the files has models."), _("Write models:FILE if a file was taken for data sets.")
        )
    con.execute("create table edges (model bigint, base varchar, relation tinyint, data tinyint)")
    con.execute("create table renames (old varchar, new varchar)")
    con.execute("create table no_datasets (model bigint, id varchar, statement varchar)")
    parts: dict[str, list[str]] = {"models": [], "datasets": ["from no_datasets"]}
    malformed: list[Malformed] = []
    counts = {"models": 0, "datasets": 0}
    part: dict[int, Columns] = {}
    for number, dump in enumerate(dumps):
        text = ngettext(
            "Reading {file} ({number} of {total} file)", "Reading {file} ({number} of {total} files)", len(dumps)
        )
        progress(text.format(file=Path(dump.path).name, number=number + 1, total=len(dumps)))
        columns = Columns(dump, number * _BIG)
        if org and columns.apart and dump.kind == "models":
            with _readable(dump):
                con.execute(f"create table all_{number} as {_resolved_edges(columns)}")
            part[number] = columns
        else:
            malformed += _read(con, columns, number)
        if dump.kind == "renames":
            continue
        table = f"read_parquet({quoted_path(dump.path)})" if number in part else f"raw_{number}"
        counts[dump.kind] += _one(con, f"select count(*) from {table}")
        chosen, model = "id, coalesce(statement, '') as statement", "null::bigint"
        if dump.kind == "models":
            chosen, model = f"{chosen}, coalesce(downloads, 0) as downloads", columns.model
        parts[dump.kind].append(f"select {model} as model, {chosen} from raw_{number}")
    if org and part:
        progress(_("Reading the models of {name}, and those that are named as bases").format(name=org))
        malformed += _read_part(con, part, org)
    for name, selects in parts.items():
        con.execute(f"create view {name} as {' union all '.join(selects)}")
    present = {key for dump in dumps if dump.kind == "models" for key in dump.columns}
    wanted = () if "cardData" in present else ("license", "base_model", "base_model_relation", "datasets")
    missing = tuple(key for key in wanted if key not in present)
    data = tuple(f"raw_{number}" for number, dump in enumerate(dumps) if dump.kind == "datasets")
    return Reading(counts["models"], counts["datasets"], tuple(malformed), missing, data)


def _read(con: DuckDBPyConnection, columns: Columns, number: int) -> list[Malformed]:
    """Read one file, and return what of it can't be read.

    Most models are made from nothing and state nothing. So the first step takes from each row no more than all rows
    need, and the later steps look at the few that have more.
    """
    dump = columns.dump
    with _readable(dump):
        if dump.kind == "renames":
            con.execute(f"insert into renames {columns.renames()}")
            return _rejected(con, dump)
        _fill(con, columns, number)
        if dump.kind == "models":
            con.execute(f"insert into edges {_resolved_edges(columns, f'raw_{number}')}")
            _add_edges(con, columns, number)
        return _checked(con, columns, number)


def _read_part(con: DuckDBPyConnection, part: Mapping[int, Columns], org: str) -> list[Malformed]:
    """Read of dumps of the Hub the models of one publisher, and all that are named as bases; return what can't be read.

    The bases that the Hub resolved are known for all models. Cards name others; where one is in the files, it is read
    as well, and so on until nothing is new.
    """
    con.execute("create table wanted (id varchar, round bigint)")
    refs = ["select base from edges", "select new from renames", *(f"select base from all_{number}" for number in part)]
    ids = [columns.ids(f"{org}/") for columns in part.values()]
    round_, more = 0, f"{' union '.join(ids)} union {' union '.join(refs)}"
    while True:
        con.execute(
            f"insert into wanted select *, {round_} from ({more}) t(id) where id not in (select id from wanted)"
        )
        _want_known(con, round_)
        new = 0
        for number, columns in part.items():
            with _readable(columns.dump):
                wanted = f"select id from wanted where round = {round_}"
                new += _fill(con, columns, number, wanted, further=round_ > 0)
        if not new:
            break
        for number, columns in part.items():
            with _readable(columns.dump):
                con.execute(f"delete from edges where model >= {number * _BIG} and model < {(number + 1) * _BIG}")
                resolved = f"select * from all_{number} where model in (select model from raw_{number} where not more)"
                con.execute(f"insert into edges {resolved}")
                _add_edges(con, columns, number)
        round_, more = round_ + 1, "select distinct base from edges"
    for number in part:
        con.execute(f"drop table all_{number}")
    return [entry for number, columns in part.items() for entry in _checked(con, columns, number)]


def _want_known(con: DuckDBPyConnection, round_: int) -> None:
    """Add the current ids of what is wanted, and what it is made from, as the table of known bases has them."""
    owners = "|".join(map(re.escape, sorted(known_owners() or ())))
    pattern = f"(?i)^\\s*({owners})(/|\\s*$)|://" if owners else ""
    found = con.execute("select id from wanted where round = ? and regexp_matches(id, ?)", [round_, pattern]).fetchall()
    waiting = [row[0] for row in found]
    known: set[str] = set()
    while waiting:
        ref = waiting.pop()
        for row in find_either(ref):
            for other in filter(None, (row.current_id(ref), *row.base)):
                if other not in known:
                    known.add(other)
                    waiting.append(other)
    new = "select *, ? from (select unnest(?::varchar[])) t(id) where id not in (select id from wanted)"
    con.execute(f"insert into wanted {new}", [round_, sorted(known)])


def _fill(con: DuckDBPyConnection, columns: Columns, number: int, wanted: str = "", *, further: bool = False) -> int:
    """Put what every row needs into a table, and return how many rows; cards are hardly ever malformed JSON."""
    import duckdb

    table = f"raw_{number}"
    start = f"insert into {table} by name" if further else f"create table {table} as"
    try:
        done = con.execute(f"{start} {columns.raw(wanted)}")
    except (duckdb.ConversionException, duckdb.InvalidInputException):
        if not columns.card or columns.careful:
            raise
        columns.careful = True
        done = con.execute(f"{start} {columns.raw(wanted)}")
    rows = int(done.fetchall()[0][0])
    # Few licenses have a name of their own: looked up with all rows, it would take several times longer.
    con.execute(
        f"update {table} set statement = n.statement, named = false from ({columns.named(table)}) n "
        f"where {table}.rowid = n.row"
    )
    return rows


def _add_edges(con: DuckDBPyConnection, columns: Columns, number: int) -> None:
    """Add what the cards of models name."""
    con.execute(f"insert into edges {_edges(columns, number)}")
    con.execute(f"insert into edges {_data_edges(columns, number)}")


def _checked(con: DuckDBPyConnection, columns: Columns, number: int) -> list[Malformed]:
    """Drop the columns that no later step needs, and return what could not be read."""
    found = [*_rejected(con, columns.dump), *_malformed(con, columns, number)]
    for name in columns.used:
        con.execute(f"alter table raw_{number} drop column {name}")
    return found


@contextmanager
def _readable(dump: Dump) -> Iterator[None]:
    """Turn what DuckDB says of a broken file into an error that names it."""
    import duckdb

    try:
        yield
    except (duckdb.InterruptException, duckdb.OutOfMemoryException):
        raise
    except duckdb.Error as error:
        said = str(error).splitlines()[0][:300]
        raise CharterError(
            _("{file}: can't be read as {format}: {reason}").format(file=dump.path, format=dump.format, reason=said),
            _("Check the file."),
        ) from None


_CODES = " ".join(f"when '{name}' then {code}" for code, name in enumerate(RELATIONS))


def _resolved_edges(columns: Columns, table: str = "") -> str:
    """What models are made from where the Hub resolved all of it: the most of them, with nothing else to look at."""
    return f"""
      select model, unnest(case when len(resolved) > 1 then list_distinct(resolved) else resolved end) as base,
        case hub {_CODES} end::tinyint as relation, 0::tinyint as data
      from ({columns.resolved(table)})"""


def _edges(columns: Columns, number: int) -> str:
    """What the other models are made from: the Hub's own ids are current, and of the rest the card's words are kept."""
    # Bases of the card that the Hub did not resolve: one that moved to another owner has the same name there.
    moved = (
        "list_transform(list_filter(resolved, lambda y: not list_contains(named, y)), lambda y: split_part(y, '/', 2))"
    )
    gone = f"not list_contains(resolved, x) and not list_contains({moved}, split_part(x, '/', 2))"
    said, library = (f"lower(nullif(trim(ltrim(fields[{place}], '[\"')), ''))" for place in (1, 2))
    return f"""
      select model, unnest(bases), case relation {_CODES} else 0 end::tinyint, 0::tinyint from (
        select model, case
            when hub = 'finetune' and said is null and len(named) > greatest(1, len(resolved)) then 'merge'
            when hub in {columns.hub_relations} then hub when said in {columns.relations} then said
            when len(named) > 1 and merged then 'merge' when library = 'peft' then 'adapter' end as relation,
          case when resolved is null then named when len(named) > len(resolved)
            then list_distinct(list_concat(resolved, list_filter(named, lambda x: {gone})))
            else list_distinct(resolved) end as bases
        from (
          select model, hub, resolved, named, {said} as said, {library} as library,
            coalesce(regexp_matches(fields[3], '\\b(merge|mergekit)\\b'), false) as merged
          from (
            select {columns.model} as model, hub, resolved, {columns.further()} from raw_{number} where more)))"""


def _data_edges(columns: Columns, number: int) -> str:
    trained = RELATIONS.index("trained_on")
    return f"""
      select model, trim(name), {trained}::tinyint, 1::tinyint
      from (
        select model, unnest(case when len(listed) > 1 then list_distinct(listed) else listed end) as name
        from (select {columns.model} as model, {columns.datasets()} as listed from raw_{number} where d is not null))
      where name <> '' and (name >= '!' or trim(name) <> '')
        and (strlen(name) <= {ID_LIMIT} or length(trim(name)) <= {ID_LIMIT})"""


def _rejected(con: DuckDBPyConnection, dump: Dump) -> list[Malformed]:
    """The rows of a CSV file that DuckDB could not read."""
    if dump.format != "csv":
        return []
    rows = con.execute("select line, error_message from reject_errors order by line limit 1").fetchall()
    count = _one(con, "select count(distinct line) from reject_errors")
    con.execute("delete from reject_errors")
    con.execute("delete from reject_scans")
    return [Malformed(dump.path, count, f"line {line}: {str(error).splitlines()[0][:200]}") for line, error in rows]


def _malformed(con: DuckDBPyConnection, columns: Columns, number: int) -> list[Malformed]:
    found: list[Malformed] = []
    table, dump = f"raw_{number}", columns.dump
    if no_id := _one(con, f"select count(*) from {table} where {_NO_ID}"):
        if dump.kind == "models":
            con.execute(f"delete from edges where model in (select {columns.model} from {table} where {_NO_ID})")
        con.execute(f"delete from {table} where {_NO_ID}")
        found.append(Malformed(dump.path, no_id, "a row without a repo id, or that is not a record"))
    bad, example = con.execute(f"select count(*), min(id) from {table} where bad").fetchall()[0]
    if bad:
        found.append(Malformed(dump.path, bad, f"cardData of {example} is not JSON; nothing of it is known"))
    return found


def _types(con: DuckDBPyConnection, path: str) -> dict[str, str]:
    """The columns of a Parquet file with their types."""
    import duckdb

    try:
        rows = con.execute(f"describe select * from read_parquet({quoted_path(path)})").fetchall()
    except duckdb.Error as error:
        said = str(error).splitlines()[0][:300]
        raise CharterError(
            _("{file}: can't be read as {format}: {reason}").format(file=path, format="parquet", reason=said),
            _("Check the file."),
        ) from None
    return {row[0]: row[1] for row in rows}


def _one(con: DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    return int(row[0]) if row else 0
