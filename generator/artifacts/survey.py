"""One look at a release's folder, shared by all rules: each file is opened once, when a rule first asks for it."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from generator.artifacts.bases import Upstream, adapter_base, config_base, merge_parents
from generator.artifacts.card import CARD, CardFacts, read_card
from generator.artifacts.folder import TEXT_LIMIT, Listing, listing, open_regular, read_inside, read_text
from generator.artifacts.gguf import Gguf, read_gguf
from generator.artifacts.safetensors import Header, read_header, tensor_names
from generator.artifacts.secrets import Leak, leaks
from generator.errors import CharterError
from generator.release.model import Location

INDEX_LIMIT = 32 * 1024 * 1024
"""Bytes of an index of shards that is read."""
HEADERS_LIMIT = 4096
"""Files of weights whose headers are read."""
CONFIGS_LIMIT = 64
"""Configurations of one name that are read, the ones nearest to the top first."""
SCANNED_FILES, SCANNED_BYTES = 4000, 16 * 1024 * 1024
"""Files and bytes that are looked through for secrets."""
VOCABULARY = re.compile(r"(?:.*/)?(?:tokenizer[^/]*\.json|vocab\.[a-z]+|merges\.txt|[^/]*\.index\.json)")
"""Long lists of words or tensors, of which only the beginning is looked through: nobody writes into their middle."""
BINARY = re.compile(
    r".*\.(?:safetensors|gguf|bin|pt|pth|ckpt|pkl|pickle|joblib|npy|npz|onnx|h5|hdf5|msgpack|parquet|arrow|zip|gz|bz2|xz"
    r"|tar|zst|7z|png|jpe?g|gif|webp|mp[34]|wav|flac|ogg|pdf|ttf|woff2?|so|dll|dylib|exe|whl|tflite|pb|model)",
    re.I,
)
_HEAD = 64 * 1024
_MERGES = ("mergekit_config.yml", "mergekit_config.yaml")


class Index(NamedTuple):
    """An index of shards: for each file it names how many tensors, and the mark of their names."""

    shards: dict[str, tuple[int, int]]
    fault: str = ""


class Base(NamedTuple):
    """A model that a file names as what the model was made from, and the file and word where it does."""

    upstream: Upstream
    file: str
    word: str


class Spot(NamedTuple):
    """Something found in a file that must not be published."""

    file: str
    at: Location
    leak: Leak


class Scan(NamedTuple):
    """What must not be published, and the texts that were not looked through, or not to their end."""

    spots: tuple[Spot, ...]
    left: tuple[str, ...]


class Survey:
    """What lies in a folder and what it says; whatever cannot be read is silent here, and told by the rule on it.

    Args:
        folder: The folder of the release; None for a release that has none.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder or Path()
        self._none = folder is None
        self._tables: dict[str, dict[str, Any]] = {}

    @cached_property
    def listing(self) -> Listing:
        """What lies below the folder."""
        return Listing() if self._none else listing(self.folder)

    @property
    def files(self) -> tuple[str, ...]:
        """The regular files."""
        return self.listing.files

    def called(self, *names: str) -> tuple[str, ...]:
        """Return the files that have one of these names in whatever folder, nearest to the top first.

        Args:
            names: Names without a folder.
        """
        found = [path for path in self.files if path.rpartition("/")[2] in names and not hidden(path)]
        return tuple(sorted(found, key=lambda path: (path.count("/"), path))[:CONFIGS_LIMIT])

    def table(self, path: str) -> dict[str, Any]:
        """Return what a JSON file holds; nothing where it is no mapping, or cannot be read.

        Args:
            path: One of the files.
        """
        if path not in self._tables:
            value: Any = None
            with contextlib.suppress(CharterError, ValueError, RecursionError):
                value = json.loads(read_inside(self.folder, path) or b"")
            self._tables[path] = value if isinstance(value, dict) else {}
        return self._tables[path]

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
                return _location(name, raw, start + word.startswith("\n"))
        return Location(name, 1, 1)

    @cached_property
    def headers(self) -> dict[str, Header]:
        """The headers of all safetensors files; one is parsed at a time, and only its sums are kept."""
        found = [path for path in self.files if path.endswith(".safetensors") and not hidden(path)]
        return {path: read_header(self.folder / path) for path in found[:HEADERS_LIMIT]}

    @cached_property
    def ggufs(self) -> dict[str, Gguf]:
        """The `general.*` keys of all GGUF files."""
        found = [path for path in self.files if path.lower().endswith(".gguf") and not hidden(path)]
        return {path: read_gguf(self.folder / path) for path in found[:HEADERS_LIMIT]}

    @cached_property
    def indexes(self) -> dict[str, Index]:
        """The indexes of shards."""
        found = [path for path in self.files if path.endswith(".index.json") and not hidden(path)]
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
        for path in self.called("adapter_config.json"):
            if base := adapter_base(self.table(path)):
                found.append(Base(base, path, '"base_model_name_or_path"'))
        for path in self.called("config.json"):
            if base := config_base(self.table(path)):
                found.append(Base(base, path, '"_name_or_path"'))
        for path in self.called(*_MERGES):
            with contextlib.suppress(CharterError):
                parents = merge_parents(read_text(self.folder, path) or "")
                found += [Base(parent, path, parent.ref) for parent in parents]
        return tuple(found)

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
        return tuple(top) if len(top) == 1 and not numbered(top[0]) else ()

    @cached_property
    def scan(self) -> Scan:
        """What must not be published, in texts and in the metadata of weights.

        The beginning of a vocabulary or an index, the whole of other texts up to a limit: 15 MB of tokenizer would
        take as long as everything else, and are words.
        """
        left: list[str] = []
        found = [spot for path, data in self._texts(left) for spot in self._spots(path, data)]
        for path, header in self.headers.items():
            found += self._spots(path, "\n".join(header.metadata.values()).encode(), binary=True)
        for path, gguf in self.ggufs.items():
            found += self._spots(path, "\n".join(gguf.general.values()).encode(), binary=True)
        return Scan(tuple(found), tuple(left))

    def missing_tensor(self, path: str, shard: str) -> str | None:
        """Return a tensor that an index has in a shard whose header does not, or the other way about.

        Args:
            path: The index.
            shard: The shard, as the index names it.
        """
        with contextlib.suppress(CharterError, ValueError, RecursionError):
            stated = json.loads(read_inside(self.folder, path, INDEX_LIMIT) or b"{}")["weight_map"]
            said = {name for name, file in stated.items() if file == shard}
            return min(said ^ tensor_names(self.folder / beside(path, shard)), default=None)
        return None

    def _index(self, path: str) -> Index:
        try:
            stated = json.loads(read_inside(self.folder, path, INDEX_LIMIT) or b"")["weight_map"]
            shards: dict[str, list[str]] = {}
            for name, file in stated.items():
                shards.setdefault(file, []).append(name)
            if not all(isinstance(file, str) for file in shards):
                raise TypeError
        except CharterError as error:
            return Index({}, error.message)
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            return Index({}, "it is no JSON mapping with a `weight_map` of tensors to files")
        return Index({file: (len(names), hash(frozenset(names))) for file, names in shards.items()})

    def _texts(self, left: list[str]) -> Iterator[tuple[str, bytes]]:
        """The texts that are looked through, those nearest to the top first; `left` gets those that are not, or cut."""
        budget = SCANNED_BYTES
        found = sorted(path for path in self.files if not BINARY.fullmatch(path))
        found.sort(key=lambda path: path.count("/"))
        left += found[SCANNED_FILES:]
        for path in found[:SCANNED_FILES]:
            words = VOCABULARY.fullmatch(path)
            try:
                with open_regular(self.folder / path) as stream:
                    data = stream.read(min(budget, _HEAD if words else TEXT_LIMIT))
                    cut = not words and len(data) < os.fstat(stream.fileno()).st_size
            except OSError:
                left.append(path)
                continue
            if b"\0" not in data[:1024]:
                budget -= len(data)
                left += [path] if cut else []
                yield path, data

    def _spots(self, path: str, data: bytes, *, binary: bool = False) -> Iterator[Spot]:
        name = str(self.folder / path)
        for leak in leaks(data):
            yield Spot(path, Location(name, 1, 1) if binary else _location(name, data, leak.start), leak)


def beside(path: str, name: str) -> str:
    """Return the path of a file that another one names from its own folder.

    Args:
        path: The file that names it.
        name: As it is named.
    """
    return str(PurePosixPath(path).parent / name)


def numbered(path: str) -> tuple[str, int, int] | None:
    """Return what a shard's name says: the names of its set with a gap for the number, its number, and how many.

    Args:
        path: The path of a file.
    """
    found = re.fullmatch(r"(.*-)(\d{5})(-of-(\d{5})\.[a-z]+)", path)
    return (f"{found[1]}{{}}{found[3]}", int(found[2]), int(found[4])) if found else None


def hidden(path: str) -> bool:
    """Return whether a file lies in a folder that is not the model's: an environment, the settings of a tool.

    Args:
        path: Its path.
    """
    return path.startswith(".") or "/." in path


def _location(name: str, data: bytes, start: int) -> Location:
    begin = data.rfind(b"\n", 0, start) + 1
    return Location(name, data.count(b"\n", 0, start) + 1, len(data[begin:start].decode("utf-8", "replace")) + 1)
