"""`charter import`: a release file from a record of the Model Openness Framework or from a card."""

from __future__ import annotations

import os
from pathlib import Path

import click

from generator.cli.options import Command
from generator.translations import gettext as _


@click.command("import", cls=Command)
@click.argument("file", metavar="FILE")
@click.option("-o", "--output", metavar="FILE", help="Where to write. Default: standard output.")
def command(file: str, output: str | None) -> None:
    """Create a release file from a card or a MOF record.

    FILE is a model card (README.md) or a record of the Model Openness Framework (mof.yml). Charter reports what a
    release file has no field for. It never replaces an existing file.
    """
    from generator import console
    from generator.api import create
    from generator.documents.storage.transaction import write_all
    from generator.errors import CharterError
    from generator.release.writer import add_schema_line

    target = Path(output) if output is not None else None
    if target and os.path.lexists(target):
        raise CharterError(
            _("{file}: this file exists.").format(file=target),
            _("Choose another name with -o FILE, or move the file away."),
        )
    text, notes = create.import_file(file)
    for line in notes:
        console.status(line)
    if target is None:
        console.data(text.rstrip("\n"))
        return
    write_all(target.absolute().parent, {target.name: add_schema_line(text).encode()})
    console.data(str(target))
