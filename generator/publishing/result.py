"""How to publish, and what became of it."""

from __future__ import annotations

import difflib
from typing import Any, NamedTuple

_TEXT_LIMIT = 1024 * 1024
"""Bytes of a text that is compared line by line."""


class Options(NamedTuple):
    """How to publish.

    Attributes:
        create_pr: Offer it as a pull request.
        revision: The branch, or a pull request such as `refs/pr/3`.
        create: Make a repo that is not there; None asks.
        private: Make it private.
        message: What the commit is called.
        gated: `auto` or `manual`: have the Hub ask people before it gives them the files.
        force: Replace remote files that were edited by hand.
        dry_run: Do everything but the commit.
    """

    create_pr: bool = False
    revision: str | None = None
    create: bool | None = None
    private: bool = False
    message: str | None = None
    gated: str | None = None
    force: bool = False
    dry_run: bool = False


class Change(NamedTuple):
    """What happens to one file of a repo: `added`, `changed`, `removed` or `kept`; `diff` is empty for no text."""

    path: str
    change: str
    size: int | None
    diff: str
    why: str = ""


class Published(NamedTuple):
    """What became of one repo.

    Attributes:
        commit: The commit that holds the content now; None where nothing was sent.
        pull_request: The address of the pull request that was opened.
        created: Whether the repo was made, or would be.
        changes: What differs, file by file.
        unchanged: Files that stand there as they are.
        notes: What is to be said about it.
    """

    repo: str
    kind: str
    url: str
    commit: str | None
    pull_request: str | None
    created: bool
    changes: tuple[Change, ...]
    unchanged: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether there is anything to send."""
        return self.created or any(change.change != "kept" for change in self.changes)

    def to_dict(self) -> dict[str, Any]:
        """Return it as it stands in `modelcharter.push/1`."""
        changes = [{k: v for k, v in change._asdict().items() if k != "why" or v} for change in self.changes]
        return self._asdict() | {"changes": changes, "unchanged": list(self.unchanged), "notes": list(self.notes)}


def unified(path: str, old: bytes | None, new: bytes) -> str:
    """Return a unified diff of a text, empty for what is no text.

    Args:
        path: The path in the repo.
        old: What stands there; None where nothing does.
        new: What will.
    """
    if max(len(old or b""), len(new)) > _TEXT_LIMIT:
        return ""
    try:
        before, after = ((side or b"").decode().splitlines(keepends=True) for side in (old, new))
    except UnicodeDecodeError:
        return ""
    lines = difflib.unified_diff(before, after, f"a/{path}" if old is not None else "/dev/null", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
