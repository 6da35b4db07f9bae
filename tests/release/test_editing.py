"""A release file that is changed keeps what people wrote around the change."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.api.create import write_release_file
from generator.errors import CharterError
from generator.release.edit import edit_release
from generator.release.model import Item, Release
from generator.release.reader import parse_release
from generator.release.writer import format_release
from tests.conftest import EXAMPLES

TEXT = """\
# Ours since 2024.
charter: 1
release:   # the model
  name: Żółw Base
  repo: lab/zolw    # moves in May

  copyright: 2026 Lab
layers:
  weights:
    availability: released   # not the checkpoints
    license: Apache-2.0
    files: ["*.safetensors"]
    derived_from:
      # Asked them on 2026-01-10.
      - {ref: lab/base, license: MIT, relation: finetune}  # the base
      - ref: lab/data
        relation: trained_on   # 2 epochs
        license: CC-BY-4.0
card:
  intended_use: |
    Drafts.

    Nothing else.
  # To do: limitations
outputs: [card, licenses]
"""


@functools.cache
def texts() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in (example / "release.yaml" for example in EXAMPLES)]


def with_first(release: Release, **fields: object) -> Release:
    """The release with other fields of its first weights."""
    first, *others = release.layers.weights
    weights = (replace(first, **fields), *others)  # type: ignore[arg-type]
    return replace(release, layers=replace(release.layers, weights=weights))


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines that are gone, and lines that are new."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize(
    ("fields", "gone", "new"),
    [
        ({"license": "MIT"}, ["    license: Apache-2.0"], ["    license: MIT"]),
        (
            {"availability": "gated"},
            ["    availability: released   # not the checkpoints"],
            ["    availability: gated   # not the checkpoints"],
        ),
        ({"owner": "Lab"}, [], ["    owner: Lab"]),
        ({"license": None}, ["    license: Apache-2.0"], []),
        (
            {"files": ("a.bin", "b.bin")},
            ['    files: ["*.safetensors"]'],
            ["    files: [a.bin, b.bin]"],
        ),
    ],
)
def test_only_the_lines_of_a_changed_field_change(fields: dict[str, object], gone: list[str], new: list[str]) -> None:
    release = with_first(parse_release(TEXT), **fields)
    after = edit_release(TEXT, release)
    assert after is not None
    assert parse_release(after) == release
    assert changed_lines(TEXT, after) == (gone, new)


def test_a_removed_or_added_base_leaves_the_others_alone() -> None:
    release = parse_release(TEXT)
    base, data = release.layers.weights[0].derived_from
    fewer = edit_release(TEXT, with_first(release, derived_from=(data,)))
    assert fewer is not None
    assert changed_lines(TEXT, fewer) == (
        ["      - {ref: lab/base, license: MIT, relation: finetune}  # the base"], []
    )  # fmt: skip
    more = edit_release(TEXT, with_first(release, derived_from=(base, data, replace(base, ref="lab/other"))))
    assert more is not None
    gone, new = changed_lines(TEXT, more)
    assert gone == []
    assert new == ["      - ref: lab/other", "        relation: finetune", "        license: MIT"]


def test_sections_are_added_and_replaced_where_they_stand() -> None:
    release = parse_release(TEXT)
    card = replace(release.card, intended_use="One line.", limitations="Many.\nVery many.\n")
    after = edit_release(TEXT, replace(release, card=card))
    assert after is not None
    assert parse_release(after).card == card
    assert "  # To do: limitations\n" in after
    assert after.endswith("outputs: [card, licenses]\n")


@pytest.mark.parametrize("text", [TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT, TEXT.rstrip("\n")])
def test_line_ends_and_marks_stay(text: str) -> None:
    after = edit_release(text, with_first(parse_release(text), license="MIT"))
    assert after == text.replace("license: Apache-2.0", "license: MIT")


def test_a_text_where_an_alias_stands_for_what_differs_is_not_edited() -> None:
    alias = TEXT.replace("name: Żółw Base", "name: &name Żółw Base").replace("copyright: 2026 Lab", "summary: *name")
    release = parse_release(alias)
    assert edit_release(alias, with_first(release, owner="Lab")) is not None
    assert edit_release(alias, replace(release, release=replace(release.release, summary="Other"))) is None


def test_a_text_with_errors_is_not_edited() -> None:
    release = parse_release(TEXT)
    assert edit_release("charter: [", release) is None
    assert edit_release("", release) is None


@settings(deadline=None)
@given(st.data())
def test_an_edited_text_says_what_the_release_says(data: st.DataObject) -> None:
    """Parts of other releases, and of items, take the place of a release's own."""
    text = data.draw(st.sampled_from(texts()))
    release = parse_release(text)
    assert edit_release(text, release) == text
    other = parse_release(data.draw(st.sampled_from(texts())))
    layer = data.draw(st.sampled_from(["data", "curation", "architecture", "weights", "deltas"]))
    items: tuple[Item, ...] = getattr(data.draw(st.sampled_from([release, other])).layers, layer)
    if items and data.draw(st.booleans()):
        items = (replace(items[0], license=None, description='"x": y # z'), *items[data.draw(st.integers(0, 2)) :])
    parts = {"card": other.card, "outputs": other.outputs, "layers": replace(release.layers, **{layer: items})}
    chosen = data.draw(st.sets(st.sampled_from(sorted(parts)), min_size=1))
    try:
        changed = parse_release(format_release(replace(release, **{name: parts[name] for name in chosen})))  # type: ignore[arg-type]
    except CharterError:
        return  # no release: a license that only the other file defines
    after = edit_release(text, changed)
    assert after is None or parse_release(after) == changed
    if after is not None and chosen == {"outputs"}:
        assert after.partition("outputs:")[0].rstrip() == text.partition("outputs:")[0].rstrip()


def test_a_release_file_that_is_written_again_keeps_its_comments(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(TEXT, encoding="utf-8")
    write_release_file(tmp_path, with_first(parse_release(TEXT), owner="Lab"))
    gone, new = changed_lines(TEXT, (tmp_path / "release.yaml").read_text(encoding="utf-8"))
    assert (gone, new) == ([], ["    owner: Lab"])
