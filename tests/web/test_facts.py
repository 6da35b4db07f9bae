"""The facts beside the text: what is stated or seen in the files, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import assess, load_release
from generator.documents.licenses.coverage import cover
from generator.web.facts import Facts, amount, facts, size_words

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 500000000\n"


def facts_of(folder: Path, layers: str, more: str = "") -> Facts:
    """The facts of a release in a folder."""
    (folder / "release.yaml").write_text(
        f"charter: 1\nrelease: {{name: Small, copyright: 2026 Lab{more}}}\nlayers: {layers}\n", encoding="utf-8"
    )
    return facts(cover(assess(load_release(folder))), None, "", ())


def test_the_size_is_that_of_the_files_that_are_here(tmp_path: Path) -> None:
    layers = "{weights: {availability: released, license: MIT, files: ['*.bin']}}"
    assert facts_of(tmp_path, layers).size == ()
    (tmp_path / "a.bin").write_bytes(b"x" * 1500)
    (tmp_path / "b.bin").write_bytes(b"x" * 500)
    assert facts_of(tmp_path, layers).size == ("2 kB in 2 files",)
    (tmp_path / "b.bin").write_text(POINTER, encoding="utf-8")
    assert facts_of(tmp_path, layers).size == ()


def test_what_is_not_stated_is_not_claimed(tmp_path: Path) -> None:
    found = facts_of(tmp_path, "{weights: {availability: released, license: MIT, files: ['*.bin']}}")
    assert (found.download, found.citation, found.code, found.sources) == ("", "", "", ())
    assert found.kind == "Model"
    assert found.data == "not mentioned"


def test_parts_under_other_licenses_are_named(tmp_path: Path) -> None:
    found = facts_of(
        tmp_path,
        "{weights: [{name: Tiny, availability: released, license: MIT, files: ['a']}, "
        "{name: Big, availability: released, license: CC-BY-NC-4.0, files: ['b']}]}",
    )
    assert [(license_.parts, license_.id, license_.standing) for license_ in found.licenses] == [
        ("Tiny", "mit", "OSI-approved"),
        ("Big", "cc-by-nc-4.0", "Restricts use"),
    ]


@pytest.mark.parametrize(
    ("layers", "kind", "command"),
    [
        (
            "{data: {availability: released, license: CC0-1.0, files: ['d']}}",
            "Data set",
            "hf download lab/x --repo-type",
        ),
        (
            "{deltas: {form: adapter, availability: released, license: MIT, files: ['d'], "
            "derived_from: [{ref: a/b, license: MIT, relation: adapter}]}}",
            "Adapter",
            "hf download lab/x",
        ),
        (
            "{weights: {availability: released, license: MIT, files: ['d'], "
            "derived_from: [{ref: a/b, license: MIT, relation: quantized}]}}",
            "Quantized model",
            "hf download lab/x",
        ),
    ],
)
def test_the_kind_decides_the_command(tmp_path: Path, layers: str, kind: str, command: str) -> None:
    found = facts_of(tmp_path, layers, ", repo: lab/x, publisher: {name: Lab}, version: '2', date: 2026-05-01")
    assert found.kind == kind
    assert found.download.startswith(command)
    assert found.citation.startswith("Lab (2026). Small (version 2). https://huggingface.co/")


def test_numbers_are_as_people_write_them() -> None:
    assert [amount(n) for n in (999, 22_713_728, 6_738_415_616)] == ["999", "22.7 million", "6.74 billion"]
    assert [size_words(n) for n in (1, 90_900_000, 13_500_000_000)] == ["1 byte", "90.9 MB", "13.5 GB"]
