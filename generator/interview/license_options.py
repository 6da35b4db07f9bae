"""The licenses to choose from: what the base requires first, a few that fit, and why the others don't."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from generator.errors import CharterError, UnknownLicenseError
from generator.interview.kinds import bases_of, kind_of
from generator.interview.prompts import Option, at
from generator.interview.session import Session
from generator.interview.text import expression_name, joined, license_name
from generator.licenses.base_licenses import BaseLicense, base_licenses
from generator.licenses.catalog import (
    Expression,
    LicenseId,
    get_known_ids,
    get_known_name,
    hub_id,
    index,
    is_family,
    is_shared_name,
    parse,
)
from generator.licenses.choose import Choice, Intent, choose
from generator.licenses.derive import derive_from
from generator.licenses.license_set import CATALOG
from generator.licenses.lineage import Flow
from generator.licenses.summary import Point, rights_summary
from generator.translations import gettext as _
from generator.translations import language_cache, mark_text

LATER, MORE, HELP, SAME, BY_FILE, OWNERS = "later", "more", "help", "same", "by file", "owners"
"""Values of options that are no license."""
_MOST = 4
"""Licenses that are offered at once."""
_COMMON = ("use", "commercial_use", "modify", "redistribute")
_RARE = ("other", "sublicense", "patent_use", "trademark_use")
_POPULAR = ("Apache-2.0", "MIT", "CC-BY-4.0", "BSD-3-Clause", "GPL-3.0-only")
_MOST_USED = {
    "data": mark_text("most used for data sets"),
    "curation": mark_text("most used for code"),
    "architecture": mark_text("most used for code"),
    "documents": mark_text("most used for documents"),
}
_MOST_USED_FOR_MODELS = mark_text("most used for models")
_DEEDS = {"may": mark_text("may: {acts}"), "must": mark_text("must: {acts}"), "may not": mark_text("may not: {acts}")}
"""What a license allows and requires, by the key of `Option.deed`."""
_ASKED_AS = {"documents": "data"}
"""Documents are licensed as data sets are: with Creative Commons licenses."""


class Base(NamedTuple):
    """A base, or what a base was made from itself, and its license.

    Attributes:
        ref: Its name.
        relation: How it was used.
        found: Its license; None where it isn't known.
        entry: The ref of the base in the answers that it belongs to.
    """

    ref: str
    relation: str
    found: BaseLicense | None
    entry: str

    @property
    def is_direct(self) -> bool:
        """Whether the answers name it themselves."""
        return self.ref == self.entry

    @property
    def words(self) -> str:
        """The name of its license, with the date if it is from the table of known bases."""
        if self.found is None:
            return _("license not known")
        name = expression_name(self.found.license)
        return _("{name} (known as of {as_of})").format(name=name, as_of=self.found.as_of) if self.found.as_of else name


def find_bases(session: Session, layer: str) -> list[Base]:
    """Return the bases of a layer, each with its license.

    Args:
        session: The interview.
        layer: The layer.
    """
    return [base for entry in bases_of(session.answers, layer) for base in _with_license(entry, session)]


def _with_license(entry: dict[str, str], session: Session) -> list[Base]:
    """A base with its own license, and those of what it was made from itself."""
    stated = entry.get("license")
    local = frozenset(session.get("licenses") or ())
    found = _known_licenses(stated or entry["ref"], entry["relation"], local)
    if not found:
        return [Base(entry["ref"], entry["relation"], None, entry["ref"])]
    refs = [entry["ref"], *(base.ref for base in found[1:])]
    return [
        Base(ref, entry["relation"], base if base.known else None, entry["ref"])
        for ref, base in zip(refs, found, strict=True)
    ]


@lru_cache(maxsize=256)
def _known_licenses(name: str, relation: str, local: frozenset[str]) -> tuple[BaseLicense, ...]:
    """The licenses of a base, which every question on licenses asks for; empty if they aren't known."""
    try:
        return tuple(base_licenses(name, relation, local))
    except CharterError:
        return ()


_choose = language_cache(maxsize=64)(choose)
"""The same choice is asked for by several questions, and again after each answer; its reasons are texts."""


class Licenses(NamedTuple):
    """What can be chosen for a layer.

    Attributes:
        options: The options of the prompt.
        default: The one that Enter takes: what a file states, else to decide later.
        notes: Lines above the options.
        best: The license that is recommended, or None.
    """

    options: tuple[Option, ...]
    default: int
    notes: tuple[tuple[str, str], ...]
    best: str | None


