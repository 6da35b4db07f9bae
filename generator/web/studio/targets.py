"""What a question is about: a license, a base in the table of known bases, or a repo that something else can find."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from generator.documents.pictures.drawing import clean
from generator.errors import CharterError, UnknownLicenseError
from generator.licenses.answers import Rights, is_license, license_rights, release_rights
from generator.licenses.assess import assess, load_folder_release
from generator.licenses.catalog import LicenseId, parse, reason
from generator.licenses.facts import Given
from generator.licenses.known_bases import KnownBase, find_either, near_bases
from generator.translations import gettext as _
from generator.translations import translate_fact

Lookup = Callable[[str, bool], Path | None]
"""Returns the folder of a repo, or None where there is none; the second argument says whether the Hub may be asked."""
_REPO = re.compile(r"(?:datasets/|models/)?[\w][\w.-]*/[\w][\w.-]*(?:@[\w./-]+)?")
_ADDRESS = re.compile(r"https://(?:huggingface\.co|hf\.co)/")


class Target(NamedTuple):
    """The rights in one thing that was asked about, and what is known of it."""

    rights: Rights
    notes: tuple[str, ...]


def find_rights(name: str, facts: Given, lookup: Lookup | None, *, online: bool) -> tuple[Target, ...]:
    """Return the rights in a license, a known base or a repo; two where a model and a data set have one id.

    Args:
        name: A license id, an alias or an expression; a Hub repo id or its address. It is never a path.
        facts: Facts that make an answer definite.
        lookup: What finds a repo that the table of known bases doesn't have.
        online: Whether the Hub may be asked.

    Raises:
        UnknownLicenseError: It is nothing that is known.
        CharterError: It is a repo that nothing is known of here.
    """
    forced, _, rest = name.partition(":")
    if forced == "license":
        return (Target(license_rights(rest, given=facts), ()),)
    if forced != "hub" and is_license(name):
        return (Target(license_rights(name, given=facts), ()),)
    ref = _ADDRESS.sub("", rest if forced == "hub" else name).rstrip("/")
    folder = lookup(ref, online) if lookup and _REPO.fullmatch(ref) and ".." not in ref else None
    if folder is not None:
        return (Target(release_rights(ref, assess(load_folder_release(folder)), given=facts), ()),)
    rows = find_either(ref)
    if not rows:
        raise _unknown(ref)
    return tuple(_known(row, ref, facts) for row in rows)


def find_license(name: str) -> tuple[LicenseId, str]:
    """Return the one license that a name stands for, and a note where it is that of a known base.

    Args:
        name: A license id or an alias, or the Hub id of a known base.

    Raises:
        UnknownLicenseError: It is nothing that is known.
        CharterError: It is several licenses, or the license of a base isn't known.
    """
    note = ""
    if is_license(name):
        expression = parse(name)
    else:
        rows = find_either(_ADDRESS.sub("", name).rstrip("/"))
        if not rows:
            raise _unknown(name)
        found = rows[0].license
        if found is None:
            raise CharterError(_words(rows[0], name), _("Name a license instead."))
        expression, note = found, _words(rows[0], name)
    if expression.parts or expression.exception:
        raise CharterError(_("{name}: this is several licenses.").format(name=name), _("Name its licenses one by one."))
    return expression.license, note


def _known(row: KnownBase, ref: str, facts: Given) -> Target:
    rights = release_rights(row.id, assess(row.as_release()), given=facts)
    note = clean(row.note) if row.disputed or row.license is None else ""
    return Target(rights, (_words(row, ref), *((translate_fact(note[:1].upper() + note[1:]),) if note else ())))


def _words(row: KnownBase, ref: str) -> str:
    """A sentence on the license of a known base, with the date."""
    name = row.current_id(ref) or row.id
    if row.license is None:
        return _("The card of {name} says {license}, as of {as_of}.").format(
            name=name, license=repr(row.stated), as_of=row.as_of
        )
    return reason("listed_base", base=name, license=str(row.license), as_of=row.as_of)


def _unknown(name: str) -> CharterError:
    """Why nothing is known of a name: it is a repo that isn't in the table, or no license."""
    near = ", ".join(near_bases(name))
    if _REPO.fullmatch(name):
        also = _("Near ids: {names}.").format(names=near) if near else ""
        command = _("To read its card on the Hub, run: {command}").format(command=f"charter rights hub:{name}")
        message = _("{name}: not in the table of known bases, and this page works offline.").format(name=name)
        return CharterError(message, " ".join(filter(None, (also, command))))
    try:
        parse(name)
    except UnknownLicenseError as error:
        return error
    return CharterError(_("{name}: not a license and not a known base.").format(name=name))
