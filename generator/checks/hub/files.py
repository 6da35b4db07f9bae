"""HUB: do all files reach the Hub? Paths that its client refuses, `.gitignore` and `.gitattributes`."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from generator.artifacts.folder import is_file, list_files, matching, read_text, size_of
from generator.checks.card.links import get_written_paths
from generator.checks.edges import and_more
from generator.checks.registry import Problem, Subject, label_of, place, rule
from generator.documents.storage.record import CARD
from generator.errors import CharterError
from generator.named_tuple import NamedTuple
from generator.release.model import Location
from generator.translations import gettext as _

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

LINES_LIMIT = 1000
"""Lines of a `.gitignore` or `.gitattributes` that are read."""
TRIES_LIMIT = 20_000
"""Most comparisons of a pattern with a file; in larger folders only license files are checked."""
WILDCARDS_LIMIT = 3
"""Most stars in one pattern, and one less within a folder's name; more can take too long."""
PATTERN_LIMIT = 1024
"""Characters of a pattern; no path on the Hub is longer, and the time grows with their square."""
REFUSED = (".git", ".cache")
LARGE = 10 * 1024 * 1024
"""Size in bytes from which the Hub stores a file in LFS (hub.md 6)."""
_PAPERS = (CARD, "LICENSE", "NOTICE", "USE_POLICY.md")


class Patterns(NamedTuple):
    """The patterns of a file, the line of each from 1, and the `filter` attribute of each."""

    spec: GitIgnoreSpec
    numbers: tuple[int, ...]
    filters: tuple[str, ...]


@rule("HUB110", "path-refused", "error")
def path_refused(subject: Subject) -> Iterator[Problem]:
    """Files of an item are in `.git` or `.cache`: the Hub's client refuses such a path.

    Bad:

        weights: {availability: released, license: MIT, files: [".cache/model.safetensors"]}

    Good:

        weights: {availability: released, license: MIT, files: [model.safetensors]}
    """
    for item in subject.coverage.counted:
        for number, glob in enumerate(item.item.files):
            if any(part in REFUSED for part in glob.split("/")):
                yield Problem(
                    _("{part}: {glob} is in a folder that the Hub's client refuses.").format(
                        part=label_of(item), glob=glob
                    ),
                    _("Move the files to a folder with another name."),
                    place(item, "files", number),
                    item,
                )


@rule("HUB111", "file-ignored", "error")
def file_ignored(subject: Subject) -> Iterator[Problem]:
    """`.gitignore` excludes a file that must be published: a push leaves it out without a message.

    It is an error for the card, LICENSE, NOTICE and the license texts, and a warning for files of an item.

    Bad: in `.gitignore`

        LICENSE*

    Good:

        LICENSE*
        !LICENSE
        !LICENSES/
    """
    ignore = _patterns(subject, ".gitignore")
    if not ignore:
        return
    papers = [(path, "error") for path in sorted({*_get_own_files(subject), *get_written_paths(subject)})]
    tried = (*papers, *((path, "warning") for path in _files(subject) if path not in dict(papers)))
    if len(tried) * len(ignore.numbers) > TRIES_LIMIT:
        tried = tuple(papers)
    dropped: dict[tuple[int, str], list[str]] = {}
    for path, severity in tried:
        found = ignore.spec.check_file(path)
        if found.include and found.index is not None:
            dropped.setdefault((ignore.numbers[found.index], severity), []).append(path)
    for (number, severity), paths in dropped.items():
        names = and_more(", ".join(paths[:3]), max(0, len(paths) - 3))
        yield Problem(
            _("A push leaves out {names}, because of this line.").format(names=names),
            _("Remove the line, or make the pattern narrower."),
            severity=severity,
            at=_at(subject, ".gitignore", number),
        )


@rule("HUB112", "card-in-lfs", "warning")
def card_in_lfs(subject: Subject) -> Iterator[Problem]:
    """The Hub would store README.md or LICENSE in LFS, and would not read it as a card or a license.

    `.gitattributes` has `filter=lfs` for it, or it is larger than 10 MB. The page then shows no metadata.

    Bad: in `.gitattributes`

        *.md filter=lfs diff=lfs merge=lfs -text

    Good:

        *.safetensors filter=lfs diff=lfs merge=lfs -text
    """
    attributes = _patterns(subject, ".gitattributes")
    for path in _get_own_files(subject) if attributes else ():
        index = attributes.spec.check_file(path).index if attributes else None
        if attributes and index is not None and attributes.filters[index] == "filter=lfs":
            message = _("The Hub would store {path} in LFS and would not read it.").format(path=path)
            remedy = _("Add a line `{path} -filter -diff -merge text` below this one.").format(path=path)
            yield Problem(message, remedy, at=_at(subject, ".gitattributes", attributes.numbers[index]))
    folder = subject.release.folder
    for path in _PAPERS if folder else ():  # what a build would write is small: only what is there is looked at
        if folder and size_of(folder, path) > LARGE:
            message = _("{path} is larger than {number} MB, so the Hub stores it in LFS and does not read it.").format(
                path=path, number=LARGE // 1024**2
            )
            yield Problem(message, _("Move long parts into a file of their own."), at=_at(subject, path, 1))


