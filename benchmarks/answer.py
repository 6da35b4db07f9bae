"""An answer in the studio, until what changed is back: `python -m benchmarks.answer FOLDER`, on a copy of it.

FOLDER is a model with a release file, such as that of `make demo`. The server is a process of its own, on loopback.
Processor time is that of the server, which other work on the machine changes less than the time on the clock.
"""

from __future__ import annotations

import html
import http.client
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

GOAL = 0.15
"""Seconds from an answer to the changed questions and sections."""
ROUNDS = 15
ANSWERS = {"release.summary": "Summary {}.", "card.limitations": "Limits {}.", "publisher": "Lab {}"}
LICENSES = ("mit", "apache-2.0")


class Window:
    """A window of the studio.

    Args:
        address: The address that the command printed.
    """

    def __init__(self, address: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        self.headers = {"X-Charter-Script": "1", "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request("GET", f"/?{urlsplit(address).query}")
        answer = self.connection.getresponse()
        answer.read()
        self.headers["Cookie"] = answer.headers["Set-Cookie"].partition(";")[0]

    def page(self) -> str:
        """Return the tab."""
        self.connection.request("GET", "/", headers={"Cookie": self.headers["Cookie"]})
        return self.connection.getresponse().read().decode()

    def answer(self, unit: str, text: str) -> float:
        """Answer a question with a text, and return the seconds until what changed is here."""
        page = self.page()
        form = re.findall(rf'<form[^>]*data-unit="{re.escape(unit)}".*?</form>', page, re.DOTALL)[0]
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        state = re.findall(r'data-state="(\w+)"', page)[0]
        body = urlencode(
            {name: html.unescape(value) for name, value in fields.items()} | {"text": text, "state": state}
        )
        began = time.perf_counter()
        self.connection.request("POST", "/answer", body, self.headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{unit}: the studio answered {answer.status}.")
        return time.perf_counter() - began


def processor_seconds(process: int) -> float:
    """Return the seconds that a process has used processors for, on Linux."""
    used = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the milliseconds of each kind of answer."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "model"
        shutil.copytree(sys.argv[1], folder)
        command = [sys.executable, "-u", "-m", "generator", "studio", str(folder), "--no-browser"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            assert server.stdout
            window = Window(server.stdout.readline().strip())
            found: dict[str, list[float]] = {}
            used: dict[str, list[float]] = {}
            for number in range(ROUNDS):
                for unit, text in (*ANSWERS.items(), ("license", LICENSES[number % 2])):
                    window.page()
                    before = processor_seconds(server.pid)
                    found.setdefault(unit, []).append(window.answer(unit, text.format(number)))
                    used.setdefault(unit, []).append(processor_seconds(server.pid) - before)
            server.terminate()
    print("| answer | processor time | least | median | goal |\n|---|---|---|---|---|")
    for unit, seconds in found.items():
        least, middle = min(seconds[1:]), statistics.median(seconds[1:])
        figures = (statistics.mean(used[unit][1:]), least, middle, GOAL)
        print(f"| `{unit}` | {' | '.join(f'{figure * 1000:.0f} ms' for figure in figures)} |")


if __name__ == "__main__":
    main()
