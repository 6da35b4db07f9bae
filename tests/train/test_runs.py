"""Trainers of four libraries: the run is recorded, the card that is pushed is ours, and what people wrote survives."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import TESTS
from tests.hub.run import environment as hub_environment
from tests.hub.server import TOKEN, Hub, hub
from tests.train.environment import environment

pytestmark = [pytest.mark.train, pytest.mark.network]
Tree = dict[str, Any]
KINDS = ("plain", "peft", "trl", "sentences")


@pytest.fixture
def server() -> Iterator[Hub]:
    """A Hub without repos."""
    with hub({}) as running:
        yield running


def run(
    kind: str, folder: Path, steps: str, server: Hub | None = None, **arguments: str | bool | list[str]
) -> subprocess.CompletedProcess[str]:
    """A run in a process of its own, against a Hub of this machine or none."""
    out = folder / "tern"
    out.mkdir(parents=True, exist_ok=True)
    cache = os.environ.get("MODELCHARTER_CACHE") or str(Path.home() / ".cache" / "modelcharter")
    env = hub_environment(folder, server, MODELCHARTER_CACHE=cache, PYTHONPATH=str(TESTS.parent), HF_TOKEN=TOKEN)
    env |= {} if server else {"HF_HUB_OFFLINE": "1"}
    command = [str(environment()), str(TESTS / "train" / "runs.py"), kind, str(out), steps, json.dumps(arguments)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=300)


def released(folder: Path) -> Tree:
    """The release file of a run."""
    held: Tree = yaml.safe_load((folder / "tern" / "release.yaml").read_text(encoding="utf-8"))
    return held


def item_of(held: Tree, kind: str) -> Tree:
    """What was trained."""
    item: Tree = held["layers"]["deltas" if kind == "peft" else "weights"]
    return item


@pytest.mark.parametrize("kind", KINDS)
def test_the_end_of_training_is_recorded(kind: str, tmp_path: Path) -> None:
    done = run(kind, tmp_path, "train")
    assert done.returncode == 0, done.stderr[-3000:]
    held = released(tmp_path)
    item = item_of(held, kind)
    sources = {source["ref"]: source for source in item["derived_from"]}
    data = "org/pairs" if kind == "sentences" else "org/letters"
    assert sources[data] == {"ref": data, "relation": "trained_on", "revision": "89abcdef" * 5}
    if kind in ("peft", "trl"):
        relation = {"peft": "adapter", "trl": "finetune"}[kind]
        assert sources["HuggingFaceTB/SmolLM2-135M"]["relation"] == relation
        assert sources["HuggingFaceTB/SmolLM2-135M"]["revision"].startswith("0123456789")
    assert item["license"] == "Apache-2.0"
    assert "CPU" in held["training"]["hardware"]
    assert held["training"]["start"] <= held["training"]["end"]
    text = held["card"]["training"]
    for said in ("Trained for 1 epoch", "| learning rate | `0.001` |", "transformers 5."):
        assert said in text
    assert ("LoRA r" in text) is (kind == "peft")
    assert "files" not in item
    assert not (tmp_path / "tern" / "README.md").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_the_pushed_card_is_ours_and_hand_written_text_survives(kind: str, tmp_path: Path, server: Hub) -> None:
    done = run(kind, tmp_path, "write,train,push", server, hub_model_id="alice/tern")
    assert done.returncode == 0, done.stderr[-3000:]
    files = server.repos["alice/tern"].files
    card = files["README.md"].decode()
    assert "# By hand\n\nMy words.\n" in card
    assert "charter:begin" in card
    assert "license: apache-2.0" in card
    for draft in (
        "generated automatically",
        "More Information Needed",
        "It has been trained using [TRL]",
        "sentence-transformers model trained",
    ):
        assert draft not in card
    held = yaml.safe_load(files["release.yaml"])
    assert held["release"]["repo"] == "alice/tern"
    assert item_of(held, kind)["files"]
    assert files["LICENSE"].decode().lstrip().startswith("Apache License")


def test_a_release_file_of_a_person_keeps_its_words(tmp_path: Path) -> None:
    out = tmp_path / "tern"
    out.mkdir()
    text = (
        "# Ours.\ncharter: 1\nrelease:\n  name: Tern   # a bird\n  publisher: {name: Tern Lab}\nlayers:\n"
        "  weights:\n    availability: gated # on request\n    license: mit\n    derived_from:\n"
        "      - {ref: huggingfacetb/SmolLM2-135M, relation: finetune, license: mit} # with leave\n"
        "card:\n  training: |\n    By us.\n"
        "training: {hardware: 1 abacus, personal_data: none} # old\n"
    )
    (out / "release.yaml").write_text(text, encoding="utf-8")
    for _ in range(2):
        done = run("trl", tmp_path, "train,save,card")
        assert done.returncode == 0, done.stderr[-3000:]
        after = (out / "release.yaml").read_text(encoding="utf-8")
        for word in ("# Ours.", "# a bird", "# on request", "# with leave", "# old", "By us."):
            assert after.count(word) == 1
        held = yaml.safe_load(after)
        assert held["layers"]["weights"]["license"] == "mit"
        assert [source["ref"] for source in held["layers"]["weights"]["derived_from"]] == [
            "huggingfacetb/SmolLM2-135M",
            "org/letters",
        ]
        assert held["training"]["personal_data"] == "none"
        assert "CPU" in held["training"]["hardware"]
        assert held["card"]["training"].count("Trained for") == 1


def test_a_release_that_is_not_ready_is_not_pushed(tmp_path: Path, server: Hub) -> None:
    out = tmp_path / "tern"
    out.mkdir()
    text = "charter: 1\nrelease: {name: Tern}\nlayers:\n  weights: {availability: withheld}\n"
    (out / "release.yaml").write_text(text, encoding="utf-8")
    done = run("plain", tmp_path, "train,push", server, hub_model_id="alice/tern")
    assert done.returncode == 1
    assert "CharterError" in done.stderr
    assert "Not ready" in done.stderr
    assert "README.md" not in server.repos["alice/tern"].files


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("charter: 1\nrelease: {nam: Tern}\n", "Did you mean `name`?"),
        ("charter: 1\nrelease: {name: Tern}\nlayers: {weights: {availability: withheld}}\n", "Not ready"),
    ],
)
def test_errors_are_reported_before_training_where_the_run_pushes(
    text: str, words: str, tmp_path: Path, server: Hub
) -> None:
    (tmp_path / "tern").mkdir()
    (tmp_path / "tern" / "release.yaml").write_text(text, encoding="utf-8")
    done = run("plain", tmp_path, "train", server, hub_model_id="alice/tern", push_to_hub=True)
    assert done.returncode == 1
    assert words in done.stderr
    assert "train_runtime" not in done.stdout


def test_a_save_that_pushes_leaves_the_pushed_card_in_the_folder(tmp_path: Path, server: Hub) -> None:
    done = run("peft", tmp_path, "train,save", server, hub_model_id="alice/tern", push_to_hub=True)
    assert done.returncode == 0, done.stderr[-3000:]
    card = (tmp_path / "tern" / "README.md").read_bytes()
    assert b"charter:begin" in card
    assert server.repos["alice/tern"].files["README.md"] == card


def test_what_codecarbon_measured_during_the_run_is_recorded(tmp_path: Path) -> None:
    done = run("plain", tmp_path, "train,save,card", report_to=["codecarbon"])
    assert done.returncode == 0, done.stderr[-3000:]
    training = released(tmp_path)["training"]
    with (tmp_path / "tern" / "emissions.csv").open(encoding="utf-8", newline="") as stream:
        *_, row = csv.DictReader(stream)
    assert training["emissions_kg"] == float(row["emissions"])
    assert training["energy_kwh"] > 0
    front = yaml.safe_load((tmp_path / "tern" / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert front["co2_eq_emissions"]["emissions"] == pytest.approx(training["emissions_kg"] * 1000)
