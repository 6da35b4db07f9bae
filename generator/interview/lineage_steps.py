"""The questions on what kind of release it is, and which base models it was made from."""

from __future__ import annotations

from generator.artifacts.bases import hub_ref, is_path
from generator.errors import CharterError
from generator.interview.answers import BY_HAND
from generator.interview.kinds import KINDS, Kind, apply_kind, bases_of, kind_of, main_layer_of, shown_kind
from generator.interview.license_options import Base, all_licenses, find_bases
from generator.interview.license_steps import PART_NAMES
from generator.interview.prompts import BACK, OTHER, Dialog, Option, Prompt, at
from generator.interview.session import Session
from generator.interview.text import joined, license_name, shortened
from generator.licenses.catalog import parse
from generator.licenses.known_bases import base_ids
from generator.release.vocabulary import LAYERS
from generator.translations import gettext as _
from generator.translations import mark_text, ngettext, pgettext

RELATION_WORDS = {
    "finetune": mark_text("fine-tuned from it"),
    "adapter": mark_text("an adapter for it"),
    "diff": mark_text("a diff against it"),
    "quantized": mark_text("quantized or converted from it"),
    "merge": mark_text("merged with other models"),
    "distilled": mark_text("trained on its outputs, as a student"),
    "trained_on": mark_text("trained on this data set"),
    "outputs_of": mark_text("its outputs are in the training data"),
    "includes": mark_text("contains it unchanged"),
}
_REF_HELP = mark_text(
    "A Hub repo id such as google/gemma-2-2b, a web address, or a path in this folder. Names of well-known models "
    "appear as you type. You may inherit conditions from the base, so charter needs to know it."
)


_LOOK = "\0look"
SHOWN = 2
"""Bases that a line names."""


def ask_kind(session: Session) -> Dialog:
    """Ask what is released."""
    shown, now = shown_kind(session.answers), kind_of(session)
    refs = [entry["ref"] for entry in bases_of(session.answers, main_layer_of(session))]
    model = bool(session.get("layers.weights.availability"))
    options = tuple(
        Option(
            kind.id, described(kind, refs if kind == shown else [], has_model=model), _kind_note(session, kind, shown)
        )
        for kind in sorted(KINDS, key=lambda kind: kind != shown)
    )
    value = yield Prompt(
        _("What it is"),
        _("What do you release?"),
        _(
            "The kind decides which questions come and what is checked. charter looked at the files; correct it if it "
            "is wrong. If a base model is missing or wrong, the next question or the review lets you change it."
        ),
        options,
        at(options, now.id),
    )
    if value is BACK:
        return BACK
    session.notes["kind"] = value
    if value != now.id:
        apply_kind(session, next(kind for kind in KINDS if kind.id == value))
    return None


def described(kind: Kind, refs: list[str], *, has_model: bool = False) -> str:
    """Return a kind with the bases it was made from.

    Args:
        kind: The kind.
        refs: The bases.
        has_model: Whether there are weights.
    """
    if kind.id == "other" and has_model:
        return _("A model; decide later how it was made")
    if not refs or not kind.has_base:
        return pgettext("kind", kind.label)
    words = {
        "adapter": _("Adapter for {names}"),
        "finetune": _("Fine-tune of {names}"),
        "merge": _("Merge of {names}"),
    }
    names = joined(refs) if len(refs) <= SHOWN else shortened(refs, SHOWN)
    return words.get(kind.id, _("Quantization of {names}")).format(names=names)


def _kind_note(session: Session, kind: Kind, shown: Kind) -> str:
    if kind != shown or kind.id == "other":
        return _(kind.help) if kind.help else ""
    layer = main_layer_of(session)
    sources = [session.source(f"layers.{layer}.{name}") for name in ("derived_from", "form", "availability")]
    found = next((source.partition(";")[0] for source in sources if source), "")
    if found and found != BY_HAND:
        return _("found: {source}").format(source=_(found))
    return _(kind.help) if kind.help else ""


