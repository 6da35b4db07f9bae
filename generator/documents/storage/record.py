"""What an earlier build wrote: the digests that the closing marker of the card, or `.charter.sha256`, records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from pathlib import Path
from types import MappingProxyType
from typing import Any

from generator.artifacts.folder import size_of
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern
from generator.translations import mark_text

CARD = "README.md"
RECORD = ".charter.sha256"
"""Where the record stands when the bundle has no card."""
BEGIN = "<!-- charter:begin, written by modelcharter from the release file; write your own text outside the markers -->"
CARD_LIMIT = 16 * 1024 * 1024
"""Bytes of a README.md that is read."""

_BEGIN = lazy_pattern(r"<!-- charter:begin\b[^\n]*-->[ \t]*")
_END = lazy_pattern(r"<!-- charter:end(.*?)-->[ \t]*", re.S)
# Fences and markers at the start of a line; what stands inside a fence is text.
_LINE = lazy_pattern(
    r"^(?: {0,3}(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)|(?P<begin><!-- charter:begin\b)|(?P<end><!-- charter:end\b))",
    re.M,
)


class Record(NamedTuple):
    """The record of an earlier build; empty where there was none.

    Attributes:
        files: SHA-256 of every generated file but the card, by path, line ends read as Unix ones.
        card: SHA-256 of the generated part of the card.
        front_matter: SHA-256 of the lines of each front-matter key that was written.
        added: Entries of `tags` and `datasets` that were added to a person's own.
        adopted: Licenses whose text the publisher had in the folder, each with the copyright lines of that text.
        pushed: SHA-256 of files that only a push writes; a build leaves them as they are.
        words: Digests of what people wrote into README.md when it was last published, by the folder it came from.
    """

    files: Mapping[str, str] = MappingProxyType({})
    card: str = ""
    front_matter: Mapping[str, str] = MappingProxyType({})
    added: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    adopted: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    words: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    pushed: Mapping[str, str] = MappingProxyType({})

    def to_sums(self) -> str:
        """Return the files as `sha256sum --check` reads them; this is what `.charter.sha256` holds.

        What else is recorded is in a comment, which `sha256sum` skips.
        """
        note = f"# adopted {json.dumps(dict(self.adopted), sort_keys=True)}\n" if self.adopted else ""
        return note + "".join(f"{value}  {path}\n" for path, value in sorted(self.files.items()))

    def to_json(self) -> str:
        """Return it as JSON that cannot end an HTML comment, a file a line."""
        value = {
            "v": 1,
            "card": self.card,
            "front_matter": dict(self.front_matter),
            "added": dict(self.added),
            "files": dict(self.files),
        }
        if self.adopted:
            value["adopted"] = dict(self.adopted)
        if self.pushed:
            value["pushed"] = dict(self.pushed)
        if self.words:
            value["words"] = list(_word_lines(self.words))
        text = _indent(value)
        return text.replace("-", "\\u002d").replace(">", "\\u003e") if "--" in text or ">" in text else text


def _indent(value: Any) -> str:  # noqa: ANN401 - a tree of mappings, lists, texts and numbers
    """A value as `json.dumps` writes it with `indent=0` and sorted keys, which it does in Python and slowly."""
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict):
        lines = [
            f"{encode_basestring(key)}: {encode_basestring(held) if isinstance(held, str) else _indent(held)}"
            for key, held in sorted(value.items())
        ]
        return "{\n" + ",\n".join(lines) + "\n}" if lines else "{}"
    if isinstance(value, (list, tuple)):
        return "[\n" + ",\n".join(map(_indent, value)) + "\n]" if value else "[]"
    return json.dumps(value)


class Markers(NamedTuple):
    """Where the generated part of a card lies: offsets of its begin marker, its body, its end marker."""

    begin: int
    body: int
    end: int
    after: int
    record: str


class BrokenMarkers(ValueError):
    """The markers of a card do not pair up; `line` is where, from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file's content, whatever its line ends: a checkout may change them."""
    import hashlib  # here, as it takes longer to load than most checks need it for

    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def read_record(folder: Path) -> Record:
    """Return the record that an earlier build left in a folder; an empty one where there is none.

    Args:
        folder: Where the bundle was written.
    """
    found = {name: content for name in (RECORD, CARD) if (content := _read_if_present(folder, name)) is not None}
    return present_record(found) if found else Record()


def _read_if_present(folder: Path, name: str) -> bytes | None:
    """What a file holds; None where there is none, or none that can be read."""
    if not 0 <= size_of(folder, name) <= CARD_LIMIT:
        return None
    try:
        return (folder / name).read_bytes()
    except OSError:
        return None


def present_record(present: Mapping[str, bytes]) -> Record:
    """Return the record of the earlier build, out of what has been read: of `.charter.sha256`, else of the card.

    Args:
        present: Content by path.
    """
    if RECORD in present and len(present[RECORD]) <= CARD_LIMIT:
        lines = present[RECORD].decode("utf-8", "replace").splitlines()
        sums = (line.partition("  ") for line in lines if not line.startswith("#"))
        adopted = next((_parse_adopted(line) for line in lines[:1] if line.startswith("# adopted ")), {})
        return Record({name: value for value, _, name in sums if name}, adopted=adopted)
    return card_record(present.get(CARD, b""))


