"""What a push would send, and what came of it, as text: the result first, then the files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator import console
from generator.cli.layout import sign, wrap_for_people

if TYPE_CHECKING:
    from generator.publishing.result import PublishResult


def print_plan(found: PublishResult) -> None:
    """Write what is about to be sent to a repo, file by file."""
    console.status("\n".join(_upload_lines(found)))


def print_published(found: PublishResult, *, dry_run: bool) -> None:
    """Write the result for a repo: its address to standard output, or, in a dry run, what would change."""
    for note in found.notes:
        console.status("\n".join(wrap_for_people(note, "", "  ")))
    if dry_run:
        console.status("\n".join(_upload_lines(found)))
        for change in found.changes:
            if change.diff:
                console.data("\n".join(_diff_line(line) for line in change.diff.splitlines()))
        for reason in found.blocked:
            console.status("\n".join(wrap_for_people(f"push would stop: {reason}", f"{sign('no')} ", "  ")))
        return
    if found.is_unchanged:
        text = "nothing to do, the Hub has all of it."
    elif found.pull_request:
        text = "offered as a pull request, read back and compared."
    elif any(change.change != "kept" for change in found.changes):
        text = f"published as {found.commit}, read back and compared."
    else:
        text = "its settings were changed; the files are as they were."
    console.status(f"{found.repo}: {text}")
    console.data(console.link(found.url, found.url))


def _upload_lines(found: PublishResult) -> Iterator[str]:
    visibility = "private" if found.private else "public"
    yield f"{found.repo} ({f'new {visibility} ' if found.created else ''}{found.kind} repo)"
    for name, value in found.settings.items():
        yield f"  setting  {name}: {value}"
    for change in found.changes:
        size = f" ({change.size:,} bytes)" if change.size is not None else ""
        why = f": {change.why}" if change.why else ""
        yield from wrap_for_people(f"{change.path}{size}{why}", f"  {change.change:<8} ", " " * 11)
    if found.unchanged:
        yield f"  {len(found.unchanged)} file{'s' if len(found.unchanged) != 1 else ''} unchanged"


def _diff_line(line: str) -> str:
    kind = {"+": "added", "-": "removed", "@": "info"}.get(line[:1], "")
    return console.add_colour(kind, line) if kind else line
