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


def emissions_notes(value: object) -> Iterator[str]:
    """Yield what a person should know about `co2_eq_emissions`, in words: the unit, and keys that have no place.

    Args:
        value: What stands there.
    """
    if value is None:
        return
    held = value if isinstance(value, dict) else {"emissions": value}
    read = [one.value for one in read_emissions(value, "") if one.field == "training.emissions_kg"]
    if read:
        yield (
            f"README.md: `co2_eq_emissions` was read as grams, the unit of the Hub: {read[0]:f} kg. "
            "Correct `training.emissions_kg` if the card has another unit."
        )
    else:
        yield "README.md: `co2_eq_emissions` has no number of grams and was left out."
    for key in held:
        if key not in ("emissions", "hardware_used"):
            yield f"README.md: `co2_eq_emissions.{key}` has no place in a release file and was left out."
