"""What NOTICE says: every upstream once, with its license, and the notices that licenses require."""

from __future__ import annotations

from collections.abc import Iterator

from generator.artifacts.folder import read_text
from generator.documents.licenses.coverage import Coverage
from generator.documents.licenses.publisher_files import own_words, with_own_words
from generator.documents.licenses.texts import LicenseTextStore, copyright_line, copyright_lines, split_copyright
from generator.documents.render import render
from generator.errors import CharterError, LicenseTextError
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import Expression, LicenseId
from generator.licenses.clauses import find_clause, quotations
from generator.licenses.copyrights import holder_of
from generator.licenses.lineage import Flow
from generator.named_tuple import NamedTuple
from generator.release.model import Release
from generator.translations import error_text as _


class Entry(NamedTuple):
    """An upstream as NOTICE names it.

    Attributes:
        uses: Which part was made from it, and how: (item, relation).
        names: The names of its license.
        here: Whether its terms must be passed on with a file here.
        copyright: Its copyright lines.
        missing: Whether its license asks for a copyright line that nobody gave.
        notices: Notice texts, verbatim.
        as_of: The date of the table of known bases, where the license is from there; else empty.
    """

    ref: str
    license: Expression | None
    names: tuple[str, ...]
    uses: tuple[tuple[ItemAssessment, str], ...]
    here: bool
    copyright: tuple[str, ...]
    missing: bool
    notices: tuple[str, ...]
    as_of: str


class NoticeView(NamedTuple):
    """What the template of NOTICE uses."""

    release: Release
    holders: tuple[str, ...]
    missing: tuple[tuple[LicenseId, ItemAssessment], ...]
    entries: tuple[Entry, ...]


def notice(coverage: Coverage, text_store: LicenseTextStore) -> str:
    """Return the content of NOTICE.

    Args:
        coverage: Which terms cover which files.
        text_store: Where texts are taken from.

    Raises:
        CharterError: A notice file that an upstream names is not there.
    """
    release = coverage.assessment.release
    stated = [item.item.copyright or item.item.owner for item in coverage.counted]
    lines = dict.fromkeys(
        line for text in (release.release.copyright, *stated) if text for line in split_copyright(text)
    )
    own = [line for key in coverage.texts for line in _own_lines(key, text_store)]
    lines |= {line: None for line in own if holder_of(line) not in set(map(holder_of, lines))}
    missing = tuple(_missing_lines(coverage, text_store))
    ours = render("NOTICE.jinja", NoticeView(release, tuple(lines), missing, tuple(_entries(coverage, text_store))))
    return with_own_words(own_words(release.folder, coverage.publisher_files.notice), ours)


def _missing_lines(coverage: Coverage, text_store: LicenseTextStore) -> Iterator[tuple[LicenseId, ItemAssessment]]:
    """The parts here whose license begins with a copyright line that nobody stated."""
    for key, covered in coverage.texts.items():
        for entry in covered:
            if not isinstance(entry, ItemAssessment) or copyright_lines(coverage.assessment.release, (entry,)):
                continue
            if not _own_lines(key, text_store) and text_store.asks_holder(key):
                yield key, entry


def _own_lines(key: LicenseId, text_store: LicenseTextStore) -> tuple[str, ...]:
    try:
        return text_store.own_lines(key)
    except LicenseTextError:
        return ()  # the build stops at it where the text is written


def get_required_notices(
    key: LicenseId, relations: frozenset[str], coverage: Coverage, text_store: LicenseTextStore
) -> tuple[str, ...]:
    """Return the notices that a license prints in its own clauses and wants reproduced.

    Args:
        key: The license.
        relations: How things here were made from what it covers.
        coverage: Which terms cover which files.
        text_store: Where its text is taken from.
    """
    terms = coverage.assessment.license_set.terms(key)
    found: dict[str, None] = {}
    for obligation in terms.obligations:
        if obligation.words and obligation.id == "display_built_with":
            found[obligation.words] = None
        if not obligation.quoted or not obligation.clause:
            continue
        text = text_store.text(key)
        span = find_clause(text, obligation.clause, terms.anchors) if text else None
        said = quotations(text[span[0] : span[1]]) if text and span else []
        if said:
            found[max(said, key=len)] = None
    return tuple(found)


def _entries(coverage: Coverage, text_store: LicenseTextStore) -> Iterator[Entry]:
    counted = {id(item) for item in coverage.counted}
    groups: dict[tuple[str, str], list[tuple[ItemAssessment, Flow]]] = {}
    for item in coverage.assessment.items:
        for flow in item.flows:
            if flow.upstream is not None and len(flow.via) == 1:
                groups.setdefault((flow.upstream.ref, str(flow.license)), []).append((item, flow))
    for (ref, __), sightings in groups.items():
        license_ = sightings[0][1].license
        license_set = coverage.assessment.license_set
        keys = license_.ids() if license_ else ()
        here = any(id(item) in counted and flow.travels for item, flow in sightings)
        holders = tuple(
            dict.fromkeys(
                copyright_line(flow.upstream.copyright)
                for __, flow in sightings
                if flow.upstream and flow.upstream.copyright
            )
        )
        relations = frozenset(flow.relation for __, flow in sightings)
        required = [text for key in keys if here for text in get_required_notices(key, relations, coverage, text_store)]
        yield Entry(
            ref=ref,
            license=license_,
            names=tuple(license_set.terms(key).name for key in keys),
            uses=tuple((item, flow.relation) for item, flow in sightings),
            here=here,
            copyright=holders,
            missing=here and not holders and any(text_store.asks_holder(key) for key in keys),
            notices=tuple(dict.fromkeys((*required, *_notice_files(coverage.assessment.release, sightings)))),
            as_of=sightings[0][1].as_of,
        )


def _notice_files(release: Release, sightings: list[tuple[ItemAssessment, Flow]]) -> Iterator[str]:
    for __, flow in sightings:
        path = flow.upstream.notice if flow.upstream else None
        if not path or release.folder is None:
            continue
        text = read_text(release.folder, path, any_encoding=True)
        if text is None:
            raise CharterError(
                _("notice: {path} is not in the folder.").format(path=path),
                _("Put the NOTICE of {name} there, or correct the path.").format(name=flow.via[-1]),
            )
        yield text.strip("\n")
