"""The only output sink: data to standard output, talk to standard error, and no control characters in either."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from generator.errors import CharterError

if TYPE_CHECKING:
    from generator.publishing.result import PublishResult

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_TOKEN = 19
"""Characters that no token and no password in an address falls below; shorter texts are not searched for one."""
_COLOURS = {"error": "31;1", "warning": "33", "info": "36", "accepted": "2", "faint": "2"}
_COLOURS |= {"added": "32", "removed": "31", "yes": "32", "conditional": "33", "unclear": "35", "no": "31"}


def ready() -> None:
    """Put a place that takes everything and holds nothing where a stream of this process was closed."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - for the whole run


def get_exit_code(code: int) -> int:
    """Return the exit code of the run; 2 where standard output did not take all of the answer.

    Args:
        code: What the command ended with.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            _give_up(stream)
            if stream is sys.stdout and error.errno != errno.EPIPE:
                code = code or 2
        except ValueError:  # it was closed
            continue
    return code


def data(text: str) -> None:
    """Write an answer to standard output."""
    _write(sys.stdout, text)


def status(text: str) -> None:
    """Write a message to standard error."""
    _write(sys.stderr, text)


def width() -> int:
    """Return the columns that text is filled to: the terminal's, at most 120; 100 where there is none."""
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(sys.stdout.fileno()).columns)
    except (OSError, ValueError):
        return 100
    return max(40, min(columns, 120))


def document(value: dict[str, Any] | list[dict[str, Any]]) -> None:
    """Write a JSON document, or a list of several, to standard output."""
    _write(sys.stdout, _json(value))


def documents(values: Iterable[dict[str, Any]]) -> None:
    """Write a JSON list to standard output, each document as it comes, so that none has to be kept.

    Args:
        values: The documents.
    """
    before = "[\n  "
    for value in values:
        _write(sys.stdout, before, end="")
        _write(sys.stdout, _json(value).replace("\n", "\n  "), end="")
        before = ",\n  "
    _write(sys.stdout, "[]" if before[0] == "[" else "\n]")


def make_printable(text: str) -> str:
    """Return a text as standard output shows it: control characters made visible, and what it cannot write."""
    encoding = sys.stdout.encoding or "utf-8"
    return _visible(text).encode(encoding, "backslashreplace").decode(encoding)


def add_colour(kind: str, text: str) -> str:
    """Return a text for standard output in the colour of a severity, `accepted` or `faint`, where colours are shown.

    Args:
        kind: What it is coloured as.
        text: What is coloured.
    """
    return _colour_for(kind, text, sys.stdout)


_T = TypeVar("_T")


def progress(values: Iterable[_T], total: int) -> Iterator[_T]:
    """Yield what comes, and count it on standard error where somebody is looking.

    Args:
        values: What comes.
        total: How many will.
    """
    looking = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    shown_at = 0.0
    for number, value in enumerate(values, 1):
        if shown_at:
            _put(sys.stderr, "\r\x1b[K")  # gone before anything else is said
        yield value
        if looking and number < total and (time.monotonic() - shown_at > 0.1 or not shown_at):
            _put(sys.stderr, f"{number} of {total}")
            shown_at = time.monotonic()


@contextlib.contextmanager
def phases() -> Iterator[Callable[[str], None]]:
    """Show what a long command does, step by step with the time of each, if a person can see it.

    Yields:
        A function that is called with the name of each step.
    """
    visible = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    current: list[tuple[str, float]] = []

    def start(name: str) -> None:
        end()
        current.append((name, time.monotonic()))
        if visible:
            _put(sys.stderr, f"{_visible(name)} …")

    def end() -> None:
        if current and visible:
            name, since = current[-1]
            _put(sys.stderr, f"\r\x1b[K{_visible(name)}: {time.monotonic() - since:.1f} s\n")
        current.clear()

    try:
        yield start
    finally:
        end()


