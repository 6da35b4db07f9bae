"""The name of a model or data set in the title of its card."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_SECTIONS = re.compile(
    r"(?:model |dataset |data ?set )?(?:details?|description|documentation|summary|overview|information)|usages?|uses?"
    r"|key features|(?:\S+ )?intro(?:duction)?|quick ?start|getting started|table of contents|how to use|readme"
    r"|model card|dataset card|license|citation|installation|highlights|news|updates?|evaluation|training|disclaimer"
    r"|about|abstract|requirements|contents|features|examples?|demo|results?|changelog|acknowledge?ments?|notes?"
    r"|what'?s new.*|.*[?\uff1f]|how to .*|installation guide|inference|models?|faq|warning|important|limitations?"
    r"|intended uses?.*|模型介绍|模型简介|简介|介绍|概要|はじめに|소개",
    re.I,
)
_CARD_FOR = re.compile(
    r"(?:(?:model|data ?set) card(?: for| of|:| -)|(?:carte|fiche) du modèle|tarjeta del modelo"
    r"|modellkarte (?:für|zu))\s*(?:the )?",
    re.I,
)
_KIND = r"(?:model|data ?set|project|repo(?:sitory)?|adapter|checkpoint)"
_TEMPLATE = re.compile(
    r"[\[<{(]*(?:(?:your|my|the|insert|enter|add|this)[ _-])*"
    rf"(?:{_KIND}[ _-]?(?:id|name|title)|name|title|{_KIND})(?:[ _-](?:goes )?here)?[\]>}})]*"
    r"|\[.*\]|\{.*\}|<.*>|(?:todo|tbd|fixme|untitled|placeholder|lorem ipsum)\b.*|.*\bmore information needed\b.*",
    re.I,
)
_OF_A_RUN = re.compile(
    r"(?:models?|out(?:puts?)?|results?|checkpoints?|ckpts?|runs?|final|last|best|merged?|export(?:ed)?|release|repo|hub|tmp"
    r"|temp|weights|dist|build|src|main|master|adapters?|lora|gguf|onnx|data(?:set)?|new|test|untitled)"
    r"(?:[-_. ]?(?:model|checkpoint|merged|final|\d+))*",
    re.I,
)
_TITLE_LIMIT = 300
_HTML_TITLE = re.compile(r"<h1\b[^<>]{0,300}>(.{0,2000}?)</h1\s*>", re.I | re.S)
_LINES = 2000
_LEAD, _SENTENCE = 4000, 8
"""Characters in which an introduction is looked for, and the words of its first line."""


def card_title(text: str) -> str | None:
    """Return the name in a card's title, or None where its first heading is none: a section, a template's words.

    Args:
        text: The card without its front matter.
    """
    names = [name for title in _titles(text) if (name := _name(title))]
    if not names or _TEMPLATE.fullmatch(names[0]) or _SECTIONS.fullmatch(names[0]) or is_run(names[0]):
        return None
    # Below an introduction, a heading among sections of its own level is a section too.
    sections = any(map(_SECTIONS.fullmatch, names[1:]))
    return None if sections and _begins_with_prose(text) else names[0]


def is_run(name: str) -> bool:
    """Return whether a name is that of a folder that training writes into, such as `output` or `checkpoint-500`.

    Args:
        name: The name of a folder, or the title that a trainer made from it.
    """
    return _OF_A_RUN.fullmatch(name) is not None


def _titles(text: str) -> Iterator[str]:
    """Headings of the first level in each form, without those in code and comments."""
    prose = re.sub(r"<!--.*?(?:-->|\Z)", "", "\n".join(_prose(text)), flags=re.S)
    prose = _HTML_TITLE.sub(lambda found: f"\n# {' '.join(found[1].split())}\n", prose)
    before = ""
    for line in prose.split("\n"):
        if found := re.match(r"# +(\S[^\n]*)$", line):
            yield found[1]
        elif re.fullmatch(r" {0,3}=+\s*", line) and before.strip() and not before.startswith(("#", ">", "|", "    ")):
            yield before
        before = line


def _begins_with_prose(text: str) -> bool:
    """Whether a text has sentences above its first heading, and not only images, badges and links."""
    for line in _prose(re.sub(r"<!--.*?(?:-->|\Z)", "", text[:_LEAD], flags=re.S)):
        if re.match(r"#|<h\d", line):
            return False
        if re.match(r"[A-Z]", line) and len(line.split()) >= _SENTENCE:
            return True
    return False


def _prose(text: str) -> Iterator[str]:
    fence = ""
    for line in text.split("\n")[:_LINES]:
        mark = re.match(r" {0,3}(`{3,}|~{3,})", line)
        if mark and not fence:
            fence = mark.group(1)
        elif mark and mark.group(1).startswith(fence):
            fence = ""
        elif not fence:
            yield line


def _name(title: str) -> str:
    """A title without links, images, HTML, marks, emoji and `Model card for`."""
    title = re.sub(r"!\[[^\]]*\]\([^)]*\)|<[^>]*>", "", title[:_TITLE_LIMIT])
    title = re.sub(r"\[\s*\]\([^)]*\)|\[\s*\]\[[^\]]*\]", "", title)  # a badge's link, its image gone
    title = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", title)
    title = _without_symbols(" ".join(title.split()).strip(" #"))
    while len(title) > 2 and title[0] == title[-1] and title[0] in "*_":  # emphasis around the whole title
        title = title[1:-1]
    title = _without_symbols(title.strip(" *`"))
    title = _without_symbols(_CARD_FOR.sub("", title, count=1)).strip(' :*`"')
    title = title.replace("**", "")
    return title.rpartition("/")[2] if re.fullmatch(r"[\w.-]+/[\w.-]+", title) else title


def _without_symbols(text: str) -> str:
    """A text without emoji at its ends."""
    start, end = 0, len(text)
    while start < end and (unicodedata.category(text[start]) in ("So", "Sk", "Cf", "Mn") or text[start].isspace()):
        start += 1
    while end > start and (unicodedata.category(text[end - 1]) in ("So", "Sk", "Cf") or text[end - 1].isspace()):
        end -= 1
    return text[start:end]