def licenses_for(session: Session, layer: str) -> Licenses:
    """Return the options for the license of a layer.

    Args:
        session: The interview.
        layer: The layer.
    """
    bases = find_bases(session, layer)
    unknown = list(dict.fromkeys(base.ref for base in bases if base.found is None and base.is_direct))
    field = f"layers.{layer}.license"
    stated = str(session.get(field) or "")
    if unknown:
        options, notes, best = _without_ranking(unknown), [_unknown_note(unknown)], None
    else:
        options, notes, best = _ranked(session, layer, bases)
        if deeper := [base.ref for base in bases if base.found is None]:
            notes.append(
                (
                    "warning",
                    _("charter doesn't know the license of {names}, further down the chain.").format(
                        names=joined(deeper[:3])
                    ),
                )
            )
    if stated:
        options = _with_stated(session, layer, stated, session.source(field), options)
        if best not in [option.value for option in options]:
            best = stated if best else None  # in the words of the file that states it
    can_choose = sum(not option.barred for option in options) > 1
    rest = [Option(HELP, _("Help me choose"), _("three questions, one answer"))] if can_choose and not unknown else []
    rest = [Option(MORE, _("More licenses ..."), _("type to search")), *rest]
    if layer == "data" and is_others_data(session):
        rest.append(Option(OWNERS, _("The owners' own terms ..."), _("a file in this folder that has them")))
    if _has_several_parts(session):
        rest.append(Option(BY_FILE, _("By file ..."), _("another license for code, configuration or other parts")))
    rest.append(Option(LATER, _("Decide later"), "" if stated else _("the release stays not ready")))
    made = (*options, *rest)
    return Licenses(made, at(made, stated) if stated else at(made, LATER), tuple(notes), best)


def _unknown_note(unknown: list[str]) -> tuple[str, str]:
    names = joined(unknown[:3])
    return "warning", _(
        "charter doesn't know the license of {names}, so it can't say which licenses you may choose."
    ).format(names=names)


def _without_ranking(unknown: list[str]) -> list[Option]:
    if len(unknown) > 1:
        return []
    return [
        Option(
            SAME, _("Same terms as {model}").format(model=unknown[0]), _("whatever they are; you must add their text")
        )
    ]


def _ranked(session: Session, layer: str, bases: list[Base]) -> tuple[list[Option], list[tuple[str, str]], str | None]:
    """A few licenses that fit, the recommended one first, then what the bases forbid."""
    wishes = session.notes.get("wishes") or {}
    intent = _intent(session, layer, bases)
    found, notes = _choose(intent._replace(**wishes)), []
    if not _usual(found, session, layer) and wishes:
        found = _choose(intent)
        notes.append(("warning", _("No license that is allowed here does all you asked for.")))
    own = _own_licenses(bases)
    fitting = [key for key in own if key in found.fitting] + _usual(found, session, layer)
    fitting = list(dict.fromkeys(fitting))
    if bases and not fitting:
        because = next((ruled.because for ruled in found.ruled_out if ruled.license in own), "")
        notes.append(
            (
                "error",
                _("No license that charter knows is allowed here. {reason}").format(reason=_first_sentence(because)),
            )
        )
    best = _best(fitting, own, bool(wishes))
    ordered = [*([best] if best else []), *(key for key in fitting if key != best)][:_MOST]
    options = [_option(layer, parse(key), _why(key, best, own, layer, wishes, session)) for key in ordered]
    if beside := _beside(session, layer, bases, found):
        options[1:1] = [beside]
    if barred := _barred_row(session, layer, found, ordered):
        options = [*options[:_MOST], barred]
    return options, notes, str(best) if best else None


def _intent(session: Session, layer: str, bases: list[Base]) -> Intent:
    known = tuple(dict.fromkeys(base.found.license for base in bases if base.found))
    relation = bases[0].relation if bases else "finetune"
    return Intent(layer=_ASKED_AS.get(layer, layer), bases=known, relation=relation)


def _own_licenses(bases: list[Base]) -> list[LicenseId]:
    """The licenses of the bases themselves."""
    return list(dict.fromkeys(key for base in bases if base.found for key in base.found.license.ids()))


def _usual(found: Choice, session: Session, layer: str) -> list[LicenseId]:
    """Licenses that people use for their own work: current ones, and no terms of one publisher."""
    reasons = index()["reasons"]
    old, anyone = reasons["choose"]["superseded"], reasons["for_anyone"]
    fitting = [
        key
        for key in found.fitting
        if key not in old
        and (not key.startswith("LicenseRef-") or key in anyone)
        and not _gives_all_away(session, layer, key)
        and (layer != "documents" or key.startswith("CC"))
    ]
    return [key for key in fitting if all(_version(key) >= _version(o) for o in fitting if _stem(o) == _stem(key))]


@lru_cache(maxsize=1024)
def _stem(key: LicenseId) -> str:
    """A license id without its version: `LicenseRef-openmdw-1.1` and `OpenMDW-1.0` are versions of one license."""
    return re.sub(r"-\d[\d.]*(?=-|\Z)", "", key.removeprefix("LicenseRef-").casefold())


