"""What the model card says: its title, and the view that `templates/README.md.jinja` fills in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.documents.licenses.coverage import Coverage, only_notices
from generator.documents.pictures.badges import Badge, badges, model_openness
from generator.documents.training import environment_facts, training_facts
from generator.documents.words import (
    CARD_ACTS,
    DATA_ACTS,
    answer_words,
    code,
    part_title,
)
from generator.licenses.assess import Assessment, ItemAssessment
from generator.licenses.catalog import Expression
from generator.licenses.lineage import OUTPUTS, Flow
from generator.licenses.rights import ActAnswer, ClauseRef, LicenseRule, Right
from generator.licenses.summary import RightsSummary, may_words, rights_summary
from generator.licenses.terms import Answer, Obligation
from generator.named_tuple import NamedTuple
from generator.openness.answers import Openness
from generator.release.model import Release
from generator.release.vocabulary import LAYERS
from generator.translations import format_number, ngettext

_FEW_ROWS = 3
"""Items that a short list still shows well."""
_DATA_LAYERS = ("data", "curation")
"""Layers that the card of a data set shows even if they are not stated."""


class LayerRow(NamedTuple):
    """A line of "What is released"; `item` is None for a layer that the release file does not mention."""

    layer: str
    item: ItemAssessment | None


class Detail(NamedTuple):
    """A condition or limitation in full, with its clause where it has one."""

    text: str
    clause: ClauseRef | None


class ActRow(NamedTuple):
    """Acts with the same answer for the same reason; `program` is empty where both framings give one answer."""

    acts: tuple[str, ...]
    answer: str
    program: str
    reason: ActAnswer


class RightsTable(NamedTuple):
    """What a recipient may do with one item, or with several under the same terms."""

    label: str
    license: Expression | None
    rows: tuple[ActRow, ...]
    summary: RightsSummary
    may: str
    may_if_weights: str
    details: tuple[Detail, ...]


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
    def training_facts(self) -> str:
        """Hardware, time and compute of training, as a list; a card of data has none."""
        return "" if self.is_dataset else training_facts(self.release)

    @property
    def environment_facts(self) -> str:
        """Energy and emissions of training, as a list; a card of data has none."""
        return "" if self.is_dataset else environment_facts(self.release)

    @property
    def is_short(self) -> bool:
        """Whether one license covers everything, so that the license text says the rest."""
        return self.coverage.single is not None and len(self.rights) == 1 and not self.upstreams

    @property
    def is_compact(self) -> bool:
        """Whether a short list takes the place of the tables: one license, and little is released."""
        rows = [row.item for row in self.layers if row.item]
        one = {str(self.coverage.single), "None"}
        return (
            self.is_short
            and len(rows) <= _FEW_ROWS
            and not self.documents
            and "pictures" not in self.release.outputs
            and not self.described
            and all(str(item.license) in one for item in rows)
        )

    @property
    def described(self) -> tuple[ItemAssessment, ...]:
        """The items whose description the card has."""
        items = [row.item for row in self.layers if row.item and row.item.item.description]
        return tuple(item for item in items if is_of_this_card(item, self.coverage))

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What the release file says of the model in numbers and names, each with its label."""
        model = self.release.model
        if model is None or self.is_dataset:
            return ()
        size, length = model.parameters or 0, model.context_length or 0
        numbers = (
            (size, ngettext("{number} parameter", "{number} parameters", size)),
            (length, ngettext("{number} token of context", "{number} tokens of context", length)),
        )
        return (
            *((("code", model.architecture),) if model.architecture else ()),
            *(("text", text.format(number=format_number(value))) for value, text in numbers if value),
            *((("text", ", ".join(model.modalities)),) if model.modalities else ()),
        )

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
    is_dataset = coverage.repo_kind == "dataset"
    openness = None if is_dataset else model_openness(coverage)
    return CardView(
        release=assessment.release,
        coverage=coverage,
        layers=tuple(row for row in _layer_rows(assessment) if not is_dataset or _is_about_data(row, coverage)),
        documents=tuple(item for item in assessment.items if item.layer == "documents"),
        rights=_rights_tables(coverage.subject, DATA_ACTS if is_dataset else CARD_ACTS),
        upstreams=tuple(_upstream_rows(coverage)),
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
        if not any(rule.words for flow in item.flows for rule in _obligations(flow, item)):
            continue
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


def _obligations(flow: Flow, item: ItemAssessment) -> Iterator[Obligation]:
    for key in flow.license.ids() if flow.license else ():
        yield from item.license_set.terms(key).obligations


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
        composed = (items[0].rights(), *items[0].license_rules())
        rights = {right.act: right for right in composed[0]}
        label = ", ".join(item.item.name or part_title(item.layer, item.item.form) for item in items)
        chosen = tuple(_act_rows(rights[act] for act in acts))
        layer, flows = items[0].layer, items[0].flows
        summary = rights_summary(layer, flows, items[0].license_set.terms, composed=composed)
        allowed = (summary.may, summary.may_if_weights)
        details = tuple(_details((*composed[1], *composed[2]), summary))
        may, may_if_weights = (may_words(points, layer) for points in allowed)
        tables.append(RightsTable(label, items[0].license, chosen, summary, may, may_if_weights, details))
    return tuple(tables)


def _details(license_rules: Iterable[LicenseRule], summary: RightsSummary) -> Iterator[Detail]:
    """The conditions and limitations that say more than the summary, each sentence once."""
    shown = {point.text for point in (*summary.must, *summary.may_not)}
    for license_rule in license_rules:
        text = license_rule.rule.detail
        if license_rule.framing != "program" and text.rstrip(".") not in shown:
            shown.add(text.rstrip("."))
            yield Detail(text, license_rule.clause)


def _act_rows(rights: Iterable[Right]) -> Iterator[ActRow]:
    """Acts with the same answer and reason are one row."""
    groups: dict[tuple[str, str, str], list[Right]] = {}
    for right in rights:
        program = _program_words(right.program) if right.program.answer != right.source.answer else ""
        groups.setdefault((right.source.answer, program, right.source.because), []).append(right)
    for (answer, program, _), found in groups.items():
        yield ActRow(tuple(right.act for right in found), answer, program, found[0].source)


def _program_words(found: ActAnswer) -> str:
    """The answer if training data counts as source code, and the source that it comes from."""
    words = answer_words(found.answer)
    return f"{words} ({code(found.via[-1])})" if found.via else words


def _is_about_data(row: LayerRow, coverage: Coverage) -> bool:
    """Whether the card of a data set shows a row: data, and what else is in its repo."""
    return row.layer in _DATA_LAYERS or any(row.item is item for item in coverage.counted)


def is_of_this_card(item: ItemAssessment, coverage: Coverage) -> bool:
    """Return whether a card describes an item; the card of an adapter or a data set leaves out other repos.

    Args:
        item: The item.
        coverage: What the card covers.
    """
    about_weights = coverage.subject and coverage.subject[0].layer == "weights"
    return bool(about_weights) or item.item.repo in (None, coverage.assessment.release.release.repo)


def _upstream_rows(coverage: Coverage) -> Iterator[UpstreamRow]:
    for item in coverage.assessment.items:
        if not is_of_this_card(item, coverage):
            continue
        for flow in item.flows:
            if flow.upstream is not None and flow.relation and len(flow.via) == 1:
                yield UpstreamRow(item, flow, effect_of(flow, item))


def _architecture(coverage: Coverage) -> ArchitectureNote | None:
    """The note, where weights or deltas with one license are given."""
    items = tuple(i for i in coverage.assessment.items if i.layer == "architecture" and i.is_available and i.license)
    for item in coverage.subject:
        if item.layer in ("weights", "deltas") and item.license and item.item.form not in ("adapter", "diff"):
            keys = item.license.ids()
            answers = [item.license_set.terms(key).architecture for key in keys]
            best = next((answer for answer in answers if answer.answer == "yes"), answers[0])
            return ArchitectureNote(items, item.license, best)
    return None
