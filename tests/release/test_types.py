"""Releases that are made in Python: typed, checked, frozen, and equal to those that are read."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import inspect
import pickle
import pydoc
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import generator
from generator import (
    Acceptance,
    Card,
    CharterError,
    Item,
    Layers,
    LocalTerms,
    ModelInfo,
    Publisher,
    Release,
    ReleaseInfo,
    Result,
    ResultDataset,
    Upstream,
    load_release,
)
from generator.errors import ReleaseError, ReleaseFileError
from generator.release.reader import parse_release

from ..conftest import EXAMPLES

FILE = """
charter: 1
release:
  name: Borealis 7B
  version: 1.10
  date: 2026-05-02
  publisher: {name: Borealis Lab}
  languages: [en, no]
model: {parameters: 6738415616}
layers:
  data: {availability: withheld, license: LicenseRef-ours}
  weights:
    availability: released
    license: llama2
    files: ["*.safetensors"]
    derived_from:
      - {ref: meta-llama/Llama-2-7b-hf, relation: finetune, license: llama2}
documents:
  - {component: technical-report, availability: released, license: cc-by-4.0}
licenses:
  LicenseRef-ours: {name: Our terms, limits: [noncommercial]}
card: {intended_use: Chat.}
results:
  - {task: text-generation, dataset: {name: MMLU}, metric: accuracy, value: 51.20}
