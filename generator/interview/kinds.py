"""The kinds of release, and what each means for the release file: its main layer and how it was made from its base."""

from __future__ import annotations

from typing import Any, NamedTuple

from generator.interview.answers import Answers
from generator.interview.session import Session
from generator.release.vocabulary import GIVEN, LAYERS
from generator.translations import mark_in_context, mark_text

DATA_RELATIONS = ("trained_on", "outputs_of", "distilled")
"""Relations to data sets and teacher models: not to a base model."""


class Kind(NamedTuple):
    """A kind of release.

    Attributes:
        id: Its name in drafts.
        label: Its name for people.
        what: What it is, as a noun phrase in a sentence.
        layer: The layer that it is mainly about.
        relation: How it was made from its base; empty if it has none.
        form: The form of its delta; empty if it is none.
        help: A line under its name.
    """

    id: str
    label: str
    what: str
    layer: str
    relation: str = ""
    form: str = ""
    help: str = ""

    @property
    def has_base(self) -> bool:
        """Whether it is made from a base model."""
        return bool(self.relation)

    @property
    def is_trained(self) -> bool:
        """Whether the publisher trained it, so that there is training data of their own."""
        return self.id in ("finetune", "adapter", "scratch", "other")


KINDS = (
    Kind(
        "finetune",
        mark_in_context("kind", "Fine-tune"),
        mark_in_context("noun", "fine-tune"),
        "weights",
        "finetune",
        help=mark_text("all weights, trained further from a base"),
    ),
    Kind(
        "adapter",
        mark_in_context("kind", "LoRA or other adapter"),
        mark_in_context("noun", "adapter"),
        "deltas",
        "adapter",
        "adapter",
        mark_text("weights to load with a base"),
    ),
    Kind(
        "quantization",
        mark_in_context("kind", "Quantization"),
        mark_in_context("noun", "quantization"),
        "weights",
        "quantized",
        help=mark_text("GGUF, GPTQ, AWQ, MLX, ..."),
    ),
    Kind(
        "merge",
        mark_in_context("kind", "Merge"),
        mark_in_context("noun", "merge"),
        "weights",
        "merge",
        help=mark_text("several models combined, as with mergekit"),
    ),
    Kind(
        "scratch",
        mark_in_context("kind", "Model trained from scratch"),
        mark_in_context("noun", "model"),
        "weights",
        help=mark_text("no base model"),
    ),
    Kind(
        "data",
        mark_in_context("kind", "Data set"),
        mark_in_context("noun", "data set"),
        "data",
        help=mark_text("no model"),
    ),
    Kind(
        "code",
        mark_in_context("kind", "Code only"),
        mark_in_context("noun", "code"),
        "architecture",
        help=mark_text("no weights and no data"),
    ),
    Kind(
        "documents",
        mark_in_context("kind", "Documents"),
        mark_in_context("noun", "documents"),
        "documents",
        help=mark_text("papers, reports, results"),
    ),
    Kind(
        "other",
        mark_in_context("kind", "Something else, or decide later"),
        mark_in_context("noun", "release"),
        "weights",
    ),
)
_BY_ID = {kind.id: kind for kind in KINDS}
_BY_RELATION = {"adapter": "adapter", "diff": "adapter", "quantized": "quantization", "merge": "merge"}
_BY_RELATION |= {"finetune": "finetune", "includes": "finetune"}


def kind_of(session: Session) -> Kind:
    """Return the kind that the person chose, or the one that the answers show.

    Args:
        session: The interview.
    """
    return _BY_ID.get(str(session.notes.get("kind"))) or shown_kind(session.answers)


