"""The connection to the Hub: its endpoint, the token, time limits, and error messages in plain words."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from generator.errors import HubError, not_empty
from generator.translations import gettext as _
from generator.translations import mark_text

if TYPE_CHECKING:
    from huggingface_hub import HfApi

T = TypeVar("T")
CONNECT = 10.0
"""Seconds until there is a connection; the client itself has no limit."""
READ = 15.0
"""Seconds that an answer may take."""
COMMIT = 75.0
"""Seconds that a commit or an upload may take; the Hub itself gives a commit 60 (hub.md 6)."""
LONGEST_WAIT = 300
"""Seconds that are waited where the Hub says how long; its windows are that long (hub.md 3.4)."""
WHOLE = 60.0
"""Seconds that everything a question takes may need, so that a server that sends a byte at a time comes to an end."""
TRIES = 3
_BRIEFLY = (1.0, 2.0)
"""Seconds between tries of a call that only reads."""
_PASSING = (408, 500, 502, 503, 504)
_SAID = 2000


class Connection(NamedTuple):
    """A Hub, and how to call it.

    Attributes:
        api: The client.
        token: What is sent to this endpoint and to no other; None sends none.
        say: Receives messages about what happens.
    """

    api: HfApi
    endpoint: str
    token: str | None
    say: Callable[[str], None]

    def end_progress(self) -> None:
        """End the line of a progress bar that was interrupted."""
        if sys.stderr.isatty():
            self.say("")

    def headers(self) -> dict[str, str]:
        """Return the headers of a request that the client has no call for."""
        from huggingface_hub.utils._headers import build_hf_headers

        return build_hf_headers(token=self.token or False, library_name="modelcharter")


def disable_telemetry() -> None:
    """Keep the Hub's client from asking the Hub which program it runs in; call this before it is imported."""
    if "huggingface_hub" not in sys.modules:
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")


@contextmanager
def open_connection(
    endpoint: str | None = None, token_variable: str | None = None, say: Callable[[str], None] = lambda _: None
) -> Iterator[Connection]:
    """Connect to a Hub for as long as the block runs: with time limits, and the token for this endpoint alone.

    Args:
        endpoint: Its address; `HF_ENDPOINT`, else the Hub's own by default.
        token_variable: The environment variable that holds the token; by default what the client finds, which is
            the environment's token or the login; the login is only for the endpoint that it was made for.
        say: Receives messages about what happens.

    Raises:
        HubError: The address is none, or the variable holds nothing.
        CharterError: The address or the name of the variable is empty.
    """
    disable_telemetry()
    from huggingface_hub import HfApi, constants, set_client_factory
    from huggingface_hub.utils import _http

    stated = constants.ENDPOINT if endpoint is None else not_empty("endpoint", endpoint)
    place = stated.rstrip("/")
    if urlsplit(place).scheme not in ("http", "https") or not urlsplit(place).hostname or urlsplit(place).username:
        raise HubError(
            _("{place!r} is not the address of a Hub.").format(place=place), _("Write it like https://huggingface.co.")
        )
    token = _token(token_variable, own=place == constants.ENDPOINT.rstrip("/"))

    def factory() -> Any:  # noqa: ANN401 - the client's session
        client = _http.default_client_factory()
        client.event_hooks = {"request": [*client.event_hooks["request"], lambda r: _guard(r, place, token)]}
        return client

    # The session is the process's; a script that publishes finds its own again.
    before = _http._GLOBAL_CLIENT_FACTORY
    set_client_factory(factory)
    log = logging.getLogger("huggingface_hub")
    level = log.level
    log.setLevel(logging.ERROR)  # charter writes its own messages
    try:
        yield Connection(HfApi(endpoint=place, token=token or False, library_name="modelcharter"), place, token, say)
    finally:
        log.setLevel(level)
        set_client_factory(before)


def _token(variable: str | None, *, own: bool) -> str | None:
    """The token; a login goes only to the endpoint it was made for, a token of the environment to any."""
    from huggingface_hub import constants, get_token

    if variable is not None:
        not_empty("token_from_env", variable)
        if not (found := os.environ.get(variable, "").strip()):
            raise HubError(
                _("{variable}: this variable holds no token.").format(variable=variable),
                _("Run: export {variable}=…").format(variable=variable),
            )
        return found
    if own:
        return None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token()
    return (os.environ.get("HF_TOKEN") or os.environ.get("HUGGING_FACE_HUB_TOKEN") or "").strip() or None


