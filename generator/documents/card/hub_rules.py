"""Front matter that the Hub refuses or understands differently, found before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import yaml

from generator.artifacts.bases import hub_ref
from generator.artifacts.card import BLOCK, BLOCK_LIMIT, find_relation
from generator.documents.card.front_matter import is_language, is_repo_id
from generator.documents.card.hub_types import MODELS, RESULTS, SHAPES, Fault, format_kind, kind_of
from generator.licenses.catalog import KNOWLEDGE, find_license_of_address, hub_id, parse_known
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern
from generator.release.nearest import is_one_slip, nearest
from generator.translations import gettext as _
from generator.translations import mark_text

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NAME = lazy_pattern(r"[A-Za-z0-9][\w.-]{0,95}")
_CORE = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "seq", "map", "timestamp")
)
_NODES = 20_000
"""Nodes of a front matter that are looked at for tags."""


class Refusal(NamedTuple):
    """A fault in the front matter.

    Attributes:
        line: Counted from 1 in the card.
        key: The key of the front matter; empty for the block itself.
        column: Counted from 1.
        severity: `error` where the Hub refuses it; `warning` where that is not documented.
    """

    line: int
    key: str
    message: str
    remedy: str
    column: int = 1
    severity: str = "error"


def refusals(card: str) -> Iterator[Refusal]:
    """Yield what the Hub would refuse in the front matter of a card; nothing where it has none.

    Args:
        card: The text of a README.md.
    """
    yield from (found for found in find_refusals(card) if found.severity == "error")


def find_refusals(card: str) -> Iterator[Refusal]:
    """Yield what the Hub would refuse in the front matter of a card, and what is doubtful in it.

    Args:
        card: The text of a README.md.
    """
    block = BLOCK.match(card)
    if block is None or not block.group(2).strip():
        return
    first = block.group(1).count("\n")
    if len(block.group(2)) > BLOCK_LIMIT:
        message = _("the front matter has more than {number} characters.").format(number=BLOCK_LIMIT)
        yield Refusal(1, "", message, _("Move prose into the text."))
        return
    try:
        node = yaml.compose(block.group(2), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        message = _("the front matter is not YAML: {problem}.").format(problem=error.problem)
        yield Refusal(first + line, "", message, _("Fix this line."))
        return
    except (yaml.YAMLError, RecursionError):
        yield Refusal(1, "", _("the front matter is not YAML."), _("Fix it in an editor that checks YAML."))
        return
    if not isinstance(node, yaml.MappingNode):
        if isinstance(node, yaml.SequenceNode):
            message = _("the front matter is a list.")
        else:
            message = _("the front matter is not a mapping of keys.")
        yield Refusal(first + 1, "", message, _("Write `key: value` lines."))
        return
    yield from _find_tags(node, first)
    yield from _keys(node, first)


class StatedValue(NamedTuple):
    """A value of the front matter, and where it stands, from 1."""

    node: yaml.Node
    line: int
    column: int

    @property
    def text(self) -> str:
        """The text that it is; empty for anything else."""
        return str(self.node.value) if isinstance(self.node, yaml.ScalarNode) else ""

    def holds(self, key: str) -> bool:
        """Return whether it is a mapping that has a key."""
        return key in _fields(self.node)


def front(card: str) -> dict[str, StatedValue]:
    """Return what the front matter of a card states, by key; nothing where it cannot be read.

    Args:
        card: The text of a README.md.
    """
    block = BLOCK.match(card)
    if block is None or len(block.group(2)) > BLOCK_LIMIT:
        return {}
    try:
        node = yaml.compose(block.group(2), Loader=_Loader)
    except (yaml.YAMLError, RecursionError):
        return {}
    first = block.group(1).count("\n")
    return {key: _to_stated_value(value, first) for key, value in _fields(node).items()}


def results(index: StatedValue) -> Iterator[tuple[StatedValue, dict[str, StatedValue]]]:
    """Yield the results that a `model-index` holds, each with its fields.

    Args:
        index: What `front` returned for it.
    """
    first = index.line - index.node.start_mark.line - 1
    for model in _entries(index.node)[:MODELS]:
        for result in _entries(_fields(model).get("results"))[:RESULTS]:
            yield (
                _to_stated_value(result, first),
                {key: _to_stated_value(value, first) for key, value in _fields(result).items()},
            )


def _to_stated_value(node: yaml.Node, first: int) -> StatedValue:
    return StatedValue(node, first + node.start_mark.line + 1, node.start_mark.column + 1)


def _fields(node: yaml.Node | None) -> dict[str, yaml.Node]:
    return {str(key.value): value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}


def _entries(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _keys(node: yaml.MappingNode, first: int) -> Iterator[Refusal]:
    seen: set[str] = set()
    for name, value in node.value:
        line = first + name.start_mark.line + 1
        key = str(name.value) if isinstance(name, yaml.ScalarNode) else _("a key that is no word")
        if key in seen:
            message = _("`{key}` is here for the second time.").format(key=key)
            yield Refusal(line, key, message, _("Keep one of them."))
        seen.add(key)
        meant = find_intended_key(key)
        if meant and meant not in _fields(node):
            message = _("`{key}` is not a key that the Hub reads.").format(key=key)
            remedy = _("Write `{meant}`.").format(meant=meant)
            yield Refusal(line, key, message, remedy, name.start_mark.column + 1, "warning")
        known = key in (*RULES, *SHAPES, *TEXTS, *LISTS)
        if key in MAY_BE_EMPTY and kind_of(value) == "nothing":
            continue
        if kind_of(value) == "nothing" or (known and isinstance(value, yaml.ScalarNode) and not value.value):
            message = _("`{key}` has no value.").format(key=key)
            yield Refusal(line, key, message, _("Write one, or remove the key."))
            continue
        for fault in _value(key, value):
            # A value beside its key is reported at the key, a value below it at its own place.
            beside = fault.node is value and not isinstance(value, yaml.CollectionNode)
            mark = name.start_mark if beside else fault.node.start_mark
            yield Refusal(first + mark.line + 1, key, fault.message, fault.remedy, mark.column + 1, fault.severity)
    yield from _other(_fields(node), first)


def _value(key: str, value: yaml.Node) -> Iterator[Fault]:
    """Faults of one value, by the rule of its key."""
    if key in SHAPES:
        yield from SHAPES[key](value)
    if key in WRONG:
        yield Fault(value, _(WRONG[key][0]), _(WRONG[key][1]), "warning")
    if key in ("pipeline_tag", "base_model_relation", "library_name") and isinstance(value, yaml.SequenceNode):
        message = _("`{key}` is a list, where the Hub expects text.").format(key=key)
        yield Fault(value, message, _("Write one value."), "warning")
        return
    if key in TEXTS and kind_of(value) != "text":
        message = _("`{key}` is {kind}, where the Hub expects text.").format(key=key, kind=format_kind(value))
        yield Fault(value, message, _("Put it in quotes."), "warning")
    for entry in value.value if isinstance(value, yaml.SequenceNode) else (value,):
        yield from _entry(key, entry)


def _entry(key: str, entry: yaml.Node) -> Iterator[Fault]:
    """Faults of one entry of a list, or of a single value."""
    if key in RULES:
        fits, message, remedy, severity = RULES[key]
        if kind_of(entry) != "text" or not fits(str(entry.value)):
            shown = repr(entry.value[:80]) if isinstance(entry, yaml.ScalarNode) else format_kind(entry)
            meant = _find_intended_value(key, str(entry.value)) if kind_of(entry) == "text" else None
            hints = [_("Did you mean `{meant}`?").format(meant=meant)] if meant else []
            yield Fault(entry, _(message).format(value=shown), " ".join((*hints, _(remedy))), severity)
    # The Hub's list for data sets is longer than the one for models: only a near miss is reported.
    elif key == "task_categories" and kind_of(entry) == "text" and entry.value not in _tasks():
        meant = find_intended_task(str(entry.value))
        if meant:
            message = _("`task_categories`: {value} is not a task of the Hub.").format(value=repr(entry.value))
            yield Fault(entry, message, _("Did you mean `{meant}`?").format(meant=meant), "warning")
    if key in LISTS and kind_of(entry) != "text":
        message = _("`{key}` holds {kind}; expected text.").format(key=key, kind=format_kind(entry))
        yield Fault(entry, message, _("Quote it, or remove it."), "warning")


def _find_tags(node: yaml.Node, first: int) -> Iterator[Refusal]:
    """Values with a YAML tag of a programming language or an application, which the Hub refuses."""
    waiting, seen = [node], {id(node)}
    while waiting and len(seen) < _NODES:
        here = waiting.pop()
        if here.tag not in _CORE:
            shown = here.tag.removeprefix("tag:yaml.org,2002:")[:60]
            mark = here.start_mark
            message = _("the Hub refuses the YAML tag `{tag}`.").format(tag=shown)
            yield Refusal(first + mark.line + 1, "", message, _("Write the plain value or list."), mark.column + 1)
            return
        below = [part for pair in here.value for part in pair] if isinstance(here, yaml.MappingNode) else here.value
        for child in below if isinstance(here, yaml.CollectionNode) else ():
            if id(child) not in seen:
                seen.add(id(child))
                waiting.append(child)


def find_intended_key(key: str) -> str | None:
    """Return the key of a card that a near miss such as `licence` or `model_index` means, or None.

    Args:
        key: A key of a front matter.
    """
    keys, exact = _card_keys()
    if key in exact:
        return None
    bare = _bare_key(key)
    if bare in keys:
        return keys[bare]
    small = re.sub(r"[\s-]", "_", key.casefold())
    slips = {meant for meant in sorted(exact) if len(small) > _SHORT and is_one_slip(small, meant.replace("-", "_"))}
    return slips.pop() if len(slips) == 1 else None


def find_intended_license(text: str) -> str | None:
    """Return the Hub's license id that a near miss such as `Apache-2.0`, `BSD-3` or `MIT License` means, or None.

    Args:
        text: What the front matter states.
    """
    if (meant := find_license_of_address(text)) and (name := hub_id(meant)) in _licenses():
        return name
    small = re.sub(r"[\s_]+", "-", text.strip().casefold())
    plain = re.sub(r"-?\b(?:licen[sc]e|the|version|v)\b-?", "-", small).strip("-")
    for form in (text.strip(), small, plain, plain.replace("-", ""), f"{plain}-clause"):
        found = parse_known(form) if 0 < len(form) <= 100 else None
        name = hub_id(found.license) if found is not None and not found.parts else None
        if name in _licenses() and name != "other":
            return name
    near = nearest(plain, _licenses(), 2, 0.8)
    return near[0] if len(near) == 1 else None  # of several versions none is guessed


def find_intended_task(text: str) -> str | None:
    """Return the Hub's task that a near miss such as `text_generation` or `Text Generation` means, or None.

    Args:
        text: What the front matter states.
    """
    plain = re.sub(r"[\s_]+", "-", text.strip().casefold())
    near = [plain] if plain in _tasks() else nearest(plain, _tasks(), 2, 0.85)
    return near[0] if len(near) == 1 or (near and is_one_slip(plain, near[0])) else None


def _find_intended_value(key: str, text: str) -> str | None:
    """The value that a near miss of a key means; None where none is near."""
    if key == "license":
        return find_intended_license(text)
    if key == "pipeline_tag":
        return find_intended_task(text)
    if key in ("base_model", "datasets", "new_version"):
        return hub_ref(text)
    if key == "base_model_relation":
        return find_relation(text)
    if key == "language":
        code = _language_names().get(text.strip().casefold()) or re.split("[-_]", text.strip())[0].lower()
        return code if is_language(code) and code != text else None
    return None


_SHORT = 4
"""Letters of a key up to which a slip is not recognized: too many words are near."""


@lru_cache(maxsize=1)
def _language_names() -> dict[str, str]:
    lines = (KNOWLEDGE / "hub" / "language_names.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if line and line[0] != "#")


def _bare_key(key: str) -> str:
    return re.sub(r"[\s_-]", "", key.casefold()).replace("licence", "license").removesuffix("s")


@lru_cache(maxsize=1)
def _card_keys() -> tuple[dict[str, str], frozenset[str]]:
    """The Hub's keys: by a form in which near misses are equal and by names that other tools write, and as they are."""
    found: dict[str, str] = {}
    exact: set[str] = set()
    for line in (KNOWLEDGE / "hub" / "card_keys.txt").read_text(encoding="utf-8").splitlines():
        key, _, others = line.partition(":")
        found |= {_bare_key(other): key for other in others.split()} | {_bare_key(key): key}
        exact.add(key)
    return found, frozenset(exact)


