"""A draft of "how to use": code that loads a release with its library; a person reads it before it is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from generator.artifacts.bases import is_repo_id
from generator.artifacts.folder import list_files, matching
from generator.artifacts.observation import read_table
from generator.artifacts.weights import file_ending
from generator.documents.render import render
from generator.errors import CharterError
from generator.release.model import Item, Release
from generator.release.vocabulary import GIVEN

_BY_LIBRARY = {
    **{
        name: name
        for name in ("transformers", "sentence-transformers", "setfit", "timm", "spacy", "keras", "open_clip")
    },
    **{name: name for name in ("sklearn", "ultralytics", "speechbrain", "nemo", "mlx", "fasttext", "transformers.js")},
    "diffusers": "diffusers",
}
"""Libraries that have a template in `templates/usage/`."""
_FILES = {
    "sklearn": ("skops", "joblib", "pkl", "pickle"),
    "ultralytics": ("pt",),
    "fasttext": ("ftz", "bin"),
    "onnx": ("onnx",),
    "gguf": ("gguf",),
}
"""The endings of the one file that a template loads, the best first."""
_NEEDS = {
    "nemo": ("automatic-speech-recognition",),
    "mlx": ("text-generation",),
}
"""The tasks that a template is written for."""
_HEADS = {
    "CAUSAL_LM": "ForCausalLM",
    "SEQ_2_SEQ_LM": "ForSeq2SeqLM",
    "SEQ_CLS": "ForSequenceClassification",
    "TOKEN_CLS": "ForTokenClassification",
    "QUESTION_ANS": "ForQuestionAnswering",
    "FEATURE_EXTRACTION": "",
    "text-generation": "ForCausalLM",
    "summarization": "ForSeq2SeqLM",
    "translation": "ForSeq2SeqLM",
    "text-classification": "ForSequenceClassification",
    "token-classification": "ForTokenClassification",
    "question-answering": "ForQuestionAnswering",
    "feature-extraction": "",
    "sentence-similarity": "",
}
"""How the class of a base model ends, by the adapter's task type or the release's task."""
_INTERFACES = {
    "EncoderClassifier": "classify_file",
    "EncoderDecoderASR": "transcribe_file",
    "EncoderASR": "transcribe_file",
    "WhisperASR": "transcribe_file",
    "SpectralMaskEnhancement": "enhance_file",
    "WaveformEnhancement": "enhance_file",
    "SepformerSeparation": "separate_file",
    "VAD": "get_speech_segments",
}
"""Interfaces of SpeechBrain and the method of each that takes a file."""
_TABLES = frozenset(("parquet", "csv", "tsv", "jsonl", "ndjson", "arrow"))
"""Files that the `datasets` library loads without a script."""
_QUANTIZATIONS = ("q4_k_m", "q5_k_m", "q6_k", "q8_0", "q4_0", "f16", "bf16")


class Usage(NamedTuple):
    """What a template is filled with.

    Attributes:
        repo: The Hub repo.
        task: The Hub's pipeline tag.
        base: The base model of an adapter.
        adapter: Whether it is an adapter.
        file: The file that is loaded, where it is one.
        subfolder: The folder in the repo that is loaded, where it is not the top.
        head: How the class of the base model ends.
        chat: Whether it has a chat template.
        tokenizer: Whether the repo has a tokenizer.
        own_code: Whether the repo has code of its own for the model.
        companions: Whether the file needs others beside it.
        embeddings: Whether the adapter is a textual inversion.
        interface: SpeechBrain's class.
        method: Its method.
    """

    repo: str
    task: str | None = None
    base: str | None = None
    adapter: bool = False
    file: str | None = None
    subfolder: str = ""
    head: str | None = None
    chat: bool = False
    tokenizer: bool = False
    own_code: bool = False
    companions: bool = False
    embeddings: bool = False
    interface: str | None = None
    method: str | None = None


def draft_usage(release: Release) -> str | None:
    """Return Markdown that shows how to load the release, or None where its repo or its library is not known.

    Args:
        release: The release; its folder, where it has one, shows the files.
    """
    found = next(_released(release), None)
    if found is None:
        return None
    layer, item = found
    repo = item.repo or release.release.repo
    if not repo:
        return None
    folder = release.folder
    try:
        files = list_files(folder) if folder else ()
    except CharterError:
        files = ()
    held = matching(files, item.files) if files else tuple(path for path in item.files if not set("*?") & set(path))
    usage = _read(folder, files, Usage(repo, release.release.task))
    if layer == "data":
        return _rendered("datasets", usage) if {file_ending(path) for path in held} & _TABLES else None
    template = _template(release, item, files, held)
    filled = _filled(template, usage, item, files, held) if template else None
    return _rendered(template, filled) if template and filled else None


def _rendered(template: str, usage: Usage) -> str:
    return re.sub(r"\n{3,}", "\n\n", render(f"usage/{template}.md.jinja", usage)).strip("\n") + "\n"


def _released(release: Release) -> Iterator[tuple[str, Item]]:
    """The parts that people load, the first of them first."""
    for layer in ("weights", "deltas", "data"):
        for item in getattr(release.layers, layer):
            if item.availability in GIVEN:
                yield layer, item


def _template(release: Release, item: Item, files: tuple[str, ...], held: tuple[str, ...]) -> str | None:
    """The template for a release of a model, by its files and its library."""
    library = release.release.library or ""
    ends = {file_ending(path) for path in held}
    if item.form == "adapter":
        peft = any(path.endswith("adapter_config.json") for path in files) or library == "peft"
        return "diffusers" if library == "diffusers" else "peft" if peft and library != "mlx" else None
    if "gguf" in ends and not ends & {"safetensors", "bin"}:
        return "gguf"
    if library == "transformers.js":
        return library if release.release.task else None
    if "onnx" in ends and not ends & {"safetensors", "bin", "pt", "pth", "h5", "msgpack", "jit"}:
        return "onnx"
    if library == "diffusers" and "model_index.json" not in files:
        return None
    return _BY_LIBRARY.get(library)


def _read(folder: Path | None, files: tuple[str, ...], usage: Usage) -> Usage:
    """What the configuration files show."""
    if folder is None:
        return usage
    configs = sorted((path for path in files if path.rpartition("/")[2] == "adapter_config.json"), key=len)
    names = ("config.json", "tokenizer_config.json", configs[0] if configs else "adapter_config.json")
    tables: dict[str, dict[str, Any]] = {}
    for name in names:
        try:
            tables[name] = read_table(folder, name, files)
        except CharterError:
            tables[name] = {}
    config, tokenizer, adapter = (tables[name] for name in names)
    interface = config.get("speechbrain_interface")
    return usage._replace(
        chat=bool(tokenizer.get("chat_template")) or bool({"chat_template.jinja", "chat_template.json"} & set(files)),
        tokenizer="tokenizer_config.json" in files,
        own_code=bool(config.get("auto_map")) and any(path.endswith(".py") for path in files),
        head=_HEADS.get(str(adapter.get("task_type"))),
        interface=interface if interface in _INTERFACES else None,
        method=_INTERFACES.get(str(interface)),
    )


def _filled(template: str, usage: Usage, item: Item, files: tuple[str, ...], held: tuple[str, ...]) -> Usage | None:
    """What a template is filled with, or None where something that it needs is not known."""
    if template in _NEEDS and usage.task not in _NEEDS[template]:
        return None
    if template == "speechbrain" and usage.interface is None:
        return None
    if item.form == "adapter":
        return _adapter(template, usage, item, files, held)
    if template == "spacy":
        roots = [path.removesuffix("meta.json").strip("/") for path in files if path.endswith("meta.json")]
        return usage._replace(subfolder=roots[0] if roots and "" not in roots else "")
    if template == "keras":
        return usage._replace(file=next((path for path in held if path.endswith((".keras", ".h5"))), None))
    if template not in _FILES:
        return usage
    file = _best(held, _FILES[template])
    beside = any(path.startswith(f"{file}.") or path.startswith(f"{file}_") for path in files)
    return usage._replace(file=file, companions=beside) if file else None


def _adapter(template: str, usage: Usage, item: Item, files: tuple[str, ...], held: tuple[str, ...]) -> Usage | None:
    """The same for an adapter, which needs its base."""
    bases = [up.ref for up in item.derived_from if up.relation == "adapter" and is_repo_id(up.ref)]
    if len(bases) != 1:
        return None
    usage = usage._replace(base=bases[0], adapter=True)
    if template == "diffusers":
        weights = [path for path in held if path.endswith(".safetensors")]
        if any(path.rpartition("/")[2].startswith("learned_embeds") for path in held):
            return usage._replace(embeddings=True)
        named = len(weights) == 1 and weights[0] != "pytorch_lora_weights.safetensors"
        return usage._replace(file=weights[0] if named else None)
    head = usage.head if usage.head is not None else _HEADS.get(usage.task or "")
    places = sorted((path.rpartition("/")[0] for path in files if path.endswith("adapter_config.json")), key=len)
    return usage._replace(head=head, subfolder=places[0] if places else "") if head is not None else None


def _best(held: tuple[str, ...], ends: tuple[str, ...]) -> str | None:
    """The file that most people want: by its ending, then by its quantization, then the nearest to the top."""
    known = [path for path in held if file_ending(path) in ends and not path.rpartition("/")[2].startswith("mmproj")]

    def rank(path: str) -> tuple[int, int, int, str]:
        kinds = [number for number, kind in enumerate(_QUANTIZATIONS) if kind in path.lower()]
        return ends.index(file_ending(path)), kinds[0] if kinds else len(_QUANTIZATIONS), path.count("/"), path

    return min(known, key=rank, default=None)
