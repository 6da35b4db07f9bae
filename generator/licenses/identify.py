"""Which license a text is, by the SPDX matching guidelines: a copy, a changed one, several, a notice, or unknown.

`licenseclassifier` recognizes the texts of the SPDX list, with their optional and replaceable parts; digests of
`known_texts` recognize model licenses and other versions word for word; samples of word runs find what a text is near.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from generator.licenses.catalog import LicenseId, get_known_name, index, is_family, only_of
from generator.licenses.known_texts import (
    HOLDER_LINE,
    RUN,
    KnownText,
    Near,
    Words,
    copies_in,
    copy_with_other_holders,
    gaps,
    lines_of,
    near_texts,
    runs_of,
    shortest,
    words_of,
)
from generator.licenses.quotes import get_verified_text
from generator.licenses.terms import terms_of
from generator.licenses.text_changes import Change, changes, differences, shorten
from generator.licenses.texts import normalise, spdx_text

TRUE_COPY, WITH_CHANGES, SEVERAL = "true copy", "with changes", "several licenses in one file"
NOTICE_ONLY, UNKNOWN = "notice only", "unknown"

ALIKE = 0.5
"""Share of runs of words that two texts must have in common for one to be called a changed copy of the other."""
HEAD = 4000
"""Characters at the beginning of a text in which a title is looked for."""
TEXT_LIMIT = 512 * 1024
"""Characters that are looked at; the longest license text that is known has a fifth of it."""
_TITLE_LINES = 12
_STUB_WORDS = 40
"""Words of a file that has no more than the title of a license."""
_PART_WORDS = 60
_CLOSE, _SAME, _LONG_TEXT = 0.92, 0.95, 600
"""How like a long text is to a known one that the library misses; then no word that decides may differ."""

# Words with which a note beside a license text can change what the text permits.
_TERMS = re.compile(
    r"\b(?:not|no|non|only|except\w*|unless|must|shall|may|cannot|prohibit\w*|restrict\w*|condition\w*|require\w*|agree\w*"
    r"|exclud\w*|limit\w*|provided|permission|permitted|forbid\w*|clause|additional|notwithstanding|however|commercial\w*"
    r"|noncommercial)\b",
    re.I,
)
# What a note beside a text may be without adding to it: a pointer to the text, a credit, an address.
_HARMLESS = re.compile(
    r"(?:is|are|was|were)\s+(?:released|licensed|distributed|made available)\s+(?:under|with)\s+(?:the\s+)?"
    r"(?:terms\s+of\s+)?"
    r"(?:the\s+)?[\w. -]{2,40}licen[sc]e\b|^\W*this\s+is\s+the\s+[\w. -]{2,30}licen[sc]e\b"
    r"|^\W*(?:for\s+)?third[ -]party\b[^.]{0,60}\bsee\b"
    r"|^\W*this\s+license\s+is\s+approved\s+by\s+the\s+(?:OSI|FSF)\b"
    r"|\b(?:derived\s+from|based\s+on|derivative\s+work|fork\s+of|created\s+by|adapted\s+from|extracted\s+from"
    r"|written\s+by|developed\s+by|modified\s+version\s+of|ported\s+from)\b",
    re.I,
)
_NOTE_WORDS, _HEADING_WORDS = 40, 8
_NOTICE_LIMIT = 300
"""Words that a notice has at most; the LGPL-3.0 without the GPL that it refers to has four times as many."""
# Parts that the SPDX list marks as optional: appendices on how to use a license, addresses, notes of the steward.
# The text of LGPL-3.0 there goes on with that of GPL-3.0.
_APPENDIX = re.compile(
    r"^\W*(?:END OF TERMS AND CONDITIONS|(?:Appendix:\s*)?How to Apply These Terms|APPENDIX:"
    r"|Exhibit A\s+[-\u2013\u2014])"
    r"|\n\s*GNU GENERAL PUBLIC LICENSE\s*\n\s*Version 3",
    re.M | re.I,
)
_PREFACE = re.compile(
    r"\A.{0,6000}?(?=By\s+exercising\s+the\s+Licensed\s+Rights|THE\s+WORK\s+\(AS\s+DEFINED\s+BELOW\)|Statement\s+of\s+Purpose)",
    re.S,
)
_AFTERWORD = re.compile(r"\bCreative\s+Commons\s+(?:Corporation\s+)?(?:is\s+not\s+a\s+party|Notice\b).*", re.S | re.I)
_SENTENCE = re.compile(r"(?<=[.;:])\s+(?=\S)")
# The last sentences of GNU licenses, which the SPDX list leaves out.
_LAST_OF_GNU = re.compile(
    r"This General Public License does not permit incorporating your program into proprietary programs\.(?: If your "
    r"program is a subroutine library, you may consider it more useful to permit linking proprietary applications with "
    r"the library\. If this is what you want to do, use the GNU (?:Library|Lesser) General(?: Public License)?"
    r"(?: instead of this License\.)?)?".replace(" ", r"\s+")
)
_CLAUSES = re.compile(r"\b(?:\d|two|three|four)[- ]clause\b", re.I)
_OWN_SHARE = 0.6
_WITH_GPL = "incorporates the terms and conditions of version 3 of the GNU General Public License"
# Licenses in which the SPDX list marks whole sentences as optional.
_WITH_OPTIONS = ("HPND", "MIT-CMU")
_WORD_BETWEEN = re.compile(r"\w")
_ADDRESS = re.compile(
    r"\S+://\S+|\S+@\S+\.\S+"
    r"|\b\d+ (?:Franklin St|Temple Place|Mass Ave)\w*,[\w ,.-]{0,60}?(?:USA|\d{5}(?:-\d+)?)\b(?: *USA)?"
)
_COMMENT = re.compile(r"<!--.{0,500}?-->", re.S)
_STRICT = re.compile(
    r"\b(?:not|no|nobody|none|never|neither|nor|without|only|unless|must|shall|cannot|prohibited|forbidden|commercial"
    r"|noncommercial|limitations)\b"
)
# Words that decide what a license permits and requires; names of holders, titles and addresses have none.
_DECIDING = re.compile(
    r"\b(?:no(?:t|n|ne|body)?|never|neither|without|with|only|unless|must|shall|may|can(?:not)?|need|prohibited|forbidden"
    r"|(?:non)?commercial|except|provided|whether|permi(?:tted|ssion)|grant(?:s|ed|able)?|free|domain|(?:re)?distribut\w+"
    r"|reproduce|retain|include|cop(?:y|ies)|verbatim|modif(?:y|ication)s?|sublicense|sell|publish|fee|charge|royalty|irrevocable|perpetual"
    r"|conditions?|requir\w+|restrict\w*|limitations?|patents?|trademarks?|warrant\w+|liab\w+|acknowledg\w+|advertising"
    r"|endorse|promote|terminates?)\b"
)
_DATE = re.compile(
    r"\b(?:(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>20\d\d)"
    r"|(?P<iso>20\d\d-\d\d-\d\d))\b",
    re.I,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LICENSED_UNDER = re.compile(
    r"(?:licensed|released|distributed|available|provided|covered)\s+(?:under|by)\s+(?:the\s+|an?\s+)?"
    r"(?:terms\s+of\s+(?:the\s+|an?\s+)?)?\[?"
    r"(?P<name>[\w][\w .+-]{1,90}?)(?:\s+(?:license|licence))?(?:\s*[],;:()]|\.(?!\d)|\s+http|\s*$)"
    r"|SPDX-License-Identifier:\s*(?P<id>[^\n*]{2,80})",
    re.I | re.M,
)
_CC_ADDRESS = re.compile(
    r"creativecommons\.org/(?:licenses/(?P<kind>by(?:-nc)?(?:-sa|-nd)?)/(?P<version>[1-4]\.\d)"
    r"|publicdomain/zero/(?P<zero>1\.0))",
    re.I,
)


_NAME_LINES = 3
"""Lines of a file that names a license and holds nothing else."""
_DEED = re.compile(r"\byou\s+are\s+free\s+to\b|\bunder\s+the\s+following\s+terms\b", re.I)
_CC_NAME = re.compile(r"\bCC[\s_-]BY(?:[\s_-](?:NC|SA|ND))*[\s_-][1-4]\.0\b", re.I)
_CC_TITLE = re.compile(
    r"\bAttribution((?:[\s-]{1,3}(?:Non-?Commercial|Share-?Alike|No-?Deriv\w*s))*)\s+([1-4]\.0)\b", re.I
)
_CC_PARTS = (("noncommercial", "NC"), ("noderiv", "ND"), ("sharealike", "SA"))


class Part(NamedTuple):
    """A part of a file in which a license was recognized.

    Attributes:
        license: Its id, or None where the catalog has none.
        name: Its name in words.
        result: Whether it is a true copy, a changed one, or a notice.
        first: Its first line.
        last: Its last line.
        version: Its version, where it is another one than that of the id; else empty.
    """

    license: LicenseId | None
    name: str
    result: str
    first: int
    last: int
    version: str = ""


class Identification(NamedTuple):
    """What a text was found to be.

    Attributes:
        license: The license; None where none is near, or where several are in one file.
        exact: Whether it is a true copy of one license.
        likeness: Share of runs of words in common, from 0 to 1.
        differences: Where it is a changed copy: lines of a unified diff, theirs with `-`, the text's with `+`.
        result: `true copy`, `with changes`, `several licenses in one file`, `notice only` or `unknown`.
        name: The name of the license in words; empty where there is none.
        version: The version of the text, where it is another one than that of the id.
        parts: The licenses in it, each with its lines.
        changes: Where it is a changed copy: what was added, removed or replaced.
        others: Other licenses that the text is as near to.
    """

    license: LicenseId | None
    exact: bool
    likeness: float
    differences: tuple[str, ...]
    result: str = UNKNOWN
    name: str = ""
    version: str = ""
    parts: tuple[Part, ...] = ()
    changes: tuple[Change, ...] = ()
    others: tuple[LicenseId, ...] = ()


class _Region(NamedTuple):
    """A part of a text, by its characters, that is a copy or a notice of a license."""

    known: KnownText
    start: int
    end: int
    words: int
    notice: bool
    exact: bool = False


def true_copy(text: str) -> LicenseId | None:
    """Return the license that a text is a true copy of, or None; of another version than the catalog's, None.

    Args:
        text: A license text.
    """
    found = identify(text)
    return found.license if found.exact and not found.version else None


def find_named_only(text: str) -> LicenseId | None:
    """Return the license known by name only whose title is a line at the head of a text, or None.

    Args:
        text: A license text; true and changed copies of such a license look the same to charter.
    """
    return _find_title(text, with_text=False)


def _find_title(text: str, *, with_text: bool) -> LicenseId | None:
    """The license whose title is a line at the head of a text: one with a text that charter knows, or one without."""
    heads = {normalise(line.strip(" \t#*=-")).casefold() for line in text[:HEAD].splitlines()[:_TITLE_LINES]}
    for key, entry in index()["known"].items():
        titles = (*entry["titles"], entry["name"])
        if (
            bool(entry["text"]) is with_text
            and not entry.get("family")
            and not entry.get("shared")
            and heads & {normalise(t).casefold() for t in titles}
        ):
            return LicenseId(key)
    return None


def identify(text: str) -> Identification:
    """Return which license a text is.

    Args:
        text: A license text.
    """
    return _identify(text[:TEXT_LIMIT])


def near(text: str, claimed: Iterable[LicenseId]) -> Identification:
    """Return which license a text is that is claimed to be one; of licenses that are as near, the claimed one.

    Args:
        text: A license text.
        claimed: The licenses that it may be.
    """
    found = identify(text)
    if found.result in (UNKNOWN, NOTICE_ONLY) and (key := find_named_only(text)):
        return Identification(key, True, 1.0, (), TRUE_COPY, get_known_name(key))
    preferred = next((key for key in claimed if key in found.others), None)
    return found._replace(license=preferred) if preferred else found


@lru_cache(maxsize=32)
def _identify(text: str) -> Identification:
    words = words_of(text)
    if len(words.words) < 4:
        return _find_notice(text, []) if words.words else Identification(None, False, 0.0, ())
    if (copied := copy_with_other_holders(text)) and _is_title(copied[1], _words_of_name(copied[0])):
        own = copied[0]
        part = Part(own.license, _name(own), TRUE_COPY, 1, len(text.splitlines()), own.version)
        return Identification(own.license, True, 1.0, (), TRUE_COPY, part.name, own.version, (part,))
    runs = runs_of(words.words)
    regions = _regions(text, words, runs)
    texts = [region for region in regions if not region.notice]
    rest = list(_rest(text, regions))
    changed = [part for part in rest if len(words_of(part[2]).words) >= _PART_WORDS] if texts or len(rest) > 1 else []
    if not texts:
        return _find_changed(text, runs) or _find_notice(text, regions)
    kept = _without_repeats(texts)
    found_near = [
        (start, end, best) for start, end, said in changed if (best := _nearest(runs_of(words_of(said).words)))
    ]
    parts = tuple(
        sorted(
            [_part(text, region, TRUE_COPY) for region in kept]
            + [_near_part(text, start, end, best) for start, end, best in found_near],
            key=lambda part: part.first,
        )
    )
    names = {(part.license and only_of(part.license)) or part.name for part in parts}
    if len(names) > 1:
        return Identification(None, False, 1.0, (), SEVERAL, parts=parts)
    only = kept[0].known
    first = kept[0].start
    beside = [
        (_without_own_words(_without_appendix(said, only.license), only.license), end <= first) for _, end, said in rest
    ]
    notes = [said for said, before in beside if _adds(said, before=before)]
    notes += _notices_with_terms(text, regions, only.license)
    altered = tuple(change for region in texts if not region.exact for change in _alterations(text, runs, region))
    if altered and not notes and only.license:
        return _altered(text, runs, only, altered)
    if notes:
        whole = _find_changed(text, runs)
        if whole and whole.likeness > 0.8 and whole.license and whole.license != only.license:
            return whole
        return Identification(
            only.license, False, len(words_of(text[kept[0].start : kept[0].end]).words) / len(words.words),
            tuple(f"+{shorten(said)}" for said in notes), WITH_CHANGES, _name(only), only.version, parts,
            tuple(Change("added", shorten(said)) for said in notes),
        )  # fmt: skip
    return Identification(only.license, True, 1.0, (), TRUE_COPY, _name(only), only.version, parts)


def _altered(text: str, runs: list[int], known: KnownText, altered: tuple[Change, ...]) -> Identification:
    """A changed copy of a license that the library recognizes."""
    found = _find_changed(text, runs, known.license) or Identification(
        known.license, False, 0.0, (), WITH_CHANGES, _name(known)
    )
    if found.changes:
        return found
    shown = tuple(f"{'-' if change.kind == 'removed' else '+'}{change.text}" for change in altered)
    return found._replace(changes=altered, differences=shown)


def _regions(text: str, words: Words, runs: list[int]) -> list[_Region]:
    """The copies and notices in a text, in order: known texts word for word first, then what the library recognizes."""
    found = [
        _Region(known, words.spans[start][0], words.spans[end - 1][1], end - start, False, True)
        for known, start, end in copies_in(words, runs)
    ]
    from licenseclassifier import identify_license

    for match in identify_license(text, 0):
        key = _to_spdx_id(match.id)
        if key is None or any(match.start < region.end and region.start < match.end for region in found):
            continue
        count = len(words_of(text[match.start : match.end]).words)
        found.append(_Region(KnownText(key, get_known_name(key), "", count), match.start, match.end, count,
                             count < min(0.4 * shortest(only_of(key)), _NOTICE_LIMIT) or count < 25))  # fmt: skip
    return sorted(found, key=lambda region: region.start)


def _to_spdx_id(name: str) -> LicenseId | None:
    """The id of the SPDX list for a name of the library, which names GNU licenses without `-only`."""
    return next((LicenseId(key) for key in (name, f"{name}-only") if key in index()["spdx"]), None)


def _without_appendix(said: str, key: LicenseId | None) -> str:
    """A note without what is in the license's own appendix, which is no part of the terms."""
    own = _APPENDIX.split((spdx_text(key) if key else None) or "", maxsplit=1)
    if len(own) < 2:
        return said
    words = words_of(own[1]).words
    listed, whole = set(runs_of(words)), f" {' '.join(words)} "
    kept = []
    for sentence in _SENTENCE.split(_LAST_OF_GNU.sub("", said)):
        found = words_of(sentence).words
        runs = runs_of(found)
        same = sum(run in listed for run in runs) >= _OWN_SHARE * len(runs) if runs else f" {' '.join(found)} " in whole
        more = Counter(_TERMS.findall(sentence.lower())) - Counter(_TERMS.findall(own[1].lower()))
        if more or not same:
            kept.append(sentence)
    return " ".join(kept)


