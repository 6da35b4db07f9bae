"""What training runs leave in a folder becomes facts of the release file; nothing of a pickle, nothing of a path."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import Release
from tests.command import charter

CODECARBON = (
    "timestamp,project_name,run_id,experiment_id,duration,emissions,emissions_rate,energy_consumed,country_name,"
    "cpu_count,cpu_model,gpu_count,gpu_model\n"
)
ROW = "{day}T09:20:18,codecarbon,{run},5b0f,{seconds},{kg},1.8e-05,{kwh},Spain,16,Intel i7,{count},{gpu}\n"


def made(folder: Path, files: dict[str, Any], *, adapter: bool = False) -> Release:
    """The release of a folder with weights and these files."""
    folder.mkdir(parents=True, exist_ok=True)
    name = "adapter_model.safetensors" if adapter else "model.safetensors"
    (folder / name).write_bytes((2).to_bytes(8, "little") + b"{}")
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, (str, bytes)) else json.dumps(content)
        (folder / path).write_bytes(text if isinstance(text, bytes) else text.encode())
    return Release.from_folder(folder)


def refs(release: Release) -> list[tuple[str, str]]:
    """What the weights or the adapter were made from."""
    (item,) = release.layers.weights or release.layers.deltas
    return [(upstream.ref, upstream.relation) for upstream in item.derived_from]


def training(release: Release) -> dict[str, str]:
    """The stated fields of training, as text."""
    keys = ("compute_flops", "hardware", "energy_kwh", "emissions_kg", "start", "end")
    held = {key: getattr(release.training, key) for key in keys} if release.training else {}
    held = {key: f"{value:f}" if isinstance(value, Decimal) else str(value) for key, value in held.items() if value}
    return held


def row(day: str, run: str, kg: str, *, gpu: str = "1 x NVIDIA L4", seconds: str = "116.1") -> str:
    """A line of codecarbon."""
    return ROW.format(day=day, run=run, kg=kg, kwh="0.0125", seconds=seconds, count="1", gpu=gpu)


def test_codecarbon_states_kilograms_energy_hardware_and_days(tmp_path: Path) -> None:
    text = CODECARBON + row("2025-10-09", "a", "0.0021808710595257", seconds="40000")
    assert training(made(tmp_path, {"emissions.csv": text})) == {
        "hardware": "1 x NVIDIA L4",
        "energy_kwh": "0.0125",
        "emissions_kg": "0.0021808710595257",
        "start": "2025-10-08",
        "end": "2025-10-09",
    }


def test_of_several_runs_of_codecarbon_the_last_counts_and_the_source_names_it(tmp_path: Path) -> None:
    text = CODECARBON + row("2025-10-08", "a", "7") + row("2025-10-09", "b", "1.5e-05", gpu="")
    release = made(tmp_path, {"logs/emissions.csv": text})
    assert training(release)["emissions_kg"] == "0.000015"
    assert training(release)["hardware"] == "Intel i7"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x01",
        CODECARBON,
        CODECARBON + "yesterday,codecarbon,a,b,long,much,1,none,Spain,1,,,\n",
        "timestamp,emissions\n2025,-3\n",
        "a,b\n1,2\n",
        "emissions\n" + "9" * 50 + "\n",
    ],
)
def test_a_broken_table_of_emissions_states_nothing(text: str, tmp_path: Path) -> None:
    assert training(made(tmp_path, {"emissions.csv": text})) == {}


def test_a_trainer_states_steps_compute_and_its_last_evaluation(tmp_path: Path) -> None:
    state = {
        "global_step": 297,
        "epoch": 1.0,
        "total_flos": 1.010257903451136e17,
        "log_history": [
            {"eval_loss": 0.5, "eval_accuracy": 0.7, "step": 100},
            {"eval_loss": 0.25, "eval_accuracy": 0.931, "eval_runtime": 10.9, "eval_samples_per_second": 22.8},
            {"train_runtime": 505.6, "train_loss": 0.11, "step": 297},
        ],
    }
    release = made(tmp_path / "state", {"trainer_state.json": state, "training_args.bin": b"\x80\x02."})
    assert training(release) == {"compute_flops": "101025790345113600"}
    assert release.card.training == "Trained for 1 epoch, 297 steps.\n"
    assert release.card.evaluation == "Measured at the end of training: accuracy 0.931, loss 0.25.\n"
    results = {"epoch": 0.3, "total_flos": 576843452989440, "eval_loss": 1.068, "eval_runtime": 9.3, "train_loss": 1.1}
    release = made(tmp_path / "results", {"all_results.json": results})
    assert training(release) == {"compute_flops": "576843452989440"}
    assert release.card.evaluation == "Measured at the end of training: loss 1.068.\n"


def test_values_of_a_trainer_that_are_none_are_left_out(tmp_path: Path) -> None:
    state = {
        "global_step": "many",
        "total_flos": float("nan"),
        "log_history": [7, {"eval_loss": None}, {"eval_x": True}],
    }
    release = made(tmp_path, {"trainer_state.json": state, "all_results.json": [1], "eval_results.json": "no"})
    assert training(release) == {}
    assert release.card.evaluation is None
    (tmp_path / "trainer_state.json").write_text('{"total_flos": 1e999, "log_history": {"eval_loss": 1}}')
    assert training(Release.from_folder(tmp_path)) == {}


AXOLOTL = """
base_model: NousResearch/Meta-Llama-3-8B-Instruct # the base
adapter: qlora
datasets:
  - path: tatsu-lab/alpaca
    type: alpaca
  - path: ./data/local.jsonl
    type: sharegpt
  - path: train.jsonl
    ds_type: json
  - {path: json, data_files: [a.json]}
