"""One look at a release's folder, shared by all rules: each file is opened once, when a rule first asks for it."""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml

from generator.artifacts.bases import Upstream, adapter_base, config_base, merge_parents
from generator.artifacts.card import CARD, CardFacts, read_card
from generator.artifacts.folder import Listing, listing, read_inside, read_text
from generator.artifacts.gguf import Gguf, read_gguf
from generator.artifacts.safetensors import POINTER, Header, mark_of, read_header, tensor_names
from generator.artifacts.scan import Scan, ending, location, scan
from generator.artifacts.weights import WEIGHTS
from generator.errors import CharterError
from generator.named_tuple import NamedTuple
from generator.release.model import Location
from generator.translations import gettext as _
from generator.translations import mark_text

if TYPE_CHECKING:
    from generator.artifacts.digests import FolderDigests

INDEX_LIMIT = 32 * 1024 * 1024
"""Bytes of an index of shards that is read."""
HEADERS_LIMIT = 4096
"""Files of weights whose headers are read."""
CONFIGS_LIMIT = 1000
"""Configurations of one name that are read, the ones nearest to the top first."""
QUANTIZED = ("quantize_config.json", "hf_quant_config.json")
AUTO_MAPS = ("config.json", "tokenizer_config.json", "processor_config.json", "preprocessor_config.json")
_NO_INDEX = mark_text("it is no JSON mapping with a `weight_map` of tensors to files")
_MERGES = ("mergekit_config.yml", "mergekit_config.yaml")
_CONFIGS = dict.fromkeys(("adapter_config.json", *QUANTIZED, *AUTO_MAPS, *_MERGES))
"""Files that state a base, a quantization or code of the model's own."""


class Index(NamedTuple):
    """An index of shards: how many tensors it has in each file, and the mark of all their names."""

    shards: dict[str, int]
    mark: int = 0
    fault: str = ""


class Base(NamedTuple):
    """A model that a file names as what the model was made from, and the file and word where it does."""

    upstream: Upstream
    file: str
    word: str


class Unread(NamedTuple):
    """A configuration that cannot be read, why, and where in the file the first error is."""

    path: str
    reason: str
    line: int = 1
    column: int = 1


