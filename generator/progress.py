"""What a long task does and how far it is, as events. Nothing is shown here; a renderer may watch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from generator.named_tuple import NamedTuple

BYTES = "bytes"
"""The unit that renderers write as kB, MB and GB."""
_T = TypeVar("_T")


class Step(NamedTuple):
    """How far a task is.

    Attributes:
        name: What is done, such as `Hashing model.safetensors`.
        done: How much is done.
        total: How much there is; 0 where that is not known.
        unit: What is counted: `bytes`, or a noun in the plural.
    """

    name: str
    done: int = 0
    total: int = 0
    unit: str = ""


Watcher = Callable[[Step | None], None]
"""Takes each step, and None where a task has ended. It must return fast."""
_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


def report(name: str, done: int = 0, total: int = 0, unit: str = "") -> None:
    """Report how far a task is to the renderer that watches, if there is one.

    Args:
        name: What is done.
        done: How much is done.
        total: How much there is; 0 where that is not known.
        unit: What is counted.
    """
    if watcher := _watcher.get():
        watcher(Step(name, done, total, unit))


def end() -> None:
    """Report that no task is running."""
    if watcher := _watcher.get():
        watcher(None)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Report a task without parts for as long as the block runs.

    Args:
        name: What is done.
    """
    report(name)
    try:
        yield
    finally:
        end()


def track(values: Iterable[_T], name: str, total: int, unit: str) -> Iterator[_T]:
    """Yield values, and report how many of them there were.

    Args:
        values: The values.
        name: What is done with them.
        total: How many there will be.
        unit: What they are, in the plural.
    """
    report(name, 0, total, unit)
    try:
        for number, value in enumerate(values, 1):
            yield value
            report(name, number, total, unit)
    finally:
        end()


@contextmanager
def watch(watcher: Watcher) -> Iterator[None]:
    """Let a renderer watch for as long as the block runs.

    Args:
        watcher: Takes each step.
    """
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        end()
        _watcher.reset(token)
