"""Audit tables of a session that the caller has: of Polars, Spark or Ibis, in the columns of a plain table."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from generator.audit import joins
from generator.audit.columns import SEPARATOR
from generator.audit.engines import TEXTS, Column, Engine, listed
from generator.audit.tables import Table, Tables
from generator.errors import CharterError
from generator.release.vocabulary import RELATIONS
from generator.translations import gettext as _

_POLARS = 2
"""The first version of Polars whose SQL joins as that of others does."""
_COLUMNS = ("license", "license_name", "license_link", "base_model", "base_model_relation", "datasets", "library_name")


class SessionEngine(Engine):
    """An engine of a session that the caller has."""

    def __init__(self) -> None:
        self._made = 0
        self._names: dict[str, None] = {}

    @abstractmethod
    def columns(self, frame: Any) -> list[str]:  # noqa: ANN401 - a frame of a library that may be absent
        """Return the names of the columns of a frame."""

    @abstractmethod
    def put(self, name: str, frame: Any) -> None:  # noqa: ANN401
        """Give a frame a name in SQL."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Take the name from a frame."""

    @abstractmethod
    def values(self, frame: Any, column: str) -> Any:  # noqa: ANN401
        """Return a frame with a row for each value of a column: a list, or a text of values with `;` between them."""

    def add(self, frame: Any) -> Table:  # noqa: ANN401
        """Give a frame a name of its own, and return it."""
        name = f"charter_audit_{id(self):x}_{self._made}"
        self._made += 1
        self.put(name, frame)
        self._names[name] = None
        return name

    def drop(self, *tables: Table) -> None:
        """Forget tables, so that the session does not hold them."""
        for name in tables:
            if name in self._names:
                del self._names[name]
                self.remove(name)

    def close(self) -> None:
        """Forget all tables that an audit made."""
        self.drop(*list(self._names))

    def keep(self, query: Table) -> Table:
        """Compute a query once, and return the table."""
        return self.add(self.computed(self.native(query)))

    def computed(self, frame: Any) -> Any:  # noqa: ANN401
        """Return a frame whose rows are computed."""
        return frame


class PolarsEngine(SessionEngine):
    """Polars, in this process."""

    def __init__(self) -> None:
        import polars as pl

        super().__init__()
        if int(pl.__version__.partition(".")[0]) < _POLARS:
            raise CharterError(
                _("An audit of frames of Polars needs Polars {number}; this is {version}.").format(
                    number=_POLARS, version=pl.__version__
                ),
                _("Update it: {command}").format(command="pip install --upgrade polars"),
            )
        self._context = pl.SQLContext()

    def columns(self, frame: Any) -> list[str]:  # noqa: ANN401
        """Return the names of the columns of a frame."""
        names: list[str] = frame.lazy().collect_schema().names()
        return names

    def put(self, name: str, frame: Any) -> None:  # noqa: ANN401
        """Give a frame a name in SQL."""
        self._context.register(name, frame.lazy())

    def remove(self, name: str) -> None:
        """Take the name from a frame."""
        self._context.unregister(name)

    def values(self, frame: Any, column: str) -> Any:  # noqa: ANN401
        """Return a frame with a row for each value of a column."""
        import polars as pl

        lazy = frame.lazy().filter(pl.col(column).is_not_null())
        if lazy.collect_schema()[column] == pl.String:
            lazy = lazy.with_columns(pl.col(column).str.split(";"))
        return lazy.explode(column)

    def native(self, query: Table) -> Any:  # noqa: ANN401
        """Return a query as a lazy frame."""
        return self._context.execute(f"select * from {query} t")

    def computed(self, frame: Any) -> Any:  # noqa: ANN401
        """Return a frame whose rows are computed."""
        return frame.collect()

    def rows(self, query: Table) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        found: list[tuple[Any, ...]] = self.native(query).collect().rows()
        return found

    def table(self, columns: Mapping[str, Column]) -> Table:
        """Return a table."""
        import polars as pl

        schema = {name: pl.String if name in TEXTS else pl.Int64 for name in columns}
        return self.add(pl.DataFrame({name: listed(held) for name, held in columns.items()}, schema=schema))

    def joined(self, query: Table, by: str, value: str, separator: str = ",") -> Table:
        """Return a table with a text for each `by`."""
        import polars as pl

        texts = self.native(query).select(by, value).unique().group_by(by)
        return self.add(texts.agg(pl.col(value).sort().cast(pl.String).str.join(separator).alias("joined")).collect())


