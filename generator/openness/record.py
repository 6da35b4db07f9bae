"""A record of the Model Openness Framework (mof.yml): read as text and never trusted."""

from __future__ import annotations

from typing import Any, NamedTuple

from generator.errors import CharterError
from generator.licenses.catalog import parse_known
from generator.openness.facts import components, facts, label_of, titles
from generator.openness.mof import Row
from generator.openness.parts import Part, Subject, own_term
from generator.release.source import ABSENT, Absent, Tree, dotted, parse_tree
from generator.release.vocabulary import COMPONENTS
from generator.translations import language_cache

ROW_LIMIT = 1000
"""Components of a record; the framework has 17."""
TEXT_LIMIT = 10_000
"""Characters of a text of a record."""
INFO = (
    "version",
    "date",
    "type",
    "architecture",
    "treatment",
    "origin",
    "producer",
    "contact",
    "repository",
    "huggingface",
)
"""What a record says of a release beside its name, its licenses and its components."""
LAYER_OF = {component: layer for layer, names in COMPONENTS.items() for component in names}


class Entry(NamedTuple):
    """A component of a record.

    Attributes:
        component: Its id; None where the framework has no component of that name.
        license: The text of its license, its own or one of the record; None where it has none.
        texts: What else it says: description, license_path, component_path.
    """

    component: str | None
    name: str
    license: str | None
    texts: dict[str, str]


class Record(NamedTuple):
    """A record.

    Attributes:
        info: What it says of the release, key by key, where it says something.
        others: Keys that the framework does not know.
    """

    file: str
    name: str
    info: dict[str, str]
    entries: tuple[Entry, ...]
    others: tuple[str, ...]

    def rows(self) -> tuple[Row, ...]:
        """Return its components as they are graded."""
        return tuple(Row(entry.component, entry.name, entry.license) for entry in self.entries)

    def subject(self) -> Subject:
        """Return it as parts; a row that says there is no such component is a part that is withheld."""
        parts = tuple(
            _part(entry.component, entry.license, located="component_path" in entry.texts)
            for entry in self.entries
            if entry.component
        )
        cards = any(part.component == "model-card" and part.is_available for part in parts)
        named = self.info.get("architecture", "") in facts()["architectures"]
        return Subject(parts, architecture=named, usage=cards)


def is_record(tree: Any) -> bool:  # noqa: ANN401 - whatever a file holds
    """Return whether what a file holds is a record of the framework.

    Args:
        tree: The tree that was parsed.
    """
    if not isinstance(tree, dict) or "charter" in tree:
        return False
    release = tree.get("release")
    return "framework" in tree or (isinstance(release, dict) and "components" in release)


def read_record(raw: bytes, file: str) -> Record | None:
    """Read a record, or return None where the file is something else.

    Args:
        raw: Its bytes.
        file: Its name, for errors.

    Raises:
        ReleaseFileError: It is no YAML, or more than the caps allow.
        CharterError: It is a record, and a part of it has the wrong shape.
    """
    tree, complaints = parse_tree(raw, file)
    if not is_record(tree.value):
        return None
    if complaints:
        raise CharterError(str(complaints[0]))
    assert isinstance(tree.value, dict)
    release = _mapping(tree, file, tree.value, ("release",))
    name = _text(tree, file, release, ("release", "name"))
    if not name:
        raise _wrong(
            tree, file, ("release",), "`name` is missing.", "A record names its release: `release: {name: …}`."
        )
    info = {key: text for key in INFO if (text := _text(tree, file, release, ("release", key)))}
    known_keys = ("name", "license", "components", *INFO)
    others = tuple(str(key) for key in release if key not in known_keys)
    return Record(file, name, info, _entries(tree, file, release), others)


