"""release.spdx3.json passes spdx3-validate, and reads back with SPDX's own bindings without a loss."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from spdx_python_model import v3_0_1 as model

from generator import Release, build, load_release
from tests.conftest import TESTS
from tests.effort import examples, sampled

from .conftest import FULL
from .releases import dated, export, read, releases
from .spdx_model import complaints
from .validators import spdx_schema

pytestmark = [
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated"),  # rdflib's own reader of JSON-LD
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
]
EXAMPLES = ("full-exports", "layered-five", "own-terms", "dual-expression", "nothing-given")
TOOL_ONLY = "charter: 1\nrelease: {name: Fjord, date: 2026-05-02}\noutputs: [spdx]\n"
SMALL = """\
charter: 1
release: {name: Fjord, date: 2026-05-02, publisher: {name: Lab}}
layers:
  data: {availability: released, license: CC-BY-4.0, files: ["*.csv"]}
  weights:
    {availability: released, license: MIT, files: ["*.bin"], derived_from: [{ref: lab/words, relation: trained_on}]}
outputs: [spdx]
"""


@pytest.fixture(scope="session")
def schema(validators: Path) -> dict[str, Any]:
    """The JSON Schema of SPDX 3.0.1."""
    return spdx_schema(validators)


class Read:
    """A document as SPDX's own library reads it."""

    def __init__(self, text: str) -> None:
        self.objects = model.SHACLObjectSet()
        model.JSONLDDeserializer().read(io.BytesIO(text.encode()), self.objects)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - an element
        """The one element whose id ends in a name."""
        (found,) = (e for e in self.objects.foreach() if str(e._id).endswith(f"#{name}"))
        return found

    def links(self, name: str) -> set[tuple[str, str, str | None]]:
        """The relationships of an element: kind, the name of what it leads to, comment."""
        return {
            (r.relationshipType.rpartition("/")[2], self._title(to), r.comment)
            for r in self.objects.foreach_type(model.Relationship)
            if r.from_ is self[name]
            for to in r.to
        }

    @staticmethod
    def _title(element: Any) -> str:  # noqa: ANN401 - an element
        return str(element.name or element.simplelicensing_licenseExpression)

    def note(self, name: str) -> dict[str, str]:
        """The annotation of an element."""
        said: dict[str, str] = json.loads(self[f"{name}-note"].statement)
        return said


@pytest.fixture(scope="module")
def bill(full: dict[str, bytes]) -> Read:
    """The bill of the full example, read back."""
    return Read(full["release.spdx3.json"].decode())


@pytest.mark.network
@pytest.mark.parametrize(("name",), sampled([(name,) for name in EXAMPLES], lambda _, case: case[0] in EXAMPLES[::4]))
def test_examples_pass_the_validator(name: str, schema: dict[str, Any], tmp_path: Path) -> None:
    release = dated(TESTS / "examples" / name, tmp_path, "spdx")
    assert complaints(export(release, "release.spdx3.json"), schema) == []


