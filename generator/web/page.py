"""The page: card, layers, lineage, rights, findings and files of a release in one HTML file that fetches nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from generator.artifacts.card import CARD
from generator.checks.report import SEVERITIES, Finding, Report
from generator.documents.bundle import Bundle
from generator.documents.licenses.coverage import cover
from generator.documents.pictures.drawing import clean
from generator.documents.pictures.layers import NARROW, layers_svg
from generator.documents.pictures.lineage import lineage_svg
from generator.documents.pictures.lineage_edges import Edge, Lineage, lineage
from generator.documents.registry import write_card
from generator.documents.render import render
from generator.errors import CharterError, ReleaseFileError
from generator.licenses.assess import Assessment
from generator.release.model import ReleaseInfo
from generator.web.hub_tags import HubTag, chips, front_matter
from generator.web.images import Images
from generator.web.markdown import card_html
from generator.web.matrix import Matrix, Quote, matrix, quotes

MARK = '<meta name="generator" content="modelcharter preview">'
"""Marks a page of ours, which may be written again, from anybody else's file."""
FILE_LIMIT = 20_000
"""Characters of a file that are shown."""
FILES_LIMIT = 150_000
"""Characters of all files together."""

FINDINGS_LIMIT = 300
"""Findings that are shown; `charter check` has them all."""
EDGES_LIMIT = 1000
"""Edges that are listed in words; all are in the release file, and in the picture."""


class FileView(NamedTuple):
    """A file of the bundle; `text` is None where it is no text, `cut` says how many characters are left out."""

    number: int
    path: str
    size: int
    text: str | None
    cut: int


class FindingView(NamedTuple):
    """A finding with its clauses, word for word; `file` is a name without this machine's folders."""

    finding: Finding
    file: str
    quotes: tuple[Quote, ...]


class Style(NamedTuple):
    """Style and script of a page, and the policy that lets nothing else in.

    Attributes:
        live: Whether the page is served, and asks whether it has changed.
    """

    css: str
    script: str
    live: bool

    @property
    def policy(self) -> str:
        """The Content-Security-Policy."""
        connect = "; connect-src 'self'" if self.live else ""
        return (
            f"default-src 'none'; style-src '{_hash(self.css)}'; script-src '{_hash(self.script)}'; img-src data:"
            f"{connect}; base-uri 'none'; form-action 'none'"
        )


class Page(NamedTuple):
    """What the template of the page uses; pictures and card are HTML already."""

    style: Style
    info: ReleaseInfo
    label: tuple[str, str | None]
    chips: tuple[HubTag, ...]
    card: str
    layers: tuple[str, str]
    graph: tuple[str, str]
    lineage: Lineage
    edges: tuple[Edge, ...]
    matrix: Matrix
    report: Report
    findings: tuple[FindingView, ...]
    files: tuple[FileView, ...]
    trouble: tuple[CharterError, ...]


class BrokenPage(NamedTuple):
    """What the template uses where the release file cannot be read."""

    style: Style
    name: str
    errors: tuple[str, ...]
    remedy: str


def page(assessment: Assessment, report: Report, bundle: Bundle | CharterError, *, live: bool = False) -> str:
    """Return the page of a release.

    Args:
        assessment: The assessed release.
        report: The findings of the checks.
        bundle: What a build would write, or why it cannot.
        live: Whether the page is served and is to reload when it changes.
    """
    release = assessment.release
    coverage, edges = cover(assessment), lineage(assessment)
    files, trouble = _files(assessment, bundle)
    card = files.get(CARD, b"").decode() or _card(assessment)
    numbers = {path: number for number, path in enumerate(files)}

    def link(address: str) -> str | None:
        path = address.partition("#")[0].removeprefix("./")
        return f"#file-{numbers[path]}" if path in numbers else address

    _, body = front_matter(card)
    view = Page(
        style=style(live=live),
        info=release.release,
        label=coverage.card_label,
        chips=chips(card),
        card=card_html(body, link=link, image=Images(files, release.folder)),
        layers=(layers_svg(assessment, alone=False), layers_svg(assessment, alone=False, frame=NARROW)),
        graph=(lineage_svg(assessment, alone=False), lineage_svg(assessment, alone=False, wide=False)),
        lineage=edges,
        edges=edges.edges[:EDGES_LIMIT],
        matrix=matrix(assessment),
        report=report,
        findings=_findings(report, assessment),
        files=_views(files),
        trouble=trouble,
    )
    return render("preview.html.jinja", view)


def broken_page(name: str, error: CharterError) -> str:
    """Return the page that stands in for a release file that cannot be read; it reloads as soon as the file changes.

    Args:
        name: The file, as the user named it.
        error: What is the matter.
    """
    shown = [str(c) for c in error.complaints] if isinstance(error, ReleaseFileError) else error.message.splitlines()
    lines = tuple(clean(line) for line in shown)
    return render("preview_broken.html.jinja", BrokenPage(style(live=True), clean(name), lines, clean(error.remedy)))


def style(*, live: bool) -> Style:
    """Return style and script.

    Args:
        live: Whether the script asks for changes.
    """
    return Style(render("preview.css.jinja", None), render("preview.js.jinja", live), live)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _files(assessment: Assessment, bundle: Bundle | CharterError) -> tuple[dict[str, bytes], tuple[CharterError, ...]]:
    """The files as they would stand beside the release file, or in an empty folder; and what is in the way."""
    if isinstance(bundle, CharterError):
        return {}, (bundle,)
    folder = assessment.release.folder
    try:
        return (bundle.standing_in(folder) if folder else dict(bundle)), ()
    except CharterError as error:
        return dict(bundle), (error,)


def _card(assessment: Assessment) -> str:
    """The card by itself, where no bundle can be built or none is asked for."""
    card = write_card(cover(assessment))
    matter = "".join(entry.lines for entry in card.front_matter)
    return f"---\n{matter}---\n{card.title}\n{card.body}"


def _findings(report: Report, assessment: Assessment) -> tuple[FindingView, ...]:
    """Errors first, accepted findings last."""
    order = sorted(report.findings, key=lambda f: (f.accepted, SEVERITIES.index(f.severity)))
    license_set = assessment.license_set
    return tuple(FindingView(f, Path(f.file).name, quotes(f.clauses, license_set)) for f in order[:FINDINGS_LIMIT])


def _views(files: Mapping[str, bytes]) -> tuple[FileView, ...]:
    left = FILES_LIMIT
    found: list[FileView] = []
    for number, (path, content) in enumerate(files.items()):
        text = content.decode("utf-8", "replace")
        shown = text[: min(FILE_LIMIT, left)]
        left -= len(shown)
        binary = "\0" in shown
        found.append(FileView(number, path, len(content), None if binary else shown, len(text) - len(shown)))
    return tuple(found)
