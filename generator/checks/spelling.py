"""Spelling: ids and values that charter understands and other programs can misread; `--fix` corrects them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from generator.artifacts.card import BLOCK, BLOCK_LIMIT
from generator.artifacts.folder import is_file, read_text
from generator.checks.registry import Problem, Subject, rule
from generator.checks.report import Edit
from generator.documents.card.front_matter import front_matter
from generator.documents.storage.record import CARD, CARD_LIMIT
from generator.documents.words import all_of
from generator.errors import CharterError
from generator.licenses.catalog import hub_id, is_family, parse
from generator.named_tuple import NamedTuple
from generator.release import fields as kind
from generator.release.model import Location
from generator.release.source import LINE_BREAK, Plain
from generator.release.yaml_text import misread, scalar
from generator.translations import gettext as _
from generator.translations import mark_text, ngettext

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NO_TEXT = frozenset({kind.COUNT, kind.VERSION, kind.NUMBER, kind.AMOUNT, kind.DATE, kind.SEVERITY})
"""Fields that hold a number, a date or a word such as `off`."""
_TEXT_KEYS = {"license", "license_name", "license_link", "license_details", "language", "language_bcp47"}
_TEXT_KEYS |= {"language_details", "library_name", "pipeline_tag", "tags", "base_model", "base_model_relation"}
_TEXT_KEYS |= {"new_version", "datasets", "metrics", "description"}
_RESULT_TEXT_KEYS = {"name", "type", "config", "split", "revision"}
_MOST = 50
"""Spellings that are reported one by one."""
_FIX = mark_text("Or run `charter check --fix`.")


@rule("REL114", "license-not-canonical", "info")
def license_not_canonical(subject: Subject) -> Iterator[Problem]:
    """A license has another spelling than its canonical id.

    charter understands it. Other programs need the SPDX id, and a Hub id such as `gpl-3.0` does not say whether later
    versions apply. `charter check --fix` writes the canonical id.

    Bad:

        weights: {availability: released, license: apache-2.0, files: ["*.safetensors"]}

    Good:

        weights: {availability: released, license: Apache-2.0, files: ["*.safetensors"]}
    """

    def canonical(text: str) -> str:
        meant = parse(text, subject.assessment.license_set.local)
        return text.strip() if any(map(is_family, meant.ids())) else str(meant)

    found = (
        (text, subject.release.locate(path))
        for path, field, text in _stated_texts(subject)
        if field is kind.LICENSE and text.strip() != canonical(text)
    )
    for text, more, places in _by_spelling(found):
        yield Problem(
            _("`{text}` is read as `{license}`{places}.").format(text=text, license=canonical(text), places=more),
            " ".join((_("Write `{text}`.").format(text=canonical(text)), _(_FIX))),
            at=places[0][1],
            edits=tuple(Edit(*at, spelt, canonical(spelt)) for spelt, at in places),
        )


@rule("REL113", "value-unquoted", "info")
def value_unquoted(subject: Subject) -> Iterator[Problem]:
    """A text has no quotes, and other YAML readers take it for a number, a date or a truth value.

    charter reads it as text: `no` is Norwegian, and `1.10` is not `1.1`. Scripts that read YAML 1.1 see another value.
    `charter check --fix` adds the quotes.

    Bad:

        release: {name: Borealis 7B, version: 1.10, languages: [no]}

    Good:

        release: {name: Borealis 7B, version: "1.10", languages: ["no"]}
    """
    found = (
        (str(text), subject.release.locate(path))
        for path, field, text in _stated_texts(subject)
        if isinstance(text, Plain) and field not in _NO_TEXT and misread(text)
    )
    for text, more, places in _by_spelling(found):
        yield Problem(
            _("`{text}` is text, but other YAML readers take it for {kind}{places}.").format(
                text=text, kind=_(str(misread(text))), places=more
            ),
            " ".join((_("Write `{text}`.").format(text=scalar(text)), _(_FIX))),
            at=places[0][1],
            edits=_quote_values(places),
        )


@rule("HUB301", "license-other-unnamed", "warning")
def license_other_unnamed(subject: Subject) -> Iterator[Problem]:
    """The card says `license: other`, but `license_name` or `license_link` is missing.

    The Hub's page then shows "other" without a link to the terms. `charter check --fix` links the LICENSE in the
    folder, and writes its name where it is an exact copy of a known license.

    Bad:

        license: other

    Good:

        license: other
        license_name: qwen
        license_link: LICENSE
    """
    block = _front_matter(subject)
    values = {str(key.value): (key, value) for key, value in block.node.value} if block else {}
    key, stated = values.get("license", (None, None))
    missing = [name for name in ("license_name", "license_link") if name not in values]
    if block is None or key is None or not missing or "license" in block.ours:
        return
    if not isinstance(stated, yaml.ScalarNode) or stated.value != "other":
        return
    found = _license_of(block.path.parent)
    lines = "".join(f"{' ' * key.start_mark.column}{name}: {found[name]}\n" for name in missing if found.get(name))
    at = Location(str(block.path), block.first + key.start_mark.line + 1, key.start_mark.column + 1)
    below = block.first + stated.end_mark.line + 2
    safe = lines and not block.node.flow_style and stated.end_mark.line == key.start_mark.line
    yield Problem(
        _("`license: other` needs {names}.").format(names=all_of(f"`{name}`" for name in missing)),
        _("Write a name for the license, and `LICENSE` or the URL of its text.") + (f" {_(_FIX)}" if safe else ""),
        at=at,
        edits=(Edit(str(block.path), below, 1, "", lines),) if safe else (),
    )


@rule("HUB302", "front-matter-unquoted", "warning")
def front_matter_unquoted(subject: Subject) -> Iterator[Problem]:
    """A text in the card's front matter has no quotes, and YAML readers take it for a number, date or truth value.

    `language: no` is false in every program that reads YAML 1.1, such as huggingface_hub. The Hub refuses a `config` of
    a result that is a number. `charter check --fix` adds the quotes.

    Bad:

        language: no

    Good:

        language: "no"
    """
    block = _front_matter(subject)
    if block is None:
        return
    file, first = str(block.path), block.first + 1
    found = (
        (str(node.value), Location(file, first + node.start_mark.line, node.start_mark.column + 1))
        for node in _texts_of(block.node, block.ours)
        if not node.style and misread(str(node.value))
    )
    for text, more, places in _by_spelling(found):
        yield Problem(
            _("`{text}` is meant as text, but YAML readers take it for {kind}{places}.").format(
                text=text, kind=_(str(misread(text))), places=more
            ),
            " ".join((_("Write `{text}`.").format(text=scalar(text)), _(_FIX))),
            at=places[0][1],
            edits=_quote_values(places),
        )


@lru_cache(maxsize=1)  # two rules look at them
def _stated_texts(subject: Subject) -> list[tuple[tuple[str | int, ...], kind.Kind, str]]:
    """Path, kind and spelling of every text of the release file."""
    origin = subject.release.origin
    return origin.texts() if origin else []


def _quote_values(places: list[tuple[str, Location]]) -> tuple[Edit, ...]:
    quoted = {text: scalar(text) for text, _ in places}
    return tuple(Edit(*at, text, quoted[text]) for text, at in places)


def _by_spelling(
    found: Iterable[tuple[str, Location]],
) -> Iterator[tuple[str, str, list[tuple[str, Location]]]]:
    """Yield each spelling once, the number of places in words, and the places; the last can have several spellings."""
    groups: dict[str, list[tuple[str, Location]]] = {}
    for text, at in found:
        key = text if text in groups or len(groups) < _MOST else ""
        groups.setdefault(key, []).append((text, at))
    for key, places in groups.items():
        if key:
            more = ngettext("({number} place)", "({number} places)", len(places)).format(number=len(places))
        else:
            more = ngettext("(and {number} more)", "(and {number} more)", len(places) - 1)
            more = more.format(number=len(places) - 1)
        yield places[0][0], f" {more}" if len(places) > 1 else "", places


class _Block(NamedTuple):
    """The front matter of the folder's card: the lines above it (as YAML counts), its keys, and those of a build."""

    path: Path
    first: int
    node: yaml.MappingNode
    ours: frozenset[str]


