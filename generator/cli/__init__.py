"""The command: click, a thin file per command, and the only place where exceptions become exit codes."""

from __future__ import annotations

import contextlib
import importlib
import keyword
import os
import sys
from collections.abc import Callable

import click

from generator import __version__

GROUPS = {
    "Release a model or a data set": {
        "init": "Create release.yaml from files and questions",
        "studio": "Answer the questions in a browser",
        "build": "Write the model card and the license files",
        "check": "Check releases before publishing",
        "preview": "Show a release as one web page",
        "push": "Check, build and publish in one commit",
    },
    "Look up": {
        "rights": "Show what you may do with a license or a model",
        "derive": "Check a license for a fine-tune, adapter or merge",
        "licenses": "List, compare, choose or identify licenses",
        "openness": "Show how open a release is",
    },
    "Digests and signatures": {
        "hash": "Print the SHA-256 of the released files",
        "sign": "Sign the files of a release",
        "verify": "Verify the signature and the digests of a folder",
    },
    "At scale": {"audit": "Check the lineage of many models at once"},
    "Other": {
        "badge": "Print the badges of a release as Markdown",
        "import": "Create release.yaml from a card or a MOF record",
        "rules": "List the rules of check, or explain one",
        "schema": "Print the JSON Schema of release.yaml",
        "mcp": "Answer an assistant's questions (MCP)",
    },
}
"""The commands in groups, each with its summary. Each command is a module here that holds `command`."""
COMMANDS = tuple(sorted(name for group in GROUPS.values() for name in group))
EXAMPLES = """\b
{heading}
  charter init             {init}
  charter rights llama3.1  {rights}
  charter derive --from gemma --relation merge --as mit"""
EXAMPLE_TEXTS = {
    "heading": "Examples:",
    "init": "answer questions about a folder",
    "rights": "what Llama 3.1 allows",
}


LANGUAGE_VARIABLES = ("CHARTER_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
"""The variables that name the language of messages."""


class _Lazy(click.Group):
    """A group that imports a command when it is called, so that `--version` stays cheap."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in groups; none of them is imported for it."""
        from generator.translations import gettext as _

        for title, group in GROUPS.items():
            with formatter.section(_(title)):
                formatter.write_dl([(name, _(summary)) for name, summary in group.items()])

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language of messages."""
        from generator.cli.options import in_language

        with in_language(self, ctx):
            super().format_help(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples in the language of messages."""
        from generator.translations import gettext as _

        held, self.epilog = self.epilog, EXAMPLES.format(**{key: _(text) for key, text in EXAMPLE_TEXTS.items()})
        super().format_epilog(ctx, formatter)
        self.epilog = held

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the parts of the usage line in the language of messages."""
        from generator.translations import gettext as _

        return [_(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"generator.cli.{cmd_name}{'_' * keyword.iskeyword(cmd_name)}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return a command; an unknown name is an error with the nearest one."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from generator.release.nearest import nearest
            from generator.translations import gettext as _

            near = nearest(name, COMMANDS)
            message = (
                _("No such command {name}. Did you mean {near}?")
                if near
                else _("No such command {name}. `charter --help` lists the commands.")
            )
            raise click.UsageError(message.format(name=repr(name[:80]), near=next(iter(near), "")), ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Lazy,
    epilog=EXAMPLES.format(**EXAMPLE_TEXTS),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="charter")
@click.option("--lang", metavar="LANGUAGE", expose_value=False, help="Language of messages: en or pl.")
@click.option("--no-plugins", is_flag=True, help="Do not load rules, documents and licenses of other packages.")
@click.pass_context
def cli(ctx: click.Context, no_plugins: bool) -> None:
    """Write the model card and the license files of a model release, and check them against what the licenses say."""
    if no_plugins:
        from generator.plugins import turn_off

        turn_off()
    if ctx.invoked_subcommand is None:
        from generator import console
        from generator.cli.next_step import next_step

        console.data(next_step() or ctx.get_help())


def main() -> None:
    """Run the command and end with its exit code (contract, section 2)."""
    from generator import console
    from generator.cli import failure

    console.ready()
    sys.exit(console.get_exit_code(_run(failure.write)))


def _set_language(arguments: list[str]) -> None:
    """Set the language of messages, before any help or message is made: `--lang`, else the environment's.

    What programs read is in English. So it is set only for the formats `text` and `html`.

    Raises:
        click.UsageError: There is no such language.
    """
    words = arguments[: arguments.index("--")] if "--" in arguments else arguments
    stated = _value_of("--lang", words)
    if stated is None and not any(os.environ.get(name) for name in LANGUAGE_VARIABLES):
        return
    from generator.translations import ENGLISH, LANGUAGES, choose_language, set_interface_language

    if stated is not None and stated not in LANGUAGES:
        raise click.UsageError(f"--lang {stated[:40]!r}: there is no such language. Known: {', '.join(LANGUAGES)}.")
    if _value_of("--format", words) in (None, "text", "html"):
        language = stated or choose_language(os.environ)
        set_interface_language(language)
        if language != ENGLISH:
            from generator.cli.click_texts import translate_click

            translate_click()


def _value_of(option: str, words: list[str]) -> str | None:
    """The value of an option, wherever it stands; None where it is not there."""
    for number, word in enumerate(words):
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
        if word == option:
            return words[number + 1] if number + 1 < len(words) else ""
    return None


def _progress() -> contextlib.AbstractContextManager[None]:
    """Shows the progress of long tasks where a person can see it."""
    from generator import console

    if not console.has_viewer():
        return contextlib.nullcontext()
    from generator.cli.progress_bar import bar

    return bar()


def _run(write: Callable[[Exception], int]) -> int:
    """Run the command, and return its exit code; 1 stands only for what a command answers, never for a failure."""
    try:
        _set_language(sys.argv[1:])
        with _progress():
            code: int | None = cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except click.ClickException as error:
        with contextlib.suppress(OSError):
            error.show()
        code = 2
    except SystemExit:
        code = 0  # click ends with 1 where the reader of its help has gone
    except Exception as error:
        code = write(error)
    return code or 0
