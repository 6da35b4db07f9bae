"""What a model folder says of itself, field by field of the release file, each with the file that says it.

A reader is one function and one line in READERS. Several sources that disagree are all kept; nothing is decided here.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from generator.artifacts.adapters import adapter_files, read_adapters
from generator.artifacts.bases import Upstream, config_base, hub_ref, is_quantized, merge_parents
from generator.artifacts.card import (
    BLOCK,
    BLOCK_LIMIT,
    Loader,
    find_relation,
    front_matter_of,
    read_card,
    read_card_text,
    states_choice,
)
from generator.artifacts.folder import list_files, matching, read_inside, read_text
from generator.artifacts.gguf import read_gguf
from generator.artifacts.libraries import read_libraries, read_tags, spacy_roots
from generator.artifacts.observation import JSON_LIMIT, Observation
from generator.artifacts.observation import read_table as _json
from generator.artifacts.observation import texts as _texts
from generator.artifacts.runs.emissions import read_emissions
from generator.artifacts.runs.read import read_runs
from generator.artifacts.safetensors import read_header
from generator.artifacts.title import card_title
from generator.artifacts.weights import (
    CODE,
    CONVERTED,
    DATA,
    DATASET_FILES,
    DATASET_KEYS,
    file_ending,
    is_dataset,
    is_weights,
    patterns_of,
    without_checkpoints,
)
from generator.errors import CharterError
from generator.patterns import lazy_pattern
from generator.translations import mark_text

TOKENS_LIMIT = 10**9
"""A tokenizer without a limit states a number far above this one."""
TOKENIZER = ("tokenizer*", "vocab.*", "merges.txt", "special_tokens_map.json", "*.model", "chat_template*")
CONFIGURATION = ("config.json", "modules.json", "generation_config.json", "preprocessor_config.json")
FOLDER_NAME = mark_text("the folder's name")
ADAPTER = ("adapter_model.*", "adapter_config.json")


def inspect(folder: Path) -> tuple[Observation, ...]:
    """Return what the files of a folder say, the most telling source of a field first.

    Args:
        folder: A model folder.

    Raises:
        CharterError: It cannot be listed.
    """
    files = list_files(folder)
    found: list[Observation] = []
    for reader in READERS:
        try:
            found += reader(folder, files)
        except CharterError:
            continue  # a file that cannot be read says nothing
    return tuple(found)


def _card(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    text = read_card_text(folder).text if "README.md" in files else ""
    block = BLOCK.match(text)
    source = "README.md"
    if block and len(block.group(2)) <= BLOCK_LIMIT:
        try:
            front = yaml.load(block.group(2), Loader=Loader)
        except (yaml.YAMLError, RecursionError):
            front = None
        if isinstance(front, dict):
            yield from _front_matter(front, source, folder, files)
            if isinstance(name := front.get("pretty_name"), str) and name.strip():
                yield Observation("release.name", name.strip(), f"{source}, pretty_name")
            elif isinstance(title := front.get("title"), str) and title.strip() and front.get("sdk"):
                yield Observation("release.name", title.strip(), f"{source}, title")
    if title := card_title(text[block.end() :] if block else text):
        yield Observation("release.name", title, f"{source}, title")


def _front_matter(front: dict[str, Any], source: str, folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    layer = main_layer(files, front, folder)
    simple = {
        "library_name": "release.library",
        "pipeline_tag": "release.task",
        "language": "release.languages",
        "tags": "release.tags",
    }
    for key, field in simple.items():
        values = _texts(front.get(key))
        if values:
            many = field in ("release.languages", "release.tags")
            yield Observation(field, list(values) if many else values[0], f"{source}, {key}")
    stated = _texts(front.get("license"))
    if stated and stated != ("other",):
        choice = len(stated) > 1 and states_choice(read_card_text(folder).text)
        yield Observation(
            f"layers.{layer}.license",
            " OR ".join(sorted(stated, key=str.casefold)) if choice else " AND ".join(stated),
            f"{source}, license",
        )
    yield from read_emissions(front.get("co2_eq_emissions"), f"{source}, co2_eq_emissions")
    stated_relation = next(iter(_texts(front.get("base_model_relation"))), "")
    relation = find_relation(stated_relation) or _relation(folder, files, front)
    bases = [Upstream(hub_ref(ref) or ref, relation) for ref in _texts(front.get("base_model"))]
    data = [Upstream(ref, "trained_on") for ref in _texts(front.get("datasets"))]
    if layer == "deltas":
        yield Observation("layers.deltas.form", "adapter", f"{source}, front matter")
    if layer == "data":
        yield Observation("layers.data.availability", "released", f"{source}, front matter")
    elif stated and not any(map(is_weights, files)):
        yield Observation(f"layers.{layer}.availability", "released", f"{source}, license")
    if (bases or data) and layer in ("weights", "deltas"):
        yield Observation(f"layers.{layer}.derived_from", bases + data, f"{source}, base_model and datasets")


_MODEL = (".index.json", "config.cfg")
"""Ends of names that only files of models have, beside weights."""


def is_dataset_snapshot(folder: Path) -> bool:
    """Return whether a folder is a data set repo in the Hub's cache: `datasets--ORG--NAME/snapshots/COMMIT`."""
    place = folder.absolute()
    return place.parent.name == "snapshots" and place.parent.parent.name.startswith("datasets--")


