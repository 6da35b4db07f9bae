"""The keys of a card's front matter that hold more than text, and the types that the Hub wants in them (hub.md 1.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import yaml

from generator.named_tuple import NamedTuple

MODELS, RESULTS, METRICS, FIELDS = 10, 500, 50, 500
"""Entries of each list that are looked at: aliases make a short text long."""

# What the Hub's own reader takes for a number, a truth value or a date where it stands without quotes.
_NUMBER = r"[-+]?(?:0[bx][\da-fA-F_]+|0o[0-7_]+|[\d_]*\d[\d_]*(?:\.[\d_]*)?(?:[eE][-+]?\d+)?|\.\d[\d_]*|\.inf|\.nan)"
_PLAIN = (
    ("a truth value", r"true|false"),
    ("a number", _NUMBER),
    ("a date", r"\d{4}-\d\d?-\d\d?(?:[Tt\s].*)?"),
)
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_GATED = ("text", "checkbox", "date_picker", "country", "ip_location", "select")


class Fault(NamedTuple):
    """What is wrong with a node; the message goes on from the name of its key."""

    node: yaml.Node
    message: str
    remedy: str
    severity: str = "error"


def kind_of(node: yaml.Node) -> str:
    """Return what a node is to the Hub, in words: text, a number, nothing, a list and so on."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    if not isinstance(node, yaml.ScalarNode) or node.style:
        return "text"
    if node.value in _NOTHING:
        return "nothing"
    if len(node.value) > 40:
        return "text"
    return next((kind for kind, shape in _PLAIN if re.fullmatch(shape, node.value, re.I)), "text")


def model_index(value: yaml.Node) -> Iterator[Fault]:
    """Yield what is wrong with `model-index`, whose types the Hub is strict about (hub.md 1.3).

    Args:
        value: What stands there.
    """
    if not isinstance(value, yaml.SequenceNode):
        yield Fault(value, f" is {kind_of(value)}; expected a list.", "Write `- name: …` with its `results`.")
        return
    for number, model in enumerate(value.value[:MODELS]):
        at = f"[{number}]"
        said = _mapping(model)
        if said is None:
            yield Fault(model, f"{at} is {kind_of(model)}; expected a mapping.", "Write `name` and `results`.")
            continue
        results = said.get("results")
        if not isinstance(results, yaml.SequenceNode):
            where = results or model
            yield Fault(where, f"{at}.results must be a list.", "Write `results:` with an entry for each data set.")
            continue
        for index, result in enumerate(results.value[:RESULTS]):
            yield from _result(result, f"{at}.results[{index}]")


def _result(result: yaml.Node, at: str) -> Iterator[Fault]:
    said = _mapping(result)
    if said is None:
        yield Fault(result, f"{at} is {kind_of(result)}; expected a mapping.", "Write task, dataset and metrics.")
        return
    yield from _texts(said.get("task"), result, f"{at}.task", ("type",), ("name",))
    if "dataset" in said:
        optional = ("config", "split", "revision")
        yield from _texts(said["dataset"], result, f"{at}.dataset", ("type", "name"), optional)
    else:
        message = f"{at} has no `dataset`; the Hub's Python client fails on it."
        yield Fault(result, message, "Write `dataset:` with its `type` and `name`.", "warning")
    if "source" in said:
        yield from _texts(said["source"], result, f"{at}.source", ("url",), ("name",))
    metrics = said.get("metrics")
    if not isinstance(metrics, yaml.SequenceNode):
        yield Fault(metrics or result, f"{at}.metrics must be a list.", "Write `metrics:` with `type` and `value`.")
        return
    for number, metric in enumerate(metrics.value[:METRICS]):
        here = f"{at}.metrics[{number}]"
        yield from _texts(metric, result, here, ("type",), ("name", "config", "verifyToken"))
        held = _mapping(metric)
        if held is not None and ("value" not in held or kind_of(held["value"]) == "nothing"):
            yield Fault(held.get("value", metric), f"{here}.value is missing.", "Write the value.")


def _texts(
    node: yaml.Node | None, around: yaml.Node, at: str, needed: tuple[str, ...], optional: tuple[str, ...]
) -> Iterator[Fault]:
    """What is wrong with a mapping whose fields are text."""
    said = _mapping(node) if node else None
    if node is None or said is None:
        remedy = f"Write {' and '.join(f'`{key}`' for key in needed)} below it."
        yield Fault(node or around, f"{at} must be a mapping.", remedy)
        return
    for key in needed:
        if key not in said:
            yield Fault(node, f"{at}.{key} is missing.", f"Write `{key}:`.")
    for key in (*needed, *optional):
        if key in said and kind_of(said[key]) != "text":
            value = said[key]
            quoted = f'Write `{key}: "{value.value}"`.' if isinstance(value, yaml.ScalarNode) else "Write text."
            empty = kind_of(value) == "nothing"
            remedy = "Write it, or remove the key." if empty else quoted
            yield Fault(value, f"{at}.{key} must be text, and is {kind_of(value)}.", remedy)


def check_gated_fields(value: yaml.Node) -> Iterator[Fault]:
    """Yield what is wrong with `extra_gated_fields`: labels with the kind of their field.

    Args:
        value: What stands there.
    """
    said = _mapping(value)
    if said is None:
        remedy = "Write `LABEL: text` lines; kinds are text, checkbox, date_picker, country and select."
        yield Fault(value, f" is {kind_of(value)}; the Hub's docs for models have a mapping.", remedy, "warning")
        return
    for label, field in list(said.items())[:FIELDS]:
        inner = _mapping(field)
        kind = inner.get("type") if inner is not None else field
        word = str(kind.value) if isinstance(kind, yaml.ScalarNode) else ""
        if word not in _GATED:
            message = f".{label[:40]}: {word[:40]!r} is no kind of field that the Hub knows."
            yield Fault(kind or field, message, f"Write one of {', '.join(_GATED)}.", "warning")
        elif word == "select" and not (inner and isinstance(inner.get("options"), yaml.SequenceNode)):
            yield Fault(field, f".{label[:40]}: a select has no `options`.", "Write a list of them.", "warning")


def emissions(value: yaml.Node) -> Iterator[Fault]:
    """Yield what is wrong with `co2_eq_emissions`: grams, or a mapping that has them.

    Args:
        value: What stands there.
    """
    said = _mapping(value)
    grams = said.get("emissions") if said is not None else value
    if grams is None or kind_of(grams) != "a number":
        message = " must be a number of grams." if said is None else ".emissions must be a number of grams."
        yield Fault(grams or value, message, "Write it without a unit and without quotes.", "warning")
    for key in ("source", "training_type", "geographical_location", "hardware_used"):
        if said and key in said and kind_of(said[key]) != "text":
            yield Fault(said[key], f".{key} must be text.", "Put it in quotes.", "warning")


def _mapping(node: yaml.Node) -> dict[str, yaml.Node] | None:
    return {str(key.value): value for key, value in node.value} if isinstance(node, yaml.MappingNode) else None


def widget(value: yaml.Node) -> Iterator[Fault]:
    """Yield a fault if `widget` is not a list of examples (hub.md 1.2).

    Args:
        value: What stands there.
    """
    if not isinstance(value, yaml.SequenceNode):
        yield Fault(value, f" is {kind_of(value)}; the Hub expects a list.", "Write each example as `- text: …`.")


SHAPES: dict[str, Callable[[yaml.Node], Iterator[Fault]]] = {
    "model-index": model_index,
    "extra_gated_fields": check_gated_fields,
    "co2_eq_emissions": emissions,
    "widget": widget,
}
"""The keys that hold more than text."""
