"""From a record or a card to a release file, and from a release file to a record."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
import yaml

from generator import build, load_release, openness

from ..command import charter
from ..conftest import EXAMPLES, SHARED
from .test_records import HEAD, RECORDS, record, shared


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command."""
    return charter(*arguments)


def imported(source: Path, folder: Path) -> str:
    """What was told; the release file is in the folder."""
    done = run("import", str(source), "-o", str(folder / "release.yaml"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(folder / "release.yaml")
    return done.stderr


def same_class(source: Path, folder: Path) -> None:
    """What was imported reaches the class of the record."""
    told = imported(source, folder)
    assert "Traceback" not in told
    ours, theirs = openness(folder).mof, openness(source).mof
    assert (ours.level, ours.progress) == (theirs.level, theirs.progress), source.name


@pytest.mark.parametrize("path", sorted(RECORDS.glob("*.yml")), ids=lambda path: path.stem)
def test_a_record_becomes_a_release_file_of_the_same_class(path: Path, tmp_path: Path) -> None:
    same_class(path, tmp_path)


@shared
@pytest.mark.parametrize("name", ["Amber", "Aquila-VL-2B", "BLOOM", "Granite-4.0-Micro", "Llama-2-7B", "Polyglot-Ko"])
def test_real_records_become_release_files(name: str, tmp_path: Path) -> None:
    same_class(SHARED / "mof" / "models" / f"{name}.yml", tmp_path)


def test_what_has_no_place_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mof.yml"
    path.write_text(
        f"{HEAD}release:\n"
        "  name: Borealis\n  producer: Lab\n  origin: something\n  type: multimodal\n  architecture: undisclosed\n"
        "  treatment: pre-trained\n  date: soon\n  huggingface: https://huggingface.co/lab/borealis\n  extra: 1\n"
        "  components:\n    - {name: Training data, license: MIT}\n"
        "    - {name: Datasets, license: Component not included}\n"
        "    - {name: Model card, license: Our terms, license_path: 'https://x.org/terms', component_path: nowhere}\n",
        encoding="utf-8",
    )
    told = imported(path, tmp_path)
    for word in ("origin", "multimodal", "undisclosed", "treatment", "soon", "extra", "Training data", "Component not"):
        assert word in told
    assert "component_path" in told
    release = load_release(tmp_path)
    assert release.release.repo == "lab/borealis"
    (card,) = release.documents
    assert card.license == "LicenseRef-Our-terms"
    assert release.licenses["LicenseRef-Our-terms"].url == "https://x.org/terms"


def test_nothing_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text("mine", encoding="utf-8")
    source = next(RECORDS.glob("*.yml"))
    done = run("import", str(source), "-o", str(tmp_path / "release.yaml"))
    assert done.returncode == 2
    assert (tmp_path / "release.yaml").read_text(encoding="utf-8") == "mine"


def test_a_card_becomes_a_release_file(tmp_path: Path) -> None:
    card = tmp_path / "card" / "README.md"
    card.parent.mkdir()
    card.write_text(
        "---\nlicense: apache-2.0\nlanguage: [en]\nbase_model: lab/base\ndatasets: [lab/data]\n---\n# Borealis\n\n"
        "<!-- charter:begin x -->\n## Uses\n\nAnswering.\n\n<!-- charter:end {} -->\n",
        encoding="utf-8",
    )
    imported(card, tmp_path)
    release = load_release(tmp_path)
    assert release.release.name == "Borealis"
    (weights,) = release.layers.weights
    assert (weights.license, weights.availability) == ("Apache-2.0", "released")
    assert [upstream.ref for upstream in weights.derived_from] == ["lab/base", "lab/data"]
    assert release.card.intended_use == "Answering.\n"


@pytest.mark.parametrize("content", ["charter: 1\nrelease: {name: X}\n", "a: [", "", "text", "--- \n"])
def test_what_is_neither_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "file.yml").write_text(content, encoding="utf-8")
    done = run("import", str(tmp_path / "file.yml"))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and done.stderr


def with_outputs(example: Path, folder: Path, *outputs: str) -> Path:
    """A copy of an example that asks for more."""
    import shutil

    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("expected"))
    path = folder / "release.yaml"
    source = path.read_text(encoding="utf-8")
    lines = [line for line in source.splitlines() if not line.startswith("outputs:")]
    path.write_text("\n".join([*lines, f"outputs: [{', '.join(outputs)}]"]) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
@pytest.mark.parametrize("mode", ["default", "reference"])
def test_a_written_record_reads_back_to_the_same_class(example: Path, mode: str, tmp_path: Path) -> None:
    folder = with_outputs(example, tmp_path / "it", "card", "licenses", "mof")
    written = build(load_release(folder))["mof.yml"]
    (tmp_path / "mof.yml").write_bytes(written)
    ours, theirs = openness(folder, mode=mode).mof, openness(tmp_path / "mof.yml", mode=mode).mof
    assert (ours.level, ours.progress, ours.classes) == (theirs.level, theirs.progress, theirs.classes)
    stated = yaml.safe_load(written)
    assert isinstance(stated["framework"]["date"], str)
    assert isinstance(stated["release"].get("date", ""), str)
    assert isinstance(stated["release"].get("version", ""), str)


@shared
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_a_written_record_is_valid_by_the_framework(example: Path, tmp_path: Path) -> None:
    schema = json.loads((SHARED / "mof" / "mof_schema.json").read_text("utf-8"))
    folder = with_outputs(example, tmp_path / "it", "card", "licenses", "mof")
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(
        yaml.safe_load(build(load_release(folder))["mof.yml"])
    )


def test_a_record_keeps_what_it_can(tmp_path: Path) -> None:
    source = record(tmp_path, [("Model card", "MIT"), ("Model parameters (Final)", "llama2")])
    text = source.read_text(encoding="utf-8").replace(
        "name: Borealis",
        "name: Borealis\n  version: 1.10\n  date: 2025-01-01\n  type: language\n  architecture: decoder",
    )
    source.write_text(text, encoding="utf-8")
    imported(source, tmp_path)
    path = tmp_path / "release.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "outputs: [mof]\n", encoding="utf-8")
    stated = yaml.safe_load(build(load_release(tmp_path))["mof.yml"])
    kept = {"name", "version", "date", "type", "architecture", "producer"}
    before = yaml.load(text, Loader=yaml.BaseLoader)["release"]
    assert {key: stated["release"][key] for key in kept} == {key: before[key] for key in kept}
    assert [row["license"] for row in stated["release"]["components"]] == ["LicenseRef-llama2", "MIT"]


def test_badges_are_local_and_have_words(tmp_path: Path) -> None:
    example = next(path for path in EXAMPLES if path.name == "all-open")
    bundle = build(load_release(with_outputs(example, tmp_path / "it", "card", "licenses", "badges")))
    card = bundle["README.md"].decode()
    for name in ("program", "source", "mof", "osaid"):
        picture = bundle[f"badges/{name}.svg"].decode()
        root = ET.fromstring(picture)
        title = root.find("{http://www.w3.org/2000/svg}title")
        assert title is not None and title.text
        assert root.attrib["role"] == "img" and root.attrib["aria-label"] == title.text
        assert f"![{title.text}](badges/{name}.svg)" in card.replace("\\", "")
        assert "href" not in picture and "http" not in picture.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize("path", sorted(RECORDS.glob("*.yml"))[:3], ids=lambda path: path.stem)
def test_a_record_is_a_target_of_rights_and_check(path: Path) -> None:
    found = json.loads(run("rights", str(path), "--format", "json").stdout)
    assert found["target"] == str(path)
    assert {layer["layer"] for layer in found["layers"]} >= {"weights"}
    report = run("check", str(path), "--format", "json")
    assert report.returncode in (0, 1)
    assert json.loads(report.stdout)["schema"] == "modelcharter.report/1"


def test_a_card_is_a_target_of_openness(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n# Tern\n", encoding="utf-8")
    by_card = json.loads(run("openness", str(tmp_path / "README.md"), "--format", "json").stdout)
    by_folder = json.loads(run("openness", str(tmp_path), "--format", "json").stdout)
    assert by_card | {"target": ""} == by_folder | {"target": ""}
