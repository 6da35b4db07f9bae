"""Rights: of a license, of a release, of a folder with a card; with facts that are given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator import rights
from generator.errors import CharterError
from generator.licenses.texts import scancode_text
from generator.release.vocabulary import ACTS
from tests.command import charter
from tests.conftest import TESTS

LAYERED = TESTS / "examples" / "layered-five"


def answers(target: str | Path, layer: str | None = None, **given: object) -> dict[str, Any]:
    """The rights of the only layer that is asked about, by act."""
    (entry,) = rights(target, given=given or None, layer=layer).to_dict()["layers"]
    return {right["act"]: right for right in entry["rights"]}


def test_a_license_gives_one_layer_with_every_act() -> None:
    document = rights("llama2").to_dict()
    assert document["schema"] == "modelcharter.rights/1"
    (entry,) = document["layers"]
    assert (entry["layer"], entry["item"], entry["license"], entry["hub_id"]) == (
        "weights",
        None,
        "LicenseRef-llama2",
        "llama2",
    )
    assert [right["act"] for right in entry["rights"]] == list(ACTS)
    trained = entry["rights"][ACTS.index("train_other_models_on_outputs")]
    assert trained["answer"] == "no"
    assert trained["clauses"][0]["clause"] == "1.b.v"
    assert "improve any other large language model" in trained["clauses"][0]["quote"]
    caps = [limit for limit in entry["limits"] if limit["id"] == "user_cap"]
    assert caps[0]["threshold"] == {"fact": "monthly_active_users", "over": 700000000}


def test_a_license_for_data_alone_gives_the_data_layer() -> None:
    assert rights("odbl").to_dict()["layers"][0]["layer"] == "data"
    assert rights("odbl", layer="weights").to_dict()["layers"][0]["layer"] == "weights"


@pytest.mark.parametrize(
    ("license_id", "act", "given", "answer"),
    [
        ("llama2", "use", {"monthly_active_users": 700_000_001}, "no"),
        ("llama2", "use", {"monthly_active_users": 5_000}, "conditional"),
        ("cc-by-nc-4.0", "redistribute", {"purpose": "commercial"}, "no"),
        ("cc-by-nc-4.0", "commercial_use", {"purpose": "noncommercial"}, "no"),
        ("llama3.1", "publish_finetune", {"name": "Storyteller"}, "no"),
        ("llama3.1", "publish_finetune", {"name": "Llama Storyteller"}, "conditional"),
        ("cc-by-nc-sa-3.0", "modify", {"purpose": "noncommercial"}, "conditional"),
        ("cc-by-nc-sa-2.0", "host_as_service", {"purpose": "noncommercial"}, "conditional"),
        ("mit", "use", {"purpose": "commercial"}, "yes"),
        ("llama4", "use", {"country": "DE"}, "no"),
        ("llama4", "use", {"country": "US"}, "conditional"),
        ("llama3.2", "use", {"country": "de"}, "unclear"),
        ("tencent-hunyuan-video", "use", {"country": "DE"}, "no"),
        ("tencent-hunyuan-video", "use", {"country": "GB"}, "no"),
        ("tencent-hunyuan-large", "use", {"country": "GB"}, "conditional"),
        ("qwen", "use", {"monthly_active_users": 100_000_001}, "no"),
        ("stability-ai-community", "commercial_use", {"annual_revenue_usd": 1_000_001}, "no"),
        ("stability-ai-community", "commercial_use", {"annual_revenue_usd": 900_000}, "conditional"),
        ("kimi-k3", "commercial_use", {"annual_revenue_usd": 50_000_000}, "unclear"),
        ("kimi-k3", "commercial_use", {"annual_revenue_usd": 900_000}, "conditional"),
        ("kimi-k3", "use", {"annual_revenue_usd": 50_000_000, "purpose": "commercial"}, "unclear"),
        ("kimi-k3", "use", {"annual_revenue_usd": 50_000_000, "purpose": "research"}, "conditional"),
        ("LicenseRef-lfm-open-1.0", "commercial_use", {"annual_revenue_usd": 50_000_000}, "no"),
        ("LicenseRef-lfm-open-1.0", "use", {"annual_revenue_usd": 50_000_000, "purpose": "commercial"}, "no"),
        ("LicenseRef-lfm-open-1.0", "use", {"annual_revenue_usd": 50_000_000, "purpose": "research"}, "conditional"),
        ("LicenseRef-lfm-open-1.0", "use", {"annual_revenue_usd": 50_000_000, "purpose": "noncommercial"}, "yes"),
        ("llama3", "use", {"monthly_active_users": 700_000_001}, "no"),
        ("llama3", "publish_finetune", {"name": "Llama-3-Storyteller"}, "conditional"),
        ("llama3", "publish_finetune", {"name": "Llama Storyteller"}, "no"),
        ("tongyi-qianwen", "use", {"monthly_active_users": 100_000_001}, "no"),
        ("LicenseRef-qwen-research-2024-09-19", "use", {"purpose": "commercial"}, "no"),
        ("LicenseRef-qwen-research-2024-09-19", "use", {"purpose": "noncommercial"}, "conditional"),
    ],
)
def test_given_facts_make_answers_definite(license_id: str, act: str, given: dict[str, object], answer: str) -> None:
    found = answers(license_id, **given)[act]
    assert found["answer"] == answer
    if answer == "no" and act not in ("commercial_use",):
        assert str(next(iter(given.values()))) in found["because"]


@pytest.mark.parametrize("given", [["users=5"], ["purpose"], ["country=Germany"], ["monthly_active_users=many"]])
def test_a_fact_that_is_none_is_told(given: list[str]) -> None:
    with pytest.raises(CharterError) as caught:
        rights("mit", given=given)
    assert caught.value.remedy


def test_what_flows_down_shows_the_path_it_came_by() -> None:
    found = answers(LAYERED, "weights")
    assert found["train_other_models_on_outputs"]["answer"] == "no"
    assert found["use_outputs"]["answer"] == "unclear"
    assert found["use_outputs"]["framings"] == {"program": "unclear", "source": "conditional"}
    assert "borealis-lab/corpus" in found["use_outputs"]["via"]


def test_only_what_is_given_has_rights(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: x}\nlayers: {weights: {availability: withheld, license: MIT}}\n", encoding="utf-8"
    )
    assert rights(tmp_path).to_dict()["layers"] == []


def folder(path: Path, front: str, license_text: str | None = None) -> Path:
    """A model folder with a card."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "README.md").write_text(f"---\n{front}---\n# A card\n", encoding="utf-8")
    if license_text:
        (path / "LICENSE").write_text(license_text, encoding="utf-8")
    return path


