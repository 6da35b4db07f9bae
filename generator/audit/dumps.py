"""The files of an audit: which there are, what each holds, and which of its columns has what."""

from __future__ import annotations

import csv
import glob
import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from generator.artifacts.folder import is_file, is_folder
from generator.errors import CharterError
from generator.release.nearest import nearest
from generator.translations import gettext as _

FORMATS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
}
"""The format of a file, by the end of its name; `.gz` may follow the text formats."""
COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id", "model_id", "modelId", "repo_id", "dataset_id"),
    "license": ("license", "licenses"),
    "license_name": ("license_name",),
    "license_link": ("license_link",),
    "base_model": ("base_model", "base_models", "parent_model"),
    "base_model_relation": ("base_model_relation",),
    "base_model_resolved": ("base_model_resolved",),
    "finetune_parent": ("finetune_parent",),
    "quantized_parent": ("quantized_parent",),
    "adapter_parent": ("adapter_parent",),
    "merge_parent": ("merge_parent",),
    "datasets": ("datasets",),
    "library_name": ("library_name",),
    "tags": ("tags",),
    "downloads": ("downloads",),
    "cardData": ("cardData", "card_data"),
    "baseModels": ("baseModels",),
    "old": ("old",),
    "new": ("new",),
}
"""What an audit reads, and the names that its column may have."""
_OF_MODELS = frozenset(
    {
        *("baseModels", "base_model", "base_model_relation", "library_name", "pipeline_tag", "gguf", "safetensors"),
        *("finetune_parent", "quantized_parent", "adapter_parent", "merge_parent"),
    }
)
_OF_DATASETS = frozenset({"source_datasets", "mainSize", "description", "dataset_id"})
_OBJECTS = 2000
"""Objects of a JSON file that are read to find its columns."""
_SNIFFED = 1024 * 1024
"""Characters of a text file that are read to find its columns."""


class Dump(NamedTuple):
    """A file of an audit.

    Attributes:
        path: Where it is.
        format: `parquet`, `csv` or `json`.
        kind: `models`, `datasets` or `renames`.
        columns: The name of the column, by what an audit reads from it.
        types: The types of the columns of a Parquet file, by name.
        delimiter: What separates the cells of a CSV file.
    """

    path: str
    format: str
    kind: str
    columns: Mapping[str, str]
    types: Mapping[str, str]
    delimiter: str


def find_files(stated: Iterable[str | Path]) -> tuple[str, ...]:
    """Return the files that paths, folders and patterns name, each once, in order.

    Args:
        stated: Paths; a pattern with `*` or `?` names several files, a folder all dumps in it.

    Raises:
        CharterError: One names no file, or is an address.
    """
    found: list[str] = []
    for text in map(str, stated):
        if "://" in text:
            remedy = _("Download it first, then pass the path of the file.")
            raise CharterError(_("{file}: an audit reads local files only.").format(file=text), remedy)
        if is_file(text):
            found.append(text)
            continue
        pattern = f"{glob.escape(text.rstrip('/'))}/**" if is_folder(text) else text
        matching = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - the pattern may be absolute
        files = [path for path in matching if is_file(path) and file_format(path)]
        if not files:
            raise CharterError(
                _("{file}: no such file.").format(file=text),
                _("Pass a file that ends with {endings}.").format(endings=", ".join(FORMATS)),
            )
        found += files
    return tuple(dict.fromkeys(found))


def file_format(path: str) -> str | None:
    """Return the format of a file by its name, or None where the name has no known end."""
    plain = path.lower().removesuffix(".gz")
    return next((format_ for end, format_ in FORMATS.items() if plain.endswith(end)), None)


