"""Every field of the release file as a question, by layer: what `charter init --expert` asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, NamedTuple

from generator.interview.answers import Answers, as_number
from generator.interview.prompts import KEEP, Option, Prompt, Prose, at, no_options
from generator.interview.session import Session
from generator.interview.text import in_words
from generator.licenses.catalog import KNOWLEDGE
from generator.release.vocabulary import AVAILABILITIES, FORMS, GIVEN, LAYERS


class Question(NamedTuple):
    """One question.

    Attributes:
        field: The field of the release file that it fills.
        ask: The question itself.
        help: A line under it.
        more: What F1 shows.
        kind: How it is asked: line, list, number, choice, license, upstreams, prose.
        choices: For a choice: its values, each with a word on it.
        options: For a line or a list: the name of what completes it (languages, tasks, libraries).
        when: Whether it is asked, by what is known.
    """

    field: str
    ask: str
    help: str
    more: str
    kind: str = "line"
    choices: tuple[tuple[str, str], ...] = ()
    options: str = ""
    when: Callable[[Answers], bool] = lambda answers: True


LAYER_ASKS = {
    "data": "Training data",
    "curation": "Data preparation (selection, cleaning, mixing)",
    "architecture": "Architecture and code",
    "weights": "Weights",
    "deltas": "Adapter, quantization, merge or diff",
}
AVAILABILITY_WORDS = (
    ("released", "anyone can get it"),
    ("gated", "available on request or after a login"),
    ("described", "not released, but documented well enough to rebuild"),
    ("withheld", "it exists and is not released"),
    ("none", "this release has no such part"),
)
FORM_WORDS = {
    "adapter": "an adapter, such as a LoRA",
    "diff": "a difference against other weights",
    "finetune": "fine-tuned weights",
    "quantized": "quantized weights",
    "merge": "merged weights",
}


PRICE_WORDS = (
    ("free", "no money and no personal data, also for support and updates that it needs"),
    ("paid", "access, or support that it needs, costs money or personal data"),
)


def _given(layer: str) -> Callable[[Answers], bool]:
    return lambda answers: answers.get(f"layers.{layer}.availability") in GIVEN


def _exists(layer: str) -> Callable[[Answers], bool]:
    return lambda answers: answers.get(f"layers.{layer}.availability") not in (None, "none")


def _described(layer: str) -> Callable[[Answers], bool]:
    return lambda answers: answers.get(f"layers.{layer}.availability") == "described"


def _layer(layer: str) -> tuple[Question, ...]:
    """The questions about one layer."""
    what = LAYER_ASKS[layer]
    base = f"layers.{layer}"
    availability = Question(
        f"{base}.availability",
        f"{what}: is it released?",
        "Answer for today.",
        "Readers want to know what they can get. `described` means that others could rebuild it from what you publish. "
        "If you decide later, the field stays out of release.yaml, and `charter check` reports it.",
        "choice",
        AVAILABILITY_WORDS,
    )
    form = Question(
        f"{base}.form",
        "What kind of change to the base weights is it?",
        "The license of the base model treats them differently.",
        "An adapter or a diff contains no weights of the base model.",
        "choice",
        tuple((form, FORM_WORDS[form]) for form in FORMS),
        when=_given(layer),
    )
    rest = (
        Question(
            f"{base}.description",
            f"{what}: where is it documented?",
            "A sentence or two.",
            "`described` means documented well enough to rebuild it.",
            "prose",
            when=_described(layer),
        ),
        Question(
            f"{base}.files",
            f"{what}: which files?",
            "Patterns with commas, such as *.safetensors. Leave it empty if the files are elsewhere.",
            "`*` matches names within a folder, `**` across folders. LICENSE lists which license covers which files.",
            "list",
            when=_given(layer),
        ),
        Question(
            f"{base}.url",
            f"{what}: where can people get it?",
            "A web address.",
            "The card links to it, and `charter check` reports a released part without a place.",
            when=lambda answers: _given(layer)(answers) and not answers.get(f"{base}.files"),
        ),
        Question(
            f"{base}.derived_from",
            f"{what}: what was it made from?",
            "Base models, source data sets, teacher models.",
            "You may inherit terms from them. Name each base model, data set, and model whose outputs you used.",
            "upstreams",
            when=_exists(layer),
        ),
        Question(
            f"{base}.license",
            f"{what}: under which license?",
            "Ranked for this part and its base model.",
            "Licenses that the base model forbids are shown with the reason. Help me choose asks three questions.",
            "license",
            when=_given(layer),
        ),
        Question(
            f"{base}.owner",
            f"{what}: who owns it, if not the publisher?",
            "Leave it empty if it is yours.",
            "NOTICE names the owners.",
            when=_given(layer),
        ),
    )
    return (availability, *((form,) if layer == "deltas" else ()), *rest)


QUESTIONS: tuple[Question, ...] = (
    Question(
        "release.name",
        "What is it called?",
        "The name that readers know.",
        "Some licenses require a word at the beginning, such as `Llama`. `charter check` reports it.",
    ),
    Question(
        "release.repo",
        "Which Hub repo?",
        "ORG/NAME. Leave it empty if you don't know yet.",
        "`charter push` publishes there.",
    ),
    Question(
        "release.summary",
        "What is it, in a sentence?",
        "The first sentence of the card.",
        "Name the input, the output and the purpose.",
    ),
    *(question for layer in LAYERS for question in _layer(layer)),
    Question(
        "release.publisher.name",
        "Who publishes it?",
        "A person, a lab, a company.",
        "The publisher grants your license.",
    ),
    Question(
        "release.publisher.url",
        "Where can readers learn about the publisher?",
        "A web address, or empty.",
        "The card shows it beside the name.",
        when=lambda answers: bool(answers.get("release.publisher.name")),
    ),
    Question(
        "release.copyright",
        "Who holds the copyright?",
        "Year and holder, as in 2026 Borealis Lab.",
        "Licenses such as MIT require people to keep this line.",
    ),
    Question(
        "release.languages",
        "Which languages?",
        "ISO 639 codes with commas, such as en, pl; `code` for source code.",
        "The Hub accepts only such codes, also with a region, such as pt-PT.",
        "list",
        options="languages",
    ),
    Question(
        "release.task",
        "Which task is it for?",
        "A pipeline tag of the Hub, such as text-generation.",
        "The Hub lists the model under this task.",
        options="pipeline_tags",
    ),
    Question(
        "release.library",
        "Which library loads it?",
        "A library of the Hub, such as transformers.",
        "The Hub shows a code snippet for it.",
        options="libraries",
    ),
    Question("release.tags", "Tags for the Hub?", "Separate them with commas.", "Any words.", "list"),
    Question(
        "card.intended_use", "What is it meant for?", "Markdown; empty to skip.", "The card's section Uses.", "prose"
    ),
    Question(
        "card.out_of_scope",
        "What is it not meant for?",
        "Markdown; empty to skip.",
        "The card's section Out-of-Scope Use.",
        "prose",
    ),
    Question(
        "card.limitations",
        "What are its limits, biases and risks?",
        "Markdown; empty to skip.",
        "Readers look for this section first.",
        "prose",
    ),
    Question(
        "card.how_to_use",
        "How do people use it?",
        "Markdown with code; empty to skip.",
        "A short code example that runs.",
        "prose",
    ),
    Question("card.training", "How was it trained?", "Markdown; empty to skip.", "Data, method, hardware.", "prose"),
    Question(
        "card.evaluation",
        "How was it evaluated?",
        "Markdown; empty to skip.",
        "Text; numbers go to `results`.",
        "prose",
    ),
    Question(
        "card.environment",
        "What did training use?",
        "Hardware, hours, energy; empty to skip.",
        "If you know it.",
        "prose",
    ),
    Question(
        "card.citation",
        "How should it be cited?",
        "BibTeX or text; empty to skip.",
        "The card's last section.",
        "prose",
    ),
    Question(
        "training.hardware",
        "Which hardware was it trained on?",
        "Number and kind, such as 8 H100; empty to skip.",
        "The card's section Training Details.",
    ),
    Question(
        "training.start",
        "When did training begin?",
        "YYYY-MM-DD; empty to skip.",
        "The card and the EU form state the time of training.",
    ),
    Question("training.end", "When did training end?", "YYYY-MM-DD; empty to skip.", "Not before the start."),
    Question(
        "training.compute_flops",
        "How many floating point operations did training take?",
        "A number such as 8.0e+22; empty to skip.",
        "Without those of base models. The exemption of the EU AI Act depends on it.",
        "number",
    ),
    Question(
        "training.energy_kwh",
        "How much energy did training take, in kWh?",
        "A number; empty to skip.",
        "The card's section Environmental Impact, and the EU form.",
        "number",
    ),
    Question(
        "training.emissions_kg",
        "How much CO2 equivalent did training emit, in kg?",
        "A number; empty to skip.",
        "The card's front matter states it in grams, as the Hub reads it.",
        "number",
    ),
    Question(
        "training.personal_data",
        "What was done about personal data in the training data?",
        "A word or a line, such as filtered; empty to skip.",
        "The card states it. It is about the data that the model was trained on.",
    ),
    Question(
        "access.price",
        "Does access cost anything?",
        "Access, and the support and updates that it needs.",
        "The exemption of the EU AI Act is only for models that cost no money and no personal data.",
        "choice",
        PRICE_WORDS,
    ),
)
"""Every question; a new one is one entry here."""
assert tuple(name for name, _ in AVAILABILITY_WORDS) == AVAILABILITIES


HUB_FIELDS = {"release.task": "task", "release.languages": "languages", "release.library": "library"}
"""The fields by which the Hub lists a release, with their names in a sentence."""


def field_prompt(session: Session, question: Question) -> Prompt | Prose:
    """Return the prompt for one field: a line, a list, a choice or a text. Licenses and bases have their own.

    Args:
        session: The interview.
        question: The question.
    """
    held = session.get(question.field)
    help_ = f"{question.help} {question.more}"
    if question.kind == "prose":
        return Prose(question.field, question.ask, help_, str(held or ""))
    later = Option(None, "Decide later")
    notes = tuple(("quiet", f"{o.source}: {in_words(o.value)}") for o in session.answers.others.get(question.field, ()))
    if question.kind == "choice":
        options = (*(Option(value, value, words) for value, words in question.choices), later)
        return Prompt(question.field, question.ask, help_, options, at(options, held), notes=notes)
    source = session.source(question.field)
    note = "" if source in ("", "you") else f"from {source}"
    options = (Option(KEEP, in_words(held), note), later) if held else (later,)
    return Prompt(
        question.field,
        question.ask,
        help_,
        options,
        notes=notes,
        hidden=partial(_known_options, question.options) if question.options else no_options,
        check=lambda text: session.error_of(question.field, _parsed(question, text)),
        has_marks=True,
    )


def take(session: Session, question: Question, value: Any) -> None:  # noqa: ANN401 - by the question
    """Set a field to what its prompt returned.

    Args:
        session: The interview.
        question: The question.
        value: The value, None to leave the field out, or KEEP.
    """
    if value != KEEP:
        session.set(question.field, _parsed(question, value) if isinstance(value, str) else value)


def _parsed(question: Question, text: str) -> Any:  # noqa: ANN401 - a text or a list
    if question.kind == "list":
        return [part.strip() for part in text.split(",") if part.strip()] or None
    if question.kind == "number":
        return as_number(text) if text.strip() else None
    return text if question.kind == "prose" else text.strip() or None


@lru_cache(maxsize=4)
def _known_options(name: str) -> tuple[Option, ...]:
    """The names that complete an answer."""
    words = (KNOWLEDGE / "hub" / f"{name}.txt").read_text(encoding="utf-8").split()
    return tuple(Option(word, word) for word in words)