def main_layer(files: tuple[str, ...], front: dict[str, Any], folder: Path | None = None) -> str:
    """Return the layer that a card is about, by the files beside it.

    Args:
        files: The files of the folder.
        front: The card's front matter.
        folder: The folder; a data set repo in the Hub's cache holds data, whatever files were fetched.
    """
    if folder is not None and is_dataset_snapshot(folder):
        return "data"
    adapters = set(adapter_files(files, folder))
    if any("/" not in path for path in adapters):
        return "deltas"
    if adapters and not any(is_weights(path) and path not in adapters for path in files):
        return "deltas"
    weights = any(map(is_weights, files))
    if front.get("sdk") and not weights:
        return "architecture"  # a Space
    if not weights and front.get("base_model") and (front.get("library_name") == "peft" or _tags(front) & _ADAPTERS):
        return "deltas"
    if is_dataset(files, front):
        return "data"
    code = any(path.endswith(".py") for path in files)
    model = "config.json" in files or weights or any(path.endswith(_MODEL) for path in files)
    about = any(front.get(key) for key in ("base_model", "pipeline_tag", "library_name", "model-index"))
    return "architecture" if code and not model and not about else "weights"


def relation_of(folder: Path, keys: Iterable[str] = ()) -> tuple[str, str]:
    """Return the layer that a folder's card is about, and how the files show that it was made from a base.

    Args:
        folder: A model folder.
        keys: The keys of the card's front matter.
    """
    files = list_files(folder)
    front: dict[str, Any] = dict.fromkeys(keys, "") | front_matter_of(read_card_text(folder).text)
    relation = "finetune"
    with contextlib.suppress(CharterError):
        relation = _relation(folder, files, front)
    return main_layer(files, front, folder), relation


_ADAPTERS = frozenset(("lora", "qlora", "adapter", "adapters", "peft", "dora", "ia3"))
_QUANTIZED = frozenset(("gptq", "awq", "exl2", "exl3", "hqq", "aqlm"))
_CONVERSIONS = frozenset(("gguf", "ggml", "4-bit", "8-bit", "quantized"))
"""Tags that show adapters and quantized weights; the last only where the weights themselves are not here."""


def _tags(front: dict[str, Any]) -> frozenset[str]:
    return frozenset(tag.lower() for tag in _texts(front.get("tags")))


