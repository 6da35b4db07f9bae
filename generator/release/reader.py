"""Reading a release file: every error at once, each with its line, column, field and the nearest valid value."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from generator.errors import Complaint, ReleaseError, ReleaseFileError
from generator.release.fields import Resolve, kind_name, license_resolver
from generator.release.find_settings import find_settings
from generator.release.model import Release, Source, nearest_mark, place_faults
from generator.release.nearest import nearest
from generator.release.part import Checker, Part, Path_, fields_of, required_of
from generator.release.source import DEPTH_LIMIT, FILE_NAME, Tree, dotted, parse_tree, read_bytes
from generator.release.vocabulary import LAYERS
from generator.translations import gettext as _

if TYPE_CHECKING:
    from generator.release.settings import AppliedSettings

_Part = TypeVar("_Part", bound=Part)


def read_release(path: str | Path, *, with_settings: bool = False) -> Release:
    """Read a release file.

    Args:
        path: The file, or a folder that holds a `release.yaml`.
        with_settings: Whether `charter.toml` of its folder, or of one above, fills in what the file does not state.

    Raises:
        ReleaseFileError: It cannot be read as a release; it carries every error.
        CharterError: There is no such file, or it is none.
    """
    file = Path(path)
    with contextlib.suppress(OSError, ValueError):  # a name that no system takes is reported when it is opened
        file = file / FILE_NAME if file.is_dir() else file
    raw = read_bytes(file)
    return parse_release(raw, str(file), file.parent, find_and_read(file.parent) if with_settings else None)


def find_and_read(folder: Path) -> AppliedSettings | None:
    """Return the settings of an organization that apply in a folder; None where there are none.

    Args:
        folder: The folder of a release.

    Raises:
        ReleaseFileError: They cannot be read.
    """
    if (found := find_settings(folder)) is None:
        return None
    from generator.release.settings import read_settings  # here, as few releases have any

    return read_settings(found)


def parse_release(
    raw: str | bytes, file: str = FILE_NAME, folder: Path | None = None, settings: AppliedSettings | None = None
) -> Release:
    """Read a release from YAML text.

    Args:
        raw: The text.
        file: Its name, for errors.
        folder: The folder that its paths mention.
        settings: What an organization states for all its releases.

    Raises:
        ReleaseFileError: It cannot be read as a release; it carries every error.
    """
    raw = raw.encode() if isinstance(raw, str) else raw
    tree, complaints = parse_tree(raw, file)
    complaints += _misplaced(tree, file)
    origin = Source(file, folder, tree.marks, tree.value, settings)
    if settings:
        tree = tree._replace(value=settings.merge_into(tree.value, raw))
    if b"LicenseRef-" in raw:
        from generator.release.plugin_licenses import add_licenses  # here, as few releases name a custom license

        tree = tree._replace(value=add_licenses(tree.value, raw))
    return build_part(Release, tree, file, license_resolver(_own_ids(tree.value)), complaints, origin=origin)


def release_of_mapping(values: Mapping[str, Any], folder: Path | None = None) -> Release:
    """Return the release that a mapping describes.

    Args:
        values: The keys of a release file, with mappings, lists, texts, numbers and dates.
        folder: The folder that its paths are in.

    Raises:
        ReleaseError: A value doesn't fit; every error is in it.
    """
    tree = Tree(_copied(values), {}, {})
    complaints = list(_misplaced(tree, _UNREAD))
    origin = Source(FILE_NAME, folder, {}, tree.value) if folder else None
    try:
        return build_part(Release, tree, _UNREAD, license_resolver(_own_ids(tree.value)), complaints, origin=origin)
    except ReleaseFileError as error:
        found = error.complaints
        raise ReleaseError(tuple(Complaint(_UNREAD, 0, 0, c.path, c.message, c.remedy) for c in found)) from None


_UNREAD = "Release"
"""In place of a file: the name in errors of a release that is made of Python values."""


def _copied(value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - a tree of Python values
    """Plain mappings and lists, so that later changes of the caller's values change nothing here."""
    if depth > DEPTH_LIMIT:
        raise ReleaseError(
            (Complaint(_UNREAD, 0, 0, "", _("nested deeper than {number} levels.").format(number=DEPTH_LIMIT)),)
        )
    if isinstance(value, Mapping):
        return {str(key): _copied(child, depth + 1) for key, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copied(child, depth + 1) for child in value]
    return value


