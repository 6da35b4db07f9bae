"""Each card that cannot be merged is an error with its place and its fix; each that can is merged as written here."""

from __future__ import annotations

from decimal import Decimal

import pytest

from generator.documents.card.front_matter import Entry
from generator.documents.storage.merge import Card, chunks, find_unclosed_fence, fresh_card, merge_card
from generator.documents.storage.record import parse_record
from generator.errors import BundleConflictError

BODY = "## Model Details\n\nText.\n"
LICENSE = Entry("license", "license: mit\n", None)
CARD = Card((LICENSE,), "# Borealis\n", BODY)
TAGGED = Card((LICENSE, Entry("tags", "tags:\n- ours\n", ("ours",))), "# Borealis\n", BODY)
OTHER = Card((Entry("license", "license: apache-2.0\n", None),), "# Borealis\n", BODY)
BUILT = fresh_card(CARD, {}).decode()
WRITE_KEY = "Write `key: value`."
IN_RELEASE = "Write it into the release file, or replace it with --force."

STOPS = [
    ("open front matter", "---\nlicense: mit\n", CARD, "1: the front matter begins with `---` and is not closed.",
     "Close it with a line `---`."),
    ("not UTF-8", b"# Mine\n\nA word \xff\n", CARD, "3: this is not UTF-8 text.", "Save it as UTF-8."),
    ("not UTF-8 at once", b"\xff\n\n", CARD, "1: this is not UTF-8 text.", "Save it as UTF-8."),
    ("not UTF-8 below a blank line", b"\n\xff", CARD, "2: this is not UTF-8 text.", "Save it as UTF-8."),
    ("brackets", "---\n[a]\n---\n", CARD, "2: the front matter is written in braces.",
     "Write one `key: value` a line, without braces."),
    ("braces", "---\n\n{license: mit}\n---\n", CARD, "3: the front matter is written in braces.",
     "Write one `key: value` a line, without braces."),
    ("an odd line", "---\nlicense: mit\n\n# c\n?? x\n---\n", CARD,
     "5: this line of the front matter belongs to no key.", WRITE_KEY),
    ("text of no key", "---\nlicense: mit\nsome words\n---\n", CARD,
     "3: this line of the front matter belongs to no key.", WRITE_KEY),
    ("a key twice", "---\nlicense: mit\nmine: 1\nlicense: other\n---\n", CARD,
     "4: the front matter has `license` a second time.", "Keep one of them."),
    ("an alias of what is generated", "---\nmine: 1\nlicense: &l mit\nother:\n  - *l\n---\n", CARD,
     "5: the front matter cannot be merged: found undefined alias 'l'.",
     "Write the value out where `*` refers to a key that is generated."),
    ("an alias below a blank line", "---\n\nmine: 1\nlicense: &l mit\nother: [*l]\n---\n", CARD,
     "5: the front matter cannot be merged: found undefined alias 'l'.",
     "Write the value out where `*` refers to a key that is generated."),
    ("an alias with an odd name", "---\nlicense: &-l mit\nother: *-l\n---\n", CARD,
     "2: the front matter cannot be merged: found undefined alias '-l'.",
     "Write the value out where `*` refers to a key that is generated."),
    ("a key in another form", "---\nmine: 1\n!!str license: other\n---\n", CARD,
     "2: the front matter's `license` is written in a form that cannot be replaced.",
     "Write it as a plain `license: value` on a line of its own."),
    ("a list that is no YAML", "---\ntags: [a\n---\n", TAGGED, "1: the front matter's `tags` is not YAML.",
     "Fix it, or remove it."),
    ("an edited generated part", "\n\n" + BUILT.split("---\n", 2)[2].replace("Text.", "My text."), CARD,
     "3: the generated part that begins here was edited by hand.",
     "Move your words outside the markers or into the release file, or replace them with --force."),
    ("an edited key", BUILT.replace("license: mit", "mine: 1\nlicense: other"), OTHER,
     "3: the front matter's `license` was edited by hand after it was written.", IN_RELEASE),
    ("a marker without its end", BUILT.partition("<!-- charter:end")[0], CARD,
     "4: a `<!-- charter:begin` without its end stands here.",
     "Put the marker back, or take both out; then everything in the file is yours and is kept."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("existing", "card", "message", "remedy"), [case[1:] for case in STOPS], ids=[case[0] for case in STOPS]
)
def test_a_card_that_cannot_be_merged_is_an_error_with_its_place_and_its_fix(
    existing: str | bytes, card: Card, message: str, remedy: str
) -> None:
    raw = existing if isinstance(existing, bytes) else existing.encode()
    with pytest.raises(BundleConflictError) as caught:
        merge_card(card, raw, {})
    assert str(caught.value) == f"README.md:{message}"
    assert caught.value.remedy == remedy
    assert caught.value.paths == ("README.md",)


MERGED = [
    # an existing card; the generated one; all above the generated part; whether that has a title
    ("---\n# c\nmine: 1\n\n# d\nlicense: x\n# end\n---\n", CARD,
     "---\n# c\nmine: 1\n\n# d\nlicense: mit\n# end\n---\n", True),
    ("---\n\n---\n", CARD, "---\n\nlicense: mit\n---\n", True),
    ("---\n# A heading\n---\n", CARD, "---\nlicense: mit\n---\n---\n# A heading\n---\n\n", False),
    ("---\n# c\n# A heading\ntext\n---\n", CARD, "---\nlicense: mit\n---\n---\n# c\n# A heading\ntext\n---\n\n", False),
    ("---\n- a\n---\n", CARD, "---\nlicense: mit\n---\n---\n- a\n---\n\n", True),
    ("---\ntags: mine\n---\n", TAGGED, "---\ntags:\n- mine\n- ours\nlicense: mit\n---\n", True),
    ("---\ntags: [mine, ours]\n---\n", TAGGED, "---\ntags: [mine, ours]\nlicense: mit\n---\n", True),
    ("---\ntags: [ours]\n---\n", TAGGED, "---\ntags: [ours]\nlicense: mit\n---\n", True),
    ("---\ntags:\n- a\n- b\n---\ntext", TAGGED, "---\ntags:\n- a\n- b\n- ours\nlicense: mit\n---\ntext\n\n", True),
    ("---\ntags: {a: b}\n---\n", TAGGED, "---\ntags:\n- ours\nlicense: mit\n---\n", True),
    ("---\ntags: []\n---\n", TAGGED, "---\ntags:\n- ours\nlicense: mit\n---\n", True),
    ("---\nlicense_name: old\nlicense: other\n---\n", CARD, "---\nlicense: mit\n---\n", True),
    ("---\nlicense_name: old\nlicense: mit\n---\n", CARD, "---\nlicense_name: old\nlicense: mit\n---\n", True),
    ("---\nlicense: mit\n---", CARD, "---\nlicense: mit\n---\n", True),
    ("text", CARD, "---\nlicense: mit\n---\ntext\n\n", True),
    ("text\n\n", CARD, "---\nlicense: mit\n---\ntext\n\n", True),
    ("text\r", CARD, "---\r\nlicense: mit\r\n---\r\ntext\r\n\r\n", True),
    ("text\r\n", CARD, "---\r\nlicense: mit\r\n---\r\ntext\r\n\r\n", True),
    ("a\r\n~~~ x\r\nb", CARD, "---\r\nlicense: mit\r\n---\r\na\r\n~~~ x\r\nb\r\n~~~\r\n\r\n", True),
    ("```\n# no\n```\nend", CARD, "---\nlicense: mit\n---\n```\n# no\n```\nend\n\n", True),
    ("```\n# no\n```\n# yes\n", CARD, "---\nlicense: mit\n---\n```\n# no\n```\n# yes\n\n", False),
    ("# yes\n```\n# no\n```\n", CARD, "---\nlicense: mit\n---\n# yes\n```\n# no\n```\n\n", False),
    ("```\nx\n```\ntext\n# yes\n", CARD, "---\nlicense: mit\n---\n```\nx\n```\ntext\n# yes\n\n", False),
    ("```\nx\n```\ntext\nTitle\n===\n", CARD,
     "---\nlicense: mit\n---\n```\nx\n```\ntext\nTitle\n===\n\n", False),
    ("```\nx\n```\na\n```\nx\n```\n# yes\n", CARD, None, False),
    ("```\nx\n```\na\n# yes\n```\nx\n```\n", CARD, None, False),
    ("---\n# c\n```\nx\n---\n", CARD, "---\nlicense: mit\n---\n---\n# c\n```\nx\n---\n```\n\n", False),
    ("---\n#a * b\n---\n", Card((), "# Borealis\n", BODY), "---\n#a * b\n---\n", True),
    ("\ufeff---\nmine: 1\n---\n", CARD, "---\nmine: 1\nlicense: mit\n---\n", True),
    ("---\n#a\n#b\n#c\n# d\n---\n", CARD, "---\n#a\n#b\n#c\n# d\nlicense: mit\n---\n", True),
    ("---\nX words\n---\n", CARD, "---\nlicense: mit\n---\n---\nX words\n---\n\n", True),
    ("---  \nmine: 1\n---\t\n", CARD, "---  \nmine: 1\nlicense: mit\n---\t\n", True),
    ("---\nX: 1\nXy: 2\n---\n", CARD, "---\nX: 1\nXy: 2\nlicense: mit\n---\n", True),
    ("---\ntags: [a, ours, a]\n---\n", TAGGED, "---\ntags: [a, ours, a]\nlicense: mit\n---\n", True),
    ("Title\n===\n", CARD, "---\nlicense: mit\n---\nTitle\n===\n\n", False),
    ("~~~\n# no\n```\n# no\n~~~\n", CARD, "---\nlicense: mit\n---\n~~~\n# no\n```\n# no\n~~~\n\n", True),
    ("``` a`b\n# yes\n", CARD, "---\nlicense: mit\n---\n``` a`b\n# yes\n\n", False),
    ("````\n# no\n```\n# no\n`````\n", CARD, "---\nlicense: mit\n---\n````\n# no\n```\n# no\n`````\n\n", True),
    ("```\n# no\n``` x\n# no\n```\n", CARD, "---\nlicense: mit\n---\n```\n# no\n``` x\n# no\n```\n\n", True),
    ("```\nx\n```\n```\n# no\n```\n   ~~~~\n# no\n~~~~\n# yes\n", CARD, None, False),
    ("```\nx\n```\n```\n# no\n```\n   ~~~~\n# no\n~~~~\nend\n", CARD, None, True),
]  # fmt: skip


@pytest.mark.parametrize(("existing", "card", "above", "titled"), MERGED, ids=[f"card {n}" for n in range(len(MERGED))])
def test_a_card_that_can_be_merged_keeps_what_a_person_wrote(
    existing: str, card: Card, above: str | None, titled: bool
) -> None:
    merged = merge_card(card, existing.encode(), {}).decode()
    begin, _, made = merged.partition("<!-- charter:begin")
    if above is not None:
        assert begin == above
    newline = "\r\n" if "\r" in existing else "\n"
    title = f"# Borealis{newline}{newline}" if titled else ""
    below = BODY.strip().replace("\n", newline)
    assert f"-->{newline}{title}{below}{newline}{newline}<!-- charter:end" in made
    assert merge_card(card, merged.encode(), {}).decode() == merged


def test_the_line_of_a_fence_that_is_closed_counts_the_front_matter() -> None:
    assert find_unclosed_fence(b"# M\n```\nx\n") == 2
    assert find_unclosed_fence(b"---\na: 1\n---\n# M\n\n```\nx\n") == 6
    assert find_unclosed_fence(b"\xef\xbb\xbf---\na: 1\n---\n~~~\nx\n") == 4
    assert find_unclosed_fence(b"\xff\n```\n") == 2
    assert find_unclosed_fence(b"# M\n```\nx\n```\n") == find_unclosed_fence(b"---\na: 1\n---\n") == 0
    assert find_unclosed_fence(fresh_card(CARD, {}) + b"```\n") == 0
    assert find_unclosed_fence(b"---\n# c\n```\nx\n---\n") == 3, "what is between the lines is text"
    assert find_unclosed_fence(b"---\n\na: 1\n---\n```\n") == 5
    assert find_unclosed_fence(b"\n---\na: 1\n---\n```\n") == 5
    assert find_unclosed_fence(b"---\na: |\n  ```\n---\ntext\n") == 0, "it is in the front matter"
    assert find_unclosed_fence(b"\xef\xbb\xbf```\nx\n") == 1


def test_the_record_keeps_what_a_build_is_not_told() -> None:
    held = {"LICENSE": "1" * 64}
    first = merge_card(
        CARD._replace(adopted={"MIT": ("2026 Lab",)}),
        None,
        held,
        words={"here": ("a", "b")},
        pushed={"x.txt": "c"},
    )
    text = first.decode()
    record = parse_record(text[text.index("<!-- charter:end") + len("<!-- charter:end") : text.rindex("-->")])
    assert (record.files, record.adopted) == (held, {"MIT": ("2026 Lab",)})
    assert (record.words, record.pushed) == ({"here": ("a", "b")}, {"x.txt": "c"})
    assert merge_card(CARD._replace(adopted={"MIT": ("2026 Lab",)}), first, held) == first
    other = merge_card(CARD, first, held, words={}, pushed={}).decode()
    assert '"here"' not in other
    assert "x.txt" not in other
    assert "2026 Lab" not in other


GRAMS = Decimal("12.5")
EMISSIONS = Card(
    (Entry("co2", "co2:\n  emissions: 12.5\n  source: meter\n", None, {"emissions": GRAMS, "source": "meter"}),),
    "# Borealis\n",
    BODY,
)
ONE = Card((Entry("co2", "co2:\n  emissions: 12.5\n", None, {"emissions": GRAMS}),), "# Borealis\n", BODY)
OURS = "co2:\n  emissions: 12.5\n  source: meter\n"
MAPPINGS = [
    # what a person has, the generated card, what is written
    ("", EMISSIONS, OURS),
    ("co2: many\n", EMISSIONS, OURS),
    ("co2: 12.5\n", EMISSIONS, OURS),
    ("co2: [12.5]\n", EMISSIONS, OURS),
    ("co2: 12.50 # g\n", ONE, "co2: 12.50 # g\n"),
    ("co2: '12.5'\n", ONE, "co2: '12.5'\n"),
    ("co2: 12.6\n", ONE, "co2:\n  emissions: 12.5\n"),
    ("co2: many\n", ONE, "co2:\n  emissions: 12.5\n"),
    ("co2: [12.5]\n", ONE, "co2:\n  emissions: 12.5\n"),
    ("co2: {source: meter, emissions: 1.25e1}\n", EMISSIONS, "co2: {source: meter, emissions: 1.25e1}\n"),
    ("co2: {emissions: 12.5, place: Oslo}\n", ONE, "co2: {emissions: 12.5, place: Oslo}\n"),
    ("co2: {emissions: 13, place: Oslo}\n", ONE, "co2:\n  emissions: 12.5\n  place: Oslo\n"),
    ("co2: {emissions: 12.5, source: 12.5}\n", EMISSIONS, OURS),
    ("co2: {emissions: 12.5}\n", EMISSIONS, OURS),
    ("co2: {place: Oslo}\n", EMISSIONS, OURS + "  place: Oslo\n"),
    ("co2: {place: [Oslo,\n  Kyiv], n: 1}\n", EMISSIONS, OURS + "  place: [Oslo, Kyiv]\n  n: 1\n"),
    (
        "co2:\n place: # two\n - Oslo\n - Kyiv\n source: none\n",
        EMISSIONS,
        OURS + "  place: # two\n  - Oslo\n  - Kyiv\n",
    ),
    ("co2:\n    note: |\n      A\n\n      b\n", EMISSIONS, OURS + "  note: |\n    A\n\n    b\n"),
]


@pytest.mark.parametrize(("mine", "card", "written"), MAPPINGS)
def test_a_mapping_has_what_is_generated_and_a_person_s_other_keys(mine: str, card: Card, written: str) -> None:
    merged = merge_card(card, f"---\n{mine}---\n# Mine\n".encode(), {})
    assert merged.decode().startswith(f"---\n{written}---\n# Mine\n")
    assert merge_card(card, merged, {}) == merged


def test_a_person_s_key_in_a_mapping_that_was_written_stays_whatever_becomes_of_the_rest() -> None:
    first = merge_card(ONE, None, {}).decode()
    mine = first.replace("  emissions: 12.5\n", "  emissions: 12.5\n  place: Oslo # and its hills\n").encode()
    kept = merge_card(ONE, mine, {})
    assert merge_card(ONE, kept, {}) == kept
    assert kept[:200] == mine[:200]
    changed = Card((Entry("co2", "co2:\n  emissions: 13\n", None, {"emissions": Decimal(13)}),), *ONE[1:])
    assert b"co2:\n  emissions: 13\n  place: Oslo # and its hills\n---" in merge_card(changed, kept, {})
    assert b"co2:\n  emissions: 12.5\n  place: Oslo # and its hills\n---" in merge_card(Card((), *ONE[1:]), kept, {})


def test_a_value_in_a_mapping_that_was_written_and_then_edited_is_a_conflict() -> None:
    edited = merge_card(ONE, None, {}).replace(b"emissions: 12.5", b"emissions: 12.6")
    with pytest.raises(BundleConflictError, match="`co2` was edited by hand"):
        merge_card(ONE, edited, {})


def test_a_mapping_that_is_no_yaml_is_an_error() -> None:
    with pytest.raises(BundleConflictError) as caught:
        merge_card(ONE, b"---\nco2: [a\n---\n", {})
    assert str(caught.value) == "README.md:1: the front matter's `co2` is not YAML."


def test_a_forced_build_replaces_what_was_edited() -> None:
    edited = BUILT.replace("Text.", "My text.").replace("license: mit", "license: other").encode()
    assert merge_card(CARD, edited, {}, force=True).decode() == BUILT
    with pytest.raises(BundleConflictError):
        merge_card(CARD, edited, {})
    entry_edited = BUILT.replace("license: mit", "license: other").encode()
    assert merge_card(CARD, entry_edited, {}, force=True).decode() == BUILT


def test_a_key_that_is_not_generated_any_more_goes_unless_it_was_edited() -> None:
    first = merge_card(TAGGED, b"---\nmine: 1\n---\n", {}).decode()
    assert "tags" in first
    assert "tags" not in merge_card(CARD, first.encode(), {}).decode()
    with pytest.raises(BundleConflictError, match=r"README\.md:4: the front matter's `tags` was edited by hand"):
        merge_card(CARD, first.replace("- ours", "- mine").encode(), {})
    mixed = merge_card(TAGGED, first.replace("- ours", "- mine\n- ours").encode(), {}).decode()
    assert "tags:\n- mine\n- ours\n" in mixed


def test_a_generated_part_that_the_next_build_would_not_find_is_an_error() -> None:
    open_fence = Card((LICENSE,), "# Borealis\n", "```\ncode\n")
    with pytest.raises(BundleConflictError) as caught:
        merge_card(open_fence, b"Mine.\n", {})
    assert str(caught.value) == "README.md:6: the generated part cannot be marked here."
    assert caught.value.remedy == "Close every code fence and comment above it, and take old markers out."


def test_the_line_of_a_part_that_cannot_be_marked_counts_blank_lines_above_the_front_matter() -> None:
    open_fence = Card((LICENSE,), "# Borealis\n", "```\ncode\n")
    for above, line in (("", 7), ("\n", 8)):
        with pytest.raises(BundleConflictError) as caught:
            merge_card(open_fence, f"{above}---\na: 1\n---\nMine.\n".encode(), {})
        assert str(caught.value) == f"README.md:{line}: the generated part cannot be marked here."


CHUNKS = [
    ("", []),
    ("a: 1\n", [("a", "a: 1\n")]),
    ("# c\n\n", [("", "# c\n\n")]),
    ("a: 1\n# c\n\nb: 2\n# e\n", [("a", "a: 1\n"), ("", "# c\n\n"), ("b", "b: 2\n"), ("", "# e\n")]),
    ("a:\n# c\n- 1\nX: 2\n", [("a", "a:\n# c\n- 1\n"), ("X", "X: 2\n")]),
    ("k : v\nb: [\n]\nc: {\n}\n", [("k", "k : v\n"), ("b", "b: [\n]\n"), ("c", "c: {\n}\n")]),
    ("a:\n\tx\nb:\n-\n", [("a", "a:\n\tx\n"), ("b", "b:\n-\n")]),
    ("'a b': 1\n\"c\": 2\n-d: 3\n", [("a b", "'a b': 1\n"), ("c", '"c": 2\n'), ("-d", "-d: 3\n")]),
]


@pytest.mark.parametrize(("text", "expected"), CHUNKS)
def test_a_front_matter_is_cut_at_its_keys(text: str, expected: list[tuple[str, str]]) -> None:
    assert [tuple(chunk) for chunk in chunks(text)] == expected


def test_a_line_end_of_a_person_stays_though_the_others_are_different() -> None:
    merged = merge_card(TAGGED, b"---\nmine: 1\ntags: [a, ours]\r\n---\n", {})
    assert merged.startswith(b"---\nmine: 1\ntags: [a, ours]\r\nlicense: mit\n---\n")
    assert merge_card(TAGGED, merged, {}) == merged


@pytest.mark.parametrize("line", ["- a\n", "  a\n", "]\n", "}\n", "-\n"])
def test_an_entry_without_a_key_is_an_error_with_its_line(line: str) -> None:
    with pytest.raises(BundleConflictError) as caught:
        chunks(f"# c\n\n{line}")
    assert str(caught.value) == "README.md:4: this line of the front matter belongs to no key."
    assert caught.value.remedy == WRITE_KEY
