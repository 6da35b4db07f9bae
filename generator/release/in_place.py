"""Changing a release file in place: what a person wrote stays as it stands, with comments, order and quotes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from generator.errors import CharterError
from generator.release.model import Release
from generator.release.reader import parse_release
from generator.release.writer import format_release, stated_values
from generator.release.yaml_text import block, scalar

Path_ = tuple[str | int, ...]


def edited_text(text: str, release: Release) -> str:
    """Return the text of a release file that says what a release says, with as little changed as possible.

    Where a change can't be made in place, the whole file is written again.

    Args:
        text: The text as it is; a release file that can be read.
        release: What it is to say.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lead = "\ufeff" if text.startswith("\ufeff") else ""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    plain += "" if plain.endswith("\n") else "\n"
    try:
        made = _with_changes(plain, release)
        same = made is not None and parse_release(made) == release
    except CharterError:
        same = False
    return lead + (made if same and made else format_release(release)).replace("\n", newline)


class _Change(NamedTuple):
    """A value to set, or to append to a list."""

    path: Path_
    value: Any
    append: bool


class _Impossible(Exception):
    """A change that can't be made in place."""


def _with_changes(text: str, release: Release) -> str | None:
    old = stated_values(parse_release(text))
    for change in _changes(old, stated_values(release), ()):
        try:
            text = _Document(text).apply(change)
        except _Impossible:
            return None
    return text


def _changes(old: Any, new: Any, path: Path_) -> Iterator[_Change]:  # noqa: ANN401 - trees
    """What differs, the nearest to the leaves."""
    if isinstance(old, dict) and isinstance(new, dict) and set(old) <= set(new):
        for key, value in new.items():
            if key in old:
                yield from _changes(old[key], value, (*path, key))
            else:
                yield _Change((*path, key), value, append=False)
    elif isinstance(old, list) and isinstance(new, list) and len(old) <= len(new):
        for number, value in enumerate(new):
            if number < len(old):
                yield from _changes(old[number], value, (*path, number))
            else:
                yield _Change(path, value, append=True)
    elif old != new:
        yield _Change(path, new, append=False)


class _Document:
    """The nodes of a release file, with their places in its text."""

    def __init__(self, text: str) -> None:
        import yaml

        self.text = text
        self.yaml = yaml
        self.root = yaml.compose(text, Loader=yaml.SafeLoader)

    def apply(self, change: _Change) -> str:
        """Return the text after a change."""
        if change.append:
            return self._append(self._node(change.path), change.value)
        if not change.path:
            raise _Impossible
        parent = self._node(change.path[:-1])
        if isinstance(parent, self.yaml.SequenceNode):
            return self._replace(parent.value[self._index(change.path[-1])], change.value, parent.start_mark.column)
        parent = self._mapping(parent)
        for key, node in parent.value:
            if key.value == change.path[-1]:
                return self._replace(node, change.value, key.start_mark.column)
        return self._add(parent, str(change.path[-1]), change.value)

    def _node(self, path: Path_) -> Any:  # noqa: ANN401 - PyYAML ships no types of nodes
        node = self.root
        for part in path:
            if isinstance(part, int):
                if not isinstance(node, self.yaml.SequenceNode):
                    raise _Impossible
                node = node.value[self._index(part)]
                continue
            node = next((v for k, v in self._mapping(node).value if k.value == part), None)
            if node is None:
                raise _Impossible
        return node

    @staticmethod
    def _index(part: str | int) -> int:
        if not isinstance(part, int):
            raise _Impossible
        return part

    def _mapping(self, node: Any) -> Any:  # noqa: ANN401
        """The mapping; a layer may hold its one item in a list."""
        if isinstance(node, self.yaml.SequenceNode) and len(node.value) == 1:
            node = node.value[0]
        if not isinstance(node, self.yaml.MappingNode):
            raise _Impossible
        return node

    def _add(self, mapping: Any, key: str, value: Any) -> str:  # noqa: ANN401
        if mapping.flow_style:
            return self._into_flow(mapping, [v for _, v in mapping.value], f"{scalar(key)}: {_flow(value)}")
        lines = block({key: value})
        return self._insert_lines(mapping.value[-1][1], lines, mapping.value[0][0].start_mark.column)

    def _append(self, sequence: Any, value: Any) -> str:  # noqa: ANN401
        if not isinstance(sequence, self.yaml.SequenceNode):
            raise _Impossible
        if sequence.flow_style:
            return self._into_flow(sequence, sequence.value, _flow(value))
        return self._insert_lines(sequence.value[-1], block([value]), sequence.start_mark.column)

    def _into_flow(self, node: Any, held: list[Any], entry: str) -> str:  # noqa: ANN401
        """Write an entry behind the last one of a collection in braces or brackets."""
        at = held[-1].end_mark.index if held else node.start_mark.index + 1
        return f"{self.text[:at]}{', ' if held else ''}{entry}{self.text[at:]}"

    def _insert_lines(self, last: Any, lines: list[str], column: int) -> str:  # noqa: ANN401
        """Write lines behind the line in which a node ends."""
        at = self.text.find("\n", self._end(last)) + 1
        if not at:
            raise _Impossible
        inserted = "".join(f"{' ' * column}{line}\n" if line else "\n" for line in lines)
        return self.text[:at] + inserted + self.text[at:]

    def _end(self, node: Any) -> int:  # noqa: ANN401
        """Where the content of a node ends; marks of blocks stand behind the blank lines and comments after them."""
        if isinstance(node, self.yaml.ScalarNode):
            end = int(node.end_mark.index)
            return len(self.text[:end].rstrip()) if node.style in ("|", ">") else end
        if node.flow_style or not node.value:
            return int(node.end_mark.index)
        last = node.value[-1]
        return self._end(last[1] if isinstance(last, tuple) else last)

    def _replace(self, node: Any, value: Any, column: int) -> str:  # noqa: ANN401
        start, end = int(node.start_mark.index), self._end(node)
        if isinstance(node, self.yaml.ScalarNode) and not isinstance(value, (dict, list)):
            new = _literal(value, column) if node.style in ("|", ">") and "\n" in str(value) else scalar(value)
        elif getattr(node, "flow_style", False):
            new = _flow(value)
        else:
            raise _Impossible
        return self.text[:start] + new + self.text[end:]


def _literal(text: str, column: int) -> str:
    """A text of several lines as a literal block below a key at a column."""
    (head, *lines) = block({"": text})
    mark = head.rpartition(" ")[2]
    return "\n".join([mark, *(f"{' ' * column}{line}" if line else "" for line in lines)])


def _flow(value: Any) -> str:  # noqa: ANN401 - a tree
    """A tree in braces and brackets."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {_flow(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return scalar(value)


def new_text(path: Path, release: Release) -> str:
    """Return the new text of a release file; that of a new one where there is none.

    Args:
        path: The release file.
        release: What it is to say.

    Raises:
        CharterError: It can't be read.
    """
    from generator.release.source import read_bytes

    if not path.exists():
        return format_release(release)
    return edited_text(read_bytes(path).decode("utf-8"), release)
