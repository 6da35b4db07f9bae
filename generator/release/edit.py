"""Changing a release file in place: what does not change keeps its bytes, its comments and its order."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

import yaml

from generator.errors import CharterError
from generator.release.model import Release
from generator.release.reader import parse_release
from generator.release.source import FILE_NAME
from generator.release.writer import stated_values
from generator.release.yaml_text import block, scalar

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_Patch = tuple[int, int, int, str]
"""Start and end of what is replaced, the number of the change, and what takes its place."""
_LINE_END = re.compile(r"\r?\n|\Z")


def edit_release(text: str, release: Release) -> str | None:
    """Return the text of a release file that says what a release says, changed only where it says something else.

    Args:
        text: The release file.
        release: What it is to say.

    Returns:
        None where the text cannot be changed in place, as where an alias stands for what differs, or where the text is
        no release file.
    """
    try:
        before = parse_release(text, settings=release.settings)
        edited = _Edit(text).changed(stated_values(before), stated_values(release))
        return edited if parse_release(edited, settings=release.settings) == release else None
    except (CharterError, _Unfit, yaml.YAMLError):
        return None


class _Unfit(Exception):
    """The text cannot be changed in place."""


class _Edit:
    """The changes of one text, each a slice and what takes its place."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lead = 1 if text.startswith("\ufeff") else 0  # the parser does not count a byte-order mark
        self._patches: list[_Patch] = []
        self._noted: set[tuple[int, int, str]] = set()

    def changed(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
        """Return the text that says `new`; it says `old` now."""
        tree = yaml.compose(self._text, Loader=_Loader)
        if not isinstance(tree, yaml.MappingNode):
            raise _Unfit(FILE_NAME)
        self._mapping(tree, old, new)
        text, newline = self._text, "\r\n" if "\r\n" in self._text else "\n"
        last = len(text) + 1
        removed = [(start, end) for start, end, _, put in self._patches if not put]
        for start, end, _, put in sorted((self._moved(patch, removed) for patch in self._patches), reverse=True):
            if end > last:
                raise _Unfit(FILE_NAME)
            text = text[:start] + put.replace("\n", newline) + text[end:]
            last = start
        return text

    def _moved(self, patch: _Patch, removed: list[tuple[int, int]]) -> _Patch:
        """What is added behind lines that are removed, behind the line before them."""
        start, end, number, put = patch
        for first, last in sorted(removed, reverse=True):
            if start == end and first < start < last and put.startswith("\n"):
                start = end = len(self._text[:first].rstrip("\r\n"))
        return start, end, number, put

    def _mapping(self, node: yaml.MappingNode, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Change what differs between two mappings; `node` is the first of them."""
        held = {key.value: (key, value) for key, value in node.value}
        removed = old.keys() - new.keys()
        if node.flow_style and removed:
            self._put(self._at(node.start_mark), self._end(node), _flow(new))
            return
        for name in removed:
            self._remove_key(node, name)
        behind: str | None = None
        added: dict[str | None, dict[str, Any]] = {}
        for name, value in new.items():
            if name not in held and name in old and old[name] == value:
                continue  # the settings of an organization state it
            if name not in held:
                added.setdefault(behind, {})[name] = value
                continue
            behind = name
            if name not in old or old[name] != value:
                self._value(node, *held[name], old.get(name), value)
        for place, values in added.items():
            self._add_keys(node, held[place][1] if place else None, values)

    def _value(self, parent: Any, key: Any, node: Any, old: Any, new: Any) -> None:  # noqa: ANN401 - nodes and trees
        """Change the value of a key."""
        if isinstance(node, yaml.MappingNode) and isinstance(old, dict) and isinstance(new, dict):
            self._mapping(node, old, new)
            return
        # A layer with one item may be written as a list; its value is then a mapping all the same.
        olds, news = (value if isinstance(value, list) else [value] for value in (old, new))
        if isinstance(node, yaml.SequenceNode) and len(node.value) == len(olds) and not isinstance(new, str):
            self._sequence(node, olds, news)
            return
        end = self._end(node)
        if parent.flow_style:
            self._put(self._at(node.start_mark), end, _flow(new))
            return
        first, *rest = block({key.value: new})
        pad = " " * key.start_mark.column
        if rest and (comment := self._text[end : self._line_end(end)]):
            first, end = f"{first}{comment}", end + len(comment)
        self._put(self._at(key.start_mark), end, "\n".join([first, *_indented(rest, pad)]))

    def _sequence(self, node: yaml.SequenceNode, old: list[Any], new: list[Any]) -> None:
        """Change what differs between two lists; `node` is the first of them."""
        changes = difflib.SequenceMatcher(None, [repr(v) for v in old], [repr(v) for v in new], autojunk=False)
        for kind, start, end, first, last in changes.get_opcodes():
            if kind == "equal":
                continue
            both = min(end - start, last - first)
            if node.flow_style and end - start != last - first:
                self._put(self._at(node.start_mark), self._end(node), _flow(new))
                return
            for number in range(both):
                self._item(node, node.value[start + number], old[start + number], new[first + number])
            for item in node.value[start + both : end]:
                self._remove_item(item)
            if first + both < last:
                self._add_items(node, start + both, new[first + both : last])

    def _item(self, parent: Any, node: Any, old: Any, new: Any) -> None:  # noqa: ANN401 - nodes and trees
        if isinstance(node, yaml.MappingNode) and isinstance(old, dict) and isinstance(new, dict):
            self._mapping(node, old, new)
        elif parent.flow_style or not isinstance(new, (dict, list)):
            self._put(self._at(node.start_mark), self._end(node), _flow(new))
        else:
            raise _Unfit(FILE_NAME)

    def _add_keys(self, node: Any, after: Any, values: dict[str, Any]) -> None:  # noqa: ANN401 - nodes
        """Write new keys behind the value of another key, or before the first one."""
        if not node.value:
            raise _Unfit(FILE_NAME)
        if node.flow_style:
            pairs = _flow(values)[1:-1]
            at = self._end(after) if after else self._at(node.value[0][0].start_mark)
            self._put(at, at, f", {pairs}" if after else f"{pairs}, ")
            return
        pad = " " * node.value[0][0].start_mark.column
        lines = _indented(block(values), pad)
        if after:
            at = self._line_end(self._end(after))
            self._put(at, at, "".join(f"\n{line}" for line in lines))
        else:
            at = self._at(node.value[0][0].start_mark)
            self._put(at, at, "\n".join([lines[0][len(pad) :], *lines[1:], pad]))

    def _add_items(self, node: Any, number: int, values: list[Any]) -> None:  # noqa: ANN401 - nodes
        lines = _indented(block(values), " " * node.start_mark.column)
        if number:
            at = self._line_end(self._end(node.value[number - 1]))
            self._put(at, at, "".join(f"\n{line}" for line in lines))
        else:
            at = self._line_start(node.value[0])
            self._put(at, at, "".join(f"{line}\n" for line in lines))

    def _remove_key(self, node: Any, name: str) -> None:  # noqa: ANN401 - nodes
        keys = [key.value for key, _ in node.value]
        if name not in keys or len(keys) == 1:
            raise _Unfit(FILE_NAME)
        number = keys.index(name)
        key, value = node.value[number]
        start, end = self._at(key.start_mark), self._end(value)
        following = self._at(node.value[number + 1][0].start_mark) if number + 1 < len(keys) else None
        if self._text[self._line_start(key) : start].strip():  # the first key behind the dash of an item
            if following is None or "\n" in self._text[self._line_end(end) + 1 : following].replace("\r", ""):
                raise _Unfit(FILE_NAME)
            self._put(start, following, "")
        else:
            self._put(self._line_start(key), self._line_end(end, whole=True), "")

    def _remove_item(self, node: Any) -> None:  # noqa: ANN401 - a node
        start = self._line_start(node)
        if self._text[start : self._at(node.start_mark)].strip() != "-":
            raise _Unfit(FILE_NAME)
        self._put(start, self._line_end(self._end(node), whole=True), "")

    def _put(self, start: int, end: int, text: str) -> None:
        """Note a change, once for all aliases of the place."""
        if (start, end, text) not in self._noted:
            self._noted.add((start, end, text))
            self._patches.append((start, end, len(self._noted), text))

    def _at(self, mark: Any) -> int:  # noqa: ANN401 - a mark of PyYAML
        return int(mark.index) + self._lead

    def _end(self, node: Any) -> int:  # noqa: ANN401 - a node of PyYAML
        """Where a value ends; in block style with its last character, not where the next key begins."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        end = self._at(node.end_mark)
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            return self._at(node.start_mark) + len(self._text[self._at(node.start_mark) : end].rstrip())
        return end

    def _line_start(self, node: Any) -> int:  # noqa: ANN401 - a node of PyYAML
        return self._text.rfind("\n", 0, self._at(node.start_mark)) + 1

    def _line_end(self, at: int, *, whole: bool = False) -> int:
        """Where the line of a place ends, or with `whole` where the next one begins."""
        found = _LINE_END.search(self._text, at)
        assert found
        return found.end() if whole else found.start()


def _indented(lines: list[str], pad: str) -> list[str]:
    return [f"{pad}{line}" if line else "" for line in lines]


def _flow(value: Any) -> str:  # noqa: ANN401 - a tree
    """A value on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{scalar(key)}: {_flow(child)}' for key, child in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return scalar(value)