def _without_own_words(said: str, key: LicenseId | None) -> str:
    """A note without what the license's own text has too: an appendix, a preface, or the end of a page."""
    own = spdx_text(key) if key else None
    if own is None:
        return said
    own_words, note = words_of(own).words, words_of(said)
    own_runs = set(runs_of(own_words))
    same = [False] * len(note.words)
    for at, run in enumerate(runs_of(note.words)):
        if run in own_runs:
            same[at : at + RUN] = [True] * RUN
    if len(note.words) < RUN and f" {' '.join(note.words)} " in f" {' '.join(own_words)} ":
        return ""
    others = [span for span, known in zip(note.spans, same, strict=True) if not known]
    kept: list[tuple[int, int]] = []
    for start, end in others:
        if kept and not _WORD_BETWEEN.search(said[kept[-1][1] : start]):
            kept[-1] = (kept[-1][0], end)
        else:
            kept.append((start, end))
    return "\n".join(said[start:end] for start, end in kept)


def _notices_with_terms(text: str, regions: list[_Region], key: LicenseId | None) -> Iterator[str]:
    """The notices on how to apply a license that have more words that restrict: the library leaves gaps in them."""
    own = _APPENDIX.split((spdx_text(key) if key else None) or "", maxsplit=1)
    expected = Counter(_STRICT.findall(own[1].lower())) if len(own) > 1 else Counter()
    for region in regions if len(own) > 1 else ():
        said = text[region.start : region.end]
        if region.notice and Counter(_STRICT.findall(said.lower())) - expected:
            yield normalise(said)


