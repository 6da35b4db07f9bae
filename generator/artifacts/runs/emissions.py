"""Energy and emissions of training: `co2_eq_emissions` of a card, in grams; `emissions.csv` of codecarbon, in kg."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from generator.artifacts.folder import read_text
from generator.artifacts.observation import JSON_LIMIT, Observation, texts
from generator.release.fields import AMOUNT, fitting
from generator.release.source import Plain
from generator.translations import gettext as _


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
        yield _(
            "README.md: `co2_eq_emissions` was read as grams, the unit of the Hub: {number} kg. "
            "Correct `training.emissions_kg` if the card has another unit."
        ).format(number=f"{read[0]:f}")
    else:
        yield _("README.md: `co2_eq_emissions` has no number of grams and was left out.")
    for key in held:
        if key not in ("emissions", "hardware_used"):
            yield _("README.md: `{key}` has no place in a release file and was left out.").format(
                key=f"co2_eq_emissions.{key}"
            )


def read_tracker(folder: Path, files: tuple[str, ...]) -> Iterator[Observation]:
    """Yield what the last run in an `emissions.csv` of codecarbon shows: emissions, energy, hardware and days.

    Args:
        folder: A model folder.
        files: Its files.

    Raises:
        CharterError: The file can't be read.
    """
    path = nearest(files, "emissions.csv")
    text = read_text(folder, path, JSON_LIMIT) if path else None
    if path is None or text is None:
        return
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row.get("emissions")]
    if not rows:
        return
    row, runs = rows[-1], len({row.get("run_id") for row in rows})
    source = f"{path}, the last of {runs} runs" if runs > 1 else path
    for key, field in (("emissions", "training.emissions_kg"), ("energy_consumed", "training.energy_kwh")):
        value = fitting(AMOUNT, Plain(row[key])) if row.get(key) else None
        if isinstance(value, Decimal):
            yield Observation(field, value, source)
    if hardware := next(filter(None, (texts(row.get(key)) for key in ("gpu_model", "cpu_model"))), ()):
        yield Observation("training.hardware", hardware[0], source)
    with contextlib.suppress(ValueError, OverflowError):
        end = datetime.datetime.fromisoformat(str(row.get("timestamp")))
        start = end - datetime.timedelta(seconds=float(row.get("duration") or 0))
        yield Observation("training.start", start.date(), source)
        yield Observation("training.end", end.date(), source)


def nearest(files: tuple[str, ...], name: str) -> str | None:
    """Return the file of a name that is nearest to the top.

    Args:
        files: Paths in a folder.
        name: The name, without a folder.
    """
    return min((p for p in files if p.rpartition("/")[2] == name), key=lambda p: (p.count("/"), p), default=None)
