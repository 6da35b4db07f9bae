"""`charter badge`: the badges of a release as Markdown, for a README or a model page."""

from __future__ import annotations

import click

from generator.cli.options import Command


@click.command("badge", cls=Command)
@click.argument("release", default="release.yaml")
def command(release: str) -> None:
    """Print the badges of a release as Markdown.

    The badges say how open the release is. With a repo in the release file they are shown from that repo on the Hub,
    and lead to it. They can stand on any page, such as the README of your code.
    """
    from generator import console
    from generator.api import assess, load_release
    from generator.documents.licenses.coverage import cover
    from generator.documents.pictures.badges import badge_markdown

    console.data("\n".join(badge_markdown(cover(assess(load_release(release))))))
