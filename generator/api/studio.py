"""The studio: the interview in the browser, with what it gets from other packages."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from generator.errors import CharterError
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.interview.session import Session
    from generator.licenses.answers import DeriveResult, Rights
    from generator.publishing.result import Options, PublishResult
    from generator.web.guard import App
    from generator.web.server import Server


Texts = tuple[Callable[["Rights"], str], Callable[["DeriveResult"], str], Callable[[tuple[str, ...]], str]]
"""What renders the answers of `rights` and `derive`, and a comparison of licenses, as text."""
_CONNECTIONS = 1024
"""Connections of visitors at a time."""


def serve_studio(
    folder: str | Path, texts: Texts, *, host: str = "127.0.0.1", port: int = 0, read_only: bool = False
) -> tuple[Server, str]:
    """Return a server of the studio, and the address to open, which carries a secret.

    Args:
        folder: The folder of the model or the data set.
        texts: What renders answers on licenses as text.
        host: The address to listen on.
        port: The port; 0 takes a free one.
        read_only: Whether nothing can be changed.

    Raises:
        CharterError: There is no such folder, the port is taken, or the extra `studio` isn't installed.
        ReleaseFileError: The release file can't be read.
    """
    from generator.api.preview import missing_studio

    try:
        from generator.web.guard import KEY
        from generator.web.server import Server
    except ModuleNotFoundError as missing:
        raise missing_studio(missing) from None
    from generator.interview.license_options import load_facts

    app, secret = studio_on(Path(folder), texts, host=host, read_only=read_only)
    try:
        server = Server(app, host=host, port=port)
    except (OSError, OverflowError, ValueError) as error:
        raise _no_port(host, port, error) from None
    threading.Thread(target=load_facts, daemon=True).start()  # takes a moment: best while the browser opens
    return server, f"{server.address}?{KEY}={secret}"


def studio_on(folder: Path, texts: Texts, *, host: str = "127.0.0.1", read_only: bool = False) -> tuple[App, str]:
    """Return the app of the studio on a folder, and its secret.

    Args:
        folder: The folder of the model or the data set.
        texts: What renders answers on licenses as text.
        host: The address that it will listen on.
        read_only: Whether nothing can be changed.

    Raises:
        CharterError: There is no such folder.
        ReleaseFileError: The release file can't be read.
    """
    from generator.api.interview import open_session
    from generator.api.preview import page_of
    from generator.web.guard import Access, hosts_of, is_loopback
    from generator.web.studio import ask
    from generator.web.studio.app import FRAMED, Studio, studio_app
    from generator.web.studio.finish import Publisher
    from generator.web.studio.workspace import Tools, Workspace

    publisher = Publisher(plan=_plan, publish=_publish, login=_login)
    tools = Tools(open_session, lambda release, link: page_of(release, link=link), publisher)
    workspace = Workspace(folder, tools)
    secret = secrets.token_urlsafe(32)
    here = socket.gethostname()
    hosts = hosts_of(host, (here, f"{here}.local"))
    access = Access(hosts, secret, framed=(FRAMED,), addresses=not is_loopback(host))
    studio = Studio(lambda request: workspace, access, ask.Texts(*texts), _find_repo, read_only)
    return studio_app(studio), secret


def serve_visitors(texts: Texts, *, host: str = "127.0.0.1", port: int = 0) -> Server:
    """Return a server of the studio for visitors: each has files of their own in memory, which end with the visit.

    For the rest of the process no folder of this machine is read but those of the visitors.

    Args:
        texts: What renders answers on licenses as text.
        host: The address to listen on.
        port: The port; 0 takes a free one.

    Raises:
        CharterError: The port is taken, or the extra `studio` isn't installed.
    """
    from generator.api.preview import missing_studio, page_of

    try:
        from generator.web.guard import Access, hosts_of, is_loopback
        from generator.web.server import Server
    except ModuleNotFoundError as missing:
        raise missing_studio(missing) from None
    from generator.documents.card.template import refuse_templates
    from generator.licenses.upstreams import confine
    from generator.web.studio import ask, hosted
    from generator.web.studio.app import FRAMED, Studio, studio_app
    from generator.web.studio.visitors import Visitors
    from generator.web.studio.workspace import Tools, Workspace

    confine()
    refuse_templates()
    tools = Tools(open_session=_open_visitor_session, page=lambda release, link: page_of(release, link=link))
    visits: hosted.Visits = Visitors(lambda folder: hosted.Visit(folder, lambda place: Workspace(place, tools)))
    hosts = hosts_of(host) if is_loopback(host) else ()
    access = Access(
        hosts, framed=(FRAMED,), visits=hosted.BEGIN, bodies=hosted.BODIES, parents=("https://huggingface.co",)
    )
    studio = Studio(hosted.workspace_of(visits), access, ask.Texts(*texts), visits=visits)
    try:
        server = Server(studio_app(studio), host=host, port=port, connections=_CONNECTIONS)
    except (OSError, OverflowError, ValueError) as error:
        visits.end()
        raise _no_port(host, port, error) from None
    server.at_end = visits.end
    return server


def _open_visitor_session(folder: Path) -> tuple[Session, bool]:
    """An interview that offers no name of this machine, and uses no network."""
    from generator.api.interview import open_session
    from generator.interview.offers import Offers

    def offline(*_unused: object) -> NoReturn:
        raise CharterError(_("This server reads nothing from the network."), _("Write the license yourself."))

    def nothing() -> list[str]:
        return [_("This server publishes nothing. Download the files instead.")]

    session, reopened = open_session(folder, offers=Offers())
    session.tools = session.tools._replace(
        look_up=offline, missing_texts=lambda release: (), fetch_texts=offline, preview=nothing, dry_run=nothing
    )
    return session, reopened


def _no_port(host: str, port: int, error: Exception) -> CharterError:
    reason = getattr(error, "strerror", None) or error
    return CharterError(
        _("The studio can't listen on {host}, port {port}: {reason}.").format(host=host, port=port, reason=reason),
        _("Name another port."),
    )


def _find_repo(name: str, online: bool) -> Path | None:
    """The folder of a repo in the Hub's cache, or fetched from the Hub; None if it isn't in the cache."""
    from generator.api import from_hub
    from generator.hub.repo_id import parse_repo_ref
    from generator.licenses.upstreams import find_cached_repo, hub_cache

    if online:
        return from_hub(name)
    cache, ref = hub_cache(), parse_repo_ref(name, "hub")
    return find_cached_repo(ref.id, ref.revision, cache, ref.kind) if cache else None


def _plan(folder: Path) -> tuple[PublishResult, ...]:
    """What `charter push --dry-run` reports."""
    from generator.publishing.result import Options

    return _send(folder, Options(dry_run=True))


def _publish(folder: Path, create: bool, pull: bool) -> tuple[PublishResult, ...]:
    from generator.publishing.result import Options

    return _send(folder, Options(create=create or None, create_pr=pull))


def _send(folder: Path, options: Options) -> tuple[PublishResult, ...]:
    """Publish the release of a folder; errors of the checks stop it, as they stop `charter push`."""
    from generator import api

    release = api.load_release(folder)
    if not options.dry_run:
        api.check(release).raise_for_errors()
    return api.publish(release, options)


@cache
def _login() -> str:
    """The name of the login that the Hub's client keeps on this machine; nothing is sent."""
    from generator.hub.login import stored_logins

    return next((login.user for login in stored_logins()), "")
