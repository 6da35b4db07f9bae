"""What changes in one repo: read it, merge with it, and compare file by file; nothing is sent."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from generator.artifacts.folder import matching, read_inside
from generator.documents.bundle import Changes
from generator.documents.card.hub_rules import Refusal, refusals
from generator.documents.storage.join import MergedCard, merge_cards, with_main
from generator.documents.storage.record import CARD, CARD_LIMIT, card_record
from generator.errors import BundleConflictError, HubError
from generator.hub.client import LOGIN, Connection
from generator.hub.commit import RefusedCard, find_ignored_files, validate_card
from generator.hub.pull_requests import PullRequest, open_pull_requests
from generator.hub.repo import (
    Content,
    Remote,
    has_content,
    is_absence,
    is_missing_revision,
    page_url,
    read_file,
    read_remote,
)
from generator.publishing.release_record import FILE_NAME
from generator.publishing.result import Change, Options, PublishResult, format_diff
from generator.publishing.signed import SignedPlan, attested_paths, outdated_note
from generator.publishing.source import folder_ids
from generator.publishing.uploads import RepoUpload
from generator.translations import format_names
from generator.translations import gettext as _

_SHOWN = 10


class Blocker(NamedTuple):
    """Why a repo cannot be published as things are, and what to do."""

    message: str
    remedy: str


class RepoPlan(NamedTuple):
    """What one repo is to become: what was read of it, and what would be sent.

    Attributes:
        missing: Whether the repo has to be created.
        put: Content to send, by path.
        removed: Paths to delete.
        theirs: What the Hub has now, of the files that were read.
        kept: Files of people that stay, each with why.
        unchanged: Files that are the same on the Hub.
        gated: The gating to set; empty if the setting stays as it is.
        blockers: Why nothing may be sent.
        pull: The open pull request that is updated; None opens a new one, if one is wanted.
        faults: What is wrong with the merged card by the Hub's rules, as far as charter knows them.
        new_branch: The branch to create; empty if it exists.
    """

    upload: RepoUpload
    remote: Remote
    missing: bool
    put: Mapping[str, Content]
    removed: tuple[str, ...]
    theirs: Mapping[str, bytes]
    kept: Mapping[str, str]
    unchanged: tuple[str, ...]
    gated: str
    notes: tuple[str, ...]
    blockers: tuple[Blocker, ...]
    pull: PullRequest | None = None
    faults: tuple[Refusal, ...] = ()
    new_branch: str = ""

    @property
    def card_blockers(self) -> list[Blocker]:
        """Why the merged card may not be sent, whatever the Hub says of it: it is not YAML that anyone can read."""
        return [
            Blocker(
                _("{repo}: the merged {file}, line {line}: {message}").format(
                    repo=self.upload.repo, file=CARD, line=fault.line, message=fault.message
                ),
                fault.remedy,
            )
            for fault in self.faults
            if not fault.key
        ]


def plan_upload(connection: Connection, upload: RepoUpload, options: Options) -> RepoPlan:
    """Read a repo and compute what would be sent; nothing is sent.

    Args:
        connection: The Hub.
        upload: What goes there.
        options: How.

    Raises:
        HubError: The repo cannot be read, or is public although it should be private.
        BundleConflictError: A person edited the generated part of the card on the Hub.
    """
    remote, missing, new_branch = _read_repo(connection, upload, options)
    if options.private and not missing and not remote.private:
        remedy = _(
            "Make it private in its settings on the Hub, or leave out --private: it is for repos that are created."
        )
        raise HubError(_("{repo}: the repo exists, and it is not private.").format(repo=upload.repo), remedy)
    main, pull = remote, None
    if options.create_pr and not missing and (found := _own_pull_request(connection, upload, remote, options)):
        pull, remote = found
    theirs, notes, changes, keep = _merge(connection, upload, remote, main, options)
    own = attested_paths(connection, remote, theirs)
    if own and options.force is not True:
        # What the Hub has is just what was signed: nobody edited it there.
        forced = (*(options.force or ()), *own)
        theirs, notes, changes, keep = _merge(connection, upload, remote, main, options._replace(force=forced))
    put: dict[str, Content] = {
        path: content
        for path, content in changes.final.items()
        if path not in changes.kept and theirs.get(path) != content
    }
    same = [path for path in changes.final if path not in put and path not in changes.kept]
    for path, local in upload.files.items():
        if has_content(connection, remote, path, local):
            same.append(path)
        else:
            put[path] = local
    removed, left = _leftovers(upload, remote, changes, options)
    blockers = _blockers(upload, remote, options, {p: w for p, w in changes.kept.items() if p not in keep})
    if upload.signed:
        own |= {path for path in upload.bundle if options.forces(path)}
        made = SignedPlan(connection, remote, upload.signed, final=changes.final, kept=changes.kept.keys(), own=own)
        done = made.outcome(put, upload.globs)
        put, notes = done.put, (*notes, *done.notes)
        same = sorted(({*same, *upload.signed.files.sha256} & remote.files.keys()) - put.keys() - changes.kept.keys())
        blockers += [Blocker(*fault) for fault in done.faults]
    else:
        notes = (*notes, *outdated_note(remote, put, removed))
    card = put.get(CARD)
    gated = options.gated if upload.gated and options.gated and options.gated != remote.gated else ""
    return RepoPlan(
        upload=upload,
        remote=remote,
        missing=missing,
        put=put,
        removed=removed,
        theirs=theirs,
        kept=changes.kept,
        unchanged=tuple(sorted(same)),
        gated=gated,
        notes=(*notes, *left, *_gating_notes(upload, remote, gated)),
        blockers=tuple(blockers),
        pull=pull,
        faults=tuple(refusals(card.decode())) if isinstance(card, bytes) else (),
        new_branch=new_branch,
    )


def _leftovers(
    upload: RepoUpload, remote: Remote, changes: Changes, options: Options
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which files are deleted, and a note about those that earlier releases left and that stay."""
    ours = {*changes.final, *upload.files, *changes.removed, ".gitattributes", ".gitignore"}
    old = [path for path in matching(tuple(remote.files), upload.globs) if path not in ours] if upload.files else []
    left = sorted({*old, *changes.left})
    if not left or options.prune:
        return tuple(sorted({*changes.removed, *left})), ()
    note = _("{repo}: files of earlier releases stay on the Hub: {names}. --prune deletes them.")
    return changes.removed, (note.format(repo=upload.repo, names=format_names(left, _SHOWN)),)