def _relation(folder: Path, files: tuple[str, ...], front: dict[str, Any]) -> str:
    """How the model was made from the base that its card names, by its files and tags."""
    if main_layer(files, front, folder) == "deltas":
        return "adapter"
    bases, tags = _texts(front.get("base_model")), _tags(front)
    merged = any(name in files for name in ("mergekit_config.yml", "mergekit_config.yaml"))
    if merged or (len(bases) > 1 and tags & {"merge", "mergekit"}):
        return "merge"
    ends = {file_ending(path) for path in files if is_weights(path)}
    signs = {"quantize_config.json", "quant_config.json", "hf_quant_config.json", "measurement.json"} & set(files)
    packed = (ends and ends <= CONVERTED) or signs or is_quantized(_json(folder, "config.json", files))
    stated = front.get("quantized_by") or tags & (_QUANTIZED if ends else _QUANTIZED | _CONVERSIONS)
    return "quantized" if packed or stated else "finetune"


_PIPELINES = ("_diffusers_version", "_class_name")
"""Keys of a model_index.json of diffusers; beside it, config.json is that of one component."""
_HEADS = {
    "ForCausalLM": "text-generation",
    "LMHeadModel": "text-generation",
    "ForMaskedLM": "fill-mask",
    "ForSequenceClassification": "text-classification",
    "ForTokenClassification": "token-classification",
    "ForQuestionAnswering": "question-answering",
    "ForDocumentQuestionAnswering": "document-question-answering",
    "ForImageClassification": "image-classification",
    "ForObjectDetection": "object-detection",
    "ForSemanticSegmentation": "image-segmentation",
    "ForInstanceSegmentation": "image-segmentation",
    "ForUniversalSegmentation": "image-segmentation",
    "ForDepthEstimation": "depth-estimation",
    "ForAudioClassification": "audio-classification",
    "ForVideoClassification": "video-classification",
    "ForCTC": "automatic-speech-recognition",
    "ForSpeechSeq2Seq": "automatic-speech-recognition",
    "WhisperForConditionalGeneration": "automatic-speech-recognition",
}
"""The task of a model of transformers by the end of its class, as the Hub takes it."""


def _task(config: dict[str, Any], architecture: str) -> str | None:
    """The task that the class of a model shows; none where it takes more than text, or ranks by one number."""
    task = next((task for end, task in _HEADS.items() if architecture.endswith(end)), None)
    labels = config.get("id2label")
    if task == "text-classification" and isinstance(labels, dict) and len(labels) == 1:
        return None
    mixed = any(isinstance(config.get(key), dict) for key in ("vision_config", "audio_config"))
    return None if task == "text-generation" and mixed else task


