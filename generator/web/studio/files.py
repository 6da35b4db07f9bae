"""The files of the folder as a tree: which part of the release each belongs to, and which license covers it."""

from __future__ import annotations

from typing import NamedTuple

from generator.artifacts.folder import list_files, matching
from generator.documents.pictures.drawing import clean
from generator.interview.kinds import main_layer_of
from generator.interview.license_steps import PART_NAMES
from generator.interview.session import Session
from generator.release.vocabulary import GIVEN
from generator.translations import gettext as _
from generator.translations import mark_text
from generator.web.studio.forms import Form

FILES_LIMIT = 500
"""Files that are listed."""
TITLE = mark_text("Files and their licenses")
_WRITTEN = ("README.md", "LICENSE", "NOTICE", "REUSE.toml", "USE_POLICY.md", "release.yaml", "CITATION.cff")
_FOLDERS = ("LICENSES/", "badges/")


class FileRow(NamedTuple):
    """A file.

    Attributes:
        depth: How many folders it is in.
        name: Its name; that of a folder ends with a slash.
        part: The part of the release that it belongs to; empty for a folder.
        license: The name of its license; empty if there is none.
    """

    depth: int
    name: str
    part: str
    license: str


class PartView(NamedTuple):
    """A part of the release that has files, with the forms that change its license and its files."""

    layer: str
    title: str
    license: str
    number: int
    forms: tuple[Form, ...]


class FilesPage(NamedTuple):
    """What the template uses.

    Attributes:
        more: How many files are not listed.
        is_one: Whether one license covers all parts.
        main: The name of the license of the main part; empty if there is none.
    """

    id: str
    title: str
    rows: tuple[FileRow, ...]
    more: int
    parts: tuple[PartView, ...]
    is_one: bool
    main: str
    token: str
    read_only: bool
    version: str


def parts_with_files(session: Session) -> tuple[str, ...]:
    """Return the layers that are released and name files, the main one first.

    Args:
        session: The interview.
    """
    main = main_layer_of(session)
    there = [
        layer
        for layer in PART_NAMES
        if layer != "documents"
        and session.get(f"layers.{layer}.files")
        and session.get(f"layers.{layer}.availability") in GIVEN
    ]
    return tuple(sorted(there, key=lambda layer: layer != main))


def fields_of(session: Session) -> tuple[str, ...]:
    """Return the fields that change what covers what: the license of each part but the main one, and its files.

    Args:
        session: The interview.
    """
    main, layers = main_layer_of(session), parts_with_files(session)
    licenses = [f"layers.{layer}.license" for layer in layers if layer != main]
    return (*licenses, *(f"layers.{layer}.files" for layer in layers))


def file_rows(session: Session) -> tuple[tuple[FileRow, ...], int, dict[str, int]]:
    """Return the files as rows of a tree, how many are left out, and the number of files of each part.

    Args:
        session: The interview.
    """
    paths = tuple(path for path in list_files(session.folder) if not path.startswith("."))
    owner: dict[str, str] = {}
    for layer in reversed(parts_with_files(session)):
        globs = tuple(map(str, session.get(f"layers.{layer}.files")))
        owner |= dict.fromkeys(matching(paths, globs), layer)
    rows: list[FileRow] = []
    folders: set[str] = set()
    for path in sorted(paths, key=lambda path: (path.count("/") == 0, path))[:FILES_LIMIT]:
        *parents, name = path.split("/")
        for depth, parent in enumerate(parents):
            place = "/".join(parents[: depth + 1])
            if place not in folders:
                folders.add(place)
                rows.append(FileRow(depth, f"{clean(parent)}/", "", ""))
        rows.append(FileRow(len(parents), clean(name), *_owner(session, path, owner.get(path))))
    counts = {layer: sum(held == layer for held in owner.values()) for layer in set(owner.values())}
    return tuple(rows), max(0, len(paths) - FILES_LIMIT), counts


def _owner(session: Session, path: str, layer: str | None) -> tuple[str, str]:
    """The part that a file belongs to, and the name of its license."""
    if layer is not None:
        return _(PART_NAMES[layer]), license_of(session, layer)
    if path in _WRITTEN or path.startswith(_FOLDERS):
        return _("card and license files"), ""
    return _("other file"), ""


def license_of(session: Session, layer: str) -> str:
    """Return the name of the license of a part, or an empty text.

    Args:
        session: The interview.
        layer: The part.
    """
    stated = session.get(f"layers.{layer}.license")
    return clean(session.license_name(str(stated))) if stated else ""


def cover_all(session: Session) -> None:
    """Give every part with files the license of the main part.

    Args:
        session: The interview.
    """
    main = main_layer_of(session)
    stated = session.get(f"layers.{main}.license")
    for layer in parts_with_files(session):
        if stated and layer != main:
            session.set(f"layers.{layer}.license", stated)