def _version(key: LicenseId) -> str:
    return next(iter(re.findall(r"-(\d[\d.]*)", key)), "")


def _best(fitting: list[LicenseId], own: list[LicenseId], wished: bool) -> LicenseId | None:
    """The recommended license: the base's, else the most used one."""
    if same := next((key for key in own if key in fitting), None):
        return same
    used = index()["reasons"]["choose"]["widely_used"]
    return next((key for key in sorted(fitting, key=lambda k: used.index(k) if k in used else len(used))), None)


def _why(
    key: LicenseId, best: LicenseId | None, own: list[LicenseId], layer: str, wishes: dict[str, Any], session: Session
) -> str:
    """The words beside a license."""
    same = same_words(session) if key in own else ""
    if key != best:
        return same
    fits = _("fits: {wishes}").format(wishes=wish_words(wishes)) if wishes else ""
    because = same or fits or _(_MOST_USED.get(layer, _MOST_USED_FOR_MODELS))
    return because + _recommended()


def same_words(session: Session) -> str:
    """Return that a license is the one of the base."""
    return _("same as the base") if kind_of(session).has_base else _("same as the source")


def _recommended() -> str:
    return " · " + _("recommended")


def wish_words(wishes: dict[str, Any]) -> str:
    """Return in words what a license should do.

    Args:
        wishes: What the person wants, as `Intent` has it.
    """
    words = {
        ("sell", True): _("others may sell it"),
        ("sell", False): _("no commercial use"),
        ("share_alike", True): _("changes are shared under the same terms"),
        ("share_alike", False): _("changes need not be shared"),
        ("use_restrictions", True): _("harmful uses are forbidden"),
        ("use_restrictions", False): _("no use is forbidden"),
    }
    return joined(words[item] for item in wishes.items() if item in words)


def _beside(session: Session, layer: str, bases: list[Base], found: Choice) -> Option | None:
    """A license for the publisher's own part, with the base's terms beside it."""
    kind = kind_of(session)
    if len(bases) != 1 or layer not in ("weights", "deltas") or kind.relation not in ("finetune", "adapter", "merge"):
        return None
    base = bases[0].found
    if base is None or base.license.parts or "Apache-2.0" in found.fitting or base.license.license == "Apache-2.0":
        return None
    if session.notes.get("wishes"):
        return None
    both = parse(f"Apache-2.0 AND {base.license}")
    intent = _intent(session, layer, bases)
    if derive_from(intent.bases, intent.relation, both, CATALOG.terms).answer not in ("yes", "conditional"):
        return None
    return Option(
        str(both),
        _("Apache-2.0 for your part"),
        _("with the {license} beside it").format(license=expression_name(base.license)),
    )


def _barred_row(session: Session, layer: str, found: Choice, shown: list[LicenseId]) -> Option | None:
    """Well-known licenses that the bases forbid, as one row."""
    why = {ruled.license: ruled.because for ruled in found.ruled_out}
    free = _choose(Intent(layer=_ASKED_AS.get(layer, layer))).fitting
    keys = [LicenseId(key) for key in _POPULAR if key in why and key in free and key not in shown]
    if keys and _intent(session, layer, find_bases(session, layer)).bases:
        because = _first_sentence(why[keys[0]])
        return Option("barred", ", ".join(keys[:3]), barred=f"{because}. {_works(session, layer)}")
    return None


def _with_stated(session: Session, layer: str, stated: str, source: str, options: list[Option]) -> list[Option]:
    """The license that a file states, first; with the reason if it isn't allowed."""
    try:
        found = parse(stated, frozenset(session.get("licenses") or ()))
    except CharterError:
        found = None
    note = _("stated in {source}").format(source=_(source)) if source != "you" else _("your answer")
    against = refusal(session, layer, stated)
    known = next((option for option in options if found and option.value == str(found)), None)
    stated_deed = known.deed if known else deed(layer, found) if found else ()
    if against:
        stated_deed = ()
    if known and known.note.startswith(same_words(session)):
        note = f"{note} · {known.note.partition(' · ')[0]}"
    label = session.license_name(stated)
    lines = (against,) if against else deed_lines(stated_deed)
    first = Option(stated, label, note, lines, style="error" if against else "", deed=stated_deed)
    rest = [
        option for option in options if option.value != first.value and (found is None or option.value != str(found))
    ]
    if not against:
        rest = [option._replace(note=option.note.removesuffix(_recommended())) for option in rest]
    return [first, *rest[:_MOST]]


def _has_several_parts(session: Session) -> bool:
    parts = [layer for layer in ("weights", "deltas", "architecture") if session.get(f"layers.{layer}.files")]
    return len(parts) > 1


def _option(layer: str, found: Expression, note: str = "") -> Option:
    rights = deed(layer, found)
    return Option(str(found), expression_name(found), note, deed_lines(rights), deed=rights)