def _config(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    config = _json(folder, "config.json", files)
    if set(_PIPELINES) & set(_json(folder, "model_index.json", files)):
        return
    architectures = _texts(config.get("architectures"))
    if architectures:
        yield Observation("model.architecture", architectures[0], "config.json, architectures")
        task = _task(config, architectures[0])
        if task and not {"modules.json", "config_sentence_transformers.json"} & set(files):
            yield Observation("release.task", task, "config.json, architectures")
    nested = config.get("text_config")
    for table in (config, nested if isinstance(nested, dict) else {}):
        if found := _context(table):
            yield Observation("model.context_length", found[0], f"config.json, {found[1]}")
            break
    if config.get("model_type") and config.get("quantization") and "quantization_config" not in config:
        yield Observation("release.library", "mlx", "config.json, quantization")
    elif config.get("model_type") and "modules.json" not in files:
        yield Observation("release.library", "transformers", "config.json")
    base = config_base(config)
    own = base and base.ref.rpartition("/")[2].lower() in _own_names(folder, files)
    ends = {file_ending(path) for path in files if is_weights(path)}
    if base and ends and ends <= CONVERTED:  # a conversion has the name of what it was made from
        base, own = base._replace(relation="quantized"), False
    if base and not own and "adapter_config.json" not in files:
        yield Observation("layers.weights.derived_from", [base], "config.json, _name_or_path")


_PADDED = ("roberta", "xlm-roberta", "camembert", "xlm-roberta-xl", "longformer", "xmod", "roberta-prelayernorm")
"""Model types that count positions from behind the padding token's."""


def _context(config: dict[str, Any]) -> tuple[int, str] | None:
    """The context length that a config.json states, and its key."""
    for key in ("max_position_embeddings", "n_positions", "max_target_positions", "max_seq_len", "n_ctx", "seq_length"):
        value = config.get(key)
        if type(value) is int and value > 0:
            pad = config.get("pad_token_id", 1)
            padded = config.get("model_type") in _PADDED and type(pad) is int
            return (value - pad - 1 if padded and value > pad + 1 else value), key
    return None


def _own_names(folder: Path, files: tuple[str, ...]) -> set[str]:
    """What the model itself is called, in lower case: by its folder and by its card's title."""
    text = read_card_text(folder).text if "README.md" in files else ""
    block = BLOCK.match(text)
    title = card_title(text[block.end() :] if block else text) or ""
    return {folder.absolute().name.lower(), title.lower().replace(" ", "-")} - {""}


def _setfit(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    """Libraries that a file of theirs shows."""
    for name, library, task in (("config_setfit.json", "setfit", "text-classification"),):
        if name in files:
            yield Observation("release.library", library, name)
            yield Observation("release.task", task, name)


def _sentence_transformers(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    if "modules.json" in files:
        yield Observation("release.library", "sentence-transformers", "modules.json")
        yield Observation("release.task", "sentence-similarity", "modules.json")
    if "model_index.json" in files:
        index = _json(folder, "model_index.json", files)
        if isinstance(index.get("_class_name"), str):
            yield Observation("model.architecture", index["_class_name"], "model_index.json, _class_name")


def _merge(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    name = next((n for n in ("mergekit_config.yml", "mergekit_config.yaml") if n in files), None)
    text = read_text(folder, name, JSON_LIMIT) if name else None
    if name is None or text is None:
        return
    with contextlib.suppress(yaml.YAMLError, RecursionError):
        if parents := list(merge_parents(text)):
            yield Observation("layers.weights.derived_from", parents, name)


def read_gguf_license(folder: Path) -> str:
    """Return the license that the GGUF file of a folder states for itself; empty where there is none.

    Args:
        folder: A model folder.
    """
    for name in _gguf_models(list_files(folder)):
        with contextlib.suppress(CharterError):
            return read_gguf(folder / name).general.get("license", "")
    return ""


def read_bases(folder: Path) -> tuple[Upstream, ...]:
    """Return the base models that adapter_config.json, mergekit's file or a GGUF file names; paths are left out.

    Args:
        folder: A model folder.
    """
    files = list_files(folder)
    found: dict[str, Upstream] = {}
    for reader in (read_adapters, _merge, _gguf):
        with contextlib.suppress(CharterError):
            stated = [entry for entry in reader(folder, files) if entry.field.endswith(".derived_from")]
            found |= {up.ref: up for entry in stated for up in entry.value if not up.local}
    return tuple(found.values())


def _gguf_models(files: tuple[str, ...]) -> list[str]:
    """The GGUF file that is nearest to the top, and no image encoder."""
    models = [name for name in matching(files, ("**/*.gguf",)) if not _PROJECTOR.match(name.rpartition("/")[2])]
    return sorted(models, key=lambda path: path.count("/"))[:1]


def _gguf_base(general: Mapping[str, str]) -> str | None:
    return hub_ref(general.get("base_model.0.repo_url") or general.get("source.repo_url") or "")


_PROJECTOR = lazy_pattern(r"mmproj", re.I)
"""The image encoder that llama.cpp keeps beside a model, in a file of its own."""


def _gguf(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    for name in _gguf_models(files):
        general = read_gguf(folder / name).general
        if not general:
            continue
        source = f"{name}, general"
        fields = {"name": "release.name", "architecture": "model.architecture", "license": "layers.weights.license"}
        for key, field in fields.items():
            if general.get(key):
                yield Observation(field, general[key], f"{source}.{key}")
        if ref := _gguf_base(general):
            base = Upstream(ref, "quantized")
            yield Observation("layers.weights.derived_from", [base], f"{source}.base_model")


def _safetensors(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    names = one_model(matching(files, ("*.safetensors",)))
    if not names or "adapter_config.json" in files:
        return
    headers = [read_header(folder / name) for name in names]
    total = 0 if set(names) & set(adapter_files(files, folder)) else sum(header.parameters for header in headers)
    if total:
        shards = f"{len(headers)} headers" if len(headers) > 1 else "header"
        yield Observation("model.parameters", total, f"{names[0]}, {shards}")
    for header, name in zip(headers, names, strict=False):
        spec = {k.removeprefix("modelspec."): v for k, v in header.metadata.items() if k.startswith("modelspec.")}
        if spec.get("license"):
            yield Observation("layers.weights.license", spec["license"], f"{name}, modelspec.license")
        if spec.get("title"):
            yield Observation("release.name", spec["title"], f"{name}, modelspec.title")
        break


def one_model(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the files that make up one model: a whole set of shards, or the one that is not a variant.

    Args:
        names: The safetensors files at the top.
    """
    if "model.safetensors" in names:
        return ("model.safetensors",)
    shards = tuple(name for name in names if re.fullmatch(r"model-\d{5}-of-\d{5}\.safetensors", name))
    if shards:
        return shards
    return names if len(names) == 1 or all("-of-" in name for name in names) else names[:1]


def _training(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    """What the tokenizer and the index of shards say."""
    longest = _json(folder, "tokenizer_config.json", files).get("model_max_length")
    config = _json(folder, "config.json", files)
    component = bool(set(_PIPELINES) & {*_json(folder, "model_index.json", files), *config})
    # A tokenizer's limit may be that of one training run; a model of its own kind may take more.
    plain = config and not component and "auto_map" not in config and not adapter_files(files, folder)
    if plain and isinstance(longest, int) and 0 < longest < TOKENS_LIMIT:
        yield Observation("model.context_length", longest, "tokenizer_config.json, model_max_length")
    index = _json(folder, "model.safetensors.index.json", files).get("metadata")
    total = index.get("total_parameters") if isinstance(index, dict) else None
    if isinstance(total, int) and total > 0:
        yield Observation("model.parameters", total, "model.safetensors.index.json, total_parameters")


def _runs(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    layer = main_layer(files, {}, folder)
    yield from read_runs(folder, files, layer) if layer in ("weights", "deltas") else ()


def _parts(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    """Which files belong to which layer, and that what lies here is given."""
    source = "the files in the folder"
    seen = tuple(path for path in files if not path.startswith(".") and "/." not in path)
    adapters = adapter_files(files, folder)
    deltas = _adapter_patterns(adapters, files)
    keys = card.keys if (card := read_card(folder)) else ()
    data = _rows(seen, keys)
    weights = without_checkpoints(path for path in seen if is_weights(path))
    weights = [path for path in weights if path not in adapters and not matching((path,), tuple(deltas) or ADAPTER)]
    weights += [path for path in seen if path.endswith(".xml") and f"{path[:-4]}.bin" in files]
    roots = spacy_roots(files)
    weights += [path for path in seen if any(path.startswith(r) and "/" in path[len(r) :] for r in roots)]
    index = [path for path in seen if path.endswith((".safetensors.index.json", ".bin.index.json"))]
    weights = [] if data else list(dict.fromkeys(weights))
    held = patterns_of(weights, sorted(set(files) - set(weights))) or index
    if held and not (adapters and not weights):
        held += [glob for glob in TOKENIZER if matching(files, (glob,))]
    layers = {"deltas": deltas, "weights": held, "data": data, "architecture": [] if data else _code(files)}
    for layer, here in layers.items():
        if here:
            yield Observation(f"layers.{layer}.availability", "released", source)
            yield Observation(f"layers.{layer}.files", list(dict.fromkeys(here)), source)


def _code(files: tuple[str, ...]) -> list[str]:
    """Patterns of configurations and code; code in folders is found at every depth."""
    ends = {file_ending(path) for path in files}
    code = [f"**/*.{end}" if matching(files, (f"*/**/*.{end}",)) else f"*.{end}" for end in CODE if end in ends]
    first, *others = CONFIGURATION
    return [glob for glob in (first, *code, *others) if matching(files, (glob,))]


def _adapter_patterns(adapters: tuple[str, ...], files: tuple[str, ...]) -> list[str]:
    """Patterns of the files of adapters; the parts of a split file at the top are among them."""
    if all("/" not in path for path in adapters) and "adapter_config.json" in adapters:
        named = [glob for glob in ADAPTER if matching(files, (glob,))]
        rest = [path for path in adapters if not matching((path,), tuple(named))]
        return [*named, *patterns_of(rest, sorted(set(files) - set(rest)))]
    globs: list[str] = []
    for name in dict.fromkeys(path.rpartition("/")[2] for path in adapters):
        paths = [path for path in adapters if path.rpartition("/")[2] == name]
        globs.append(paths[0] if len(paths) == 1 else f"**/{name}")
    return globs


_PAPERS = re.compile(r"(?:README|LICEN[CS]E|COPYING|NOTICE|CITATION|CHANGELOG|CONTRIBUTING)\b.*|release\.yaml", re.I)


_PROJECT = re.compile(
    r"[^/]*\.(?:md|rst|lock|toml|cfg|bib|cff)|Pipfile|requirements[^/]*\.txt|setup\.py|Makefile|Dockerfile|justfile|docs/.*",
    re.I,
)
"""Files of the project around a data set."""
_PICTURE = re.compile(r"[^/]*\.(?:svg|png|jpe?g|gif|webp)", re.I)
"""Pictures at the top, which a card shows; a data set of images has them in folders, or has a metadata file."""


def _rows(seen: tuple[str, ...], keys: tuple[str, ...]) -> list[str]:
    """Patterns of the files of a data set; with a card of one these are all but the papers, loading scripts too."""
    if not is_dataset(seen, keys):
        return []
    stated = not DATASET_KEYS.isdisjoint(keys) or any(name in seen for name in DATASET_FILES)
    rows = [p for p in seen if file_ending(p) in DATA or (stated and not _PAPERS.fullmatch(p.rpartition("/")[2]))]
    rows = [path for path in rows if not _PROJECT.fullmatch(path)] or rows
    if any(file_ending(path) in DATA for path in rows) and not any(path.startswith("metadata.") for path in rows):
        rows = [path for path in rows if not _PICTURE.fullmatch(path)]
    return patterns_of(rows, sorted(set(seen) - set(rows)))


def _git(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    raw = read_inside(folder, ".git/config", 1024 * 1024)
    for line in (raw or b"").decode("utf-8", "replace").splitlines():
        found = re.match(r"\s*url\s*=\s*(\S+)\s*$", line)
        ref = hub_ref(re.sub(r"//[^/@]*@", "//", found.group(1))) if found else None
        if ref:
            yield Observation("release.repo", ref, ".git/config, remote")


def _folder_name(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    name = folder.absolute().name.encode("utf-8", "ignore").decode().strip()
    if folder.absolute().name:
        yield Observation("release.name", name or "model", FOLDER_NAME)


READERS: tuple[Callable[[Path, tuple[str, ...]], Iterator[Observation]], ...] = (
    _card,
    read_adapters,
    _merge,
    _gguf,
    read_libraries,
    _config,
    _setfit,
    _sentence_transformers,
    read_tags,
    _safetensors,
    _training,
    _runs,
    _parts,
    _git,
    _folder_name,
)
"""Each reads some files and says what they say; the earlier are the more telling."""
