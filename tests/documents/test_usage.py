"""Drafts of "how to use": code for a library, with the repo and the files of the release in it, and nothing else."""

from __future__ import annotations

import ast
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from generator import load_release
from generator.api import create
from generator.documents.card.usage import draft_usage

REPO = "owl-lab/heron"
CONFIG = {"model_type": "x", "architectures": ["X"]}
ADAPTER = {"base_model_name_or_path": "owl-lab/base", "task_type": "CAUSAL_LM"}


def drafted(folder: Path, written: dict[str, Any], release: dict[str, Any], **item: Any) -> str | None:  # noqa: ANN401
    """Return the draft for a folder with these files, and a release with these facts."""
    for name, content in written.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        raw = json.dumps(content) if isinstance(content, dict) else content
        (folder / name).write_text(raw, encoding="utf-8")
    layer = "deltas" if "form" in item else item.pop("layer", "weights")
    shown = {key: value for key, value in ({"name": "Heron", "repo": REPO} | release).items() if value}
    value = {"charter": 1, "release": shown, "layers": {layer: {"availability": "released"} | item}}
    (folder / "release.yaml").write_text(json.dumps(value), encoding="utf-8")
    return draft_usage(load_release(folder))


def code(text: str | None, language: str = "python") -> str:
    """Return the code of a draft; Python must compile."""
    assert text is not None
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)[-1:]
    if language == "python":
        compile(found, "draft", "exec")
    assert not re.search(r"\{\{|\{%|\bNone\b", found)
    return str(found)


TASKS = (
    *("text-generation", "text-classification", "token-classification", "fill-mask", "zero-shot-classification"),
    *("summarization", "translation", "question-answering", "feature-extraction", "sentence-similarity"),
    *("automatic-speech-recognition", "audio-classification", "text-to-speech", "image-classification"),
    *("object-detection", "image-segmentation", "depth-estimation", "image-text-to-text", "video-classification"),
    *("document-question-answering", "table-question-answering", "visual-question-answering", "any-to-any"),
    *("zero-shot-image-classification", "zero-shot-object-detection", "mask-generation", "image-feature-extraction"),
)


@pytest.mark.parametrize("own_code", [False, True])
@pytest.mark.parametrize("chat", [False, True])
@pytest.mark.parametrize("task", TASKS)
def test_transformers_by_task(tmp_path: Path, task: str, chat: bool, own_code: bool) -> None:
    files: dict[str, Any] = {
        "model.safetensors": "x",
        "config.json": CONFIG | ({"auto_map": {"A": "b"}} if own_code else {}),
    }
    files |= {"modeling.py": ""} if own_code else {}
    files |= {"tokenizer_config.json": {"chat_template": "{{ messages }}"}} if chat else {}
    shown = code(drafted(tmp_path, files, {"library": "transformers", "task": task}, files=["*.safetensors"]))
    assert f'"{REPO}"' in shown
    assert ("trust_remote_code=True" in shown) == own_code
    # transformers 5 has no pipeline for these.
    gone = {"summarization", "translation", "question-answering", "visual-question-answering"}
    assert ("pipeline(" in shown) == (task not in gone | {"any-to-any", "sentence-similarity"})
    assert ("messages" in shown) == (chat and task == "text-generation")


@pytest.mark.parametrize(
    ("library", "files", "release", "expected"),
    [
        ("sentence-transformers", ["model.safetensors"], {}, 'SentenceTransformer("owl-lab/heron")'),
        ("sentence-transformers", ["model.safetensors"], {"task": "text-ranking"}, "CrossEncoder("),
        ("setfit", ["model.safetensors"], {}, "SetFitModel.from_pretrained("),
        ("timm", ["model.safetensors"], {}, '"hf-hub:owl-lab/heron"'),
        ("spacy", ["meta.json", "config.cfg", "ner/model"], {}, 'spacy.load(snapshot_download("owl-lab/heron"))'),
        ("spacy", ["en_x/meta.json", "en_x/config.cfg", "en_x/ner/model"], {}, '+ "/en_x"'),
        ("sklearn", ["model.skops", "model.pkl"], {}, '"model.skops"'),
        ("sklearn", ["model.joblib"], {}, "joblib.load("),
        ("ultralytics", ["runs/best.pt"], {}, '"runs/best.pt"'),
        ("nemo", ["heron.nemo"], {"task": "automatic-speech-recognition"}, "ASRModel.from_pretrained("),
        ("mlx", ["model.safetensors"], {"task": "text-generation"}, "from mlx_lm import"),
        ("fasttext", ["lid.ftz"], {}, '"lid.ftz"'),
        ("keras", ["model.keras"], {}, '"model.keras"'),
        ("keras", ["model.weights.h5x"], {}, '"hf://owl-lab/heron"'),
        ("open_clip", ["open_clip.safetensors"], {}, "create_model_from_pretrained("),
        ("", ["onnx/model.onnx"], {}, 'hf_hub_download("owl-lab/heron", "onnx/model.onnx")'),
        ("", ["model.onnx", "model.onnx.data"], {}, 'snapshot_download("owl-lab/heron") + "/model.onnx"'),
        ("transformers", ["model.onnx"], {}, "onnxruntime"),
        ("", ["x-Q8_0.gguf", "x-Q4_K_M.gguf", "mmproj-x.gguf"], {}, 'filename="x-Q4_K_M.gguf"'),
    ],
)
def test_libraries_and_kinds_of_files(
    tmp_path: Path, library: str, files: list[str], release: dict[str, str], expected: str
) -> None:
    release = release | ({"library": library} if library else {})
    assert expected in code(drafted(tmp_path, dict.fromkeys(files, "{}"), release, files=["**"]))


