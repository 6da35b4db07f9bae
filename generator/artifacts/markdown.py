"""Markdown without a parser: headings and plain fences, what is code and what is prose, and how headings are linked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern

CHARACTERS_LIMIT = 256 * 1024
LINES_LIMIT = 10_000
BRACKETS_LIMIT = 10_000
"""How much of a text is checked: a parser takes half a second for each of them at its worst."""

# Kept as text, and compiled where a card first needs them: most need few.
TAG = r"""<([A-Za-z][A-Za-z0-9-]{0,20})((?:[^<>"']++|"[^"]{0,500}"|'[^']{0,500}')*+)>"""
_ATTRIBUTE = r"""([A-Za-z-]{1,20})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
_COMMENT = r"(?s)<!--(?:.*?-->|.*\Z)"
_FENCE = r" {0,3}(`{3,}|~{3,})([^\n]*)\Z"
_FENCE_WITHIN = r"(?m)^(?:(?: {4}|\t)[ \t]*| {0,3}(?:>|[-+*]|\d{1,9}[.)])[ \t>*+-]*)(?:```|~~~)"
_FOR_A_PARSER = ("](", "]:", "<a", "<img", "id=", "name=")
_ATX = r" {0,3}(#{1,6})(?=[ \t]|\Z)"
_SETEXT = r"^ {0,3}(=+|-+)[ \t]*$"
_HTML_HEADING = r"(?i)<h([1-6])\b[^<>]{0,200}>([^\n]{0,500}?)</h[1-6]>"
_MARKS = r"!?\[([^\]]{0,300})\]\([^)]{0,300}\)|</?[A-Za-z][^<>]*>|\*\*|(?<!\w)__|__(?!\w)"
_LABELLED = 7
"""The level of a label: below every heading."""
_LABEL = lazy_pattern(
    r"\s{0,3}(?:[-*] )?(?:\*\*|__)(?P<label>[^*_\n]{2,80}?)(?P<colon>:?)(?:\*\*|__)(?P<after>:?)(?P<rest>.*)"
)
_HTML_LABEL = lazy_pattern(r"\s*<h([1-6])\b[^>\n]{0,200}>(?P<label>[^\n]{1,200}?)</h\1>", re.I)
_LIST_ITEM = r"\s*(?:[-+*]|\d{1,9}[.)])(?:\s|\Z)"


class Heading(NamedTuple):
    """A heading: its level, its text, and its lines, from 0; the last is the first line of what follows."""

    level: int
    text: str
    line: int
    after: int


class Fence(NamedTuple):
    """Fenced code: what stands beside its mark, the code, and its lines, from 0, the marks among them."""

    info: str
    code: str
    line: int
    after: int


class Target(NamedTuple):
    """Where a link or an image leads, and where it stands, from 1; `alt` is None where HTML has none."""

    url: str
    alt: str | None
    line: int
    column: int
    html: bool = False


class Outline(NamedTuple):
    """What a text holds, in its order; `anchors` are the names that its HTML gives."""

    headings: tuple[Heading, ...]
    fences: tuple[Fence, ...]
    links: tuple[Target, ...] = ()
    images: tuple[Target, ...] = ()
    anchors: frozenset[str] = frozenset()


def get_checked_part(text: str) -> str:
    """Return as much of a text as is checked, cut at the end of a line; all of it, where it is of a common size.

    Args:
        text: Markdown that anyone may have written.
    """
    if len(text) > CHARACTERS_LIMIT:
        text = text[: text.rfind("\n", 0, CHARACTERS_LIMIT) + 1]
    for mark, limit in (("\n", LINES_LIMIT), ("[", BRACKETS_LIMIT)):
        if text.count(mark) > limit:
            end = [found.start() for found, _ in zip(re.finditer(re.escape(mark), text), range(limit), strict=False)]
            text = text[: text.rfind("\n", 0, end[-1] + 1) + 1]
    return text


def scan_outline(text: str) -> Outline | None:
    """Return what a text holds, or None where only a parser knows.

    Args:
        text: Markdown without front matter.
    """
    if ("```" in text or "~~~" in text) and re.search(_FENCE_WITHIN, text):
        return None
    fences = tuple(_fences(text))
    prose = without(text, fences)
    small = prose.lower()
    if any(mark in small for mark in _FOR_A_PARSER):
        return None
    return Outline(tuple(_headings(prose)), fences)


def _fences(text: str) -> Iterator[Fence]:
    if "```" not in text and "~~~" not in text:
        return
    mark = info = ""
    first = 0
    indent = 0
    code: list[str] = []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        found = re.match(_FENCE, line)
        if not mark:
            if found and not (found[1][0] == "`" and "`" in found[2]):
                indent, mark, info, first, code = found.start(1), found[1], found[2].strip(), number, []
        elif found and found[1][0] == mark[0] and len(found[1]) >= len(mark) and not found[2].strip():
            yield Fence(info, "\n".join([*code, ""]), first, number + 1)
            mark = ""
        else:
            code.append(line[min(indent, len(line) - len(line.lstrip(" "))) :])
    if mark:
        yield Fence(info, "\n".join([*code, ""]), first, len(lines))


def _headings(prose: str) -> Iterator[Heading]:
    before = ""
    for number, line in enumerate(blank_comments(prose).split("\n")):
        if "#" in line and (found := re.match(_ATX, line)):
            yield Heading(len(found[1]), visible(_strip_closing_marks(line[found.end() :].strip())), number, number + 1)
        elif before.strip() and line[:1] in (" ", "=", "-") and (found := re.match(_SETEXT, line)):
            if not before.startswith(("    ", "\t", "#", ">", "|")) and not re.match(_LIST_ITEM, before):
                yield Heading(1 if found[1][0] == "=" else 2, visible(before.strip()), number - 1, number + 1)
        elif "<" in line and (found := re.search(_HTML_HEADING, line)):
            yield Heading(int(found[1]), visible(found[2]), number, number + 1)
        before = line


def _strip_closing_marks(title: str) -> str:
    """A title without the marks that may close it."""
    bare = title.rstrip("#")
    return title if bare and bare[-1] not in " \t" else bare.strip()


def visible(text: str) -> str:
    """Return a heading's text without the commonest marks."""
    parts = text.split("`")
    parts[::2] = [re.sub(_MARKS, lambda found: found[1] or "", part) for part in parts[::2]]
    return "".join(parts).strip()


def attributes(text: str) -> dict[str, str]:
    """Return the attributes of an HTML tag, the first of each name."""
    from html import unescape

    said: dict[str, str] = {}
    for name, double, single, bare in re.findall(_ATTRIBUTE, text):
        said.setdefault(name.lower(), unescape(double or single or bare).strip())
    return said


def blank_comments(text: str) -> str:
    """Return a text with its comments as blanks, so that everything else keeps its place."""
    return re.sub(_COMMENT, lambda found: blanks(found.group()), text) if "<!--" in text else text


def blanks(text: str) -> str:
    """Return as many empty lines as a text has, and as many blanks as its last line."""
    lines = text.count("\n")
    return "\n" * lines + " " * (len(text) - text.rfind("\n") - 1)


def without(text: str, fences: Iterable[Fence]) -> str:
    """Return a text with its fenced code as empty lines."""
    lines = text.split("\n")
    for fence in fences:
        lines[fence.line : fence.after] = [""] * len(lines[fence.line : fence.after])
    return "\n".join(lines)


def prose_lines(text: str, fences: Iterable[Fence]) -> list[str]:
    """Return the lines of a text with code, comments and code spans as blanks, so that words keep their place.

    Args:
        text: Markdown without front matter.
        fences: Its fenced code.
    """
    found: list[str] = []
    indented = listed = False
    before = ""
    for line in blank_comments(without(text, fences)).split("\n"):
        deep = line.startswith(("    ", "\t"))
        if line.strip() and not deep:
            listed = bool(re.match(_LIST_ITEM, line))
        # Four spaces after an empty line are code, unless they go on with a list.
        indented = deep and not listed and (indented or not before.strip())
        found.append("" if indented else _without_spans(line))
        before = line
    return found


def _without_spans(line: str) -> str:
    """A line with its code spans as blanks; backticks pair up by their number."""
    if "`" not in line:
        return line
    runs = [(found.start(), found.end()) for found in re.finditer("`+", line)]
    same_length: dict[int, list[int]] = {}
    for number in range(len(runs) - 1, -1, -1):
        same_length.setdefault(runs[number][1] - runs[number][0], []).append(number)
    parts: list[str] = []
    at = number = 0
    while number < len(runs):
        start, end = runs[number]
        same = same_length[end - start]
        while same and same[-1] <= number:
            same.pop()
        if same:
            number = same[-1]
            parts += [line[at:start], " " * (runs[number][1] - start)]
            at = runs[number][1]
        number += 1
    return "".join(parts) + line[at:]


def slugs(headings: Iterable[Heading]) -> set[str]:
    """Return the names under which headings can be linked, as GitHub and the Hub make them.

    Lower case, letters, digits, hyphens and underscores kept, each space a hyphen; one that comes again is numbered.

    Args:
        headings: In their order.
    """
    counts: dict[str, int] = {}
    for heading in headings:
        slug = base = slug_of(heading.text)
        while slug in counts:
            counts[base] += 1
            slug = f"{base}-{counts[base]}"
        counts[slug] = 0
    return set(counts)


def slug_of(text: str) -> str:
    """Return the name of one heading."""
    kept = re.sub(r"[^\w\- ]", "", text.lower().strip())
    return kept.replace(" ", "-")


def labels(found: Outline, lines: list[str]) -> Iterator[Heading]:
    """Yield the bold labels and HTML headings of a text, which readers see as headings; none inside code.

    Args:
        found: The outline of the text.
        lines: Its lines.
    """
    code = {number for fence in found.fences for number in range(fence.line, fence.after)}
    for number, line in enumerate(lines):
        if number in code or not ("**" in line or "__" in line or "<h" in line.lower()) or len(line) > 4000:
            continue
        if html := _HTML_LABEL.match(line):
            yield Heading(int(html[1]), re.sub(r"<[^<>]*>", "", html["label"]), number, number + 1)
        elif (bold := _LABEL.match(line)) and (bold["colon"] or bold["after"] or not bold["rest"].strip()):
            yield Heading(_LABELLED, bold["label"], number, number if bold["rest"].strip() else number + 1)
