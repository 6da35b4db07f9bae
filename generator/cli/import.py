"""`charter import`: a release file from a record of the Model Openness Framework or from a card."""

from __future__ import annotations

import os
from pathlib import Path

import click

from generator.cli.options import Command


@click.command("import", cls=Command)
@click.argument("file", metavar="FILE")
@click.option("-o", "--output", metavar="FILE", help="Where to write; standard output by default.")
def command(file: str, output: str | None) -> None:
    """Begin a release file from FILE, a record of the Model Openness Framework (mof.yml) or a model card (README.md).

    What the release file has no place for is told, and left out. A file that is there is never replaced.
    """
    from generator import console
    from generator.api import create as beginning
    from generator.documents.storage.transaction import write_all
    from generator.errors import CharterError

    target = Path(output) if output is not None else None
    if target and os.path.lexists(target):
        raise CharterError(f"{target}: there is a file already.", "Name another with -o FILE, or move it away.")
    text, told = beginning.import_file(file)
    for line in told:
        console.talk(line)
    if target is None:
        console.data(text.rstrip("\n"))
        return
    write_all(target.absolute().parent, {target.name: text.encode()})
    console.data(str(target))
