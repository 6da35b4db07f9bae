"""The columns of one file as SQL of DuckDB: what a row states, in whatever form it has it."""

from __future__ import annotations

import glob
import gzip
from pathlib import Path

from generator.audit.dumps import Dump
from generator.licenses.catalog import get_shared_names
from generator.release.vocabulary import RELATIONS

SEPARATOR = "\x1f"
"""Stands between license, license_name, license_link and base models of a statement."""
ID_LIMIT = 300
"""Characters of a repo id that is read."""
_HUB_RELATIONS = "finetune|adapter|quantized|merge"
_TAG = f"'^base_model:({_HUB_RELATIONS}):'"
_FIRST = ("license", "base_model", "datasets")
"""Fields of a card that every row needs."""
_MORE = ("license_name", "license_link", "base_model_relation", "library_name", "tags")
"""Fields of a card that few rows need."""
_NAMING = ("license_name", "license_link")
"""Those of them that are for the license."""
_FURTHER = ("base_model_relation", "library_name", "tags")
"""Those of them that are for what a model is made from."""
_PARENTS = ("finetune", "quantized", "adapter", "merge")
_NAMED = "coalesce(contains(lower(statement), 'other'), false)"


class Columns:
    """The columns of a file.

    Args:
        dump: The file.
        number: The number of its first row.

    Attributes:
        careful: Whether cards may be malformed JSON; to look out for it takes longer.
    """

    hub_relations = str(tuple(_HUB_RELATIONS.split("|")))

    def __init__(self, dump: Dump, number: int) -> None:
        other = "VARCHAR" if dump.format == "csv" else "JSON"
        self.dump = dump
        self.types = {key: dump.types.get(name, other) for key, name in dump.columns.items()}
        self.card = "cardData" in self.types
        # Where there are no cards, the tags of the Hub say the same.
        self.tagged = "tags" in self.types and not self.card
        self.relations = self.hub_relations if self.card else str(RELATIONS)
        # The Hub's own list of bases can be read from a Parquet file without all the rest.
        nested = self.types.get("baseModels", "").startswith("STRUCT") and self.types["id"] == "VARCHAR"
        self.apart = dump.format == "parquet" and nested
        self.model = "model" if dump.format == "parquet" else f"rowid + {number}"
        more = ("more", "hub", "resolved", "b", "d") if dump.kind == "models" else ()
        self.used = ("bad", "named", "rest", *more)
        self.careful = False
        self._number = number
        self._license, self._base, self._sets = self._held("license"), self._held("base_model"), self._held("datasets")

    def renames(self) -> str:
        """Return the query of a table of renamed repos."""
        pair = ", ".join(_text_of(_name(self.dump.columns[key]), self.types[key]) for key in ("old", "new"))
        return f"from (select {pair} from {self._source()}) t(old, new) where old is not null and new is not null"

    def raw(self, wanted: str = "") -> str:
        """Return the query of what every row needs: `id`, `statement`, `downloads`, `bad`, of Parquet also `model`.

        `named` is whether the license has a name of its own. Of models it has `d`, the data sets as they stand, and
        `more`: whether the words of the card matter for what the model is made from. Where one of both holds, `b` has
        the base models as they stand, and `rest` what few rows need.

        Args:
            wanted: A query of the only ids that are read; of a file whose bases are read `apart`.
        """
        columns = [f"{self._id()} as id", f"{self._statement()} as statement", f"{self._downloads()} as downloads"]
        columns.append(("c_cardData is not null and j is null" if self.card else "false") + " as bad")
        # Nothing of a card that is no JSON goes on: some versions of DuckDB compute what a case does not need.
        columns.append(
            "case when j is not null then c_cardData end as rest" if self.card else f"{self._rest()} as rest"
        )
        last = "id, statement, downloads, bad, named"
        if self.dump.format == "parquet":
            columns.append(f"file_row_number + {self._number} as model")
            last += ", model"
        flags = f"{_NAMED} as named"
        if self.dump.kind == "models":
            hub, resolved = self._hub_bases()
            columns += [f"{_filled(*self._base)} as b", f"{_filled(*self._sets)} as d", f"{hub} as hub"]
            columns.append(f"nullif({resolved}, []) as resolved")
            flags += f", {self._more_matters()} as more"
            last += ", d, hub, resolved, more"
            last += "".join(f", case when more or named then {name} end as {name}" for name in ("b", "rest"))
        else:
            last += ", case when named then rest end as rest"
        return f"select {last} from (select *, {flags} from (select {', '.join(columns)} from ({self._read(wanted)})))"

    def named(self, table: str) -> str:
        """Return the query of the rows whose license has a name of its own: `row`, and their whole `statement`.

        That is license, name and link. The bases follow where they decide what the name means.

        Args:
            table: The table that `raw` was kept in.
        """
        texts = [f"naming[{place}]" for place in (1, 2)]
        name, link = map(_cleaned, texts) if self.card else texts
        bases = "''"
        if self.dump.kind == "models":
            names = ", ".join(map(_text, get_shared_names()))
            shared = f"list_contains([{names}], lower(name))"  # `in` would be a join of all rows
            listed = f"coalesce(array_to_string(coalesce({_texts('b', self._base[1])}, resolved), ';'), '')"
            bases = f"case when {shared} then {_text(SEPARATOR)} || {listed} else '' end"
        whole = f"concat(statement, {_text(SEPARATOR)}, name, {_text(SEPARATOR)}, link, {bases})"
        rows = f"select *, rowid as row, {self._naming()} as naming from {table} where named"
        return f"select row, {whole} as statement from (select *, {name} as name, {link} as link from ({rows}))"

    def resolved(self, table: str) -> str:
        """Return the query of the rows whose bases are all in `resolved`: `model`, `hub`, `resolved`.

        Args:
            table: The table that `raw` was kept in; empty where it does not matter whether the card has more.
        """
        if table:
            return f"select {self.model} as model, hub, resolved from {table} where not more and resolved is not null"
        hub, resolved = self._hub_bases()
        source = f"select file_row_number + {self._number} as model, {hub} as hub, {resolved} as resolved"
        source += f" from (select file_row_number, {_name(self.dump.columns['baseModels'])} as c_baseModels"
        return f"from ({source} from {self._source()})) where hub in {self.hub_relations}"

    def ids(self, start: str = "") -> str:
        """Return the query of the ids of a file.

        Args:
            start: What they begin with.
        """
        return f"select id from (select {self._id()} as id from ({self._read()})) where starts_with(id, {_text(start)})"

    def _more_matters(self) -> str:
        """The condition of rows where the words of the card matter; where the Hub resolved one of one, they don't."""
        listed = "starts_with(b::varchar, '[') and contains(b::varchar, ',')"
        several = {"JSON": listed, "VARCHAR[]": "len(b) > 1"}.get(self._base[1], "true")
        odd = f"coalesce(hub not in {self.hub_relations}, true)"
        # Most rows have no base, so that this is asked first.
        missing = f"resolved is null or {odd} or {several}"
        return f"case when b is null then resolved is not null and {odd} else {missing} end"

    def further(self) -> str:
        """Return two columns of a row with bases.

        They are `named` (the base models) and `fields` (relation, library and tags as they stand).
        """
        named = f"case when b is not null then nullif(list_distinct({_texts('b', self._base[1])}), []) end as named"
        if not self.card:
            listed = ", ".join(f"rest[{_MORE.index(key) + 1}]" for key in _FURTHER)
            return f"{named}, [{listed}] as fields"
        paths = ", ".join(f"'$.{key}'" for key in _FURTHER)
        return f"{named}, json_extract_string({self._as_json('rest')}, [{paths}]) as fields"

    def datasets(self) -> str:
        """Return the data sets of a row, as they are written."""
        return _listed("d", self._sets[1])

    def _id(self) -> str:
        kind = self.types.get("id", "")
        return "c_id" if kind == "VARCHAR" and self.dump.format == "parquet" else _text_of("c_id", kind)

    def _downloads(self) -> str:
        kind = self.types.get("downloads", "")
        return "c_downloads" if kind == "BIGINT" else f"try_cast({_text_of('c_downloads', kind)} as bigint)"

    def _statement(self) -> str:
        """The license that a card states, as one text."""
        expression, kind = self._license
        if kind == "JSON":
            return f"nullif({expression}::varchar, 'null')"
        if kind.endswith("[]"):
            return f"to_json(nullif({expression}, []))::varchar"
        return f"nullif(trim({expression}::varchar), '')"

    def _held(self, key: str) -> tuple[str, str]:
        """A field that every row needs, and its type."""
        if self.card:
            return f"j[{_FIRST.index(key) + 1}]", "JSON"
        if key in self.types or not self.tagged:
            return (f"c_{key}", self.types[key]) if key in self.types else ("null::varchar", "VARCHAR")
        if key == "base_model":
            return _tagged(self._tags(), "base_model:", f"not regexp_matches(t, {_TAG})"), "VARCHAR[]"
        return _tagged(self._tags(), "license:" if key == "license" else "dataset:"), "VARCHAR[]"

    def _tags(self) -> str:
        return _texts("c_tags", self.types["tags"])

    def _naming(self) -> str:
        """Name and link of a license, as a list of texts."""
        if not self.card:
            return f"[{', '.join(f'rest[{_MORE.index(key) + 1}]' for key in _NAMING)}]"
        paths = ", ".join(f"'$.{key}'" for key in _NAMING)
        return f"json_extract_string({self._as_json('rest')}, [{paths}])"

    def _rest(self) -> str:
        """The fields that few rows need, as a list of texts."""
        held = [_text_of(f"c_{key}", self.types.get(key, "")) for key in _MORE[:-1]]
        return f"[{', '.join([*held, 'c_tags::varchar' if 'tags' in self.types else 'null::varchar'])}]"

    def _hub_bases(self) -> tuple[str, str]:
        """How the Hub itself has the relation and the bases of a model; or four columns with parents by relation."""
        kind = self.types.get("baseModels", "")
        parents = {key: f"{key}_parent" for key in _PARENTS if f"{key}_parent" in self.types}
        if kind.startswith("STRUCT"):
            return "c_baseModels.relation", "list_transform(c_baseModels.models, lambda x: x.id)"
        if kind:
            held = "c_baseModels" if kind == "JSON" else "try(c_baseModels::json)"
            return f"({held} ->> '$.relation')", f"json_extract_string({held}, '$.models[*].id')"
        if "base_model_resolved" in self.types:
            return "null::varchar", _texts("c_base_model_resolved", self.types["base_model_resolved"])
        if parents:
            lists = {key: _texts(f"c_{name}", self.types[name]) for key, name in parents.items()}
            cases = " ".join(f"when len({held}) > 0 then '{key}'" for key, held in lists.items())
            return f"case {cases} end", f"coalesce({', '.join(f'nullif({held}, [])' for held in lists.values())})"
        if self.tagged and "base_model" not in self.types:
            marked = f"list_filter({self._tags()}, lambda t: regexp_matches(t, {_TAG}))[1]"
            return f"regexp_extract({marked}, {_TAG}, 1)", "null::varchar[]"
        return "null::varchar", "null::varchar[]"

    def _read(self, wanted: str = "") -> str:
        """The columns by what is in them, and of a card the fields that every row needs."""
        unused = ("license", "base_model", *_MORE) if self.card else ()
        columns = [f"{_name(name)} as c_{key}" for key, name in self.dump.columns.items() if key not in unused]
        if self.dump.format == "parquet":
            columns.append("file_row_number")
        if self.card:
            paths = ", ".join(f"'$.{key}'" for key in _FIRST)
            fields = f"json_extract({self._as_json(_name(self.dump.columns['cardData']))}, [{paths}])"
            columns.append(f"{f'try({fields})' if self.careful else fields} as j")
        only = f" where {_name(self.dump.columns['id'])} in ({wanted})" if wanted else ""
        return f"select {', '.join(columns)} from {self._source()}{only}"

    def _as_json(self, column: str) -> str:
        """A card as JSON; in JSON Lines it is an object, or a text with one in it."""
        kind = self.types["cardData"]
        if kind == "JSON":
            return f"if(json_type({column}) = 'VARCHAR', {column} ->> '$', {column}::varchar)"
        return column if kind == "VARCHAR" else f"to_json({column})"

    def _source(self) -> str:
        """What follows `from`."""
        path = quoted_path(self.dump.path)
        if self.dump.format == "parquet":
            return f"read_parquet({path}, file_row_number=true)"
        if self.dump.format == "csv":
            return (
                f"read_csv({path}, all_varchar=true, header=true, delim={_text(self.dump.delimiter)}, quote='\"', "
                "escape='\"', ignore_errors=true, store_rejects=true, null_padding=false, strict_mode=false)"
            )
        columns = ", ".join(f"{_text(name)}: 'JSON'" for name in dict.fromkeys(self.dump.columns.values()))
        form = "format='array'" if _is_list(self.dump.path) else "format='newline_delimited', ignore_errors=true"
        return f"read_json({path}, columns={{{columns}}}, {form})"


