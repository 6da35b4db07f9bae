"""release.cdx.json: a bill of materials for machine learning in CycloneDX 1.6, with model cards and pedigrees."""

from __future__ import annotations

import json
from typing import Any

from generator.documents.exports.facts import Edge, Facts, Root
from generator.documents.exports.values import address, format_measured, mail
from generator.documents.training import json_number
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import Expression, LicenseId, index
from generator.release.model import ResultDataset

SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
CONTENTS = {"data": "dataset", "code": "source-code", "configuration": "configuration"}
VERSION_LIMIT = 1024
"""Characters that the format takes in a version."""
PREFIX = "modelcharter:"
"""The prefix of our own properties, which the format requires."""

NOT_STATED: tuple[object, ...] = ()
"""A list that the format requires and of which nothing is stated; it stays, where other empty values are left out."""

Tree = dict[str, Any]


def write(facts: Facts) -> str:
    """Return the bill of materials as CycloneDX JSON.

    Args:
        facts: What it is filled from.

    Raises:
        CharterError: A file cannot be read, or is not the one whose `sha256` is stated.
    """
    main = next(filter(facts.is_subject, facts.items), None)
    parts = [_part(facts, item) for item in facts.items if item is not main]
    upstreams = [
        _upstream(facts, root, _ref(facts, root)) for root in facts.roots if root in _get_training_sources(facts)
    ]
    bill = {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{facts.identity}",
        "version": 1,
        "metadata": _metadata(facts, main),
        "components": [*parts, *upstreams],
        "dependencies": _dependencies(facts),
    }
    return json.dumps(_drop_empty(bill), ensure_ascii=False, indent=2) + "\n"


def _metadata(facts: Facts, main: ItemAssessment | None) -> Tree:
    return {
        "timestamp": facts.time,
        "tools": {"components": [{"type": "application", "name": "modelcharter"}]},
        "component": _part(facts, main) if main else {"type": "data", "bom-ref": "release", "name": facts.info.name},
        "supplier": _publisher(facts),
        "properties": _properties({f"release.{key}": value for key, value in facts.about().items()}),
    }


def _publisher(facts: Facts) -> Tree:
    stated = facts.info.publisher
    if stated is None:
        return {}
    letters = mail(stated.contact)
    contact = {"email": letters} if letters else {"name": stated.contact}
    return {"name": stated.name, "url": [address(stated.url)], "contact": [contact]}


def _part(facts: Facts, item: ItemAssessment) -> Tree:
    """An item of the release as a component."""
    stated, kind = item.item, facts.kind(item)
    subject = facts.is_subject(item)
    sources = dict.fromkeys(address(result.source) for result in facts.release.results if subject)
    version = facts.info.version if facts.is_new(item) else None
    part: Tree = {
        "type": _type(kind),
        "bom-ref": _ref(facts, item),
        "supplier": _publisher(facts) if item.is_available else {},
        "name": facts.title(item),
        "version": _version(version),
        "description": stated.description or (facts.info.summary if subject else None),
        "hashes": _hashes(stated.digest),
        "licenses": _licenses(facts, (item.license,) if item.license else ()),
        "copyright": facts.holder(item),
        "purl": facts.purl(item),
        "externalReferences": [
            *([{"type": "distribution", "url": facts.where(item)}] if facts.where(item) else []),
            *({"type": "quality-metrics", "url": source} for source in sources if source),
        ],
        "pedigree": _pedigree(facts, item),
        "components": _files(facts, item),
        "properties": _properties(facts.beyond(item) | _long(version)),
    }
    if kind == "model":
        part["modelCard"] = _model_card(facts, item, described=subject)
    else:
        part["data"] = [_contents(facts, item, kind)]
    return part


def _files(facts: Facts, item: ItemAssessment) -> list[Tree]:
    return [
        {"type": "file", "bom-ref": f"{_ref(facts, item)}/{n}", "name": file.path, "hashes": _hashes(file.sha256)}
        for n, file in enumerate(facts.files(item), 1)
    ]


