"""Safetensors headers: names, types and shapes of tensors, and the metadata; tensor data is never read."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from operator import add, sub
from pathlib import Path
from typing import Any

from generator.artifacts.folder import open_regular
from generator.named_tuple import NamedTuple
from generator.translations import format_number
from generator.translations import gettext as _

HEADER_LIMIT = 25_000_000
"""Bytes of a header that is read (hub.md 5.3: the Hub's client reads no longer one)."""
LONG = 16 * 1024
"""Bytes from which on a header is long enough for a faster way to pay."""
VALUES_LIMIT = 1_000_000
"""Lists and mappings that a header may hold; each tensor has three."""
METADATA_LIMIT = 1024 * 1024
"""Characters of metadata that are kept."""
POINTER = b"version https://git-lfs"
"""How a Git LFS pointer begins, which stands where the file was not fetched."""

# Bits of an element (safetensors, Dtype); a type that is not here is newer than this table, and its size unknown.
_BITS = {
    **dict.fromkeys(("F4",), 4),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("I16", "U16", "F16", "BF16"), 16),
    **dict.fromkeys(("I32", "U32", "F32"), 32),
    **dict.fromkeys(("I64", "U64", "F64", "C64"), 64),
}
_FIXED = {2: b":{", 3: b"dtype", 4: b":", 6: b",", 7: b"shape", 9: b"data_offsets"}
"""What stands between the quotes of a header beside names, types, shapes and offsets, by its place among ten."""
_RANK = 32
_ELEMENTS = 2**63


class Fault(NamedTuple):
    """What is wrong with a file of weights.

    Attributes:
        kind: `pointer`, `truncated`, `offsets`, `unreadable` or `unread`: more than charter reads.
        message: A clause that says what, as it stands after the file's name and a colon.
    """

    kind: str
    message: str


class Header(NamedTuple):
    """What a safetensors file says of itself; what could not be read is empty, and `faults` says why.

    Attributes:
        dtypes: Elements by type.
        metadata: The `__metadata__` texts.
        tensors: How many there are.
        mark: Stands for the set of their names, within one run (`mark_of`).
    """

    dtypes: dict[str, int] = {}  # noqa: RUF012 - nobody writes into it
    metadata: dict[str, str] = {}  # noqa: RUF012
    tensors: int = 0
    mark: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def parameters(self) -> int:
        """Elements of all its tensors."""
        return sum(self.dtypes.values())


def read_header(path: Path) -> Header:
    """Return the header of a file, with what is wrong with it.

    Args:
        path: A regular file.
    """
    try:
        with open_regular(path) as stream:
            size = os.fstat(stream.fileno()).st_size
            head = stream.read(8)
            length = int.from_bytes(head, "little")
            if fault := _length_fault(head + stream.peek(32)[:32], length, size):
                return Header(faults=(fault,))
            raw = stream.read(length)
    except OSError as error:
        return Header(
            faults=(
                Fault("unreadable", _("it cannot be read ({reason})").format(reason=_(error.strerror or str(error)))),
            )
        )
    if length >= LONG and (header := _plain(raw, size - 8 - length)):
        return header
    if raw.count(b"{") + raw.count(b"[") > VALUES_LIMIT:
        return Header(faults=(Fault("unreadable", _("its header holds more values than any model has")),))
    try:
        value: Any = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return Header(faults=(Fault("unreadable", _("its header is not JSON")),))
    if not isinstance(value, dict):
        return Header(faults=(Fault("unreadable", _("its header is not a mapping of tensors")),))
    return _check_header(value, raw, size - 8 - length)


def tensor_names(path: Path) -> frozenset[str]:
    """Return the names of the tensors in a file whose header was found readable.

    Args:
        path: A regular file.
    """
    try:
        with open_regular(path) as stream:
            length = int.from_bytes(stream.read(8), "little")
            return frozenset(json.loads(stream.read(min(length, HEADER_LIMIT)))) - {"__metadata__"}
    except (OSError, ValueError, RecursionError, TypeError):
        return frozenset()


