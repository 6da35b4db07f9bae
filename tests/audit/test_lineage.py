"""What an audit follows through a table is what `assess` follows through the same cards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from generator import audit
from generator.api import assess, load_target
from generator.audit.joins import select
from generator.audit.licenses import license_in, relation_in
from generator.audit.report import COLUMNS
from generator.audit.session import Audit
from generator.release.vocabulary import RELATIONS
from tests.effort import sampled

Terms = set[tuple[str | None, str]]
LICENSES = (
    *("apache-2.0", "mit", "llama2", "llama3.1", "gemma", "cc-by-nc-4.0", "cc-by-sa-4.0", "gpl-3.0", "agpl-3.0"),
    *("creativeml-openrail-m", "unknown", "my-own-license", ["mit", "apache-2.0"], ["llama3.1", "gemma"], None, None),
)
RELATION = ("finetune", "adapter", "quantized", "merge")


def inherited(found: Audit) -> dict[str, Terms]:
    """Return what each derived model inherits: license and relation."""
    outcome = found.outcome
    engine = found._engine
    rows = engine.rows(select("t.id, t.terms", outcome.derived))
    return {
        id_: {
            (str(outcome.table.expressions[license_in(t)] or "") or None, RELATIONS[relation_in(t)])
            for t in outcome.table.sets[terms]
        }
        for id_, terms in rows
    }


def assessed(folder: Path) -> Terms:
    """Return what a card inherits by the engine; the license of the model itself is the first."""
    (item,) = assess(load_target(str(folder))).items
    return {(str(flow.license or "") or None, flow.relation) for flow in item.flows[1:]}


def random_hub(seed: int, models: int, *, circles: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return cards of models and data sets with the oddities of the Hub."""
    rnd = Random(seed)
    datasets = [{"id": f"data/set-{n}", "license": rnd.choice(LICENSES), "task_categories": ["x"]} for n in range(8)]
    rows: list[dict[str, Any]] = []
    for number in range(models):
        row: dict[str, Any] = {"id": f"lab-{number % 7}/model-{number:03}", "license": rnd.choice(LICENSES)}
        if rnd.random() < 0.1:
            row |= {
                "license": "other",
                "license_name": rnd.choice(["llama3", "qwen-research", "modified-mit", "nobody-knows", None]),
            }
            row["license_link"] = rnd.choice(
                [
                    None,
                    "LICENSE",
                    "https://lab.example/license",
                    "https://huggingface.co/Qwen/Qwen2.5-3B/blob/main/LICENSE",
                ]
            )
        others = models if circles else number
        if others and rnd.random() < 0.8:
            count = 1 if rnd.random() < 0.7 else rnd.choice([2, 3, 6])
            bases = [f"lab-{n % 7}/model-{n:03}" for n in (rnd.randrange(others) for _ in range(count))]
            if rnd.random() < 0.15:
                bases.append(
                    rnd.choice(
                        [
                            "gone/away",
                            "gpt2",
                            "meta-llama/Llama-2-7b-hf",
                            "Qwen/Qwen2.5-3B",
                            "MiniMaxAI/MiniMax-M2",
                            bases[0],
                        ]
                    )
                )
            row["base_model"] = bases if len(bases) > 1 or rnd.random() < 0.3 else bases[0]
            row["base_model_relation"] = "finetune" if circles else rnd.choice(RELATION)
        elif rnd.random() < 0.2:
            row["base_model"] = []
        if rnd.random() < 0.2:
            row["datasets"] = [f"data/set-{rnd.randrange(10)}" for _ in range(rnd.choice([1, 2]))]
        rows.append(row)
    return rows, datasets


@pytest.mark.parametrize(("seed",), sampled([(0,), (1,), (2,)], lambda number, _: not number))
def test_flows_equal_those_of_assess(
    seed: int, table: Callable[..., Path], hub_cache: Callable[..., dict[str, Path]]
) -> None:
    models, datasets = random_hub(seed, 40, circles=False)
    folders = hub_cache(models, datasets)
    with audit(table(models), table(datasets, "datasets.jsonl")) as found:
        followed = inherited(found)
    for id_, folder in folders.items():
        assert followed.get(id_, set()) == assessed(folder), id_


@pytest.mark.parametrize(("seed",), sampled([(0,), (1,), (2,)], lambda number, _: not number))
def test_flows_equal_those_of_assess_in_circles(
    seed: int, table: Callable[..., Path], hub_cache: Callable[..., dict[str, Path]]
) -> None:
    models, datasets = random_hub(seed, 12, circles=True)
    models = [{key: row[key] for key in row if key != "datasets"} for row in models]
    for row in models:  # a model that names itself is a finding about its card, not lineage
        bases = row.get("base_model") or []
        row["base_model"] = [base for base in ([bases] if isinstance(bases, str) else bases) if base != row["id"]]
    folders = hub_cache(models, datasets)
    with audit(table(models)) as found:
        followed = inherited(found)
    for id_, folder in folders.items():
        assert followed.get(id_, set()) == assessed(folder), id_


def test_a_merge_of_47_models(table: Callable[..., Path], hub_cache: Callable[..., dict[str, Path]]) -> None:
    licenses = ["apache-2.0", "llama3.1", "gemma", "mit", None]
    models: list[dict[str, Any]] = [{"id": f"a/m{n}", "license": licenses[n % 5]} for n in range(46)]
    models.append({"id": "a/merge", "license": "apache-2.0", "base_model_relation": "merge"})
    models[-1]["base_model"] = [*(row["id"] for row in models[:46]), "gone/model"]
    folders = hub_cache(models, [])
    with audit(table(models)) as found:
        assert inherited(found)["a/merge"] == assessed(folders["a/merge"])


