"""Read dumps into tables of one shape: models with what their cards state, data sets, renamed repos."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from generator.audit.dumps import Dump, dump_kind, file_format, find_files, known_columns, text_columns
from generator.errors import CharterError
from generator.licenses.catalog import shared_names
from generator.release.vocabulary import RELATIONS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SEPARATOR = "\x1f"
"""Stands between license, license_name, license_link and base models of a statement."""
_ID_LIMIT = 300
_EXAMPLES = 20
_HUB_RELATIONS = "('finetune', 'adapter', 'quantized', 'merge')"
_CARD = (
    "license",
    "license_name",
    "license_link",
    "base_model",
    "base_model_relation",
    "datasets",
    "library_name",
    "tags",
)
_PATHS = ", ".join(f"'$.{key}'" for key in _CARD)
_OF_CARD = {key: f"j[{number}]" for number, key in enumerate(_CARD, 1)}
_PARENTS = ("finetune", "quantized", "adapter", "merge")


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
        renames: Renamed repos.
        malformed: What could not be read.
        missing: Columns that no file of models has.
        kinds: The kind of each file, and its name.
    """

    models: int
    datasets: int
    renames: int
    malformed: tuple[Malformed, ...]
    missing: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]


def find_dumps(con: DuckDBPyConnection, stated: Sequence[str], mapped: Mapping[str, str]) -> tuple[Dump, ...]:
    """Return the files that paths and patterns name, with their columns.

    Args:
        con: The connection that files are read with.
        stated: Paths, folders and patterns; `models:` or `datasets:` before one states what is in it.
        mapped: Columns that the user named.

    Raises:
        CharterError: A file isn't there, can't be read, or has no ids.
    """
    found: list[Dump] = []
    for text in stated:
        kind, colon, rest = text.partition(":")
        forced = kind if colon and kind in ("models", "datasets", "renames") else ""
        for path in find_files([rest if forced else text]):
            format_ = file_format(path) or "parquet"
            present, delimiter = _columns(con, path, format_)
            columns = known_columns(path, present, mapped)
            found.append(Dump(path, format_, forced or dump_kind(path, columns, present), columns, delimiter))
    return tuple({dump.path: dump for dump in found}.values())


def read_dumps(con: DuckDBPyConnection, dumps: Sequence[Dump]) -> Reading:
    """Read files into the tables `models`, `datasets` and `renames` of a connection.

    Args:
        con: The connection.
        dumps: The files.

    Raises:
        CharterError: A file is broken, or there are no models in any.
    """
    if not any(dump.kind == "models" for dump in dumps):
        raise CharterError("None of the files has models.", "Write models:FILE if a file was taken for data sets.")
    con.execute(
        "create or replace temp table models (id varchar, statement varchar, downloads bigint, relation varchar, "
        "bases varchar[], named varchar[], datasets varchar[], file int, bad boolean)"
    )
    con.execute("create or replace temp table datasets (id varchar, statement varchar, file int, bad boolean)")
    con.execute("create or replace temp table renames (old varchar, new varchar)")
    malformed: list[Malformed] = []
    for number, dump in enumerate(dumps):
        malformed += _read(con, dump, number)
    count = {name: _one(con, f"select count(*) from {name} where true") for name in ("models", "datasets", "renames")}
    present = {key for dump in dumps if dump.kind == "models" for key in dump.columns}
    hub = "cardData" in present
    wanted = ("license", "base_model", "base_model_relation", "datasets")
    missing = () if hub else tuple(key for key in wanted if key not in present)
    return Reading(
        count["models"],
        count["datasets"],
        count["renames"],
        tuple(malformed),
        missing,
        tuple((dump.kind, dump.path) for dump in dumps),
    )


def dump_tables(con: DuckDBPyConnection) -> None:
    """Make the table `edges` from what `read_dumps` read: `model` (the row), `base`, `relation` and `data`.

    What the Hub resolved has the current ids; of what it did not resolve the card's own words are kept.
    """
    numbers = " ".join(f"when '{name}' then {number}" for number, name in enumerate(RELATIONS))
    gone = "list_filter(distinct_named, lambda x: not list_contains(bases, x) and not list_contains(list_transform("
    gone += "list_filter(bases, lambda y: not list_contains(distinct_named, y)), lambda y: split_part(y, '/', 2)), "
    gone += "split_part(x, '/', 2)))"
    trained = RELATIONS.index("trained_on")
    con.execute(f"""
        create or replace temp table edges as
        select model, unnest(all_bases) as base, case relation {numbers} else 0 end::bigint as relation,
               0::bigint as data from (
          select model, relation, case
            when bases is null then distinct_named
            when len(distinct_named) > len(bases) then list_distinct(list_concat(bases, {gone}))
            else list_distinct(bases) end as all_bases
          from (select rowid as model, relation, bases, list_distinct(named) as distinct_named from models
                where bases is not null or named is not null))
        union all
        select rowid as model, unnest(list_distinct(datasets)) as base, {trained}::bigint as relation, 1::bigint as data
        from models where datasets is not null""")


