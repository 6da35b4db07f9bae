"""Energy and emissions of training: `co2_eq_emissions` of a card, in grams as the Hub has it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from generator.artifacts.observation import Observation, texts
from generator.release.fields import AMOUNT, fitting
from generator.release.source import Plain


def read_emissions(value: object, source: str) -> Iterator[Observation]:
    """Yield what `co2_eq_emissions` of a front matter says: emissions in kilograms, and the hardware.

    Args:
        value: What stands there: a number of grams, or a mapping; scalars as text.
        source: Where it stands.
    """
    held = value if isinstance(value, dict) else {"emissions": value}
    stated = held.get("emissions")
    grams = fitting(AMOUNT, Plain(stated)) if isinstance(stated, str) else None
    if isinstance(grams, Decimal):
        yield Observation("training.emissions_kg", grams.scaleb(-3).normalize(), source)
    for hardware in texts(held.get("hardware_used"))[:1]:
        yield Observation("training.hardware", hardware, f"{source}.hardware_used")
