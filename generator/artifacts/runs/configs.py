"""Configurations of training tools beside a model: axolotl, TRL, the alignment handbook, LLaMA-Factory and mergekit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from generator.artifacts.bases import Upstream, hub_ref, is_path, is_repo_id
from generator.artifacts.folder import read_text
from generator.artifacts.observation import Observation, texts
from generator.translations import gettext as _

BASES = ("model_name_or_path", "base_model", "base_model_name_or_path", "_name_or_path")
"""Keys by which training tools name the model that they started from."""
MERGES = ("mergekit_config.yml", "mergekit_config.yaml")
_LIMIT = 256 * 1024
_CONFIGS = 20
"""YAML files at the top that are looked at."""
_MARKS = (
    {"base_model", "datasets"},
    {"model_name_or_path", "dataset_name"},
    {"model_name_or_path", "dataset_mixer"},
    {"model_name_or_path", "dataset_mixture"},
    {"model_name_or_path", "finetuning_type"},
    {"model_name_or_path", "output_dir"},
)
"""Keys that show whose configuration a file is: axolotl's, TRL's, the handbook's, or LLaMA-Factory's."""
_BUILDERS = frozenset(("json", "csv", "parquet", "text", "arrow", "pandas", "imagefolder", "audiofolder", "webdataset"))
"""Names of loaders of files, which stand where the id of a data set can stand."""
_FILE = re.compile(r".*\.(?:jsonl?|csv|tsv|parquet|arrow|txt|zst|gz|zip|xz)", re.I)
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_configs(folder: Path, files: tuple[str, ...], layer: str) -> Iterator[Observation]:
    """Yield base model and data sets that a configuration names, and how mergekit merged.

    Args:
        folder: A model folder.
        files: Its files.
        layer: The layer that was trained.

    Raises:
        CharterError: A file can't be read.
    """
    merge = next((name for name in MERGES if name in files), None)
    if merge and (method := next(iter(texts(_load(folder, merge).get("merge_method"))), "")):
        yield Observation(
            "card.training", _("Merged with mergekit by the method {method}.").format(method=method) + "\n", merge
        )
    if merge:
        return
    names = [path for path in files if "/" not in path and path.endswith((".yml", ".yaml")) and path != "release.yaml"]
    for name in names[:_CONFIGS]:
        config = _load(folder, name)
        if not any(marks <= set(config) for marks in _MARKS):
            continue
        relation = "adapter" if _is_adapter(config) or layer == "deltas" else "finetune"
        found = [Upstream(ref, relation, is_path(ref)) for key in BASES for ref in texts(config.get(key))[:1]][:1]
        found += [one for value in _datasets(config) for one in dataset_upstreams(value)]
        if found:
            yield Observation(f"layers.{layer}.derived_from", list(dict.fromkeys(found)), name)


def dataset_upstreams(value: object) -> list[Upstream]:
    """Return the data sets of the Hub that a value names: an id, several, or ids as keys; files are none.

    Args:
        value: A text, a list, or a mapping of ids to shares.
    """
    names = texts(list(value) if isinstance(value, dict) else value)
    ids = [hub_ref(name) or name for name in names]
    return [Upstream(ref, "trained_on") for ref in dict.fromkeys(ids) if _is_dataset(ref)]


def _is_dataset(ref: str) -> bool:
    return is_repo_id(ref) and not is_path(ref) and not _FILE.fullmatch(ref) and ref.lower() not in _BUILDERS


def _datasets(config: dict[str, Any]) -> Iterator[object]:
    """What names data sets: axolotl's list of paths, TRL's name or mixture, the handbook's mixer."""
    mixture = config.get("dataset_mixture")
    listed = [config.get("datasets"), mixture.get("datasets") if isinstance(mixture, dict) else mixture]
    for entry in [entry for held in listed if isinstance(held, list) for entry in held][:1000]:
        if isinstance(entry, dict) and not entry.get("data_files") and entry.get("ds_type") is None:
            yield entry.get("path") or entry.get("id")
    yield config.get("dataset_name")
    yield config.get("dataset_mixer")


def _is_adapter(config: dict[str, Any]) -> bool:
    kinds = {str(config.get(key, "")).lower() for key in ("adapter", "finetuning_type")}
    return bool(kinds & {"lora", "qlora", "dora", "llama-adapter"}) or str(config.get("use_peft")).lower() == "true"


def _load(folder: Path, name: str) -> dict[str, Any]:
    try:
        value = yaml.load(read_text(folder, name, _LIMIT) or "", Loader=_Loader)
    except (yaml.YAMLError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
