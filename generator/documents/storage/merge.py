"""The card and what a person wrote: generated parts are marked and replaced, everything else stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import yaml

from generator.artifacts.card import BLOCK, Loader
from generator.documents.card.front_matter import Entry
from generator.documents.storage.record import (
    BEGIN,
    CARD,
    BrokenMarkers,
    Markers,
    Record,
    digest,
    find_markers,
    open_fence,
    parse_record,
)
from generator.errors import BundleConflictError
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern
from generator.release.yaml_text import scalar
from generator.translations import gettext as _

_OPENING = lazy_pattern(r"\A\ufeff?\s*---[ \t]*(?:\r?\n|\Z)")
_KEY = lazy_pattern(r"""(?P<quote>["']?)(?P<key>[^\s"'#:\-][^"'#:]*?|-[^\s"':]+)(?P=quote)[ \t]*:(?=[ \t\r\n]|\Z)""")
_TITLE = lazy_pattern(r"^(?: {0,3}# +\S|[^\s>|#\-=`~+*<][^\n]*\n {0,3}=+[ \t]*\r?$)", re.M)
STALE_WITH = {"license": ("license_name", "license_link")}
"""Keys that go when we give the first and not them: they are about the earlier license."""


class Card(NamedTuple):
    """A generated card in its pieces: front matter, the line of its title, and the text below.

    Attributes:
        adopted: What the record keeps of the publisher's own license texts (`Record.adopted`).
    """

    front_matter: tuple[Entry, ...]
    title: str
    body: str
    adopted: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Chunk(NamedTuple):
    """The lines of one key in an existing front matter; the key is empty for comments and blank lines."""

    key: str
    lines: str


def merge_card(
    card: Card,
    existing: bytes | None,
    files: dict[str, str],
    *,
    force: bool = False,
    words: Mapping[str, tuple[str, ...]] | None = None,
    pushed: Mapping[str, str] | None = None,
) -> bytes:
    """Return the card as it stands after a build.

    Args:
        card: What is generated.
        existing: The README.md that is there, if any.
        files: The digests of the other generated files, which the closing marker records.
        force: Replace what was edited by hand inside generated parts.
        words: What the record names of people's words (`Record.words`); by default what it named before.
        pushed: What it names of files that only a push writes (`Record.pushed`); by default what it named before.

    Raises:
        BundleConflictError: A generated part was edited by hand, or the file cannot be taken apart.
    """
    text = _decode(existing).removeprefix("\ufeff")
    markers = _markers(text) if text else None
    record = parse_record(markers.record) if markers else Record()
    if markers and record.card and not force:
        _require_unedited(text, markers, record)
    newline = _newline(text)
    block = _find_front_matter(text)
    if (opening := _OPENING.match(text)) and not BLOCK.match(text) and _is_front_matter(text[opening.end() :]):
        raise _conflict(1, _("the front matter begins with `---` and is not closed"), _("Close it with a line `---`."))
    front, written, added = _front_matter(card, block, record, newline, force=force)
    rest = text[block.end() :] if block else text
    before, after = _around(rest, markers, len(text) - len(rest), newline)
    title = "" if _has_title(before + after) else f"{card.title}\n"
    body = _native(f"\n{title}{card.body.strip()}\n\n", newline)
    made = Record(
        files,
        digest(body.encode()),
        written,
        added,
        card.adopted,
        record.words if words is None else words,
        record.pushed if pushed is None else pushed,
    )
    end = _native(f"<!-- charter:end {made.to_json()} -->", newline)
    card_text = f"{front}{before}{BEGIN}{body}{end}{after}"
    _require_findable(card_text, len(front) + len(before))
    return card_text.encode()


def _require_findable(text: str, begin: int) -> None:
    """Refuse a card whose markers the next build would not find where they stand."""
    try:
        markers = find_markers(text)
    except BrokenMarkers:
        markers = None
    if markers is None or markers.begin != begin:
        remedy = _("Close every code fence and comment above it, and take old markers out.")
        raise _conflict(text.count("\n", 0, begin) + 1, _("the generated part cannot be marked here"), remedy)


def _newline(text: str) -> str:
    """The line end to write: that of the first line, which is a person's or was written to match theirs."""
    found = re.search(r"\r\n|\r|\n", f"{text}\n")
    return "\r\n" if found and found[0] == "\r\n" else "\n"


def fresh_card(card: Card, files: dict[str, str]) -> bytes:
    """Return the card as it stands in an empty folder."""
    return merge_card(card, None, files)


def _find_front_matter(text: str) -> re.Match[str] | None:
    """The front matter; None where there is none, or where what is between two lines `---` is text."""
    block = BLOCK.match(text)
    return block if block and _is_front_matter(block.group(2)) else None


def _is_front_matter(lines: str) -> bool:
    """Whether lines below `---` are keys; a line `---` above a title or a sentence is a rule of Markdown."""
    first = next((line for line in lines.splitlines() if line.strip() and not line.startswith("#")), None)
    titled = any(re.match(r"# \S|#{2,} ", line) for line in lines.splitlines()[:3])
    return (
        not lines.strip() or (first is None and not titled) or bool(first and (_KEY.match(first) or first[0] in "{["))
    )


def _decode(existing: bytes | None) -> str:
    try:
        return (existing or b"").decode("utf-8")
    except UnicodeDecodeError as error:
        line = (existing or b"").count(b"\n", 0, error.start) + 1
        raise _conflict(line, _("this is not UTF-8 text"), _("Save it as UTF-8.")) from None


def _markers(text: str) -> Markers | None:
    try:
        return find_markers(text)
    except BrokenMarkers as error:
        remedy = _("Put the marker back, or take both out; then everything in the file is yours and is kept.")
        raise _conflict(error.line, _(str(error)), remedy) from None


def _require_unedited(text: str, markers: Markers, record: Record) -> None:
    if digest(text[markers.body : markers.end].encode()) != record.card:
        line = text.count("\n", 0, markers.begin) + 1
        remedy = _("Move your words outside the markers or into the release file, or replace them with --force.")
        raise _conflict(line, _("the generated part that begins here was edited by hand"), remedy)


def find_unclosed_fence(content: bytes) -> int:
    """Return the line, from 1, of the code fence that a build closes at the end of a card without markers; else 0.

    Args:
        content: The card as it is before the build.
    """
    text = content.decode("utf-8", "replace").removeprefix("\ufeff")
    if "<!-- charter:begin" in text:
        return 0
    block = _find_front_matter(text)
    line = open_fence(text[block.end() :] if block else text)
    return line and line + (text.count("\n", 0, block.end()) if block else 0)


def _around(rest: str, markers: Markers | None, offset: int, newline: str) -> tuple[str, str]:
    """What a person wrote before and after the generated part; it goes after the text of an unmarked card.

    A code fence that a person left open is closed, as every renderer does at the end of a text.
    """
    if markers:
        return rest[: markers.begin - offset], rest[markers.after - offset :]
    if not rest.strip():
        return "", "\n"
    if line := open_fence(rest):
        fence = re.search(r"`{3,}|~{3,}", rest.splitlines()[line - 1])
        rest += f"{'' if rest.endswith(newline) else newline}{fence[0] if fence else ''}{newline}"
    gap = "" if rest.endswith(newline * 2) else newline if rest.endswith("\n") else newline * 2
    if rest.endswith("\r"):
        gap = f"\n{newline}"
    return rest + gap, newline


def _has_title(text: str) -> bool:
    """Whether a person's text has a first-level heading, outside fenced code."""
    found = _TITLE.search(text)
    if found is None:
        return False
    if "```" not in text[: found.start()] and "~~~" not in text[: found.start()]:
        return True
    return any(_TITLE.search(part) for part in _lines_outside_fences(text))


def _lines_outside_fences(text: str) -> list[str]:
    parts: list[str] = []
    fence = ""
    kept: list[str] = []
    for line in text.splitlines(keepends=True):
        found = re.match(r" {0,3}(`{3,}|~{3,})(.*)", line)
        if found and not fence:
            fence = "" if found[1][0] == "`" and "`" in found[2] else found[1]
            parts.append("".join(kept))
            kept = []
        elif found and found[1][0] == fence[0] and len(found[1]) >= len(fence) and not found[2].strip():
            fence = ""
        elif not fence:
            kept.append(line)
    return [*parts, "".join(kept)]


def _front_matter(
    card: Card, block: re.Match[str] | None, record: Record, newline: str, *, force: bool
) -> tuple[str, dict[str, str], dict[str, tuple[str, ...]]]:
    """The front matter, the digest of each key that was written, and the entries that were added to a person's."""
    there = chunks(block.group(2)) if block else []
    ours = {entry.key: entry for entry in card.front_matter}
    stale = {
        key
        for first, others in STALE_WITH.items()
        if first in ours and not _same_value(there, ours[first])
        for key in others
        if key not in ours
    }
    stale |= {key for key in record.front_matter if key not in ours}
    card_keys = frozenset(ours)
    written: dict[str, str] = {}
    added: dict[str, tuple[str, ...]] = {}
    out: list[str] = []
    line = 2
    seen: set[str] = set()
    for chunk in there:
        if chunk.key in seen and (chunk.key in card_keys or chunk.key in stale):
            raise _conflict(
                line, _("the front matter has `{key}` a second time").format(key=chunk.key), _("Keep one of them.")
            )
        seen.add(chunk.key)
        recorded = record.front_matter.get(chunk.key)
        edited = recorded and digest(chunk.lines.encode()) != recorded and not _may_be_edited(chunk, ours)
        if edited and not force and (chunk.key in ours or chunk.key in stale):
            raise _edited_error(line, chunk.key)
        if chunk.key in ours:
            entry = ours.pop(chunk.key)
            out.append(_native(_entry(entry, chunk, record, added), newline))
            if not _own_keys(chunk, entry.mapping):  # a key that a person added to stays when the rest of it goes
                written[chunk.key] = digest(out[-1].encode())
        elif chunk.key not in stale:
            out.append(chunk.lines)
        line += chunk.lines.count("\n")
    for entry in ours.values():
        out.append(_native(_entry(entry, None, record, added), newline))
        written[entry.key] = digest(out[-1].encode())
    if block and re.search(r"[&*!?{\\]", block.group(2)):
        _whole(block.group(2), "".join(out), card_keys)
    opening, closing = (
        (block.group(1), block.group(3) + (block.group(4) or newline)) if block else (f"---{newline}", f"---{newline}")
    )
    return opening + "".join(out) + closing, written, added


def _same_value(there: list[Chunk], entry: Entry) -> bool:
    """Whether the front matter has this value for a key already."""
    return any(
        chunk.key == entry.key and parse_list(chunk) == parse_list(Chunk(entry.key, entry.lines)) for chunk in there
    )


def _whole(before: str, after: str, keys: frozenset[str]) -> None:
    """Refuse a front matter that was YAML and would not be after the merge, or would hold a key of ours twice."""
    try:
        yaml.compose(before, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError):
        return
    try:
        node = yaml.compose(after, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        message = _("the front matter cannot be merged: {problem}").format(problem=error.problem)
        remedy = _("Write the value out where `*` refers to a key that is generated.")
        raise _conflict(_after_opening(before), message, remedy) from None
    names = [key.value for key, __ in node.value] if isinstance(node, yaml.MappingNode) else []
    for key in sorted(keys):
        if names.count(key) != 1:
            remedy = _("Write it as a plain `{key}: value` on a line of its own.").format(key=key)
            raise _conflict(
                2, _("the front matter's `{key}` is written in a form that cannot be replaced").format(key=key), remedy
            )


def _after_opening(block: str) -> int:
    """The line of the first alias in a front matter."""
    found = re.search(r"(?<![^\s\[,])\*\w", block)
    return block.count("\n", 0, found.start()) + 2 if found else 2


def _may_be_edited(chunk: Chunk, ours: dict[str, Entry]) -> bool:
    """Whether a person may edit this key: their entries of lists, and their keys of mappings, are kept beside ours."""
    entry = ours.get(chunk.key)
    if entry is None or entry.mapping is None:
        return entry is not None and entry.values is not None
    held = _parse(chunk)
    return isinstance(held, dict) and _holds(held, entry.mapping)


def _own_keys(chunk: Chunk, ours: Mapping[str, Any] | None) -> dict[str, str]:
    """The keys of a mapping that a person added to ours, with their lines."""
    root = yaml.compose(chunk.lines, Loader=yaml.SafeLoader) if ours is not None else None
    node = root.value[0][1] if isinstance(root, yaml.MappingNode) else None
    if ours is None or not isinstance(node, yaml.MappingNode):
        return {}
    from textwrap import dedent, indent  # here, as few cards have such keys and every check imports this module

    lines = chunk.lines.splitlines(keepends=True)
    ends = [key.start_mark.line for key, _ in node.value[1:]] + [len(lines)]
    found: dict[str, str] = {}
    for (key, value), end in zip(node.value, ends, strict=True):
        if key.value in ours:
            continue
        if node.flow_style:
            stated = chunk.lines[key.start_mark.index : value.end_mark.index]
            found[key.value] = f"  {' '.join(stated.split())}\n"
        else:
            found[key.value] = indent(dedent("".join(lines[key.start_mark.line : end])), "  ")
    return found


def _holds(held: Mapping[str, Any], ours: Mapping[str, Any]) -> bool:
    """Whether a mapping has all of ours."""
    said = {name: str(value) for name, value in ours.items()}
    return all(name in held and (held[name] == text or _is_number(held[name], text)) for name, text in said.items())


def _entry(entry: Entry, chunk: Chunk | None, record: Record, added: dict[str, tuple[str, ...]]) -> str:
    """A key as it is written; where lists are shared, a person's entries first."""
    if entry.mapping is not None:
        return _mapping_entry(entry.key, entry.lines, entry.mapping, chunk)
    if entry.values is None:
        return entry.lines
    before, there = record.added.get(entry.key, ()), parse_list(chunk)
    own = [value for value in there if value not in before]
    ours = [value for value in entry.values if value not in own]
    if ours:
        added[entry.key] = tuple(ours)
    if chunk and own and set(there) == {*own, *ours}:
        return chunk.lines
    return f"{entry.key}:\n" + "".join(f"- {scalar(value)}\n" for value in (*own, *ours))


def _mapping_entry(key: str, lines: str, ours: Mapping[str, Any], chunk: Chunk | None) -> str:
    """A key with a mapping: a person's lines where they have all of ours, else ours with the person's other keys."""
    held = _parse(chunk) if chunk else None
    if chunk and isinstance(held, str) and len(ours) == 1 and _is_number(held, str(next(iter(ours.values())))):
        return chunk.lines
    if not chunk or not isinstance(held, dict):
        return lines
    if _holds(held, ours):
        return chunk.lines
    return lines + "".join(_own_keys(chunk, ours).values())


def _is_number(stated: object, ours: str) -> bool:
    """Whether two spellings are one number."""
    try:
        return Decimal(str(stated)) == Decimal(ours)
    except ArithmeticError:
        return False


def _parse(chunk: Chunk) -> Any:  # noqa: ANN401 - a tree of text
    """The value of a key in a person's front matter, every scalar as text."""
    try:
        value = yaml.load(chunk.lines, Loader=Loader)
    except (yaml.YAMLError, RecursionError):
        raise _conflict(
            1, _("the front matter's `{key}` is not YAML").format(key=chunk.key), _("Fix it, or remove it.")
        ) from None
    return value.get(chunk.key) if isinstance(value, dict) else None


def parse_list(chunk: Chunk | None) -> list[str]:
    """The entries of a list in a person's front matter, as text."""
    if chunk is None:
        return []
    held = _parse(chunk)
    return (
        [held]
        if isinstance(held, str) and held
        else [v for v in held if isinstance(v, str)]
        if isinstance(held, list)
        else []
    )


def chunks(block: str) -> list[Chunk]:
    """The lines of a front matter by top-level key; comments and blank lines between keys stand alone."""
    found: list[Chunk] = []
    waiting = ""
    for number, line in enumerate(block.splitlines(keepends=True)):
        if not line.strip() or line.startswith("#"):
            waiting += line
        elif line[0] in "{[" and not found:
            remedy = _("Write one `key: value` a line, without braces.")
            raise _conflict(number + 2, _("the front matter is written in braces"), remedy)
        elif line[0] in " \t]}" or re.match(r"-[ \t\r\n]|-\Z", line):
            if not found or not found[-1].key:
                raise _conflict(
                    number + 2, _("this line of the front matter belongs to no key"), _("Write `key: value`.")
                )
            found[-1] = Chunk(found[-1].key, found[-1].lines + waiting + line)
            waiting = ""
        elif key := _KEY.match(line):
            found += [Chunk("", waiting)] if waiting else []
            found.append(Chunk(key.group("key").strip(), line))
            waiting = ""
        else:
            raise _conflict(number + 2, _("this line of the front matter belongs to no key"), _("Write `key: value`."))
    return [*found, Chunk("", waiting)] if waiting else found


def _native(text: str, newline: str) -> str:
    return text if newline == "\n" else text.replace("\r\n", "\n").replace("\n", newline)


def _edited_error(line: int, key: str) -> BundleConflictError:
    remedy = _("Write it into the release file, or replace it with --force.")
    return _conflict(
        line, _("the front matter's `{key}` was edited by hand after it was written").format(key=key), remedy
    )


def _conflict(line: int, message: str, remedy: str) -> BundleConflictError:
    return BundleConflictError(f"{CARD}:{line}: {message}.", remedy, (CARD,))
