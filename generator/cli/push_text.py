"""What a push would send, and what came of it, as text: the result first, then the files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator import console
from generator.cli.layout import sign, wrap_for_people
from generator.translations import format_number, mark_in_context, ngettext, pgettext
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.publishing.result import PublishResult

_CHANGES = (
    mark_in_context("change of a file", "added"),
    mark_in_context("change of a file", "changed"),
    mark_in_context("change of a file", "removed"),
    mark_in_context("change of a file", "kept"),
)


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
            console.status(
                "\n".join(wrap_for_people(_("push would stop: {reason}").format(reason=reason), f"{sign('no')} ", "  "))
            )
        return
    if found.is_unchanged:
        text = _("{repo}: nothing to do, the Hub has all of it.")
    elif found.pull_request:
        text = _("{repo}: offered as a pull request, read back and compared.")
    elif any(change.change != "kept" for change in found.changes):
        text = _("{repo}: published as {commit}, read back and compared.")
    else:
        text = _("{repo}: its settings were changed; the files are as they were.")
    console.status(text.format(repo=found.repo, commit=found.commit))
    console.data(console.link(found.url, found.url))


def _upload_lines(found: PublishResult) -> Iterator[str]:
    yield _repo_line(found)
    for name, value in found.settings.items():
        yield "  " + _("setting  {name}: {value}").format(name=name, value=value)
    words = {word: pgettext("change of a file", word) for word in _CHANGES}
    columns = max(8, *(console.count_columns(word) for word in words.values()))
    for change in found.changes:
        size = ""
        if change.size is not None:
            size = ngettext("({number} byte)", "({number} bytes)", change.size).format(
                number=format_number(change.size)
            )
        why = f": {change.why}" if change.why else ""
        word = words[change.change]
        gap = " " * (columns - console.count_columns(word))
        yield from wrap_for_people(f"{change.path} {size}".rstrip() + why, f"  {word}{gap} ", " " * (columns + 3))
    if number := len(found.unchanged):
        yield "  " + ngettext("{number} file unchanged", "{number} files unchanged", number).format(number=number)


def _repo_line(found: PublishResult) -> str:
    """The repo, and what it is."""
    if not found.created:
        texts = {"model": _("{repo} (model repo)"), "dataset": _("{repo} (dataset repo)")}
    elif found.private:
        texts = {"model": _("{repo} (new private model repo)"), "dataset": _("{repo} (new private dataset repo)")}
    else:
        texts = {"model": _("{repo} (new public model repo)"), "dataset": _("{repo} (new public dataset repo)")}
    return texts[found.kind].format(repo=found.repo)


def _diff_line(line: str) -> str:
    kind = {"+": "added", "-": "removed", "@": "info"}.get(line[:1], "")
    return console.add_colour(kind, line) if kind else line