def test_a_folder_is_read_by_its_card(tmp_path: Path) -> None:
    model = folder(tmp_path / "model", "license: apache-2.0\nbase_model: lab/unknown\n")
    found = answers(model)
    assert found["commercial_use"]["answer"] == "unclear"
    assert found["commercial_use"]["via"] == ["lab/unknown"]


def test_a_base_in_a_folder_is_followed_through_its_own_base(tmp_path: Path) -> None:
    folder(tmp_path / "base", "license: other\nlicense_name: llama2\n", scancode_text("llama-2-license-2023"))
    folder(tmp_path / "tune", "license: apache-2.0\nbase_model: ../base\n")
    model = folder(tmp_path / "model", "license: mit\nbase_model: ../tune\nbase_model_relation: quantized\n")
    found = answers(model)["train_other_models_on_outputs"]
    assert found["answer"] == "no"
    assert found["via"] == ["../tune", "../base"]


def test_card_and_license_file_that_differ_both_bind(tmp_path: Path) -> None:
    model = folder(tmp_path / "model", "license: mit\n", scancode_text("llama-2-license-2023"))
    (entry,) = rights(model).to_dict()["layers"]
    assert entry["license"] == "MIT AND LicenseRef-llama2"
    assert answers(model)["sublicense"]["answer"] == "no"


def test_a_lineage_in_a_circle_ends(tmp_path: Path) -> None:
    one = folder(tmp_path / "one", "license: mit\nbase_model: ../two\n")
    folder(tmp_path / "two", "license: llama2\nbase_model: ../one\n")
    assert answers(one)["sublicense"]["answer"] == "no"


