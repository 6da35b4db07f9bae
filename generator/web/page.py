"""The page of a release: one HTML file that fetches nothing, made of sections that can also be rendered one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from generator.artifacts.card import CARD
from generator.checks.report import Report
from generator.documents.bundle import Bundle
from generator.documents.card.view import card_view
from generator.documents.licenses.coverage import Coverage, cover
from generator.documents.pictures.drawing import clean
from generator.documents.pictures.lineage import lineage_svg
from generator.documents.pictures.lineage_edges import Edge, Lineage, lineage
from generator.documents.registry import write_card
from generator.documents.render import render
from generator.errors import CharterError, ReleaseFileError
from generator.licenses.assess import Assessment
from generator.openness.answers import Openness
from generator.openness.ladder import Step, steps
from generator.openness.osaid import Requirement, titled
from generator.release.model import ReleaseInfo, Result
from generator.translations import gettext as _
from generator.translations import pgettext
from generator.web.brief import Brief, briefs
from generator.web.facts import Facts, facts
from generator.web.hub_tags import HubTag, chips, front_matter
from generator.web.images import Images
from generator.web.markdown import PREFIX, card_html
from generator.web.matrix import Matrix, matrix
from generator.web.prose import SECTIONS as PROSE
from generator.web.prose import sections, with_facts, written_by_hand
from generator.web.publisher import Linker, PublisherBar, publisher_bar
from generator.web.released import Layer, released
from generator.web.share import share_image
from generator.web.style import Style, style

MARK = '<meta name="generator" content="modelcharter preview">'
"""Marks a page of ours, which may be written again, from anybody else's file."""
FILE_LIMIT = 20_000
"""Characters of a file that are shown."""
FILES_LIMIT = 150_000
"""Characters of all files together."""
EDGES_LIMIT = 1000
"""Edges that are listed in words; all are in the release file, and in the picture."""
SECTIONS = {
    "publisher": "For the publisher",
    "intro": "Introduction",
    "rights": "Rights in brief",
    "facts": "Facts",
    "texts": "Text",
    "released": "What is released",
    "lineage": "Made from",
    "openness": "Openness",
    "acts": "All acts",
    "files": "Files",
}
"""The sections by id, in their order: each is the template `page/ID.html.jinja` and one element with that id."""
_FOLDED = ("training", "environment", "citation")
_LONG = 4000
"""Characters of a text from which it is folded."""


class FileView(NamedTuple):
    """A file of the bundle; `text` is None where it is no text, `cut` says how many characters are left out."""

    number: int
    path: str
    size: int
    text: str | None
    cut: int


class Prose(NamedTuple):
    """A section of the publisher's own text; `html` is safe."""

    id: str
    title: str
    html: str
    folded: bool


class Page(NamedTuple):
    """What the templates of the page use; `card` and the pictures are HTML already.

    Attributes:
        language: The language of the card and of the other files.
        publisher: What only the publisher needs; None on a page for readers.
        share: The share image as a `data:` address.
    """

    style: Style
    language: str
    info: ReleaseInfo
    publisher: PublisherBar | None
    built_with: tuple[str, ...]
    rights: tuple[Brief, ...]
    facts: Facts
    texts: tuple[Prose, ...]
    results: tuple[Result, ...]
    released: tuple[Layer, ...]
    graph: tuple[str, str]
    lineage: Lineage
    edges: tuple[Edge, ...]
    openness: Openness | None
    steps: tuple[Step, ...]
    requirements: tuple[tuple[str, Requirement], ...]
    matrix: Matrix
    chips: tuple[HubTag, ...]
    card: str
    files: tuple[FileView, ...]
    share: str

    @property
    def nav(self) -> tuple[tuple[str, str], ...]:
        """The ids and the names of the sections that the bar at the top links to."""
        use = [(self.texts[0].id, pgettext("section", "Use"))] if self.texts else []
        openness = [("openness", _("Openness"))] if self.openness else []
        acts = [("acts", _("All acts"))] if self.matrix.columns else []
        return (
            *([("rights", _("Rights"))] if self.rights else []),
            *use,
            ("released", _("Released")),
            ("lineage", _("Made from")),
            *openness,
            *acts,
            ("files", _("Files")),
        )


class BrokenPage(NamedTuple):
    """What the template uses where the release file cannot be read."""

    style: Style
    name: str
    errors: tuple[str, ...]
    remedy: str


def page_html(view: Page) -> str:
    """Return the page of a release.

    Args:
        view: The content.
    """
    return render("preview.html.jinja", view)


