"""Merge a folder's README.md with the Hub's: no word that a person wrote in either is lost or doubled.

The record in the Hub's card names what folders published last, paragraph by paragraph, as digests. It is the base of a
three-way merge, so that an edit in the folder replaces the old text on the Hub, also from a machine without memory.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from generator.artifacts.card import BLOCK
from generator.documents.storage.merge import Chunk, chunks, parse_list
from generator.documents.storage.record import CARD, BrokenMarkers, Markers, Record, find_markers, parse_record
from generator.errors import BundleConflictError
from generator.release.yaml_text import scalar
from generator.translations import gettext as _
from generator.translations import ngettext

SHARED = ("tags", "datasets")
"""Lists that hold a person's entries and generated ones."""
WHOLE = "*"
"""The entry of a record's words that names what all people wrote into the published card."""
MAIN = "main"
"""The entry that names, in a pull request, what people wrote into the card of the main branch."""
SOURCES = 8
"""Folders whose words a card records, the latest ones."""
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_SHOWN = 60


class MergedCard(NamedTuple):
    """The Hub's README.md with the words of the folder.

    Attributes:
        content: The text; None if neither side has a README.md.
        notes: What the person who publishes should know.
        words: What the record of the published card has to name; None if it stays as it is.
    """

    content: bytes | None
    notes: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] | None = None


class _Parts(NamedTuple):
    """A README.md in its parts: front matter by key, and the words around the generated part."""

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
        return [value for value in parse_list(chunk) if value not in self.record.added.get(key, ())]

    def digests(self, written: Collection[str]) -> tuple[str, ...]:
        """What a person wrote, as digests: paragraphs, front-matter keys, entries of shared lists."""
        found = [_paragraph(block) for text in (self.before, self.after) for block in _blocks(text)]
        found += [_key(k, lines) for k, lines in self.own.items() if k not in written and k not in SHARED]
        return (*found, *(_entry(key, value) for key in SHARED for value in self.entries(key)))


def merge_cards(
    local: bytes | None,
    remote: bytes | None,
    sources: tuple[str, ...] = (),
    written: Collection[str] = (),
    *,
    force: bool = False,
) -> MergedCard:
    """Return the README.md of the Hub with what was written in the folder since the last publish from there.

    What is in the folder and was not at the last publish is added. What was taken out in the folder since then is
    taken out. If both sides changed the same words, both stay. Without a record of a last publish nothing is taken out.

    Args:
        local: The README.md of the folder.
        remote: The README.md of the repo.
        sources: Ids of the folder: of its place, and of its git repository.
        written: Front-matter keys that the build writes in any case.
        force: The words of the folder replace those that any folder published, and come back if they were removed on
            the Hub.

    Raises:
        BundleConflictError: The front matter of one cannot be read.
    """
    if local is None:
        return MergedCard(remote)
    try:
        ours = _parts(local)
        said = ours.digests(written) if ours else ()
    except BundleConflictError as error:
        line = error.message.removeprefix(f"{CARD}:")
        raise BundleConflictError(
            _("{file} of your folder, line {line}").format(file=CARD, line=line), error.remedy, error.paths
        ) from error
    if ours is None:
        return MergedCard(local if remote is None else remote)
    if remote is None:
        return MergedCard(local, (), {**dict.fromkeys(sources, said), WHOLE: said})
    theirs = _parts(remote)
    if theirs is None:
        return MergedCard(remote)  # the merge with the generated part reports what is wrong with it
    if not theirs.markers:
        # The whole text is the person's; ours goes around a part that is not there yet.
        ours = ours._replace(before=f"{ours.before}\n\n{ours.after}", after="")
    base, origin = _base(ours, theirs, sources, force=force)
    words = _merge_words(Counter(base), ours, theirs, force=force)
    front, notes = _front(Counter(base), ours, theirs, written, force=force)
    content = _assemble_card(theirs, words, front)
    old = theirs.record.words
    notes += _word_notes(words, origin, len(Counter(_of_folders(old)) - Counter(said)) if not base else 0)
    if content is None and any(old.get(source) == said for source in sources):
        return MergedCard(remote, notes)
    merged = _parts(content or remote)
    whole = merged.digests(written) if merged else said
    rest = [(key, value) for key, value in old.items() if key not in (*sources, WHOLE, MAIN)]
    now = {**dict.fromkeys(sources, said), **dict(rest[: max(0, SOURCES - len(sources))]), WHOLE: whole}
    return MergedCard(content or remote, notes, now if sources else None)


