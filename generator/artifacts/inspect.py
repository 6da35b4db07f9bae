"""What a model folder says of itself, field by field of the release file, each with the file that says it.

A reader is one function and one line in READERS. Several sources that disagree are all kept; nothing is decided here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from generator.artifacts.bases import Upstream, adapter_base, config_base, hub_ref, merge_parents
from generator.artifacts.card import BLOCK, BLOCK_LIMIT
from generator.artifacts.folder import list_files, matching, read_inside, read_text
from generator.artifacts.gguf import read_gguf
from generator.artifacts.safetensors import read_header
from generator.errors import CharterError

JSON_LIMIT = 8 * 1024 * 1024
"""Bytes of a JSON file that is read; a tokenizer is never read."""
WEIGHTS = ("*.safetensors", "*.gguf", "*.bin", "*.pt", "*.pth", "*.onnx", "*.msgpack", "*.h5")
TOKENS_LIMIT = 10**9
"""A tokenizer without a limit states a number far above this one."""
TOKENIZER = ("tokenizer*", "vocab.*", "merges.txt", "special_tokens_map.json", "*.model", "chat_template*")
CODE = ("config.json", "*.py", "modules.json", "generation_config.json", "preprocessor_config.json")
FOLDER_NAME = "the folder's name"
ADAPTER = ("adapter_model.*", "adapter_config.json")

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Sighting(NamedTuple):
    """One thing that a file says: the field of the release file, the value, and where it stands.

    Attributes:
        field: As in `layers.weights.license`.
        value: Text, a number, or a list of texts or of upstreams.
    """

    field: str
    value: Any
    source: str


def inspect(folder: Path) -> tuple[Sighting, ...]:
    """Return what the files of a folder say, the most telling source of a field first.

    Args:
        folder: A model folder.

    Raises:
        CharterError: It cannot be listed.
    """
    files = list_files(folder)
    found: list[Sighting] = []
    for reader in READERS:
        try:
            found += reader(folder, files)
        except CharterError:
            continue  # a file that cannot be read says nothing
    return tuple(found)


def _card(folder: Path, files: tuple[str, ...]) -> Iterator[Sighting]:
    text = read_text(folder, "README.md") if "README.md" in files else None
    block = BLOCK.match(text) if text else None
    if text is None:
        return
    source = "README.md"
    if block and len(block.group(2)) <= BLOCK_LIMIT:
        try:
            front = yaml.load(block.group(2), Loader=_Loader)
        except (yaml.YAMLError, RecursionError):
            front = None
        if isinstance(front, dict):
            yield from _front_matter(front, source, files)
    title = re.search(r"^# +(\S[^\n]*)$", text[block.end() :] if block else text, re.M)
    if title:
        yield Sighting("release.name", title.group(1).strip(" #*`").strip(), f"{source}, title")


def _front_matter(front: dict[str, Any], source: str, files: tuple[str, ...]) -> Iterator[Sighting]:
    layer = "deltas" if "adapter_config.json" in files else "weights"
    simple = {
        "library_name": "release.library",
        "pipeline_tag": "release.task",
        "language": "release.languages",
        "tags": "release.tags",
    }
    for key, field in simple.items():
        values = _texts(front.get(key))
        if values:
            many = field in ("release.languages", "release.tags")
            yield Sighting(field, list(values) if many else values[0], f"{source}, {key}")
    stated = _texts(front.get("license"))
    if stated and stated != ("other",):
        yield Sighting(f"layers.{layer}.license", " AND ".join(stated), f"{source}, license")
    relation = next(iter(_texts(front.get("base_model_relation"))), "adapter" if layer == "deltas" else "finetune")
    bases = [Upstream(ref, relation) for ref in _texts(front.get("base_model"))]
    data = [Upstream(ref, "trained_on") for ref in _texts(front.get("datasets"))]
    if bases or data:
        yield Sighting(f"layers.{layer}.derived_from", bases + data, f"{source}, base_model and datasets")


def _config(folder: Path, files: tuple[str, ...]) -> Iterator[Sighting]:
    config = _json(folder, "config.json", files)
    architectures = _texts(config.get("architectures"))
    if architectures:
        yield Sighting("model.architecture", architectures[0], "config.json, architectures")
    for key in ("max_position_embeddings", "n_positions", "max_seq_len"):
        if isinstance(config.get(key), int) and config[key] > 0:
            yield Sighting("model.context_length", config[key], f"config.json, {key}")
            break
    if config.get("model_type") and "modules.json" not in files:
        yield Sighting("release.library", "transformers", "config.json")
    base = config_base(config)
    if base and "adapter_config.json" not in files:
        yield Sighting("layers.weights.derived_from", [base], "config.json, _name_or_path")


def _sentence_transformers(folder: Path, files: tuple[str, ...]) -> Iterator[Sighting]:
    if "modules.json" in files:
        yield Sighting("release.library", "sentence-transformers", "modules.json")
        yield Sighting("release.task", "sentence-similarity", "modules.json")
    if "model_index.json" in files:
        yield Sighting("release.library", "diffusers", "model_index.json")
        index = _json(folder, "model_index.json", files)
        if isinstance(index.get("_class_name"), str):
            yield Sighting("model.architecture", index["_class_name"], "model_index.json, _class_name")


def _adapter(folder: Path, files: tuple[str, ...]) -> Iterator[Sighting]:
    config = _json(folder, "adapter_config.json", files)
    if not config:
        return
    source = "adapter_config.json"
    yield Sighting("layers.deltas.form", "adapter", source)
    yield Sighting("release.library", "peft", source)
    if base := adapter_base(config):
        yield Sighting("layers.deltas.derived_from", [base], f"{source}, base_model_name_or_path")


def _merge(folder: Path, files: tuple[str, ...]) -> Iterator[Sighting]:
    name = next((n for n in ("mergekit_config.yml", "mergekit_config.yaml") if n in files), None)
    text = read_text(folder, name, JSON_LIMIT) if name else None
    if name is None or text is None:
        return
    if parents := list(merge_parents(text)):
        yield Sighting("layers.weights.derived_from", parents, name)


def _gguf(folder: Path, files: tuple[str, ...]) -> Iterator[Sighting]:
    for name in matching(files, ("*.gguf",))[:1]:
        general = read_gguf(folder / name).general
        if not general:
            continue
        source = f"{name}, general"
        fields = {"name": "release.name", "architecture": "model.architecture", "license": "layers.weights.license"}
        for key, field in fields.items():
            if general.get(key):
                yield Sighting(field, general[key], f"{source}.{key}")
        url = general.get("base_model.0.repo_url") or general.get("source.repo_url") or ""
        if ref := hub_ref(url):
            base = Upstream(ref, "quantized")
            yield Sighting("layers.weights.derived_from", [base], f"{source}.base_model")


def _safetensors(folder: Path, files: tuple[str, ...]) -> Iterator[Sighting]:
    names = matching(files, ("*.safetensors",))
    if not names or "adapter_config.json" in files:
        return
    headers = [read_header(folder / name) for name in names]
    total = sum(header.parameters for header in headers)
    if total:
        shards = f"{len(headers)} headers" if len(headers) > 1 else "header"
        yield Sighting("model.parameters", total, f"{names[0]}, {shards}")
    for header, name in zip(headers, names, strict=False):
        spec = {k.removeprefix("modelspec."): v for k, v in header.metadata.items() if k.startswith("modelspec.")}
        if spec.get("license"):
            yield Sighting("layers.weights.license", spec["license"], f"{name}, modelspec.license")
        if spec.get("title"):
            yield Sighting("release.name", spec["title"], f"{name}, modelspec.title")
        break


def _training(folder: Path, files: tuple[str, ...]) -> Iterator[Sighting]:
    """What the tokenizer and the trainer left behind."""
    longest = _json(folder, "tokenizer_config.json", files).get("model_max_length")
    if isinstance(longest, int) and 0 < longest < TOKENS_LIMIT:
        yield Sighting("model.context_length", longest, "tokenizer_config.json, model_max_length")
    index = _json(folder, "model.safetensors.index.json", files).get("metadata")
    total = index.get("total_parameters") if isinstance(index, dict) else None
    if isinstance(total, int) and total > 0:
        yield Sighting("model.parameters", total, "model.safetensors.index.json, total_parameters")
    state = _json(folder, "trainer_state.json", files)
    steps, epochs = state.get("global_step"), state.get("epoch")
    if isinstance(steps, int) and steps > 0:
        over = f" over {epochs:.3g} epochs" if isinstance(epochs, (int, float)) and epochs > 0 else ""
        yield Sighting("card.training", f"Trained for {steps:,} steps{over}.\n", "trainer_state.json")


def _parts(folder: Path, files: tuple[str, ...]) -> Iterator[Sighting]:
    """Which files belong to which layer, and that what lies here is given."""
    layers = {
        "deltas": ADAPTER if "adapter_config.json" in files else (),
        "weights": () if "adapter_config.json" in files else (*WEIGHTS, *TOKENIZER),
        "architecture": CODE,
    }
    for layer, patterns in layers.items():
        here = [glob for glob in patterns if matching(files, (glob,))]
        if here and (layer != "weights" or matching(files, WEIGHTS)):
            yield Sighting(f"layers.{layer}.availability", "released", "the files in the folder")
            yield Sighting(f"layers.{layer}.files", here, "the files in the folder")


def _git(folder: Path, files: tuple[str, ...]) -> Iterator[Sighting]:
    raw = read_inside(folder, ".git/config", 1024 * 1024)
    for line in (raw or b"").decode("utf-8", "replace").splitlines():
        found = re.match(r"\s*url\s*=\s*(\S+)\s*$", line)
        ref = hub_ref(re.sub(r"//[^/@]*@", "//", found.group(1))) if found else None
        if ref:
            yield Sighting("release.repo", ref, ".git/config, remote")


def _folder_name(folder: Path, files: tuple[str, ...]) -> Iterator[Sighting]:
    if folder.absolute().name:
        yield Sighting("release.name", folder.absolute().name, FOLDER_NAME)


def _json(folder: Path, name: str, files: tuple[str, ...]) -> dict[str, Any]:
    raw = read_inside(folder, name, JSON_LIMIT) if name in files else None
    try:
        value = json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> tuple[str, ...]:
    held = value if isinstance(value, list) else [value]
    return tuple(entry.strip() for entry in held if isinstance(entry, str) and 0 < len(entry.strip()) <= 300)


READERS: tuple[Callable[[Path, tuple[str, ...]], Iterator[Sighting]], ...] = (
    _card,
    _adapter,
    _merge,
    _gguf,
    _config,
    _sentence_transformers,
    _safetensors,
    _training,
    _parts,
    _git,
    _folder_name,
)
"""Each reads some files and says what they say; the earlier are the more telling."""
