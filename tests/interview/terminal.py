"""A person at a terminal: reads the screen, knows which prompt is there, presses keys, and counts both."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import pexpect
import pyte

from generator.licenses.texts import cache_dir
from tests.conftest import TESTS

ENTER, UP, DOWN, ESC, F1, TAB = "\r", "\x1b[A", "\x1b[B", "\x1b", "\x1bOP", "\t"
CTRL_C, CTRL_D, CTRL_G = "\x03", "\x04", "\x07"
IDLE = re.compile(rb"\x1b\]7777;(\d+)\x07")
"""What `idle` writes when the program waits for a key: how many bytes it has read."""
SIZES = ((60, 20), (80, 24), (100, 30))
FREE_TEXT = ("Description", "Uses", "Limitations", "How to use", "Training", "Evaluation")
"""Titles of prompts for a text of several lines, which the budget doesn't count."""


class Terminal:
    """A pseudo-terminal with `charter init` in it.

    Args:
        folder: The model's folder.
        columns: Width of the terminal.
        rows: Height of the terminal.
    """

    def __init__(self, folder: Path, *arguments: str, columns: int = 80, rows: int = 24, **environment: str) -> None:
        clean = {
            key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "EDITOR", "VISUAL")
        }
        home = folder.parent / ".home"
        home.mkdir(exist_ok=True)
        clean |= {"TERM": "xterm-256color", "HF_HUB_OFFLINE": "1", "HF_HOME": str(home), "HOME": str(home)}
        clean |= {"GIT_CONFIG_GLOBAL": str(home / "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1"} | environment
        cache = cache_dir()
        assert cache
        clean.setdefault("MODELCHARTER_CACHE", str(cache.parent))
        self.screen = pyte.HistoryScreen(columns, rows, history=2000)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = self.half = b""
        self.sent = self.keys = 0
        self.answered: list[str] = []
        clean["PYTHONPATH"] = os.pathsep.join([str(TESTS.parent), *filter(None, [clean.get("PYTHONPATH")])])
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "tests.interview.idle", "init", str(folder), *arguments],
            env=clean,
            dimensions=(rows, columns),
            timeout=60,
        )
        self.settle()

    def settle(self) -> None:
        """Read until the program waits for a key."""
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            try:
                raw = self.child.read_nonblocking(65536, timeout=10)
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                return
            raw, self.half = self.half + raw, b""
            if (cut := raw.rfind(b"\x1b]")) >= 0 and b"\x07" not in raw[cut:]:
                raw, self.half = raw[:cut], raw[cut:]
            taken = IDLE.findall(raw)
            raw = IDLE.sub(b"", raw)
            if b"\x1b[6n" in raw:  # the program asks where the cursor is, as it does at the beginning of a prompt
                self.send(f"\x1b[{self.screen.cursor.y + 1};{self.screen.cursor.x + 1}R")
            self.raw += raw
            self.stream.feed(raw)
            if taken and int(taken[-1]) >= self.sent:
                return

    def wait(self) -> None:
        """Wait until the program has ended."""
        try:
            self.child.expect(pexpect.EOF, timeout=60)
        except pexpect.TIMEOUT:
            self.stream.feed(IDLE.sub(b"", self.child.before))
            self.child.close(force=True)
            raise AssertionError(f"It asks for more:\n{self.text()}") from None
        self.child.wait()

    def send(self, keys: str) -> None:
        """Send keys, and count their bytes."""
        self.sent += self.child.send(keys)

    def lines(self) -> list[str]:
        """The lines of the screen."""
        return [line.rstrip() for line in self.screen.display]

    def text(self) -> str:
        """The screen."""
        return "\n".join(self.lines()).strip("\n")

    def prompt(self) -> str:
        """The prompt that is on the screen."""
        return "◆" + self.text().rpartition("◆")[2]

    def words(self) -> str:
        """The prompt as one line of words, without the bars."""
        return " ".join(self.prompt().replace("│", " ").split())

    def title(self) -> str:
        """The title of the prompt, or an empty text if there is none."""
        found = re.match(r"◆ +(?:\d+/\d+ )?(.*)", self.prompt())
        return found[1] if found and self.child.isalive() else ""

    def focus(self) -> str:
        """The line of the option in focus."""
        return next((line for line in self.prompt().splitlines() if line.startswith("│  ●")), "")

    def press(self, *keys: str) -> None:
        """Press keys one after the other, and wait for what comes of them."""
        for key in keys:
            if self.child.isalive():
                self.keys += 1 if key.startswith("\x1b") else len(key)
                if key == ENTER:
                    self.answered.append(self.title())
                self.send(key)
                self.settle()

    def find(self, words: str) -> None:
        """Move to the option that holds some words."""
        for _ in range(40):
            if words in self.focus():
                return
            self.press(DOWN)
        raise AssertionError(f"{words!r} isn't among the options of:\n{self.text()}")

    def choose(self, words: str) -> None:
        """Choose the option that holds some words."""
        self.find(words)
        self.press(ENTER)

    def follow(self, script: dict[str, str], until: str = "Review") -> None:
        """Answer prompts until one with a title.

        Args:
            script: By title, the option to choose; `=TEXT` types a text. Prompts that aren't there get Enter.
            until: The title of the prompt to stop at.
        """
        script = dict(script)
        for _ in range(60):
            title = self.title()
            if not title or title == until:
                return
            self.is_whole()
            answer = script.get(title)
            if title in FREE_TEXT:
                self.press(answer or "", CTRL_D)
            elif answer is None:
                self.press(ENTER)
            elif answer.startswith("="):
                self.press(answer[1:], ENTER)
            else:
                self.choose(answer)
        raise AssertionError(self.text())

    def is_whole(self) -> None:
        """Every line begins as a line of ours, so none was wrapped by the terminal; the last is the footer."""
        lines = [line for line in self.prompt().splitlines() if line]
        for line in lines:
            assert line[0] in "◆│└", self.text()
            assert len(line) <= self.screen.columns
        assert lines[-1].startswith("└"), self.text()
        assert "F1" in lines[-1], self.text()

    def close(self) -> None:
        """End the program."""
        self.child.close(force=True)

    @property
    def prompts(self) -> list[str]:
        """The titles of the prompts that were answered, without free texts."""
        return [title for title in self.answered if title not in FREE_TEXT]
