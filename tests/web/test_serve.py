"""The page served: to this machine alone, and as the release file stands."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.command import charter

from .conftest import Show

RELEASE = """\
charter: 1
release: {name: NAME, copyright: 2026 Lab, summary: As it was.}
layers:
  weights: {availability: released, license: MIT, files: ["*.bin"]}
"""


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a running `charter preview --serve`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "preview", str(folder), "--serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout
        yield process.stdout.readline().strip(), process
    finally:
        process.kill()
        process.communicate()


def ask(address: str, path: str = "/", **headers: str) -> tuple[int, str, http.client.HTTPMessage]:
    """Status, body and headers of an answer."""
    connection = http.client.HTTPConnection(address.removeprefix("http://").rstrip("/"), timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode(), answer.headers
    connection.close()
    return found


def test_the_page_follows_the_release_file(tmp_path: Path, show: Show) -> None:
    file = tmp_path / "release.yaml"
    file.write_text(RELEASE.replace("NAME", "First"), encoding="utf-8")
    with served(tmp_path) as (address, process):
        page = show(address)
        expect(page.locator("h1").first).to_have_text("First")
        file.write_text(RELEASE.replace("NAME", "Second"), encoding="utf-8")
        expect(page.locator("h1").first).to_have_text("Second", timeout=20_000)
        file.write_text("charter: 1\nrelease: {nome: <b>x</b>}\n", encoding="utf-8")
        expect(page.get_by_role("alert")).to_contain_text("nome", timeout=20_000)
        assert page.get_by_role("alert").locator("b").count() == 0
        file.write_text(RELEASE.replace("NAME", "Third"), encoding="utf-8")
        expect(page.locator("h1").first).to_have_text("Third", timeout=20_000)
        assert page.evaluate("window.refused") == []
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert process.stderr
        assert "Traceback" not in process.stderr.read()


def test_it_speaks_to_this_machine_alone(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(RELEASE, encoding="utf-8")
    with served(tmp_path) as (address, _):
        assert address.startswith("http://127.0.0.1:")
        port = address.rstrip("/").rpartition(":")[2]
        status, body, headers = ask(address)
        assert (status, "NAME" in body) == (200, True)
        assert "connect-src &#39;self&#39;" in body
        assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"
        assert "Access-Control-Allow-Origin" not in headers
        assert ask(address, Host=f"localhost:{port}")[0] == 200
        for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1.evil.example:{port}", ""):
            status, body, _ = ask(address, Host=host)
            assert (status, "NAME" in body) == (421, False)
        for path in ("/release.yaml", "/../release.yaml", "/%2e%2e/etc/passwd", "/state/../x", "//x"):
            assert ask(address, path)[0] == 404


@pytest.mark.parametrize("arguments", [["--serve", "-o", "x.html"], ["--serve", "nowhere"]])
def test_what_cannot_be_served_ends_with_2(arguments: list[str], tmp_path: Path) -> None:
    done = charter("preview", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
