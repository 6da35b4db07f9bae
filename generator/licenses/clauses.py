"""Finding a clause of a license by the label it is cited with, and quoting it word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from generator.licenses.texts import shorten
from generator.patterns import lazy_pattern

Span = tuple[int, int]
"""Where a clause begins and ends, as offsets into the text."""

_PARTS = lazy_pattern(r"\d+(?:\.\d+)*|[A-Za-z]+")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")
# Curly marks may hold a name between curly marks of its own.
_QUOTED = lazy_pattern(r"“((?:[^“”]|“[^“”]*”)+)”|[\"“]([^\"“”]+)[\"”]")
# A notice can be printed as a block quote of Markdown.
_BLOCK = lazy_pattern(r"^[ \t]*>[^\n]*(?:\n[ \t]*>[^\n]*)*", re.M)
# What begins the next clause: heading marks, bold, a list mark, its letter or number, a line break of HTML.
_NEXT_MARK = lazy_pattern(
    r"(?:[\s#*>]|<br>)*"
    r"(?:\n[ \t]*[#*>-]+[ \t]*|\n[ \t]*(?:[#*>-]+[ \t]+)?(?:[a-z]|[ivx]{1,4}|\d{1,2})[.)][ \t]+|\s\*+|<br>\s*)\Z"
)
_SPACE = lazy_pattern(r"\s+")
_PARAGRAPH = lazy_pattern(r"\S(?:.|\n(?!\s*\n))*")
_HEADING_LENGTH = 120
# The number of the next clause, printed before the words that it is found by.
_NEXT_LABEL = lazy_pattern(
    r"(?:(?<=[.;:)])|(?<=; and)|(?<=; or))\s+\(?(?:\d{1,2}(?:\.\d{1,2})*|[ivx]{1,4}|[a-zA-Z])[.)]\Z"
)
_FULL_STOP = lazy_pattern("(?:[.;:,!?)\\]\"\u201d\u2019']" + r"|\b(?:and|or))\Z")
_TITLE = lazy_pattern(
    r"(?:\d{1,2}[.)]\s+)?"
    r"(?:Section\s|[A-Z][a-z]+(?:\s+(?:[A-Z][\w-]*|of|or|and|the|without|to|for|&))*\Z|[A-Z][A-Z &,;/-]+\Z)"
)
_HEADING = lazy_pattern(r"^[ \t]*(?:ATTACHMENT|APPENDIX|EXHIBIT|ANNEX|SCHEDULE|END OF TERMS|CREDITS)\b", re.M | re.I)
# A reference to a clause, such as "pursuant to Section 4" or "in paragraph (a)", is not its beginning.
_REFERS = lazy_pattern(
    r"(?:section|sections|clause|clauses|paragraph|paragraphs|article|subsection|item|and|or|to|of|in|with|under|copyright)\s*\Z",
    re.I,
)
# Dashes as licenses print them: hyphen, en dash, em dash.
_DASH = "\u2013\u2014-"
_OPENS = lazy_pattern(rf"(?:^|[;:,.{_DASH}]|\band|\bor|\))\s*\Z", re.M)


def find_clause(text: str, label: str, anchors: Mapping[str, str] | None = None) -> Span | None:
    """Return where a clause stands in a license text, or None where it cannot be found.

    Args:
        text: The license text.
        label: The clause as it is cited: `1.b.i`, `Section 3(a)(1)`, `paragraph 2`, `Attachment A`.
        anchors: The first words of clauses that carry no printed label, by label.
    """
    span = _find(text, label, anchors or {})
    if span is None:
        return None
    start, end = span
    tail = text[max(start, end - 60) : end]
    return _without_heading(text, (start, end - len(tail) + len(_NEXT_MARK.sub("", tail))))


def _find(text: str, label: str, anchors: Mapping[str, str]) -> Span | None:
    """Return where a clause stands, with the Markdown marks and the heading of what follows it."""
    if label in anchors:
        return _find_anchored(text, label, anchors)
    name = label.removeprefix("Section ").removeprefix("section ").strip()
    if (found := re.fullmatch(r"paragraph (\d+)", name)) is not None:
        return _paragraph(text, int(found.group(1)))
    if re.match(r"\d|[IVX]+(?:\W|\Z)|[a-zA-Z]\Z|\(", name):
        return _find_numbered(text, _PARTS.findall(name), 0, len(text), top=True)
    return _find_headed(text, name)


def quote(text: str, label: str, anchors: Mapping[str, str] | None = None, limit: int = 400) -> str | None:
    """Return a clause word for word, white space collapsed, or None where it cannot be found.

    Args:
        text: The license text.
        label: The clause as it is cited.
        anchors: The first words of clauses that carry no printed label, by label.
        limit: About how many characters; a longer clause is cut at a sentence or a word and ends in `…`.
    """
    span = find_clause(text, label, anchors)
    return None if span is None else shorten(_SPACE.sub(" ", text[span[0] : span[1]]).strip(), limit)


def quotations(text: str) -> list[str]:
    """Return what stands between quotation marks, then what is in block quotes, in order, white space collapsed."""
    said = [outer or inner for outer, inner in _QUOTED.findall(text)]
    said += [re.sub(r"^[ \t]*>", "", block, flags=re.M) for block in _BLOCK.findall(text)]
    return [_SPACE.sub(" ", part).strip(" *") for part in said]


def _find_anchored(text: str, label: str, anchors: Mapping[str, str]) -> Span | None:
    """From the anchor's words to the next anchor, or to the end of the paragraph with what is listed under it."""
    start = _words(text, anchors[label])
    if start is None:
        return None
    found = [_words(text, words) for other, words in anchors.items() if other != label and not _is_below(other, label)]
    later = [at for at in found if at is not None and at > start]
    paragraph = _PARAGRAPH.match(text, start)
    end = paragraph.end() if paragraph else len(text)
    if not later:
        return start, end if not text[:end].rstrip().endswith(":") else _with_list(text, end)
    return start, min(later)


