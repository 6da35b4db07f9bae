"""The pictures: what they draw, that every text fits, and that no value breaks them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from generator import build, load_release
from generator.api import assess
from generator.documents.pictures.drawing import clean, fit, text_width
from generator.documents.pictures.lineage import lineage_svg
from generator.errors import ReleaseError
from generator.translations import use_document_language
from tests.conftest import TESTS
from tests.effort import examples

SVG = "{http://www.w3.org/2000/svg}"
LINE = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def written(folder: Path, text: str) -> dict[str, ET.Element]:
    """The pictures of a release, read as XML."""
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    bundle = build(load_release(folder))
    return {path: ET.fromstring(bundle[path]) for path in ("layers.svg", "lineage.svg")}


def texts(picture: ET.Element) -> list[str]:
    """What is written in a picture, cut as it is."""
    return [(text.text or "") + "".join(part.tail or "" for part in text) for text in picture.iter(f"{SVG}text")]


def test_all_pictures_are_written_and_nothing_is_missed(tmp_path: Path) -> None:
    release = load_release(TESTS / "examples" / "pictures")
    assert {"layers.svg", "lineage.svg"} <= set(build(release))
    assert "](layers.svg)" in build(release)["README.md"].decode()
    assert "](lineage.svg)" in build(release)["README.md"].decode()


def test_the_lineage_has_an_edge_for_each_way_that_terms_come(tmp_path: Path) -> None:
    picture = ET.fromstring(build(load_release(TESTS / "examples" / "pictures"))["lineage.svg"])
    told = texts(picture)
    assert told.count("its terms") == 2  # Wikipedia into the data; the data into the weights
    assert "not known (data as source)" in told
    assert "notices (data as source)" in told
    assert any(text.startswith("Dashed: only if training data counts as source code") for text in told)
    description = picture.find(f"{SVG}desc")
    assert description is not None
    assert "into Weights, trained on: not known if training data counts as source code, nothing if the weights do" in (
        description.text or ""
    )


def test_an_upstream_of_several_layers_is_one_node(tmp_path: Path) -> None:
    pictures = written(
        tmp_path,
        """
charter: 1
release: {name: Two, copyright: 2026 Lab}
layers:
  weights:
    availability: released
    license: llama2
    files: [w]
    derived_from: [{ref: a/b, license: llama2, relation: finetune}]
  deltas:
    availability: released
    license: llama2
    files: [d]
    derived_from: [{ref: a/b, license: llama2, relation: adapter}]
outputs: [card, pictures]
""",
    )
    assert texts(pictures["lineage.svg"]).count("a/b") == 1
    assert [text for text in texts(pictures["lineage.svg"]) if text.endswith(("from", "for"))] == [
        "fine-tuned from",
        "an adapter for",
    ]


def test_a_release_that_says_nothing_has_pictures_all_the_same(tmp_path: Path) -> None:
    pictures = written(tmp_path, "charter: 1\nrelease: {name: Nothing}\noutputs: [card, pictures]\n")
    assert texts(pictures["layers.svg"]).count("not stated") == 5
    assert texts(pictures["lineage.svg"]).count("not stated") == 5


@given(LINE, st.integers(10, 400), st.integers(9, 20))
def test_a_text_that_is_fitted_fits(text: str, pixels: int, size: int) -> None:
    found = fit(text, pixels, size)
    assert text_width(found, size) <= max(pixels, text_width("…", size))
    assert found == clean(text) or found.endswith("…")


@settings(max_examples=examples(40), deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=60).filter(str.strip))
def test_whatever_a_name_holds_the_picture_is_xml(name: str) -> None:
    from generator.documents.pictures.layers import layers_svg
    from generator.licenses.assess import assess
    from generator.release.model import Item, Layers, Release, ReleaseInfo

    try:
        item = Item(name=name, availability="released", files=("a.bin",))
        release = Release(charter=1, release=ReleaseInfo(name=name), layers=Layers(data=(item, item), weights=(item,)))
    except ReleaseError:
        return  # a name that no release can have
    root = ET.fromstring(layers_svg(assess(release)))
    assert root.find(f"{SVG}title").text.removeprefix("The layers of ") == clean(name)  # type: ignore[union-attr]


def test_words_beside_an_arc_fit_in_a_language_with_longer_words() -> None:
    release = load_release(TESTS / "examples" / "polish")
    widths = []
    for language in ("en", "pl"):
        with use_document_language(language):
            widths.append(int(ET.fromstring(lineage_svg(assess(release))).attrib["width"]))
    assert widths[0] < widths[1]
