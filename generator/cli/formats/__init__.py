"""How the results of check are written: one module a format, each takes what came of the targets in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module

from generator.cli.targets import Outcome

FORMATS = ("text", "json", "sarif", "github")
"""Each is a module here that holds `tell`."""
Writer = Callable[[Iterable[Outcome], int], None]
"""Takes the outcomes, and how many there will be."""


def writer_of(name: str) -> Writer:
    """Return the function that shows outcomes in a format.

    Args:
        name: One of `FORMATS`.
    """
    write: Writer = import_module(f"{__name__}.{name}").write
    return write
