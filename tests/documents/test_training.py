"""What training took, in cards, EU drafts and bills of materials: the right units, and never more than is stated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import ModelCard

from generator import build
from tests.documents.exports.releases import export, read

HEAD = (
    "charter: 1\nrelease: {name: Fjord, date: 2026-05-02, copyright: 2026 Lab, repo: lab/fjord}\n"
    "layers: {weights: {availability: released, license: Apache-2.0, files: ['*.bin']%s}}\n"
    "outputs: [card, licenses, spdx, cyclonedx, eu-form, eu-training-summary]\n"
)
TRAINING = (
    "training: {compute_flops: 8.0e+22, hardware: 512 H100, energy_kwh: 120000.5, emissions_kg: 0.0125,\n"
    "  start: 2026-01-10, end: 2026-03-02, personal_data: filtered}\n"
)
BASE = ", derived_from: [{ref: base/model, license: Apache-2.0, relation: finetune}]"


def card(folder: Path, text: str) -> tuple[str, dict[str, Any]]:
    """The card that is built, and its front matter as the Hub's client reads it."""
    bundle = build(read(folder, text))
    bundle.write(folder, force=False)
    written = (folder / "README.md").read_text(encoding="utf-8")
    return written, ModelCard(written).data.to_dict()


def test_the_card_states_what_the_release_file_states(tmp_path: Path) -> None:
    text, front = card(tmp_path, HEAD % BASE + TRAINING + "access: {price: paid}\n")
    training = text.partition("## Training Details")[2].partition("\n## ")[0]
    impact = text.partition("## Environmental Impact")[2].partition("\n## ")[0]
    for line in ("512 H100", "2026-01-10 to 2026-03-02", "8.0e+22 floating point operations", "filtered"):
        assert line in training
    assert "120,000.5 kWh" in impact
    assert "0.0125 kg of CO2 equivalent" in impact
    assert "- **Price:** access, or support that it needs, costs money" in text
    assert front["co2_eq_emissions"] == {
        "emissions": 12.5,  # grams
        "training_type": "fine-tuning",
        "hardware_used": "512 H100",
    }


def test_nothing_is_stated_that_nobody_stated(tmp_path: Path) -> None:
    text, front = card(tmp_path / "silent", HEAD % "")
    for word in ("Training Details", "Environmental Impact", "Price"):
        assert word not in text
    assert "co2_eq_emissions" not in front
    text, front = card(tmp_path / "energy", HEAD % "" + "training: {energy_kwh: 3}\n")
    assert "**Energy for training:** 3 kWh" in text
    assert "Training Details" not in text
    assert "co2_eq_emissions" not in front
    _, front = card(tmp_path / "scratch", HEAD % "" + "training: {emissions_kg: 2}\n")
    assert front["co2_eq_emissions"] == {"emissions": 2000}


@pytest.mark.parametrize(
    ("own", "kept"),
    [
        (
            "co2_eq_emissions:\n  emissions: 12.50 # measured\n  source: codecarbon\n  training_type: fine-tuning\n"
            "  hardware_used: 512 H100\n  geographical_location: Oslo\n",
            True,
        ),
        ("co2_eq_emissions:\n  emissions: 9\n  source: codecarbon\n  geographical_location: Oslo\n", False),
    ],
)
def test_what_a_person_wrote_beside_it_stays(own: str, kept: bool, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(f"---\n{own}---\n# Fjord\n", encoding="utf-8")
    first, front = card(tmp_path, HEAD % BASE + TRAINING)
    assert (own in first) is kept
    assert front["co2_eq_emissions"]["emissions"] == 12.5
    assert front["co2_eq_emissions"]["source"] == "codecarbon"
    assert front["co2_eq_emissions"]["geographical_location"] == "Oslo"
    assert card(tmp_path, HEAD % BASE + TRAINING)[0] == first


def test_a_number_of_the_same_grams_stays(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nco2_eq_emissions: 12.5 # g\n---\n# Fjord\n", encoding="utf-8")
    text, _ = card(tmp_path, HEAD % "" + "training: {emissions_kg: 0.0125}\n")
    assert "co2_eq_emissions: 12.5 # g\n" in text


def test_the_eu_form_has_the_figures_and_asks_for_the_rest(tmp_path: Path) -> None:
    text = export(read(tmp_path, HEAD % BASE + TRAINING), "EU_MODEL_DOCUMENTATION.md")
    for said in (
        "From 2026-01-10 to 2026-03-02, 52 days, in the range 1 to 3 months.",
        "8.0e+22 floating point operations, without those of the models it was made from.",
        "120.0005 MWh",
    ):
        assert said in text
    for asked in ("How was the amount of compute", "How was the energy", "How many days of hardware"):
        assert f"*Open question:* {asked}" in text
    assert "*Open question:* How long did training take" not in text
    summary = export(read(tmp_path, HEAD % BASE + TRAINING), "EU_TRAINING_SUMMARY.md")
    assert "Personal data in the training data: filtered" in summary


@pytest.mark.parametrize(("base", "activity"), [(BASE, "fine-tuning"), ("", "training")])
def test_bills_of_materials_have_energy_and_emissions_in_their_units(base: str, activity: str, tmp_path: Path) -> None:
    release = read(tmp_path, HEAD % base + TRAINING)
    bill = json.loads(export(release, "release.cdx.json"))
    considered = bill["metadata"]["component"]["modelCard"]["considerations"]["environmentalConsiderations"]
    assert considered["energyConsumptions"] == [
        {
            "activity": activity,
            "energyProviders": [],
            "activityEnergyCost": {"value": 120000.5, "unit": "kWh"},
            "co2CostEquivalent": {"value": 0.0000125, "unit": "tCO2eq"},
        }
    ]
    graph = json.loads(export(release, "release.spdx3.json"))["@graph"]
    (package,) = [node for node in graph if node["type"] == "ai_AIPackage" and "ai_energyConsumption" in node]
    (kind,) = [key for key in package["ai_energyConsumption"] if key != "type"]
    assert kind == {"fine-tuning": "ai_finetuningEnergyConsumption"}.get(activity, "ai_trainingEnergyConsumption")
    assert "512 H100" in package["ai_informationAboutTraining"]


def test_values_are_text_in_the_card(tmp_path: Path) -> None:
    hostile = "training: {hardware: '<b>x</b> *y* {{ 7 * 7 }}', emissions_kg: 1}\n"
    text, front = card(tmp_path, HEAD % "" + hostile)
    assert r"\<b\>x\</b\> \*y\* {{ 7 \* 7 }}" in text
    assert front["co2_eq_emissions"]["hardware_used"] == "<b>x</b> *y* {{ 7 * 7 }}"
    assert yaml.safe_load(text.split("---\n")[1])
