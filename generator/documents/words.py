"""The words that documents share, and how a value is written safely into Markdown, XML and TOML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from generator.patterns import lazy_pattern
from generator.release.yaml_text import scalar
from generator.translations import format_number, mark_in_context, mark_text, pgettext
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.licenses.catalog import Expression
    from generator.licenses.rights import ClauseRef
    from generator.licenses.summary import Point

LAYER_TITLES = {
    "data": mark_in_context("part", "Data"),
    "curation": mark_in_context("part", "Data preparation"),
    "architecture": mark_in_context("part", "Architecture"),
    "weights": mark_in_context("part", "Weights"),
    "deltas": mark_in_context("part", "Deltas"),
    "documents": mark_in_context("part", "Documents"),
}
FORM_TITLES = {
    "adapter": mark_in_context("part", "Adapter"),
    "diff": mark_in_context("part", "Diff"),
    "finetune": mark_in_context("part", "Fine-tune"),
    "quantized": mark_in_context("part", "Quantization"),
    "merge": mark_in_context("part", "Merge"),
}
"""What an item of the layer `deltas` is called."""
ACT_TITLES = {
    "use": mark_in_context("act", "Use"),
    "commercial_use": mark_in_context("act", "Use commercially"),
    "modify": mark_in_context("act", "Modify"),
    "redistribute": mark_in_context("act", "Redistribute"),
    "sublicense": mark_in_context("act", "Sublicense"),
    "finetune": mark_in_context("act", "Fine-tune"),
    "publish_finetune": mark_in_context("act", "Publish a fine-tune"),
    "publish_adapter": mark_in_context("act", "Publish an adapter"),
    "publish_quantization": mark_in_context("act", "Publish a quantization"),
    "publish_merge": mark_in_context("act", "Publish a merge"),
    "host_as_service": mark_in_context("act", "Host as a service"),
    "use_outputs": mark_in_context("act", "Use outputs"),
    "train_other_models_on_outputs": mark_in_context("act", "Train other models on outputs"),
    "patent_use": mark_in_context("act", "Use patents"),
    "trademark_use": mark_in_context("act", "Use trademarks"),
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
DATA_ACT_TITLES = {**ACT_TITLES, "publish_finetune": mark_in_context("act", "Publish a model trained on it")}
ANSWER_WORDS = {
    "yes": mark_in_context("answer", "Yes"),
    "conditional": mark_in_context("answer", "Yes, with conditions"),
    "unclear": mark_in_context("answer", "Unclear"),
    "no": mark_in_context("answer", "No"),
}
RELATION_WORDS = {
    "finetune": mark_in_context("relation", "fine-tuned from"),
    "adapter": mark_in_context("relation", "an adapter for"),
    "diff": mark_in_context("relation", "a diff against"),
    "quantized": mark_in_context("relation", "quantized from"),
    "merge": mark_in_context("relation", "merged from"),
    "distilled": mark_in_context("relation", "distilled from"),
    "trained_on": mark_in_context("relation", "trained on"),
    "outputs_of": mark_in_context("relation", "trained on outputs of"),
    "includes": mark_in_context("relation", "includes"),
    "trained_with": mark_in_context("relation", "trained with"),
}
FLOW_WORDS = {
    "terms": mark_in_context("flow", "its terms"),
    "notices": mark_in_context("flow", "notices"),
    "unknown": mark_in_context("flow", "not known"),
    "nothing": mark_in_context("flow", "nothing"),
}
"""What is inherited from a source."""
MADE_FROM_IT = {
    "finetune": mark_text("{part}, fine-tuned from it"),
    "adapter": mark_text("{part}, an adapter for it"),
    "diff": mark_text("{part}, a diff against it"),
    "quantized": mark_text("{part}, quantized from it"),
    "merge": mark_text("{part}, merged from it"),
    "distilled": mark_text("{part}, distilled from it"),
    "trained_on": mark_text("{part}, trained on it"),
    "outputs_of": mark_text("{part}, trained on outputs of it"),
    "includes": mark_text("{part}, includes it"),
    "trained_with": mark_text("{part}, trained with it"),
}
"""A part, where the source is named before it."""
MADE_FROM = {
    "finetune": mark_text("{part}: fine-tuned from {source}"),
    "adapter": mark_text("{part}: an adapter for {source}"),
    "diff": mark_text("{part}: a diff against {source}"),
    "quantized": mark_text("{part}: quantized from {source}"),
    "merge": mark_text("{part}: merged from {source}"),
    "distilled": mark_text("{part}: distilled from {source}"),
    "trained_on": mark_text("{part}: trained on {source}"),
    "outputs_of": mark_text("{part}: trained on outputs of {source}"),
    "includes": mark_text("{part}: includes {source}"),
    "trained_with": mark_text("{part}: trained with {source}"),
}
"""A part and its source."""
AVAILABILITY_WORDS = {
    "released": mark_in_context("availability", "released"),
    "gated": mark_in_context("availability", "gated: on request or login"),
    "described": mark_in_context("availability", "described, not released"),
    "withheld": mark_in_context("availability", "not released"),
    "none": mark_in_context("availability", "none"),
}

WIDTH = 78
"""Columns of a text file."""
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_MARKDOWN = lazy_pattern(r"[\\`*_\[\]<>|#~$&]")
_ESCAPES = {ord(mark): f"\\{mark}" for mark in "\\`*_[]<>|#~$&"}
_LIST = lazy_pattern(r"(\s*)(?:[-+]|\d+[.)])(?=\s)")
_CONTROL = lazy_pattern(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_FENCE = lazy_pattern(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_PLAIN_URL = lazy_pattern(r"https?://[^\s<>()\[\]|\"'`\\]+")
DERIVATIONS = {
    "finetune": mark_text("Fine-tuned from {bases}, published as {license}"),
    "adapter": mark_text("An adapter for {bases}, published as {license}"),
    "diff": mark_text("A diff against {bases}, published as {license}"),
    "quantized": mark_text("Quantized from {bases}, published as {license}"),
    "merge": mark_text("Merged from {bases}, published as {license}"),
    "distilled": mark_text("Distilled from {bases}, published as {license}"),
    "trained_on": mark_text("Trained on {bases}, published as {license}"),
    "outputs_of": mark_text("Trained on outputs of {bases}, published as {license}"),
    "includes": mark_text("Includes {bases}, published as {license}"),
    "trained_with": mark_text("Trained with {bases}, published as {license}"),
}


def act_title(act: str, *, data: bool = False) -> str:
    """Return an act as a title.

    Args:
        act: The act.
        data: Whether it is done to data.
    """
    return pgettext("act", (DATA_ACT_TITLES if data else ACT_TITLES)[act])


def answer_words(answer: str) -> str:
    """Return an answer in words."""
    return pgettext("answer", ANSWER_WORDS[answer])


def relation_words(relation: str) -> str:
    """Return a relation in words that stand beside the source."""
    return pgettext("relation", RELATION_WORDS[relation])


def flow_words(flow: str) -> str:
    """Return what is inherited from a source in words."""
    return pgettext("flow", FLOW_WORDS[flow])


def availability_words(availability: str) -> str:
    """Return an availability in words."""
    return pgettext("availability", AVAILABILITY_WORDS[availability])


def made_from(relation: str, part: str, source: str = "") -> str:
    """Return a part and how it was made from its source.

    Args:
        relation: How it was made.
        part: The part.
        source: The source; empty where the text names it before.
    """
    return _((MADE_FROM if source else MADE_FROM_IT)[relation]).format(part=part, source=source)


def derivation_title(relation: str, bases: str, license_: str) -> str:
    """Return how something was made, and the license that it is published under.

    Args:
        relation: How it was made.
        bases: What it was made from.
        license_: The license.
    """
    return _(DERIVATIONS[relation]).format(bases=bases, license=license_)


def layer_title(layer: str, forms: Iterable[str | None]) -> str:
    """Return the title of a layer for readers; changes to weights are named by their form.

    Args:
        layer: The layer.
        forms: The `form` of each of its items.
    """
    stated = tuple(dict.fromkeys(forms))
    if layer != "deltas":
        return pgettext("part", LAYER_TITLES[layer])
    named = [pgettext("part", FORM_TITLES[form]) for form in stated if form]
    return ", ".join(named) or (_("Changes to weights") if stated else _("Adapters"))


def _without_control(text: str) -> str:
    """A text with a space in place of each run of control characters; printable text has none."""
    return text if text.isprintable() else _CONTROL.sub(" ", text)


def inline(value: object) -> str:
    """Return a value as Markdown text that means just itself, in a paragraph or a table cell."""
    text = _without_control(str(value))
    escaped = text.translate(_ESCAPES) if _MARKDOWN.search(text) else text
    if escaped[:1].isalpha():
        return escaped  # it begins no list
    found = _LIST.match(escaped)
    return f"{found[1]}\\{escaped[found.end(1) :]}" if found else escaped


def part_title(layer: str, form: str | None = None) -> str:
    """Return what an item is called in text: its layer; a change to weights by its kind.

    Args:
        layer: Its layer.
        form: Its form, for an item of the layer `deltas`.
    """
    return pgettext("part", FORM_TITLES.get(form or "") or LAYER_TITLES[layer])


def patterns(values: Iterable[str]) -> str:
    """Return the patterns of files as code; `all files` for a pattern that matches every file."""
    return ", ".join(_("all files") if value in ("*", "**", "**/*", "./*") else code(value) for value in values)


def code(value: object) -> str:
    """Return a value as a Markdown code span, safe in a table cell."""
    text = _without_control(str(value)).replace("|", "\\|")
    if "`" not in text:
        return f"`{text}`"
    ticks = "`" * (max(len(run) for run in re.findall(r"`+", text)) + 1)
    return f"{ticks} {text} {ticks}"


def link(url: object) -> str:
    """Return a web address as a Markdown link to itself; anything else as text."""
    text = str(url)
    return f"<{text}>" if _PLAIN_URL.fullmatch(text) else inline(text)


def one_line(value: object) -> str:
    """Return a value as one line of plain text, control characters taken out."""
    return " ".join(_without_control(str(value)).split())


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


def fill(text: str, indent: int) -> str:
    """Return a text filled to 78 columns, with all lines but the first indented; no word is broken.

    Args:
        text: One paragraph.
        indent: Columns before further lines.
    """
    lines = _fill_plain(text, indent) if text.isprintable() else None
    if lines is not None:
        return "\n".join(lines)
    import textwrap

    return textwrap.fill(text, WIDTH, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def _fill_plain(text: str, indent: int) -> list[str] | None:
    """The lines as textwrap has them, which takes longer; None where a word is too long for a line."""
    lines: list[str] = []
    rest, pad = text.rstrip(), ""
    while len(pad) + len(rest) > WIDTH:
        end = rest.rfind(" ", 0, WIDTH + 1 - len(pad))
        line = rest[: max(end, 0)].rstrip()
        if not line:
            return None
        lines.append(pad + line)
        rest, pad = rest[end:].lstrip(), " " * indent
    return [*lines, pad + rest]


def block(text: str) -> str:
    """Return a text verbatim as a Markdown code block, whatever it holds."""
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


def quote_markdown(text: str) -> str:
    """Return a text as a Markdown quotation that means just itself."""
    return "\n".join(f"> {inline(line)}" for line in text.splitlines())


def format_clauses(clauses: Iterable[ClauseRef]) -> str:
    """Return clauses as they are cited in a table: `llama2 1.b.i, MIT paragraph 2`; at most three."""
    shown = [f"{clause.license.removeprefix('LicenseRef-')} {clause.label}" for clause in clauses]
    listed = ", ".join(shown[:3])
    return _("{clauses} and others").format(clauses=listed) if len(shown) > 3 else listed


def with_commas(values: Iterable[object]) -> str:
    """Return values with commas between them; empty ones are left out."""
    return ", ".join([str(value) for value in values if value])


def license_words(expression: Expression | None) -> str:
    """Return a license expression as code, or that none is stated."""
    return code(expression) if expression else _("not stated")


def format_point(point: Point) -> str:
    """Return a point of a summary as Markdown, with its clauses."""
    text = inline(point.text)
    return f"{text} ({inline(format_clauses(point.clauses))})" if point.clauses else text


def list_points(points: Iterable[Point]) -> str:
    """Return the points of a summary in one line; those that are sentences of their own come last."""
    listed = [point for point in points if point.ids != ("other",)]
    sentences = "".join(f" {format_point(point)}." for point in points if point.ids == ("other",))
    end = "." if listed and (listed[-1].clauses or not listed[-1].text.endswith(".")) else ""
    return f"{'; '.join(map(format_point, listed))}{end}{sentences}"


def all_of(names: Iterable[str]) -> str:
    """Return names as a list in which all hold: `a and b`."""
    *first, last = names
    return _("{names} and {last}").format(names=", ".join(first), last=last) if first else last


def path_of(sources: Sequence[str]) -> str:
    """Return the sources that terms came through, nearest first, as a person says it."""
    text = one_line(sources[0])
    for source in sources[1:]:
        text = _("{source}, through {path}").format(source=text, path=one_line(source))
    return text


def anchor(heading: str) -> str:
    """Return the address of a heading within its card, as the Hub makes it."""
    return "-".join(re.sub(r"[^\w\s-]", "", heading.lower()).split())


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


_SHOWN_DIGITS = 9
"""Digits that people read; a longer quantity, as programs compute them, is rounded to four."""


def format_amount(value: Decimal) -> str:
    """Return a quantity as people read it: `120,000`, `0.0123`, `8.0e+22`.

    Args:
        value: The quantity.
    """
    digits = len(value.normalize().as_tuple().digits)
    text = scalar(Decimal(f"{value:.4g}") if digits > _SHOWN_DIGITS else value)
    whole, point, rest = text.partition(".")
    if not whole.isdecimal() or "e" in text:
        return text
    mark = pgettext("decimal point", ".") if point else ""
    return format_number(int(whole)) + mark + rest
