"""GGUF headers of every order, length and version: all keys are read, and tensors are held against the file."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from generator import check
from generator.api import load_target
from generator.artifacts.gguf import Gguf, read_gguf
from tests.checks.models import put

TEXT, LIST, U32 = 8, 9, 4


class Writer:
    """Writes a GGUF file key by key, in either byte order."""

    def __init__(self, order: str = "<", version: int = 3) -> None:
        self.order, self.version, self.keys, self.tensors = order, version, [b""][:0], [b""][:0]

    def pack(self, kind: str, *values: int) -> bytes:
        return struct.pack(self.order + kind, *values)

    def text(self, value: str) -> bytes:
        return self.pack("Q", len(value.encode())) + value.encode()

    def key(self, name: str, value: str | int | list[str]) -> Writer:
        if isinstance(value, str):
            packed = self.pack("I", TEXT) + self.text(value)
        elif isinstance(value, int):
            packed = self.pack("II", U32, value)
        else:
            packed = self.pack("IIQ", LIST, TEXT, len(value)) + b"".join(map(self.text, value))
        return self.raw(name, packed)

    def raw(self, name: str, packed: bytes) -> Writer:
        self.keys.append(self.text(name) + packed)
        return self

    def tensor(self, name: str, shape: tuple[int, ...], kind: int, offset: int = 0) -> Writer:
        sizes = self.pack(f"{len(shape)}Q", *shape)
        self.tensors.append(self.text(name) + self.pack("I", len(shape)) + sizes + self.pack("IQ", kind, offset))
        return self

    def bytes(self, tensors: int | None = None, keys: int | None = None) -> bytes:
        counts = len(self.tensors) if tensors is None else tensors, len(self.keys) if keys is None else keys
        head = b"GGUF" + self.pack("IQQ", self.version, *counts) + b"".join(self.keys + self.tensors)
        return head + b"\0" * (-len(head) % 32)


def read(folder: Path, raw: bytes) -> Gguf:
    return read_gguf(put(folder, {"m.gguf": raw}) / "m.gguf")


def kinds(found: Gguf) -> list[str]:
    return [fault.kind for fault in found.faults]


@pytest.mark.parametrize("order", ["<", ">"])
def test_keys_behind_the_vocabulary_are_read(tmp_path: Path, order: str) -> None:
    words = [f"word {number}" for number in range(70_000)]
    made = Writer(order).key("general.name", "M").key("tokenizer.ggml.tokens", words)
    made.raw("tokenizer.ggml.scores", made.pack("IIQ", LIST, 6, 50_000) + bytes(200_000))
    made.key("general.license", "llama2").key("general.file_type", 7)
    assert read(tmp_path, made.bytes()) == Gguf({"name": "M", "license": "llama2", "file_type": "7"})


def test_a_key_behind_twenty_thousand_is_read(tmp_path: Path) -> None:
    made = Writer()
    for number in range(20_000):
        made.key(f"k{number}", number)
    assert read(tmp_path, made.key("general.license", "llama2").bytes()).general == {"license": "llama2"}


def test_lists_of_lists_are_skipped(tmp_path: Path) -> None:
    made = Writer()
    inner = made.pack("IQ", 4, 2) + made.pack("II", 1, 2)
    texts = made.pack("IQ", TEXT, 1) + made.text("a")
    made.raw("x.y", made.pack("IIQ", LIST, LIST, 3) + inner + texts + inner)
    made.raw("general.z", made.pack("IIQ", LIST, LIST, 1) + inner).key("general.tags", ["a", "b"])
    assert read(tmp_path, made.bytes()) == Gguf({"z": "", "tags": "a, b"})


HOSTILE = {
    "more tensors than there are": (Writer().key("general.name", "M").bytes(tensors=291), "truncated"),
    "no end of tensors": (Writer().bytes(tensors=2**63), "truncated"),
    "no end of keys": (Writer().bytes(keys=2**63), "truncated"),
    "a list without end": (Writer().raw("x", struct.pack("<IIQ", LIST, TEXT, 2**63)).bytes(), "truncated"),
    "numbers without end": (Writer().raw("x", struct.pack("<IIQ", LIST, 12, 2**63)).bytes(), "truncated"),
    "a text without end": (Writer().raw("x", struct.pack("<IQ", TEXT, 2**63)).bytes(), "truncated"),
    "a text of texts without end": (
        Writer().raw("x", struct.pack("<IIQQ", LIST, TEXT, 1, 2**64 - 9)).bytes(),
        "truncated",
    ),
    "lists ten deep": (Writer().raw("x", struct.pack("<I", LIST) + struct.pack("<IQ", LIST, 1) * 10).bytes(), "unread"),
    "a key twice": (Writer().key("general.license", "mit").key("general.license", "llama2").bytes(), "unreadable"),
    "an unknown type": (Writer().raw("x", struct.pack("<I", 13)).bytes(), "unreadable"),
    "a version to come": (Writer(version=4).bytes(), "unread"),
    "the first version": (Writer(version=1).bytes(), "unread"),
    "no version": (Writer(version=0).bytes(), "unreadable"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_a_header_announces_is_held_against_the_file(tmp_path: Path, case: str) -> None:
    raw, kind = HOSTILE[case]
    assert kinds(read(tmp_path, raw)) == [kind]


def test_an_endless_file_of_nothing_ends(tmp_path: Path) -> None:
    made = Writer().raw("x", struct.pack("<IIQ", LIST, LIST, 10**9)).bytes(keys=2**40)
    for raw in (made, Writer().bytes(tensors=2**40), Writer().bytes(keys=2**40)):
        path = put(tmp_path, {"m.gguf": raw}) / "m.gguf"
        with path.open("r+b") as stream:
            stream.truncate(1 << 40)
        assert kinds(read_gguf(path)) in (["unread"], ["unreadable"])


@pytest.mark.parametrize(("shape", "kind", "size"), [((4, 4), 0, 64), ((256, 2), 14, 420), ((64,), 2, 36)])
def test_tensors_are_held_against_the_size_of_the_file(
    tmp_path: Path, shape: tuple[int, ...], kind: int, size: int
) -> None:
    for order in "<>":
        raw = Writer(order).key("general.name", "M").tensor("a", (4,), 1).tensor("b", shape, kind, 32).bytes()
        assert read(tmp_path, raw + bytes(32 + size)) == Gguf({"name": "M"})
        assert read(tmp_path, raw + bytes(32 + size + 100)).faults == ()
        assert kinds(read(tmp_path, raw + bytes(32 + size - 1))) == ["truncated"]


def test_a_tensor_of_a_type_to_come_is_no_fault(tmp_path: Path) -> None:
    raw = Writer().tensor("a", (4,), 999).bytes()
    assert read(tmp_path, raw + bytes(8)).faults == ()
    assert kinds(read(tmp_path, Writer().tensor("a", (4,), 999, 10**6).bytes())) == ["truncated"]


def test_a_license_behind_the_vocabulary_is_compared(tmp_path: Path) -> None:
    made = Writer().key("tokenizer.ggml.model", "x").key("general.license", "llama2")
    card = "---\nlicense: apache-2.0\n---\n# M\n"
    found = check(load_target(put(tmp_path, {"m.gguf": made.bytes(), "README.md": card}))).findings
    assert [finding.message for finding in found if finding.rule == "ART110"]
