"""Adapters in a folder: PEFT, MLX, AdapterHub, diffusers and the LoRA files of image models; their base and library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator.artifacts.bases import Upstream, adapter_base, is_repo_id
from generator.artifacts.observation import Observation, read_table, texts
from generator.artifacts.safetensors import read_header
from generator.artifacts.weights import without_checkpoints

CONFIG = "adapter_config.json"
DIFFUSERS = "pytorch_lora_weights.safetensors"
_EMBEDDINGS = re.compile(r"learned_embeds.*\.(?:safetensors|bin)")
"""Embeddings of a textual inversion, which add words to a model as an adapter does."""
_WEIGHTS = re.compile(
    r"(?:.*[_-])?adapters?(?:[_ .-].*)?\.(?:safetensors|bin|npz|pt|pth)|pytorch_model_head\.bin|model_head\.safetensors"
)
"""Names of an adapter's weights beside its configuration: PEFT's, MLX's and AdapterHub's."""
_CONFIGS = 20
"""Configurations of adapters that are read."""
_HEADERS = 8
"""Files whose header is read for what it says of a LoRA."""
_TASKS = {
    "CAUSAL_LM": "text-generation",
    "SEQ_CLS": "text-classification",
    "TOKEN_CLS": "token-classification",
    "QUESTION_ANS": "question-answering",
    "FEATURE_EXTRACTION": "feature-extraction",
}
_MODELS = ("config.json", "model_index.json", CONFIG)


def adapter_files(files: tuple[str, ...], folder: Path | None = None) -> tuple[str, ...]:
    """Return the files that hold adapters, with their configurations.

    Args:
        files: The files of a folder.
        folder: The folder, where headers of files may be read: a LoRA of an image model says what it is there alone.
    """
    roots = {path.rpartition("/")[0] for path in files if path.rpartition("/")[2] == CONFIG}
    found = [
        path
        for path in files
        if path.rpartition("/")[2] in (CONFIG, DIFFUSERS)
        or _EMBEDDINGS.fullmatch(path.rpartition("/")[2])
        or (path.rpartition("/")[0] in roots and _WEIGHTS.fullmatch(path.rpartition("/")[2]))
    ]
    if not found and folder is not None and not set(_MODELS) & set(files):
        found = [name for name, _ in _image_loras(folder, files)]
    return tuple(without_checkpoints(found))


def _image_loras(folder: Path, files: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """The LoRA files of image models at the top, with what trainers write into their header."""
    for name in [path for path in files if path.endswith(".safetensors") and "/" not in path][:_HEADERS]:
        metadata = read_header(folder / name).metadata
        kind = metadata.get("modelspec.architecture", "").lower()
        if metadata.get("ss_network_module") or kind.endswith(("/lora", "/lokr", "/loha", "/dora")):
            yield name, metadata


def read_adapters(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    """Yield what the configurations of adapters say: form, library, task and base.

    Args:
        folder: A model folder.
        files: Its files.

    Raises:
        CharterError: A configuration cannot be read.
    """
    configs = sorted((p for p in files if p.rpartition("/")[2] == CONFIG), key=lambda p: (p.count("/"), p))
    for path in configs[:_CONFIGS]:
        config = read_table(folder, path, files)
        if not config:
            continue
        yield Observation("layers.deltas.form", "adapter", path)
        if library := _library(config):
            yield Observation("release.library", library, path)
        if task := _TASKS.get(next(iter(texts(config.get("task_type"))), "")):
            yield Observation("release.task", task, f"{path}, task_type")
        if base := adapter_base(config):
            yield Observation("layers.deltas.derived_from", [base], f"{path}, base_model_name_or_path")
    of_images = (
        path for path in files if path.rpartition("/")[2] == DIFFUSERS or _EMBEDDINGS.fullmatch(path.rpartition("/")[2])
    )
    for path in list(of_images)[:1]:
        yield Observation("layers.deltas.form", "adapter", path)
        yield Observation("release.library", "diffusers", path)
        yield Observation("release.task", "text-to-image", path)
    if not set(_MODELS) & set(files):
        yield from _read_image_loras(folder, files)


def _read_image_loras(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    """What the headers of LoRA files say."""
    for name, metadata in _image_loras(folder, files):
        yield Observation("layers.deltas.form", "adapter", f"{name}, ss_network_module")
        base_name = metadata.get("ss_sd_model_name", "")
        if "/" in base_name and is_repo_id(base_name) and not base_name.endswith((".safetensors", ".ckpt")):
            yield Observation(
                "layers.deltas.derived_from", [Upstream(base_name, "adapter")], f"{name}, ss_sd_model_name"
            )


def _library(config: dict[str, Any]) -> str | None:
    """The library that writes such a configuration."""
    if "peft_type" in config or "base_model_name_or_path" in config:
        return "peft"
    if "lora_parameters" in config or "fine_tune_type" in config:
        return "mlx"
    return "adapter-transformers" if "model_name" in config and "config" in config else None
