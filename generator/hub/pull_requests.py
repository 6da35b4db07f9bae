"""The open pull requests of a repo."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import NamedTuple

from generator.errors import HubError
from generator.hub.client import Connection, call_hub
from generator.hub.repo import Remote

_LIMIT = 20
"""Pull requests that are looked at, the newest."""


class PullRequest(NamedTuple):
    """An open pull request."""

    number: int
    title: str
    url: str

    @property
    def revision(self) -> str:
        """The revision that holds its files."""
        return f"refs/pr/{self.number}"


def open_pull_requests(connection: Connection, remote: Remote) -> list[PullRequest]:
    """Return the open pull requests of a repo, the newest first; nothing if the server does not list them.

    Args:
        connection: The Hub.
        remote: The repo.
    """
    call = partial(
        connection.api.get_repo_discussions,
        remote.repo,
        repo_type=remote.kind,
        discussion_type="pull_request",
        discussion_status="open",
    )
    try:
        found = call_hub(connection, remote.repo, lambda: list(islice(call(), _LIMIT)))
    except HubError:
        return []
    return [PullRequest(one.num, one.title, one.url) for one in found if one.is_pull_request and one.status == "open"]
