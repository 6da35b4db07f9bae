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
from generator.translations import gettext as _
from generator.translations import mark_text


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

    @property
    def text(self) -> str:
        """The question in words, with the part that it is about."""
        layer = self.field.split(".")[1]
        return _(self.ask).format(part=_(LAYER_ASKS[layer])) if layer in LAYER_ASKS else _(self.ask)


LAYER_ASKS = {
    "data": mark_text("Training data"),
    "curation": mark_text("Data preparation (selection, cleaning, mixing)"),
    "architecture": mark_text("Architecture and code"),
    "weights": mark_text("Weights"),
    "deltas": mark_text("Adapter, quantization, merge or diff"),
}
AVAILABILITY_WORDS = (
    ("released", mark_text("anyone can get it")),
    ("gated", mark_text("available on request or after a login")),
    ("described", mark_text("not released, but documented well enough to rebuild")),
    ("withheld", mark_text("it exists and is not released")),
    ("none", mark_text("this release has no such part")),
)
FORM_WORDS = {
    "adapter": mark_text("an adapter, such as a LoRA"),
    "diff": mark_text("a difference against other weights"),
    "finetune": mark_text("fine-tuned weights"),
    "quantized": mark_text("quantized weights"),
    "merge": mark_text("merged weights"),
}


PRICE_WORDS = (
    ("free", mark_text("no money and no personal data, also for support and updates that it needs")),
    ("paid", mark_text("access, or support that it needs, costs money or personal data")),
)


def _given(layer: str) -> Callable[[Answers], bool]:
    return lambda answers: answers.get(f"layers.{layer}.availability") in GIVEN


def _exists(layer: str) -> Callable[[Answers], bool]:
    return lambda answers: answers.get(f"layers.{layer}.availability") not in (None, "none")


def _described(layer: str) -> Callable[[Answers], bool]:
    return lambda answers: answers.get(f"layers.{layer}.availability") == "described"


def _layer(layer: str) -> tuple[Question, ...]:
    """The questions about one layer."""
    base = f"layers.{layer}"
    availability = Question(
        f"{base}.availability",
        mark_text("{part}: is it released?"),
        mark_text("Answer for today."),
        mark_text(
            "Readers want to know what they can get. `described` means that others could rebuild it from what you "
            "publish. If you decide later, the field stays out of release.yaml, and `charter check` reports it."
        ),
        "choice",
        AVAILABILITY_WORDS,
    )
    form = Question(
        f"{base}.form",
        mark_text("What kind of change to the base weights is it?"),
        mark_text("The license of the base model treats them differently."),
        mark_text("An adapter or a diff contains no weights of the base model."),
        "choice",
        tuple((form, FORM_WORDS[form]) for form in FORMS),
        when=_given(layer),
    )
    rest = (
        Question(
            f"{base}.description",
            mark_text("{part}: where is it documented?"),
            mark_text("A sentence or two."),
            mark_text("`described` means documented well enough to rebuild it."),
            "prose",
            when=_described(layer),
        ),
        Question(
            f"{base}.files",
            mark_text("{part}: which files?"),
            mark_text("Patterns with commas, such as *.safetensors. Leave it empty if the files are elsewhere."),
            mark_text(
                "`*` matches names within a folder, `**` across folders. LICENSE lists which license covers "
                "which files."
            ),
            "list",
            when=_given(layer),
        ),
        Question(
            f"{base}.url",
            mark_text("{part}: where can people get it?"),
            mark_text("A web address."),
            mark_text("The card links to it, and `charter check` reports a released part without a place."),
            when=lambda answers: _given(layer)(answers) and not answers.get(f"{base}.files"),
        ),
        Question(
            f"{base}.derived_from",
            mark_text("{part}: what was it made from?"),
            mark_text("Base models, source data sets, teacher models."),
            mark_text(
                "You may inherit terms from them. Name each base model, data set, and model whose outputs you used."
            ),
            "upstreams",
            when=_exists(layer),
        ),
        Question(
            f"{base}.license",
            mark_text("{part}: under which license?"),
            mark_text("Ranked for this part and its base model."),
            mark_text(
                "Licenses that the base model forbids are shown with the reason. Help me choose asks three questions."
            ),
            "license",
            when=_given(layer),
        ),
        Question(
            f"{base}.owner",
            mark_text("{part}: who owns it, if not the publisher?"),
            mark_text("Leave it empty if it is yours."),
            mark_text("NOTICE names the owners."),
            when=_given(layer),
        ),
    )
    return (availability, *((form,) if layer == "deltas" else ()), *rest)


