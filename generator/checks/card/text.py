"""CARD: does the text of the card say what readers look for, and does what it links and shows hold?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from generator.artifacts.folder import is_file
from generator.artifacts.markdown import without
from generator.checks.card.code import NAMES, fault, language_of
from generator.checks.card.headings import (
    may_hold_placeholder,
    placeholders,
    says,
    snippet_placeholders,
    stated_licenses,
)
from generator.checks.card.links import broken, broken_anchor
from generator.checks.card.sources import SHOWN, card_is_written, not_judged, texts
from generator.checks.hub.front_matter import indexed
from generator.checks.registry import Hit, Subject, rule
from generator.documents.storage.record import CARD
from generator.release.model import Location

_HEADINGS = {
    "intended_use": "Intended use",
    "limitations": "Limitations",
    "how_to_use": "How to use",
    "evaluation": "Evaluation",
}


@rule("CARD101", "card-missing", "warning")
def card_missing(subject: Subject) -> Iterator[Hit]:
    """A folder without a release file has no README.md, so nothing says what the model is.

    Bad: a folder with `model.safetensors` and `LICENSE`

        model.safetensors

    Good: the same, after `charter init` and `charter build`

        README.md
    """
    release = subject.release
    if not subject.stated and release.folder and not is_file(release.folder / CARD):
        yield Hit("There is no README.md.", "Write one, or run `charter init` and `charter build`.", at=_top(subject))


@rule("CARD102", "intended-use-missing", "warning")
def intended_use_missing(subject: Subject) -> Iterator[Hit]:
    """The card does not say what the model is meant for.

    Readers decide by it whether to try the model at all. A heading in a README.md of one's own counts as well.

    Bad:

        card: {limitations: It makes things up.}

    Good:

        card: {intended_use: Chat in English and Polish., limitations: It makes things up.}
    """
    yield from _section(subject, "intended_use", "what the model is meant for")


@rule("CARD103", "limitations-missing", "warning")
def limitations_missing(subject: Subject) -> Iterator[Hit]:
    """The card does not say where the model fails, and whom that may hurt.

    Bad:

        card: {intended_use: Chat in English and Polish.}

    Good:

        card: {intended_use: Chat in English and Polish., limitations: It makes things up.}
    """
    yield from _section(subject, "limitations", "its limitations")


@rule("CARD104", "how-to-use-missing", "info")
def how_to_use_missing(subject: Subject) -> Iterator[Hit]:
    """The card does not show how to get started.

    Bad:

        card: {intended_use: Chat in English and Polish.}

    Good:

        card:
          how_to_use: |
            ```python
            from transformers import pipeline

            chat = pipeline("text-generation", model="borealis-lab/borealis-7b-chat")
            ```
    """
    yield from _section(subject, "how_to_use", "how to get started")


@rule("CARD105", "evaluation-missing", "warning")
def evaluation_missing(subject: Subject) -> Iterator[Hit]:
    """The card gives no results, and does not say that there are none.

    `results`, a section, a heading in README.md or a document with `component: evaluation-results` is an answer; so is
    the sentence that nothing was measured.

    Bad:

        card: {intended_use: Chat in English and Polish.}

    Good:

        card: {evaluation: It has not been evaluated.}
    """
    release = subject.release
    reported = any(item.given and item.item.component == "evaluation-results" for item in subject.assessment.items)
    if not release.results and not reported and not indexed(subject):
        yield from _section(subject, "evaluation", "how the model was evaluated, or that it was not")


@rule("CARD106", "link-broken", "warning")
def link_broken(subject: Subject) -> Iterator[Hit]:
    """A link or an image leads to a file that is not in the folder and that no build writes.

    Paths are read from the folder of README.md, where the section will stand. Addresses on the web are not fetched.

    Bad:

        card: {training: "See [the report](reports/training.pdf#page=2)."}

    Good: the file is there, or the address is whole

        card: {training: "See [the report](https://borealis.example/training.pdf)."}
    """
    for text in texts(subject):
        targets = (*text.found.links, *text.found.images)
        wrong = ((target, found) for target in targets if (found := broken(subject, target.url)))
        for target, found in islice(wrong, SHOWN):
            yield Hit(f"A link is broken: {found.message}", found.remedy, at=text.at(target.line, target.column))


@rule("CARD107", "anchor-missing", "warning")
def anchor_missing(subject: Subject) -> Iterator[Hit]:
    """A link leads to a heading that the card, or another page of the folder, does not have.

    The Hub links headings in lower case, without punctuation, each space a hyphen. The card is taken as a build would
    write it.

    Bad:

        card: {training: "See [limits](#Limits).", limitations: It makes things up.}

    Good:

        card: {training: "See [limits](#bias-risks-and-limitations).", limitations: It makes things up.}
    """
    for text in texts(subject):
        wrong = ((link, found) for link in text.found.links if (found := broken_anchor(subject, link.url)))
        for link, found in islice(wrong, SHOWN):
            yield Hit(f"A link is broken: {found.message}", found.remedy, at=text.at(link.line, link.column))


@rule("CARD108", "code-broken", "warning")
def code_broken(subject: Subject) -> Iterator[Hit]:
    """Code in the card does not parse, so nobody can run it as it stands.

    Python, JSON, YAML and TOML are read where the fence names them, and never run. Prompts, notebook magics and
    `...` for what is left out are understood.

    Bad:

        how_to_use: |
          ```python
          print("hello"
          ```

    Good:

        how_to_use: |
          ```python
          print("hello")
          ```
    """
    for text in texts(subject):
        lines = text.text.split("\n")
        for fence in text.found.fences:
            language = language_of(fence.info)
            found = fault(language, fence.code)
            if found:
                number = min(fence.line + found.line, len(lines) - 1)
                code = fence.code.split("\n")[found.line - 1]
                shift = len(lines[number]) - len(code) if lines[number].endswith(code) else 0
                yield Hit(
                    f"This {NAMES.get(language, language.upper())} does not parse: {found.message}.",
                    "Mend it, or name the language that it is written in.",
                    at=text.at(number + 1, found.column + shift),
                )


@rule("CARD109", "image-without-text", "warning")
def image_without_text(subject: Subject) -> Iterator[Hit]:
    """An image has no text that says what it shows to those who do not see it.

    In HTML, `alt=""` says that an image is there for decoration.

    Bad:

        card: {evaluation: "![](https://borealis.example/loss.png)"}

    Good:

        card: {evaluation: "![Loss falls from 3 to 1.8 over 90 000 steps](https://borealis.example/loss.png)"}
    """
    for text in texts(subject):
        bare = (i for i in text.found.images if i.alt is None or not (i.html or i.alt.strip()))
        for image in islice(bare, SHOWN):
            remedy = "Say what it shows: `![Loss over steps](loss.png)`, or in HTML `alt=…`."
            yield Hit("An image has no alternative text.", remedy, at=text.at(image.line, image.column))


@rule("CARD110", "placeholder", "warning")
def placeholder(subject: Subject) -> Iterator[Hit]:
    """A placeholder of a template was left in the text: [More Information Needed], TODO, lorem ipsum, <your …>.

    Comments are not looked at. In code only the names count that a generator of cards leaves for the id of the model.

    Bad:

        card: {limitations: "[More Information Needed]"}

    Good:

        card: {limitations: They have not been studied.}
    """
    for text in texts(subject):
        for found in islice(snippet_placeholders(text.found.fences), SHOWN):
            message = f"A placeholder was left in code: {found.text!r}."
            yield Hit(message, "Write the real name.", at=text.at(found.line, found.column))
        if not may_hold_placeholder(without(text.text, text.found.fences)):
            continue
        for found in islice(placeholders(text.prose()), SHOWN):
            yield Hit(
                f"A placeholder was left here: {found.text!r}.",
                "Write what belongs here, or say that it is not known.",
                at=text.at(found.line, found.column),
            )


@rule("CARD111", "result-without-data", "info")
def result_without_data(subject: Subject) -> Iterator[Hit]:
    """A result does not say by a Hub id on which data it was measured, so nobody can measure it again.

    Bad:

        results: [{task: text-generation, dataset: {name: MMLU}, metric: accuracy, value: 51.2}]

    Good:

        results: [{task: text-generation, dataset: {name: MMLU, id: cais/mmlu}, metric: accuracy, value: 51.2}]
    """
    for number, result in enumerate(subject.release.results):
        if card_is_written(subject.release) and not result.dataset.id:
            yield Hit(
                f"{result.metric} on {result.dataset.name}: the data set has no Hub id.",
                "Write `id: ORG/NAME` in its `dataset:`, where the Hub has it.",
                ("results", number, "dataset"),
            )
    for at, fields in indexed(subject):
        if "dataset" not in fields or not fields["dataset"].holds("type"):
            message = "A result in `model-index` has no data set with an id."
            yield Hit(message, "Write `dataset:` with `type: ORG/NAME` and `name`.", at=at)


@rule("CARD112", "result-without-source", "info")
def result_without_source(subject: Subject) -> Iterator[Hit]:
    """A result does not say where it is published or how it was measured.

    The Hub shows such results as self-reported, with nothing behind them.

    Bad:

        results: [{task: text-generation, dataset: {name: MMLU, id: cais/mmlu}, metric: accuracy, value: 51.2}]

    Good: the same, with

        source: https://borealis.example/report.pdf
    """
    for number, result in enumerate(subject.release.results):
        if card_is_written(subject.release) and not result.source:
            yield Hit(
                f"{result.metric} on {result.dataset.name}: no source.",
                "Write `source:` with the address of the report or the log.",
                ("results", number),
            )
    for at, fields in indexed(subject):
        if "source" not in fields or not fields["source"].holds("url"):
            yield Hit(
                "A result in `model-index` has no source.", "Write `source:` with the `url` of the report.", at=at
            )


@rule("CARD114", "license-in-text-differs", "warning")
def license_in_text_differs(subject: Subject) -> Iterator[Hit]:
    """The section "License" of README.md names a license for the model that the release does not state.

    Readers believe the text, programs the metadata; one of the two is wrong. What the section says of code, data or
    a base model is not compared.

    Bad:

        ---
        license: mit
        ---
        ## License
        The weights are for research only (CC BY-NC 4.0).

    Good: the same license in both places
    """
    stated = {key for item in subject.coverage.subject if item.license for key in item.license.ids()}
    card = next((text for text in texts(subject) if text.section is None), None)
    if not stated or card is None:
        return
    for found in stated_licenses(card.found, card.prose()):
        if found.license not in stated:
            names = ", ".join(sorted(stated))
            yield Hit(
                f"This section names {found.text}; the release states {names}.",
                "Correct the one that is wrong.",
                at=card.at(found.line, found.column),
            )


@rule("CARD113", "card-not-judged", "info")
def card_not_judged(subject: Subject) -> Iterator[Hit]:
    """The card is so long that only its beginning was judged by the CARD rules.

    Bad: a README.md of several megabytes

        ## Log of all runs

    Good: a card that can be read, with a link to the rest

        See [the log](https://borealis.example/log).
    """
    for text in texts(subject):
        if not text.whole:
            remedy = "Move what nobody reads in a card into a file of its own, and link it."
            message = f"From here on the text is not judged: it has more than {not_judged()}."
            yield Hit(message, remedy, at=text.at(text.text.count("\n") + 1, 1))


def _top(subject: Subject) -> Location:
    return subject.release.locate(())


def _section(subject: Subject, name: str, what: str) -> Iterator[Hit]:
    """Say that a section is missing, where neither release file nor README.md has it."""
    stated = card_is_written(subject.release)
    found = texts(subject)
    card = next((text for text in found if text.section is None), None)
    if (
        not subject.coverage.subject
        or subject.coverage.subject[0].layer not in ("weights", "deltas")
        or (card is None and not stated)
    ):
        return
    if any(text.section == name or not text.whole for text in found):
        return
    if card and says(card.found, name, card.text.split("\n")):
        return
    heading = f"`## {_HEADINGS[name]}`"
    if stated:
        remedy = f"Write `{name}: |` under `card:`, or a heading {heading} in README.md."
        yield Hit(f"The card does not say {what}.", remedy, ("card",))
    elif card:
        yield Hit(f"The card does not say {what}.", f"Write a section {heading} into README.md.", at=card.at(1, 1))