def _alterations(text: str, runs: list[int], region: _Region) -> tuple[Change, ...]:
    """What differs from the license in a part that the library recognizes: it lets words differ that decide."""
    key = region.known.license
    own = spdx_text(key) if key else None
    if own is None or region.known.version:
        return ()
    said = text[region.start : region.end]
    removed = _differing(_body(own), set(runs))
    added = _differing(_body(said), set(runs_of(words_of(own).words)))
    if not (removed or added):
        removed, added = _counted(own, said)
        added = added or _more_terms(said, own)
    removed = [] if key in _WITH_OPTIONS else removed
    return (*(Change("removed", said) for said in removed), *(Change("added", said) for said in added))


def _counted(own: str, said: str) -> tuple[list[str], list[str]]:
    """Words that decide which a license has more often than a text, or less: what is gone can stand elsewhere too."""
    expected, found = (Counter(_DECIDING.findall(_body(side).lower())) for side in (own, said))
    return sorted(expected - found), sorted(found - expected)


def _more_terms(said: str, own: str) -> list[str]:
    """Words that restrict which a part of a text has more often than the license, also in its appendix."""
    if _WITH_GPL in own:
        own = _APPENDIX.split(own.lstrip())[0]
    found, expected = (Counter(_STRICT.findall(_LAST_OF_GNU.sub("", side).lower())) for side in (said, own))
    return sorted(found - expected)


