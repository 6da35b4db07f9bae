"""`record_training` for scripts without a trainer: what the run knows is written, what people wrote stays."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from generator import (
    CharterError,
    Release,
    ResultDataset,
    Training,
    Upstream,
    build,
    check,
    load_release,
    record_training,
)
from generator.errors import ReleaseFileError


def model(folder: Path, *, adapter: bool = False) -> Path:
    """A folder with weights, or with an adapter."""
    folder.mkdir(parents=True, exist_ok=True)
    name = "adapter_model.safetensors" if adapter else "model.safetensors"
    (folder / name).write_bytes((2).to_bytes(8, "little") + b"{}")
    if adapter:
        (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "task_type": "CAUSAL_LM"}))
    return folder


def recorded(folder: Path, **more: object) -> Release:
    """A run as a script records it."""
    return record_training(
        folder,
        base="org/base@0123456",
        datasets=["org/data", Upstream(ref="org/more", relation="trained_on", license="cc-by-4.0")],
        metrics={"accuracy": 0.931, "f1": Decimal("0.90"), "bad": float("nan")},
        hyperparameters={"learning_rate": 2e-5, "schedule": "cos|ine\n\x1b[31m", "off": None},
        training={"hardware": "1 A100", "energy_kwh": 1.9, "start": "2026-01-10", "end": datetime.date(2026, 1, 11)},
        **more,  # type: ignore[arg-type]
    )


def test_a_new_release_file_has_what_the_run_knows(tmp_path: Path) -> None:
    release = recorded(
        model(tmp_path / "tern"), evaluated_on="org/test", task="text-classification", license="mit", publisher="Lab"
    )
    assert release == load_release(tmp_path / "tern")
    (weights,) = release.layers.weights
    assert [(u.ref, u.relation, u.revision, u.license) for u in weights.derived_from] == [
        ("org/base", "finetune", "0123456", None),
        ("org/data", "trained_on", None, None),
        ("org/more", "trained_on", None, "CC-BY-4.0"),
    ]
    assert (weights.license, weights.files, weights.availability) == ("MIT", ("*.safetensors",), "released")
    assert release.training == Training(
        hardware="1 A100",
        energy_kwh=Decimal("1.9"),
        start=datetime.date(2026, 1, 10),
        end=datetime.date(2026, 1, 11),
    )
    assert [(r.metric, str(r.value), r.dataset.id) for r in release.results] == [
        ("accuracy", "0.931", "org/test"),
        ("f1", "0.90", "org/test"),
    ]
    assert release.card.training
    assert r"| schedule | `cos\|ine" in release.card.training
    assert "\x1b" not in release.card.training
    card = build(release)["README.md"].decode()
    assert "| learning\\_rate | `2e-05` |" in card
    errors = [found.rule for found in check(release).findings if found.severity == "error"]
    assert errors == ["LIN204"], "the license of org/base is not known"


def test_measures_without_a_data_set_are_a_sentence(tmp_path: Path) -> None:
    release = recorded(model(tmp_path))
    assert release.results == ()
    assert release.card.evaluation
    assert "Measured at the end of training: accuracy 0.931, f1 0.90." in release.card.evaluation


def test_an_adapter_is_a_delta(tmp_path: Path) -> None:
    release = record_training(model(tmp_path, adapter=True), base="org/base")
    (adapter,) = release.layers.deltas
    assert [(u.ref, u.relation) for u in adapter.derived_from] == [("org/base", "adapter")]
    assert release.layers.weights == ()


BY_HAND = """\
# Ours.
charter: 1
release: {name: Tern, publisher: {name: Tern Lab}, task: text-classification} # a bird
layers:
  weights:
    availability: gated   # on request
    license: apache-2.0
    files: ["*.safetensors"]
    derived_from:
      # the base
      - {ref: Org/Base, relation: finetune, license: mit, copyright: Base Lab}
card:
  training: |
    Trained with care.
  limitations: Sees only terns.
training: {hardware: 1 abacus, personal_data: filtered} # by hand
results:
  - {task: text-classification, dataset: {name: Test, id: org/test}, metric: accuracy, value: 0.5} # old
  - {task: text-classification, dataset: {name: Other}, metric: accuracy, value: 0.7}