def _is_below(other: str, label: str) -> bool:
    """Whether a label belongs to a clause: `1(b)` and `1.b` to `1`, but `10` not, nor `III` to `II`."""
    return other.startswith(label) and not other[len(label) :][:1].isalnum()


def _without_heading(text: str, span: Span) -> Span:
    """The same clause without the heading of the next part, which stands alone in the last lines."""
    start, end = span
    while True:
        body = text[start:end].rstrip(f" \t\n*#\u2022{_DASH}")
        body = _NEXT_LABEL.sub("", body)
        line = body.rfind("\n")
        last = body[line + 1 :].strip()
        if line < 0 or len(last) > _HEADING_LENGTH or _FULL_STOP.search(last) or not _TITLE.match(last):
            return start, start + len(body)
        end = start + line


def _with_list(text: str, end: int) -> int:
    """The end of a list that a paragraph ending in a colon announces."""
    for paragraph in _PARAGRAPH.finditer(text, end):
        if not re.match(rf"(?:[*•{_DASH}]|\(?\w{{1,4}}[.)])\s", paragraph.group()):
            break
        end = paragraph.end()
    return end


def _words(text: str, words: str) -> int | None:
    found = re.search(r"\s+".join(map(re.escape, words.split())), text)
    return found.start() if found else None


def _paragraph(text: str, number: int) -> Span | None:
    """The n-th paragraph, counted from the first that is neither a title nor a copyright line."""
    body = [
        found.span()
        for found in _PARAGRAPH.finditer(text)
        if len(found.group()) > 80 and not re.match(r"\W*(?:copyright|\(c\)|©|all rights)", found.group(), re.I)
    ]
    return body[number - 1] if 0 < number <= len(body) else None


def _find_headed(text: str, name: str) -> Span | None:
    """A part with a heading: `Preamble`, `Definitions`, `Attachment A`; the last such heading is not a reference."""
    words = r"\s+".join(map(re.escape, name.split()))
    found = re.finditer(rf"^[ \t#*]*(?:[\dIVX]+[.)]\s*)?{words}\b(?P<rest>[^\n]*)$", text, re.M | re.I)
    heads = [m for m in found if len(m.group("rest")) < 80]
    if not heads:
        return None
    following = _HEADING.search(text, heads[-1].end())
    return heads[-1].start(), following.start() if following else len(text)


def _find_numbered(text: str, parts: list[str], start: int, end: int, *, top: bool) -> Span | None:
    """Walk down the parts of a label; dotted numbers are tried as one printed label first."""
    for span in _find_marked(text, parts[0], start, end, top=top):
        if len(parts) == 1:
            return span
        if (found := _find_numbered(text, parts[1:], span[0] + 1, span[1], top=False)) is not None:
            return found
    if "." in parts[0]:
        return _find_numbered(text, [*parts[0].split("."), *parts[1:]], start, end, top=top)
    return None


