"""How open a release file is: both framings, the framework's class, OSAID and the EU AI Act, each with its reason."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import generator
from generator import Openness, openness
from generator.errors import CharterError

from ..command import charter
from ..conftest import TESTS

HEAD = "charter: 1\nrelease: {name: Borealis}\n"
OPEN = "{availability: released, license: Apache-2.0}"
WITHHELD = "{availability: withheld}"


def asked(folder: Path, *lines: str, mode: str = "default") -> Openness:
    """The answer about a release file."""
    (folder / "release.yaml").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return openness(folder, mode=mode)


def layers(**held: str) -> str:
    """The layers of a release file."""
    return "layers:\n" + "\n".join(f"  {name}: {value}" for name, value in held.items())


FRAMINGS = [
    # data, curation, weights, deltas; program, source; missing of both
    ("all open", {"data": OPEN, "curation": OPEN, "weights": OPEN}, "open", "open", [], []),
    ("data withheld", {"data": WITHHELD, "curation": WITHHELD, "weights": OPEN},
     "program_only", "open", ["data", "curation"], []),
    ("data described", {"data": "{availability: described}", "weights": OPEN}, "program_only", "open", ["data"], []),
    ("part of it", {"data": OPEN, "curation": WITHHELD, "weights": OPEN}, "partial", "open", ["curation"], []),
    ("one of two data sets", {"data": f"[{OPEN}, {WITHHELD}]", "weights": OPEN}, "partial", "open", ["data"], []),
    ("closed terms of data", {"data": "{availability: released, license: CC-BY-NC-4.0}", "weights": OPEN},
     "restricted", "open", [], []),
    ("no terms at all", {"data": "{availability: released}", "weights": "{availability: released}"},
     "restricted", "restricted", [], []),
    ("restricted weights", {"weights": "{availability: released, license: llama2}"},
     "program_only", "restricted", [], []),
    ("made from something restricted",
     {"weights": "{availability: released, license: Apache-2.0, derived_from: "
                 "[{ref: meta-llama/Llama-2-7b-hf, license: llama2, relation: finetune}]}"},
     "program_only", "restricted", [], []),
    ("trained on something restricted, which is no source of the weights themselves",
     {"weights": "{availability: released, license: Apache-2.0, derived_from: "
                 "[{ref: lab/data, license: CC-BY-NC-4.0, relation: trained_on}]}"},
     "program_only", "open", [], []),
    ("data that holds something restricted",
     {"data": "{availability: released, license: CC0-1.0, derived_from: "
              "[{ref: lab/data, license: CC-BY-NC-4.0, relation: includes}]}", "weights": OPEN},
     "restricted", "open", [], []),
    ("gated is not for everyone", {"weights": "{availability: gated, license: Apache-2.0}"},
     "closed", "closed", [], ["weights"]),
    ("nothing", {"data": WITHHELD, "weights": WITHHELD}, "closed", "closed", ["data"], ["weights"]),
    ("an adapter alone", {"deltas": f"{{form: adapter, {OPEN[1:]}"}, "program_only", "open", [], []),
    ("no weights of its own, said so",
     {"weights": "{availability: none}", "deltas": f"{{form: adapter, {OPEN[1:]}"}, "program_only", "open", [], []),
    ("a data card is no data", {"data": "{component: data-card, availability: released, license: CC-BY-4.0}",
                                "weights": OPEN}, "partial", "open", [], []),
    ("either license", {"weights": "{availability: released, license: Apache-2.0 OR llama2}"},
     "program_only", "open", [], []),
    ("both licenses", {"weights": "{availability: released, license: Apache-2.0 AND llama2}"},
     "program_only", "restricted", [], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("held", "program", "source", "lacking", "unreleased"), [c[1:] for c in FRAMINGS], ids=[c[0] for c in FRAMINGS]
)
def test_framings(
    tmp_path: Path, held: dict[str, str], program: str, source: str, lacking: list[str], unreleased: list[str]
) -> None:
    found = asked(tmp_path, layers(**held)).to_dict()["framings"]
    assert isinstance(found, dict)
    assert (found["program"]["verdict"], found["source"]["verdict"]) == (program, source)
    assert (found["program"]["missing"], found["source"]["missing"]) == (lacking, unreleased)
    assert found["program"]["source"] == ["data", "curation"]
    assert found["source"]["source"] == (["deltas"] if "deltas" in held else ["weights"])
    for entry in found.values():
        assert entry["because"].endswith(".") and entry["change"].endswith((".", "?"))


CODE = (
    "architecture: [{component: model-architecture, PUT}, {component: training-code, PUT}, "
    "{component: inference-code, PUT}]"
).replace("PUT", OPEN[1:-1])
NONE = "training-code, availability: none"


def requirements(found: Openness) -> dict[str, str]:
    """Answers by requirement."""
    return {entry.id: entry.answer for entry in found.osaid.requirements}


OSAID = [
    ("all of it", ["data: {availability: released, license: CC-BY-4.0, access: open, url: https://x.org/d}",
                   f"curation: {OPEN}", CODE, f"weights: {OPEN}"], ("yes", "yes", "yes")),
    ("data that cannot be shared, described",
     ["data: {availability: described, access: unshareable, description: Notes of a hospital.}",
      f"curation: {OPEN}", CODE, f"weights: {OPEN}"], ("yes", "yes", "yes")),
    ("data of which the kind is not said", ["data: {availability: described, description: Web pages.}",
                                            f"curation: {OPEN}", CODE, f"weights: {OPEN}"], ("unclear", "yes", "yes")),
    ("data that is described elsewhere", ["data: {availability: described, access: unshareable}",
                                          f"curation: {OPEN}", CODE, f"weights: {OPEN}"], ("yes", "yes", "yes")),
    ("open data that is not shared", ["data: {availability: withheld, access: open}",
                                      f"curation: {OPEN}", CODE, f"weights: {OPEN}"], ("no", "yes", "yes")),
    ("public data without its place", ["data: {availability: described, access: public}",
                                       f"curation: {OPEN}", CODE, f"weights: {OPEN}"], ("unclear", "yes", "yes")),
    ("code that is only described", [f"data: {OPEN}", "curation: {availability: described, description: Filters.}",
                                     CODE, f"weights: {OPEN}"], ("yes", "no", "yes")),
    ("code that is not mentioned", [f"data: {OPEN}", f"curation: {OPEN}", f"weights: {OPEN}"],
     ("yes", "unclear", "yes")),
    ("open code that the OSI has not approved",
     [f"data: {OPEN}", f"curation: {OPEN}", CODE.replace("Apache-2.0", "CC0-1.0"), f"weights: {OPEN}"],
     ("yes", "no", "yes")),
    ("weights on request", [f"data: {OPEN}", f"curation: {OPEN}", CODE,
                            "weights: {availability: gated, license: Apache-2.0}"], ("yes", "yes", "unclear")),
    ("weights under terms that nobody has read",
     [f"data: {OPEN}", f"curation: {OPEN}", CODE, "weights: {availability: released, license: etalab-2.0}"],
     ("yes", "yes", "unclear")),
    ("restricted weights", [f"data: {OPEN}", f"curation: {OPEN}", CODE,
                            "weights: {availability: released, license: gemma}"], ("yes", "yes", "no")),
    ("weights that are not mentioned", [f"data: {OPEN}", f"curation: {OPEN}", CODE], ("yes", "yes", "unclear")),
    ("no weights", [f"data: {OPEN}", f"curation: {OPEN}", CODE, "weights: {availability: none}"], ("yes", "yes", "no")),
    ("weights without a license", [f"data: {OPEN}", f"curation: {OPEN}", CODE, "weights: {availability: released}"],
     ("yes", "yes", "unclear")),
    ("code without a license", [f"data: {OPEN}", f"curation: {OPEN}", CODE.replace("license: Apache-2.0", ""),
                                f"weights: {OPEN}"], ("yes", "unclear", "yes")),
    ("no training code", [f"data: {OPEN}", f"curation: {OPEN}", CODE.replace(NONE.replace("none", "released"), NONE),
                          f"weights: {OPEN}"], ("yes", "no", "yes")),
    ("open data without a license", ["data: {availability: released, access: open}", f"curation: {OPEN}", CODE,
                                     f"weights: {OPEN}"], ("unclear", "yes", "yes")),
    ("open data under closed terms", ["data: {availability: released, access: open, license: CC-BY-NC-4.0}",
                                      f"curation: {OPEN}", CODE, f"weights: {OPEN}"], ("no", "yes", "yes")),
]  # fmt: skip


@pytest.mark.parametrize(("held", "answers"), [c[1:] for c in OSAID], ids=[c[0] for c in OSAID])
def test_osaid(tmp_path: Path, held: list[str], answers: tuple[str, str, str]) -> None:
    report = "documents: [{component: technical-report, availability: released, license: CC-BY-4.0}]"
    found = asked(tmp_path, "layers:\n" + "\n".join(f"  {line}" for line in held), report)
    assert tuple(requirements(found).values()) == answers
    assert found.osaid.answer == max(answers, key=["yes", "unclear", "no"].index)
    assert "certif" not in json.dumps(found.to_dict())
    assert all(entry.because.endswith(".") and entry.change for entry in found.osaid.requirements)


@pytest.mark.parametrize(
    ("held", "answer", "change"),
    [
        (
            "documents: [{component: research-paper, availability: released, license: CC-BY-NC-4.0}]",
            "no",
            "open license",
        ),
        (
            "documents: [{component: research-paper, availability: released}]",
            "unclear",
            "under which license is research paper",
        ),
        ("documents: []", "unclear", "what is the training data"),
    ],
)
def test_documents_inform_of_the_data_under_open_terms_only(
    tmp_path: Path, held: str, answer: str, change: str
) -> None:
    (found, *_) = asked(tmp_path, layers(weights=OPEN), held).osaid.requirements
    assert (found.id, found.answer) == ("data_information", answer)
    assert change in found.change


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("data: {availability: none}", "no"),
        ("data: {availability: withheld}", "no"),
        ("data: {availability: released, license: CC-BY-NC-4.0}", "no"),
        ("data: {availability: released}", "unclear"),
        ("data: [{availability: withheld}, {availability: released, name: More}]", "unclear"),
    ],
)
def test_data_that_nothing_describes(tmp_path: Path, line: str, answer: str) -> None:
    assert requirements(asked(tmp_path, f"layers:\n  {line}\n  weights: {OPEN}"))["data_information"] == answer


TUNED = (
    "{availability: released, license: Apache-2.0, "
    "derived_from: [{ref: lab/base, license: Apache-2.0, relation: finetune}]}"
)
EU = [
    ("weights: {availability: released, license: Apache-2.0}", "free_license", "yes"),
    ("weights: {availability: released, license: llama2}", "free_license", "no"),
    ("weights: {availability: released, license: CC-BY-NC-4.0}", "free_license", "no"),
    ("weights: {availability: released, license: bigcode-openrail-m}", "free_license", "unclear"),
    ("weights: {availability: released}", "free_license", "unclear"),
    ("weights: [{availability: released}, {availability: released, license: CC-BY-NC-4.0}]", "free_license", "no"),
    (f"data: {OPEN}", "free_license", "unclear"),
    (f"data: {OPEN}", "parameters_public", "unclear"),
    ("weights: {availability: none}", "parameters_public", "no"),
    ("weights: {availability: withheld}", "parameters_public", "no"),
    ("weights: {availability: gated, license: MIT}", "parameters_public", "unclear"),
    (f"weights: {OPEN}", "architecture_public", "unclear"),
    (f"architecture: {OPEN}", "architecture_public", "yes"),
    (f"architecture: {WITHHELD}", "architecture_public", "no"),
    (f"weights: {OPEN}", "usage_public", "unclear"),
    (f"weights: {OPEN}", "no_systemic_risk", "unclear"),
    (f"weights: {OPEN}", "not_monetised", "unclear"),
    (f"weights: {OPEN}\naccess: {{price: free}}", "not_monetised", "yes"),
    (f"weights: {OPEN}\naccess: {{price: paid}}", "not_monetised", "no"),
    (f"weights: {OPEN}\ntraining: {{compute_flops: 1e25}}", "no_systemic_risk", "yes"),
    (f"weights: {OPEN}\ntraining: {{compute_flops: 1.1e25}}", "no_systemic_risk", "no"),
    (f"weights: {OPEN}\ntraining: {{hardware: 8 H100}}", "no_systemic_risk", "unclear"),
    (f"weights: {TUNED}\ntraining: {{compute_flops: 1e20}}", "no_systemic_risk", "unclear"),
    (f"weights: {TUNED}\ntraining: {{compute_flops: 2e25}}", "no_systemic_risk", "no"),
]


@pytest.mark.parametrize(("line", "condition", "answer"), EU, ids=lambda value: str(value)[:60])
def test_conditions_of_the_exemption(tmp_path: Path, line: str, condition: str, answer: str) -> None:
    found = asked(tmp_path, f"layers:\n  {line}").eu_exemption
    assert {entry.id: entry.answer for entry in found.conditions}[condition] == answer
    assert found.answer in ("no", "unclear")
    assert "not legal advice" in json.dumps(found.to_dict())
    assert all(entry.change.startswith("Answer:") for entry in found.conditions if "not mentioned" in entry.because)


@pytest.mark.parametrize(
    ("price", "compute", "answer"), [("free", "8.0e+22", "yes"), ("paid", "8.0e+22", "no"), ("free", "2e25", "no")]
)
def test_the_exemption_is_yes_or_no_where_all_is_stated(price: str, compute: str, answer: str, tmp_path: Path) -> None:
    found = asked(
        tmp_path,
        f"layers: {{architecture: {OPEN}, weights: {OPEN}}}",
        "card: {intended_use: Research.}",
        f"training: {{compute_flops: {compute}}}",
        f"access: {{price: {price}}}",
    ).eu_exemption
    assert found.answer == answer
    assert ("all conditions" in found.because) is (answer == "yes")
    assert "not legal advice" in json.dumps(found.to_dict())


SILENT = [
    # layers; framing; whether the verdict rests on what is stated; words of the reason, words of what would change it
    (f"weights: {OPEN}", "program", False, "is not stated: training data (not mentioned)", "Answer: is training data"),
    (f"weights: {OPEN}\n  data: {WITHHELD}", "program", True, "its source: training data (not rel", "Releasing"),
    ("weights: {availability: gated, license: MIT}", "program", False, "Whether its source is released", "Answer: is"),
    (f"architecture: {OPEN}", "program", False, "is stated to be released", "Answer: is training data"),
    (f"architecture: {OPEN}", "source", False, "Whether the weights are released is not stated", "Answer: is weights"),
    (f"weights: {WITHHELD}", "source", True, "not released to everyone: weights (not released)", "Releasing weights"),
    ("weights: {availability: released}", "source", False, "no open license is stated", "under which terms"),
    ("weights: {availability: released, license: gemma}", "source", True, "not all of its terms", "Open licenses"),
    ("weights: [{availability: released}, {availability: released, license: gemma}]", "source", True, "not all", ""),
    (f"data: {OPEN}\n  weights: {OPEN}", "program", True, "under open licenses: training data", "Withholding"),
    ("data: {component: data-card, availability: released, license: MIT}", "program", False, "the rest", "Answer"),
    (f"weights: {OPEN}\n  data: {{availability: none}}", "program", True, "without its source", "Releasing"),
]  # fmt: skip


@pytest.mark.parametrize(("held", "framing", "stated", "because", "change"), SILENT, ids=lambda value: str(value)[:60])
def test_a_framing_says_what_is_not_stated_and_asks(
    tmp_path: Path, held: str, framing: str, stated: bool, because: str, change: str
) -> None:
    found = asked(tmp_path, f"layers:\n  {held}").framings[framing]
    assert found.stated is stated
    assert found.title.endswith("as far as stated") is not stated
    assert because in found.because
    assert found.change.startswith(change) or change in found.change


def test_items_are_components_and_a_built_card_is_one(tmp_path: Path) -> None:
    weights = "{availability: gated, license: Apache-2.0, files: ['*.safetensors']}"
    found = asked(tmp_path, layers(data=WITHHELD, weights=weights, architecture=OPEN)).mof
    assert found.classes[1]["included"] == ("model-architecture", "model-card", "model-parameters-final")
    without = asked(tmp_path, layers(weights=weights), "outputs: [licenses]").mof
    assert without.classes[1]["included"] == ("model-parameters-final",)


def test_a_component_in_parts_counts_by_its_strictest_license_and_says_what_is_not_given(tmp_path: Path) -> None:
    both = asked(tmp_path, layers(data="[{availability: released, license: CC-BY-NC-4.0}, " + OPEN + "]")).mof
    assert "datasets" in both.classes[1]["invalid"]
    part = asked(tmp_path, layers(data="[{name: Notes, availability: withheld}, " + OPEN + "]")).mof
    assert "datasets" in part.classes[1]["included"]
    assert any("Notes (not released)" in note for note in part.notes)


def test_what_would_lift_it_is_said(tmp_path: Path) -> None:
    grade = asked(tmp_path, layers(weights="{availability: released, license: llama2}")).mof
    assert "model parameters final (no open license)" in grade.change
    assert "data card" in grade.change
    assert "not released" not in grade.change  # the release file does not mention it


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command."""
    return charter(*arguments)


