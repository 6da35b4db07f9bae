"""Compare an audit with one under other licenses, or with the findings of an earlier one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from generator.audit import joins
from generator.audit.columns import quoted_path
from generator.audit.engines import DuckEngine, Engine
from generator.audit.pipeline import Outcome
from generator.audit.report import ANSWERS, Change, Row, Since, WhatIf
from generator.audit.tables import Table, Tables
from generator.errors import CharterError
from generator.licenses.catalog import parse
from generator.translations import gettext as _

_LISTED = 20
_RANKS = ("unchecked", *reversed(ANSWERS))
"""Answers, the freest first."""
_KEY = ("model", "root", "root_license", "kind")
_READERS = {
    ".parquet": "read_parquet({})",
    ".csv": "read_csv({}, all_varchar=true, header=true)",
    ".jsonl": "read_json({}, format='newline_delimited')",
}


def parse_what_if(stated: Iterable[str] | Mapping[str, str]) -> dict[str, str]:
    """Return the licenses that models would have, by their ids.

    Args:
        stated: `ID=LICENSE` texts, or a mapping.

    Raises:
        CharterError: One has no `=`.
        UnknownLicenseError: A license isn't known.
    """
    found: dict[str, str] = {}
    for text in stated.items() if isinstance(stated, Mapping) else [text.partition("=")[::2] for text in stated]:
        id_, license_ = (part.strip() for part in text)
        if not id_ or not license_:
            raise CharterError(
                _("--what-if {id}: expected ID=LICENSE.").format(id=id_),
                _("For example --what-if lab/model=apache-2.0."),
            )
        found[id_] = str(parse(license_))
    return found


def with_licenses(engine: Engine, tables: Tables, licenses: Mapping[str, str]) -> Tables:
    """Return the tables of an audit with other licenses of some models; one that the dump lacks is added.

    Args:
        engine: Where the tables are.
        tables: What the audit started from; it stays as it is.
        licenses: Licenses by the ids of the models.
    """
    wanted = engine.table({"id": list(licenses), "statement": list(licenses.values())})
    present = {row[0] for row in engine.rows(joins.select("id", joins.within(tables.models, wanted, "id")))}
    lacking = [id_ for id_ in licenses if id_ not in present]
    numbers = [-1 - place for place in range(len(lacking))]  # models of files are numbered from 0
    stated = [licenses[id_] for id_ in lacking]
    added = engine.table({"model": numbers, "id": lacking, "statement": stated, "downloads": [0] * len(lacking)})
    return tables._replace(models=joins.union(joins.restated(tables.models, wanted), added))


def what_if(engine: Engine, before: Outcome, after: Outcome, licenses: Mapping[str, str]) -> WhatIf:
    """Return what changes if models had other licenses.

    Args:
        engine: Where the tables are.
        before: What was found.
        after: What was found with the other licenses.
        licenses: The other licenses, by the ids of models.
    """
    changed = engine.keep(joins.changed(_ranked(engine, before), _ranked(engine, after)))
    counted = engine.rows(joins.counted(changed, "before", "after"))
    named = joins.first(changed, _LISTED, "downloads", "id")
    answers: Counter[str] = Counter()
    for entry in after.combined:
        answers[entry.combination.answer or "unchecked"] += entry.models
    return WhatIf(
        dict(licenses),
        {answer: answers[answer] for answer in (*ANSWERS, "unchecked")},
        tuple(Change(_RANKS[one], _RANKS[two], number, sum_ or 0) for one, two, number, sum_ in sorted(counted)),
        tuple(
            (id_, _RANKS[one], _RANKS[two]) for id_, one, two in engine.rows(joins.select("id, before, after", named))
        ),
    )


def _ranked(engine: Engine, outcome: Outcome) -> Table:
    """Derived models with the place of their answer in the order of answers: `model`, `id`, `downloads`, `rank`."""
    rows = [
        (entry.combination.inherited, entry.combination.license, _RANKS.index(entry.combination.answer or "unchecked"))
        for entry in outcome.combined
    ]
    columns = {key: [row[at] for row in rows] for at, key in enumerate(("terms", "license", "rank"))}
    return joins.ranked(outcome.derived, engine.table(columns))


def since(engine: DuckEngine, findings: Table, path: str | Path) -> Since:
    """Return which findings are new, and which are gone, since an earlier audit.

    Args:
        engine: Where the findings are.
        findings: The findings, as a table.
        path: The earlier findings: a file that `--out` wrote.

    Raises:
        CharterError: The file can't be read as findings.
    """
    file = Path(path)
    reader = _READERS.get(file.suffix.lower())
    if reader is None or not file.is_file():
        raise CharterError(
            _("--since {file}: no file with findings.").format(file=path),
            _("Pass a file that charter audit --out wrote."),
        )
    earlier = _earlier(engine, reader.format(quoted_path(str(path))), path)
    new = engine.keep(joins.without(findings, earlier, *_KEY))
    gone = engine.keep(joins.without(earlier, joins.pairs(findings, *_KEY), *_KEY))
    order = ("downloads", *_KEY)
    rows = engine.rows(joins.first(new, _LISTED, *order))
    key = ", ".join(_KEY)
    listed = engine.rows(joins.select(key, gone, f"order by {key} limit {_LISTED}"))
    return Since(
        file.name, _by_kind(engine, new), _by_kind(engine, gone), tuple(Row(*row) for row in rows), tuple(listed)
    )


def _earlier(engine: DuckEngine, source: str, path: str | Path) -> Table:
    import duckdb

    # In a CSV file a text that a spreadsheet would run begins with an apostrophe.
    columns = ", ".join(f"regexp_replace(coalesce({name}, ''), '^''([=+@-])', '\\1') as {name}" for name in _KEY)
    try:
        engine.con.execute(f"create table earlier as select distinct {columns} from {source}")
    except duckdb.Error as error:
        said = str(error).splitlines()[0][:200]
        raise CharterError(
            _("--since {path}: {reason}").format(path=path, reason=said),
            _("Pass a file that charter audit --out wrote."),
        ) from None
    return "earlier"


def _by_kind(engine: Engine, findings: Table) -> dict[str, int]:
    return dict(sorted(engine.rows(joins.counted_rows(findings, "kind"))))
