"""What one license says: its fact file, read into frozen types when it is asked for."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from generator.licenses.catalog import KNOWLEDGE, LicenseId, index, is_family, known_name, only_of, reason
from generator.release.vocabulary import ACTS, RELATIONS

COMPILED = KNOWLEDGE.parent / "_compiled" / "licenses"
"""Fact files as JSON, written when the wheel was built; a checkout has none."""


class Answer(NamedTuple):
    """One answer with its reason and the clause it stands in (None where the text is silent)."""

    answer: str
    because: str
    clause: str | None


class Obligation(NamedTuple):
    """A duty: what has to be done, on which acts, by which clause; `words` are ones it asks to be shown."""

    id: str
    acts: tuple[str, ...]
    detail: str
    clause: str | None
    words: str = ""
    quoted: bool = False


class Limit(NamedTuple):
    """A limit on the grant; `threshold` is (fact, figure) where it begins above a figure."""

    id: str
    detail: str
    clause: str | None
    threshold: tuple[str, int] | None = None


class UsePolicy(NamedTuple):
    """A use policy that goes with a license: in its own text (`attachment`), or included by link (`url`)."""

    name: str
    clause: str
    url: str | None
    attachment: str | None


class Terms(NamedTuple):
    """What a license says, as the catalog reads it.

    Attributes:
        derivative: What a derivative may be licensed under, by relation (`reading.md`: any, own_part, same, …).
        architecture: Whether the text speaks of a model's architecture or code.
        read: Whether a reading exists; without one every answer is `unclear`.
    """

    id: LicenseId
    name: str
    applies_to: tuple[str, ...]
    acts: Mapping[str, Answer]
    obligations: tuple[Obligation, ...]
    limits: tuple[Limit, ...]
    derivative: Mapping[str, str]
    derivative_because: Answer
    use_policy: UsePolicy | None
    architecture: Answer
    text_source: Mapping[str, str] | None
    digest: str | None
    anchors: Mapping[str, str]
    read: bool
    url: str | None = None


def terms_of(key: LicenseId) -> Terms:
    """Return what is known of a license of the catalog or of the SPDX list.

    Args:
        key: A canonical id. An `-or-later` id has the facts of its `-only` text.
    """
    if key in index()["known"] and not is_family(key):
        return _read(key)
    if (base := only_of(key)) != key and base in index()["known"]:
        return _read(base)
    return _silent(key)


def scancode_keys() -> tuple[str, ...]:
    """Return the texts that the catalog takes from scancode's data, by their keys there."""
    return tuple(index()["scancode"])


def own_terms(key: LicenseId, name: str, url: str | None, limits: tuple[str, ...]) -> Terms:
    """Return terms that a release file describes itself: what it does not say is `unclear`.

    Args:
        key: Its `LicenseRef-` id.
        name: Its name.
        url: Where it can be read.
        limits: Limit ids of the vocabulary that the publisher states.
    """
    forbids: dict[str, str] = {}
    if "noncommercial" in limits or "research_only" in limits:
        forbids["commercial_use"] = reason("own_commercial")
    if "no_derivatives" in limits:
        shared = ("publish_finetune", "publish_adapter", "publish_merge")
        forbids |= dict.fromkeys(shared, reason("own_derivatives"))
    acts = {act: Answer("unclear", reason("own_terms"), None) for act in ACTS}
    acts |= {act: Answer("no", because, None) for act, because in forbids.items()}
    stated = tuple(Limit(limit, index()["reasons"]["limits"][limit], None) for limit in limits)
    return _bare(key, name, acts, stated, read=True, url=url)


@lru_cache(maxsize=256)
def _read(key: LicenseId) -> Terms:
    raw = _facts(key)
    stated = raw["derivative_license"]
    derivative = {relation: stated[relation] for relation in RELATIONS if relation in stated}
    return Terms(
        id=key,
        name=raw["name"],
        applies_to=tuple(raw.get("applies_to") or ()),
        acts=MappingProxyType({act: _answer(raw["acts"][act]) for act in ACTS}),
        obligations=tuple(_obligation(o) for o in raw.get("obligations") or ()),
        limits=tuple(_limit(limit) for limit in raw.get("limits") or ()),
        derivative=MappingProxyType(derivative),
        derivative_because=Answer("", stated.get("because") or "", stated.get("clause")),
        use_policy=_policy(raw.get("use_policy")),
        architecture=_architecture(raw.get("architecture")),
        text_source=raw.get("text_source"),
        digest=raw.get("digest"),
        anchors=MappingProxyType({str(k): v for k, v in (raw.get("anchors") or {}).items()}),
        read=not raw.get("by_name_only", False),
    )


def _facts(key: LicenseId) -> dict[str, Any]:
    """The fact file of a license: as JSON inside a wheel, which reads ten times faster, else as it is written."""
    with contextlib.suppress(FileNotFoundError):
        compiled: dict[str, Any] = json.loads((COMPILED / f"{key}.json").read_bytes())
        return compiled
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    written: dict[str, Any] = yaml.load((KNOWLEDGE / "licenses" / f"{key}.yaml").read_bytes(), Loader=loader)
    return written


def _answer(raw: Mapping[str, Any]) -> Answer:
    return Answer(raw["answer"], raw["because"], raw["clause"])


def _obligation(raw: Mapping[str, Any]) -> Obligation:
    words = raw.get("words") or raw.get("prefix") or ""
    return Obligation(
        raw["id"],
        tuple(raw["triggered_by"]),
        raw["detail"],
        raw["clause"],
        words,
        raw.get("notice") == "quoted",
    )


def _limit(raw: Mapping[str, Any]) -> Limit:
    threshold = raw.get("threshold")
    return Limit(raw["id"], raw["detail"], raw["clause"], (threshold["fact"], threshold["over"]) if threshold else None)


def _policy(raw: Mapping[str, Any] | None) -> UsePolicy | None:
    return UsePolicy(raw["name"], raw["clause"], raw.get("url"), raw.get("attachment")) if raw else None


def _architecture(raw: Mapping[str, Any] | None) -> Answer:
    if not raw:
        return Answer("unclear", "", None)
    return Answer("yes" if raw["speaks"] else "no", raw["because"], raw["clause"])


@lru_cache(maxsize=256)
def _silent(key: LicenseId) -> Terms:
    because = reason("no_license" if is_family(key) else "not_read")
    acts = {act: Answer("unclear", because, None) for act in ACTS}
    source = {"spdx": key} if key in index()["spdx"] else None
    return _bare(key, known_name(key), acts, (), read=False, source=source)


def _bare(
    key: LicenseId,
    name: str,
    acts: dict[str, Answer],
    limits: tuple[Limit, ...],
    *,
    read: bool,
    source: Mapping[str, str] | None = None,
    url: str | None = None,
) -> Terms:
    return Terms(
        id=key,
        name=name,
        applies_to=(),
        acts=MappingProxyType(acts),
        obligations=(),
        limits=limits,
        derivative=MappingProxyType({}),
        derivative_because=Answer("", "", None),
        use_policy=None,
        architecture=Answer("unclear", "", None),
        text_source=source,
        digest=None,
        anchors=MappingProxyType({}),
        read=read,
        url=url,
    )
