"""Known bases: the table itself, how ids are found in it, and what follows for a release, offline."""

from __future__ import annotations

import csv
import json
import struct
from pathlib import Path

import pytest

from generator.api import build, check, load_release, load_target, rights
from generator.checks.report import Finding
from generator.licenses.catalog import KNOWLEDGE
from generator.licenses.known_bases import NO_LICENSE, KnownBase, base_ids, find_base, known_owners

CARD = "---\nlicense: {license}\nbase_model:\n{bases}\n{more}---\n# {name}\n\nWords.\n"


@pytest.fixture(autouse=True)
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the Hub."""
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setenv("HF_HUB_CACHE", str(cache))
    return cache


def model(folder: Path, license_: str, *bases: str, more: str = "", adapter: bool = False) -> Path:
    """A model folder with weights and a card."""
    folder.mkdir()
    tensor = {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}
    header = json.dumps(tensor).encode()
    name = "adapter_model.safetensors" if adapter else "model.safetensors"
    (folder / name).write_bytes(struct.pack("<Q", len(header)) + header + bytes(4))
    if adapter:
        config = {"base_model_name_or_path": bases[0], "peft_type": "LORA"}
        (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    listed = "\n".join(f"- {base}" for base in bases)
    card = CARD.format(license=license_, bases=listed, more=more, name=folder.name)
    (folder / "README.md").write_text(card, encoding="utf-8")
    return folder


def cached(cache: Path, repo: str, card: str) -> None:
    """A repo in the Hub's cache."""
    place = cache / f"models--{repo.replace('/', '--')}"
    commit = "0" * 40
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text(commit, encoding="ascii")
    (place / "snapshots" / commit).mkdir(parents=True)
    (place / "snapshots" / commit / "README.md").write_text(card, encoding="utf-8")


def lineage_findings(folder: Path) -> list[Finding]:
    """The findings of the LIN rules."""
    return [finding for finding in check(load_target(folder)).findings if finding.rule.startswith("LIN")]


def rules(folder: Path) -> set[str]:
    """The LIN rules that find something."""
    return {finding.rule for finding in lineage_findings(folder)}


def release_file(folder: Path, upstream: str, license_: str = "MIT") -> Path:
    """A release file for weights with one upstream."""
    text = (
        f"charter: 1\nrelease: {{name: Heron}}\nlayers:\n  weights:\n    availability: released\n"
        f"    license: {license_}\n    files: [model.safetensors]\n    derived_from: [{upstream}]\n"
    )
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    return folder


def all_rows() -> list[KnownBase]:
    """Every row of both tables, each found by its id or pattern."""
    found = []
    for kind in ("model", "dataset"):
        with (KNOWLEDGE / "bases" / f"{kind}s.csv").open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                row = find_base(line["pattern"], data=kind == "dataset")
                assert row is not None, line["pattern"]
                held = [row.id, " ".join(row.former_ids), row.stated, " ".join(row.base), row.relation, row.as_of]
                held += [row.source, row.gated, "yes" if row.disputed else "", row.note]
                assert held == list(line.values())
                found.append(row)
    return found


def test_every_row_has_a_date_a_source_and_an_id_of_its_own() -> None:
    seen: dict[tuple[str, str], str] = {}
    for row in all_rows():
        assert row.as_of.startswith("20"), row
        assert row.source, row
        assert row.gated in ("yes", "no", "unknown"), row
        assert row.disputed or "third-party list" not in row.note or not row.license, row
        for name in (row.id, *row.former_ids):
            assert seen.setdefault((row.kind, name.lower()), row.id) == row.id, name
    assert len(seen) > 1000


