"""Records of the Model Openness Framework: as the reference evaluator answers, and with its quirks mended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import openness
from generator.errors import CharterError
from generator.openness.facts import components, reference_open
from generator.openness.mof import STATUSES

from ..conftest import SHARED, TESTS

RECORDS = TESTS / "openness" / "records"
EXPECTED: dict[str, Any] = json.loads((RECORDS / "expected.json").read_text("utf-8"))
HEAD = 'framework: {name: Model Openness Framework, version: "1.0", date: "2024-12-15"}\n'
IDS = {component.title: component.id for component in components().values()}
shared = pytest.mark.skipif(not (SHARED / "mof").is_dir(), reason="the framework's own records are not in this repo")


def record(folder: Path, rows: list[tuple[str, str | None]], license_: str = "{}") -> Path:
    """A record of components with their licenses; None where a row has no `license` key."""
    lines = [
        f"    - {{name: {json.dumps(name)}" + (f", license: {json.dumps(text)}}}" if text is not None else "}")
        for name, text in rows
    ]
    body = "\n".join(lines)
    path = folder / "record.yml"
    head = f"{HEAD}release:\n  name: Borealis\n  producer: Lab\n  license: {license_}\n  components:\n"
    path.write_text(head + (body or "    []") + "\n", encoding="utf-8")
    return path


def full(license_: str = "Apache-2.0") -> list[tuple[str, str | None]]:
    """Every component, under one license."""
    return [(title, license_) for title in IDS]


def same_as_reference(path: Path, expected: dict[str, Any], names: dict[str, str]) -> None:
    """Class, percentages and components per status are the evaluator's."""
    grade = openness(path, mode="reference").mof
    found = grade.to_dict()
    assert found["class"] == expected["class"]
    assert {k: pytest.approx(v, abs=1e-9) for k, v in expected["progress"].items()} == found["progress"]
    for level, lists in expected["classes"].items():
        for status in STATUSES:
            wanted = sorted(names[str(name)] for name in lists[status])
            assert list(grade.classes[int(level)][status]) == wanted, (path.name, level, status)
        assert found["missing"][level] == sorted(names[str(name)] for name in lists["missing"])
    assert found["invalid"] == sorted(names[str(name)] for name in expected["classes"]["1"]["invalid"])
    assert found["not_type_appropriate"] == sorted(names[str(name)] for name in expected["not_type_appropriate"])


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_reference_mode_has_the_quirks(name: str) -> None:
    same_as_reference(RECORDS / f"{name}.yml", EXPECTED[name], IDS)


@shared
def test_reference_mode_is_the_evaluator_on_its_own_records() -> None:
    stated = json.loads((SHARED / "mof" / "expected.json").read_text("utf-8"))
    names = {number: IDS[entry["name"]] for number, entry in stated["meta"]["components"].items()}
    for name, expected in stated["files"].items():
        same_as_reference(SHARED / "mof" / name, expected, names)


@shared
def test_the_open_licenses_are_those_of_the_evaluator() -> None:
    stated = json.loads((SHARED / "mof" / "licenses.json").read_text("utf-8"))["licenses"]
    assert reference_open() == {key for key, entry in stated.items() if entry["open"]}


@shared
def test_the_mended_mode_keeps_the_class_of_real_records_and_explains_each_difference() -> None:
    for path in sorted((SHARED / "mof" / "models").glob("*.yml")):
        mended, reference = openness(path).mof, openness(path, mode="reference").mof
        assert mended.level == reference.level, path.name
        assert mended.progress == reference.progress or mended.notes, path.name


@shared
@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("Llama-2-7B", {"no"}),
        # Their records don't mention data, training code or, for Phi-2, parameters; what is not stated is not `no`.
        ("Grok-1", {"unclear"}),
        ("Phi-2", {"unclear"}),
        ("Mixtral-8x7B-v0.1", {"unclear"}),
        ("Pythia-12B", {"yes", "unclear"}),
        ("OLMo-7B", {"yes", "unclear"}),
        ("Amber", {"yes", "unclear"}),
    ],
)
def test_osaid_of_known_models(name: str, answers: set[str]) -> None:
    assert openness(SHARED / "mof" / "models" / f"{name}.yml").osaid.answer in answers


@shared
def test_what_a_record_leaves_out_is_never_a_no(tmp_path: Path) -> None:
    """OSI validated models whose records don't list a component or the license of a paper."""
    for path in sorted((SHARED / "mof" / "models").glob("*.yml")):
        record = yaml.safe_load(path.read_text(encoding="utf-8"))
        rows = record["release"]["components"]
        whole = {entry.id: entry.answer for entry in openness(path).osaid.requirements}
        for number, row in enumerate(rows):
            for left in (
                [*rows[:number], *rows[number + 1 :]],
                [*rows[:number], {**row, "license": "unlicensed"}, *rows[number + 1 :]],
            ):
                shorter = tmp_path / "record.yml"
                record["release"]["components"] = left
                shorter.write_text(yaml.safe_dump(record), encoding="utf-8")
                for entry in openness(shorter).osaid.requirements:
                    assert entry.answer != "no" or whole[entry.id] == "no", (path.name, row["name"], entry.id)
                    assert entry.change


