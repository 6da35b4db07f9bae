"""How to publish, and the result for each repo."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from generator.errors import HubError

_TEXT_LIMIT = 1024 * 1024
"""Bytes of a text that is compared line by line."""


class Options(NamedTuple):
    """How to publish.

    Attributes:
        create_pr: Open a pull request instead of committing to the branch.
        revision: The branch, or a pull request such as `refs/pr/3`, in every repo of the release.
        create: Create repos that are missing; None asks.
        private: Make created repos private.
        message: The summary of the commit.
        gated: `auto` or `manual`: make people request access to the repos that hold gated items.
        force: Replace files on the Hub that people wrote or edited: all of them, or only these paths.
        keep: Files on the Hub that people wrote or edited and that stay as they are.
        dry_run: Do everything but change the Hub.
        prune: Delete files on the Hub that earlier releases left: of the layers, and of the bundle.
        create_branch: Create the branch that `revision` names if it is missing.
    """

    create_pr: bool = False
    revision: str | None = None
    create: bool | None = None
    private: bool = False
    message: str | None = None
    gated: str | None = None
    force: bool | tuple[str, ...] = False
    keep: tuple[str, ...] = ()
    dry_run: bool = False
    prune: bool = False
    create_branch: bool = False

    def forces(self, path: str) -> bool:
        """Return whether a file of the Hub is replaced, even if a person wrote it."""
        return self.force if isinstance(self.force, bool) else path in self.force


class Change(NamedTuple):
    """What happens to one file of a repo: `added`, `changed`, `removed` or `kept`; `diff` is empty for binary files."""

    path: str
    change: str
    size: int | None
    diff: str
    why: str = ""


class PublishError(HubError):
    """Publishing failed after something was done on the Hub; `published` are the repos that are finished."""

    def __init__(self, message: str, remedy: str, published: tuple[PublishResult, ...]) -> None:
        super().__init__(message, remedy)
        self.published = published


class PublishResult(NamedTuple):
    """The result for one repo.

    Attributes:
        commit: The commit that holds the content now; None if nothing was sent.
        pull_request: The address of the pull request that was opened or updated.
        created: Whether the repo was created, or would be.
        changes: What differs, file by file.
        unchanged: Files that are the same on the Hub.
        notes: What the person who publishes should know.
        private: Whether only members of the organization see the repo.
        settings: Settings of the repo that were changed, or would be.
        blocked: Why `push` would stop here; only a dry run returns them.
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
    private: bool = False
    settings: Mapping[str, str] = MappingProxyType({})
    blocked: tuple[str, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        """Whether there is nothing to send."""
        return not (self.created or self.settings or any(change.change != "kept" for change in self.changes))

    @property
    def differs(self) -> bool:
        """Whether the Hub differs from what this release describes; files that people edited there count too."""
        return bool(self.created or self.settings or self.changes or self.blocked)

    def to_dict(self) -> dict[str, Any]:
        """Return the entry of `modelcharter.push/1`."""
        changes = [{k: v for k, v in change._asdict().items() if k != "why" or v} for change in self.changes]
        lists = {name: list(getattr(self, name)) for name in ("unchanged", "notes", "blocked")}
        return self._asdict() | lists | {"changes": changes, "settings": dict(self.settings)}


def format_diff(path: str, old: bytes | None, new: bytes) -> str:
    """Return a unified diff of a text, empty for binary content.

    Args:
        path: The path in the repo.
        old: The present content; None for a new file.
        new: The content that will be there.
    """
    if max(len(old or b""), len(new)) > _TEXT_LIMIT:
        return ""
    try:
        before, after = ((side or b"").decode().splitlines(keepends=True) for side in (old, new))
    except UnicodeDecodeError:
        return ""
    lines = difflib.unified_diff(before, after, f"a/{path}" if old is not None else "/dev/null", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
