"""CARD: does the card have the sections that readers need, and do its links, code and images work?"""

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
)
from generator.checks.card.links import broken, broken_anchor
from generator.checks.card.sources import SHOWN, card_is_written, format_unchecked_part, texts
from generator.checks.hub.front_matter import get_model_index
from generator.checks.registry import Problem, Subject, rule
from generator.documents.storage.record import CARD
from generator.licenses.card_licenses import find_stated_licenses
from generator.release.model import Location
from generator.translations import gettext as _

_HEADINGS = {
    "intended_use": "Intended use",
    "limitations": "Limitations",
    "how_to_use": "How to use",
    "evaluation": "Evaluation",
}


@rule("CARD101", "card-missing", "warning")
def card_missing(subject: Subject) -> Iterator[Problem]:
    """A folder without a release file has no README.md, so nothing describes the model.

    Bad: a folder with `model.safetensors` and `LICENSE`

        model.safetensors

    Good: the same, after `charter init` and `charter build`

        README.md
    """
    release = subject.release
    if not subject.stated and release.folder and not is_file(release.folder / CARD):
        yield Problem(
            _("README.md is missing."), _("Write one, or run `charter init` and `charter build`."), at=_top(subject)
        )


@rule("CARD102", "intended-use-missing", "warning")
def intended_use_missing(subject: Subject) -> Iterator[Problem]:
    """The card has no section on intended use.

    Readers decide by it whether to try the model at all. A heading in your own README.md counts too.

    Bad:

        card: {limitations: It makes things up.}

    Good:

        card: {intended_use: Chat in English and Polish., limitations: It makes things up.}
    """
    yield from _section(subject, "intended_use", _("intended use"))


@rule("CARD103", "limitations-missing", "warning")
def limitations_missing(subject: Subject) -> Iterator[Problem]:
    """The card has no section on limitations: where the model fails, and whom that can harm.

    Bad:

        card: {intended_use: Chat in English and Polish.}

    Good:

        card: {intended_use: Chat in English and Polish., limitations: It makes things up.}
    """
    yield from _section(subject, "limitations", _("limitations"))


@rule("CARD104", "how-to-use-missing", "info")
def how_to_use_missing(subject: Subject) -> Iterator[Problem]:
    """The card has no section on how to use the model.

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
    yield from _section(subject, "how_to_use", _("how to use the model"))


@rule("CARD105", "evaluation-missing", "warning")
def evaluation_missing(subject: Subject) -> Iterator[Problem]:
    """The card has no evaluation results, and does not say that there are none.

    One of these is enough: `results`, `model-index`, a section, a heading in README.md, a document with
    `component: evaluation-results`, or the sentence that nothing was measured.

    Bad:

        card: {intended_use: Chat in English and Polish.}

    Good:

        card: {evaluation: It has not been evaluated.}
    """
    release = subject.release
    reported = any(
        item.is_available and item.item.component == "evaluation-results" for item in subject.assessment.items
    )
    if not release.results and not reported and not get_model_index(subject):
        yield from _section(subject, "evaluation", _("evaluation"))


@rule("CARD106", "link-broken", "warning")
def link_broken(subject: Subject) -> Iterator[Problem]:
    """A link or an image points to a file that is not in the folder and that no build writes.

    Paths start at the folder of README.md. Web addresses are not fetched.

    Bad:

        card: {training: "See [the report](reports/training.pdf#page=2)."}

    Good: the file exists, or the link has the full address

        card: {training: "See [the report](https://borealis.example/training.pdf)."}
    """
    for text in texts(subject):
        targets = (*text.found.links, *text.found.images)
        wrong = ((target, found) for target in targets if (found := broken(subject, target.url)))
        for target, found in islice(wrong, SHOWN):
            yield Problem(
                _("Broken link: {message}").format(message=found.message),
                found.remedy,
                at=text.at(target.line, target.column),
            )


@rule("CARD107", "anchor-missing", "warning")
def anchor_missing(subject: Subject) -> Iterator[Problem]:
    """A link points to a heading that the card, or another page of the folder, does not have.

    The Hub writes anchors in lower case, without punctuation, and with a hyphen for each space. Headings that a build
    writes count too.

    Bad:

        card: {training: "See [limits](#Limits).", limitations: It makes things up.}

    Good:

        card: {training: "See [limits](#bias-risks-and-limitations).", limitations: It makes things up.}
    """
    for text in texts(subject):
        wrong = ((link, found) for link in text.found.links if (found := broken_anchor(subject, link.url)))
        for link, found in islice(wrong, SHOWN):
            yield Problem(
                _("Broken link: {message}").format(message=found.message),
                found.remedy,
                at=text.at(link.line, link.column),
            )


@rule("CARD108", "code-broken", "warning")
def code_broken(subject: Subject) -> Iterator[Problem]:
    """Code in the card does not parse, so readers cannot run it.

    charter parses Python, JSON, YAML and TOML in fences that name the language, and never runs them. It ignores
    prompts, notebook magics, printed output, shell commands and `...`.

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
                yield Problem(
                    _("This {get} code does not parse: {message}.").format(
                        get=NAMES.get(language, language.upper()), message=found.message
                    ),
                    _("Fix the code, or name the right language after the fence."),
                    at=text.at(number + 1, found.column + shift),
                )


