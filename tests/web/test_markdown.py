"""A card as the Hub renders it, and whatever it holds, harmless."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.web.hub_tags import chips
from generator.web.markdown import card_html
from tests.effort import examples

PIECES = st.sampled_from(
    [
        *("<script>", "</script>", "<img src=x onerror=a()>", "<a href='javascript:a()'>", "</a>", "<svg onload=a()>"),
        *("</svg>", "<style>", "</style>", "<!--", "-->", "<table title='", "<math>", "<template>", "</template>", "`"),
        *(
            "[x](javascript:a())",
            "![x](",
            "[^1]",
            "[^1]: ",
            "<iframe srcdoc='",
            "'",
            '"',
            ">",
            "<",
            "&#x6a;",
            "\n",
            "\n\n",
        ),
        *("| a | b |\n|--|:-:|\n| 1 | 2 |\n", "- [x] ", "# ", "<details open ontoggle=a()>", "<p id=layers style='x'>"),
        *("```\n", "    ", "\0", "\u2028", "https://example.org/<b>", "<javascript:a()>", "<div popover class=cell>"),
    ]
)


def rendered(text: str) -> str:
    """The HTML of a card beside which there is one picture and one file."""
    return card_html(
        text,
        link=lambda address: "#file-0" if address == "LICENSE" else address,
        image=lambda address: "data:image/png;base64,AA==" if address == "dot.png" else None,
    )


class _Reader(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_what_the_hub_knows_is_rendered() -> None:
    html = rendered(
        "# Title\n\n## A b, c!\n\n| l | r |\n|:--|--:|\n| 1 | ~~2~~ |\n\n- [x] done\n- [ ] open\n\nNote[^1] https://example.org/x\n\n"
        "[here](#a-b-c) [text](LICENSE) ![dot](dot.png) ![far](https://example.org/y.png)\n\n[^1]: The note.\n\n"
        "<details><summary>More</summary>\n\n**bold**\n\n</details>\n<!-- hidden -->\n"
    )
    for piece in (
        '<h3 id="card-title">Title</h3>',
        '<h4 id="card-a-b-c">A b, c!</h4>',
        '<th align="right">r</th>',
        "<s>2</s>",
        'aria-label="done">☑</span> done',
        'aria-label="to do">☐</span> open',
        'href="#card-fn1"',
        '<a href="https://example.org/x" rel="noopener noreferrer">',
        '<a href="#card-a-b-c"',
        '<a href="#file-0"',
        '<img src="data:image/png;base64,AA==" alt="dot">',
        '<img alt="far">',
        "<summary>More</summary>",
        "<strong>bold</strong>",
    ):
        assert piece in html, piece
    assert "hidden" not in html


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(PIECES | st.text(max_size=4), max_size=14).map("".join))
def test_nothing_that_could_run_comes_through(text: str) -> None:
    reader = _Reader()
    reader.feed(rendered(text))
    assert not reader.tags & {"script", "style", "svg", "math", "iframe", "template", "form", "input", "object", "link"}
    for name, value in reader.attributes:
        assert not name.startswith("on")
        assert name not in ("style", "srcdoc", "popover")
        if name in ("href", "src"):
            assert "javascript:" not in value.lower().replace("\t", "").replace("\n", "")
        if name == "id":
            assert value.startswith("card-")
        if name == "class":
            assert set(value.split()) <= {"footnote-ref", "footnotes", "task-list-item", "scroll"}


def test_front_matter_becomes_chips_in_the_order_of_the_hub() -> None:
    card = """---
license: other
license_name: layered
language: [no, en]
tags: [chat, '<b>']
base_model: lab/base
base_model_relation: adapter
pipeline_tag: text-generation
datasets: lab/set
---
See https://arxiv.org/abs/2403.13784.
"""
    assert [(chip.kind, chip.label, chip.text) for chip in chips(card)] == [
        ("pipeline_tag", "Task", "text-generation"),
        ("datasets", "Data set", "lab/set"),
        ("language", "Language", "no"),
        ("language", "Language", "en"),
        ("arxiv", "arXiv", "2403.13784"),
        ("tags", "", "chat"),
        ("tags", "", "<b>"),
        ("base_model", "Base model, adapter", "lab/base"),
        ("license", "License", "other: layered"),
    ]
    for broken in ("", "---\n---\n", "---\n[: x\n---\n", "---\n- a\n---\n", "---\nlicense: {a: b}\n---\n"):
        assert chips(broken) == ()
