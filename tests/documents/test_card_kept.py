"""The card and the person: their text stays byte for byte, ours is replaced, what they changed of ours stops us."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import build
from generator.documents.storage.merge import Card, Entry, merge_card
from generator.errors import BundleConflictError
from generator.release.reader import parse_release

CARD = Card((Entry("license", "license: mit\n", None),), "# Borealis\n", "## Model Details\n\nText.\n")
SOURCE = """\
charter: 1
release: {name: Borealis, copyright: 2026 Lab, repo: lab/borealis, tags: [ours], languages: [en]}
layers: {weights: {availability: released, license: LICENSE_ID, files: ["*.safetensors"]}}
"""


def written(folder: Path, license_id: str = "MIT", *, force: bool = False) -> str:
    """Build into a folder, and return the card."""
    release = parse_release(SOURCE.replace("LICENSE_ID", license_id))
    build(release).write(folder, force=force)
    return (folder / "README.md").read_bytes().decode()


def test_text_around_the_generated_part_is_kept_byte_for_byte(tmp_path: Path) -> None:
    first = written(tmp_path)
    mine = f"{first}\n## Mine   \r\n\ttail without end"
    (tmp_path / "README.md").write_bytes(mine.encode())
    assert written(tmp_path, "Apache-2.0").endswith("\n## Mine   \r\n\ttail without end")


def test_front_matter_of_a_person_stays_with_comments_and_order(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(
        "---\n# ours to keep\nthumbnail: https://example.org/x.png\nlicense: other\nlicense_name: old\n"
        "license_link: https://example.org\nwidget:\n- text: Hello\ntags:\n- theirs\n---\n# My title\n",
        encoding="utf-8",
    )
    card = written(tmp_path)
    head = card.split("---\n")[1]
    assert head.startswith(
        "# ours to keep\nthumbnail: https://example.org/x.png\nlicense: mit\nwidget:\n- text: Hello\n"
    )
    assert "license_name" not in head
    assert "license_link" not in head
    assert "tags:\n- theirs\n- ours\n" in head
    assert "# Borealis" not in card, "a card with a title of its own gets no second one"


def test_an_edit_inside_the_generated_part_stops_the_build(tmp_path: Path) -> None:
    card = written(tmp_path)
    edited = card.replace("## What is released", "## Released")
    (tmp_path / "README.md").write_text(edited, encoding="utf-8")
    with pytest.raises(BundleConflictError, match=r"README\.md:\d+: the generated part that begins here"):
        written(tmp_path, "Apache-2.0")
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == edited
    assert (tmp_path / "LICENSE").read_text(encoding="utf-8").startswith("MIT License"), "nothing was written"
    assert "## What is released" in written(tmp_path, "Apache-2.0", force=True)


def test_another_file_that_was_edited_stops_the_build(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "NOTICE").write_text("mine\n", encoding="utf-8")
    with pytest.raises(BundleConflictError, match="edited by hand"):
        written(tmp_path, "Apache-2.0")
    assert (tmp_path / "NOTICE").read_text(encoding="utf-8") == "mine\n"


def test_a_file_that_somebody_wrote_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("All rights reserved.\n", encoding="utf-8")
    with pytest.raises(BundleConflictError, match="somebody wrote this file"):
        written(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["LICENSE"]


def test_what_the_hub_refuses_of_a_person_is_told(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nbase_model: ../llama\ndatasets:\n- my data\n---\n", encoding="utf-8")
    done = build(parse_release(SOURCE.replace("LICENSE_ID", "MIT"))).write(tmp_path)
    assert [(fault.line, fault.key) for fault in done.refused] == [(2, "base_model"), (4, "datasets")]


@given(
    before=st.text(st.characters(codec="utf-8", exclude_characters="\ufeff"), max_size=80),
    after=st.text(st.characters(codec="utf-8"), max_size=80),
)
def test_any_text_around_survives_any_number_of_builds(before: str, after: str) -> None:
    first = merge_card(CARD, None, {}).decode()
    head, _, rest = first.partition("---\n<!--")
    mine = f"{head}---\n{before}\n<!--{rest.rstrip()}\n{after}"
    try:
        once = merge_card(CARD, mine.encode(), {})
    except BundleConflictError:
        return  # what was drawn broke the markers or the front matter; nothing is written then
    assert once.decode().endswith(f"-->\n{after}")
    assert f"---\n{before}\n<!--" in once.decode()
    assert merge_card(CARD, once, {}) == once
