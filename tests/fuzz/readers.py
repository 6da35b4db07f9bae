"""Fuzz the readers of weights and the search for secrets with atheris, by hand; see README.md beside it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports():
    from generator.artifacts import safetensors
    from generator.artifacts.bases import merge_parents
    from generator.artifacts.gguf import read_gguf
    from generator.artifacts.secrets import SHOWN, leaks

safetensors.LONG = 64  # so that the faster way is taken with headers as short as a fuzzer makes them
FILE = Path(tempfile.mkdtemp()) / "weights"


def one(raw: bytes) -> None:
    """Read one input in every way; whatever is raised is a bug."""
    FILE.write_bytes(raw)
    safetensors.read_header(FILE)
    # Most of what a fuzzer finds in a length is a file that is too short, so the header is tried by itself too.
    FILE.write_bytes(len(raw).to_bytes(8, "little") + raw)
    fast = safetensors.read_header(FILE)
    safetensors.LONG, kept = 1 << 40, safetensors.LONG
    slow = safetensors.read_header(FILE)
    safetensors.LONG = kept
    if not fast.faults:
        assert fast == slow, (fast, slow)
    FILE.write_bytes(raw)
    read_gguf(FILE)
    assert all(leak.personal or len(leak.shown) <= SHOWN for leak in leaks(raw))
    list(merge_parents(raw.decode("utf-8", "replace")))


atheris.Setup(sys.argv, one)
atheris.Fuzz()
