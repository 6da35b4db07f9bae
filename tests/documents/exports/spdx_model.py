"""SPDX's model without the network: shapes and context for spdx3-validate, out of the bindings SPDX makes from them.

`spdx3-validate` fetches the SHACL shapes, the JSON-LD context and the JSON Schema from spdx.org on each run. The JSON
Schema lies byte for byte in a package of the index (see `validators.py`). Shapes and context do not, but the bindings
of `spdx-python-model` are generated from them, constraint by constraint, so they are turned back here.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from rdflib import OWL, RDF, RDFS, SH, XSD, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from spdx3_validate.core import Document, check_graph, schema_validator
from spdx3_validate.spdx_versions import SPDX_VERSIONS
from spdx_python_model.bindings.v3_0_1 import model
from spdx_python_model.bindings.v3_0_1.model import ClassProp

VERSION = next(version for version in SPDX_VERSIONS if version.pretty == "3.0.1")
DATATYPES = {
    "StringProp": XSD.string,
    "AnyURIProp": XSD.anyURI,
    "DateTimeStampProp": XSD.dateTimeStamp,
    "DateTimeProp": XSD.dateTime,
    "IntegerProp": XSD.integer,
    "PositiveIntegerProp": XSD.positiveInteger,
    "NonNegativeIntegerProp": XSD.nonNegativeInteger,
    "BooleanProp": XSD.boolean,
    "FloatProp": XSD.decimal,
}


def complaints(text: str, schema: dict[str, Any]) -> list[str]:
    """What spdx3-validate finds in a document: by the JSON Schema first, then by the shapes."""
    data = json.loads(text)
    assert data["@context"] == VERSION.context_url
    found = [f"{error.json_path}: {error.message[:200]}" for error in schema_validator(schema).iter_errors(data)]
    graph = Graph()
    graph.parse(data=json.dumps(data | {"@context": context()}), format="json-ld")
    document = Document("release.spdx3.json", data, graph, VERSION)
    return found + check_graph(document.graph, shapes(), VERSION, True)


def classes() -> list[type[model.SHACLObject]]:
    """The classes of the model, each once."""
    found = {cls._TYPE: cls for cls in model.SHACLObject.CLASSES.values() if cls._TYPE}
    return [found[key] for key in sorted(found)]


def own_properties(cls: type[model.SHACLObject]) -> list[ClassProp]:
    """The properties that a class declares itself."""
    above = {name for base in cls.__bases__ for name in getattr(base, "_OBJ_PY_PROPS", {})}
    return [prop for name, prop in cls._OBJ_PY_PROPS.items() if name not in above and prop.iri != "@id"]


@lru_cache(maxsize=1)
def shapes() -> Graph:
    """The SHACL shapes."""
    graph = Graph()
    for cls in classes():
        node = URIRef(cls._TYPE)
        graph.add((node, RDF.type, OWL.Class))
        graph.add((node, RDF.type, SH.NodeShape))
        for base in cls.__bases__:
            if getattr(base, "_TYPE", None):
                graph.add((node, RDFS.subClassOf, URIRef(base._TYPE)))
        for individual in cls.NAMED_INDIVIDUALS.values():
            graph.add((URIRef(individual), RDF.type, node))
        if cls.IS_ABSTRACT:
            shape, never = BNode(), BNode()
            graph.add((node, SH.property, shape))
            graph.add((shape, SH.path, RDF.type))
            graph.add((shape, SH["not"], never))
            graph.add((never, SH.hasValue, node))
        for prop in own_properties(cls):
            graph.add((node, SH.property, _shape(graph, prop)))
    return graph


def kind_of(prop: ClassProp) -> tuple[Any, bool]:
    """What a property holds, a list's entries where it is one."""
    made = prop.prop or prop.reg()
    return (made.prop, True) if type(made).__name__ == "ListProp" else (made, False)


def _shape(graph: Graph, prop: ClassProp) -> BNode:
    held, many = kind_of(prop)
    shape = BNode()
    graph.add((shape, SH.path, URIRef(prop.iri)))
    if prop.min_count:
        graph.add((shape, SH.minCount, Literal(prop.min_count)))
    limit = prop.max_count or (None if many else 1)
    if limit:
        graph.add((shape, SH.maxCount, Literal(limit)))
    name = type(held).__name__
    if name == "EnumProp":
        options = BNode()
        Collection(graph, options, [URIRef(iri) for iri, _ in held.context])
        graph.add((shape, SH["in"], options))
        graph.add((shape, SH.nodeKind, SH.IRI))
    elif name == "ObjectProp":
        graph.add((shape, SH["class"], URIRef(held.cls._TYPE)))
        graph.add((shape, SH.nodeKind, SH.BlankNodeOrIRI))
    else:
        graph.add((shape, SH.datatype, DATATYPES[name]))
        if held.pattern:
            graph.add((shape, SH.pattern, Literal(held.pattern)))
    return shape


@lru_cache(maxsize=1)
def context() -> dict[str, Any]:
    """The JSON-LD context."""
    terms: dict[str, Any] = {"spdxId": "@id", "type": "@type"}
    for cls in classes():
        if cls._COMPACT_TYPE:
            terms[cls._COMPACT_TYPE] = cls._TYPE
        for prop in own_properties(cls):
            held, _ = kind_of(prop)
            name = type(held).__name__
            entry: dict[str, Any] = {"@id": prop.iri}
            if name in ("EnumProp", "ObjectProp"):
                entry["@type"] = "@vocab"
                named = {short: iri for iri, short in held.context}
                entry |= {"@context": named} if named else {}
            else:
                entry["@type"] = str(DATATYPES[name])
            terms[prop.compact or prop.pyname] = entry
    return terms