MENDED = [
    ("an alias", [("Model card", "apache 2.0")], "included", "apache 2.0"),
    ("an expression", [("Model card", "MIT OR Apache-2.0")], "included", "expression"),
    ("an expression with a closed part", [("Model card", "MIT AND CC-BY-NC-4.0")], "invalid", ""),
    ("a wrong id in the list", [("Datasets", "PDDL-1.0")], "included", "PDDL-1.0"),
    ("a license the framework names as fit", [("Datasets", "C-UDA-1.0")], "included", "fit for data"),
    ("the same license where it is not named as fit", [("Model card", "C-UDA-1.0")], "invalid", ""),
    ("a later version", [("Datasets", "OpenMDW-1.1")], "included", "LicenseRef-openmdw-1.1"),
    ("approved later", [("Training code", "curl")], "included", "curl"),
    ("no such component", [("Datasets", "Component not included")], "missing", "not released"),
    ("undisclosed", [("Datasets", "Undisclosed")], "missing", "Undisclosed"),
    ("no license stated", [("Datasets", "License not specified")], "unlicensed", "without a license"),
    ("twice, the closed one first", [("Datasets", "CC-BY-NC-4.0"), ("Datasets", "MIT")], "invalid", "more than once"),
    ("twice, the closed one last", [("Datasets", "MIT"), ("Datasets", "CC-BY-NC-4.0")], "invalid", "more than once"),
    ("an unknown name", [("Training data", "MIT")], "missing", "Training data"),
    ("deprecated, without a successor", [("Training code", "Nunit")], "included", "deprecated"),
]


@pytest.mark.parametrize(("rows", "status", "told"), [case[1:] for case in MENDED], ids=[case[0] for case in MENDED])
def test_default_mode_mends_a_quirk_and_says_so(
    tmp_path: Path, rows: list[tuple[str, str | None]], status: str, told: str
) -> None:
    found = openness(record(tmp_path, rows)).mof
    component = IDS.get(rows[0][0], "datasets")
    assert component in found.classes[1][status], found.classes[1]
    assert told in " ".join(found.notes)
    assert bool(found.notes) == bool(told)


def test_a_closed_report_is_not_hidden_by_a_paper(tmp_path: Path) -> None:
    rows = [(t, "CC-BY-NC-4.0" if t == "Technical report" else x) for t, x in full()]
    path = record(tmp_path, rows)
    assert openness(path, mode="reference").mof.level == 1
    found = openness(path).mof
    assert found.level is None
    assert any("does not stand in" in note for note in found.notes)


def test_a_paper_stands_in_for_a_report_that_is_not_there(tmp_path: Path) -> None:
    path = record(tmp_path, [row for row in full() if row[0] != "Technical report"])
    assert openness(path).mof.level == openness(path, mode="reference").mof.level == 1


def test_the_license_of_the_record_is_taken_where_a_row_has_none(tmp_path: Path) -> None:
    rows: list[tuple[str, str | None]] = [("Model card", None), ("Datasets", ""), ("Training code", None)]
    found = openness(record(tmp_path, rows, "{distribution: {name: CC-BY-NC-4.0}, code: {name: MIT}}")).mof
    assert found.classes[1]["included"] == ("training-code",)
    assert found.classes[1]["invalid"] == ("model-card",)
    assert found.classes[1]["unlicensed"] == ("datasets",)


HOSTILE = [
    ("components: 7\n", "release.components: expected a list"),
    ("components: [Datasets]\n", "release.components[0]: expected a component"),
    ("components: [{name: [a]}]\n", "expected text"),
    ("components: [{name: Datasets, license: {a: b}}]\n", "expected text"),
    ("license: MIT\n  components: [{name: Datasets}]\n", "release.license: expected a mapping"),
    ("components: [{name: !!python/object:os.system Datasets}]\n", "tags such as"),
    ("components: [*a]\n", "no anchor"),
    ("components: &a [*a]\n", "inside what it names"),
    ("components: [{name: Datasets}]\n  components: []\n", "second time"),
    ("components: [" + "{name: x}, " * 1001 + "]\n", "1001 components"),
    ("components: [{name: Datasets, license: " + "x" * 10001 + "}]\n", "10001 characters"),
    ("components: " + "[" * 40 + "]" * 40 + "\n", "nested deeper"),
]


@pytest.mark.parametrize(("body", "told"), HOSTILE, ids=[told for _, told in HOSTILE])
def test_a_hostile_record_is_an_error_with_its_place(tmp_path: Path, body: str, told: str) -> None:
    path = tmp_path / "mof.yml"
    path.write_text(f"{HEAD}release:\n  name: X\n  {body}", encoding="utf-8")
    with pytest.raises(CharterError) as caught:
        openness(path)
    assert told in str(caught.value)
    assert f"{path}:" in str(caught.value)


def test_a_date_and_a_version_are_text(tmp_path: Path) -> None:
    path = tmp_path / "mof.yml"
    path.write_text(f"{HEAD}release: {{name: X, date: 2025-01-01, version: 1.10, components: []}}\n", encoding="utf-8")
    assert openness(path).mof.level is None


@pytest.mark.parametrize("body", ["components: {}", "components:", "license: []\n  components: []", "date: []"])
def test_what_php_writes_for_nothing_is_nothing(tmp_path: Path, body: str) -> None:
    path = tmp_path / "mof.yml"
    path.write_text(f"{HEAD}release:\n  name: X\n  {body}\n", encoding="utf-8")
    assert openness(path).mof.level is None


def test_nested_expressions_are_read_or_refused_but_never_crash(tmp_path: Path) -> None:
    for text in (
        "(" * 400 + "MIT" + ")" * 400,
        "(MIT OR " * 300 + "MIT" + ")" * 300,
        "MIT AND " * 300 + "MIT",
        "AND",
        "()",
    ):
        assert openness(record(tmp_path, [("Datasets", text)])).mof.level is None
