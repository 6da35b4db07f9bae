"""A repo of the Hub at one commit: its files with their digests, and the content of files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from generator import progress
from generator.errors import HubError
from generator.hub.client import Connection, call_hub, status_of
from generator.translations import gettext as _

Content = bytes | Path
"""What a file holds: bytes, or a file of this machine that may be too large to be held."""
SIZE_LIMIT = 16 * 1024 * 1024
"""Bytes of a file that is read; those that a bundle merges with or compares are texts."""
FILES_LIMIT = 100_000
_CHUNK = 1024 * 1024


class File(NamedTuple):
    """A file of a repo, as the Hub describes it; what it does not say is None.

    Attributes:
        size: Bytes.
        oid: The SHA-1 of its git blob; for a large file, that of its pointer.
        sha256: The SHA-256 of a large file.
    """

    size: int | None
    oid: str | None
    sha256: str | None


class RemoteCommit(NamedTuple):
    """A commit of a repo's history."""

    id: str
    title: str
    authors: tuple[str, ...]


class Remote(NamedTuple):
    """A repo at one commit.

    Attributes:
        kind: `model` or `dataset`.
        revision: The branch or the pull request that was read; None for the main branch.
        commit: The commit; None where the repo has none yet.
        gated: `auto`, `manual`, or empty where anyone gets the files.
    """

    repo: str
    kind: str
    revision: str | None
    commit: str | None
    private: bool
    gated: str
    files: Mapping[str, File]


def read_remote(connection: Connection, repo: str, kind: str, revision: str | None = None) -> Remote:
    """Return a repo as it is now.

    Args:
        connection: The Hub.
        repo: Its id.
        kind: `model` or `dataset`.
        revision: A branch, a pull request such as `refs/pr/3`, or a commit; the main branch by default.

    Raises:
        HubError: It cannot be read; its cause separates a missing repo from other failures.
    """
    call = partial(connection.api.repo_info, repo, repo_type=kind, revision=revision, files_metadata=True)
    info: Any = call_hub(connection, repo, call)
    if info.siblings is None:
        # A server may say of a repo that it is there, and list its files elsewhere.
        tree = partial(connection.api.list_repo_tree, repo, recursive=True, repo_type=kind, revision=revision)
        rows = call_hub(connection, repo, lambda: list(islice(tree(), FILES_LIMIT)))
        found = {str(row.path): _file(row) for row in rows if hasattr(row, "blob_id")}
    else:
        found = {str(row.rfilename): _file(row) for row in info.siblings[:FILES_LIMIT]}
    gated = info.gated if info.gated in ("auto", "manual") else "auto" if info.gated else ""
    return Remote(repo, kind, revision, info.sha or None, bool(info.private), gated, found)


def read_history(connection: Connection, remote: Remote, revision: str) -> list[RemoteCommit]:
    """Return the newest commits of a branch, the newest first; nothing if the server does not list them.

    Args:
        connection: The Hub.
        remote: The repo.
        revision: The branch.
    """
    from huggingface_hub import get_session, hf_raise_for_status

    url = f"{connection.endpoint}/api/{remote.kind}s/{remote.repo}/commits/{quote(revision, safe='')}"

    def call() -> list[RemoteCommit]:
        reply = get_session().get(url, headers=connection.headers())
        hf_raise_for_status(reply)
        return [_commit(row) for row in reply.json()]

    try:
        return call_hub(connection, remote.repo, call)
    except HubError:
        return []


def _commit(row: Any) -> RemoteCommit:  # noqa: ANN401 - what the Hub answered
    authors = [one.get("user") if isinstance(one, dict) else one for one in row.get("authors") or ()]
    return RemoteCommit(str(row["id"]), str(row.get("title") or ""), tuple(str(name) for name in authors if name))


def is_missing_revision(error: HubError) -> bool:
    """Return whether a repo could not be read because it has no such branch."""
    from huggingface_hub.errors import RevisionNotFoundError

    return isinstance(error.__cause__, RevisionNotFoundError)


def is_absence(error: HubError) -> bool:
    """Return whether a repo could not be read because there is none, or none that may be seen."""
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    cause = error.__cause__
    if isinstance(cause, (GatedRepoError, RevisionNotFoundError)):
        return False
    return isinstance(cause, RepositoryNotFoundError) or status_of(cause) == 404


def _file(row: Any) -> File:  # noqa: ANN401 - RepoSibling or RepoFile
    return File(row.size if isinstance(row.size, int) else None, row.blob_id or None, getattr(row.lfs, "sha256", None))


