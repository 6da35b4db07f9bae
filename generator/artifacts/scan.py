"""The texts of a folder, looked through for what must not be published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from generator.artifacts.folder import TEXT_LIMIT, read_regular
from generator.artifacts.secrets import Leak, leaks
from generator.named_tuple import NamedTuple
from generator.release.model import Location

SCANNED_FILES, SCANNED_BYTES = 2000, 16 * 1024 * 1024
"""Files and bytes that are looked through for secrets."""
# fmt: off
BINARY = frozenset((
    "safetensors", "gguf", "bin", "pt", "pth", "ckpt", "pkl", "pickle", "joblib", "npy", "npz", "onnx", "h5",
    "hdf5", "keras", "msgpack", "parquet", "arrow", "zip", "gz", "bz2", "xz", "tar", "zst", "7z", "png", "jpg",
    "jpeg", "gif", "webp", "mp3", "mp4", "wav", "flac", "ogg", "pdf", "ttf", "woff", "woff2", "so", "dll",
    "dylib", "exe", "whl", "tflite", "pb", "model", "jit", "ptl", "nemo", "mlmodel", "ftz", "lz4", "sqlite3",
    "rknn", "engine", "ubj", "sqlite", "db",
))
"""Endings of files that are no text."""
# fmt: on
_DATA = frozenset(("csv", "tsv", "jsonl", "ndjson"))
"""Endings of data: a path in it is somebody's text, and names no user of this machine."""
_ARCHIVES = frozenset(("zip", "gz", "tgz", "bz2", "xz", "tar", "zst", "7z", "whl", "lz4", "nemo", "rar"))
"""Endings of files that hold others."""
_NO_TEXT = BINARY | _ARCHIVES
_PICKLED = ("training_args.bin", "optimizer.pt", "scheduler.pt")
"""Files that a trainer leaves, pickled: strings are in them as they are, but not always."""
_HEAD = 16 * 1024


class Spot(NamedTuple):
    """Something found in a file that must not be published."""

    file: str
    at: Location
    leak: Leak


class Scan(NamedTuple):
    """What must not be published, and the texts that were not looked through, or not to their end."""

    spots: tuple[Spot, ...]
    left: tuple[str, ...]


def scan(folder: Path, files: tuple[str, ...], stated: Iterable[tuple[str, Mapping[str, str]]]) -> Scan:
    """Look through the texts of a folder, and through what weights state of themselves.

    The beginning of a vocabulary or an index, the whole of other texts up to a limit: 15 MB of tokenizer would take as
    long as everything else, and are words.

    Args:
        folder: The folder.
        files: The paths of its regular files.
        stated: The metadata of binary files, by path.
    """
    left: list[str] = []
    found = [
        Spot(path, location(str(folder / path), data, leak.start), leak)
        for path, data in _texts(folder, files, left)
        for leak in leaks(data)
        if not (leak.personal and ending(path) in _DATA)
    ]
    for path, metadata in stated:
        data = "\n".join(metadata.values()).encode("utf-8", "replace")
        found += [Spot(path, Location(str(folder / path), 1, 1), leak) for leak in leaks(data)]
    return Scan(tuple(found), tuple(left))


def location(name: str, data: bytes, start: int) -> Location:
    """Return where an offset stands, as line and column from 1.

    Args:
        name: The file, as findings name it.
        data: What it holds, from its beginning.
        start: The offset.
    """
    begin = data.rfind(b"\n", 0, start) + 1
    return Location(name, data.count(b"\n", 0, start) + 1, len(data[begin:start].decode("utf-8", "replace")) + 1)


def ending(path: str) -> str:
    """Return what stands after the last dot of a name, lower case; empty where there is none.

    Args:
        path: The path of a file.
    """
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def _is_vocabulary(path: str) -> bool:
    """Whether a file is a long list of words or tensors; nobody writes into the middle of one."""
    name = path.rpartition("/")[2]
    listed = name.startswith("tokenizer") and name.endswith(".json") and "config" not in name
    return listed or name.startswith("vocab.") or name == "merges.txt" or name.endswith(".index.json")


def _as_utf8(data: bytes) -> bytes:
    """A text as UTF-8 where it is UTF-16, as PowerShell's `>` writes it; anything else as it is."""
    order = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(data[:2])
    sample = data[:1024]
    if order is None and len(sample) > 8 and b"\0" in sample:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        share = len(sample) // 2 * 0.6
        order = "utf-16-le" if odd > share > even else "utf-16-be" if even > share > odd else None
    return data.decode(order, "replace").encode() if order else data


def _texts(folder: Path, files: tuple[str, ...], left: list[str]) -> Iterator[tuple[str, bytes]]:
    """The texts that are looked through, those nearest to the top first; `left` gets those that are not, or cut."""
    budget = SCANNED_BYTES
    left += [path for path in files if ending(path) in _ARCHIVES or _is_pickled(path)]
    found = [path for path in files if ending(path) not in _NO_TEXT or _is_pickled(path)]
    found.sort(key=lambda path: path.count("/"))
    left += found[SCANNED_FILES:]
    for path in found[:SCANNED_FILES]:
        words = _is_vocabulary(path)
        try:
            data, size = read_regular(f"{folder}/{path}", min(budget, _HEAD if words else TEXT_LIMIT))
            cut = not words and len(data) < size
        except OSError:
            left.append(path)
            continue
        budget -= len(data)
        left += [path] if cut and path not in left else []
        yield path, data if _is_pickled(path) else _as_utf8(data)


def _is_pickled(path: str) -> bool:
    return path.rpartition("/")[2] in _PICKLED
