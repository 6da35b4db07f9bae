"""What REUSE.toml says: for every file of the folder, who holds it and under which terms it stands."""

from __future__ import annotations

from typing import NamedTuple

from generator.artifacts.folder import list_files, matching
from generator.documents.licenses.coverage import Coverage
from generator.documents.licenses.texts import copyright_line
from generator.documents.render import render
from generator.errors import CharterError
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import Expression
from generator.translations import error_text as _


class Annotation(NamedTuple):
    """One table of REUSE.toml."""

    paths: tuple[str, ...]
    copyright: tuple[str, ...]
    license: str


def reuse_toml(coverage: Coverage) -> str:
    """Return the content of REUSE.toml (REUSE specification 3.3).

    Args:
        coverage: Which terms cover which files.

    Raises:
        CharterError: The license or the holder of the bundle's own files, or of an item's, is not stated.
    """
    own = coverage.bundle_license
    if own is None:
        raise CharterError(
            _("REUSE.toml: no license is stated for the card and the other files written here."),
            _(
                "Name one under `documents:`, as in `{component: model-card, availability: "
                "released, license: CC-BY-4.0}`."
            ),
        )
    first = Annotation(("**",), _holders(coverage, None), str(own))
    rest = tuple(_annotation(coverage, item) for item in coverage.counted)
    return render("REUSE.toml.jinja", (first, *rest))


def _annotation(coverage: Coverage, item: ItemAssessment) -> Annotation:
    terms = [flow.license for flow in (item.flows[0], *item.travelling)]
    if any(expression is None for expression in terms):
        raise CharterError(
            _("REUSE.toml: {item}: a license that covers its files is not stated.").format(
                item=f"{item.layer}: {item.label}"
            ),
            _("Write `license:` on the item and on each source whose terms must be passed on."),
        )
    joined = _and([expression for expression in terms if expression])
    return Annotation(_paths(coverage, item), _holders(coverage, item), joined)


def _and(expressions: list[Expression]) -> str:
    parts: list[Expression] = []
    for expression in expressions:
        parts += expression.parts if expression.operator == "AND" else (expression,)
    unique = dict.fromkeys(parts)
    return " AND ".join(f"({part})" if part.parts and len(unique) > 1 else str(part) for part in unique)


def _paths(coverage: Coverage, item: ItemAssessment) -> tuple[str, ...]:
    """The patterns as REUSE writes them; REUSE knows `*` and `**`, so `?` and a folder are spelled out."""
    paths: list[str] = []
    folder = coverage.assessment.release.folder
    for glob in item.item.files:
        if "?" in glob and folder:
            paths += matching(list_files(folder), (glob,))
        else:
            paths.append(f"{glob}**" if glob.endswith("/") else glob)
    return tuple(dict.fromkeys(paths))


def _holders(coverage: Coverage, item: ItemAssessment | None) -> tuple[str, ...]:
    info = coverage.assessment.release.release
    own = (item.item.copyright or item.item.owner) if item else None
    stated = [own or info.copyright or (info.publisher.name if info.publisher else None)]
    if item:
        stated += [flow.upstream.copyright for flow in item.travelling if flow.upstream]
    lines = tuple(dict.fromkeys(copyright_line(text) for text in stated if text))
    if not lines:
        raise CharterError(
            _("REUSE.toml: nobody is named as holder of the copyright."),
            _("Write `release: {copyright: 2026 NAME}`."),
        )
    return lines
