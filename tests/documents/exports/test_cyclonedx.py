"""release.cdx.json passes the strict validator of cyclonedx-python-lib, and holds what the release file says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from generator.documents.exports.cyclonedx import _has_id
from generator.licenses.catalog import get_known_ids
from tests.conftest import EXAMPLES

from .conftest import FULL
from .releases import dated, export, read

WEIGHTS = "layers: {weights: {availability: released, license: LICENSE, files: ['*.bin']}}\n"
HEAD = "charter: 1\nrelease: {name: Fjord}\noutputs: [cyclonedx]\n"


def valid(text: str) -> dict[str, Any]:
    """A bill of materials, which the strict validator passes."""
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill: dict[str, Any] = json.loads(text)
    return bill


@pytest.fixture(scope="module")
def bill(full: dict[str, bytes]) -> dict[str, Any]:
    """The bill of the full example."""
    return valid(full["release.cdx.json"].decode())


def properties(component: dict[str, Any]) -> dict[str, str]:
    """The properties of a component, by our names."""
    return {entry["name"].removeprefix("modelcharter:"): entry["value"] for entry in component["properties"]}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_example_gives_a_valid_bill(example: Path, tmp_path: Path) -> None:
    valid(export(dated(example, tmp_path, "cyclonedx"), "release.cdx.json"))


def test_the_model_card_and_the_pedigree_are_filled(bill: dict[str, Any]) -> None:
    main = bill["metadata"]["component"]
    assert (main["type"], main["name"], main["version"]) == ("machine-learning-model", "Fjord 3B: weights", "2.1")
    card = main["modelCard"]
    assert card["modelParameters"]["task"] == "text-generation"
    assert card["modelParameters"]["modelArchitecture"] == "LlamaForCausalLM"
    assert card["quantitativeAnalysis"]["performanceMetrics"][0] == {
        "type": "accuracy",
        "value": "51.20",
        "slice": "NorEval (nordic/noreval), test",
    }
    assert card["considerations"]["technicalLimitations"] == ["It makes things up, and knows little of dialects."]
    (base,) = main["pedigree"]["ancestors"]
    assert (base["name"], base["version"]) == ("base-lab/base-3b", "0123456789abcdef")
    assert base["purl"] == "pkg:huggingface/base-lab/base-3b@0123456789abcdef"
    assert properties(base) == {"relation": "finetune"}


def test_the_card_refers_to_the_data_it_was_trained_on(bill: dict[str, Any]) -> None:
    known = {component["bom-ref"]: component for component in bill["components"]}
    refs = [entry["ref"] for entry in bill["metadata"]["component"]["modelCard"]["modelParameters"]["datasets"]]
    assert [known[ref]["name"] for ref in refs] == [
        "https://data.example/chat",
        "unknown/corpus",
        "Fjord Corpus",
        "Bought News",
    ]
    assert all(known[ref]["data"][0]["type"] == "dataset" for ref in refs)
    assert [a["name"] for a in known["data/1"]["pedigree"]["ancestors"]] == [
        "nordic/wiki-dump",
        "teacher-lab/big-teacher",
    ]


def test_references_are_unique_and_lead_somewhere(bill: dict[str, Any]) -> None:
    found: list[str] = []
    asked: list[str] = []

    def walk(tree: Any) -> None:  # noqa: ANN401 - a tree of JSON
        if isinstance(tree, dict):
            found.extend([tree["bom-ref"]] if "bom-ref" in tree else [])
            asked.extend([tree["ref"]] if "ref" in tree else [])
            asked.extend(tree.get("dependsOn", []))
            tree = list(tree.values())
        for child in tree if isinstance(tree, list) else []:
            walk(child)

    walk(bill)
    assert len(found) == len(set(found))
    assert set(asked) <= set(found)


def test_its_own_library_reads_back_licenses_digests_and_lineage(full: dict[str, bytes]) -> None:
    """Model cards and data components are unknown to that library; the validator holds those."""
    read_back: Bom = Bom.from_json(json.loads(full["release.cdx.json"]))  # type: ignore[attr-defined] # made at run time
    main = read_back.metadata.component
    assert main is not None
    assert main.pedigree is not None
    assert [part.name for part in main.pedigree.ancestors] == ["base-lab/base-3b"]
    assert sorted(part.name for part in main.components) == ["model-1.bin", "model-2.bin"]
    assert all(next(iter(part.hashes)).content for part in main.components)
    assert [str(getattr(entry, "id", "")) for entry in main.licenses] == ["Apache-2.0"]
    assert str(read_back.metadata.timestamp) == "2026-03-14 00:00:00+00:00"


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("MIT", {"license": {"id": "MIT", "acknowledgement": "declared"}}),
        ("MIT OR Apache-2.0", {"expression": "MIT OR Apache-2.0", "acknowledgement": "declared"}),
        ("Hippocratic-3.0-core", {"expression": "Hippocratic-3.0-core", "acknowledgement": "declared"}),
        ("OpenMDW-1.0", {"license": {"id": "OpenMDW-1.0", "acknowledgement": "declared"}}),
    ],
)
def test_an_id_stands_only_where_the_format_lists_it(stated: str, said: dict[str, Any], tmp_path: Path) -> None:
    text = export(read(tmp_path, HEAD + WEIGHTS.replace("LICENSE", stated)), "release.cdx.json")
    assert valid(text)["metadata"]["component"]["licenses"] == [said]


def test_terms_of_one_s_own_are_named(tmp_path: Path) -> None:
    text = export(read(tmp_path, HEAD + WEIGHTS.replace("LICENSE", "llama2")), "release.cdx.json")
    (entry,) = valid(text)["metadata"]["component"]["licenses"]
    assert entry["license"]["name"] == "LicenseRef-llama2"
    assert properties(entry["license"]) == {"license.name": "Llama 2 Community License Agreement"}


def test_terms_that_the_release_brings_stand_there_whole(bill: dict[str, Any]) -> None:
    (exam,) = [part for part in bill["components"] if part["name"] == "Fjord Exam"]
    (entry,) = exam["licenses"]
    assert entry["license"]["text"]["content"] == (FULL / "terms" / "exam.txt").read_text(encoding="utf-8")
    assert entry["license"]["url"] == "https://fjord.example/exam-terms"
    assert properties(entry["license"])["license.limits"] == "research_only"


def test_every_license_that_is_written_by_id_is_on_the_format_s_list(tmp_path: Path) -> None:
    ids = [key for key in get_known_ids() if _has_id(key)]
    items = "\n".join(f"    - {{availability: released, license: {key}, files: ['{key}']}}" for key in ids)
    valid(export(read(tmp_path, f"{HEAD}layers:\n  weights:\n{items}\n"), "release.cdx.json"))
    assert len(ids) > 40
