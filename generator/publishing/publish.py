"""Publishing: everything is read, merged and judged before the first commit; each is read back after it."""

from __future__ import annotations

from collections.abc import Callable

from generator.documents.storage.record import CARD
from generator.documents.storage.transaction import write_all
from generator.errors import CharterError, HubError
from generator.hub.client import Connection
from generator.hub.commit import Overtaken, RefusedCard, Wanted, send, verify
from generator.hub.repo import create, gate, page
from generator.publishing.plan import Plan, local_card, placed, prepared, shown
from generator.publishing.result import Options, Published
from generator.publishing.uploads import Parcel, last_published

TRIES = 5
"""How often a push merges with what others do meanwhile, before it gives up."""
Asks = Callable[[str], bool]
Watches = Callable[[Published], None]


def publish(
    connection: Connection,
    parcels: tuple[Parcel, ...],
    options: Options,
    *,
    ask: Asks | None = None,
    watch: Watches = lambda _: None,
) -> tuple[Published, ...]:
    """Publish parcels, each as one commit; all are read, merged and judged before the first is sent.

    Args:
        connection: The Hub.
        parcels: What goes where.
        options: How.
        ask: Asks whoever is there whether to go on; None where nobody is.
        watch: Is shown what is about to be sent.

    Raises:
        HubError: It failed; the message says what was published and what was not.
        BundleConflictError: A generated part of a remote card was edited by hand; nothing was sent.
    """
    plans = [prepared(connection, parcel, options) for parcel in parcels]
    if options.dry_run:
        return tuple(shown(connection, plan, judged=True) for plan in plans)
    for plan in plans:
        # The commit has the card judged itself; of several repos none is sent before all cards were.
        watch(shown(connection, plan, judged=len(plans) > 1))
    for plan in plans:
        if plan.missing and not (options.create or (options.create is None and ask and ask(_create_question(plan)))):
            remedy = "Mend the id, or have it made: charter push --create"
            raise HubError(f"{plan.parcel.repo}: the Hub has no such {plan.parcel.kind} repo.", remedy)
    done: list[Published] = []
    for plan in plans:
        try:
            done.append(_sent(connection, plan, options, ask))
        except CharterError as error:
            if not done:
                raise
            landed = "\n".join(f"{entry.repo} was published: {entry.pull_request or entry.url}" for entry in done)
            waiting = [other.parcel.repo for other in plans[len(done) + 1 :]]
            left = f"\nNot published: {', '.join(waiting)}" if waiting else ""
            raise HubError(f"{error.message}\n{landed}{left}", error.remedy) from error
    return tuple(done)


def _sent(connection: Connection, plan: Plan, options: Options, ask: Asks | None) -> Published:
    """One repo published, merged anew where somebody else was faster."""
    created = plan.missing
    if created:
        create(connection, plan.parcel.repo, plan.parcel.kind, private=options.private)
        plan = prepared(connection, plan.parcel, options)
        if plan.missing:
            raise HubError(f"{plan.parcel.repo}: the repo was made, and cannot be read.", "Push again.")
    if options.gated and plan.remote.gated != options.gated:
        gate(connection, plan.remote, options.gated)
    for left in range(TRIES - 1, -1, -1):
        if not plan.put and not plan.removed:
            break
        try:
            return _committed(connection, plan, options)._replace(created=created)
        except Overtaken as error:
            if not left or (ask and not ask(f"{error.message} Merge with it and try again?")):
                raise
            connection.say(f"{error.message} Merging with it, and trying again.")
            plan = prepared(connection, plan.parcel, options)
    if not options.create_pr:
        _remember(connection, plan.parcel, options)
    return shown(connection, plan)._replace(commit=plan.remote.commit, created=created)


def _committed(connection: Connection, plan: Plan, options: Options) -> Published:
    title = options.message or plan.parcel.title
    try:
        sent = send(connection, Wanted(plan.remote, plan.put, plan.removed, title, options.create_pr))
    except RefusedCard as error:
        raise placed(error, plan) from error
    except KeyboardInterrupt:
        history = f"{page(connection, plan.remote)}/commits"
        connection.say(f"{plan.parcel.repo}: broken off; whether the commit was made is to be seen at {history}.")
        raise
    now = verify(connection, plan.remote, sent, plan.put)
    notes = (*plan.notes, *(f"{plan.parcel.repo}: {remark}" for remark in sent.remarks))
    if CARD in now.files and now.files[CARD].sha256:
        notes += (f"{plan.parcel.repo}: {CARD} is kept as a large file there, so the Hub does not read it. Mend "
                  "its .gitattributes.",)  # fmt: skip
    if not options.create_pr:
        _remember(connection, plan.parcel, options)
    told = shown(connection, plan)
    return told._replace(
        commit=sent.commit, url=sent.pull_request or told.url, pull_request=sent.pull_request, notes=notes
    )


def _remember(connection: Connection, parcel: Parcel, options: Options) -> None:
    """Keep the folder's card as it was published, so that a later edit there is known as one."""
    local = local_card(parcel)
    if local is None:
        return
    place = last_published(connection.endpoint, parcel, options.revision)
    if place is None:
        return
    try:
        write_all(place.parent, {place.name: local})
    except CharterError:
        return  # without it nothing is lost: what differs then stays on both sides


def _create_question(plan: Plan) -> str:
    return f"The Hub has no {plan.parcel.kind} repo {plan.parcel.repo}. Make it?"
