"""Run an audit: on files, with DuckDB in this process, or on tables of a session that the caller has."""

from __future__ import annotations

import gc
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from generator.audit import compare, export, joins, reading
from generator.audit.dumps import parse_mapping
from generator.audit.engines import DuckEngine, Engine, duckdb_errors
from generator.audit.pipeline import Outcome, Progress, run
from generator.audit.report import COLUMNS, INVENTORY, AuditReport
from generator.audit.summary import Context, summarize
from generator.audit.tables import Tables
from generator.errors import CharterError
from generator.translations import format_number, ngettext
from generator.translations import gettext as _

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from generator.licenses.facts import Given
    from generator.licenses.policy import Policy


class Audit:
    """An audit that was run: its report, and its findings as a table.

    Args:
        report: The report.
        outcome: What it was made from.
        tables: What the audit started from.
        engine: Where the findings are.
        close: Is called at the end.
    """

    def __init__(
        self,
        report: AuditReport,
        outcome: Outcome,
        tables: Tables,
        engine: Engine,
        close: Callable[[], None],
    ) -> None:
        self.report, self.outcome, self.tables = report, outcome, tables
        self._engine, self._close = engine, close

    @property
    def findings(self) -> Any:  # noqa: ANN401 - a relation of DuckDB, a frame of Polars or of Spark
        """The findings, in the form of the engine: one row for each model and root."""
        return self._engine.native(self.outcome.findings.in_words())

    @property
    def inventory(self) -> Any:  # noqa: ANN401 - a relation of DuckDB, a frame of Polars or of Spark
        """The inventory, in the form of the engine: one row for each model."""
        from generator.audit.inventory import inventory_table

        return self._engine.native(inventory_table(self._engine, self.outcome, self.outcome.models))

    @property
    def exit_code(self) -> int:
        """1 where there are findings at or above `fail_on`, else 0."""
        return self.report.exit_code

    def to_dict(self) -> dict[str, Any]:
        """Return the document `modelcharter.audit/1`."""
        return self.report.to_dict()

    def to_html(self) -> str:
        """Return the report as one web page, which fetches nothing."""
        from generator.audit.page import audit_page

        return audit_page(self.report)

    def write(self, path: str | Path) -> None:
        """Write the findings to a file: Parquet, CSV or JSON Lines, by the end of its name.

        Args:
            path: The file; it is replaced at once, or stays as it was.

        Raises:
            CharterError: The name has another end, or the file can't be written.
        """
        with export.replacing(Path(path)) as draft:
            export.write_rows(self._engine, self.outcome.findings.in_words(), draft, COLUMNS, export.FINDINGS_ORDER)

    def write_inventory(self, path: str | Path) -> None:
        """Write the inventory, one row for each model, to a file: Parquet, CSV or JSON Lines, by the end of its name.

        Args:
            path: The file; it is replaced at once, or stays as it was.

        Raises:
            CharterError: The name has another end, or the file can't be written.
        """
        from generator.audit.inventory import inventory_table

        with export.replacing(Path(path)) as draft:
            table = inventory_table(self._engine, self.outcome, self.outcome.models)
            export.write_rows(self._engine, table, draft, INVENTORY, ("model",))

    def close(self) -> None:
        """Free what the audit holds."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def audit_files(
    stated: Sequence[str],
    *,
    facts: Given,
    policy: Policy | None = None,
    org: str | None = None,
    columns: Sequence[str] = (),
    memory: str | None = None,
    threads: int | None = None,
    fail_on: str = "error",
    what_if: Mapping[str, str] | None = None,
    since: str | None = None,
    out: str | Path | None = None,
    progress: Progress = lambda _: None,
) -> Audit:
    """Return the audit of files.

    Args:
        stated: Paths, folders and patterns.
        facts: Facts that make an answer definite.
        policy: The policy of the organization.
        org: The only publisher whose models are checked, with everything they are made from.
        columns: Columns that have another name, as `license=lic`.
        memory: The memory that tables may take, as `600MB`; what doesn't fit goes to a temporary folder.
        threads: How many threads.
        fail_on: The least severity that ends the command with 1.
        what_if: Licenses that models would have, by their ids.
        since: A file with the findings of an earlier audit.
        out: A file that the findings are written to, as by `Audit.write`, while the report is made.
        progress: Is called with the name of each step.

    Raises:
        CharterError: A file can't be read, or duckdb isn't installed.
    """
    mapped = parse_mapping(columns)
    if out:
        export.check_name(Path(out))
    import duckdb  # noqa: F401 - before there is a folder to remove: Ctrl-C during this import ends the process

    folder = tempfile.TemporaryDirectory(prefix="charter-audit-", ignore_cleanup_errors=True)
    try:
        with duckdb_errors(), _without_collector():
            con = _connection(folder.name, memory, threads)
            progress(_("Reading the files"))
            dumps = reading.find_dumps(con, stated, mapped)
            read = reading.read_dumps(con, dumps, progress, org)
            engine = DuckEngine(con)
            text = ngettext(
                "Finding the base models of {number} model", "Finding the base models of {number} models", read.models
            )
            progress(text.format(number=format_number(read.models)))
            tables = _tables(con)
            outcome = run(engine, tables, facts, progress, policy=policy, org=org, again=bool(what_if))
            if not what_if:
                engine.drop(*read.data)
            progress(_("Writing the report"))
            malformed = tuple((entry.file, entry.rows, entry.example) for entry in read.malformed)
            context = Context((read.models, read.datasets), malformed, read.missing, dict(facts), org, fail_on)
            # The file is replaced at the very end: it may be the earlier one that is compared with.
            with export.replacing(Path(out)) if out else nullcontext() as draft:
                with engine.beside(_writer(outcome, draft)) if draft else nullcontext():
                    report = summarize(engine, outcome, context)
                if since:
                    progress(_("Comparing with the earlier findings"))
                    findings = engine.keep(outcome.findings.in_words())
                    report = report._replace(since=compare.since(engine, findings, since))
                if what_if:
                    progress(_("Checking again with other licenses"))
                    changed = compare.with_licenses(engine, tables, what_if)
                    after = run(engine, changed, facts, lambda _: None, policy=policy, org=org)
                    report = report._replace(what_if=compare.what_if(engine, outcome, after, what_if))
    except BaseException:
        folder.cleanup()
        raise

    def close() -> None:
        con.close()
        folder.cleanup()

    return Audit(report, outcome, tables, engine, close)


def audit_frames(
    frames: Mapping[str, Any],
    session: Any,  # noqa: ANN401 - a session of Spark or a connection of Ibis
    *,
    facts: Given,
    policy: Policy | None = None,
    org: str | None = None,
    fail_on: str = "error",
    progress: Progress = lambda _: None,
) -> Audit:
    """Return the audit of tables of a session that the caller has.

    Args:
        frames: `models`, and possibly `datasets` and `renames`, as frames of Polars, Spark or Ibis.
        session: The session of Spark, or the connection of Ibis; None for Polars.
        facts: Facts that make an answer definite.
        policy: The policy of the organization.
        org: The only publisher whose models are checked, with everything they are made from.
        fail_on: The least severity that ends the command with 1.
        progress: Is called with the name of each step.

    Raises:
        CharterError: The frames are of another library.
    """
    from generator.audit.frames import engine_of, frame_tables

    engine = engine_of(frames, session)
    try:
        progress(_("Reading the tables"))
        tables = frame_tables(engine, frames)
        read = [
            engine.rows(joins.select("count(*) as number", part))[0][0] for part in (tables.models, tables.datasets)
        ]
        progress(_("Finding the base models"))
        outcome = run(engine, tables, facts, progress, policy=policy, org=org)
        progress(_("Writing the report"))
        context = Context((read[0], read[1]), (), (), dict(facts), org, fail_on)
        report = summarize(engine, outcome, context)
    except BaseException:
        engine.close()
        raise
    return Audit(report, outcome, tables, engine, engine.close)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Switch the collector of cycles off: millions of small values are made, and none of them is in a cycle."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # What was made counts as old, so that it is not looked through as soon as the collector is on again.
        if not gc.get_freeze_count():  # what a program froze stays so
            gc.freeze()
            gc.unfreeze()
        if enabled:
            gc.enable()


def _writer(outcome: Outcome, draft: export.Draft) -> Callable[[DuckEngine], None]:
    table = outcome.findings.in_words()
    return lambda engine: export.write_rows(engine, table, draft, COLUMNS, export.FINDINGS_ORDER)


def _tables(con: DuckDBPyConnection) -> Tables:
    renames = dict(con.execute("select old, new from renames order by old, new desc").fetchall())
    return Tables("models", "edges", "datasets", renames)


def _share(memory: str) -> str:
    """The part of the memory that DuckDB may take; the rest is for the lineage, and for what it doesn't count."""
    stated = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*", memory)
    return f"{float(stated[1]) * 0.7}{stated[2]}" if stated else memory


def _connection(folder: str, memory: str | None, threads: int | None) -> DuckDBPyConnection:
    import duckdb

    # Nothing is fetched: an extension that a path would ask for is neither installed nor loaded.
    settings: dict[str, Any] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": folder,
        "preserve_insertion_order": "false",
        # Tables live for seconds: to compress them takes longer than it saves.
        "checkpoint_threshold": "1TB",
        # The joins are written in the order that is best: few models have several bases, which statistics don't show.
        "disabled_optimizers": "join_order",
    }
    if threads:
        settings["threads"] = str(threads)
    if memory:
        settings["memory_limit"] = _share(memory)
    try:
        con = duckdb.connect(config=settings)
    except duckdb.Error as error:
        raise CharterError(
            _("--memory {size}: {reason}").format(size=memory, reason=str(error).splitlines()[0][:200]),
            _("Write it as 600MB or 4GB."),
        ) from None
    con.execute("set enable_progress_bar = false")  # it would go to standard output, among the report
    return con
