"""The words that documents share, and how a value is written safely into Markdown, XML and TOML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from generator.release.yaml_text import scalar

if TYPE_CHECKING:
    from generator.licenses.rights import ClauseRef

LAYER_TITLES = {
    "data": "Data",
    "curation": "Data preparation",
    "architecture": "Architecture",
    "weights": "Weights",
    "deltas": "Deltas",
    "documents": "Documents",
}
FORM_TITLES = {
    "adapter": "Adapter",
    "diff": "Diff",
    "finetune": "Fine-tune",
    "quantized": "Quantization",
    "merge": "Merge",
}
"""What an item of the layer `deltas` is called."""
ACT_TITLES = {
    "use": "Use",
    "commercial_use": "Use commercially",
    "modify": "Modify",
    "redistribute": "Redistribute",
    "sublicense": "Sublicense",
    "finetune": "Fine-tune",
    "publish_finetune": "Publish a fine-tune",
    "publish_adapter": "Publish an adapter",
    "publish_quantization": "Publish a quantization",
    "publish_merge": "Publish a merge",
    "host_as_service": "Host as a service",
    "use_outputs": "Use outputs",
    "train_other_models_on_outputs": "Train other models on outputs",
    "patent_use": "Use patents",
    "trademark_use": "Use trademarks",
}
CARD_ACTS = (
    "commercial_use",
    "redistribute",
    "publish_finetune",
    "publish_adapter",
    "publish_quantization",
    "publish_merge",
    "host_as_service",
    "use_outputs",
    "train_other_models_on_outputs",
)
"""The acts that recipients ask about first; `charter rights` answers all fifteen."""
DATA_ACTS = ("use", "commercial_use", "modify", "redistribute", "publish_finetune")
"""The acts that make sense for a data set; publishing a fine-tune means a model that was trained on it."""
DATA_ACT_TITLES = {**ACT_TITLES, "publish_finetune": "Publish a model trained on it"}
ANSWER_WORDS = {"yes": "Yes", "conditional": "Yes, with conditions", "unclear": "Unclear", "no": "No"}
RELATION_WORDS = {
    "finetune": "fine-tuned from",
    "adapter": "an adapter for",
    "diff": "a diff against",
    "quantized": "quantized from",
    "merge": "merged from",
    "distilled": "distilled from",
    "trained_on": "trained on",
    "outputs_of": "trained on outputs of",
    "includes": "includes",
    "trained_with": "trained with",
}
FLOW_WORDS = {"terms": "its terms", "notices": "notices", "unknown": "not known", "nothing": "nothing"}
"""What is inherited from a source."""
AVAILABILITY_WORDS = {
    "released": "released",
    "gated": "gated: on request or login",
    "described": "described, not released",
    "withheld": "not released",
    "none": "none",
}

_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~$&])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_PLAIN_URL = re.compile(r"https?://[^\s<>()\[\]|\"'`\\]+")


def layer_title(layer: str, forms: Iterable[str | None]) -> str:
    """Return the title of a layer for readers; changes to weights are named by their form.

    Args:
        layer: The layer.
        forms: The `form` of each of its items.
    """
    stated = tuple(dict.fromkeys(forms))
    if layer != "deltas":
        return LAYER_TITLES[layer]
    named = [FORM_TITLES[form] for form in stated if form]
    return ", ".join(named) or ("Changes to weights" if stated else "Adapters")


def inline(value: object) -> str:
    """Return a value as Markdown text that means just itself, in a paragraph or a table cell."""
    text = _CONTROL.sub(" ", str(value))
    return re.sub(r"^(\s*)([-+]|\d+[.)])(?=\s)", r"\1\\\2", _MARKDOWN.sub(r"\\\1", text))


def part_title(layer: str, form: str | None = None) -> str:
    """Return what an item is called in text: its layer; a change to weights by its kind.

    Args:
        layer: Its layer.
        form: Its form, for an item of the layer `deltas`.
    """
    return FORM_TITLES.get(form or "") or LAYER_TITLES[layer]


def patterns(values: Iterable[str]) -> str:
    """Return the patterns of files as code; `all files` for a pattern that matches every file."""
    return ", ".join("all files" if value in ("*", "**", "**/*", "./*") else code(value) for value in values)


def code(value: object) -> str:
    """Return a value as a Markdown code span, safe in a table cell."""
    text = _CONTROL.sub(" ", str(value)).replace("|", "\\|")
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if "`" in text else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def link(url: object) -> str:
    """Return a web address as a Markdown link to itself; anything else as text."""
    text = str(url)
    return f"<{text}>" if _PLAIN_URL.fullmatch(text) else inline(text)


def one_line(value: object) -> str:
    """Return a value as one line of plain text, control characters taken out."""
    return " ".join(_CONTROL.sub(" ", str(value)).split())


def section(text: str) -> str:
    """Return a person's Markdown as it stands, with an open code fence or comment closed at its end."""
    fence = ""
    lines: list[str] = []
    for line in text.strip("\n").rstrip().splitlines():
        found = _FENCE.match(line)
        # A marker of ours in somebody's text would end the generated part, so it is shown instead.
        lines.append(f"\\{line}" if not fence and line.startswith("<!-- charter:") else line)
        if not found:
            continue
        mark, rest = found.groups()
        if not fence:
            fence = "" if mark[0] == "`" and "`" in rest else mark
        elif mark[0] == fence[0] and len(mark) >= len(fence) and not rest.strip():
            fence = ""
    body = "\n".join(lines)
    if fence:
        return f"{body}\n{fence}"
    return f"{body} -->" if body.rfind("<!--") > body.rfind("-->") else body


