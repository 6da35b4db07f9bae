"""What the model card says: its title, and the view that `templates/README.md.jinja` fills in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from generator.documents.licenses.coverage import Coverage, only_notices
from generator.documents.pictures.badges import Badge, badges, model_openness
from generator.documents.words import ACT_TITLES, CARD_ACTS, DATA_ACT_TITLES, DATA_ACTS, LAYER_TITLES
from generator.licenses.assess import Assessment, ItemAssessment
from generator.licenses.catalog import Expression
from generator.licenses.lineage import OUTPUTS, Flow
from generator.licenses.rights import Right
from generator.licenses.summary import RightsSummary, may_words, rights_summary
from generator.licenses.terms import Answer, Obligation
from generator.openness.answers import Openness
from generator.release.model import Release
from generator.release.vocabulary import LAYERS

_DATA_LAYERS = ("data", "curation")
"""Layers that the card of a data set shows even if they are not stated."""


class LayerRow(NamedTuple):
    """A line of "What is released"; `item` is None for a layer that the release file does not mention."""

    layer: str
    item: ItemAssessment | None


class RightsTable(NamedTuple):
    """What a recipient may do with one item, or with several under the same terms."""

    label: str
    license: Expression | None
    rights: tuple[Right, ...]
    summary: RightsSummary
    may: str
    may_if_weights: str


class UpstreamRow(NamedTuple):
    """A line of "What it was made from"; `effect` is a key of the template's sentences."""

    item: ItemAssessment
    flow: Flow
    effect: str


class ArchitectureNote(NamedTuple):
    """What covers the architecture, and whether the license of the weights mentions it."""

    items: tuple[ItemAssessment, ...]
    license: Expression
    answer: Answer


class CardView(NamedTuple):
    """What the template of the card uses."""

    release: Release
    coverage: Coverage
    layers: tuple[LayerRow, ...]
    documents: tuple[ItemAssessment, ...]
    rights: tuple[RightsTable, ...]
    upstreams: tuple[UpstreamRow, ...]
    architecture: ArchitectureNote | None
    openness: Openness | None
    badges: tuple[Badge, ...]
    built_with: tuple[str, ...]
    license_file: str
    notice_file: str
    is_dataset: bool

    @property
    def act_titles(self) -> dict[str, str]:
        """The acts in words."""
        return DATA_ACT_TITLES if self.is_dataset else ACT_TITLES

    @property
    def is_short(self) -> bool:
        """Whether one license covers everything, so that the license text says the rest."""
        return self.coverage.single is not None and len(self.rights) == 1 and not self.upstreams

    @property
    def not_stated(self) -> tuple[str, ...]:
        """The layers that the release file does not mention, except adapters and other changes to weights."""
        return tuple(row.layer for row in self.layers if row.item is None and row.layer != "deltas")

    @property
    def readings_differ(self) -> bool:
        """Whether some upstream binds under one framing only, so that the two assumptions matter."""
        return any(row.effect == "program" for row in self.upstreams)


def card_view(coverage: Coverage, license_file: str = "LICENSE", notice_file: str = "NOTICE") -> CardView:
    """Return what the template of the card uses.

    Args:
        coverage: Which terms cover which files.
        license_file: Where the license text or the index is.
        notice_file: Where the notices are.
    """
    assessment = coverage.assessment
    openness = model_openness(coverage)
    is_dataset = coverage.repo_kind == "dataset"
    return CardView(
        release=assessment.release,
        coverage=coverage,
        layers=tuple(row for row in _layer_rows(assessment) if row.item or not is_dataset or row.layer in _DATA_LAYERS),
        documents=tuple(item for item in assessment.items if item.layer == "documents"),
        rights=_rights_tables(coverage.subject, DATA_ACTS if is_dataset else CARD_ACTS),
        upstreams=tuple(_upstream_rows(assessment)),
        architecture=_architecture(coverage),
        openness=openness,
        badges=badges(openness) if openness and "badges" in assessment.release.outputs else (),
        built_with=display_words(coverage.counted),
        license_file=license_file,
        notice_file=notice_file,
        is_dataset=is_dataset,
    )


def effect_of(flow: Flow, item: ItemAssessment) -> str:
    """Return what an upstream does to an item, as a key: unknown, notices, travels, program, outputs, none."""
    if flow.license is None:
        return "unknown"
    if flow.travels:
        return "notices" if only_notices(flow, item) else "travels"
    if flow.program:
        return "none" if only_notices(flow, item) else "program"
    return "outputs" if flow.relation in OUTPUTS else "none"


def display_words(items: tuple[ItemAssessment, ...]) -> tuple[str, ...]:
    """Return the words that a license wants shown, such as `Built with Llama`, each once."""
    found: dict[str, None] = {}
    for item in items:
        for license_rule in item.license_rules()[0]:
            rule = license_rule.rule
            if (
                isinstance(rule, Obligation)
                and rule.id == "display_built_with"
                and license_rule.framing == "both"
                and rule.words
            ):
                found[rule.words] = None
    return tuple(found)


def _layer_rows(assessment: Assessment) -> Iterator[LayerRow]:
    for layer in LAYERS:
        items = [item for item in assessment.items if item.layer == layer]
        yield from (LayerRow(layer, item) for item in items)
        if not items:
            yield LayerRow(layer, None)


def _rights_tables(subject: tuple[ItemAssessment, ...], acts: tuple[str, ...]) -> tuple[RightsTable, ...]:
    """One table for each set of terms, not for each item."""
    groups: dict[tuple[tuple[object, ...], ...], list[ItemAssessment]] = {}
    for item in subject:
        key = tuple((flow.license, flow.program, flow.source) for flow in item.flows)
        groups.setdefault(key, []).append(item)
    tables: list[RightsTable] = []
    for items in groups.values():
        rights = {right.act: right for right in items[0].rights(acts=acts)}
        label = ", ".join(item.item.name or LAYER_TITLES[item.layer] for item in items)
        chosen = tuple(rights[act] for act in acts)
        layer, flows = items[0].layer, items[0].flows
        summary = rights_summary(layer, flows, items[0].license_set.terms)
        allowed = (summary.may, summary.may_if_weights)
        tables.append(
            RightsTable(label, items[0].license, chosen, summary, *(may_words(points, layer) for points in allowed))
        )
    return tuple(tables)


def _upstream_rows(assessment: Assessment) -> Iterator[UpstreamRow]:
    for item in assessment.items:
        for flow in item.flows:
            if flow.upstream is not None and flow.relation and len(flow.via) == 1:
                yield UpstreamRow(item, flow, effect_of(flow, item))


def _architecture(coverage: Coverage) -> ArchitectureNote | None:
    """The note, where weights or deltas with one license are given."""
    items = tuple(i for i in coverage.assessment.items if i.layer == "architecture" and i.is_available and i.license)
    for item in coverage.subject:
        if item.layer in ("weights", "deltas") and item.license:
            keys = item.license.ids()
            answers = [item.license_set.terms(key).architecture for key in keys]
            best = next((answer for answer in answers if answer.answer == "yes"), answers[0])
            return ArchitectureNote(items, item.license, best)
    return None