def _other(said: dict[str, yaml.Node], first: int) -> Iterator[Refusal]:
    """The link to a license without a Hub id must be a file of the repo or a URL (hub.md 1.2)."""
    license_ = said.get("license")
    if not isinstance(license_, yaml.ScalarNode) or license_.value != "other":
        return
    link = said.get("license_link")
    text = str(link.value) if isinstance(link, yaml.ScalarNode) else ""
    if link and text and text not in ("LICENSE", "LICENSE.md") and not re.match(r"https?://", text):
        message = _("`license_link`: {link} is neither LICENSE, LICENSE.md nor a URL.").format(link=repr(text[:80]))
        yield Refusal(
            first + link.start_mark.line + 1,
            "license_link",
            message,
            _("Write `license_link: LICENSE`, with the text in that file."),
            severity="warning",
        )


@lru_cache(maxsize=1)
def _licenses() -> frozenset[str]:
    return frozenset((KNOWLEDGE / "hub" / "licenses.txt").read_text(encoding="utf-8").split())


@lru_cache(maxsize=1)
def _tasks() -> tuple[str, ...]:
    return tuple((KNOWLEDGE / "hub" / "pipeline_tags.txt").read_text(encoding="utf-8").split())


def _is_id(text: str) -> bool:
    """A repo id; old repos of the Hub have no namespace, as in `gpt2`."""
    return is_repo_id(text) or (bool(_NAME.fullmatch(text)) and is_repo_id(f"a/{text}"))