class SparkEngine(SessionEngine):
    """A session of Spark.

    Args:
        session: The session.
    """

    def __init__(self, session: Any) -> None:  # noqa: ANN401 - pyspark is not among our dependencies
        super().__init__()
        self.session = session

    def columns(self, frame: Any) -> list[str]:  # noqa: ANN401
        """Return the names of the columns of a frame."""
        names: list[str] = frame.columns
        return names

    def put(self, name: str, frame: Any) -> None:  # noqa: ANN401
        """Give a frame a name in SQL."""
        frame.createOrReplaceTempView(name)

    def remove(self, name: str) -> None:
        """Take the name from a frame."""
        self.session.catalog.dropTempView(name)

    def values(self, frame: Any, column: str) -> Any:  # noqa: ANN401
        """Return a frame with a row for each value of a column."""
        from pyspark.sql import functions

        listed = functions.split(column, ";") if dict(frame.dtypes)[column] == "string" else functions.col(column)
        return frame.withColumn(column, functions.explode(listed))

    def native(self, query: Table) -> Any:  # noqa: ANN401
        """Return a query as a frame; whole numbers are divided by another word there, and a backslash is doubled."""
        return self.session.sql(f"select * from {query} t".replace(" // ", " div ").replace("\\", "\\\\"))

    def computed(self, frame: Any) -> Any:  # noqa: ANN401
        """Return a frame whose rows are computed; what led to it is forgotten, so that plans stay short."""
        return frame.localCheckpoint(eager=True)

    def rows(self, query: Table) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return [tuple(row) for row in self.native(query).collect()]

    def table(self, columns: Mapping[str, Column]) -> Table:
        """Return a table."""
        schema = ", ".join(f"`{name}` {'string' if name in TEXTS else 'bigint'}" for name in columns)
        rows = list(zip(*map(listed, columns.values()), strict=True))
        return self.add(self.session.createDataFrame(rows, schema))

    def joined(self, query: Table, by: str, value: str, separator: str = ",") -> Table:
        """Return a table with a text for each `by`."""
        from pyspark.sql import functions

        held = functions.array_sort(functions.collect_set(value)).cast("array<string>")
        texts = self.native(query).groupBy(by).agg(functions.array_join(held, separator).alias("joined"))
        return self.add(self.computed(texts))


class IbisEngine(SessionEngine):
    """A connection of Ibis, such as to BigQuery, Snowflake, Trino or DuckDB; temporary tables go with its session.

    Args:
        connection: The connection.
    """

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - ibis is not among our dependencies
        super().__init__()
        self.connection = connection

    def columns(self, frame: Any) -> list[str]:  # noqa: ANN401
        """Return the names of the columns of a frame."""
        return list(frame.columns)

    def put(self, name: str, frame: Any) -> None:  # noqa: ANN401
        """Give a frame a name in SQL: a temporary table has it."""
        self.connection.create_table(name, frame, temp=True)

    def remove(self, name: str) -> None:
        """Leave the table to the end of the session: it is temporary, and how one is dropped differs by database."""

    def values(self, frame: Any, column: str) -> Any:  # noqa: ANN401
        """Return a frame with a row for each value of a column."""
        listed = frame[column].split(";") if frame[column].type().is_string() else frame[column]
        return frame.mutate(listed.unnest().name(column))

    def native(self, query: Table) -> Any:  # noqa: ANN401
        """Return a query as an expression; Ibis translates it into the words of its database."""
        return self.connection.sql(f"select * from {query} t", dialect="duckdb")

    def rows(self, query: Table) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        held = self.native(query).to_pyarrow()
        return list(zip(*(column.to_pylist() for column in held.columns), strict=True))

    def table(self, columns: Mapping[str, Column]) -> Table:
        """Return a table."""
        import ibis
        import pyarrow as pa

        kinds = {name: pa.string() if name in TEXTS else pa.int64() for name in columns}
        return self.add(
            ibis.memtable(pa.table({name: pa.array(listed(v), kinds[name]) for name, v in columns.items()}))
        )

    def joined(self, query: Table, by: str, value: str, separator: str = ",") -> Table:
        """Return a table with a text for each `by`."""
        native = self.native(query).select(by, value).distinct()
        text = native[value].cast("string").group_concat(separator, order_by=native[value])
        return self.add(native.group_by(by).agg(joined=text))