def _entries(tree: Tree, file: str, release: dict[str, Any]) -> tuple[Entry, ...]:
    held = release.get("components")
    if not held or isinstance(held, Absent):
        return ()  # also an empty mapping, which is what PHP writes for an empty list
    at: tuple[str | int, ...] = ("release", "components")
    if not isinstance(held, list):
        raise _wrong(tree, file, at, "expected a list of components.", "Write `- name: Model architecture` and so on.")
    if len(held) > ROW_LIMIT:
        raise _wrong(tree, file, at, f"there are {len(held)} components.", "The framework has 17.")
    shared = _parse_shared(tree, file, release)
    return tuple(_entry(tree, file, row, (*at, number), shared) for number, row in enumerate(held))


def _entry(tree: Tree, file: str, row: Any, at: tuple[str | int, ...], shared: dict[str, str]) -> Entry:  # noqa: ANN401
    if not isinstance(row, dict):
        raise _wrong(tree, file, at, "expected a component, with a `name`.", "Write `- name: Model architecture`.")
    name = _text(tree, file, row, (*at, "name"))
    component = titles().get(name)
    keys = ("description", "license_path", "component_path")
    texts = {key: text for key in keys if (text := _text(tree, file, row, (*at, key)))}
    stated = row.get("license")
    if stated is None or isinstance(stated, Absent):
        kind = components()[component].kind if component else "data"
        text = shared.get(kind) or shared.get("distribution") or ""
    else:
        text = _text(tree, file, row, (*at, "license"))
    return Entry(component, name, None if text in ("", "0", facts()["no_license"]) else text, texts)


def _parse_shared(tree: Tree, file: str, release: dict[str, Any]) -> dict[str, str]:
    """The licenses for the whole of a release, by kind; PHP writes an empty mapping as a list."""
    held = release.get("license")
    if not held or isinstance(held, Absent):
        return {}
    at = ("release", "license")
    stated = _mapping(tree, file, release, at)
    found: dict[str, str] = {}
    for kind in ("distribution", "code", "data", "document"):
        entry = stated.get(kind)
        if entry and not isinstance(entry, Absent):
            found[kind] = _text(tree, file, _mapping(tree, file, stated, (*at, kind)), (*at, kind, "name"))
    return {kind: text for kind, text in found.items() if text not in ("", "0")}


@language_cache(maxsize=4096)
def _part(component: str, license_: str | None, *, located: bool) -> Part:
    folded = " ".join((license_ or "").casefold().split())
    absent, silent = (folded in facts()[group] for group in ("absent", "not_stated"))
    return Part(
        layer=LAYER_OF[component],
        component=component,
        label=label_of(component),
        availability="withheld" if absent else "released",
        terms=(own_term(parse_known(license_) if license_ else None, None if silent or absent else license_),),
        located=located,
    )


def _mapping(tree: Tree, file: str, held: dict[str, Any], at: tuple[str | int, ...]) -> dict[str, Any]:
    value = held.get(str(at[-1]))
    if not isinstance(value, dict):
        raise _wrong(tree, file, at, "expected a mapping of keys.", "")
    return value


def _text(tree: Tree, file: str, held: dict[str, Any], at: tuple[str | int, ...]) -> str:
    value = held.get(str(at[-1]), ABSENT)
    if isinstance(value, (dict, list)):
        if not value:
            return ""  # what PHP writes where there is nothing
        raise _wrong(tree, file, at, "expected text.", "")
    if isinstance(value, Absent):
        return ""
    if len(value) > TEXT_LIMIT:
        raise _wrong(tree, file, at, f"has {len(value)} characters; {TEXT_LIMIT} are the most.", "")
    return str(value)


def _wrong(tree: Tree, file: str, at: tuple[str | int, ...], message: str, remedy: str) -> CharterError:
    from generator.release.model import nearest_mark

    line, column = nearest_mark(tree.marks, at)
    shown = remedy or "docs/openness.md says what a record holds."
    return CharterError(f"{file}:{line}:{column}: {dotted(at)}: {message}", shown)