rules: {CARD103: off}
accept: [{rule: LIN203, reason: Counsel confirmed.}]
outputs: [card, licenses, reuse]
"""


def made() -> Release:
    """The release of the file above."""
    return Release(
        charter=1,
        release=ReleaseInfo(
            name="Borealis 7B",
            version="1.10",
            date=datetime.date(2026, 5, 2),
            publisher=Publisher(name="Borealis Lab"),
            languages=("en", "no"),
        ),
        model=ModelInfo(parameters=6738415616),
        layers=Layers(
            data=(Item(availability="withheld", license="LicenseRef-ours"),),
            weights=(
                Item(
                    availability="released",
                    license="llama2",
                    files=("*.safetensors",),
                    derived_from=(Upstream(ref="meta-llama/Llama-2-7b-hf", relation="finetune", license="llama2"),),
                ),
            ),
        ),
        documents=(Item(component="technical-report", availability="released", license="cc-by-4.0"),),
        licenses={"LicenseRef-ours": LocalTerms(name="Our terms", limits=("noncommercial",))},
        card=Card(intended_use="Chat."),
        results=(
            Result(
                task="text-generation", dataset=ResultDataset(name="MMLU"), metric="accuracy", value=Decimal("51.20")
            ),
        ),
        rules={"CARD103": "off"},
        accept=(Acceptance(rule="LIN203", reason="Counsel confirmed."),),
        outputs=("card", "licenses", "reuse"),
    )


def test_a_release_made_in_python_equals_the_one_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(FILE, encoding="utf-8")
    read = load_release(tmp_path)
    assert made() == read
    assert hash(made()) == hash(read)
    assert read.layers.weights[0].license == "LicenseRef-llama2"
    assert read.documents[0].license == "CC-BY-4.0"


def test_lists_and_single_items_are_taken_as_the_file_takes_them() -> None:
    one: Any = Item(availability="released", license="MIT")
    files: Any = ["*.safetensors"]
    assert Layers(weights=one) == Layers(weights=(one,))
    assert Item(availability="released", files=files).files == ("*.safetensors",)


ITEM: dict[str, Any] = {"availability": "released"}


@pytest.mark.parametrize(
    ("part", "values", "written"),
    [
        (Item, {"availability": "relesed"}, "layers: {weights: {availability: relesed}}"),
        (Item, ITEM | {"url": "borealis"}, "layers: {weights: {availability: released, url: borealis}}"),
        (Item, ITEM | {"files": ("../x",)}, "layers: {weights: {availability: released, files: [../x]}}"),
        (Item, ITEM | {"files": "x"}, "layers: {weights: {availability: released, files: x}}"),
        (Item, ITEM | {"name": "a\nb"}, 'layers: {weights: {availability: released, name: "a\\nb"}}'),
        (Item, ITEM | {"sha256": "12"}, "layers: {weights: {availability: released, sha256: 12}}"),
        (ModelInfo, {"parameters": 0}, "model: {parameters: 0}"),
        (ModelInfo, {"parameters": "7"}, 'model: {parameters: "7"}'),
        (Acceptance, {"rule": "LIN999", "reason": "x"}, "accept: [{rule: LIN999, reason: x}]"),
        (LocalTerms, {"name": "x", "limits": ("nc",)}, "licenses: {LicenseRef-x: {name: x, limits: [nc]}}"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_in_the_words_of_the_file(
    part: type[Item], values: dict[str, Any], written: str
) -> None:
    with pytest.raises(CharterError) as in_python:
        part(**values)
    with pytest.raises(ReleaseFileError) as in_file:
        parse_release(f"charter: 1\nrelease: {{name: Borealis}}\n{written}\n")
    (here,), (there,) = in_python.value.complaints, in_file.value.complaints  # type: ignore[attr-defined]
    assert (here.message, here.remedy) == (there.message, there.remedy)
    assert there.path.endswith(here.path)
    assert str(in_python.value) == f"{part.__name__}.{here.path}: {here.message} {here.remedy}".rstrip()


def test_all_wrong_values_are_reported_at_once() -> None:
    wrong: Any = {"availability": "relesed", "url": "x", "files": ("/a", "b", "")}
    with pytest.raises(ReleaseError) as caught:
        Item(**wrong)
    assert [c.path for c in caught.value.complaints] == ["availability", "files[0]", "files[2]", "url"]


@pytest.mark.parametrize(
    ("layers", "path", "message"),
    [
        ({"weights": {"license": "apache-3"}}, "layers.weights[0].license", "'apache-3' is not a license id."),
        ({"data": {"license": "LicenseRef-mine"}}, "layers.data[0].license", "'LicenseRef-mine' is not a license id."),
        ({"weights": {"form": "adapter"}}, "weights[0].form", "`form` belongs to deltas, not to weights."),
        ({"weights": {"component": "datasets"}}, "weights[0].component", "'datasets' belongs to data, not to weights."),
    ],
)
def test_what_does_not_fit_the_release_is_refused(layers: dict[str, Any], path: str, message: str) -> None:
    items = {layer: (Item(availability="released", **values),) for layer, values in layers.items()}
    with pytest.raises(ReleaseError) as caught:
        Release(charter=1, release=ReleaseInfo(name="Borealis"), layers=Layers(**items))
    assert [(c.path, c.message) for c in caught.value.complaints] == [(path, message)]
    assert caught.value.complaints[0].remedy


def test_the_license_of_a_source_is_checked_too() -> None:
    source = Upstream(ref="lab/base", relation="finetune", license="apache-3")
    item = Item(availability="released", license="mit", derived_from=(source,))
    with pytest.raises(ReleaseError, match="Did you mean Apache-2") as caught:
        Release(charter=1, release=ReleaseInfo(name="Borealis"), layers=Layers(weights=(item,)))
    assert caught.value.complaints[0].path == "layers.weights[0].derived_from[0].license"


def test_values_are_frozen_and_changed_by_replace() -> None:
    release = made()
    with pytest.raises(dataclasses.FrozenInstanceError):
        release.release.name = "Other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        release.rules["CARD103"] = "error"  # type: ignore[index]
    info = dataclasses.replace(release.release, name="Other")
    assert dataclasses.replace(release, release=info).release.name == "Other"
    assert release.release.name == "Borealis 7B"
    with pytest.raises(ReleaseError, match=r"ReleaseInfo.repo: 'x' is not a Hub repo id"):
        dataclasses.replace(info, repo="x")


def test_a_constructor_has_the_signature_of_its_fields() -> None:
    for part in (Release, Item, Publisher):
        parameters = inspect.signature(part).parameters
        assert list(parameters) == [field.name for field in dataclasses.fields(part)]
        assert {parameter.kind for parameter in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
        assert f"{part.__name__}(*, " in pydoc.plain(pydoc.render_doc(part))
    optional = inspect.signature(Release).parameters
    assert optional["release"].default is inspect.Parameter.empty
    assert (optional["layers"].default, optional["outputs"].default) == (Layers(), ("card", "licenses"))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"licence": "MIT", "availability": "released"}, r"Item.__init__\(\) got an unexpected keyword .* 'licence'"),
        ({"license": "MIT"}, r"Item.__init__\(\) missing keyword-only argument 'availability'"),
    ],
)
def test_a_wrong_keyword_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        Item(**values)


def test_parts_are_equal_by_type_and_values() -> None:
    item = Item(availability="released")
    assert item == Item(availability="released", name=None)
    assert item != Item(availability="withheld")
    assert Publisher(name="x") != ReleaseInfo(name="x")
    assert len({item, Item(availability="released"), Item(availability="withheld")}) == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del item.name


@pytest.mark.parametrize("example", EXAMPLES[:3], ids=lambda path: path.name)
def test_a_release_can_be_copied_and_sent_to_another_process(example: Path) -> None:
    for release in (made(), load_release(example)):
        assert copy.deepcopy(release) == release
        assert pickle.loads(pickle.dumps(release)) == release
        assert dataclasses.asdict(release)["release"]["name"] == release.release.name


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_a_changed_release_still_knows_its_file(example: Path) -> None:
    read = load_release(example)
    changed = dataclasses.replace(read, card=Card())
    assert changed.folder == example
    assert dataclasses.replace(changed, card=read.card) == read


def test_every_type_of_a_release_is_public() -> None:
    model = sys.modules[Release.__module__]
    parts = {name for name, found in vars(model).items() if dataclasses.is_dataclass(found)}
    assert parts <= set(generator.__all__)
    assert all(getattr(generator, name) is getattr(model, name) for name in parts)


SCRIPT = """
from dataclasses import replace
from modelcharter import Item, Layers, Release, ReleaseInfo, Upstream, load_release

