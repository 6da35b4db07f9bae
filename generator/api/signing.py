"""Sign the files of a release, and verify a signature: the steps composed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from generator.artifacts.digests import FolderDigests
from generator.artifacts.folder import is_file, is_folder, matching, read_inside
from generator.artifacts.signature import IGNORED, SIGNATURE, SIGNATURE_LIMIT, SignedFiles, read_signed_files
from generator.errors import CharterError
from generator.release.model import Release
from generator.release.source import FILE_NAME
from generator.release.vocabulary import GIVEN
from generator.signing.folder import list_all, published_paths
from generator.signing.library import SigningKey, Trust, describe_signer, find_fault, sign_digests
from generator.translations import gettext as _

__all__ = ["Difference", "SigningKey", "SigningResult", "Trust", "Verification", "sign", "verify"]


_NOTHING = SignedFiles("", "files", "sha256", IGNORED, {})
"""A signature of ours over no file."""


class SigningResult(NamedTuple):
    """What was signed.

    Attributes:
        files: The digests by path.
        unsigned: Files in the folder that are not published, and that the signature does not cover.
    """

    path: Path
    files: Mapping[str, str]
    unsigned: tuple[str, ...]


class Difference(NamedTuple):
    """A file with another digest than was signed or stated."""

    path: str
    expected: str
    found: str


class Verification(NamedTuple):
    """What verifying a folder found.

    Attributes:
        signed: What the signature states; None where there is none.
        signer: What the signature states about its signer.
        fault: Why the signature is not valid; empty where it is.
        missing: Signed files that are not here.
        different: Signed files with another content.
        unsigned: Files that the signature does not cover.
        stated: The number of files whose digest the release file states, and that have it.
        not_as_stated: Files with another digest than the release file states.
        unread: Why the release file cannot be read, so that its digests were not compared; empty where it can.
    """

    target: str
    signed: SignedFiles | None
    signer: Mapping[str, str]
    fault: str
    missing: tuple[str, ...]
    different: tuple[Difference, ...]
    unsigned: tuple[str, ...]
    stated: int
    not_as_stated: tuple[Difference, ...]
    unread: str = ""

    @property
    def is_valid(self) -> bool:
        """Whether the signature is valid and covers just the files that are here."""
        wrong = (*self.missing, *self.different, *self.unsigned, *self.not_as_stated)
        return self.signed is not None and not self.fault and not wrong

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON, schema `modelcharter.verify/1`."""
        signed = self.signed
        signature = signed and {
            "file": SIGNATURE,
            "kind": signed.kind,
            "signer": dict(self.signer),
            "valid": not self.fault,
            "because": self.fault,
            "files": len(signed.digests),
            "ignored": list(signed.ignored),
        }
        return {
            "schema": "modelcharter.verify/1",
            "target": self.target,
            "valid": self.is_valid,
            "signature": signature,
            "missing": list(self.missing),
            "different": [found._asdict() for found in self.different],
            "unsigned": list(self.unsigned),
            "stated": {
                "same": self.stated,
                "different": [found._asdict() for found in self.not_as_stated],
                "unread": self.unread,
            },
        }


def sign(folder: str | Path, key: SigningKey) -> SigningResult:
    """Sign the files of a folder, and write the signature into it as `model.sig`.

    In the folder of a release, these are the files that `push` publishes with the files of the layers. In any other
    folder, it is every file.

    Args:
        folder: The folder.
        key: What it is signed with.

    Raises:
        CharterError: The bundle is not up to date, a file cannot be read, or the signature cannot be made.
    """
    from generator.documents.storage.transaction import write_all

    place = _folder(folder)
    found = list_all(place, _NOTHING)
    files = tuple(path for path in found.files if not _NOTHING.is_ignored(path))
    wanted = _published(place, files) if is_file(place / FILE_NAME) else files
    if links := [path for path in found.strange if not _NOTHING.is_ignored(path)]:
        raise CharterError(
            _("{file}: a link or a device cannot be signed.").format(file=links[0]),
            _("Put the file itself into the folder."),
        )
    if not wanted:
        raise CharterError(
            _("{place}: there is no file to sign.").format(place=place),
            _("Name the folder of a model or of a release."),
        )
    digests = FolderDigests(place, found.files).read(wanted, believe=False)
    if pointers := [path for path, stated in digests.items() if stated.source == "lfs-pointer"]:
        raise CharterError(
            _("{file} is a Git LFS pointer, not the file.").format(file=pointers[0]), _("Run: git lfs pull")
        )
    held = {path: digests[path].sha256 for path in wanted}
    write_all(place, {SIGNATURE: sign_digests(place.resolve().name, held, IGNORED, key)})
    return SigningResult(place / SIGNATURE, held, tuple(path for path in files if path not in held))


