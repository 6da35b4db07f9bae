"""modelcharter: from a release file to a model card and a layered license bundle.

The map of the house, downwards, as anyone may import:

* `api`        the composed road: load, assess, check, build, push, rights, derive, openness
* `cli`        click; a thin file per command
* `checks`     one module per rule family, and the registry that runs them
* `documents`  what is written: card, license index, notices, REUSE.toml; rendering and writing
* `openness`   how open a release is: framings, the Model Openness Framework, OSAID
* `licenses`   what a license says and what follows for a release
* `artifacts`  what the files of a model folder say of themselves
* `wizard`     the questionnaire; a side room that only `api` and `cli` enter
* `preview`    the release as one web page; a side room that only `api` enters
* `publishing` the road to the Hub: what goes where, merged with what is there, sent once
* `audit`      the lineage of many models at once; a side room that only `api` and `cli` enter
* `hub`        all network; a side room that only `api` and `publishing` enter
* `release`    the release file, in and out
* `knowledge`  facts, no code
* `errors`     the exceptions

The public face is what stands in `__all__`; it is loaded when it is first asked for, so that
importing the package costs nothing.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.api import assess, audit, build, check, derive, load_release, openness, push, rights
    from generator.checks.report import Report
    from generator.documents.bundle import Bundle
    from generator.errors import CharterError
    from generator.licenses.assess import Assessment
    from generator.openness.answers import Openness
    from generator.publishing.outcome import Published
    from generator.release.model import Release

__version__ = "0.1.0"
__all__ = [
    "Assessment",
    "Bundle",
    "CharterError",
    "Openness",
    "Published",
    "Release",
    "Report",
    "assess",
    "audit",
    "build",
    "check",
    "derive",
    "load_release",
    "openness",
    "push",
    "rights",
]
_HOMES = {
    "Assessment": "generator.licenses.assess",
    "Bundle": "generator.documents.bundle",
    "CharterError": "generator.errors",
    "Openness": "generator.openness.answers",
    "Published": "generator.publishing.outcome",
    "Release": "generator.release.model",
    "Report": "generator.checks.report",
}


class _Face(ModuleType):
    """The package itself: a room of it and a public function have one name, and the face shows the function.

    `from generator.openness.mof import …` reaches the room, as it goes by the full name.
    """

    @property
    def openness(self) -> Any:  # noqa: ANN401 - the function of `api`
        return __getattr__("openness")

    @openness.setter
    def openness(self, room: ModuleType) -> None:
        """Importing the room would set its own name here."""

    @property
    def audit(self) -> Any:  # noqa: ANN401 - the function of `api`
        return __getattr__("audit")

    @audit.setter
    def audit(self, package: ModuleType) -> None:
        """Importing the package would set its own name here."""


sys.modules[__name__].__class__ = _Face


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the face has functions and types
    """Load a public name from the road below (PEP 562)."""
    if name in __all__:
        from importlib import import_module

        return getattr(import_module(_HOMES.get(name, "generator.api")), name)
    raise AttributeError(f"module 'generator' has no attribute {name!r}")
