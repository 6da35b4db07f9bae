"""`charter build`: write the model card and the license bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.options import Command, online_option
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.documents.bundle import WriteResult


@click.command("build", cls=Command)
@click.argument("release", default=".", metavar="[RELEASE]")
@click.option("-o", "--output", metavar="DIR", help="Where to write. Default: the folder of RELEASE.")
@online_option
@click.option("--hash", "hashed", is_flag=True, help="Read all released files for the digests in the exports.")
@click.option("--force", is_flag=True, help="Replace files that people wrote or edited.")
def command(release: str, output: str | None, online: bool, hashed: bool, force: bool) -> None:
    """Write the model card and the license files.

    RELEASE is a release file or a folder that has one. Charter keeps the text that people wrote into README.md.
    """
    from generator import api, console
    from generator.artifacts.folder import is_folder
    from generator.artifacts.signature import SIGNATURE
    from generator.documents.storage.transaction import recover

    path = Path(release)
    target = Path(output) if output is not None else (path if is_folder(path) else path.parent)
    if done := recover(target):
        console.status(f"{target}: {done}.")
    loaded = api.load_release(path)
    if online:
        api.fetch_upstreams(loaded)
    if hashed:
        from generator.api.digests import hash_files

        hash_files(loaded)
    for note in api.notes_of(loaded):
        console.status(note)
    bundle = api.build(loaded)
    written = bundle.write(target, force=force, say=console.status)
    _report(written, target, bundle.notes)
    if (target / SIGNATURE).is_file() and (written.created or written.replaced or written.removed):
        text = _("{file} does not cover the new files. Run `charter sign` again before publishing.")
        console.status(text.format(file=SIGNATURE))
    for name in ("README.md", "LICENSE"):
        if (target / name).is_file():
            console.data(str(target / name))
            break


def _report(written: WriteResult, target: Path, notes: tuple[str, ...]) -> None:
    """Say what was written, and what the person should know of it."""
    from generator import console

    for text, paths in (
        (_("wrote {file}"), written.created),
        (_("replaced {file}"), written.replaced),
        (_("removed {file}"), written.removed),
    ):
        for name in paths:
            console.status(text.format(file=target / name))
    for note in notes:
        console.status(note)
    if written.closed_fence:
        text = _("{place}: this code fence was not closed. A closing line was added at the end of your text.")
        console.status(text.format(place=f"{target / 'README.md'}:{written.closed_fence}"))
    for fault in written.refused:
        place, reason = f"{target / 'README.md'}:{fault.line}", f"{fault.message} {fault.remedy}"
        console.status(_("{place}: the Hub will refuse this: {reason}").format(place=place, reason=reason))
    if not (written.created or written.replaced or written.removed):
        console.status(_("{folder}: nothing to do. All files are up to date.").format(folder=target))
