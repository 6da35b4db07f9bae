"""What was found in a folder, in words: the first lines of the interview."""

from __future__ import annotations

from generator.artifacts.folder import list_files, matching
from generator.interview.card_steps import SECTIONS, readme_of, sections_of
from generator.interview.kinds import kind_of, main_layer_of
from generator.interview.license_options import find_bases
from generator.interview.lineage_steps import base_line
from generator.interview.session import Session
from generator.interview.text import joined
from generator.translations import gettext as _
from generator.translations import ngettext, pgettext


def found_words(session: Session) -> list[str]:
    """Return what the files show.

    Args:
        session: The interview.
    """
    layer = main_layer_of(session)
    stated = session.get(f"layers.{layer}.license")
    there = sections_of(session)[0]
    parts = [
        _files(session, layer),
        base_line(find_bases(session, layer)),
        _("license: {license}").format(license=session.license_name(stated))
        if stated and isinstance(stated, str)
        else "",
        _("README covers {sections}").format(sections=joined(_(SECTIONS[name][0]) for name in there))
        if there and readme_of(session)
        else "",
    ]
    return [_("Found: {parts}").format(parts=" · ".join(filter(None, parts)))]


def _files(session: Session, layer: str) -> str:
    """The main files, with their number and size."""
    patterns = session.get(f"layers.{layer}.files")
    kind = kind_of(session)
    if not patterns:
        return _("no model and no data in this folder") if kind.id == "other" else pgettext("noun", kind.what)
    names = [path for path in matching(list_files(session.folder), tuple(patterns)) if not path.endswith(".json")]
    size = sum(_size(session, name) for name in names)
    number = ngettext("{number} file", "{number} files", len(names)).format(number=len(names))
    word = _("model") if kind.id == "other" else pgettext("noun", kind.what)
    return f"{word}, {number}, {_size_words(size)}"


def _size(session: Session, name: str) -> int:
    try:
        return (session.folder / name).stat().st_size
    except OSError:
        return 0


def _size_words(size: int) -> str:
    """A size as people write it."""
    for unit, word in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {word}".replace(".", pgettext("decimal point", "."))
    return ngettext("{number} byte", "{number} bytes", size).format(number=size)
