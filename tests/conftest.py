"""What all tests share: only loopback sockets, the cache of texts filled, the knowledge of where examples lie."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TESTS = Path(__file__).parent
EXAMPLES = sorted(path.parent for path in (TESTS / "examples").glob("*/release.yaml"))
SHARED = TESTS.parent.parent / "shared"
CHROMIUM = (
    "--no-sandbox",  # CI is root in a container; the pages are ours
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--rewrite` writes golden files anew, for review."""
    parser.addoption("--rewrite", action="store_true", help="write the expected files of tests/examples anew")


def pytest_configure(config: pytest.Config) -> None:
    """Say once what to do when the texts are not there; note whether everything runs."""
    from hypothesis import HealthCheck, settings

    from tests import effort

    # A shell that starts the tests in the background has Ctrl-C ignored, also in the processes that tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    os.environ["CHARTER_LANG"] = "en"  # whatever the locale of this machine is

    effort.WHOLE = "not exhaustive" not in config.option.markexpr
    # A machine with much to do takes long for an example; that is no fault.
    settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("unhurried")
    from generator.licenses.terms import scancode_digests
    from generator.licenses.texts import scancode_text

    if (texts := SHARED / "license_texts").is_dir():
        os.environ.setdefault("MODELCHARTER_TEXTS", str(texts))
    if any(scancode_text(key, digest) is None for key, digest in scancode_digests().items()):
        raise pytest.UsageError("license texts are not in the cache: charter licenses --fetch-texts")


@pytest.fixture(autouse=True)
def only_loopback(request: pytest.FixtureRequest) -> None:
    """Close every socket but those to this machine, unless a test installs packages."""
    if "network" in request.keywords:
        return
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, as Debian has it; not for the whole session, because no other event loop can run beside it."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "these tests need Chromium: apt-get install chromium (or make test)"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        yield chromium
        chromium.close()
