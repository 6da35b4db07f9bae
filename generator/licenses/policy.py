"""An organization's own rules about licenses: which are allowed, and which are blocked, by layer and relation."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from generator.licenses.catalog import Expression, parse
from generator.named_tuple import NamedTuple
from generator.release.vocabulary import OWN
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.release.policy import PolicyEntry

BLOCKED, NOT_ALLOWED, UNKNOWN = "blocked", "not_allowed", "unknown"


class Entry(NamedTuple):
    """Licenses that are allowed or blocked.

    Attributes:
        ids: The license ids.
        layers: The layers it is about; empty for all.
        relations: The relations it is about, `own` for an item's own license; empty for all.
        reason: Why; empty where none is stated.
    """

    ids: frozenset[str]
    layers: frozenset[str]
    relations: frozenset[str]
    reason: str

    def is_about(self, layers: Iterable[str], relation: str) -> bool:
        """Return whether the entry is about a layer, or one of several, and a relation."""
        here = not self.layers or any(layer in self.layers for layer in layers)
        return here and (not self.relations or relation in self.relations)


class PolicyDecision(NamedTuple):
    """Why a license is against a policy.

    Attributes:
        kind: `blocked`, `not_allowed`, or `unknown` where an allow list can't be compared with an unknown license.
        license: The id that decides; empty where the license isn't known.
        reason: The reason that the policy states; else empty.
    """

    kind: str
    license: str
    reason: str

    @property
    def because(self) -> str:
        """The decision as a sentence."""
        name = self.license.removeprefix("LicenseRef-")
        texts = {
            BLOCKED: _("The policy blocks {name}."),
            NOT_ALLOWED: _("{name} is not on the policy's list of allowed licenses."),
            UNKNOWN: "The license is not known, so the policy's list of allowed licenses can't be applied.",
        }
        text = texts[self.kind].format(name=name)
        return f"{text} " + _("Reason: {reason}").format(reason=self.reason) if self.reason else text


class Policy(NamedTuple):
    """A policy."""

    name: str
    allow: tuple[Entry, ...]
    block: tuple[Entry, ...]

    def decide(self, license_: Expression | None, layers: Iterable[str], relation: str = OWN) -> PolicyDecision | None:
        """Return why a license is against the policy, or None where it isn't.

        Of `OR` one allowed license is enough; of `AND` each must be allowed.

        Args:
            license_: The license; None where it isn't known.
            layers: The layer of the item that has or inherits it; several where it may be any of them.
            relation: How the item is made from what has the license; `own` for its own.
        """
        layers = tuple(layers)
        allow = [entry for entry in self.allow if entry.is_about(layers, relation)]
        if license_ is None:
            return PolicyDecision(UNKNOWN, "", "") if allow else None
        if license_.parts:
            found = [self.decide(part, layers, relation) for part in license_.parts]
            if license_.operator == "OR" and None in found:
                return None
            return next((decision for decision in found if decision), None)
        key = str(license_.license)
        for entry in self.block:
            if key in entry.ids and entry.is_about(layers, relation):
                return PolicyDecision(BLOCKED, key, entry.reason)
        if allow and not any(key in entry.ids for entry in allow):
            return PolicyDecision(NOT_ALLOWED, key, "")
        return None


def load_policy(
    path: str | Path | None = None, *, allow: Iterable[str] = (), block: Iterable[str] = ()
) -> Policy | None:
    """Return the policy of a file, with more licenses that are allowed or blocked; None where nothing is stated.

    Args:
        path: The file.
        allow: Licenses that are allowed everywhere.
        block: Licenses that are blocked everywhere.

    Raises:
        ReleaseFileError: The file can't be read as a policy.
        UnknownLicenseError: A license isn't known.
    """
    from generator.release.policy import read_policy_file  # only where there is a policy

    held = read_policy_file(path) if path is not None else None
    stated = {"allow": list(allow), "block": list(block)}
    entries: dict[str, tuple[Entry, ...]] = {}
    for key, ids in stated.items():
        read = tuple(map(_entry, getattr(held, key))) if held else ()
        own = frozenset(part for text in ids for part in parse(text).ids())
        entries[key] = (*read, Entry(own, frozenset(), frozenset(), "")) if own else read
    if not entries["allow"] and not entries["block"]:
        return None
    return Policy((held.name if held else None) or "", entries["allow"], entries["block"])


def _entry(stated: PolicyEntry) -> Entry:
    ids = frozenset(str(key) for text in stated.licenses for key in parse(text, frozenset([text])).ids())
    return Entry(ids, frozenset(stated.layers), frozenset(stated.relations), stated.reason or "")
