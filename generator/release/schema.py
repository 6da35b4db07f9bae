"""The JSON Schema of the release file, made from its types: draft 2020-12, a description on every field."""

from __future__ import annotations

from typing import Any

from generator.release.fields import OUTPUT, Kind, plugin_outputs
from generator.release.model import Item, Release
from generator.release.part import Field, Many, Shape, Table, fields_of
from generator.release.vocabulary import COMPONENTS, LAYERS, OUTPUTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the schema, for editors that complete and check release files and for other programs."""
    definitions: dict[str, Any] = {}
    schema = _part(Release, definitions)
    for layer in LAYERS:
        field = definitions["Layers"]["properties"][layer]
        item = _narrowed(layer)
        description = {"description": field["description"]}
        definitions["Layers"]["properties"][layer] = description | {"anyOf": [item, {"type": "array", "items": item}]}
    schema["properties"]["documents"]["items"] = _narrowed("documents")
    title = {"$schema": DIALECT, "title": "Release file of modelcharter, version 1"}
    return title | schema | {"$defs": dict(sorted(definitions.items()))}


def _part(part: type, definitions: dict[str, Any]) -> dict[str, Any]:
    """A type with its fields; what they hold goes into the definitions."""
    known = fields_of(part)
    schema: dict[str, Any] = {
        "type": "object",
        "description": (part.__doc__ or "").strip(),
        "properties": {name: _field(stated, definitions) for name, stated in known.items()},
        "additionalProperties": False,
    }
    required = [name for name, stated in known.items() if stated.required]
    return schema | ({"required": required} if required else {})


def _field(stated: Field, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = {"description": stated.description} | _shape(stated.shape, definitions)
    if isinstance(stated.default, tuple) and stated.default:
        schema["default"] = list(stated.default)
    return schema


def _shape(shape: Shape, definitions: dict[str, Any]) -> dict[str, Any]:
    if shape is OUTPUT:
        return {"enum": [*OUTPUTS, *plugin_outputs()]}
    if isinstance(shape, Kind):
        return dict(shape.schema)
    if isinstance(shape, Many):
        return {"type": "array", "items": _shape(shape.of, definitions)}
    if isinstance(shape, Table):
        keys = {k: v for k, v in shape.key.schema.items() if k == "pattern"}
        held = _shape(shape.value, definitions)
        table = {"type": "object", "propertyNames": keys, "additionalProperties": held}
        return {"anyOf": [held, table]} if shape.or_one else table
    if shape.__name__ not in definitions:
        definitions[shape.__name__] = {}
        definitions[shape.__name__] = _part(shape, definitions)
    return {"$ref": f"#/$defs/{shape.__name__}"}


def _narrowed(layer: str) -> dict[str, Any]:
    """An item of one layer: its components, and no field that belongs to another."""
    fields: dict[str, Any] = {"component": False if layer == "deltas" else {"enum": list(COMPONENTS[layer])}}
    if layer != "deltas":
        fields["form"] = False
    if layer != "data":
        fields["access"] = False
    required = {"required": ["component"]} if layer == "documents" else {}
    return {"allOf": [{"$ref": f"#/$defs/{Item.__name__}"}, {"properties": fields} | required]}
