"""The questions on licenses: a few to choose from, a search, and three plain questions that end in one answer."""

from __future__ import annotations

from generator.artifacts.weights import CODE, file_ending
from generator.interview.answers import BY_HAND
from generator.interview.kinds import bases_of, kind_of, main_layer_of
from generator.interview.license_options import (
    BY_FILE,
    HELP,
    LATER,
    MORE,
    OWNERS,
    SAME,
    all_licenses,
    licenses_for,
    refusal,
    same_words,
    wish_words,
)
from generator.interview.prompts import BACK, Dialog, Option, Prompt
from generator.interview.session import Session
from generator.licenses.catalog import parse
from generator.licenses.license_set import CATALOG
from generator.release.vocabulary import GIVEN
from generator.translations import gettext as _
from generator.translations import mark_text, pgettext

PART_WORDS = {
    "data": mark_text("the data"),
    "curation": mark_text("the data preparation"),
    "architecture": mark_text("the code and configuration"),
    "weights": mark_text("the weights"),
    "deltas": mark_text("the adapter"),
    "documents": mark_text("the documents"),
}
PART_NAMES = {
    "data": mark_text("data"),
    "curation": mark_text("data preparation"),
    "architecture": mark_text("code and configuration"),
    "weights": mark_text("weights"),
    "deltas": mark_text("adapter"),
    "documents": mark_text("documents"),
}
LICENSE_OF = {
    "data": mark_text("License of the data"),
    "curation": mark_text("License of the data preparation"),
    "architecture": mark_text("License of the code and configuration"),
    "weights": mark_text("License of the weights"),
    "deltas": mark_text("License of the adapter"),
    "documents": mark_text("License of the documents"),
}
_HELP = mark_text(
    "The license says what others may do. Terms of the base model come first, as you may have to pass them on. "
    "Type to search all licenses. Licenses that the base forbids are marked with the reason. charter doesn't give "
    "legal advice."
)
_QUESTIONS = (
    ("sell", mark_text("May companies use it and sell what they make with it?")),
    ("share_alike", mark_text("Must people who change it share their version under the same terms?")),
    ("use_restrictions", mark_text("Do you want to forbid harmful uses, as a use policy does?")),
)


def asks_license(session: Session) -> bool:
    """Return whether there is a part whose license can be chosen.

    Args:
        session: The interview.
    """
    layer = main_layer_of(session)
    if layer == "documents":
        return bool(session.get("documents"))
    return not session.has_items(layer) and session.get(f"layers.{layer}.availability") in GIVEN


def ask_license(session: Session) -> Dialog:
    """Ask for the license of the main part; configuration and tokenizer files follow it."""
    return (yield from ask_license_of(session, main_layer_of(session)))


def asks_code_license(session: Session) -> bool:
    """Return whether the folder has code that the license of the main part doesn't suit, and nothing states another.

    Args:
        session: The interview.
    """
    layer = main_layer_of(session)
    chosen, own = (session.answers.known.get(f"layers.{name}.license") for name in (layer, "architecture"))
    if layer not in ("weights", "deltas") or not _has_code(session) or chosen is None:
        return False
    return not _suits_code(session, str(chosen.value)) and (own is None or own.source in (BY_HAND, FOLLOWS))


def _has_code(session: Session) -> bool:
    return any(file_ending(str(path)) in CODE for path in session.get("layers.architecture.files") or [])


def _suits_code(session: Session, text: str) -> bool:
    """Whether a license was written for software too."""
    keys = parse(text, frozenset(session.get("licenses") or ())).ids()
    return all("software" in CATALOG.terms(key).applies_to for key in keys)


FOLLOWS = mark_text("the license of the main part")
"""The source of a license that follows the one that the person chose."""


def ask_code_license(session: Session) -> Dialog:
    """Ask for the license of code."""
    return (yield from ask_license_of(session, "architecture"))


def asks_data_license(session: Session) -> bool:
    """Return whether data is released whose license has to be chosen.

    Args:
        session: The interview.
    """
    return kind_of(session).id != "data" and session.get("layers.data.availability") in GIVEN


def ask_data_license(session: Session) -> Dialog:
    """Ask for the license of released training data."""
    return (yield from ask_license_of(session, "data"))


