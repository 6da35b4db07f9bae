"""Repo ids of the Hub: checked before anything is asked of a server."""

from __future__ import annotations

import re
from typing import NamedTuple

from generator.errors import CharterError, not_empty
from generator.translations import gettext as _

_PART = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?")
_URL = re.compile(r"https?://[^/\s]+/((?:datasets/|models/|spaces/)?[^/\s]+/[^/\s?#]+)", re.I)
_KINDS = {"models": "model", "datasets": "dataset"}


class RepoRef(NamedTuple):
    """A repo as a person named it.

    Attributes:
        kind: `model` or `dataset`; None where it was not stated.
        revision: The branch, tag or commit behind `@`; None where it was not stated.
    """

    id: str
    kind: str | None = None
    revision: str | None = None


def check_repo_id(value: str, name: str | None = None) -> str:
    """Return a repo id that the Hub can have: `ORG/NAME`.

    Args:
        value: The text to check.
        name: What the value is called in messages, for example `--repo`; "the repo id" by default.

    Raises:
        CharterError: The text is empty or not a repo id; the message says why.
    """
    name = name or _("the repo id")
    not_empty(name, value)
    if why := _fault(value):
        raise CharterError(
            _("{name}: {value!r} is not a repo id: {why}").format(name=name, value=value, why=why), _remedy(value)
        )
    return value


def parse_repo_ref(value: str, name: str | None = None) -> RepoRef:
    """Return the repo that a text names: `ORG/NAME`, `datasets/ORG/NAME`, `models/ORG/NAME`, each with `@REVISION`.

    Args:
        value: The text.
        name: What the value is called in messages.

    Raises:
        CharterError: The text names no repo.
    """
    name = name or _("the repo id")
    not_empty(name, value)
    place, at, revision = value.partition("@")
    first, __, rest = place.partition("/")
    kind = _KINDS.get(first) if "/" in rest else None
    if at and not revision.strip():
        raise CharterError(
            _("{name}: {value!r} has no revision after `@`.").format(name=name, value=value),
            _("Write ORG/NAME@REVISION or ORG/NAME."),
        )
    return RepoRef(check_repo_id(rest if kind else place, name), kind, revision or None)


def _fault(value: str) -> str:
    if "://" in value:
        return _("it is a URL.")
    if value != value.strip() or re.search(r"\s", value):
        return _("it contains spaces.")
    parts = value.split("/")
    if len(parts) == 1:
        return _("the organization or user is missing.")
    if len(parts) > 2:
        return _("it has more than two parts.")
    if value.endswith(".git"):
        return _("it ends in .git.")
    if any(not part for part in parts):
        return _("one of its two parts is empty.")
    if "--" in value or ".." in value:
        return _("the Hub allows neither `--` nor `..` in it.")
    if not all(_PART.fullmatch(part) for part in parts):
        return _(
            "each part has at most 96 letters, digits, `-`, `_` and `.`, and starts and ends with a letter or digit."
        )
    return ""


def _remedy(value: str) -> str:
    near = found[1] if (found := _URL.match(value.strip())) else value.strip()
    near = near.strip("/").removesuffix(".git").removeprefix("datasets/").removeprefix("models/")
    near = re.sub(r"\s+", "-", near)
    return _("Write ORG/NAME, for example {name}.").format(name="my-org/my-model" if _fault(near) else near)
