"""What people wrote on both sides stays: the words of the folder and those of the Hub are joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.documents.card.front_matter import Entry
from generator.documents.storage.join import WHOLE, merge_cards
from generator.documents.storage.merge import Card, fresh_card, merge_card

CARD = Card((), "# Borealis\n", "Generated words.\n")
PARAGRAPH = st.text(alphabet="abc ", min_size=1, max_size=6).filter(str.strip)
CODE = st.just("```python\nx = 1\n\ny = 2\n```")
WORDS = st.lists(st.one_of(PARAGRAPH, CODE), max_size=5)


def readme(before: list[str], after: list[str], front: str = "") -> bytes:
    """A built README.md with somebody's words around the generated part."""
    text = fresh_card(CARD, {}).decode()
    start = text.index("<!-- charter:begin")
    block, made = text[:start], text[start:]
    head = block.replace("---\n---\n", f"---\n{front}---\n") if front else block
    return (head + "".join(f"{p}\n\n" for p in before) + made + "".join(f"\n{p}\n" for p in after)).encode()


def published(hub: bytes, folder: bytes, source: str = "here") -> bytes:
    """The Hub's card, as it is after a folder published there."""
    return merge_card(CARD, hub, {}, words=merge_cards(folder, None, (source,)).words)


def paragraphs(content: bytes) -> set[str]:
    """What somebody wrote, paragraph by paragraph."""
    return {part.strip() for part in content.decode().split("\n\n")}


@given(WORDS, WORDS, WORDS, WORDS)
def test_no_word_of_either_side_is_lost(a: list[str], b: list[str], c: list[str], d: list[str]) -> None:
    local, remote = readme(a, b), readme(c, d)
    both = merge_cards(local, remote).content
    assert both is not None
    for words in (*a, *b, *c, *d):
        assert words.strip() in both.decode()
    assert merge_cards(local, both).content == both, "doing it again changes nothing"
    merged = merge_card(CARD, both, {})
    assert merge_card(CARD, merged, {}) == merged
    for words in (*a, *b, *c, *d):
        assert words.strip() in merged.decode()


@given(WORDS, WORDS, WORDS, WORDS)
def test_the_hub_stays_as_it_is_where_nothing_was_written_since(
    a: list[str], b: list[str], c: list[str], d: list[str]
) -> None:
    local = readme(a, b)
    remote = published(readme(c, d), local)
    found = merge_cards(local, remote, ("here",))
    assert (found.content, found.words) == (remote, None)


UNIQUE = st.lists(st.text(alphabet="abcdef", min_size=1, max_size=3), max_size=5, unique=True)


@given(UNIQUE, UNIQUE, UNIQUE)
def test_of_three_versions_nothing_is_lost_and_nothing_doubled(
    then: list[str], ours: list[str], hub: list[str]
) -> None:
    """What the merge of three versions must hold, paragraph by paragraph, whatever the order."""
    remote = published(readme(hub, []), readme(then, []))
    found = merge_cards(readme(ours, []), remote, ("here",))
    assert found.content is not None
    text = found.content.decode()
    there = [part.strip() for part in text[4 : text.index("<!-- charter:begin")].replace("---\n", "").split("\n\n")]
    there = [part for part in there if part]
    kept = [word for word in hub if word in ours or word not in then]
    new = [word for word in ours if word not in hub and word not in then]
    assert sorted(there) == sorted(kept + new)
    named = [word for word in ours if word in then and word not in hub]
    assert bool(named) == any("not on the Hub" in note for note in found.notes)


def test_what_was_taken_out_in_the_folder_is_taken_out_and_what_was_fixed_is_fixed() -> None:
    then = readme(["One.", "Tpyo.", "Three."], [])
    now = readme(["One.", "Typo.", "Three."], [])
    hub = published(readme(["One.", "Tpyo.", "Three.", "Marketing was here."], []), then)
    both = merge_cards(now, hub, ("here",)).content
    assert both is not None
    assert paragraphs(both) >= {"Typo.", "Three.", "Marketing was here."}
    assert b"One.\n\nTypo.\n\nThree.\n\nMarketing was here." in both
    assert b"Tpyo" not in both


def test_an_edit_below_a_paragraph_that_the_hub_changed_stays_below() -> None:
    then = readme(["H", "One.", "Two."], [])
    hub = published(readme(["H", "One, better.", "Two."], []), then)
    both = merge_cards(readme(["H", "One.", "Two, better."], []), hub, ("here",)).content
    assert b"H\n\nOne, better.\n\nTwo, better." in (both or b"")


def test_what_was_taken_out_on_the_hub_does_not_come_back_and_is_named() -> None:
    then = readme(["One.", "Two."], ["Three."])
    hub = published(readme(["One."], []), then)
    found = merge_cards(then, hub, ("here",))
    assert found.content == hub
    assert "2 paragraphs of your folder are not on the Hub" in found.notes[0]
    forced = merge_cards(then, hub, ("here",), force=True).content
    assert paragraphs(forced or b"") >= {"Two.", "Three."}