def _is_same(text: str, runs: list[int], known: KnownText) -> bool:
    """Whether a long text has no word that decides more or less than a license that the library doesn't recognize."""
    own = spdx_text(known.license) if known.license else None
    if own is None or known.length < _LONG_TEXT:
        return False
    sides = ((_body(own), set(runs)), (_bare(text), set(runs_of(words_of(own).words))))
    same = not any(_differing(side, known_runs, all_words=True) for side, known_runs in sides)
    return same and _counted(own, text) == ([], [])


def _body(text: str) -> str:
    """The terms of a license text, without holders, addresses, preface and appendix."""
    return _bare(_AFTERWORD.sub("", _PREFACE.sub("", _APPENDIX.split(text.lstrip())[0])))


def _bare(text: str) -> str:
    return _ADDRESS.sub(" ", HOLDER_LINE.sub("", text))


def _differing(text: str, known: set[int], *, all_words: bool = False) -> list[str]:
    """The parts of a text that are in no run of words of another text: those that hold a word that decides, or all."""
    words = words_of(text)
    same = [False] * len(words.words)
    for at, run in enumerate(runs_of(words.words)):
        if run in known:
            same[at : at + RUN] = [True] * RUN
    parts: list[list[int]] = []
    for at, found in enumerate(same):
        if not found and parts and parts[-1][1] == at:
            parts[-1][1] = at + 1
        elif not found:
            parts.append([at, at + 1])
    deciding = [(a, b) for a, b in parts if all_words or _DECIDING.search(" ".join(words.words[a:b]))]
    return [shorten(normalise(text[words.spans[a][0] : words.spans[b - 1][1]])) for a, b in deciding]


