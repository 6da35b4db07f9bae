"""YAML as version 1.2 reads it, for holding examples against the JSON Schema."""

from __future__ import annotations

import re
from typing import Any

import yaml


class Loader(yaml.SafeLoader):
    """PyYAML with the scalars of the YAML 1.2 core schema."""


Loader.yaml_implicit_resolvers = {}
for tag, expression, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{expression})$"), [*first, ""])


def load(text: str) -> Any:  # noqa: ANN401 - a tree
    """Read YAML text."""
    return yaml.load(text, Loader=Loader)