sequence_len: 4096
"""
CONFIGS = [
    (
        {"axolotl.yml": AXOLOTL},
        [("NousResearch/Meta-Llama-3-8B-Instruct", "adapter"), ("tatsu-lab/alpaca", "trained_on")],
    ),
    (
        {
            "config.yaml": "base_model: mistralai/Mistral-7B-v0.1\ndatasets:\n  - path: https://huggingface.co/datasets/a/b\n"
        },
        [("mistralai/Mistral-7B-v0.1", "finetune"), ("a/b", "trained_on")],
    ),
    (
        {"sft.yaml": "model_name_or_path: Qwen/Qwen2.5-0.5B\ndataset_name: trl-lib/Capybara\nuse_peft: true\n"},
        [("Qwen/Qwen2.5-0.5B", "adapter"), ("trl-lib/Capybara", "trained_on")],
    ),
    (
        {"dpo.yaml": "model_name_or_path: org/sft\ndataset_mixer:\n  org/prefs: 1.0\n  data/x.jsonl: 0.5\n"},
        [("org/sft", "finetune"), ("org/prefs", "trained_on")],
    ),
    (
        {"r.yaml": "model_name_or_path: org/sft\ndataset_mixture:\n  datasets:\n    - id: org/a\n    - path: org/b\n"},
        [("org/sft", "finetune"), ("org/a", "trained_on"), ("org/b", "trained_on")],
    ),
    (
        {"llama_factory.yaml": "model_name_or_path: org/base\nfinetuning_type: lora\ndataset: alpaca_en_demo\n"},
        [("org/base", "adapter")],
    ),
    ({"config.yaml": "base_model: /home/me/model\ndatasets: [{path: /data/x}]\n"}, []),
    ({"other.yaml": "base_model: org/base\nname: x\n"}, []),
    ({"broken.yaml": "base_model: [org/base\ndatasets: {"}, []),
    ({"list.yaml": "- base_model: org/base\n- datasets: []\n"}, []),
    ({"sub/axolotl.yml": AXOLOTL}, []),
]


@pytest.mark.parametrize(("files", "expected"), CONFIGS, ids=lambda value: str(next(iter(value), ""))[:24])
def test_configurations_name_base_and_data(files: dict[str, Any], expected: list[Any], tmp_path: Path) -> None:
    assert refs(made(tmp_path, files)) == expected


def test_a_configuration_agrees_with_the_adapter(tmp_path: Path) -> None:
    peft = {"base_model_name_or_path": "org/base", "peft_type": "LORA", "task_type": "CAUSAL_LM"}
    text = "base_model: org/base\nadapter: lora\ndatasets: [{path: org/data, type: alpaca}]\n"
    release = made(tmp_path, {"adapter_config.json": peft, "axolotl_config.yaml": text}, adapter=True)
    assert refs(release) == [("org/base", "adapter"), ("org/data", "trained_on")]


def test_a_merge_states_its_method(tmp_path: Path) -> None:
    text = "merge_method: ties\nbase_model: org/base\nmodels:\n  - model: org/a\n  - model: org/b\n"
    release = made(tmp_path, {"mergekit_config.yml": text})
    assert release.card.training == "Merged with mergekit by the method ties.\n"
    assert ("org/a", "merge") in refs(release)


def mlflow(run: str, start: int, end: str, *, stage: str = "active") -> dict[str, str]:
    """A run of MLflow as its file store writes it."""
    meta = f"artifact_uri: file:///home/me/mlruns/0/{run}\nend_time: {end}\nlifecycle_stage: {stage}\n"
    meta += f"run_id: {run}\nstart_time: {start}\nstatus: 3\nuser_id: me\n"
    return {
        f"mlruns/0/{run}/meta.yaml": meta,
        f"mlruns/0/{run}/params/_name_or_path": f"org/{run}",
        f"mlruns/0/{run}/metrics/eval_accuracy": "1721450907221 0.5 10\n1721450907300 0.75 20\n",
    }


def test_the_last_finished_run_of_mlflow_counts(tmp_path: Path) -> None:
    files = mlflow("first", 1721450907221, "1721537307221") | mlflow("second", 1721600000000, "1721700000000")
    files |= mlflow("running", 1721800000000, "null") | mlflow("gone", 1721900000000, "1721900000009", stage="deleted")
    files |= {"mlruns/0/meta.yaml": "experiment_id: '0'\n", "mlruns/0/broken/meta.yaml": "{"}
    release = made(tmp_path, files)
    assert training(release) == {"start": "2024-07-21", "end": "2024-07-23"}
    assert refs(release) == [("org/second", "finetune")]
    assert release.card.evaluation == "Measured at the end of training: accuracy 0.75.\n"


def wandb(run: str, meta: dict[str, Any], summary: dict[str, Any] | None = None) -> dict[str, Any]:
    """A run of Weights & Biases as its client writes it."""
    files: dict[str, Any] = {f"wandb/run-{run}/files/wandb-metadata.json": meta}
    files[f"wandb/run-{run}/files/config.yaml"] = (
        "wandb_version: 1\n_name_or_path:\n  desc: null\n  value: org/base\ndataset_name: {value: org/data}\n"
    )
    return files | ({f"wandb/run-{run}/files/wandb-summary.json": summary} if summary else {})


def test_the_last_run_of_wandb_counts(tmp_path: Path) -> None:
    old = {"startedAt": "2025-12-01T18:05:11.222007Z", "gpu": "Tesla T4", "gpu_count": 2}
    new = {
        "startedAt": "2025-12-20T18:05:11.222007Z",
        "email": "someone@example.org",
        "host": "6d79419a6a67",
        "gpu_count": 1,
        "gpu_nvidia": [{"name": "NVIDIA L4"}, {"name": "NVIDIA L4"}],
    }
    summary = {"_runtime": 90000.5, "eval/loss": 0.25, "train/loss": 1, "_wandb": {"runtime": 3}}
    files = wandb("20251201_180511-abc", old) | wandb("20251220_180511-def", new, summary)
    release = made(tmp_path / "two", files)
    assert training(release) == {"hardware": "2 NVIDIA L4", "start": "2025-12-20", "end": "2025-12-21"}
    assert refs(release) == [("org/base", "finetune"), ("org/data", "trained_on")]
    assert release.card.evaluation == "Measured at the end of training: loss 0.25.\n"
    assert "someone" not in repr(release)
    release = made(tmp_path / "one", wandb("20251201_180511-abc", old))
    assert training(release) == {"hardware": "2 Tesla T4", "start": "2025-12-01"}
    offline = {"wandb/offline-run-20261129_172806-w570em1c/files/requirements.txt": "torch\n"}
    offline |= {"wandb/offline-run-20269999_999999-x/logs/debug.log": ""}
    assert training(made(tmp_path / "wrong", offline)) == {}
    offline.popitem()
    assert training(made(tmp_path / "offline", offline)) == {"start": "2026-11-29"}


def test_init_writes_them_and_build_shows_them(tmp_path: Path) -> None:
    made(tmp_path, {"emissions.csv": CODECARBON + row("2025-10-09", "a", "0.25"), "axolotl.yml": AXOLOTL})
    done = charter("init", tmp_path, "--defaults")
    assert done.returncode == 0, done.stderr
    held = yaml.safe_load((tmp_path / "release.yaml").read_text())
    assert held["training"]["emissions_kg"] == 0.25
    assert charter("build", tmp_path).returncode == 0
    assert "co2_eq_emissions:\n  emissions: 250\n" in (tmp_path / "README.md").read_text()