source = Upstream(ref="lab/base", relation="finetune", license="llama2")
item = Item(availability="released", license="llama2", files=("*.safetensors",), derived_from=(source,))
release = Release(charter=1, release=ReleaseInfo(name="Borealis"), layers=Layers(weights=(item,)))
reveal_type(release.layers.weights[0].derived_from[0].license)
reveal_type(load_release("release.yaml").release.date)

Item(availability="released", licence="MIT")
Item(license="MIT")
Item(availability="relesed")
Upstream(ref="lab/base", relation="finetuned")
ReleaseInfo(name=7)
Layers(weights=item)
replace(item, licens="MIT")
replace(item, license=3)
release.release.name = "Other"
"""


def test_a_type_checker_finds_wrong_keywords_and_types(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    root = Path(generator.__file__).parent.parent
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", "--no-error-summary", str(script)]
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout.splitlines()
    lines = {int(line.split(":")[1]): line.split(":", 2)[2] for line in told if ': note: "' not in line}
    expected = {
        8: 'Revealed type is "str | None"',
        9: 'Revealed type is "datetime.date | None"',
        11: 'Unexpected keyword argument "licence" for "Item"',
        12: 'Missing named argument "availability" for "Item"',
        13: 'Argument "availability" to "Item" has incompatible type',
        14: 'Argument "relation" to "Upstream" has incompatible type',
        15: 'Argument "name" to "ReleaseInfo" has incompatible type "int"; expected "str"',
        16: 'Argument "weights" to "Layers" has incompatible type "Item"',
        17: 'Unexpected keyword argument "licens" for "replace" of "Item"',
        18: 'Argument "license" to "replace" of "Item" has incompatible type "int"',
        19: 'Property "name" defined in "ReleaseInfo" is read-only',
    }
    assert lines.keys() == expected.keys()
    for number, text in expected.items():
        assert text in lines[number]
