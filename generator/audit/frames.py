"""Audit tables of a session that the caller has: of Polars, Spark or Ibis, in the columns of a plain table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.audit.columns import SEPARATOR
from generator.audit.engines import TEXTS, Column, Engine
from generator.audit.tables import Frame, Tables
from generator.errors import CharterError
from generator.release.vocabulary import RELATIONS
from generator.translations import gettext as _

_COLUMNS = ("license", "license_name", "license_link", "base_model", "base_model_relation", "datasets", "library_name")


class PolarsEngine(Engine):
    """Polars, in this process."""

    def keep(self, frame: Frame) -> Frame:
        """Compute a frame once, and return it as a table."""
        import narwhals as nw

        return nw.from_native(frame.to_native().collect().lazy())

    def rows(self, frame: Frame) -> list[tuple[Any, ...]]:
        """Return the rows of a frame."""
        found: list[tuple[Any, ...]] = frame.to_native().collect().rows()
        return found

    def table(self, columns: Mapping[str, Column]) -> Frame:
        """Return a table."""
        import narwhals as nw
        import polars as pl

        schema = {name: pl.String if name in TEXTS else pl.Int64 for name in columns}
        return nw.from_native(pl.DataFrame({name: list(held) for name, held in columns.items()}, schema=schema).lazy())

    def joined(self, frame: Frame, by: str, value: str, separator: str = ",") -> Frame:
        """Return a text for each `by`."""
        import narwhals as nw
        import polars as pl

        native = frame.to_native().select(by, value).unique().sort(value)
        texts = native.group_by(by).agg(pl.col(value).sort().cast(pl.String).str.join(separator).alias("joined"))
        return self.keep(nw.from_native(texts))


class SparkEngine(Engine):
    """A session of Spark.

    Args:
        session: The session.
    """

    def __init__(self, session: Any) -> None:  # noqa: ANN401 - pyspark is not among our dependencies
        self.session = session

    def keep(self, frame: Frame) -> Frame:
        """Compute a frame once, and return it as a table; what led to it is forgotten, so that plans stay short."""
        import narwhals as nw

        return nw.from_native(frame.to_native().localCheckpoint(eager=True))

    def rows(self, frame: Frame) -> list[tuple[Any, ...]]:
        """Return the rows of a frame."""
        return [tuple(row) for row in frame.to_native().collect()]

    def table(self, columns: Mapping[str, Column]) -> Frame:
        """Return a table."""
        import narwhals as nw

        schema = ", ".join(f"`{name}` {'string' if name in TEXTS else 'bigint'}" for name in columns)
        rows = list(zip(*columns.values(), strict=True))
        return nw.from_native(self.session.createDataFrame(rows, schema))

    def joined(self, frame: Frame, by: str, value: str, separator: str = ",") -> Frame:
        """Return a text for each `by`."""
        import narwhals as nw
        from pyspark.sql import functions

        held = functions.array_sort(functions.collect_set(value)).cast("array<string>")
        texts = frame.to_native().groupBy(by).agg(functions.array_join(held, separator).alias("joined"))
        return self.keep(nw.from_native(texts))


class IbisEngine(Engine):
    """A connection of Ibis, such as to BigQuery, Snowflake, Trino or DuckDB; temporary tables go with its session.

    Args:
        connection: The connection.
    """

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - ibis is not among our dependencies
        self.connection = connection
        self._made = 0

    def keep(self, frame: Frame) -> Frame:
        """Compute a frame once, and return it as a table."""
        return self._create(frame.to_native())

    def rows(self, frame: Frame) -> list[tuple[Any, ...]]:
        """Return the rows of a frame."""
        held = frame.to_native().to_pyarrow()
        return list(zip(*(column.to_pylist() for column in held.columns), strict=True))

    def table(self, columns: Mapping[str, Column]) -> Frame:
        """Return a table."""
        import ibis
        import narwhals as nw
        import pyarrow as pa

        kinds = {name: pa.string() if name in TEXTS else pa.int64() for name in columns}
        held = pa.table({name: pa.array(list(values), kinds[name]) for name, values in columns.items()})
        return nw.from_native(ibis.memtable(held)).lazy()

    def joined(self, frame: Frame, by: str, value: str, separator: str = ",") -> Frame:
        """Return a text for each `by`."""
        native = frame.to_native().select(by, value).distinct()
        text = native[value].cast("string").group_concat(separator, order_by=native[value])
        return self._create(native.group_by(by).agg(joined=text))

    def _create(self, made: Any) -> Frame:  # noqa: ANN401 - an expression of Ibis
        import narwhals as nw

        name = f"charter_audit_{id(self):x}_{self._made}"
        self._made += 1
        return nw.from_native(self.connection.create_table(name, made, temp=True)).lazy()


def engine_of(frames: Mapping[str, Any], session: Any) -> Engine:  # noqa: ANN401 - of a library that may be absent
    """Return the engine that frames belong to.

    Args:
        frames: `models`, and possibly `datasets` and `renames`.
        session: A session of Spark, or a connection of Ibis; None for Polars.

    Raises:
        CharterError: There are no models, the frames are of another library, or their session is missing.
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


