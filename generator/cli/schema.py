"""`charter schema`: the JSON Schema of the release file."""

from __future__ import annotations

import click

from generator.cli.options import Command


@click.command("schema", cls=Command)
def command() -> None:
    """Print the JSON Schema (draft 2020-12) of release.yaml, for editors and other programs."""
    from generator import console
    from generator.release.schema import json_schema

    console.document(json_schema())
