"""The public API of modelcharter under the name of its distribution: `from modelcharter import check`.

The code is the package `generator`. Each name is loaded when it is first used, so that importing this costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import generator
from generator import __all__ as __all__
from generator import __version__ as __version__

if TYPE_CHECKING:
    from generator import *  # noqa: F403


def __getattr__(name: str) -> Any:  # noqa: ANN401 - functions and types
    """Load a public name when it is first used (PEP 562)."""
    if name in __all__:
        return getattr(generator, name)
    raise AttributeError(f"module 'modelcharter' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted([*__all__, "__version__"])
