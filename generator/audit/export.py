"""Write findings and the inventory to files, all of it or nothing: Parquet, CSV or JSON Lines."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from generator.audit.engines import DuckEngine, Engine, duckdb_errors
from generator.audit.tables import Table
from generator.errors import CharterError
from generator.translations import gettext as _

_OPTIONS = {
    ".parquet": "format parquet, compression zstd, compression_level 1",
    ".csv": "format csv, header true, force_quote *",
    ".jsonl": "format json, array false",
}
_NUMBERS = ("depth", "downloads", "same_publisher")
FINDINGS_ORDER = ("model", "kind", "root", "root_license", "relation")
"""The columns by which findings are sorted."""


def check_name(path: Path) -> str:
    """Return the end of a file's name, if the file can be written there.

    Args:
        path: The file.

    Raises:
        CharterError: It is none that findings are written to, or its folder doesn't exist.
    """
    end = path.suffix.lower()
    if end not in _OPTIONS:
        raise CharterError(
            _("{file}: findings can't be written to this.").format(file=path),
            _("Use a name that ends with {endings}.").format(endings=", ".join(_OPTIONS)),
        )
    if not path.parent.is_dir():
        raise CharterError(
            _("{file}: the folder {folder} doesn't exist.").format(file=path, folder=path.parent),
            _("Create it, or pass another path."),
        )
    return end


class Draft(NamedTuple):
    """A file that takes the place of another.

    Attributes:
        file: The draft.
        end: The end of the name that it gets.
    """

    file: Path
    end: str


@contextmanager
def replacing(path: Path) -> Iterator[Draft]:
    """Return a draft that takes the place of a file at the end of the block; after an error the file is as it was.

    Args:
        path: The file.

    Raises:
        CharterError: The name has an end that isn't known, or the file can't be written.
    """
    end = check_name(path)
    try:
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise CharterError(
            _("{file}: can't be written: {reason}.").format(file=path, reason=_(error.strerror or str(error))),
            _("Check the folder."),
        ) from None
    os.close(handle)
    try:
        yield Draft(Path(draft), end)
        Path(draft).chmod(0o666 & ~_umask())
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


def write_rows(engine: Engine, table: Table, draft: Draft, columns: Sequence[str], order: Sequence[str]) -> None:
    """Write the rows of a table.

    Args:
        engine: Where it is.
        table: It.
        draft: Where they are written to.
        columns: The names of its columns.
        order: The columns by which its rows are sorted, then by the others: equal input gives equal bytes.

    Raises:
        CharterError: The tables are not in DuckDB, or there is no room for the file.
    """
    if not isinstance(engine, DuckEngine):
        raise CharterError(
            _("The tables are in your own session."), _("Write them with it: audit.findings and audit.inventory.")
        )
    by = dict.fromkeys((*order, *columns))
    sql = f"select * from {table} order by {', '.join(by)}"
    if draft.end == ".csv":
        texts = (name for name in columns if name not in _NUMBERS)
        sql = f"select * replace ({', '.join(map(_plain, texts))}) from ({sql})"
    quoted = str(draft.file).replace("'", "''")
    with duckdb_errors():
        engine.con.execute(f"copy ({sql}) to '{quoted}' ({_OPTIONS[draft.end]})")


def _plain(name: str) -> str:
    """A column whose values no spreadsheet takes for a formula."""
    return f'if(regexp_matches("{name}", \'^[=+\\-@\\t\\r]\'), \'\'\'\' || "{name}", "{name}") as "{name}"'


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