def engine_of(frames: Mapping[str, Any], session: Any) -> SessionEngine:  # noqa: ANN401 - of a library that may be absent
    """Return the engine that frames belong to.

    Args:
        frames: `models`, and possibly `datasets` and `renames`.
        session: A session of Spark, or a connection of Ibis; None for Polars.

    Raises:
        CharterError: There are no models, the frames are of another library, their session is missing, or the version
            of Polars is too old.
    """
    if "models" not in frames:
        raise CharterError(_("The tables have no `models`."), _('Pass {"models": frame}.'))
    kind = type(frames["models"]).__module__
    if session is not None and kind.startswith("pyspark."):
        return SparkEngine(session)
    if session is not None and kind.startswith("ibis."):
        return IbisEngine(session)
    if kind.startswith("polars."):
        return PolarsEngine()
    if kind.startswith(("pyspark.", "ibis.")):
        library = "Spark" if kind.startswith("pyspark.") else "Ibis"
        raise CharterError(
            _("Frames of {library} need their session.").format(library=library),
            _("Pass it: audit(frames, session=...)."),
        )
    raise CharterError(
        _("An audit can't use frames of {kind}.").format(kind=kind.partition(".")[0]),
        _("Pass frames of Polars, or of Spark or Ibis with session=; or write them to Parquet files."),
    )


def frame_tables(engine: SessionEngine, frames: Mapping[str, Any]) -> Tables:
    """Return the tables of an audit from plain tables.

    Args:
        engine: The engine that the frames belong to.
        frames: `models`, and possibly `datasets` (both with the columns of a plain table) and `renames`.
    """
    plain = {name: _Plain(engine, frame) for name, frame in frames.items() if name != "renames"}
    models = plain["models"]
    # Models are numbered by their ids here: a number of rows costs a whole sort in a distributed engine.
    listed = f"id as model, id, {_STATEMENT} as statement, cast(coalesce(downloads, 0) as bigint) as downloads"
    edges = joins.union(models.edges("base_model", data=0), models.edges("datasets", data=1))
    once = "model, base, min(relation) as relation, data"
    if "datasets" in plain:
        stated = f"cast(null as string) as model, id, {_STATEMENT} as statement"
        datasets = engine.keep(joins.select(stated, plain["datasets"].rows))
    else:
        datasets = joins.select("id as model, id, statement", engine.table({"id": [], "statement": []}))
    renames = dict(engine.rows(joins.select("old, new", engine.add(frames["renames"])))) if "renames" in frames else {}
    return Tables(
        engine.keep(joins.select(listed, models.rows)),
        engine.keep(joins.select(once, edges, "group by model, base, data")),
        datasets,
        renames,
    )


class _Plain:
    """A plain table with all columns that an audit reads; what is missing is unknown."""

    def __init__(self, engine: SessionEngine, frame: Any) -> None:  # noqa: ANN401 - of a library that may be absent
        present = set(engine.columns(frame))
        self.engine = engine
        self.frame = frame.select(*(name for name in ("id", "downloads", *_COLUMNS) if name in present))
        self.rows = self._whole(self.frame)

    def edges(self, column: str, *, data: int) -> Table:
        """Return what models are made from by one column: `model`, `base`, `relation`, `data`."""
        if column not in self.engine.columns(self.frame):
            none = self.engine.table({"ref": [], "relation": [], "data": []})
            return joins.select("ref as model, ref as base, relation, data", none)
        relation = f"cast({RELATIONS.index('trained_on') if data else _RELATION} as bigint) as relation"
        whole = f"id as model, trim({column}) as base, {relation}, cast({data} as bigint) as data"
        return joins.select(whole, self._whole(self.engine.values(self.frame, column)), f"where trim({column}) <> ''")

    def _whole(self, frame: Any) -> Table:  # noqa: ANN401
        present = self.engine.columns(frame)
        columns = ["id", "downloads" if "downloads" in present else "cast(0 as bigint) as downloads"]
        columns += [name if name in present else f"cast(null as string) as {name}" for name in _COLUMNS]
        return joins.select(", ".join(columns), self.engine.add(frame), "where id <> ''")


_WORDS = " ".join(f"when '{name}' then {number}" for number, name in enumerate(RELATIONS))
_PEFT = f"case when lower(library_name) = 'peft' then {RELATIONS.index('adapter')} else 0 end"
_RELATION = f"case lower(base_model_relation) {_WORDS} else {_PEFT} end"
"""The relation that a row states; where it states none, what its library says."""
_NAMED = ", ".join(f"coalesce({name}, '')" for name in ("license", "license_name", "license_link"))
_WHOLE = f"concat_ws('{SEPARATOR}', {_NAMED})"
_STATEMENT = f"case when lower(license) like '%other%' then {_WHOLE} else coalesce(license, '') end"
"""What a card states of its license, as `read_statements` reads it."""