def _contents(facts: Facts, item: ItemAssessment, kind: str) -> Tree:
    owner = facts.owner(item)
    return {
        "type": CONTENTS.get(kind, "other"),
        "name": item.item.name,
        "contents": {"url": facts.where(item)},
        "governance": {"owners": [{"organization": {"name": owner}}]} if owner and kind == "data" else {},
    }


def _model_card(facts: Facts, item: ItemAssessment, *, described: bool) -> Tree:
    """The model card; what the release file says of the model holds for what the card is about."""
    data = [edge.root for edge in facts.edges if edge.item is item and edge.relation == "trained_on"]
    parameters: Tree = {"datasets": [{"ref": _ref(facts, root)} for root in data]}
    if not described:
        return {"modelParameters": parameters}
    card, model = facts.release.card, facts.release.model
    parameters |= {"task": facts.info.task, "modelArchitecture": model.architecture if model else None}
    metrics = [
        {
            "type": result.name or result.metric,
            "value": format_measured(result.value),
            "slice": _slice(result.dataset),
        }
        for result in facts.release.results
    ]
    return {
        "modelParameters": parameters,
        "quantitativeAnalysis": {"performanceMetrics": metrics},
        "considerations": {
            "useCases": [card.intended_use],
            "technicalLimitations": [card.limitations],
            "environmentalConsiderations": _environment(facts),
        },
        "properties": _properties(facts.sections("intended_use", "limitations")),
    }


def _environment(facts: Facts) -> Tree:
    """The energy of training; the format has no emissions without energy, and wants its providers listed."""
    training = facts.release.training
    if training is None or training.energy_kwh is None:
        return {}
    emissions = training.emissions_kg
    used: Tree = {
        "activity": "fine-tuning" if facts.is_tuned else "training",
        "energyProviders": NOT_STATED,
        "activityEnergyCost": {"value": json_number(training.energy_kwh), "unit": "kWh"},
    }
    if emissions is not None:
        used["co2CostEquivalent"] = {"value": json_number(emissions / 1000), "unit": "tCO2eq"}
    return {"energyConsumptions": [used]}


def _slice(dataset: ResultDataset) -> str:
    """What a result was measured on, in one line."""
    name = f"{dataset.name} ({dataset.id})" if dataset.id else dataset.name
    return ", ".join(value for value in (name, dataset.config, dataset.split, dataset.revision) if value)


def _type(kind: str) -> str:
    return "machine-learning-model" if kind == "model" else "data"


def _get_training_sources(facts: Facts) -> set[Root]:
    """The upstreams that models here were trained on; their cards refer to them."""
    edges = [edge for edge in facts.edges if edge.relation == "trained_on" and facts.kind(edge.item) == "model"]
    return {edge.root for edge in edges if isinstance(edge.root, Root)}


def _pedigree(facts: Facts, item: ItemAssessment) -> Tree:
    """What an item was made from, but for the data that a model was trained on: its card refers to that."""
    made = [
        _ancestor(facts, edge, f"{_ref(facts, item)}/from/{number}")
        for number, edge in enumerate(facts.edges, 1)
        if edge.item is item and not (edge.relation == "trained_on" and facts.kind(item) == "model")
    ]
    return {"ancestors": made}


def _ancestor(facts: Facts, edge: Edge, ref: str) -> Tree:
    relation = _properties({"relation": edge.relation})
    if isinstance(edge.root, ItemAssessment):
        return {
            "type": _type(facts.kind(edge.root)),
            "bom-ref": ref,
            "name": facts.title(edge.root),
            "properties": relation,
        }
    found = _upstream(facts, edge.root, ref)
    return found | {"properties": found["properties"] + relation}


