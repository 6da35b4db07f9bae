"""Evaluation results in the `model-index` of a card, as a release file holds them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from generator.patterns import lazy_pattern

RESULTS_LIMIT = 2000
"""Results that are read."""
_DATASET = (("name", "name"), ("type", "id"), ("config", "config"), ("split", "split"), ("revision", "revision"))
_NUMBER = lazy_pattern(r"[-+]?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,2})?")
"""What the Hub reads as a number; any other value, such as `20.0 ± 1.2`, stays text."""


def results_of(front: dict[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """Return the results of a front matter, and the number of those that a release file has no place for.

    Args:
        front: The keys of the front matter; values as text.
    """
    found: list[dict[str, Any]] = []
    left = 0
    for result, metric in _metrics(front.get("model-index")):
        entry = _entry(result, metric)
        if entry is None or len(found) >= RESULTS_LIMIT:
            left += 1
        else:
            found.append(entry)
    return found, left


def _metrics(index: object) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for model in _mappings(index):
        for result in _mappings(model.get("results")):
            for metric in _mappings(result.get("metrics")):
                yield result, metric


def _entry(result: dict[str, Any], metric: dict[str, Any]) -> dict[str, Any] | None:
    """One result; None where its task, data set, metric or value is not stated."""
    task, dataset, source = (_mapping(result.get(key)) for key in ("task", "dataset", "source"))
    held = {ours: dataset[key] for key, ours in _DATASET if isinstance(dataset.get(key), str) and dataset[key]}
    name = metric.get("name")
    value = metric.get("value")
    if not (held.get("name") and _is_text(task.get("type")) and _is_text(metric.get("type")) and _is_text(value)):
        return None
    entry: dict[str, Any] = {"task": task["type"], "dataset": held, "metric": metric["type"]}
    entry["value"] = Decimal(str(value)) if _NUMBER.fullmatch(str(value).strip()) else value
    if _is_text(name) and name != metric["type"]:
        entry["name"] = name
    if _is_text(source.get("url")):
        entry["source"] = source["url"]
    return entry


def _mappings(value: object) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
