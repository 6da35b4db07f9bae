"""Which files hold weights or data, by their names: one list for init, for the checks and for uploads."""

from __future__ import annotations

from collections.abc import Iterable

# fmt: off
WEIGHTS = frozenset((
    "safetensors", "gguf", "ggml", "bin", "pt", "pth", "ckpt", "jit", "ptl", "pte", "torchscript",
    "pkl", "pickle", "joblib", "onnx", "onnx_data", "tflite", "h5", "hdf5", "keras", "pb", "mlmodel",
    "mlpackage", "msgpack", "npz", "nemo", "ftz", "pdmodel", "pdiparams", "pdparams", "ubj",
    "caffemodel", "engine", "lz4", "ort", "mnn", "param", "weights", "model2vec",
))
# fmt: on
"""Endings of files that hold weights."""
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
_DATASET_FILES = ("dataset_infos.json", "dataset_dict.json", "dataset_info.json", "state.json")
_PACKED = (".pth.tar", ".pt.tar", ".ckpt.tar", ".tar.gz", ".tar.lz4")


def file_ending(path: str) -> str:
    """Return the ending of a file's name in lower case; that of the bundle for a file in an `.mlpackage`.

    Args:
        path: The path of a file.
    """
    return "mlpackage" if ".mlpackage/" in path else path.rpartition("/")[2].rpartition(".")[2].lower()


def is_weights(path: str) -> bool:
    """Return whether a file holds weights, by its name.

    Args:
        path: The path of a file.
    """
    name = path.rpartition("/")[2].lower()
    return file_ending(path) in WEIGHTS or name.endswith(_PACKED[:3])


def is_dataset(files: Iterable[str], keys: Iterable[str] = ()) -> bool:
    """Return whether a folder is that of a data set: it holds no weights, and its card or its files show data.

    Args:
        files: The paths of its files.
        keys: The keys of its card's front matter.
    """
    held = [path for path in files if not path.startswith(".")]
    if any(map(is_weights, held)) or "config.json" in held or any(p.endswith(".index.json") for p in held):
        return False
    return (
        not DATASET_KEYS.isdisjoint(keys)
        or any(name in held for name in _DATASET_FILES)
        or any(file_ending(path) in DATA for path in held)
    )


def patterns_of(files: Iterable[str]) -> list[str]:
    """Return patterns that name files by their endings: `*.onnx` at the top, `**/*.onnx` in folders too.

    Args:
        files: The paths that are to be named.
    """
    deep: dict[str, bool] = {}
    for path in files:
        end = path.rpartition(".")[2]
        glob = f"{path.partition('.mlpackage/')[0]}.mlpackage/**" if ".mlpackage/" in path else f"*.{end}"
        deep[glob] = deep.get(glob, False) or ("/" in path and glob.startswith("*."))
    return [f"**/{glob}" if below else glob for glob, below in deep.items()]