def _length_fault(head: bytes, length: int, size: int) -> Fault | None:
    """What the first bytes show before anything is parsed."""
    if head.startswith(POINTER):
        return Fault("pointer", _("a Git LFS pointer stands in its place"))
    if size < 10:
        return Fault("truncated", _("it has {number} bytes, less than a header needs").format(number=size))
    if length > HEADER_LIMIT:
        return Fault(
            "unreadable",
            _("its header claims {number} bytes; {limit} are the most that are read").format(
                number=format_number(length), limit=format_number(HEADER_LIMIT)
            ),
        )
    if length > size - 8:
        return Fault(
            "truncated",
            _("its header claims {number} bytes, and the file ends after {size}").format(
                number=format_number(length), size=format_number(size)
            ),
        )
    return Fault("unreadable", _("its header is empty")) if length < 2 else None


def _plain(raw: bytes, room: int) -> Header | None:
    """The header where it stands exactly as the library itself writes one, and nothing is wrong; else None.

    Cut at its quotes such a text repeats in tens: the name, `:{`, `dtype`, `:`, the type, `,`, `shape`, the shape,
    `data_offsets`, the offsets. Parsing JSON takes three times as long, and is most of what a large model costs.
    """
    if not raw.startswith(b"{") or not raw.rstrip(b" ").endswith(b"]}}"):
        return None
    metadata, start = {}, 1
    if raw.startswith(b'{"__metadata__":{'):
        start = raw.find(b"}") + 2
        try:
            metadata = json.loads(raw[: start - 1] + b"}")["__metadata__"]
        except ValueError:
            return None
    parts = (raw[start:].rstrip(b" ") + b",").split(b'"')
    names, dtypes, shapes, tails = parts[1::10], parts[5::10], parts[8::10], parts[10::10]
    fixed = all(parts[at::10].count(text) == len(names) for at, text in _FIXED.items())
    if not fixed or len(tails) != len(names) or not raw.isascii() or b"\\" in raw or parts[0]:
        return None
    # The last entry ends with the brace of the header, the others with a comma.
    numbers = b"".join(tails).removesuffix(b"},").removesuffix(b"}").replace(b"]},", b",").removesuffix(b"]")
    bounds = numbers.replace(b":[", b"").split(b",")
    begins, ends = bounds[::2], bounds[1::2]
    if len(ends) != len(names) or begins[1:] != ends[:-1] or begins[:1] != [b"0"] or len(set(names)) != len(names):
        return None
    kinds = list(map(add, dtypes, shapes))
    counts = Counter(kinds)
    try:
        stops = list(map(int, ends))
        sizes = {kind: _parse_dtype(kind) for kind in counts}
    except ValueError:
        return None
    if list(map(b"%d".__mod__, stops)) != ends:
        return None
    if stops[-1] != room or list(map(sub, stops, (0, *stops[:-1]))) != [sizes[kind][2] for kind in kinds]:
        return None
    sums: dict[str, int] = {}
    for kind in sorted(counts):
        dtype, elements, _ = sizes[kind]
        sums[dtype] = sums.get(dtype, 0) + elements * counts[kind]
    return Header(sums, metadata, len(names), mark_of(names))


def mark_of(names: Iterable[bytes]) -> int:
    """Return what stands for a set of names; that of two sets together is the sum of theirs.

    Args:
        names: In UTF-8, each once.
    """
    return sum(map(hash, names))


def _parse_dtype(kind: bytes) -> tuple[str, int, int | None]:
    """Type, elements and bytes of a tensor, as in `BF16:[4096,4096],`.

    Raises:
        ValueError: It is no type, or no shape.
    """
    dtype, _, shape = kind.decode().partition(":[")
    if not shape.endswith("],") or dtype not in _BITS:
        raise ValueError("no tensor of a kind that is known")
    key = (dtype, *(map(int, shape[:-2].split(",")) if shape != "]," else ()))
    return dtype, _elements(key), _bytes_of(key)