def text_columns(path: str, format_: str) -> tuple[tuple[str, ...], str]:
    """Return the columns of a CSV or JSON Lines file, and the delimiter of the former.

    Args:
        path: The file.
        format_: `csv` or `json`.

    Raises:
        CharterError: It can't be read, or its first line has no columns.
    """
    try:
        opened = gzip.open(path, "rb") if path.lower().endswith(".gz") else open(path, "rb")  # noqa: PTH123, SIM115
        with opened as file:
            start = file.read(_SNIFFED).decode("utf-8-sig", "replace")
    except (OSError, EOFError) as error:
        raise CharterError(
            _("{file}: can't be read: {reason}.").format(file=path, reason=error),
            _("Check the file and its permissions."),
        ) from None
    if format_ == "json":
        return _json_keys(start), ""
    header = start.partition("\n")[0].rstrip("\r")
    delimiter = max(",\t;|", key=header.count)
    names = next(csv.reader([header], delimiter=delimiter), [])
    return tuple(name.strip() for name in names), delimiter


def known_columns(path: str, present: Iterable[str], mapped: Mapping[str, str]) -> dict[str, str]:
    """Return the column of each thing that an audit reads, as far as a file has it.

    Args:
        path: The file, for errors.
        present: The names of its columns.
        mapped: Columns that the user named, by what is in them.

    Raises:
        CharterError: There is no column with the ids.
    """
    names = list(dict.fromkeys(present))
    lowered = {name.lower(): name for name in reversed(names)}
    found: dict[str, str] = {}
    for key, usual in COLUMNS.items():
        wanted = (mapped[key],) if key in mapped else usual
        for name in wanted:
            if name in names or name.lower() in lowered:
                found[key] = name if name in names else lowered[name.lower()]
                break
    if "id" not in found and not {"old", "new"} <= found.keys():
        near = nearest("id", names, 1)
        hint = _("Write --column id={name} if another column has the repo ids.").format(
            name=near[0] if near else "NAME"
        )
        listed = ", ".join(names[:12]) or "none"
        raise CharterError(_("{file}: no column `id`. Columns: {names}.").format(file=path, names=listed), hint)
    return found


def parse_mapping(stated: Iterable[str]) -> dict[str, str]:
    """Return the columns that `--column KEY=NAME` names.

    Args:
        stated: `KEY=NAME` texts.

    Raises:
        CharterError: A key is not known, or there is no `=`.
    """
    found: dict[str, str] = {}
    for text in stated:
        key, sign, name = text.partition("=")
        if not sign or not name.strip():
            raise CharterError(
                _("--column {text}: expected KEY=NAME.").format(text=text), _("For example --column license=lic.")
            )
        if key.strip() not in COLUMNS:
            near = nearest(key.strip(), COLUMNS, 1)
            hint = (
                _("Did you mean {names}?").format(names=near[0])
                if near
                else _("Known: {names}.").format(names=", ".join(COLUMNS))
            )
            raise CharterError(
                _("--column {text}: an audit reads no {key!r}.").format(text=text, key=key.strip()), hint
            )
        found[key.strip()] = name.strip()
    return found


def dump_kind(path: str, columns: Mapping[str, str], present: Iterable[str]) -> str:
    """Return whether a file holds models, data sets or a table of renamed repos.

    Args:
        path: The file.
        columns: Its known columns.
        present: All of its columns.
    """
    names = set(present)
    if "id" not in columns:
        return "renames"
    if names & _OF_MODELS:
        return "models"
    if names & _OF_DATASETS or "dataset" in Path(path).name.lower():
        return "datasets"
    return "models"


def _json_keys(text: str) -> tuple[str, ...]:
    """The keys of the first objects of JSON Lines, or of a JSON list."""
    keys: dict[str, None] = {}
    decoder = json.JSONDecoder()
    place, objects = text.find("{"), 0
    while place >= 0 and objects < _OBJECTS:
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            following = text.find("\n", place)  # what can't be read ends with its line
            place = text.find("{", following) if following >= 0 else -1
            continue
        keys |= dict.fromkeys(map(str, value))
        objects += 1
        place = text.find("{", end)
    return tuple(keys)