def _read(con: DuckDBPyConnection, dump: Dump, number: int) -> list[Malformed]:
    """Read one file, and return what of it can't be read."""
    import duckdb

    select = {"models": _models_sql, "datasets": _datasets_sql, "renames": _renames_sql}[dump.kind](con, dump)
    stored = f", {number}" if dump.kind != "renames" else ""
    columns = {
        "models": "id, statement, downloads, relation, bases, named, datasets, bad, file",
        "datasets": "id, statement, bad, file",
        "renames": "old, new",
    }[dump.kind]
    try:
        con.execute(f"insert into {dump.kind} ({columns}) select *{stored} from ({select})")
    except (duckdb.InterruptException, duckdb.OutOfMemoryException):
        raise
    except duckdb.Error as error:
        said = str(error).splitlines()[0][:300]
        raise CharterError(f"{dump.path}: can't be read as {dump.format}: {said}", "Check the file.") from None
    return _malformed(con, dump, number)


def _malformed(con: DuckDBPyConnection, dump: Dump, number: int) -> list[Malformed]:
    found: list[Malformed] = []
    if dump.format == "csv":
        rows = con.execute("select line, error_message from reject_errors order by line limit 1").fetchall()
        count = _one(con, "select count(distinct line) from reject_errors")
        con.execute("delete from reject_errors")
        con.execute("delete from reject_scans")
        if rows:
            found.append(Malformed(dump.path, count, f"line {rows[0][0]}: {str(rows[0][1]).splitlines()[0][:200]}"))
    if dump.kind == "renames":
        return found
    no_id = _one(con, f"select count(*) from {dump.kind} where id is null and file = {number}")
    if no_id:
        con.execute(f"delete from {dump.kind} where id is null")
        found.append(Malformed(dump.path, no_id, "a row without a repo id, or that is not a record"))
    bad = con.execute(f"select count(*), min(id) from {dump.kind} where bad and file = {number}").fetchall()[0]
    if bad[0]:
        found.append(Malformed(dump.path, bad[0], f"cardData of {bad[1]} is not JSON; nothing of it is known"))
    return found


def _columns(con: DuckDBPyConnection, path: str, format_: str) -> tuple[tuple[str, ...], str]:
    if format_ != "parquet":
        return text_columns(path, format_)
    return tuple(_types(con, path)), ""


def _types(con: DuckDBPyConnection, path: str) -> dict[str, str]:
    """The columns of a Parquet file with their types."""
    import duckdb

    try:
        rows = con.execute(f"describe select * from read_parquet({_path(path)})").fetchall()
    except duckdb.Error as error:
        said = str(error).splitlines()[0][:300]
        raise CharterError(f"{path}: can't be read as parquet: {said}", "Check the file.") from None
    return {row[0]: row[1] for row in rows}


def _source(con: DuckDBPyConnection, dump: Dump) -> tuple[str, dict[str, str]]:
    """What follows `from`, and the types of columns by what is in them."""
    if dump.format == "parquet":
        types = _types(con, dump.path)
        return f"read_parquet({_path(dump.path)})", {key: types[name] for key, name in dump.columns.items()}
    if dump.format == "csv":
        source = (
            f"read_csv({_path(dump.path)}, all_varchar=true, header=true, delim={_text(dump.delimiter)}, quote='\"', "
            "escape='\"', ignore_errors=true, store_rejects=true, null_padding=false, strict_mode=false)"
        )
        return source, dict.fromkeys(dump.columns, "VARCHAR")
    columns = ", ".join(f"{_text(name)}: 'JSON'" for name in dict.fromkeys(dump.columns.values()))
    source = f"read_json({_path(dump.path)}, columns={{{columns}}}, format='auto', ignore_errors=true)"
    if not _is_list(dump.path):
        source = source.replace("'auto'", "'newline_delimited'")
    else:
        source = source.replace("'auto', ignore_errors=true", "'array'")
    return source, dict.fromkeys(dump.columns, "JSON")


