"""HUB: does the Hub accept the values of the release file?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from generator.checks.hub.front_matter import in_front_matter
from generator.checks.registry import Problem, Subject, label_of, place, rule
from generator.documents.card.front_matter import HUB_RELATIONS, is_hub_ref, is_language
from generator.licenses.catalog import KNOWLEDGE
from generator.release.nearest import nearest
from generator.translations import gettext as _


@rule("HUB101", "language-refused", "error")
def language_refused(subject: Subject) -> Iterator[Problem]:
    """A language is not a code that the Hub accepts: ISO 639-1, -2 or -3, `code` or `multilingual`.

    The Hub refuses a card with another value, so a build leaves it out. Write region tags such as `pt-PT` as
    `language: pt` and `language_bcp47: pt-PT`.

    Bad:

        release: {name: Borealis 7B, languages: [english]}

    Good:

        release: {name: Borealis 7B, languages: [en]}
    """
    for number, tag in enumerate(subject.release.release.languages):
        if not is_language(tag.replace("_", "-").partition("-")[0]):
            yield Problem(
                _("{tag} is not a language code that the Hub accepts.").format(tag=repr(tag)),
                _("Write an ISO 639 code such as `en`, or `code`, or `multilingual`."),
                ("release", "languages", number),
            )


@rule("HUB102", "library-unknown", "info")
def library_unknown(subject: Subject) -> Iterator[Problem]:
    """The Hub does not know the library, so its page has no code snippet for it.

    Bad:

        release: {name: Borealis 7B, library: transformer}

    Good:

        release: {name: Borealis 7B, library: transformers}
    """
    library = subject.release.release.library
    if library and library not in _libraries():
        near = nearest(library, _libraries())
        known = _("The Hub accepts any name, but shows a snippet only for known ones.")
        remedy = " ".join((_("Did you mean `{value}`?").format(value=near[0]), known)) if near else known
        yield Problem(
            _("The Hub does not know the library {library}.").format(library=repr(library)),
            remedy,
            ("release", "library"),
        )


@rule("HUB103", "task-missing", "info")
def task_missing(subject: Subject) -> Iterator[Problem]:
    """No task is stated, so the Hub guesses it from config.json or lists the model under none.

    Bad:

        release: {name: Borealis 7B}

    Good:

        release: {name: Borealis 7B, task: text-generation}
    """
    if not any(item.layer in ("weights", "deltas") for item in subject.coverage.subject):
        return
    if subject.release.release.task or in_front_matter(subject, "pipeline_tag"):
        return
    yield Problem(
        _("No task is stated."),
        _("Write `task:` with a Hub pipeline tag, such as `text-generation`.")
        if subject.stated
        else _(
            "Write `pipeline_tag:` in the front matter of README.md, with a Hub pipeline tag, such as "
            "`text-generation`."
        ),
        ("release",),
    )


@rule("HUB104", "repo-missing", "info")
def repo_missing(subject: Subject) -> Iterator[Problem]:
    """No Hub repo is stated, so charter makes the name of a layered license from the release's name.

    Bad:

        release: {name: Borealis 7B}

    Good:

        release: {name: Borealis 7B, repo: borealis-lab/borealis-7b}
    """
    if not subject.release.release.repo and subject.stated:
        yield Problem(_("No Hub repo is stated."), _("Write `repo: ORG/NAME` under `release:`."), ("release",))


@rule("HUB105", "base-not-on-hub", "warning")
def base_not_on_hub(subject: Subject) -> Iterator[Problem]:
    """A base model is a path or a URL, which the Hub refuses as `base_model`.

    The build leaves it out of the card, so the Hub shows no lineage.

    Bad:

        derived_from: [{ref: ../llama-2-7b, license: llama2, relation: finetune}]

    Good:

        derived_from: [{ref: meta-llama/Llama-2-7b-hf, license: llama2, relation: finetune}]
    """
    for item in subject.coverage.subject:
        for number, upstream in enumerate(item.item.derived_from):
            if upstream.relation in HUB_RELATIONS and not is_hub_ref(upstream.ref):
                yield Problem(
                    _("{part}: {ref} is not a Hub repo id, so the Hub cannot show it as base model.").format(
                        part=label_of(item), ref=upstream.ref
                    ),
                    _("Write `ref: ORG/NAME`, the id of the base model on the Hub."),
                    place(item, "derived_from", number, "ref"),
                    item,
                )


@lru_cache(maxsize=1)
def _libraries() -> tuple[str, ...]:
    return tuple((KNOWLEDGE / "hub" / "libraries.txt").read_text(encoding="utf-8").split())