def test_json_is_that_of_the_contract(tmp_path: Path) -> None:
    asked(tmp_path, layers(data=WITHHELD, weights="{availability: released, license: llama2}"))
    done = run("openness", str(tmp_path), str(tmp_path / "release.yaml"), "--format", "json")
    assert done.returncode == 0, done.stderr
    first, second = json.loads(done.stdout)
    assert first["schema"] == second["schema"] == "modelcharter.openness/1"
    assert first["target"] == str(tmp_path)
    assert {"version": "1.0", "mode": "default", "class": None}.items() <= first["mof"].items()
    assert set(first["mof"]["progress"]) == set(first["mof"]["missing"]) == {"1", "2", "3"}
    assert [entry["id"] for entry in first["osaid"]["requirements"]] == ["data_information", "code", "parameters"]
    assert first["eu_exemption"]["conditions"][0]["id"] == "free_license"
    single: dict[str, Any] = json.loads(run("openness", str(tmp_path), "--format", "json").stdout)
    assert single == first
    assert openness(str(tmp_path)).to_dict() == first


def test_text_says_every_verdict_and_what_would_change_it(tmp_path: Path) -> None:
    asked(tmp_path, layers(weights="{availability: released, license: llama2}"))
    text = run("openness", str(tmp_path)).stdout
    for words in (
        "If training data counts as source code",
        "If weights count as source code",
        "No class",
        "Parameters",
        "→ ",
        "not legal",
    ):
        assert words in text


