"""What LICENSE says: the one license's own text, or the index of which license covers which files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from generator.documents.card.view import effect_of
from generator.documents.licenses.coverage import Coverage
from generator.documents.licenses.texts import LicenseTextStore, copyright_lines
from generator.documents.render import render
from generator.documents.words import WIDTH, fill, one_line
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import Expression, LicenseId, get_known_name
from generator.licenses.lineage import Flow
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern
from generator.release.model import Release
from generator.release.vocabulary import LAYERS
from generator.translations import gettext as _
from generator.translations import mark_text, pgettext

NO_TEXT = mark_text("none; this id does not say which license is meant")
UNSTATED = mark_text("no license stated")
_REST = mark_text("all other files")
_EVERY = ("*", "**", "**/*")
_YEARS = lazy_pattern(r"(?:copyright|\(c\)|©|\d{4}(?:\s*[-\u2013]\s*(?:\d{4}|present))?(?!\w)|[\s,])+", re.I)
_COLUMN = 36
"""Columns of the file names in the overview."""


class Part(NamedTuple):
    """An item of the index, with the upstreams of it that matter there.

    Attributes:
        same: Upstreams whose license is the item's own and must be passed on.
        travelling: Other upstreams whose terms must be passed on.
        program_only: What applies only if training data counts as source code: names of sources, by license.
        notices: Upstreams that want notices.
    """

    item: ItemAssessment
    same: tuple[Flow, ...]
    travelling: tuple[Flow, ...]
    program_only: tuple[tuple[Expression, str, tuple[str, ...]], ...]
    notices: tuple[Flow, ...]


class IndexView(NamedTuple):
    """What the template of the index uses; `overview` is each file or pattern with the ids that cover it."""

    release: Release
    coverage: Coverage
    here: tuple[Part, ...]
    elsewhere: tuple[ItemAssessment, ...]
    withheld: tuple[ItemAssessment, ...]
    overview: tuple[tuple[str, str], ...]

    @property
    def overview_text(self) -> str:
        """The overview in lines."""
        return overview_lines(self.overview)

    @property
    def notes(self) -> str:
        """How to read the overview."""
        rows = self.overview
        names_rest = any(pattern in (_(_REST), *_EVERY) for pattern, _ids in rows)
        joined, choice = any(" + " in ids for _, ids in rows), any(" OR " in ids for _, ids in rows)
        sentences = [
            self._where_texts_are if rows else "",
            _("Where a line has several ids with +, all of them apply.") if joined else "",
            _("Where a line has OR, you choose one.") if choice else "",
            _("Required notices are in NOTICE."),
            _("No license is stated for a file that no line names.") if rows and not names_rest else "",
        ]
        return _fill_notes(" ".join(filter(None, sentences)))

    @property
    def _where_texts_are(self) -> str:
        if self.coverage.linked or self.coverage.textless:
            return _("The texts are in LICENSES/, each under the id of its license, or linked below.")
        return _("The text of each license is in LICENSES/, under its id.")

    @property
    def grantor(self) -> str:
        """Who grants what is new here."""
        info = self.release.release
        return info.publisher.name if info.publisher else (_name_in(info.copyright) or _("the publisher"))

    def name(self, key: LicenseId) -> str:
        """Return a license's name in words."""
        return (
            self.coverage.assessment.license_set.terms(key).name
            if key in self.coverage.assessment.license_set.own
            else get_known_name(key)
        )

    def called(self, expression: Expression) -> str:
        """Return an expression with the name of each license in words."""
        names = [(one_line(self.name(key)), key) for key in expression.ids()]
        listed = ", ".join(name if name == key else f"{name} ({key})" for name, key in names)
        return f"{listed}: {expression}" if expression.parts else listed

    def line(self, label: str, text: str) -> str:
        """Return a line of the index, with what it is about before it."""
        return f"{fill(f'    {label:<14}{text}', 18)}\n"

    def sources(self, flows: Iterable[Flow]) -> str:
        """Return the sources that terms came from, with the date where the table of known bases has the license."""
        return ", ".join(f"{flow.via[-1]}{self.known_as_of(flow.as_of)}" for flow in flows)

    def known_as_of(self, date: str) -> str:
        """Return the date of the table of known bases, to follow a name; nothing where there is none."""
        return " " + _("(known as of {date})").format(date=date) if date else ""

    def texts(self, expression: Expression) -> str:
        """Return the paths of the texts of an expression; an address where a text is only linked."""
        linked = self.coverage.linked | dict.fromkeys(self.coverage.textless, _(NO_TEXT))
        ids = [linked.get(key) or f"LICENSES/{key}.txt" for key in expression.ids()]
        return ", ".join((*ids, *(f"LICENSES/{name}.txt" for name in expression.exceptions())))


