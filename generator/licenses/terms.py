"""What one license says: its fact file, read into frozen types when it is asked for."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from generator.licenses.catalog import (
    KNOWLEDGE,
    LicenseId,
    english_reason,
    get_known_name,
    index,
    is_family,
    is_shared_name,
    only_of,
    reason,
)
from generator.named_tuple import NamedTuple
from generator.release.vocabulary import ACTS, RELATIONS
from generator.translations import ENGLISH, get_language, language_cache, translate_fact

COMPILED = KNOWLEDGE.parent / "_compiled" / "licenses"
"""Fact files as JSON, written when the wheel was built; a checkout has none."""


class TextSource(NamedTuple):
    """Where the text of a license is kept.

    Attributes:
        origin: `spdx` and `scancode`: a package; `hub` and `github`: the publisher's own repository; `page`: a web page
            of the publisher, which is named and never fetched.
        key: The id in the package, the repository, or the address of the page.
        path: The file in the repository.
        revision: The revision of the repository; empty for the newest one of the Hub.
        language: The language of the text.
    """

    origin: str
    key: str
    path: str = ""
    revision: str = ""
    language: str = ENGLISH

    @property
    def is_published(self) -> bool:
        """Whether the publisher has it, not a package: in a repository or on a web page."""
        return self.origin in ("hub", "github", "page")

    @property
    def address(self) -> str:
        """The web address of the publisher's own copy."""
        from urllib.parse import quote

        if self.origin == "page":
            return self.key
        host = "https://huggingface.co" if self.origin == "hub" else "https://github.com"
        return f"{host}/{self.key}/blob/{self.revision or 'main'}/{quote(self.path)}"

    @property
    def page(self) -> str:
        """The web page where people can read the text."""
        if self.origin == "spdx":
            return f"https://spdx.org/licenses/{self.key}.html"
        if self.origin == "scancode":
            return f"https://scancode-licensedb.aboutcode.org/{self.key}.html"
        return self.address


class Answer(NamedTuple):
    """One answer with its reason and the clause it stands in (None where the text is silent).

    Attributes:
        contested: Other answers that a careful reader of the same text may defend.
    """

    answer: str
    because: str
    clause: str | None
    contested: tuple[str, ...] = ()


class Obligation(NamedTuple):
    """A condition: what has to be done, on which acts, by which clause.

    Attributes:
        words: Words it asks to be shown, such as `Built with Llama`.
        prefix: What a name has to begin with.
        quoted: Whether the clause prints the notice that has to be carried.
    """

    id: str
    acts: tuple[str, ...]
    detail: str
    clause: str | None
    words: str = ""
    prefix: str = ""
    quoted: bool = False


class Limit(NamedTuple):
    """A limit on the grant.

    Attributes:
        threshold: (fact, figure), where the grant ends above a figure.
        restricts: The items of a list of use restrictions, as words that all licenses share.
        countries: Countries (ISO 3166 alpha-2) where the limit may bite; empty where it does not depend on one.
        of_outputs: Whether it limits what may be done with outputs only, not with the model itself.
        there: The answer for people in one of these countries: `no`, or `unclear` if only some models are affected.
        above: The answer above the threshold: `no`, or `unclear` where the limit needs more than the figure to apply.
        commercial_only: Whether it limits commercial use only, so that other purposes stay free of it.
        passed_on: Whether derivatives have to keep it although its kind, such as `other` or `geography`, does not say
            so. Another license contains it only in the same words.
        reaches: Acts on outputs that a limit to a purpose binds too, by the words of the text.
    """

    id: str
    detail: str
    clause: str | None
    threshold: tuple[str, int] | None = None
    restricts: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    there: str = "unclear"
    of_outputs: bool = False
    above: str = "no"
    commercial_only: bool = False
    passed_on: bool = False
    reaches: tuple[str, ...] = ()


class UsePolicy(NamedTuple):
    """A use policy that goes with a license: in its own text (`attachment`), or included by link (`url`)."""

    name: str
    clause: str
    url: str | None
    attachment: str | None