def _is_list(path: str) -> bool:
    """Whether a JSON file is one list instead of a line for each record."""
    import gzip

    opened = gzip.open(path, "rb") if path.lower().endswith(".gz") else open(path, "rb")  # noqa: PTH123, SIM115
    with opened as file:
        return file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")


def _models_sql(con: DuckDBPyConnection, dump: Dump) -> str:
    """Read a file of models; a field of the card goes before a column of the same name."""
    source, types = _source(con, dump)
    card = "cardData" in types

    def field(key: str) -> tuple[str, str]:
        """An expression, and its type."""
        return (_OF_CARD[key], "JSON") if card and key in _OF_CARD else (f"c_{key}", types.get(key, ""))

    tags = _texts("c_tags", types["tags"]) if "tags" in types else _texts(*field("tags"))
    tagged = "tags" in types and not card
    named, sets = (_texts(*field(key)) for key in ("base_model", "datasets"))
    statement = _statement(field("license"), field("license_name"), field("license_link"), named)
    hub, resolved = _hub_bases(types)
    if tagged and "license" not in types:
        statement = "to_json(nullif(" + _tagged("license:") + ", []))::varchar"
    if tagged and "base_model" not in types:
        named = _tagged("base_model:", f"not regexp_matches(t, '^base_model:({_ANY_RELATION}):')")
        hub = f"regexp_extract(list_filter(c_tags, lambda t: regexp_matches(t, '^base_model:({_ANY_RELATION}):'))[1], "
        hub += f"'^base_model:({_ANY_RELATION}):', 1)"
    if tagged and "datasets" not in types:
        sets = _tagged("dataset:")
    said, library = _text_of(*field("base_model_relation")), _text_of(*field("library_name"))
    stated = _KNOWN_RELATIONS if not card else _HUB_RELATIONS
    inner = [_text_of("c_id", types["id"]) + " as id", f"{statement} as statement"]
    inner += [
        f"try_cast({_text_of('c_downloads', types['downloads'])} as bigint) as downloads"
        if "downloads" in types
        else "null as downloads"
    ]
    inner += [f"{hub} as hub", f"lower({said}) as said", f"nullif({named}, []) as named"]
    inner += [f"nullif({resolved}, []) as resolved", f"nullif({sets}, []) as sets", f"{library} as library"]
    inner += [f"{tags} as tags", ("c_cardData is not null and j is null" if card else "false") + " as bad"]
    return f"""
        select {_ID} as id, statement, downloads,
          case when hub = 'finetune' and said is null and len(list_distinct(named)) > greatest(1, len(resolved))
               then 'merge'
               when hub in {_HUB_RELATIONS} then hub when said in {stated} then said
               when len(named) > 1 and (list_contains(tags, 'merge') or list_contains(tags, 'mergekit')) then 'merge'
               when (named is not null or resolved is not null) and lower(library) = 'peft' then 'adapter' end,
          resolved, named, sets, bad
        from (select {", ".join(inner)} from ({_columns_sql(source, dump, types)}))"""


def _datasets_sql(con: DuckDBPyConnection, dump: Dump) -> str:
    source, types = _source(con, dump)
    card = "cardData" in types
    fields = [(_OF_CARD[k], "JSON") if card else (f"c_{k}", types.get(k, "")) for k in _CARD[:3]]
    statement = _statement(fields[0], fields[1], fields[2])
    if "license" not in types and not card and "tags" in types:
        statement = "to_json(nullif(" + _tagged("license:") + ", []))::varchar"
    bad = "c_cardData is not null and j is null" if card else "false"
    rows = f"select {_text_of('c_id', types['id'])} as id, {statement} as statement, {bad} as bad"
    return f"select {_ID} as id, statement, bad from ({rows} from ({_columns_sql(source, dump, types)}))"


def _renames_sql(con: DuckDBPyConnection, dump: Dump) -> str:
    source, types = _source(con, dump)
    pair = ", ".join(f"{_text_of(f'c_{key}', types[key])} as {key}" for key in ("old", "new"))
    return f"select {pair} from ({_columns_sql(source, dump, types)}) where old is not null and new is not null"


_ANY_RELATION = "finetune|adapter|quantized|merge"
_KNOWN_RELATIONS = str(RELATIONS)
_ID = f"case when length(id) <= {_ID_LIMIT} then id end"


