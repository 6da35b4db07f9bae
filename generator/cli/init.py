"""`charter init`: the questionnaire."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import click

from generator.cli.options import Command
from generator.translations import gettext as _


@click.command("init", cls=Command)
@click.argument("folder", default=".", metavar="[DIR]")
@click.option("--from", "origin", metavar="REPO_OR_DIR", help="Read another folder, or a Hub repo, instead of DIR.")
@click.option("--defaults", is_flag=True, help="Ask nothing: take what the files show, and leave the rest out.")
@click.option("--expert", is_flag=True, help="Ask for every field of the release file, layer by layer.")
@click.option("--set", "stated", multiple=True, metavar="FIELD=VALUE", help="Set a field; repeatable.")
@click.option("--answers", metavar="FILE", help="Set the fields that a YAML file holds.")
def command(
    folder: str, origin: str | None, defaults: bool, expert: bool, stated: tuple[str, ...], answers: str | None
) -> None:
    """Answer a few questions and write release.yaml into DIR.

    charter reads the files in DIR first and asks what they don't show. Every answer is saved at once: press Ctrl-C to
    pause, and run it again to continue. If DIR has a release.yaml, its answers are opened for review.
    """
    from generator import console, progress
    from generator.api import create
    from generator.errors import NotInteractiveError

    target = Path(folder)
    asks = not (defaults or stated or answers)
    if asks and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NotInteractiveError(
            _("charter init asks questions, and there is no terminal to ask them on."),
            _("Write --defaults to take what the files say, with --set FIELD=VALUE or --answers FILE for the rest."),
        )
    if not asks:
        path, notes = create.init(target, origin=origin, stated=stated, answers=answers)
        for line in notes:
            console.status(line)
        console.data(str(path))
        return
    from generator.api.interview import found_lines, interview, open_session
    from generator.interview.license_options import load_facts
    from generator.interview.terminal import TerminalPrompter

    with progress.step(_("Reading the files")):
        session, reopened = open_session(target, origin=origin)
        found = found_lines(session)
    with TerminalPrompter() as prompter:
        prompter.begin(target.absolute().name, _("about 2 minutes · Ctrl-C pauses"), found)
        reading = threading.Timer(0.5, load_facts)
        reading.daemon = True
        reading.start()
        written = interview(session, prompter, expert=expert, reopened=reopened)
        if written is None:
            prompter.end(_("Your answers are saved. Run `charter init` to continue."))
        elif session.verdict.startswith(_("Ready to publish")):
            prompter.end(
                _("{verdict}. Next: charter preview, then charter push --dry-run.").format(verdict=session.verdict)
            )
        else:
            prompter.end(_("{verdict}. Run `charter init` again to fix the problems.").format(verdict=session.verdict))
