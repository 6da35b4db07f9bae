"""What several commands share: options, and that an empty text is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


@contextmanager
def in_language(command: click.Command, ctx: click.Context) -> Iterator[None]:
    """Put the help of a command and of its options into the language of messages, while help is written.

    Args:
        command: The command.
        ctx: As click has it.
    """
    from generator.translations import ENGLISH, get_language, gettext

    if get_language() == ENGLISH:
        yield
        return
    options = [param for param in command.get_params(ctx) if isinstance(param, click.Option) and param.help]
    held, helps = command.help, [option.help for option in options]
    parts = [" ".join(part.split()) for part in (held or "").split("\n\n")]
    command.help = "\n\n".join(gettext(part) for part in parts if part)
    for option in options:
        text = str(option.help)
        option.help = gettext(text)
    try:
        yield
    finally:
        command.help = held
        for option, kept in zip(options, helps, strict=True):
            option.help = kept


class Command(click.Command):
    """A command that refuses empty texts: an unset variable in a script never means the default.

    It takes `--lang`, as `charter` itself does; the language is set before the command is looked up.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as click has it
        super().__init__(*args, **kwargs)
        self.params.append(click.Option(["--lang"], expose_value=False, hidden=True))

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language of messages."""
        with in_language(self, ctx):
            super().format_help(ctx, formatter)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the parts of the usage line in the language of messages; names of arguments stay."""
        from generator.translations import gettext

        return [gettext(piece) for piece in super().collect_usage_pieces(ctx)]

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
                from generator.translations import gettext as _

                raise click.BadParameter(_("the value is empty. Pass a value, or leave it out."), ctx, parameter)
        return left


def complete(name: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Return a function that completes what is typed; its module is imported when Tab is pressed.

    Args:
        name: The function in `generator.cli.completion`.
    """

    def completed(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
        from generator.cli import completion

        found: list[CompletionItem] = getattr(completion, name)(context, parameter, typed)
        return found

    return completed


format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output format.",
)
online_option = click.option("--online", is_flag=True, help="Look up unknown licenses of base models on the Hub.")
fail_on_option = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info"]),
    default="error",
    show_default=True,
    help="Lowest severity that makes the exit code 1.",
)
today_option = click.option("--today", metavar="DATE", help="Today's date, for `accept.until` (YYYY-MM-DD).")

fact_option = click.option(
    "--fact", "facts", multiple=True, metavar="KEY=VALUE", help="A fact that settles answers; repeatable."
)
given_option = click.option("--given", "given", multiple=True, metavar="KEY=VALUE", hidden=True, help="Same as --fact.")