@contextlib.contextmanager
def waiting(text: str) -> Iterator[None]:
    """Say what is going on, where it takes longer than half a second and somebody is looking.

    Args:
        text: What is going on.
    """
    timer = threading.Timer(0.5, status, (text,))
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def print_error(message: str, remedy: str = "") -> None:
    """Write an error and what to do about it to standard error."""
    label = _colour_for("error", "error", sys.stderr)
    status(f"{label}: {message}" + (f"\n  {remedy}" if remedy else ""))


def print_plan(found: PublishResult) -> None:
    """Write what is about to be sent to a repo, file by file."""
    status("\n".join(_upload_lines(found)))


def print_published(found: PublishResult, *, dry_run: bool) -> None:
    """Write the result for a repo: its address to standard output, or, in a dry run, what would change."""
    for note in found.notes:
        status(note)
    if dry_run:
        status("\n".join(_upload_lines(found)))
        for change in found.changes:
            if change.diff:
                data("\n".join(_diff_line(line) for line in change.diff.splitlines()))
        for reason in found.blocked:
            status(f"push would stop: {reason}")
        return
    if found.is_unchanged:
        status(f"{found.repo}: nothing to do, the Hub has all of it.")
    elif found.pull_request:
        status(f"{found.repo}: offered as a pull request, read back and compared.")
    elif any(change.change != "kept" for change in found.changes):
        status(f"{found.repo}: published as {found.commit}, read back and compared.")
    else:
        status(f"{found.repo}: its settings were changed; the files are as they were.")
    data(found.url)


def _upload_lines(found: PublishResult) -> Iterator[str]:
    visibility = "private" if found.private else "public"
    yield f"{found.repo} ({f'new {visibility} ' if found.created else ''}{found.kind} repo)"
    for name, value in found.settings.items():
        yield f"  setting  {name}: {value}"
    for change in found.changes:
        size = f" ({change.size:,} bytes)" if change.size is not None else ""
        why = f": {change.why}" if change.why else ""
        yield f"  {change.change:<8} {change.path}{size}{why}"
    if found.unchanged:
        yield f"  {len(found.unchanged)} file{'s' if len(found.unchanged) != 1 else ''} unchanged"


def _diff_line(line: str) -> str:
    kind = {"+": "added", "-": "removed", "@": "info"}.get(line[:1], "")
    return _colour_for(kind, line, sys.stdout) if kind else line


def _colour_for(kind: str, text: str, stream: TextIO) -> str:
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m"


def _json(value: object) -> str:
    import json

    text = json.dumps(value, indent=2, ensure_ascii=False)
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _visible(text: str) -> str:
    return _CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", text)


def _write(stream: TextIO, text: str, end: str = "\n") -> None:
    """Write a line; control characters of values are made visible, tokens are masked, our own colours pass."""
    if len(text) > _TOKEN:
        from generator.artifacts.secrets import mask_secrets

        text = mask_secrets(text)
    parts = re.split(r"(\x1b\[[0-9;]*m)", text) if stream.isatty() else [text]
    made = "".join(part if number % 2 else _visible(part) for number, part in enumerate(parts))
    encoding = stream.encoding or "utf-8"
    _put(stream, made.encode(encoding, "backslashreplace").decode(encoding) + end)


def _put(stream: TextIO, text: str) -> None:
    """Write a text; a reader that has gone misses nothing, and a lost message does not change how a command ends.

    Raises:
        CharterError: Standard output does not take an answer, as where a disk is full.
    """
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        _give_up(stream)
        if stream is sys.stdout and error.errno != errno.EPIPE:
            remedy = "Write the output to another place, or free space on the disk."
            raise CharterError(f"standard output: {error.strerror or error}.", remedy) from None


def _give_up(stream: TextIO) -> None:
    """Lead a stream nowhere: what it still holds is written when the process ends, and would fail again."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        stream.flush()
