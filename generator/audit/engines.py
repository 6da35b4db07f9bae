"""What an audit needs of an engine beside queries: keep a table, read rows from it, put rows into it, join texts.

The queries themselves are plain SQL, written once in `joins`; an engine here is what SQL leaves open.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.audit.arrays import Integers
from generator.audit.tables import Table
from generator.errors import CharterError
from generator.translations import gettext as _

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TEXTS = frozenset(
    {
        *("ref", "alias", "owner", "id", "statement", "joined", "label", "root_license", "relation_word"),
        *("answer", "clause", "kind", "framing", "word", "stated", "openness", "free_license"),
    }
)
"""The columns of tables that hold texts; the others hold whole numbers."""
Column = Sequence[int] | Sequence[str] | Integers


class Engine(ABC):
    """An engine that holds the tables of an audit."""

    @abstractmethod
    def keep(self, query: Table) -> Table:
        """Compute a query once, and return the table."""

    @abstractmethod
    def rows(self, query: Table) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""

    def integers(self, query: Table, *columns: str) -> tuple[Integers, ...]:
        """Return some columns of a query that hold whole numbers, none of them null."""
        rows = self.rows(f"(select {', '.join(columns)} from {query} t)")
        return tuple(np.array(rows, dtype=np.int64).reshape(-1, len(columns)).T)

    @abstractmethod
    def table(self, columns: Mapping[str, Column]) -> Table:
        """Return a table with these columns, whole numbers or texts."""

    @abstractmethod
    def joined(self, query: Table, by: str, value: str, separator: str = ",") -> Table:
        """Return a table with a text for each `by`: its distinct values `value` in order, as `joined`."""

    @abstractmethod
    def native(self, query: Table) -> Any:  # noqa: ANN401 - a relation of DuckDB, a frame of Polars or of Spark
        """Return a query in the form of the engine."""

    def drop(self, *tables: Table) -> None:  # noqa: B027 - most engines have nothing to do
        """Forget tables that `keep` or `table` returned."""


def listed(column: Column) -> list[Any]:
    """Return a column as a list of Python's own numbers or texts."""
    return column.tolist() if isinstance(column, np.ndarray) else list(column)


class DuckEngine(Engine):
    """DuckDB, in this process."""

    def __init__(self, con: DuckDBPyConnection) -> None:
        self.con = con
        self._made = 0

    def keep(self, query: Table) -> Table:
        """Compute a query once, and return the table."""
        return self._create(query, None)

    def rows(self, query: Table) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        found: list[tuple[Any, ...]] = self.con.execute(f"from {query}").fetchall()
        return found

    def integers(self, query: Table, *columns: str) -> tuple[Integers, ...]:
        """Return some columns of a query that hold whole numbers."""
        held = self.con.execute(f"select {', '.join(columns)} from {query} t").fetchnumpy()
        return tuple(held[name].astype(np.int64, copy=False) for name in columns)

    def table(self, columns: Mapping[str, Column]) -> Table:
        """Return a table; columns go in as arrays or lists, which is many times faster than row by row."""
        if all(isinstance(column, np.ndarray) for column in columns.values()):
            self.con.register("arrays", {name: np.ascontiguousarray(column) for name, column in columns.items()})
            try:
                return self._create("arrays", None)
            finally:
                self.con.unregister("arrays")
        parts = [f'unnest(${name}::{"varchar" if name in TEXTS else "bigint"}[]) as "{name}"' for name in columns]
        values: dict[str, object] = {name: listed(column) for name, column in columns.items()}
        return self._create(f"(select {', '.join(parts)})", values)

    def joined(self, query: Table, by: str, value: str, separator: str = ",") -> Table:
        """Return a table with a text for each `by`."""
        return self._create(
            f"(select {by}, array_to_string(list_sort(list(distinct {value})), '{separator}') as joined "
            f"from {query} group by {by})",
            None,
        )

    @contextmanager
    def beside(self, job: Callable[[DuckEngine], None]) -> Iterator[None]:
        """Do a job in a thread of its own, on a connection of its own, while the block runs; what it raises is raised.

        Args:
            job: What is done; it gets an engine with the same tables.
        """
        with self.con.cursor() as con, ThreadPoolExecutor(1) as pool:
            running = pool.submit(job, DuckEngine(con))
            try:
                yield
                running.result()
            except BaseException:
                con.interrupt()
                raise

    def native(self, query: Table) -> Any:  # noqa: ANN401 - a relation
        """Return a query as a relation."""
        return self.con.sql(f"from {query}")

    def drop(self, *tables: Table) -> None:
        """Forget tables."""
        for table in tables:
            self.con.execute(f"drop table {table}")

    def _create(self, query: Table, values: Mapping[str, object] | None) -> Table:
        name = f"kept_{self._made}"
        self._made += 1
        self.con.execute(f"create table {name} as from {query}", values)
        return name


@contextmanager
def duckdb_errors() -> Iterator[None]:
    """Turn what DuckDB makes of Ctrl-C, too little memory and a full disk into errors that a command understands.

    Raises:
        KeyboardInterrupt: It was interrupted.
        CharterError: There is not enough memory, or no room for temporary tables.
    """
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException:
        raise CharterError(
            _("The audit needs more memory than it may take."), _("Raise --memory, or set --threads 1.")
        ) from None
    except duckdb.IOException as error:
        said = str(error).splitlines()[0][:200]
        raise CharterError(
            _("A file can't be written: {reason}").format(reason=said), _("Free space there, or set TMPDIR.")
        ) from None
    except RuntimeError as error:
        if "interrupt" not in str(error).lower():
            raise
        raise KeyboardInterrupt from None