def has_base(session: Session) -> bool:
    """Return whether the release is made from a base that the interview can ask about.

    Args:
        session: The interview.
    """
    return kind_of(session).has_base and not session.has_items(main_layer_of(session))


def needs_base(session: Session) -> bool:
    """Return whether the base has to be asked for: none is named, its license isn't known, or files disagree.

    Args:
        session: The interview.
    """
    if not has_base(session):
        return False
    layer = main_layer_of(session)
    bases = find_bases(session, layer)
    unknown = any(base.found is None and base.is_direct for base in bases)
    return not bases or unknown or f"layers.{layer}.derived_from" in session.answers.others


def ask_bases(session: Session) -> Dialog:
    """Ask which base models it was made from; add, edit and remove."""
    layer = main_layer_of(session)
    if (only := _only_unknown(session, layer)) is not None:
        value = yield from ask_license_of_source(session, layer, only, more=_change())
        if value != OTHER:
            return value
    while True:
        entries = bases_of(session.answers, layer)
        if not entries:
            return (yield from _first_base(session, layer))
        options = [Option("done", _sure(entries))]
        unknown = [base.ref for base in find_bases(session, layer) if base.found is None and base.is_direct]
        options += [
            Option(("license", ref), _("State the license of {ref} ...").format(ref=ref))
            for ref in dict.fromkeys(unknown)
        ]
        options += [
            Option(("edit", n), _("Edit or remove {ref} ...").format(ref=e["ref"])) for n, e in enumerate(entries)
        ]
        options += [Option("add", _("Add a base model ..."))]
        value = yield Prompt(
            _("Base model"),
            _("What is this {what} made from?").format(what=pgettext("noun", kind_of(session).what)),
            _("You may inherit conditions from every base model. Name all of them; data sets come later."),
            tuple(options),
            notes=tuple(_base_notes(session, layer)),
        )
        if value is BACK:
            return BACK
        if value == "done":
            return None
        if value == "add":
            yield from _first_base(session, layer)
        elif value[0] == "license":
            yield from ask_license_of_source(session, layer, value[1])
        else:
            yield from _edit(session, layer, entries[value[1]])


def _change() -> Option:
    return Option(OTHER, _("Change the base models ..."))


def _only_unknown(session: Session, layer: str) -> str | None:
    """The only base, if all that is missing is its license."""
    bases = [base for base in find_bases(session, layer) if base.is_direct]
    is_clear = f"layers.{layer}.derived_from" not in session.answers.others
    return bases[0].ref if len(bases) == 1 and bases[0].found is None and is_clear else None


def _sure(entries: list[dict[str, str]]) -> str:
    number = len(entries)
    return ngettext("This is right", "These {number} are right", number).format(number=number)


def _base_notes(session: Session, layer: str) -> list[tuple[str, str]]:
    """One line for each base with its license, and what other files say."""
    notes = []
    for base in find_bases(session, layer):
        if base.is_direct:
            words = _(RELATION_WORDS.get(base.relation, base.relation))
        else:
            words = _("{model} is made from it").format(model=base.entry)
        notes.append(("warning" if base.found is None else "", f"{base.ref}: {words} · {base.words}"))
    return [*notes, *_others(session, f"layers.{layer}.derived_from")]


def _first_base(session: Session, layer: str) -> Dialog:
    """Ask for one more base model by its name."""
    kind = kind_of(session)
    value = yield Prompt(
        _("Base model"),
        _("Which base model is this {what} made from?").format(what=pgettext("noun", kind.what)),
        _(_REF_HELP),
        (Option(None, _("Decide later"), _("the release stays not ready")),),
        notes=tuple(_others(session, f"layers.{layer}.derived_from")),
        hidden=known_models,
        check=lambda text: _ref_error(session, layer, text),
        example="google/gemma-2-2b",
    )
    if value is BACK or value is None:
        return value
    ref = hub_ref(value) or value.strip()
    held = list(session.get(f"layers.{layer}.derived_from") or [])
    session.set(f"layers.{layer}.derived_from", [{"ref": ref, "relation": kind.relation or "finetune"}, *held])
    _released(session, layer)
    if any(base.ref == ref and base.found is None for base in find_bases(session, layer)):
        yield from ask_license_of_source(session, layer, ref)
    return None