def ask_license_of(session: Session, layer: str) -> Dialog:
    """Ask for the license of one layer.

    Args:
        session: The interview.
        layer: The layer.
    """
    more = {MORE: _search, HELP: _help_me_choose, BY_FILE: _by_file, OWNERS: _owners_terms}
    while True:
        found = licenses_for(session, layer)
        value = yield Prompt(
            _("License") if layer == main_layer_of(session) else _(LICENSE_OF[layer]),
            _part_question(session, layer),
            _(_HELP),
            found.options,
            found.default,
            notes=found.notes,
            hidden=lambda: all_licenses(session, layer),
            check=lambda text: refusal(session, layer, text),
        )
        if value is BACK:
            return BACK
        if value in more:
            value = yield from more[value](session, layer)
        if value is not BACK:
            _take(session, layer, value)
            return None


def _take(session: Session, layer: str, value: str) -> None:
    """Do what was chosen: a license, the terms of the base, or to decide later."""
    field = f"layers.{layer}.license"
    if value == SAME:
        _same_terms(session, layer)
    elif value == _OWNERS_KEY:
        session.set(field, value)
    elif value == LATER:
        if session.source(field) in (BY_HAND, FOLLOWS):
            session.answers.give(field, None)
    elif value != session.get(field):
        _choose(session, layer, str(parse(value, frozenset(session.get("licenses") or ()))))


def _part(session: Session, layer: str) -> str:
    kind = kind_of(session)
    if layer == "architecture" and kind.id == "code":
        return _("the code")
    if layer != main_layer_of(session):
        return _(PART_WORDS[layer])
    return _("the {what}").format(what=pgettext("noun", kind.what))


def _part_question(session: Session, layer: str) -> str:
    files = {"weights", "deltas"} & {layer} and session.get("layers.architecture.files")
    if files and layer == main_layer_of(session) and _has_code(session):
        text = _("Under which license do you release {part} and the code beside it?")
    else:
        text = _("Under which license do you release {part}?")
    return text.format(part=_part(session, layer))


def _search(session: Session, layer: str) -> Dialog:
    return (
        yield Prompt(
            _("More licenses"),
            _("Which license for {part}? Type a part of its name.").format(part=_part(session, layer)),
            _(_HELP),
            all_licenses(session, layer),
            check=lambda text: refusal(session, layer, text),
        )
    )


def _help_me_choose(session: Session, layer: str) -> Dialog:
    """Ask three questions, and end with one license and the reason."""
    number, wishes = 0, {}
    while number < len(_QUESTIONS):
        key, question = _QUESTIONS[number]
        options = (Option(True, _("Yes")), Option(False, _("No")), Option(None, _("No preference")))
        value = yield Prompt(
            _("Help me choose {number}/3").format(number=number + 1),
            _(question),
            _("There is no wrong answer. charter looks for licenses that do what you say, and recommends one."),
            options,
            2,
        )
        if value is BACK:
            if number == 0:
                return BACK
            number -= 1
            continue
        wishes[key] = value
        number += 1
    session.notes["wishes"] = {key: value for key, value in wishes.items() if value is not None}
    found = licenses_for(session, layer)
    if found.best is None:
        return BACK
    best = next(option for option in found.options if option.value == found.best)
    reason = wish_words(session.notes["wishes"]) or _("it is the most common choice and you have no preference")
    because = same_words(session) if best.note.startswith(same_words(session)) else reason
    use = _("Use {license}").format(license=best.label)
    answers = (best._replace(label=use, note=""), Option(BACK, _("See all options")))
    return (
        yield Prompt(
            _("Recommendation"),
            _("{license}, because: {reason}.").format(license=best.label, reason=because),
            _(_HELP),
            answers,
            notes=found.notes,
        )
    )


def _by_file(session: Session, layer: str) -> Dialog:
    """Let the person choose another license for one part; then the question comes again."""
    while True:
        options = [Option("done", _("Done"))]
        for layer in [name for name in PART_WORDS if session.get(f"layers.{name}.files")]:
            files = ", ".join(map(str, session.get(f"layers.{layer}.files")))
            stated = session.get(f"layers.{layer}.license")
            words = session.license_name(stated) if stated else _("no license")
            options.append(Option(layer, f"{_(PART_NAMES[layer])}: {words}", lines=(files,)))
        value = yield Prompt(
            _("By file"),
            _("Which files need another license?"),
            _("Each part can have its own license."),
            tuple(options),
        )
        if value is BACK or value == "done":
            return BACK
        yield from ask_license_of(session, value)


