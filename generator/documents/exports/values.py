"""Single values as other formats take them: addresses, contacts, measured figures."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from urllib.parse import quote

from generator.patterns import lazy_pattern
from generator.release.yaml_text import scalar

HUB = "https://huggingface.co"

_HOST = r"(?:[^/?#@:\[\]]*@)?(?:[^/?#@:\[\]]+|\[[0-9a-fA-F:.]+\])(?::[0-9]*)?"
_ADDRESS = lazy_pattern(rf"(https?)://({_HOST})([/?#].*)?", re.I)


def address(url: str | None) -> str | None:
    """Return a web address as every standard takes it, odd characters as `%XX`; None for what is no address.

    Args:
        url: As it stands in the release file.
    """
    whole = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url or "")
    found = _ADDRESS.fullmatch(quote(whole, safe="%/:?#@!$&'()*+,;=-._~[]"))
    if found is None:
        return None
    scheme, host, rest = found.groups(default="")
    before, mark, fragment = rest.partition("#")
    rest = before + mark + fragment.replace("#", "%23")
    return f"{scheme.lower()}://{host}{rest.replace('[', '%5B').replace(']', '%5D')}"


def mail(contact: str | None) -> str | None:
    """Return a contact where it is an e-mail address.

    Args:
        contact: As it stands in the release file.
    """
    name, _, host = (contact or "").partition("@")
    plain = name and "." in host.strip(".") and not any(char.isspace() for char in contact or "")
    return contact if plain and "@" not in host and "://" not in name else None


def format_measured(value: Decimal | str) -> str:
    """Return a measured value as text, with the digits it was given with."""
    return scalar(value) if isinstance(value, Decimal) else value


def scalar_text(value: Decimal | datetime.date | str) -> str:
    """Return one value of the release file as text."""
    return scalar(value) if isinstance(value, Decimal) else str(value)