def _columns_sql(source: str, dump: Dump, types: Mapping[str, str]) -> str:
    """The columns by what is in them, and the fields of the card, which is parsed once."""
    columns = [f"{_name(name)} as c_{key}" for key, name in dump.columns.items()]
    if "cardData" in types:
        card = _name(dump.columns["cardData"])
        card = card if types["cardData"] in ("VARCHAR", "JSON") else f"to_json({card})"
        if types["cardData"] == "JSON":  # an object, or a text with one in it
            card = f"if(json_type({card}) = 'VARCHAR', {card} ->> '$', {card}::varchar)"
        columns.append(f"try(json_extract({card}, [{_PATHS}])) as j")
    return f"select {', '.join(columns)} from {source}"


def _hub_bases(types: Mapping[str, str]) -> tuple[str, str]:
    """How the Hub itself has the relation and the bases of a model; the four columns with parents by relation too."""
    kind = types.get("baseModels", "")
    if kind.startswith("STRUCT"):
        return "c_baseModels.relation", "list_transform(c_baseModels.models, lambda x: x.id)"
    if kind:
        held = "c_baseModels" if kind == "JSON" else "try(c_baseModels::json)"
        return f"({held} ->> '$.relation')", f"json_extract_string({held}, '$.models[*].id')"
    if "base_model_resolved" in types:
        return "null::varchar", _texts("c_base_model_resolved", types["base_model_resolved"])
    parents = {key: _texts(f"c_{key}_parent", types[f"{key}_parent"]) for key in _PARENTS if f"{key}_parent" in types}
    if parents:
        cases = " ".join(f"when len({held}) > 0 then '{key}'" for key, held in parents.items())
        return f"case {cases} end", f"coalesce({', '.join(f'nullif({held}, [])' for held in parents.values())})"
    return "null::varchar", "null::varchar[]"


def _statement(license_: tuple[str, str], name: tuple[str, str], link: tuple[str, str], named: str = "") -> str:
    """What a card states of its license, as one text; name, link and base models only where they count."""
    expression, kind = license_
    if not kind:
        return "null::varchar"
    held = (
        f"nullif(nullif({expression}::varchar, 'null'), '[]')"
        if kind == "JSON"
        else (
            f"to_json(nullif({expression}, []))::varchar" if kind.endswith("[]") else f"nullif(trim({expression}), '')"
        )
    )
    if not name[1] and not link[1]:
        return held
    stated = _text_of(*name)
    more = " || ".join(f"{_text(SEPARATOR)} || coalesce({_text_of(*part)}, '')" for part in (name, link))
    if named:
        shared = ", ".join(map(_text, shared_names()))
        bases = f"{_text(SEPARATOR)} || coalesce(array_to_string({named}, ';'), '')"
        more += f" || case when lower({stated}) in ({shared}) then {bases} else '' end"
    return f"case when contains(lower({held}), 'other') then {held} || {more} else {held} end"


def _texts(expression: str, kind: str) -> str:
    """A list of texts: a list, a JSON list or text, or texts joined with `;`; what is empty is left out."""
    if not kind:
        return "null::varchar[]"
    if kind == "JSON":
        listed = f"case json_type({expression}) when 'ARRAY' then json_extract_string({expression}, '$[*]') "
        listed += f"when 'VARCHAR' then string_split({expression} ->> '$', ';') end"
    elif kind.endswith("[]"):
        listed = f"{expression}::varchar[]"
    else:
        written = f"try(from_json(replace({expression}, '''', '\"'), '[\"VARCHAR\"]'))"
        listed = f"case when starts_with({expression}, '[') then {written} else string_split({expression}, ';') end"
    cleaned = f"list_transform({listed}, lambda x: trim(x))"
    return f"list_filter({cleaned}, lambda x: x is not null and x != '' and length(x) <= {_ID_LIMIT})"


def _text_of(expression: str, kind: str) -> str:
    """One text, or null: the first of a list."""
    if not kind:
        return "null::varchar"
    if kind == "JSON":
        first = f"case json_type({expression}) when 'ARRAY' then {expression} ->> '$[0]' else {expression} ->> '$' end"
        return f"nullif(trim({first}), '')"
    if kind.endswith("[]"):
        return f"nullif(trim({expression}[1]::varchar), '')"
    return f"nullif(trim({expression}::varchar), '')"


def _tagged(start: str, condition: str = "true") -> str:
    """The ends of those tags that begin with a word."""
    chosen = f"list_filter(c_tags, lambda t: starts_with(t, '{start}') and {condition})"
    return f"list_transform({chosen}, lambda t: t[{len(start) + 1}:])"


def _path(path: str) -> str:
    return _text(glob.escape(path))


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _one(con: DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    return int(row[0]) if row else 0
