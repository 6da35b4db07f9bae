"""The class of the Model Openness Framework 1.0: as its reference evaluator answers, or with its quirks corrected."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from generator.errors import CharterError
from generator.licenses.catalog import Expression, parse_known
from generator.named_tuple import NamedTuple
from generator.openness.facts import Component, components, facts, fit_for, format_sentence, is_open, reference_open
from generator.openness.parts import Subject
from generator.translations import gettext as _
from generator.translations import language_cache

MODES = ("default", "reference")
STATUSES = ("included", "optional", "invalid", "unlicensed", "missing")
REPORT, PAPER = "technical-report", "research-paper"


class Row(NamedTuple):
    """A component that is there.

    Attributes:
        component: Its id; None where the framework has no component of that name.
        name: What it is called.
        license: The text of its license; None where it has none.
    """

    component: str | None
    name: str
    license: str | None


class Grade(NamedTuple):
    """A class, and how it came about.

    Attributes:
        level: 1, 2 or 3; None where no class is reached.
        progress: Percent of each class; 0 where the class below is not complete.
        classes: For each class, the components of each status; a class holds those of the classes below it.
        unfit: Components under an open license that is not one the framework advises for their kind.
        notes: What was read otherwise than the reference evaluator reads it.
    """

    mode: str
    level: int | None
    progress: dict[int, float]
    classes: dict[int, dict[str, tuple[str, ...]]]
    unfit: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def because(self) -> str:
        """The class in a sentence."""
        return (
            format_sentence("mof", "reached", label=self.label, version=version())
            if self.level
            else format_sentence("mof", "none")
        )

    @property
    def label(self) -> str:
        """The name of the class; empty where none is reached."""
        return format_sentence("classes", str(self.level)) if self.level else ""

    @property
    def short(self) -> str:
        """The class without its name, as in `Class III`; empty where none is reached."""
        return self.label.partition(" - ")[0]

    @property
    def next(self) -> int | None:
        """The class that comes next; None where the highest is reached."""
        return (self.level - 1 or None) if self.level else 3

    @property
    def change(self) -> str:
        """What would lift it to the next class."""
        if self.next is None:
            return format_sentence("mof", "top")
        known_, wanted = components(), self.classes[self.next]
        needs = [format_sentence("mof", "give", component=known_[key].label) for key in wanted["missing"]]
        closed = sorted((*wanted["invalid"], *wanted["unlicensed"]))
        needs += [
            format_sentence("mof", "relicense", component=known_[key].label) for key in closed if known_[key].required
        ]
        return format_sentence("mof", "lift", label=format_sentence("classes", str(self.next)), needs=", ".join(needs))

    def to_dict(self) -> dict[str, object]:
        """Return the part `mof` of `modelcharter.openness/1`."""
        return {
            "version": version(),
            "mode": self.mode,
            "class": self.level,
            "because": self.because,
            "change": self.change,
            "progress": {str(level): self.progress[level] for level in (1, 2, 3)},
            "missing": {str(level): list(self.classes[level]["missing"]) for level in (1, 2, 3)},
            "invalid": list(self.classes[1]["invalid"]),
            "included": list(self.classes[1]["included"]),
            "optional": list(self.classes[1]["optional"]),
            "unlicensed": list(self.classes[1]["unlicensed"]),
            "not_type_appropriate": list(self.unfit),
            "notes": list(self.notes),
        }


def version() -> str:
    """Return the version of the framework."""
    return str(facts()["framework"]["version"])


def grade(rows: Iterable[Row], mode: str = "default") -> Grade:
    """Return the class that components reach.

    Args:
        rows: The components that are there.
        mode: `default`, or `reference` for the answer of the reference evaluator, quirks included.

    Raises:
        CharterError: There is no such mode.
    """
    if mode not in MODES:
        raise CharterError(
            _("{mode!r} is no mode.").format(mode=mode), _("Known: {names}.").format(names=", ".join(MODES))
        )
    held = tuple(rows)
    if mode == "reference":
        licenses = {row.component or "datasets": row.license for row in held}
        status = {key: _reference_status(text) for key, text in licenses.items()}
        fitting = {key: text or "" for key, text in licenses.items() if status[key] == "included"}
        unfit = [key for key, text in fitting.items() if text not in facts()["fits"][components()[key].kind]]
        return _grade(mode, status, unfit, [format_sentence("mof", "notes", "reference")])
    return _grade_strictly(held)


def release_rows(subject: Subject) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """Return the components that a release gives, one row each, and what there is to say of them.

    Args:
        subject: The release.
    """
    rows, notes = [], []
    held = subject.by_component()
    for key, component in components().items():
        parts = held.get(key, ())
        given = [part for part in parts if part.is_available]
        if not given:
            continue
        strictest = max(
            given, key=lambda part: (part.own.openness != "open", part.own.openness == "none", part.own.shown)
        )
        rows.append(Row(key, component.title, strictest.own.shown or None))
        notes += [
            format_sentence("mof", "notes", "part", component=component.label, label=p.stands)
            for p in parts
            if not p.is_available
        ]
    if any(part.component is None and part.is_available for part in subject.parts):
        notes.append(format_sentence("mof", "notes", "delta"))
    return tuple(rows), tuple(notes)


def _reference_status(text: str | None) -> str:
    return "unlicensed" if text is None else "included" if text in reference_open() else "invalid"


def _grade_strictly(rows: tuple[Row, ...]) -> Grade:
    """Each row by what its license means, the strictest of several; every difference is reported."""
    found: dict[str, list[tuple[str, bool]]] = {}
    notes: list[str] = []
    for row in rows:
        if row.component is None:
            notes.append(format_sentence("mof", "notes", "stranger", name=row.name))
            continue
        component = components()[row.component]
        status, fits, note = _status(component, row.license)
        notes += [note] if note else []
        if status != "missing":
            found.setdefault(row.component, []).append((status, fits))
    order = ("included", "unlicensed", "invalid")
    status_of = {key: max((status for status, _ in held), key=order.index) for key, held in found.items()}
    notes += [
        format_sentence("mof", "notes", "twice", component=components()[key].label)
        for key, held in found.items()
        if len(held) > 1
    ]
    unfit = [key for key, held in found.items() if status_of[key] == "included" and not all(fits for _, fits in held)]
    if status_of.get(PAPER) == "included" and status_of.get(REPORT, "included") != "included":
        notes.append(format_sentence("mof", "notes", "closed_report"))
    return _grade("default", status_of, unfit, notes)


@language_cache(maxsize=4096)
def _status(component: Component, text: str | None) -> tuple[str, bool, str]:
    """Status, whether the license fits the kind, and what the reference evaluator would have read otherwise."""
    if text is None:
        return "unlicensed", True, ""
    words = {"component": component.label, "text": text}
    folded = " ".join(text.casefold().split())
    if folded in facts()["absent"]:
        return "missing", True, format_sentence("mof", "notes", "absent", **words)
    if folded in facts()["not_stated"]:
        return "unlicensed", True, format_sentence("mof", "notes", "not_stated", **words)
    license_ = parse_known(text)
    listed = text in reference_open()
    fits = license_ is not None and fit_for(license_, component.kind)
    if listed and (license_ is None or not is_open(license_)):
        return "included", fits, format_sentence("mof", "notes", "deprecated", **words)
    if license_ is None or not (fits or is_open(license_)):
        return "invalid", True, ""
    return "included", fits, "" if listed else _why(component, text, license_)


def _why(component: Component, text: str, license_: Expression) -> str:
    """Why a license counts that the reference evaluator does not take."""
    words = {"component": component.label, "text": text, "license": str(license_), "kind": component.kind}
    if license_.parts or license_.exception:
        return format_sentence("mof", "notes", "expression", **words)
    if license_.license in reference_open():
        return format_sentence("mof", "notes", "spelling", **words)
    return format_sentence("mof", "notes", "mended" if is_open(license_) else "fit", **words)


@lru_cache(maxsize=3)
def _get_needed(level: int) -> tuple[str, ...]:
    """The components that a class needs."""
    return tuple(component.id for component in components().values() if component.required and component.level >= level)


@lru_cache(maxsize=3)
def _optional(level: int) -> tuple[str, ...]:
    """The components that a class may have besides."""
    return tuple(c.id for c in components().values() if not c.required and c.level >= level)


def _grade(mode: str, status: dict[str, str], unfit: list[str], notes: Iterable[str]) -> Grade:
    """The evaluation itself (the same in both modes but for what lets the paper stand in)."""
    classes: dict[int, dict[str, list[str]]] = {}
    for level in (3, 2, 1):
        lists: dict[str, list[str]] = {name: [] for name in STATUSES}
        for key in _get_needed(level):
            lists[status.get(key, "missing")].append(key)
        for key in _optional(level):
            if key in status:
                lists["optional" if status[key] == "included" else status[key]].append(key)
        classes[level] = lists
    if _stands_in(status, mode):
        for level, lists in classes.items():
            lists["missing"] = [key for key in lists["missing"] if key != REPORT]
            if level > 1:
                lists[status[PAPER]].append(PAPER)
    progress = {level: _progress(classes, level) for level in (3, 2, 1)}
    reached = [level for level in (1, 2, 3) if progress[level] == 100.0]
    held = {level: {name: tuple(sorted(keys)) for name, keys in lists.items()} for level, lists in classes.items()}
    distinct = tuple(dict.fromkeys(notes))
    return Grade(mode, reached[0] if reached else None, progress, held, tuple(sorted(unfit)), distinct)


def _stands_in(status: dict[str, str], mode: str) -> bool:
    """Whether the research paper stands in for the technical report."""
    if PAPER not in status:
        return False
    if mode == "reference":
        return status.get(REPORT) != "included"
    return REPORT not in status


def _progress(classes: dict[int, dict[str, list[str]]], level: int) -> float:
    """Percent of a class; 0 where a class below it is not complete."""
    total = included = 0
    for step in range(3, level - 1, -1):
        total = len(_get_needed(step))
        included = len(classes[step]["included"])
        if included < total:
            if step > level:
                return 0.0
            break
    ones = classes[1]["included"]
    if level == 1 and REPORT not in ones and PAPER in ones:
        total -= 1
    return min(100.0, included / total * 100)