def _without_repeats(texts: list[_Region]) -> list[_Region]:
    """LGPL-3.0 is a supplement to GPL-3.0: where both are in one file, the text of GPL-3.0 belongs to it."""
    keys = {region.known.license and only_of(region.known.license) for region in texts}
    if "LGPL-3.0-only" in keys:
        texts = [region for region in texts if region.known.license not in ("GPL-3.0-only", "GPL-3.0-or-later")]
    return texts


def _rest(text: str, regions: list[_Region]) -> Iterator[tuple[int, int, str]]:
    """What is beside the recognized parts, without titles, holders' lines and marks."""
    names = {word for region in regions for word in _words_of_name(region.known)}
    for start, end in gaps([(region.start, region.end) for region in regions], len(text)):
        said = HOLDER_LINE.sub("", _COMMENT.sub("", text[start:end]))
        lines = [line for line in said.splitlines() if not _is_title(line, names)]
        if words_of(" ".join(lines)).words:
            yield start, end, normalise("\n".join(lines))


def _words_of_name(known: KnownText) -> set[str]:
    return set(words_of(f"{_name(known)} {known.license}").words)


def _adds(said: str, *, before: bool) -> bool:
    """Whether a note beside a license text may add to it: only headings, credits, pointers and addresses do not.

    Args:
        said: The note.
        before: Whether it is above the text, as a heading is.
    """
    bare = _CLAUSES.sub(" ", _ADDRESS.sub(" ", said))
    count = len(words_of(bare).words)
    if _TERMS.search(bare):
        return True
    if count <= (_HEADING_WORDS if before else 3):
        return False
    return count > _NOTE_WORDS or not _HARMLESS.search(bare)


