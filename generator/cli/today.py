"""Which day it is: `--today`, else SOURCE_DATE_EPOCH, else the clock (contract, section 2)."""

from __future__ import annotations

import datetime
import os

import click


def the_day(stated: str | None) -> datetime.date:
    """Return the day that dates of the release file are held against.

    Args:
        stated: What `--today` says.

    Raises:
        click.BadParameter: It is no date.
    """
    if stated:
        try:
            return datetime.date.fromisoformat(stated)
        except ValueError:
            raise click.BadParameter(f"{stated!r} is not a date; write YYYY-MM-DD.", param_hint="--today") from None
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal() and len(epoch) < 12:
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
    return datetime.date.today()
