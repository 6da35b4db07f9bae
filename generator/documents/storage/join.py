"""What a person wrote into README.md in two places, the folder and the Hub, joined; no word of either is lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import NamedTuple

from generator.artifacts.card import BLOCK
from generator.documents.storage.merge import Chunk, chunks, listed
from generator.documents.storage.record import BrokenMarkers, Markers, Record, find_markers, parse_record
from generator.release.yaml_text import scalar

SHARED = ("tags", "datasets")
"""Lists that a person's entries and ours stand in together."""
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")


class _Taken(NamedTuple):
    """A README.md taken apart: front matter by key, and the words around the generated part."""

    text: str
    block: re.Match[str] | None
    front: tuple[Chunk, ...]
    markers: Markers | None
    record: Record
    before: str
    after: str

    @property
    def own(self) -> dict[str, str]:
        """The front-matter keys that a person wrote."""
        return {c.key: c.lines for c in self.front if c.key and c.key not in self.record.front_matter}

    def entries(self, key: str) -> list[str]:
        """A person's entries of a shared list."""
        chunk = next((c for c in self.front if c.key == key), None)
        return [value for value in listed(chunk) if value not in self.record.added.get(key, ())]


def joined(
    local: bytes | None, remote: bytes | None, base: bytes | None, written: Collection[str] = ()
) -> tuple[bytes | None, tuple[str, ...]]:
    """Return the README.md of the Hub with what was written in the folder since the last publish from there.

    What is in the folder and was not there at the last publish is added; what was taken out in the folder since is
    taken out. Without knowledge of a last publish nothing is taken out. Where both sides changed the same words, both
    stay.

    Args:
        local: The README.md of the folder.
        remote: The README.md of the repo.
        base: The README.md of the folder as it was when it was last published from there.
        written: Front-matter keys that the build writes, whatever stands there.

    Returns:
        The joined README.md, None where there is none; and what is to be said about it.

    Raises:
        BundleConflictError: The front matter of one cannot be taken apart.
    """
    if local is None or remote is None or local == remote:
        return (remote if local is None else local), ()
    theirs, ours = _taken(remote), _taken(local)
    if theirs is None or ours is None:
        return remote, ()  # what cannot be read is told when it is merged
    then = (_taken(base) if base else None) or _taken(b"")
    assert then is not None
    if not theirs.markers:
        # The whole text is the person's; ours stands around a part that is not there yet.
        ours, then = (t._replace(before=f"{t.before}\n\n{t.after}", after="") for t in (ours, then))
    before = _words(then.before, ours.before, theirs.before)
    after = _words(then.after, ours.after, theirs.after)
    after = after if not after or after.startswith(("\n", "\r")) else f"\n\n{after}"
    front, told = _front(then, ours, theirs, written)
    if (before, after, front) == (theirs.before, theirs.after, None):
        return remote, told
    newline = "\r\n" if "\r\n" in theirs.text[:4096] else "\n"
    head = theirs.text[: theirs.block.end()] if theirs.block else ""
    if front is not None:
        opening, closing = (theirs.block.group(1), theirs.block.group(3)) if theirs.block else ("---\n", "---")
        head = opening + front + closing + newline
    middle = theirs.text[theirs.markers.begin : theirs.markers.after] if theirs.markers else ""
    text = head + before + middle + after
    return (text.replace("\r\n", "\n").replace("\n", newline) if newline == "\r\n" else text).encode(), told


def _taken(content: bytes) -> _Taken | None:
    try:
        text = content.decode("utf-8")
        markers = find_markers(text)
    except (UnicodeDecodeError, BrokenMarkers):
        return None
    block = BLOCK.match(text)
    start = block.end() if block else 0
    if markers and markers.begin < start:
        return None
    before = text[start : markers.begin] if markers else text[start:]
    after = text[markers.after :] if markers else ""
    record = parse_record(markers.record) if markers else Record()
    return _Taken(text, block, tuple(chunks(block.group(2))) if block else (), markers, record, before, after)


def _front(then: _Taken, ours: _Taken, theirs: _Taken, written: Collection[str]) -> tuple[str | None, tuple[str, ...]]:
    """The front matter with a person's keys of both, None where nothing changes; and which keys differ."""
    told: list[str] = []
    lines: dict[str, str] = {}
    for key, stated in ours.own.items():
        held, was = theirs.own.get(key), then.own.get(key)
        if key in SHARED or key in written or stated in (held, was):
            continue
        if held is None or held == was:
            lines[key] = stated
        else:
            told.append(f"README.md: `{key}` differs between the folder and the Hub; the Hub's is kept.")
    gone = {key for key, was in then.own.items() if key not in ours.own and theirs.own.get(key) == was} - set(SHARED)
    for key in SHARED:
        more = [v for v in ours.entries(key) if v not in theirs.entries(key) and v not in then.entries(key)]
        if more:
            lines[key] = f"{key}:\n" + "".join(f"- {scalar(v)}\n" for v in (*theirs.entries(key), *more))
    if not lines and not gone:
        return None, tuple(told)
    out = [lines.pop(c.key, c.lines) for c in theirs.front if c.key not in gone]
    return "".join([*out, *lines.values()]), tuple(told)


def _words(then: str, ours: str, theirs: str) -> str:
    """Their text, with the blocks that are new in ours, and without those that ours has taken out since then."""
    was, have = [_bare(b) for b in _blocks(then)], list(_blocks(ours))
    out = Counter(was) - Counter(map(_bare, have))
    kept: list[str] = []
    for block in _blocks(theirs):
        if out[_bare(block)] > 0:
            out[_bare(block)] -= 1
        else:
            kept.append(block)
    known = Counter(was) | Counter(map(_bare, kept))
    changed = len(kept) != len(list(_blocks(theirs)))
    # What stands alone goes to the end, below whatever title there is; what has a neighbour stays beside it.
    mine = {_bare(block) for block in have}
    at = next((n for n, block in enumerate(kept) if _bare(block) in mine), len(kept))
    for block in have:
        bare = _bare(block)
        if known[bare] > 0:
            known[bare] -= 1
            at = next((n + 1 for n in range(at, len(kept)) if _bare(kept[n]) == bare), at)
        else:
            kept.insert(at, block.rstrip("\r\n") + "\n\n")
            at, changed = at + 1, True
    return _spaced(kept, theirs) if changed else theirs


def _spaced(blocks: list[str], theirs: str) -> str:
    """Blocks one after the other, each with a blank line behind it but the last, which ends as the text did."""
    parts = [
        b if n == len(blocks) - 1 or b.endswith("\n\n") else b.rstrip("\r\n") + "\n\n" for n, b in enumerate(blocks)
    ]
    text = "".join(parts)
    lead = theirs[: len(theirs) - len(theirs.lstrip("\r\n"))]
    return (lead if text and not text.startswith(("\n", "\r")) else "") + text


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs, each with the blank lines behind it; a fenced block of code is never cut."""
    fence, held, blank = "", "", False
    for line in text.splitlines(keepends=True):
        if blank and line.strip() and held.strip():
            yield held
            held = ""
        held += line
        blank = not line.strip() and not fence
        found = _FENCE.match(line)
        if found and not fence:
            fence = "" if found[1][0] == "`" and "`" in found[2] else found[1]
        elif found and found[1][0] == fence[0] and len(found[1]) >= len(fence) and not found[2].strip():
            fence = ""
    if held.strip():
        yield held


def _bare(block: str) -> str:
    return block.replace("\r\n", "\n").strip("\n")
