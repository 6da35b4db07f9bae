"""The targets of a card's links: files of the folder and the bundle, and headings of the card."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from pathlib import Path

from generator.artifacts.card import BLOCK, BLOCK_LIMIT
from generator.artifacts.folder import is_file, is_folder, is_inside, matching, read_inside, read_text
from generator.artifacts.markdown import get_checked_part, slug_of, slugs
from generator.artifacts.sections import parse_outline
from generator.checks.card.sources import card_is_written
from generator.checks.registry import Subject
from generator.documents.card.front_matter import is_repo_id
from generator.documents.licenses.use_policy import policies
from generator.documents.storage.merge import merge_card
from generator.documents.storage.record import CARD, CARD_LIMIT
from generator.errors import CharterError
from generator.named_tuple import NamedTuple
from generator.release.nearest import nearest
from generator.translations import gettext as _

_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]+:"
_DRIVE = r"[A-Za-z]:[\\/]"
_SITE = r"/(?:datasets|spaces|models|papers|collections|docs|blog|learn|tasks|organizations|join)\b"
_ALWAYS = r"(?s)(?:|top|L\d+(?:-L\d+)?|:~:.*)\Z"


class Broken(NamedTuple):
    """What is wrong with a link, and how to fix it."""

    message: str
    remedy: str


def broken(subject: Subject, url: str) -> Broken | None:
    """Return what is wrong with a link to a file, or None where it is right or leads elsewhere.

    Args:
        subject: What the rules look at.
        url: The destination as it stands in the card.
    """
    if not url.strip():
        return Broken(_("the link has no target."), _("Write the target, or remove the link."))
    if re.match(_DRIVE, url) or url[:5].lower() == "file:":
        return Broken(
            _("{url} is a path on your machine.").format(url=repr(url)),
            _("Put the file into the folder, and link to it there."),
        )
    if re.match(_SCHEME, url) or url.startswith("//") or re.match(_SITE, url):
        return None
    path = _path(url)
    if path.startswith("/"):
        remedy = _("Write the path from the card's folder, without the first `/`, or the full address.")
        return Broken(_("{url} starts with `/`, which is not the card's folder.").format(url=repr(url)), remedy)
    if not path:
        return None
    plain = posixpath.normpath(path)
    if plain == ".." or plain.startswith("../"):
        remedy = _("Put the file into the folder, or write its full address.")
        return Broken(_("{url} points outside the folder that is published.").format(url=repr(url)), remedy)
    if _exists(subject, plain):
        return None
    return Broken(_("{plain} is not in the folder.").format(plain=repr(plain)), _meant(subject, plain))


def broken_anchor(subject: Subject, url: str) -> Broken | None:
    """Return what is wrong with the part of a link after `#`, or None where it is right or cannot be known.

    Args:
        subject: What the rules look at.
        url: The destination as it stands in the card.
    """
    from urllib.parse import unquote

    if "#" not in url or re.match(_SCHEME, url) or url.startswith("/"):
        return None
    path, anchor = _path(url), unquote(url.partition("#")[2])
    plain = posixpath.normpath(path) if path else CARD
    if re.match(_ALWAYS, anchor) or not plain.endswith(".md"):
        return None
    known = anchors(subject, plain)
    anchor = anchor.replace("\ufe0f", "")  # an emoji may have it or not
    if known is None or anchor.removeprefix("user-content-") in known:
        return None
    # Somebody can write the heading itself instead of its anchor.
    near = [slug_of(anchor)] if slug_of(anchor) in known else nearest(anchor.lower(), sorted(known)[:200])
    remedy = (
        _("Write `#{value}`.").format(value=near[0])
        if near
        else _("Write the heading in lower case, with hyphens for spaces.")
    )
    return Broken(_("{plain} has no heading for `#{anchor}`.").format(plain=plain, anchor=anchor), remedy)


@lru_cache(maxsize=1)  # several rules ask for them, and some for each link
def get_written_paths(subject: Subject) -> frozenset[str]:
    """Return the paths that a build of the release writes.

    Args:
        subject: What the rules look at.
    """
    if not subject.stated:
        return frozenset()
    from generator.documents.registry import DOCUMENTS

    outputs = subject.release.outputs
    found = {document.path for document in DOCUMENTS if document.output in outputs} | {CARD}
    if not policies(subject.coverage):
        found -= {"USE_POLICY.md"}
    if "licenses" in outputs or "reuse" in outputs:
        names = (*subject.coverage.texts, *subject.coverage.exceptions())
        found |= {f"LICENSES/{name}.txt" for name in names}
    return frozenset(found)


def _path(url: str) -> str:
    """The path of a link, decoded, without what follows `?` and `#`."""
    from urllib.parse import unquote

    return unquote(url.partition("#")[0].partition("?")[0]).strip()


def _exists(subject: Subject, path: str) -> bool:
    built = get_written_paths(subject)
    if path in (".", *built) or any(name.startswith(f"{path}/") for name in built):
        return True
    if any("*" in name and matching((path,), (name,)) for name in built):
        return True
    folder = subject.release.folder
    return folder is None or (is_inside(folder, path) and (is_file(folder / path) or is_folder(folder / path)))


def _meant(subject: Subject, path: str) -> str:
    """What to do about a file that is not there, with the nearest one beside it."""
    if re.fullmatch(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", path):
        return _("Write `mailto:{path}`.").format(path=path)
    if re.fullmatch(r"www\.[\w.-]+(?:/.*)?|[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|ai|dev)/.*", path):
        return _("Write `https://{path}`.").format(path=path)
    folder = subject.release.folder
    names = list(get_written_paths(subject))
    parent = posixpath.dirname(path)
    if folder is not None and is_inside(folder, parent) and is_folder(folder / parent):
        try:
            beside = sorted(entry.name for entry in (folder / parent).iterdir())[:200]
        except OSError:
            beside = []
        names += [posixpath.join(parent, name) for name in beside]
    near = nearest(path, names)
    if near:
        return _("Did you mean `{value}`?").format(value=near[0])
    repo = is_repo_id(path) and re.search(r"/.*[-\d]", path) and not posixpath.splitext(path)[1]
    text = _("Add the file, or remove the link.")
    if not repo:
        return text
    return f"{text} " + _("For a repo of the Hub, write `https://huggingface.co/{path}`.").format(path=path)


@lru_cache(maxsize=8)
def anchors(subject: Subject, path: str) -> frozenset[str] | None:
    """Return what can be linked in a Markdown file of the folder, or None where that cannot be known.

    Args:
        subject: What the rules look at.
        path: The file; the card is taken as a build would write it.
    """
    folder = subject.release.folder
    try:
        if path == CARD and card_is_written(subject.release):
            text: str | None = _render_card(subject, folder)
        else:
            text = read_text(folder, path, CARD_LIMIT) if folder else None
    except CharterError:
        return None  # another rule reports that
    block = BLOCK.match(text, 0, 2 * BLOCK_LIMIT) if text else None
    text = text[block.end() :] if text and block else text
    if text is None or get_checked_part(text) != text:
        return None
    found = parse_outline(text.replace("\r", " "))
    return frozenset(slugs(found.headings)) | found.anchors


def _render_card(subject: Subject, folder: Path | None) -> str:
    from generator.documents.registry import write_card

    existing = read_inside(folder, CARD, CARD_LIMIT) if folder else None
    return merge_card(write_card(subject.coverage), existing, {}, force=True).decode()
