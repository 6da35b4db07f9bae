"""What the Trainer of transformers leaves: `trainer_state.json` and `all_results.json`.

`training_args.bin` is never read: it is a pickle, and opening it would run code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from generator.artifacts.observation import Observation, read_table
from generator.translations import format_number, ngettext, pgettext
from generator.translations import gettext as _

RESULTS = ("all_results.json", "eval_results.json")
_COSTS = ("runtime", "samples_per_second", "steps_per_second", "model_preparation_time", "samples", "num_tokens")
"""Ends of names in results that measure the machine, not the model."""
_SHOWN = 12
"""Measures that a sentence names."""


def read_trainer(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    """Yield steps, compute and the last evaluation that a Trainer recorded.

    Args:
        folder: A model folder.
        files: Its files.

    Raises:
        CharterError: A file can't be read.
    """
    state = read_table(folder, "trainer_state.json", files)
    results = {name: read_table(folder, name, files) for name in ("all_results.json", "train_results.json")}
    steps, epochs = state.get("global_step"), state.get("epoch")
    if isinstance(steps, int) and steps > 0:
        number = epochs if isinstance(epochs, (int, float)) and epochs > 0 else None
        said = _("Trained for {length}.").format(length=format_length(number, steps))
        yield Observation("card.training", f"{said}\n", "trainer_state.json")
    for name, table in (("trainer_state.json", state), *results.items()):
        if (compute := amount(table.get("total_flos"))) and compute > 0:
            yield Observation("training.compute_flops", compute, f"{name}, total_flos")
    for name in RESULTS:
        if said := measured(read_table(folder, name, files)):
            yield Observation("card.evaluation", said, name)
            return
    if said := measured(last_evaluation(state.get("log_history"))):
        yield Observation("card.evaluation", said, "trainer_state.json, log_history")


def last_evaluation(history: object) -> dict[str, Any]:
    """Return the last evaluation in the log of a Trainer.

    Args:
        history: `log_history`: the entries in their order.
    """
    entries = history if isinstance(history, list) else []
    found = [e for e in entries if isinstance(e, dict) and any(str(key).startswith("eval_") for key in e)]
    return found[-1] if found else {}


def evaluation(values: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the measures of an evaluation by name, without those of speed and memory.

    Args:
        values: What was logged: `eval_loss` or `eval/loss`, and others.
    """
    found: dict[str, Decimal] = {}
    for key, value in values.items():
        name = next(
            (key[len(head) :] for head in ("eval_", "eval/", "test_", "test/") if str(key).startswith(head)), ""
        )
        number = amount(value, negative=True)
        if name and number is not None and not name.endswith(_COSTS):
            found.setdefault(name, number)
    return found


def measured(values: Mapping[str, Any]) -> str:
    """Return the measures of an evaluation as a sentence; an empty text where there are none.

    Args:
        values: What was logged.
    """
    found = evaluation(values)
    shown = [f"{name.replace('_', ' ')} {number:.4g}" for name, number in sorted(found.items())][:_SHOWN]
    return format_measures(", ".join(shown)) if shown else ""


def format_measures(shown: str) -> str:
    """Return a sentence with the measures of an evaluation.

    Args:
        shown: The measures.
    """
    return _("Measured at the end of training: {measures}.").format(measures=shown) + "\n"


def format_length(epochs: float | None, steps: int | None) -> str:
    """Return the length of a run in words, as `3 epochs, 1,200 steps`; empty where it is not known.

    Args:
        epochs: How many epochs.
        steps: How many steps.
    """
    parts = []
    if epochs is not None and float(epochs).is_integer():
        parts.append(ngettext("{number} epoch", "{number} epochs", int(epochs)).format(number=int(epochs)))
    elif epochs is not None:
        number = f"{epochs:.3g}".replace(".", pgettext("decimal point", "."))
        parts.append(pgettext("part of one", "{number} epochs").format(number=number))
    if steps:
        parts.append(ngettext("{number} step", "{number} steps", steps).format(number=format_number(steps)))
    return ", ".join(parts)


def amount(value: object, *, negative: bool = False) -> Decimal | None:
    """Return a number of a JSON file; None where it is none.

    Args:
        value: What stands there.
        negative: Whether it may be below zero.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    number = Decimal(repr(value))
    fits = number.is_finite() and abs(number.adjusted()) <= 60
    if not fits or (number < 0 and not negative):
        return None
    return number if negative or number != number.to_integral_value() else Decimal(int(number))
