"""What the tests of exports share: the environment of validators, and the full example."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import build, load_release
from tests.conftest import TESTS

from .validators import Croissants, environment

FULL = TESTS / "examples" / "full-exports"


@pytest.fixture(scope="session")
def validators() -> Path:
    """Where the programs of the validators lie."""
    return environment()


@pytest.fixture(scope="session")
def croissants(validators: Path) -> Iterator[Croissants]:
    """Reads files with mlcroissant."""
    reading = Croissants(validators)
    yield reading
    reading.close()


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The bundle of the example that has every export."""
    folder = tmp_path_factory.mktemp("full") / "model"
    shutil.copytree(FULL, folder, ignore=shutil.ignore_patterns("expected"))
    return dict(build(load_release(folder)))
