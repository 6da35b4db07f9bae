"""Which license a text is, by a digest that does not see who holds the copyright."""

from __future__ import annotations

import re

from generator.licenses.texts import digest

# A holder's own lines differ between true copies of MIT, BSD or ISC; so does a title line above them.
_HOLDER_LINE = re.compile(
    r"^[ \t]*(?:copyright\b(?=.*(?:\(c\)|©|<|\d{4})).*|\(c\)[ \t].*|©.*|all rights reserved\.?)[ \t]*$\n?",
    re.I | re.M,
)


def fingerprint(text: str) -> str:
    """Return a digest of `text` that is the same for copies with other copyright holders.

    Args:
        text: A license text.
    """
    return digest(_HOLDER_LINE.sub("", text))
