"""What the two EU documents share: a release seen as answers, and which questions a person must still answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from generator.documents.exports.facts import Edge, Facts, Root
from generator.documents.exports.files import FileFact
from generator.documents.licenses.use_policy import policies
from generator.documents.render import render
from generator.licenses.assess import ItemAssessment
from generator.licenses.lineage import OUTPUTS
from generator.licenses.terms import UsePolicy
from generator.release.model import Release
from generator.translations import gettext as _
from generator.translations import mark_in_context, mark_plural, mark_text, ngettext, pgettext

RANGES = (
    (500_000_000, mark_text("1 to 500 million")),
    (5_000_000_000, mark_text("500 million to 5 billion")),
    (15_000_000_000, mark_text("5 to 15 billion")),
    (50_000_000_000, mark_text("15 to 50 billion")),
    (100_000_000_000, mark_text("50 to 100 billion")),
    (500_000_000_000, mark_text("100 to 500 billion")),
    (1_000_000_000_000, mark_text("500 billion to 1 trillion")),
)
"""The form's ranges of parameters: the upper end, and the words."""
BEYOND = mark_text("more than 1 trillion")
DURATIONS = ((30, mark_text("less than 1 month")), (91, mark_text("1 to 3 months")), (182, mark_text("3 to 6 months")))
"""The form's ranges of training time: the most days, and the words."""
LONGER = mark_text("more than 6 months")


_POWERS = (
    (10**12, mark_plural("{number} trillion", "{number} trillion"), mark_in_context("about", "{number} trillion")),
    (10**9, mark_plural("{number} billion", "{number} billion"), mark_in_context("about", "{number} billion")),
    (10**6, mark_plural("{number} million", "{number} million"), mark_in_context("about", "{number} million")),
    (10**3, mark_plural("{number} thousand", "{number} thousand"), mark_in_context("about", "{number} thousand")),
)
"""Powers with their words: for whole numbers, which have plural forms, and for those with a fraction."""


class DataSource(NamedTuple):
    """Something that was learned from: a part of the release, or an upstream."""

    item: ItemAssessment | None
    root: Root | None
    access: str | None


class EuView(NamedTuple):
    """What the template of the EU documents uses.

    Attributes:
        answered: By question, whether the release file answers it in full; a question is open where it does not.
        bases: How the models of the release were made from others.
        made: Models whose outputs something here was made with.
    """

    facts: Facts
    release: Release
    answered: Mapping[str, bool]
    subject: tuple[ItemAssessment, ...]
    files: tuple[FileFact, ...]
    bases: tuple[Edge, ...]
    sources: tuple[DataSource, ...]
    made: tuple[Edge, ...]
    curation: tuple[str, ...]
    design: tuple[str, ...]
    places: tuple[str, ...]
    use_policies: tuple[UsePolicy, ...]

    @property
    def open(self) -> int:
        """How many questions are left to a person."""
        return sum(not answered for answered in self.answered.values())

    @property
    def size(self) -> tuple[str, str] | None:
        """The number of parameters to two figures, and the form's range that it falls in."""
        model = self.release.model
        if model is None or model.parameters is None:
            return None
        words = next((words for top, words in RANGES if model.parameters <= top), BEYOND)
        return two_figures(model.parameters), _(words)

    @property
    def duration(self) -> tuple[int, str] | None:
        """The days of training, the first and the last included, and the form's range that they fall in."""
        training = self.release.training
        if training is None or not (training.start and training.end):
            return None
        days = (training.end - training.start).days + 1
        return days, _(next((words for most, words in DURATIONS if days <= most), LONGER))

    def having(self, *access: str | None) -> tuple[DataSource, ...]:
        """Return the sources whose `access` is one of those.

        Args:
            access: Values of the vocabulary; None for a source that none is stated of.
        """
        return tuple(source for source in self.sources if source.access in access)


def eu_view(facts: Facts, answered: Mapping[str, bool]) -> EuView:
    """Return a release as the EU documents see it.

    Args:
        facts: What is filled from.
        answered: By question, whether the release file answers it in full.
    """
    models = [item for item in facts.items if facts.kind(item) == "model"]
    edges = [edge for edge in facts.edges if any(edge.item is item for item in models)]
    named = [facts.license_set.terms(key).use_policy for key in policies(facts.coverage)]
    return EuView(
        facts=facts,
        release=facts.release,
        answered=answered,
        subject=facts.coverage.subject,
        files=tuple(file for item in models for file in facts.files(item) if file.sha256),
        bases=tuple(e for e in edges if e.relation not in ("trained_on", *OUTPUTS) and isinstance(e.root, Root)),
        sources=_sources(facts),
        made=tuple(edge for edge in facts.edges if edge.relation in OUTPUTS and isinstance(edge.root, Root)),
        curation=facts.preprocessing(),
        design=tuple(i.item.description for i in facts.items if i.layer == "architecture" and i.item.description),
        places=tuple(dict.fromkeys(place for item in models if (place := facts.where(item)))),
        use_policies=tuple(policy for policy in named if policy),
    )


def eu_page(template: str, view: EuView) -> str:
    """Return a filled template.

    Args:
        template: Its name.
        view: What it uses.
    """
    return render(template, view).rstrip("\n") + "\n"


def two_figures(number: int) -> str:
    """Return a number rounded to two figures, in words that people use: `6.7 billion`.

    Args:
        number: A whole number, 1 or more.
    """
    digits = len(str(number))
    step = 10 ** max(digits - 2, 0)
    rounded = (number + step // 2) // step * step
    for power, forms, words in _POWERS:
        if rounded >= power:
            whole, part = divmod(rounded * 10 // power, 10)
            if part:
                return pgettext("about", words).format(number=f"{whole}{pgettext('decimal point', '.')}{part}")
            return ngettext(*forms, whole).format(number=whole)
    return str(rounded)


def _sources(facts: Facts) -> tuple[DataSource, ...]:
    own = [i for i in facts.items if facts.kind(i) == "data" and i.item.component != "evaluation-data"]
    learned = dict.fromkeys(e.root for e in facts.edges if e.relation == "trained_on" and isinstance(e.root, Root))
    return (*(DataSource(i, None, i.item.access) for i in own), *(DataSource(None, root, None) for root in learned))
