"""Run the command at a terminal, and mark each moment at which it waits for a key: `python -m tests.interview.idle`.

A test that reads the screen has to know that the screen is complete. Each time the program starts to wait, this module
writes the number of bytes that the program has read so far, in a sequence that terminals ignore.
"""

from __future__ import annotations

import os
import selectors
import sys

MARK = b"\x1b]7777;%d\x07"
ESCAPE = 0.06
"""Seconds that a lone Esc waits for the rest of a sequence: the program has a key to handle then."""
_read, _select = os.read, selectors.DefaultSelector.select
_taken = 0


def read(file: int, size: int) -> bytes:
    """Read as `os.read` does, and count what came from the keyboard."""
    global _taken
    got = _read(file, size)
    _taken += len(got) if file == 0 else 0
    return got


def select(self: selectors.DefaultSelector, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
    """Wait as the selector does; write the mark first if there is nothing to do."""
    ready = _select(self, 0)
    if ready or (timeout is not None and timeout <= 0):
        return ready
    if timeout is not None and timeout <= ESCAPE:
        return _select(self, timeout)
    sys.stdout.flush()
    os.write(1, MARK % _taken)
    return _select(self, timeout)


if __name__ == "__main__":
    os.read = read  # type: ignore[assignment]
    selectors.DefaultSelector.select = select  # type: ignore[method-assign]
    from generator.cli import main

    main()