@pytest.mark.network
@settings(
    max_examples=examples(4, least=1),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(releases())
def test_any_value_passes_the_validator(schema: dict[str, Any], release: Release) -> None:
    assert complaints(build(release)["release.spdx3.json"].decode(), schema) == []


@pytest.mark.network
def test_the_validator_does_find_faults(schema: dict[str, Any], tmp_path: Path) -> None:
    """The shapes are turned back from bindings; this shows that they bite."""
    text = export(read(tmp_path, SMALL), "release.spdx3.json")
    assert complaints(text, schema) == []
    assert complaints(text.replace('"trainedOn"', '"learnedFrom"'), schema)
    data = json.loads(text)
    agent = next(e for e in data["@graph"] if e["type"] == "Agent")
    package = next(e for e in data["@graph"] if e["type"] == "ai_AIPackage" and "suppliedBy" in e)
    package["suppliedBy"] = package["spdxId"]
    assert any("Agent" in said for said in complaints(json.dumps(data), schema))
    package["suppliedBy"] = agent["spdxId"]
    dataset = next(e for e in data["@graph"] if e["type"] == "dataset_DatasetPackage")
    del dataset["dataset_datasetType"]
    assert complaints(json.dumps(data), schema)


def test_the_model_is_described(bill: Read) -> None:
    weights = bill["weights-1"]
    assert isinstance(weights, model.ai_AIPackage)
    assert weights.software_packageVersion == "2.1"
    assert weights.releaseTime.isoformat() == "2026-03-14T00:00:00+00:00"
    assert weights.suppliedBy.name == "Fjord Lab"
    assert weights.software_downloadLocation == "https://huggingface.co/fjord-lab/fjord-3b"
    assert weights.software_primaryPurpose == model.software_SoftwarePurpose.model
    assert weights.summary == load_release(FULL).release.summary
    assert list(weights.ai_typeOfModel) == ["LlamaForCausalLM"]
    assert weights.ai_limitation == "It makes things up, and knows little of dialects."
    assert weights.ai_informationAboutApplication == "Drafts in Norwegian and Swedish."
    assert weights.ai_informationAboutTraining == "One epoch over the corpus, then one over the chats."
    sizes = {entry.key: entry.value for entry in weights.ai_hyperparameter}
    assert sizes == {"parameters": "2952790016", "context_length": "8192"}
    assert {e.key: e.value for e in weights.ai_metric} == {"NorEval: accuracy": "51.20", "NorEval: f1": "48.1 ± 0.3"}
    assert weights.comment is None, "all that the AI profile wants is stated"


def test_lineage_is_kept_with_our_word_for_each_relation(bill: Read) -> None:
    assert bill.links("weights-1") >= {
        ("descendantOf", "base-lab/base-3b", "relation: finetune"),
        ("trainedOn", "https://data.example/chat", "relation: trained_on"),
        ("trainedOn", "unknown/corpus", "relation: trained_on"),
        ("trainedOn", "Fjord Corpus", "relation: trained_on"),
        ("trainedOn", "Bought News", "relation: trained_on"),
        ("testedOn", "Fjord Exam", None),
        ("testedOn", "NorEval", None),
        ("dependsOn", "Fjord 3B: architecture", None),
        ("hasDocumentation", "How Fjord was made", None),
    }
    assert bill.links("deltas-1") >= {("descendantOf", "Fjord 3B: weights", "relation: adapter")}
    assert bill.links("data-1") >= {
        ("contains", "nordic/wiki-dump", "relation: includes"),
        ("other", "teacher-lab/big-teacher", "relation: outputs_of"),
    }
    assert bill["upstream-3"].software_packageUrl == "pkg:huggingface/base-lab/base-3b@0123456789abcdef"


def test_each_part_declares_its_license_and_an_unknown_one_is_left_out(bill: Read) -> None:
    declared = {
        name: {to for kind, to, _ in bill.links(name) if kind == "hasDeclaredLicense"}
        for name in ("data-1", "data-2", "data-3", "curation-1", "weights-1", "upstream-4", "upstream-5")
    }
    assert declared == {
        "data-1": {"CC-BY-4.0"},
        "data-2": {"LicenseRef-fjord-exam"},
        "data-3": set(),
        "curation-1": {"MIT"},
        "weights-1": {"Apache-2.0"},
        "upstream-4": {"MIT OR Apache-2.0"},
        "upstream-5": set(),
    }
    (own,) = (e for e in bill.objects.foreach_type(model.simplelicensing_SimpleLicensingText))
    assert own.simplelicensing_licenseText == (FULL / "terms" / "exam.txt").read_text(encoding="utf-8")
    expressions = bill.objects.foreach_type(model.simplelicensing_LicenseExpression)
    custom = {e.key: e.value for x in expressions for e in x.simplelicensing_customIdToUri}
    assert custom == {"LicenseRef-fjord-exam": own._id}
    (said,) = {x.comment for x in bill.objects.foreach_type(model.simplelicensing_LicenseExpression) if x.comment}
    assert said == "LicenseRef-fjord-exam: Terms of the Fjord exam; limits: research_only"


def test_files_carry_their_digests_and_the_rest_is_annotated(bill: Read) -> None:
    files = {f.name: f.verifiedUsing[0].hashValue for f in bill.objects.foreach_type(model.software_File)}
    assert set(files) == {
        "data/nb.jsonl",
        "data/sv.jsonl",
        "code/clean.py",
        "config.json",
        "model-1.bin",
        "model-2.bin",
    }
    assert bill["data-2"].verifiedUsing[0].hashValue.startswith("9f86d081")
    assert bill.note("data-3") == {
        "layer": "data",
        "component": "datasets",
        "availability": "withheld",
        "access": "obtainable",
    }
    assert bill.note("deltas-1")["form"] == "adapter"
    said = bill.note("weights-1")
    assert said["release.languages"] == "nb, nn, sv"
    assert said["card.out_of_scope"] == "Advice on health or law."


def test_what_is_not_known_is_said_and_not_filled(bill: Read) -> None:
    withheld = bill["data-3"]
    assert withheld.software_copyrightText is None
    assert withheld.comment == (
        "Not stated in the release file: builtTime, originatedBy, releaseTime, downloadLocation."
    )
    assert list(withheld.dataset_datasetType) == [model.dataset_DatasetType.noAssertion]


def test_nobody_is_named_as_maker_of_the_document_but_the_tool(tmp_path: Path) -> None:
    (creation,) = Read(export(read(tmp_path, TOOL_ONLY), "release.spdx3.json")).objects.foreach_type(model.CreationInfo)
    assert [agent.name for agent in creation.createdBy] == ["modelcharter"]
    assert creation.created.isoformat() == "2026-05-02T00:00:00+00:00"


def test_ids_follow_from_what_is_said(tmp_path: Path) -> None:
    first = export(read(tmp_path, TOOL_ONLY), "release.spdx3.json")
    assert export(read(tmp_path, TOOL_ONLY), "release.spdx3.json") == first
    other = export(read(tmp_path, TOOL_ONLY.replace("Fjord", "Fjell")), "release.spdx3.json")
    assert not ids(first) & ids(other)


def ids(text: str) -> set[str]:
    """The ids of a document."""
    return {element["spdxId"] for element in json.loads(text)["@graph"] if "spdxId" in element}