class Survey:
    """What is in a folder and what it says; what cannot be read is empty here, and listed in `unread`.

    Args:
        folder: The folder of the release; None for a release that has none.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder or Path()
        self._none = folder is None
        self._tables: dict[str, dict[str, Any]] = {}
        self._unread: dict[str, Unread] = {}

    @cached_property
    def listing(self) -> Listing:
        """What lies below the folder."""
        return Listing() if self._none else listing(self.folder)

    @property
    def files(self) -> tuple[str, ...]:
        """The regular files."""
        return self.listing.files

    @cached_property
    def digests(self) -> FolderDigests:
        """What is known of the digests of the files."""
        from generator.artifacts.digests import FolderDigests

        return FolderDigests(self.folder, self.files)

    @cached_property
    def _by_ending(self) -> dict[str, list[str]]:
        """The files outside hidden folders, by the ending of their names."""
        found: dict[str, list[str]] = {}
        for path in self.files:
            if not hidden(path):
                found.setdefault(ending(path), []).append(path)
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """The files outside hidden folders, by their names without the folder."""
        found: dict[str, list[str]] = {}
        for path in self.files:
            if not hidden(path):
                found.setdefault(path.rpartition("/")[2], []).append(path)
        return found

    def ending_in(self, *ends: str) -> list[str]:
        """Return the files whose names end so, in their order; those in folders that begin with a dot are left out.

        Args:
            ends: Endings as `ending` returns them.
        """
        held = self._by_ending
        return sorted([path for end in ends if end in held for path in held[end]])

    def files_named(self, *names: str) -> tuple[str, ...]:
        """Return the files that have one of these names in whatever folder, nearest to the top first.

        Args:
            names: Names without a folder.
        """
        return self._files_named(names)[:CONFIGS_LIMIT]

    def _files_named(self, names: Iterable[str]) -> tuple[str, ...]:
        held = self._by_name
        found = [path for name in dict.fromkeys(names) if name in held for path in held[name]]
        return tuple(sorted(found, key=lambda path: (path.count("/"), path))) if len(found) > 1 else tuple(found)

    def table(self, path: str) -> dict[str, Any]:
        """Return what a JSON file holds; nothing where it is no mapping, or cannot be read.

        Args:
            path: One of the files.
        """
        if path not in self._tables:
            value: Any = None
            try:
                value = json.loads(self._config(path))
                if not isinstance(value, dict):
                    self._unread[path] = Unread(path, _("it is no JSON mapping"))
            except CharterError as error:
                self._unread[path] = Unread(path, error.message.removeprefix(f"{path}: "))
            except json.JSONDecodeError as error:
                self._unread[path] = Unread(
                    path, _("it is not JSON ({reason})").format(reason=error.msg), error.lineno, error.colno
                )
            except (ValueError, RecursionError):
                self._unread[path] = Unread(path, _("it is not JSON"))
            self._tables[path] = value if isinstance(value, dict) else {}
        return self._tables[path]

    def _config(self, path: str) -> bytes:
        """Read a configuration.

        Raises:
            CharterError: It cannot be read.
        """
        raw = read_inside(self.folder, path) or b""
        if raw.startswith(POINTER):
            raise CharterError(_("a Git LFS pointer stands in its place"), "")
        return raw

    @cached_property
    def unread(self) -> tuple[Unread, ...]:
        """The configurations that cannot be read."""
        for name in _CONFIGS:
            for path in self.files_named(name):
                if name in _MERGES:
                    self._parents(path)
                else:
                    self.table(path)
        return tuple(self._unread[path] for path in sorted(self._unread))

    @cached_property
    def left_out(self) -> tuple[str, ...]:
        """The configurations and files of weights past the limits, which are not read."""
        found = [path for name in _CONFIGS for path in self._files_named((name,))[CONFIGS_LIMIT:]]
        found += [path for end in ("safetensors", "gguf") for path in self.ending_in(end)[HEADERS_LIMIT:]]
        found += [path for path in self.ending_in("json") if path.endswith(".index.json")][CONFIGS_LIMIT:]
        return tuple(found)

    def at(self, path: str, *words: str) -> Location:
        """Return where the first of these words that is in a file stands; its beginning, where none is or it is binary.

        Args:
            path: One of the files.
            words: What to look for; one that begins with a line break stands at the beginning of a line.
        """
        name = str(self.folder / path)
        raw = b""
        with contextlib.suppress(CharterError):
            raw = (read_inside(self.folder, path, INDEX_LIMIT) or b"") if words else b""
        for word in words:
            if (start := raw.find(word.encode("utf-8", "surrogateescape"))) >= 0:
                return location(name, raw, start + word.startswith("\n"))
        return Location(name, 1, 1)

    @cached_property
    def headers(self) -> dict[str, Header]:
        """The headers of all safetensors files; one is parsed at a time, and only its sums are kept."""
        return {path: read_header(self.folder / path) for path in self.ending_in("safetensors")[:HEADERS_LIMIT]}

    @cached_property
    def ggufs(self) -> dict[str, Gguf]:
        """The `general.*` keys of all GGUF files."""
        return {path: read_gguf(self.folder / path) for path in self.ending_in("gguf")[:HEADERS_LIMIT]}

    @cached_property
    def pointers(self) -> list[str]:
        """The files of weights, other than safetensors and GGUF, in whose place a Git LFS pointer stands."""
        return [
            path
            for path in self.ending_in(*(WEIGHTS - {"safetensors", "gguf"}))[:HEADERS_LIMIT]
            if is_pointer(self.folder, path)
        ]

    @cached_property
    def indexes(self) -> dict[str, Index]:
        """The indexes of shards."""
        found = [path for path in self.ending_in("json") if path.endswith(".index.json")]
        return {path: self._index(path) for path in found[:CONFIGS_LIMIT]}

    @cached_property
    def card(self) -> CardFacts | None:
        """What the front matter of the card states."""
        with contextlib.suppress(CharterError):
            return None if self._none else read_card(self.folder)
        return None

    @cached_property
    def card_text(self) -> str:
        """The card; empty where there is none that can be read."""
        with contextlib.suppress(CharterError):
            return read_text(self.folder, CARD) or "" if CARD in self.files else ""
        return ""

    @cached_property
    def bases(self) -> tuple[Base, ...]:
        """The models that configurations name as what the model was made from."""
        found: list[Base] = []
        for path in self.files_named("adapter_config.json"):
            if base := adapter_base(self.table(path)):
                found.append(Base(base, path, '"base_model_name_or_path"'))
        for path in self.files_named("config.json"):
            if base := config_base(self.table(path)):
                found.append(Base(base, path, '"_name_or_path"'))
        for path in self.files_named(*_MERGES):
            found += [Base(parent, path, parent.ref) for parent in self._parents(path)]
        return tuple(found)

    def _parents(self, path: str) -> tuple[Upstream, ...]:
        """The models that a configuration of mergekit names."""
        try:
            return tuple(merge_parents(read_text(self.folder, path) or ""))
        except CharterError as error:
            self._unread[path] = Unread(path, error.message.removeprefix(f"{path}: "))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            self._unread[path] = Unread(path, _("it is not YAML"), *place)
        except RecursionError:
            self._unread[path] = Unread(path, _("it is not YAML"))
        return ()

    @cached_property
    def model_files(self) -> tuple[str, ...]:
        """The safetensors files at the top that make up one model; none where that is not plain."""
        top = [path for path in self.headers if "/" not in path and not path.startswith("adapter_")]
        index = self.indexes.get("model.safetensors.index.json")
        if index and not index.fault:
            whole = all(path in self.headers for path in index.shards)
            return tuple(sorted(index.shards)) if whole else ()
        if "model.safetensors" in top:
            return ("model.safetensors",)
        sets = {found and (found[0], found[2]) for found in map(parse_shard_name, top)}
        (only,) = sets if len(sets) == 1 else (None,)
        whole = only is not None and len(top) == only[1]
        return tuple(top) if whole or (len(top) == 1 and only is None) else ()

    @cached_property
    def scan(self) -> Scan:
        """What must not be published, in texts and in the metadata of weights."""
        stated = [(path, header.metadata) for path, header in self.headers.items()]
        stated += [(path, gguf.general) for path, gguf in self.ggufs.items()]
        return scan(self.folder, self.files, stated)

    def disagreement(self, path: str) -> tuple[str, str] | None:
        """Return a tensor that an index has in a shard and its header has not, or the other way about, and the shard.

        Args:
            path: The index.
        """
        index = self.indexes[path]
        headers = {shard: self.headers.get(beside(path, shard)) for shard in index.shards}
        known = [header for header in headers.values() if header and not header.faults]
        if index.fault or len(known) != len(headers):
            return None
        counts = {shard: header.tensors for shard, header in headers.items() if header}
        if counts == index.shards and sum(header.mark for header in known) == index.mark:
            return None
        stated: dict[str, set[str]] = {}
        for name, shard in self._weight_map(path).items():
            stated.setdefault(shard, set()).add(name)
        for shard, names in sorted(stated.items()):
            if other := names ^ tensor_names(self.folder / beside(path, shard)):
                return min(other), shard
        return None

    def _weight_map(self, path: str) -> dict[str, str]:
        """What an index holds.

        Raises:
            CharterError: It cannot be read.
            ValueError: It is no index.
        """
        try:
            value = json.loads(read_inside(self.folder, path, INDEX_LIMIT) or b"")
        except RecursionError:
            raise ValueError(_(_NO_INDEX)) from None
        stated = value.get("weight_map") if isinstance(value, dict) else None
        if not isinstance(stated, dict):
            raise ValueError(_(_NO_INDEX))
        return stated

    def _index(self, path: str) -> Index:
        try:
            stated = self._weight_map(path)
            shards = Counter(stated.values())
            mark = mark_of(map(str.encode, stated))
        except CharterError as error:
            return Index({}, fault=error.message)
        except (ValueError, TypeError):
            return Index({}, fault=_(_NO_INDEX))
        return (
            Index(dict(shards), mark)
            if all(isinstance(file, str) for file in shards)
            else Index({}, fault=_(_NO_INDEX))
        )


def is_pointer(folder: Path, path: str) -> bool:
    """Return whether a file is a Git LFS pointer.

    Args:
        folder: The folder of the release.
        path: One of its files.
    """
    with contextlib.suppress(CharterError):
        return (read_inside(folder, path, 1024) or b"").startswith(POINTER)
    return False


def beside(path: str, name: str) -> str:
    """Return the path of a file that another one names from its own folder.

    Args:
        path: The file that names it.
        name: As it is named.
    """
    return str(PurePosixPath(path).parent / name)


def parse_shard_name(path: str) -> tuple[str, int, int] | None:
    """Return what a shard's name says: the names of its set with a gap for the number, its number, and how many.

    Args:
        path: The path of a file.
    """
    found = re.fullmatch(r"(.*-)(\d{5})(-of-(\d{5})\.[a-z]+)", path) if "-of-" in path else None
    return (f"{found[1]}{{}}{found[3]}", int(found[2]), int(found[4])) if found else None


def hidden(path: str) -> bool:
    """Return whether a file is in a folder that is not the model's: an environment, the settings of a tool.

    Args:
        path: Its path.
    """
    return path.startswith(".") or "/." in path
