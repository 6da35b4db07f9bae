"""The composed road: load a release file, judge it, build its bundle, check it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from generator.licenses.assess import Assessment, assess
from generator.licenses.catalog import resolver
from generator.release.model import Release
from generator.release.reader import read_release

if TYPE_CHECKING:
    from generator.checks.report import Report
    from generator.documents.bundle import Bundle

__all__ = ["Assessment", "Release", "assess", "build", "check", "load_release"]


def load_release(path: str | Path) -> Release:
    """Read a release file.

    Args:
        path: The file, or a folder that holds a `release.yaml`.

    Raises:
        ReleaseFileError: It cannot be read; every complaint is in it, with line and column.
    """
    return read_release(path, license_resolver=resolver)


def build(release: Release) -> Bundle:
    """Return the bundle of a release: path to bytes, nothing written yet.

    Args:
        release: What `load_release` returned.

    Raises:
        LicenseTextError: A text that must be in the bundle is not at hand.
        CharterError: A file that the release names cannot be read, or something the bundle needs is not stated.
    """
    from generator.documents.registry import write_documents

    return write_documents(assess(release))


def check(release: Release, *, today: datetime.date | None = None, fail_on: str = "error") -> Report:
    """Judge a release.

    Args:
        release: What `load_release` returned.
        today: The day that `accept.until` is held against; without one nothing expires.
        fail_on: The least severity that closes the gate: error, warning or info.
    """
    from generator.checks.registry import run

    return run(assess(release), today=today, fail_on=fail_on)