def section_html(view: Page, name: str) -> str:
    """Return one section of a page, an element with the id of the section.

    Args:
        view: The page.
        name: A key of `SECTIONS`.
    """
    return render(f"page/{name}.html.jinja", view)


def page_view(
    assessment: Assessment,
    report: Report | None,
    bundle: Bundle | CharterError,
    *,
    live: bool = False,
    link: Linker | None = None,
) -> Page:
    """Return the content of a page, computed once for all its sections.

    Args:
        assessment: The assessed release.
        report: The findings of the checks; None for a page without the publisher's bar.
        bundle: What a build would write, or why it cannot.
        live: Whether the page is served and is to reload when it changes.
        link: In the studio, what finds the question that causes a finding.
    """
    release = assessment.release
    coverage, found = cover(assessment), lineage(assessment)
    shown = card_view(coverage)
    files, trouble = _files(assessment, bundle)
    card = files.get(CARD, b"").decode() or _card(coverage)
    html = _renderer(files, Images(files, release.folder))
    body = front_matter(card)[1]
    own = with_facts(sections(release.card, written_by_hand(body)), release)
    about = facts(coverage, shown.openness, own.get("how_to_use", ""), files)
    layers = released(assessment, lambda text: html(text, "layer-"))
    return Page(
        style=style(live=live, linked=link is not None),
        language=release.language,
        info=release.release,
        publisher=publisher_bar(report, assessment, trouble, link) if report else None,
        built_with=shown.built_with,
        rights=briefs(shown.rights, assessment.license_set),
        facts=about,
        texts=tuple(_texts(own, html, results=bool(release.results))),
        results=release.results,
        released=layers,
        graph=(lineage_svg(assessment, alone=False), lineage_svg(assessment, alone=False, wide=False)),
        lineage=found,
        edges=found.edges[:EDGES_LIMIT],
        openness=shown.openness,
        steps=steps(shown.openness.mof) if shown.openness else (),
        requirements=titled(shown.openness.osaid) if shown.openness else (),
        matrix=matrix(assessment),
        chips=chips(card),
        card=html(body, PREFIX),
        files=_views(files),
        share=share_image(release.release, about, layers, shown),
    )


def broken_page(name: str, error: CharterError, *, linked: bool = False) -> str:
    """Return the page that stands in for a release file that cannot be read; it reloads as soon as the file changes.

    Args:
        name: The file, as the user named it.
        error: What is the matter.
        linked: Whether the studio serves style and script as files.
    """
    shown = [str(c) for c in error.complaints] if isinstance(error, ReleaseFileError) else error.message.splitlines()
    lines = tuple(clean(line) for line in shown)
    return render(
        "preview_broken.html.jinja",
        BrokenPage(style(live=True, linked=linked), clean(name), lines, clean(error.remedy)),
    )


def _renderer(files: Mapping[str, bytes], images: Images) -> Callable[[str, str], str]:
    """Return what makes HTML of Markdown: links to files of the bundle lead to their place on the page."""
    numbers = {path: number for number, path in enumerate(files)}

    def link(address: str) -> str | None:
        path = address.partition("#")[0].removeprefix("./")
        return f"#file-{numbers[path]}" if path in numbers else address

    return lambda text, prefix: card_html(text, link=link, image=images, prefix=prefix)


def _texts(own: Mapping[str, str], html: Callable[[str, str], str], *, results: bool) -> list[Prose]:
    """The publisher's text by section; results in numbers have a section of their own even without a text."""
    found = []
    for name, (id_, title) in PROSE.items():
        text = own.get(name, "")
        if text or (name == "evaluation" and results):
            folded = name in _FOLDED or len(text) > _LONG
            found.append(Prose(id_, _(title), html(text, f"{id_}-") if text else "", folded))
    return found


def _files(assessment: Assessment, bundle: Bundle | CharterError) -> tuple[dict[str, bytes], tuple[CharterError, ...]]:
    """The files as they would stand beside the release file, or in an empty folder; and what is in the way."""
    if isinstance(bundle, CharterError):
        return {}, (bundle,)
    folder = assessment.release.folder
    try:
        return (bundle.standing_in(folder) if folder else dict(bundle)), ()
    except CharterError as error:
        return dict(bundle), (error,)


def _card(coverage: Coverage) -> str:
    """The card by itself, where no bundle can be built or none is asked for."""
    card = write_card(coverage)
    matter = "".join(entry.lines for entry in card.front_matter)
    return f"---\n{matter}---\n{card.title}\n{card.body}"


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
