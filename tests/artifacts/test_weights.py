"""Readers of weights: what the library writes has no fault, any change of it has one, and nothing else raises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import check
from generator.api import load_target
from generator.artifacts.gguf import read_gguf
from generator.artifacts.safetensors import LONG, Header, read_header
from generator.artifacts.secrets import SHOWN, leaks
from tests.checks.models import SIZES, gguf, header, put
from tests.effort import examples

SAME_FOLDER = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=examples(60)
)
NAMES = st.text(st.characters(codec="utf-8", min_codepoint=32, exclude_characters='"\\'), min_size=1, max_size=20)
TENSORS = st.dictionaries(
    NAMES.filter(lambda name: name != "__metadata__"),
    st.tuples(st.sampled_from(sorted(SIZES)), st.lists(st.integers(0, 9), max_size=3)),
    min_size=1,
    max_size=30,
)
METADATA = st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def laid_out(tensors: dict[str, tuple[str, list[int]]], padding: int = 0) -> tuple[dict[str, Any], int]:
    """A header and the bytes that follow it; `padding` makes it long with tensors that hold nothing."""
    head: dict[str, Any] = {}
    end = 0
    for name, (dtype, shape) in tensors.items():
        size = SIZES[dtype]
        for number in shape:
            size *= number
        head[name] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + size]}
        end += size
    for number in range(padding):
        head[f"a long name that nobody has chosen {number}"] = {
            "dtype": "F32",
            "shape": [0],
            "data_offsets": [end, end],
        }
    return head, end


def read(folder: Path, raw: bytes) -> Header:
    return read_header(put(folder, {"x.safetensors": raw}) / "x.safetensors")


@SAME_FOLDER
@given(TENSORS, METADATA)
def test_spacing_and_order_and_length_of_a_header_do_not_matter(
    tmp_path: Path, tensors: dict[str, tuple[str, list[int]]], metadata: dict[str, str]
) -> None:
    head, size = laid_out(tensors, padding=LONG // 100)
    whole = {"__metadata__": metadata, **head} if metadata else head
    plain = read(tmp_path, header(json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode()) + b"\0" * size)
    spaced = read(tmp_path, header(json.dumps(whole, indent=1).encode()) + b"\0" * size)
    turned = read(tmp_path, header(json.dumps(dict(reversed(whole.items()))).encode()) + b"\0" * size)
    assert plain == spaced == turned
    assert plain.faults == ()
    assert plain.tensors == len(head)
    assert plain.metadata == metadata


@SAME_FOLDER
@given(TENSORS, st.integers(0, 1), st.integers(1, 9), st.booleans(), st.data())
def test_any_other_offset_is_a_fault(
    tmp_path: Path, tensors: dict[str, tuple[str, list[int]]], side: int, by: int, long: bool, data: st.DataObject
) -> None:
    head, size = laid_out(tensors, padding=LONG // 100 if long else 0)
    name = data.draw(st.sampled_from(sorted(tensors)))
    head[name]["data_offsets"][side] += by
    assert read(tmp_path, header(head) + b"\0" * size).faults


@SAME_FOLDER
@given(TENSORS, st.integers(-9, 9).filter(bool))
def test_a_file_that_is_shorter_or_longer_is_a_fault(
    tmp_path: Path, tensors: dict[str, tuple[str, list[int]]], by: int
) -> None:
    head, size = laid_out(tensors)
    raw = header(head) + b"\0" * (size + max(by, 0))
    assert read(tmp_path, raw[: by if by < 0 else None]).faults


@SAME_FOLDER
@given(st.dictionaries(st.text(max_size=5), JSON, max_size=5) | JSON)
def test_any_json_in_place_of_a_header_ends_in_a_header(tmp_path: Path, value: Any) -> None:  # noqa: ANN401
    read(tmp_path, header(value))


@SAME_FOLDER
@given(st.binary(max_size=300), st.sampled_from([b"", b"GGUF\x03\0\0\0", b"\x10\0\0\0\0\0\0\0{", gguf(name="x")]))
def test_any_bytes_end_in_findings(tmp_path: Path, raw: bytes, start: bytes) -> None:
    folder = put(
        tmp_path, {"README.md": "# A model\n", "x.safetensors": start + raw, "x.gguf": start + raw, "x.bin": raw}
    )
    put(folder, {"config.json": raw, "model.safetensors.index.json": raw, "mergekit_config.yml": raw, "LICENSE": raw})
    assert check(load_target(folder)).findings


@SAME_FOLDER
@given(st.data(), st.binary(min_size=1, max_size=4))
def test_a_gguf_header_with_other_bytes_is_read_or_told(tmp_path: Path, data: st.DataObject, other: bytes) -> None:
    raw = gguf(architecture="llama", name="A model", license="mit", file_type=7)
    at = data.draw(st.integers(0, len(raw)))
    found = read_gguf(put(tmp_path, {"x.gguf": raw[:at] + other + raw[at + len(other) :]}) / "x.gguf")
    assert found.faults or found.general
    assert read_gguf(put(tmp_path, {"x.gguf": raw[:at]}) / "x.gguf").faults or at == len(raw)


@given(st.binary(max_size=200), st.sampled_from([b"hf_", b"AKIA", b"https://a:", b"/home/", b"eyJ", b"-----BEGIN "]))
def test_no_secret_is_returned_whole(raw: bytes, start: bytes) -> None:
    for leak in leaks(start + raw):
        assert leak.personal or len(leak.shown) <= SHOWN
