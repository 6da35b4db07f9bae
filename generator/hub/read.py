"""Reading an upstream from the Hub: its card, its license and notices, at one commit, into the Hub's own cache."""

from __future__ import annotations

import re
import time
from functools import partial
from pathlib import Path
from typing import Any

from generator.errors import HubError
from generator.hub.client import CONNECT, READ, WHOLE, Connection, call_hub, open_connection, status_of
from generator.translations import gettext as _

READ_FILES = (
    *("README.md", "release.yaml", "adapter_config.json", "LICENSE", "LICENSE.txt", "LICENSE.md"),
    *("NOTICE", "NOTICE.txt", "USE_POLICY.md"),
)
"""The files that say what a repo is and under which terms; no weights are ever fetched."""
SIZE_LIMIT = 4 * 1024 * 1024
"""Bytes that each of them may have."""
FILES_LIMIT = 100
_TEXT = re.compile(r"LICENSES/[A-Za-z0-9.+-]{1,150}\.txt")
GITHUB = "https://raw.githubusercontent.com"


def fetch_upstream(repo: str, revision: str | None = None, kind: str | None = None, more: tuple[str, ...] = ()) -> Path:
    """Fetch the card and the license files of a repo, and return the folder of the Hub's cache that holds them.

    What is in the cache already is not fetched again.

    Args:
        repo: The Hub repo id, `ORG/NAME`.
        revision: The commit, branch or tag; the newest commit by default.
        kind: `model` or `dataset`; by default a model, or a data set if there is no such model.
        more: Files to fetch too; with them go all texts in LICENSES/.

    Raises:
        HubError: The Hub cannot be reached, has no such repo, or does not let it be read.
    """
    from huggingface_hub.errors import RepositoryNotFoundError

    with open_connection() as connection:

        def info(kind: str) -> Any:  # noqa: ANN401 - ModelInfo or DatasetInfo
            call = partial(connection.api.repo_info, repo, repo_type=kind, revision=revision, files_metadata=True)
            return call_hub(connection, repo, call)

        if kind:
            return _download(connection, repo, kind, info(kind), more)
        try:
            return _download(connection, repo, "model", info("model"), more)
        except HubError as error:
            if not isinstance(error.__cause__, RepositoryNotFoundError):
                raise
            return _download(connection, repo, "dataset", info("dataset"), more)


def read_text_source(origin: str, repo: str, path: str, revision: str) -> bytes:
    """Return a license text of a publisher's repository.

    Args:
        origin: `hub` or `github`.
        repo: The repository.
        path: The file in it.
        revision: The revision; on the Hub, empty for the newest one.

    Raises:
        HubError: It cannot be read.
    """
    return _from_github(repo, path, revision) if origin == "github" else _from_hub(repo, path, revision or None)


def _from_hub(repo: str, path: str, revision: str | None) -> bytes:
    with open_connection() as connection:
        call = partial(connection.api.repo_info, repo, revision=revision, files_metadata=True)
        info: Any = call_hub(connection, repo, call)
        sibling = next((sibling for sibling in info.siblings or () if sibling.rfilename == path), None)
        if sibling is None or _size(connection, repo, "model", info.sha, sibling) > SIZE_LIMIT:
            raise HubError(
                _("{repo}: there is no file {path} of a license text's size.").format(repo=repo, path=path),
                _("Look at the repo on the Hub."),
            )
        fetch = partial(connection.api.hf_hub_download, repo, path, revision=info.sha, etag_timeout=READ)
        return Path(call_hub(connection, repo, fetch)).read_bytes()


def _from_github(repo: str, path: str, commit: str) -> bytes:
    """A file of a public repository at a commit; no token is sent."""
    from urllib.parse import quote

    import httpx2

    address = f"{GITHUB}/{repo}/{commit}/{quote(path)}"
    data, end = b"", time.monotonic() + WHOLE
    try:
        with httpx2.stream("GET", address, timeout=httpx2.Timeout(READ, connect=CONNECT)) as reply:
            reply.raise_for_status()
            for part in reply.iter_bytes():
                data += part
                if len(data) > SIZE_LIMIT or time.monotonic() > end:
                    raise HubError(
                        _("{address}: the answer is too large or too slow.").format(address=address),
                        _("Try again later."),
                    )
    except httpx2.HTTPError as error:
        status = status_of(error)
        why = _("the server answered {status}").format(status=status) if status else _("the server can't be reached")
        raise HubError(f"{address}: {why}.", _("Check the network, then try again.")) from error
    return data


def _download(
    connection: Connection,
    repo: str,
    kind: str,
    info: Any,  # noqa: ANN401 - ModelInfo or DatasetInfo
    more: tuple[str, ...],
) -> Path:
    """The files of one commit; the folder is that of the last one."""
    fetch = partial(connection.api.hf_hub_download, repo, repo_type=kind, revision=info.sha, etag_timeout=READ)
    named = {*READ_FILES, *more}
    wanted = [
        sibling
        for sibling in info.siblings or ()
        if sibling.rfilename in named or (more and _TEXT.fullmatch(sibling.rfilename))
    ][:FILES_LIMIT]
    wanted = [sibling for sibling in wanted if _size(connection, repo, kind, info.sha, sibling) <= SIZE_LIMIT]
    paths = [call_hub(connection, repo, partial(fetch, sibling.rfilename)) for sibling in wanted]
    if not paths:
        raise HubError(
            _("{repo}: it has no card and no license file.").format(repo=repo),
            _("Ask its owner, or state its license yourself."),
        )
    folder: Path = Path(paths[0]).parents[wanted[0].rfilename.count("/")]
    _remember(folder, info.sha)
    return folder


def _size(connection: Connection, repo: str, kind: str, commit: str, sibling: Any) -> float:  # noqa: ANN401 - RepoSibling
    """Bytes of a file; where the list does not say, the file is read, and one that does not say is too large."""
    if isinstance(sibling.size, int):
        return sibling.size
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    url = hf_hub_url(repo, sibling.rfilename, repo_type=kind, revision=commit, endpoint=connection.endpoint)
    metadata = call_hub(
        connection, repo, lambda: get_hf_file_metadata(url, token=connection.token or False, timeout=READ)
    )
    return metadata.size if metadata.size is not None else float("inf")


def _remember(folder: Path, commit: str) -> None:
    """Have the cache's `main` mean this commit, as a download of a branch would, so that it is found offline."""
    branch = folder.parent.parent / "refs" / "main"
    if not branch.is_file():
        branch.parent.mkdir(parents=True, exist_ok=True)
        branch.write_text(commit, encoding="ascii")