def test_a_folder_without_a_release_file_is_read_by_its_card(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: apache-2.0\n---\n# X\n", encoding="utf-8")
    found = openness(tmp_path)
    assert found.framings["source"].verdict == "open"
    assert "model-card" in found.mof.classes[1]["included"]


@pytest.mark.parametrize("target", ["apache-2.0", "nothing.yaml", "path:nowhere"])
def test_what_is_no_release_is_told(target: str) -> None:
    done = run("openness", target)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and done.stderr.startswith("error")


def test_a_mode_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(CharterError):
        asked(tmp_path, layers(weights=OPEN), mode="strict")


def test_the_public_name_is_the_function_whatever_was_imported() -> None:
    code = "import generator.openness.mof, generator; from generator import openness; openness('tests/examples/minilm')"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert generator.openness is openness


KNOWN = [
    # example, class, OSAID, program, source
    ("pythia-12b", 1, "yes", "open", "open"),
    ("olmo-7b", 1, "yes", "open", "open"),
    ("amber", 1, "yes", "open", "open"),
    ("llama-2-7b", None, "no", "program_only", "restricted"),
    ("grok-1", None, "unclear", "program_only", "open"),
    ("mixtral-8x7b", None, "unclear", "partial", "open"),
]


@pytest.mark.parametrize(("name", "level", "answer", "program", "source"), KNOWN, ids=[case[0] for case in KNOWN])
def test_models_that_everybody_knows(name: str, level: int | None, answer: str, program: str, source: str) -> None:
    found = openness(TESTS / "examples" / name)
    verdicts = (found.framings["program"].verdict, found.framings["source"].verdict)
    assert (found.mof.level, found.osaid.answer, *verdicts) == (level, answer, program, source)
