"""The progress of a long task as a bar in the terminal; it appears after a second, and the next output replaces it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from generator import console, progress
from generator.progress import BYTES, Step
from generator.translations import format_decimal, format_number, mark_plural, ngettext
from generator.translations import gettext as _

DELAY = 1.0
"""Seconds that a task runs before a bar is shown."""
_REDRAW = 0.2
_BAR = 20
_LEFT_AFTER = 0.02
"""The part that must be done before the time that is left is estimated."""

_UNITS = {
    "repos": mark_plural("{done} of {total} repo", "{done} of {total} repos"),
    "targets": mark_plural("{done} of {total} target", "{done} of {total} targets"),
}
"""How much is done, by what is counted."""


@contextmanager
def bar() -> Iterator[None]:
    """Show the progress of what the block does, if standard error is a terminal."""
    if not console.has_viewer():
        yield
        return
    shown = _ProgressBar()
    try:
        with progress.watch(shown.take):
            yield
    finally:
        shown.close()


class _ProgressBar:
    """Keeps the newest step; a thread draws it, so that a task that reports nothing for long is shown too."""

    def __init__(self) -> None:
        self._step: Step | None = None
        self._since = 0.0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def take(self, step: Step | None) -> None:
        """Take a step; None ends the task."""
        old, self._step = self._step, step
        if step is None:
            console.clear_transient()
        elif old is None or old.name != step.name:
            self._since = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(target=self._draw, daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop drawing."""
        self._stop.set()
        if self._thread:
            self._thread.join()
        console.clear_transient()

    def _draw(self) -> None:
        while not self._stop.wait(_REDRAW):
            step, seconds = self._step, time.monotonic() - self._since
            if step and seconds >= DELAY:
                console.show_transient(format_step(step, seconds, console.width()))


def format_step(step: Step, seconds: float, columns: int) -> str:
    """Return a step as one line: its name, a bar, how much is done, and about how long it still takes.

    Args:
        step: The step.
        seconds: How long it has run.
        columns: The width.
    """
    if not step.total:
        tail = f" … {_duration(seconds)}"
        return f"{_shorten(step.name, columns - len(tail) - 1)}{tail}"
    part = min(1.0, step.done / step.total)
    filled = int(part * _BAR)
    drawn = "█" * filled + "░" * (_BAR - filled)
    amount = _amount(step)
    if _LEFT_AFTER < part < 1:
        amount = _("{amount}, {time} left").format(amount=amount, time=_duration(seconds / part - seconds))
    tail = f" {drawn} {amount}"
    if len(tail) > columns - _BAR:
        tail = f" {amount}"
    return f"{_shorten(step.name, columns - len(tail) - 1)}{tail}"


def _amount(step: Step) -> str:
    if step.unit != BYTES:
        text = ngettext(*_UNITS[step.unit], step.total) if step.unit in _UNITS else _("{done} of {total}")
        return text.format(done=format_number(step.done), total=format_number(step.total))
    size, unit = next(
        ((size, unit) for size, unit in ((10**9, "GB"), (10**6, "MB")) if step.total >= size), (1000, "kB")
    )
    return _("{done} of {total} {unit}").format(
        done=format_decimal(step.done / size), total=format_decimal(step.total / size), unit=unit
    )


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _shorten(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: max(room - 1, 0)]}…"