def _front_matter(subject: Subject) -> _Block | None:
    folder = subject.release.folder
    try:
        text = read_text(folder, CARD, CARD_LIMIT) if folder else None
        block = BLOCK.match(text) if text else None
        if folder is None or block is None or len(block.group(2)) > BLOCK_LIMIT:
            return None
        node = _compose(block.group(2))
    except (CharterError, yaml.YAMLError, RecursionError):
        return None  # HUB106 reports that
    if not isinstance(node, yaml.MappingNode):
        return None
    written = subject.stated and "card" in subject.release.outputs
    ours = frozenset(entry.key for entry in front_matter(subject.coverage)) if written else frozenset()
    return _Block(folder / CARD, len(LINE_BREAK.findall(block.group(1))), node, ours)


@lru_cache(maxsize=1)  # two rules look at the same card
def _compose(block: str) -> yaml.Node | None:
    return yaml.compose(block, Loader=_Loader)


def _texts_of(node: yaml.MappingNode, ours: frozenset[str]) -> Iterator[yaml.ScalarNode]:
    """The values that the Hub reads as text (hub.md 1.2, 1.3)."""
    for key, value in node.value:
        name = str(key.value)
        if name in ours:
            continue
        if name == "model-index":
            yield from _results_texts(value, 0)
        elif name in _TEXT_KEYS:
            entries = value.value if isinstance(value, yaml.SequenceNode) else [value]
            yield from (entry for entry in entries if isinstance(entry, yaml.ScalarNode))


def _results_texts(node: yaml.Node, depth: int) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.SequenceNode) and depth < 8:
        for entry in node.value:
            yield from _results_texts(entry, depth + 1)
    elif isinstance(node, yaml.MappingNode) and depth < 8:
        for key, value in node.value:
            if isinstance(value, yaml.ScalarNode):
                if key.value in _RESULT_TEXT_KEYS:
                    yield value
            elif key.value != "args":
                yield from _results_texts(value, depth + 1)


def _license_of(folder: Path) -> dict[str, str]:
    """The path of the LICENSE in a folder, and its name where it is an exact copy."""
    from generator.licenses.identify import true_copy

    name = next((name for name in ("LICENSE", "LICENSE.md") if is_file(folder / name)), None)
    if name is None:
        return {}
    try:
        text = read_text(folder, name)
    except CharterError:
        return {}
    key = true_copy(text) if text else None
    known = key is not None and hub_id(key) is None
    return {"license_link": name} | ({"license_name": str(key).removeprefix("LicenseRef-").lower()} if known else {})
