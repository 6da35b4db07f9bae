"""One commit to the Hub: sent once, looked for where the answer is lost, read back and compared."""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from generator.errors import HubError
from generator.hub.client import Connection, asked, status_of
from generator.hub.repo import CARD, Content, Remote, content_of, holds, page, read_remote

_LOOKS = (0.0, 1.0, 3.0)
"""Seconds before each look for a commit whose answer was lost."""
_LONG_LOOKS = (0.0, 2.0, 5.0, 10.0)
"""The same where the Hub was silent: it may still be at work."""
_COMMIT = re.compile(r"[0-9a-f]{5,40}")
_OVERTAKEN = (409, 412)


class Overtaken(HubError):
    """Somebody else committed in the meantime."""


class RefusedCard(HubError):
    """The Hub refuses the card; `complaints` are its words."""

    def __init__(self, repo: str, complaints: tuple[str, ...]) -> None:
        words = "".join(f"\n  {line}" for line in complaints)
        super().__init__(f"{repo}: the Hub refuses the front matter of {CARD}:{words}", "Mend it in the release file.")
        self.complaints = complaints


class Sent(NamedTuple):
    """What became of a commit.

    Attributes:
        commit: Where the content stands now.
        pull_request: The address of the pull request, where one was opened.
        revision: What to read to see it: the commit, or the pull request's.
        remarks: What the Hub remarked, or what had to be found out.
    """

    commit: str
    url: str
    pull_request: str | None
    revision: str
    remarks: tuple[str, ...]


class Wanted(NamedTuple):
    """What is to be committed.

    Attributes:
        remote: The repo as it was read; the commit is refused where it has changed since.
        put: Content by path.
        removed: Paths that go.
        message: The summary of the commit.
        create_pr: Offer it as a pull request instead.
    """

    remote: Remote
    put: Mapping[str, Content]
    removed: tuple[str, ...]
    message: str
    create_pr: bool

    @property
    def where(self) -> dict[str, Any]:
        """Repo, branch and manner, as the client's calls take them."""
        return {
            "repo_id": self.remote.repo,
            "repo_type": self.remote.kind,
            "revision": self.remote.revision,
            "create_pr": self.create_pr,
        }


def send(connection: Connection, wanted: Wanted) -> Sent:
    """Commit files to a repo, based on what was read of it.

    Args:
        connection: Whom to ask.
        wanted: What is to be committed, and where.

    Raises:
        Overtaken: The repo has changed since it was read; nothing was committed.
        RefusedCard: The Hub refuses the front matter; nothing was committed.
        HubError: It failed; nothing was committed, or the message says that this is not known.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    remote = wanted.remote
    adds = [
        CommitOperationAdd(path, content if isinstance(content, bytes) else str(content))
        for path, content in sorted(wanted.put.items())
    ]
    if ".gitignore" in remote.files or ".gitignore" in wanted.put:
        _refuse_ignored(connection, wanted, adds)
    call = partial(
        connection.api.create_commit,
        operations=[*adds, *(CommitOperationDelete(path, is_folder=False) for path in wanted.removed)],
        commit_message=wanted.message,
        parent_commit=_base(connection, remote),
        **wanted.where,
    )
    with warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always")
        try:
            info = _sent(connection, remote, call)
        except _Lost as lost:
            return _looked_for(connection, wanted, lost)
    said = [line[2:] for r in remarks for line in str(r.message).splitlines() if line.startswith("- ")]
    if not (info.pr_url if wanted.create_pr else info.oid != remote.commit):
        said.append("The Hub had all of it already, so there is no new commit.")
    revision = (info.pr_revision if info.pr_url else None) or info.oid
    return Sent(info.oid, info.commit_url, info.pr_url, revision, tuple(said))


def _base(connection: Connection, remote: Remote) -> str | None:
    """The commit that ours is based on, as the client takes it: hexadecimal.

    A server that names commits otherwise is asked once more just before.
    """
    if remote.commit is None or _COMMIT.fullmatch(remote.commit):
        return remote.commit
    now = read_remote(connection, remote.repo, remote.kind, remote.revision)
    if now.commit != remote.commit:
        raise _overtaken(connection, remote, now)
    return None


class _Lost(Exception):
    """No answer says that the commit was made, so that it may have been; `looks` says how long to look for it."""

    def __init__(self, told: HubError, looks: tuple[float, ...]) -> None:
        super().__init__(told.message)
        self.told, self.looks = told, looks


def _sent(connection: Connection, remote: Remote, call: partial[Any]) -> Any:  # noqa: ANN401 - CommitInfo
    """The client's answer; its failures told apart: refused, overtaken, lost."""
    try:
        return asked(connection, remote.repo, call, again=False)
    except HubError as error:
        cause, status = error.__cause__, status_of(error.__cause__)
        if status in _OVERTAKEN:
            now = read_remote(connection, remote.repo, remote.kind, remote.revision)
            raise _overtaken(connection, remote, now) from error
        if isinstance(cause, ValueError) and str(cause).startswith("Invalid metadata"):
            words = tuple(line[2:] for line in str(cause).splitlines() if line.startswith("- "))
            raise RefusedCard(remote.repo, words) from error
        if status == 400 and (words := _messages(_body(cause), "errors")):
            raise RefusedCard(remote.repo, words) from error
        looks = _LONG_LOOKS if status in (None, 408, 504) else _LOOKS if status >= 500 else _LOOKS[:1]
        raise _Lost(error, looks) from error


