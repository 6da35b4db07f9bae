"""Reading a release file: every complaint at once, each with its line, column, field and the nearest valid value."""

from __future__ import annotations

import difflib
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from generator.errors import CharterError, Complaint, ReleaseFileError
from generator.release.fields import Refused
from generator.release.model import Misplaced, Release, Source, nearest_mark, place_faults
from generator.release.source import SIZE_LIMIT, Absent, Tree, dotted, parse_tree
from generator.release.vocabulary import LAYERS

FILE_NAME = "release.yaml"
Resolver = Callable[[frozenset[str]], Callable[[str], str]]
"""Makes, from the ids that a file defines itself, the function that makes its license fields canonical."""

_KINDS = {
    "model_type": "a mapping of keys",
    "dict_type": "a mapping of keys",
    "tuple_type": "a list",
    "list_type": "a list",
    "string_type": "text",
}


def read_release(path: str | Path, *, license_resolver: Resolver | None = None) -> Release:
    """Read a release file.

    Args:
        path: The file, or a folder that holds a `release.yaml`.
        license_resolver: Makes license fields canonical; without one they are kept as they stand.

    Raises:
        ReleaseFileError: It cannot be read as a release; it carries every complaint.
        CharterError: There is no such file, or it is none.
    """
    file = Path(path)
    if file.is_dir():
        file = file / FILE_NAME
    return parse_release(_bytes_of(file), str(file), file.parent, license_resolver=license_resolver)


def parse_release(
    raw: str | bytes,
    file: str = FILE_NAME,
    folder: Path | None = None,
    *,
    license_resolver: Resolver | None = None,
) -> Release:
    """Read a release from YAML text.

    Args:
        raw: The text.
        file: Its name, for complaints.
        folder: The folder that its paths speak of.
        license_resolver: Makes license fields canonical; without one they are kept as they stand.

    Raises:
        ReleaseFileError: It cannot be read as a release; it carries every complaint.
    """
    tree, complaints = parse_tree(raw.encode() if isinstance(raw, str) else raw, file)
    context = {"license": license_resolver(_own_ids(tree.value))} if license_resolver else {}
    release = None
    try:
        release = Release.model_validate(tree.value, context=context)
    except ValidationError as error:
        complaints += _translated(error, tree, file)
    complaints += _misplaced(tree, file)
    if complaints or release is None:
        raise ReleaseFileError(tuple(sorted(complaints, key=lambda c: (c.line, c.column, c.path, c.message))))
    release._source = Source(file, folder, tree.marks)
    return release


def _bytes_of(file: Path) -> bytes:
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            raise CharterError(
                f"{file}: not a regular file.", f"Name a release file, or a folder that holds a {FILE_NAME}."
            )
        with file.open("rb") as stream:
            return stream.read(SIZE_LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError):
        remedy = (
            f"Name a release file or a folder that holds a {FILE_NAME}; docs/release-file.md shows one to begin with."
        )
        raise CharterError(f"{file}: there is no such file.", remedy) from None
    except (OSError, ValueError) as error:
        raise CharterError(f"{file}: {getattr(error, 'strerror', None) or error}.", "Make the file readable.") from None


def _own_ids(value: Any) -> frozenset[str]:  # noqa: ANN401 - not yet validated
    """The `LicenseRef-` ids that a file defines: keys of `licenses`, and items that bring their text."""
    found: set[str] = set()
    if isinstance(value, dict) and isinstance(value.get("licenses"), dict):
        found.update(str(key) for key in value["licenses"])
    for _, _, item in _raw_items(value):
        stated = item.get("license")
        if "license_text" in item and isinstance(stated, str) and stated.startswith("LicenseRef-"):
            found.add(str(stated))
    return frozenset(found)


def _raw_items(value: Any) -> Iterator[tuple[str, int, dict[str, Any]]]:  # noqa: ANN401 - not yet validated
    """Layer, place and fields of everything that looks like an item."""
    if not isinstance(value, dict):
        return
    layers = value.get("layers")
    groups = [(layer, layers.get(layer)) for layer in LAYERS] if isinstance(layers, dict) else []
    for layer, held in [*groups, ("documents", value.get("documents"))]:
        for number, item in enumerate([held] if isinstance(held, dict) else held if isinstance(held, list) else []):
            if isinstance(item, dict):
                yield layer, number, item


def _misplaced(tree: Tree, file: str) -> Iterator[Complaint]:
    for layer, number, item in _raw_items(tree.value):
        said = [
            item.get(field) if isinstance(item.get(field), str) else None for field in ("form", "access", "component")
        ]
        base = ("documents", number) if layer == "documents" else ("layers", layer, number)
        for fault in place_faults(layer, *said):
            yield _complaint(tree, file, (*base, fault.field), fault.message, fault.remedy)


def _translated(error: ValidationError, tree: Tree, file: str) -> Iterator[Complaint]:
    """Pydantic's findings in our words."""
    for entry in error.errors(include_url=False):
        path = tuple(part for part in entry["loc"] if part != "[key]")
        kind, cause = entry["type"], entry.get("ctx", {}).get("error")
        if isinstance(cause, Misplaced):
            continue
        if isinstance(cause, Refused):
            yield _complaint(
                tree, file, path, cause.expected, cause.remedy, key=path[-1:] and entry["loc"][-1] == "[key]"
            )
        elif kind == "missing":
            yield _complaint(tree, file, path, f"`{path[-1]}` is missing.", f"Write `{path[-1]}:` here.")
        elif kind == "extra_forbidden":
            yield _complaint(tree, file, path, f"there is no key `{path[-1]}` here.", _nearest_key(path), key=True)
        elif kind in _KINDS:
            stands = entry["input"]
            what = (
                "nothing"
                if isinstance(stands, Absent)
                else "a mapping"
                if isinstance(stands, dict)
                else "a list"
                if isinstance(stands, list)
                else "text"
            )
            yield _complaint(tree, file, path, f"expected {_KINDS[kind]}, found {what}.")
        elif kind == "greater_than":
            yield _complaint(
                tree, file, path, f"{entry['input']} is too small; expected more than {entry['ctx']['gt']}."
            )
        else:
            yield _complaint(tree, file, path, f"{entry['msg'][:1].lower()}{entry['msg'][1:]}.")


def _complaint(
    tree: Tree, file: str, path: tuple[Any, ...], message: str, remedy: str = "", *, key: object = False
) -> Complaint:
    spots = tree.keys if key else tree.marks
    line, column = nearest_mark({**tree.marks, **spots} if key else spots, path)
    return Complaint(file, line, column, dotted(_as_written(tree, path)), message, remedy)


def _as_written(tree: Tree, path: tuple[Any, ...]) -> tuple[Any, ...]:
    """The path as the file has it: without an index where a layer holds one item."""
    if len(path) > 2 and path[0] == "layers" and path[2] == 0 and path[:3] not in tree.marks:
        return (*path[:2], *path[3:])
    return path


def _nearest_key(path: tuple[Any, ...]) -> str:
    known = _known_keys(path[:-1])
    near = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.6)
    return f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(known)}."


def _known_keys(path: tuple[Any, ...]) -> list[str]:
    """The fields of the model that a path leads to."""
    model: type[BaseModel] = Release
    for part in path:
        if part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type expression
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(argument) for argument in getattr(annotation, "__args__", ()))
    return next((model for model in found if model), None)
