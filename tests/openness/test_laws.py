"""Laws of the answers: order never matters, opening never lowers, and nothing that is read crashes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import build, openness
from generator.errors import CharterError
from generator.openness.facts import KINDS, components, is_open, openness_of
from generator.openness.importing import import_record
from generator.openness.mof import Row, grade
from generator.openness.record import read_record
from generator.release.model import Item, Layers, Release, ReleaseInfo
from generator.release.reader import parse_release
from generator.release.vocabulary import AVAILABILITIES, COMPONENTS, LAYERS
from tests.effort import examples

LICENSES = ("Apache-2.0", "MIT", "CC-BY-4.0", "CC0-1.0", "CC-BY-NC-4.0", "LicenseRef-llama2", "OpenMDW-1.0", None)
TEXTS = (*LICENSES, "apache 2.0", "MIT OR CC-BY-NC-4.0", "Undisclosed", "unlicensed", "PDDL-1.0", "our own terms")
OPEN = ("Apache-2.0", "MIT", "CC-BY-4.0", "CC0-1.0", "OpenMDW-1.0", "PDDL-1.0", "apache 2.0")
rows = st.builds(
    lambda key, text: Row(key, components()[key].title, text),
    st.sampled_from(list(components())),
    st.sampled_from(TEXTS),
)


def items(layer: str) -> st.SearchStrategy[tuple[Item, ...]]:
    """Items of a layer, or of `documents`."""
    item = st.builds(
        lambda component, availability, license_: Item(
            component=component,
            availability=availability,
            license=license_,
            form="adapter" if layer == "deltas" else None,
        ),
        st.sampled_from(COMPONENTS[layer]) if COMPONENTS[layer] else st.none(),
        st.sampled_from(AVAILABILITIES),
        st.sampled_from(LICENSES),
    )
    return st.lists(item, max_size=3).map(tuple)


releases = st.builds(
    lambda held, documents, outputs: Release(
        charter=1,
        release=ReleaseInfo(name="Borealis"),
        layers=Layers(**held),
        documents=documents,
        outputs=outputs,
    ),
    st.fixed_dictionaries({layer: items(layer) for layer in LAYERS}),
    items("documents"),
    st.sampled_from([("mof",), ("card", "mof")]),
)
quick = settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(st.lists(rows, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_components_never_matters(held: list[Row], random: object) -> None:
    mixed = list(held)
    random.shuffle(mixed)  # type: ignore[attr-defined] # hypothesis hands in a Random
    first, second = grade(held), grade(mixed)
    assert (first.level, first.progress, first.classes, first.unfit) == (
        second.level,
        second.progress,
        second.classes,
        second.unfit,
    )


@quick
@given(st.lists(rows, max_size=20), st.sampled_from(list(components())), st.sampled_from(OPEN))
def test_one_more_open_component_never_lowers(held: list[Row], key: str, text: str) -> None:
    before, after = grade(held), grade([*held, Row(key, components()[key].title, text)])
    assert (before.level or 4) >= (after.level or 4)
    assert all(after.progress[level] >= before.progress[level] for level in (1, 2, 3))


@quick
@given(st.lists(rows, max_size=20))
def test_a_class_is_what_its_progress_says(held: list[Row]) -> None:
    for mode in ("default", "reference"):
        found = grade(held, mode)
        assert found.level == next((level for level in (1, 2, 3) if found.progress[level] == 100.0), None)
        assert all(0 <= percent <= 100 for percent in found.progress.values())


@quick
@given(st.lists(rows, max_size=20))
def test_each_difference_between_the_modes_is_told(held: list[Row]) -> None:
    mended, reference = grade(held), grade(held, "reference")
    assert mended.progress == reference.progress or mended.notes


@quick
@given(releases, st.randoms(use_true_random=False))
def test_the_order_of_items_never_matters(release: Release, random: object) -> None:
    def mixed(held: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(random.sample(held, len(held)))  # type: ignore[attr-defined]

    other = Release(
        charter=1,
        release=release.release,
        layers=Layers(**{layer: mixed(getattr(release.layers, layer)) for layer in LAYERS}),
        documents=mixed(release.documents),
        outputs=release.outputs,
    )
    first, second = openness(release), openness(other)
    for name in ("program", "source"):
        assert first.framings[name].verdict == second.framings[name].verdict
        assert first.framings[name].missing == second.framings[name].missing
    assert (first.mof.level, first.mof.classes) == (second.mof.level, second.mof.classes)
    assert [entry.answer for entry in first.osaid.requirements] == [entry.answer for entry in second.osaid.requirements]
    assert [c.answer for c in first.eu_exemption.conditions] == [c.answer for c in second.eu_exemption.conditions]


@quick
@given(releases)
def test_a_written_record_keeps_the_class_in_both_modes(release: Release) -> None:
    record = read_record(build(release)["mof.yml"], "mof.yml")
    assert record is not None
    for mode in ("default", "reference"):
        ours, theirs = openness(release, mode=mode).mof, grade(record.rows(), mode)
        assert (ours.level, ours.progress, ours.classes) == (theirs.level, theirs.progress, theirs.classes)


@quick
@given(releases)
def test_a_verdict_fits_what_is_released(release: Release) -> None:
    found = openness(release).framings
    source = [i for layer in ("data", "curation") for i in getattr(release.layers, layer) if i.availability != "none"]
    if found["program"].verdict in ("open", "restricted"):
        assert source and all(item.availability == "released" for item in source)
    if found["program"].verdict == "closed":
        made = (*release.layers.weights, *release.layers.deltas)
        assert not any(item.availability == "released" for item in (*source, *made))
    for framing in found.values():
        assert framing.because and framing.change


@settings(max_examples=examples(150), deadline=None)
@given(
    st.binary(max_size=200)
    | st.text(st.sampled_from("framewok:rls{}[]-,&*!'\"\n \tcompnt?|><x1~"), max_size=200).map(str.encode)
)
def test_whatever_is_read_never_crashes(raw: bytes) -> None:
    for source in (raw, b"framework: {}\nrelease: {name: X, components: [" + raw + b"]}", b"framework: " + raw):
        try:
            record = read_record(source, "mof.yml")
        except CharterError as error:
            assert "mof.yml" in str(error)
            continue
        if record:
            grade(record.rows())
            parse_release(import_record(record).text)


lines = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@quick
@given(lines, lines, lines, lines)
def test_any_values_make_a_release_file(name: str, license_: str, path: str, producer: str) -> None:
    from generator.openness.record import Entry, Record

    entry = Entry("datasets", "Datasets", license_ or None, {"component_path": path, "license_path": path})
    record = Record("mof.yml", name or "x", {"producer": producer, "huggingface": path, "date": name}, (entry,), ())
    text = import_record(record).text
    assert parse_release(text).layers.data[0].availability == "released"


@pytest.mark.parametrize("key", sorted({key for key in LICENSES if key}))
def test_openness_of_a_license_and_of_its_expressions(key: str) -> None:
    from generator.licenses.catalog import parse

    alone = openness_of(parse(key))
    assert (alone == "open") == is_open(parse(key))
    assert openness_of(parse(f"{key} AND MIT")) == alone
    assert openness_of(parse(f"{key} OR MIT")) == "open"
    assert alone in KINDS


def test_a_file_of_any_size_is_capped(tmp_path: Path) -> None:
    path = tmp_path / "mof.yml"
    path.write_bytes(b"framework: {}\n#" + b" " * (2 * 1024 * 1024))
    with pytest.raises(CharterError):
        openness(path)
