"""The only output sink: data to standard output, talk to standard error, and no control characters in either."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from generator.errors import CharterError
from generator.patterns import lazy_pattern

_CONTROL = lazy_pattern(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LINK_ID = f"charter-{os.urandom(6).hex()}"
"""Marks the links of this run: no text that was read can hold one of them."""
_OWN = lazy_pattern(rf"(\x1b\[[0-9;]*m|\x1b\]8;id={_LINK_ID};[!-~]*\x1b\\|\x1b\]8;;\x1b\\)")
"""Our colours and links."""
_PLAIN = {
    "✓": "+",
    "✕": "x",
    "·": "-",
    "…": "...",
    "→": "->",
    "“": '"',
    "”": '"',
    "\u2019": "'",
    "\u2013": "-",
    "—": "-",
}
_PLAIN |= {"█": "#", "░": "."}
"""What is written where the encoding of the output does not have a character."""
_LINK_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio", "tmux"})
_LINK_VARIABLES = ("WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "DOMTERM", "FORCE_HYPERLINK")
_VTE = 5000
"""The first version of the library of GNOME's terminals with links: 0.50."""
_LINK_URL = lazy_pattern(r"(?:https?|file)://[!-~]{1,2000}")
NO_BREAK = "\xa0"
"""A space where no line ends."""
_SPACES = lazy_pattern(r"[ \t\n\r\f\v]+")
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


def has_width() -> bool:
    """Return whether the output has a width: it is a terminal, or COLUMNS is set."""
    return sys.stdout.isatty() or bool(os.environ.get("COLUMNS"))


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
    return _encodable(_visible(text), sys.stdout)


def make_plain(text: str) -> str:
    """Return a text as a file may have it: without our colours and links, control characters visible, tokens masked.

    Args:
        text: The text.
    """
    from generator.artifacts.secrets import mask_secrets

    return _visible(mask_secrets(_OWN.sub("", text)))


def add_colour(kind: str, text: str) -> str:
    """Return a text for standard output in the colour of a severity, `accepted` or `faint`, where colours are shown.

    Args:
        kind: What it is coloured as.
        text: What is coloured.
    """
    return _colour_for(kind, text, sys.stdout)


def link(text: str, url: str | None) -> str:
    """Return a text that leads to an address, in a terminal that supports links; the plain text elsewhere.

    Args:
        text: The text; each of its words is linked, so that it can be wrapped.
        url: The address.
    """
    if not url or not _LINK_URL.fullmatch(url) or not supports_links():
        return text
    return " ".join(f"\x1b]8;id={_LINK_ID};{url}\x1b\\{word}\x1b]8;;\x1b\\" for word in text.split(" "))


def count_columns(text: str) -> int:
    """Return the columns that a text takes: wide characters take two, marks, colours and links none."""
    if "\x1b" in text:
        text = _OWN.sub("", text)
    if text.isascii():
        return len(text)
    import unicodedata

    marks = sum(unicodedata.category(char) in ("Mn", "Me", "Cf") for char in text)
    return len(text) - marks + sum(unicodedata.east_asian_width(char) in "WF" for char in text)


def wrap(text: str, first: str = "", rest: str = "", columns: int = 0) -> list[str]:
    """Return a text in lines of the width of the output; no word is split.

    Args:
        text: The text; it may hold our colours and links.
        first: What the first line begins with.
        rest: What the others begin with.
        columns: The width; by default that of the output.
    """
    columns = columns or width()
    lines: list[str] = []
    line, used, is_empty = first, count_columns(first), True
    for word in _split(text, columns - count_columns(rest)):
        size = count_columns(word)
        if not is_empty and used + 1 + size > columns:
            lines.append(line)
            line, used, is_empty = rest, count_columns(rest), True
        line += word if is_empty else f" {word}"
        used += size + (not is_empty)
        is_empty = False
    return [found.replace(NO_BREAK, " ") for found in ([*lines, line.rstrip()] if not is_empty or not lines else lines)]


