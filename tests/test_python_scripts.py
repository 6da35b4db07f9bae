"""What scripts and notebooks use: releases of folders and mappings, HTML, threads, and nothing is printed."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import CharterError, Release, Report, build, check, format_release, load_release, rights
from generator.checks.report import Finding
from generator.errors import ReleaseError
from generator.licenses.summary import Point, RightsSummary

from .command import charter
from .conftest import EXAMPLES


def model_folder(folder: Path) -> Path:
    """What a training run leaves: a configuration, weights, a card."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"architectures": ["BertModel"], "model_type": "bert"}))
    (folder / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    (folder / "README.md").write_text("---\nlicense: mit\nbase_model: org/base\n---\n# Smew\n")
    return folder


def test_a_release_of_a_folder_is_what_init_writes(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "smew")
    release = Release.from_folder(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "config.json", "model.safetensors"]
    assert charter("init", folder, "--defaults").returncode == 0
    assert load_release(folder) == release
    assert release.layers.weights[0].license == "MIT"
    with pytest.raises(CharterError, match="a release file already") as caught:
        Release.from_folder(folder)
    assert "load_release" in caught.value.remedy


@pytest.mark.parametrize("place", ["nowhere", "", "file"])
def test_a_folder_that_is_none_is_an_error(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CharterError):
        Release.from_folder(str(tmp_path / place) if place else "")


@pytest.mark.parametrize("example", EXAMPLES[:4], ids=lambda path: path.name)
def test_a_release_of_a_mapping_equals_the_one_of_its_file(example: Path) -> None:
    text = (example / "release.yaml").read_text(encoding="utf-8")

    class Core(yaml.SafeLoader):
        """As YAML 1.2 has it: `no` and dates are text."""

    numbers = {"tag:yaml.org,2002:int", "tag:yaml.org,2002:null"}
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers.items()
    Core.yaml_implicit_resolvers = {k: [r for r in found if r[0] in numbers] for k, found in resolvers}
    read = load_release(example)
    values = yaml.load(text, Loader=Core)
    for result in values.get("results", []):
        result["value"] = next(r.value for r in read.results if str(r.value) == str(result["value"]))
    release = Release.from_dict(values, example)
    assert release == read
    assert dict(build(release)) == dict(build(read))


def test_every_error_of_a_mapping_is_reported() -> None:
    values: dict[str, Any] = {
        "charter": 1,
        "release": {"name": "Smew", "date": datetime.date(2026, 5, 2), "sumary": "x"},
        "layers": {"weights": {"availability": "relesed", "license": "mitt", "form": "merge"}},
        "training": {"energy_kwh": 1.5, "emissions_kg": "much"},
    }
    with pytest.raises(ReleaseError) as caught:
        Release.from_dict(values)
    said = str(caught.value).splitlines()
    assert [line.partition(": ")[0] for line in said] == [
        "Release.layers.weights.availability",
        "Release.layers.weights.form",
        "Release.layers.weights.license",
        "Release.release.sumary",
        "Release.training.emissions_kg",
    ]
    assert "Did you mean `released`?" in said[0]
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ReleaseError, match="nested deeper"):
        Release.from_dict({"charter": 1, "release": endless})


def test_a_mapping_that_changes_later_changes_nothing() -> None:
    tags = ["a"]
    release = Release.from_dict({"charter": 1, "release": {"name": "Smew", "tags": tags}}, "/tmp")
    tags.append("b")
    assert release.release.tags == ("a",)
    assert release.folder == Path("/tmp")


class _Tags(HTMLParser):
    """The elements and texts of a piece of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


HOSTILE = '<script>alert(1)</script> & "x" {{ 7 * 7 }} \x1b[31m\u202e'


def test_a_report_is_html_in_a_notebook_and_values_are_text() -> None:
    finding = Finding("LIN201", HOSTILE, "error", None, HOSTILE, HOSTILE, 3, 4, HOSTILE, HOSTILE)
    html = Report(HOSTILE, (finding,))._repr_html_()
    found = _Tags(html)
    assert not found.open
    assert "script" not in found.seen
    assert "&lt;script&gt;" in html
    assert "Not ready: 1 error" in html
    assert not {"\x1b", "\u202e"} & set(html)
    assert _Tags(Report("Smew", ())._repr_html_()).seen == {"div", "p", "strong"}


def test_rights_in_brief_are_html_in_a_notebook() -> None:
    html = rights("llama2").layers[0].summary._repr_html_()
    assert not _Tags(html).open
    for words in ("You may (with the conditions below)", "You must", "You may not", "Not legal advice."):
        assert words in html
    point = Point(("use",), HOSTILE, ())
    hostile = RightsSummary((point,), (), False, (), (), (), ())._repr_html_()
    assert "script" not in _Tags(hostile).seen


def test_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    release = Release.from_folder(model_folder(tmp_path / "smew"))
    release = replace(release, release=replace(release.release, copyright="2026 Lab"))
    check(release)
    build(release).write(tmp_path / "dist")
    rights(release)
    with pytest.raises(CharterError):
        check(Release.from_dict({"charter": 1, "release": {"name": "Smew"}})).raise_for_errors()
    assert capfd.readouterr() == ("", "")


def test_threads_get_the_same_bytes(tmp_path: Path) -> None:
    folders = [model_folder(tmp_path / f"{number}" / "smew") for number in range(12)]

    def work(folder: Path) -> tuple[dict[str, bytes], str]:
        release = Release.from_folder(folder)
        release = replace(release, release=replace(release.release, copyright="2026 Lab"))
        bundle = build(release)
        bundle.write(folder / "dist")
        return dict(bundle), check(release).verdict + format_release(release)

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(work, folders))
    assert all(one == found[0] for one in found)


def test_the_type_costs_no_more_at_import() -> None:
    code = "import sys; from modelcharter import Release; print('generator.api' in sys.modules, 'yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("False")
