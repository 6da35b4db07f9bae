"""An audit reports who drops which terms, where, and what is not known."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator import CharterError, audit
from tests.audit.conftest import SAMPLE
from tests.effort import sampled

LLAMA = "lab/llama-base"
MODELS: list[dict[str, Any]] = [
    {"id": LLAMA, "license": "llama3.1", "downloads": 1000},
    {"id": "lab/silent", "license": None},
    {"id": "org/kept", "license": "llama3.1", "base_model": LLAMA, "base_model_relation": "finetune"},
    {"id": "org/dropped", "license": "mit", "base_model": LLAMA, "base_model_relation": "finetune", "downloads": 50},
    {"id": "org/below", "license": "mit", "base_model": "org/dropped", "base_model_relation": "quantized"},
    {"id": "org/undecided", "license": "mit", "base_model": "lab/silent", "base_model_relation": "finetune"},
    {"id": "org/gone", "license": "mit", "base_model": "nowhere/at-all", "base_model_relation": "finetune"},
    {"id": "org/itself", "license": "mit", "base_model": "org/itself"},
    {"id": "org/round", "license": "mit", "base_model": "org/about"},
    {"id": "org/about", "license": "mit", "base_model": "org/round"},
    {"id": "org/merged", "license": "gpl-3.0", "base_model": ["lab/gpl", "lab/gemma"], "base_model_relation": "merge"},
    {"id": "lab/gpl", "license": "gpl-3.0"},
    {"id": "lab/gemma", "license": "gemma"},
]


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def found_in(table: Callable[..., Path], models: list[dict[str, Any]], tmp_path: Path) -> dict[tuple[str, str], Any]:
    """Return the findings of an audit, by model and kind."""
    with audit(table(models)) as found:
        found.write(tmp_path / "findings.csv")
    return {(row["model"], row["kind"]): row for row in rows(tmp_path / "findings.csv")}


def test_findings_are_written_while_the_report_is_made(table: Callable[..., Path], tmp_path: Path) -> None:
    with audit(table(MODELS), out=tmp_path / "beside.csv") as found:
        found.write(tmp_path / "after.csv")
        with audit(table(MODELS)) as other:
            assert found.to_dict() == other.to_dict()
    assert (tmp_path / "beside.csv").read_bytes() == (tmp_path / "after.csv").read_bytes()
    for place, said in (("no/folder.csv", "doesn't exist"), ("findings.xlsx", ".parquet, .csv, .jsonl")):
        with pytest.raises(CharterError) as raised:
            audit(table(MODELS), out=tmp_path / place)
        assert said in f"{raised.value} {raised.value.remedy}"


def test_a_file_may_be_compared_with_and_written_anew(table: Callable[..., Path], tmp_path: Path) -> None:
    file = tmp_path / "findings.csv"
    audit(table(MODELS), out=file).close()
    first = file.read_bytes()
    more = [*MODELS, {"id": "org/new", "license": "mit", "base_model": LLAMA}]
    with audit(table(more), since=file, out=file) as found:
        assert [row.model for row in found.report.since.new_rows] == ["org/new"]
    assert len(rows(file)) == len(first.splitlines())  # a row more, beside the names of the columns
    written = file.read_bytes()
    (tmp_path / "broken.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CharterError, match="--since"):
        audit(table(MODELS), since=tmp_path / "broken.csv", out=file)
    assert file.read_bytes() == written
    assert {path.suffix for path in tmp_path.iterdir()} <= {".csv", ".jsonl"}


def test_other_licenses_change_nothing_that_is_written(table: Callable[..., Path], tmp_path: Path) -> None:
    written = set()
    for name, what_if in (("plain", {}), ("other", {LLAMA: "apache-2.0", MODELS[-1]["id"]: "gpl-3.0", "a/new": "mit"})):
        with audit(table(MODELS), what_if=what_if, out=tmp_path / f"{name}.csv") as found:
            found.write(tmp_path / f"{name}-after.csv")
            found.write_inventory(tmp_path / f"{name}-inventory.csv")
        files = (tmp_path / f"{name}{end}.csv" for end in ("", "-after", "-inventory"))
        written.add(tuple(file.read_bytes() for file in files))
    assert len(written) == 1


def test_findings_name_the_step_at_which_terms_were_dropped(table: Callable[..., Path], tmp_path: Path) -> None:
    found = found_in(table, MODELS, tmp_path)
    dropped = found["org/dropped", "dropped"]
    assert (dropped["root"], dropped["root_license"], dropped["answer"], dropped["depth"]) == (
        LLAMA,
        "LicenseRef-llama3.1",
        "no",
        "1",
    )
    assert dropped["clause"].startswith("llama3.1 ")
    inherited = found["org/below", "inherited"]
    assert (inherited["via"], inherited["root"], inherited["depth"]) == ("org/dropped", LLAMA, "2")
    assert found["org/undecided", "unknown"]["root"] == "lab/silent"
    assert found["org/gone", "unknown"]["root"] == "nowhere/at-all"
    assert found["org/itself", "self_reference"]["root"] == "org/itself"
    assert {key[0] for key in found if key[1] == "cycle"} == {"org/round", "org/about"}
    assert found["org/merged", "clash"]["answer"] == "no"
    assert not [key for key in found if key[0] in ("org/kept", LLAMA)]


def test_a_publisher_that_leaves_out_its_own_terms_is_not_listed(table: Callable[..., Path], tmp_path: Path) -> None:
    models = [
        {"id": "meta/a", "license": "llama3.1"},
        {"id": "meta/b", "license": "llama3.3", "base_model": "meta/a"},
        {"id": "org/c", "license": "llama3.3", "base_model": "meta/b"},
        {"id": "org/d", "license": "mit", "base_model": "meta/a"},
    ]
    with audit(table(models)) as found:
        found.write(tmp_path / "f.csv")
        assert [row.model for row in found.report.worst] == ["org/d"]
        assert found.report.same_publisher == 2
    same = {row["model"]: row["same_publisher"] for row in rows(tmp_path / "f.csv")}
    assert same == {"meta/b": "1", "org/c": "1", "org/d": "0"}


def test_rows_of_one_model_stand_in_one_order(table: Callable[..., Path], tmp_path: Path) -> None:
    names = [f"org/{place % 7}" for place in range(400)]
    licenses = ["mit", "apache-2.0", "gemma", None, "gpl-3.0"]
    models = [
        {"id": name, "license": licenses[place % 5], "base_model": LLAMA, "downloads": place * 7919 % 400}
        for place, name in enumerate(names)
    ]
    written = set()
    for _ in range(2):
        with audit(table([*MODELS[:1], *models])) as found:
            found.write(tmp_path / "f.csv")
            found.write_inventory(tmp_path / "i.csv")
        written.add(((tmp_path / "f.csv").read_bytes(), (tmp_path / "i.csv").read_bytes()))
        models.reverse()
    assert len(written) == 1


def test_the_report_counts_models_by_answer(table: Callable[..., Path]) -> None:
    with audit(table(MODELS)) as found:
        document = found.to_dict()
    assert document["schema"] == "modelcharter.audit/1"
    assert document["answers"] == {"no": 3, "unclear": 2, "conditional": 1, "yes": 2, "unchecked": 0}
    assert document["findings"]["dropped"]["models"] == 2
    assert document["worst"][0]["model"] == "org/dropped"
    assert document["fixes"][0] == {
        "model": "org/dropped",
        "license": "MIT",
        "keep": "LicenseRef-llama3.1",
        "models": 2,
        "downloads": 0,
    }
    assert (document["roots"][0]["root"], document["roots"][0]["below"]) == (LLAMA, 3)
    assert document["exit_code"] == 1


@pytest.mark.parametrize(("order",), sampled([(1,), (7,), (5,)], lambda number, _: not number))
def test_the_order_of_rows_does_not_matter(order: int, table: Callable[..., Path], tmp_path: Path) -> None:
    shuffled = sorted(MODELS, key=lambda row: hash((order, MODELS.index(row))))
    assert found_in(table, shuffled, tmp_path) == found_in(table, MODELS, tmp_path)


def test_a_renamed_base_is_found_by_a_table_of_renames(table: Callable[..., Path], tmp_path: Path) -> None:
    models = [{"id": "new/base", "license": "llama3.1"}, {"id": "org/m", "license": "mit", "base_model": "old/base"}]
    renames = tmp_path / "renames.csv"
    renames.write_text("old,new\nold/base,new/base\n", encoding="utf-8")
    with audit(table(models), renames) as found:
        assert [(row.root, row.kind) for row in found.report.worst] == [("new/base", "dropped")]


def test_a_base_that_is_not_in_the_table_is_known_by_the_table_of_known_bases(table: Callable[..., Path]) -> None:
    models = [{"id": "org/m", "license": "mit", "base_model": "meta-llama/Llama-2-7b-hf"}]
    with audit(table(models)) as found:
        assert [row.root_license for row in found.report.worst] == ["LicenseRef-llama2"]


def test_models_and_data_sets_have_separate_names(table: Callable[..., Path], tmp_path: Path) -> None:
    models = [{"id": "org/m", "license": "mit", "datasets": ["lab/x"]}, {"id": "lab/x", "license": "llama3.1"}]
    datasets = table([{"id": "lab/x", "license": "cc0-1.0"}], "datasets.jsonl")
    with audit(table(models), datasets) as found:
        assert not found.report.worst
        assert found.report.answers["no"] == 0


def test_facts_make_answers_definite(table: Callable[..., Path]) -> None:
    models = [
        {"id": "lab/nc", "license": "cc-by-nc-4.0"},
        {"id": "org/m", "license": "cc-by-nc-4.0", "base_model": "lab/nc"},
    ]
    with audit(table(models)) as plain, audit(table(models), facts={"purpose": "commercial"}) as commercial:
        assert plain.report.answers["no"] == 0
        assert commercial.report.answers["no"] == 1


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_formats_of_dumps_give_equal_findings(suffix: str, table: Callable[..., Path], tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / f"dump{suffix}"
    flat = [{**row, "base_model": row.get("base_model")} for row in MODELS]
    if suffix == ".csv":
        names = ["id", "license", "base_model", "base_model_relation", "downloads"]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            for row in flat:
                base = row["base_model"]
                writer.writerow({**row, "base_model": ";".join(base) if isinstance(base, list) else base})
    elif suffix == ".parquet":
        lists = [
            {**row, "base_model": [row["base_model"]] if isinstance(row["base_model"], str) else row["base_model"]}
            for row in flat
        ]
        source = table(lists, "lists.jsonl")
        duckdb.connect().execute(f"copy (from read_json('{source}')) to '{path}'")
    else:
        path = table(MODELS, "dump.jsonl")
    with audit(path) as found:
        found.write(tmp_path / "a.csv")
    with audit(table(MODELS)) as found:
        found.write(tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_malformed_rows_are_counted_and_never_stop_an_audit(tmp_path: Path) -> None:
    path = tmp_path / "models.jsonl"
    good = json.dumps({"id": "org/m", "cardData": '{"license": "mit"}'})
    bad_card = json.dumps({"id": "org/n", "cardData": "{broken"})
    path.write_text(f'{good}\n{{not json\n"a text"\n{{"license": "mit"}}\n{bad_card}\n', encoding="utf-8")
    with audit(path) as found:
        assert found.report.read[0] == 2
        assert sum(rows for _, rows, _ in found.report.malformed) == 4


def test_a_csv_row_with_too_few_cells_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "models.csv"
    path.write_text("id,license,base_model\norg/m,mit,\norg/n\norg/o,mit,org/m\n", encoding="utf-8")
    with audit(path) as found:
        assert found.report.read[0] == 2
        assert [rows for _, rows, _ in found.report.malformed] == [1]


def test_values_stay_text(table: Callable[..., Path], tmp_path: Path) -> None:
    models = [
        {"id": "lab/b", "license": "llama3.1"},
        {"id": "=cmd|' /C calc'!A0", "license": "mit", "base_model": "lab/b"},
    ]
    with audit(table(models)) as found:
        found.write(tmp_path / "out.csv")
        found.write(tmp_path / "out.jsonl")
    assert rows(tmp_path / "out.csv")[0]["model"].startswith("'=cmd")
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["model"].startswith("=cmd")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("https://example.org/models.parquet", "local files only"),
        ("hf://datasets/a/b.parquet", "local files only"),
        ("not-there.csv", "no such file"),
    ],
)
def test_what_is_no_local_file_is_an_error(text: str, message: str) -> None:
    with pytest.raises(CharterError, match=message):
        audit(text)


def test_a_broken_parquet_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(CharterError, match="can't be read as parquet"):
        audit(tmp_path / "x.parquet")


def test_a_table_without_ids_names_its_columns(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("name,license\na/b,mit\n", encoding="utf-8")
    with pytest.raises(CharterError, match=r"no column `id`\. Columns: name, license"):
        audit(tmp_path / "x.csv")
    with audit(tmp_path / "x.csv", columns={"id": "name"}) as found:
        assert found.report.read[0] == 1


def test_the_real_sample(tmp_path: Path) -> None:
    with audit(SAMPLE) as found:
        report = found.report
        found.write(tmp_path / "findings.parquet")
    assert report.read == (4167, 0)
    assert {count.kind: count.findings for count in report.counts}["self_reference"] == 6
    assert report.roots[0].root == "meta-llama/Llama-3.1-8B"
    assert report.asked < 400
    assert (tmp_path / "findings.parquet").read_bytes()[:4] == b"PAR1"


def test_a_policy_is_checked_in_the_same_pass(table: Callable[..., Path], tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("policy: 1\nblock: [{licenses: [llama3.1], reason: Not for us.}]\n", encoding="utf-8")
    with audit(table(MODELS), policy=policy) as found:
        found.write(tmp_path / "f.csv")
        counts = {count.kind: (count.findings, count.models) for count in found.report.counts}
        listed = [(entry.relation, entry.models) for entry in found.report.policy]
    against = {row["model"]: row for row in rows(tmp_path / "f.csv") if row["kind"] == "policy"}
    assert against.keys() == {LLAMA, "org/kept", "org/dropped", "org/below"}
    assert against["org/kept"]["clause"] == "policy: Not for us."
    assert counts["policy"] == (5, 4)
    assert ("own", 2) in listed


def test_a_policy_that_no_model_of_an_organization_breaks(table: Callable[..., Path]) -> None:
    from generator.licenses.policy import load_policy

    policy = load_policy(block=["llama3.1"])
    models = [*MODELS, {"id": "free/own", "license": "mit"}]
    with audit(table(models), policy=policy, org="free") as found:
        assert found.to_dict()["findings"]["policy"] == {"findings": 0, "models": 0}
        assert found.exit_code == 0


def test_an_allow_list_reports_what_is_not_known(table: Callable[..., Path], tmp_path: Path) -> None:
    from generator.licenses.policy import load_policy

    with audit(table(MODELS), policy=load_policy(allow=["mit", "llama3.1", "gpl-3.0", "gemma"])) as found:
        found.write(tmp_path / "f.csv")
    against = [(row["model"], row["answer"]) for row in rows(tmp_path / "f.csv") if row["kind"] == "policy"]
    assert against == [("org/gone", "unclear"), ("org/undecided", "unclear")]


def test_an_organization_is_checked_with_everything_above_it(table: Callable[..., Path], tmp_path: Path) -> None:
    others = [{"id": "else/x", "license": "mit", "base_model": LLAMA}, {"id": "else/y", "base_model": "else/z"}]
    with audit(table([*MODELS, *others]), org="org") as found:
        found.write(tmp_path / "f.csv")
        report = found.report
    assert {row["model"].partition("/")[0] for row in rows(tmp_path / "f.csv")} == {"org"}
    with audit(table(MODELS)) as whole:
        assert report.answers == whole.report.answers
    assert report.org == "org"
    with pytest.raises(CharterError, match="have no model of this publisher"):
        audit(table(MODELS), org="nobody")


def test_what_would_change_if_a_root_had_another_license(table: Callable[..., Path]) -> None:
    with audit(table(MODELS), what_if={LLAMA: "apache-2.0", "nowhere/at-all": "mit"}) as found:
        changed = found.to_dict()["what_if"]
    assert changed["licenses"] == {LLAMA: "Apache-2.0", "nowhere/at-all": "MIT"}
    assert {(change["before"], change["after"]): change["models"] for change in changed["changes"]} == {
        ("no", "yes"): 2,
        ("unclear", "yes"): 1,
        ("conditional", "yes"): 1,
    }
    assert changed["examples"][0] == {"model": "org/dropped", "before": "no", "after": "yes"}


def test_a_license_for_a_model_that_a_parquet_file_lacks() -> None:
    gone = "unsloth/Meta-Llama-3.1-8B"  # a base of nine models of the sample
    with audit(SAMPLE, what_if={gone: "cc-by-nc-4.0"}) as found:
        changed = found.to_dict()["what_if"]["changes"]
    assert changed
    assert all(change["after"] == "no" for change in changed)


def test_a_null_in_a_card_states_nothing(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    cards = ['{"license": null, "base_model": ["lab/b"], "datasets": null}', '{"license": "mit", "base_model": null}']
    path = tmp_path / "models.parquet"
    resolved = "{'relation': 'finetune', 'models': [{'_id': '', 'id': 'lab/b'}]}"
    duckdb.execute(
        f"copy (select 'org/a' as id, '{cards[0]}' as cardData, {resolved} as baseModels "
        f"union all select 'lab/b', '{cards[1]}', null) to '{path}' (format parquet)"
    )
    with audit(path) as found:
        document = found.to_dict()
    assert [gap["reason"] for gap in document["gaps"]["statements"]] == ["none"]
    assert document["derived"] == 1


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_what_has_changed_since_an_earlier_audit(suffix: str, table: Callable[..., Path], tmp_path: Path) -> None:
    earlier = tmp_path / f"earlier{suffix}"
    models = [*MODELS, {"id": "org/=odd", "license": "mit", "base_model": LLAMA}]
    with audit(table(models)) as found:
        found.write(earlier)
    later = [row for row in models if row["id"] != "org/gone"]
    later.append({"id": "org/new", "license": "mit", "base_model": LLAMA})
    with audit(table(later), since=earlier) as found:
        since = found.to_dict()["since"]
        found.to_html()
    assert since["new"] == {"dropped": 1}
    assert since["gone"] == {"unknown": 1}
    assert [row["model"] for row in since["new_findings"]] == ["org/new"]


def test_what_if_and_since_take_no_nonsense(table: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(CharterError, match="ID=LICENSE"):
        audit(table(MODELS), what_if=["lab/x"])
    with pytest.raises(CharterError, match="not a license id"):
        audit(table(MODELS), what_if=["lab/x=nonsense"])
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CharterError, match="since"):
        audit(table(MODELS), since=tmp_path / "x.csv")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("semicolons.csv", "id;license;base_model\nlab/b;llama3.1;\norg/m;mit;lab/b\n"),
        ("python-lists.csv", "model_id,licenses,finetune_parent\nlab/b,['llama3.1'],[]\norg/m,['mit'],['lab/b']\n"),
        ("list.json", '[{"id":"lab/b","cardData":{"license":"llama3.1"}},{"id":"org/m","cardData":{"license":"mit"},'
                      '"baseModels":{"relation":"finetune","models":[{"id":"lab/b"}]}}]'),
        ("tags.jsonl", '{"id":"lab/b","tags":["license:llama3.1"]}\n{"id":"org/m","tags":["license:mit",'
                       '"base_model:lab/b","base_model:finetune:lab/b"]}\n'),
        ("odd [1] *.csv", "\ufeffid,license,base_model\r\nlab/b,llama3.1,\r\norg/m,mit,lab/b\r\n"),
    ],
)  # fmt: skip
def test_forms_of_tables(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    with audit(tmp_path / name) as found:
        (row,) = found.report.worst
    assert (row.model, row.root, row.relation, row.kind) == ("org/m", "lab/b", "finetune", "dropped")


def test_the_inventory_has_every_model(table: Callable[..., Path], tmp_path: Path) -> None:
    trained = {"id": "org/trained", "license": "mit", "datasets": ["lab/pages"], "downloads": 7}
    models = [{**row, "downloads": row.get("downloads", 0)} for row in [*MODELS, trained]]
    with audit(table(models)) as found:
        found.write_inventory(tmp_path / "inventory.csv")
        held = found.to_dict()["inventory"]
    entries = {row["model"]: row for row in rows(tmp_path / "inventory.csv")}
    assert entries.keys() == {row["id"] for row in models}
    assert [entry["model"] for entry in held["models"][:3]] == [LLAMA, "org/dropped", "org/trained"]
    below = entries["org/below"]
    assert (below["provider"], below["license"], below["stated"]) == ("org", "MIT", "mit")
    assert (below["base"], below["relation"]) == ("org/dropped", "quantized")
    assert below["terms"] == f"LicenseRef-llama3.1 from {LLAMA}; MIT from org/dropped"
    assert (below["openness"], below["free_license"]) == ("restricted", "no")
    merged = entries["org/merged"]
    assert (merged["base"], merged["relation"]) == ("lab/gemma;lab/gpl", "merge")
    assert entries["org/undecided"]["terms"] == "unknown license from lab/silent"
    assert entries["org/undecided"]["free_license"] == "unclear"
    data = entries["org/trained"]
    assert (data["datasets"], data["openness"], data["free_license"]) == ("lab/pages", "open", "yes")
    assert entries["lab/silent"]["openness"] == "none"
    assert sum(held["openness"].values()) == sum(held["free_license"].values()) == len(models)
    for row in held["models"]:
        written = entries[row["model"]]
        assert {key: str(value) for key, value in row.items()} == written


def test_the_inventory_of_an_organization_has_its_models_alone(table: Callable[..., Path], tmp_path: Path) -> None:
    with audit(table(MODELS), org="org") as found:
        found.write_inventory(tmp_path / "inventory.jsonl")
    lines = (tmp_path / "inventory.jsonl").read_text(encoding="utf-8").splitlines()
    entries = {row["model"]: row for row in map(json.loads, lines)}
    assert entries.keys() == {row["id"] for row in MODELS if row["id"].startswith("org/")}
    assert entries["org/below"]["terms"] == f"LicenseRef-llama3.1 from {LLAMA}; MIT from org/dropped"
