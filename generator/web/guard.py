"""Refuse requests with a foreign Host or Origin, without the secret or the token, or too large; add the headers."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.cookies
import ipaddress
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from generator.translations import gettext as _

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

BODY_LIMIT = 2 * 1024 * 1024
"""Bytes of a request."""
BODY_SECONDS = 120
"""Seconds that a body may take."""
AT_ONCE = 8
"""Requests of one visitor at a time; a browser sends six."""
VISIT = "charter-visit"
"""The cookie of a visitor."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
TOKEN_FIELD, TOKEN_HEADER = "token", "x-charter-token"
KEY = "key"
"""The parameter of the first address that carries the secret."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {frames}"
)
_SAFE = ("GET", "HEAD")


class Access(NamedTuple):
    """Who may ask a server.

    Attributes:
        hosts: Names that a request may have as Host, without a port; an empty tuple accepts every name.
        secret: What the first address carries and the cookie keeps; empty if the server has no secret.
        framed: Paths that a page of the same server may show in a frame.
        policy: Whether answers get the Content-Security-Policy of the studio; a page with its own has it inside.
        visits: The path that begins a visit, where each visitor has a cookie of their own; else empty.
        bodies: Paths whose requests may be larger, each with its bytes; their token is a header.
        parents: Other sites that may show all pages in a frame.
        addresses: Whether each IP address is accepted as Host: no foreign name can lead to one.
    """

    hosts: tuple[str, ...] = LOOPBACK
    secret: str = ""
    framed: tuple[str, ...] = ()
    policy: bool = True
    visits: str = ""
    bodies: Mapping[str, int] = MappingProxyType({})
    parents: tuple[str, ...] = ()
    addresses: bool = False

    def token_of(self, scope: Scope) -> str:
        """Return the token that each form sends; it can't be guessed without the secret, or the visitor's cookie.

        Args:
            scope: The request.
        """
        return form_token(cookie_of(scope, VISIT) if self.visits else self.secret)


class Guard:
    """Passes on the requests that may be answered.

    Args:
        app: The app behind it.
        access: Who may ask.
    """

    def __init__(self, app: App, access: Access) -> None:
        self._app, self._access = app, access
        self._running: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        safe = _with_headers(scope, send, self._access)
        refused = self._refusal(scope) or self._entry(scope)
        if refused is None and scope["method"] not in _SAFE:
            refused, receive = await self._read_in_time(scope, receive)
        visitor = cookie_of(scope, VISIT) if self._access.visits else ""
        if visitor and self._running[visitor] >= AT_ONCE:
            refused = PlainTextResponse(_("Too many requests at a time.") + "\n", 429, {"Retry-After": "1"})
        self._running[visitor] += 1
        try:
            await (refused or self._app)(scope, receive, safe)
        finally:
            self._running[visitor] -= 1
            if self._running[visitor] <= 0:
                del self._running[visitor]

    def _refusal(self, scope: Scope) -> Response | None:
        """Refuse a foreign Host, which a rebound name sends, and a foreign Origin."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_known(host, scope):
            return PlainTextResponse(_("This address is not one of this server.") + "\n", 421)
        if scope["method"] in _SAFE:
            return None
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
        if (origin is not None and origin.partition("://")[2] != host) or site not in ("same-origin", "none"):
            return PlainTextResponse(_("This request comes from another site.") + "\n", 403)
        return None

    def _is_known(self, host: str, scope: Scope) -> bool:
        if not self._access.hosts:
            return bool(host)
        name, colon, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
        server = scope.get("server")
        known = name in self._access.hosts or (self._access.addresses and _is_address(name))
        return bool(colon) and known and (server is None or port == str(server[1]))

    def _entry(self, scope: Scope) -> Response | None:
        """Turn the secret in the address into a cookie, and refuse who has neither."""
        secret = self._access.secret
        if not secret or scope["path"].startswith("/static/"):
            return None
        name = f"charter-{(scope.get('server') or ('', 0))[1]}"
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=50)
        given = query.pop(KEY, [""])[0]
        if given and scope["method"] in _SAFE and hmac.compare_digest(given.encode(), secret.encode()):
            rest = urlencode(query, doseq=True)
            answer = RedirectResponse(f"{_local(scope['path'])}{'?' if rest else ''}{rest}", 303)
            answer.set_cookie(name, secret, httponly=True, samesite="strict", path="/")
            return answer
        if hmac.compare_digest(cookie_of(scope, name).encode(), secret.encode()):
            return None
        return PlainTextResponse(_("Open the address that `charter studio` printed in the terminal.") + "\n", 403)

    async def _read_in_time(self, scope: Scope, receive: Receive) -> tuple[Response | None, Receive]:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await self._read(scope, receive)
        except TimeoutError:
            return PlainTextResponse(_("The request took too long.") + "\n", 408), receive

    async def _read(self, scope: Scope, receive: Receive) -> tuple[Response | None, Receive]:
        """Read the body within the limit, and compare the token of the form."""
        token, body = self._access.token_of(scope), bytearray()
        limit = self._access.bodies.get(scope["path"], BODY_LIMIT)
        given = Headers(scope=scope).get(TOKEN_HEADER, "")
        if limit > BODY_LIMIT and not _is_same(given, token):
            return PlainTextResponse(_("The page is too old. Reload it.") + "\n", 403), receive
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return PlainTextResponse("", 400), receive
            body += message.get("body", b"")
            if len(body) > limit:
                return PlainTextResponse(
                    _("A request may have {number} MB.").format(number=limit // 1024**2) + "\n", 413
                ), receive
            if not message.get("more_body"):
                break
        headers = Headers(scope=scope)
        if not given and headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            given = read_form(bytes(body)).get(TOKEN_FIELD, "")
        if not _is_same(given, token) and scope["path"] != self._access.visits:
            return PlainTextResponse(_("The form is too old. Reload the page.") + "\n", 403), receive
        sent = False

        async def again() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": bytes(body), "more_body": False}

        return None, again


def form_token(secret: str) -> str:
    """Return the token that forms send; an empty text without a secret, which no form can send.

    Args:
        secret: What only the server and the visitor have.
    """
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest() if secret else ""


def cookie_of(scope: Scope, name: str) -> str:
    """Return the value of a cookie; an empty text if the request has none.

    Args:
        scope: The request.
        name: The name of the cookie.
    """
    cookies: http.cookies.SimpleCookie = http.cookies.SimpleCookie()
    try:
        cookies.load(Headers(scope=scope).get("cookie", ""))
    except http.cookies.CookieError:
        return ""
    return cookies[name].value if name in cookies else ""


def is_secure(scope: Scope) -> bool:
    """Return whether the visitor's browser uses HTTPS, by the proxy before this server.

    Args:
        scope: The request.
    """
    return scope["scheme"] == "https" or Headers(scope=scope).get("x-forwarded-proto", "").startswith("https")


def read_form(body: bytes) -> dict[str, str]:
    """Return the fields of a form; of a repeated field the last one.

    Args:
        body: The body, URL-encoded.
    """
    try:
        pairs = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in pairs.items()}


def hosts_of(host: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names that a server accepts as Host.

    Args:
        host: The address it listens on.
        names: More names of this machine.
    """
    shown = f"[{host}]" if ":" in host else host
    return (*LOOPBACK, *(() if is_loopback(host) else (shown, *names)))


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address.

    Args:
        host: A name or an address.
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _is_same(given: str, token: str) -> bool:
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


def _local(path: str) -> str:
    """A path of this server; `//other.example` would lead to another one."""
    return "/" + path.lstrip("/\\")


def _with_headers(scope: Scope, send: Send, access: Access) -> Send:
    """Return a function that sends an answer with the headers that every answer has."""
    framed = scope["path"] in access.framed
    frames = " ".join(("'self'", *access.parents)) if framed or access.parents else "'none'"

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Cache-Control", "no-store")
            policy = POLICY.format(frames=frames) if access.policy else f"frame-ancestors {frames}"
            headers["Content-Security-Policy"] = policy
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            headers["Referrer-Policy"] = "same-origin"  # with `no-referrer`, forms send no Origin
            headers["X-Content-Type-Options"] = "nosniff"
            if not access.parents:
                headers["X-Frame-Options"] = "SAMEORIGIN" if framed else "DENY"
        await send(message)

    return wrapped
