"""Tables for audits, and the same cards in a cache of the Hub."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("duckdb")

SAMPLE = Path(__file__).parent / "sample" / "hub_sample.parquet"
Rows = Iterable[dict[str, Any]]


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as JSON Lines, and return the file."""

    def write(rows: Rows, name: str = "models.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Rows, Rows], dict[str, Path]]:
    """Put cards into a cache of the Hub, and return the folder of each model."""

    def fill(models: Rows, datasets: Rows) -> dict[str, Path]:
        cache = tmp_path / "hub"
        folders: dict[str, Path] = {}
        for kind, rows in (("models", models), ("datasets", datasets)):
            for row in rows:
                repo = cache / f"{kind}--{row['id'].replace('/', '--')}"
                folder = repo / "snapshots" / ("a" * 40)
                folder.mkdir(parents=True)
                (repo / "refs").mkdir()
                (repo / "refs" / "main").write_text("a" * 40, encoding="ascii")
                card = {key: value for key, value in row.items() if key != "id" and value is not None}
                text = yaml.safe_dump(card, allow_unicode=True)
                (folder / "README.md").write_text(f"---\n{text}---\n# {row['id']}\n", encoding="utf-8")
                if kind == "datasets":
                    (folder / "data.parquet").write_bytes(b"PAR1")
                else:
                    folders[row["id"]] = folder
        cache.mkdir(exist_ok=True)
        monkeypatch.setenv("HF_HUB_CACHE", str(cache))
        return folders

    return fill
