"""croissant.json: the data of the release as a data set that loaders of Croissant 1.0 read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from generator.documents.exports.facts import Facts, Root
from generator.documents.exports.needs import get_released_data, require
from generator.documents.exports.values import address, mail
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import Expression, index

CONFORMS = "http://mlcommons.org/croissant/1.0"
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The terms that a Croissant 1.0 file declares; loaders warn about any that is missing."""
FORMATS = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "jsonl": "application/jsonlines",
    "parquet": "application/x-parquet",
    "txt": "text/plain",
    "md": "text/markdown",
    "xml": "application/xml",
    "zip": "application/zip",
    "tar": "application/x-tar",
    "gz": "application/gzip",
    "tgz": "application/gzip",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "wav": "audio/x-wav",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
}
"""Media types by the end of a file's name; any other file is bytes."""


def write(facts: Facts) -> str:
    """Return the description of the data that is given.

    Args:
        facts: What it is filled from.

    Raises:
        CharterError: No data is given, the release has no date, or a file cannot be read.
    """
    require("croissant", facts.coverage)
    items = get_released_data(facts.coverage)
    info, one = facts.info, items[0] if len(items) == 1 else None
    licenses = dict.fromkeys(item.license for item in items if item.license)
    described = [item.item.description.strip() for item in items if item.item.description]
    owners = dict.fromkeys(item.item.owner for item in items if item.item.owner)
    publisher = [_somebody(info.publisher.name, info.publisher.url, info.publisher.contact)] if info.publisher else []
    fields: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS,
        "name": facts.title(one) if one else info.name,
        "description": "\n\n".join(described) or info.summary,
        "license": [_license(facts, expression) for expression in licenses],
        "url": facts.where(one) if one else facts.home,
        "hasPart": [] if one else [_part(facts, item) for item in items],
        "creator": [_somebody(name, None, None) for name in owners] or publisher,
        "publisher": publisher,
        "datePublished": info.date.isoformat() if info.date else None,
        "version": info.version,
        "keywords": list(dict.fromkeys(info.tags)),
        "inLanguage": [language for language in info.languages if language not in ("code", "multilingual")],
        "copyrightNotice": list(dict.fromkeys(line for item in items if (line := facts.holder(item)))),
        "citeAs": facts.release.card.citation,
        "isBasedOn": _bases(facts, items),
        "rai:dataPreprocessingProtocol": list(facts.preprocessing()),
        "rai:personalSensitiveInformation": _personal_data(facts),
        "isAccessibleForFree": access.price == "free" if (access := facts.release.access) and access.price else None,
        "distribution": list(_distribution(facts, items)),
    }
    return json.dumps({k: v for k, v in fields.items() if v or v is False}, ensure_ascii=False, indent=2) + "\n"


def _somebody(name: str, url: str | None, contact: str | None) -> dict[str, str]:
    """A party; the format wants a kind, and a publisher of data is an organization more often than a person."""
    found = {"@type": "sc:Organization", "name": name, "url": address(url), "email": mail(contact)}
    return {key: value for key, value in found.items() if value}


def _personal_data(facts: Facts) -> list[str]:
    """What was done about personal data in the training data."""
    training = facts.release.training
    return [f"Personal data: {training.personal_data}"] if training and training.personal_data else []


def _part(facts: Facts, item: ItemAssessment) -> dict[str, Any]:
    """One of several data sets that are given together, with what holds for it alone."""
    license_ = _license(facts, item.license) if item.license else None
    found = {"@type": "sc:CreativeWork", "name": facts.title(item), "url": facts.where(item), "license": license_}
    return {key: value for key, value in found.items() if value}


def _license(facts: Facts, expression: Expression) -> Any:  # noqa: ANN401 - text, or a work with a name
    """A license by the address of its SPDX page; a custom license by name; a composed one as SPDX writes it."""
    if expression.parts or expression.exception:
        return str(expression)
    if expression.license in index()["spdx"]:
        return f"https://spdx.org/licenses/{expression.license}"
    terms = facts.license_set.terms(expression.license)
    if (place := address(terms.url)) is None:
        return str(expression)
    return {"@type": "sc:CreativeWork", "name": str(expression), "description": terms.name, "url": place}


def _bases(facts: Facts, items: tuple[ItemAssessment, ...]) -> list[str]:
    """What the data was made from, by address where it has one."""
    roots = [edge.root for edge in facts.edges if any(edge.item is item for item in items)]
    return list(dict.fromkeys(root.url or root.ref for root in roots if isinstance(root, Root)))


def _distribution(facts: Facts, items: tuple[ItemAssessment, ...]) -> Iterator[dict[str, Any]]:
    """The files whose digest is known; the format takes no others."""
    found: dict[str, tuple[str, int | None]] = {}
    for item in items:
        files = facts.files(item)
        found.update({file.path: (file.sha256, file.size) for file in files if file.sha256})
        if item.item.digest and not item.item.files and (place := address(item.item.url)):
            found[place] = (item.item.digest, None)
    for number, (place, (digest, size)) in enumerate(found.items(), 1):
        made = {
            "@type": "cr:FileObject",
            "@id": f"file-{number}",
            "name": place.rpartition("/")[2] or place,
            "contentUrl": place,
            "contentSize": f"{size} B" if size is not None else None,
            "encodingFormat": FORMATS.get(place.lower().rpartition(".")[2], "application/octet-stream"),
            "sha256": digest,
        }
        yield {key: value for key, value in made.items() if value is not None}
