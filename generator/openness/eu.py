"""The exemption of Art. 53(2) of the EU AI Act: which of its conditions a release meets by its own statements."""

from __future__ import annotations

from decimal import Decimal

from generator.named_tuple import NamedTuple
from generator.openness.facts import format_sentence
from generator.openness.framings import find_closed_terms, format_closed_term
from generator.openness.osaid import Requirement, worst
from generator.openness.parts import Part, Subject
from generator.release.yaml_text import scalar

COMPUTE_BOUND = Decimal("1e25")
"""Floating point operations above which a model is presumed to have systemic risk (Art. 51(2) of the EU AI Act)."""


class Exemption(NamedTuple):
    """The conditions, and the answer that follows: yes only where the release states all of them."""

    answer: str
    because: str
    conditions: tuple[Requirement, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the part `eu_exemption` of `modelcharter.openness/1`."""
        conditions = [condition.to_dict() for condition in self.conditions]
        return {
            "answer": self.answer,
            "because": self.because,
            "conditions": conditions,
            "advice": format_sentence("eu", "advice"),
        }


def exemption(subject: Subject) -> Exemption:
    """Return the conditions one by one.

    Args:
        subject: What is checked.
    """
    parameters = subject.of("model-parameters-final") or subject.layers("deltas")
    found = (
        free_license(parameters),
        _public(subject, parameters),
        _architecture(subject),
        _met("usage_public", "yes" if subject.usage else "unclear"),
        _systemic_risk(subject),
        _met("not_monetised", {"free": "yes", "paid": "no"}.get(subject.price or "", "unclear")),
    )
    answer = worst(found)
    named = ", ".join(format_sentence("eu", "titles", entry.id) for entry in found if entry.answer == answer)
    return Exemption(answer, format_sentence("eu", answer, conditions=named), found)


def free_license(parameters: tuple[Part, ...]) -> Requirement:
    """Return whether the parameters are under a free and open license.

    Args:
        parameters: The parts that hold parameters.
    """
    terms = [(part, term) for part in parameters for term in find_closed_terms(part) if term.program and term.source]
    shown = ", ".join(dict.fromkeys(format_closed_term(part, term) for part, term in terms))
    barring = [term for _, term in terms if term.openness in ("limited", "restricted")]
    if not parameters or (not barring and any(term.openness == "none" and not term.via for _, term in terms)):
        return _met("free_license", "unclear", "none")
    if not terms:
        return _met("free_license", "yes", license=", ".join(dict.fromkeys(part.own.shown for part in parameters)))
    if barring and all(term.openness == "limited" for term in barring):
        names = ", ".join(dict.fromkeys(term.shown for term in barring))
        return _met("free_license", "unclear", "safety", license=names)
    answer = "no" if barring else "unclear"
    return _met("free_license", answer, license=shown)


def _public(subject: Subject, parts: tuple[Part, ...]) -> Requirement:
    if not parts:
        denied = subject.denies("model-parameters-final")
        return _met("parameters_public", "no" if denied else "unclear", "denied" if denied else "silent")
    if withheld := [part for part in parts if not part.is_available]:
        return _met("parameters_public", "no", parts=", ".join(part.stands for part in withheld))
    return _met("parameters_public", "unclear" if any(part.availability == "gated" for part in parts) else "yes")


def _architecture(subject: Subject) -> Requirement:
    parts = subject.of("model-architecture")
    stated = [part for part in parts if part.is_available or part.described]
    if stated or subject.architecture:
        names = ", ".join(part.label for part in stated) or format_sentence("eu", "architecture_public", "name")
        return _met("architecture_public", "yes", parts=names)
    if parts:
        return _met("architecture_public", "no", parts=", ".join(part.stands for part in parts))
    return _met("architecture_public", "unclear")


def _systemic_risk(subject: Subject) -> Requirement:
    """Whether training compute is at or below the bound of Art. 51(2), that of base models included."""
    name, stated = "no_systemic_risk", subject.compute_flops
    if stated is None:
        return _met(name, "unclear")
    shown = scalar(stated)
    if stated > COMPUTE_BOUND:
        return _met(name, "no", compute=shown)
    if subject.bases:
        return _met(name, "unclear", "bases", compute=shown, bases=", ".join(subject.bases))
    return _met(name, "yes", compute=shown)


def _met(name: str, answer: str, sentence: str = "", **words: str) -> Requirement:
    key = sentence or answer
    return Requirement(
        name, answer, format_sentence("eu", name, key, **words), format_sentence("eu", name, "change", key)
    )
