"""What an existing card says of itself: its front matter, read as text and never trusted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from generator.artifacts.folder import read_inside, read_text
from generator.artifacts.weights import DATASET_KEYS
from generator.errors import CharterError
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern
from generator.translations import gettext as _

CARD = "README.md"
# The Hub's own expression for the block (hub.md 1.1), with a byte-order mark let through.
BLOCK = lazy_pattern(r"\A(\ufeff?\s*---[ \t]*\r?\n)(.*?)(^---[ \t]*)(\r?\n|\Z)", re.S | re.M)
BLOCK_LIMIT = 1024 * 1024
"""Characters of a front matter that is read."""
_SHOWN = 300
_Base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Loader(_Base):  # type: ignore[misc]
    """Reads every value as text, and null as nothing."""


Loader.add_implicit_resolver("tag:yaml.org,2002:null", lazy_pattern(r"(?:~|null|Null|NULL|)\Z"), ["~", "n", "N", ""])
Loader.add_constructor("tag:yaml.org,2002:null", lambda *_: None)


_RELATION_STARTS = {
    "finetun": "finetune",
    "quanti": "quantized",
    "lora": "adapter",
    "qlora": "adapter",
    "adapter": "adapter",
    "merge": "merge",
}


def find_relation(text: str) -> str | None:
    """Return the Hub's relation that `base_model_relation` states, also with a slip such as `quantised`; else None.

    Args:
        text: What the front matter states.
    """
    small = re.sub(r"[\s_-]", "", text.casefold())
    return next((meant for start, meant in _RELATION_STARTS.items() if small.startswith(start)), None)


_CHOICE = lazy_pattern(
    r"\b(?:under|of|choose|use|accept)\W+either\b(?!\W+version)|\beither\W+of\b"
    r"|\bat\s+your\s+(?:option|choice)\b(?!\W*any\s+later)|\b(?:your|the)\s+choice\s+(?:of|between)\b"
    r"|\bdual[- ]licen[sc]|\bchoose\s+(?:one|between|which)\b"
    r"|\b(?:under|of)\s+one\s+of\s+the\s+(?:two\s+)?licen[sc]es\b",
    re.I,
)
"""What lets a user choose; "either express or implied" and "either version 2 or any later version" do not."""
_OF_CODE = lazy_pattern(r"\b(?:code|scripts?)\b", re.I)
_OF_MODEL = lazy_pattern(r"\b(?:models?|weights|checkpoints?|data|data ?sets?|adapters?)\b", re.I)
_TEXT_LIMIT = 200_000


def states_choice(text: str) -> bool:
    """Return whether a paragraph on licenses lets the user choose one, as `under either` or `at your option`.

    A sentence about code alone says nothing of a model, whatever the next one is about.

    Args:
        text: A card, or a license file.
    """
    parts = re.split(r"\n[ \t]*\n(?![ \t]*(?:[*-]|at\b))", text[:_TEXT_LIMIT])
    sentences = (text for part in parts if "licen" in part.casefold() for text in re.split(r"[.!?;]\s", part))
    stated = (text for text in sentences if _CHOICE.search(text))
    return any(not _OF_CODE.search(text) or _OF_MODEL.search(text) for text in stated)


class CardFacts(NamedTuple):
    """What the front matter of a card states; lists are empty and texts None where it is silent.

    Attributes:
        license: Ids as they stand; several mean that all are named.
        license_name: The name that goes with `license: other`.
        license_link: The file or address that goes with it.
        base_models: Refs as they stand.
        relation: `base_model_relation`, as it stands.
    """

    license: tuple[str, ...] = ()
    license_name: str | None = None
    base_models: tuple[str, ...] = ()
    relation: str | None = None
    datasets: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    license_link: str | None = None


class CardText(NamedTuple):
    """The text of a card.

    Attributes:
        text: The text; empty where there is no card, or none that can be read.
        note: What a person should know about the reading, or None.
    """

    text: str
    note: str | None = None


def read_card_text(folder: Path) -> CardText:
    """Return the text of a folder's card, also of one that is not UTF-8.

    Args:
        folder: A model folder.
    """
    try:
        return CardText(read_text(folder, CARD) or "")
    except CharterError as error:
        fault = error.message
    try:
        text = read_text(folder, CARD, any_encoding=True) or ""
    except CharterError:
        return CardText("", _("{fault}. The file was not read.").format(fault=fault))
    encoding = "UTF-16" if (read_inside(folder, CARD) or b"")[:2] in (b"\xff\xfe", b"\xfe\xff") else "Windows-1252"
    return CardText(
        text,
        _("{fault}. It was read as {encoding}. Save it as UTF-8; `charter build` and the Hub need that.").format(
            fault=fault, encoding=encoding
        ),
    )


def read_card(folder: Path) -> CardFacts | None:
    """Return what the card of a folder states, or None where there is no card or it cannot be read as one.

    Args:
        folder: A model folder.
    """
    value = front_matter_of(read_card_text(folder).text)
    if not value:
        return None
    return CardFacts(
        license=_texts(value.get("license")),
        license_name=next(iter(_texts(value.get("license_name"))), None),
        base_models=_texts(value.get("base_model")),
        relation=next(iter(_texts(value.get("base_model_relation"))), None),
        datasets=_texts(value.get("datasets")),
        keys=tuple(key for key in DATASET_KEYS if key in value),
        license_link=next(iter(_texts(value.get("license_link"))), None),
    )


def front_matter_of(text: str) -> dict[str, Any]:
    """Return the front matter of a card, values as text; nothing where it has none that can be read.

    Args:
        text: A card.
    """
    block = BLOCK.match(text)
    if block is None or len(block.group(2)) > BLOCK_LIMIT:
        return {}
    try:
        value = yaml.load(block.group(2), Loader=Loader)
    except (yaml.YAMLError, RecursionError):
        return {}
    return {str(key): held for key, held in value.items()} if isinstance(value, dict) else {}


def _texts(value: object) -> tuple[str, ...]:
    """One text or several; what is empty, longer than an id or no text is left out."""
    held = value if isinstance(value, list) else [value]
    return tuple(entry for entry in held if isinstance(entry, str) and 0 < len(entry.strip()) <= _SHOWN)
