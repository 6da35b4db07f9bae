"""`charter preview`: the release as one web page."""

from __future__ import annotations

import os
import sys

import click

from generator.cli.options import Command


@click.command("preview", cls=Command)
@click.argument("release", default=".", metavar="[RELEASE]")
@click.option("-o", "--output", metavar="FILE", help="Where to write; preview.html beside RELEASE by default.")
@click.option("--serve", is_flag=True, help="Serve the page to this machine; it follows the release file.")
def command(release: str, output: str | None, serve: bool) -> None:
    """Show RELEASE as one web page: its card, layers, rights and lineage, what the gate says, and its files.

    RELEASE is a release file or a folder that holds one. The page is one file that fetches nothing from anywhere. On a
    desktop it is opened.
    """
    from generator import console
    from generator.api import preview as showing

    if serve and output:
        raise click.UsageError("--serve writes no file; leave -o out.")
    if not serve:
        path = showing.write_preview(release, output)
        console.data(str(path))
        _open(path.absolute().as_uri())
        return
    server = showing.serve_preview(release)
    console.data(server.address)
    console.talk(f"The page follows {release}. Ctrl-C ends it.")
    _open(server.address)
    server.run()


def _open(address: str) -> None:
    """Open the page where somebody sits at a desktop."""
    desktop = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if desktop and sys.stdout.isatty() and not os.environ.get("CI"):
        import webbrowser

        webbrowser.open(address)
