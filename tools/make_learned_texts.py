"""Learn license texts for identification: `python tools/make_learned_texts.py FOLDER`, with its `index.yaml`.

Writes digests and samples of runs of words to `generator/knowledge/learned_texts.json`; the texts stay where they are.
Texts that were learned from other folders are kept.
Run `make index` afterwards.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

from generator.licenses.known_texts import describe
from generator.licenses.texts import bodies, digest

KNOWLEDGE = Path(__file__).parent.parent / "generator" / "knowledge"


def learned(folder: Path) -> dict[str, Any]:
    """Return what is kept of each text of a folder."""
    found: dict[str, Any] = {}
    for entry in yaml.safe_load((folder / "index.yaml").read_text(encoding="utf-8")):
        path = folder / f"{entry['slug']}.txt"
        if not path.is_file() or entry["slug"].endswith("-incomplete"):
            continue
        text = bodies(path.read_text(encoding="utf-8"))["added by the collector" in (entry["notes"] or "")]
        version = str(entry["version_or_date"]).partition(" (")[0].partition(";")[0]
        version = "" if version.startswith("no ") else version
        if (dated := re.search(r"\d{4}-\d{2}-\d{2}$", entry["slug"])) and not re.match(r"[\d.]+$", version):
            version = dated.group()
        found[entry["slug"]] = {"name": entry["title"], "version": version, "text": digest(text)} | describe(text)
    return found


if __name__ == "__main__":
    path = KNOWLEDGE / "learned_texts.json"
    known = json.loads(path.read_bytes()) | learned(Path(sys.argv[1]))
    path.write_text(json.dumps(known, indent=0, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
