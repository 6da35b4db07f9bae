"""The models that configuration files name as what a model was made from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern

_HUB_URL = lazy_pattern(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/(?:datasets/)?([\w.-]+/[\w.-]+?)(?:\.git)?/?\Z")
# A path of a machine: absolute, of a home, of Windows, with `.` or `..`, or of more parts than a repo id has.
_PATH = r"[/~\\.].*|.*/\Z|[A-Za-z]:[/\\].*|.*\\.*|.*/.*/.*|(?:.*/)?checkpoint-\d+"
_PATH += r"|(?:tmp|temp|outputs?|checkpoints?|ckpts?)/.*|output[_-][^/]*"
# A folder that may be an organization of the Hub too: a path where what follows is called as a run is.
_OF_RUNS = r"(?:results?|runs?|models?|merges?|exps?|experiments?|logs?|output[_-][^/]*|work_?dirs?|saves?)/"
_RUN = r"(?:(?:run|exp|experiment|checkpoint|ckpt|epoch|step|version|fold|trial)s?[_.-]?\d+.*|\d[\d_.:T-]*"
_RUN += r"|.*\.(?:bin|pth?|ckpt|safetensors)|final(?:[_-](?:model|checkpoint|merged))?|last|latest|tmp|test"
_RUN += r"|best(?:[_-](?:model|checkpoint))?|merged(?:[_-]model)?|model|output|base)"
_VALUES = 100_000
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Upstream(NamedTuple):
    """Something that the model was made from, as a file names it; `local` where that is no Hub repo id."""

    ref: str
    relation: str
    local: bool = False


def hub_ref(text: str) -> str | None:
    """Return the repo id in an address of the Hub, or None where it is no such address.

    Args:
        text: An address.
    """
    found = _HUB_URL.fullmatch(text)
    return found.group(1) if found else None


def is_path(ref: str) -> bool:
    """Return whether a ref is a path on somebody's machine; a bare name such as `gpt2` may be a repo of the Hub.

    Args:
        ref: As a file names it.
    """
    if "://" in ref:
        return False
    if re.fullmatch(_PATH, ref, re.S):
        return True
    # The names of runs are only compiled for the few refs that begin as one.
    return re.match(_OF_RUNS, ref) is not None and re.fullmatch(_OF_RUNS + _RUN, ref, re.S) is not None


def is_repo_id(ref: str) -> bool:
    """Return whether a ref can be loaded from the Hub: `ORG/NAME`, or a bare name such as `gpt2`.

    Args:
        ref: As a file names it.
    """
    return re.fullmatch(r"\w[\w.-]*(?:/\w[\w.-]*)?", ref, re.A) is not None and not is_path(ref)


def adapter_base(config: dict[str, Any]) -> Upstream | None:
    """Return the base that an adapter_config.json names: PEFT's, AdapterHub's or MLX's.

    Args:
        config: What it holds.
    """
    base = config.get("base_model_name_or_path")
    if base is None and "model_name" in config and "config" in config:
        base = config["model_name"]
    if base is None and "lora_parameters" in config and "/" in str(config.get("model")):
        base = config["model"]  # without a `/` it is a folder of the machine, by default `mlx_model`
    return _to_upstream(base, "adapter")


def config_base(config: dict[str, Any]) -> Upstream | None:
    """Return the model that a config.json was first loaded from, as it names it.

    Args:
        config: What it holds.
    """
    return _to_upstream(config.get("_name_or_path"), "quantized" if is_quantized(config) else "finetune")


def is_quantized(config: dict[str, Any]) -> bool:
    """Return whether a config.json shows quantized weights: `quantization_config`, or `quantization` as MLX writes.

    Args:
        config: What it holds.
    """
    return any(config.get(key) for key in ("quantization_config", "quantization", "compression_config"))


def merge_parents(text: str) -> Iterator[Upstream]:
    """Yield the models that a mergekit file names, each once: `model`, `base_model`, in slices too.

    One may carry a LoRA and revisions, as in `org/model@main+org/lora`; then both are named.

    Args:
        text: The YAML text.

    Raises:
        yaml.YAMLError: It is not YAML.
        RecursionError: It is nested too deep.
    """
    value = yaml.load(text, Loader=_Loader)
    refs = [part.partition("@")[0] for ref in _models(value) for part in ref.split("+")]
    for ref in dict.fromkeys(refs):
        if parent := _to_upstream(ref, "merge"):
            yield parent


def _to_upstream(value: object, relation: str) -> Upstream | None:
    ref = value.strip() if isinstance(value, str) else ""
    if not 0 < len(ref) <= 300 or ref.lower() in ("none", "null", "~"):
        return None
    return Upstream(ref, relation, is_path(ref))


def _models(value: object) -> Iterator[str]:
    """What stands under `model` and `base_model`; what aliases repeat is walked once."""
    waiting, walked = [value], {id(value)}
    while waiting and len(walked) < _VALUES:
        held = waiting.pop()
        pairs = (
            list(held.items()) if isinstance(held, dict) else [("", e) for e in held] if isinstance(held, list) else []
        )
        below: list[object] = []
        for key, child in pairs:
            if key in ("model", "base_model") and isinstance(child, str):
                yield child.strip()
            elif isinstance(child, (dict, list)) and id(child) not in walked:
                walked.add(id(child))
                below.append(child)
        waiting += reversed(below)