def frame_tables(engine: Engine, frames: Mapping[str, Any]) -> Tables:
    """Return the tables of an audit from plain tables.

    Args:
        engine: The engine that the frames belong to.
        frames: `models`, and possibly `datasets` (both with the columns of a plain table) and `renames`.
    """
    import narwhals as nw

    held = {name: nw.from_native(frame).lazy() for name, frame in frames.items()}
    plain = {name: _with_columns(frame) for name, frame in held.items() if name != "renames"}
    models = plain["models"].with_columns(_statement().alias("statement"))
    models = engine.keep(models.with_columns(nw.col("id").alias("model"), nw.col("downloads").fill_null(0)))
    parts = [_edges(models, "base_model", data=0), _edges(models, "datasets", data=1)]
    edges = nw.concat(parts).group_by("model", "base", "data").agg(nw.col("relation").min())
    if "datasets" in plain:
        datasets = plain["datasets"].select("id", _statement().alias("statement"))
    else:
        datasets = engine.table({"ref": [], "statement": []}).rename({"ref": "id"})
    renames = dict(engine.rows(held["renames"].select("old", "new"))) if "renames" in held else {}
    return Tables(
        models.select("model", "id", "statement", "downloads"),
        engine.keep(edges.select("model", "base", "relation", "data")),
        engine.keep(datasets),
        renames,
    )


def _with_columns(frame: Frame) -> Frame:
    """A plain table with all columns that an audit reads; what is missing is unknown."""
    import narwhals as nw

    present = set(frame.collect_schema().names())
    missing = [nw.lit(None).cast(nw.String).alias(name) for name in _COLUMNS if name not in present]
    if "downloads" not in present:
        missing.append(nw.lit(0).cast(nw.Int64).alias("downloads"))
    frame = frame.with_columns(*missing) if missing else frame
    frame = frame.select("id", "downloads", *_COLUMNS).with_columns(nw.col("downloads").cast(nw.Int64))
    return frame.filter(~nw.col("id").is_null() & (nw.col("id") != ""))


def _statement() -> Any:  # noqa: ANN401 - an expression of Narwhals
    """What a card states of its license, as `read_statement` reads it."""
    import narwhals as nw

    license_ = nw.col("license").fill_null("")
    name, link = nw.col("license_name").fill_null(""), nw.col("license_link").fill_null("")
    whole = nw.concat_str([license_, name, link], separator=SEPARATOR)
    return nw.when(license_.str.to_lowercase().str.contains("other", literal=True)).then(whole).otherwise(license_)


def _edges(models: Frame, column: str, *, data: int) -> Frame:
    """What models are made from by one column: `model`, `base`, `relation`, `data`."""
    import narwhals as nw

    stated = models.filter(~nw.col(column).is_null())
    if models.collect_schema()[column] == nw.String:
        stated = stated.with_columns(nw.col(column).str.split(";").alias(column))
    rows = stated.select("model", "base_model_relation", "library_name", column).explode(column)
    base = nw.col(column).str.strip_chars()
    rows = rows.with_columns(base.alias("base")).filter((nw.col("base") != "") & ~nw.col("base").is_null())
    if data:
        relation = nw.lit(RELATIONS.index("trained_on"))
    else:
        word = nw.col("base_model_relation").fill_null("").str.to_lowercase()
        peft = nw.col("library_name").fill_null("").str.to_lowercase() == "peft"
        relation = nw.when(peft & ~word.is_in(list(RELATIONS))).then(nw.lit(RELATIONS.index("adapter")))
        relation = relation.otherwise(nw.lit(0))
        for number, name in enumerate(RELATIONS):
            relation = nw.when(word == name).then(nw.lit(number)).otherwise(relation)
    whole = [relation.cast(nw.Int64).alias("relation"), nw.lit(data).cast(nw.Int64).alias("data")]
    return rows.with_columns(*whole).select("model", "base", "relation", "data")