def build_part(
    shape: type[_Part],
    tree: Tree,
    file: str,
    resolve: Resolve,
    complaints: list[Complaint],
    **more: Any,  # noqa: ANN401 - typed by the shape
) -> _Part:
    """Return the object of a parsed file.

    Args:
        shape: Its type.
        tree: The parsed file.
        file: Its name, for errors.
        resolve: Makes license fields canonical.
        complaints: What doesn't fit already.
        more: Fields that no file holds.

    Raises:
        ReleaseFileError: Something doesn't fit; it carries every error.
    """
    builder = _Builder(tree, file, resolve, complaints, more)
    made = builder.part(shape, tree.value, ())
    if not isinstance(made, shape):
        raise ReleaseFileError(tuple(sorted(complaints, key=lambda c: (c.line, c.column, c.path, c.message))))
    return made


class _Builder(Checker):
    """Makes the types out of the tree, and gathers what does not fit, with its place in the file."""

    def __init__(
        self, tree: Tree, file: str, resolve: Resolve, complaints: list[Complaint], more: dict[str, Any]
    ) -> None:
        super().__init__(resolve)
        self.tree, self.file, self.complaints, self.more = tree, file, complaints, more

    def part(self, shape: type[Part], value: Any, path: Path_) -> Any:  # noqa: ANN401 - typed by the shape
        """Return an object of a type, made from a mapping with its keys; None where anything does not fit."""
        if not isinstance(value, dict):
            return self.complain(path, _("expected a mapping of keys, found {value}.").format(value=kind_name(value)))
        known = fields_of(shape)
        made: dict[str, Any] = {}
        for key, held in value.items():
            if key in known:
                made[key] = self.value(known[key].shape, held, (*path, key))
            else:
                self.complain(
                    (*path, key), _("there is no key `{key}` here.").format(key=key), _nearest(key, known), key=True
                )
        for name in required_of(shape):
            if name not in value:
                self.complain(
                    (*path, name),
                    _("`{name}` is missing.").format(name=name),
                    _("Write `{name}:` here.").format(name=name),
                )
        if self.complaints:
            return None
        try:
            return shape.of_checked(made if path else made | self.more)
        except ReleaseError as error:  # values that fit one by one, and not together
            for fault in error.complaints:
                self.complain((*path, fault.path), fault.message, fault.remedy)
            return None

    def complain(self, path: Path_, message: str, remedy: str = "", *, key: bool = False) -> None:
        """Note what does not fit, at its place."""
        self.complaints.append(_complaint(self.tree, self.file, path, message, remedy, key=key))


def _nearest(key: str, known: Iterable[str]) -> str:
    near = nearest(key, known)
    return (
        _("Did you mean `{name}`?").format(name=near[0])
        if near
        else _("Known here: {names}.").format(names=", ".join(known))
    )


def _own_ids(value: Any) -> frozenset[str]:  # noqa: ANN401 - not yet validated
    """The `LicenseRef-` ids that a file defines: keys of `licenses`, and items that bring their text."""
    found: set[str] = set()
    if isinstance(value, dict) and isinstance(value.get("licenses"), dict):
        found.update(str(key) for key in value["licenses"])
    for *__, item in _raw_items(value):
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
            yield _complaint(tree, file, (*base, *fault.path), fault.message, fault.remedy)


def _complaint(tree: Tree, file: str, path: Path_, message: str, remedy: str = "", *, key: bool = False) -> Complaint:
    written = _as_written(tree, path)
    line, column = tree.keys[written] if key and written in tree.keys else nearest_mark(tree.marks, path)
    return Complaint(file, line, column, dotted(written), message, remedy)


def _as_written(tree: Tree, path: Path_) -> Path_:
    """The path as the file has it: without an index where a layer holds one item."""
    if len(path) > 2 and path[0] == "layers" and path[2] == 0 and path[:3] not in tree.marks:
        return (*path[:2], *path[3:])
    return path
