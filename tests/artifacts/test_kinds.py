"""Folders as many libraries leave them: what init writes, and what it leaves out because no file states it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator import check, load_release
from generator.api.create import init
from generator.artifacts.weights import is_weights
from generator.interview.answers import from_card, prefilled
from tests.artifacts.test_adapters import safetensors, written

BERT = {"architectures": ["BertForSequenceClassification"], "model_type": "bert", "id2label": {"0": "a"}}
HEX = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("files", "library", "task", "bases"),
    [
        (
            {"args.yaml": b"task: detect\nmode: train\nmodel: yolov8n.pt\n", "weights/best.pt": b"x"},
            "ultralytics",
            "object-detection",
            {"yolov8n.pt": "finetune"},
        ),
        (
            {"args.yaml": b"task: segment\nmode: train\nmodel: runs/train/last.pt\n", "best.pt": b"x"},
            "ultralytics",
            "image-segmentation",
            {},
        ),
        ({"args.yaml": b"task: detect\nmodel: yolov8n.pt\n", "best.pt": b"x"}, None, None, {}),
        (
            {"gliner_config.json": {"model_name": "owl-lab/encoder"}, "pytorch_model.bin": b"x"},
            "gliner",
            None,
            {"owl-lab/encoder": "finetune"},
        ),
        ({"open_clip_config.json": {}, "open_clip_model.bin": b"x"}, "open_clip", None, {}),
        ({"config.json": {"speechbrain_interface": "EncoderASR"}, "a.ckpt": b"x"}, "speechbrain", None, {}),
        ({"config.json": {"_diffusers_version": "0.30"}, "a.safetensors": safetensors()}, "diffusers", None, {}),
        (
            {"config.json": BERT | {"sentence_transformers": {}}, "model.safetensors": safetensors()},
            "sentence-transformers",
            "text-ranking",
            {},
        ),
        ({"config.json": {"model_type": "span-marker"}, "model.safetensors": safetensors()}, "span-marker", None, {}),
    ],
)
def test_libraries_by_their_files(
    tmp_path: Path, files: dict[str, Any], library: str | None, task: str | None, bases: dict[str, str]
) -> None:
    release = written(tmp_path, files)
    assert (release.release.library, release.release.task) == (library, task)
    (weights,) = release.layers.weights
    assert {up.ref: up.relation for up in weights.derived_from} == bases


@pytest.mark.parametrize(
    ("tags", "library", "task"),
    [
        ("[flair, token-classification]", "flair", "token-classification"),
        ("[speechbrain, audio-classification, multilingual]", "speechbrain", "audio-classification"),
        ("[transformers, text-generation]", None, "text-generation"),
        ("[espnet, speechbrain]", None, None),
        ("[feature-extraction, sentence-similarity]", None, None),
        ("[birds]", None, None),
    ],
)
def test_one_library_and_one_task_of_the_tags(tmp_path: Path, tags: str, library: str | None, task: str | None) -> None:
    (tmp_path / "README.md").write_text(f"---\nlicense: mit\ntags: {tags}\n---\n", encoding="utf-8")
    release = written(tmp_path, {"pytorch_model.bin": b"x"})
    assert (release.release.library, release.release.task) == (library, task)


def test_checkpoints_of_a_run_are_not_released_with_its_result(tmp_path: Path) -> None:
    run = {"model.safetensors": safetensors(), "checkpoint-500/model.safetensors": safetensors()}
    release = written(tmp_path, run)
    assert release.layers.weights[0].files == ("*.safetensors",)
    assert not [found for found in check(release).findings if found.rule == "ART102"]
    assert written(_folder(tmp_path / "b"), {"checkpoint-500/model.safetensors": safetensors()}).layers.weights


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("base_model: owl-lab/owl\nbase_model_relation: quantised", {"owl-lab/owl": "quantized"}),
        ("base_model: owl-lab/owl\nbase_model_relation: derived", {"owl-lab/owl": "finetune"}),
        ("base_model: https://huggingface.co/owl-lab/owl", {"owl-lab/owl": "finetune"}),
    ],
)
def test_a_base_is_kept_whatever_the_card_calls_its_relation(
    tmp_path: Path, front: str, expected: dict[str, str]
) -> None:
    (tmp_path / "README.md").write_text(f"---\nlicense: mit\n{front}\n---\n# Smew\n", encoding="utf-8")
    (weights,) = written(tmp_path, {"model.safetensors": safetensors()}).layers.weights
    assert {up.ref: up.relation for up in weights.derived_from} == expected


@pytest.mark.parametrize(
    ("front", "layer", "relation"),
    [
        ("library_name: peft", "deltas", "adapter"),
        ("tags: [diffusers, LoRA]", "deltas", "adapter"),
        ("tags: [gguf]", "weights", "quantized"),
        ("quantized_by: someone", "weights", "quantized"),
        ("tags: [chat]", "weights", "finetune"),
    ],
)
def test_a_card_alone_shows_adapters_and_quantizations(tmp_path: Path, front: str, layer: str, relation: str) -> None:
    (tmp_path / "card.md").write_text(f"---\nlicense: mit\nbase_model: owl-lab/owl\n{front}\n---\n# Smew\n")
    answers, _ = from_card(tmp_path / "card.md")
    (item,) = getattr(answers.release(tmp_path).layers, layer)
    assert [(up.ref, up.relation) for up in item.derived_from] == [("owl-lab/owl", relation)]


def test_a_space_is_code_that_has_the_name_of_its_title(tmp_path: Path) -> None:
    front = "title: Smew Demo\nsdk: gradio\nlicense: mit\n"
    (tmp_path / "README.md").write_text(f"---\n{front}---\n\nA demo.\n", encoding="utf-8")
    release = written(tmp_path, {"app.py": b"import gradio\n"})
    assert (release.release.name, [item.license for item in release.layers.architecture]) == ("Smew Demo", ["MIT"])


def test_an_entry_that_is_no_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: mit\nbase_model:\n- name: owl-lab/owl\n---\n# Smew\n")
    (tmp_path / "model.safetensors").write_bytes(safetensors())
    assert any(note.startswith("README.md, base_model: ") for note in prefilled(tmp_path).notes)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.mark.parametrize("path", [f"ckpt/d/{HEX}", "ckpt/manifest.ocdbt", "model/__0_0.distcp"])
def test_parts_of_sharded_checkpoints_are_weights(path: str) -> None:
    assert is_weights(path)
    assert not is_weights("ckpt/d/abc")


@pytest.mark.parametrize("path", ["lang/roa/pt", "bin", "docs/h5", ".bin", "a.b/onnx"])
def test_a_name_without_an_ending_is_no_weights(path: str) -> None:
    assert not is_weights(path)


@pytest.mark.parametrize("name", ["out", "merged", "checkpoint-500", "results"])
def test_the_folder_that_a_trainer_wrote_into_is_no_name(tmp_path: Path, name: str) -> None:
    folder = _folder(tmp_path / "heron")
    (folder / "README.md").write_text(f"# Model Card for {name}\n", encoding="utf-8")
    assert written(folder, {"model.safetensors": safetensors()}).release.name == "heron"


def test_a_tokenizer_s_limit_is_the_context_of_a_plain_model_only(tmp_path: Path) -> None:
    limit = {"tokenizer_config.json": {"model_max_length": 512}, "model.safetensors": safetensors()}
    plain = written(tmp_path, limit | {"config.json": BERT})
    assert plain.model is not None
    assert plain.model.context_length == 512
    for number, config in enumerate(({}, BERT | {"auto_map": {"AutoModel": "m.X"}})):
        release = written(_folder(tmp_path / str(number)), limit | ({"config.json": config} if config else {}))
        assert release.model is None or release.model.context_length is None


def test_a_license_in_a_folder_covers_that_folder_only(tmp_path: Path) -> None:
    text = "Heron Terms. You may look at the weights. You may not use them.\n"
    files = {"a/LICENSE": text.encode(), "a/model.onnx": b"x"}
    assert written(_folder(tmp_path / "one"), files).layers.weights[0].license
    assert not written(_folder(tmp_path / "two"), files | {"b/model.onnx": b"x"}).layers.weights[0].license


@pytest.mark.parametrize(
    ("notice", "taken"),
    [
        ("The file lid.ftz is under https://creativecommons.org/licenses/by-sa/3.0/.\n", False),
        ("Icons are under https://creativecommons.org/licenses/by-sa/3.0/.\n", True),
    ],
)
def test_a_notice_that_names_another_license_for_the_weights_is_reported(
    tmp_path: Path, notice: str, taken: bool
) -> None:
    (tmp_path / "lid.ftz").write_bytes(b"x")
    (tmp_path / "LICENSE").write_text("SPDX-License-Identifier: MIT\n\nMIT License\n", encoding="utf-8")
    (tmp_path / "NOTICE.MD").write_text(notice, encoding="utf-8")
    path, told = init(tmp_path)
    license_ = load_release(path).layers.weights[0].license
    assert (str(license_) == "MIT") == taken
    assert bool([line for line in told if "NOTICE.MD names CC-BY-SA-3.0 for weights" in line]) != taken


def test_a_readme_that_names_another_license_for_the_model_is_reported(tmp_path: Path) -> None:
    readme = "# lid\n\n## License\n\n- Code: MIT License.\n- Models: the models are under CC BY-SA 3.0.\n"
    (tmp_path / "README.md").write_text(readme, encoding="utf-8")
    (tmp_path / "LICENSE").write_text("SPDX-License-Identifier: MIT\n\nMIT License\n", encoding="utf-8")
    for name in ("lid.ftz", "lid.py"):
        (tmp_path / name).write_bytes(b"")
    path, told = init(tmp_path)
    layers = load_release(path).layers
    assert (layers.weights[0].license, str(layers.architecture[0].license)) == (None, "MIT")
    assert [line for line in told if "README.md names CC-BY-SA-3.0 for weights" in line]


def test_the_project_around_a_data_set_is_no_data(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: cc-by-4.0\nconfigs: []\n---\n# Birds\n", encoding="utf-8")
    files = {
        "data/a.parquet": b"x",
        "Pipfile": b"",
        "uv.lock": b"",
        "ROADMAP.md": b"",
        "logo.png": b"",
        "docs/a.md": b"",
    }
    assert written(tmp_path, files).layers.data[0].files == ("**/*.parquet",)


def test_pictures_with_a_metadata_file_are_data(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: cc-by-4.0\nconfigs: []\n---\n# Birds\n", encoding="utf-8")
    release = written(tmp_path, {"metadata.csv": b"file_name\n", "a.png": b"x", "b.png": b"x"})
    assert set(release.layers.data[0].files) == {"*.csv", "*.png"}