def shown_kind(answers: Answers) -> Kind:
    """Return the kind that the files, or a release file, show.

    Args:
        answers: What is known.
    """
    there = [layer for layer in LAYERS if _availability(answers, layer) in GIVEN]
    if answers.get("layers.deltas.form") or "deltas" in there:
        form = answers.get("layers.deltas.form")
        return _BY_ID[{"quantized": "quantization", "merge": "merge", "finetune": "finetune"}.get(form, "adapter")]
    weights = "weights" in there or answers.get("layers.weights.license")
    relations = [entry["relation"] for entry in bases_of(answers, "weights")]
    if weights or relations:
        found = next((_BY_RELATION[name] for name in relations if name in _BY_RELATION), None)
        return _BY_ID[found or "other"]
    if "data" in there:
        return _BY_ID["data"]
    if "architecture" in there:
        return _BY_ID["code"]
    return _BY_ID["documents" if answers.get("documents") else "other"]


def _availability(answers: Answers, layer: str) -> Any:  # noqa: ANN401 - a word of the release file, or None
    """Whether a layer is released; of a layer with several items, whether the first is."""
    several = answers.get(f"layers.{layer}")
    return several[0].get("availability") if several else answers.get(f"layers.{layer}.availability")


def main_layer_of(session: Session) -> str:
    """Return the layer that the release is mainly about: where its files are, else where its kind belongs.

    Args:
        session: The interview.
    """
    kind = kind_of(session)
    others = ("deltas", "weights") if kind.layer in ("deltas", "weights") else ()
    return next((layer for layer in others if _availability(session.answers, layer)), kind.layer)


def bases_of(answers: Answers, layer: str) -> list[dict[str, str]]:
    """Return the base models of a layer, without data sets and teachers.

    Args:
        answers: What is known.
        layer: The layer.
    """
    several = answers.get(f"layers.{layer}") or []
    held = answers.get(f"layers.{layer}.derived_from") or [e for item in several for e in item.get("derived_from", ())]
    return [entry for entry in held if layer == "data" or entry["relation"] not in DATA_RELATIONS]


def sets_of(answers: Answers, layer: str) -> list[dict[str, str]]:
    """Return the data sets that a layer was trained on.

    Args:
        answers: What is known.
        layer: The layer.
    """
    return [e for e in answers.get(f"layers.{layer}.derived_from") or [] if e["relation"] == "trained_on"]


def apply_kind(session: Session, kind: Kind) -> None:
    """Set what follows from a kind that the person chose, and that the files don't show by themselves.

    Args:
        session: The interview.
        kind: The kind.
    """
    answers = session.answers
    shown = shown_kind(answers)
    before = next((name for name in ("deltas", "weights") if answers.get(f"layers.{name}.availability")), "")
    session.notes["kind"] = kind.id
    if kind.id in (shown.id, "other") or any(map(session.has_items, LAYERS)):
        return
    layer = kind.layer
    if {before, layer} == {"weights", "deltas"}:
        layer = _move(answers, before, layer)
    if layer != "documents" and not answers.get(f"layers.{layer}.availability"):
        answers.give(f"layers.{layer}.availability", "released")
    if layer == "deltas":
        answers.give("layers.deltas.form", kind.form or kind.relation)
    entries = answers.get(f"layers.{layer}.derived_from") or []
    if layer in ("weights", "deltas"):
        made = [_related(entry, kind) for entry in entries if kind.relation or entry["relation"] in DATA_RELATIONS]
        session.set(f"layers.{layer}.derived_from", made)


def _related(entry: dict[str, str], kind: Kind) -> dict[str, str]:
    """A source with the relation of the kind; data sets and teachers stay as they are."""
    return entry if entry["relation"] in DATA_RELATIONS else {**entry, "relation": kind.relation}


def _move(answers: Answers, before: str, after: str) -> str:
    """Move the fields of one layer to another, and return that one."""
    for field in [name for name in answers.known if name.startswith(f"layers.{before}.")]:
        answers.known[f"layers.{after}.{field.split('.', 2)[2]}"] = answers.known.pop(field)
    if after == "weights":
        answers.known.pop("layers.weights.form", None)
    return after
