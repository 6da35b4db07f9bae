"""Model folders as tests need them: headers of weights by hand, and what `charter check` says of a folder."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

from tests.command import charter

RELEASE = """\
charter: 1
release: {name: Borealis, repo: lab/borealis, copyright: 2026 Lab, task: text-generation, languages: [en]}
"""
APACHE = RELEASE + 'layers: {weights: {availability: released, license: Apache-2.0, files: ["*.safetensors"]}}\n'
SIZES = {"F32": 4, "BF16": 2, "F16": 2, "U8": 1, "I64": 8}


def safetensors(
    tensors: dict[str, tuple[str, list[int]]] | None = None, metadata: dict[str, str] | None = None, cut: int = 0
) -> bytes:
    """A file as the library writes it, with zeros for numbers; `cut` bytes are missing at its end."""
    head: dict[str, Any] = {"__metadata__": metadata} if metadata else {}
    end = 0
    for name, (dtype, shape) in (tensors or {"a": ("F32", [4, 4])}).items():
        size = SIZES[dtype]
        for number in shape:
            size *= number
        head[name] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + size]}
        end += size
    return header(head) + b"\0" * (end - cut)


def header(value: object) -> bytes:
    """The head of a file with any header."""
    raw = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return struct.pack("<Q", len(raw)) + raw


def gguf(**general: str | int) -> bytes:
    """The head of a GGUF file that states these keys; `_` stands for a dot."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    pairs = b""
    for key, value in general.items():
        packed = struct.pack("<I", 8) + text(value) if isinstance(value, str) else struct.pack("<II", 4, value)
        pairs += text(f"general.{key}") + packed
    return struct.pack("<4sIQQ", b"GGUF", 3, 0, len(general)) + pairs


def put(folder: Path, files: dict[str, Any]) -> Path:
    """Write files below a folder: text, bytes, or JSON."""
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = (
            value
            if isinstance(value, bytes)
            else value.encode()
            if isinstance(value, str)
            else json.dumps(value).encode()
        )
        path.write_bytes(raw)
    return folder


def check(folder: Path, *more: str, timeout: float = 180) -> list[dict[str, Any]]:
    """The findings of a folder, from the command line."""
    done = charter("check", folder, "--format", "json", *more, timeout=timeout)
    assert done.stderr == "", done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return found


def told(folder: Path, rule: str) -> list[tuple[str, str, int, int]]:
    """Severity, file within the folder, line and column of what one rule says."""
    return [
        (
            f["severity"],
            place["file"].removeprefix(f"{folder}/"),
            place["line"],
            place["column"],
        )
        for f in check(folder)
        for place in f["places"]
        if f["rule"] == rule
    ]
