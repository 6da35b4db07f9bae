"""Writing a release as a release file that reads back the same."""

from __future__ import annotations

from typing import Any

from generator.release.model import Release
from generator.release.vocabulary import LAYERS
from generator.release.yaml_text import block


def write_release(release: Release) -> str:
    """Return a release as the text of a release file, keys in the order of the contract, defaults left out.

    Args:
        release: What `load_release` returned, or one made in Python.
    """
    tree = _stated(release.model_dump(exclude_defaults=True))
    layers = tree.get("layers", {})
    for layer in LAYERS:
        if len(layers.get(layer, ())) == 1:
            layers[layer] = layers[layer][0]
    return "\n".join(block({"charter": release.charter, **tree})) + "\n"


def _stated(value: Any) -> Any:  # noqa: ANN401 - a tree
    """The tree with lists for tuples."""
    if isinstance(value, dict):
        return {key: _stated(child) for key, child in value.items()}
    return [_stated(child) for child in value] if isinstance(value, (tuple, list)) else value
