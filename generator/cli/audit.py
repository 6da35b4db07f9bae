"""`charter audit`: check the lineage of many models at once."""

from __future__ import annotations

import click

from generator.cli.options import Command, fail_on_option
from generator.translations import gettext as _


@click.command("audit", cls=Command)
@click.argument("dump", nargs=-1, required=True, metavar="DUMP...")
@click.option("--org", metavar="NAME", help="Check only the models of one publisher, with all they are made from.")
@click.option("--out", metavar="FILE", help="Write the findings to FILE: .parquet, .csv or .jsonl.")
@click.option("--inventory", metavar="FILE", help="Write every model with its license and terms to FILE, as for --out.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="The form of the report on standard output.",
)
@click.option("--column", "columns", multiple=True, metavar="KEY=NAME", help="A column with another name; repeatable.")
@click.option(
    "--fact", "facts", multiple=True, metavar="KEY=VALUE", help="A fact that makes answers definite; repeatable."
)
@click.option("--policy", metavar="FILE", help="Your organization's list of allowed and blocked licenses.")
@click.option("--allow", multiple=True, metavar="LICENSE", help="Allow only this license; repeatable.")
@click.option("--block", multiple=True, metavar="LICENSE", help="Report models with this license; repeatable.")
@click.option("--what-if", multiple=True, metavar="ID=LICENSE", help="Report what would change; repeatable.")
@click.option("--since", metavar="FILE", help="Report what is new since the findings that --out wrote to FILE.")
@click.option("--memory", metavar="SIZE", help="Memory for tables, such as 600MB; the rest goes to temporary files.")
@click.option(
    "--threads", type=click.IntRange(1, 256), metavar="N", help="Number of threads; all processors by default."
)
@fail_on_option
def command(
    dump: tuple[str, ...],
    org: str | None,
    out: str | None,
    inventory: str | None,
    format_: str,
    columns: tuple[str, ...],
    facts: tuple[str, ...],
    policy: str | None,
    allow: tuple[str, ...],
    block: tuple[str, ...],
    what_if: tuple[str, ...],
    since: str | None,
    memory: str | None,
    threads: int | None,
    fail_on: str,
) -> int:
    """Check which models break the terms of what they are made from, in a table of metadata.

    DUMP is a Parquet, CSV or JSON Lines file, a folder or a pattern: a public dump of the Hub, or a table with the
    columns id, license, license_name, license_link, base_model, base_model_relation and datasets. Data sets and
    renamed repos (columns old, new) go in as files of their own. Nothing is read from the network.

    Ends with 0, with 1 if there are findings at or above --fail-on, or with 2 if it could not run.
    """
    from pathlib import Path

    from generator import api, console, progress
    from generator.audit import extra
    from generator.licenses.policy import load_policy

    extra.require(extra.FILES)
    if inventory:
        from generator.audit.export import check_name

        check_name(Path(inventory))
    found = api.audit(
        *dump,
        org=org,
        columns=columns,
        facts=facts,
        policy=load_policy(policy, allow=allow, block=block),
        memory=memory,
        threads=threads,
        fail_on=fail_on,
        what_if=what_if,
        since=since,
        out=out,
        progress=progress.report,
    )
    if inventory:
        progress.report(_("Writing {file}").format(file=inventory))
        found.write_inventory(inventory)
    progress.end()
    with found:
        if format_ == "json":
            console.document(found.to_dict())
        elif format_ == "html":
            console.data(found.to_html())
        else:
            from generator.cli.audit_text import audit_text

            console.data(audit_text(found.report, console.width()))
        return found.exit_code
