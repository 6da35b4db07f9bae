"""What a repo is to become: read, merged with what stands there, and shown file by file; nothing is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from generator.artifacts.folder import read_inside
from generator.documents.storage.join import joined
from generator.documents.storage.record import CARD, CARD_LIMIT, card_record
from generator.errors import HubError
from generator.hub.client import Connection
from generator.hub.commit import RefusedCard, judged_card
from generator.hub.repo import Content, Remote, content_of, holds, is_absence, page, read_remote
from generator.publishing.result import Change, Options, Published, unified
from generator.publishing.uploads import Parcel, last_published


class Plan(NamedTuple):
    """What one repo is to become: what was read of it, and what would be sent."""

    parcel: Parcel
    remote: Remote
    missing: bool
    put: Mapping[str, Content]
    removed: tuple[str, ...]
    theirs: Mapping[str, bytes]
    kept: Mapping[str, str]
    unchanged: tuple[str, ...]
    notes: tuple[str, ...]


def prepared(connection: Connection, parcel: Parcel, options: Options) -> Plan:
    """Read a repo and merge with it; nothing is sent.

    Args:
        connection: The Hub.
        parcel: What goes there.
        options: How.

    Raises:
        HubError: The repo cannot be read, or is public where it should be private.
        BundleConflictError: A generated part of the remote card was edited by hand.
    """
    remote, missing = _read(connection, parcel, options)
    if options.private and not missing and not remote.private:
        remedy = "Make it private in its settings, or leave --private out: it is for a repo that is made."
        raise HubError(f"{parcel.repo}: the repo is there, and it is not private.", remedy)
    theirs: dict[str, bytes] = {}
    notes: list[str] = []

    def read(paths: tuple[str, ...]) -> Mapping[str, bytes]:
        here = {
            path: _theirs(connection, remote, parcel, path) for path in dict.fromkeys(paths) if path in remote.files
        }
        theirs.update(here)
        if CARD not in paths or CARD not in parcel.bundle:
            return here
        words, told = _with_words(connection, parcel, here.get(CARD), options)
        notes.extend(told)
        return {**here, CARD: words} if words is not None else here

    changes = parcel.bundle.onto(read, force=options.force)
    put: dict[str, Content] = {
        path: content
        for path, content in changes.final.items()
        if path not in changes.kept and theirs.get(path) != content
    }
    same = [path for path in changes.final if path not in put and path not in changes.kept]
    for path, local in parcel.files.items():
        if holds(connection, remote, path, local):
            same.append(path)
        else:
            put[path] = local
    if parcel.gated and not remote.gated and not options.gated:
        notes.append(f"{parcel.repo}: items are gated, and the repo is not. Have it asked for: --gated auto")
    return Plan(parcel, remote, missing, put, changes.removed, theirs, changes.kept, tuple(sorted(same)), tuple(notes))


def _read(connection: Connection, parcel: Parcel, options: Options) -> tuple[Remote, bool]:
    """The repo, and whether it is missing."""
    try:
        return read_remote(connection, parcel.repo, parcel.kind, options.revision), False
    except HubError as error:
        if not is_absence(error) or options.revision not in (None, "main"):
            raise
        if connection.token is None and options.create is not True:
            remedy = "Log in with `hf auth login`, or name the variable that holds a token: --token-from-env NAME"
            raise HubError(
                f"{parcel.repo}: the Hub has no such {parcel.kind} repo, or hides it from who has no token.", remedy
            ) from error
        return Remote(parcel.repo, parcel.kind, options.revision, None, options.private, "", {}), True


def _theirs(connection: Connection, remote: Remote, parcel: Parcel, path: str) -> bytes:
    """What stands there; a file that is as ours by its digest is not fetched."""
    ours = parcel.bundle.get(path)
    if ours is not None and path != CARD and remote.files[path].oid and holds(connection, remote, path, ours):
        return ours
    return content_of(connection, remote, path)


def _with_words(
    connection: Connection, parcel: Parcel, card: bytes | None, options: Options
) -> tuple[bytes | None, tuple[str, ...]]:
    """The remote card with what a person wrote into the folder's."""
    local = local_card(parcel)
    base = last_published(connection.endpoint, parcel, options.revision)
    written = card_record(parcel.bundle[CARD]).front_matter
    return joined(local, card, base.read_bytes() if base and base.is_file() else None, written)


def local_card(parcel: Parcel) -> bytes | None:
    """Return the README.md of the parcel's folder, None where there is none."""
    return read_inside(parcel.folder, CARD, CARD_LIMIT) if parcel.folder else None


def shown(connection: Connection, plan: Plan, *, judged: bool = False) -> Published:
    """Return what a plan does, file by file.

    Args:
        connection: The Hub.
        plan: What would be sent.
        judged: Whether the Hub is to judge the card.

    Raises:
        HubError: It refuses it.
    """
    notes = plan.notes
    card = plan.put.get(CARD)
    if judged and isinstance(card, bytes):
        try:
            said = judged_card(connection, plan.parcel.repo, plan.parcel.kind, card.decode())
        except RefusedCard as error:
            raise placed(error, plan) from error
        notes += tuple(f"{plan.parcel.repo}: {line}" for line in said)
    changes = [_change(plan, path, content) for path, content in plan.put.items()]
    changes += [Change(path, "removed", None, unified(path, plan.theirs.get(path), b"")) for path in plan.removed]
    changes += [Change(path, "kept", None, "", why) for path, why in plan.kept.items()]
    return Published(
        repo=plan.parcel.repo,
        kind=plan.parcel.kind,
        url=page(connection, plan.remote),
        commit=None,
        pull_request=None,
        created=plan.missing,
        changes=tuple(sorted(changes)),
        unchanged=plan.unchanged,
        notes=notes,
    )


def _change(plan: Plan, path: str, content: Content) -> Change:
    word = "changed" if path in plan.remote.files else "added"
    if isinstance(content, Path):
        return Change(path, word, content.stat().st_size, "")
    return Change(path, word, len(content), unified(path, plan.theirs.get(path), content))


def placed(error: RefusedCard, plan: Plan) -> HubError:
    """Return the Hub's complaints, each with the line of ours that it comes from."""
    card = plan.put.get(CARD)
    text = card.decode() if isinstance(card, bytes) else ""
    lines = []
    for words in error.complaints:
        key = next(iter(re.findall(r'"([A-Za-z_-]+)', words)), "")
        found = re.search(rf"^[\"']?{re.escape(key)}[\"']?[ \t]*:", text, re.M) if key else None
        ours = card_record(plan.parcel.bundle[CARD]).front_matter if CARD in plan.parcel.bundle else {}
        at = plan.parcel.fields.get(key) if key in ours else None
        place = f"{at.file}:{at.line}:{at.column}" if at else ""
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        lines.append(f"{place or f'{CARD}:{line}'}: {words}")
    told = "".join(f"\n  {line}" for line in lines)
    return HubError(
        f"{plan.parcel.repo}: the Hub refuses the front matter of {CARD}; nothing was published:{told}",
        f"Mend it there; a key that is not the release file's stands in {CARD}, here or on the Hub.",
    )
