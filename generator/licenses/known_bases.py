"""Known bases: what publishers state about the licenses of models and data sets that people build on.

`knowledge/bases/models.csv` and `datasets.csv` hold one row for each; `docs/known-bases.md` describes the columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

from generator.artifacts.bases import hub_ref
from generator.licenses.catalog import KNOWLEDGE, Expression, LicenseId, index, parse_known
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern
from generator.release.model import Item, Layers, Release, ReleaseInfo, Upstream
from generator.release.nearest import nearest
from generator.release.vocabulary import Relation

NO_LICENSE = frozenset({"", "other", "unknown"})
"""What a row holds where the card of the base names no license."""
_ADDRESS = lazy_pattern(r"https?://(?:huggingface\.co|hf\.co|github\.com)/([\w.-]+/[\w.-]+)(?:/|\Z)")


class KnownBase(NamedTuple):
    """One row: a model or a data set of the Hub, or several that a pattern with `*` names.

    Attributes:
        kind: `model` or `dataset`.
        id: Its repo id, or the pattern.
        former_ids: Ids under which it was known before, and bare ids.
        stated: The license as the row has it.
        base: What it was made from itself.
        relation: How it was made from that.
        as_of: The date of the source.
        source: Where the license is stated.
        gated: `yes`, `no` or `unknown`.
        disputed: Whether the license comes from a third party, or another source states another one.
        note: Disagreements between sources, and notes.
    """

    kind: str
    id: str
    former_ids: tuple[str, ...]
    stated: str
    base: tuple[str, ...]
    relation: str
    as_of: str
    source: str
    gated: str
    disputed: bool
    note: str

    @property
    def license(self) -> Expression | None:
        """Its license; None where its card names none, or one that the catalog doesn't know."""
        found = None if self.stated in NO_LICENSE else parse_known(self.stated)
        if found and not found.parts and (meant := license_for(found.license, (self.id,))):
            return found._replace(license=meant)
        return found

    def current_id(self, ref: str) -> str | None:
        """Return the repo id that a ref means today, or None where the pattern doesn't say.

        Args:
            ref: A ref that this row was found for.
        """
        if "*" not in self.id:
            return self.id
        guess = f"{self.id.partition('/')[0]}/{ref.rpartition('/')[2]}"
        return guess if _fits(self.id.lower(), guess.lower()) else None

    def as_release(self) -> Release:
        """Return the base as a release, so that its lineage is followed like that of a folder."""
        # As the Hub does: what is made from another model in a way that nobody states is a fine-tune.
        relation = self.relation or ("includes" if self.kind == "dataset" else "finetune")
        upstreams = tuple(Upstream(ref=ref, relation=cast(Relation, relation)) for ref in self.base)
        item = Item(
            availability="released",
            license=str(self.license) if self.license else None,
            files=("**",),
            derived_from=upstreams,
        )
        layers = Layers(data=(item,)) if self.kind == "dataset" else Layers(weights=(item,))
        return Release(charter=1, release=ReleaseInfo(name=self.id), layers=layers)

    def to_dict(self) -> dict[str, Any]:
        """Return the row as values for JSON."""
        return {
            "id": self.id,
            "kind": self.kind,
            "former_ids": list(self.former_ids),
            "license": str(self.license) if self.license else None,
            "stated": self.stated,
            "base": list(self.base),
            "relation": self.relation or None,
            "as_of": self.as_of,
            "source": self.source,
            "gated": self.gated,
            "disputed": self.disputed,
            "note": self.note or None,
        }


_Row = tuple[str, str, str]
"""The id and the former ids of a row, and the row as the file has it: only a row that is found is taken apart."""


class _Table(NamedTuple):
    """The rows of one kind: by id in lower case, and those with a pattern, the longest first.

    Attributes:
        ids: Rows by id and by former id.
        owners: The patterns that can fit ids of an owner, for owners that a pattern names in full.
        patterns: Those that can fit ids of any other owner.
    """

    ids: dict[str, _Row]
    owners: dict[str, list[tuple[str, _Row]]]
    patterns: list[tuple[str, _Row]]


def find_base(ref: str, *, data: bool = False) -> KnownBase | None:
    """Return the row of a model or a data set, or None where the table has none.

    An id or a former id goes before a pattern, a long pattern before a short one; case doesn't matter.

    Args:
        ref: A Hub repo id, its address, or a bare id such as `gpt2`.
        data: Whether it is a data set.
    """
    wanted = (hub_ref(ref) or ref if "://" in ref else ref).strip().lower()
    table = _table("dataset" if data else "model")
    row = table.ids.get(wanted)
    if row is None:
        patterns = table.owners.get(wanted.partition("/")[0], table.patterns)
        row = next((row for pattern, row in patterns if _fits(pattern, wanted)), None)
    return _to_known_base("dataset" if data else "model", row) if row else None


def known_owners() -> frozenset[str] | None:
    """Return what stands before `/` in the ids that `find_base` can find, in lower case; None where it can be anything.

    A bare id stands for itself.
    """
    tables = (_table("model"), _table("dataset"))
    if any(table.patterns for table in tables):
        return None
    return frozenset(name.partition("/")[0] for table in tables for name in (*table.ids, *table.owners))


