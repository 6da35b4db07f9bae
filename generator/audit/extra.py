"""The libraries of the extra `audit`."""

from __future__ import annotations

from importlib.util import find_spec

from generator.errors import CharterError
from generator.translations import gettext as _

INSTALL = "pip install 'modelcharter[audit]'"
FILES, FRAMES = ("duckdb", "numpy"), ("numpy",)
"""What an audit of files needs, and one of frames."""


def require(libraries: tuple[str, ...]) -> None:
    """Check that libraries are installed.

    Args:
        libraries: Their names.

    Raises:
        CharterError: One is not.
    """
    for name in libraries:
        if find_spec(name) is None:
            raise CharterError(
                _("`charter audit` needs {name}.").format(name=name),
                _("Install it: {command}").format(command=INSTALL),
            )
