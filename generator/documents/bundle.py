"""The bundle: path to bytes, nothing written yet; and what it does to files that are there already."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from generator.artifacts.folder import is_folder
from generator.documents.card.hub_rules import Refusal, refusals
from generator.documents.storage.merge import Card, find_unclosed_fence, fresh_card, merge_card
from generator.documents.storage.record import CARD, RECORD, Record, digest, present_record
from generator.documents.storage.transaction import commit, exclusive, is_plain, to_charter_error
from generator.errors import BundleConflictError, CharterError, not_empty
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern
from generator.release.model import Release
from generator.translations import format_number, ngettext
from generator.translations import gettext as _

__all__ = ["Bundle", "Card", "Changes", "Difference", "WriteResult"]
_SHOWN = 10
FILE_LIMIT = 64 * 1024 * 1024
"""Bytes of a file where the bundle writes; anything larger was not written by a build."""
_TEXT = lazy_pattern(r"LICENSES/[A-Za-z0-9.+-]{1,150}\.txt")


class WriteResult(NamedTuple):
    """What a write did, by path.

    Attributes:
        refused: What the Hub will refuse of the front matter that a person wrote.
        closed_fence: The line of the README's code fence that was not closed, and to which a closing line was added.
    """

    created: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    refused: tuple[Refusal, ...] = ()
    closed_fence: int = 0


class Changes(NamedTuple):
    """What a bundle does to files that are there already.

    Attributes:
        put: What is to be written, by path; only what differs.
        removed: Files of an earlier build that this one no longer has, if nobody touched them.
        kept: Files that are somebody's own, or were edited by hand, each with why; they are left as they are.
        present: What stands at these paths now.
        final: Every file of the bundle as it would be.
        left: Files of an earlier build that this one no longer has, and that a person edited; they stay.
    """

    put: Mapping[str, bytes]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: Mapping[str, str]
    present: Mapping[str, bytes]
    final: Mapping[str, bytes]
    left: tuple[str, ...] = ()


class Difference(NamedTuple):
    """A file of a written bundle that is not what a write would leave there.

    Attributes:
        message: What is the matter with it.
        stops: Whether a write would stop because of it.
    """

    path: str
    message: str
    stops: bool
    line: int = 1


Read = Callable[[tuple[str, ...]], Mapping[str, bytes]]


class Bundle(Mapping[str, bytes]):
    """The files of a bundle by path, as they stand in an empty folder.

    Args:
        files: Every file but the card.
        card: The card, where there is one.
        taken: Files of the release's folder that were read as a license text, and so may be replaced.
        release: The release that it is the bundle of.
        outputs: Every path that a build may write, whatever the release; only these and license texts are ever removed.
        adopted: What the record keeps of the publisher's own license texts; a card has it with it.
        notes: What the person who builds should know: a license that changed, a file that was left as it is.

    Raises:
        CharterError: A path does not name a file below the folder of the bundle.
    """

    __slots__ = ("_adopted", "_card", "_files", "_outputs", "_pushed", "_taken", "notes", "release")

    def __init__(
        self,
        files: Mapping[str, bytes],
        card: Card | None = None,
        taken: frozenset[str] = frozenset(),
        release: Release | None = None,
        outputs: Iterable[str] = (),
        adopted: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
        notes: tuple[str, ...] = (),
    ) -> None:
        for path in files:
            if not is_plain(path):
                raise CharterError(
                    _("{path!r} is not a path of a bundle.").format(path=path), _("Use a relative path without `..`.")
                )
        self.release = release
        self._outputs = frozenset((*outputs, RECORD))
        self.notes = notes
        self._card = card
        self._adopted = adopted
        self._pushed: frozenset[str] | None = None
        self._taken = taken
        self._files = dict(files)
        if card:
            self._files[CARD] = fresh_card(card, _digests(files))
        else:
            self._files[RECORD] = Record(_digests(files), adopted=adopted).to_sums().encode()

    def __getitem__(self, path: str) -> bytes:
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._files))

    def __len__(self) -> int:
        return len(self._files)

    def to_publish(self, files: Mapping[str, bytes]) -> Bundle:
        """Return the bundle as it is published: with files that only a push writes.

        Args:
            files: These files; a build leaves them as they are.
        """
        held = {name: content for name, content in self._files.items() if name not in (CARD, RECORD)}
        made = Bundle(held, self._card, self._taken, self.release, self._outputs, self._adopted, self.notes)
        made._files |= files
        made._pushed = frozenset(files)
        return made

    def onto(
        self,
        read: Read,
        *,
        force: bool | Collection[str] = False,
        keep: Collection[str] = (),
        words: Callable[[], Mapping[str, tuple[str, ...]] | None] = lambda: None,
    ) -> Changes:
        """Return what the bundle does to files that are there already: in a folder, or in a repo.

        Args:
            read: Returns the content of those of the paths that are there.
            force: Replace files that were written or edited by hand: all, or only these paths.
            keep: Files that stay as a person left them; the record does not name them.
            words: Returns what the record names of people's words, once the card was read; None leaves it.

        Raises:
            BundleConflictError: A generated part of the card was edited by hand, or the card cannot be taken apart.
        """
        present = read((*self._files, RECORD, CARD))
        record = present_record(present)
        forced = frozenset(self._files) if force is True else frozenset(force or ())
        kept = {path: why for path, why in self._somebodys(present, record) if path not in forced}
        final = self._merge(present, force=CARD in forced, without=kept.keys() & set(keep), words=words())
        old = {path: value for path, value in record.files.items() if path not in final and self._is_output(path)}
        if self._pushed is not None:
            old |= {path: value for path, value in record.pushed.items() if path not in final}
        there = read(tuple(old))
        gone = [path for path, content in there.items() if digest(content) == old[path]]
        left = tuple(sorted(there.keys() - set(gone)))
        if CARD in final and RECORD in present:
            gone.append(RECORD)
        put = {path: content for path, content in final.items() if present.get(path) != content and path not in kept}
        return Changes(
            put=put,
            removed=tuple(sorted(gone)),
            unchanged=tuple(sorted(final.keys() - put.keys() - kept.keys())),
            kept=kept,
            present={path: content for path, content in present.items() if path in final or path in gone},
            final=final,
            left=left,
        )

    def write(
        self, target: str | Path, *, force: bool = False, say: Callable[[str], None] = lambda __: None
    ) -> WriteResult:
        """Write the bundle into a folder, all or nothing; what a person wrote into README.md is kept.

        Args:
            target: The folder; it is made where it is missing.
            force: Replace files that were written or edited by hand.
            say: Takes a message if another process is writing there.

        Raises:
            BundleConflictError: A file that somebody wrote or edited stands in the way; nothing was written.
            CharterError: The folder cannot be read or written; nothing was written.
        """
        folder = Path(not_empty("target", target))
        if os.path.lexists(folder) and not is_folder(folder):
            broken = folder.is_symlink() and not folder.exists()
            text = _("{folder}: a link to nothing.") if broken else _("{folder}: not a folder.")
            raise CharterError(text.format(folder=folder), _("Name a folder with -o DIR."))
        with exclusive(folder, say):
            changes = self.onto(lambda paths: _read_present(folder, paths), force=force)
            if changes.kept:
                raise _conflict(folder, changes.kept)
            if changes.put or changes.removed:
                commit(folder, changes.put, changes.removed)
        return WriteResult(
            created=tuple(sorted(path for path in changes.put if path not in changes.present)),
            replaced=tuple(sorted(path for path in changes.put if path in changes.present)),
            unchanged=changes.unchanged,
            removed=changes.removed,
            refused=tuple(refusals(changes.final[CARD].decode())) if CARD in changes.final else (),
            closed_fence=find_unclosed_fence(changes.present[CARD]) if CARD in changes.present else 0,
        )

    def differences(self, folder: Path) -> tuple[Difference, ...]:
        """Return where a bundle in a folder is not what a write would leave there; nothing is written.

        What a person wrote outside the generated parts of README.md is no difference, and line ends are none.

        Args:
            folder: Where a bundle was written.

        Raises:
            CharterError: The folder cannot be read.
        """
        found: dict[str, Difference] = {}
        try:
            changes = self.onto(lambda paths: _read_present(folder, paths))
        except BundleConflictError as error:
            at = re.match(rf"{re.escape(CARD)}:(\d+): (.*)", error.message, re.S)
            if at is None:
                return tuple(
                    Difference(path, error.message.removeprefix(f"{folder / path}: "), True) for path in error.paths
                )
            found[CARD] = Difference(CARD, at[2], True, int(at[1]))
            rest = {path: content for path, content in self._files.items() if path not in (CARD, RECORD)}
            changes = Bundle(rest, taken=self._taken, outputs=self._outputs).onto(
                lambda paths: _read_present(folder, paths)
            )
        for path, fault in changes.kept.items():
            found[path] = Difference(path, fault, True)
        for path, content in changes.put.items():
            if path not in changes.present:
                found[path] = Difference(path, _("this file is missing."), False)
            elif digest(content) != digest(changes.present[path]):
                found[path] = Difference(path, _("this file is not what `charter build` would write now."), False)
        for path in changes.removed:
            found[path] = Difference(path, _("this file is of an earlier build; it would go now."), False)
        if CARD in found and RECORD in found:
            del found[RECORD]
        return tuple(found[path] for path in sorted(found))

    def standing_in(self, target: str | Path) -> dict[str, bytes]:
        """Return the files as they would stand in a folder; nothing is written.

        Args:
            target: The folder; it need not be there.

        Raises:
            BundleConflictError: A generated part of its README.md was edited by hand.
            CharterError: The folder cannot be read.
        """
        return self._merge(_read_present(Path(target), (CARD,)))

    def _is_output(self, path: str) -> bool:
        """Whether a build may have written a file that a record names: the record is a text that anyone can edit."""
        return path in self._outputs or _TEXT.fullmatch(path) is not None

    def _merge(
        self,
        present: Mapping[str, bytes],
        *,
        force: bool = False,
        without: Collection[str] = (),
        words: Mapping[str, tuple[str, ...]] | None = None,
    ) -> dict[str, bytes]:
        """The files as they are to stand, the card merged with what is there; the record leaves some files out."""
        files = {path: content for path, content in self._files.items() if path not in (CARD, RECORD)}
        kept = {path: content for path, content in files.items() if path not in without}
        pushed = self._pushed or frozenset()
        written = _digests({path: content for path, content in kept.items() if path not in pushed})
        extra = _digests({path: content for path, content in kept.items() if path in pushed})
        if self._card is None:
            return files | {RECORD: Record(written | extra, adopted=self._adopted).to_sums().encode()}
        more = None if self._pushed is None else extra
        card = merge_card(self._card, present.get(CARD), written, force=force, words=words, pushed=more)
        return files | {CARD: card}

    def _somebodys(self, present: Mapping[str, bytes], record: Record) -> Iterator[tuple[str, str]]:
        """Files that are somebody's own, or were edited by hand, each with why."""
        for path, content in self._files.items():
            there = present.get(path)
            if there is None or path in (CARD, RECORD) or digest(there) == digest(content):
                continue
            recorded = record.files.get(path) or record.pushed.get(path)
            if recorded is None and path not in self._taken:
                yield path, _("somebody wrote this file; charter did not.")
            elif recorded is not None and recorded != digest(there) and path not in self._taken:
                yield path, _("this file was edited by hand after it was written.")


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {
        path: (_digest_of_text if path.startswith("LICENSES/") else digest)(content)
        for path, content in sorted(files.items())
    }