def license_for(name: LicenseId, refs: Iterable[str]) -> LicenseId | None:
    """Return the license that a shared name means for some models, or None where they don't say.

    Args:
        name: A name that several licenses share, as an id.
        refs: Repo ids of the models, or addresses of files in their repositories.
    """
    patterns = [
        (pattern.lower(), LicenseId(key))
        for key, listed in index()["known"].get(name, {}).get("licenses", {}).items()
        for pattern in listed
    ]
    patterns.sort(key=lambda entry: -len(entry[0].replace("*", "")))
    repos = [(address.group(1) if (address := _ADDRESS.match(ref)) else ref).lower() for ref in refs]
    fitting = [next((key for pattern, key in patterns if _fits(pattern, repo)), None) for repo in repos]
    found = {key for key in fitting if key}
    return found.pop() if len(found) == 1 else None


def find_either(ref: str) -> tuple[KnownBase, ...]:
    """Return the rows of a ref: the model of that id, and the data set.

    Args:
        ref: A Hub repo id, its address, or a bare id.
    """
    return tuple(row for row in (find_base(ref), find_base(ref, data=True)) if row)


def is_data(layer: str, relation: str) -> bool:
    """Return whether an upstream of an item is a data set.

    Args:
        layer: The layer of the item.
        relation: How the item was made from the upstream.
    """
    return relation == "trained_on" or (layer in ("data", "curation") and relation not in ("distilled", "outputs_of"))


def near_bases(ref: str) -> tuple[str, ...]:
    """Return the ids of the table that are most like a ref, best first.

    Args:
        ref: An id that the table doesn't have.
    """
    names = {name: id_ for kind in ("model", "dataset") for name, (id_, _, _) in _table(kind).ids.items()}
    for table in (_table("model"), _table("dataset")):
        names |= {pattern: id_ for patterns in table.owners.values() for pattern, (id_, _, _) in patterns}
        names |= {pattern: id_ for pattern, (id_, _, _) in table.patterns}
    return tuple(dict.fromkeys(names[name] for name in nearest(ref.lower(), names, 3)))


def base_ids(kind: str = "model") -> tuple[str, ...]:
    """Return the repo ids in the table, without patterns.

    Args:
        kind: `model` or `dataset`.
    """
    return tuple(id_ for id_, _, _ in _rows(kind) if "*" not in id_)


def search_bases(words: str) -> tuple[KnownBase, ...]:
    """Return the rows whose ids have some words in them, or whose pattern fits them.

    Args:
        words: Part of a repo id; case doesn't matter.
    """
    needle = words.strip().lower()
    return tuple(
        _to_known_base(kind, row)
        for kind in ("model", "dataset")
        for row in _rows(kind)
        if needle and (needle in f"{row[0]} {row[1]}".lower() or _fits(row[0].lower().rpartition("/")[2], needle))
    )


@lru_cache(maxsize=2)
def _table(kind: str) -> _Table:
    ids: dict[str, _Row] = {}
    former: dict[str, _Row] = {}
    patterns: list[tuple[str, _Row]] = []
    for row in _rows(kind):
        id_ = row[0].lower()
        if "*" in id_:
            patterns.append((id_, row))
        else:
            ids[id_] = row
        for name in row[1].lower().split():
            former.setdefault(name, row)
    ids = former | ids
    patterns.sort(key=lambda entry: -len(entry[0].replace("*", "")))
    names = {pattern.partition("/")[0] for pattern, _ in patterns if "/" in pattern}
    plain = {name for name in names if "*" not in name}
    places: dict[str, list[int]] = {name: [] for name in plain}
    others: list[int] = []
    for place, (pattern, _) in enumerate(patterns):
        places.get(pattern.partition("/")[0], others).append(place)
    # Patterns of an owner and those of any owner stay in one order, the longest first.
    owners = {name: [patterns[place] for place in sorted((*own, *others))] for name, own in places.items()}
    return _Table(ids, owners, [patterns[place] for place in others])


@lru_cache(maxsize=2)
def _rows(kind: str) -> list[_Row]:
    lines = (KNOWLEDGE / "bases" / f"{kind}s.csv").read_text(encoding="utf-8").split("\n")
    return [_to_row(line) for line in lines[1:] if line]


def _to_row(line: str) -> _Row:
    id_, former, _ = line.split(",", 2)
    return id_, former, line


def _to_known_base(kind: str, row: _Row) -> KnownBase:
    cells = row[2].split(",")
    if '"' in row[2]:
        import csv  # here, as most rows need none of its rules

        (cells,) = csv.reader([row[2]])
    id_, former, stated, base, relation, as_of, source, gated, disputed, note = cells
    former_ids, bases = tuple(former.split()), tuple(base.split())
    return KnownBase(kind, id_, former_ids, stated, bases, relation, as_of, source, gated, disputed == "yes", note)


def _fits(pattern: str, text: str) -> bool:
    """Return whether a pattern, in which `*` stands for any characters, fits a text; both in lower case."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == first
    if not text.startswith(first) or not text.endswith(rest[-1]):
        return False
    place, end = len(first), len(text) - len(rest[-1])
    for part in rest[:-1]:
        found = text.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return place <= end
