"""The facts beside the text: license, base, kind, size, data, openness, how to get it, and how to cite it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from generator.artifacts.folder import listing, matching
from generator.artifacts.survey import is_pointer
from generator.documents.card.front_matter import is_hub_ref
from generator.documents.licenses.coverage import Coverage
from generator.documents.pictures.drawing import clean
from generator.documents.words import availability_words, layer_title, part_title, relation_words
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import LicenseId, get_known_name, hub_id
from generator.licenses.license_set import LicenseSet
from generator.openness.answers import Openness
from generator.openness.facts import openness_of
from generator.release.model import Release
from generator.release.vocabulary import AVAILABILITIES
from generator.translations import format_number, mark_in_context, mark_text, ngettext, pgettext
from generator.translations import gettext as _
from generator.web.prose import first_code

SHOWN = 3
"""Base models and data sets that are named; the rest is counted."""
MACHINE_READABLE = {
    "release.spdx3.json": "SPDX 3.0",
    "release.cdx.json": "CycloneDX",
    "croissant.json": "Croissant",
    "mof.yml": "Model Openness Framework",
    "CITATION.cff": "Citation File Format",
    "REUSE.toml": "REUSE",
}
"""Files of the bundle that programs read, and their formats."""
_KINDS = {
    "merge": mark_text("Merged model"),
    "quantized": mark_text("Quantized model"),
    "finetune": mark_text("Fine-tuned model"),
}
_AMOUNTS = (
    (10**12, mark_in_context("amount", "{number} trillion")),
    (10**9, mark_in_context("amount", "{number} billion")),
    (10**6, mark_in_context("amount", "{number} million")),
)
_WEIGHTS_OF = ("merge", "quantized", "finetune")
_LFS_LIMIT = 1024
_PARTS = 6
"""Parts that one license names."""
_STANDINGS = {
    "open": mark_text("Open license"),
    "unknown": mark_text("Not known to be open"),
    "limited": mark_text("Bars some uses"),
    "restricted": mark_text("Restricts use"),
    "none": mark_text("No license"),
}
"""How open a license is that the OSI has not approved, in words."""


class LicenseFact(NamedTuple):
    """A license of the release: the parts it covers, its name, its id on the Hub, and who approved it."""

    parts: str
    name: str
    id: str
    standing: str


class Source(NamedTuple):
    """A base model or data set that the release was made from; `url` is empty where it is not on the Hub."""

    name: str
    relation: str
    url: str


class Facts(NamedTuple):
    """What the page shows beside the text; what is not stated is empty.

    Attributes:
        more_sources: How many sources are not named here.
        data: The availability of the training data.
        openness: The verdicts, each with what it is about.
        download: The command that downloads the repo.
        code: The first code of the section on how to use it.
        machine: Path and format of each file that programs read.
    """

    kind: str
    licenses: tuple[LicenseFact, ...]
    sources: tuple[Source, ...]
    more_sources: int
    size: tuple[str, ...]
    data: str
    openness: tuple[tuple[str, str], ...]
    download: str
    code: str
    citation: str
    machine: tuple[tuple[str, str], ...]


def facts(coverage: Coverage, openness: Openness | None, how_to_use: str, files: Iterable[str]) -> Facts:
    """Return the facts of a release.

    Args:
        coverage: Which terms cover which files.
        openness: How open it is; None where it has no model.
        how_to_use: The section on how to use it, as Markdown.
        files: The paths of the files that a build writes.
    """
    release = coverage.assessment.release
    sources = tuple(dict.fromkeys(_sources(coverage.assessment.items)))
    written = set(files)
    return Facts(
        kind=kind(coverage),
        licenses=tuple(_licenses(coverage)),
        sources=sources[:SHOWN],
        more_sources=max(0, len(sources) - SHOWN),
        size=tuple(_sizes(coverage)),
        data=_data(coverage.assessment.items),
        openness=tuple(_openness(openness)),
        download=_download(release, coverage.repo_kind),
        code=_code(how_to_use),
        citation=_citation(release, coverage.repo_kind),
        machine=tuple((path, format_) for path, format_ in MACHINE_READABLE.items() if path in written),
    )


def kind(coverage: Coverage) -> str:
    """Return what a release is, as readers call it.

    Args:
        coverage: Which terms cover which files.
    """
    if not coverage.subject:
        return _("Release")
    first = coverage.subject[0]
    if first.layer == "data":
        return _("Data set")
    if first.layer == "deltas":
        return layer_title("deltas", [item.item.form for item in coverage.subject])
    if first.layer != "weights":
        return part_title(first.layer)
    relations = {upstream.relation for item in coverage.subject for upstream in item.item.derived_from}
    found = next((_KINDS[relation] for relation in _WEIGHTS_OF if relation in relations), None)
    return _(found) if found else _("Model")


def _licenses(coverage: Coverage) -> Iterator[LicenseFact]:
    """The licenses of what is released; each with its parts where there are several."""
    parts: dict[LicenseId, dict[str, None]] = {}
    available = [item for item in coverage.assessment.items if item.is_available and item.license]
    for item in available:
        differs = any(other.layer == item.layer and other.license != item.license for other in available)
        title = item.label if differs and item.own_name else layer_title(item.layer, (item.item.form,))
        for key in item.license.ids() if item.license else ():
            parts.setdefault(key, {})[title] = None
    for key, titles in parts.items():
        covered = list(titles)[:_PARTS] + ([_more(len(titles) - _PARTS)] if len(titles) > _PARTS else [])
        label = clean(", ".join(covered)) if len(parts) > 1 else ""
        yield license_fact(key, coverage.assessment.license_set)._replace(parts=label)


def license_fact(key: LicenseId, license_set: LicenseSet) -> LicenseFact:
    """Return the name of a license, its id on the Hub, and how open it is.

    Args:
        key: The license.
        license_set: The licenses that the release can name.
    """
    terms = license_set.terms(key)
    name = terms.name if key in license_set.own else get_known_name(key)
    known = hub_id(key)
    shown = known if known and known != "other" else str(key).removeprefix("LicenseRef-")
    open_ = openness_of(license_set.parse(key), None, license_set)
    standing = _("OSI-approved") if terms.osi_approved else _(_STANDINGS[open_])
    return LicenseFact("", clean(name), clean(shown), standing)


def hub_url(ref: str, relation: str) -> str:
    """Return the address of a source on the Hub; empty where its name is not one of the Hub.

    Args:
        ref: As the release file names it.
        relation: How something was made from it.
    """
    if ref.startswith(("https://", "http://")):
        return ref
    if not is_hub_ref(ref):
        return ""
    return f"https://huggingface.co/{'datasets/' if relation in ('trained_on', 'includes') else ''}{ref}"


def _sources(items: Iterable[ItemAssessment]) -> Iterator[Source]:
    """Base models first, then data sets."""
    stated = [upstream for item in items for upstream in item.item.derived_from]
    for upstream in sorted(stated, key=lambda upstream: upstream.relation in ("trained_on", "outputs_of", "includes")):
        url = hub_url(upstream.ref, upstream.relation)
        yield Source(clean(upstream.ref), relation_words(upstream.relation), url)


def _sizes(coverage: Coverage) -> Iterator[str]:
    model = coverage.assessment.release.model
    if model and model.parameters:
        yield _("{amount} parameters").format(amount=amount(model.parameters))
    if model and model.context_length:
        length = model.context_length
        text = ngettext("context of {number} token", "context of {number} tokens", length)
        yield text.format(number=format_number(length))
    yield from _size_of_files(coverage)


def _size_of_files(coverage: Coverage) -> Iterator[str]:
    """The size of the released files; nothing where one of them is not here."""
    folder = coverage.assessment.release.folder
    globs = tuple(glob for item in coverage.counted for glob in item.item.files)
    if folder is None or not globs:
        return
    paths = matching(listing(folder).files, globs)
    sizes = [_size(folder, path) for path in paths]
    if paths and all(size is not None for size in sizes):
        size = size_words(sum(size or 0 for size in sizes))
        text = ngettext("{size} in {number} file", "{size} in {number} files", len(paths))
        yield text.format(size=size, number=format_number(len(paths)))


def _size(folder: Path, path: str) -> int | None:
    try:
        size = (folder / path).stat().st_size
    except OSError:
        return None
    return None if size <= _LFS_LIMIT and is_pointer(folder, path) else size


def amount(number: int) -> str:
    """Return a number as people write it: 22.7 million, 6.74 billion.

    Args:
        number: A count.
    """
    for size, words in _AMOUNTS:
        if number >= size:
            return pgettext("amount", words).format(number=_three_figures(number / size))
    return format_number(number)


def _three_figures(number: float) -> str:
    return f"{number:.3g}".replace(".", pgettext("decimal point", "."))


def _more(number: int) -> str:
    return ngettext("{number} more", "{number} more", number).format(number=number)


def size_words(size: int) -> str:
    """Return a size as the Hub shows it: 90.9 MB.

    Args:
        size: Bytes.
    """
    for unit, word in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{_three_figures(size / unit)} {word}"
    return ngettext("{number} byte", "{number} bytes", size).format(number=size)


def _data(items: Iterable[ItemAssessment]) -> str:
    """The availability of the training data, the best of several."""
    states = [item.item.availability for item in items if item.layer == "data"]
    return availability_words(min(states, key=AVAILABILITIES.index)) if states else _("not mentioned")


def _openness(found: Openness | None) -> Iterator[tuple[str, str]]:
    if found is None:
        return
    yield "Model Openness Framework", found.mof.short or _("No class")
    yield _("If training data counts as source code"), found.framings["program"].title
    yield _("If weights count as source code"), found.framings["source"].title


def _download(release: Release, repo_kind: str) -> str:
    repo = release.release.repo
    if not repo:
        return ""
    kind_ = " --repo-type dataset" if repo_kind == "dataset" else ""
    return f"hf download {shlex.quote(repo)}{kind_}"


def _code(how_to_use: str) -> str:
    fence = first_code(how_to_use) if how_to_use else None
    return fence.code.rstrip("\n") if fence else ""


def _citation(release: Release, repo_kind: str) -> str:
    """How to cite it: the publisher's own words, else what the release file states of it."""
    info = release.release
    stated = release.card.citation
    fence = first_code(stated) if stated else None
    if fence:
        return fence.code.strip()
    if info.publisher is None:
        return ""
    year = f" ({info.date.year})" if info.date else ""
    version = _(" (version {version})").format(version=info.version) if info.version else ""
    place = f"https://huggingface.co/{'datasets/' if repo_kind == 'dataset' else ''}{info.repo}" if info.repo else ""
    return clean(f"{info.publisher.name}{year}. {info.name}{version}. {place}")
