"""`training` and `access` of the release file: read with places, written back the same, made in Python."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator

from generator import Release, ReleaseAccess, ReleaseInfo, Training, format_release
from generator.errors import CharterError, ReleaseFileError
from generator.release.reader import parse_release
from generator.release.schema import json_schema
from tests.release.yaml12 import load

HEAD = "charter: 1\nrelease: {name: Borealis}\n"
FULL = (
    "training: {compute_flops: 8.0e+22, hardware: 512 H100, energy_kwh: 120000, emissions_kg: 41000.5,\n"
    "  start: 2026-01-10, end: 2026-03-02, personal_data: filtered}\naccess: {price: free}\n"
)


def test_the_fields_are_read() -> None:
    release = parse_release(HEAD + FULL)
    assert release.training == Training(
        compute_flops=Decimal("8.0e22"),
        hardware="512 H100",
        energy_kwh=Decimal(120000),
        emissions_kg=Decimal("41000.5"),
        start=datetime.date(2026, 1, 10),
        end=datetime.date(2026, 3, 2),
        personal_data="filtered",
    )
    assert release.access == ReleaseAccess(price="free")
    assert parse_release(HEAD).training is None


def test_what_is_written_reads_back_the_same_with_any_reader_of_yaml() -> None:
    release = parse_release(HEAD + FULL)
    text = format_release(release)
    assert parse_release(text) == release
    assert "compute_flops: 8.0e+22\n" in text
    tree = load(text)
    assert tree["training"]["compute_flops"] == 8.0e22
    Draft202012Validator(json_schema()).validate(json.loads(json.dumps(tree, default=str)))


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        ("training: {compute_flop: 1}", "3:12", "Did you mean `compute_flops`?"),
        ("training: {energy_mwh: 1}", "3:12", "Did you mean `energy_kwh`?"),
        ("training: {energy_kwh: 120 MWh}", "3:24", "without a unit"),
        ('training: {emissions_kg: "41"}', "3:26", "Write 41 without quotes."),
        ("training: {emissions_kg: -1}", "3:26", "is negative"),
        ("training: {emissions_kg: .inf}", "3:26", "is not a number"),
        ("training: {compute_flops: 1e999}", "3:27", "beyond any measured value"),
        ("training: {hardware: [H100]}", "3:22", "expected text, found a list"),
        ("training: {start: 2026-13-01}", "3:19", "expected YYYY-MM-DD"),
        ("training: {start: 2026-05-01, end: 2026-04-30}", "3:36", "2026-04-30 is before the start, 2026-05-01"),
        ("training: soon", "3:11", "expected a mapping"),
        ("access: {price: gratis}", "3:17", "Expected: free, paid."),
        ("access: {cost: free}", "3:10", "no key `cost` here"),
    ],
)
def test_a_wrong_value_is_an_error_with_its_place(line: str, place: str, words: str) -> None:
    with pytest.raises(ReleaseFileError) as caught:
        parse_release(f"{HEAD}{line}\n")
    (error,) = str(caught.value).splitlines()
    assert error.startswith(f"release.yaml:{place}: {line.partition(':')[0]}")
    assert words in error


def test_python_takes_numbers_and_refuses_the_same() -> None:
    release = Release(
        charter=1, release=ReleaseInfo(name="Borealis"), training=Training(compute_flops=Decimal(10) ** 24)
    )
    assert "compute_flops: 1.0e+24" in format_release(release)
    with pytest.raises(CharterError, match=r"Training\.end: 2026-01-01 is before the start"):
        Training(start=datetime.date(2026, 1, 2), end=datetime.date(2026, 1, 1))
