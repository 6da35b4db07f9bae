"""All that the files of training runs in a folder show; a file that can't be read says nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from generator.artifacts.observation import Observation
from generator.artifacts.runs.configs import read_configs
from generator.artifacts.runs.emissions import read_tracker
from generator.artifacts.runs.trackers import read_trackers
from generator.artifacts.runs.trainer import read_trainer
from generator.errors import CharterError


def read_runs(folder: Path, files: tuple[str, ...], layer: str) -> Iterator[Observation]:
    """Yield what trainers, trackers and configurations show, the most exact source of a field first.

    Args:
        folder: A model folder.
        files: Its files.
        layer: The layer that was trained.
    """
    relation = "adapter" if layer == "deltas" else "finetune"
    for found in (
        read_tracker(folder, files),
        read_trainer(folder, files),
        read_configs(folder, files, layer),
        read_trackers(folder, files, layer, relation),
    ):
        with contextlib.suppress(CharterError):
            yield from found
