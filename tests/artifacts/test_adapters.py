"""Adapters of every library: what init writes for them."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from generator import load_release
from generator.api.create import init
from generator.release.model import Release

PEFT = {"peft_type": "LORA", "base_model_name_or_path": "owl-lab/base", "task_type": "CAUSAL_LM"}
MLX = {"fine_tune_type": "lora", "lora_parameters": {"rank": 8}, "model": "owl-lab/base"}
HUB = {"model_name": "owl-lab/base", "hidden_size": 8, "config": {"architecture": "pfeiffer"}}


def safetensors(**metadata: str) -> bytes:
    """A file with one tensor and this metadata."""
    header = {"__metadata__": metadata, "w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}
    raw = json.dumps(header).encode()
    return struct.pack("<Q", len(raw)) + raw + b"\0" * 4


def written(folder: Path, files: dict[str, Any]) -> Release:
    """Return what init writes for a folder with these files."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        (folder / name).write_bytes(raw)
    return load_release(init(folder)[0])


@pytest.mark.parametrize(
    ("files", "library"),
    [
        ({"adapter_config.json": PEFT, "adapter_model.safetensors": safetensors()}, "peft"),
        ({"out/best/adapter_config.json": PEFT, "out/best/adapter_model.bin": b"x", "train.py": b""}, "peft"),
        ({"a/adapter_config.json": PEFT, "adapter_config.json": PEFT, "adapter_model.bin": b"x"}, "peft"),
        (
            {"adapter_config.json": MLX, "adapters.safetensors": b"x", "0000100_adapters.safetensors": b"x"},
            "mlx",
        ),
        (
            {"adapter_config.json": HUB, "pytorch_adapter.bin": b"x", "pytorch_model_head.bin": b"x"},
            "adapter-transformers",
        ),
        ({"ink.safetensors": safetensors(ss_network_module="networks.lora", ss_sd_model_name="owl-lab/base")}, None),
        ({"learned_embeds.safetensors": safetensors()}, "diffusers"),
    ],
    ids=["peft", "peft-in-a-folder", "peft-twice", "mlx", "adapterhub", "image-lora", "embeddings"],
)
def test_an_adapter_is_a_delta_and_no_weights(tmp_path: Path, files: dict[str, Any], library: str | None) -> None:
    release = written(tmp_path, files)
    assert not release.layers.weights
    (delta,) = release.layers.deltas
    assert delta.form == "adapter"
    named = {} if "learned_embeds.safetensors" in files else {"owl-lab/base": "adapter"}
    assert {up.ref: up.relation for up in delta.derived_from} == named
    assert release.release.library == library


def test_weights_beside_an_adapter_in_a_folder_are_weights(tmp_path: Path) -> None:
    files = {"model.safetensors": safetensors(), "lora/adapter_config.json": PEFT, "lora/adapter_model.bin": b"x"}
    (tmp_path / "README.md").write_text("---\nlicense: mit\nbase_model: owl-lab/older\n---\n", encoding="utf-8")
    release = written(tmp_path, files)
    (weights,), (delta,) = release.layers.weights, release.layers.deltas
    assert weights.files == ("*.safetensors",)
    assert [up.ref for up in weights.derived_from] == ["owl-lab/older"]
    assert [up.ref for up in delta.derived_from] == ["owl-lab/base"]


@pytest.mark.parametrize(
    "files",
    [
        {"adapter_config.json": MLX | {"model": "mlx_model"}, "adapters.safetensors": b"x"},
        {"adapter_config.json": PEFT | {"base_model_name_or_path": "/root/base"}, "adapter_model.bin": b"x"},
        {"adapter_config.json": {"rank": 8}, "adapter_model.bin": b"x"},
        {"ink.safetensors": safetensors(ss_network_module="networks.lora", ss_sd_model_name="base/v1.ckpt")},
        {"ink.safetensors": safetensors(**{"modelspec.architecture": "stable-diffusion-xl-v1-base/lora"})},
    ],
)
def test_a_folder_of_another_machine_is_no_base(tmp_path: Path, files: dict[str, Any]) -> None:
    release = written(tmp_path, files)
    (delta,) = release.layers.deltas
    assert not delta.derived_from
    assert not release.layers.weights


def test_a_checkpoint_of_an_image_model_is_weights(tmp_path: Path) -> None:
    release = written(tmp_path, {"ink.safetensors": safetensors(**{"modelspec.architecture": "sdxl-base"})})
    assert release.layers.weights
    assert not release.layers.deltas


@pytest.mark.parametrize(
    ("config", "task"),
    [
        ({"architectures": ["BertForTokenClassification"]}, "token-classification"),
        ({"architectures": ["WhisperForConditionalGeneration"]}, "automatic-speech-recognition"),
        ({"architectures": ["GPT2LMHeadModel"]}, "text-generation"),
        ({"architectures": ["XForCausalLM"], "vision_config": {}}, None),
        ({"architectures": ["BertForSequenceClassification"], "id2label": {"0": "LABEL_0"}}, None),
        ({"architectures": ["BertModel"]}, None),
    ],
)
def test_the_class_of_a_model_shows_its_task(tmp_path: Path, config: dict[str, Any], task: str | None) -> None:
    files = {"config.json": config | {"model_type": "x"}, "model.safetensors": safetensors()}
    assert written(tmp_path, files).release.task == task


def test_a_card_s_task_and_a_folder_of_modules_come_before_the_class(tmp_path: Path) -> None:
    config = {"architectures": ["MPNetForMaskedLM"], "model_type": "mpnet"}
    files = {"config.json": config, "modules.json": [], "model.safetensors": safetensors()}
    assert written(tmp_path, files).release.task == "sentence-similarity"


def test_a_component_of_a_pipeline_says_nothing_of_the_whole(tmp_path: Path) -> None:
    index = {"_class_name": "StableDiffusion3Pipeline", "_diffusers_version": "0.30"}
    config = {"architectures": ["CLIPTextModel"], "max_position_embeddings": 77, "model_type": "clip_text_model"}
    files = {
        "model_index.json": index,
        "config.json": config,
        "tokenizer_config.json": {"model_max_length": 77},
        "unet/model.safetensors": safetensors(),
    }
    release = written(tmp_path, files)
    assert release.model is not None
    assert release.model.architecture == "StableDiffusion3Pipeline"
    assert release.model.context_length is None
    assert release.release.library == "diffusers"
