"""Copyright lines and license files that a publisher put into a folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from generator.licenses.texts import normalise
from generator.patterns import lazy_pattern

ROOT_NAMES = lazy_pattern(r"(?:un)?licen[sc]e(?:\.(?:txt|md|rst))?|copying(?:\.(?:txt|md|rst))?", re.I)
"""Names under which a folder keeps the license of all that is in it."""
LINE_LIMIT = 300
"""Characters of a copyright line that is read."""
_HEAD_LINES = 20
_LINE = lazy_pattern(
    r"(?:portions\s+)?copyright\b\s*(?=.*(?:\(c\)|©|\d{4})).+|(?:\(c\)|©|&copy;)\s*(?:copyright\s+)?(?=\S*\w).+", re.I
)
# Without a year or a sign: `Copyright Harbour Works. All rights reserved.`, but no sentence of a clause.
_PLAIN = lazy_pattern(
    r"Copyright (?:by )?(?!(?:and|Holders?|Notices?|Licenses?|Owners?|Acts?|Laws?|Statements?)\b)[A-Z].*"
)
_FORM = lazy_pattern(
    r"[<\[{](?:[^>\]}\d]*(?:year|yyyy|owner|name|holder|author|organi[sz]ation|fullname)[^>\]}]*)[>\]}]|\byyyy\b", re.I
)
_GOES_ON = lazy_pattern(r"(?:,|\band|&)\s*\Z")
"""The end of a line of holders that goes on in the next one."""
_MARKS = " \t*#>/;-|_"
_NOISE = lazy_pattern(r"\bcopyright\b|\(c\)|©|&copy;|\ball rights reserved\b|[^\w]+", re.I)
_CLAUSE = lazy_pattern(r"copyright (?:notice|holder|owner|license|law|statement|and|in|of|or|to|interest)s?\b", re.I)


def copyright_lines_in(text: str, printed: str | None = None) -> tuple[str, ...]:
    """Return the copyright lines that a publisher wrote into a license text, each once, in order.

    Args:
        text: The text of a license file.
        printed: The text of the license itself; lines that are part of it name nobody here. Where it is not known,
            only the head of the text is read.
    """
    own = normalise(printed).casefold() if printed else ""
    found: dict[str, None] = {}
    lines = text.splitlines()
    for number, raw in enumerate(lines if printed else lines[:_HEAD_LINES]):
        line = copyright_line_of(raw)
        if line is None or (own and normalise(line.rstrip(_MARKS)).casefold() in own):
            continue
        for following in (below.strip(_MARKS) for below in lines[number + 1 : number + _HEAD_LINES]):
            if not _GOES_ON.search(line) or not 0 < len(following) < 100 or copyright_line_of(following):
                break
            line = f"{line} {following}"
        found[" ".join(line.split())] = None
    return tuple(found)


def copyright_line_of(line: str) -> str | None:
    """Return the copyright line that a line of a text is, without marks around it, or None.

    Args:
        line: One line of a license text.
    """
    if len(line) > LINE_LIMIT:
        return None
    plain = line.replace("**", "").strip(_MARKS)
    if plain.count("<") > plain.count(">") and line.rstrip(" \t*").endswith(">"):
        plain += ">"  # that of an address, and no mark around the line
    if not (_LINE.fullmatch(plain) or _PLAIN.fullmatch(plain)) or _FORM.search(line) or _CLAUSE.match(plain):
        return None
    return plain if re.search(r"[^\W\d_]{2}", _NOISE.sub(" ", plain)) else None


def holder_of(line: str) -> str:
    """Return years and holder of a copyright line in a form in which two spellings of one line are equal.

    Args:
        line: A copyright line.
    """
    return " ".join(_NOISE.sub(" ", line).casefold().split())


def root_license_files(folder: Path, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of license files at the top of a folder: LICENSE first, then LICENSE.txt, COPYING and others.

    Args:
        folder: The folder of a release.
        names: What is in it.
    """
    found = [name for name in names if ROOT_NAMES.fullmatch(name) and _is_plain(folder / name)]
    return tuple(sorted(found, key=lambda name: (name[:4].upper() != "LICE", "." in name, name)))


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
