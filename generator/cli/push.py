"""`charter push`: check, build, and publish as one commit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from generator.cli.options import Command, fail_on_option, format_option, online_option, today_option
from generator.errors import CharterError
from generator.translations import gettext as _
from generator.translations import pgettext

if TYPE_CHECKING:
    from generator.publishing.result import PublishResult

ALL = "*"
"""What `--force` without a path means."""


@click.command("push", cls=Command)
@click.argument("release", default=".", metavar="[RELEASE]")
@click.option(
    *("--repo", "repos"),
    multiple=True,
    metavar="ORG/NAME",
    help="Publish there instead of the repo that RELEASE names; LAYER=ORG/NAME for items with their own repo.",
)
@click.option("--only", multiple=True, metavar="REPO", help="Publish this repo (or layer) of several alone.")
@click.option("--dry-run", is_flag=True, help="Show what would change; change nothing.")
@click.option("--exit-code", is_flag=True, help="With --dry-run: exit with 1 if something differs.")
@click.option("--with-files", is_flag=True, help="Also upload the files of the layers, such as weights.")
@click.option("--no-release-file", is_flag=True, help="Do not publish release.yaml, from which others read the terms.")
@click.option("--create-pr", is_flag=True, help="Open a pull request instead of committing to the branch.")
@click.option("--revision", metavar="BRANCH", help="The branch, or a pull request such as refs/pr/3, in every repo.")
@click.option("--create", is_flag=True, help="Create repos that are missing, without asking; public by default.")
@click.option("--private", is_flag=True, help="Make repos private when they are created.")
@click.option(
    "--gated",
    type=click.Choice(["auto", "manual"]),
    help="Make people request access to the repos that hold gated items.",
)
@click.option("--message", metavar="TEXT", help="The summary of the commit.")
@click.option(
    "--force",
    multiple=True,
    is_flag=False,
    flag_value=ALL,
    metavar="[PATH]",
    help="Replace files on the Hub that people wrote or edited: all, or only PATH.",
)
@click.option("--keep", multiple=True, metavar="PATH", help="Keep a file on the Hub that people wrote or edited.")
@click.option("--prune", is_flag=True, help="Delete files on the Hub that earlier releases left.")
@click.option("--create-branch", is_flag=True, help="Create the branch of --revision if it is missing.")
@click.option("--endpoint", metavar="URL", help="The Hub's address; HF_ENDPOINT by default.")
@click.option("--token-from-env", metavar="NAME", help="The variable that holds the token; by default your login.")
@fail_on_option
@format_option
@online_option
@today_option
def command(
    release: str,
    repos: tuple[str, ...],
    only: tuple[str, ...],
    force: tuple[str, ...],
    dry_run: bool,
    create: bool,
    exit_code: bool,
    with_files: bool,
    no_release_file: bool,
    endpoint: str | None,
    token_from_env: str | None,
    fail_on: str,
    format_: str,
    online: bool,
    today: str | None,
    **how: object,
) -> int:
    """Check RELEASE, build it, and publish it to the Hub as one commit.

    Errors of the checks stop the push before anything is sent. charter reads the repo first and keeps the text that
    people wrote there. After the commit charter reads everything back and compares it. Items with a repo of their own
    go there, one commit for each repo.
    """
    from generator import api, console
    from generator.cli.date import the_day
    from generator.cli.formats import writer_of
    from generator.cli.push_text import print_plan, print_published
    from generator.cli.targets import Outcome
    from generator.publishing.result import Options

    if exit_code and not dry_run:
        raise click.UsageError(_("--exit-code goes with --dry-run."))
    loaded = api.load_release(release)
    if online:
        api.fetch_upstreams(loaded)
    report = api.check(loaded, today=the_day(today), fail_on=fail_on)
    if report.exit_code:
        writer_of(format_)([Outcome(release, report)], 1)
        console.print_error(
            _("Not ready to publish; nothing was sent."),
            _("Fix the findings, or accept them in the release file."),
        )
        return 1
    warning = pgettext("severity", "warning")
    for finding in report.findings:
        if finding.severity == "warning" and not finding.accepted:
            console.status(f"{finding.file}:{finding.line}: {warning} {finding.rule}: {finding.message}")
    text = format_ == "text"
    try:
        found = api.publish(
            loaded,
            Options(dry_run=dry_run, create=create or None, force=ALL in force or force, **how),  # type: ignore[arg-type] # click hands over the options that are left
            repo=repos,
            only=only,
            with_files=with_files,
            release_file=not no_release_file,
            endpoint=endpoint,
            token_from_env=token_from_env,
            say=console.status,
            ask=_ask if sys.stdin.isatty() and sys.stderr.isatty() else None,
            watch=print_plan if text and not dry_run else lambda __: None,
        )
    except CharterError as error:
        if not text:
            console.document(_document(getattr(error, "published", ()), dry_run=dry_run, error=error))
        raise
    if not text:
        console.document(_document(found, dry_run=dry_run))
    for entry in found if text else ():
        print_published(entry, dry_run=dry_run)
    return int(exit_code and any(entry.differs for entry in found))


def _document(
    found: tuple[PublishResult, ...], *, dry_run: bool, error: CharterError | None = None
) -> dict[str, object]:
    """The result as `modelcharter.push/1`, also of a push that failed."""
    failure = {"error": {"message": error.message, "remedy": error.remedy}} if error else {}
    repos = [entry.to_dict() for entry in found]
    return {"schema": "modelcharter.push/1", "dry_run": dry_run, "repos": repos, **failure}


def _ask(question: str) -> bool:
    return click.confirm(question, default=False, err=True)
