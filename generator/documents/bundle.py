"""The bundle: path to bytes, nothing written yet; and what happens to a folder when it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from generator.documents.hub_rules import Refusal, refusals
from generator.documents.merge import Card, fresh_card, merge_card
from generator.documents.record import CARD, RECORD, Record, card_record, digest, read_record
from generator.documents.transaction import recover, write_all
from generator.errors import BundleConflictError, CharterError

__all__ = ["Bundle", "Card", "Written"]
_SHOWN = 10


class Written(NamedTuple):
    """What a write did, by path; and what the Hub will refuse of the front matter that a person wrote."""

    created: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    refused: tuple[Refusal, ...] = ()


class Bundle(Mapping[str, bytes]):
    """The files of a bundle by path, as they stand in an empty folder.

    Args:
        files: Every file but the card.
        card: The card, where there is one.
        taken: Files of the release's folder that were read as a license text, and so may be replaced.
    """

    __slots__ = ("_card", "_files", "_taken")

    def __init__(
        self, files: Mapping[str, bytes], card: Card | None = None, taken: frozenset[str] = frozenset()
    ) -> None:
        self._card = card
        self._taken = taken
        self._files = dict(files)
        if card:
            self._files[CARD] = fresh_card(card, _digests(files))
        else:
            self._files[RECORD] = Record(_digests(files)).to_sums().encode()

    def __getitem__(self, path: str) -> bytes:
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._files))

    def __len__(self) -> int:
        return len(self._files)

    def write(self, target: str | Path, *, force: bool = False) -> Written:
        """Write the bundle into a folder, all or nothing; what a person wrote into README.md is kept.

        Args:
            target: The folder; it is made where it is missing.
            force: Replace files that were written or edited by hand.

        Raises:
            BundleConflictError: A file that somebody wrote or edited stands in the way; nothing was written.
            CharterError: The folder cannot be read or written; nothing was written.
        """
        folder = Path(target)
        recover(folder)
        if folder.exists() and not folder.is_dir():
            raise CharterError(f"{folder}: not a folder.", "Name a folder with -o DIR.")
        present = _read(folder, (*self._files, RECORD))
        record = _record(present, folder)
        final = self._merged(present, force=force)
        if not force:
            self._refuse(folder, final, present, record)
        gone = tuple(path for path in self._stale(folder, final, record))
        changed = {path: content for path, content in final.items() if present.get(path) != content}
        if changed or gone:
            write_all(folder, changed, gone)
        return Written(
            created=tuple(sorted(path for path in changed if path not in present)),
            replaced=tuple(sorted(path for path in changed if path in present)),
            unchanged=tuple(sorted(final.keys() - changed.keys())),
            removed=gone,
            refused=tuple(refusals(final[CARD].decode())) if CARD in final else (),
        )

    def standing_in(self, target: str | Path) -> dict[str, bytes]:
        """Return the files as they would stand in a folder; nothing is written.

        Args:
            target: The folder; it need not be there.

        Raises:
            BundleConflictError: A generated part of its README.md was edited by hand.
            CharterError: The folder cannot be read.
        """
        return self._merged(_read(Path(target), (CARD,)), force=False)

    def _merged(self, present: Mapping[str, bytes], *, force: bool) -> dict[str, bytes]:
        """The files as they are to stand, the card merged with what is there."""
        if self._card is None:
            return dict(self._files)
        files = {path: content for path, content in self._files.items() if path != CARD}
        return files | {CARD: merge_card(self._card, present.get(CARD), _digests(files), force=force)}

    def _refuse(self, folder: Path, final: Mapping[str, bytes], present: Mapping[str, bytes], record: Record) -> None:
        """Stop where a file is somebody's own, or was edited by hand."""
        faults: dict[str, str] = {}
        for path, content in final.items():
            there = present.get(path)
            if there is None or path in (CARD, RECORD) or digest(there) == digest(content):
                continue
            recorded = record.files.get(path)
            if recorded is None and path not in self._taken:
                faults[path] = f"{folder / path}: somebody wrote this file; it is not the build's."
            elif recorded is not None and recorded != digest(there):
                faults[path] = f"{folder / path}: this file was edited by hand after it was written."
        if faults:
            lines = list(faults.values())
            more = f"\n… and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
            remedy = (
                "Move it away, or replace it with --force. What a license file must say comes from the release file."
            )
            raise BundleConflictError("\n".join(lines[:_SHOWN]) + more, remedy, tuple(sorted(faults)))

    @staticmethod
    def _stale(folder: Path, final: Mapping[str, bytes], record: Record) -> Iterator[str]:
        """Files of an earlier build that this one no longer has, if nobody touched them."""
        old = {path: value for path, value in record.files.items() if path not in final and _plain(path)}
        for path, content in sorted(_read(folder, tuple(old)).items()):
            if digest(content) == old[path]:
                yield path
        if CARD in final and (folder / RECORD).is_file():
            yield RECORD


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {path: digest(content) for path, content in sorted(files.items())}


def _record(present: Mapping[str, bytes], folder: Path) -> Record:
    """The record of the earlier build, out of what has been read."""
    if RECORD not in present and CARD in present:
        return card_record(present[CARD])
    return read_record(folder)


def _read(folder: Path, paths: tuple[str, ...]) -> dict[str, bytes]:
    """The files that are there; a link on the way to one is refused, never followed."""
    found: dict[str, bytes] = {}
    for path in dict.fromkeys(paths):
        file = folder / path
        steps = [
            folder.joinpath(*file.relative_to(folder).parts[: n + 1])
            for n in range(len(file.relative_to(folder).parts))
        ]
        link = next((step for step in steps if step.is_symlink()), None)
        if link or (file.exists() and not file.is_file()):
            what = "a link" if link else "not a file"
            raise BundleConflictError(
                f"{link or file}: {what} stands where the bundle writes.", "Move it away.", (path,)
            )
        if file.is_file():
            try:
                found[path] = file.read_bytes()
            except OSError as error:
                raise CharterError(f"{file}: {error.strerror}.", "Make it readable.") from None
    return found


def _plain(path: str) -> bool:
    """Whether a recorded path stays inside the folder: the record is a file that anyone can edit."""
    return bool(path) and not path.startswith("/") and "\\" not in path and not {"..", ".", ""} & set(path.split("/"))
