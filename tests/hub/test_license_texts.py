"""License texts of publishers' repositories: read from the Hub and from GitHub, over HTTP."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from generator.errors import HubError
from generator.hub import read
from tests.hub.run import charter, environment
from tests.hub.server import hub

TEXT = b"Owl License\n\n1. You may keep one owl.\n"
READ = "import sys; from generator.hub.read import read_text_source as r; sys.stdout.buffer.write(r(*sys.argv[1:]))"


class _GitHub(BaseHTTPRequestHandler):
    """Answers with one file, and shows whether a token was sent."""

    def do_GET(self) -> None:
        found = self.path == "/owl-lab/owl/abc1234/models/A%20LICENSE" and "authorization" not in self.headers
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(TEXT if found else b"404: Not Found")

    def log_message(self, format: str, *args: object) -> None:
        """Be silent."""


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that has one file, in place of GitHub."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _GitHub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(read, "GITHUB", f"http://127.0.0.1:{server.server_port}")
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("github")
def test_a_file_of_github_is_read_at_its_commit() -> None:
    assert read.read_text_source("github", "owl-lab/owl", "models/A LICENSE", "abc1234") == TEXT
    with pytest.raises(HubError, match="answered 404"):
        read.read_text_source("github", "owl-lab/owl", "LICENSE", "abc1234")


def test_a_file_of_the_hub_is_read(tmp_path: Path) -> None:
    with hub({"owl-lab/owl": {"LICENSE": TEXT, "model.safetensors": b"never fetched"}}) as server:

        def asked(*arguments: str) -> subprocess.CompletedProcess[bytes]:
            command = [sys.executable, "-c", READ, *arguments]
            return subprocess.run(command, capture_output=True, check=False, env=environment(tmp_path, server))

        assert asked("hub", "owl-lab/owl", "LICENSE", "").stdout == TEXT
        assert b"there is no file" in asked("hub", "owl-lab/owl", "LICENSE.md", "").stderr
        assert not [line for line in server.asked if "safetensors" in line]


def test_without_a_network_the_text_and_its_address_are_named(tmp_path: Path) -> None:
    done = charter(
        tmp_path, None, "licenses", "llama3", "--fetch-texts", HTTPS_PROXY="http://127.0.0.1:9", MODELCHARTER_TEXTS=""
    )
    assert done.returncode == 2
    assert "LicenseRef-llama3" in done.stderr
    assert "Traceback" not in done.stderr
