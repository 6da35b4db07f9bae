"""`charter studio`: the interview in the browser, beside the page of the release."""

from __future__ import annotations

import click

from generator.cli.options import Command


@click.command("studio", cls=Command)
@click.argument("folder", default=".", metavar="[DIR]")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port. Default: a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--read-only", is_flag=True, help="Show everything and write nothing.")
def command(folder: str, port: int, host: str, no_browser: bool, read_only: bool) -> None:
    """Answer the questions about DIR in a browser and see the page of the release beside them.

    The questions are those of charter init, with the same saved answers: begin in one and finish in the other. The
    address has a secret, and only this machine can open it. Install it with: pip install "modelcharter[studio]"
    """
    from generator import console
    from generator.api.studio import serve_studio
    from generator.cli.desktop import open_page

    server, address = serve_studio(folder, host=host, port=port, read_only=read_only)
    if not server.is_private:
        console.status(f"warning: {host} can be reached from other machines. Anyone with this address can use it.")
    console.data(address)
    console.status("Press Ctrl-C to stop. Your answers are saved.")
    if not no_browser:
        open_page(address)
    server.run()
