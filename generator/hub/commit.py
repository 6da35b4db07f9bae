"""One commit to the Hub: sent once, searched for if the answer is lost, read back and compared."""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from generator import progress
from generator.errors import HubError
from generator.hub.client import Connection, call_hub, progress_bars, status_of
from generator.hub.repo import (
    Content,
    Remote,
    RemoteCommit,
    has_content,
    page_url,
    read_history,
    read_remote,
)
from generator.translations import format_names, ngettext
from generator.translations import gettext as _

CARD = "README.md"
_WAITS = (0.0, 1.0, 3.0)
"""Seconds before each search for a commit whose answer was lost."""
_LONG_WAITS = (0.0, 2.0, 5.0, 10.0)
"""The same for a Hub that did not answer: it may still be working."""
_COMMIT = re.compile(r"[0-9a-f]{5,40}")
_CONFLICT = (409, 412)
_REFUSED = (400, 401, 402, 403, 404, 405, 410, 413, 422, 501)
"""A server that answers with one of these made no commit."""


class RepoChanged(HubError):
    """Somebody else committed in the meantime."""


class RefusedCard(HubError):
    """The Hub refuses the card; `messages` are its words."""

    def __init__(self, repo: str, messages: tuple[str, ...]) -> None:
        words = "".join(f"\n  {line}" for line in messages)
        message = _("{repo}: the Hub refuses the front matter of {file}:").format(repo=repo, file=CARD)
        super().__init__(f"{message}{words}", _("Fix it in the release file."))
        self.messages = messages


class CommitResult(NamedTuple):
    """The result of a commit.

    Attributes:
        commit: The id of the commit.
        pull_request: The address of the pull request, if one was opened.
        revision: What to read to see it: the commit, or the pull request's.
        notes: What the Hub warned about, or what charter had to find out.
    """

    commit: str
    url: str
    pull_request: str | None
    revision: str
    notes: tuple[str, ...]


class CommitRequest(NamedTuple):
    """What to commit.

    Attributes:
        remote: The repo as it was read; the Hub refuses the commit if the repo has changed since.
        put: Content by path.
        removed: Paths to delete.
        message: The summary of the commit.
        create_pr: Open a pull request instead.
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

    @property
    def history(self) -> str:
        """Where the repo's pages list its commits or pull requests."""
        return "discussions" if self.create_pr else f"commits/{self.remote.revision or 'main'}"


def send_commit(connection: Connection, request: CommitRequest) -> CommitResult:
    """Commit files to a repo, based on what was read of it.

    Args:
        connection: The Hub.
        request: What to commit, and where.

    Raises:
        RepoChanged: The repo has changed since it was read; nothing was committed.
        RefusedCard: The Hub refuses the front matter; nothing was committed.
        HubError: It failed; nothing was committed, or the message says that this is not known.
    """
    from huggingface_hub import CommitOperationDelete

    remote, adds = request.remote, _additions(request.put)
    if dropped := find_ignored_files(connection, remote, request.put, create_pr=request.create_pr):
        raise HubError(
            _("{repo}: the repo's .gitignore drops {files}. Nothing was published.").format(
                repo=remote.repo, files=", ".join(dropped)
            ),
            _("Take the pattern out of the repo's .gitignore, then push again."),
        )
    call = partial(
        connection.api.create_commit,
        operations=[*adds, *(CommitOperationDelete(path, is_folder=False) for path in request.removed)],
        commit_message=request.message,
        parent_commit=_base(connection, remote),
        **request.where,
    )
    large = any(isinstance(content, Path) for content in request.put.values())
    # The client shows large files in bars of its own.
    sending = nullcontext() if large else progress.step(_sending(request))
    with warnings.catch_warnings(record=True) as caught, progress_bars(shown=large), sending:
        warnings.simplefilter("always")
        try:
            info = _answer(connection, remote, call)
        except _Lost as lost:
            return _find_commit(connection, request, lost)
    notes = [line[2:] for w in caught for line in str(w.message).splitlines() if line.startswith("- ")]
    if not (info.pr_url if request.create_pr else info.oid != remote.commit):
        notes.append(_("The Hub had all of it already, so there is no new commit."))
    revision = (info.pr_revision if info.pr_url else None) or info.oid
    url, pull = (_absolute(connection, address) for address in (info.commit_url, info.pr_url))
    return CommitResult(info.oid, url or "", pull, revision, tuple(notes))


