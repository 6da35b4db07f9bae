"""Templates of people and organizations, which change or replace the generated part of the card, block by block."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generator.artifacts.folder import read_text
from generator.documents import words
from generator.errors import CharterError
from generator.release.model import Release
from generator.release.part import Part, fields_of
from generator.translations import error_text
from generator.translations import gettext as _

LIMIT = 256 * 1024
"""Bytes that a template may have."""
BLOCKS = (
    *("top", "rights", "how_to_use", "intended_use", "out_of_scope", "limitations", "evaluation", "training"),
    *("environment", "details", "released", "sources", "acts", "openness", "citation", "end"),
)
"""The blocks of the card, in their order."""
_HEADINGS = {
    "Rights in brief": "rights",
    "How to Use the Dataset": "how_to_use",
    "How to Get Started with the Model": "how_to_use",
    "Uses": "intended_use",
    "Out-of-Scope Use": "out_of_scope",
    "Bias, Risks, and Limitations": "limitations",
    "Evaluation": "evaluation",
    "Dataset Creation": "training",
    "Training Details": "training",
    "Environmental Impact": "environment",
    "Dataset Details": "details",
    "Details": "details",
    "What is released": "released",
    "Source Data": "sources",
    "Made from": "sources",
    "Openness": "openness",
    "Citation": "citation",
}
"""The headings that the card's own template writes, with the block that begins there."""
_refused = False
"""Whether no template is run."""
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_MARKER = re.compile(r"<!--\s*charter:")


def refuse_templates() -> None:
    """Run no template for the rest of this process: on a server, those of a visitor would take the time of others."""
    global _refused
    _refused = True


def apply_template(release: Release, body: str) -> str:
    """Return the generated part of the card as the release's template has it; unchanged where there is no template.

    Args:
        release: The release.
        body: The generated part.

    Raises:
        CharterError: The template cannot be read or filled; the message has its file and line.
    """
    place = release.template_place
    if place is None:
        return body
    if _refused:
        raise CharterError(
            error_text("card_template: this server runs no templates."), error_text("Leave card_template out.")
        )
    from generator.documents.sandbox import render_template

    folder, name = place
    sections = split_sections(body)
    base = "".join(f"{{% block {block} %}}{{{{ sections.{block} }}}}{{% endblock %}}" for block in BLOCKS)

    def read(path: str) -> str | None:
        if path.startswith(("/", "~")) or "\\" in path or ".." in path.split("/"):
            raise CharterError(
                error_text("{file}: {path!r} is not a path inside its folder.").format(file=folder / name, path=path),
                error_text("Move the file there."),
            )
        return read_text(folder, path, LIMIT)

    if read(name) is None:
        raise CharterError(
            error_text("{file}: the card template is not there.").format(file=folder / name),
            error_text("Correct `card_template`, or add it."),
        )
    filters = {"md": words.inline, "code": words.code, "link": words.link}
    values = _plain(release) | {"sections": sections}
    text = render_template(str(folder), read, name, values, base=base, filters=filters)
    if _MARKER.search(text):
        raise CharterError(
            error_text("{file}: the text has a marker of charter (`<!-- charter:`).").format(file=folder / name),
            error_text("Remove it."),
        )
    return text if text.endswith("\n") else f"{text}\n"


def split_sections(body: str) -> dict[str, str]:
    """Return the text of each block of the card; joined in their order they are the card.

    Args:
        body: The generated part of a card.
    """
    found = dict.fromkeys(BLOCKS, "")
    begins = {f"## {_(heading)}": block for heading, block in _HEADINGS.items()}
    begins[f"<details><summary>{_('Each act with its reason')}</summary>"] = "acts"
    current, fence = "top", ""
    for line in body.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if fence and mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        elif mark and not fence:
            fence = mark[1]
        elif not fence and (block := begins.get(line.rstrip("\r\n"))) and BLOCKS.index(block) > BLOCKS.index(current):
            current = block
        found[current] += line
    return found


def _plain(value: Any) -> Any:  # noqa: ANN401 - a value of a release
    """A release as mappings, lists and texts; what is not stated is None or empty, never absent."""
    if isinstance(value, Part):
        return {name: _plain(getattr(value, name)) for name in fields_of(type(value))}
    if isinstance(value, Mapping):
        return {str(key): _plain(child) for key, child in value.items()}
    if isinstance(value, tuple):
        return [_plain(child) for child in value]
    return value
