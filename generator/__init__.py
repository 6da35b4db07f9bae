"""modelcharter: from a release file to a model card and a layered license bundle.

The packages, from the top down; each imports only packages below it:

* `api`        the steps composed: load, assess, check, build, push, rights, derive, openness
* `cli`        click; a thin file per command
* `checks`     the rules by family, the registry that runs them, and fixes
* `documents`  what is written: card, license files, pictures, exports; merging and writing them
* `openness`   how open a release is: framings, the Model Openness Framework, OSAID
* `licenses`   what a license says, and what follows from it for a release
* `artifacts`  what the files of a model folder say
* `release`    the release file, in and out
* `knowledge`  facts, no code
* `errors`     the exceptions

Only `api` and `cli` use these:

* `interview`  the questions of `charter init`, and the terminal that asks them
* `web`        the release as one web page
* `publishing` what goes to which repo, merged with what is there, sent once
* `audit`      the lineage of many models at once
* `hub`        all HTTP to the Hub
* `train`      recording training runs, for scripts and for trainers of transformers

The public API is `__all__`. Each name is loaded when it is first used, so that importing the
package costs nothing.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.api import assess, audit, build, check, derive, load_release, openness, push, rights
    from generator.api.digests import hash_files
    from generator.api.signing import sign, verify
    from generator.checks.report import Report
    from generator.documents.bundle import Bundle
    from generator.errors import CharterError
    from generator.licenses.assess import Assessment
    from generator.openness.answers import Openness
    from generator.publishing.result import PublishResult
    from generator.release.model import (
        Acceptance,
        Card,
        Item,
        Layers,
        LocalTerms,
        ModelInfo,
        Publisher,
        Release,
        ReleaseAccess,
        ReleaseInfo,
        Result,
        ResultDataset,
        Training,
        Upstream,
    )
    from generator.release.writer import format_release
    from generator.signing.library import SigningKey, Trust
    from generator.train.record import record_training

__version__ = "0.1.0"
__all__ = [
    "Acceptance",
    "Assessment",
    "Bundle",
    "Card",
    "CharterError",
    "Item",
    "Layers",
    "LocalTerms",
    "ModelInfo",
    "Openness",
    "PublishResult",
    "Publisher",
    "Release",
    "ReleaseAccess",
    "ReleaseInfo",
    "Report",
    "Result",
    "ResultDataset",
    "SigningKey",
    "Training",
    "Trust",
    "Upstream",
    "assess",
    "audit",
    "build",
    "check",
    "derive",
    "format_release",
    "hash_files",
    "load_release",
    "openness",
    "push",
    "record_training",
    "rights",
    "sign",
    "verify",
]
_RELEASE = (
    "Acceptance",
    "Card",
    "Item",
    "Layers",
    "LocalTerms",
    "ModelInfo",
    "Publisher",
    "Release",
    "ReleaseAccess",
    "ReleaseInfo",
    "Result",
    "ResultDataset",
    "Training",
    "Upstream",
)
_MODULES = dict.fromkeys(_RELEASE, "generator.release.model") | {
    "Assessment": "generator.licenses.assess",
    "Bundle": "generator.documents.bundle",
    "CharterError": "generator.errors",
    "Openness": "generator.openness.answers",
    "PublishResult": "generator.publishing.result",
    "Report": "generator.checks.report",
    "SigningKey": "generator.signing.library",
    "Trust": "generator.signing.library",
    "format_release": "generator.release.writer",
    "hash_files": "generator.api.digests",
    "sign": "generator.api.signing",
    "verify": "generator.api.signing",
    "record_training": "generator.train.record",
}


class _Package(ModuleType):
    """The package itself: `generator.openness` is the function of `api`, not the subpackage of the same name.

    `from generator.openness.mof import …` still reaches the subpackage, since it uses the full name.
    """

    @property
    def openness(self) -> Any:  # noqa: ANN401 - the function of `api`
        return __getattr__("openness")

    @openness.setter
    def openness(self, subpackage: ModuleType) -> None:
        """Ignore what the import of the subpackage would set here."""

    @property
    def audit(self) -> Any:  # noqa: ANN401 - the function of `api`
        return __getattr__("audit")

    @audit.setter
    def audit(self, package: ModuleType) -> None:
        """Importing the package would set its own name here."""


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:  # noqa: ANN401 - functions and types
    """Load a public name when it is first used (PEP 562)."""
    if name in __all__:
        from importlib import import_module

        return getattr(import_module(_MODULES.get(name, "generator.api")), name)
    raise AttributeError(f"module 'generator' has no attribute {name!r}")
