"""The requirements of the Open Source AI Definition 1.0, one by one; what a machine cannot know is asked."""

from __future__ import annotations

from generator.named_tuple import NamedTuple
from generator.openness.facts import format_sentence, is_osi_approved, label_of
from generator.openness.framings import find_closed_terms, format_closed_term
from generator.openness.parts import Part, Subject

VERSION = "1.0"
CODE = ("training-code", "data-preprocessing-code", "inference-code", "model-architecture")
"""The code without which nothing is trained or run; what else belongs to it counts where it is given."""
DOCUMENTS = ("data-card", "technical-report", "research-paper")
"""What may hold the data information."""
_CLOSED = ("limited", "restricted")
"""Terms that are known not to be open. Terms that are not stated, or that nobody has read, settle nothing."""


class Requirement(NamedTuple):
    """One requirement, or condition, with its answer: yes, no or unclear.

    Attributes:
        change: What would change the answer; for `unclear`, what a person must still say.
    """

    id: str
    answer: str
    because: str
    change: str

    def to_dict(self) -> dict[str, str]:
        """Return it as it stands in `modelcharter.openness/1`."""
        return self._asdict()


class Osaid(NamedTuple):
    """All requirements, and the answer that follows; never a certificate."""

    answer: str
    because: str
    requirements: tuple[Requirement, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the part `osaid` of `modelcharter.openness/1`."""
        requirements = [requirement.to_dict() for requirement in self.requirements]
        return {"version": VERSION, "answer": self.answer, "because": self.because, "requirements": requirements}


def osaid(subject: Subject) -> Osaid:
    """Return how a release stands to the definition, by its own statements.

    Args:
        subject: What is checked.
    """
    found = (_data_information(subject), _code(subject), _parameters(subject))
    answer = worst(found)
    named = [format_sentence("osaid", "titles", entry.id) for entry in found if entry.answer == answer]
    because = format_sentence("osaid", answer, requirements=", ".join(named))
    if found[2].answer == "yes" and answer == "no":
        because = f"{because} {format_sentence('osaid', 'weights_alone')}"
    return Osaid(answer, because, found)


def titled(found: Osaid) -> tuple[tuple[str, Requirement], ...]:
    """Return the requirements, each with its name.

    Args:
        found: The answer to the definition.
    """
    titles = [format_sentence("osaid", "titles", requirement.id) for requirement in found.requirements]
    return tuple((title[0].upper() + title[1:], entry) for title, entry in zip(titles, found.requirements, strict=True))


def worst(found: tuple[Requirement, ...]) -> str:
    """Return the answer to several requirements that all have to be met."""
    return max((entry.answer for entry in found), key=("yes", "unclear", "no").index)


def _data_information(subject: Subject) -> Requirement:
    sources = subject.of("datasets")
    documents = [part for part in subject.of(*DOCUMENTS) if part.is_available]
    open_ = [part for part in documents if part.own.openness == "open"]
    words = {"documents": ", ".join(part.label for part in (open_ or documents))}
    if hidden := [part for part in sources if part.access == "open" and _is_kept(part)]:
        return _to_requirement("data_information", "no", "withheld", sources=", ".join(part.stands for part in hidden))
    asked = [part for part in sources if not _is_informed(part)]
    processed = [part for part in subject.layers("curation") if part.is_available or part.described]
    if sources and open_ and processed and not asked:
        return _to_requirement("data_information", "yes", "yes", **words)
    described = [part for part in sources if part.described or _is_shared(part)]
    if not open_ and not described:
        return _find_undescribed(subject, sources, documents)
    if asked and open_:
        change = format_sentence(
            "osaid", "data_information", "change", "access", sources=", ".join(part.label for part in asked)
        )
    else:
        change = format_sentence("osaid", "data_information", "change", "unclear")
    given = ", ".join(dict.fromkeys(part.label for part in (*described, *processed, *open_)))
    return Requirement(
        "data_information", "unclear", format_sentence("osaid", "data_information", "unclear", given=given), change
    )


def _find_undescribed(subject: Subject, sources: tuple[Part, ...], documents: list[Part]) -> Requirement:
    """Nothing under open terms describes the data: `no` where that is stated, `unclear` where nothing is stated."""
    unstated = [part for part in documents if part.own.openness not in _CLOSED]
    words = {"documents": ", ".join(part.label for part in (unstated or documents))}
    if unstated:
        return _to_requirement("data_information", "unclear", "unlicensed", **words)
    if documents:
        return _to_requirement("data_information", "no", "closed_terms", **words)
    if subject.denies("datasets") or (sources and all(_is_kept(part) for part in sources)):
        return _to_requirement("data_information", "no", "nothing")
    return _to_requirement("data_information", "unclear", "silent")


def _is_shared(part: Part) -> bool:
    return part.availability == "released" and part.own.openness == "open"


def _is_kept(part: Part) -> bool:
    """Whether it is stated that a part is not shared: it is not released to everyone, or its terms are not open."""
    return part.availability != "released" or part.own.openness in _CLOSED


def _is_informed(part: Part) -> bool:
    """Whether a source of data is described as its kind requires: shared, listed with its place, or described."""
    if part.access in ("public", "obtainable"):
        return part.located
    if part.access == "unshareable":
        return part.described
    return _is_shared(part)


def _code(subject: Subject) -> Requirement:
    failed: list[tuple[str, str]] = []
    asked: list[tuple[str, str]] = []
    held = subject.by_component()
    denied = {part.component for part in subject.parts if part.availability == "none"}
    for component in CODE:
        none = component in denied
        if none and component == "data-preprocessing-code":
            continue  # nothing was processed
        if component not in held:
            label = label_of(component)
            state = format_sentence("words", "availability", "none") if none else format_sentence("words", "silent")
            stands = f"{label} ({state})"
            (failed if none else asked).append((label, stands))
    for part in subject.of(*CODE, "supporting-libraries"):
        fault, question = _code_fault(part)
        failed += [(part.label, fault)] if fault else []
        asked += [(part.label, question)] if question else []
    return _settle("code", failed, asked)


def _code_fault(part: Part) -> tuple[str, str]:
    """Why a part of the code fails, or what has to be asked of it; both empty where it stands."""
    own = part.own
    if not part.is_available:
        return part.stands, ""
    if own.openness != "open":
        return (format_closed_term(part, own), "") if own.openness in _CLOSED else ("", format_closed_term(part, own))
    if own.license is None or not is_osi_approved(own.license):
        return f"{part.label} ({own.shown})", ""
    return "", "" if part.availability == "released" else part.stands


def _parameters(subject: Subject) -> Requirement:
    parts = subject.of("model-parameters-final") or subject.layers("deltas")
    if not parts:
        denied = subject.denies("model-parameters-final") or any(part.layer == "deltas" for part in subject.parts)
        return (
            _to_requirement("parameters", "no", "none")
            if denied
            else _to_requirement("parameters", "unclear", "silent")
        )
    if not any(part.is_available for part in parts):
        return _to_requirement("parameters", "no", "withheld", parts=", ".join(part.stands for part in parts))
    failed: list[tuple[str, str]] = []
    asked: list[tuple[str, str]] = []
    for part in parts:
        if not part.is_available:
            failed.append((part.label, part.stands))
        elif part.availability == "gated":
            asked.append((part.label, part.stands))
        for term in find_closed_terms(part) if part.is_available else ():
            if not (term.program and term.source):
                continue
            (failed if term.openness in _CLOSED else asked).append((part.label, format_closed_term(part, term)))
    license_ = ", ".join(dict.fromkeys(part.own.shown for part in parts if part.is_available))
    return _settle("parameters", failed, asked, license=license_)


def _settle(name: str, failed: list[tuple[str, str]], asked: list[tuple[str, str]], **words: str) -> Requirement:
    """The answer to a requirement whose parts fail, have to be asked of, or stand."""
    answer, held = ("no", failed) if failed else ("unclear", asked) if asked else ("yes", [])
    labels = ", ".join(dict.fromkeys(label for label, _ in held))
    because = format_sentence("osaid", name, answer, parts=", ".join(dict.fromkeys(text for _, text in held)), **words)
    return Requirement(name, answer, because, format_sentence("osaid", name, "change", answer, parts=labels))


def _to_requirement(name: str, answer: str, sentence: str, **words: str) -> Requirement:
    because = format_sentence("osaid", name, sentence, **words)
    return Requirement(name, answer, because, format_sentence("osaid", name, "change", sentence, **words))
