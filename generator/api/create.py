"""How a release file begins: from an interview, from what files say, from what is stated, from a record or a card."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from generator.api import from_hub
from generator.errors import CharterError, ReleaseFileError, not_empty
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.artifacts.observation import Observation
    from generator.interview.answers import Answers
    from generator.interview.offers import Offers
    from generator.release.model import Release


def import_file(path: str | Path) -> tuple[str, tuple[str, ...]]:
    """Return the text of a release file that says what a record or a card says.

    Args:
        path: A record of the Model Openness Framework (YAML), or a model card (README.md).

    Returns:
        The text, and what the file says and the release file does not hold, in words.

    Raises:
        CharterError: It is neither, or cannot be read.
        ReleaseFileError: It is no YAML; or what it says makes no release.
    """
    from generator.artifacts.card import BLOCK
    from generator.interview.answers import from_card
    from generator.openness.importing import import_record
    from generator.openness.record import read_record
    from generator.release.source import read_bytes
    from generator.release.writer import own_text

    file = Path(path)
    raw = read_bytes(file)
    if file.suffix.lower() in (".md", ".markdown") or BLOCK.match(raw[:4096].decode("utf-8", "replace")):
        known, notes = from_card(file)
        named_card = "README.md:"
        named = (
            f"{file.name}:{note.removeprefix(named_card)}" if note.startswith(named_card) else note for note in notes
        )
        return own_text(known.release(file.parent)), tuple(named)
    record = read_record(raw, str(path))
    if record is None:
        remedy = _("Name a record of the Model Openness Framework (mof.yml) or a model card (README.md).")
        raise CharterError(_("{path}: neither a record nor a card.").format(path=path), remedy)
    imported = import_record(record)
    return imported.text, imported.notes


def init(
    folder: Path, *, origin: str | None = None, stated: Iterable[str] = (), answers: str | None = None
) -> tuple[Path, list[str]]:
    """Write a release file from what the files of a folder say, and from what is stated.

    Args:
        folder: The model's folder, where `release.yaml` is written.
        origin: Another folder, or a Hub repo, that is read instead.
        stated: `FIELD=VALUE` texts.
        answers: A YAML file that holds fields.

    Returns:
        The path, and messages: what could not be read, and what files said and the release file does not take.

    Raises:
        CharterError: There is a release file already, or a field is none.
        ReleaseFileError: What is stated makes no release; every error is in it.
    """
    from generator.interview.answers import filled_in, flattened
    from generator.release.source import parse_tree

    known = prefill(folder, origin=origin)
    if answers:
        from generator.artifacts.folder import read_inside

        path = Path(answers).absolute()
        raw = read_inside(path.parent, path.name)
        if raw is None:
            raise CharterError(
                _("{file}: there is no such file.").format(file=answers), _("Name a YAML file that holds fields.")
            )
        tree, complaints = parse_tree(raw, answers)
        if complaints or not isinstance(tree.value, dict):
            raise ReleaseFileError(tuple(complaints))
        filled_in(known, dict(flattened(tree.value)), answers)
    filled_in(known, stated, "--set")
    known.without_itself()
    notes = reading_messages(folder, known)
    return write_release_file(folder, known.release(folder)), notes


def reading_messages(folder: Path, known: Answers) -> list[str]:
    """Take out what the release file does not take; return that and what could not be read, in words."""
    note = _("left out: {what}")
    return [*known.notes, *(note.format(what=line) for line in (*known.without_faults(folder), *known.remarks()))]


def prefill(folder: Path, *, origin: str | None = None) -> Answers:
    """Return what the files of a model folder say, field by field of the release file.

    Args:
        folder: The model's folder, where `release.yaml` is to be written.
        origin: Another folder, or a Hub repo, that is read instead.

    Raises:
        CharterError: There is a release file already, or no such folder.
        HubError: The Hub repo cannot be read.
    """
    from generator.artifacts.inspect import FOLDER_NAME
    from generator.interview.answers import Answer, prefilled, with_sections

    if not folder.is_dir():
        raise CharterError(_("{folder}: no folder.").format(folder=folder), _("Name the folder that holds the model."))
    if (folder / "release.yaml").exists():
        remedy = _("Edit it and run `charter check`, or move it away to start again.")
        raise CharterError(_("{file}: there is a release file already.").format(file=folder / "release.yaml"), remedy)
    if origin is None:
        return prefilled(folder)
    place = Path(origin)
    local = place.is_dir()
    place = place if local else from_hub(origin.removeprefix("hub:"))
    found = prefilled(place)
    if not local and found.known["release.name"].source == FOLDER_NAME:
        found.give("release.name", origin.rpartition("/")[2], origin)
    for layer in ("weights", "deltas", "data"):
        # Of a repo only the papers are fetched; what its card gives a license for is published there.
        if not local and found.get(f"layers.{layer}.license") and not found.get(f"layers.{layer}.availability"):
            found.give(f"layers.{layer}.availability", "released", f"{origin}, its card")
    if not (folder / "README.md").is_file():
        found.others["card"] = [Answer(line, origin) for line in with_sections(found, place)]
    return found


def find_offers(folder: Path, known: Answers, *, online: bool = False) -> Offers:
    """Return what a person may accept as publisher, copyright line and repo; none of it is taken by itself.

    Args:
        folder: The model's folder.
        known: What is known.
        online: Ask the Hub for the user's name, full name and organizations; else only files of this machine are read.

    Raises:
        HubError: The Hub cannot be reached, or doesn't accept the login.
    """
    from generator.hub.login import fetch_login, stored_logins
    from generator.interview import offers

    found = fetch_login() if online else None
    return offers.find_offers(folder, known, (found,) if found else stored_logins())


def draft_usage(folder: Path, known: Answers) -> Observation | None:
    """Return a draft of `card.how_to_use` that a person may accept: code for the library, the task and the repo.

    Args:
        folder: The model's folder.
        known: What is known.

    Returns:
        The draft; None where the repo or the library is not known, or there is no template for the library.

    Raises:
        ReleaseFileError: The answers make no release.
    """
    from generator.artifacts.observation import Observation
    from generator.documents.card.usage import draft_usage as draft

    release = known.release(folder)
    text = draft(release)
    source = f"a draft for {release.release.library}" if release.release.library else "a draft for these files"
    return Observation("card.how_to_use", text, source) if text else None


def release_of_folder(folder: str | Path) -> Release:
    """Return the release that the files of a folder show; what a release can't hold of it is left out.

    Args:
        folder: The model's folder.

    Raises:
        CharterError: There is no such folder, or it has a release file already.
    """
    place = Path(not_empty("folder", folder))
    if (place / "release.yaml").exists():
        remedy = _('Load it: load_release("{place}").').format(place=place)
        raise CharterError(_("{file}: there is a release file already.").format(file=place / "release.yaml"), remedy)
    return shown_release(place)


def shown_release(folder: Path) -> Release:
    """Return the release that the files of a folder show, whatever its release file says.

    Args:
        folder: The model's folder.

    Raises:
        CharterError: There is no such folder.
    """
    from generator.interview.answers import prefilled

    if not folder.is_dir():
        raise CharterError(_("{folder}: no folder.").format(folder=folder), _("Name the folder that holds the model."))
    known = prefilled(folder)
    known.without_itself()
    known.without_faults(folder)
    return known.release(folder)


def write_release_file(folder: Path, release: Release) -> Path:
    """Write a release file, and return its path; what an earlier one says keeps its order and comments.

    Args:
        folder: Where it goes.
        release: What it says.

    Raises:
        CharterError: It cannot be written.
    """
    from generator.artifacts.folder import read_inside
    from generator.documents.storage.transaction import write_all
    from generator.release.edit import edit_release
    from generator.release.source import FILE_NAME, SIZE_LIMIT
    from generator.release.writer import add_schema_line, own_text

    text = None
    with contextlib.suppress(UnicodeDecodeError):  # what is no text has no comments to keep
        text = edit_release((read_inside(folder, FILE_NAME, SIZE_LIMIT) or b"").decode("utf-8"), release)
    write_all(folder, {FILE_NAME: (text or add_schema_line(own_text(release))).encode()})
    return folder / FILE_NAME