@pytest.mark.parametrize(("seed",), sampled([(0,), (1,), (2,), (3,)], lambda number, _: not number))
def test_an_organization_is_read_from_a_dump_of_the_hub_as_from_any_table(
    seed: int, table: Callable[..., Path], tmp_path: Path
) -> None:
    # From a Parquet file only what may be above the organization's models is read; JSON Lines are read whole.
    duckdb = pytest.importorskip("duckdb")
    rnd = Random(seed)
    rows, datasets = random_hub(seed, 80, circles=bool(seed % 2))
    present = {row["id"] for row in rows}
    dump: list[dict[str, Any]] = []
    for row in rows:
        named = row.get("base_model") or []
        bases = [base for base in ([named] if isinstance(named, str) else named) if base in present]
        resolved = [{"_id": "", "id": base} for base in bases if rnd.random() < 0.8]
        held = {"relation": row.get("base_model_relation"), "models": resolved} if resolved else None
        card = {key: value for key, value in row.items() if key != "id"}
        dump.append({"id": row["id"], "downloads": rnd.randrange(99), "cardData": card, "baseModels": held})
    dump.append({"id": "meta-llama/Llama-2-7b-hf", "downloads": 1, "cardData": {"license": "llama2"}})
    files = []
    for number, part in enumerate((dump[::2], dump[1::2])):
        files.append(tmp_path / f"part{number}.parquet")
        shape = "STRUCT(relation VARCHAR, models STRUCT(_id VARCHAR, id VARCHAR)[])"
        columns = f"{{id: 'VARCHAR', downloads: 'BIGINT', cardData: 'JSON', baseModels: '{shape}'}}"
        source = f"read_json('{table(part, f'part{number}.jsonl')}', columns={columns}, format='newline_delimited')"
        query = f"select id, downloads, cardData::varchar as cardData, baseModels from {source}"
        duckdb.execute(f"copy ({query}) to '{files[-1]}' (format parquet)")
    lines, sets = table(dump), table(datasets, "datasets.jsonl")
    for org in ("lab-0", "lab-3", "meta-llama"):
        with audit(lines, sets, org=org) as expected, audit(*files, sets, org=org) as found:
            wanted, got = (sorted(map(str, one.findings.fetchall())) for one in (expected, found))
            assert got == wanted
            assert found.to_dict() == expected.to_dict()
            assert inherited(found) == inherited(expected)


@pytest.mark.parametrize(("seed",), sampled([(0,), (1,), (2,), (3,)], lambda number, _: not number))
@pytest.mark.parametrize("org", [None, "lab-3"])
def test_the_order_of_rows_does_not_matter(org: str | None, seed: int, table: Callable[..., Path]) -> None:
    pytest.importorskip("duckdb")
    rnd = Random(seed)
    rows, datasets = random_hub(seed, 150, circles=bool(seed % 2))
    for row in rows:
        row["downloads"] = rnd.randrange(5)  # many models have as many
    reports = []
    for _ in range(3):
        with audit(table(rows), table(datasets, "datasets.jsonl"), org=org) as found:
            reports.append(found.to_dict())
        rnd.shuffle(rows)
        rnd.shuffle(datasets)
    assert reports[1:] == reports[:1] * 2


def test_a_lineage_of_5000_models_is_followed_to_its_root(table: Callable[..., Path]) -> None:
    rows = [{"id": "meta/root", "license": "llama2"}]
    for number in range(1, 5000):
        rows.append({"id": f"lab/model-{number}", "license": "mit", "base_model": rows[-1]["id"]})
    with audit(table(rows)) as found:
        findings = {row[0]: row for row in found.findings.fetchall() if row[2] == "meta/root"}
    assert len(findings) == 4999
    for number, depth in ((1, 1), (2, 2), (700, 700), (4999, 4095)):
        found_here = dict(zip(COLUMNS, findings[f"lab/model-{number}"], strict=True))
        kind = "dropped" if number == 1 else "inherited"
        assert (found_here["license"], found_here["root_license"]) == ("MIT", "LicenseRef-llama2")
        assert (found_here["via"], found_here["depth"]) == (rows[number - 1]["id"], depth)
        assert (found_here["kind"], found_here["answer"], found_here["same_publisher"]) == (kind, "no", 0)


@pytest.mark.parametrize("length", [2, 3, 5])
def test_terms_from_a_circle_come_from_its_nearest_model(length: int, table: Callable[..., Path]) -> None:
    rows: list[dict[str, Any]] = [
        {"id": f"lab/model-{number}", "base_model": f"lab/model-{(number + 1) % length}"} for number in range(length)
    ]
    rows[0]["license"] = "llama3.1"  # it inherits its own license around the circle
    rows.append({"id": "user/first", "license": "mit", "base_model": "lab/model-0"})
    rows.append({"id": "user/second", "license": "mit", "base_model": "user/first"})
    with audit(table(rows)) as found:
        listed = [dict(zip(COLUMNS, row, strict=True)) for row in found.findings.fetchall()]
    depths = {row["model"]: (row["root"], row["depth"], row["kind"]) for row in listed if row["answer"] == "no"}
    assert depths == {
        "user/first": ("lab/model-0", 1, "dropped"),
        "user/second": ("lab/model-0", 2, "inherited"),
    }