def with_main(found: MergedCard, branch: bytes | None, main: bytes | None, written: Collection[str] = ()) -> MergedCard:
    """Return the card of a pull request, with what was changed on the main branch since the pull request was opened.

    Args:
        found: The card of the pull request with the folder's words (`merge_cards`).
        branch: The card of an open pull request as the Hub has it; None for a new one.
        main: The card of the main branch.
        written: Front-matter keys that the build writes in any case.
    """
    ours, theirs = _parts(main or b""), _parts(found.content or b"")
    if ours is None or theirs is None:
        return found
    now = {MAIN: ours.digests(written)}
    then = _parts(branch) if branch else None
    if then is None or not theirs.markers:
        return found if found.words is None else found._replace(words=found.words | now)
    recorded = dict(found.words or theirs.record.words)
    base = Counter(then.record.words.get(MAIN, ()))
    words = _merge_words(Counter(base), ours, theirs, force=False)
    front, _ = _front(base, ours, theirs, written, force=False)
    content = _assemble_card(theirs, words, front)
    if content is None:
        return found if found.words is None else found._replace(words=recorded | now)
    merged = _parts(content)
    whole = merged.digests(written) if merged else ()
    return MergedCard(content, found.notes, {**recorded, WHOLE: whole} | now)


def _base(ours: _Parts, theirs: _Parts, sources: tuple[str, ...], *, force: bool) -> tuple[Counter[str], str]:
    """What the folder held when it was last published, as the Hub's card records it; and how that is known."""
    if theirs.markers is None:
        return Counter(), ""
    recorded = theirs.record.words
    if force:
        return Counter(_of_folders(recorded)), "force"
    found = Counter(recorded.get(sources[0], ())) if sources else Counter[str]()
    if ours.markers:  # the folder's file is itself a published card: what it held then is in its own record
        found |= Counter(ours.record.words.get(WHOLE, ()))
    if found:
        return found, "folder"
    return Counter(next((recorded[source] for source in sources[1:] if source in recorded), ())), "repository"


def _of_folders(recorded: Mapping[str, tuple[str, ...]]) -> Counter[str]:
    """What folders published, all of them together."""
    found = Counter[str]()
    for source, digests in recorded.items():
        if source not in (WHOLE, MAIN):
            found |= Counter(digests)
    return found


class _Words(NamedTuple):
    """The merged words around the generated part; `taken` were removed from the Hub's, `missing` are not added."""

    before: str
    after: str
    taken: tuple[str, ...]
    missing: tuple[str, ...]


def _merge_words(base: Counter[str], ours: _Parts, theirs: _Parts, *, force: bool) -> _Words:
    """Their words, with the paragraphs that are new in ours, and without those that ours has taken out."""
    mine = [list(_blocks(ours.before)), list(_blocks(ours.after))]
    held = Counter(_paragraph(block) for part in mine for block in part)
    gone = base - held
    slots: list[list[_Slot]] = []
    taken: list[str] = []
    for text in (theirs.before, theirs.after):
        part = []
        for block in _blocks(text):
            digest = _paragraph(block)
            out = gone[digest] > 0
            gone[digest] -= out
            taken += [block] if out else []
            part.append(_Slot(block, digest, live=not out))
        slots.append(part)
    there = Counter(slot.digest for part in slots for slot in part if slot.live)
    missing: list[str] = []
    for blocks, part in zip(mine, slots, strict=True):
        missing += _insert(blocks, part, there, base, held, force=force)
    before, after = (
        _join_paragraphs(part, text) if any(slot.is_changed for slot in part) else text
        for part, text in zip(slots, (theirs.before, theirs.after), strict=True)
    )
    return _Words(before, after, tuple(taken), tuple(missing))


class _Slot(NamedTuple):
    """A paragraph of the Hub's card, or one that is put there; a dead one was taken out and holds its place."""

    block: str
    digest: str
    live: bool = True
    new: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether the text differs here from what it was."""
        return self.new or not self.live


def _insert(
    blocks: list[str],
    part: list[_Slot],
    there: Counter[str],
    base: Counter[str],
    held: Counter[str],
    *,
    force: bool,
) -> list[str]:
    """Put the new paragraphs of ours beside their neighbours; return those that the Hub no longer has."""
    missing = []
    # A paragraph without a neighbour goes to the end, below whatever title there is.
    at = next((n for n, slot in enumerate(part) if slot.digest in held or not slot.live), len(part))
    for block in blocks:
        digest = _paragraph(block)
        known = base[digest] > 0
        base[digest] -= known
        if there[digest] > 0:
            there[digest] -= 1
            at = next((n + 1 for n in range(at, len(part)) if part[n].live and part[n].digest == digest), at)
        elif known and not force:
            missing.append(block)
            while at < len(part) and part[at].live and part[at].digest not in held:
                at += 1  # the text there now took its place
        else:
            part.insert(at, _Slot(_unix(block).rstrip("\n") + "\n\n", digest, new=True))
            at += 1
    return missing


def _join_paragraphs(part: list[_Slot], theirs: str) -> str:
    """Paragraphs one after the other, each with a blank line behind it but the last, which ends as the text did."""
    blocks = [slot.block for slot in part if slot.live]
    lines = [
        b if n == len(blocks) - 1 or b.endswith(("\n\n", "\n\r\n")) else b.rstrip("\r\n") + "\n\n"
        for n, b in enumerate(blocks)
    ]
    text = "".join(lines)
    lead = theirs[: len(theirs) - len(theirs.lstrip("\r\n"))]
    return (lead if text and not text.startswith(("\n", "\r")) else "") + text


def _assemble_card(theirs: _Parts, words: _Words, front: str | None) -> bytes | None:
    """The merged card; None if it is the Hub's as it is."""
    after = words.after
    after = after if not after or after.startswith(("\n", "\r")) else f"\n\n{after}"
    if (words.before, after, front) == (theirs.before, theirs.after, None):
        return None
    head = theirs.text[: theirs.block.end()] if theirs.block else ""
    if front is not None:
        opening, closing = (theirs.block.group(1), theirs.block.group(3)) if theirs.block else ("---\n", "---")
        head = f"{opening}{front}{closing}\n"
    middle = theirs.text[theirs.markers.begin : theirs.markers.after] if theirs.markers else ""
    text = head + words.before + middle + after
    # The line ends of a file are one property of it: those of the Hub's file stay.
    windows = "\r\n" in theirs.text[:4096]
    return (_unix(text).replace("\n", "\r\n") if windows else text).encode()


