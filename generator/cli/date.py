"""Which day it is: `--today`, else SOURCE_DATE_EPOCH, else the clock (contract, section 2)."""

from __future__ import annotations

import datetime

import click

from generator.translations import gettext as _


def the_day(stated: str | None) -> datetime.date | None:
    """Return the day that dates of the release file are compared with; None leaves it to the API.

    Args:
        stated: What `--today` says.

    Raises:
        click.BadParameter: It is no date.
    """
    if stated is None:
        return None
    try:
        return datetime.date.fromisoformat(stated)
    except ValueError:
        raise click.BadParameter(
            _("{text!r} is not a date; write YYYY-MM-DD.").format(text=stated), param_hint="--today"
        ) from None
