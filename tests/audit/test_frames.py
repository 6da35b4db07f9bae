"""The same tables in another engine give the same findings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator import CharterError, audit
from tests.audit.test_audit import MODELS
from tests.audit.test_lineage import random_hub

COLUMNS = ("id", "license", "license_name", "license_link", "base_model", "base_model_relation", "datasets")


def plain(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return rows as columns of text; several values are joined."""

    def text(value: Any) -> Any:
        return (";".join(value) or None) if isinstance(value, list) else value

    columns = {name: [text(row.get(name)) for row in rows] for name in COLUMNS}
    return columns | {"downloads": [row.get("downloads", 0) for row in rows]}


def findings(found: Any) -> list[tuple[Any, ...]]:
    """Return the findings of an audit in any engine, in order."""
    frame = found._engine.rows(found.outcome.findings.in_words())
    return sorted(frame, key=str)


def hub() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return a table with every kind of finding."""
    models, datasets = random_hub(5, 60, circles=False)
    circles, _ = random_hub(1, 8, circles=True)
    circles = [{**row, "id": f"round/{row['id'].partition('/')[2]}", "base_model": []} for row in circles]
    for number, row in enumerate(circles):
        row["base_model"] = [circles[(number * 3 + 1) % 8]["id"]]
    for row in models:
        if row.get("license_name") == "modified-mit":
            row["license_name"] = "nobody-knows"
    return [*MODELS, *models, *circles], datasets


def in_duckdb(table: Callable[..., Path], models: list[dict[str, Any]], datasets: list[dict[str, Any]]) -> Any:
    with audit(table(models), table(datasets, "datasets.jsonl")) as found:
        return findings(found), found.to_dict()


def test_polars_gives_the_findings_of_duckdb(table: Callable[..., Path]) -> None:
    pl = pytest.importorskip("polars")
    models, datasets = hub()
    frames = {"models": pl.DataFrame(plain(models), infer_schema_length=None)}
    frames["datasets"] = pl.DataFrame(plain(datasets), infer_schema_length=None)
    found = audit(frames)
    expected, report = in_duckdb(table, models, datasets)
    assert findings(found) == expected
    assert found.to_dict() == report
    assert isinstance(found.findings, pl.LazyFrame)


@pytest.mark.filterwarnings("default")
def test_ibis_gives_the_findings_of_duckdb(table: Callable[..., Path]) -> None:
    ibis = pytest.importorskip("ibis")
    if int(pytest.importorskip("duckdb").__version__.partition(".")[0]) > 1:
        pytest.skip("Ibis 12 needs DuckDB 1")
    pa = pytest.importorskip("pyarrow")
    models, datasets = hub()
    connection = ibis.duckdb.connect()
    frames = {}
    for name, rows in (("models", models), ("datasets", datasets)):
        kinds = {key: pa.int64() if key == "downloads" else pa.string() for key in plain(rows)}
        columns = {key: pa.array(column, kinds[key]) for key, column in plain(rows).items()}
        held = ibis.memtable(pa.table(columns))
        frames[name] = connection.create_table(name, held.distinct())
    found = audit(frames, session=connection)
    expected, report = in_duckdb(table, models, datasets)
    assert findings(found) == expected
    assert found.to_dict() == report
    assert found.findings.count().execute() == len(expected)
    assert found.inventory.count().execute() == len(models)
    with pytest.raises(CharterError, match="Ibis need their session"):
        audit(frames)


@pytest.mark.spark
@pytest.mark.filterwarnings("default")
def test_spark_gives_the_findings_of_duckdb(table: Callable[..., Path], tmp_path: Path) -> None:
    sql = pytest.importorskip("pyspark.sql")
    models, datasets = hub()
    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", str(tmp_path))
        .getOrCreate()
    )
    try:
        schema = ", ".join([*(f"`{name}` string" for name in COLUMNS), "`downloads` bigint"])
        frames = {
            name: session.createDataFrame(list(zip(*plain(rows).values(), strict=True)), schema)
            for name, rows in (("models", models), ("datasets", datasets))
        }
        found = audit(frames, session=session)
        expected, report = in_duckdb(table, models, datasets)
        assert findings(found) == expected
        assert found.to_dict() == report
        written = found.findings
        with found:
            assert session.catalog.listTables()
        assert not session.catalog.listTables()
        assert written.count() == len(expected)
        with pytest.raises(CharterError, match="no model of this publisher"):
            audit(frames, session=session, org="a\\b'c")
        assert not session.catalog.listTables()
    finally:
        session.stop()


def test_an_old_polars_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    pl = pytest.importorskip("polars")
    monkeypatch.setattr(pl, "__version__", "1.44.2")
    with pytest.raises(CharterError, match=r"needs Polars 2; this is 1\.44\.2"):
        audit({"models": pl.DataFrame({"id": ["a/b"]})})


def test_other_frames_are_an_error() -> None:
    with pytest.raises(CharterError, match="can't use frames of builtins"):
        audit({"models": []})
    with pytest.raises(CharterError, match="no `models`"):
        audit({"datasets": []})