def _released(session: Session, layer: str) -> None:
    """A layer with a base exists; the person said so."""
    if not session.get(f"layers.{layer}.availability"):
        session.set(f"layers.{layer}.availability", "released")


def _ref_error(session: Session, layer: str, text: str) -> str:
    if is_path(text.strip()) and not text.strip().startswith("."):
        return _("This is a path on your machine. Name the Hub repo, a web address, or a path that begins with ./")
    return session.error_of(f"layers.{layer}.derived_from", [{"ref": text.strip(), "relation": "finetune"}])


def known_models() -> tuple[Option, ...]:
    """Return the models of the table of known bases."""
    return tuple(Option(name, name) for name in base_ids())


def _edit(session: Session, layer: str, entry: dict[str, str]) -> Dialog:
    """Change or remove one base."""
    field = f"layers.{layer}.derived_from"
    while True:
        held: list[dict[str, str]] = list(session.get(field) or [])
        base = next((b for b in find_bases(session, layer) if b.ref == entry["ref"]), None)
        options = (
            Option("done", _("Keep it")),
            Option("relation", _("How it was used ..."), _(RELATION_WORDS[entry["relation"]])),
            Option("license", _("Its license ..."), base.words if base else _("license not known")),
            Option("remove", _("Remove it")),
        )
        value = yield Prompt(_("Base model"), entry["ref"], _(_REF_HELP), options)
        if value is BACK or value == "done":
            return None
        if value == "remove":
            session.set(field, [one for one in held if one != entry])
            return None
        if value == "license":
            yield from ask_license_of_source(session, layer, entry["ref"])
            entry = next((one for one in session.get(field) if one["ref"] == entry["ref"]), entry)
        else:
            words = tuple(Option(name, _(text)) for name, text in RELATION_WORDS.items())
            chosen = yield Prompt(
                _("Base model"),
                _("How did you use {ref}?").format(ref=entry["ref"]),
                _("Licenses treat a fine-tune, an adapter and a merge differently."),
                words,
                at(words, entry["relation"]),
            )
            if chosen is not BACK:
                changed = {**entry, "relation": chosen}
                session.set(field, [changed if one == entry else one for one in held])
                entry = changed


def ask_license_of_source(session: Session, layer: str, ref: str, *, more: Option | None = None) -> Dialog:
    """Ask for the license of a base or a data set: look it up, or state it.

    Args:
        session: The interview.
        layer: The layer that was made from it.
        ref: Its name.
        more: One more option, whose value is returned.
    """
    failed: tuple[tuple[str, str], ...] = ()
    while True:
        later = Option(None, _("Decide later"), _("no license can be recommended until it is known"))
        look = (Option(_LOOK, _("Look it up on the Hub"), _("asks huggingface.co for its card")),) if "/" in ref else ()
        value = yield Prompt(
            _("License of the source"),
            _("Which license does {ref} have?").format(ref=ref),
            _(
                "charter has no license for it, neither in this folder nor in its table of known models. Look it up "
                "on the Hub, or type the license as its card or LICENSE file states it."
            ),
            (*look, *([more] if more else []), later),
            len(look) + bool(more),
            notes=failed,
            hidden=lambda: tuple(o._replace(barred="") for o in all_licenses(session, "documents")),
            check=_license_error,
            example="apache-2.0",
        )
        if value is BACK or value is None or (more and value == more.value):
            return value
        found = _looked_up(session, ref) if value == _LOOK else str(parse(value))
        if not found:
            failed = (("warning", session.messages.pop()[1]),)
            continue
        field = f"layers.{layer}.derived_from"
        entries = session.get(field) or []
        session.set(field, [{**one, "license": found} if one["ref"] == ref else one for one in entries])
        session.say(f"{ref}: {license_name(found)}")
        return None


