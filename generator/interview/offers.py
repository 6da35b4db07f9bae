"""Answers that are offered to a person and never taken by themselves: who publishes, who holds the copyright, the repo.

Each offer is an `Observation` with its source. `charter init --defaults` uses none of them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from generator.artifacts.inspect import FOLDER_NAME
from generator.artifacts.observation import Observation
from generator.artifacts.title import is_run
from generator.artifacts.weights import is_weights
from generator.interview.answers import Answers

_SECONDS = 2.0
"""How long git may take."""
_LONGEST = 100
_YEAR = re.compile(r"(?:19|20)\d\d")


class Account(Protocol):
    """An account of the Hub."""

    @property
    def user(self) -> str:
        """The user's name on the Hub."""

    @property
    def source(self) -> str:
        """Where it stands."""

    @property
    def full_name(self) -> str:
        """The name that the user shows, or an empty text."""

    @property
    def organizations(self) -> tuple[str, ...]:
        """Organizations that the user can publish in."""


class Offers(NamedTuple):
    """What a person may accept, the best first; a field that is answered already has no offers."""

    repo: tuple[Observation, ...] = ()
    publisher: tuple[Observation, ...] = ()
    copyright: tuple[Observation, ...] = ()


def find_offers(folder: Path, answers: Answers, accounts: Iterable[Account] = ()) -> Offers:
    """Return the offers for a folder.

    Args:
        folder: The model's folder.
        answers: What is known.
        accounts: Accounts of the Hub.
    """
    accounts = tuple(accounts)
    git = git_name(folder)
    people = tuple(dict.fromkeys(_people(git, accounts)))
    publisher = answers.get("release.publisher.name")
    holders = [(str(publisher), answers.known["release.publisher.name"].source)] if publisher else people
    return Offers(
        repo=() if answers.get("release.repo") else repo_offers(repo_name(folder, answers), accounts),
        publisher=() if publisher else tuple(Observation("release.publisher.name", *person) for person in people),
        copyright=() if answers.get("release.copyright") else copyright_offers(holders, find_year(folder, answers)),
    )


def git_name(folder: Path) -> str | None:
    """Return the name that git writes into commits of this folder, or None.

    Args:
        folder: The model's folder.
    """
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "config", "--get", "user.name"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return None
    return _one_line(done.stdout.decode("utf-8", "replace")) or None


def _people(git: str | None, accounts: tuple[Account, ...]) -> Iterable[tuple[str, str]]:
    if git:
        yield git, "git config user.name"
    for account in accounts:
        names = (account.full_name or account.user, *account.organizations)
        yield from ((name, account.source) for name in map(_one_line, names) if name)


def copyright_offers(people: Iterable[tuple[str, str]], year: Observation | None) -> tuple[Observation, ...]:
    """Return copyright lines for people, with a year where one is known.

    Args:
        people: Names, each with its source.
        year: The year, with its source.
    """
    field = "release.copyright"
    if year is None:
        return tuple(Observation(field, name, source) for name, source in people)
    return tuple(Observation(field, f"{year.value} {name}", f"{source}; {year.source}") for name, source in people)


def find_year(folder: Path, answers: Answers) -> Observation | None:
    """Return the year of a release by its own date, else by its newest file of weights or data; never by the clock.

    Args:
        folder: The model's folder.
        answers: What is known.
    """
    for field in ("release.date", "training.end"):
        if found := _YEAR.match(str(answers.get(field) or "")):
            return Observation("release.copyright", found[0], f"{field} in {answers.known[field].source}")
    newest, name = 0.0, ""
    for path in _files(folder):
        if path.is_file() and not path.is_symlink() and (changed := path.stat().st_mtime) > newest:
            newest, name = changed, path.name
    if not name:
        return None
    from datetime import UTC, datetime

    return Observation("release.copyright", str(datetime.fromtimestamp(newest, UTC).year), f"the date of {name}")


def _files(folder: Path) -> list[Path]:
    """The weights at the top of a folder, else its other files."""
    try:
        held = [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError:
        return []
    return [path for path in held if is_weights(path.name)] or held


def repo_name(folder: Path, answers: Answers) -> str:
    """Return the name that a repo would have: the folder's, or the release's where the folder's says nothing.

    Args:
        folder: The model's folder.
        answers: What is known.
    """
    name = answers.known.get("release.name")
    own = folder.absolute().name
    if name and name.source != FOLDER_NAME and is_run(own):
        return _slug(str(name.value))
    return _slug(own)


def repo_offers(name: str, accounts: Iterable[Account]) -> tuple[Observation, ...]:
    """Return repo ids for accounts of the Hub.

    Args:
        name: The name of the repo.
        accounts: The accounts.
    """
    owners = [(owner, account.source) for account in accounts for owner in (account.user, *account.organizations)]
    found = [Observation("release.repo", f"{owner}/{name}", f"{source} and the folder") for owner, source in owners]
    return tuple(dict.fromkeys(found)) if name else ()


def _slug(text: str) -> str:
    """A name that the Hub takes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = re.sub(r"-{2,}", "-", re.sub(r"\.{2,}", ".", re.sub(r"[^A-Za-z0-9._-]+", "-", plain)))
    return re.sub(r"(?:\.git)+$", "", plain.strip("-._")[:96]).strip("-._")


def _one_line(value: Any) -> str:  # noqa: ANN401 - any value
    """A name on one line, without control characters."""
    text = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in str(value)[: 4 * _LONGEST])
    return " ".join(text.split())[:_LONGEST]
