"""Options that several commands share."""

from __future__ import annotations

import click

format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to answer.",
)
online_option = click.option("--online", is_flag=True, help="Look up upstreams whose license is not stated on the Hub.")
fail_on_option = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info"]),
    default="error",
    show_default=True,
    help="The least severity that closes the gate.",
)
today_option = click.option("--today", metavar="DATE", help="The day that `accept.until` is held against (YYYY-MM-DD).")
