"""Publishing: all repos are read, merged and checked before the first commit; each is read back after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from generator import progress as steps
from generator.documents.storage.record import CARD
from generator.errors import CharterError, HubError
from generator.hub.client import Connection
from generator.hub.commit import CommitRequest, RefusedCard, RepoChanged, send_commit, verify_commit
from generator.hub.repo import create, create_branch, page_url, set_gated
from generator.publishing.plan import Blocker, RepoPlan, locate_refusal, plan_upload, summarize
from generator.publishing.result import Options, PublishError, PublishResult
from generator.publishing.uploads import RepoUpload
from generator.translations import gettext as _

TRIES = 5
"""How often a push merges with commits of other people, before it stops."""
Asks = Callable[[str], bool]
Watches = Callable[[PublishResult], None]


@dataclass
class _Progress:
    """How far a push has come, for the message of an interrupted one."""

    done: list[PublishResult] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    current: str = ""

    def lines(self) -> list[str]:
        """What is already on the Hub."""
        unchanged, published = _("{repo} was not changed: the Hub had all of it."), _("{repo} was published: {url}")
        lines = [
            (unchanged if entry.is_unchanged else published).format(
                repo=entry.repo, url=entry.pull_request or entry.url
            )
            for entry in self.done
        ]
        finished = {entry.url for entry in self.done}
        empty = _("{url} was created and is empty.")
        return lines + [empty.format(url=url) for url in self.created if url not in finished]


def publish(
    connection: Connection,
    uploads: tuple[RepoUpload, ...],
    options: Options,
    *,
    ask: Asks | None = None,
    watch: Watches = lambda __: None,
) -> tuple[PublishResult, ...]:
    """Publish to repos, each as one commit; all are read, merged and checked before the first is sent.

    Args:
        connection: The Hub.
        uploads: What goes where.
        options: How.
        ask: Asks the person at the terminal; None if there is none.
        watch: Receives what is about to be sent.

    Raises:
        HubError: Publishing failed; the message says what was published and what was not.
        BundleConflictError: A person edited the generated part of a card on the Hub; nothing was sent.
    """
    _check_options(uploads, options)
    plans = [
        plan_upload(connection, upload, options)
        for upload in steps.track(uploads, _("Reading repos on the Hub"), len(uploads), "repos")
    ]
    if options.dry_run:
        return tuple(summarize(connection, plan, validate=True) for plan in plans)
    _stop_if_blocked(blocker for plan in plans for blocker in plan.blockers)
    for plan in plans:
        # The client has the card checked before the commit; of several repos none is sent before all are checked.
        watch(summarize(connection, plan, validate=len(plans) > 1 or bool(plan.faults)))
    _stop_if_blocked(blocker for plan in plans for blocker in plan.card_blockers)
    _confirm_creation(plans, options, ask)
    return _publish_all(connection, plans, options, ask)


def _publish_all(
    connection: Connection, plans: list[RepoPlan], options: Options, ask: Asks | None
) -> tuple[PublishResult, ...]:
    """Publish one repo after the other; a failure or an interrupt reports what is on the Hub already."""
    progress = _Progress()
    try:
        for plan in plans:
            progress.done.append(_publish_repo(connection, plan, options, ask, progress))
    except KeyboardInterrupt:
        connection.end_progress()
        for line in (" ".join((_("Interrupted."), progress.current)).rstrip(), *progress.lines()):
            connection.say(line)
        raise
    except CharterError as error:
        known = progress.lines()
        waiting = [plan.upload.repo for plan in plans[len(progress.done) + 1 :]]
        if waiting and known:
            known.append(_("Not published: {repos}").format(repos=", ".join(waiting)))
        if not known:
            raise
        raise PublishError("\n".join((error.message, *known)), error.remedy, tuple(progress.done)) from error
    return tuple(progress.done)


def _check_options(uploads: tuple[RepoUpload, ...], options: Options) -> None:
    """Refuse options that apply to nothing in this release."""
    if options.gated not in (None, "auto", "manual"):
        raise CharterError(
            _("gated: {gated!r} is not a way of gating.").format(gated=options.gated), _("Use auto or manual.")
        )
    if options.gated and not any(upload.gated for upload in uploads):
        remedy = _("Set `availability: gated` for the items to gate, or leave out --gated.")
        raise CharterError(_("--gated: the release file marks nothing as gated in these repos."), remedy)
    named = (*(options.force if isinstance(options.force, tuple) else ()), *options.keep)
    known = {path for upload in uploads for path in upload.bundle}
    if unknown := [path for path in named if path not in known]:
        raise CharterError(
            _("{path!r} is not a file that charter writes.").format(path=unknown[0]),
            _("--force and --keep take one of: {names}").format(names=", ".join(sorted(known))),
        )


def _confirm_creation(plans: list[RepoPlan], options: Options, ask: Asks | None) -> None:
    for plan in plans:
        if plan.missing and not (options.create or (options.create is None and ask and ask(_create_question(plan)))):
            missing = {
                "model": _("{repo}: the Hub has no such model repo, or hides it from your token."),
                "dataset": _("{repo}: the Hub has no such dataset repo, or hides it from your token."),
            }
            remedy = _("Fix the id, or let charter create the repo: charter push --create")
            raise HubError(missing[plan.upload.kind].format(repo=plan.upload.repo), remedy)


def _stop_if_blocked(blockers: Iterable[Blocker]) -> None:
    found = list(blockers)
    if found:
        message = "\n".join(blocker.message for blocker in found)
        remedies = dict.fromkeys(blocker.remedy for blocker in found)
        raise HubError("\n".join((message, _("Nothing was sent."))), "\n  ".join(remedies))


def _publish_repo(
    connection: Connection, plan: RepoPlan, options: Options, ask: Asks | None, progress: _Progress
) -> PublishResult:
    """Publish one repo; merge again if somebody else commits at the same time."""
    created, settings = plan.missing, {"gated": plan.gated} if plan.gated else {}
    if created or settings or plan.new_branch:
        plan = _set_up_repo(connection, plan, options, progress)
    for left in range(TRIES - 1, -1, -1):
        if not plan.put and not plan.removed:
            break
        try:
            return _commit(connection, plan, options, progress)._replace(created=created, settings=settings)
        except RepoChanged as error:
            if not left or (ask and not ask(f"{error.message} " + _("Merge with it and try again?"))):
                raise
            connection.say(f"{error.message} " + _("Merging with it and trying again."))
            plan = plan_upload(connection, plan.upload, options)
            _stop_if_blocked(plan.blockers)
    found = summarize(connection, plan)
    return found._replace(commit=plan.remote.commit, created=created, settings=settings)


def _set_up_repo(connection: Connection, plan: RepoPlan, options: Options, progress: _Progress) -> RepoPlan:
    """Create the repo and set its gating before any file is sent; return the plan as the Hub is then."""
    if plan.missing:
        create(connection, plan.upload.repo, plan.upload.kind, private=options.private)
        progress.created.append(page_url(connection, plan.remote))
    if plan.gated:
        set_gated(connection, plan.remote, plan.gated)
    if plan.new_branch:
        create_branch(connection, plan.remote, plan.new_branch)
    now = plan_upload(connection, plan.upload, options)
    if now.missing:
        raise HubError(
            _("{repo}: the Hub created the repo, but does not show it yet.").format(repo=plan.upload.repo),
            _("Push again."),
        )
    if now.new_branch:
        raise HubError(
            _("{repo}: the Hub created the branch, but does not show it yet.").format(repo=plan.upload.repo),
            _("Push again."),
        )
    if now.gated:
        remedy = _("Turn on access requests in the repo's settings on the Hub, then push again.")
        message = _("{repo}: the Hub accepted the gating setting, but the repo is not gated. No file was sent.")
        raise HubError(message.format(repo=plan.upload.repo), remedy)
    return now


def _commit(connection: Connection, plan: RepoPlan, options: Options, progress: _Progress) -> PublishResult:
    title = options.message or plan.upload.title
    request = CommitRequest(plan.remote, plan.put, plan.removed, title, options.create_pr and plan.pull is None)
    history = f"{page_url(connection, plan.remote)}/{request.history}"
    current = _("Check {url} to see whether the commit to {repo} was made.")
    progress.current = current.format(url=history, repo=plan.upload.repo)
    try:
        sent = send_commit(connection, request)
    except RefusedCard as error:
        raise locate_refusal(error, plan) from error
    progress.created = [url for url in progress.created if url != page_url(connection, plan.remote)]
    current = _("{repo}: the commit was made ({url}), but not read back.")
    progress.current = current.format(repo=plan.upload.repo, url=sent.pull_request or sent.url)
    now = verify_commit(connection, request, sent)
    progress.current = ""
    notes = (*plan.notes, *(f"{plan.upload.repo}: {note}" for note in sent.notes))
    if CARD in now.files and now.files[CARD].sha256:
        large = _(
            "{repo}: the repo stores {file} as a large file, so the Hub does not read it. Fix its .gitattributes."
        )
        notes += (large.format(repo=plan.upload.repo, file=CARD),)
    found = summarize(connection, plan)
    pull_request = sent.pull_request or found.pull_request
    return found._replace(commit=sent.commit, url=pull_request or found.url, pull_request=pull_request, notes=notes)


def _create_question(plan: RepoPlan) -> str:
    questions = {
        ("model", False): _("The Hub has no model repo {repo}, or hides it. Create a public repo?"),
        ("model", True): _("The Hub has no model repo {repo}, or hides it. Create a private repo?"),
        ("dataset", False): _("The Hub has no dataset repo {repo}, or hides it. Create a public repo?"),
        ("dataset", True): _("The Hub has no dataset repo {repo}, or hides it. Create a private repo?"),
    }
    return questions[plan.upload.kind, plan.remote.private].format(repo=plan.upload.repo)