def _refuse_ignored(connection: Connection, wanted: Wanted, adds: list[Any]) -> None:
    """Stop where the repo's .gitignore drops a file: the client would leave it out and call it a success."""
    call = partial(connection.api.preupload_lfs_files, additions=adds, free_memory=False, **wanted.where)
    asked(connection, wanted.remote.repo, call, again=False)
    dropped = [add.path_in_repo for add in adds if getattr(add, "_should_ignore", False)]
    if dropped:
        raise HubError(
            f"{wanted.remote.repo}: its .gitignore drops {', '.join(dropped)}; nothing was published.",
            "Take the pattern out of the repo's .gitignore, then push again.",
        )


def _looked_for(connection: Connection, wanted: Wanted, lost: _Lost) -> Sent:
    """What became of a commit whose answer was lost: the repo itself is asked."""
    remote, known = wanted.remote, False
    for wait in lost.looks:
        time.sleep(wait)
        try:
            for now, url in _places(connection, wanted):
                if now.commit and _stands(connection, now, wanted):
                    address = f"{page(connection, remote)}/commit/{now.commit}"
                    note = "The answer to the commit was lost; the repo shows that it was made."
                    return Sent(now.commit, address, url, now.revision or now.commit, (note,))
                if not wanted.create_pr and now.commit != remote.commit:
                    raise _overtaken(connection, remote, now)
            known = True
        except Overtaken:
            raise
        except HubError:
            known = False
    if not known:
        where = f"{page(connection, remote)}/{'discussions' if wanted.create_pr else 'commits'}"
        raise HubError(
            f"{lost.told.message} Whether the commit was made is not known: {remote.repo} cannot be read either.",
            f"Look at {where}, then push again: what is there already is not sent twice.",
        ) from lost.told
    raise HubError(f"{lost.told.message} The repo is as it was.", lost.told.remedy) from lost.told


def _places(connection: Connection, wanted: Wanted) -> Iterator[tuple[Remote, str | None]]:
    """Where the commit may stand: at the head of its branch, or in a pull request with its title."""
    remote = wanted.remote
    if not wanted.create_pr:
        yield read_remote(connection, remote.repo, remote.kind, remote.revision), None
        return
    call = partial(connection.api.get_repo_discussions, remote.repo, repo_type=remote.kind)
    for found in asked(connection, remote.repo, lambda: list(call()))[:20]:
        if found.is_pull_request and found.title == wanted.message:
            yield read_remote(connection, remote.repo, remote.kind, f"refs/pr/{found.num}"), found.url


def _stands(connection: Connection, now: Remote, wanted: Wanted) -> bool:
    """Whether a repo holds all that was sent."""
    put = all(holds(connection, now, path, content) for path, content in wanted.put.items())
    return put and not set(wanted.removed) & now.files.keys()