_digest_of_text = lru_cache(maxsize=64)(digest)
"""The same few license texts are in the bundles of many releases."""


def _conflict(folder: Path, kept: Mapping[str, str]) -> BundleConflictError:
    lines = [f"{folder / path}: {why}" for path, why in kept.items()]
    left = len(lines) - _SHOWN
    more = "\n" + ngettext("… and {number} more", "… and {number} more", left).format(number=left) if left > 0 else ""
    remedy = _(
        "Write what it should say into the release file, or replace it with --force. "
        "Name a license text of your own with `license_text`, and a NOTICE with "
        "`notice`."
    )
    return BundleConflictError("\n".join(lines[:_SHOWN]) + more, remedy, tuple(sorted(kept)))


def _read_present(folder: Path, paths: tuple[str, ...]) -> dict[str, bytes]:
    """The files that are there; a link on the way to one is refused, never followed."""
    found: dict[str, bytes] = {}
    for path in dict.fromkeys(paths):
        try:
            content = _content(folder, path)
        except OSError as error:
            raise to_charter_error(error, folder / path) from None
        if content is not None:
            found[path] = content
    return found


def _content(folder: Path, path: str) -> bytes | None:
    parts = path.split("/")
    steps = [folder.joinpath(*parts[: number + 1]) for number in range(len(parts))]
    file = steps[-1]
    link = next((step for step in steps if step.is_symlink()), None)
    if link or (file.exists() and not file.is_file()):
        text = (
            _("{file}: a link stands where the bundle writes.")
            if link
            else _("{file}: something that is not a file stands where the bundle writes.")
        )
        raise BundleConflictError(text.format(file=link or file), _("Move it away."), (path,))
    if not file.is_file():
        return None
    size = file.stat().st_size
    if size > FILE_LIMIT:
        raise BundleConflictError(
            _("{file}: {size} bytes; a file of a bundle has at most {limit}.").format(
                file=file, size=format_number(size), limit=format_number(FILE_LIMIT)
            ),
            _("Move it away."),
            (path,),
        )
    with file.open("rb") as stream:
        return stream.read(FILE_LIMIT)