def _sending(request: CommitRequest) -> str:
    number = len(request.put)
    text = ngettext("Sending {number} file to {repo}", "Sending {number} files to {repo}", number)
    return text.format(number=number, repo=request.remote.repo)


def find_ignored_files(
    connection: Connection, remote: Remote, put: Mapping[str, Content], *, create_pr: bool = False
) -> tuple[str, ...]:
    """Return the files that the repo's .gitignore drops: the client would leave them out and report success.

    Args:
        connection: The Hub.
        remote: The repo.
        put: What would be sent.
        create_pr: Whether it would be sent as a pull request.

    Raises:
        HubError: The Hub cannot be reached.
    """
    if ".gitignore" not in remote.files and ".gitignore" not in put:
        return ()
    from huggingface_hub._commit_api import _fetch_upload_modes

    adds = _additions(put)
    where = {"repo_type": remote.kind, "repo_id": remote.repo, "revision": remote.revision or "main"}
    call = partial(
        _fetch_upload_modes, adds, headers=connection.headers(), endpoint=connection.endpoint, create_pr=create_pr
    )
    call_hub(connection, remote.repo, partial(call, **where))
    return tuple(add.path_in_repo for add in adds if getattr(add, "_should_ignore", False))


def _additions(put: Mapping[str, Content]) -> list[Any]:
    from huggingface_hub import CommitOperationAdd

    return [
        CommitOperationAdd(path, content if isinstance(content, bytes) else str(content))
        for path, content in sorted(put.items())
    ]


def _absolute(connection: Connection, address: str | None) -> str | None:
    """The address that a server answered; some answer one without their host."""
    return address if not address or "://" in address else f"{connection.endpoint}/{address.lstrip('/')}"


def _base(connection: Connection, remote: Remote) -> str | None:
    """The commit that ours is based on, as the client takes it: hexadecimal.

    A server that names commits otherwise is read once more just before.
    """
    if remote.commit is None or _COMMIT.fullmatch(remote.commit):
        return remote.commit
    now = read_remote(connection, remote.repo, remote.kind, remote.revision)
    if now.commit != remote.commit:
        raise _repo_changed_error(connection, remote, now)
    return None


class _Lost(Exception):
    """No answer says whether the commit was made; `waits` are the seconds before each search for it."""

    def __init__(self, error: HubError, status: int | None, waits: tuple[float, ...]) -> None:
        super().__init__(error.message)
        self.error, self.status, self.waits = error, status, waits


def _answer(connection: Connection, remote: Remote, call: partial[Any]) -> Any:  # noqa: ANN401 - CommitInfo
    """The client's answer; its failures by kind: card refused, repo changed, answer lost."""
    try:
        return call_hub(connection, remote.repo, call, again=False)
    except HubError as error:
        cause, status = error.__cause__, status_of(error.__cause__)
        if status in _CONFLICT:
            now = read_remote(connection, remote.repo, remote.kind, remote.revision)
            raise _repo_changed_error(connection, remote, now) from error
        if isinstance(cause, ValueError) and str(cause).startswith("Invalid metadata"):
            words = tuple(line[2:] for line in str(cause).splitlines() if line.startswith("- "))
            raise RefusedCard(remote.repo, words) from error
        if status == 400 and (words := _messages(_body(cause), "errors")):
            raise RefusedCard(remote.repo, words) from error
        waits = _LONG_WAITS if status in (None, 408, 504) else _WAITS if status >= 500 else _WAITS[:1]
        raise _Lost(error, status, waits) from error