def verify(folder: str | Path, trust: Trust) -> Verification:
    """Compare the files of a folder with its signature and with the digests in its release file.

    Args:
        folder: The folder, such as a downloaded repo.
        trust: What the signature is verified with.

    Raises:
        CharterError: The folder, a key or a certificate cannot be read.
    """
    place = _folder(folder)
    content = read_inside(place, SIGNATURE, SIGNATURE_LIMIT)
    signed = read_signed_files(content) if content is not None else None
    if content is not None and signed is None:
        raise CharterError(
            _("{file} is not a signature of model_signing.").format(file=place / SIGNATURE), _("Download it again.")
        )
    found = list_all(place, signed or _NOTHING)
    digests = FolderDigests(place, found.files)
    stated, unread = _stated(place, found.files)
    if signed is None or content is None:
        return _compared(folder, None, {}, _("there is no signature"), digests, stated)._replace(unread=unread)
    signer = describe_signer(content, signed.kind)
    fault = find_fault(content, signed, trust)
    if not signed.sha256 and signed.digests:
        fault = fault or _("its digests are {algorithm} of {method}, which charter does not compare").format(
            algorithm=signed.algorithm, method=signed.method
        )
    result = _compared(folder, signed, signer, fault, digests, stated)
    covered = {*signed.sha256}
    extra = [p for p in (*found.files, *found.strange) if p not in covered and not signed.is_ignored(p)]
    return result._replace(unsigned=tuple(sorted(extra)) if signed.sha256 else (), unread=unread)


def _compared(
    folder: str | Path,
    signed: SignedFiles | None,
    signer: Mapping[str, str],
    fault: str,
    digests: FolderDigests,
    stated: Mapping[str, str],
) -> Verification:
    """The result for the files that are here; each is read once."""
    expected = signed.sha256 if signed else {}
    here = set(digests.paths)
    known = digests.read(sorted(here & {*expected, *stated}), believe=False)
    pointers = {path for path, one in known.items() if one.source == "lfs-pointer"}

    def differences(wanted: Mapping[str, str]) -> tuple[Difference, ...]:
        pairs = ((path, digest, known[path].sha256) for path, digest in sorted(wanted.items()) if path in known)
        return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])

    other = differences(stated)
    return Verification(
        target=str(folder),
        signed=signed,
        signer=signer,
        fault=fault,
        missing=tuple(sorted({*(expected.keys() - here), *(pointers & expected.keys())})),
        different=differences({path: digest for path, digest in expected.items() if path not in pointers}),
        unsigned=(),
        stated=sum(path in known for path in stated) - len(other),
        not_as_stated=other,
    )


def _folder(folder: str | Path) -> Path:
    if not is_folder(folder):
        raise CharterError(_("{folder}: no such folder.").format(folder=folder), _("Name the folder of the model."))
    return Path(folder)


def _published(folder: Path, files: tuple[str, ...]) -> tuple[str, ...]:
    """What `push` publishes from the folder of a release.

    Raises:
        CharterError: The bundle is not what a build would write now.
    """
    from generator.api import build, load_release

    release = load_release(folder)
    bundle = build(release)
    if differences := bundle.differences(folder):
        first = differences[0]
        said = f"{folder / first.path}: {first.message} " + _("A signature must cover the files that are published.")
        raise CharterError(said, _("Run `charter build`, then sign."))
    return published_paths(release, tuple(bundle), files)


def _stated(folder: Path, files: tuple[str, ...]) -> tuple[dict[str, str], str]:
    """The digests that the release file states of files that are here, and why it cannot be read."""
    from generator.api import load_release

    if not is_file(folder / FILE_NAME):
        return {}, ""
    try:
        release: Release = load_release(folder)
    except CharterError as error:  # a signature can be verified all the same
        return {}, error.message.partition("\n")[0]
    found: dict[str, str] = {}
    for placed in release.iter_items():
        item = placed.item
        if item.availability in GIVEN and item.repo in (None, release.release.repo):
            names = matching(files, item.files)
            found |= dict.fromkeys(names[:1], item.digest) if item.digest and len(names) == 1 else {}
            found |= {path: digest for path, digest in item.digests.items() if path in names}
    return found, ""
