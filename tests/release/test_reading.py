"""The release file: what is read, where it stands, and every complaint at once."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import CharterError, ReleaseFileError
from generator.release.reader import parse_release, read_release

MINIMAL = "charter: 1\nrelease: {name: Borealis}\n"


def complaints(text: str | bytes) -> list[str]:
    """The complaints of a text, as they are printed."""
    with pytest.raises(ReleaseFileError) as caught:
        parse_release(text)
    return [str(complaint) for complaint in caught.value.complaints]


def test_values_are_read_as_yaml_1_2_has_them() -> None:
    release = parse_release(
        "charter: 1\n"
        "release: {name: no, version: 1.10, date: 2026-01-01, tags: [on, 12:30, 0x1F, yes], copyright: 2026}\n"
        "model: {parameters: 6738415616}\n"
    )
    assert release.release.name == "no"
    assert release.release.version == "1.10"
    assert release.release.date == datetime.date(2026, 1, 1)
    assert release.release.tags == ("on", "12:30", "0x1F", "yes")
    assert release.model is not None
    assert release.model.parameters == 6738415616


def test_a_layer_holds_one_item_or_several() -> None:
    one = parse_release(MINIMAL + "layers: {weights: {availability: released}}\n")
    several = parse_release(MINIMAL + "layers: {weights: [{availability: released}]}\n")
    assert one == several
    assert len(one.layers.weights) == 1


def test_a_field_knows_where_it_stands() -> None:
    release = parse_release(MINIMAL + "layers:\n  weights:\n    availability: released\n    license: MIT\n", "x.yaml")
    at = release.locate(("layers", "weights", 0, "license"))
    assert (at.file, at.line, at.column) == ("x.yaml", 6, 14)
    above = release.locate(("layers", "weights", 0, "files"))
    assert (above.line, above.column) == (5, 5)


def test_all_complaints_are_told_at_once_in_order() -> None:
    told = complaints(
        "charter: 2\nrelease: {nam: x}\nlayers: {weights: {availability: relesed, licence: MIT}}\nlayers: {}\n"
    )
    assert [line.partition(": ")[0] for line in told] == [
        "release.yaml:1:10",
        "release.yaml:2:10",
        "release.yaml:2:11",
        "release.yaml:3:34",
        "release.yaml:3:43",
        "release.yaml:4:1",
    ]
    assert "Did you mean `released`?" in told[3]
    assert "Did you mean `license`?" in told[4]
    assert "the first is in line 3" in told[5]


def test_a_folder_stands_for_the_release_file_in_it(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(MINIMAL, encoding="utf-8")
    assert read_release(tmp_path) == read_release(tmp_path / "release.yaml")


@pytest.mark.parametrize("name", ["missing.yaml", "missing/release.yaml"])
def test_a_missing_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(CharterError, match="there is no such file") as caught:
        read_release(tmp_path / name)
    assert caught.value.remedy


def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "release.yaml")
    with pytest.raises(CharterError, match="not a regular file"):
        read_release(tmp_path / "release.yaml")


def test_what_an_alias_names_may_not_multiply_without_end() -> None:
    bomb = (
        "charter: 1\nrelease:\n  name: x\n  tags: &a [x,x,x,x,x,x,x,x,x,x]\nmodel:\n  modalities: &b [*a,*a,*a,*a,*a]\n"
    )
    bomb += "".join(f"x{n}: &c{n} [{','.join([f'*c{n - 1}' if n else '*b'] * 10)}]\n" for n in range(6))
    assert "with its aliases written out" in complaints(bomb)[0]


def test_an_alias_may_stand_for_a_value() -> None:
    release = parse_release(
        "charter: 1\nrelease: {name: x}\nlayers:\n  data: &x {availability: withheld}\n  curation: *x\n"
    )
    assert release.layers.data == release.layers.curation


@given(st.binary(max_size=300))
def test_any_bytes_are_a_release_or_complaints(raw: bytes) -> None:
    try:
        parse_release(raw)
    except ReleaseFileError as error:
        assert error.complaints
        assert all(complaint.line >= 1 and complaint.column >= 1 for complaint in error.complaints)


@given(st.text(alphabet="chartel: 1\n-[]{}&*!|>'\"#,?xyz\t", max_size=200))
def test_anything_like_yaml_is_a_release_or_complaints(text: str) -> None:
    try:
        parse_release(MINIMAL + text)
    except ReleaseFileError as error:
        assert error.complaints
