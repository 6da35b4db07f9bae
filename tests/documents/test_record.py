"""What a build records of itself is read back as it was, whoever touched the file since."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.documents.storage.record import (
    BEGIN,
    CARD,
    CARD_LIMIT,
    RECORD,
    BrokenMarkers,
    Record,
    card_record,
    digest,
    find_markers,
    open_fence,
    parse_record,
    present_record,
    read_record,
)

FULL = Record(
    files={"LICENSE": "a" * 64, "LICENSES/MIT.txt": "b" * 64},
    card="c" * 64,
    front_matter={"license": "d" * 64},
    added={"tags": ("x", "y")},
    adopted={"MIT": ("2026 Lab",)},
    words={"here": ("1", "2"), "there": ("1", "2"), "*": ("3",)},
    pushed={"release.yaml": "e" * 64},
)


def card(record: str = "{}") -> str:
    """A card with a generated part."""
    return f"Mine.\n\n{BEGIN}\n# Title\n<!-- charter:end {record} -->\nMore.\n"


def test_a_record_is_read_back_as_it_was_written() -> None:
    assert parse_record(FULL.to_json()) == FULL
    assert card_record(card(FULL.to_json()).encode()) == FULL
    assert json.loads(FULL.to_json())["v"] == 1
    assert json.loads(FULL.to_json())["words"] == ["here,there 1 2", "* 3"]
    assert parse_record(Record().to_json()) == Record()
    assert set(json.loads(Record().to_json())) == {"v", "card", "front_matter", "added", "files"}


def test_a_record_is_the_same_text_whatever_its_order() -> None:
    other = FULL._replace(files=dict(reversed(FULL.files.items())))
    assert other.to_json() == FULL.to_json()
    lines = Record({"b": "2", "a": "1"}, adopted={"Ä": ("ö",)}).to_json().splitlines()
    assert lines[:2] == ["{", '"added": {},']
    assert '"Ä": [' in lines, "text stays readable"


@pytest.mark.parametrize("name", ["a--b", "a->b", "-->", "a-b"])
def test_no_name_ends_the_comment_that_holds_the_record(name: str) -> None:
    record = Record({name: "1"})
    text = record.to_json()
    assert "--" not in text
    assert ">" not in text
    assert parse_record(text) == record
    assert card_record(card(text).encode()) == record
    assert ("\\u002d" in text) is (name != "a-b"), "a single hyphen stays readable"


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("", Record()),
        ("{", Record()),
        ("[]", Record()),
        ("[" * 100_000, Record()),
        ("{}", Record()),
        ('{"files": [], "front_matter": 1, "added": [], "adopted": "x", "words": 3, "pushed": null}', Record()),
        ('{"files": {"a": 1, "b": "x"}, "card": 7}', Record({"b": "x"}, "7")),
        ('{"added": {"tags": ["a", 1], "datasets": "x"}}', Record(added={"tags": ("a", "1")})),
        ('{"words": ["a,b 1", "", " ", 5, ",c, 2 3", "d"]}',
         Record(words={"a": ("1",), "b": ("1",), "c": ("2", "3"), "d": ()})),
        ('{"words": ["a 1", "a 2"]}', Record(words={"a": ("2",)})),
    ],
)  # fmt: skip
def test_a_record_that_somebody_changed_is_read_as_far_as_it_can_be(text: str, record: Record) -> None:
    assert parse_record(text) == record


def test_the_sums_are_those_of_sha256sum_with_a_comment_of_ours() -> None:
    record = Record({"b": "2" * 64, "a": "1" * 64}, adopted={"MIT": ("2026 Lab",), "BSD": ()})
    text = record.to_sums()
    assert text == f'# adopted {{"BSD": [], "MIT": ["2026 Lab"]}}\n{"1" * 64}  a\n{"2" * 64}  b\n'
    assert present_record({RECORD: text.encode()}) == record
    plain = record._replace(adopted={})
    assert plain.to_sums() == f"{'1' * 64}  a\n{'2' * 64}  b\n"
    assert present_record({RECORD: plain.to_sums().encode()}) == plain


@pytest.mark.parametrize(
    ("sums", "record"),
    [
        (b"", Record()),
        (b"# adopted {\n1  a\n", Record({"a": "1"})),
        (b"# adopted []\n1  a\n", Record({"a": "1"})),
        (b"# adopted " + b"[" * 100_000 + b"\n1  a\n", Record({"a": "1"})),
        (b'1  a\n# adopted {"MIT": []}\n2  b\n', Record({"a": "1", "b": "2"})),
        (b"# a comment\n1  a\n", Record({"a": "1"})),
        (b"# with  two spaces\n1  a\n", Record({"a": "1"})),
        (b"no path\n1  a  b\n1 c\n\n", Record({"a  b": "1"})),
        (b"1  \xff\n", Record({"\ufffd": "1"})),
    ],
)
def test_sums_that_somebody_changed_are_read_as_far_as_they_can_be(sums: bytes, record: Record) -> None:
    assert present_record({RECORD: sums, CARD: card(FULL.to_json()).encode()}) == record


def test_a_folder_has_the_record_of_its_sums_or_of_its_card(tmp_path: Path) -> None:
    assert read_record(tmp_path) == Record()
    (tmp_path / CARD).write_text(card(FULL.to_json()), encoding="utf-8")
    assert read_record(tmp_path) == FULL
    (tmp_path / RECORD).write_text("1  a\n", encoding="utf-8")
    assert read_record(tmp_path) == Record({"a": "1"})
    (tmp_path / RECORD).unlink()
    (tmp_path / RECORD).mkdir()
    assert read_record(tmp_path) == FULL, "a folder is no file"
    (tmp_path / CARD).unlink()
    (tmp_path / CARD).symlink_to(CARD)
    assert read_record(tmp_path) == Record(), "a link to itself cannot be read"


def test_a_file_that_is_too_large_for_a_record_is_not_read(tmp_path: Path) -> None:
    text = card(FULL.to_json()).encode()
    (tmp_path / CARD).write_bytes(text + b"x" * (CARD_LIMIT - len(text)))
    assert read_record(tmp_path) == FULL
    (tmp_path / CARD).write_bytes(text + b"x" * (CARD_LIMIT - len(text) + 1))
    assert read_record(tmp_path) == Record()
    sums = b"1  a\n"
    assert present_record({RECORD: sums + b" " * (CARD_LIMIT - len(sums))}).files["a"] == "1"
    assert present_record({RECORD: sums + b" " * (CARD_LIMIT - len(sums) + 1), CARD: text}) == FULL


def test_a_card_without_a_readable_record_has_none() -> None:
    assert card_record(b"") == card_record(b"# Mine\n") == Record()
    assert card_record(card("{").encode()) == Record()
    assert card_record(card().replace(BEGIN, "").encode()) == Record(), "the markers do not pair up"
    assert card_record(b"\xff\n" + card(FULL.to_json()).encode()) == FULL


def test_line_ends_do_not_change_a_digest() -> None:
    assert digest(b"a\nb\n") == digest(b"a\r\nb\r\n")
    assert digest(b"a\rb") != digest(b"a\nb")
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_markers_are_found_with_what_is_between_and_after() -> None:
    text = card("RECORD")
    markers = find_markers(text)
    assert markers is not None
    assert text[markers.begin : markers.body] == BEGIN
    assert text[markers.body : markers.end] == "\n# Title\n"
    assert (text[markers.after :], markers.record) == ("\nMore.\n", " RECORD ")
    spaced = card("RECORD").replace("-->", "--> \t")
    markers = find_markers(spaced)
    assert markers is not None
    assert spaced[markers.body : markers.body + 3] == "\n# "
    assert spaced[markers.after :] == "\nMore.\n"
    assert find_markers("Text.\n") is None
    assert find_markers(f"x {BEGIN}\n") is None, "a marker is at the start of its line"
    assert find_markers(f"```\n{BEGIN}\n```\n") is None
    several = card("A\nB")
    found = find_markers(several)
    assert found is not None
    assert found.record == " A\nB "


END = "<!-- charter:end {} -->"
BROKEN = [
    # a card; the line of the fault; what is wrong
    (f"a\n{BEGIN}\nb\n{BEGIN}\n{END}\n", 4, "a second `<!-- charter:begin` stands here"),
    (f"\n\n{BEGIN}\nb\n", 3, "a `<!-- charter:begin` without its end stands here"),
    (f"a\n\n{END}\n", 3, "a `<!-- charter:end` without its begin stands here"),
    (f"{BEGIN}\n{END}\nx\n{END}\n", 4, "a `<!-- charter:end` without its begin stands here"),
    (f"a\n{BEGIN}\nb\n", 2, "a `<!-- charter:begin` without its end stands here"),
    (f"a\n<!-- charter:begin\n-->\n{END}\n", 2, "a marker is not closed by `-->`"),
    (f"a\n{BEGIN}\nb\n<!-- charter:end {{}}\n", 4, "a marker is not closed by `-->`"),
]


@pytest.mark.parametrize(("text", "line", "message"), BROKEN)
def test_markers_that_do_not_pair_up_are_named_with_their_line(text: str, line: int, message: str) -> None:
    with pytest.raises(BrokenMarkers) as caught:
        find_markers(text)
    assert (caught.value.line, str(caught.value)) == (line, message)


@pytest.mark.parametrize(
    ("fenced", "is_text"),
    [
        (f"```\n{BEGIN}\n{END}\n```\n", True),
        (f"~~~~ x\n{BEGIN}\n```\n~~~\n~~~~\n", True),
        (f"```\n{BEGIN}\n``` x\n{END}\n```\n", True),
        (f"   ```\n{BEGIN}\n````\n", True),
        (f"```\n``` x\n{BEGIN}\n{END}\n```\n", True),
        (f"    ```\n{BEGIN}\n{END}\n", False),
        (f"``` a`b\n{BEGIN}\n{END}\n", False),
        (f"```\n```\n{BEGIN}\n{END}\n", False),
    ],
)
def test_a_marker_inside_fenced_code_is_text(fenced: str, is_text: bool) -> None:
    assert (find_markers(fenced) is None) is is_text
    if is_text:
        both = find_markers(f"{fenced}\n{card()}")
        assert both is not None
        assert both.begin == len(f"{fenced}\nMine.\n\n")


LISTS = [
    "- item\n\n  ```\n  x\n\n",
    "- item\n\n  ```\n  x\ry\n\n",
    "1. item\n\n   ~~~\n   x\n\n",
    "\n- item\n\n  ```\n  ```\n  ```\n\nText\n\n",
]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("above", LISTS)
def test_a_fence_in_a_list_ends_with_its_item(above: str, newline: str) -> None:
    text = above.replace("\n", newline) + f"\n{BEGIN}\nMade.\n\n{END}\n"
    markers = find_markers(text)
    assert markers is not None
    assert text[markers.begin : markers.body] == BEGIN
    assert text[markers.body : markers.end] == "\nMade.\n\n"


def test_a_marker_in_a_fence_is_text_also_where_a_parser_has_to_say_so() -> None:
    text = f"- item\n\n  ```\n  x\n\n~~~\n{BEGIN}\n{END}\n~~~\n"
    assert find_markers(text) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 0),
        ("Text.\n", 0),
        ("```\nx\n", 1),
        ("a\n\n~~~ sh\nx", 3),
        ("```\nx\n```\n", 0),
        ("```\nx\n```\n\n````\n```\n", 5),
        ("- ```\n  x\n", 0),
    ],
)
def test_the_line_of_an_open_fence_is_found(text: str, line: int) -> None:
    assert open_fence(text) == line
