"""The texts of click itself, such as `Usage:`, in the language of messages. English needs none of this."""

from __future__ import annotations

from click import core, decorators, exceptions, formatting, parser, termui, types

from generator.translations import gettext, mark_plural, mark_text, ngettext

TEXTS = (
    mark_text("Usage:"),
    mark_text("[OPTIONS]"),
    mark_text("COMMAND [ARGS]..."),
    mark_text("[COMMAND] [ARGS]..."),
    mark_text("Options"),
    mark_text("Show this message and exit."),
    mark_text("default: {default}"),
    mark_text("required"),
    mark_text("Try '{command} {option}' for help."),
    mark_text("Error: {message}"),
    mark_text("Invalid value: {message}"),
    mark_text("Invalid value for {param_hint}: {message}"),
    mark_text("Missing argument"),
    mark_text("Missing option"),
    mark_text("Missing command."),
    mark_text("No such option {name!r}."),
    mark_text("No such option: {name}"),
    mark_text("Option {name!r} does not take a value."),
    mark_text("Argument {name!r} takes {nargs} values."),
    mark_text("{value!r} is not a valid {number_type}."),
    mark_text("{value} is not in the range {range}."),
    mark_text("Choose from:\n\t{choices}"),
    mark_text("Error: invalid input"),
)
"""Texts of click, of all versions that charter runs with."""
PLURALS = (
    mark_plural("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    mark_plural("(Possible option: {possibilities})", "(Possible options: {possibilities})"),
    mark_plural("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    mark_plural("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    mark_plural("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
)
_MODULES = (core, decorators, exceptions, formatting, parser, termui, types)


def translate_click() -> None:
    """Let click take its texts from the catalogs of charter, for the rest of this process.

    click looks its texts up with the `gettext` of Python, in the catalogs of the process. charter brings its own.
    """
    for module in _MODULES:
        for name, function in (("_", gettext), ("ngettext", ngettext)):
            if hasattr(module, name):
                setattr(module, name, function)