@pytest.mark.parametrize(
    ("ref", "license_"),
    [
        ("google/gemma-2-2b", "LicenseRef-gemma"),
        ("GOOGLE/Gemma-2-2B", "LicenseRef-gemma"),
        ("https://huggingface.co/google/gemma-2-2b", "LicenseRef-gemma"),
        ("gpt2", "MIT"),
        ("openai-community/gpt2", "MIT"),
        ("bert-base-uncased", "Apache-2.0"),
        ("albert-base-v2", "Apache-2.0"),
        ("meta-llama/Llama-2-7b", "LicenseRef-llama2"),
        ("runwayml/stable-diffusion-v1-5", "LicenseRef-creativeml-openrail-m"),
        ("alpindale/Mistral-7B-v0.2-hf", "Apache-2.0"),
    ],
)
def test_an_id_a_former_id_or_a_bare_id_finds_the_row(ref: str, license_: str) -> None:
    row = find_base(ref)
    assert row is not None
    assert str(row.license) == license_


def test_every_license_of_the_hub_s_list_is_known() -> None:
    """A row such as `openrail++` is no expression with an operator in it."""
    unknown = {row.stated for row in all_rows() if row.license is None} - NO_LICENSE
    assert all(stated.startswith("LicenseRef-") for stated in unknown), unknown


def test_what_is_not_in_the_table_is_not_found() -> None:
    assert find_base("heron-lab/heron-1b") is None
    assert find_base("google/gemma-2-2b", data=True) is None
    assert find_base("./gpt2") is None


def test_what_can_be_found_has_a_known_owner() -> None:
    owners = known_owners()
    assert owners is not None
    assert {ref.lower().partition("/")[0] for ref in (*base_ids(), "Qwen/Qwen2.5-3B-Instruct", "gpt2")} <= owners
    assert "heron-lab" not in owners


def test_a_card_that_names_no_license_gives_none() -> None:
    nameless = [row for row in all_rows() if row.stated in NO_LICENSE]
    assert nameless
    assert all(row.license is None for row in nameless)


def test_the_longest_pattern_goes_first() -> None:
    row = find_base("Qwen/Qwen2.5-3B-Instruct")
    assert row is not None
    assert row.id == "Qwen/Qwen2.5-3B*"


def test_a_gemma_lora_under_mit_is_a_conflict(tmp_path: Path) -> None:
    found = lineage_findings(model(tmp_path / "sonnets", "mit", "google/gemma-2-2b", adapter=True))
    assert [finding.rule for finding in found if finding.severity == "error"] == ["LIN201"]
    assert "known as of 20" in found[0].message


def test_a_llama_fine_tune_under_apache_is_a_conflict_and_lacks_the_name(tmp_path: Path) -> None:
    folder = model(tmp_path / "heron", "apache-2.0", "meta-llama/Llama-3.1-8B")
    found = {finding.rule: finding for finding in lineage_findings(folder)}
    assert {"LIN201", "LIN205"} <= found.keys()
    assert "known as of" in found["LIN205"].why


def test_a_merge_with_a_noncommercial_parent_is_a_conflict(tmp_path: Path) -> None:
    parents = ("mistralai/Mistral-7B-v0.1", "CohereForAI/c4ai-command-r-v01")
    folder = model(tmp_path / "heron", "apache-2.0", *parents, more="base_model_relation: merge\n")
    assert "LIN201" in rules(folder)


def test_the_base_of_a_known_base_counts_too(tmp_path: Path) -> None:
    found = lineage_findings(model(tmp_path / "heron", "apache-2.0", "unsloth/gemma-2-2b-bnb-4bit"))
    assert any("google/gemma-2-2b" in f.message or "unsloth" in f.message for f in found if f.rule == "LIN201")


def test_a_fine_tune_under_the_license_of_its_base_is_no_conflict(tmp_path: Path) -> None:
    assert "LIN201" not in rules(model(tmp_path / "heron", "gemma", "google/gemma-2-2b"))
    assert rules(model(tmp_path / "heron2", "mit", "gpt2")) == set()


