"""A Hub repo as a target of `charter check`: its papers in a folder of their own, for as long as they are checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from generator.api import REPO, from_hub
from generator.errors import CharterError
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.checks.report import Report


def hub_ref(target: str) -> str | None:
    """Return the repo that a target names; None for a path.

    Args:
        target: `hub:ORG/NAME`, or `ORG/NAME` if there is no such path; `path:` before it forces a path.
    """
    if target.startswith("hub:"):
        return target.removeprefix("hub:")
    place = Path(target)
    named = REPO.fullmatch(target.removeprefix("datasets/").removeprefix("models/").partition("@")[0])
    is_file = place.suffix.lower() in (".yaml", ".yml", ".md", ".json")
    return target if named and not is_file and not place.exists() and not place.parent.exists() else None


@contextmanager
def repo_folder(ref: str) -> Iterator[Path]:
    """Yield a folder with the card, the release file and the license files of a Hub repo.

    Args:
        ref: The repo, as `from_hub` takes it.

    Raises:
        CharterError: The text names no repo.
        HubError: The repo cannot be read.
    """
    import shutil
    import tempfile

    from generator.documents.registry import DOCUMENTS

    found = from_hub(ref, more=tuple(document.path for document in DOCUMENTS))
    with tempfile.TemporaryDirectory() as made:
        # The name of the folder says that it is a data set, as it does in the Hub's cache.
        folder = Path(made) / found.parent.parent.name / "snapshots" / found.name
        shutil.copytree(found, folder)
        yield folder


def name_hub_places(report: Report, folder: Path, name: str) -> Report:
    """Return a report with the places of a copied repo named as they are on the Hub.

    Args:
        report: What the checks found.
        folder: Where the repo was copied to.
        name: What the repo is called instead.
    """

    def named(text: str) -> str:
        return text.replace(str(folder), name)

    findings = tuple(
        finding._replace(
            file=named(finding.file),
            message=named(finding.message),
            remedy=named(finding.remedy),
            places=tuple(p._replace(file=named(p.file), message=named(p.message)) for p in finding.places),
        )
        for finding in report.findings
    )
    return report._replace(findings=findings)


def refuse_option(name: str, ref: str) -> CharterError:
    """Return the error of an option that a Hub repo has no use for."""
    return CharterError(
        _("hub:{ref}: {name} works on a folder.").format(ref=ref, name=name),
        _("Run it in the folder of the release, then push."),
    )
