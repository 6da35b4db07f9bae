"""The command `charter studio`: what it prints, and how it ends."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import charter
from tests.interview.folders import gemma_lora
from tests.web.studio.client import served


def status(address: str, cookie: str = "") -> tuple[int, str]:
    """The status of an address, and the cookie that it sets."""
    host, _, path = address.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request("GET", f"/{path}", headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    found = answer.status, answer.headers.get("Set-Cookie", "").partition(";")[0]
    answer.read()
    connection.close()
    return found


def test_it_prints_the_address_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    folder = gemma_lora(tmp_path)
    before = sorted(folder.rglob("*"))
    with served(folder) as (address, process):
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?key=[\w-]{43}", address)
        entered, cookie = status(address)
        assert entered == 303
        plain = address.partition("?")[0]
        assert (status(plain)[0], status(plain, cookie)[0]) == (403, 200)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "warning" not in errors
        assert "Traceback" not in errors
    assert sorted(folder.rglob("*")) == before


def test_another_address_than_loopback_is_a_warning(tmp_path: Path) -> None:
    with served(gemma_lora(tmp_path), "--host", "0.0.0.0") as (address, process):
        assert status(address)[0] == 303
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert "warning: 0.0.0.0 can be reached from other machines." in errors


@pytest.mark.parametrize("options", [["nowhere"], ["--port", "70000"], ["--host", "no such host"], ["--host", ""]])
def test_what_cannot_be_served_ends_with_2(options: list[str], tmp_path: Path) -> None:
    done = charter("studio", *options, "--no-browser", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_ends_with_2(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = charter("studio", "--no-browser", "--port", str(other.getsockname()[1]), cwd=tmp_path)
    assert done.returncode == 2
    assert "Name another port." in done.stderr


def test_without_the_extra_it_names_the_package_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['uvicorn'] = None; sys.argv = ['charter', *sys.argv[1:]]\n"
        "from generator.cli import main; main()"
    )
    for command in (["studio", "--no-browser"], ["preview", "--serve"]):
        (tmp_path / "release.yaml").write_text("charter: 1\nrelease: {name: x}\n", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", code, *command], capture_output=True, text=True, check=False, cwd=tmp_path
        )
        assert done.returncode == 2
        assert 'pip install "modelcharter[studio]"' in done.stderr
        assert "Traceback" not in done.stderr
