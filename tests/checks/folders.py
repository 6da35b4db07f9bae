"""Model folders for the tests of the gate, judged through the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.command import charter

RELEASE = """\
charter: 1
release: {name: Borealis, repo: lab/borealis, copyright: 2026 Lab, task: text-generation, languages: [en]}
layers: {weights: {availability: released, license: Apache-2.0, files: ["*.safetensors"]}}
"""
SECTIONS = """\
card:
  intended_use: Chat.
  limitations: It makes things up.
  how_to_use: Ask it.
  evaluation: It has not been evaluated.
"""
CARD = """\
---
license: apache-2.0
---
# Borealis

## Intended use

Chat.

## Limitations

It makes things up.

## How to use

Ask it.

## Evaluation

None was made.
"""


Finding = dict[str, Any]


def findings(folder: Path, files: Mapping[str, str | bytes], *families: str) -> list[Finding]:
    """Write files into a folder and return what the gate says of it, of some families or rules."""
    return judged(folder, [files], *families)[0]


def judged(folder: Path, cases: Sequence[Mapping[str, str | bytes]], *families: str) -> list[list[Finding]]:
    """Write a folder for each case, and return what the gate says of each; one call judges them all."""
    for number, files in enumerate(cases):
        (folder / str(number)).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            path = folder / str(number) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    targets = [str(number) for number in range(len(cases))]
    done = charter("check", *targets, "--format", "json", cwd=folder)
    assert done.stderr == "", done.stderr
    reports = json.loads(done.stdout)
    reports = reports if isinstance(reports, list) else [reports]
    return [[found for found in report["findings"] if found["rule"].startswith(families)] for report in reports]


def spots(found: list[Finding]) -> list[tuple[str, str, int, int]]:
    """Rule, file, line and column of findings; files by their place in the folder."""
    places = [(finding["rule"], place) for finding in found for place in finding["places"]]
    return [(rule, at["file"].partition("/")[2], at["line"], at["column"]) for rule, at in places]
