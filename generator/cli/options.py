"""What several commands share: options, and that an empty text is refused."""

from __future__ import annotations

import click
from click.core import ParameterSource


class Command(click.Command):
    """A command that refuses empty texts: an unset variable in a script never means the default."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return what is left of the arguments; an empty text is a usage error that names its option."""
        left = super().parse_args(ctx, args)
        for parameter in self.params:
            name = parameter.name or ""
            if ctx.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
                continue
            value = ctx.params.get(name)
            values = value if isinstance(value, tuple) else (value,)
            if any(isinstance(text, str) and not text.strip() for text in values):
                raise click.BadParameter("the value is empty. Pass a value, or leave it out.", ctx, parameter)
        return left


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