def _upstream(facts: Facts, root: Root, ref: str) -> Tree:
    """An upstream as a component: named, never described beyond what the release file says."""
    part: Tree = {
        "type": _type(root.kind),
        "bom-ref": ref,
        "name": root.ref,
        "version": _version(root.revision),
        "properties": _properties(_long(root.revision) | ({"license.known_as_of": root.as_of} if root.as_of else {})),
        "licenses": _licenses(facts, root.licenses),
        "copyright": "\n".join(root.copyright),
        "purl": root.purl,
        "externalReferences": [{"type": "distribution", "url": root.url}] if root.url else [],
    }
    if root.kind != "model":
        part["data"] = [{"type": CONTENTS[root.kind], "contents": {"url": root.url}}]
    return part


def _licenses(facts: Facts, stated: tuple[Expression, ...]) -> list[Tree]:
    """Licenses as the format takes them: any number of single ones, or one expression."""
    single = all(not one.parts and not one.exception for one in stated)
    if single and (len(stated) > 1 or all(_has_id(one.license) or _is_own(one.license) for one in stated)):
        return [_format_license(facts, one.license) for one in stated]
    # Where the release file states several for one upstream, all of them were said, so all of them are kept.
    return [_expression(" AND ".join(f"({one})" if one.parts and len(stated) > 1 else str(one) for one in stated))]


def _expression(text: str) -> Tree:
    return {"expression": text, "acknowledgement": "declared"}


def _format_license(facts: Facts, key: LicenseId) -> Tree:
    """A license by its SPDX id, else by our id; terms that the release brings itself with their text."""
    if _has_id(key):
        return {"license": {"id": key, "acknowledgement": "declared"}}
    terms = facts.license_set.terms(key)
    said = {"license.name": terms.name} if terms.name != key else {}
    said |= {"license.limits": ", ".join(facts.limits(key))} if facts.limits(key) else {}
    text = facts.text_store.text(key) if key in facts.license_set.local else None
    made = {"name": key, "acknowledgement": "declared", "text": {"content": text}, "url": address(terms.url)}
    return {"license": made | {"properties": _properties(said)}}


def _has_id(key: LicenseId) -> bool:
    """Whether the format's list has an id; it is older than SPDX's, so only ids that are read here are relied on."""
    return key in index()["known"] and not _is_own(key)


def _is_own(key: LicenseId) -> bool:
    return key.startswith("LicenseRef-")


def _dependencies(facts: Facts) -> list[Tree]:
    code = [item for item in facts.items if item.layer == "architecture"]
    machine = [_ref(facts, item) for item in code if item.item.component in (None, "model-architecture")]
    models = [item for item in facts.coverage.subject if facts.kind(item) == "model"]
    return [{"ref": _ref(facts, item), "dependsOn": machine} for item in models if machine]


def _version(text: str | None) -> str | None:
    return text if text and len(text) <= VERSION_LIMIT else None


def _long(version: str | None) -> dict[str, str]:
    """A version that the format has no room for."""
    return {"version": version} if version and len(version) > VERSION_LIMIT else {}


def _hashes(digest: str | None) -> list[Tree]:
    return [{"alg": "SHA-256", "content": digest}] if digest else []


def _properties(said: dict[str, str]) -> list[Tree]:
    return [{"name": f"{PREFIX}{key}", "value": value} for key, value in said.items()]


def _ref(facts: Facts, part: ItemAssessment | Root) -> str:
    """What a part is referred to by; it follows from its place."""
    if isinstance(part, Root):
        return f"upstream/{facts.roots.index(part) + 1}"
    return f"{part.layer}/{part.number + 1}"


def _drop_empty(tree: Any) -> Any:  # noqa: ANN401 - a tree of JSON
    """A tree without what nothing is known of."""
    if isinstance(tree, dict):
        kept = {key: _drop_empty(value) for key, value in tree.items()}
        return {key: value for key, value in kept.items() if value not in (None, "", [], {})}
    if isinstance(tree, list):
        return [value for value in map(_drop_empty, tree) if value not in (None, "", [], {})]
    return tree