def layer_of_source(session: Session, ref: str) -> str:
    """Return the layer that was made from a source, or an empty text.

    Args:
        session: The interview.
        ref: The name of the source.
    """
    for layer in LAYERS:
        if any(entry["ref"] == ref for entry in session.get(f"layers.{layer}.derived_from") or []):
            return layer
    return ""


def _license_error(text: str) -> str:
    try:
        parse(text.strip())
    except CharterError as error:
        return f"{error.message}. {error.remedy}"
    return ""


def _looked_up(session: Session, ref: str) -> str | None:
    """The license that the Hub has for a base; a message says why there is none."""
    try:
        found = session.tools.look_up(ref)
    except CharterError as error:
        session.say(f"{error.message} {error.remedy}", "warning")
        return None
    if not found or _license_error(found):
        session.say(_("The Hub states no license for {ref} that charter knows.").format(ref=ref), "warning")
        return None
    return str(parse(found))


def base_line(bases: list[Base]) -> str:
    """Return the bases and their licenses on one line.

    Args:
        bases: The bases.
    """
    names = joined(dict.fromkeys(base.ref for base in bases[:3]))
    licenses = joined(dict.fromkeys(base.words for base in bases[:3]))
    if not bases:
        return ""
    if all(base.found is None for base in bases):
        return _("base {names} · base license not known").format(names=names)
    return _("base {names} · base license: {licenses}").format(names=names, licenses=licenses)


def ask_sources(session: Session, layer: str) -> Dialog:
    """Ask for everything that one layer was made from: base models, data sets and teachers.

    Args:
        session: The interview.
        layer: The layer.
    """
    field = f"layers.{layer}.derived_from"
    while True:
        held = list(session.get(field) or [])
        options = [Option("done", _("Done"))]
        options += [
            Option(n, _("Edit or remove {ref} ...").format(ref=e["ref"]), e["relation"]) for n, e in enumerate(held)
        ]
        options.append(Option("add", _("Add a source ...")))
        value = yield Prompt(
            _("Sources"),
            _("What was this part made from: {part}?").format(part=_(PART_NAMES[layer])),
            _(_REF_HELP),
            tuple(options),
            notes=tuple(_others(session, field)),
        )
        if value is BACK:
            return BACK
        if value == "done":
            return None
        if value == "add":
            yield from _add_source(session, layer)
        else:
            yield from _edit(session, layer, held[value])


def _add_source(session: Session, layer: str) -> Dialog:
    field = f"layers.{layer}.derived_from"
    ref = yield Prompt(
        _("Source"),
        _("Which model or data set?"),
        _(_REF_HELP),
        (Option(None, _("None")),),
        hidden=known_models,
        check=lambda text: _ref_error(session, layer, text),
        example="google/gemma-2-2b",
    )
    if ref is BACK or ref is None:
        return None
    words = tuple(Option(name, _(text)) for name, text in RELATION_WORDS.items())
    usual = (
        "includes" if layer in ("data", "curation", "architecture") else "adapter" if layer == "deltas" else "finetune"
    )
    chosen = yield Prompt(
        _("Source"),
        _("How did you use {ref}?").format(ref=ref),
        _("Licenses treat these differently."),
        words,
        at(words, usual),
    )
    if chosen is not BACK:
        session.set(field, [*(session.get(field) or []), {"ref": hub_ref(ref) or ref.strip(), "relation": chosen}])
    return None


def _others(session: Session, field: str) -> list[tuple[str, str]]:
    """What other files say of the sources, beside the answer."""
    return [
        ("quiet", _("{source} also names {value}").format(source=_(other.source), value=other.value))
        for other in session.answers.others.get(field, ())
    ]
