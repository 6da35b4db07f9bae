"""The tables that an audit starts from, whatever engine holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Table = str
"""What stands after `from` in SQL: the name of a table, or a query in parentheses."""


class Tables(NamedTuple):
    """What an audit starts from.

    Attributes:
        models: `model` (a number or the id), `id`, `statement`, `downloads`.
        edges: `model`, `base`, `relation` (a number), `data` (1 for a data set).
        datasets: `model` (none), `id`, `statement`.
        renames: New ids of repos, by the old ones.
    """

    models: Table
    edges: Table
    datasets: Table
    renames: Mapping[str, str]
