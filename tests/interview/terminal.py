"""A person at a terminal: reads the screen, knows which question stands there, presses keys."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import pexpect
import pyte

from generator.interview.questions import QUESTIONS, Question
from tests.conftest import TESTS

ENTER, DOWN, CTRL_C = "\r", "\x1b[B", "\x03"
END_OF_PROSE = "\x1b\r"
QUIET = 0.15
IDLE = re.compile(rb"\x1b\]7777;(\d+)\x07")
"""What `idle` writes when the program waits for a key: how many bytes it has read."""


class Terminal:
    """A pseudo-terminal with `charter init` in it.

    Args:
        folder: The model's folder.
        columns: Width of the terminal.
    """

    def __init__(self, folder: Path, *arguments: str, columns: int = 160, **environment: str) -> None:
        clean = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS")}
        clean |= {"TERM": "xterm-256color", "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / ".hf")} | environment
        self.screen = pyte.Screen(columns, 60)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = self.half = b""
        self.sent = 0
        clean["PYTHONPATH"] = os.pathsep.join([str(TESTS.parent), *filter(None, [clean.get("PYTHONPATH")])])
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "tests.interview.idle", "init", str(folder), *arguments],
            env=clean,
            dimensions=(60, columns),
            timeout=20,
        )
        self.settle(first=True)

    def settle(self, *, first: bool = False) -> None:
        """Read until the program waits for a key."""
        limit = time.monotonic() + 15
        seen, worked = not first, self.worked()
        while time.monotonic() < limit:
            try:
                raw = self.child.read_nonblocking(65536, timeout=QUIET if seen else 5)
            except pexpect.TIMEOUT:
                # Quiet is not idle: as long as it computes, the next question is still to come.
                if seen and worked == (worked := self.worked()):
                    return
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
            seen = True
            if taken and int(taken[-1]) >= self.sent:
                return

    def send(self, keys: str) -> None:
        """Send keys, and count their bytes."""
        self.sent += self.child.send(keys)

    def worked(self) -> str:
        """How much the program has computed so far, as the system counts it."""
        try:
            fields = Path(f"/proc/{self.child.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            return ""
        return " ".join(fields[11:13])

    def text(self) -> str:
        """The screen, lines that wrapped put together again."""
        lines = [line.rstrip() for line in self.screen.display]
        return "\n".join(lines).strip("\n")

    def prompt(self) -> str:
        """What stands from the last prompt on."""
        return "?" + ("\n" + self.text()).rpartition("\n?")[2]

    def press(self, keys: str) -> None:
        """Press keys, and wait for what comes of it."""
        if self.child.isalive():
            self.send(keys)
            self.settle()

    def question(self) -> Question | None:
        """The question that stands on the screen."""
        shown = "".join(self.prompt().split())  # a narrow terminal breaks lines within words
        return next((q for q in QUESTIONS if shown.startswith("?" + "".join(q.ask.split()))), None)

    def choose(self, words: str) -> None:
        """Move down to the line that holds some words, and take it."""
        for _ in range(60):
            pointed = [line for line in self.prompt().splitlines() if "»" in line]
            if pointed and words in pointed[-1]:
                self.press(ENTER)
                return
            self.press(DOWN)
        raise AssertionError(f"{words!r} cannot be chosen in:\n{self.text()}")

    def answer(self, given: dict[str, str]) -> str | None:
        """Answer the question that stands there, and return its field.

        Args:
            given: By field: text that is typed, or the words of the choice; what is not there is taken as it stands.
        """
        shown, question = self.prompt(), self.question()
        if "Look up the license of" in shown:
            self.press("n")
        elif question is None:
            self.press(ENTER)
        elif question.kind in ("choice", "license", "upstreams"):
            silent = "withheld" if question.field.endswith(".availability") else "»"
            self.choose(given.get(question.field) or silent)
        else:
            typed = given.get(question.field, "")
            self.press((f"\x15{typed}" if typed else "") + (END_OF_PROSE if question.kind == "prose" else ENTER))
        return question.field if question else None

    def go_on(self, given: dict[str, str], until: str = "") -> list[str]:
        """Answer what is asked until the review, or until a field is asked for; return the fields that were asked."""
        asked: list[str] = []
        for _ in range(120):
            question = self.question()
            if not self.child.isalive() or "All answers" in self.prompt() or (question and question.field == until):
                return asked
            if field := self.answer(given):
                asked.append(field)
        raise AssertionError(self.text())

    def write(self) -> None:
        """Take `Write release.yaml` in the review."""
        self.choose("Write release.yaml")
        self.child.wait()
