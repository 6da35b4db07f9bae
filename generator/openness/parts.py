"""What is checked: the parts of a release, and those that a record of the Model Openness Framework names, alike."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from generator.licenses.catalog import Expression
from generator.licenses.license_set import CATALOG, LicenseSet
from generator.named_tuple import NamedTuple
from generator.openness.facts import format_sentence, label_of, openness_of
from generator.release.vocabulary import COMPONENTS, GIVEN, MODEL_RELATIONS

if TYPE_CHECKING:
    from generator.licenses.assess import Assessment, ItemAssessment
    from generator.release.model import Release


class Term(NamedTuple):
    """Terms that hold for a part.

    Attributes:
        license: The license; None where none is known.
        text: What stands there, where that could not be read as a license.
        program: They hold where data is the source.
        source: They hold where the weights are the source.
        via: The upstream they came from; empty for the part's own.
        openness: How open they are.
    """

    license: Expression | None
    text: str | None
    program: bool
    source: bool
    via: str
    openness: str

    @property
    def shown(self) -> str:
        """The license as sentences name it."""
        return str(self.license or self.text or "")


class Part(NamedTuple):
    """One part of a release.

    Attributes:
        component: The component that it is; None for a delta.
        label: What it is called.
        terms: Its own terms first, then those of its upstreams.
        described: Whether it is described, here or elsewhere by the publisher's word.
        located: Whether it is said where it is.
        access: The kind of training data.
    """

    layer: str
    component: str | None
    label: str
    availability: str
    terms: tuple[Term, ...]
    described: bool = False
    located: bool = False
    access: str | None = None

    @property
    def is_available(self) -> bool:
        """Whether it is released, or gated."""
        return self.availability in GIVEN

    @property
    def own(self) -> Term:
        """Its own terms."""
        return self.terms[0]

    @property
    def stands(self) -> str:
        """Name and availability, as in `training data (withheld)`."""
        return f"{self.label} ({format_sentence('words', 'availability', self.availability)})"


class Subject(NamedTuple):
    """A release, or a record, as parts.

    Attributes:
        architecture: Whether the architecture is named.
        usage: Whether something says how to use it.
        compute_flops: The floating point operations of its training, where they are stated.
        bases: The models outside the release that its parameters were made from.
        price: `free` or `paid`, where it is stated.
    """

    parts: tuple[Part, ...]
    architecture: bool = False
    usage: bool = False
    compute_flops: Decimal | None = None
    bases: tuple[str, ...] = ()
    price: str | None = None

    def of(self, *components: str) -> tuple[Part, ...]:
        """Return the parts that are one of the components; what a release says it does not have is left out.

        Args:
            components: Ids of components.
        """
        return tuple(part for part in self.parts if part.component in components and part.availability != "none")

    def by_component(self) -> dict[str | None, list[Part]]:
        """Return the parts of each component, as `of` returns those of one."""
        held: dict[str | None, list[Part]] = {}
        for part in self.parts:
            if part.availability != "none":
                held.setdefault(part.component, []).append(part)
        return held

    def denies(self, *components: str) -> bool:
        """Return whether the release states that it has none of the components: each is named as `none`.

        Args:
            components: Ids of components.
        """
        stated = {part.component for part in self.parts if part.availability == "none"}
        return not self.of(*components) and stated.issuperset(components)

    def layers(self, *layers: str) -> tuple[Part, ...]:
        """Return the parts of layers; what a release says it does not have is left out.

        Args:
            layers: Their names.
        """
        return tuple(part for part in self.parts if part.layer in layers and part.availability != "none")


def release_subject(assessment: Assessment, *, card: bool) -> Subject:
    """Return an assessed release as parts.

    Args:
        assessment: The assessed release.
        card: Whether a model card belongs to it that is no item: what `build` writes, or a README.md.
    """
    release, license_set = assessment.release, assessment.license_set
    parts = [_part(item, license_set) for item in assessment.items]
    if card and not any(part.component == "model-card" and part.is_available for part in parts):
        license_ = _bundle_license(assessment)
        own = Term(license_, None, True, True, "", openness_of(license_, None, license_set))
        parts.append(Part("documents", "model-card", label_of("model-card"), "released", (own,)))
    sections, training, access = release.card, release.training, release.access
    return Subject(
        tuple(parts),
        architecture=bool(release.model and release.model.architecture),
        usage=card and any(text and text.strip() for text in (sections.how_to_use, sections.intended_use)),
        compute_flops=training.compute_flops if training else None,
        bases=tuple(dict.fromkeys(_bases(release))),
        price=access.price if access else None,
    )


def _bases(release: Release) -> Iterator[str]:
    """The models that weights and deltas were made from; other parts of the release are none of them."""
    own = {release.release.repo, *(place.item.repo for place in release.iter_items())} - {None}
    for place in release.iter_items():
        if place.layer in ("weights", "deltas") and place.item.availability != "none":
            for upstream in place.item.derived_from:
                if upstream.relation in MODEL_RELATIONS and upstream.ref not in own:
                    yield upstream.ref


def own_term(expression: Expression | None, text: str | None) -> Term:
    """Return the terms of a part of a record.

    Args:
        expression: The license, where it could be read as one.
        text: What stands there, where it could not.
    """
    return Term(expression, text, True, True, "", openness_of(expression, text, CATALOG))


def _part(found: ItemAssessment, license_set: LicenseSet) -> Part:
    item = found.item
    first = COMPONENTS[found.layer][:1]
    component = item.component or (first[0] if first else None)
    terms = tuple(
        Term(
            flow.license,
            None,
            flow.program,
            flow.source,
            flow.via[-1] if flow.via else "",
            openness_of(flow.license, None, license_set),
        )
        for flow in found.flows
        if not flow.relation or flow.program or flow.source
    )
    label = item.name or (label_of(component) if component else item.form or found.layer)
    return Part(
        layer=found.layer,
        component=component,
        label=label,
        availability=item.availability,
        terms=terms,
        described=item.availability == "described" or bool(item.description and item.description.strip()),
        located=bool(item.url or item.files or item.repo),
        access=item.access,
    )


def _bundle_license(assessment: Assessment) -> Expression | None:
    """What the bundle's own files stand under: the one license of all counted items (contract, section 6)."""
    repo = assessment.release.release.repo
    counted = [
        item for item in assessment.items if item.is_available and item.item.files and item.item.repo in (None, repo)
    ]
    licenses = {item.license for item in counted}
    return next(iter(licenses)) if len(licenses) == 1 else None
