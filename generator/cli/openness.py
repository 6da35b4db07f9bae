"""`charter openness`: how open a release is."""

from __future__ import annotations

import click

from generator.cli.options import Command, format_option


@click.command("openness", cls=Command)
@click.argument("target", nargs=-1, required=True, metavar="TARGET...")
@click.option(
    "--mode",
    type=click.Choice(["default", "reference"]),
    default="default",
    show_default=True,
    help="Model Openness Framework: with corrections, or exactly as its own evaluator.",
)
@click.option("--verbose", is_flag=True, help="Show each requirement with its reason.")
@format_option
def command(target: tuple[str, ...], mode: str, verbose: bool, format_: str) -> None:
    """Show how open a release is, and what is missing.

    TARGET is a release file, a model folder, a record of the Model Openness Framework (mof.yml), or a Hub repo. The
    answers cover the framework's class, the Open Source AI Definition, the exemption in the EU AI Act, and whether the
    release is open if training data, or the weights, count as source code.
    """
    from generator import api, console

    found = [api.openness(name, mode=mode) for name in target]
    if format_ == "json":
        documents = [entry.to_dict() for entry in found]
        console.document(documents[0] if len(documents) == 1 else documents)
        return
    from generator.cli.openness_text import openness_text

    console.data("\n\n".join(openness_text(entry, console.width(), verbose=verbose) for entry in found))