def license_file(coverage: Coverage, text_store: LicenseTextStore) -> str:
    """Return the content of LICENSE (contract, section 6).

    Args:
        coverage: Which terms cover which files.
        text_store: Where texts are taken from.

    Raises:
        LicenseTextError: The text of the single license is not available.
    """
    if coverage.single:
        key = coverage.single.license
        return text_store.get_filled(key, copyright_lines(coverage.assessment.release, coverage.texts[key]))
    return render("LICENSE.jinja", _view(coverage))


def _view(coverage: Coverage) -> IndexView:
    counted = set(map(id, coverage.counted))
    items = [item for item in coverage.assessment.items if item.item.availability != "none"]
    cards = [item for item in items if item.item.component == "model-card"] if coverage.card_license else []
    apart = counted | set(map(id, cards))
    here = tuple(_part(item) for item in coverage.counted)
    return IndexView(
        release=coverage.assessment.release,
        coverage=coverage,
        here=here,
        elsewhere=tuple(item for item in items if item.is_available and id(item) not in apart),
        withheld=tuple(item for item in items if not item.is_available),
        overview=_overview(here, coverage),
    )


def _overview(here: tuple[Part, ...], coverage: Coverage) -> tuple[tuple[str, str], ...]:
    """Each file or pattern with the ids of the licenses that cover it."""
    rows: dict[str, dict[str, None]] = {}
    for part in here:
        ids = [flow.license for flow in (part.item.flows[0], *part.same, *part.travelling)]
        for pattern in part.item.item.files:
            rows.setdefault(pattern, {}).update(dict.fromkeys(str(one) if one else _(UNSTATED) for one in ids))
    every = [pattern for pattern in rows if pattern in _EVERY and len(rows) > 1]
    found = [(pattern, " + ".join(ids)) for pattern, ids in rows.items() if pattern not in every]
    if coverage.card_license:
        found.append((_("files that charter wrote"), str(coverage.card_license)))
    found += [(_(_REST), " + ".join(rows[pattern])) for pattern in every]
    if not every and "reuse" in coverage.assessment.release.outputs and coverage.bundle_license:
        found.append((_(_REST), str(coverage.bundle_license)))
    return tuple(found)


def _part(item: ItemAssessment) -> Part:
    effects = [(flow, effect_of(flow, item)) for flow in item.flows[1:]]
    passed_on = [flow for flow, effect in effects if effect == "travels" or (effect == "unknown" and flow.travels)]
    same = [flow for flow in passed_on if flow.license and flow.license == item.license]
    groups: dict[tuple[Expression, str], list[str]] = {}
    for flow, effect in effects:
        if effect == "program" and flow.license:
            name = _name_of_source(flow.via[-1])
            if len(flow.via) > 1:
                name = _("{source} (through {path})").format(source=name, path=", ".join(flow.via[:-1]))
            groups.setdefault((flow.license, flow.as_of), []).append(name)
    return Part(
        item,
        tuple(same),
        tuple(flow for flow in passed_on if flow not in same),
        tuple((license_, as_of, tuple(dict.fromkeys(names))) for (license_, as_of), names in groups.items()),
        tuple(flow for flow, effect in effects if effect == "notices"),
    )


@lru_cache(maxsize=32)  # there are few ways to read an overview
def _fill_notes(text: str) -> str:
    import textwrap

    return textwrap.fill(text, WIDTH)


def _name_of_source(name: str) -> str:
    """The name of a source; a layer of the release itself that has no name is named in the language of the document."""
    return pgettext("component", name) if name in LAYERS else name


def _name_in(copyright_: str | None) -> str:
    """The name in the first line of a copyright statement, without sign and years."""
    line = (copyright_ or "").strip().partition("\n")[0]
    found = _YEARS.match(line)
    return line[found.end() :].strip() if found else line


def overview_lines(rows: tuple[tuple[str, str], ...]) -> str:
    """Return the overview as lines: a long file name has a line of its own.

    Args:
        rows: Files and ids.
    """
    width = min(_COLUMN, max((len(one_line(pattern)) for pattern, _ in rows), default=0))
    lines = []
    for pattern, ids in rows:
        name = one_line(pattern)
        if len(name) > width:
            lines.append(f"    {name}")
            name = ""
        lines.append(fill(f"    {name:<{width}}  {ids}", width + 6))
    return "\n".join(lines)
