"""The text of a release file as a tree of marked nodes: YAML 1.2 scalars kept as text, hostile input capped."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path as FilePath
from typing import Any

import yaml

from generator.errors import CharterError, Complaint, ReleaseFileError
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern
from generator.translations import gettext as _

FILE_NAME = "release.yaml"
SIZE_LIMIT = 2 * 1024 * 1024
"""Bytes that a release file may have."""
DEPTH_LIMIT = 24
"""Levels of nesting; the format itself needs seven."""
NODE_LIMIT = 200_000
"""Nodes after aliases are expanded."""

LINE_BREAK = lazy_pattern(r"\r\n|[\n\r\x85\u2028\u2029]")
"""Where libyaml begins a new line."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = lazy_pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})


class Plain(str):
    """A scalar that stands without quotes, so that it may mean a number."""

    __slots__ = ()


class Absent:
    """What stands where a key has no value."""

    __slots__ = ()


ABSENT = Absent()
Value = Plain | str | Absent | dict[str, Any] | list[Any]
Path = tuple[str | int, ...]


class Tree(NamedTuple):
    """A parsed file: plain values, and where each of them stands.

    Attributes:
        value: Mappings, lists and text.
        marks: Line and column, from 1, of the value at each path.
        keys: Line and column of the key at each path.
    """

    value: Value
    marks: dict[Path, tuple[int, int]]
    keys: dict[Path, tuple[int, int]]


