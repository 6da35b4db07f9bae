"""mof.yml: the release as a record of the Model Openness Framework, which its own tools read."""

from __future__ import annotations

from typing import Any

from generator.documents.licenses.coverage import Coverage
from generator.licenses.assess import ItemAssessment
from generator.openness.facts import components, facts
from generator.openness.mof import release_rows
from generator.openness.parts import release_subject
from generator.release.model import ModelInfo
from generator.release.vocabulary import COMPONENTS
from generator.release.yaml_text import block

_HUB = "https://huggingface.co/"
_BASES = frozenset({"finetune", "adapter", "diff", "quantized", "merge", "distilled"})


def mof_record(coverage: Coverage) -> str:
    """Return the record; what the framework has no place for is left out.

    Args:
        coverage: Which terms cover which files.
    """
    assessment = coverage.assessment
    info, outputs = assessment.release.release, assessment.release.outputs
    model = assessment.release.model
    rows, _ = release_rows(release_subject(assessment, card="card" in outputs))
    publisher = info.publisher
    bases = [
        upstream.ref
        for item in assessment.items
        if item.layer in ("weights", "deltas")
        for upstream in item.item.derived_from
        if upstream.relation in _BASES
    ]
    stated = {
        "name": info.name,
        "version": info.version,
        "date": info.date,
        "type": _type(model),
        "architecture": model.architecture if model and model.architecture in facts()["architectures"] else None,
        "origin": ", ".join(dict.fromkeys(bases)),
        "producer": publisher.name if publisher else "",
        "contact": publisher.contact if publisher else None,
        "huggingface": f"{_HUB}{info.repo}" if info.repo else None,
    }
    kept = {key: value for key, value in stated.items() if value or key == "producer"}
    listed = [_component(row.component, row.license, assessment.items) for row in rows if row.component]
    record = {"framework": dict(facts()["framework"]), "release": {**kept, "license": {}, "components": listed}}
    return "\n".join(block(record)) + "\n"


def _component(component: str, license_: str | None, items: tuple[ItemAssessment, ...]) -> dict[str, Any]:
    """One row; several items of a component are one row, which names them."""
    own = [item for item in items if item.is_available and _is(component, item)]
    first = own[0].item if own else None
    if len(own) == 1 and first and first.description and first.description.strip():
        description = first.description
    else:
        description = ", ".join(item.item.name for item in own if item.item.name)
    place = (first.url or (f"{_HUB}{first.repo}" if first.repo else None)) if first else None
    row = {
        "name": components()[component].title,
        "description": description,
        "license": license_ or facts()["no_license"],
        "component_path": place,
    }
    return {key: value for key, value in row.items() if value}


def _is(component: str, item: ItemAssessment) -> bool:
    first = COMPONENTS[item.layer][:1]
    return (item.item.component or (first[0] if first else None)) == component


def _type(model: ModelInfo | None) -> str | None:
    """The framework's one word for what goes in and comes out; none where it has no such word."""
    words: dict[str, str] = facts()["modalities"]
    named = model.modalities if model else ()
    known = [words[name] for name in named if name in words]
    if len(known) > 1:
        return "multimodal"
    return known[0] if known and len(named) == 1 else None
