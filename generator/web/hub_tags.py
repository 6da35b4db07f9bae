"""A card's front matter as the Hub shows it: the chips above the text."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from generator.artifacts.card import BLOCK, BLOCK_LIMIT
from generator.documents.pictures.drawing import clean
from generator.translations import gettext as _
from generator.translations import mark_text, ngettext

SHOWN = 8
"""Chips of one kind that are shown; the rest is counted."""
_KINDS = (
    ("pipeline_tag", mark_text("Task")),
    ("library_name", mark_text("Library")),
    ("datasets", mark_text("Data set")),
    ("language", mark_text("Language")),
    ("tags", ""),
    ("base_model", mark_text("Base model")),
    ("license", mark_text("License")),
)
_ARXIV = re.compile(r"(?:arxiv\.org/(?:abs|pdf)/|huggingface\.co/papers/)(\d{4}\.\d{4,5})")
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class HubTag(NamedTuple):
    """One chip: what it says, and of what kind it is."""

    kind: str
    label: str
    text: str


def chips(card: str) -> tuple[HubTag, ...]:
    """Return the chips of a card, in the Hub's order; none where its front matter cannot be read.

    Args:
        card: The text of a README.md.
    """
    fields, body = front_matter(card)
    found: list[HubTag] = []
    for key, label in _KINDS:
        shown_label = _label(key, label, fields)
        texts = _texts(fields.get(key))
        found += [
            HubTag(key, shown_label, _license(text, fields) if key == "license" else text) for text in texts[:SHOWN]
        ]
        found += (
            [
                HubTag(
                    key,
                    shown_label,
                    ngettext("{number} more", "{number} more", len(texts) - SHOWN).format(number=len(texts) - SHOWN),
                )
            ]
            if len(texts) > SHOWN
            else []
        )
        if key == "language":
            found += [HubTag("arxiv", "arXiv", number) for number in list(dict.fromkeys(_ARXIV.findall(body)))[:SHOWN]]
    return tuple(chip._replace(text=clean(chip.text)[:120]) for chip in found)


def front_matter(card: str) -> tuple[dict[str, Any], str]:
    """Return the front matter of a card, every value as text, and the card without it.

    Args:
        card: The text of a README.md.
    """
    block = BLOCK.match(card)
    if block is None:
        return {}, card
    body = card[block.end() :]
    if len(block.group(2)) > BLOCK_LIMIT:
        return {}, body
    try:
        value = yaml.load(block.group(2), Loader=_Loader)
    except (yaml.YAMLError, RecursionError):
        return {}, body
    return (value if isinstance(value, dict) else {}), body


def _label(key: str, label: str, fields: dict[str, Any]) -> str:
    relation = fields.get("base_model_relation")
    title = _(label) if label else ""
    return f"{title}, {relation}" if key == "base_model" and isinstance(relation, str) else title


def _license(text: str, fields: dict[str, Any]) -> str:
    name = fields.get("license_name")
    return f"{text}: {name}" if text == "other" and isinstance(name, str) else text


def _texts(value: object) -> list[str]:
    held = value if isinstance(value, list) else [value]
    return [entry for entry in held if isinstance(entry, str) and entry.strip()]
