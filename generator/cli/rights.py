"""`charter rights`: what a recipient may do."""

from __future__ import annotations

import click

from generator.cli.options import Command, complete, fact_option, format_option, given_option


@click.command("rights", cls=Command)
@click.argument("target", nargs=-1, required=True, metavar="TARGET...", shell_complete=complete("targets"))
@click.option(
    "--act", "acts", multiple=True, metavar="ACT", shell_complete=complete("acts"), help="Only this act; repeatable."
)
@fact_option
@given_option
@click.option("--layer", metavar="LAYER", help="Only this layer. For a license: the layer it covers.")
@click.option("--verbose", is_flag=True, help="Show each act with its reason, and all conditions in full.")
@click.option("--quote", is_flag=True, help="Quote the clauses from the license text.")
@format_option
def command(
    target: tuple[str, ...],
    acts: tuple[str, ...],
    facts: tuple[str, ...],
    given: tuple[str, ...],
    layer: str | None,
    verbose: bool,
    quote: bool,
    format_: str,
) -> None:
    """Show what you may do with a license or a model.

    TARGET is a license id, a release file, a model folder, or a Hub repo in the Hub's cache; `path:`, `license:` or
    `hub:` before it forces one. Facts: monthly_active_users, annual_revenue_usd, country, purpose, name.
    """
    from generator import api, console

    found = [api.rights(name, acts=acts, given=(*facts, *given), layer=layer) for name in target]
    if format_ == "json":
        documents = [entry.to_dict() for entry in found]
        console.document(documents[0] if len(documents) == 1 else documents)
        return
    from generator.cli.answers_text import rights_text

    console.data("\n\n".join(rights_text(entry, console.width(), verbose=verbose, quote=quote) for entry in found))