class _Stop(Exception):
    """Reading cannot go on after this error."""

    def __init__(self, line: int, column: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.spot = (line, column, message, remedy)


def parse_tree(raw: bytes, file: str) -> tuple[Tree, list[Complaint]]:
    """Parse YAML text.

    Args:
        raw: The bytes of the file.
        file: Its name, for errors.

    Returns:
        The tree, and errors that leave it readable (duplicate keys).

    Raises:
        ReleaseFileError: It is no text, no YAML, or more than the caps allow.
    """
    try:
        reader = _Reader(_text(raw), file)
        return reader.read(), reader.complaints
    except _Stop as stop:
        line, column, message, remedy = stop.spot
        raise ReleaseFileError((Complaint(file, line, column, "", message, remedy),)) from None


def _text(raw: bytes) -> str:
    if len(raw) > SIZE_LIMIT:
        raise _Stop(
            1,
            1,
            _("the file has more than {number} bytes.").format(number=SIZE_LIMIT),
            _("A release file is a few kilobytes; is this one?"),
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = raw.count(b"\n", 0, error.start) + 1, error.start - raw.rfind(b"\n", 0, error.start)
        raise _Stop(line, column, _("this is not UTF-8 text."), _("Save the file as UTF-8.")) from None
    found = None if is_printable(text) else _FORBIDDEN.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        raise _Stop(
            line,
            column,
            _("a control character ({character}) stands here.").format(character=f"U+{ord(found.group()):04X}"),
            _("Take it out."),
        )
    if not text.strip():
        raise _Stop(
            1,
            1,
            _("the file is empty."),
            _("Begin it with `charter: 1`; `charter schema` prints what may stand in it."),
        )
    return text


def is_printable(text: str) -> bool:
    """Return whether all of a text is printable but for its line ends; then it needs no search for control characters.

    Args:
        text: Any text.
    """
    return text.replace("\n", "").isprintable()


def read_bytes(file: FilePath) -> bytes:
    """Return the bytes of a file that a person names, one more than the cap at most.

    Args:
        file: The file.

    Raises:
        CharterError: There is no such file, or it is none.
    """
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            raise CharterError(
                _("{file}: not a regular file.").format(file=file),
                _("Name a release file, or a folder that holds a {name}.").format(name=FILE_NAME),
            )
        with file.open("rb") as stream:
            # No more than it has: a buffer of the whole cap takes longer than reading a release file.
            return stream.read(min(found.st_size or SIZE_LIMIT, SIZE_LIMIT) + 1)
    except (FileNotFoundError, NotADirectoryError):
        remedy = _(
            "Run `charter init` in the folder of the model to write one, or name a folder with a {name}."
        ).format(name=FILE_NAME)
        raise CharterError(_("{file}: there is no such file.").format(file=file), remedy) from None
    except (OSError, ValueError) as error:
        raise CharterError(
            f"{file}: {_(getattr(error, 'strerror', None) or str(error))}.", _("Make the file readable.")
        ) from None


class _Reader:
    """Walks the events of libyaml once."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.complaints: list[Complaint] = []
        self.marks: dict[Path, tuple[int, int]] = {}
        self.keys: dict[Path, tuple[int, int]] = {}
        self.nodes = 0
        self.anchors: dict[str, tuple[Value, int]] = {}
        self.open: set[str] = set()
        self.text = text
        self.event: Callable[[], Any]

    def read(self) -> Tree:
        try:
            self.event = _Loader(self.text).get_event
            return self._read()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise _Stop(
                line,
                column,
                _("this is not YAML: {problem}.").format(problem=_(str(error.problem or error.context))),
                _advice(error),
            ) from None
        except (yaml.YAMLError, RecursionError) as error:
            raise _Stop(
                1,
                1,
                _("this is not YAML: {problem}.").format(problem=" ".join(str(error).split())),
                _("Fix it in an editor that checks YAML."),
            ) from None

    def _read(self) -> Tree:
        self.event()  # the stream begins
        if isinstance(self.event(), yaml.StreamEndEvent):
            raise _Stop(1, 1, _("the file holds no values."), _("Begin it with `charter: 1`."))
        value = self.value(self.event(), (), 0)
        self.event()  # the document ends
        extra = self.event()
        if not isinstance(extra, yaml.StreamEndEvent):
            raise _Stop(
                extra.start_mark.line + 1,
                1,
                _("a second document begins here."),
                _("Keep one document in the file."),
            )
        if not isinstance(value, dict):
            raise _Stop(*self.marks[()], _("the file is not a mapping of keys."), _("Begin it with `charter: 1`."))
        return Tree(value, self.marks, self.keys)

    def value(self, event: Any, path: Path, depth: int) -> Value:  # noqa: ANN401 - PyYAML ships no event types
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        self.marks.setdefault(path, (line, column))
        self.nodes += 1
        if depth > DEPTH_LIMIT:
            raise _Stop(
                line,
                column,
                _("this is nested deeper than {number} levels.").format(number=DEPTH_LIMIT),
                _("The format needs seven."),
            )
        kind = type(event)
        if kind is yaml.AliasEvent:
            return self.alias(event, line, column)
        if event.tag is not None and event.tag != "!":
            raise _Stop(
                line,
                column,
                _("tags such as {tag!r} are not read.").format(tag=event.tag.replace("tag:yaml.org,2002:", "!!")),
                _("Take the tag out; quote text that YAML would bend."),
            )
        before, anchor = self.nodes, event.anchor
        if anchor:
            self.open.add(anchor)
        if kind is yaml.ScalarEvent:
            found: Value = self.scalar(event)
        elif kind is yaml.SequenceStartEvent:
            found = self.sequence(path, depth)
        else:
            found = self.mapping(path, depth)
        if anchor:
            self.open.discard(anchor)
            self.anchors[anchor] = (found, self.nodes - before + 1)
        if self.nodes > NODE_LIMIT:
            self.count(line, column)
        return found

    def alias(self, event: Any, line: int, column: int) -> Value:  # noqa: ANN401
        if event.anchor in self.open:
            raise _Stop(
                line,
                column,
                _("the alias *{anchor} stands inside what it names.").format(anchor=event.anchor),
                _("Write the value out."),
            )
        if event.anchor not in self.anchors:
            raise _Stop(
                line,
                column,
                _("no anchor &{anchor} stands before this alias.").format(anchor=event.anchor),
                _("Write the value out."),
            )
        found, size = self.anchors[event.anchor]
        self.nodes += size
        self.count(line, column)
        return found

    def count(self, line: int, column: int) -> None:
        if self.nodes > NODE_LIMIT:
            raise _Stop(
                line,
                column,
                _("with its aliases written out the file has more than {number} values.").format(number=NODE_LIMIT),
                _("Write values out."),
            )

    @staticmethod
    def scalar(event: Any) -> Value:  # noqa: ANN401
        if event.style:
            return str(event.value)
        return ABSENT if event.value in _NULL else Plain(event.value)

    def sequence(self, path: Path, depth: int) -> list[Any]:
        found: list[Any] = []
        while type(event := self.event()) is not yaml.SequenceEndEvent:
            found.append(self.value(event, (*path, len(found)), depth + 1))
        return found

    def mapping(self, path: Path, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while type(event := self.event()) is not yaml.MappingEndEvent:
            mark = event.start_mark
            line, column = mark.line + 1, mark.column + 1
            if type(event) is not yaml.ScalarEvent:
                raise _Stop(line, column, _("a key must be a word."), _("Write `key: value`."))
            key = str(event.value)
            if key == "<<":
                raise _Stop(line, column, _("merge keys (`<<`) are not read."), _("Write the values out."))
            below = (*path, key)
            twice = key in found
            if twice:
                first = self.keys[below][0]
                self.complaints.append(
                    Complaint(
                        self.file,
                        line,
                        column,
                        dotted(below),
                        _("`{key}` stands here for the second time; the first is in line {first}.").format(
                            key=key, first=first
                        ),
                        _("Keep one of them."),
                    )
                )
            else:
                self.keys[below] = (line, column)
            value = self.value(self.event(), (*below, -1) if twice else below, depth + 1)
            if not twice:
                found[key] = value
        return found


def dotted(path: Path) -> str:
    """Return a path as errors name it: `layers.data[0].license`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _advice(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    if "\\t" in problem or "tab" in problem:
        return _("Indent with spaces, not tabs.")
    if "mapping values are not allowed" in problem or "could not find expected ':'" in problem:
        return _("Quote the value if it holds `: `, and look at the indentation.")
    return _("Look at quotes, brackets and indentation here and in the line above.")