class Terms(NamedTuple):
    """What a license says, as the catalog reads it.

    Attributes:
        derivative: What a derivative may be licensed under, by relation: any, own_part, any_with_passthrough, same,
            same_or_compatible, none or unclear; a relation that is absent is unclear.
        compatible: Licenses that its text, or its steward's list, names for derivatives.
        outputs: Whether the text reaches what is made from a model's outputs, although its table may be unclear.
        compatible_joined: Licenses that it names only where the work also holds another work under that license.
        barred: Licenses that let nothing be added, and that what this license adds therefore cannot go into.
        compatible_clause: The clause that names them, where it isn't the one of `derivative_because`.
        compatible_described: Whether its text describes the licenses that a derivative may have, and doesn't name them
            all, such as "another license that allows everything this license allows".
        two_readings: Relations for which it is open whether another license may be taken: one of `compatible`, or any
            where the value is `own_part`.
        relation_because: The reason and clause of single relations, where the general reason isn't about them.
        no_further_restrictions: The clause that bars adding restrictions, where there is one.
        architecture: Whether the text mentions a model's architecture or code.
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
    compatible: tuple[str, ...]
    no_further_restrictions: str | None
    use_policy: UsePolicy | None
    architecture: Answer
    text_source: TextSource | None
    digest: str | None
    anchors: Mapping[str, str]
    read: bool
    url: str | None = None
    osi_approved: bool = False
    outputs: bool = False
    compatible_joined: tuple[str, ...] = ()
    joined_because: Answer = Answer("", "", None)
    barred: tuple[str, ...] = ()
    barred_because: Answer = Answer("", "", None)
    two_readings: tuple[str, ...] = ()
    compatible_clause: str | None = None
    compatible_described: bool = False
    relation_because: Mapping[str, Answer] = MappingProxyType({})

    @property
    def web_address(self) -> str | None:
        """The web page where people can read its text, if one is known."""
        return self.url or (self.text_source.page if self.text_source else None)


@language_cache(maxsize=512)
def terms_of(key: LicenseId) -> Terms:
    """Return what is known of a license of the catalog or of the SPDX list.

    Args:
        key: A canonical id. An `-or-later` id has the facts of its `-only` text.
    """
    if is_shared_name(key):
        from generator.licenses.shared_names import get_agreed_terms  # it is made of terms, and few ids are such names

        return get_agreed_terms(key)
    if key in index()["known"] and not is_family(key):
        return _read_in_language(key)
    if (base := only_of(key)) != key and base in index()["known"]:
        return _read_in_language(base)._replace(id=key, name=get_known_name(key))
    return _silent(key)


def scancode_digests() -> dict[str, str]:
    """Return the texts that the catalog takes from scancode's data: the digest of each by its key there."""
    return dict(index()["scancode"])


def get_published_ids() -> tuple[LicenseId, ...]:
    """Return the licenses whose text is in the publisher's own repository."""
    return tuple(LicenseId(key) for key in index()["published"])


def text_source(raw: Mapping[str, Any] | None) -> TextSource | None:
    """Return the `text_source` of a fact file.

    Args:
        raw: `{spdx: ID}`, `{scancode: KEY}`, `{hub: {repo, path, revision}}`, the same with `github`,
            `{page: URL}`, or None; with `language` where the text isn't in English.
    """
    if not raw:
        return None
    language = raw.get("language", ENGLISH)
    ((origin, stated),) = ((name, value) for name, value in raw.items() if name != "language")
    if isinstance(stated, str):
        return TextSource(origin, stated, language=language)
    return TextSource(origin, stated["repo"], stated["path"], stated.get("revision") or "", language)


def own_terms(key: LicenseId, name: str, url: str | None, limits: tuple[str, ...]) -> Terms:
    """Return terms that a release file describes itself, in English: what it does not say is `unclear`.

    Args:
        key: Its `LicenseRef-` id.
        name: Its name.
        url: Where it can be read.
        limits: Limit ids of the vocabulary that the publisher states.
    """
    forbids: dict[str, str] = {}
    if "noncommercial" in limits or "research_only" in limits:
        forbids["commercial_use"] = english_reason("own_commercial")
    if "no_derivatives" in limits:
        shared = ("publish_finetune", "publish_adapter", "publish_merge")
        forbids |= dict.fromkeys(shared, english_reason("own_derivatives"))
    acts = {act: Answer("unclear", english_reason("own_terms"), None) for act in ACTS}
    acts |= {act: Answer("no", because, None) for act, because in forbids.items()}
    stated = tuple(Limit(limit, english_reason("limits", limit), None) for limit in limits)
    because = " ".join((*(limit.detail for limit in stated), english_reason("own_terms")))
    made = bare_terms(key, name, acts, stated, read=True, because=because, url=url)
    # Terms that bar competing models mention what is made with outputs, whatever else they say.
    return made._replace(outputs="competing_models" in limits)


def _read_in_language(key: LicenseId) -> Terms:
    return _read(key) if get_language() == ENGLISH else translate_terms(_read(key))


