"""The JSON Schema of the release file, made from its types: draft 2020-12, a description on every field."""

from __future__ import annotations

from typing import Any

from generator.release.model import Release
from generator.release.vocabulary import COMPONENTS, LAYERS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the schema, for editors that complete and check release files and for other programs."""
    schema = Release.model_json_schema()
    definitions = schema["$defs"]
    _layers(definitions)
    for definition in [schema, *definitions.values()]:
        _tidy(definition)
    schema["properties"]["documents"]["items"] = _narrowed("documents")
    title = {"$schema": DIALECT, "title": "Release file of modelcharter, version 1"}
    return title | {key: value for key, value in schema.items() if key != "title"}


def _layers(definitions: dict[str, Any]) -> None:
    """A layer holds one item or a list of items, and knows its own components."""
    for layer in LAYERS:
        field = definitions["Layers"]["properties"][layer]
        item = _narrowed(layer)
        definitions["Layers"]["properties"][layer] = {
            "description": field["description"],
            "anyOf": [item, {"type": "array", "items": item}],
        }


def _narrowed(layer: str) -> dict[str, Any]:
    """An item of one layer: its components, and no field that belongs to another."""
    fields: dict[str, Any] = {}
    if layer == "deltas":
        fields["component"] = False
    else:
        fields["component"] = {"enum": list(COMPONENTS[layer])}
        fields["form"] = False
    if layer != "data":
        fields["access"] = False
    required = {"required": ["component"]} if layer == "documents" else {}
    return {"allOf": [{"$ref": "#/$defs/Item"}, {"properties": fields} | required]}


def _tidy(definition: dict[str, Any]) -> None:
    """Take out what says nothing to a reader: generated titles, and `null` for a key that is simply left out."""
    definition.pop("title", None)
    for field in definition.get("properties", {}).values():
        field.pop("title", None)
        if field.get("default", False) is None:
            del field["default"]
        options = [option for option in field.get("anyOf", ()) if option != {"type": "null"}]
        if len(options) == 1:
            del field["anyOf"]
            field.update(options[0])