def read_file(connection: Connection, remote: Remote, path: str, limit: int = SIZE_LIMIT) -> bytes:
    """Return what a file of a repo holds.

    Args:
        connection: The Hub.
        remote: The repo, at the commit that is meant.
        path: A path of its files.
        limit: The most bytes that are read.

    Raises:
        HubError: It cannot be read, or is larger.
    """
    from huggingface_hub import hf_hub_url

    url = hf_hub_url(
        remote.repo,
        path,
        repo_type=remote.kind,
        revision=remote.commit or remote.revision,
        endpoint=connection.endpoint,
    )
    size = remote.files[path].size if path in remote.files else None
    if size is not None and size > limit:
        raise _too_large(remote.repo, path, limit)
    content = call_hub(connection, f"{remote.repo}/{path}", lambda: _fetch(connection, url, remote.repo, path, limit))
    if path in remote.files and not _has_stated_digest(remote.files[path], content):
        remedy = _("Try again later; a proxy on the way may answer in the Hub's place.")
        raise HubError(
            _("{repo}: {path} reads differently than the Hub describes it.").format(repo=remote.repo, path=path), remedy
        )
    return content


def _fetch(connection: Connection, url: str, repo: str, path: str, limit: int) -> bytes:
    from huggingface_hub import get_session, hf_raise_for_status

    with get_session().stream("GET", url, headers=connection.headers()) as response:
        hf_raise_for_status(response)
        held = bytearray()
        for part in response.iter_bytes():
            held += part
            if len(held) > limit:
                raise _too_large(repo, path, limit)
    return bytes(held)


def _too_large(repo: str, path: str, limit: int) -> HubError:
    return HubError(
        _("{repo}: {path} has more than {limit} bytes.").format(repo=repo, path=path, limit=limit),
        _("Check this file on the Hub."),
    )


def has_content(connection: Connection, remote: Remote, path: str, content: Content) -> bool:
    """Return whether a repo holds a file with just this content; it is fetched only if the Hub states no digest.

    Args:
        connection: The Hub.
        remote: The repo.
        path: The path in it.
        content: What it should hold.

    Raises:
        HubError: It had to be fetched, and cannot be.
    """
    file = remote.files.get(path)
    if file is None or (file.size is not None and file.sha256 is None and file.size != _size(content)):
        return False
    if file.sha256 or _is_oid(file.oid):
        return _has_stated_digest(file, content)
    return read_file(connection, remote, path, _size(content) + 1) == (
        content if isinstance(content, bytes) else content.read_bytes()
    )


def _has_stated_digest(file: File, content: Content) -> bool:
    """Whether content has the digest that the Hub states; True where it states none."""
    if file.sha256:
        return file.sha256 == _digest(content, hashlib.sha256())
    start = hashlib.sha1(f"blob {_size(content)}\0".encode(), usedforsecurity=False)
    return file.oid == _digest(content, start) if _is_oid(file.oid) else True


def _is_oid(oid: str | None) -> bool:
    return oid is not None and len(oid) == 40


def _size(content: Content) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _digest(content: Content, state: Any) -> str:  # noqa: ANN401 - a hash of hashlib
    if isinstance(content, bytes):
        state.update(content)
    else:
        size, done = _size(content), 0
        with content.open("rb") as stream:
            while part := stream.read(_CHUNK):
                state.update(part)
                done += len(part)
                progress.report(
                    _("Comparing {file} with the Hub").format(file=content.name), done, size, progress.BYTES
                )
        progress.end()
    found: str = state.hexdigest()
    return found


def create(connection: Connection, repo: str, kind: str, *, private: bool) -> None:
    """Create a repo.

    Args:
        connection: The Hub.
        repo: Its id.
        kind: `model` or `dataset`.
        private: Whether only its owner sees it.

    Raises:
        HubError: It cannot be created.
    """
    call = partial(connection.api.create_repo, repo, repo_type=kind, private=private or None)
    try:
        call_hub(connection, repo, call, again=False)
    except HubError as error:
        if status_of(error.__cause__) != 409:
            raise


def create_branch(connection: Connection, remote: Remote, branch: str) -> None:
    """Create a branch from the commit that was read.

    Args:
        connection: The Hub.
        remote: The repo.
        branch: The name of the branch.

    Raises:
        HubError: It cannot be created.
    """
    call = partial(
        connection.api.create_branch,
        remote.repo,
        repo_type=remote.kind,
        branch=branch,
        revision=remote.commit,
        exist_ok=True,
    )
    call_hub(connection, remote.repo, call, again=False)


def set_gated(connection: Connection, remote: Remote, how: str) -> None:
    """Make people request access before they get the files of a repo.

    Args:
        connection: The Hub.
        remote: The repo.
        how: `auto` or `manual`.

    Raises:
        HubError: It refuses.
    """
    call = partial(connection.api.update_repo_settings, remote.repo, repo_type=remote.kind, gated=how)  # type: ignore[arg-type] # one of the two words
    call_hub(connection, remote.repo, call)


def page_url(connection: Connection, remote: Remote) -> str:
    """Return the address of a repo's page."""
    return f"{connection.endpoint}/{'datasets/' if remote.kind == 'dataset' else ''}{remote.repo}"
