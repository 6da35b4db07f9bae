"""Publishing a signed folder: the signed files go as they are, so that the signature holds for what is on the Hub."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from generator.artifacts.digests import FolderDigests
from generator.artifacts.folder import is_file, matching, read_inside
from generator.artifacts.signature import SIGNATURE, SIGNATURE_LIMIT, SignedFiles, read_signed_files
from generator.documents.storage.record import CARD, BrokenMarkers, find_markers
from generator.errors import CharterError
from generator.hub.client import Connection
from generator.hub.repo import SIZE_LIMIT, Content, Remote, has_content, read_file
from generator.publishing.release_record import FILE_NAME
from generator.translations import format_names, mark_text
from generator.translations import gettext as _

_SHOWN = 5
_AGAIN = mark_text("Run `charter build` and `charter sign` again. Or remove model.sig to publish without a signature.")


class Signed(NamedTuple):
    """The signature in a folder."""

    folder: Path
    content: bytes
    files: SignedFiles


class Outcome(NamedTuple):
    """What a signature changes in a plan: content to send, reasons to stop (message and remedy), and notes."""

    put: dict[str, Content]
    faults: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def read_signature(folder: Path | None) -> Signed | None:
    """Return the signature in a folder; None where there is none.

    Args:
        folder: The folder of the release.

    Raises:
        CharterError: It is not a signature of `model_signing`.
    """
    if folder is None or not is_file(folder / SIGNATURE):
        return None
    content = read_inside(folder, SIGNATURE, SIGNATURE_LIMIT) or b""
    files = read_signed_files(content)
    if files is None:
        raise CharterError(
            _("{file} is not a signature of model_signing.").format(file=folder / SIGNATURE),
            _("Remove it, or sign again."),
        )
    return Signed(folder, content, files)


def attested_paths(connection: Connection, remote: Remote, theirs: Mapping[str, bytes]) -> set[str]:
    """Return the files of a repo that are just what the signature in the repo says: nobody edited them since.

    Args:
        connection: The Hub.
        remote: The repo.
        theirs: Its files that were read.

    Raises:
        HubError: The signature cannot be read.
    """
    if SIGNATURE not in remote.files:
        return set()
    signed = read_signed_files(read_file(connection, remote, SIGNATURE, SIGNATURE_LIMIT))
    digests = signed.sha256 if signed else {}
    return {path for path, content in theirs.items() if digests.get(path) == hashlib.sha256(content).hexdigest()}


class SignedPlan:
    """Finds out what is sent, so that the repo holds the signed files.

    Args:
        connection: The Hub.
        remote: The repo.
        signed: The signature in the folder.
        final: The files of the bundle, merged with what the repo has.
        kept: Files of people on the Hub that stay.
        own: Files of the repo that may be replaced, whatever was added to them there.
    """

    def __init__(
        self,
        connection: Connection,
        remote: Remote,
        signed: Signed,
        *,
        final: Mapping[str, bytes],
        kept: Collection[str],
        own: Collection[str],
    ) -> None:
        self._connection, self._remote, self._signed = connection, remote, signed
        self._final, self._kept, self._own = final, kept, own
        self._digests = signed.files.sha256

    def outcome(self, put: Mapping[str, Content], globs: tuple[str, ...]) -> Outcome:
        """Return what is sent, why nothing may be sent, and notes.

        Args:
            put: What would be sent without a signature.
            globs: The patterns of the layers' files.

        Raises:
            HubError: A file of the repo cannot be compared.
        """
        repo, sent = self._remote.repo, dict(put)
        if changed := _changed(self._signed):
            said = _("{repo}: {files}: changed after {signature} was made.").format(
                repo=repo, files=format_names(changed, _SHOWN), signature=SIGNATURE
            )
            return Outcome(sent, ((said, _(_AGAIN)),))
        faults = [fault for path in self._digests if (fault := self._fault(path))]
        absent: list[str] = []
        for path in self._digests:
            if self._is_there(path):
                sent.pop(path, None)
            elif path not in sent and matching((path,), globs):
                absent.append(path)
            else:
                sent[path] = self._signed.folder / path
        if absent:
            said = _("{repo}: {signature} covers {files}, which the Hub does not have.").format(
                repo=repo, signature=SIGNATURE, files=format_names(absent, _SHOWN)
            )
            faults.append((said, _("Upload the files of the layers too: --with-files")))
        if not has_content(self._connection, self._remote, SIGNATURE, self._signed.content):
            sent[SIGNATURE] = self._signed.content
        return Outcome(_as_bytes(sent), tuple(faults), self._notes(sent))

    def _fault(self, path: str) -> tuple[str, str] | None:
        """Why a file cannot be published as it was signed."""
        repo = self._remote.repo
        if path in self._kept and path not in self._own and not self._is_there(path):
            said = _("{repo}: {path} on the Hub stays, and is not the signed file.").format(repo=repo, path=path)
            return said, _("Replace it with --force {path}").format(path=path)
        ours = self._final.get(path)
        if ours is None or path in self._own or hashlib.sha256(ours).hexdigest() == self._digests[path]:
            return None
        if path == FILE_NAME:
            return None
        if path == CARD and _same_text(read_inside(self._signed.folder, path, SIZE_LIMIT) or b"", ours):
            return None
        if path == CARD and path in self._remote.files:
            remedy = _("Take it over into your {file} and sign again, or replace it: --force {file}").format(file=CARD)
            said = _("{repo}: {file} on the Hub has text that the signed {file} lacks.").format(repo=repo, file=CARD)
            return said, remedy
        said = _("{repo}: {path} would be published with other content than was signed.").format(repo=repo, path=path)
        return said, _(_AGAIN)

    def _is_there(self, path: str) -> bool:
        """Whether the repo has a file as it was signed."""
        file = self._remote.files.get(path)
        if file is None:
            return False
        if file.sha256:
            return file.sha256 == self._digests[path]
        return has_content(self._connection, self._remote, path, self._signed.folder / path)

    def _notes(self, sent: Mapping[str, Content]) -> tuple[str, ...]:
        files = self._signed.files
        paths = {*self._remote.files, *sent}
        extra = sorted(path for path in paths if path not in files.digests and not files.is_ignored(path))
        if not extra or not self._digests:
            return ()
        note = _("{repo}: {signature} does not cover {files}, so verifying the repo fails.")
        return (note.format(repo=self._remote.repo, signature=SIGNATURE, files=format_names(extra, _SHOWN)),)


def _as_bytes(sent: Mapping[str, Content]) -> dict[str, Content]:
    """Content to send, with the card as bytes: it is checked before it is sent."""
    card = sent.get(CARD)
    return dict(sent) | ({CARD: card.read_bytes()} if isinstance(card, Path) else {})


def outdated_note(remote: Remote, put: Collection[str], removed: Collection[str]) -> tuple[str, ...]:
    """Return a note where a push without a signature changes files of a signed repo.

    Args:
        remote: The repo.
        put: What is sent.
        removed: What is deleted.
    """
    if SIGNATURE not in remote.files or SIGNATURE in removed or not (put or removed):
        return ()
    note = _("{repo}: {signature} on the Hub does not cover this change. Sign the release, and push again.")
    return (note.format(repo=remote.repo, signature=SIGNATURE),)


def _changed(signed: Signed) -> list[str]:
    """Signed files that are not here, or not as they were signed."""
    digests = FolderDigests(signed.folder)
    known = digests.read(sorted({*digests.paths} & signed.files.sha256.keys()), believe=False)
    return [path for path, digest in signed.files.sha256.items() if path not in known or known[path].sha256 != digest]


def _same_text(one: bytes, other: bytes) -> bool:
    """Whether two cards are the same but for the record in their markers."""
    return _without_record(one) == _without_record(other)


def _without_record(card: bytes) -> str:
    text = card.decode("utf-8", "replace")
    try:
        found = find_markers(text)
    except BrokenMarkers:
        return text
    return text[: found.end] + text[found.after :] if found else text
