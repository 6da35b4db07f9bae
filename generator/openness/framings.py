"""The verdict under each of the two framings: is the source given, and under open terms (contract, section 4)."""

from __future__ import annotations

from collections.abc import Iterator

from generator.named_tuple import NamedTuple
from generator.openness.facts import format_sentence, label_of
from generator.openness.parts import Part, Subject, Term

SOURCE_LAYERS = ("data", "curation")


class Framing(NamedTuple):
    """A verdict.

    Attributes:
        source: The layers that this framing calls source.
        missing: Those of them with an item that is not released.
        change: What would change the verdict; where nothing is stated, the question that settles it.
        stated: Whether the verdict rests on what is stated, not on silence.
    """

    verdict: str
    because: str
    source: tuple[str, ...]
    missing: tuple[str, ...]
    change: str
    stated: bool

    @property
    def title(self) -> str:
        """The verdict in words."""
        title = format_sentence("framings", "verdicts", self.verdict)
        return title if self.stated else format_sentence("framings", "unstated", title=title)

    def to_dict(self) -> dict[str, object]:
        """Return the framing's part of `modelcharter.openness/1`."""
        return {
            "verdict": self.verdict,
            "because": self.because,
            "source": list(self.source),
            "missing": list(self.missing),
            "change": self.change,
            "stated": self.stated,
        }


def framings(subject: Subject) -> dict[str, Framing]:
    """Return both verdicts.

    Args:
        subject: What is checked.
    """
    weights = "weights" if subject.layers("weights") or not subject.layers("deltas") else "deltas"
    return {
        "program": _framing(subject, "program", SOURCE_LAYERS),
        "source": _framing(subject, "source", (weights,)),
    }


def _framing(subject: Subject, name: str, layers: tuple[str, ...]) -> Framing:
    parts = subject.layers(*layers)
    released = [part for part in parts if part.availability == "released"]
    # Documents about data, and what it was measured with, are no training data.
    silent = name == "program" and not any(p.component == "datasets" for p in parts if p.layer == "data")
    silent = silent and not any(p.layer == "data" and p.availability == "none" for p in subject.parts)
    barring = [(part, term) for part in released for term in find_closed_terms(part) if getattr(term, name)]
    verdict = _verdict(subject, parts, released, barring, silent=silent)
    withheld = [part for part in parts if part.availability != "released"]
    unnamed = ([label_of("datasets")] if silent else []) + [
        label_of("model-parameters-final") if layer == "weights" else layer
        for layer in layers
        if layer != "data" and not any(part.layer == layer for part in subject.parts)
    ]
    gaps = [part.stands for part in withheld] + [f"{layer} ({format_sentence('words', 'silent')})" for layer in unnamed]
    wanted = [part.label for part in withheld] + unnamed
    if verdict == "restricted":
        stated = any(term.openness in ("limited", "restricted") for _, term in barring)
    else:
        stated = verdict == "open" or bool(withheld) or _is_stated(subject, name)
    sentence = verdict if stated else f"{verdict}_unstated"
    if sentence == "closed_unstated" and subject.layers("weights", "deltas"):
        sentence = "closed_made"
    because = format_sentence(
        *("framings", name, sentence),
        given=_format_list([part.label for part in released]),
        missing=_format_list(gaps),
        terms=_format_list([format_closed_term(part, term) for part, term in barring]),
    )
    unlicensed = _format_list([part.label for part, _ in barring])
    return Framing(
        verdict=verdict,
        because=because,
        source=layers,
        missing=tuple(layer for layer in layers if any(part.layer == layer for part in withheld)),
        change=format_sentence("framings", "change", sentence, missing=_format_list(wanted), unlicensed=unlicensed),
        stated=stated,
    )


def _is_stated(subject: Subject, name: str) -> bool:
    """Whether the release states that it lacks source, where no part of the source is withheld."""
    layers = SOURCE_LAYERS if name == "program" else ("weights", "deltas")
    return any(part.layer in layers and (name == "source" or part.availability == "none") for part in subject.parts)


def _verdict(
    subject: Subject, parts: tuple[Part, ...], released: list[Part], barring: list[tuple[Part, Term]], *, silent: bool
) -> str:
    """The first that fits (contract, section 4)."""
    if parts and len(released) == len(parts) and not silent:
        return "restricted" if barring else "open"
    made = subject.layers("weights", "deltas")
    if not released:
        return "program_only" if any(part.availability == "released" for part in made) else "closed"
    return "partial"


def find_closed_terms(part: Part) -> Iterator[Term]:
    """Yield the terms of a part that are not open; those of an upstream only where they are others.

    Args:
        part: The part.
    """
    for term in part.terms:
        if term.openness != "open" and not (term.via and term.license and term.license == part.own.license):
            yield term


def format_closed_term(part: Part, term: Term) -> str:
    """Return which terms of a part are not open, as in `weights under llama2, which restricts use`.

    Args:
        part: The part.
        term: Terms of it.
    """
    label = format_sentence("words", "upstream", label=part.label, via=term.via) if term.via else part.label
    if term.openness == "none":
        return format_sentence("words", "no_license", label=label)
    return format_sentence("words", term.openness, label=label, license=term.shown)


def _format_list(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(names)) or format_sentence("framings", "nothing")