def _front(
    base: Counter[str], ours: _Parts, theirs: _Parts, written: Collection[str], *, force: bool
) -> tuple[str | None, tuple[str, ...]]:
    """The front matter with a person's keys of both, None if nothing changes; and which keys differ."""
    notes: list[str] = []
    lines: dict[str, str] = {}
    for key, stated in ours.own.items():
        held = theirs.own.get(key)
        if key in SHARED or key in written or _unix(stated) == _unix(held or ""):
            continue
        if held is None and key not in theirs.record.front_matter:
            if _key(key, stated) not in base or force:
                lines[key] = stated
            else:
                text = _("{file}: `{key}` is in your folder, but was removed on the Hub.")
                notes.append(f"{text.format(file=CARD, key=key)} {_publish_yours()}")
        elif held is not None and (_key(key, held) in base or force):
            lines[key] = stated
        elif held is not None:
            text = _("{file}: `{key}` differs between your folder and the Hub; the Hub's is kept.")
            notes.append(f"{text.format(file=CARD, key=key)} {_publish_yours()}")
    gone = {k for k, held in theirs.own.items() if k not in ours.own and _key(k, held) in base} - set(SHARED)
    for key in SHARED:
        mine, others = ours.entries(key), theirs.entries(key)
        kept = [v for v in others if v in mine or _entry(key, v) not in base]
        more = [v for v in mine if v not in others and (force or _entry(key, v) not in base)]
        if more or kept != others:
            all_ = [*kept, *more, *theirs.record.added.get(key, ())]
            lines[key] = f"{key}:\n" + "".join(f"- {scalar(v)}\n" for v in dict.fromkeys(all_))
    if not lines and not gone:
        return None, tuple(notes)
    new = {key: _unix(text) for key, text in lines.items()}
    out = [new.pop(c.key, c.lines) for c in theirs.front if c.key not in gone]
    return "".join([*out, *new.values()]), tuple(notes)


def _publish_yours() -> str:
    return _("--force {file} publishes yours.").format(file=CARD)


def _word_notes(words: _Words, origin: str, unknown: int) -> tuple[str, ...]:
    """What a person should know of paragraphs that were not merged as they might expect."""
    notes = []
    if words.missing:
        number = len(words.missing)
        text = ngettext(
            "{file}: {number} paragraph of your folder is not on the Hub: changed or removed there.",
            "{file}: {number} paragraphs of your folder are not on the Hub: changed or removed there.",
            number,
        ).format(file=CARD, number=number)
        notes.append(f"{text} {_publish_yours()} {_first(words.missing)}")
    if words.taken and origin == "repository":
        number = len(words.taken)
        text = ngettext(
            "{file}: {number} paragraph that another checkout of this repository published is not in yours, and "
            "removed from the Hub.",
            "{file}: {number} paragraphs that another checkout of this repository published are not in yours, and "
            "removed from the Hub.",
            number,
        ).format(file=CARD, number=number)
        notes.append(f"{text} {_first(words.taken)}")
    if unknown:
        text = _(
            "{file}: another folder published paragraphs that are not in yours. They stay on the Hub. If your folder "
            "replaces that one, add --force {file}."
        )
        notes.append(text.format(file=CARD))
    return tuple(notes)


def _first(found: tuple[str, ...]) -> str:
    text = " ".join(found[0].split())
    return _("The first: “{text}”").format(text=f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text)


def _parts(content: bytes) -> _Parts | None:
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
    return _Parts(text, block, tuple(chunks(block.group(2))) if block else (), markers, record, before, after)


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


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")


def _paragraph(block: str) -> str:
    return _digest("p", _unix(block).strip("\n"))


def _key(key: str, lines: str) -> str:
    return _digest("k", f"{key}\n{_unix(lines)}")


def _entry(key: str, value: str) -> str:
    return _digest("e", f"{key}\n{value}")


def _digest(kind: str, text: str) -> str:
    import hashlib  # here, as it takes longer to load than most commands need it for

    return hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()[:12]
