"""A callback for trainers of transformers, TRL, PEFT and sentence-transformers: it records the run and writes the card.

The trainer's own card is a draft that replaces README.md at each push, and TRL's at each checkpoint. The callback takes
the place of `create_model_card`, a public method that all these trainers call, and keeps README.md while a model is
saved.
"""

from __future__ import annotations

import platform
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from generator.api import build, check
from generator.artifacts.bases import is_path, is_repo_id
from generator.artifacts.runs.emissions import read_tracker
from generator.artifacts.runs.trainer import amount, evaluation, last_evaluation
from generator.release.model import Release, ResultDataset, Upstream
from generator.release.reader import read_release
from generator.release.source import FILE_NAME
from generator.train.record import RunText, days_of, draft_release, in_words, record_training

_CARD = "README.md"
_ARGUMENTS = (
    *("learning_rate", "per_device_train_batch_size", "per_device_eval_batch_size", "gradient_accumulation_steps"),
    *("num_train_epochs", "max_steps", "optim", "lr_scheduler_type", "warmup_steps", "warmup_ratio", "weight_decay"),
    *("label_smoothing_factor", "neftune_noise_alpha", "seed", "bf16", "fp16"),
    *("max_length", "max_seq_length", "packing", "beta", "loss_type", "num_generations"),
)
"""Arguments of a trainer that the card lists."""
_LORA = ("r", "lora_alpha", "lora_dropout", "target_modules", "use_rslora", "use_dora")
_HUB_FILE = re.compile(r"hf://datasets/([\w.-]+/[\w.-]+)@([0-9a-f]{7,64})/")


