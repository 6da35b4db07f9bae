"""`charter preview`: the release as one web page."""

from __future__ import annotations

import click

from generator.cli.options import Command
from generator.translations import gettext as _


@click.command("preview", cls=Command)
@click.argument("release", default=".", metavar="[RELEASE]")
@click.option("-o", "--output", metavar="FILE", help="Where to write. Default: preview.html beside RELEASE.")
@click.option("--serve", is_flag=True, help="Serve the page on this machine and reload it after changes.")
def command(release: str, output: str | None, serve: bool) -> None:
    """Show a release as one web page.

    RELEASE is a release file or a folder that has one. The page shows rights, facts, text, layers, sources, openness,
    files and findings. It is a single file and loads nothing from the network. On a desktop, charter opens it.
    --serve needs the extra studio: pip install "modelcharter[studio]"
    """
    from generator import console
    from generator.api import preview as showing
    from generator.cli.desktop import open_page

    if serve and output:
        raise click.UsageError(_("--serve writes no file. Leave out -o."))
    if not serve:
        path = showing.write_preview(release, output)
        console.data(str(path))
        open_page(path.absolute().as_uri())
        return
    server = showing.serve_preview(release)
    console.data(server.address)
    console.status(_("The page reloads when {release} changes. Press Ctrl-C to stop.").format(release=release))
    open_page(server.address)
    server.run()
