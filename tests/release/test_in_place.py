"""Changes of a release file keep what a person wrote: comments, order, quotes, line ends."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import Card, CharterError, Release, Result, ResultDataset, Training, Upstream
from generator.release.in_place import edited_text
from generator.release.reader import parse_release

from ..conftest import EXAMPLES

TEXT = """\
# Our release.
charter: 1
release:   # who
  name: 'Smew'       # quoted
  tags: [a, "1.10"]  # tags

layers:
  # The weights.
  weights:
    availability: released
    license: mit   # as agreed
    files: ["*.safetensors"]
    derived_from:
      - ref: org/base   # base
        relation: finetune

      - {ref: org/data, relation: trained_on}
    # end of weights
card:
  limitations: |
    It makes things up.

    Often.

  # nothing on use yet
training: {hardware: 8 H100, start: 2026-01-01} # ours
results:
  - {task: text-generation, dataset: {name: MMLU}, metric: accuracy, value: 1.50}
# The end.
"""


def with_run(release: Release) -> Release:
    """The release after a run."""
    (weights,) = release.layers.weights
    new = Upstream(ref="org/more", relation="trained_on", revision="0123")
    weights = replace(weights, derived_from=(*weights.derived_from, new), sha256="0" * 64)
    training = replace(release.training or Training(), end=datetime.date(2026, 2, 1), energy_kwh=Decimal("1.5"))
    result = Result(task="text-generation", dataset=ResultDataset(name="A, B"), metric="f1", value=Decimal("0.50"))
    return replace(
        release,
        release=replace(release.release, tags=(*release.release.tags, "x, y")),
        layers=replace(release.layers, weights=(weights,)),
        training=replace(training, hardware="16 H100, fast"),
        card=replace(release.card, training="Trained.\n\nTwice.\n", limitations="New.\n\nText.\n"),
        results=(*release.results, result),
    )


def test_every_comment_and_every_other_line_stays() -> None:
    release = with_run(parse_release(TEXT))
    text = edited_text(TEXT, release)
    assert parse_release(text) == release
    kept = [line for line in TEXT.splitlines() if line and not line.startswith(("training:", "    It", "    Often"))]
    kept = [line for line in kept if "tags:" not in line]
    assert [line for line in kept if line not in text.splitlines()] == []
    for line in (
        '  tags: [a, "1.10", "x, y"]  # tags',
        '    sha256: "' + "0" * 64 + '"',
        "  limitations: |",
        "    New.",
        "  training: |",
        'training: {hardware: "16 H100, fast", start: 2026-01-01, energy_kwh: 1.5, end: "2026-02-01"} # ours',
    ):
        assert line in text.splitlines()
    assert text.index("org/more") < text.index("# end of weights")
    assert edited_text(text, release) == text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("lead", ["", "\ufeff"])
def test_line_ends_and_marks_stay(newline: str, lead: str) -> None:
    text = lead + TEXT.replace("\n", newline)
    made = edited_text(text, with_run(parse_release(text)))
    assert made.startswith(f"{lead}# Our release.{newline}")
    assert made.count("\n") == made.count(newline)
    assert parse_release(made) == with_run(parse_release(TEXT))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_examples_can_be_changed_in_place(example: object) -> None:
    text = (example / "release.yaml").read_text(encoding="utf-8")  # type: ignore[operator]
    release = parse_release(text)
    assert edited_text(text, release) == text
    changed = replace(
        release, training=Training(hardware="1 T4"), card=replace(release.card, environment="Sun.\nWind.\n")
    )
    made = edited_text(text, changed)
    assert parse_release(made) == changed
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in made.splitlines() if line.startswith("#")
    ]


def test_what_can_not_be_changed_in_place_is_written_again() -> None:
    release = parse_release(TEXT)
    for changed in (
        replace(release, results=()),
        replace(release, release=replace(release.release, tags=())),
        replace(release, training=None),
        replace(release, layers=replace(release.layers, weights=(), data=release.layers.weights)),
    ):
        assert parse_release(edited_text(TEXT, changed)) == changed


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).filter(str.strip),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=60),
)
def test_any_text_reads_back(line: str, text: str) -> None:
    try:
        changed = replace(
            parse_release(TEXT),
            training=Training(hardware=line),
            card=Card(training=text, limitations="x"),
        )
    except CharterError:  # a value that no release file takes
        return
    assert parse_release(edited_text(TEXT, changed)) == changed
