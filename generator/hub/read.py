"""Reading an upstream from the Hub: its card, its license and notices, at one commit, into the Hub's own cache."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from generator.errors import HubError

READ = (
    *("README.md", "release.yaml", "adapter_config.json", "LICENSE", "LICENSE.txt", "LICENSE.md"),
    *("NOTICE", "NOTICE.txt", "USE_POLICY.md"),
)
"""The files that say what a repo is and under which terms; no weights are ever fetched."""
SIZE_LIMIT = 4 * 1024 * 1024
"""Bytes that each of them may have."""
TIMEOUT = 10.0
"""Seconds that a request may take; the client itself has no limit (hub.md 3)."""


def fetch_upstream(repo: str, revision: str | None = None) -> Path:
    """Fetch what a repo says of itself, and return the folder of the Hub's cache that holds it.

    A model is looked for first, then a data set. What is in the cache already is not fetched again.

    Args:
        repo: The Hub repo id, `ORG/NAME`.
        revision: The commit, branch or tag; the newest commit by default.

    Raises:
        HubError: The Hub cannot be reached, has no such repo, or does not let it be read.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    api = HfApi(library_name="modelcharter")

    def asked(kind: str) -> Any:  # noqa: ANN401 - ModelInfo or DatasetInfo
        info = partial(api.repo_info, repo, repo_type=kind, revision=revision, timeout=TIMEOUT, files_metadata=True)
        return _asked(repo, info)

    try:
        return _download(repo, "model", asked("model"))
    except HubError as error:
        if not isinstance(error.__cause__, RepositoryNotFoundError):
            raise
        return _download(repo, "dataset", asked("dataset"))


def _download(repo: str, kind: str, info: Any) -> Path:  # noqa: ANN401 - ModelInfo or DatasetInfo
    """The files of one commit; the folder is that of the last one."""
    from huggingface_hub import hf_hub_download

    fetch = partial(
        hf_hub_download, repo, repo_type=kind, revision=info.sha, etag_timeout=TIMEOUT, library_name="modelcharter"
    )
    wanted = [sibling for sibling in info.siblings or () if sibling.rfilename in READ]
    paths = [_asked(repo, partial(fetch, s.rfilename)) for s in wanted if (s.size or 0) <= SIZE_LIMIT]
    if not paths:
        raise HubError(f"{repo}: it has no card and no license file.", "Ask its owner, or state its license yourself.")
    folder = Path(paths[0]).parent
    _remember(folder, info.sha)
    return folder


def _remember(folder: Path, commit: str) -> None:
    """Have the cache's `main` mean this commit, as a download of a branch would, so that it is found offline."""
    branch = folder.parent.parent / "refs" / "main"
    if not branch.is_file():
        branch.parent.mkdir(parents=True, exist_ok=True)
        branch.write_text(commit, encoding="ascii")


def _asked(repo: str, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the client returns
    """The answer of a call, its errors in our words; the token is in none of them."""
    import httpx2  # what huggingface_hub 2 speaks HTTP with; its errors pass through
    from huggingface_hub import errors

    place = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    try:
        return call()
    except errors.GatedRepoError as error:
        remedy = f"Ask for access at {place}/{repo}, then: hf auth login"
        raise HubError(f"{repo}: gated, and you have not been let in.", remedy) from error
    except errors.RepositoryNotFoundError as error:
        remedy = "Mend the id; for a private repo: hf auth login"
        raise HubError(f"{repo}: the Hub has no such repo, or hides it from you.", remedy) from error
    except errors.RevisionNotFoundError as error:
        raise HubError(f"{repo}: it has no such revision.", "Name a commit, a branch or a tag it has.") from error
    except (errors.OfflineModeIsEnabled, errors.LocalEntryNotFoundError) as error:
        remedy = "Unset HF_HUB_OFFLINE, or ask again with a network."
        raise HubError(f"{repo}: not in the cache, and the Hub is not asked while offline.", remedy) from error
    except errors.HfHubHTTPError as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        told = f"answered {status}" if status else "cannot be reached"
        raise HubError(f"{repo}: {place} {told}.", "Look at the network, or try again later.") from error
    except (httpx2.HTTPError, OSError, ValueError) as error:
        raise HubError(f"{repo}: {place} cannot be reached.", "Look at the network, or try again later.") from error
