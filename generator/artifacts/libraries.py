"""The library, the task and the name that the files of a library show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from generator.artifacts.bases import Upstream, is_repo_id
from generator.artifacts.card import front_matter_of, read_card_text
from generator.artifacts.folder import read_inside
from generator.artifacts.observation import JSON_LIMIT, Observation, read_table, texts
from generator.artifacts.weights import file_ending, is_weights
from generator.release.fields import TASKS

_BY_ENDING = {"nemo": "nemo", "keras": "keras", "ftz": "fasttext", "skops": "sklearn"}
"""Libraries whose files alone end so."""
_FASTTEXT = re.compile(r"(?:.*fasttext.*|lid\.?\d+|lid218e|cc\.[a-z]{2,3}\.300|wiki\.[a-z_]+)\.bin", re.I)
_TASKS = {
    "textcat": "text-classification",
    "textcat_multilabel": "text-classification",
    "ner": "token-classification",
    "tagger": "token-classification",
    "parser": "token-classification",
}


def read_libraries(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    """Yield what the files of spaCy, scikit-learn, timm, NeMo, fastText, Keras and others show.

    Args:
        folder: A model folder.
        files: Its files.
    """
    for root in spacy_roots(files)[:1]:
        yield from _spacy(read_table(folder, f"{root}meta.json", files), f"{root}meta.json")
    config = read_table(folder, "config.json", files)
    yield from _config(config)
    yield from _marked(config, files, folder)
    yield from _ultralytics(folder, files)
    if isinstance(read_table(folder, "model_index.json", files).get("_class_name"), str):
        yield Observation("release.library", "diffusers", "model_index.json")
    saved = read_table(folder, "metadata.json", files) if "model.weights.h5" in files else {}
    if saved.get("keras_version"):
        yield Observation("release.library", "keras", "metadata.json, keras_version")
    weights = [path for path in files if is_weights(path) and not path.startswith(".")]
    for path in weights:
        library = _BY_ENDING.get(file_ending(path)) or ("fasttext" if _FASTTEXT.fullmatch(path) else None)
        if library:
            yield Observation("release.library", library, path)
            break


def read_tags(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    """Yield the library and the task that the tags of a card name, as the Hub takes them.

    Args:
        folder: A model folder.
        files: Its files.
    """
    front = front_matter_of(read_card_text(folder).text) if "README.md" in files else {}
    tags = [tag.lower() for tag in texts(front.get("tags"))]
    named = [tag for tag in dict.fromkeys(tags) if tag in _known_libraries() and tag != "transformers"]
    if len(named) == 1:
        yield Observation("release.library", named[0], "README.md, tags")
    tasks = [tag for tag in dict.fromkeys(tags) if tag in TASKS and tag != "other"]
    if len(tasks) == 1:
        yield Observation("release.task", tasks[0], "README.md, tags")


@lru_cache(maxsize=1)
def _known_libraries() -> frozenset[str]:
    path = Path(__file__).resolve().parent.parent / "knowledge/hub/libraries.txt"
    return frozenset(path.read_text(encoding="utf-8").split())


_ULTRALYTICS = {"detect": "object-detection", "segment": "image-segmentation", "classify": "image-classification"}
_YOLO = re.compile(r"(?:yolo|rtdetr|sam|fastsam)[\w.-]*\.pt", re.I)


def _ultralytics(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    """The args.yaml of a training run of Ultralytics, with the checkpoint that it began with."""
    raw = read_inside(folder, "args.yaml", JSON_LIMIT) if "args.yaml" in files else None
    text = (raw or b"").decode("utf-8", "replace")
    stated = dict(re.findall(r"^(task|mode|model):[ \t]*(\S+)[ \t]*$", text, re.M))
    if stated.get("mode") != "train" or stated.get("task") not in {*_ULTRALYTICS, "pose", "obb"}:
        return
    yield Observation("release.library", "ultralytics", "args.yaml")
    if task := _ULTRALYTICS.get(stated["task"]):
        yield Observation("release.task", task, "args.yaml, task")
    if _YOLO.fullmatch(stated.get("model", "")):
        yield Observation("layers.weights.derived_from", [Upstream(stated["model"], "finetune")], "args.yaml, model")


def _marked(config: dict[str, Any], files: tuple[str, ...], folder: Path) -> Iterator[Observation]:
    """Libraries that a file or a key of theirs shows."""
    if "open_clip_config.json" in files:
        yield Observation("release.library", "open_clip", "open_clip_config.json")
    if "gliner_config.json" in files:
        yield Observation("release.library", "gliner", "gliner_config.json")
        backbone = next(iter(texts(read_table(folder, "gliner_config.json", files).get("model_name"))), "")
        if is_repo_id(backbone):
            upstream = [Upstream(backbone, "finetune")]
            yield Observation("layers.weights.derived_from", upstream, "gliner_config.json, model_name")
    if isinstance(config.get("speechbrain_interface"), str):
        yield Observation("release.library", "speechbrain", "config.json, speechbrain_interface")
    if config.get("model_type") == "span-marker":
        yield Observation("release.library", "span-marker", "config.json, model_type")
    if isinstance(config.get("_diffusers_version"), str):
        yield Observation("release.library", "diffusers", "config.json, _diffusers_version")
    if isinstance(config.get("sentence_transformers"), dict) and "modules.json" not in files:
        yield Observation("release.library", "sentence-transformers", "config.json, sentence_transformers")
        if isinstance(labels := config.get("id2label"), dict) and len(labels) == 1:
            yield Observation("release.task", "text-ranking", "config.json, sentence_transformers")


def spacy_roots(files: tuple[str, ...]) -> tuple[str, ...]:
    """Return the folders of spaCy pipelines, each with its `/`: those that hold meta.json, config.cfg and vocab.

    Args:
        files: The files of a folder.
    """
    roots = [path[: -len("meta.json")] for path in files if path.rpartition("/")[2] == "meta.json"]
    return tuple(root for root in roots if f"{root}config.cfg" in files)


def _spacy(meta: dict[str, Any], source: str) -> Iterator[Observation]:
    (language,) = texts(meta.get("lang"))[:1] or ("",)
    if not language or not (meta.get("spacy_version") or meta.get("pipeline")):
        return
    yield Observation("release.library", "spacy", source)
    if name := next(iter(texts(meta.get("name"))), None):
        yield Observation("release.name", f"{language}_{name}", f"{source}, lang and name")
    if language != "xx":
        yield Observation("release.languages", [language], f"{source}, lang")
    if license_ := next(iter(texts(meta.get("license"))), None):
        yield Observation("layers.weights.license", license_, f"{source}, license")
    if author := next(iter(texts(meta.get("author"))), None):
        yield Observation("release.publisher.name", author, f"{source}, author")
    if version := next(iter(texts(meta.get("version"))), None):
        yield Observation("release.version", version, f"{source}, version")
    tasks = [_TASKS[part] for part in texts(meta.get("pipeline")) if part in _TASKS]
    if tasks:
        task = "token-classification" if "token-classification" in tasks else tasks[0]
        yield Observation("release.task", task, f"{source}, pipeline")


def _config(config: dict[str, Any]) -> Iterator[Observation]:
    """The config.json of scikit-learn, as skops writes it, and that of timm."""
    learned = config.get("sklearn")
    if isinstance(learned, dict):
        yield Observation("release.library", "sklearn", "config.json, sklearn")
        if task := next(iter(texts(learned.get("task"))), None):
            yield Observation("release.task", task, "config.json, sklearn.task")
    architecture = next(iter(texts(config.get("architecture"))), None)
    if isinstance(config.get("pretrained_cfg"), dict) and architecture:
        yield Observation("release.library", "timm", "config.json, pretrained_cfg")
        yield Observation("model.architecture", architecture, "config.json, architecture")
        classes = config.get("num_classes")
        task = "image-classification" if isinstance(classes, int) and classes > 0 else "image-feature-extraction"
        yield Observation("release.task", task, "config.json, num_classes")
