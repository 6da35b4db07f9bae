"""Changing fields of a release file in place: comments, order and everything else stay as people wrote them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from generator.release.source import FILE_NAME
from generator.release.yaml_text import scalar

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_LINE_END = re.compile(r"\r?\n")
Place = tuple[str, int]
"""A layer, or `documents`, and the number of an item in it, from 0."""


def set_item_field(text: str, place: Place, field: str, value: str | Mapping[str, str], after: str) -> str:
    """Return the text of a release file with a field of one item set.

    Args:
        text: The release file.
        place: The item.
        field: The field.
        value: A text, or a mapping of texts.
        after: The field that a new one is written behind, where the item has it; else it is written last.

    Raises:
        LookupError: The item is not where it should be, as where an alias stands for it.
    """
    item = _find_item(yaml.compose(text, Loader=_Loader), place)
    if item is None:
        raise LookupError(f"{FILE_NAME} has no item {place[1]} in {place[0]}")
    lead = 1 if text.startswith("\ufeff") else 0  # the parser does not count a byte-order mark
    newline = "\r\n" if "\r\n" in text else "\n"
    keys = {key.value: (key, held) for key, held in item.value}
    indent = " " * item.value[0][0].start_mark.column
    if field in keys:
        old = keys[field][1]
        start, end = old.start_mark.index + lead, _end(old) + lead
        flow = item.flow_style or (old.flow_style if isinstance(old, yaml.MappingNode) else False)
        written = _format(value, indent, flow=bool(flow) or not isinstance(old, yaml.MappingNode))
        return text[:start] + written.lstrip().replace("\n", newline) + text[end:]
    at = _end(keys.get(after, item.value[-1])[1]) + lead
    if item.flow_style:
        return f"{text[:at]}, {field}: {_format(value, indent, flow=True)}{text[at:]}"
    line_end = _LINE_END.search(text, at)  # behind a comment on the line
    at = line_end.start() if line_end else len(text)
    written = f"\n{indent}{field}:{_format(value, indent, flow=False)}"
    return text[:at] + written.replace("\n", newline) + text[at:]


def _find_item(tree: Any, place: Place) -> Any:  # noqa: ANN401 - nodes of PyYAML
    layer, number = place
    for key in (layer,) if layer == "documents" else ("layers", layer):
        tree = next((held for name, held in getattr(tree, "value", ()) if name.value == key), None)
    if isinstance(tree, yaml.SequenceNode):
        tree = tree.value[number] if number < len(tree.value) else None
    return tree if isinstance(tree, yaml.MappingNode) and tree.value else None


def _end(node: Any) -> int:  # noqa: ANN401 - a node of PyYAML
    """Where a value ends; a collection in block style ends with its last value, not where the next key begins."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    end: int = node.end_mark.index
    return end


def _format(value: str | Mapping[str, str], indent: str, *, flow: bool) -> str:
    """A value behind its key: on the same line, or as lines below it."""
    if isinstance(value, str):
        return f"{'' if flow else ' '}{scalar(value)}"
    pairs = [f"{scalar(key)}: {scalar(text)}" for key, text in value.items()]
    return f"{{{', '.join(pairs)}}}" if flow else "".join(f"\n{indent}  {pair}" for pair in pairs)