def _is_title(line: str, names: set[str]) -> bool:
    """Whether a line is a heading, and holds no word of terms that the names of the licenses do not have."""
    words = words_of(line).words
    title = {"license", "copyright", "licensed", "terms", "agreement", "conditions"} & set(words)
    plain = " ".join(word for word in words if word not in names)
    return (
        not words
        or set(words) <= names
        or (
            len(words) <= 12
            and bool(title)
            and not _TERMS.search(plain)
            and not (len(words) > 6 and line.rstrip().endswith("."))
        )
    )


def _part(text: str, region: _Region, result: str) -> Part:
    known = region.known
    return Part(known.license, _name(known), result, *lines_of(text, region.start, region.end), known.version)


def _near_part(text: str, start: int, end: int, found: Near) -> Part:
    known = found.known
    return Part(known.license, _name(known), WITH_CHANGES, *lines_of(text, start, end), known.version)


def _name(known: KnownText) -> str:
    return get_known_name(known.license) if known.license else known.name


def _nearest(runs: list[int]) -> Near | None:
    found = next(iter(near_texts(runs)), None)
    return found if found and (found.likeness >= ALIKE or (found.held >= 0.8 and found.known.length > 100)) else None


def _find_changed(text: str, runs: list[int], of: LicenseId | None = None) -> Identification | None:
    """What a text is a changed copy of, with the changes where the text of that license is available."""
    found = [entry for entry in near_texts(runs) if entry.likeness >= ALIKE or entry.held >= 0.8]
    found.sort(key=lambda entry: entry.known.license != of if of else 0)
    if not found:
        return None
    best = found[0]
    close = [entry.known for entry in found[1:] if entry.likeness >= _CLOSE * best.likeness]
    key, version = best.known.license, best.known.version
    own = _own_text(key) if key and not version else None
    dated = _date(text)
    if key and (not version) and own and dated and (other := _date(own)) and dated != other:
        version = dated
    others = tuple(dict.fromkeys(known.license for known in close if known.license and known.license != key))
    if key and not version and best.likeness >= _SAME and _is_same(text, runs, best.known):
        part = Part(key, _name(best.known), TRUE_COPY, *lines_of(text, 0, len(text)))
        return Identification(key, True, 1.0, (), TRUE_COPY, part.name, "", (part,))
    return Identification(
        license=key,
        exact=False,
        likeness=best.likeness,
        differences=tuple(differences(own, text)) if own else (),
        result=WITH_CHANGES,
        name=_name(best.known),
        version=version,
        parts=(Part(key, _name(best.known), WITH_CHANGES, *lines_of(text, 0, len(text)), version),),
        changes=tuple(changes(own, text)) if own else (),
        others=others,
    )