"""


def test_what_people_wrote_stays_and_the_next_run_replaces_the_last(tmp_path: Path) -> None:
    (model(tmp_path) / "release.yaml").write_text(BY_HAND, encoding="utf-8")
    first = recorded(
        tmp_path, evaluated_on=ResultDataset(name="Test", id="org/test"), publisher="Nobody", license="mit"
    )
    text = (tmp_path / "release.yaml").read_text(encoding="utf-8")
    for kept in ("# Ours.", "# a bird", "# on request", "# the base", "# by hand", "# old", "Trained with care."):
        assert text.count(kept) == 1
    assert recorded(tmp_path, evaluated_on=ResultDataset(name="Test", id="org/test")) == first
    assert (tmp_path / "release.yaml").read_text(encoding="utf-8") == text
    (weights,) = first.layers.weights
    assert (weights.license, weights.availability) == ("Apache-2.0", "gated")
    base, *rest = weights.derived_from
    assert (base.ref, base.license, base.copyright, base.revision) == ("Org/Base", "MIT", "Base Lab", "0123456")
    assert [u.ref for u in rest] == ["org/data", "org/more"]
    assert first.release.publisher
    assert first.release.publisher.name == "Tern Lab"
    assert first.training
    assert (first.training.hardware, first.training.personal_data) == ("1 A100", "filtered")
    assert [(r.dataset.name, r.metric, str(r.value)) for r in first.results] == [
        ("Test", "accuracy", "0.931"),
        ("Other", "accuracy", "0.7"),
        ("Test", "f1", "0.90"),
    ]
    later = record_training(tmp_path, training={"end": "2026-03-01"}, hyperparameters={"learning_rate": 1e-3})
    assert later.card.training
    assert later.card.training.startswith("Trained with care.\n\n<!-- recorded run -->")
    assert "0.001" in later.card.training
    assert "2e-05" not in later.card.training
    assert later.training
    assert (later.training.start, later.training.end) == (None, datetime.date(2026, 3, 1))


def test_files_of_trackers_fill_what_is_not_stated(tmp_path: Path) -> None:
    head = "timestamp,run_id,duration,emissions,energy_consumed,gpu_model\n"
    (model(tmp_path) / "emissions.csv").write_text(f"{head}2026-01-10T10:00:00,a,60,0.5,1.25,1 x L4\n")
    release = record_training(tmp_path, training={"energy_kwh": 2})
    assert release.training
    assert release.training.energy_kwh == 2
    assert release.training.emissions_kg == Decimal("0.5")
    assert release.training.hardware == "1 x L4"


def test_wrong_calls_are_errors_and_write_nothing(tmp_path: Path) -> None:
    with pytest.raises(CharterError, match="no folder"):
        record_training(tmp_path / "nowhere")
    with pytest.raises(CharterError, match="there are no weights"):
        record_training(tmp_path)
    with pytest.raises(CharterError, match="folder is empty"):
        record_training("")
    model(tmp_path)
    with pytest.raises(CharterError, match="not a license id"):
        record_training(tmp_path, license="mitt")
    with pytest.raises(CharterError, match=r"Training\.start"):
        record_training(tmp_path, training={"start": "today"})
    assert not (tmp_path / "release.yaml").exists()
    (tmp_path / "release.yaml").write_text("charter: 1\nrelease: {nam: Tern}\n")
    with pytest.raises(ReleaseFileError, match="Did you mean `name`"):
        record_training(tmp_path, base="org/base")
    assert (tmp_path / "release.yaml").read_text() == "charter: 1\nrelease: {nam: Tern}\n"


def test_nothing_is_stated_that_the_run_does_not_know(tmp_path: Path) -> None:
    release = record_training(model(tmp_path))
    assert release.training is None
    assert release.card.training is None
    assert release.layers.weights[0].license is None
    assert yaml.safe_load((tmp_path / "release.yaml").read_text())["layers"]["weights"] == {
        "availability": "released",
        "files": ["*.safetensors"],
    }
    assert check(release).exit_code == 1


def test_settings_of_an_organization_apply_and_are_not_written(tmp_path: Path) -> None:
    (tmp_path / "charter.toml").write_text('[publisher]\nname = "Tern Lab"\n', encoding="utf-8")
    folder = model(tmp_path / "tern")
    assert Release.from_folder(folder).release.publisher
    release = record_training(folder, base="org/base", license="mit")
    assert release.release.publisher
    assert release.release.publisher.name == "Tern Lab"
    assert "Tern Lab" not in (folder / "release.yaml").read_text(encoding="utf-8")
