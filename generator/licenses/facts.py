"""Facts that are given to make a conditional answer definite: users, revenue, country, purpose, name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from generator.errors import CharterError
from generator.licenses.catalog import reason
from generator.licenses.terms import Limit, Obligation, Terms
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern
from generator.translations import gettext as _

NUMBERS = ("monthly_active_users", "annual_revenue_usd")
PURPOSES = ("commercial", "noncommercial", "research")
KEYS = (*NUMBERS, "country", "purpose", "name")
_SEPARATORS = lazy_pattern(r"[\s_-]+")
Given = Mapping[str, str | int]
"""Facts by key; empty where none is given."""
NOTHING: Given = MappingProxyType({})

# What a stated purpose does to a limit: True is outside of it, False is within it.
_PURPOSE_BREAKS = {
    ("noncommercial", "commercial"): True,
    ("noncommercial", "noncommercial"): False,
    ("research_only", "commercial"): True,
    ("research_only", "research"): False,
}
# What a limit to a purpose does not reach by itself: a text that limits use may leave outputs free.
_BESIDE_THE_PURPOSE = frozenset({"use_outputs", "train_other_models_on_outputs", "patent_use", "trademark_use"})


class DecidedAnswer(NamedTuple):
    """An answer that a given fact decides, with its reason and clause.

    Attributes:
        contested: Other answers that a careful reader may defend; none once a fact decides.
    """

    answer: str
    because: str
    clause: str | None
    contested: tuple[str, ...] = ()


def parse_facts(stated: Iterable[str] | Mapping[str, object] | None) -> Given:
    """Return given facts, checked.

    Args:
        stated: `KEY=VALUE` texts, or a mapping.

    Raises:
        CharterError: A key is not known or a value does not fit it.
    """
    if stated is None:
        return NOTHING
    pairs = stated.items() if isinstance(stated, Mapping) else [_split(text) for text in stated]
    return MappingProxyType({key: _value(key, str(value).strip()) for key, value in pairs})


def decide(terms: Terms, act: str, given: Given) -> DecidedAnswer | None:
    """Return what given facts make of an act under one license, or None where they decide nothing.

    Args:
        terms: The license.
        act: The act that is asked about.
        given: The facts.
    """
    found = [*_by_limits(terms.limits, act, given), *_by_duties(terms.obligations, act, given)]
    return max(found, key=lambda entry: entry.answer == "no") if found else None


def is_settled(terms: Terms, act: str, given: Given) -> bool:
    """Return whether given facts meet every condition of an act: some of them, and nothing else is owed or limited.

    Args:
        terms: The license.
        act: An act whose answer is `conditional`.
        given: The facts.
    """
    license_rules = [license_rule for license_rule in terms.obligations if act in license_rule.acts]
    owed = [license_rule for license_rule in license_rules if is_still_owed(license_rule, given)]
    left = [limit for limit in terms.limits if still_open(limit, given)]
    # What is neither an obligation nor a limit, such as a label on each change, is met by no fact.
    known = {license_rule.clause for license_rule in license_rules} | {limit.clause for limit in terms.limits}
    clause = terms.acts[act].clause or ""
    return not owed and not left and any(clause == one or clause.startswith(f"{one}(") for one in known if one)


def deciding_facts(terms: Terms, act: str, given: Given) -> tuple[str, ...]:
    """Return the keys of the facts that keep an act clear of limits, or meet its conditions, in the order of `KEYS`.

    Args:
        terms: The license.
        act: The act that is asked about.
        given: The facts.
    """
    met = {"name" for one in terms.obligations if act in one.acts and not is_still_owed(one, given)}
    for limit in terms.limits:
        for key in given:
            if not still_open(limit, {key: given[key]}):
                met.add(key)
    return tuple(key for key in KEYS if key in met)


def still_open(limit: Limit, given: Given) -> bool:
    """Return whether a limit is still a condition: False where a given fact keeps clear of it."""
    if limit.commercial_only and given.get("purpose") == "noncommercial":
        return False
    if limit.threshold and limit.threshold[0] in given:
        return int(given[limit.threshold[0]]) > limit.threshold[1]
    if limit.countries and "country" in given:
        return given["country"] in limit.countries
    return _PURPOSE_BREAKS.get((limit.id, str(given.get("purpose"))), True)


def is_still_owed(license_rule: Obligation, given: Given) -> bool:
    """Return whether a condition is still to be done: False where the given name meets it."""
    return not (license_rule.prefix and "name" in given and begins(str(given["name"]), license_rule.prefix))


def begins(name: str, prefix: str) -> bool:
    """Return whether a name begins with these words, in any case: `Llama-3-Story` begins with `Llama 3`."""
    name, prefix = (_SEPARATORS.sub(" ", text).strip().casefold() for text in (name, prefix))
    return name.startswith(prefix)


def _by_limits(limits: Iterable[Limit], act: str, given: Given) -> Iterator[DecidedAnswer]:
    for limit in limits:
        if limit.threshold and limit.threshold[0] in given:
            fact, over = limit.threshold
            spared = limit.commercial_only and act != "commercial_use" and given.get("purpose") != "commercial"
            if int(given[fact]) > over and not spared:
                words = {"fact": fact, "value": str(given[fact]), "over": str(over), "detail": limit.detail}
                yield DecidedAnswer(limit.above, reason("given", "over", **words), limit.clause)
        if limit.countries and given.get("country") in limit.countries:
            because = reason("given", "country", value=str(given["country"]), detail=limit.detail)
            yield DecidedAnswer(limit.there, because, limit.clause)
        purpose = str(given.get("purpose"))
        reached = act not in _BESIDE_THE_PURPOSE or act in limit.reaches
        if reached and _PURPOSE_BREAKS.get((limit.id, purpose), False):
            yield DecidedAnswer("no", reason("given", "purpose", value=purpose, detail=limit.detail), limit.clause)


def _by_duties(license_rules: Iterable[Obligation], act: str, given: Given) -> Iterator[DecidedAnswer]:
    for license_rule in license_rules:
        if license_rule.prefix and act in license_rule.acts and "name" in given and is_still_owed(license_rule, given):
            words = {"value": str(given["name"]), "prefix": license_rule.prefix, "detail": license_rule.detail}
            yield DecidedAnswer("no", reason("given", "name", **words), license_rule.clause)


def _split(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign:
        raise CharterError(
            _("--fact {text}: `=` is missing.").format(text=text),
            _("Write --fact KEY=VALUE, such as --fact monthly_active_users=5000."),
        )
    return key.strip(), value


def _value(key: str, text: str) -> str | int:
    if key not in KEYS:
        raise CharterError(
            _("{key!r} is not a known fact.").format(key=key), _("Known: {names}.").format(names=", ".join(KEYS))
        )
    if key in NUMBERS:
        plain = text.replace("_", "").replace(",", "")
        if not re.fullmatch(r"[0-9]{1,18}", plain):
            raise CharterError(
                _("{key}: {text!r} is not a whole number.").format(key=key, text=text),
                _("Write {key}=700000000.").format(key=key),
            )
        return int(plain)
    if key == "country":
        if not re.fullmatch(r"[A-Za-z]{2}", text):
            raise CharterError(
                _("country: {text!r} is not a country code.").format(text=text),
                _("Write two letters of ISO 3166, as in DE."),
            )
        return text.upper()
    if key == "purpose" and text not in PURPOSES:
        raise CharterError(
            _("purpose: {text!r} is not one.").format(text=text),
            _("Known: {names}.").format(names=", ".join(PURPOSES)),
        )
    if not text:
        raise CharterError(_("{key}: no value.").format(key=key), _("Write {key}=VALUE.").format(key=key))
    return text