def _own_pull_request(
    connection: Connection, upload: RepoUpload, main: Remote, options: Options
) -> tuple[PullRequest, Remote] | None:
    """The open pull request that was made from this folder, and the repo as it is there; None if there is none."""
    ids = set(folder_ids(upload.folder)) if upload.folder else set()
    titles = {upload.title, options.message}
    stem = upload.title.partition(" ")[0]
    for pull in open_pull_requests(connection, main):
        if pull.title not in titles and not pull.title.startswith(f"{stem} "):
            continue
        remote = read_remote(connection, upload.repo, upload.kind, pull.revision)
        if CARD not in remote.files or remote.files == main.files:
            continue  # it holds nothing that the main branch does not have
        record = card_record(read_file(connection, remote, CARD))
        if ids & record.words.keys() or (not record.words and record.card and pull.title in titles):
            return pull, remote
    return None


def _merge(
    connection: Connection, upload: RepoUpload, remote: Remote, main: Remote, options: Options
) -> tuple[dict[str, bytes], tuple[str, ...], Changes, set[str]]:
    """What the Hub has, notes about the card, what changes, and the files of people that are to stay."""
    theirs: dict[str, bytes] = {}
    merged: list[MergedCard] = []

    def read(paths: tuple[str, ...]) -> Mapping[str, bytes]:
        for path in dict.fromkeys(paths):
            if path in remote.files and path not in theirs:
                theirs[path] = _read_theirs(connection, remote, upload, path)
        here = {path: theirs[path] for path in paths if path in theirs}
        if CARD not in paths or CARD not in upload.bundle:
            return here
        if not merged:
            merged.append(_with_words(upload, here.get(CARD), options))
            if options.create_pr:
                merged[0] = _with_main(connection, upload, merged[0], here.get(CARD), None if remote is main else main)
        card = merged[0].content
        return {**here, CARD: card} if card is not None else here

    def changes_with(keep: Collection[str]) -> Changes:
        words = lambda: merged[0].words if merged else None  # noqa: E731 - known once the card was read
        return upload.bundle.onto(read, force=options.force, keep=keep, words=words)

    try:
        changes = changes_with(())
        keep = {path for path in changes.kept if path in options.keep or _is_same(upload, theirs, path)}
        if keep:
            changes = changes_with(keep)
    except BundleConflictError as error:
        raise _of_repo(connection, remote, error) from error
    return theirs, merged[0].notes if merged else (), changes, keep


