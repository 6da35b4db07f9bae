"""`charter mcp`: answer an assistant's questions over the Model Context Protocol."""

from __future__ import annotations

import click

from generator.cli.options import Command
from generator.translations import gettext as _


@click.command("mcp", cls=Command)
@click.argument("folder", default=".", metavar="[DIR]")
def command(folder: str) -> None:
    """Answer an assistant's questions over the Model Context Protocol.

    The server reads requests from standard input and writes to standard output, so an assistant starts it. It only
    reads, it reads no file outside DIR, and it uses no network. Install it with: pip install "modelcharter[mcp]"
    """
    from pathlib import Path

    from generator.artifacts.folder import is_folder
    from generator.errors import CharterError

    if not is_folder(folder):
        raise CharterError(
            _("{folder}: no folder.").format(folder=folder), _("Name the folder whose releases an assistant may read.")
        )
    try:
        from generator.cli.mcp_server import create_server
    except ModuleNotFoundError as missing:
        raise CharterError(
            _("The Python package {name} is missing.").format(name=missing.name),
            _("Install it: {command}").format(command='pip install "modelcharter[mcp]"'),
        ) from None
    create_server(Path(folder).resolve()).run("stdio")
