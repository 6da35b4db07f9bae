"""What a model was made from, by all files that name it: the most exact decides, the others are kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from generator.artifacts.bases import Upstream, hub_ref

_PLAIN = 5
"""The rank of config.json, whose `_name_or_path` shows no relation."""


class NamedUpstream(NamedTuple):
    """An upstream and the file, and key, that names it."""

    upstream: Upstream
    source: str


class Lineage(NamedTuple):
    """The upstreams, each once and models before data, and what other sources say of them, in words.

    Attributes:
        found: The upstreams.
        others: What was left out or differs, each with its source.
    """

    found: tuple[NamedUpstream, ...]
    others: tuple[tuple[str, str], ...]


def lineage_of(named: Iterable[NamedUpstream]) -> Lineage:
    """Return the lineage that several files name together.

    mergekit's file, adapter_config.json, GGUF and a quantized config.json say how the model was made; the card comes
    after them, and `_name_or_path` last. A path of another machine is no ref.

    Args:
        named: What each file names.
    """
    found: dict[str, NamedUpstream] = {}
    others: list[tuple[str, str]] = []
    ordered = sorted(named, key=_rank)
    for entry in ordered:
        ref, relation, local = entry.upstream
        if local:
            others.append((f"{ref} (a path of the machine it was made on)", entry.source))
            continue
        first = found.setdefault((hub_ref(ref) or ref).strip("/").casefold(), entry)
        if first.upstream.relation != relation and _rank(entry) < _PLAIN:
            others.append((f"{ref} as {relation}, and {first.source} shows {first.upstream.relation}", entry.source))
    exact = [entry for entry in found.values() if _rank(entry) <= 1]
    for entry in found.values():
        if exact and _rank(entry) > 1 and entry.upstream.relation != "trained_on":
            others.append((f"{entry.upstream.ref}, which {exact[0].source} does not name", entry.source))
    held = sorted(found.values(), key=lambda entry: entry.upstream.relation == "trained_on")
    return Lineage(tuple(held), tuple(others))


def _rank(entry: NamedUpstream) -> int:
    """How exactly a source says how the model was made; the least is the most exact."""
    relation, source = entry.upstream.relation, entry.source
    if relation == "trained_on":
        return 4
    file = source.partition(",")[0]
    if file.startswith("mergekit"):
        return 0
    if file.endswith("adapter_config.json"):
        return 1
    if file.endswith(".gguf"):
        return 2
    return (3 if relation == "quantized" else _PLAIN) if file == "config.json" else 4
