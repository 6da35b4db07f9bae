"""Terms that a folder states in a form no list knows: `license: other` with a name, or a license text of its own."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from generator.artifacts.card import CardFacts
from generator.artifacts.folder import is_file, read_text
from generator.errors import CharterError
from generator.licenses.catalog import LicenseId, hub_id, index, is_shared_name, licenses_of, parse_known
from generator.licenses.known_bases import license_for
from generator.licenses.license_files import TEXT_LIMIT, is_placeholder, is_web_page, weights_license

_SLUG_LIMIT = 80
_TERMS_WORDS = 40
"""Words from which on a text that names no license is taken for terms, and not for a pointer to them."""


class FolderTerms(NamedTuple):
    """The license that a folder states without an id that is known.

    Attributes:
        license: The id of a license, or a `LicenseRef-` id made from the stated name.
        source: The file, and key, that states it.
        text: The file that holds the text of a custom license.
        name: The stated name of a custom license.
        url: Where it can be read, if its text is not in the folder.
    """

    license: str
    source: str
    text: str | None = None
    name: str | None = None
    url: str | None = None


def folder_terms(folder: Path, card: CardFacts) -> FolderTerms | None:
    """Return the terms that a folder states as `license: other` or in a license file that is no known text, or None.

    A text is never taken for the license that it resembles: a changed one is a custom license.

    Args:
        folder: A model folder.
        card: What its card states.
    """
    if card.license == ("other",):
        return _find_named_terms(folder, card)
    found = weights_license(folder)
    if card.license or found.license or not found.path or len(found.unclear) > 1:
        return None
    return _in_file(folder, found.path, f"{folder.absolute().name}-license")


def find_contrary_terms(folder: Path, card: CardFacts) -> FolderTerms | None:
    """Return the terms of a LICENSE that is no copy of the license that the card states, as a custom license.

    A card can say `mit` beside an MIT text to which somebody added a condition: then both bind.

    Args:
        folder: A model folder.
        card: What its card states.
    """
    from generator.licenses.identify import UNKNOWN, WITH_CHANGES, identify

    claimed = parse_known(card.license[0]) if len(card.license) == 1 else None
    known = index()["known"].get(claimed.license, {}) if claimed and not claimed.parts else {}
    found = weights_license(folder)
    if not known.get("text") or found.license or not found.path or len(found.unclear) > 1:
        return None
    try:
        text = read_text(folder, found.path, TEXT_LIMIT, any_encoding=True)
    except CharterError:
        return None
    if text is None or is_placeholder(text) or is_web_page(text):
        return None
    said = identify(text)
    changed = said.result == WITH_CHANGES and not said.version
    if not changed and (said.result != UNKNOWN or len(text.split()) < _TERMS_WORDS):
        return None
    label = f"{folder.absolute().name}-license"
    return FolderTerms(_ref(label), found.path, found.path, label)


def find_stated_terms(card: CardFacts) -> FolderTerms | None:
    """Return the terms that a card states as `license: other` with a name, by itself; None where it doesn't.

    Where several licenses share the name, the link or the models that it was made from show which one is meant.

    Args:
        card: What the card states.
    """
    if card.license != ("other",) or not card.license_name:
        return None
    link = (card.license_link or "").strip()
    if meant := parse_known(card.license_name):
        shared = None if meant.parts else meant.license
        named_license = shared and (license_for(shared, (link,)) or license_for(shared, card.base_models))
        return FolderTerms(named_license or str(meant), "README.md, license_name")
    if re.match(r"https?://", link):
        return FolderTerms(_ref(card.license_name), "README.md, license_name", None, card.license_name, link)
    return None


def _find_named_terms(folder: Path, card: CardFacts) -> FolderTerms | None:
    """`license: other` with a name, a link or a text: the Hub's form for licenses that are not in its list."""
    link = (card.license_link or "").strip()
    stated = find_stated_terms(card)
    if stated and stated.name is None:
        return _by_text(folder, card, stated)
    text = _find_linked_file(folder, link) or weights_license(folder).path or None
    label = card.license_name or f"{folder.absolute().name}-license"
    found = _in_file(folder, text, label) if text else None
    if found and text and card.license_name and found.text is None and hub_id(LicenseId(found.license)):
        # The card names a license that the Hub does not list, and this text is one that it lists: they disagree.
        return FolderTerms(_ref(label), text, text, label)
    return found or stated


def _by_text(folder: Path, card: CardFacts, stated: FolderTerms) -> FolderTerms:
    """The license that a text in the folder is, where several licenses share the stated name; else what is stated.

    A text that is none of them is a custom license of that name.
    """
    shared = parse_known(card.license_name or "")
    path = _find_linked_file(folder, (card.license_link or "").strip()) or weights_license(folder).path
    if shared is None or shared.parts or not is_shared_name(shared.license) or not path:
        return stated
    found = _in_file(folder, path, card.license_name or shared.license)
    return found if found and (found.text or found.license in licenses_of(shared.license)) else stated


def _find_linked_file(folder: Path, link: str) -> str | None:
    path = PurePosixPath(link)
    plain = link and "://" not in link and not path.is_absolute() and ".." not in path.parts and "\\" not in link
    return str(path) if plain and is_file(folder / path) else None


def _in_file(folder: Path, path: str, label: str) -> FolderTerms | None:
    """The license that a text is or names; a custom one where it is neither."""
    from generator.licenses.identify import NOTICE_ONLY, find_named_only, identify

    try:
        text = read_text(folder, path, TEXT_LIMIT, any_encoding=True)
    except CharterError:
        return None
    if text is None or is_placeholder(text) or is_web_page(text):
        return None
    found = identify(text)
    if found.license and (found.exact or found.result == NOTICE_ONLY) and not found.version:
        return FolderTerms(found.license, path)
    if titled := find_named_only(text):
        return FolderTerms(titled, path)
    return FolderTerms(_ref(label), path, path, label)


def _ref(label: str) -> str:
    slug = re.sub(r"[^A-Za-z0-9.-]+|-{2,}", "-", label).strip("-.")[:_SLUG_LIMIT].strip("-.")
    return f"LicenseRef-{slug or 'custom'}"