Rule = tuple[Callable[[str], bool], str, str, str]
RULES: dict[str, Rule] = {
    "license": (
        lambda text: text in _licenses(),
        mark_text("`license`: {value} is not a license id of the Hub."),
        mark_text("Write one of the Hub's ids, or `other`."),
        "error",
    ),
    "language": (
        is_language,
        mark_text("`language`: {value} is not a language code that the Hub accepts."),
        mark_text("Write an ISO 639 code; a region goes under `language_bcp47`."),
        "error",
    ),
    "base_model": (
        _is_id,
        mark_text("`base_model`: {value} is not a Hub model id."),
        mark_text("Write `ORG/NAME`, or remove it."),
        "error",
    ),
    "datasets": (
        _is_id,
        mark_text("`datasets`: {value} is not a Hub dataset id."),
        mark_text("Write `ORG/NAME`; data that is not on the Hub belongs in the text."),
        "error",
    ),
    "new_version": (
        _is_id,
        mark_text("`new_version`: {value} is not a Hub model id."),
        mark_text("Write `ORG/NAME`, or remove it."),
        "warning",
    ),
    "pipeline_tag": (
        lambda text: text in _tasks(),
        mark_text("`pipeline_tag`: {value} is not a task that the Hub knows."),
        mark_text("Write a task of the Hub, such as `text-generation`."),
        "warning",
    ),
    "base_model_relation": (
        lambda text: text in ("adapter", "merge", "quantized", "finetune"),
        mark_text("`base_model_relation`: {value} is not a relation that the Hub knows."),
        mark_text("Write adapter, merge, quantized or finetune."),
        "warning",
    ),
    "license_name": (
        lambda text: bool(re.fullmatch(r"[\w.+-]{1,96}", text)),
        mark_text("`license_name`: {value} is not a name that looks like an id."),
        mark_text("Write it as in `borealis-terms-1.0`."),
        "warning",
    ),
}
"""The Hub's rule for each key: a test, the message, the fix, and the severity (hub.md 1.2, 1.5)."""
TEXTS = (
    "license_link",
    "license_details",
    "library_name",
    "thumbnail",
    "description",
    "language_details",
    "extra_gated_prompt",
    "extra_gated_heading",
    "extra_gated_description",
    "extra_gated_button_content",
)
LISTS = ("tags", "metrics", "language_bcp47")
MAY_BE_EMPTY = ("thumbnail", "description")
"""Keys that the Hub also takes without a value (hub.md 1.2)."""
WRONG: dict[str, tuple[str, str]] = {
    "eval_results": (
        mark_text("`eval_results` is not a key of a card: the Hub's Python client fails on it."),
        mark_text("Write `model-index`, or a file below `.eval_results/`."),
    ),
    "gated": (
        mark_text("`gated` is a setting of the repo and has no effect in a card."),
        mark_text("Remove it, and gate the repo in its settings."),
    ),
}
"""Keys that do not do what their name suggests."""