def _split(text: str, room: int) -> Iterator[str]:
    """The words of a text as they are shown; one without spaces, as in Chinese, is cut between characters."""
    parts = _OWN.split(text) if "\x1b" in text else [text]
    ready_ = "".join(part if number % 2 else make_printable(part) for number, part in enumerate(parts))
    for word in filter(None, _SPACES.split(ready_)):
        if word.isascii() or count_columns(word) <= room or "\x1b" in word:
            yield word
            continue
        piece, used = "", 0
        for char in word:
            size = count_columns(char)
            if used + size > room and size:
                yield piece
                piece, used = "", 0
            piece, used = piece + char, used + size
        yield piece


def _renew_lock() -> None:
    """A process that is forked while a line is drawn has a lock of its own."""
    global _transient_lock, _transient
    _transient_lock, _transient = threading.RLock(), False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


def has_viewer() -> bool:
    """Return whether a person can see what is written to standard error now."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


_transient_lock = threading.RLock()
_transient = False
"""Whether a line is shown that the next output replaces."""


def show_transient(text: str) -> None:
    """Show a line on standard error that the next output replaces.

    Args:
        text: The line.
    """
    global _transient
    with _transient_lock:
        _put(sys.stderr, f"\r{_encodable(_visible(text), sys.stderr)}\x1b[K")
        _transient = True


def clear_transient() -> None:
    """Remove the line that `show_transient` shows."""
    global _transient
    with _transient_lock:
        if _transient:
            _put(sys.stderr, "\r\x1b[K")
            _transient = False


def print_error(message: str, remedy: str = "") -> None:
    """Write an error and what to do about it to standard error."""
    from generator.translations import pgettext

    label = _colour_for("error", pgettext("severity", "error"), sys.stderr)
    status(f"{label}: {message}" + (f"\n  {remedy}" if remedy else ""))


def _is_plain(stream: TextIO) -> bool:
    return not stream.isatty() or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def supports_links() -> bool:
    """Return whether standard output is a terminal that is known to support links (OSC 8)."""
    if _is_plain(sys.stdout):
        return False
    known = os.environ.get("TERM_PROGRAM") in _LINK_PROGRAMS or any(map(os.environ.get, _LINK_VARIABLES))
    vte = os.environ.get("VTE_VERSION", "")
    return known or (vte.isdigit() and int(vte) >= _VTE) or "kitty" in os.environ.get("TERM", "")


def _colour_for(kind: str, text: str, stream: TextIO) -> str:
    if _is_plain(stream):
        return text
    return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m"


def _json(value: object) -> str:
    import json

    is_utf8 = (sys.stdout.encoding or "utf-8").lower().replace("-", "") == "utf8"
    text = json.dumps(value, indent=2, ensure_ascii=not is_utf8)
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _visible(text: str) -> str:
    return _CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", text)


def _write(stream: TextIO, text: str, end: str = "\n") -> None:
    """Write a line; control characters of values are made visible, tokens are masked, our own colours pass."""
    if len(text) > _TOKEN:
        from generator.artifacts.secrets import mask_secrets

        text = mask_secrets(text)
    parts = _OWN.split(text) if stream.isatty() else [text]
    made = "".join(part if number % 2 else _visible(part) for number, part in enumerate(parts))
    with _transient_lock:
        clear_transient()
        _put(stream, _encodable(made, stream) + end)


def _encodable(text: str, stream: TextIO) -> str:
    """A text as a stream can write it: signs become plain ones, and other characters are spelled as their codes."""
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        known = "".join(char if _can_encode(char, encoding) else _PLAIN.get(char, char) for char in text)
        return known.encode(encoding, "backslashreplace").decode(encoding)
    return text


def _can_encode(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


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
            from generator.translations import gettext as _

            remedy = _("Write the output to another place, or free space on the disk.")
            raise CharterError(
                _("standard output: {reason}.").format(reason=_(error.strerror or str(error))), remedy
            ) from None


def _give_up(stream: TextIO) -> None:
    """Lead a stream nowhere: what it still holds is written when the process ends, and would fail again."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        stream.flush()
