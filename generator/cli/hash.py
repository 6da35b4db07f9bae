"""`charter hash`: print the SHA-256 of the released files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli.options import Command, format_option
from generator.translations import format_decimal, ngettext, pgettext
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.api.digests import HashedFile, ReleaseDigests


@click.command("hash", cls=Command)
@click.argument("release", default=".", metavar="[RELEASE]")
@format_option
@click.option("--write", is_flag=True, help="Write the digests into release.yaml.")
@click.option("--reread", is_flag=True, help="Read every file that charter has not read before.")
@click.option("--online", is_flag=True, help="Take digests of files that are not here from the Hub.")
def command(release: str, format_: str, write: bool, reread: bool, online: bool) -> None:
    """Compute the SHA-256 of the released files.

    RELEASE is a release file or a folder that has one. The output is that of sha256sum. Charter keeps the digests, and
    reads a file again only after it was changed. It also takes digests from Git LFS pointers, records of downloads from
    the Hub, lists such as SHA256SUMS, and a signature.
    """
    from generator import api, console
    from generator.api.digests import hash_files, write_digests

    loaded = api.load_target(release)
    found = hash_files(loaded, reread=reread, online=online)
    if format_ == "json":
        console.document(found.to_dict())
    else:
        for line in dict.fromkeys(map(_line, found.files)):
            console.data(line)
    _report(found)
    if write:
        changed = write_digests(loaded, found)
        text = _("{file}: digests written.") if changed else _("{file}: the digests are up to date.")
        console.status(text.format(file=loaded.locate(()).file))


def _line(file: HashedFile) -> str:
    """A line as sha256sum writes it, which escapes odd characters in names."""
    name = file.path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if name == file.path else chr(92)}{file.sha256}  {name}"


def _report(found: ReleaseDigests) -> None:
    """Say where the digests come from, and which files were not found."""
    from generator import console
    from generator.artifacts.digest_sources import SOURCES

    sizes: dict[str, list[int]] = {}
    for file in {file.path: file for file in found.files}.values():
        sizes.setdefault(file.source, []).append(file.size)
    for source in SOURCES:
        if held := sizes.get(source):
            number, size = len(held), _bytes(sum(held))
            files = ngettext("{number} file ({size})", "{number} files ({size})", number)
            text = _("{files}: {how}.") if source in ("read", "cache") else _("{files}: not read; digest from {how}.")
            how = pgettext("digest", SOURCES[source])
            console.status(text.format(files=files.format(number=number, size=size), how=how))
    for layer, pattern in found.missing:
        console.status(_("{layer}: no file here matches {pattern}.").format(layer=layer, pattern=pattern))


def _bytes(number: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if number >= size:
            return f"{format_decimal(number / size)} {unit}"
    return ngettext("{number} byte", "{number} bytes", number).format(number=number)