@rule("CARD109", "image-without-text", "warning")
def image_without_text(subject: Subject) -> Iterator[Problem]:
    """An image has no alternative text for people who cannot see it.

    In HTML, `alt=""` marks an image as decoration.

    Bad:

        card: {evaluation: "![](https://borealis.example/loss.png)"}

    Good:

        card: {evaluation: "![Loss falls from 3 to 1.8 over 90 000 steps](https://borealis.example/loss.png)"}
    """
    for text in texts(subject):
        bare = (i for i in text.found.images if i.alt is None or not (i.html or i.alt.strip()))
        for image in islice(bare, SHOWN):
            remedy = _("Describe the image: `![Loss over steps](loss.png)`, or `alt=…` in HTML.")
            yield Problem(_("An image has no alternative text."), remedy, at=text.at(image.line, image.column))


@rule("CARD110", "placeholder", "warning")
def placeholder(subject: Subject) -> Iterator[Problem]:
    """The text still has a placeholder of a template: [More Information Needed], TODO, lorem ipsum, <your …>.

    Comments are ignored. In code, only names such as `your-username/model` count.

    Bad:

        card: {limitations: "[More Information Needed]"}

    Good:

        card: {limitations: They have not been studied.}
    """
    for text in texts(subject):
        for found in islice(snippet_placeholders(text.found.fences), SHOWN):
            message = _("Placeholder in code: {text}.").format(text=repr(found.text))
            yield Problem(message, _("Write the real name."), at=text.at(found.line, found.column))
        if not may_hold_placeholder(without(text.text, text.found.fences)):
            continue
        for found in islice(placeholders(text.prose()), SHOWN):
            yield Problem(
                _("Placeholder in the text: {text}.").format(text=repr(found.text)),
                _("Write the text, or say that it is not known."),
                at=text.at(found.line, found.column),
            )


@rule("CARD111", "result-without-data", "info")
def result_without_data(subject: Subject) -> Iterator[Problem]:
    """A result does not name its data set by a Hub id, so nobody can repeat the measurement.

    Bad:

        results: [{task: text-generation, dataset: {name: MMLU}, metric: accuracy, value: 51.2}]

    Good:

        results: [{task: text-generation, dataset: {name: MMLU, id: cais/mmlu}, metric: accuracy, value: 51.2}]
    """
    for number, result in enumerate(subject.release.results):
        if card_is_written(subject.release) and not result.dataset.id:
            yield Problem(
                _("{metric} on {name}: the data set has no Hub id.").format(
                    metric=result.metric, name=result.dataset.name
                ),
                _("Write `id: ORG/NAME` in its `dataset:`, if it is on the Hub."),
                ("results", number, "dataset"),
            )
    for at, fields in get_model_index(subject):
        if "dataset" not in fields or not fields["dataset"].holds("type"):
            message = _("A result in `model-index` names no data set by its id.")
            yield Problem(message, _("Write `dataset:` with `type: ORG/NAME` and `name`."), at=at)


@rule("CARD112", "result-without-source", "info")
def result_without_source(subject: Subject) -> Iterator[Problem]:
    """A result has no source: no report and no log.

    The Hub shows such results as self-reported, without a link.

    Bad:

        results: [{task: text-generation, dataset: {name: MMLU, id: cais/mmlu}, metric: accuracy, value: 51.2}]

    Good: the same, with

        source: https://borealis.example/report.pdf
    """
    for number, result in enumerate(subject.release.results):
        if card_is_written(subject.release) and not result.source:
            yield Problem(
                _("{metric} on {name}: the result has no source.").format(
                    metric=result.metric, name=result.dataset.name
                ),
                _("Write `source:` with the address of the report or the log."),
                ("results", number),
            )
    for at, fields in get_model_index(subject):
        if "source" not in fields or not fields["source"].holds("url"):
            yield Problem(
                _("A result in `model-index` has no source."), _("Write `source:` with the `url` of the report."), at=at
            )


@rule("CARD114", "license-in-text-differs", "warning")
def license_in_text_differs(subject: Subject) -> Iterator[Problem]:
    """The section "License" of README.md names another license than the release.

    Readers see the text, and programs see the metadata. One of the two is wrong. Sentences about code, data or a base
    model are not compared.

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
    for found in find_stated_licenses(card.found, card.prose()):
        if found.license not in stated:
            names = ", ".join(sorted(stated))
            yield Problem(
                _("This section names {text}, but the license of the release is {names}.").format(
                    text=found.text, names=names
                ),
                _("Correct the text or the metadata."),
                at=card.at(found.line, found.column),
            )


@rule("CARD113", "card-not-checked", "info")
def card_not_checked(subject: Subject) -> Iterator[Problem]:
    """The card is so long that the CARD rules checked only its beginning.

    Bad: a README.md of several megabytes

        ## Log of all runs

    Good: a short card with a link to the rest

        See [the log](https://borealis.example/log).
    """
    for text in texts(subject):
        if not text.whole:
            remedy = _("Move long parts into a file of their own, and link to it.")
            message = _("The text was not checked from here on: it has more than {limits}.").format(
                limits=format_unchecked_part()
            )
            yield Problem(message, remedy, at=text.at(text.text.count("\n") + 1, 1))


def _top(subject: Subject) -> Location:
    return subject.release.locate(())


def _section(subject: Subject, name: str, what: str) -> Iterator[Problem]:
    """Report a section that neither release file nor README.md has."""
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
        remedy = _("Write `{name}: |` under `card:`, or add a section {heading} to README.md.").format(
            name=name, heading=heading
        )
        yield Problem(_("The model card has no section on {what}.").format(what=what), remedy, ("card",))
    elif card:
        yield Problem(
            _("The model card has no section on {what}.").format(what=what),
            _("Add a section {heading} to README.md.").format(heading=heading),
            at=card.at(1, 1),
        )