def deed_lines(found: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Return what a license allows and requires, as lines.

    Args:
        found: What `deed` returned.
    """
    return tuple(_(_DEEDS[kind]).format(acts=acts) for kind, acts in found)


def deed(layer: str, found: Expression) -> tuple[tuple[str, str], ...]:
    """Return what a license allows and requires: `may`, `must` and `may not`, each with the acts.

    Args:
        layer: The layer that it is for.
        found: The license.
    """
    flow = Flow(found, "", (), program=True, source=True)
    summary = rights_summary(layer, [flow], CATALOG.terms)
    may = [point.text for act in _COMMON for point in summary.may if point.ids == (act,)]
    groups = (
        ("may", may),
        ("must", _texts(summary.must)),
        ("may not", _texts(summary.may_not)),
    )
    return tuple((kind, ", ".join(words)) for kind, words in groups if words)


def _texts(points: tuple[Point, ...]) -> list[str]:
    return [point.text for point in points if not set(point.ids) & set(_RARE)][:4]


def load_facts() -> None:
    """Read the facts of all licenses, which takes a moment: best while a person reads the first question."""
    _choose(Intent(layer="weights"))


def refusal(session: Session, layer: str, text: str) -> str:
    """Return why a license can't be chosen for a layer, and what works instead; empty if it can.

    Args:
        session: The interview.
        layer: The layer.
        text: A license id or an expression.
    """
    try:
        found = parse(text.strip(), frozenset(session.get("licenses") or ()))
    except UnknownLicenseError as error:
        return f"{error.message}. {error.remedy}"
    if any(is_family(key) for key in found.ids()):
        return _("{id} names a family of licenses. Name one of them, with its version.").format(id=text.strip())
    if any(is_shared_name(key) for key in found.ids()):
        return _("{id} is the name of several licenses. Name the one that you mean.").format(id=text.strip())
    if any(_gives_all_away(session, layer, key) for key in found.ids()):
        return _("The data is other people's, and {license} gives up all rights in it.").format(
            license=expression_name(found)
        )
    bases = find_bases(session, layer)
    intent = _intent(session, layer, bases)
    if not intent.bases:
        return ""
    answer = derive_from(intent.bases, intent.relation, found, CATALOG.terms)
    return f"{_first_sentence(answer.because)}. {_works(session, layer)}" if answer.answer == "no" else ""


def _works(session: Session, layer: str) -> str:
    """What can be chosen instead, in a sentence."""
    bases = find_bases(session, layer)
    found = _choose(_intent(session, layer, bases))
    fitting = [key for key in _own_licenses(bases) if key in found.fitting] or _usual(found, session, layer)
    return (
        _("What works: {licenses}.").format(licenses=joined(expression_name(parse(key)) for key in fitting[:3]))
        if fitting
        else ""
    )


def _gives_all_away(session: Session, layer: str, key: LicenseId) -> bool:
    """Whether a license gives up all rights in data that belongs to other people."""
    return layer == "data" and is_others_data(session) and not CATALOG.terms(key).obligations


def is_others_data(session: Session) -> bool:
    """Return whether the person said that the data comes from other people.

    Args:
        session: The interview.
    """
    return session.notes.get("origin") in ("web", "sets", "mixed")


def all_licenses(session: Session, layer: str) -> tuple[Option, ...]:
    """Return every current license of the catalog for the search; what the bases forbid has its reason.

    Args:
        session: The interview.
        layer: The layer.
    """
    return tuple(_searchable(session, layer))


def _searchable(session: Session, layer: str) -> Iterator[Option]:
    bases = find_bases(session, layer)
    known = all(base.found for base in bases if base.is_direct)
    found = _choose(_intent(session, layer, bases if known else []))
    against = {ruled.license: ruled.because for ruled in found.ruled_out}
    works, old = _works(session, layer) if known else "", index()["reasons"]["choose"]["superseded"]
    rest = [key for key in get_known_ids() if key not in found.fitting]
    for key in (*found.fitting, *rest):
        if key in old or is_family(key) or is_shared_name(key):
            continue
        name, short = get_known_name(key), hub_id(key) or str(key)
        label = short if short.casefold() == name.casefold() else f"{short}  {name}"
        because = _first_sentence(against.get(key, ""))
        if _gives_all_away(session, layer, key):
            because = _("The data is other people's, and this license gives up all rights in it")
        yield Option(str(key), label, barred=f"{because}. {works}".strip() if because else "")


def _first_sentence(text: str) -> str:
    """The first sentence of a reason, with names of licenses as people write them."""
    sentence = text.partition(". ")[0].rstrip(".")
    for word in set(sentence.replace(",", " ").split()):
        if word.startswith("LicenseRef-"):
            sentence = sentence.replace(word, license_name(word))
    return sentence
