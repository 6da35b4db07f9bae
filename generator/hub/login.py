"""Who is logged in to the Hub: by the file that the Hub's client keeps, or by the Hub itself; no token is read here."""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import Any, NamedTuple

from generator.hub.client import call_hub, disable_telemetry, open_connection
from generator.translations import gettext as _

_BY_BROWSER = "oauth-"
"""How the client names a login through the browser: this and the user's name. Other tokens have names of their own."""
_LIMIT = 1024 * 1024


class Login(NamedTuple):
    """An account of the Hub.

    Attributes:
        user: The user's name on the Hub.
        source: Where it stands.
        full_name: The name that the user shows; empty where only the Hub knows it.
        organizations: Organizations that the user can publish in.
    """

    user: str
    source: str
    full_name: str = ""
    organizations: tuple[str, ...] = ()


def stored_logins() -> tuple[Login, ...]:
    """Return the logins whose user name the Hub's client keeps on this machine; nothing is sent."""
    disable_telemetry()
    from huggingface_hub import constants

    path = Path(constants.HF_STORED_TOKENS_PATH)
    stored = configparser.ConfigParser(interpolation=None)
    try:
        if path.stat().st_size <= _LIMIT:
            stored.read(path, encoding="utf-8")
    except (OSError, configparser.Error, UnicodeDecodeError):
        return ()
    users = [name.removeprefix(_BY_BROWSER) for name in stored.sections() if name.startswith(_BY_BROWSER)]
    return tuple(Login(user, _("your Hub login")) for user in users if user)


def fetch_login() -> Login | None:
    """Return the account that the Hub knows by the login of this machine; None without a login.

    Raises:
        HubError: The Hub cannot be reached, or doesn't accept the login.
    """
    with open_connection() as connection:
        if connection.token is None:
            return None
        stated: Any = call_hub(connection, _("your login"), connection.api.whoami)
    user = _text(stated.get("name"))
    if not user:
        return None
    organizations = stated.get("orgs")
    held = [_text(entry.get("name")) for entry in organizations or () if isinstance(entry, dict)]
    return Login(user, _("your Hub login"), _text(stated.get("fullname")), tuple(filter(None, held)))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
