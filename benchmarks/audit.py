"""How long an audit of a whole Hub takes, against reading its columns and one join: `python -m benchmarks.audit`.

The Hub is made by DuckDB from row numbers: the shape of the public dump, with no real name in it. 30 % of models have a
base (adapter, finetune, quantized, merge as on the Hub), the bases follow a power law, 18 % of them have bases of their
own; some are gone, some name themselves, 9 % name data sets, 63 % state no license.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LICENSES = "['apache-2.0', 'mit', 'openrail', 'llama3.1', 'gemma', 'cc-by-nc-4.0', 'llama3', 'other', 'gpl-3.0', 'gpl']"
ROUNDS = 5


def make_hub(folder: Path, models: int) -> None:
    """Write `models.parquet` and `datasets.parquet` of a synthetic Hub."""
    import duckdb

    con = duckdb.connect()
    # u(k) is an even number in [0, 1) that depends on the row and on k alone.
    con.execute("create macro u(i, k) as (hash(i * 1000003 + k) % 1000000007) / 1000000007.0")
    roots, sets = max(24, models // 400), max(20, models // 3)
    con.execute(f"create macro base_of(i, k) as cast(case when u(i, k) < 0.18 then i * u(i, k + 1) "
                f"else pow({roots}, u(i, k + 1)) - 1 end as bigint)")  # fmt: skip
    con.execute("create macro named(i) as 'user' || (i % 4099) || '/model-' || i")
    con.execute(f"""
      copy (select named(i) as id, cast(pow(1 - u(i, 1), -0.9) as bigint) as downloads,
          case when u(i, 2) < 0.5 then 'transformers' end as library_name,
          json_object('license', license, 'base_model', bases, 'datasets', sets,
            'widget', repeat('text ', (i % 40)::int))::varchar as cardData,
          case when bases is not null then {{'relation': relation,
            'models': list_transform(list_filter(bases, lambda b: not starts_with(b, 'gone/')),
              lambda b: {{'_id': '', 'id': b}})}} end as baseModels
        from (select *, case when u(i, 4) < 0.37 then {LICENSES}[1 + floor(10 * u(i, 5) * u(i, 6))::int] end as license,
            case when u(i, 9) < 0.09 then ['data/set-' || cast({sets} * u(i, 10) * u(i, 11) as bigint)] end as sets,
            case when relation is null then null when relation = 'merge' then
              list_transform(range(2 + (i % 4)), lambda k: named(base_of(i, 20 + 2 * k)))
              else [case when u(i, 12) < 0.03 then 'gone/' || i when u(i, 12) < 0.0302 then named(i)
                    else named(base_of(i, 14)) end] end as bases
          from (select i, case when i < {roots} or u(i, 7) > 0.3 then null when u(i, 8) < 0.426 then 'adapter'
              when u(i, 8) < 0.785 then 'finetune' when u(i, 8) < 0.977 then 'quantized' else 'merge' end as relation
            from range({models}) t(i)))) to '{folder}/models.parquet' (format parquet, compression zstd)""")
    con.execute(f"""
      copy (select 'data/set-' || i as id, 0 as downloads, json_object('license',
          case when u(i, 3) < 0.3 then {LICENSES}[1 + floor(10 * u(i, 4))::int] end)::varchar as cardData
        from range({sets}) t(i)) to '{folder}/datasets.parquet' (format parquet, compression zstd)""")


FLOOR = """
import duckdb, sys
con = duckdb.connect(config={"threads": "2"})
models, datasets = (f"'{sys.argv[1]}/{name}.parquet'" for name in ("models", "datasets"))
con.execute(f"select count(*), sum(length(id)), sum(length(cardData)), sum(downloads), sum(len(baseModels.models)) "
            f"from {models}").fetchall()
con.execute(f"select count(*), sum(length(id)), sum(length(cardData)) from {datasets}").fetchall()
con.execute(f"select count(*), sum(m.downloads) from (select unnest(baseModels.models).id as base from {models}) e "
            f"left join {models} m on m.id = e.base").fetchall()
"""


def run(command: list[str], folder: Path, cache: Path) -> tuple[float, float, int]:
    """Return the seconds, the seconds of the processors and the peak of memory (MiB) of a process.

    Modules are compiled once, into a folder of their own, as an installation compiles them.
    """
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    running = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, env={**environment, "PYTHONPYCACHEPREFIX": str(cache)}
    )
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    assert running.returncode in (0, 1), command
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024


def main() -> None:
    """Make the Hub, take turns, and print a row for each kind of audit."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--models", type=int, default=2_500_000)
    parser.add_argument("--hub", type=Path, help="a folder with both Parquet files, instead of a new one")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = args.hub.absolute() if args.hub else Path(name)
        if not args.hub:
            make_hub(folder, args.models)
        files = [str(folder / "models.parquet"), str(folder / "datasets.parquet")]
        audit = [sys.executable, "-m", "generator", "audit", *files, "--threads", "2"]
        kinds = {
            "audit, findings written": [*audit, "--out", str(Path(name) / "findings.parquet")],
            "audit, --memory 600MB": [*audit, "--memory", "600MB", "--out", str(Path(name) / "findings.parquet")],
            "audit, --org user7": [*audit, "--org", "user7"],
        }
        print("| what | wall / floor | processors / floor | peak MiB |\n|---|---|---|---|")
        for title, command in kinds.items():
            floor = [sys.executable, "-c", FLOOR, str(folder)]
            cache = Path(name) / "compiled"
            rounds = [(run(floor, folder, cache), run(command, Path.cwd(), cache)) for _ in range(1 + ROUNDS)][1:]
            wall, cpu = (statistics.median(b[at] / a[at] for a, b in rounds) for at in (0, 1))
            print(f"| {title} | {wall:.1f} | {cpu:.1f} | {max(b[2] for _, b in rounds)} |")


if __name__ == "__main__":
    main()