def _find_bare_name(text: str) -> tuple[LicenseId, ...]:
    """The license of a file that holds hardly more than its name: `MIT`, `# License`, `License: Apache-2.0`."""
    from generator.licenses.catalog import parse_known

    lines = [line for line in map(str.strip, text[:HEAD].splitlines()) if line]
    for line in lines if len(lines) <= _NAME_LINES else ():
        said = re.sub(r"^licen[sc]e\s*:\s*", "", line.strip(" \t#*:=-_.`\"'"), flags=re.I)
        if said and (expression := parse_known(said) or parse_known(re.sub(r"\s*licen[sc]e$", "", said, flags=re.I))):
            return () if expression.parts else expression.ids()
    return ()


def _find_deed(text: str) -> tuple[LicenseId, ...]:
    """The license whose summary for lay readers a text is: Creative Commons calls that a deed."""
    from generator.licenses.catalog import parse_known

    if not _DEED.search(text[:HEAD]):
        return ()
    found = {re.sub(r"[\s_-]+", "-", name).upper() for name in _CC_NAME.findall(text[:HEAD])}
    for kind, version in _CC_TITLE.findall(text[:HEAD]):
        parts = [short for word, short in _CC_PARTS if word in re.sub(r"[\s-]", "", kind).casefold()]
        found.add("-".join(("CC", "BY", *parts, version)))
    expression = parse_known(found.pop()) if len(found) == 1 else None
    return expression.ids() if expression else ()


def _own_text(key: LicenseId) -> str | None:
    """The text of a license, where it is available and is the one that the catalog has facts of."""
    return get_verified_text(terms_of(key)) or spdx_text(key)


def _date(text: str) -> str:
    """The date that a text states for itself at its head, as `2024-02-21`; else empty."""
    found = _DATE.search(text[:HEAD])
    if found is None:
        return ""
    if found["iso"]:
        return found["iso"]
    return f"{found['year']}-{_MONTHS.index(found['month'][:3].lower()) + 1:02}-{int(found['day']):02}"


def _find_notice(text: str, regions: list[_Region]) -> Identification:
    """What a text names that holds no license text."""
    from generator.licenses.catalog import parse_known

    keys = [region.known.license for region in regions if region.known.license]
    for match in _LICENSED_UNDER.finditer(text[: HEAD * 4]):
        said = (match["id"] or match["name"]).strip(" .")
        if (expression := parse_known(said) or parse_known(f"{said} license")) is not None:
            keys += expression.ids()
    for match in _CC_ADDRESS.finditer(text[: HEAD * 4]):
        said = "CC0-1.0" if match["zero"] else f"CC-{match['kind'].upper()}-{match['version']}"
        keys += expression.ids() if (expression := parse_known(said)) is not None else ()
    # A title with hardly a word after it names a license, as a notice does.
    stub = len(text.split()) <= _STUB_WORDS
    if not keys and (titled := find_named_only(text) or (_find_title(text, with_text=True) if stub else None)):
        keys = [titled]
    if not keys:
        keys = list(_find_bare_name(text) or _find_deed(text))
    unique = [key for key in dict.fromkeys(keys) if not is_family(key)]
    if not unique:
        return Identification(None, False, 0.0, ())
    parts = tuple(_part(text, region, NOTICE_ONLY) for region in regions)
    alone = unique[0] if len({only_of(key) for key in unique}) == 1 else None
    return Identification(alone, False, 0.0, (), NOTICE_ONLY, get_known_name(alone) if alone else "", "", parts,
                      others=() if alone else tuple(unique))  # fmt: skip
