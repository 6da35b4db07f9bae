"""The folders of MLflow and Weights & Biases: days, hardware, base model, data set and the last evaluation of a run."""

from __future__ import annotations

import datetime
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from generator.artifacts.bases import Upstream, is_path
from generator.artifacts.folder import read_text
from generator.artifacts.observation import Observation, texts
from generator.artifacts.runs.configs import BASES, dataset_upstreams
from generator.artifacts.runs.trainer import measured
from generator.translations import ngettext

_MLFLOW = re.compile(r"(?:.*/)?mlruns/[^/]+/[^/]+/meta\.ya?ml")
_WANDB = re.compile(r"((?:.*/)?wandb/(?:offline-)?run-(\d{8}_\d{6})-\w+)/.*")
_LIMIT = 256 * 1024
"""Bytes of one file of a run; a summary with more is no summary."""
_RUNS = 200
"""Runs that are looked at."""
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_trackers(folder: Path, files: tuple[str, ...], layer: str, relation: str) -> Iterator[Observation]:
    """Yield what the last finished run of each tracker shows.

    Args:
        folder: A model folder.
        files: Its files.
        layer: The layer that was trained.
        relation: How it was made from its base.

    Raises:
        CharterError: A file can't be read.
    """
    yield from _mlflow(folder, files, layer, relation)
    yield from _wandb(folder, files, layer, relation)


def _mlflow(folder: Path, files: tuple[str, ...], layer: str, relation: str) -> Iterator[Observation]:
    runs: list[tuple[int, int, str]] = []
    for path in [path for path in files if _MLFLOW.fullmatch(path)][:_RUNS]:
        meta = _yaml(folder, path)
        start, end = (_digits(meta.get(key)) for key in ("start_time", "end_time"))
        if start and end and end >= start and meta.get("lifecycle_stage", "active") == "active":
            runs.append((start, end, path.rpartition("/")[0]))
    if not runs:
        return
    start, end, run = max(runs)
    source = _last_of(f"{run}/meta.yaml", len(runs))
    for field, at in (("training.start", start), ("training.end", end)):
        if day := _day(at / 1000):
            yield Observation(field, day, source)
    params = {p.rpartition("/")[2]: p for p in files if p.startswith(f"{run}/params/")}
    held = {
        key: (read_text(folder, params[key], _LIMIT) or "").strip() for key in (*BASES, "dataset_name") if key in params
    }
    yield from _lineage(held, f"{run}/params", layer, relation)
    metrics = [path for path in files if path.startswith((f"{run}/metrics/eval", f"{run}/metrics/test"))][:50]
    values = {path[len(f"{run}/metrics/") :]: _last_value(read_text(folder, path, 1024 * 1024)) for path in metrics}
    if said := measured({name: value for name, value in values.items() if value is not None}):
        yield Observation("card.evaluation", said, f"{run}/metrics")


def _last_of(run: str, number: int) -> str:
    """The place of a run, and of how many it is the last."""
    text = ngettext("{run}, the last of {number} run", "{run}, the last of {number} runs", number)
    return text.format(run=run, number=number) if number > 1 else run


def _last_value(text: str | None) -> float | None:
    """The last value of a metric: lines of time, value and step."""
    parts = (text or "").strip().rpartition("\n")[2].split()
    try:
        return float(parts[1]) if len(parts) > 1 else None
    except ValueError:
        return None


def _wandb(folder: Path, files: tuple[str, ...], layer: str, relation: str) -> Iterator[Observation]:
    runs = sorted({(found[2], found[1]) for path in files if (found := _WANDB.fullmatch(path))})
    if not runs:
        return
    begun, run = runs[-1]
    beside = f"{run}/files" if any(path.startswith(f"{run}/files/") for path in files) else run
    meta = _json(folder, f"{beside}/wandb-metadata.json")
    # A run without a connection leaves no metadata, but its folder is named after the time of its start.
    start = _moment(meta.get("startedAt")) or _moment(begun.replace("_", "T"))
    if start is None:
        return
    source = _last_of(run, len(runs))
    yield Observation("training.start", start.date(), source)
    summary = _json(folder, f"{beside}/wandb-summary.json")
    nested = summary.get("_wandb")
    runtime = summary.get("_runtime", nested.get("runtime") if isinstance(nested, dict) else None)
    if isinstance(runtime, (int, float)) and 0 <= runtime < 10**9:
        yield Observation("training.end", (start + datetime.timedelta(seconds=runtime)).date(), source)
    if hardware := _devices(meta):
        yield Observation("training.hardware", hardware, source)
    config = {
        key: held.get("value") for key, held in _yaml(folder, f"{beside}/config.yaml").items() if isinstance(held, dict)
    }
    yield from _lineage(config, f"{beside}/config.yaml", layer, relation)
    if said := measured(summary):
        yield Observation("card.evaluation", said, f"{beside}/wandb-summary.json")


def _devices(meta: dict[str, Any]) -> str:
    """The accelerators of a run, such as `8 NVIDIA H100`."""
    listed = next((v for key in ("gpu_nvidia", "gpu_devices", "gpu_amd") if isinstance(v := meta.get(key), list)), [])
    names = [name for entry in listed if isinstance(entry, dict) for name in texts(entry.get("name"))]
    if names:
        return ", ".join(f"{number} {name}" for name, number in Counter(names).items())
    name, number = next(iter(texts(meta.get("gpu"))), ""), meta.get("gpu_count")
    return f"{number} {name}" if name and isinstance(number, int) and number > 0 else name


def _lineage(held: dict[str, Any], source: str, layer: str, relation: str) -> Iterator[Observation]:
    found = [Upstream(ref, relation, is_path(ref)) for key in BASES for ref in texts(held.get(key))[:1]][:1]
    found += dataset_upstreams(held.get("dataset_name"))
    if found:
        yield Observation(f"layers.{layer}.derived_from", found, source)


def _moment(value: object) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else None
    except ValueError:
        return None


def _day(seconds: float) -> datetime.date | None:
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def _digits(value: object) -> int:
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 20 else 0


def _yaml(folder: Path, path: str) -> dict[str, Any]:
    try:
        value = yaml.load(read_text(folder, path, _LIMIT) or "", Loader=_Loader)
    except (yaml.YAMLError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _json(folder: Path, path: str) -> dict[str, Any]:
    try:
        value = json.loads(read_text(folder, path, _LIMIT) or "null")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
