"""The only output sink: data to standard output, talk to standard error, and no control characters in either."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from generator.checks.report import Finding, Report
    from generator.publishing.outcome import Published

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_COLOURS = {"error": "31;1", "warning": "33", "info": "36", "accepted": "2", "added": "32", "removed": "31"}


def data(text: str) -> None:
    """Write an answer to standard output."""
    _write(sys.stdout, text)


def talk(text: str) -> None:
    """Write a remark to standard error."""
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
    _write(sys.stdout, json.dumps(value, indent=2, ensure_ascii=False))


@contextlib.contextmanager
def patience(text: str) -> Iterator[None]:
    """Say what is going on, where it takes longer than half a second and somebody is looking.

    Args:
        text: What is going on.
    """
    timer = threading.Timer(0.5, talk, (text,))
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def complain(message: str, remedy: str = "") -> None:
    """Write an error and what to do about it to standard error."""
    label = _coloured("error", "error", sys.stderr)
    talk(f"{label}: {message}" + (f"\n  {remedy}" if remedy else ""))


def report(found: Report) -> None:
    """Write the findings of the gate as text: one paragraph each, summary last."""
    for finding in found.findings:
        data(_finding(finding))
    counts = found.counts
    told = [f"{counts[key]} {key}{'s' if counts[key] != 1 else ''}" for key in ("error", "warning") if counts[key]]
    told += [f"{counts['info']} info"] if counts["info"] else []
    accepted = sum(finding.accepted for finding in found.findings)
    told += [f"{accepted} accepted"] if accepted else []
    gate = "closed" if found.exit_code else "open"
    data(f"{found.release}: {', '.join(told) or 'nothing found'}. The gate is {gate}.")


def _finding(finding: Finding) -> str:
    kind = "accepted" if finding.accepted else finding.severity
    place = f"{finding.file}:{finding.line}:{finding.column}"
    head = f"{place}: {_coloured(kind, kind, sys.stdout)} {finding.rule} {finding.message}"
    clauses = ", ".join(f"{c.license.removeprefix('LicenseRef-')} {c.clause}" for c in finding.clauses)
    lines = [head]
    if clauses:
        lines.append(f"  by {clauses}")
    if finding.framing != "both":
        lines.append(
            f"  stands only where {'data is' if finding.framing == 'program' else 'the weights are'} read as the source"
        )
    if finding.remedy:
        lines.append(f"  {finding.remedy}")
    return "\n".join(lines)


def outlook(found: Published) -> None:
    """Say what is about to be sent to a repo, file by file."""
    talk("\n".join(_outlook(found)))


def published(found: Published, *, dry_run: bool) -> None:
    """Write what became of a repo: its address to standard output, or, where nothing was sent, what would change."""
    for note in found.notes:
        talk(note)
    if dry_run:
        talk("\n".join(_outlook(found)))
        for change in found.changes:
            if change.diff:
                data("\n".join(_diff_line(line) for line in change.diff.splitlines()))
        return
    if not any(change.change != "kept" for change in found.changes):
        talk(f"{found.repo}: nothing to do, all of it is there.")
    elif found.pull_request:
        talk(f"{found.repo}: offered as a pull request, read back and compared.")
    else:
        talk(f"{found.repo}: published as {found.commit}, read back and compared.")
    data(found.url)


def _outlook(found: Published) -> Iterator[str]:
    yield f"{found.repo} ({found.kind} repo{', made anew' if found.created else ''})"
    for change in found.changes:
        size = f" ({change.size:,} bytes)" if change.size is not None else ""
        why = f": {change.why} --force replaces it." if change.why else ""
        yield f"  {change.change:<8} {change.path}{size}{why}"
    if found.unchanged:
        yield f"  {len(found.unchanged)} file{'s' if len(found.unchanged) != 1 else ''} unchanged"


def _diff_line(line: str) -> str:
    kind = {"+": "added", "-": "removed", "@": "info"}.get(line[:1], "")
    return _coloured(kind, line, sys.stdout) if kind else line


def _coloured(kind: str, text: str, stream: TextIO) -> str:
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m"


def _write(stream: TextIO, text: str) -> None:
    """Write a line; what a value holds of control characters is made visible, our own colours pass."""
    parts = re.split(r"(\x1b\[[0-9;]*m)", text) if stream.isatty() else [text]
    shown = "".join(p if i % 2 else _CONTROL.sub(lambda m: f"\\x{ord(m.group()):02x}", p) for i, p in enumerate(parts))
    encoding = stream.encoding or "utf-8"
    stream.write(shown.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    stream.flush()
