"""The licenses that a base stands for in a question: a license itself, or a model or data set of the Hub."""

from __future__ import annotations

import re
from typing import cast

from generator.errors import UnknownLicenseError
from generator.licenses.catalog import Expression, LicenseId, parse, reason
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern

_REF = lazy_pattern(r"(?:https?://(?:huggingface\.co|hf\.co)/)?(?:datasets/)?[\w][\w.-]*(?:/[\w][\w.-]*)?")

_WRITE = "Write the license of the base: --from LICENSE."


class BaseLicense(NamedTuple):
    """A license that binds what is made from a base.

    Attributes:
        ref: The model or data set that it is of; empty where the license itself was named.
        license: The license; an id made from the ref where it is not known.
        as_of: The date of the table of known bases, where the license is from there; else empty.
        known: Whether the license is known.
    """

    ref: str
    license: Expression
    as_of: str = ""
    known: bool = True

    @property
    def words(self) -> str:
        """A sentence on the license of a model or data set, with the date where the table has it."""
        case = "unknown_upstream" if not self.known else "listed_base" if self.as_of else "base_by_its_card"
        return reason(case, via=self.ref, base=self.ref, license=str(self.license), as_of=self.as_of)

    def to_dict(self) -> dict[str, str | None]:
        """Return the base as values for JSON."""
        return {"ref": self.ref, "license": str(self.license) if self.known else None, "as_of": self.as_of or None}


def base_licenses(name: str, relation: str, local: frozenset[str] = frozenset()) -> tuple[BaseLicense, ...]:
    """Return the licenses that a base stands for: its own first, then those of what it was made from itself.

    A license goes before a model of the same name. The license of a model is taken from its copy in the Hub's cache,
    else from the table of known bases; no network is used.

    Args:
        name: A license id, an alias or an expression; else a Hub repo id, its address, or a bare id.
        relation: How something was made from it.
        local: Ids of custom licenses.

    Raises:
        UnknownLicenseError: It is neither a license nor a base that is known.
    """
    try:
        return (BaseLicense("", parse(name, local)),)
    except UnknownLicenseError as error:
        found = _licenses_of_model(name, relation) if _REF.fullmatch(name) else ()
        if not found:
            hint = _why_not(name) or error.remedy
            raise UnknownLicenseError(error.message, hint, error.suggestions) from None
        return found


def _licenses_of_model(ref: str, relation: str) -> tuple[BaseLicense, ...]:
    from generator.licenses.assess import assess
    from generator.licenses.known_bases import find_base
    from generator.release.model import Item, Layers, Release, ReleaseInfo, Upstream
    from generator.release.vocabulary import RELATIONS, Relation

    how = relation if relation in RELATIONS else "finetune"
    item = Item(availability="released", files=("**",), derived_from=(Upstream(ref=ref, relation=cast(Relation, how)),))
    data = how == "includes" and find_base(ref) is None and find_base(ref, data=True) is not None
    layers = Layers(data=(item,)) if data else Layers(weights=(item,))
    release = Release(charter=1, release=ReleaseInfo(name="question"), layers=layers)
    flows = assess(release).items[0].flows[1:]
    if not any(flow.license for flow in flows):
        return ()
    found = []
    for flow in flows:
        known = flow.license is not None
        license_ = flow.license or Expression("", LicenseId(f"LicenseRef-license-of-{_slug(flow.via[-1])}"), "", ())
        found.append(BaseLicense(flow.via[-1], license_, flow.as_of, known))
    return tuple(dict.fromkeys(found))


def _why_not(ref: str) -> str:
    """Why nothing is known of a base; empty where the words look like a license."""
    from generator.licenses.known_bases import find_either

    for row in find_either(ref):
        return f"The card of {row.id} says {row.stated!r}, as of {row.as_of}. {_WRITE}"
    return f"It isn't in the table of known bases either. {_WRITE}" if "/" in ref else ""


def _slug(ref: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", ref).strip("-.") or "base"
