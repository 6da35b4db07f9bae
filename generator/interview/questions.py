"""The questions, one entry each, in the order they are asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from generator.interview.answers import Answers
from generator.release.vocabulary import AVAILABILITIES, FORMS, GIVEN, LAYERS


class Question(NamedTuple):
    """One question.

    Attributes:
        field: The field of the release file that it fills.
        ask: The question itself.
        help: A line under it.
        more: What `?` shows.
        kind: How it is asked: line, list, choice, license, upstreams, prose.
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
    "data": "The data it learned from",
    "curation": "How the data was chosen, cleaned and mixed",
    "architecture": "The architecture and the code around it",
    "weights": "The weights",
    "deltas": "Deltas: an adapter, a diff, a quantization of other weights",
}
AVAILABILITY_WORDS = (
    ("released", "anyone can get it"),
    ("gated", "on request or after a login"),
    ("described", "not given, but documented well enough to rebuild"),
    ("withheld", "it exists and is not given"),
    ("none", "this release has no such part"),
)
FORM_WORDS = {
    "adapter": "an adapter, such as a LoRA",
    "diff": "a difference against other weights",
    "finetune": "fine-tuned weights",
    "quantized": "quantized weights",
    "merge": "merged weights",
}


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
        f"{what}: is it given?",
        "Say what holds today.",
        "A layer that is withheld is no shame; one that nobody speaks of leaves readers guessing. `described` means "
        "that somebody could rebuild it from what you publish.",
        "choice",
        AVAILABILITY_WORDS,
    )
    form = Question(
        f"{base}.form",
        "What kind of delta is it?",
        "This decides what the license of the base asks.",
        "An adapter or a diff holds no weights of the base, so licenses treat it otherwise than full weights.",
        "choice",
        tuple((form, FORM_WORDS[form]) for form in FORMS),
        when=_given(layer),
    )
    rest = (
        Question(
            f"{base}.description",
            f"{what}: where is it described, or how was it made?",
            "A sentence or two.",
            "`described` means documented well enough to rebuild it.",
            "prose",
            when=_described(layer),
        ),
        Question(
            f"{base}.files",
            f"{what}: which files are it?",
            "Patterns with commas, as *.safetensors; leave it empty if it lies elsewhere.",
            "`*` stands for anything within a folder, `**` across folders. LICENSE says which license covers which.",
            "list",
            when=_given(layer),
        ),
        Question(
            f"{base}.url",
            f"{what}: where is it?",
            "A web address; empty if the files are here.",
            "Readers and the gate want to know where a given part can be got.",
            when=lambda answers: _given(layer)(answers) and not answers.get(f"{base}.files"),
        ),
        Question(
            f"{base}.derived_from",
            f"{what}: what was it made from?",
            "Base models, data sets, teachers.",
            "What you made it from may bind what you may do with it: name each base, each data set, each model whose "
            "outputs were used, with its license.",
            "upstreams",
            when=_exists(layer),
        ),
        Question(
            f"{base}.license",
            f"{what}: under which license?",
            "Ranked for this layer and for what it was made from.",
            "What the upstreams forbid is shown with the reason and cannot be chosen. `help me choose` asks more.",
            "license",
            when=_given(layer),
        ),
        Question(
            f"{base}.owner",
            f"{what}: whose is it, if not the publisher's?",
            "Empty if it is yours.",
            "For a corpus by many hands, say who they are; NOTICE names them.",
            when=_given(layer),
        ),
    )
    return (availability, *((form,) if layer == "deltas" else ()), *rest)


QUESTIONS: tuple[Question, ...] = (
    Question(
        "release.name",
        "What is it called?",
        "As readers know it.",
        "Some licenses want the name to begin with a word (Llama 3.1 and later: `Llama`); the gate tells you.",
    ),
    Question(
        "release.repo",
        "Which Hub repo will it be in?",
        "ORG/NAME; empty if you do not know yet.",
        "The card's license_name is made from it, and `charter push` publishes there.",
    ),
    Question(
        "release.summary",
        "What is it, in a sentence?",
        "It stands at the top of the card.",
        "Say what goes in, what comes out, and what it is good for.",
    ),
    *(question for layer in LAYERS for question in _layer(layer)),
    Question(
        "release.publisher.name", "Who publishes it?", "A person, a lab, a company.", "The grantor of your license."
    ),
    Question(
        "release.publisher.url",
        "Where can readers learn about the publisher?",
        "A web address, or empty.",
        "It stands beside the publisher's name in the card.",
        when=lambda answers: bool(answers.get("release.publisher.name")),
    ),
    Question(
        "release.copyright",
        "Whose copyright is it?",
        "Year and holder, as in 2026 Borealis Lab.",
        "Licenses such as MIT ask for this line to be kept; NOTICE and REUSE.toml carry it.",
    ),
    Question(
        "release.languages",
        "Which languages does it speak?",
        "ISO 639 codes with commas, such as en, pl; `code` for source code.",
        "The Hub refuses other values; a region is written pt-PT.",
        "list",
        options="languages",
    ),
    Question(
        "release.task",
        "Which task is it for?",
        "A pipeline tag of the Hub, such as text-generation.",
        "The Hub shows the model among others for this task.",
        options="pipeline_tags",
    ),
    Question(
        "release.library",
        "Which library loads it?",
        "As the Hub names it, such as transformers.",
        "The Hub shows a snippet for it.",
        options="libraries",
    ),
    Question("release.tags", "Tags for the Hub?", "With commas; empty for none.", "Free words.", "list"),
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
        "How does one get started with it?",
        "Markdown with code; empty to skip.",
        "A snippet that runs is worth a page of text.",
        "prose",
    ),
    Question("card.training", "How was it trained?", "Markdown; empty to skip.", "Data, method, hardware.", "prose"),
    Question(
        "card.evaluation",
        "How was it measured?",
        "Markdown; empty to skip.",
        "In words; numbers go to `results`.",
        "prose",
    ),
    Question(
        "card.environment",
        "What did training cost?",
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
)
"""Every question; a new one is one entry here."""
assert tuple(name for name, _ in AVAILABILITY_WORDS) == AVAILABILITIES
