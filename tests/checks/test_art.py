"""ART, through the command line: each rule where it fires, at its place, and where it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.licenses.texts import spdx_text
from tests.checks.models import APACHE, RELEASE, check, gguf, header, put, safetensors, told

MODEL = {"model.safetensors": safetensors()}
ADAPTER = RELEASE + (
    "layers:\n  deltas:\n    form: adapter\n    availability: released\n    license: MIT\n    files: ['adapter_*']\n"
    "    derived_from: [{ref: REF, license: MIT, relation: adapter, copyright: 2025 Base}]\n"
)
LORA = {"adapter_model.safetensors": safetensors(), "release.yaml": ADAPTER.replace("REF", "lab/base")}
SHARDS = {
    "model-00001-of-00002.safetensors": safetensors({"a": ("F32", [2])}),
    "model-00002-of-00002.safetensors": safetensors({"b": ("F32", [2])}),
}
INDEX = {
    "metadata": {},
    "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"},
}
PARENTS = "models:\n  - model: lab/a\n  - model: lab/b@main+lab/lora\nmerge_method: ties\n"
MERGE = RELEASE + (
    "layers:\n  weights:\n    availability: released\n    license: Apache-2.0\n    files: ['*.safetensors']\n"
    "    derived_from:\n"
    "      - {ref: lab/a, license: Apache-2.0, relation: merge}\n"
    "      - {ref: https://huggingface.co/lab/b, license: Apache-2.0, relation: merge}\n"
    "      - {ref: lab/lora, license: Apache-2.0, relation: merge}\n"
)
QUANTIZED = APACHE.replace(
    '"*.safetensors"]', '"*.safetensors"], derived_from: [{ref: lab/base, license: Apache-2.0, relation: quantized}]'
)
GGUF = APACHE.replace("*.safetensors", "*.gguf")
MIT = spdx_text("MIT") or ""
FULL = spdx_text("Apache-2.0") or ""
SPECIFIED = {"modelspec.license": "MIT"}

CASES: list[tuple[str, dict[str, Any], list[tuple[str, str, int, int]], dict[str, Any]]] = [
    (
        "ART101",
        {"config.json": {}, "release.yaml": APACHE},
        [("error", "release.yaml", 3, 73)],
        {**MODEL, "release.yaml": APACHE},
    ),
    (
        "ART102",
        {**MODEL, "draft.gguf": gguf(name="Draft"), "train.py": "pass\n", "release.yaml": APACHE},
        [("warning", "draft.gguf", 1, 1), ("warning", "train.py", 1, 1)],
        {**MODEL, ".venv/x.py": "pass\n", "notes.txt": "x\n", "release.yaml": APACHE},
    ),
    (
        "ART103",
        {
            **MODEL,
            "train.py": "pass\n",
            "release.yaml": APACHE.replace(
                "{weights",
                "{architecture: {component: training-code, availability: withheld, files: [train.py]}, weights",
            ),
        },
        [("warning", "release.yaml", 3, 82)],
        {
            **MODEL,
            "release.yaml": APACHE.replace(
                "{weights", "{architecture: {availability: withheld, files: [train.py]}, weights"
            ),
        },
    ),
    (
        "ART104",
        {**LORA, "adapter_config.json": '{\n  "r": 8,\n  "base_model_name_or_path": "lab/other"\n}\n'},
        [("warning", "adapter_config.json", 3, 3)],
        {**LORA, "adapter_config.json": {"base_model_name_or_path": "Lab/Base"}},
    ),
    (
        "ART104",
        {**MODEL, "config.json": '{"_name_or_path": "lab/base"}', "release.yaml": APACHE},
        [("warning", "config.json", 1, 2)],
        {**MODEL, "config.json": '{"_name_or_path": "lab/borealis"}', "release.yaml": APACHE},
    ),
    (
        "ART105",
        {**LORA, "adapter_config.json": '{"base_model_name_or_path": "../models/llama"}'},
        [("warning", "adapter_config.json", 1, 2)],
        {**LORA, "adapter_config.json": '{"base_model_name_or_path": "base"}'},
    ),
    (
        "ART106",
        {**MODEL, "config.json": '{\n"quantization_config": {"bits": 4}}', "release.yaml": APACHE},
        [("warning", "config.json", 2, 1)],
        {**MODEL, "config.json": '{"quantization_config": {"bits": 4}}', "release.yaml": QUANTIZED},
    ),
    (
        "ART106",
        {"a.gguf": gguf(name="A", file_type=7), "release.yaml": GGUF},
        [("warning", "a.gguf", 1, 1)],
        {"a.gguf": gguf(name="A", file_type=1), "release.yaml": GGUF},
    ),
    (
        "ART107",
        {**MODEL, "mergekit_config.yml": PARENTS, "release.yaml": APACHE},
        [
            ("warning", "mergekit_config.yml", 2, 12),
            ("warning", "mergekit_config.yml", 3, 12),
            ("warning", "mergekit_config.yml", 3, 23),
        ],
        {**MODEL, "mergekit_config.yml": PARENTS, "release.yaml": MERGE},
    ),
    (
        "ART122",
        {
            "run.py": "pass\n",
            "LICENSE-MODEL": MIT,
            "LICENSE": FULL,
            "release.yaml": APACHE.replace("weights", "architecture").replace("*.safetensors", "*.py"),
        },
        [("warning", "LICENSE-MODEL", 1, 1)],
        {**MODEL, "LICENSE-MODEL": FULL, "LICENSE-CODE": "Ours.", "release.yaml": APACHE},
    ),
    (
        "ART108",
        {**MODEL, "LICENSE": MIT, "release.yaml": APACHE},
        [("error", "LICENSE", 1, 1)],
        {**MODEL, "LICENSE": FULL, "release.yaml": APACHE},
    ),
    (
        "ART109",
        {**MODEL, "COPYING": FULL.replace("Grant of Patent License", "No Patent License"), "release.yaml": APACHE},
        [("warning", "COPYING", 1, 1)],
        {**MODEL, "COPYING": FULL.replace("\n", "\r\n"), "release.yaml": APACHE},
    ),
    (
        "ART110",
        {"a.gguf": gguf(license="llama2"), "release.yaml": GGUF},
        [("error", "a.gguf", 1, 1)],
        {"a.gguf": gguf(license="apache-2.0"), "release.yaml": GGUF},
    ),
    (
        "ART110",
        {"model.safetensors": safetensors(metadata=SPECIFIED), "release.yaml": APACHE},
        [("error", "model.safetensors", 1, 1)],
        {"model.safetensors": safetensors(metadata={"modelspec.license": "Apache 2.0"}), "release.yaml": APACHE},
    ),
    (
        "ART110",
        {"model.safetensors": safetensors(metadata={"modelspec.license": "ask me"}), "release.yaml": APACHE},
        [("info", "model.safetensors", 1, 1)],
        {"model.safetensors": safetensors(metadata={"modelspec.license": ""}), "release.yaml": APACHE},
    ),
    (
        "ART110",
        {**MODEL, "README.md": "---\ntags: [x]\nlicense: mit\n---\n", "release.yaml": APACHE + "outputs: [licenses]\n"},
        [("error", "README.md", 3, 1)],
        {**MODEL, "README.md": "---\nlicense: apache-2.0\n---\n", "release.yaml": APACHE},
    ),
    (
        "ART111",
        {**MODEL, "release.yaml": APACHE + "model: {parameters: 7000000000}\n"},
        [("warning", "release.yaml", 4, 21)],
        {**MODEL, "release.yaml": APACHE + "model: {parameters: 16}\n"},
    ),
    (
        "ART111",
        {**MODEL, "README.md": "# M\n\n- **Parameters:** 7B\n", "release.yaml": APACHE},
        [("warning", "README.md", 3, 1)],
        {**MODEL, "README.md": "# M\n\n```\nParameters: 7B\n```\n\nParameters: 16\n", "release.yaml": APACHE},
    ),
    (
        "ART112",
        {**MODEL, "README.md": "# M\n| Tensor type | BF16 |\n", "release.yaml": APACHE},
        [("warning", "README.md", 2, 1)],
        {**MODEL, "README.md": "# M\n| Tensor type | F32 |\n", "release.yaml": APACHE},
    ),
    (
        "ART113",
        {
            **MODEL,
            "model.safetensors.index.json": '{"weight_map":\n{"a": "model.safetensors",\n"b": "gone.safetensors"}}',
        },
        [("error", "model.safetensors.index.json", 3, 6)],
        {**SHARDS, "model.safetensors.index.json": INDEX},
    ),
    (
        "ART113",
        {"m-00001-of-00003.gguf": gguf(name="M"), "m-00003-of-00003.gguf": gguf(name="M")},
        [("error", "m-00001-of-00003.gguf", 1, 1)],
        {"m-00001-of-00002.gguf": gguf(name="M"), "m-00002-of-00002.gguf": gguf(name="M")},
    ),
    (
        "ART114",
        {**SHARDS, "model-00003-of-00003.safetensors": safetensors(), "model.safetensors.index.json": INDEX},
        [("warning", "model-00003-of-00003.safetensors", 1, 1)],
        {**SHARDS, "model.safetensors.index.json": INDEX},
    ),
    (
        "ART114",
        {
            **SHARDS,
            "model-00002-of-00002.safetensors": safetensors({"c": ("F32", [2])}),
            "model.safetensors.index.json": INDEX,
        },
        [("error", "model.safetensors.index.json", 1, 74)],
        {**SHARDS, "model.safetensors.index.json": INDEX},
    ),
    ("ART115", {"model.safetensors": safetensors(cut=1)}, [("error", "model.safetensors", 1, 1)], MODEL),
    ("ART115", {"a.gguf": gguf(name="A")[:-1]}, [("error", "a.gguf", 1, 1)], {"a.gguf": gguf(name="A")}),
    (
        "ART115",
        {"model.safetensors": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"},
        [("warning", "model.safetensors", 1, 1)],
        MODEL,
    ),
    ("ART116", {"model.safetensors": safetensors() + b"\0"}, [("error", "model.safetensors", 1, 1)], MODEL),
    ("ART117", {"model.safetensors": header(b"[]")}, [("error", "model.safetensors", 1, 1)], MODEL),
    (
        "ART119",
        {"adapter_config.json": '{"base_model_name_or_path": "meta-llama/Llama-2-7b-hf",}'},
        [("warning", "adapter_config.json", 1, 56)],
        {"adapter_config.json": '{"base_model_name_or_path": "meta-llama/Llama-2-7b-hf"}'},
    ),
    ("ART119", {"config.json": "{}" + " " * 5_000_000}, [("warning", "config.json", 1, 1)], {"config.json": "{}"}),
    ("ART119", {"config.json": "[" * 100_000}, [("warning", "config.json", 1, 1)], {"config.json": "\ufeff{}"}),
    ("ART119", {"tokenizer_config.json": "[]"}, [("warning", "tokenizer_config.json", 1, 1)], {"other.json": "["}),
    (
        "ART119",
        {"onnx/config.json": b"\xff{}"},
        [("warning", "onnx/config.json", 1, 1)],
        {".venv/config.json": b"\xff{}"},
    ),
    (
        "ART119",
        {"mergekit_config.yml": "models:\n- model: a: b\n"},
        [("warning", "mergekit_config.yml", 2, 11)],
        {"mergekit_config.yml": "models:\n- model: a\n"},
    ),
    (
        "ART119",
        {"config.json": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"},
        [("warning", "config.json", 1, 1)],
        {},
    ),
    (
        "ART119",
        {f"{n}/config.json": "{}" for n in range(1001)},
        [("warning", "999/config.json", 1, 1)],
        {f"{n}/config.json": "{}" for n in range(1000)},
    ),
]


@pytest.mark.parametrize(("rule", "bad", "places", "good"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)])
def test_it_fires_at_its_place_and_nowhere_else(
    rule: str, bad: dict[str, Any], places: list[Any], good: dict[str, Any], tmp_path: Path
) -> None:
    one, other = tmp_path / "bad", tmp_path / "good"
    for folder, files in ((one, bad), (other, good)):
        put(folder, {"README.md": "# A model\n", **files})
    assert told(one, rule) == places
    assert told(other, rule) == []


def test_where_only_the_release_file_is_there_nothing_is_compared_and_that_is_told_once(tmp_path: Path) -> None:
    source = APACHE.replace(
        "{weights", "{architecture: {availability: released, license: MIT, files: [config.json]}, weights"
    )
    found = [f for f in check(put(tmp_path, {"release.yaml": source})) if f["rule"].startswith(("ART", "SEC"))]
    assert [(f["rule"], f["severity"]) for f in found] == [("ART101", "info")]


def test_parts_that_are_elsewhere_are_not_looked_for(tmp_path: Path) -> None:
    source = APACHE.replace("files:", "url: 'https://example.org/x', files:")
    assert told(put(tmp_path, {"config.json": {}, "release.yaml": source}), "ART101") == []


def test_a_built_bundle_passes_and_an_edited_license_does_not(tmp_path: Path) -> None:
    from generator import build, load_release

    folder = put(tmp_path, {**MODEL, "release.yaml": APACHE.replace("Apache-2.0", "MIT")})
    build(load_release(folder)).write(folder)
    assert [f for f in check(folder) if f["rule"].startswith("ART")] == []
    put(folder, {"LICENSES/MIT.txt": MIT.replace("free of charge", "at a price")})
    assert told(folder, "ART109") == [("warning", "LICENSES/MIT.txt", 1, 1)]


def test_the_text_of_an_upstream_s_license_is_a_warning(tmp_path: Path) -> None:
    source = APACHE.replace(
        '"*.safetensors"]',
        '"*.safetensors"], derived_from: [{ref: lab/b, license: MIT, relation: finetune, copyright: B}]',
    )
    folder = put(tmp_path, {**MODEL, "LICENSE": MIT, "release.yaml": source})
    assert told(folder, "ART108") == [("warning", "LICENSE", 1, 1)]


def test_a_folder_without_a_release_file_is_judged_by_its_card_and_its_files(tmp_path: Path) -> None:
    card = "---\nlicense: apache-2.0\nbase_model: lab/a\n---\n# M\n"
    files = {
        "README.md": card,
        "LICENSE": MIT,
        "a.gguf": gguf(license="llama2"),
        "adapter_config.json": '{"base_model_name_or_path": "/data/llama"}',
        "mergekit_config.yml": "models: [{model: lab/a}, {model: lab/b}]\n",
        "model.safetensors": safetensors(cut=3),
    }
    found = {f["rule"] for f in check(put(tmp_path, files)) if f["rule"].startswith("ART")}
    assert found == {"ART105", "ART107", "ART108", "ART110", "ART115"}


def test_a_folder_without_a_release_file_is_not_held_to_one(tmp_path: Path) -> None:
    folder = put(tmp_path, {"README.md": "---\nlicense: mit\npipeline_tag: text-generation\n---\n# M\n", **SHARDS})
    found = [f["rule"] for f in check(folder) if not f["rule"].startswith(("LIC", "CARD"))]
    assert found == ["REL116"]  # the text of the license that the card states


def test_shards_without_an_index_are_added_up(tmp_path: Path) -> None:
    folder = put(tmp_path, {"README.md": "# M\n\nParameters: 7B\n", **SHARDS})
    assert told(folder, "ART111") == [("warning", "README.md", 3, 1)]


def test_a_folder_that_holds_weights_alone_is_judged(tmp_path: Path) -> None:
    assert told(put(tmp_path, {"model.safetensors": safetensors(cut=3)}), "ART115")


def test_a_stated_severity_holds_for_these_rules_too(tmp_path: Path) -> None:
    source = APACHE + "rules: {ART108: info}\n"
    folder = put(tmp_path, {**MODEL, "LICENSE": MIT, "release.yaml": source})
    assert [place[0] for place in told(folder, "ART108")] == ["info"]
