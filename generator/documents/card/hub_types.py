"""The keys of a card's front matter that hold more than text, and the types that the Hub wants in them (hub.md 1.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import yaml

from generator.named_tuple import NamedTuple
from generator.translations import gettext as _
from generator.translations import mark_in_context, pgettext

MODELS, RESULTS, METRICS, FIELDS = 10, 500, 50, 500
"""Entries of each list that are looked at: aliases make a short text long."""

# What the Hub's own reader takes for a number, a truth value or a date where it stands without quotes.
_NUMBER = r"[-+]?(?:0[bx][\da-fA-F_]+|0o[0-7_]+|[\d_]*\d[\d_]*(?:\.[\d_]*)?(?:[eE][-+]?\d+)?|\.\d[\d_]*|\.inf|\.nan)"
_PLAIN = (
    (mark_in_context("kind of value", "a truth value"), r"true|false"),
    (mark_in_context("kind of value", "a number"), _NUMBER),
    (mark_in_context("kind of value", "a date"), r"\d{4}-\d\d?-\d\d?(?:[Tt\s].*)?"),
)
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_GATED = ("text", "checkbox", "date_picker", "country", "ip_location", "select")


class Fault(NamedTuple):
    """What is wrong with a node, in the language of messages."""

    node: yaml.Node
    message: str
    remedy: str
    severity: str = "error"


def kind_of(node: yaml.Node) -> str:
    """Return what a node is to the Hub, in words: text, a number, nothing, a list and so on."""
    if isinstance(node, yaml.MappingNode):
        return mark_in_context("kind of value", "a mapping")
    if isinstance(node, yaml.SequenceNode):
        return mark_in_context("kind of value", "a list")
    if not isinstance(node, yaml.ScalarNode) or node.style:
        return mark_in_context("kind of value", "text")
    if node.value in _NOTHING:
        return mark_in_context("kind of value", "nothing")
    if len(node.value) > 40:
        return "text"
    return next((kind for kind, shape in _PLAIN if re.fullmatch(shape, node.value, re.I)), "text")


def format_kind(node: yaml.Node) -> str:
    """Return what a node is to the Hub, in the language of messages.

    Args:
        node: The node.
    """
    return pgettext("kind of value", kind_of(node))


def model_index(value: yaml.Node) -> Iterator[Fault]:
    """Yield what is wrong with `model-index`, whose types the Hub is strict about (hub.md 1.3).

    Args:
        value: What stands there.
    """
    if not isinstance(value, yaml.SequenceNode):
        message = _("{place} is {kind}; expected a list.").format(place="`model-index`", kind=format_kind(value))
        yield Fault(value, message, _("Write `- name: …` with its `results`."))
        return
    for number, model in enumerate(value.value[:MODELS]):
        at = f"`model-index`[{number}]"
        said = _mapping(model)
        if said is None:
            message = _("{place} is {kind}; expected a mapping.").format(place=at, kind=format_kind(model))
            yield Fault(model, message, _("Write `name` and `results`."))
            continue
        results = said.get("results")
        if not isinstance(results, yaml.SequenceNode):
            message = _("{place} must be a list.").format(place=f"{at}.results")
            yield Fault(results or model, message, _("Write `results:` with an entry for each data set."))
            continue
        for index, result in enumerate(results.value[:RESULTS]):
            yield from _result(result, f"{at}.results[{index}]")


def _result(result: yaml.Node, at: str) -> Iterator[Fault]:
    said = _mapping(result)
    if said is None:
        message = _("{place} is {kind}; expected a mapping.").format(place=at, kind=format_kind(result))
        yield Fault(result, message, _("Write task, dataset and metrics."))
        return
    yield from _texts(said.get("task"), result, f"{at}.task", ("type",), ("name",))
    if "dataset" in said:
        optional = ("config", "split", "revision")
        yield from _texts(said["dataset"], result, f"{at}.dataset", ("type", "name"), optional)
    else:
        message = _("{place} has no `dataset`; the Hub's Python client fails on it.").format(place=at)
        yield Fault(result, message, _("Write `dataset:` with its `type` and `name`."), "warning")
    if "source" in said:
        yield from _texts(said["source"], result, f"{at}.source", ("url",), ("name",))
    metrics = said.get("metrics")
    if not isinstance(metrics, yaml.SequenceNode):
        message = _("{place} must be a list.").format(place=f"{at}.metrics")
        yield Fault(metrics or result, message, _("Write `metrics:` with `type` and `value`."))
        return
    for number, metric in enumerate(metrics.value[:METRICS]):
        here = f"{at}.metrics[{number}]"
        yield from _texts(metric, result, here, ("type",), ("name", "config", "verifyToken"))
        held = _mapping(metric)
        if held is not None and ("value" not in held or kind_of(held["value"]) == "nothing"):
            message = _("{place} is missing.").format(place=f"{here}.value")
            yield Fault(held.get("value", metric), message, _("Write the value."))


def _texts(
    node: yaml.Node | None, around: yaml.Node, at: str, needed: tuple[str, ...], optional: tuple[str, ...]
) -> Iterator[Fault]:
    """What is wrong with a mapping whose fields are text."""
    said = _mapping(node) if node else None
    if node is None or said is None:
        if len(needed) > 1:
            remedy = _("Write `{first}` and `{second}` below it.").format(first=needed[0], second=needed[1])
        else:
            remedy = _("Write `{key}` below it.").format(key=needed[0])
        yield Fault(node or around, _("{place} must be a mapping.").format(place=at), remedy)
        return
    for key in needed:
        if key not in said:
            message = _("{place} is missing.").format(place=f"{at}.{key}")
            yield Fault(node, message, _("Write `{key}:`.").format(key=key))
    for key in (*needed, *optional):
        if key in said and kind_of(said[key]) != "text":
            value = said[key]
            if kind_of(value) == "nothing":
                remedy = _("Write it, or remove the key.")
            elif isinstance(value, yaml.ScalarNode):
                remedy = _("Write `{key}: {value}`.").format(key=key, value=f'"{value.value}"')
            else:
                remedy = _("Write text.")
            message = _("{place} must be text, and is {kind}.").format(place=f"{at}.{key}", kind=format_kind(value))
            yield Fault(value, message, remedy)


def check_gated_fields(value: yaml.Node) -> Iterator[Fault]:
    """Yield what is wrong with `extra_gated_fields`: labels with the kind of their field.

    Args:
        value: What stands there.
    """
    said = _mapping(value)
    if said is None:
        message = _("`extra_gated_fields` is {kind}; the Hub's docs for models have a mapping.")
        remedy = _("Write `LABEL: text` lines; kinds are text, checkbox, date_picker, country and select.")
        yield Fault(value, message.format(kind=format_kind(value)), remedy, "warning")
        return
    for label, field in list(said.items())[:FIELDS]:
        inner = _mapping(field)
        kind = inner.get("type") if inner is not None else field
        word = str(kind.value) if isinstance(kind, yaml.ScalarNode) else ""
        if word not in _GATED:
            message = _("`extra_gated_fields`.{label}: {word} is no kind of field that the Hub knows.")
            remedy = _("Write one of {kinds}.").format(kinds=", ".join(_GATED))
            yield Fault(kind or field, message.format(label=label[:40], word=repr(word[:40])), remedy, "warning")
        elif word == "select" and not (inner and isinstance(inner.get("options"), yaml.SequenceNode)):
            message = _("`extra_gated_fields`.{label}: a select has no `options`.").format(label=label[:40])
            yield Fault(field, message, _("Write a list of them."), "warning")


def emissions(value: yaml.Node) -> Iterator[Fault]:
    """Yield what is wrong with `co2_eq_emissions`: grams, or a mapping that has them.

    Args:
        value: What stands there.
    """
    said = _mapping(value)
    grams = said.get("emissions") if said is not None else value
    if grams is None or kind_of(grams) != "a number":
        at = "`co2_eq_emissions`" if said is None else "`co2_eq_emissions`.emissions"
        message = _("{place} must be a number of grams.").format(place=at)
        yield Fault(grams or value, message, _("Write it without a unit and without quotes."), "warning")
    for key in ("source", "training_type", "geographical_location", "hardware_used"):
        if said and key in said and kind_of(said[key]) != "text":
            message = _("{place} must be text.").format(place=f"`co2_eq_emissions`.{key}")
            yield Fault(said[key], message, _("Put it in quotes."), "warning")


def _mapping(node: yaml.Node) -> dict[str, yaml.Node] | None:
    return {str(key.value): value for key, value in node.value} if isinstance(node, yaml.MappingNode) else None


def widget(value: yaml.Node) -> Iterator[Fault]:
    """Yield a fault if `widget` is not a list of examples (hub.md 1.2).

    Args:
        value: What stands there.
    """
    if not isinstance(value, yaml.SequenceNode):
        message = _("`widget` is {kind}; the Hub expects a list.").format(kind=format_kind(value))
        yield Fault(value, message, _("Write each example as `- text: …`."))


SHAPES: dict[str, Callable[[yaml.Node], Iterator[Fault]]] = {
    "model-index": model_index,
    "extra_gated_fields": check_gated_fields,
    "co2_eq_emissions": emissions,
    "widget": widget,
}
"""The keys that hold more than text."""