def after_label(text: str) -> str:
    """Return a person's Markdown behind a label: on its line, or as a block of its own where it begins one."""
    apart = re.match(r" {0,3}(?:`{3}|~{3}|[#>|<]|[-+*][ \t]|\d+[.)][ \t])|    ", text)
    return f"\n\n{section(text)}" if apart else f" {section(text)}"


def wrap_labelled(text: str) -> str:
    """Return a labelled line of the license index, filled to 78 columns under its own text."""
    import textwrap

    return textwrap.fill(text, 78, subsequent_indent=" " * 18, break_long_words=False, break_on_hyphens=False)


def block(text: str) -> str:
    """Return a text verbatim as a Markdown code block, whatever it holds."""
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def quote_markdown(text: str) -> str:
    """Return a text as a Markdown quotation that means just itself."""
    return "\n".join(f"> {inline(line)}" for line in text.splitlines())


def format_clauses(clauses: Iterable[ClauseRef]) -> str:
    """Return clauses as they are cited in a table: `llama2 1.b.i, MIT paragraph 2`; at most three."""
    shown = [f"{clause.license.removeprefix('LicenseRef-')} {clause.clause}" for clause in clauses]
    return ", ".join(shown[:3]) + (" and others" if len(shown) > 3 else "")


def xml(value: object) -> str:
    """Return a value as text of an XML document, in an element or in an attribute."""
    return one_line(value).translate(_XML)


def python(text: str) -> str:
    """Return a text as a Python literal; JavaScript reads it too.

    Args:
        text: Any text.
    """
    return json.dumps(text, ensure_ascii=False) if text.isprintable() else repr(text)


def shell(text: str) -> str:
    """Return a text as one word of a shell command.

    Args:
        text: Any text on one line.
    """
    from shlex import quote

    return quote(one_line(text))


def toml(value: str | tuple[str, ...]) -> str:
    """Return text, or several, as TOML; a JSON string is a TOML string once DEL is escaped."""
    if isinstance(value, tuple):
        return toml(value[0]) if len(value) == 1 else f"[{', '.join(toml(entry) for entry in value)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def format_amount(value: Decimal) -> str:
    """Return a quantity as people read it: `120,000`, `0.0123`, `8.0e+22`.

    Args:
        value: The quantity.
    """
    text = scalar(value)
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.isdecimal() and "e" not in text else text