def _choose(session: Session, layer: str, text: str) -> None:
    """Set a license; configuration follows it, and later suggestions respect what it asks for."""
    session.set(f"layers.{layer}.license", text)
    if layer != main_layer_of(session):
        return
    _follow(session, text)
    _remember(session, text)


def _follow(session: Session, text: str) -> None:
    """Give configuration and tokenizer files the license of the main part, unless something states theirs."""
    if session.get("layers.architecture.availability") not in GIVEN or main_layer_of(session) == "architecture":
        return
    held = session.answers.known.get("layers.architecture.license")
    if (held is None or held.source == FOLLOWS) and not asks_code_license(session):
        session.answers.give("layers.architecture.license", text, FOLLOWS, firm=True)


def _remember(session: Session, text: str) -> None:
    """Keep what a license asks for, so that later suggestions do the same."""
    keys = parse(text, frozenset(session.get("licenses") or ())).ids()
    if len(keys) != 1 or keys[0] in (session.get("licenses") or ()):
        return
    terms = CATALOG.terms(keys[0])
    wishes = dict(session.notes.get("wishes") or {})
    wishes.pop("use_restrictions", None)
    if any(limit.id in ("noncommercial", "research_only") for limit in terms.limits):
        wishes["sell"] = False
    if any(duty.id == "share_alike" for duty in terms.obligations):
        wishes["share_alike"] = True
    session.notes["wishes"] = wishes


def _same_terms(session: Session, layer: str) -> None:
    """Say that the work has whatever license its base has, as a custom license that names the base."""
    field = f"layers.{layer}.derived_from"
    (ref, *_) = [entry["ref"] for entry in bases_of(session.answers, layer)]
    slug = "-".join(filter(None, "".join(c if c.isalnum() or c in ".-" else "-" for c in ref).split("-")))
    key = f"LicenseRef-terms-of-{slug}"[:100]
    terms = {"name": f"The license of {ref}"}
    if "://" in ref or "/" in ref:
        terms["url"] = ref if "://" in ref else f"https://huggingface.co/{ref}"
    session.set("licenses", {**(session.get("licenses") or {}), key: terms})
    entries = session.get(field) or []
    session.set(field, [{**entry, "license": key} if entry["ref"] == ref else entry for entry in entries])
    session.set(f"layers.{layer}.license", key)
    _follow(session, key)


_OWNERS_KEY = "LicenseRef-terms-of-the-owners"


def _owners_terms(session: Session, layer: str) -> Dialog:
    """Ask for the file that has the terms of the owners, which become a custom license."""
    field = f"layers.{layer}.license_text"
    value = yield Prompt(
        _("Terms of the owners"),
        _("Which file in this folder has the owners' terms?"),
        _(
            "Put the terms, or the owners' license, into a text file beside the data. charter names them as a custom "
            "license, and answers that only their text can give stay open."
        ),
        (Option(BACK, _("Back to the licenses")),),
        check=lambda text: _file_error(session, field, text.strip()),
        example="DATA_TERMS.txt",
    )
    if value is BACK:
        return BACK
    terms = {"name": "The terms of the owners of the data", "license_text": value.strip()}
    session.set("licenses", {**(session.get("licenses") or {}), _OWNERS_KEY: terms})
    return _OWNERS_KEY


def _file_error(session: Session, field: str, path: str) -> str:
    return session.error_of(field, path) or (
        "" if (session.folder / path).is_file() else _("There is no file {path}.").format(path=path)
    )


def license_words(session: Session) -> str:
    """Return the licenses of all parts on one line.

    Args:
        session: The interview.
    """
    groups: dict[str, list[str]] = {}
    for layer, named in PART_NAMES.items():
        words = _(named)
        for item in session.get(f"layers.{layer}") or []:
            name = session.license_name(item["license"]) if item.get("license") else _("not stated")
            if item.get("availability") in GIVEN and words not in groups.setdefault(name, []):
                groups[name].append(words)
        if session.get(f"layers.{layer}.availability") in GIVEN:
            stated = session.get(f"layers.{layer}.license")
            name = session.license_name(stated) if stated else _("not stated")
            groups.setdefault(name, []).append(words)
    if len(groups) == 1:
        return next(iter(groups))
    return " · ".join(f"{name} ({', '.join(parts)})" for name, parts in groups.items())
