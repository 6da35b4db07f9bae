"""The command: click, a thin file per command, and the only place where exceptions become exit codes."""

from __future__ import annotations

import gc
import importlib
import sys

import click

from generator import __version__

COMMANDS = (
    *("init", "build", "check", "derive", "import", "licenses", "openness", "preview", "push", "rights", "rules"),
    "schema",
)
"""Each is a module here that holds `command`."""


class _Lazy(click.Group):
    """A group that imports a command when it is called, so that `--version` stays cheap."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"generator.cli.{cmd_name}")
        command: click.Command = module.command
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="charter")
def cli() -> None:
    """A model card and a layered license bundle for every release of a model."""


def main() -> None:
    """Run the command and end with its exit code (contract, section 2)."""
    gc.set_threshold(100_000)  # imports leave no garbage worth looking for, and looking takes a tenth of a short run
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = 130
    except click.ClickException as error:
        error.show()
        code = 2
    except BrokenPipeError:
        # The reader has gone, as in `charter check | head`: nothing is left to be said.
        sys.stderr.close()
        code = 0
    except Exception as error:
        code = _failed(error)
    sys.exit(code or 0)


def _failed(error: Exception) -> int:
    """Tell an error of ours; a bug keeps its traceback."""
    from generator import console
    from generator.errors import CharterError, InterruptedWizard, ReleaseFileError

    if isinstance(error, ReleaseFileError):
        for complaint in error.complaints:
            console.talk(str(complaint))
        number = len(error.complaints)
        console.talk(f"{number} complaint{'s' if number != 1 else ''}; nothing was done. See `charter schema`.")
        return 2
    if isinstance(error, CharterError):
        console.complain(error.message, error.remedy)
        return 130 if isinstance(error, InterruptedWizard) else 2
    raise error