def _find_commit(connection: Connection, request: CommitRequest, lost: _Lost) -> CommitResult:
    """What became of a commit whose answer was lost: the repo itself is read."""
    remote, known = request.remote, False
    for wait in lost.waits:
        time.sleep(wait)
        try:
            for now, url in _places(connection, request):
                if now.commit and _has_all(connection, now, request):
                    address = f"{page_url(connection, remote)}/commit/{now.commit}"
                    note = _("The answer to the commit was lost, but the repo shows that it was made.")
                    return CommitResult(now.commit, address, url, now.revision or now.commit, (note,))
                if not request.create_pr and now.commit != remote.commit:
                    raise _repo_changed_error(connection, remote, now)
            known = True
        except RepoChanged:
            raise
        except HubError:
            known = False
    if known or lost.status in _REFUSED:
        raise HubError(f"{lost.error.message} " + _("Nothing was committed."), lost.error.remedy) from lost.error
    where = f"{page_url(connection, remote)}/{request.history}"
    raise HubError(
        f"{lost.error.message} " + _("Whether the commit was made is not known: the repo cannot be read now."),
        _("Check {url}, then push again: what is there already is not sent twice.").format(url=where),
    ) from lost.error


def _places(connection: Connection, request: CommitRequest) -> Iterator[tuple[Remote, str | None]]:
    """Where the commit may be: at the head of its branch, or in a pull request with its title."""
    remote = request.remote
    if not request.create_pr:
        yield read_remote(connection, remote.repo, remote.kind, remote.revision), None
        return
    call = partial(connection.api.get_repo_discussions, remote.repo, repo_type=remote.kind)
    for found in call_hub(connection, remote.repo, lambda: list(call()))[:20]:
        if found.is_pull_request and found.title == request.message:
            yield read_remote(connection, remote.repo, remote.kind, f"refs/pr/{found.num}"), found.url


def _has_all(connection: Connection, now: Remote, request: CommitRequest) -> bool:
    """Whether a repo holds all that was sent."""
    put = all(has_content(connection, now, path, content) for path, content in request.put.items())
    return put and not set(request.removed) & now.files.keys()


def _repo_changed_error(connection: Connection, remote: Remote, now: Remote) -> RepoChanged:
    """Who changed what since the repo was read."""
    paths = sorted(
        path for path in remote.files.keys() | now.files.keys() if remote.files.get(path) != now.files.get(path)
    )
    newest = next(iter(read_history(connection, remote, remote.revision or "main")), None)
    author = _author(newest) if newest and newest.id != remote.commit else ""
    if not paths:
        text = (
            _("{repo}: {author} changed the repo in the meantime.")
            if author
            else _("{repo}: somebody changed the repo in the meantime.")
        )
    else:
        text = (
            _("{repo}: {author} changed {files} in the meantime.")
            if author
            else _("{repo}: somebody changed {files} in the meantime.")
        )
    message = text.format(repo=remote.repo, author=author, files=format_names(paths, 5))
    return RepoChanged(message, _("Push again to merge with it."))


def _author(commit: RemoteCommit) -> str:
    return f"{', '.join(commit.authors) or '?'} (“{commit.title}”)"


