"""A card's Markdown as the Hub would render it, made harmless: nothing of it runs, nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from generator.artifacts.markdown import slug_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

LIMIT = 200_000
"""Characters of a card that are rendered; the Hub's own cards are far shorter."""
PREFIX = "card-"
"""Stands before every id of the card, so that it is none of the page's own."""
TOP = 3
"""The level that the highest headings of a text become."""
_BESIDES = {"section", "details", "summary", "figure", "figcaption"}
_LEFT_OUT = {"article", "aside", "nav", "header", "footer", "hgroup", "map", "area"}
"""Tags that would be landmarks of the page, or lead away from a picture."""
_DROPPED = {"script", "style", "svg", "math", "iframe", "object", "template", "noscript", "textarea", "title", "select"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "ol": {"start"},
    "details": {"open"},
    "*": {"id"},
}
_CLASSES = {"sup": {"footnote-ref"}, "section": {"footnotes"}, "li": {"task-list-item"}, "div": {"scroll"}}
_VALUES = {
    "span": {"role": {"img"}, "aria-label": {"done", "to do"}},
    "div": {"tabindex": {"0"}, "role": {"group"}, "aria-label": {"Table"}},
}
_SCROLL = '<div class="scroll" tabindex="0" role="group" aria-label="Table">'
_ALIGN = re.compile(r"text-align:(left|center|right)")

Rewrite = Callable[[str], str | None]


def card_html(text: str, *, link: Rewrite, image: Rewrite, prefix: str = PREFIX) -> str:
    """Return the HTML of a card's text, safe to stand in a page.

    Its highest headings become `h3`. Links within the card lead to the whole card.

    Args:
        text: The card without its front matter.
        link: Says where a relative link leads in the page; None takes the link away.
        image: Returns an image as a `data:` address; None leaves its words in its place.
        prefix: Stands before every id of the text.
    """
    import nh3

    def kept(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "href":
            return f"#{PREFIX}{value[1:]}" if value.startswith("#") else link(value)
        if attribute == "src":
            return image(value)
        if attribute in ("width", "height", "colspan", "rowspan", "start"):
            return value if value.isdecimal() and len(value) < 5 else None
        return value

    return nh3.clean(
        _parser().render(text[:LIMIT]),
        tags=(nh3.ALLOWED_TAGS | _BESIDES) - _LEFT_OUT,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=kept,
        allowed_classes=_CLASSES,
        tag_attribute_values=_VALUES,
        url_schemes={"http", "https", "mailto"},
        id_prefix=prefix,
    )


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.anchors import anchors_plugin
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.tasklists import tasklists_plugin

    parser = MarkdownIt("commonmark", {"linkify": True}).enable(["table", "strikethrough", "linkify"])
    assert parser.linkify is not None  # a dependency of ours
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # README.md is no host in Moldova
    parser.use(footnote_plugin).use(tasklists_plugin).use(anchors_plugin, max_level=6, slug_func=slug_of)
    parser.core.ruler.push("page", _for_the_page)
    # A wide table scrolls by itself, by keyboard too, and the page never does.
    parser.add_render_rule("table_open", lambda *_: f"{_SCROLL}<table>")
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return parser


def _for_the_page(state: StateCore) -> None:
    """Headings below the page's own, columns aligned without a style, check boxes as signs."""
    highest = min((int(token.tag[1]) for token in state.tokens if token.type == "heading_open"), default=1)
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) - highest + TOP)}"
        elif token.type in ("th_open", "td_open"):
            found = _ALIGN.match(str(token.attrs.pop("style", "")))
            if found:
                token.attrs["align"] = found.group(1)
        for child in token.children or ():
            _check_box(child)


def _check_box(token: Token) -> None:
    if token.type == "html_inline" and 'class="task-list-item-checkbox"' in token.content:
        done = "checked=" in token.content
        token.content = f'<span role="img" aria-label="{"done" if done else "to do"}">{"☑" if done else "☐"}</span>'