def card_record(content: bytes) -> Record:
    """Return the record in a card; an empty one where it has none that can be read."""
    text = content.decode("utf-8", "replace")
    try:
        markers = find_markers(text)
    except BrokenMarkers:
        return Record()
    return parse_record(markers.record) if markers else Record()


def parse_record(text: str) -> Record:
    """Return a record from its JSON; an empty one where somebody changed it beyond reading."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Record()
    if not isinstance(value, dict):
        return Record()
    return Record(
        _texts(value.get("files")),
        str(value.get("card", "")),
        _texts(value.get("front_matter")),
        _lists(value.get("added")),
        _lists(value.get("adopted")),
        _words_of(value.get("words")),
        _texts(value.get("pushed")),
    )


@lru_cache(maxsize=1)  # one build asks for the same card several times, and a card may have megabytes
def find_markers(text: str) -> Markers | None:
    """Return where the generated part of a card lies, or None where there is none.

    Args:
        text: The card, as it stands.

    Raises:
        BrokenMarkers: There is a marker without its partner, or more than one pair.
    """
    if "<!-- charter:" not in text:
        return None
    begin = end = None
    for found in find_marker_lines(text):
        if found.group("begin"):
            if begin is not None:
                raise BrokenMarkers(_line(text, found.start()), mark_text("a second `<!-- charter:begin` stands here"))
            begin = found.start()
        elif found.group("end"):
            if begin is None or end is not None:
                raise BrokenMarkers(
                    _line(text, found.start()), mark_text("a `<!-- charter:end` without its begin stands here")
                )
            end = found.start()
    if begin is None:
        return None
    if end is None:
        raise BrokenMarkers(_line(text, begin), mark_text("a `<!-- charter:begin` without its end stands here"))
    head, tail = _BEGIN.match(text, begin), _END.match(text, end)
    if head is None or tail is None:
        raise BrokenMarkers(_line(text, begin if head is None else end), mark_text("a marker is not closed by `-->`"))
    return Markers(begin, head.end(), end, tail.end(), tail.group(1))


def find_marker_lines(text: str) -> list[re.Match[str]]:
    """Return the lines that begin with a marker and stand outside fenced code."""
    found: list[re.Match[str]] = []
    if "```" not in text and "~~~" not in text:
        at = -1
        while (at := text.find("<!-- charter:", at + 1)) >= 0:
            found += filter(None, [_LINE.match(text, at)])  # none where it does not begin a line
        return found
    fence, fences = "", 0
    for match in _LINE.finditer(text):
        fences += bool(match.group("fence"))
        mark = match.group("fence")
        if not mark:
            if not fence:
                found.append(match)
        elif not fence:
            fence = "" if mark[0] == "`" and "`" in match.group("info") else mark
        elif mark[0] == fence[0] and len(mark) >= len(fence) and not match.group("info").strip():
            fence = ""
    # A fence inside a list item ends where the item ends, which only a parser of Markdown sees.
    return found if len(found) == 2 or not fences or text.count("<!-- charter:") < 2 else _parse_marker_lines(text)


def _parse_marker_lines(text: str) -> list[re.Match[str]]:
    """The lines that begin with a marker and are HTML, as CommonMark reads the text."""
    from generator.artifacts.sections import blocks  # here, as few cards need it

    text = re.sub(r"\r(?!\n)", "\n", text)
    tokens = blocks(text)
    html = {line for token in tokens if token.type == "html_block" for line in range(*token.map or ())}
    markers = (match for match in _LINE.finditer(text) if not match.group("fence"))
    return [match for match in markers if text.count("\n", 0, match.start()) in html]


def open_fence(text: str) -> int:
    """Return the line, from 1, of a code fence that is still open at the end of a text; 0 where there is none.

    Args:
        text: Markdown, as a person left it.
    """
    if "```" not in text and "~~~" not in text:
        return 0
    from generator.artifacts.sections import blocks  # here, as few cards need it

    last = blocks(f"{text}\n\n{BEGIN}\n")[-1]
    return last.map[0] + 1 if last.type == "fence" and last.map else 0


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _texts(value: Any) -> dict[str, str]:  # noqa: ANN401 - read from a file
    return {str(k): v for k, v in value.items() if isinstance(v, str)} if isinstance(value, dict) else {}


def _lists(value: Any) -> dict[str, tuple[str, ...]]:  # noqa: ANN401 - read from a file
    if not isinstance(value, dict):
        return {}
    return {str(key): tuple(map(str, held)) for key, held in value.items() if isinstance(held, list)}


def _word_lines(words: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """A line for the folders that published the same words: their ids, then the digests; the order stays."""
    folders: dict[tuple[str, ...], list[str]] = {}
    for source, digests in words.items():
        folders.setdefault(digests, []).append(source)
    for digests, sources in folders.items():
        yield " ".join((",".join(sources), *digests))


def _words_of(value: Any) -> dict[str, tuple[str, ...]]:  # noqa: ANN401 - read from a file
    found: dict[str, tuple[str, ...]] = {}
    for line in value if isinstance(value, list) else ():
        sources, *digests = line.split() if isinstance(line, str) and line.strip() else ("",)
        found |= dict.fromkeys(filter(None, sources.split(",")), tuple(digests))
    return found


def _parse_adopted(comment: str) -> dict[str, tuple[str, ...]]:
    """What the comment of a `.charter.sha256` records."""
    try:
        return _lists(json.loads(comment.removeprefix("# adopted ")))
    except (ValueError, RecursionError):
        return {}