def quoted_path(path: str) -> str:
    """Return a path as a text of SQL; characters of patterns in it mean themselves."""
    return _text(glob.escape(path))


def _is_list(path: str) -> bool:
    """Whether a JSON file is one list instead of a line for each record."""
    with gzip.open(path, "rb") if path.lower().endswith(".gz") else Path(path).open("rb") as file:
        return bytes(file.read(4096)).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")


def _texts(expression: str, kind: str) -> str:
    """A list of texts, where what is empty is left out."""
    cleaned = f"list_transform({_listed(expression, kind)}, lambda x: trim(x))"
    return f"list_filter({cleaned}, lambda x: x is not null and x != '' and length(x) <= {ID_LIMIT})"


def _listed(expression: str, kind: str) -> str:
    """A list of texts as they are written: a list, a JSON list or text, or texts joined with `;`."""
    if kind == "JSON":
        listed = f"case when starts_with({expression}::varchar, '[') then json_extract_string({expression}, '$[*]') "
        return f"{listed}when starts_with({expression}::varchar, '\"') then string_split({expression} ->> '$', ';') end"
    if kind.endswith("[]"):
        return f"{expression}::varchar[]"
    written = f"try(from_json(replace({expression}, {_text(chr(39))}, '\"'), '[\"VARCHAR\"]'))"
    return f"case when starts_with({expression}, '[') then {written} else string_split({expression}, ';') end"


def _cleaned(expression: str) -> str:
    """A text, or the first of a JSON list of texts; null where it is empty."""
    return f"nullif(trim(ltrim({expression}, '[\"')), '')"


def _filled(expression: str, kind: str) -> str:
    """A value that may hold several texts as it stands; null where it is empty."""
    if kind == "JSON":
        return f"case when {expression}::varchar <> 'null' then {expression} end"
    return f"nullif({expression}, [])" if kind.endswith("[]") else f"nullif(trim({expression}::varchar), '')"


def _text_of(expression: str, kind: str) -> str:
    """One text, or null: the first of a list."""
    if not kind:
        return "null::varchar"
    if kind == "JSON":
        first = f"case json_type({expression}) when 'ARRAY' then {expression} ->> '$[0]' else {expression} ->> '$' end"
        return f"nullif(trim({first}), '')"
    return f"nullif(trim({expression}{'[1]' if kind.endswith('[]') else ''}::varchar), '')"


def _tagged(tags: str, start: str, condition: str = "true") -> str:
    """The ends of those tags that begin with a word."""
    chosen = f"list_filter({tags}, lambda t: starts_with(t, '{start}') and {condition})"
    return f"list_transform({chosen}, lambda t: t[{len(start) + 1}:])"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
