"""What the Hub would refuse in a card's front matter, told before anything is sent (hub.md 1.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import yaml

from generator.artifacts.card import BLOCK, BLOCK_LIMIT
from generator.documents.front_matter import is_language, is_repo_id
from generator.licenses.catalog import KNOWLEDGE

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Refusal(NamedTuple):
    """One thing that the Hub refuses; `line` counts from 1 in the card, `key` is empty for the block itself."""

    line: int
    key: str
    message: str
    remedy: str


def refusals(card: str) -> Iterator[Refusal]:
    """Yield what the Hub would refuse in the front matter of a card; nothing where it has none.

    Args:
        card: The text of a README.md.
    """
    block = BLOCK.match(card)
    if block is None or not block.group(2).strip():
        return
    first = block.group(1).count("\n")
    if len(block.group(2)) > BLOCK_LIMIT:
        yield Refusal(1, "", f"the front matter has more than {BLOCK_LIMIT} characters.", "Keep prose in the text.")
        return
    try:
        node = yaml.compose(block.group(2), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        yield Refusal(first + line, "", f"the front matter is not YAML: {error.problem}.", "Mend it in this line.")
        return
    except (yaml.YAMLError, RecursionError):
        yield Refusal(1, "", "the front matter is not YAML.", "Mend it in an editor that checks YAML.")
        return
    if not isinstance(node, yaml.MappingNode):
        yield Refusal(1, "", "the front matter is not a mapping of keys.", "Write `key: value` lines.")
        return
    yield from _keys(node, first)


def _keys(node: yaml.MappingNode, first: int) -> Iterator[Refusal]:
    seen: set[str] = set()
    for name, value in node.value:
        line, key = first + name.start_mark.line + 1, str(name.value)
        if key in seen:
            yield Refusal(line, key, f"`{key}` stands here for the second time.", "Keep one of them.")
        seen.add(key)
        if _empty(value):
            yield Refusal(line, key, f"`{key}` has no value.", "Write one, or take the key out.")
            continue
        fits, expected, remedy = RULES.get(key, (None, "", ""))
        for entry in _entries(value) if fits else ():
            if fits and not (isinstance(entry, yaml.ScalarNode) and fits(str(entry.value))):
                shown = repr(entry.value) if isinstance(entry, yaml.ScalarNode) else "a list or a mapping"
                at = first + entry.start_mark.line + 1
                yield Refusal(at, key, f"`{key}`: {shown} is not {expected}.", remedy)


def _entries(value: yaml.Node) -> list[yaml.Node]:
    return list(value.value) if isinstance(value, yaml.SequenceNode) else [value]


def _empty(value: yaml.Node) -> bool:
    if not isinstance(value, yaml.ScalarNode):
        return False
    return value.value == "" or (not value.style and value.value in ("~", "null", "Null", "NULL"))


@lru_cache(maxsize=1)
def _licenses() -> frozenset[str]:
    return frozenset((KNOWLEDGE / "hub" / "licenses.txt").read_text(encoding="utf-8").split())


Fits = Callable[[str], bool]
RULES: dict[str, tuple[Fits, str, str]] = {
    "license": (
        lambda text: text in _licenses(),
        "a license id of the Hub",
        "State the license in the release file, or write one of the Hub's ids, or `other`.",
    ),
    "language": (
        is_language,
        "a language code that the Hub accepts",
        "Write an ISO 639 code; a region goes under `language_bcp47`.",
    ),
    "base_model": (is_repo_id, "a Hub model id", "Write `ORG/NAME`, or take it out."),
    "datasets": (
        lambda text: is_repo_id(text) or bool(re.fullmatch(r"[A-Za-z0-9][\w.-]{0,95}", text)),
        "a Hub dataset id",
        "Write `ORG/NAME`; data that is not on the Hub belongs in the text.",
    ),
}
"""What the Hub holds each key to: a test, what it expects, and what to do."""
