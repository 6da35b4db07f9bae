"""Which files hold weights or data, by their names: one list for init, for the checks and for uploads."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.artifacts.folder import matching
from generator.patterns import lazy_pattern

# fmt: off
WEIGHTS = frozenset((
    "safetensors", "gguf", "ggml", "bin", "pt", "pth", "ckpt", "jit", "ptl", "pte", "torchscript",
    "pkl", "pickle", "joblib", "onnx", "onnx_data", "tflite", "h5", "hdf5", "keras", "pb", "mlmodel",
    "mlpackage", "msgpack", "npz", "nemo", "ftz", "pdmodel", "pdiparams", "pdparams", "ubj",
    "caffemodel", "engine", "lz4", "ort", "mnn", "param", "weights", "model2vec",
    "skops", "dill", "xgb", "bst", "cbm", "params", "rknn", "dlc", "mar", "litertlm", "llamafile", "t7",
))
# fmt: on
"""Endings of files that hold weights."""
CONVERTED = frozenset(
    (
        "gguf",
        "ggml",
        "onnx",
        "onnx_data",
        "data",
        "xml",
        "ort",
        "tflite",
        "mlpackage",
        "mlmodel",
        "engine",
        "rknn",
        "dlc",
        "mnn",
    )
)
"""Endings of weights that were converted from others; where all are, a base was quantized, or put into another form."""
CODE = tuple(
    [
        "py",
        "ipynb",
        "pyx",
        "c",
        "cc",
        "cpp",
        "h",
        "hpp",
        "cu",
        "cuh",
        "rs",
        "go",
        "java",
        "kt",
        "swift",
        "js",
        "mjs",
        "jsx",
        "ts",
        "tsx",
        "jl",
        "lua",
        "scala",
        "cs",
    ]
)
"""Endings of source code, the most frequent ones of model folders first."""
DATA = frozenset(("parquet", "csv", "tsv", "jsonl", "arrow", "ndjson"))
"""Endings of files that hold the rows of a data set."""
DATASET_KEYS = frozenset(
    (
        "task_categories",
        "task_ids",
        "dataset_info",
        "configs",
        "annotations_creators",
        "size_categories",
        "source_datasets",
    )
)
"""Keys of the front matter that only cards of data sets have."""
DATASET_FILES = ("dataset_infos.json", "dataset_dict.json", "dataset_info.json")
_CHECKPOINT = lazy_pattern(r"(?:.*/)?checkpoint-\d+/")
_SHARDED = lazy_pattern(r"(?:.*/)?(?:manifest\.ocdbt|d/[0-9a-f]{32}|__\d+_\d+\.distcp)")
"""Parts of a checkpoint of Orbax, and of PyTorch's distributed checkpoints."""
_COMPRESSED = frozenset(("zst", "xz", "gz", "bz2", "br", "zstd"))
_PACKED = (".pth.tar", ".pt.tar", ".ckpt.tar")
_STATE = lazy_pattern(
    r"(?:.*[_.-])?(?:training_args|trainer_state|optim(?:izer)?(?:_states?)?|(?:lr_)?scheduler|rng_states?|random_states?"
    r"|grad_?scaler|sampler|dataloader|tokenizer|vocab(?:ulary)?|events\.out)(?:[_.-].*)?\.[a-z0-9]+"
    r"|scaler(?:[_-]\d+)?\.(?:pt|pth|bin)|cached?[_-].*"
)
"""What a trainer or a tokenizer keeps in files that end as weights do."""
_BY_NAME = lazy_pattern(
    r".*\.onnx(?:\.data|_data_\d+)|openvino.*\.xml|variables\.index|.*ckpt.*\.(?:index|meta)|.*\.data-\d{5}-of-\d{5}"
    r"|.*(?:model|weights?|checkpoint|ckpt|state_dict|params).*\.(?:tar\.gz|tar\.bz2|tar\.xz|tgz|zip|7z|tar|npy)"
    r"|(?:ppo|dqn|a2c|sac|td3|ddpg|trpo|qrdqn|tqc|ars)-.*\.zip|.*(?:embeddings?|vectors|codebook).*\.npy"
    r"|(?!.*(?:config|param|metric|result|report|feature|metadata|score))"
    r"(?:.*[_-])?(?:xgb|xgboost|lgbm|lightgbm|catboost)(?:[_-].*)?\.(?:json|txt|model)"
)
"""Weights that only their whole name shows."""
_NAMED_ENDINGS = frozenset(
    ("data", "xml", "index", "meta", "gz", "bz2", "xz", "tgz", "zip", "7z", "tar", "npy", "json", "txt", "model")
)
_EITHER = frozenset(
    ("h5", "hdf5", "npz", "npy", "pkl", "pickle", "bin", "pt", "lz4", "zip", "gz", "tgz", "tar", "msgpack", "pb")
)
"""Endings that rows of a data set may have too."""
_WORK = lazy_pattern(
    r"(?:.*/)?(?:train|finetune|run_|setup|main|model).*\.py|pyproject\.toml|.*\.ipynb|requirements.*\.txt"
    r"|(?:.*/)?(?:CMakeLists\.txt|Cargo\.toml|go\.mod|package\.json|Makefile)"
)
"""Files of a project of code, in which a table is no data set."""


