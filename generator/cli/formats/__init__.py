"""How the gate's answers are told: one module a format, each takes what came of the targets in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module

from generator.cli.targets import Outcome

FORMATS = ("text", "json", "sarif", "github")
"""Each is a module here that holds `tell`."""
Tell = Callable[[Iterable[Outcome], int], None]
"""Takes the outcomes, and how many there will be."""


def teller(name: str) -> Tell:
    """Return the function that tells outcomes in a format.

    Args:
        name: One of `FORMATS`.
    """
    tell: Tell = import_module(f"{__name__}.{name}").tell
    return tell
