"""Known license texts as digests and samples of word runs: they recognize a text, and no text can be read from them."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zlib
from array import array
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from generator.licenses.catalog import KNOWLEDGE, LicenseId

RUN = 5
"""Words in a run that is compared."""
_SHORT, _LONG = 600, 5000
_STARTS_LIMIT = 200
"""Beginnings of known texts in one text that are followed up; a file of licenses has some dozens."""
# Numbers and letters of clauses ("1.", "(a)", "iv.") are no part of the wording (SPDX matching guidelines, B.6).
_BULLET = re.compile(r"(?<!\S)[*_#>/;-]*\(?(?:[a-z]|\d{1,2}|[ivx]{1,4}|\d{1,2}(?:\.\d{1,2}){1,3})[.)](?=\s)", re.I)
HOLDER_LINE = re.compile(
    r"^[ \t>*#/;-]*(?:(?:portions?\s+)?copyright\b(?=.*(?:\(c\)|©|<|\d{4}|\[))|\(c\)[ \t](?=.*\d{4})|©"
    r"|all rights reserved)"
    r"(?!.*\b(?:not|only|must|shall|except|unless|non|noncommercial|permission|prohibited|use)\b).*$",
    re.I | re.M,
)
"""A line that names a copyright holder, and holds no terms; it differs between true copies."""
# In scripts without spaces each sign is a word.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
# Words that count as one (SPDX matching guidelines, B.7), as single words.
_SAME = {
    "acknowledgement": "acknowledgment",
    "analogue": "analog",
    "analyse": "analyze",
    "artefact": "artifact",
    "authorisation": "authorization",
    "authorised": "authorized",
    "catalogue": "catalog",
    "centre": "center",
    "emphasised": "emphasized",
    "favour": "favor",
    "favourite": "favorite",
    "fulfil": "fulfill",
    "fulfilment": "fulfillment",
    "https": "http",
    "initialise": "initialize",
    "judgement": "judgment",
    "labelling": "labeling",
    "labour": "labor",
    "licence": "license",
    "licences": "licenses",
    "licenced": "licensed",
    "maximise": "maximize",
    "modelled": "modeled",
    "modelling": "modeling",
    "offence": "offense",
    "optimise": "optimize",
    "organisation": "organization",
    "organise": "organize",
    "practise": "practice",
    "programme": "program",
    "realise": "realize",
    "recognise": "recognize",
    "signalling": "signaling",
    "utilisation": "utilization",
    "whilst": "while",
    "wilful": "willful",
}


class Words(NamedTuple):
    """The words of a text that count, with where each starts and ends in it."""

    words: list[str]
    spans: list[tuple[int, int]]


class KnownText(NamedTuple):
    """A text that is known.

    Attributes:
        license: Its id, or None where the catalog has none.
        name: Its name in words.
        version: Its version or date, where it is another one than the catalog has facts of; else empty.
        length: How many words it has.
    """

    license: LicenseId | None
    name: str
    version: str
    length: int


class Copy(NamedTuple):
    """A known text inside another text, from one word to another."""

    known: KnownText
    start: int
    end: int


class Near(NamedTuple):
    """A known text that another is like.

    Attributes:
        known: The known text.
        held: Share of its runs of words that the other has.
        likeness: Share of runs that both have, of all that one of them has.
    """

    known: KnownText
    held: float
    likeness: float


def words_of(text: str) -> Words:
    """Return the words of a text, without marks, numbers of clauses and spellings that differ.

    Args:
        text: A license text.
    """
    plain = _BULLET.sub(_blank, text)
    found = [(match.group().lower(), match.span()) for match in _WORD.finditer(plain)]
    return Words([_SAME.get(word, word) for word, _ in found], [span for _, span in found])


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def runs_of(words: Sequence[str]) -> list[int]:
    """Return a number for each run of words, in order."""
    return [zlib.crc32(" ".join(words[at : at + RUN]).encode()) for at in range(len(words) - RUN + 1)]


def describe(text: str) -> dict[str, Any]:
    """Return what is kept of a known text: digests of the whole and of all below its title, and a sample of its runs.

    Args:
        text: A license text.
    """
    found = words_of(text)
    head, _, below = text.lstrip().partition("\n")
    titled = len(head) < 120 and not head.rstrip().endswith((".", ";", ","))
    skipped = len(words_of(head).words) if titled else 0
    runs = runs_of(found.words)
    step = 2 if len(runs) < _SHORT else 8 if len(runs) < _LONG else 16
    sample = sorted({run for run in runs if run % step == 0})
    starts = [at for at in dict.fromkeys((0, skipped)) if len(found.words) - at > 25]
    return {
        "bare": _bare(text),
        "body": _bare(below if titled else text),
        "length": len(found.words),
        "step": step,
        "digests": [[runs[at], len(found.words) - at, _digest(found.words[at:])] for at in starts],
        "runs": len(sample),
        "sample": _pack(array("I", sample)),
    }


def copy_with_other_holders(text: str) -> tuple[KnownText, str] | None:
    """Return the known text that a whole text is, with any copyright holders, and its own title; else None.

    The title is empty where it is that of the known text, or there is none.

    Args:
        text: A license text.
    """
    plain = _bare(text)
    if found := _bares().get(plain) or _bodies().get(plain):
        return found, ""
    head, _, below = text.lstrip().partition("\n")
    if len(head) < 120 and below.strip() and (found := _bodies().get(_bare(below))):
        return found, head
    return None


def copies_in(found: Words, runs: Sequence[int]) -> tuple[Copy, ...]:
    """Return the known texts that a text holds word for word, in order; where two overlap, the longer one.

    Args:
        found: The words of the text.
        runs: Their runs.
    """
    anchors = _anchors()
    starts = [at for at, run in enumerate(runs) if run in anchors][:_STARTS_LIMIT]
    problems = [
        Copy(known, at, at + length)
        for at in starts
        for length, digest, known in anchors[runs[at]]
        if at + length <= len(found.words) and _digest(found.words[at : at + length]) == digest
    ]
    taken: list[Copy] = []
    for problem in sorted(problems, key=lambda copy: (copy.start - copy.end, copy.known.version != "")):
        if all(problem.end <= other.start or problem.start >= other.end for other in taken):
            taken.append(problem)
    return tuple(sorted(taken, key=lambda copy: copy.start))


def near_texts(runs: Sequence[int]) -> tuple[Near, ...]:
    """Return the known texts that a text is like, best first.

    Args:
        runs: The runs of words of the text.
    """
    hashes, owners, entries = _sample()
    own = set(runs)
    problems: Counter[int] = Counter()
    for run in own:
        at = bisect_left(hashes, run)
        while at < len(hashes) and hashes[at] == run:
            problems[owners[at]] += 1
            at += 1
    found = []
    sizes = {step: sum(run % step == 0 for run in own) for step in (2, 8, 16)}
    for number, common in problems.most_common(12):
        known, step, size = entries[number]
        found.append(Near(known, common / size, common / max(1, size + sizes[step] - common)))
    return tuple(sorted(found, key=lambda entry: -entry.likeness))


def shortest(key: str) -> int:
    """Return how many words the shortest known text of a license has; 0 where none is known."""
    return _lengths().get(key, 0)


def _digest(words: Sequence[str]) -> str:
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:20]


def _bare(text: str) -> str:
    return _digest(words_of(HOLDER_LINE.sub("", text)).words)


@lru_cache(maxsize=1)
def _bares() -> dict[str, KnownText]:
    return {entry["bare"]: known for known, entry in reversed(_entries())}


@lru_cache(maxsize=1)
def _bodies() -> dict[str, KnownText]:
    """Known texts by what is below their titles, where it is that of one license alone."""
    found: dict[str, KnownText] = {}
    several: set[str] = set()
    for known, entry in reversed(_entries()):
        if known.length > 25 and "body" in entry:
            other = found.setdefault(entry["body"], known)
            same = (other.license or other.name) == (known.license or known.name) and other.version == known.version
            if not same and f"{known.license}".removesuffix("-or-later") != f"{other.license}".removesuffix("-only"):
                several.add(entry["body"])
            found[entry["body"]] = known
    return {body: known for body, known in found.items() if body not in several}


@lru_cache(maxsize=1)
def _entries() -> list[tuple[KnownText, dict[str, Any]]]:
    loaded = json.loads((KNOWLEDGE / "known_texts.json").read_bytes())
    return [
        (KnownText(entry.get("license"), entry["name"], entry.get("version", ""), entry["length"]), entry)
        for entry in loaded
    ]


@lru_cache(maxsize=1)
def _anchors() -> dict[int, list[tuple[int, str, KnownText]]]:
    found: dict[int, list[tuple[int, str, KnownText]]] = {}
    for known, entry in _entries():
        for run, length, digest in entry["digests"]:
            found.setdefault(run, []).append((length, digest, known))
    return found


@lru_cache(maxsize=1)
def _lengths() -> dict[str, int]:
    found: dict[str, int] = {}
    for known, _ in _entries():
        if known.license:
            found[known.license] = min(known.length, found.get(known.license, known.length))
    return found


@lru_cache(maxsize=1)
def _sample() -> tuple[array[int], array[int], list[tuple[KnownText, int, int]]]:
    """All sampled runs in order, whose each is, and the texts."""
    stored = json.loads((KNOWLEDGE / "known_samples.json").read_bytes())
    entries = [(known, entry["step"], max(1, entry["runs"])) for known, entry in _entries()]
    return _unpack("I", stored["runs"]), _unpack("H", stored["texts"]), entries


def pack_samples(samples: Sequence[str]) -> dict[str, str]:
    """Return the samples of all known texts as one table: every run in order, and whose it is.

    Args:
        samples: The samples as `describe` returns them, in the order of the texts.
    """
    pairs = sorted((run, number) for number, sample in enumerate(samples) for run in _unpack("I", sample))
    return {
        "runs": _pack(array("I", [run for run, _ in pairs])),
        "texts": _pack(array("H", [number for _, number in pairs])),
    }


def _pack(numbers: array[int]) -> str:
    if sys.byteorder == "big":
        numbers.byteswap()
    return b64encode(numbers.tobytes()).decode()


def _unpack(kind: Literal["I", "H"], text: str) -> array[int]:
    numbers: array[int] = array(kind)
    numbers.frombytes(b64decode(text))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def lines_of(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the first and the last line of a part of a text, counted from 1."""
    return text.count("\n", 0, start) + 1, text.count("\n", 0, max(start, end - 1)) + 1


def gaps(spans: Sequence[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a text that lie between parts of it.

    Args:
        spans: Parts, in order.
        length: The length of the text.
    """
    at = 0
    for start, end in spans:
        if start > at:
            yield at, start
        at = max(at, end)
    if at < length:
        yield at, length