def _read_repo(connection: Connection, upload: RepoUpload, options: Options) -> tuple[Remote, bool, str]:
    """The repo, whether it is missing, and the branch to create."""
    try:
        return read_remote(connection, upload.repo, upload.kind, options.revision), False, ""
    except HubError as error:
        if options.revision and is_missing_revision(error):
            if not options.create_branch or options.revision.startswith("refs/"):
                remedy = _("Fix the name, or create the branch: --create-branch")
                raise HubError(
                    _("{repo}: the repo has no branch {branch}.").format(repo=upload.repo, branch=options.revision),
                    remedy,
                ) from error
            return read_remote(connection, upload.repo, upload.kind), False, options.revision
        if not is_absence(error) or options.revision not in (None, "main"):
            raise
        if connection.token is None and options.create is not True:
            missing = {
                "model": _("{repo}: the Hub has no such model repo, or hides it."),
                "dataset": _("{repo}: the Hub has no such dataset repo, or hides it."),
            }
            raise HubError(missing[upload.kind].format(repo=upload.repo), _(LOGIN)) from error
        return Remote(upload.repo, upload.kind, options.revision, None, options.private, "", {}), True, ""


def _read_theirs(connection: Connection, remote: Remote, upload: RepoUpload, path: str) -> bytes:
    """What the Hub has; a file with the digest of ours is not fetched."""
    ours = upload.bundle.get(path)
    if ours is not None and path != CARD and remote.files[path].oid and has_content(connection, remote, path, ours):
        return ours
    return read_file(connection, remote, path)


def _is_same(upload: RepoUpload, theirs: Mapping[str, bytes], path: str) -> bool:
    """Whether a file on the Hub says what ours says: the folder's own release file, or a text of the same license."""
    if path == FILE_NAME and upload.folder:
        return read_inside(upload.folder, FILE_NAME) == theirs[path]
    if path != "LICENSE" and not path.startswith("LICENSES/"):
        return False
    from generator.licenses.identify import true_copy  # here, as few repos need it

    found = true_copy(theirs[path].decode("utf-8", "replace"))
    return found is not None and found == true_copy(upload.bundle[path].decode())


def _of_repo(connection: Connection, remote: Remote, error: BundleConflictError) -> BundleConflictError:
    """The conflict, with the repo whose card it is about."""
    if not error.message.startswith(f"{CARD}:"):  # it is about the card of the folder
        return BundleConflictError(f"{remote.repo}: {error.message}", error.remedy, error.paths)
    where = _("{file} on the Hub, line {line}").format(file=CARD, line=error.message.removeprefix(f"{CARD}:"))
    url = f"{page_url(connection, remote)}/blob/{remote.revision or 'main'}/{CARD}"
    remedy = f"{error.remedy} " + _("See {url}").format(url=url)
    return BundleConflictError(f"{remote.repo}: {where}", remedy, error.paths)


def _gating_notes(upload: RepoUpload, remote: Remote, gated: str) -> tuple[str, ...]:
    if remote.gated and not upload.gated:
        note = _(
            "{repo}: people have to request access on the Hub, but the release file marks nothing in this repo "
            "as gated."
        )
        return (note.format(repo=upload.repo),)
    if gated and remote.commit:
        note = _("{repo}: the gating setting applies to the whole repo at once, and to all its branches.")
        return (note.format(repo=upload.repo),)
    return ()


def _blockers(upload: RepoUpload, remote: Remote, options: Options, undecided: Mapping[str, str]) -> list[Blocker]:
    found = []
    if upload.gated and not remote.gated and not options.gated:
        found.append(
            Blocker(
                _("{repo}: the release file marks items as gated, but anyone can download from this repo.").format(
                    repo=upload.repo
                ),
                _(
                    "Add --gated auto (the Hub gives access to everyone who asks) or --gated manual (you approve each "
                    "request)."
                ),
            )
        )
    for path, why in undecided.items():
        found.append(
            Blocker(
                _("{repo}: {path} on the Hub is not the file of this release: {why}").format(
                    repo=upload.repo, path=path, why=why
                ),
                _("Replace it with --force {path}, or keep it with --keep {path}.").format(path=path),
            )
        )
    return found


def _with_words(upload: RepoUpload, card: bytes | None, options: Options) -> MergedCard:
    """The card of the Hub with what a person wrote into the folder's."""
    sources = folder_ids(upload.folder) if upload.folder else ()
    return merge_cards(_local_card(upload), card, sources, _get_written_keys(upload), force=options.forces(CARD))


