"""What a card's Markdown holds: sections, links, images, code and headings; the one door to markdown-it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from generator.artifacts.markdown import TAG, Fence, Heading, Outline, Target, attributes, blank_comments, scan_outline

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


def outline(text: str) -> Outline:
    """Return what a text holds; markdown-it reads it only where it has more than headings and plain fences.

    Args:
        text: Markdown without front matter, of a size that may be parsed.
    """
    return scan_outline(text) or parse_outline(text)


def parse_outline(text: str) -> Outline:
    """Return what a text holds, to the last mark in a heading.

    Args:
        text: As for `outline`.
    """
    return _Walk(text).outline()


class _Walk:
    """One pass over the tokens of markdown-it, which finds again in the text where each thing stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self.environment: dict[str, Any] = {}
        self.defined: dict[str, int] = {}
        self.links: list[Target] = []
        self.images: list[Target] = []
        self.headings: list[Heading] = []
        self.fences: list[Fence] = []
        self.anchors: set[str] = set()
        self.begin = self.end = 0
        self.after_link = self.after_image = self.after_tag = 0

    def outline(self) -> Outline:
        """Walk, and return what was found."""
        tokens = _parser().parse(self.text, self.environment)
        for token, after in pairwise([*tokens, None]):
            assert token is not None
            if token.map:
                self.begin, self.end = self.starts[token.map[0]], self.starts[min(token.map[1], len(self.starts) - 1)]
            if token.type == "fence" and token.map:
                self.fences.append(Fence(token.info.strip(), token.content, *token.map))
            elif token.type == "heading_open" and token.map and after:
                self.headings.append(Heading(int(token.tag[1:]), _visible(after), *token.map))
            elif token.type == "html_block":
                self.tags(token.content)
            elif token.type == "inline":
                self.inline(token.children or ())
        links = tuple(dict.fromkeys(self.links))  # a reference is reported once, where it is defined
        found = tuple(self.fences), links, tuple(self.images), frozenset(self.anchors)
        return Outline(tuple(self.headings), *found)

    def inline(self, tokens: Iterable[Token]) -> None:
        """Links and images of one paragraph."""
        for token in tokens:
            if token.type == "link_open" and token.info != "auto":
                href = str(token.attrs.get("href", ""))
                at = self.target(href, max(self.begin, self.after_link))
                self.after_link = at if at is not None and at < self.end else self.after_link
                self.links.append(Target(href, None, *self.place(self.begin if at is None else at)))
            elif token.type == "image":
                src = str(token.attrs.get("src", ""))
                at = self.target(src, max(self.begin, self.after_image))
                here = at is not None and at < self.end
                opens = self.text.rfind("![", self.begin, at) if here else -1
                self.after_image = at if at is not None and here else self.after_image
                self.images.append(Target(src, token.content, *self.place(self.begin if opens < 0 else opens)))
            elif token.type == "html_inline":
                self.tags(token.content)
            elif token.type == "code_inline":  # what looks like a link in it is none
                at = self.text.find(token.content, max(self.begin, self.after_link, self.after_image), self.end)
                if at >= 0:
                    self.after_link = self.after_image = at + len(token.content)

    def target(self, href: str, begin: int) -> int | None:
        """Where a destination stands: after the text of its link, else where its reference is defined."""
        for opening in ("](", "](<", "]( "):
            if (at := self.text.find(f"{opening}{href}", begin, self.end)) >= 0:
                return at + len(opening)
        if not self.defined:
            known = self.environment.get("references", {}).values()
            self.defined = {entry["href"]: self.starts[entry["map"][0]] for entry in reversed(list(known))}
        at = self.text.find(href, self.defined[href]) if href in self.defined else -1
        return at if at >= 0 else None

    def tags(self, html: str) -> None:
        """Links, images and anchors that are written as HTML."""
        for found in re.finditer(TAG, blank_comments(html)):
            said = attributes(found.group(2))
            self.anchors |= {said[key] for key in ("id", "name") if key in said}
            at = self.text.find(found.group(), max(self.begin, self.after_tag), self.end)
            self.after_tag = max(self.after_tag, at)
            place = self.place(self.begin if at < 0 else at)
            if found.group(1).lower() == "a" and "href" in said:
                self.links.append(Target(said["href"], None, *place))
            elif found.group(1).lower() == "img":
                self.images.append(Target(said.get("src", ""), said.get("alt"), *place, html=True))

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


def _visible(inline: Token) -> str:
    """The text of a heading as a reader sees it, without marks."""
    shown = (child.content for child in inline.children or () if child.type in ("text", "code_inline", "text_special"))
    return "".join(shown).strip()


def _parser() -> MarkdownIt:
    """CommonMark with tables, destinations as they stand."""
    from markdown_it import MarkdownIt

    class Plain(MarkdownIt):
        def validateLink(self, url: str) -> bool:
            return True

        def normalizeLink(self, url: str) -> str:
            return url

    return Plain("commonmark").enable("table")


def blocks(text: str) -> list[Token]:
    """Return the blocks of a text as CommonMark reads it, without what stands inside a line.

    Args:
        text: Markdown.
    """
    from markdown_it import MarkdownIt  # here, as few cards need it

    return MarkdownIt("commonmark").disable("inline").parse(text)