def test_folders_that_all_name_each_other_are_each_read_once(tmp_path: Path) -> None:
    number = 30
    for here in range(number):
        bases = "".join(f"- ../m{there}\n" for there in range(number) if there != here)
        folder(tmp_path / f"m{here}", f"license: {'llama2' if here == 7 else 'mit'}\nbase_model:\n{bases}")
    found = answers(tmp_path / "m0")
    assert found["sublicense"]["answer"] == "no"
    assert found["use"]["answer"] == "conditional", "every license on the way is known"


@pytest.mark.parametrize("ref", ["~nosuchuser/base", "./" + "a" * 300, "/dev/null", "../" * 50])
def test_a_ref_that_leads_nowhere_is_an_unknown_upstream(tmp_path: Path, ref: str) -> None:
    upstream = f"{{ref: '{ref}', relation: merge}}"
    source = f"layers: {{weights: {{availability: released, license: MIT, derived_from: [{upstream}]}}}}"
    (tmp_path / "release.yaml").write_text(f"charter: 1\nrelease: {{name: x}}\n{source}\n", encoding="utf-8")
    assert answers(tmp_path)["use"]["answer"] == "unclear"


def test_a_repo_is_read_from_the_hub_s_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    repo = tmp_path / "hub" / "models--lab--base"
    folder(repo / "snapshots" / commit, "license: gemma\n")
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text(commit, encoding="utf-8")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    model = folder(tmp_path / "model", "license: mit\nbase_model: lab/base\n")
    assert answers(model)["use"]["via"] == ["lab/base"]


def test_the_command_shows_a_table_duties_limits_and_quotes() -> None:
    done = charter("rights", "llama2", "--verbose", "--quote")
    assert done.returncode == 0
    for words in ("Use commercially", "Conditions", "Limitations", "In the words of the text"):
        assert words in done.stdout
    assert done.stdout.rstrip().endswith("This is a reading of license texts, not legal advice.")


@pytest.mark.parametrize(
    ("target", "act", "answer", "contested"),
    [
        ("cc0-1.0", "use_outputs", "yes", ["unclear"]),
        ("cc0-1.0", "sublicense", "no", ["yes", "unclear"]),
        ("mit", "use", "yes", []),
        # AND: a reading that another part rules out is no reading of the whole
        ("cc0-1.0 AND mit", "use_outputs", "unclear", []),
        ("cc0-1.0 AND wtfpl", "use_outputs", "unclear", ["yes"]),
        ("cc0-1.0 AND cc-by-nc-4.0", "commercial_use", "no", []),
        ("cc0-1.0 AND mit", "sublicense", "no", ["yes", "unclear"]),
        # OR: the recipient takes the freest
        ("cc0-1.0 OR mit", "sublicense", "yes", []),
        ("gpl-3.0 OR llama1", "patent_use", "yes", ["conditional"]),
    ],
)
def test_what_careful_readers_answer_differently_is_named(
    target: str, act: str, answer: str, contested: list[str]
) -> None:
    (entry,) = rights(f"license:{target}", acts=[act]).to_dict()["layers"]
    assert (entry["rights"][0]["answer"], entry["rights"][0]["contested"]) == (answer, contested)


def test_a_fact_that_decides_leaves_nothing_contested() -> None:
    (entry,) = rights("license:gpl-3.0 AND cc-by-nc-4.0", acts=["use"], given=["purpose=commercial"]).layers
    assert (entry.rights[0].answer, entry.rights[0].contested) == ("no", ())


def test_the_command_names_what_others_read() -> None:
    done = charter("rights", "cc0-1.0", "--verbose")
    assert "Others read: unclear." in " ".join(done.stdout.split())


def test_several_targets_give_a_list_in_order() -> None:
    done = charter("rights", "gemma", "mit", "--act", "use", "--format", "json")
    assert [document["target"] for document in json.loads(done.stdout)] == ["gemma", "mit"]


@pytest.mark.parametrize("target", ["bigcode-openrail-m", "deepseek", "creativeml-openrail-m"])
def test_the_acts_of_a_condition_stand_in_the_order_of_the_vocabulary(target: str) -> None:
    (entry,) = rights(target).to_dict()["layers"]
    for condition in entry["obligations"]:
        assert condition["acts"] == [act for act in ACTS if act in condition["acts"]]
