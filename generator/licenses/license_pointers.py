"""A LICENSE that holds no terms and names the files that hold them: one file, or several of which one may be chosen."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.artifacts.card import states_choice
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern

_WORDS = 150
"""Words that such a file has at most."""
_FILE = lazy_pattern(
    r"(?<![\w./-])(?:[\w-][\w.-]{0,60}/){0,4}(?:(?:LICEN[SC]ES?|COPYING)(?:[._-][\w.-]{0,60}\w)?|[\w-]{1,60}\.(?:LICEN[SC]E)"
    r"|[\w.-]{0,60}[lL][iI][cC][eE][nN][sScC][eE][\w-]{0,60}\.(?:txt|md|rst))(?![\w/])"
)
# Another part of the work under terms that are in none of the named files.
_OTHER_TERMS = lazy_pattern(r"[^.\n]*\b(?:is|are)\s+(?:also\s+)?licensed\s+under\b[^.\n]*", re.I)

# What the text says of one part alone, or takes away from the terms that it names.
_LIMITS = lazy_pattern(
    r"\b(?:code|scripts?|weights?|models?|checkpoints?|data|data ?sets?|except|excluding|only|not|no|reserved"
    r"|must|shall|non[- ]?commercial|commercially|research|academic|prohibited|forbidden|proprietary"
    r"|additional(?:ly)?|further)\b",
    re.I,
)
_USUAL = lazy_pattern(
    r"(?:may|must|shall) not be copied,? modified,? or distributed\s+except according to those terms", re.I
)
"""A sentence that takes nothing away, which Rust's projects end with."""


class Pointer(NamedTuple):
    """The files with the terms that a license file names.

    Attributes:
        paths: The files.
        choice: Whether the text lets the user choose one of them.
    """

    paths: tuple[str, ...]
    choice: bool


def find_pointer(path: str, text: str, files: Iterable[str]) -> Pointer | None:
    """Return the files that a license file names as its terms; None where it names none, or one that is not there.

    It is also None where the text says more than where the terms are: of the code or the weights alone, or a limit.

    Args:
        path: The license file.
        text: What it holds.
        files: The paths of the folder.
    """
    if len(text.split()) > _WORDS:
        return None
    named = [name for name in dict.fromkeys(_FILE.findall(text)) if name != path.rpartition("/")[2]]
    here = path.rpartition("/")[0]
    there = set(files)
    found = [f"{here}/{name}" if here else name for name in named]
    if not found or not there.issuperset(found):
        return None
    if _LIMITS.search(_USUAL.sub("", _FILE.sub("", text))):
        return None
    if any(not _FILE.search(said) for said in _OTHER_TERMS.findall(text)):
        return None
    choice = states_choice(text)
    return Pointer(tuple(found), choice) if choice or len(found) == 1 else None