QUESTIONS: tuple[Question, ...] = (
    Question(
        "release.name",
        mark_text("What is it called?"),
        mark_text("The name that readers know."),
        mark_text("Some licenses require a word at the beginning, such as `Llama`. `charter check` reports it."),
    ),
    Question(
        "release.repo",
        mark_text("Which Hub repo?"),
        mark_text("ORG/NAME. Leave it empty if you don't know yet."),
        mark_text("`charter push` publishes there."),
    ),
    Question(
        "release.summary",
        mark_text("What is it, in a sentence?"),
        mark_text("The first sentence of the card."),
        mark_text("Name the input, the output and the purpose."),
    ),
    *(question for layer in LAYERS for question in _layer(layer)),
    Question(
        "release.publisher.name",
        mark_text("Who publishes it?"),
        mark_text("A person, a lab, a company."),
        mark_text("The publisher grants your license."),
    ),
    Question(
        "release.publisher.url",
        mark_text("Where can readers learn about the publisher?"),
        mark_text("A web address, or empty."),
        mark_text("The card shows it beside the name."),
        when=lambda answers: bool(answers.get("release.publisher.name")),
    ),
    Question(
        "release.copyright",
        mark_text("Who holds the copyright?"),
        mark_text("Year and holder, as in 2026 Borealis Lab."),
        mark_text("Licenses such as MIT require people to keep this line."),
    ),
    Question(
        "release.languages",
        mark_text("Which languages?"),
        mark_text("ISO 639 codes with commas, such as en, pl; `code` for source code."),
        mark_text("The Hub accepts only such codes, also with a region, such as pt-PT."),
        "list",
        options="languages",
    ),
    Question(
        "release.task",
        mark_text("Which task is it for?"),
        mark_text("A pipeline tag of the Hub, such as text-generation."),
        mark_text("The Hub lists the model under this task."),
        options="pipeline_tags",
    ),
    Question(
        "release.library",
        mark_text("Which library loads it?"),
        mark_text("A library of the Hub, such as transformers."),
        mark_text("The Hub shows a code snippet for it."),
        options="libraries",
    ),
    Question(
        "release.tags",
        mark_text("Tags for the Hub?"),
        mark_text("Separate them with commas."),
        mark_text("Any words."),
        "list",
    ),
    Question(
        "card.intended_use",
        mark_text("What is it meant for?"),
        mark_text("Markdown; empty to skip."),
        mark_text("The card's section Uses."),
        "prose",
    ),
    Question(
        "card.out_of_scope",
        mark_text("What is it not meant for?"),
        mark_text("Markdown; empty to skip."),
        mark_text("The card's section Out-of-Scope Use."),
        "prose",
    ),
    Question(
        "card.limitations",
        mark_text("What are its limits, biases and risks?"),
        mark_text("Markdown; empty to skip."),
        mark_text("Readers look for this section first."),
        "prose",
    ),
    Question(
        "card.how_to_use",
        mark_text("How do people use it?"),
        mark_text("Markdown with code; empty to skip."),
        mark_text("A short code example that runs."),
        "prose",
    ),
    Question(
        "card.training",
        mark_text("How was it trained?"),
        mark_text("Markdown; empty to skip."),
        mark_text("Data, method, hardware."),
        "prose",
    ),
    Question(
        "card.evaluation",
        mark_text("How was it evaluated?"),
        mark_text("Markdown; empty to skip."),
        mark_text("Text; numbers go to `results`."),
        "prose",
    ),
    Question(
        "card.environment",
        mark_text("What did training use?"),
        mark_text("Hardware, hours, energy; empty to skip."),
        mark_text("If you know it."),
        "prose",
    ),
    Question(
        "card.citation",
        mark_text("How should it be cited?"),
        mark_text("BibTeX or text; empty to skip."),
        mark_text("The card's last section."),
        "prose",
    ),
    Question(
        "training.hardware",
        mark_text("Which hardware was it trained on?"),
        mark_text("Number and kind, such as 8 H100; empty to skip."),
        mark_text("The card's section Training Details."),
    ),
    Question(
        "training.start",
        mark_text("When did training begin?"),
        mark_text("YYYY-MM-DD; empty to skip."),
        mark_text("The card and the EU form state the time of training."),
    ),
    Question(
        "training.end",
        mark_text("When did training end?"),
        mark_text("YYYY-MM-DD; empty to skip."),
        mark_text("Not before the start."),
    ),
    Question(
        "training.compute_flops",
        mark_text("How many floating point operations did training take?"),
        mark_text("A number such as 8.0e+22; empty to skip."),
        mark_text("Without those of base models. The exemption of the EU AI Act depends on it."),
        "number",
    ),
    Question(
        "training.energy_kwh",
        mark_text("How much energy did training take, in kWh?"),
        mark_text("A number; empty to skip."),
        mark_text("The card's section Environmental Impact, and the EU form."),
        "number",
    ),
    Question(
        "training.emissions_kg",
        mark_text("How much CO2 equivalent did training emit, in kg?"),
        mark_text("A number; empty to skip."),
        mark_text("The card's front matter states it in grams, as the Hub reads it."),
        "number",
    ),
    Question(
        "training.personal_data",
        mark_text("What was done about personal data in the training data?"),
        mark_text("A word or a line, such as filtered; empty to skip."),
        mark_text("The card states it. It is about the data that the model was trained on."),
    ),
    Question(
        "access.price",
        mark_text("Does access cost anything?"),
        mark_text("Access, and the support and updates that it needs."),
        mark_text("The exemption of the EU AI Act is only for models that cost no money and no personal data."),
        "choice",
        PRICE_WORDS,
    ),
)
"""Every question; a new one is one entry here."""
assert tuple(name for name, _ in AVAILABILITY_WORDS) == AVAILABILITIES


HUB_FIELDS = {
    "release.task": mark_text("no task"),
    "release.languages": mark_text("no languages"),
    "release.library": mark_text("no library"),
}
"""The fields by which the Hub lists a release, with the words for one that is missing."""


def field_prompt(session: Session, question: Question) -> Prompt | Prose:
    """Return the prompt for one field: a line, a list, a choice or a text. Licenses and bases have their own.

    Args:
        session: The interview.
        question: The question.
    """
    held = session.get(question.field)
    help_, asked = f"{_(question.help)} {_(question.more)}", question.text
    if question.kind == "prose":
        return Prose(question.field, asked, help_, str(held or ""))
    later = Option(None, _("Decide later"))
    notes = tuple(
        ("quiet", f"{_(o.source)}: {in_words(o.value)}") for o in session.answers.others.get(question.field, ())
    )
    if question.kind == "choice":
        options = (*(Option(value, value, _(words)) for value, words in question.choices), later)
        return Prompt(question.field, asked, help_, options, at(options, held), notes=notes)
    source = session.source(question.field)
    note = "" if source in ("", "you") else _("from {source}").format(source=_(source))
    options = (Option(KEEP, in_words(held), note), later) if held else (later,)
    return Prompt(
        question.field,
        asked,
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