def file_ending(path: str) -> str:
    """Return the ending of a file's name in lower case; that of the bundle for a file in an `.mlpackage`.

    Args:
        path: The path of a file.
    """
    if ".mlpackage/" in path:
        return "mlpackage"
    name, _, end = path.rpartition("/")[2].rpartition(".")
    return end.lower() if name else ""


def without_checkpoints(paths: Iterable[str]) -> list[str]:
    """Return paths without those in a trainer's `checkpoint-500/`, where others are outside of such folders.

    Args:
        paths: The paths of files.
    """
    held = list(paths)
    return [path for path in held if not _CHECKPOINT.match(path)] or held


def is_weights(path: str) -> bool:
    """Return whether a file holds weights, by its name; what a trainer keeps for itself is none.

    Args:
        path: The path of a file.
    """
    end = file_ending(path)
    name = path.rpartition("/")[2].lower()
    if _SHARDED.fullmatch(path):
        return True
    if end in _COMPRESSED and "." in name and is_weights(name.removesuffix(f".{end}")):
        return True
    if end in WEIGHTS:
        return end == "mlpackage" or not _STATE.fullmatch(name)
    if name.endswith(_PACKED):
        return True
    numbered = end in _NAMED_ENDINGS or end.startswith(("onnx_data", "data-"))
    return numbered and _BY_NAME.fullmatch(name) is not None and not _STATE.fullmatch(name)


def is_dataset(files: Iterable[str], keys: Iterable[str] = ()) -> bool:
    """Return whether a folder is that of a data set: it holds no model, and its card or its files show data.

    Without a card or a file that only data sets have, tables show data where little else lies there: beside code that
    trains or that is installed they do not.

    Args:
        files: The paths of its files.
        keys: The keys of its card's front matter.
    """
    held = [path for path in files if not path.startswith(".")]
    stated = not DATASET_KEYS.isdisjoint(keys)
    if "config.json" in held or any(path.endswith(".index.json") for path in held):
        return False
    if any(is_weights(path) and not (stated and file_ending(path) in _EITHER) for path in held):
        return False
    if stated or any(name in held for name in DATASET_FILES):
        return True
    rows = sum(file_ending(path) in DATA for path in held)
    code = sum(path.endswith((".py", ".js", ".ts", ".rs", ".c", ".cpp", ".go")) for path in held)
    return rows > code and not any(map(_WORK.fullmatch, held))


def patterns_of(files: Iterable[str], others: Iterable[str] = ()) -> list[str]:
    """Return patterns that name files by their endings: `*.onnx` at the top, `**/*.onnx` in folders too.

    Args:
        files: The paths that are to be named.
        others: Paths that no pattern may name; where an ending would, the files are named more closely.
    """
    groups: dict[str, list[str]] = {}
    for path in files:
        end = path.rpartition(".")[2] if "." in path.rpartition("/")[2] else ""
        glob = f"*.{end}" if end else path
        groups.setdefault(
            f"{path.partition('.mlpackage/')[0]}.mlpackage/**" if ".mlpackage/" in path else glob, []
        ).append(path)
    rest = tuple(others)
    found: list[str] = []
    for glob, paths in groups.items():
        deep = glob.startswith("*.") and any("/" in path for path in paths)
        wide = f"**/{glob}" if deep else glob
        found += [wide] if not matching(rest, (wide,)) else _close(paths, rest)
    return list(dict.fromkeys(found))


def _close(paths: list[str], others: tuple[str, ...]) -> list[str]:
    """The names of files, those of a numbered set as one pattern where it names nothing else."""
    found: dict[str, None] = {}
    for path in paths:
        folder, slash, name = path.rpartition("/")
        glob = f"{folder}{slash}{re.sub(r'[0-9]{3,}', '*', name)}"
        found[path if matching(others, (glob,)) else glob] = None
    return list(found)