def test_a_cached_card_goes_before_the_table_and_what_differs_is_found(tmp_path: Path, hub_cache: Path) -> None:
    cached(hub_cache, "google/gemma-2-2b", "---\nlicense: mit\n---\n# Gemma\n")
    found = lineage_findings(model(tmp_path / "heron", "mit", "google/gemma-2-2b"))
    assert [finding.rule for finding in found] == ["LIN209"]
    assert "known as of" in found[0].message


def test_a_cached_card_that_agrees_is_no_finding(tmp_path: Path, hub_cache: Path) -> None:
    cached(hub_cache, "openai-community/gpt2", "---\nlicense: mit\n---\n# GPT-2\n")
    assert rules(model(tmp_path / "heron", "mit", "gpt2")) == set()


def test_what_is_stated_goes_before_the_table(tmp_path: Path) -> None:
    folder = release_file(model(tmp_path / "heron", "mit", "x/y"), "{ref: gpt2, license: gemma, relation: finetune}")
    found = check(load_release(folder)).findings
    assert {"LIN201", "LIN209"} <= {finding.rule for finding in found}
    assert "known as of" not in next(finding.message for finding in found if finding.rule == "LIN201")


def test_a_pinned_revision_may_have_had_another_license(tmp_path: Path) -> None:
    upstream = "{ref: gpt2, license: Apache-2.0, relation: finetune, revision: abc1234}"
    folder = release_file(model(tmp_path / "heron", "mit", "x/y"), upstream)
    assert "LIN209" not in {finding.rule for finding in check(load_release(folder)).findings}


def test_a_local_folder_goes_before_the_table(tmp_path: Path) -> None:
    folder = release_file(model(tmp_path / "heron", "mit", "x/y"), "{ref: ./gpt2, relation: finetune}")
    model(folder / "gpt2", "gemma", "x/y")
    assert "LIN201" in {finding.rule for finding in check(load_release(folder)).findings}


def test_answers_and_the_bundle_say_since_when_it_is_known(tmp_path: Path) -> None:
    folder = model(tmp_path / "sonnets", "apache-2.0", "x/y")
    release_file(folder, "{ref: google/gemma-2-2b, relation: finetune}", "gemma")
    release_file(folder, "{ref: bigscience/bloom-560m, relation: finetune}", "Apache-2.0")
    answers = rights(folder).to_dict()["layers"][0]["rights"]
    assert any("known as of" in answer["because"] for answer in answers)
    bundle = build(load_release(folder))
    for name in ("README.md", "LICENSE", "NOTICE"):
        assert "known as of" in " ".join(bundle[name].decode().split()), name


def test_a_data_set_is_looked_up_among_data_sets(tmp_path: Path) -> None:
    folder = model(tmp_path / "heron", "mit", "x/y")
    release_file(folder, "{ref: allenai/sciq, relation: trained_on}")
    found = [finding for finding in check(load_release(folder)).findings if finding.rule in ("LIN201", "LIN203")]
    assert found
    assert "known as of" in found[0].message


def test_a_card_that_says_other_leaves_the_license_unknown_and_says_so(tmp_path: Path) -> None:
    folder = release_file(model(tmp_path / "heron", "mit", "x/y"), "{ref: huggyllama/llama-7b, relation: finetune}")
    found = [finding for finding in check(load_release(folder)).findings if finding.rule == "LIN204"]
    assert "'other', as of" in found[0].message


def test_a_later_model_of_a_series_has_its_own_license() -> None:
    for ref, license_ in (
        ("zai-org/GLM-5", "MIT"),
        ("zai-org/GLM-5.3", "LicenseRef-glm-5.3"),
        ("Qwen/Qwen-Image-Edit", "Apache-2.0"),
        ("Qwen/Qwen-Image-2.1", "LicenseRef-qwen-research"),
        ("MiniMaxAI/MiniMax-M2", "LicenseRef-minimax-m2"),
    ):
        row = find_base(ref)
        assert row is not None
        assert str(row.license) == license_
