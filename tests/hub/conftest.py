"""Fixtures of the tests against a Hub."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hub.run import Hurried


@pytest.fixture(scope="session")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hurried]:
    """The command, run many times by one process."""
    running = Hurried(tmp_path_factory.mktemp("home"))
    yield running
    running.close()
