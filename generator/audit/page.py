"""The report of an audit as one web page that fetches nothing and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from typing import NamedTuple

from generator.audit.report import AuditReport, Branch, Entry, Root, Row, Step
from generator.audit.words import ANSWER_LINES, GAP_WORDS, INVENTORY_WORDS, KIND_LINES, UNKNOWN_LICENSE
from generator.documents.pictures.drawing import clean, fit
from generator.documents.render import render
from generator.documents.words import RELATION_WORDS, relation_words
from generator.translations import format_number, ngettext, pgettext
from generator.translations import gettext as _

_CASES = 12
_SIDE = 8
"""Licenses along each side of the picture of pairs."""
_TEXT = 268
"""Pixels for a name in a chain or a tree."""


class Share(NamedTuple):
    """Models with one answer, as a part of a bar of 1,000."""

    answer: str
    word: str
    detail: str
    models: int
    x: float
    width: float


class Point(NamedTuple):
    """A model in a chain, as it is drawn; `full` is set where its name was shortened."""

    model: str
    full: str
    license: str
    relation: str
    drops: bool


class Limb(NamedTuple):
    """A branch of a tree, as it is drawn."""

    model: str
    full: str
    note: str
    width: float
    conflicts: float


class Tree(NamedTuple):
    """A root with its branches, as it is drawn."""

    license: str
    width: float
    conflicts: float
    branches: tuple[Limb, ...]


class Label(NamedTuple):
    """A license beside the picture of pairs."""

    text: str
    full: str
    x: int
    y: int


class Cell(NamedTuple):
    """A pair of licenses, as it is drawn."""

    x: int
    y: int
    radius: float
    value: str
    title: str


class Grid(NamedTuple):
    """The picture of pairs."""

    width: int
    height: int
    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    cells: tuple[Cell, ...]


class AuditPage(NamedTuple):
    """What the template of the page shows."""

    report: AuditReport
    css: str
    contents: tuple[tuple[str, str], ...]
    shares: tuple[Share, ...]
    cases: tuple[tuple[Row, tuple[Point, ...]], ...]
    trees: dict[str, Tree]
    grid: Grid
    kinds: dict[str, str]
    answers: dict[str, tuple[str, str]]
    reasons: dict[str, str]
    terms: dict[str, str]

    def inherited(self, entry: Entry) -> str:
        """Return the inherited terms of a model of the inventory, each with where it comes from."""
        parts = [part.partition(" from ") for part in entry.terms.split("; ")]
        unknown, text = _(UNKNOWN_LICENSE), _("{license} from {source}")
        return "; ".join(
            text.format(license=unknown if license_ == UNKNOWN_LICENSE else license_, source=source)
            for license_, word, source in parts
            if word
        )

    @property
    def policy(self) -> str:
        """The Content-Security-Policy: its own style, and nothing else."""
        digest = base64.b64encode(hashlib.sha256(self.css.encode()).digest()).decode()
        return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def audit_page(report: AuditReport) -> str:
    """Return the report of an audit as one web page.

    Args:
        report: The report.
    """
    listed = (
        ("answers", _("Answers"), True),
        ("since", _("Since the last audit"), report.since is not None),
        ("what-if", _("What would change"), report.what_if is not None),
        ("worst", _("Where terms were left out"), bool(report.worst)),
        ("fixes", _("Changes that clear most"), bool(report.fixes)),
        ("roots", _("Base models"), bool(report.roots)),
        ("pairs", _("License pairs"), bool(report.pairs)),
        ("policy", _("Your policy"), bool(report.policy)),
        ("unpublishable", _("Terms that exclude each other"), bool(report.unpublishable)),
        ("conditions", _("Inherited conditions"), bool(report.conditions)),
        ("gaps", _("Missing information"), True),
        ("inventory", _("Inventory"), bool(report.inventory.models)),
    )
    cases = zip(report.worst[:_CASES], report.chains[:_CASES], strict=True)
    view = AuditPage(
        report,
        render("audit.css.jinja", None),
        tuple((id_, title) for id_, title, present in listed if present),
        _shares(report),
        tuple((row, _points(chain)) for row, chain in cases),
        {root.root: _tree(root) for root in report.roots if root.branches},
        _grid(report),
        {kind: _(text) for kind, text in KIND_LINES.items()},
        {answer: (pgettext("answer", word), _(detail)) for answer, (word, detail) in ANSWER_LINES.items()},
        {reason: _(text) for reason, text in GAP_WORDS.items()},
        {term: pgettext("terms", word) for term, word in INVENTORY_WORDS.items()},
    )
    return render("audit.html.jinja", view)


def _shares(report: AuditReport) -> tuple[Share, ...]:
    whole = sum(report.answers.values()) or 1
    found: list[Share] = []
    x = 0.0
    for answer, (word, detail) in ANSWER_LINES.items():
        width = round(1000 * report.answers[answer] / whole, 1)
        texts = (pgettext("answer", word), _(detail))
        found.append(Share(answer, *texts, report.answers[answer], round(x, 1), width))
        x += width
    return tuple(found)


def _points(chain: tuple[Step, ...]) -> tuple[Point, ...]:
    middle = None
    if len(chain) > 6:  # a long chain: its two ends
        number = len(chain) - 5
        more = ngettext("… {number} more …", "… {number} more …", number).format(number=number)
        middle = Step(more, "", chain[2].relation, any(step.drops for step in chain[2:-3]))
        chain = (*chain[:2], middle, *chain[-3:])
    return tuple(
        Point(
            *_short(step.model, _TEXT, 13),
            license=_plain(step.license) or ("" if step is middle else _("no license stated")),
            relation=relation_words(step.relation) if step.relation in RELATION_WORDS else "",
            drops=step.drops,
        )
        for step in chain
    )


def _tree(root: Root) -> Tree:
    most = max(root.below, 1)
    limbs = [
        Limb(
            *_short(branch.model, _TEXT - 8, 13),
            note=fit(_note(branch), _TEXT, 12),
            width=round(max(1.0, 260 * branch.below / most), 1),
            conflicts=round(260 * min(branch.conflicts, branch.below) / most, 1),
        )
        for branch in root.branches
    ]
    return Tree(_plain(root.license), 270.0, round(270 * root.conflicts / most, 1), tuple(limbs))


def _note(branch: Branch) -> str:
    return _("{name}: {conflicts} of {number}").format(
        name=_plain(branch.license) or _("no license"),
        conflicts=format_number(branch.conflicts),
        number=format_number(branch.below),
    )


def _grid(report: AuditReport) -> Grid:
    counts: dict[tuple[str, str], int] = {}
    for pair in report.pairs:
        key = (_plain(pair.source), _plain(pair.license))
        counts[key] = counts.get(key, 0) + pair.models
    sources = _greatest(counts, 0)
    licenses = _greatest(counts, 1)
    most = max(counts.values(), default=1)
    columns = [Label(*_short(name, 150, 13), x=240 + 90 * at, y=0) for at, name in enumerate(licenses)]
    rows = [Label(*_short(name, 200, 13), x=0, y=146 + 52 * at) for at, name in enumerate(sources)]
    cells = [
        Cell(
            240 + 90 * licenses.index(license_),
            146 + 52 * sources.index(source),
            round(max(3.0, 23 * (models / most) ** 0.5), 1),
            format_number(models),
            _("{license} from {source}: {number}").format(
                license=license_, source=source, number=format_number(models)
            ),
        )
        for (source, license_), models in counts.items()
        if source in sources and license_ in licenses
    ]
    return Grid(240 + 90 * len(licenses) + 40, 126 + 52 * len(sources), tuple(rows), tuple(columns), tuple(cells))


def _greatest(counts: dict[tuple[str, str], int], side: int) -> list[str]:
    """The licenses of one side with most models, the first ones first."""
    sums: dict[str, int] = {}
    for pair, models in counts.items():
        sums[pair[side]] = sums.get(pair[side], 0) + models
    return sorted(sums, key=lambda name: (-sums[name], name))[:_SIDE]


def _short(name: str, pixels: int, size: int) -> tuple[str, str]:
    """A name cut to a width, and the whole name where it was cut."""
    whole = clean(name)
    short = fit(whole, pixels, size)
    return short, whole if short != whole else ""


def _plain(license_: str) -> str:
    return clean(license_.replace("LicenseRef-", ""))
