"""What the shell offers when Tab is pressed: license ids, relations and acts (click's `shell_complete`)."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


def licenses(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Return the ids of known licenses; in a list with commas, those for its last part.

    Args:
        typed: What stands there.
    """
    from generator.licenses.catalog import get_known_ids, hub_id

    before, comma, last = typed.rpartition(",")
    names = sorted({str(name) for key in get_known_ids() for name in (key, hub_id(key)) if name})
    return [CompletionItem(before + comma + name) for name in names if name.lower().startswith(last.lower())]


def targets(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Return license ids, and let the shell add files.

    Args:
        context: As click has it.
        parameter: As click has it.
        typed: What stands there.
    """
    return [*licenses(context, parameter, typed), CompletionItem(typed, type="file")]


def relations(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Return the relations.

    Args:
        typed: What stands there.
    """
    from generator.release.vocabulary import RELATIONS

    return [CompletionItem(name) for name in RELATIONS if name.startswith(typed)]


def acts(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Return the acts.

    Args:
        typed: What stands there.
    """
    from generator.release.vocabulary import ACTS

    return [CompletionItem(name) for name in ACTS if name.startswith(typed)]
