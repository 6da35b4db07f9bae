"""The tables that an audit starts from, whatever engine holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

Frame = Any
"""A lazy frame of Narwhals; an alias, so that neither types nor start-up ask for Narwhals."""


class Tables(NamedTuple):
    """What an audit starts from.

    Attributes:
        models: `model` (a number or the id), `id`, `statement`, `downloads`.
        edges: `model`, `base`, `relation` (a number), `data` (1 for a data set).
        datasets: `id`, `statement`.
        renames: New ids of repos, by the old ones.
    """

    models: Frame
    edges: Frame
    datasets: Frame
    renames: Mapping[str, str]
