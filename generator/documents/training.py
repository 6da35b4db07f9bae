"""What training took, in the forms that documents need: Markdown for cards and pages, grams for the Hub."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from generator.documents.render import render
from generator.licenses.assess import ItemAssessment
from generator.release.model import Release

_TUNED = ("finetune", "adapter", "diff")
"""Relations of a model that was trained further from its base."""


def training_facts(release: Release) -> str:
    """Return hardware, time and compute as a Markdown list; an empty text where none is stated.

    Args:
        release: The release.
    """
    return render("training_facts.md.jinja", release) if release.training else ""


def environment_facts(release: Release) -> str:
    """Return energy and emissions as a Markdown list; an empty text where none is stated.

    Args:
        release: The release.
    """
    return render("environment_facts.md.jinja", release) if release.training else ""


def is_tuned(subject: Iterable[ItemAssessment]) -> bool:
    """Return whether training began from a base model that the release file names.

    Args:
        subject: The items that the release is about.
    """
    return any(upstream.relation in _TUNED for item in subject for upstream in item.item.derived_from)


def hub_emissions(release: Release, subject: Iterable[ItemAssessment]) -> dict[str, Any]:
    """Return `co2_eq_emissions` as the Hub reads it: a mapping with grams; empty where no emissions are stated.

    Args:
        release: The release.
        subject: The items that its card is about.
    """
    training = release.training
    if training is None or training.emissions_kg is None:
        return {}
    found: dict[str, Any] = {"emissions": plain_number(training.emissions_kg * 1000)}
    if is_tuned(subject):
        found["training_type"] = "fine-tuning"
    if training.hardware:
        found["hardware_used"] = training.hardware
    return found


def plain_number(value: Decimal) -> Decimal:
    """Return a number without zeros at the end of its fraction.

    Args:
        value: The number.
    """
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


def json_number(value: Decimal) -> int | float:
    """Return a number as JSON takes it.

    Args:
        value: The number.
    """
    return int(value) if value == value.to_integral_value() and value.adjusted() < 15 else float(value)
