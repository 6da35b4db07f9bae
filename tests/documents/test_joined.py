"""What people wrote on both sides stays: the words of the folder and those of the Hub are joined."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.documents.storage.join import joined
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


def paragraphs(content: bytes) -> set[str]:
    """What somebody wrote, paragraph by paragraph."""
    return {part.strip() for part in content.decode().split("\n\n")}


@given(WORDS, WORDS, WORDS, WORDS)
def test_no_word_of_either_side_is_lost(a: list[str], b: list[str], c: list[str], d: list[str]) -> None:
    local, remote = readme(a, b), readme(c, d)
    both, _ = joined(local, remote, None)
    assert both is not None
    for words in (*a, *b, *c, *d):
        assert words.strip() in both.decode()
    assert joined(local, both, None)[0] == both, "doing it again changes nothing"
    merged = merge_card(CARD, both, {})
    assert merge_card(CARD, merged, {}) == merged
    for words in (*a, *b, *c, *d):
        assert words.strip() in merged.decode()


@given(WORDS, WORDS, WORDS, WORDS)
def test_the_hub_stays_as_it_is_where_nothing_was_written_since(
    a: list[str], b: list[str], c: list[str], d: list[str]
) -> None:
    local, remote = readme(a, b), readme(c, d)
    assert joined(local, remote, local)[0] == remote


def test_what_was_taken_out_in_the_folder_is_taken_out_and_what_was_mended_is_mended() -> None:
    then = readme(["One.", "Tpyo.", "Three."], [])
    now = readme(["One.", "Typo.", "Three."], [])
    hub = readme(["One.", "Tpyo.", "Three.", "Marketing was here."], [])
    both, _ = joined(now, hub, then)
    assert both == readme(["One.", "Typo.", "Three.", "Marketing was here."], [])


def test_what_was_taken_out_on_the_hub_does_not_come_back() -> None:
    then = readme(["One.", "Two."], ["Three."])
    assert joined(then, readme(["One."], []), then)[0] == readme(["One."], [])


def test_keys_of_both_stand_and_the_hub_s_word_holds_where_they_differ() -> None:
    local = readme([], [], "thumbnail: https://a.example/x.png\nnew_version: lab/b\n")
    remote = readme([], [], "# ours\nthumbnail: https://b.example/x.png\ninference: false\n")
    both, told = joined(local, remote, None)
    assert both == readme([], [], "# ours\nthumbnail: https://b.example/x.png\ninference: false\nnew_version: lab/b\n")
    assert "`thumbnail`" in told[0]
    mended = readme([], [], "thumbnail: https://c.example/x.png\n")
    then = readme([], [], "thumbnail: https://b.example/x.png\n")
    assert b"c.example" in (joined(mended, remote, then)[0] or b"")


def test_a_card_without_markers_is_all_somebody_s() -> None:
    remote = b"---\nlicense: mit\n---\n# Polished\n\nBy marketing.\n"
    both, _ = joined(readme(["Mine."], ["Yours."]), remote, None)
    assert both is not None
    assert {"Mine.", "Yours.", "By marketing."} <= paragraphs(both)
    assert both.startswith(b"---\nlicense: mit\n---\n")


def test_windows_line_ends_stay() -> None:
    remote = readme(["One."], []).replace(b"\n", b"\r\n")
    both, _ = joined(readme(["One.", "Two."], []), remote, None)
    assert both == readme(["One.", "Two."], []).replace(b"\n", b"\r\n")
