"""What the frameworks go by: components, which licenses are open, and the sentences (`knowledge/openness.yaml`)."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from generator.licenses.catalog import KNOWLEDGE, Expression, LicenseId, get_known_name
from generator.licenses.license_set import CATALOG, LicenseSet
from generator.named_tuple import NamedTuple
from generator.release.vocabulary import COMPONENTS
from generator.translations import gettext as _
from generator.translations import pgettext

KINDS = ("open", "unknown", "limited", "restricted", "none")
"""How open terms are, from the freest: `unknown` are terms that nobody has read here, `limited` ones bar some uses,
`restricted` ones bar people or whole purposes, and `none` is no statement."""


class Component(NamedTuple):
    """A component of the Model Openness Framework.

    Attributes:
        id: As the release file writes it.
        title: Its name in the framework.
        kind: code, data or document.
        level: The class that it belongs to.
        required: Whether that class needs it.
    """

    id: str
    title: str
    kind: str
    level: int
    required: bool

    @property
    def label(self) -> str:
        """Its id as words."""
        return pgettext("component", self.id.replace("-", " "))


@lru_cache(maxsize=1)
def facts() -> dict[str, Any]:
    """Return the compiled facts (`knowledge/openness.json`, made by tools/make_index.py)."""
    loaded: dict[str, Any] = json.loads((KNOWLEDGE / "openness.json").read_bytes())
    return loaded


def format_sentence(*path: str, **words: str) -> str:
    """Return a sentence, filled.

    Args:
        path: Its keys in the facts.
        words: What its braces are filled with.
    """
    text = _(_english(path))
    return text.format(**words) if words else text


@lru_cache(maxsize=512)  # the facts have some 200 sentences
def _english(path: tuple[str, ...]) -> str:
    sentence: Any = facts()
    for key in path:
        sentence = sentence[key]
    return str(sentence)


@lru_cache(maxsize=1)
def components() -> dict[str, Component]:
    """Return the components by id, in the order of the contract."""
    stated = facts()["components"]
    return {key: Component(key, *stated[key]) for keys in COMPONENTS.values() for key in keys}


def label_of(component: str) -> str:
    """Return the name of a component in a sentence.

    Args:
        component: Its id.
    """
    return pgettext("component", str(facts()["words"]["parts"].get(component) or component.replace("-", " ")))


@lru_cache(maxsize=1)
def titles() -> dict[str, str]:
    """Return the id of each component by its name in the framework."""
    return {component.title: component.id for component in components().values()}


@lru_cache(maxsize=1)
def reference_open() -> frozenset[str]:
    """Return the ids that the reference evaluator of MOF 1.0 takes for open."""
    stated = facts()["open"]
    osi = set(facts()["osi"]) - set(facts()["osi_later"])
    return frozenset(osi.union(stated["fsf"], stated["data"], stated["further"]))


@lru_cache(maxsize=1)
def open_ids() -> frozenset[str]:
    """Return the ids of all licenses that are known to be open."""
    return reference_open().union(facts()["osi"], facts()["open"]["mended"])


@lru_cache(maxsize=1)
def _osi() -> frozenset[str]:
    return frozenset(facts()["osi"])


def is_open(expression: Expression) -> bool:
    """Return whether an expression is open: all of `AND`, any of `OR`.

    Args:
        expression: A license expression.
    """
    return _every(expression, open_ids())


def is_osi_approved(expression: Expression) -> bool:
    """Return whether the OSI has approved an expression: all of `AND`, any of `OR`.

    Args:
        expression: A license expression.
    """
    return _every(expression, _osi())


def fit_for(expression: Expression, kind: str, *, mended: bool = True) -> bool:
    """Return whether the framework names a license as fit for code, data or documents.

    Args:
        expression: A license expression.
        kind: code, data or document.
        mended: Whether what its list lost counts.
    """
    return _every(expression, _fitting(kind, mended))


@lru_cache(maxsize=8)
def _fitting(kind: str, mended: bool) -> frozenset[str]:
    return frozenset((*facts()["fits"][kind], *(facts()["fits_mended"][kind] if mended else ())))


def _every(expression: Expression, ids: frozenset[str]) -> bool:
    if not expression.parts:
        return expression.license in ids
    judge = all if expression.operator == "AND" else any
    return judge(_every(part, ids) for part in expression.parts)


def openness_of(expression: Expression | None, text: str | None = None, license_set: LicenseSet = CATALOG) -> str:
    """Return how open terms are: one of `KINDS`.

    Args:
        expression: The terms; None where they could not be read as a license, or where none are stated.
        text: What stands there, where it could not be read as a license.
        license_set: The licenses that the release can name.
    """
    if expression is None:
        return _by_name(text) if text else "none"
    if not expression.parts:
        key = expression.license
        return _of_one(key, license_set) if key in license_set.own else _of_known(key)
    pick = max if expression.operator == "AND" else min
    return pick((openness_of(part, None, license_set) for part in expression.parts), key=KINDS.index)


@lru_cache(maxsize=1024)
def _of_known(key: LicenseId) -> str:
    """How open a license of the catalog is, which no release changes."""
    return _of_one(key, CATALOG)


def _of_one(key: LicenseId, license_set: LicenseSet) -> str:
    """Restricted by what was read, or by its name where nobody has read it."""
    if key in open_ids():
        return "open"
    terms = license_set.terms(key)
    limits = {limit.id for limit in terms.limits if not limit.of_outputs}
    if limits.intersection(facts()["disqualifying"]["limits"]):
        return "restricted"
    if any(terms.acts[act].answer == "no" for act in ("commercial_use", "modify", "redistribute")):
        return "restricted"
    if limits:
        return "limited"
    return "unknown" if terms.read else _by_name(key if key in license_set.own else f"{key} {get_known_name(key)}")


def _by_name(name: str) -> str:
    if _words("disqualifying").search(name):
        return "restricted"
    return "limited" if _words("limiting").search(name) else "unknown"


@lru_cache(maxsize=2)
def _words(group: str) -> re.Pattern[str]:
    return re.compile("|".join(facts()[group]["words"]), re.I)