def translate_terms(terms: Terms) -> Terms:
    """Return terms with their sentences in the language of this context; what has no translation is marked as English.

    Args:
        terms: Terms in English.
    """

    def answer(found: Answer) -> Answer:
        return found._replace(because=translate_fact(found.because))

    return terms._replace(
        acts=MappingProxyType({act: answer(found) for act, found in terms.acts.items()}),
        obligations=tuple(rule._replace(detail=translate_fact(rule.detail)) for rule in terms.obligations),
        limits=tuple(limit._replace(detail=translate_fact(limit.detail)) for limit in terms.limits),
        derivative_because=answer(terms.derivative_because),
        architecture=answer(terms.architecture),
        joined_because=answer(terms.joined_because),
        barred_because=answer(terms.barred_because),
        relation_because=MappingProxyType({name: answer(found) for name, found in terms.relation_because.items()}),
    )


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
        compatible=tuple(stated.get("compatible") or ()),
        no_further_restrictions=raw.get("no_further_restrictions"),
        use_policy=_policy(raw.get("use_policy")),
        architecture=_architecture(raw.get("architecture")),
        text_source=text_source(raw.get("text_source")),
        digest=raw.get("digest"),
        anchors=MappingProxyType({str(k): v for k, v in (raw.get("anchors") or {}).items()}),
        read=not raw.get("by_name_only", False),
        osi_approved=bool(raw.get("osi_approved")),
        outputs=bool(stated.get("reaches_outputs")),
        compatible_joined=tuple((stated.get("compatible_if_joined") or {}).get("licenses") or ()),
        joined_because=_parse_answer(stated.get("compatible_if_joined")),
        barred=tuple((stated.get("barred") or {}).get("licenses") or ()),
        barred_because=_parse_answer(stated.get("barred")),
        two_readings=tuple(stated.get("two_readings") or ()),
        compatible_clause=stated.get("compatible_clause"),
        compatible_described=bool(stated.get("compatible_described")),
        relation_because=MappingProxyType({k: _parse_answer(v) for k, v in (stated.get("by_relation") or {}).items()}),
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
    return Answer(raw["answer"], raw["because"], raw["clause"], tuple(raw.get("contested") or ()))


def _parse_answer(raw: Mapping[str, Any] | None) -> Answer:
    return Answer(raw.get("answer", "conditional"), raw["because"], raw["clause"]) if raw else Answer("", "", None)


def _obligation(raw: Mapping[str, Any]) -> Obligation:
    return Obligation(
        raw["id"],
        tuple(act for act in ACTS if act in raw["triggered_by"]),
        raw["detail"],
        raw["clause"],
        raw.get("words") or "",
        raw.get("prefix") or "",
        raw.get("notice") == "quoted",
    )


def _limit(raw: Mapping[str, Any]) -> Limit:
    threshold = raw.get("threshold")
    return Limit(
        raw["id"],
        raw["detail"],
        raw["clause"],
        (threshold["fact"], threshold["over"]) if threshold else None,
        tuple(raw.get("restricts") or ()),
        _countries(raw.get("countries") or ()),
        raw.get("there") or "unclear",
        bool(raw.get("of_outputs")),
        raw.get("above") or "no",
        bool(raw.get("commercial_only")),
        bool(raw.get("passed_on")),
        tuple(raw.get("reaches") or ()),
    )


def _countries(stated: Any) -> tuple[str, ...]:  # noqa: ANN401 - `EU`, or a list
    """Country codes; `EU` stands for its members, as `knowledge/reasons.yaml` lists them, alone or within a list."""
    listed = [stated] if isinstance(stated, str) else stated
    return tuple(code for item in listed for code in (index()["reasons"]["eu"] if item == "EU" else (item,)))


def _policy(raw: Mapping[str, Any] | None) -> UsePolicy | None:
    return UsePolicy(raw["name"], raw["clause"], raw.get("url"), raw.get("attachment")) if raw else None


def _architecture(raw: Mapping[str, Any] | None) -> Answer:
    if not raw:
        return Answer("unclear", "", None)
    return Answer("yes" if raw["speaks"] else "no", raw["because"], raw["clause"])


@language_cache(maxsize=256)
def _silent(key: LicenseId) -> Terms:
    because = reason("no_license" if is_family(key) else "not_read")
    acts = {act: Answer("unclear", because, None) for act in ACTS}
    source = TextSource("spdx", key) if key in index()["spdx"] else None
    return bare_terms(key, get_known_name(key), acts, (), read=False, because=because, source=source)


def bare_terms(
    key: LicenseId,
    name: str,
    acts: dict[str, Answer],
    limits: tuple[Limit, ...],
    *,
    read: bool,
    because: str = "",
    source: TextSource | None = None,
    url: str | None = None,
) -> Terms:
    """Return terms that hold nothing but answers and limits.

    Args:
        key: The id.
        name: The name in words.
        acts: The answers.
        limits: The limits.
        read: Whether a reading exists.
        because: The reason for every relation.
        source: Where the text is kept.
        url: Where it can be read.
    """
    return Terms(
        id=key,
        name=name,
        applies_to=(),
        acts=MappingProxyType(acts),
        obligations=(),
        limits=limits,
        derivative=MappingProxyType({}),
        derivative_because=Answer("", because, None),
        compatible=(),
        no_further_restrictions=None,
        use_policy=None,
        architecture=Answer("unclear", "", None),
        text_source=source,
        digest=None,
        anchors=MappingProxyType({}),
        read=read,
        url=url,
    )