def _check_header(value: dict[str, Any], raw: bytes, room: int) -> Header:
    """The header out of its parsed form; `room` is the bytes that follow it."""
    stated = value.pop("__metadata__", {})
    metadata = {k: v for k, v in stated.items() if isinstance(v, str)} if isinstance(stated, dict) else {}
    faults: list[Fault] = []
    if not isinstance(stated, dict) or len(metadata) != len(stated):
        faults.append(Fault("unreadable", _("its metadata is not a mapping of texts")))
    if sum(map(len, metadata.values())) > METADATA_LIMIT:
        metadata = {k: v for k, v in metadata.items() if len(v) < METADATA_LIMIT // 100}
    # A parser keeps the last of two entries with one name, so they are counted in the text.
    if raw.count(b'"dtype"') != len(value) and (name := _twice(raw)) is not None:
        faults.append(Fault("unreadable", _("{name} stands in its header twice").format(name=_quote_name(name))))
    dtypes, spans, fault = _spans(value)
    faults += [found for found in (fault or _span_fault(spans, room),) if found]
    return Header(
        dtypes, metadata, len(value), mark_of(name.encode("utf-8", "surrogatepass") for name in value), tuple(faults)
    )


def _spans(value: dict[str, Any]) -> tuple[dict[str, int], list[tuple[int, int]], Fault | None]:
    """Elements by type, and where each tensor lies; a fault where an entry is none."""
    sizes: dict[tuple[Any, ...], int | None] = {}
    uses: dict[tuple[Any, ...], int] = {}
    spans: list[tuple[int, int]] = []
    fault = None
    for name, entry in value.items():
        try:
            begin, end = entry["data_offsets"]
            if type(begin) is not int or type(end) is not int:
                raise TypeError("an offset is no count")
            # Tensors of one type and shape are many, so each pair is worked out once.
            key = (entry["dtype"], *entry["shape"])
            if key not in sizes:
                sizes[key] = _bytes_of(key)
            wanted = sizes[key]
            if wanted is not None and end - begin != wanted:
                fault = fault or Fault(
                    "offsets",
                    _("{name} has room for {room} bytes, and its shape needs {wanted}").format(
                        name=_quote_name(name), room=format_number(end - begin), wanted=format_number(wanted)
                    ),
                )
            uses[key] = uses.get(key, 0) + 1
            spans.append((begin + 0, end + 0))
        except (TypeError, ValueError, KeyError, OverflowError):
            return {}, [], Fault("unreadable", _("the entry of {name} is no tensor").format(name=_quote_name(name)))
    dtypes: dict[str, int] = {}
    for key, times in uses.items():
        dtypes[key[0]] = dtypes.get(key[0], 0) + _elements(key) * times
    return dict(sorted(dtypes.items())), spans, fault


def _elements(key: tuple[Any, ...]) -> int:
    number = 1
    for size in key[1:]:
        number *= size
    return number


def _bytes_of(key: tuple[Any, ...]) -> int | None:
    """Bytes of a tensor of this type and shape; None where the type is not known.

    Raises:
        ValueError: It is no type, or no shape.
    """
    if len(key) > _RANK + 1 or not isinstance(key[0], str):
        raise ValueError("no tensor has this type or so many dimensions")
    if any(type(size) is not int or not 0 <= size < _ELEMENTS for size in key[1:]):
        raise ValueError("a dimension is no count")
    number = _elements(key)
    if number >= _ELEMENTS:
        raise ValueError("more elements than can be addressed")
    bits = _BITS.get(key[0])
    return None if bits is None else -(-number * bits // 8)


def _span_fault(spans: list[tuple[int, int]], room: int) -> Fault | None:
    """The first hole or overlap, or how the end of the last tensor and the end of the file differ."""
    end = 0
    for begin, stop in sorted(spans):
        if begin != end or stop < begin:
            overlap = begin < end or stop < begin
            text = (
                _("tensors overlap at offset {number}") if overlap else _("no tensor owns the bytes at offset {number}")
            )
            return Fault("offsets", text.format(number=format_number(min(begin, end))))
        end = stop
    if end > room:
        return Fault(
            "truncated",
            _("its tensors end {number} bytes after the file does").format(number=format_number(end - room)),
        )
    return (
        Fault("offsets", _("{number} bytes follow the last tensor").format(number=format_number(room - end)))
        if end < room
        else None
    )


def _twice(raw: bytes) -> str | None:
    """The first key that stands twice in one mapping of the header."""
    found: list[str] = []

    def seen(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        kept = dict(pairs)
        if len(kept) != len(pairs) and not found:
            names = [name for name, _ in pairs]
            found.append(next(name for name in names if names.count(name) > 1))
        return kept

    json.loads(raw.decode("utf-8"), object_pairs_hook=seen)
    return found[0] if found else None


def _quote_name(name: str) -> str:
    return repr(name if len(name) <= 80 else f"{name[:77]}...")