@pytest.mark.parametrize(
    ("files", "release", "expected"),
    [
        ({"adapter_config.json": ADAPTER}, {"library": "peft"}, "AutoModelForCausalLM.from_pretrained("),
        ({"adapter_config.json": {}}, {"task": "text-classification"}, "AutoModelForSequenceClassification"),
        ({"lora/adapter_config.json": ADAPTER}, {}, 'subfolder="lora"'),
        ({"pytorch_lora_weights.safetensors": ""}, {"library": "diffusers"}, 'load_lora_weights("owl-lab/heron")'),
        ({"ink.safetensors": ""}, {"library": "diffusers"}, 'weight_name="ink.safetensors"'),
        ({"learned_embeds.bin": ""}, {"library": "diffusers"}, 'load_textual_inversion("owl-lab/heron")'),
    ],
)
def test_adapters_name_their_base(
    tmp_path: Path, files: dict[str, Any], release: dict[str, str], expected: str
) -> None:
    base = [{"ref": "owl-lab/base", "relation": "adapter"}]
    shown = code(drafted(tmp_path, files, release, form="adapter", files=["**"], derived_from=base))
    assert expected in shown
    assert '"owl-lab/base"' in shown


@pytest.mark.parametrize("task", ["text-to-image", "image-to-image", "text-to-video", "image-to-video", "other"])
def test_diffusers_by_task(tmp_path: Path, task: str) -> None:
    release = {"library": "diffusers"} | ({"task": task} if task != "other" else {})
    files = {"model_index.json": {}, "unet/model.safetensors": ""}
    assert 'DiffusionPipeline.from_pretrained("owl-lab/heron"' in code(
        drafted(tmp_path, files, release, files=["**/*.safetensors"])
    )


def test_speechbrain_needs_its_interface(tmp_path: Path) -> None:
    release = {"library": "speechbrain"}
    files: dict[str, Any] = {"model.ckpt": "x"}
    assert drafted(tmp_path, files, release, files=["*.ckpt"]) is None
    files["config.json"] = {"speechbrain_interface": "EncoderASR"}
    assert "EncoderASR.from_hparams(" in code(drafted(tmp_path, files, release, files=["*.ckpt"]))
    files["config.json"] = {"speechbrain_interface": "os.system('x') #"}
    assert drafted(tmp_path, files, release, files=["*.ckpt"]) is None


def test_data_sets(tmp_path: Path) -> None:
    assert 'load_dataset("owl-lab/heron")' in code(
        drafted(tmp_path, {"train.csv": "a\n"}, {}, files=["*.csv"], layer="data")
    )
    assert drafted(tmp_path, {"load.py": ""}, {}, files=["*.py"], layer="data") is None


@pytest.mark.parametrize("name", ["a'; rm -rf $HOME; '.gguf", 'a" + x + "`.gguf', "a\u202eb.gguf"])
def test_names_of_files_stay_text(tmp_path: Path, name: str) -> None:
    text = drafted(tmp_path, {name: ""}, {}, files=["**"])
    constants = {node.value for node in ast.walk(ast.parse(code(text))) if isinstance(node, ast.Constant)}
    assert name in constants
    if name.isprintable():
        assert shlex.split(_command(text))[-1] == name


def _command(text: str | None) -> str:
    return next(line for line in (text or "").splitlines() if line.startswith("llama-server"))


def test_nothing_is_drafted_that_is_not_known(tmp_path: Path) -> None:
    files = {"model.safetensors": "x"}
    assert drafted(tmp_path, files, {}, files=["*.safetensors"]) is None
    assert drafted(tmp_path, files, {"library": "vllm"}, files=["*.safetensors"]) is None
    assert drafted(tmp_path, files, {"library": "transformers", "repo": ""}, files=["*.safetensors"]) is None
    base = [{"ref": "../base", "relation": "adapter"}]
    adapter = {"adapter_config.json": ADAPTER}
    assert drafted(tmp_path, adapter, {"library": "peft"}, form="adapter", files=["**"], derived_from=base) is None


def test_a_draft_is_offered_with_its_source_and_defaults_do_not_take_it(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlibrary_name: timm\nlicense: mit\n---\n# Heron\n", encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"x")
    known = create.prefill(tmp_path)
    assert create.draft_usage(tmp_path, known) is None
    known.give("release.repo", REPO)
    found = create.draft_usage(tmp_path, known)
    assert found is not None
    assert (found.field, found.source) == ("card.how_to_use", "a draft for timm")
    create.init(tmp_path)
    assert "timm.create_model" not in (tmp_path / "release.yaml").read_text(encoding="utf-8")