def _guard(request: Any, place: str, token: str | None) -> None:  # noqa: ANN401 - a request of the client
    """Give every request its time, and let the token go nowhere but to the endpoint, whatever a reply points at."""
    url = urlsplit(str(request.url))
    home = urlsplit(place)
    at_home = (url.scheme, url.hostname, url.port) == (home.scheme, home.hostname, home.port)
    if not at_home and token and token in request.headers.get("authorization", ""):
        del request.headers["authorization"]
    slow = not at_home or "/commit/" in url.path or request.method == "PUT"
    span = COMMIT if slow else READ
    request.extensions["timeout"] = {"connect": CONNECT, "read": span, "write": span, "pool": CONNECT}


def call_hub(connection: Connection, about: str, call: Callable[[], T], *, again: bool = True) -> T:
    """Return the answer of a call to the Hub, its errors in plain words without any token.

    If the Hub limits the rate, the call waits as long as the Hub says. A call that only reads is repeated if the
    failure may be temporary.

    Args:
        connection: The Hub.
        about: The repo.
        call: The call.
        again: Whether it may be sent twice, because it only reads.

    Raises:
        HubError: It failed; the cause is the client's own error.
    """
    import httpx2

    for left in range(TRIES - 1, -1, -1):
        try:
            return _in_time(call) if again else call()
        except (httpx2.HTTPError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            wait = _wait(error, again=again, tried=TRIES - 1 - left)
            if wait is None or not left:
                raise to_hub_error(connection, about, error) from error
            if wait > _BRIEFLY[-1]:
                text = _("{place} asks to wait {seconds} s. Waiting.")
                connection.say(text.format(place=connection.endpoint, seconds=f"{wait:.0f}"))
            time.sleep(wait)
    raise AssertionError("unreachable")


def _in_time(call: Callable[[], T]) -> T:
    """The answer of a call that only reads, within the time for the whole of it: the client limits each read alone."""
    answers: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(call())
        except BaseException as error:  # raised where the answer is waited for
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(WHOLE)
    if errors:
        raise errors[0]
    if not answers:
        raise TimeoutError(f"no whole answer within {WHOLE:.0f} s")
    return answers[0]


def status_of(error: BaseException | None) -> int | None:
    """Return the HTTP status of a client's error, or None where there was no answer."""
    status: int | None = getattr(getattr(error, "response", None), "status_code", None)
    return status


def _wait(error: Exception, *, again: bool, tried: int) -> float | None:
    """Seconds until it is worth asking again; None where it is not."""
    import httpx2

    status = status_of(error)
    if status == 429:
        return _get_retry_after(error)
    # Without any connection there is no network: that is reported at once.
    broken = isinstance(error, httpx2.TransportError) and not isinstance(
        error, (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError)
    )
    if isinstance(error, httpx2.TimeoutException) and tried:
        return None  # a server that was silent twice is not called a third time
    passing = status in _PASSING or (status is None and broken)
    return _BRIEFLY[min(tried, len(_BRIEFLY) - 1)] if again and passing else None


def _get_retry_after(error: Exception) -> float | None:
    """Seconds that the Hub asks to wait; None if that is too long."""
    from huggingface_hub.utils._http import parse_ratelimit_headers

    headers = getattr(getattr(error, "response", None), "headers", {})
    limits = parse_ratelimit_headers(headers)
    stated = str(headers.get("Retry-After") or "")
    if limits is not None and limits.remaining == 0:
        seconds = float(limits.reset_in_seconds) + 1
    else:
        seconds = float(stated) + 1 if stated.isdecimal() and len(stated) < 9 else _BRIEFLY[-1]
    return seconds if seconds <= LONGEST_WAIT else None


def to_hub_error(connection: Connection, about: str, error: Exception) -> HubError:
    """Return an error of the client in plain words.

    Args:
        connection: The Hub.
        about: The repo.
        error: What the client raised.
    """
    message, remedy = _explain(connection.endpoint, about, error)
    hidden = [text.replace(connection.token, "…") if connection.token else text for text in (message, remedy)]
    return HubError(*hidden)


def _explain(place: str, about: str, error: Exception) -> tuple[str, str]:
    import httpx2
    from huggingface_hub import errors

    later = _("Check the network, or try again later.")
    by_type: tuple[tuple[type[BaseException], str, str], ...] = (
        (
            errors.GatedRepoError,
            _("gated, and your account has no access."),
            _("Ask for access at {url}, then: hf auth login").format(url=f"{place}/{about}"),
        ),
        (
            errors.RepositoryNotFoundError,
            _("the Hub has no such repo, or hides it from your token."),
            _("Fix the id; for a private repo: hf auth login"),
        ),
        (
            errors.RevisionNotFoundError,
            _("the repo has no such revision."),
            _("Name a branch that exists, or create it on the Hub."),
        ),
        (
            errors.OfflineModeIsEnabled,
            _("not in the cache, and HF_HUB_OFFLINE is set: charter works offline."),
            _("Unset HF_HUB_OFFLINE and run it again with a network."),
        ),
        (errors.LocalTokenNotFoundError, _("this needs a token, and none was found."), _(LOGIN)),
        (errors.LocalEntryNotFoundError, _("{place} cannot be reached, and nothing is in the cache."), later),
        (httpx2.ProxyError, _("the proxy before {place} refuses."), _("Check HTTPS_PROXY and NO_PROXY.")),
        (httpx2.ConnectTimeout, _("{place} cannot be reached within {seconds} s."), later),
        (httpx2.TimeoutException, _("{place} did not answer in time."), later),
        (TimeoutError, _("{place} did not answer in time."), later),
        (httpx2.ConnectError, _("{place} cannot be reached."), later),
        (httpx2.TransportError, _("the connection to {place} was cut."), later),
    )
    said = _sentence(server_words(error))
    server = " " + _("The server says: {words}").format(words=said) if said else ""
    status = status_of(error)
    for kind, text, remedy in by_type:
        if isinstance(error, kind):
            sentence = text.format(place=place, seconds=f"{CONNECT:.0f}")
            return f"{about}: {sentence}" + (server if status else ""), remedy
    if status:
        text, remedy = _BY_STATUS.get(status, _OTHER_STATUS)
        return f"{about}: {_(text).format(place=place, status=status)}{server}", _(remedy)
    message = _("{about}: {place} answered something that is not the Hub's protocol.")
    return message.format(about=about, place=place), _address_advice(place)


def _address_advice(place: str) -> str:
    """What to try with another Hub: the client uploads by Xet, which other servers seldom have."""
    from huggingface_hub import constants

    advice = _("Check HF_ENDPOINT and --endpoint.")
    if constants.HF_HUB_DISABLE_XET or urlsplit(place).hostname == "huggingface.co":
        return advice
    return f"{advice} " + _("If this Hub has no Xet storage, set HF_HUB_DISABLE_XET=1.")


def server_words(error: BaseException) -> str:
    """Return the server's own message of an error, on one line; empty if it has none."""
    said = getattr(error, "server_message", None) or ""
    return " ".join(str(said).split())[:_SAID]


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?…" else f"{text}."


@contextmanager
def progress_bars(*, shown: bool) -> Iterator[None]:
    """Show the client's progress bars for as long as the block runs, or hide them.

    Args:
        shown: Whether there is anything to show; bars are only ever shown at a terminal.
    """
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    hide = not (shown and sys.stderr.isatty()) and not are_progress_bars_disabled()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the environment may have decided
        if hide:
            disable_progress_bars()
    try:
        yield
    finally:
        if hide:
            enable_progress_bars()


LOGIN = mark_text("Log in with `hf auth login`, or name a variable that holds a token: --token-from-env NAME")
_LATER = mark_text("Try again later.")
_NAMED = mark_text("Fix what the server names.")
_INTERNAL = mark_text("{place} has an internal error ({status}).")
_LATE = mark_text("{place} did not answer in time ({status}).")
_REFUSES = mark_text("{place} refuses what was sent ({status}).")
_BY_STATUS: dict[int, tuple[str, str]] = {
    400: (_REFUSES, _NAMED),
    401: (mark_text("{place} does not accept the token ({status})."), LOGIN),
    402: (mark_text("{place} asks for payment ({status})."), mark_text("Check the plan of your account.")),
    403: (
        mark_text("{place} does not allow this ({status})."),
        mark_text("Use a token that may write here, or open a pull request: charter push --create-pr"),
    ),
    404: (mark_text("{place} does not have this ({status})."), mark_text("Check the repo id and HF_ENDPOINT.")),
    408: (_LATE, _LATER),
    409: (mark_text("{place} reports a conflict ({status})."), mark_text("Try again.")),
    413: (
        mark_text("{place} refuses the size ({status})."),
        mark_text("Send less at once: without --with-files, and large files with `hf upload`."),
    ),
    422: (_REFUSES, _NAMED),
    429: (
        mark_text("{place} limits the rate of requests ({status})."),
        mark_text("Wait some minutes, then try again."),
    ),
    500: (_INTERNAL, _LATER),
    501: (
        mark_text("{place} does not support this ({status})."),
        mark_text("Leave out the option that needs it, or use another Hub."),
    ),
    502: (_INTERNAL, _LATER),
    503: (mark_text("{place} is not available ({status})."), _LATER),
    504: (_LATE, _LATER),
}
"""What a status means, and the next step."""
_OTHER_STATUS = (
    mark_text("{place} answered ({status})."),
    mark_text("Read the server's message, or try again later."),
)