class CharterCallback(TrainerCallback):  # type: ignore[misc]
    """Record a run of a trainer in `release.yaml`, and push the card of charter instead of the trainer's draft.

    At the end of training the callback records base model, data sets, hyperparameters, measures, hardware and time in
    the `release.yaml` of the output folder. At `push_to_hub` it builds the bundle and checks the release; errors stop
    the push. Text that people wrote in README.md and `release.yaml` stays.

        trainer = Trainer(...)
        trainer.add_callback(CharterCallback(trainer, base="org/base", datasets="org/data", license="apache-2.0"))

    Args:
        trainer: The trainer that the callback is added to.
        base: What training starts from; by default the Hub id that the model was loaded from.
        datasets: What it is trained on; by default the Hub ids that the data sets were loaded from.
        evaluated_on: The data set of the evaluation; by default the Hub id that it was loaded from.
        license: The license of the model and the files around it, where the release file states none.
        publisher: Who publishes it, if the release file names nobody.
        training: More for `training`, such as `personal_data`.
        fail_on: The least severity that stops a push: error, warning or info.

    Raises:
        ReleaseFileError: At the beginning of training, if the release file in the output folder can't be read.
        CharterError: At `push_to_hub`, if the release is not ready.
    """

    def __init__(
        self,
        trainer: Any,  # noqa: ANN401 - any class of trainer
        *,
        base: str | Upstream | Iterable[str | Upstream] = (),
        datasets: str | Upstream | Iterable[str | Upstream] = (),
        evaluated_on: str | ResultDataset | None = None,
        license: str | None = None,
        publisher: str | None = None,
        training: Mapping[str, Any] | None = None,
        fail_on: str = "error",
    ) -> None:
        self.trainer = trainer
        self.folder = Path(trainer.args.output_dir)
        self.base, self.datasets, self.evaluated_on = base, datasets, evaluated_on
        self.license, self.publisher = license, publisher
        self.training, self.fail_on = dict(training or {}), fail_on
        self.start = self.end = 0.0
        self.resumed = False
        self._cards: list[bytes | None] = []
        self._created: dict[Path, bytes] = {}
        self._save_model = trainer.save_model
        trainer.save_model = self._save
        trainer.create_model_card = self._write_card

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ANN401
        """Check what can be checked before training: the release file, and if the run pushes, what it is to push."""
        if state.is_world_process_zero:
            if (self.folder / FILE_NAME).exists():
                read_release(self.folder / FILE_NAME)
            if args.push_to_hub:
                draft = draft_release(self.folder, **self._facts())
                check(draft, select=("REL", "LIC", "LIN"), fail_on=self.fail_on).raise_for_errors()
        self.start, self.end = time.time(), 0.0
        self.resumed = state.global_step > 0

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ANN401
        """Record the run."""
        self.end = time.time()
        if state.is_world_process_zero:
            self.record()

    def record(self, folder: Path | None = None, **more: Any) -> Release:  # noqa: ANN401 - of `create_model_card`
        """Record the run in the release file, and return the release.

        Args:
            folder: Where the model is; by default the output folder.
            more: Arguments of `create_model_card`: license, tags, tasks, dataset_tags.
        """
        state, place = self.trainer.state, folder or self.folder
        place.mkdir(parents=True, exist_ok=True)
        file = place / FILE_NAME
        fresh = not file.exists() or file.read_bytes() == self._created.get(file)
        release = record_training(
            place,
            **self._facts(**more),
            fresh=fresh,
            metrics=evaluation(last_evaluation(state.log_history)),
            hyperparameters=dict(_hyperparameters(self.trainer)),
            training=dict(self._measured()),
            text=RunText(
                steps=state.global_step or None,
                epochs=round(state.epoch, 2) if state.epoch else None,
                duration=in_words(self.end - self.start) if self.end and not self.resumed else "",
                versions=tuple(_versions(self.trainer)),
            ),
        )
        if fresh:
            self._created[file] = file.read_bytes()
        return release

    def _facts(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        """What is known of the run from its beginning."""
        trainer = self.trainer
        named = getattr(trainer.args, "hub_model_id", None)
        return {
            "base": self.base or find_base(trainer.model),
            "datasets": self.datasets or [*find_datasets(trainer.train_dataset), *_texts(more.get("dataset_tags"))],
            "evaluated_on": self.evaluated_on or _measured_on(trainer.eval_dataset),
            "task": next(iter(_texts(more.get("tasks"))), None),
            "license": self.license or next(iter(_texts(more.get("license"))), None),
            "publisher": self.publisher,
            "repo": named if isinstance(named, str) and "/" in named else None,
            "tags": [*_texts(getattr(trainer, "_tag_names", ())), *_texts(more.get("tags"))],
            "unsaved": "adapter" if _adapter_of(trainer.model) else "weights",
        }

    def _measured(self) -> Iterator[tuple[str, Any]]:
        """What the run measured of itself, and what codecarbon wrote since it began."""
        if hardware := find_hardware(self.trainer.args):
            yield "hardware", hardware
        if compute := amount(self.trainer.state.total_flos):
            yield "compute_flops", compute
        if self.end:
            days = days_of(self.start, self.end)
            stated = read_release(self.folder / FILE_NAME) if (self.folder / FILE_NAME).exists() else None
            if self.resumed and stated and stated.training and stated.training.start:
                days["start"] = stated.training.start
            yield from days.items()
        file = self.folder / "emissions.csv"
        if file.is_file() and file.stat().st_mtime >= self.start > 0:
            for found in read_tracker(self.folder, (file.name,)):
                name = found.field.partition(".")[2]
                if name in ("energy_kwh", "emissions_kg"):
                    yield name, found.value
        yield from self.training.items()

    def _save(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Save the model as the trainer does, and put back README.md, which libraries write into while they save."""
        folder = Path(output_dir or self.folder)
        is_checkpoint = _internal_call and folder != self.folder
        if is_checkpoint or not self.trainer.is_world_process_zero():
            self._save_model(output_dir, _internal_call=_internal_call)
            return
        card = folder / _CARD
        self._cards.append(card.read_bytes() if card.is_file() else None)
        try:
            self._save_model(output_dir, _internal_call=_internal_call)
        finally:
            kept = self._cards.pop()
            if kept is None:
                card.unlink(missing_ok=True)
            elif not card.is_file() or card.read_bytes() != kept:
                card.write_bytes(kept)
        if self.end:
            self.record(folder)

    def _write_card(self, *_: Any, **named: Any) -> None:  # noqa: ANN401 - as the trainer's `create_model_card`
        """Build and check the release, in place of the trainer's draft of a card.

        Raises:
            CharterError: The release is not ready.
        """
        if not self.trainer.is_world_process_zero() or (self.start and not self.end):
            return  # a checkpoint: README.md stays as it is
        release = self.record(**named)
        bundle = build(release)
        check(release, bundle=bundle, fail_on=self.fail_on).raise_for_errors()
        bundle.write(self.folder)
        if self._cards:  # written while the model is saved, as where `save_model` pushes
            self._cards[-1] = (self.folder / _CARD).read_bytes()


def find_base(model: Any) -> list[Upstream]:  # noqa: ANN401 - a model of any library
    """Return the model of the Hub that a model was loaded from; none for a path, or a model made from nothing.

    Args:
        model: A model of transformers, PEFT or sentence-transformers.
    """
    adapter = _adapter_of(model)
    if adapter is not None:
        named, revision = getattr(adapter, "base_model_name_or_path", None), getattr(adapter, "revision", None)
        config = getattr(getattr(model, "base_model", None), "config", None) or getattr(model, "config", None)
        revision = revision or getattr(config, "_commit_hash", None)
    else:
        data = getattr(model, "model_card_data", None)
        config = getattr(model, "config", None)
        named = getattr(data, "base_model", None) or getattr(config, "_name_or_path", None)
        revision = getattr(data, "base_model_revision", None) or getattr(config, "_commit_hash", None)
    if not isinstance(named, str) or not is_repo_id(named) or is_path(named) or Path(named).exists():
        return []
    relation: Any = "finetune" if adapter is None else "adapter"
    return [Upstream(ref=named, relation=relation, revision=revision if isinstance(revision, str) else None)]


def _adapter_of(model: Any) -> Any:  # noqa: ANN401
    """The configuration of the active adapter of PEFT, or None."""
    for held in (model, getattr(model, "module", None)):
        configs = getattr(held, "peft_config", None)
        if isinstance(configs, dict) and configs:
            return next(iter(configs.values()))
    return None


def find_datasets(data: Any) -> list[Upstream]:  # noqa: ANN401 - a data set, or several by name
    """Return the data sets of the Hub that data was loaded from, by the addresses of its files.

    Args:
        data: A data set of `datasets`, or a mapping of them.
    """
    found: dict[str, Upstream] = {}
    for one in list(data.values()) if isinstance(data, dict) else [data]:
        sums = getattr(getattr(one, "info", None), "download_checksums", None)
        for place in list(sums)[:1000] if isinstance(sums, dict) else ():
            if match := _HUB_FILE.match(str(place)):
                named = Upstream(ref=match[1], relation="trained_on", revision=match[2])
                found.setdefault(match[1], named)
    return list(found.values())


def _measured_on(data: Any) -> ResultDataset | None:  # noqa: ANN401
    """The one data set of the Hub that an evaluation was on, with its split."""
    found = find_datasets(data)
    if len(found) != 1 or isinstance(data, dict):
        return None
    ref, split = found[0].ref, getattr(data, "split", None)
    config = getattr(getattr(data, "info", None), "config_name", None)
    return ResultDataset(
        name=ref.rpartition("/")[2],
        id=ref,
        split=str(split) if split else None,
        config=config if config not in (None, "default") else None,
        revision=found[0].revision,
    )


def find_hardware(args: Any) -> str:  # noqa: ANN401 - training arguments
    """Return what a run used, such as `8 NVIDIA H100`; an empty text for a machine that torch does not name.

    Args:
        args: The training arguments.
    """
    import torch

    number = max(int(getattr(args, "world_size", 1) or 1), 1)
    if torch.cuda.is_available() and getattr(args, "device", torch.device("cpu")).type == "cuda":
        here = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
        per_process = int(getattr(args, "n_gpu", 1) or 1)
        counted = Counter(here)
        if len(counted) == 1:
            return f"{max(number, per_process)} {here[0]}"
        return ", ".join(f"{count} {name}" for name, count in counted.items()) if number <= len(here) else ""
    if getattr(args, "device", torch.device("cpu")).type == "mps":
        return "1 Apple GPU"
    kind = getattr(args, "device", torch.device("cpu")).type
    return f"{number} CPU ({platform.machine()})" if kind == "cpu" else ""


def _hyperparameters(trainer: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    args = trainer.args
    for name in _ARGUMENTS:
        value = getattr(args, name, None)
        value = getattr(value, "value", value)  # a word of an enumeration
        if value not in (None, False, 0, "") and not (name == "max_steps" and value < 0):
            yield name.replace("_", " "), value
    if (number := int(getattr(args, "world_size", 1) or 1)) > 1:
        yield "processes", number
    if (adapter := _adapter_of(trainer.model)) is not None:
        for name in _LORA:
            value = getattr(adapter, name, None)
            value = ", ".join(sorted(map(str, value))) if isinstance(value, (set, list, tuple)) else value
            if value is not None and value is not False:
                yield f"LoRA {name.removeprefix('lora_').replace('_', ' ')}", value


def _versions(trainer: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """The libraries that the run used; others may be loaded too."""
    import sys

    own = type(trainer).__module__.partition(".")[0]
    used = ["transformers", "torch", "datasets", *(["peft"] if _adapter_of(trainer.model) is not None else []), own]
    for name in dict.fromkeys(used):
        version = getattr(sys.modules.get(name), "__version__", None)
        if isinstance(version, str):
            yield name.replace("_", "-"), version


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - a text, several, or nothing
    listed = [value] if isinstance(value, str) else list(value) if isinstance(value, (list, tuple, set)) else []
    return sorted({entry for entry in listed if isinstance(entry, str) and entry})
