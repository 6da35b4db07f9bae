"""`charter studio`: the interview in the browser, beside the page of the release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli.options import Command
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.api.studio import Texts

_WIDTH = 80
"""Columns of answers as text, which people paste into mails and issues."""


@click.command("studio", cls=Command)
@click.argument("folder", required=False, metavar="[DIR]")
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="The port. Default: a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--read-only", is_flag=True, help="Show everything and write nothing.")
@click.option("--ephemeral", is_flag=True, help="Serve visitors: files are uploaded, and end with the visit.")
def command(folder: str | None, port: int, host: str, no_browser: bool, read_only: bool, ephemeral: bool) -> None:
    """Answer the questions about DIR in a browser and see the page of the release beside them.

    The questions are those of charter init, with the same saved answers: begin in one and finish in the other. The
    address has a secret, and only this machine can open it. Install it with: pip install "modelcharter[studio]"
    """
    from generator import console
    from generator.api.studio import serve_studio
    from generator.cli.desktop import open_page

    if ephemeral:
        if folder is not None or read_only:
            raise click.UsageError(_("--ephemeral serves no folder. Leave out DIR and --read-only."))
        _serve_visitors(host, port)
        return
    folder = "." if folder is None else folder
    server, address = serve_studio(folder, answer_texts(), host=host, port=port, read_only=read_only)
    if not server.is_private:
        text = _("warning: {host} can be reached from other machines. Anyone with this address can use it.")
        console.status(text.format(host=host))
    console.data(address)
    console.status(_("Press Ctrl-C to stop. Your answers are saved."))
    if not no_browser:
        open_page(address)
    server.run()


def _serve_visitors(host: str, port: int) -> None:
    """Serve visitors until the process is stopped, and remove their files then."""
    import signal
    import sys

    from generator import console
    from generator.api.studio import serve_visitors

    server = serve_visitors(answer_texts(), host=host, port=port)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    if not server.is_private:
        text = _("warning: {host} can be reached from other machines. Anyone who reaches it can use it.")
        console.status(text.format(host=host))
    console.data(server.address)
    console.status(_("Each visitor has a workspace in memory. Press Ctrl-C to stop; all workspaces end then."))
    server.run()


def answer_texts() -> Texts:
    """Return what renders the answers of `rights` and `derive`, and a comparison of licenses, as the commands do."""
    from generator import console
    from generator.cli.answers_text import derive_text, rights_text
    from generator.cli.licenses_text import format_comparison

    return (
        lambda found: console.make_plain(rights_text(found, _WIDTH)),
        lambda found: console.make_plain(derive_text(found, _WIDTH)),
        lambda ids: console.make_plain(format_comparison(ids, _WIDTH)),
    )