def _overtaken(connection: Connection, remote: Remote, now: Remote) -> Overtaken:
    """Who changed what since the repo was read."""
    paths = sorted(
        path for path in remote.files.keys() | now.files.keys() if remote.files.get(path) != now.files.get(path)
    )
    what = ", ".join(paths[:5]) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "") or "something"
    who = "somebody"
    try:
        call = partial(connection.api.list_repo_commits, remote.repo, repo_type=remote.kind, revision=remote.revision)
        newest = asked(connection, remote.repo, call)[0]
        if newest.commit_id != remote.commit:
            who = f"{', '.join(newest.authors) or who} (“{newest.title}”)"
    except (HubError, IndexError):
        pass  # the Hub need not tell who it was
    return Overtaken(f"{remote.repo}: {who} changed {what} in the meantime.", "Push again to merge with it.")


def verify(connection: Connection, remote: Remote, sent: Sent, put: Mapping[str, Content]) -> Remote:
    """Read a commit back, and return the repo as it stands there.

    Args:
        connection: Whom to ask.
        remote: The repo as it was before.
        sent: What became of the commit.
        put: What it was to hold.

    Raises:
        HubError: It holds something else, or cannot be read back; the message says that the commit was made.
    """
    made = f"{remote.repo}: the commit was made ({sent.pull_request or sent.url})"
    try:
        now = _read_back(connection, remote, sent)
        missing = [path for path in put if path not in now.files]
        other = [p for p in put if p not in missing and not holds(connection, now, p, put[p])]
        card = put.get(CARD)
        if isinstance(card, bytes) and not (missing or other) and content_of(connection, now, CARD) != card:
            other.append(CARD)
    except HubError as error:
        raise HubError(
            f"{made}, but could not be read back: {error.message}", "Push again; it is compared anew."
        ) from error
    if missing:
        raise HubError(
            f"{made}, but {', '.join(missing)} did not arrive: the repo's .gitignore drops such files.",
            "Take the pattern out of the repo's .gitignore, then push again.",
        )
    if other:
        raise HubError(f"{made}, but {', '.join(other)} reads differently there.", "Push again, and tell the Hub.")
    return now


def _read_back(connection: Connection, remote: Remote, sent: Sent) -> Remote:
    """The repo at the commit; a server that knows no commits by their id is asked for the branch."""
    try:
        return read_remote(connection, remote.repo, remote.kind, sent.revision)
    except HubError as error:
        if sent.pull_request or status_of(error.__cause__) != 404:
            raise
        return read_remote(connection, remote.repo, remote.kind, remote.revision)


def judged_card(connection: Connection, remote_repo: str, kind: str, card: str) -> tuple[str, ...]:
    """Have the Hub judge a card without sending it anywhere, and return what it remarks.

    Args:
        connection: Whom to ask.
        remote_repo: The repo it is for.
        kind: `model` or `dataset`.
        card: The text.

    Raises:
        RefusedCard: The Hub refuses it.
        HubError: It cannot be asked.
    """
    from huggingface_hub import get_session, hf_raise_for_status

    def call() -> tuple[str, ...]:
        body = {"content": card, "repoType": kind}
        reply = get_session().post(f"{connection.endpoint}/api/validate-yaml", json=body, headers=connection.headers())
        value = reply.json() if reply.status_code in (200, 400) else {}
        if reply.status_code == 400 and (words := _messages(value, "errors")):
            raise RefusedCard(remote_repo, words)
        hf_raise_for_status(reply)
        return _messages(value, "warnings")

    return asked(connection, remote_repo, call)


def _body(error: BaseException | None) -> Any:  # noqa: ANN401 - what the Hub answered
    """The JSON that came with an error; None where it is none."""
    try:
        return error.response.json()  # type: ignore[union-attr] # an error with a status has a response
    except ValueError:
        return None


def _messages(value: Any, key: str) -> tuple[str, ...]:  # noqa: ANN401 - what the Hub answered
    entries = value.get(key) if isinstance(value, dict) else None
    held = [e.get("message") for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    return tuple(" ".join(str(text).split()) for text in held if text)
