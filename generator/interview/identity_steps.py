"""The questions on the name, and on who publishes. Offers from the Hub login and from git are never taken alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from generator.artifacts.inspect import FOLDER_NAME
from generator.interview.kinds import kind_of, main_layer_of
from generator.interview.license_options import find_bases
from generator.interview.prompts import BACK, KEEP, LATER, OTHER, Dialog, Option, Prompt
from generator.interview.session import Session
from generator.interview.text import expression_name
from generator.licenses.derive import ACT_OF
from generator.licenses.facts import begins
from generator.licenses.license_set import CATALOG
from generator.translations import gettext as _

_NAME, _REPO = "release.name", "release.repo"
_PUBLISHER, _COPYRIGHT = "release.publisher.name", "release.copyright"


def required_prefix(session: Session) -> tuple[str, str]:
    """Return the word that the name must begin with and the license that requires it; empty if none does.

    Args:
        session: The interview.
    """
    for base in find_bases(session, main_layer_of(session)):
        for key in base.found.license.ids() if base.found else ():
            for duty in CATALOG.terms(key).obligations:
                if duty.prefix and ACT_OF.get(base.relation) in duty.acts:
                    return duty.prefix, expression_name(base.found.license) if base.found else ""
    return "", ""


def ask_name(session: Session) -> Dialog:
    """Ask for the name, and the repo on the Hub."""
    prefix, by = required_prefix(session)
    options = tuple(_name_options(session, prefix))
    notes = []
    current = options[0].value
    if prefix and not begins(current.rpartition("/")[2], prefix):
        notes.append(
            ("warning", _("The {license} requires a name that begins with {prefix}.").format(license=by, prefix=prefix))
        )
    value = yield Prompt(
        _("Name on the Hub"),
        _("What is it called on the Hub?"),
        _(
            "ORG/NAME is the repo that charter push publishes to. A name without ORG is the name of the release; you"
            " can add the repo later."
        ),
        options,
        notes=tuple(notes),
        check=lambda text: _name_error(session, text, prefix, by),
        example="ORG/NAME",
    )
    if value is BACK:
        return BACK
    if value != current:
        _set_name(session, value.strip(), prefix)
    return None


def _name_options(session: Session, prefix: str) -> Iterator[Option]:
    """The name as it is, then what is offered, with the word that a license requires."""
    name, repo = str(session.get(_NAME) or ""), session.get(_REPO)
    first = repo or name or "model"
    source = session.source(_REPO if repo else _NAME)
    words = "" if source == "you" else _("from {source}").format(source=_(source))
    same = repo and name and name != repo.rpartition("/")[2]
    yield Option(first, first, ", ".join(filter(None, (_("shown as {name}").format(name=name) if same else "", words))))
    seen = {first}
    offered = [(offer.value, _("from {source}").format(source=_(offer.source))) for offer in session.offers.repo]
    for value, note in [*offered, (first, "")] if prefix else offered:
        owner, slash, short = value.rpartition("/")
        fits = begins(short, prefix) if prefix else True
        fitting = value if fits else f"{owner}{slash}{prefix}-{short}".replace(" ", "-")
        if fitting not in seen:
            seen.add(fitting)
            yield Option(fitting, fitting, note or _("with the required word"))


def _name_error(session: Session, text: str, prefix: str, by: str) -> str:
    text = text.strip()
    if prefix and not begins(text.rpartition("/")[2], prefix):
        return _("The {license} requires a name that begins with {prefix}, such as {example}.").format(
            license=by, prefix=prefix, example=f"{prefix}-{text.rpartition('/')[2]}"
        )
    return session.error_of(_REPO if "/" in text else _NAME, text)


def _set_name(session: Session, value: str, prefix: str) -> None:
    short = value.rpartition("/")[2]
    if "/" in value:
        session.set(_REPO, value)
    name = str(session.get(_NAME) or "")
    plain = "/" not in value or session.source(_NAME) == FOLDER_NAME or not name
    if plain or (prefix and not begins(name, prefix)):
        session.set(_NAME, short)


def ask_publisher(session: Session) -> Dialog:
    """Ask who publishes, and who holds the copyright."""
    options = tuple(_people(session))
    later = Option(LATER, _("Decide later"), "" if session.get(_PUBLISHER) else _("the release stays not ready"))
    value = yield Prompt(
        _("You"),
        _("Who publishes it?"),
        _(
            "A person, a lab or a company. The publisher grants the license, and the copyright line stands in the "
            "license files. Nothing here is taken without your choice."
        ),
        (*options, Option(OTHER, _("Another copyright holder ...")), later),
        0 if options and options[0].value is None else len(options) + 1,
        check=lambda text: session.error_of(_PUBLISHER, text.strip()),
        example="Anna B",
        typed_as=lambda text: _person(text, session.get(_COPYRIGHT) or f"{_this_year()} {text}"),
    )
    if value is BACK:
        return BACK
    if value is None or value == LATER:
        return None
    if value == OTHER:
        return (yield from _ask_holder(session))
    publisher, holder = value if isinstance(value, tuple) else (value.strip(), f"{_this_year()} {value.strip()}")
    session.set(_PUBLISHER, publisher)
    if holder and not (session.get(_COPYRIGHT) and isinstance(value, str)):
        session.set(_COPYRIGHT, holder)
    return None


def _this_year() -> int:
    return datetime.now(UTC).year


def _people(session: Session) -> Iterator[Option]:
    """Who publishes by the files, then the offers, each with its copyright line."""
    publisher, holder = session.get(_PUBLISHER), session.get(_COPYRIGHT)
    offered = [offer.value for offer in session.offers.copyright]
    if publisher:
        source = session.source(_PUBLISHER)
        yield Option(
            None, _person(publisher, holder), "" if source == "you" else _("from {source}").format(source=_(source))
        )
        yield from (Option((publisher, line), _person(publisher, line)) for line in offered if not holder)
        return
    if holder:
        yield Option(
            None, f"© {holder}", _("from {source}; no publisher named").format(source=_(session.source(_COPYRIGHT)))
        )
    for offer in session.offers.publisher:
        line = holder or next((text for text in offered if text.endswith(offer.value)), None)
        yield Option((offer.value, line), _person(offer.value, line), _("from {source}").format(source=_(offer.source)))


def _person(publisher: str, holder: str | None) -> str:
    return f"{publisher} · © {holder}" if holder else _("{publisher} · no copyright line").format(publisher=publisher)


def _ask_holder(session: Session) -> Dialog:
    """Ask for the publisher and the copyright line apart."""
    for field, title, question, example in (
        (_PUBLISHER, _("Publisher"), _("Who publishes it?"), "Anna B"),
        (_COPYRIGHT, _("Copyright"), _("Who holds the copyright? Year and holder."), f"{_this_year()} Borealis Lab"),
    ):
        now = session.get(field)
        keep = (Option(KEEP, str(now), _("as it is")),) if now else ()
        value = yield Prompt(
            title,
            question,
            _("The copyright line names the year and the holder, such as an employer."),
            (*keep, Option(None, _("Decide later"))),
            check=partial(_line_error, session, field),
            example=example,
        )
        if value is BACK:
            return BACK
        if value and value != KEEP:
            session.set(field, value.strip())
    return None


def _line_error(session: Session, field: str, text: str) -> str:
    return session.error_of(field, text.strip())


def name_words(session: Session) -> str:
    """Return name and repo on one line."""
    name, repo = str(session.get(_NAME) or _("no name")), session.get(_REPO)
    return (
        f"{repo} · {name}"
        if repo and repo.rpartition("/")[2] != name
        else repo or _("{name} · no repo yet").format(name=name)
    )


def publisher_words(session: Session) -> str:
    """Return publisher and copyright line on one line."""
    publisher, holder = session.get(_PUBLISHER), session.get(_COPYRIGHT)
    if not publisher and not holder:
        return _("not stated")
    return " · ".join(filter(None, (publisher, f"© {holder}" if holder else _("no copyright line"))))


def kind_words(session: Session) -> str:
    """Return the kind on one line, with bases and the size."""
    from generator.interview.kinds import bases_of
    from generator.interview.lineage_steps import described

    kind = kind_of(session)
    refs = [entry["ref"] for entry in bases_of(session.answers, main_layer_of(session))]
    return described(kind, refs, has_model=bool(session.get("layers.weights.availability")))