def verify_commit(connection: Connection, request: CommitRequest, sent: CommitResult) -> Remote:
    """Read a commit back and compare it; return the repo as it is there.

    Args:
        connection: The Hub.
        request: What was committed, and the repo as it was before.
        sent: The result of the commit.

    Raises:
        HubError: The Hub holds something else, the commit is not based on what was read, or it cannot be read
            back; the message says that the commit was made.
    """
    remote, put = request.remote, request.put
    made = {"repo": remote.repo, "url": sent.pull_request or sent.url}
    try:
        now = _read_back(connection, remote, sent)
        missing = [path for path in put if path not in now.files]
        other = [p for p in put if p not in missing and not has_content(connection, now, p, put[p])]
        lost = [] if sent.pull_request else _overwritten(connection, remote, sent)
    except HubError as error:
        raise HubError(
            _("{repo}: the commit was made ({url}), but could not be read back: {message}").format(
                **made, message=error.message
            ),
            _("Push again: charter compares it then."),
        ) from error
    if (missing or other) and sent.commit == remote.commit:
        message = _("{repo}: the Hub reported success, but made no commit. Nothing was published.").format(
            repo=remote.repo
        )
        raise HubError(message, _("Push again. If that does not help, report it to those who run this Hub."))
    if missing:
        raise HubError(
            _(
                "{repo}: the commit was made ({url}), but {files} did not arrive: the repo's .gitignore drops such "
                "files."
            ).format(**made, files=", ".join(missing)),
            _("Take the pattern out of the repo's .gitignore, then push again."),
        )
    if other:
        raise HubError(
            _("{repo}: the commit was made ({url}), but {files} reads differently there.").format(
                **made, files=", ".join(other)
            ),
            _("Push again. If that does not help, report it to those who run this Hub."),
        )
    if lost:
        entry = _("{commit} by {author}")
        names = "\n".join(f"  {entry.format(commit=commit.id, author=_author(commit))}" for commit in lost)
        raise HubError(
            _(
                "{repo}: the commit was made ({url}), but the Hub did not base it on the newest commit. "
                "These changes may be overwritten:"
            ).format(**made)
            + f"\n{names}",
            _("Look at {url} and add what is missing there.").format(
                url=f"{page_url(connection, remote)}/{request.history}"
            ),
        )
    return now


def _read_back(connection: Connection, remote: Remote, sent: CommitResult) -> Remote:
    """The repo at the commit; a server that knows no commits by their id is read by the branch."""
    try:
        return read_remote(connection, remote.repo, remote.kind, sent.revision)
    except HubError as error:
        if sent.pull_request or status_of(error.__cause__) != 404:
            raise
        return read_remote(connection, remote.repo, remote.kind, remote.revision)


def _overwritten(connection: Connection, remote: Remote, sent: CommitResult) -> list[RemoteCommit]:
    """The commits of other people between what was read and ours: the Hub let ours replace them.

    A Hub that keeps to `parent_commit` refuses such a commit; others accept it.
    """
    if remote.commit is None or sent.commit == remote.commit:
        return []
    history = read_history(connection, remote, remote.revision or "main")
    ids = [commit.id for commit in history]
    if remote.commit not in ids:
        return []
    if sent.commit not in ids:
        raise HubError(_("the history of the branch does not show it."))
    return history[ids.index(sent.commit) + 1 : ids.index(remote.commit)]


def validate_card(connection: Connection, repo: str, kind: str, card: str) -> tuple[str, ...]:
    """Have the Hub check a card without publishing it, and return its warnings.

    Args:
        connection: The Hub.
        repo: The repo it is for.
        kind: `model` or `dataset`.
        card: The text.

    Raises:
        RefusedCard: The Hub refuses it.
        HubError: The Hub cannot be reached.
    """
    from huggingface_hub import get_session, hf_raise_for_status

    def call() -> tuple[str, ...]:
        body = {"content": card, "repoType": kind}
        reply = get_session().post(f"{connection.endpoint}/api/validate-yaml", json=body, headers=connection.headers())
        value = reply.json() if reply.status_code in (200, 400) else {}
        if reply.status_code == 400 and (words := _messages(value, "errors")):
            raise RefusedCard(repo, words)
        hf_raise_for_status(reply)
        return _messages(value, "warnings")

    return call_hub(connection, repo, call)


def _body(error: BaseException | None) -> Any:  # noqa: ANN401 - what the Hub answered
    """The JSON that came with an error; None if there is none."""
    try:
        return error.response.json()  # type: ignore[union-attr] # an error with a status has a response
    except ValueError:
        return None


def _messages(value: Any, key: str) -> tuple[str, ...]:  # noqa: ANN401 - what the Hub answered
    entries = value.get(key) if isinstance(value, dict) else None
    held = [e.get("message") for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    return tuple(" ".join(str(text).split()) for text in held if text)