def _find_marked(text: str, label: str, start: int, end: int, *, top: bool) -> Iterator[Span]:
    """Where a label stands as the beginning of a clause, most likely place first, each with its end."""
    places = list(_places(text, label, start, end, top=top))
    before = _previous(label)
    if before and len(places) > 1:
        first = next(iter(_places(text, before, start, end, top=top)), None)
        if first is not None:
            places = [p for p in places if p > first] + [p for p in places if p <= first]
    for place in places:
        yield place, _end(text, label, place, end, top=top)


def _end(text: str, label: str, place: int, end: int, *, top: bool) -> int:
    """The next sibling, printed in the same way; else a heading that begins an attachment; else the parent's end."""
    at_line = not text[text.rfind("\n", 0, place) + 1 : place].strip(" \t#*>")
    for following in _following(label):
        found = next(_places(text, following, place + 1, end, top=top, inline=not at_line), None)
        if found is not None:
            return found
    if top:
        heading = _HEADING.search(text, place + 1, end)
        return heading.start() if heading else end
    return end


def _places(text: str, label: str, start: int, end: int, *, top: bool, inline: bool = True) -> Iterator[int]:
    """Beginnings of lines that carry the label; then places within a line."""
    if top and label.isdigit() and _speaks_of_sections(text):
        yield from (m.start("mark") for m in _section(label).finditer(text, start, end))
        return
    line, within = _expressions(label)
    found = [m.start("mark") for m in line.finditer(text, start, end)]
    yield from found
    if not inline or (top and found):
        return
    for match in within.finditer(text, start, end):
        before = text[max(0, match.start() - 40) : match.start()]
        if match.start() not in found and (_OPENS.search(before) or not _REFERS.search(before)):
            yield match.start()


@lru_cache(maxsize=8)
def _speaks_of_sections(text: str) -> bool:
    """Whether the top level is printed as `Section 1`, so that bare numbers are lists below it."""
    return len(re.findall(r"^[ \t#*]*section[ \t]+\d+\b", text, re.M | re.I)) > 2


@lru_cache(maxsize=64)
def _section(label: str) -> re.Pattern[str]:
    return re.compile(rf"^[ \t#*]*(?P<mark>section[ \t]+{label}\b[ \t]*[.:{_DASH}])", re.M | re.I)


@lru_cache(maxsize=512)
def _expressions(label: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    word = re.escape(label)
    lead = r"(?:(?:section|article|clause|§)[ \t]+)?"
    tail = (
        r"(?:[.):]|[ \t]*[:{_DASH}][ \t]|\.\))(?=\s|[A-Z“\"(])"
        if "." not in label
        else r"(?:[.):]|[ \t])(?=\s|[A-Za-z“\"(])"
    )
    if "." not in label and label[0].isdigit():
        tail = rf"(?:{tail}|[ \t]+(?=[A-Z][A-Za-z]+))"
    line = re.compile(rf"^[ \t#*>]*(?P<mark>(?i:{lead})\(?{word}{tail})", re.M)
    return line, re.compile(rf"(?<![\w)])\({word}\)(?=\s|[A-Za-z“\"])")


def _previous(label: str) -> str | None:
    order = _order(label)
    if order and label in order and order.index(label) > 0:
        return order[order.index(label) - 1]
    if label.isdigit() and int(label) > 1:
        return str(int(label) - 1)
    return None


def _following(label: str) -> list[str]:
    """Labels that may come next, nearest first."""
    if "." in label:
        head, _, last = label.rpartition(".")
        return [f"{head}.{int(last) + step}" for step in (1, 2)] + _following(head) if last.isdigit() else []
    if label.isdigit():
        return [str(int(label) + step) for step in (1, 2)]
    order = _order(label)
    return [order[order.index(label) + 1]] if order and label in order[:-1] else []


def _order(label: str) -> list[str]:
    """The row a letter or a roman numeral stands in; `i` is a roman one unless an `h` would come before it."""
    upper = label.isupper()
    roman = [numeral.upper() if upper else numeral for numeral in _ROMAN]
    if label in roman and label.lower() not in ("c", "d", "v", "x"):
        return roman
    if len(label) == 1 and label.isalpha():
        if label.lower() in ("v", "x"):
            return roman
        return [chr(code) for code in range(ord("A" if upper else "a"), ord("Z" if upper else "z") + 1)]
    return []