def _with_main(
    connection: Connection, upload: RepoUpload, found: MergedCard, card: bytes | None, main: Remote | None
) -> MergedCard:
    """The card of a pull request: of a new one, or of an open one with what changed on the main branch."""
    if main is None:
        return with_main(found, None, card, _get_written_keys(upload))
    there = read_file(connection, main, CARD) if CARD in main.files else None
    return with_main(found, card, there, _get_written_keys(upload))


def _get_written_keys(upload: RepoUpload) -> Collection[str]:
    """The front-matter keys that the build writes."""
    return card_record(upload.bundle[CARD]).front_matter


def _local_card(upload: RepoUpload) -> bytes | None:
    return read_inside(upload.folder, CARD, CARD_LIMIT) if upload.folder else None


def summarize(connection: Connection, plan: RepoPlan, *, validate: bool = False) -> PublishResult:
    """Return what a plan does, file by file.

    Args:
        connection: The Hub.
        plan: What would be sent.
        validate: Whether to have the Hub check the card and the repo's .gitignore.

    Raises:
        HubError: The Hub refuses the card.
    """
    notes = plan.notes
    blockers = [blocker.message for blocker in plan.blockers]
    card = plan.put.get(CARD)
    if validate and isinstance(card, bytes):
        try:
            warnings = validate_card(connection, plan.upload.repo, plan.upload.kind, card.decode())
        except RefusedCard as error:
            raise locate_refusal(error, plan) from error
        text = _("{repo}: the Hub warns: {words}")
        notes += tuple(text.format(repo=plan.upload.repo, words=line) for line in warnings)
    blockers += [blocker.message for blocker in plan.card_blockers]
    text = _("{repo}: {file}, line {line}: {message}")
    notes += tuple(
        text.format(repo=plan.upload.repo, file=CARD, line=f.line, message=f"{f.message} {f.remedy}")
        for f in plan.faults
        if f.key and validate
    )
    if validate and (dropped := find_ignored_files(connection, plan.remote, plan.put)):
        text = _("{repo}: the repo's .gitignore drops {files}.")
        blockers.append(text.format(repo=plan.upload.repo, files=", ".join(dropped)))
    changes = [_change(plan, path, content) for path, content in plan.put.items()]
    changes += [Change(path, "removed", None, format_diff(path, plan.theirs.get(path), b"")) for path in plan.removed]
    changes += [Change(path, "kept", None, "", why) for path, why in plan.kept.items()]
    return PublishResult(
        repo=plan.upload.repo,
        kind=plan.upload.kind,
        url=plan.pull.url if plan.pull else page_url(connection, plan.remote),
        commit=None,
        pull_request=plan.pull.url if plan.pull else None,
        created=plan.missing,
        changes=tuple(sorted(changes)),
        unchanged=plan.unchanged,
        notes=notes,
        private=plan.remote.private,
        settings={"gated": plan.gated} if plan.gated else {},
        blocked=tuple(blockers),
    )


def _change(plan: RepoPlan, path: str, content: Content) -> Change:
    word = "changed" if path in plan.remote.files else "added"
    if isinstance(content, Path):
        return Change(path, word, content.stat().st_size, "")
    return Change(path, word, len(content), format_diff(path, plan.theirs.get(path), content))


def locate_refusal(error: RefusedCard, plan: RepoPlan) -> HubError:
    """Return the Hub's errors about a card, each with the line that it is about."""
    card = plan.put.get(CARD)
    text = card.decode() if isinstance(card, bytes) else ""
    lines = []
    for message in error.messages:
        key = next(iter(re.findall(r'"([A-Za-z_-]+)', message)), "")
        found = re.search(rf"^[\"']?{re.escape(key)}[\"']?[ \t]*:", text, re.M) if key else None
        ours = card_record(plan.upload.bundle[CARD]).front_matter if CARD in plan.upload.bundle else {}
        at = plan.upload.fields.get(key) if key in ours else None
        place = f"{at.file}:{at.line}:{at.column}" if at else ""
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        lines.append(f"{place or f'{CARD}:{line}'}: {message}")
    listed = "".join(f"\n  {line}" for line in lines)
    return HubError(
        _("{repo}: the Hub refuses the front matter of {file}. Nothing was published.").format(
            repo=plan.upload.repo, file=CARD
        )
        + listed,
        _(
            "Fix it in that file. A key that is not from the release file is in your {file} or in the one on the Hub."
        ).format(file=CARD),
    )
