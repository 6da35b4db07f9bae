"""`charter push`: check, build, and publish as one commit."""

from __future__ import annotations

import sys

import click

from generator.cli.options import Command, fail_on_option, format_option, online_option, today_option


@click.command("push", cls=Command)
@click.argument("release", default=".", metavar="[RELEASE]")
@click.option("--repo", metavar="ORG/NAME", help="The repo it goes to, instead of the one that RELEASE names.")
@click.option("--dry-run", is_flag=True, help="Do everything but the commit, and show what would change.")
@click.option("--exit-code", is_flag=True, help="With --dry-run: end with 1 where something would change.")
@click.option("--with-files", is_flag=True, help="Publish the files of the layers too, weights among them.")
@click.option("--create-pr", is_flag=True, help="Offer it as a pull request.")
@click.option("--revision", metavar="BRANCH", help="The branch, or a pull request such as refs/pr/3.")
@click.option("--create", is_flag=True, help="Make a repo that is not there, without asking.")
@click.option("--private", is_flag=True, help="Make it private, where it is made.")
@click.option("--gated", type=click.Choice(["auto", "manual"]), help="Have the Hub ask people before it gives files.")
@click.option("--message", metavar="TEXT", help="What the commit is called.")
@click.option("--force", is_flag=True, help="Replace files on the Hub that were written or edited by hand.")
@click.option("--endpoint", metavar="URL", help="The Hub's address; HF_ENDPOINT by default.")
@click.option("--token-from-env", metavar="NAME", help="The variable that holds the token; by default your login.")
@fail_on_option
@format_option
@online_option
@today_option
def command(
    release: str,
    repo: str | None,
    dry_run: bool,
    create: bool,
    exit_code: bool,
    with_files: bool,
    endpoint: str | None,
    token_from_env: str | None,
    fail_on: str,
    format_: str,
    online: bool,
    today: str | None,
    **how: object,
) -> int:
    """Check RELEASE, build it, and publish it as one commit to the Hub.

    What the gate finds stops it before anything is sent. The repo is read first: what a person wrote there stays, and a
    file that was edited there is kept. After the commit everything is read back and compared. Items that name a repo of
    their own go there, each repo as one commit.
    """
    from generator import api, console
    from generator.cli.date import the_day
    from generator.cli.formats import teller
    from generator.cli.targets import Outcome
    from generator.publishing.result import Options

    if exit_code and not dry_run:
        raise click.UsageError("--exit-code goes with --dry-run.")
    loaded = api.load_release(release)
    if online:
        api.fetch_upstreams(loaded)
    report = api.check(loaded, today=the_day(today), fail_on=fail_on)
    if report.exit_code:
        teller(format_)([Outcome(release, report)], 1)
        console.complain(
            "not ready to publish; nothing was sent.", "Fix the findings, or accept them in the release file."
        )
        return 1
    text = format_ == "text"
    found = api.publish(
        loaded,
        Options(dry_run=dry_run, create=create or None, **how),  # type: ignore[arg-type] # click hands over the options that are left
        repo=repo,
        with_files=with_files,
        endpoint=endpoint,
        token_from_env=token_from_env,
        say=console.talk,
        ask=_ask if sys.stdin.isatty() and sys.stderr.isatty() else None,
        watch=console.outlook if text and not dry_run else lambda _: None,
    )
    if not text:
        console.document(
            {"schema": "modelcharter.push/1", "dry_run": dry_run, "repos": [entry.to_dict() for entry in found]}
        )
    for entry in found if text else ():
        console.published(entry, dry_run=dry_run)
    return int(exit_code and any(entry.differs for entry in found))


def _ask(question: str) -> bool:
    return click.confirm(question, default=False, err=True)
