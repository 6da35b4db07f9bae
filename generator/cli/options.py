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