@rule("HUB113", "names-alike", "warning")
def names_alike(subject: Subject) -> Iterator[Problem]:
    """Two files have names that differ only in upper and lower case, or in their Unicode form.

    macOS and Windows keep one of them when somebody clones the repo. Files that a build writes count too.

    Bad: `README.md` and `readme.md`

    Good: one of them
    """
    own = subject.coverage.publisher_files
    paths = set(subject.survey.files)
    if subject.stated:
        paths |= {*get_written_paths(subject)} - {"LICENSE", "NOTICE"} | {own.license, own.notice}
    alike = {path: path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold() for path in paths}
    if len(set(alike.values())) == len(paths):
        return
    found: dict[str, set[str]] = {}
    for path in sorted(paths):
        found.setdefault(alike[path], set()).add(path)
    for group in found.values():
        if len(group) > 1:
            here = sorted(group & set(subject.survey.files))
            yield Problem(
                _("{names}: on macOS and Windows these are one file, so a clone has only one of them.").format(
                    names=" and ".join(sorted(group))
                ),
                _("Rename or remove one of them."),
                at=subject.survey.at(here[-1]),
            )


def _at(subject: Subject, name: str, line: int) -> Location:
    assert subject.release.folder is not None
    return Location(str(subject.release.folder / name), line, 1)


def _get_own_files(subject: Subject) -> tuple[str, ...]:
    """The card and the license files that are there, or that a build writes."""
    folder, built = subject.release.folder, get_written_paths(subject)
    return tuple(path for path in _PAPERS if path in built or (folder and is_file(folder / path)))


def _files(subject: Subject) -> tuple[str, ...]:
    """The files of items in the folder; without a release file, weights and what they are loaded with."""
    folder = subject.release.folder
    try:
        there = list_files(folder) if folder else ()
    except CharterError:
        return ()
    if not subject.stated:
        from generator.artifacts.inspect import TOKENIZER
        from generator.artifacts.weights import is_weights

        named = set(matching(there, (*TOKENIZER, "config.json")))
        return tuple(path for path in there if path in named or is_weights(path))
    return matching(there, tuple(glob for item in subject.coverage.counted for glob in item.item.files))


@lru_cache(maxsize=2)
def _patterns(subject: Subject, name: str) -> Patterns | None:
    """The patterns of a file of the folder; None where there is no readable one."""
    folder = subject.release.folder
    if folder is None or not is_file(folder / name):
        return None
    try:
        text = read_text(folder, name) or ""
    except CharterError:
        return None
    read = _ignoring if name == ".gitignore" else _split_attribute
    lines = ((number, *read(line)) for number, line in enumerate(text.split("\n")[:LINES_LIMIT], 1))
    kept = [(number, glob, said) for number, glob, said in lines if glob and _spec([glob])]
    spec = _spec([glob for _, glob, _ in kept])
    return Patterns(spec, tuple(k[0] for k in kept), tuple(k[2] for k in kept)) if spec else None


def _ignoring(line: str) -> tuple[str, str]:
    return ("" if not line.strip() or line.startswith("#") else line), ""


def _split_attribute(line: str) -> tuple[str, str]:
    """A pattern and the last `filter` attribute of its line; empty where the line has none or is no pattern."""
    quoted = re.match(r'"((?:[^"\\]|\\.)*)"(.*)', line)
    words = line.split()
    glob, rest = (re.sub(r"\\(.)", r"\1", quoted[1]), quoted[2].split()) if quoted else ("".join(words[:1]), words[1:])
    said = [word for word in rest if re.match(r"[-!]?filter(?:=|\Z)", word)]
    # Patterns here have no exclamation mark and no folders, and `[attr]` begins a macro.
    known = said and not glob.startswith(("!", "#", "[attr]")) and not glob.endswith("/")
    return (glob, said[-1]) if known else ("", "")


def _spec(globs: list[str]) -> GitIgnoreSpec | None:
    """Patterns as git reads them; None where they are invalid or can take too long."""
    stars = [[len(re.findall(r"\*+", part)) for part in glob.split("/")] for glob in globs]
    if any(len(glob) > PATTERN_LIMIT for glob in globs) or any(
        sum(parts) > WILDCARDS_LIMIT or max(parts) >= WILDCARDS_LIMIT for parts in stars
    ):
        return None
    from pathspec import GitIgnoreSpec

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return GitIgnoreSpec.from_lines(globs, backend="simple")
    except (ValueError, re.error, OverflowError, RecursionError):
        return None
