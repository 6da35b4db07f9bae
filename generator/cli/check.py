"""`charter check`: the gate before publishing."""

from __future__ import annotations

import click


@click.command("check")
@click.argument("release", default=".", metavar="[RELEASE]")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to answer.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info"]),
    default="error",
    show_default=True,
    help="The least severity that closes the gate.",
)
@click.option("--today", metavar="DATE", help="The day that `accept.until` is held against (YYYY-MM-DD).")
def command(release: str, format_: str, fail_on: str, today: str | None) -> int:
    """Judge RELEASE before it is published.

    Ends with 0, or with 1 where a finding at or above --fail-on stands.
    """
    from generator import api, console
    from generator.cli.today import the_day

    found = api.check(api.load_release(release), today=the_day(today), fail_on=fail_on)
    if format_ == "json":
        console.document(found.to_dict())
    else:
        console.report(found)
    return found.exit_code
