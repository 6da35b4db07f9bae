"""`charter derive`: may something made this way be published under that license?"""

from __future__ import annotations

import click

from generator.cli.options import Command, complete, fact_option, format_option, given_option


@click.command("derive", cls=Command)
@click.option(
    "--from",
    "bases",
    multiple=True,
    required=True,
    metavar="LICENSE",
    shell_complete=complete("licenses"),
    help="What it was made from: a license, or the Hub id of a known base; repeatable.",
)
@click.option(
    "--relation",
    required=True,
    metavar="RELATION",
    shell_complete=complete("relations"),
    help="How it was made, such as finetune.",
)
@click.option(
    "--as",
    "proposed",
    required=True,
    metavar="LICENSE",
    shell_complete=complete("licenses"),
    help="The license it is to carry.",
)
@fact_option
@given_option
@click.option("--verbose", is_flag=True, help="Show all conditions in full.")
@click.option("--quote", is_flag=True, help="Quote the clauses from the license text.")
@format_option
def command(
    bases: tuple[str, ...],
    relation: str,
    proposed: str,
    facts: tuple[str, ...],
    given: tuple[str, ...],
    verbose: bool,
    quote: bool,
    format_: str,
) -> int:
    """Check whether something made from licensed works may be published under a license, and list what is possible.

    Ends with 1 if the answer is no. Any LicenseRef-NAME stands for a custom license with unknown content.

    Training code that was only run is not part of the weights. To see what its license says about weights, use
    --relation trained_with.
    """
    from generator import api, console

    found = api.derive(bases, relation, proposed, given=(*facts, *given))
    if format_ == "json":
        console.document(found.to_dict())
    else:
        from generator.cli.answers_text import derive_text

        console.data(derive_text(found, console.width(), verbose=verbose, quote=quote))
    return int(found.answer == "no")