def test_a_card_that_is_no_longer_the_one_that_was_published_gets_the_words_again() -> None:
    then = readme(["One.", "Two."], [])
    assert paragraphs(published(readme(["One."], []), then))
    again = merge_cards(then, b"---\nlicense: mit\n---\n# Anew\n", ("here",)).content
    assert paragraphs(again or b"") >= {"One.", "Two."}


def test_an_edit_from_another_machine_replaces_if_the_repository_is_the_same() -> None:
    then, now = readme(["One.", "Tpyo."], []), readme(["One.", "Typo."], [])
    hub = published(readme(["One.", "Tpyo.", "Marketing."], []), then, "git")
    assert b"Tpyo" not in (merge_cards(now, hub, ("there", "git")).content or b"Tpyo")
    other = merge_cards(now, hub, ("there",))
    assert {"Tpyo.", "Typo."} <= paragraphs(other.content or b""), "an unknown folder removes nothing"
    assert "another folder published" in other.notes[0]
    forced = merge_cards(now, hub, ("there",), force=True).content or b""
    assert b"Tpyo" not in forced
    assert b"Marketing." in forced


def test_a_clone_of_the_hub_s_repo_knows_what_it_was_cloned_with() -> None:
    hub = merge_card(CARD, readme(["One.", "Tpyo."], []), {}, words={WHOLE: ()})
    first = merge_cards(hub, hub, ("a",))
    hub = merge_card(CARD, hub, {}, words=first.words)
    edited = hub.replace(b"Tpyo.", b"Typo.")
    both = merge_cards(edited, hub, ("clone",)).content or b""
    assert b"Typo." in both
    assert b"Tpyo." not in both


def test_keys_of_both_are_there_and_the_hub_s_value_holds_where_they_differ() -> None:
    local = readme([], [], "thumbnail: https://a.example/x.png\nnew_version: lab/b\n")
    remote = readme([], [], "# ours\nthumbnail: https://b.example/x.png\ninference: false\n")
    found = merge_cards(local, remote)
    assert found.content == readme(
        [], [], "# ours\nthumbnail: https://b.example/x.png\ninference: false\nnew_version: lab/b\n"
    )
    assert "`thumbnail`" in found.notes[0]
    changed = readme([], [], "thumbnail: https://c.example/x.png\n")
    then = readme([], [], "thumbnail: https://b.example/x.png\n")
    assert b"c.example" in (merge_cards(changed, published(remote, then), ("here",)).content or b"")


def test_entries_of_a_list_that_the_folder_took_out_are_taken_out() -> None:
    then = readme([], [], "tags:\n- a\n- b\n")
    hub = published(readme([], [], "tags:\n- a\n- b\n- marketing\n"), then)
    both = merge_cards(readme([], [], "tags:\n- a\n- c\n"), hub, ("here",)).content or b""
    assert b"tags:\n- a\n- marketing\n- c\n---" in both


def test_a_card_without_markers_is_all_somebody_s() -> None:
    remote = b"---\nlicense: mit\n---\n# Polished\n\nBy marketing.\n"
    both = merge_cards(readme(["Mine."], ["Yours."]), remote).content
    assert both is not None
    assert {"Mine.", "Yours.", "By marketing."} <= paragraphs(both)
    assert both.startswith(b"---\nlicense: mit\n---\n")


def test_windows_line_ends_stay() -> None:
    remote = readme(["One."], []).replace(b"\n", b"\r\n")
    both = merge_cards(readme(["One.", "Two."], []), remote).content
    assert both == readme(["One.", "Two."], []).replace(b"\n", b"\r\n")


CRLF = Card(
    (Entry("license", "license: mit\n", None), Entry("tags", "tags:\n- lora\n", ("lora",))), "# B\n", "Words.\n"
)


@pytest.mark.parametrize(
    "tags", ["tags:\r\n- a\r\n", "tags: [a, b]\r\n", "datasets:\r\n- a/b\r\ntags: x\r\n", "tags: null\r\n"]
)
@pytest.mark.parametrize("key", ["license: mit\r\n", "license: other\r\nlicense_name: x\r\n", ""])
def test_a_card_with_windows_line_ends_is_the_same_after_every_build(tags: str, key: str) -> None:
    person = f"---\r\n{key}{tags}thumbnail: x\r\n---\r\n# Hi\r\n\r\nBy hand.\r\n".encode()
    built = merge_card(CRLF, person, {})
    assert b"\r\r" not in built
    assert built.count(b"\n") == built.count(b"\r\n")
    assert merge_card(CRLF, built, {}) == built
    assert b"null" not in built
    joined = merge_cards(b"---\ntags: [mine]\n---\n# Hi\n\nMore.\n", built, ("here",)).content or b""
    assert joined.count(b"\n") == joined.count(b"\r\n")
    again = merge_card(CRLF, joined, {})
    assert merge_card(CRLF, again, {}) == again
    assert merge_cards(b"---\ntags: [mine]\n---\n# Hi\n\nMore.\n", again, ("here",)).content == again
