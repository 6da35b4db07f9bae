"""`charter init`: the questionnaire."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.cli.options import Command


@click.command("init", cls=Command)
@click.argument("folder", default=".", metavar="[DIR]")
@click.option("--from", "origin", metavar="REPO_OR_DIR", help="Read another folder, or a Hub repo, instead of DIR.")
@click.option("--defaults", is_flag=True, help="Ask nothing: take what the files say, and leave the rest out.")
@click.option("--set", "stated", multiple=True, metavar="FIELD=VALUE", help="Set a field; repeatable.")
@click.option("--answers", metavar="FILE", help="Set the fields that a YAML file holds.")
def command(folder: str, origin: str | None, defaults: bool, stated: tuple[str, ...], answers: str | None) -> None:
    """Ask what is released, layer by layer, and write release.yaml into DIR.

    What the files in DIR say already is filled in, each answer with where it came from. Every answer is kept as it is
    given; run it again to go on.
    """
    from generator import console
    from generator.api import create as beginning
    from generator.errors import NotInteractiveError

    target = Path(folder)
    asks = not (defaults or stated or answers)
    if asks and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NotInteractiveError(
            "charter init asks questions, and there is no terminal to ask them on.",
            "Write --defaults to take what the files say, with --set FIELD=VALUE or --answers FILE for the rest.",
        )
    if not asks:
        path, notes = beginning.init(target, origin=origin, stated=stated, answers=answers)
        for line in notes:
            console.status(line)
        console.data(str(path))
        return
    from generator.interview.prompter import TerminalPrompter

    with console.waiting("Reading what the files say ..."):
        known = beginning.prefill(target, origin=origin)
    written = beginning.ask(target, TerminalPrompter(), known)
    if written is None:
        console.status("Nothing was written; the answers are kept. Run `charter init` again to go on.")
    else:
        console.data(str(written))
        console.status("Next: charter build, then charter check.")
