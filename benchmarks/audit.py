"""How long an audit of a whole Hub takes, against reading its columns and one join: `python -m benchmarks.audit`.

The Hub is made by DuckDB from row numbers, in the columns and the published shape of the public dump, with no real name
in it. 30 % of models have a base (43 % adapter, 36 % finetune, 19 % quantized, 2 % merge of 2 to 47), the bases follow
a power law over few roots, 18 % of them are derived themselves; some are gone or renamed, some name themselves or each
other, 9 % name data sets, 63 % state no license, one publisher has 3,000 models, and half of the cards hold text that
an audit doesn't read.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LICENSES = {
    "apache-2.0": 450, "mit": 170, "openrail": 60, "other": 60, "creativeml-openrail-m": 50, "gemma": 30,
    "cc-by-nc-4.0": 30, "llama3.1": 25, "llama3": 20, "llama2": 20, "llama3.2": 15, "cc-by-4.0": 15, "cc-by-sa-4.0": 10,
    "cc-by-nc-sa-4.0": 10, "afl-3.0": 7, "unknown": 6, "gpl-3.0": 5, "llama3.3": 5, "cc0-1.0": 4,
    "bigcode-openrail-m": 3, "bsd-3-clause": 3, "agpl-3.0": 2, "bigscience-openrail-m": 2, "wtfpl": 2, "cc": 1,
    "gpl": 1, "mpl-2.0": 1, "my-own-license": 3,
}  # fmt: skip
"""Licenses of models, and of how many."""
ROOT_LICENSES = ("apache-2.0", "llama3.1", "apache-2.0", "other", "llama3.2", "gemma", "creativeml-openrail-m", "mit",
                 "llama2", "apache-2.0", "cc-by-nc-4.0", "llama3", None)  # fmt: skip
OTHER_NAMES = (None, "qwen", "qwen-research", "tongyi-qianwen", "nvidia-open-model-license", "deepseek", "modified-mit",
               "falcon-llm-license", "flux-1-dev-non-commercial-license", "exaone", "yi-license")  # fmt: skip
WIDTHS = {2: 587, 3: 183, 4: 116, 5: 83, 6: 78, 7: 33, 9: 22, 12: 9, 24: 3, 47: 1}
"""Bases of a merge, and of how many."""
ROUNDS = 5


def make_hub(folder: Path, models: int) -> None:
    """Write `models.parquet` and `datasets.parquet` of a synthetic Hub."""
    import duckdb

    con = duckdb.connect()
    con.execute("set enable_progress_bar = false")
    # u(i, k) is an even number in [0, 1) that depends on the row and on k alone.
    con.execute("create macro u(i, k) as (hash(i * 1000003 + k) % 1000000007) / 1000000007.0")
    con.execute("create macro chosen(listed, x) as listed[1 + floor(len(listed) * x)::bigint]")
    roots, sets = max(24, models // 400), max(20, models * 9 // 25)
    con.execute(f"create macro derived(i) as i >= {roots} and u(i, 7) <= 0.3")
    con.execute("create macro derived_from(j) as coalesce(list_filter(range(j, j + 20), lambda k: derived(k))[1], j)")
    con.execute(f"create macro base_of(i, k) as cast(case when u(i, k) < 0.18 then "
                f"derived_from(cast((i - 20) * sqrt(u(i, k + 1)) as bigint)) "
                f"else pow({roots}, u(i, k + 1)) - 1 end as bigint)")  # fmt: skip
    con.execute(f"create macro named(i) as case when i % {max(2, models // 3000)} = 7 then 'acme' "
                f"else 'user' || (hash(i) % {models // 4 + 1}) end || '/model-' || i")  # fmt: skip
    con.execute("create macro stated(b, k) as case when u(b, k) < 0.03 then 'gone-' || (b % 900) || '/model-' || b "
                "when u(b, k) < 0.075 then 'former-' || (b % 977) || '/model-' || b else named(b) end")  # fmt: skip
    con.execute(f"""
      copy (select printf('%024x', hash(i) % 1000000007) as _id, id, split_part(id, '/', 1) as author,
          downloads, (sqrt(downloads) * u(i, 30) * 0.2)::bigint as likes, library as library_name,
          list_filter([library, 'region:us'], lambda t: t is not null) as tags,
          json_merge_patch('{{}}'::json, json_object('license', license, 'license_name',
              case when license = 'other' then chosen({_listed(OTHER_NAMES)}, u(i, 3)) end, 'base_model',
              case when len(bases) = 1 then to_json(bases[1]) else to_json(bases) end, 'datasets', sets,
              'library_name', library, 'widget', case when u(i, 31) < 0.5 then array_to_string(list_transform(
              range((pow(u(i, 32), 6) * 150)::int), lambda k: u(i, 100 + k)::varchar), ' ') end))::varchar as cardData,
          case when len(here) > 0 then {{'relation': relation,
            'models': list_transform(here, lambda b: {{'_id': printf('%024x', hash(b) % 1000000007), 'id': b}})}}
            end as baseModels
        from (select *, named(i) as id, list_transform(numbers, lambda b: case when b = i then named(b)
              else stated(b, i) end) as bases,
            list_transform(list_filter(numbers, lambda b: b = i or u(b, i) >= 0.03), lambda b: named(b)) as here,
            case when u(i, 1) < 0.4 then 0 else pow(1 - u(i, 1), -0.9)::bigint end as downloads,
            case when relation = 'adapter' and u(i, 2) < 0.8 then 'peft' when u(i, 2) < 0.6 then 'transformers'
              when u(i, 2) < 0.75 then 'diffusers' end as library,
            case when i < {roots} then chosen({_listed(ROOT_LICENSES)}, u(i, 5))
              when u(i, 4) < 0.37 then chosen({_listed(LICENSES)}, u(i, 5)) end as license,
            case when u(i, 9) < 0.09 then list_transform(range(1 + (4 * pow(u(i, 10), 4))::int),
              lambda k: 'data/set-' || cast({sets} * pow(u(i, 40 + k), 3) as bigint)) end as sets
          from (select i, relation, case when relation is null then null
              when u(i, 12) < 0.002 then [i]
              when u(i // 2, 13) < 0.003 then [i + 1 - 2 * (i % 2)]
              when u(i, 12) < 0.02 and i > 40 then [i - 1]
              when relation = 'merge' then list_transform(range(chosen({_listed(WIDTHS)}, u(i, 11))),
                lambda k: base_of(i, 200 + 2 * k)) else [base_of(i, 14)] end as numbers
            from (select i, case when not derived(i) then null when u(i, 8) < 0.426 then 'adapter'
                when u(i, 8) < 0.785 then 'finetune' when u(i, 8) < 0.977 then 'quantized' else 'merge' end as relation
              from range({models}) t(i))))) to '{folder}/models.parquet' (format parquet, compression zstd)""")
    con.execute(f"""
      copy (select 'data/set-' || i as id, case when u(i, 1) < 0.3 then 0 else pow(1 - u(i, 1), -0.9)::bigint end
          as downloads, json_merge_patch('{{}}'::json, json_object('license',
            case when u(i, 3) < 0.3 then chosen({_listed(LICENSES)}, u(i, 4)) end))::varchar as cardData
        from range({sets}) t(i)) to '{folder}/datasets.parquet' (format parquet, compression zstd)""")


def _listed(values: dict[str, int] | dict[int, int] | tuple[str | None, ...]) -> str:
    """Values as a list of SQL, each as often as is stated."""
    listed: list[str | int | None] = []
    if isinstance(values, dict):
        for value, number in values.items():
            listed += [value] * number
    else:
        listed += values
    texts = ("null" if value is None else f"'{value}'" if isinstance(value, str) else str(value) for value in listed)
    return f"[{', '.join(texts)}]"


FLOOR = """
import duckdb, sys
con = duckdb.connect(config={"threads": "2"})
models, datasets = (f"'{sys.argv[1]}/{name}.parquet'" for name in ("models", "datasets"))
con.execute(f"select count(*), sum(length(id)), sum(length(cardData)), sum(downloads), sum(likes), "
            f"sum(len(baseModels.models)) from {models}").fetchall()
con.execute(f"select count(*), sum(length(id)), sum(length(cardData)), sum(downloads) from {datasets}").fetchall()
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


def measure(command: list[str], folder: Path, cache: Path) -> tuple[float, float, float, int]:
    """Return an audit's seconds and those of the processors against the floor's, its own of these, and its memory.

    Both take turns; the first turn doesn't count.
    """
    floor = [sys.executable, "-c", FLOOR, str(folder)]
    rounds = [(run(floor, folder, cache), run(command, Path.cwd(), cache)) for _ in range(1 + ROUNDS)][1:]
    wall, cpu = (statistics.median(b[at] / a[at] for a, b in rounds) for at in (0, 1))
    return wall, cpu, statistics.median(b[1] for _, b in rounds), max(b[2] for _, b in rounds)


def main() -> None:
    """Make the Hub, and print a row for each kind of audit."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--models", type=int, default=2_500_000)
    parser.add_argument("--hub", type=Path, help="a folder with both Parquet files, instead of a new one")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, small = args.hub.absolute() if args.hub else Path(name), Path(name) / "small"
        small.mkdir()
        make_hub(small, args.models // 10)
        if not args.hub:
            make_hub(folder, args.models)
        out, cache = str(Path(name) / "findings.parquet"), Path(name) / "compiled"
        audit = [sys.executable, "-m", "generator", "audit", "--threads", "2"]
        files, few = ([str(place / f"{kind}.parquet") for kind in ("models", "datasets")] for place in (folder, small))
        print("| what | wall / floor | processors / floor | peak MiB |\n|---|---|---|---|")
        kinds = {
            "audit, findings written": (folder, [*audit, *files, "--out", out]),
            "audit, --memory 600MB": (folder, [*audit, *files, "--memory", "600MB", "--out", out]),
            "audit, --org acme": (folder, [*audit, *files, "--org", "acme"]),
            "audit of a tenth of the models": (small, [*audit, *few, "--out", out]),
        }
        seconds: dict[str, float] = {}
        for title, (place, command) in kinds.items():
            wall, cpu, seconds[title], memory = measure(command, place, cache)
            print(f"| {title} | {wall:.1f} | {cpu:.1f} | {memory} |", flush=True)
        whole, tenth = seconds["audit, findings written"], seconds["audit of a tenth of the models"]
        print(f"\nGrowth of processor time with models, as an exponent: {math.log10(whole / tenth):.2f}.")


if __name__ == "__main__":
    main()
