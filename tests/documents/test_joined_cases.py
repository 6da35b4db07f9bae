"""What the words of two cards become, case by case: notes, records, pull requests, line ends."""

from __future__ import annotations

import hashlib

import pytest

from generator.documents.card.front_matter import Entry
from generator.documents.storage.join import MAIN, WHOLE, MergedCard, merge_cards, with_main
from generator.documents.storage.merge import Card, fresh_card, merge_card
from generator.errors import BundleConflictError

CARD = Card((), "# Borealis\n", "Generated words.\n")
FORCE = "--force README.md publishes yours."


def readme(before: str = "", after: str = "\n", front: str = "") -> bytes:
    """A built README.md with somebody's words around the generated part."""
    text = fresh_card(CARD, {}).decode()
    head, _, made = text.partition("<!-- charter:begin")
    head = head.replace("---\n---\n", f"---\n{front}---\n") if front else head
    return f"{head}{before}<!-- charter:begin{made.rstrip()}{after}".encode()


def published(hub: bytes, folder: bytes, source: str = "here") -> bytes:
    """The Hub's card, as it is after a folder published there."""
    return merge_card(CARD, hub, {}, words=merge_cards(folder, None, (source,)).words)


def short(kind: str, text: str) -> str:
    """A digest as the record has it."""
    return hashlib.sha256(f"{kind}\n{text}".encode()).hexdigest()[:12]


def around(content: bytes | None) -> tuple[str, str]:
    """The words before the generated part and after it."""
    text = (content or b"").decode()
    before, _, rest = text.partition("<!-- charter:begin")
    return before.removeprefix("---\n---\n"), rest.rpartition("-->")[2]


def test_a_record_names_words_by_digests_that_stay_the_same_between_versions() -> None:
    local = readme("One.\r\n\n\n", "\n\nTwo.\n", "thumbnail: x\r\ntags:\n- a\ndatasets: b/c\nlicense: mit\n")
    found = merge_cards(local, None, ("here", "there"), ("license",))
    said = (
        short("p", "One."),
        short("p", "Two."),
        short("k", "thumbnail\nthumbnail: x\n"),
        short("e", "tags\na"),
        short("e", "datasets\nb/c"),
    )
    assert found == MergedCard(local, (), {"here": said, "there": said, WHOLE: said})
    assert said[0] == "cca40bba0838"


def test_one_side_alone_is_taken_as_it_is() -> None:
    assert merge_cards(None, b"theirs") == MergedCard(b"theirs")
    assert merge_cards(None, None) == MergedCard(None)
    broken = b"<!-- charter:begin x -->\n"
    assert merge_cards(broken, b"theirs") == MergedCard(b"theirs")
    assert merge_cards(broken, None) == MergedCard(broken)
    assert merge_cards(b"\xff", b"theirs") == MergedCard(b"theirs")
    assert merge_cards(b"mine", broken) == MergedCard(broken)
    assert merge_cards(b"mine", b"\xff") == MergedCard(b"\xff")


def test_front_matter_of_the_folder_that_cannot_be_read_names_the_folder() -> None:
    with pytest.raises(BundleConflictError) as caught:
        merge_cards(b"---\nmine: 1\n?? x\n---\n", b"theirs")
    assert caught.value.message == (
        "README.md of your folder, line 3: this line of the front matter belongs to no key."
    )
    assert caught.value.remedy == "Write `key: value`."
    assert caught.value.paths == ("README.md",)


@pytest.mark.parametrize("remote", [None, b"theirs", b"---\ntags: a\n---\n"])
def test_a_list_of_the_folder_that_cannot_be_read_names_the_folder(remote: bytes | None) -> None:
    with pytest.raises(BundleConflictError) as caught:
        merge_cards(b"---\ntags: [a\n---\n", remote)
    assert caught.value.message == "README.md of your folder, line 1: the front matter's `tags` is not YAML."


def test_a_card_without_a_generated_part_gets_all_words_of_the_folder_below_its_own() -> None:
    found = merge_cards(readme("One.\n\n", "\n\nTwo.\n"), b"# Theirs\n\nHub.\n", ("here",))
    assert found.content == b"# Theirs\n\nHub.\n\nOne.\n\nTwo.\n\n"
    assert found.notes == ()
    assert found.words is not None
    assert found.words["here"] == (short("p", "One."), short("p", "Two."))
    assert found.words[WHOLE] == tuple(short("p", word) for word in ("# Theirs", "Hub.", "One.", "Two."))


def test_without_a_folder_nothing_is_recorded() -> None:
    assert merge_cards(readme("One.\n\n"), readme("Two.\n\n")).words is None
    assert merge_cards(readme("One.\n\n"), readme("Two.\n\n"), ("here",)).words is not None


def test_a_record_keeps_the_folders_that_published_last() -> None:
    old = {f"f{n}": (short("p", f"{n}."),) for n in range(10)} | {WHOLE: ("x",), MAIN: ("y",)}
    hub = merge_card(CARD, readme("Hub.\n\n"), {}, words=old)
    words = merge_cards(readme("Mine.\n\n"), hub, ("here", "git")).words
    assert words is not None
    assert list(words) == ["here", "git", "f0", "f1", "f2", "f3", "f4", "f5", WHOLE]
    assert words["f5"] == old["f5"]
    many = tuple(f"s{n}" for n in range(9))
    assert list(merge_cards(readme("Mine.\n\n"), hub, many).words or ()) == [*many, WHOLE]


def test_nothing_is_recorded_again_if_nothing_changed() -> None:
    hub = published(readme("One.\n\n"), readme("One.\n\n"))
    assert merge_cards(readme("One.\n\n"), hub, ("here",)) == MergedCard(hub)
    other = merge_cards(readme("One.\n\n"), hub, ("there",))
    assert other.content == hub
    assert other.words is not None
    assert set(other.words) == {"here", "there", WHOLE}


MERGES = [
    # at the last publish from the folder; in the folder now; on the Hub now; merged: before the generated part, after
    (("One.\n\n", "\n"), ("One.\n\nTwo.\n\n", "\n"), ("One.\n\n", "\n"), ("One.\n\nTwo.\n\n", "\n")),
    (("", "\n\nOne.\n"), ("", "\n\nOne.\n\nTwo.\n"), ("", "\n\nOne.\n"), ("", "\n\nOne.\n\nTwo.\n\n")),
    (("One.\n\nTwo.\n\n", "\n"), ("Two.\n\n", "\n"), ("One.\n\nTwo.\n\n", "\n"), ("Two.\n\n", "\n")),
    (("One.\n\nTwo.\n\n", "\n"), ("", "\n"), ("One.\n\nTwo.\n\n", "\n"), ("", "\n")),
    (("\n\nOne.\n\nTwo.\n\n", "\n"), ("\n\nTwo.\n\n", "\n"), ("\n\nOne.\n\nTwo.\n\n", "\n"), ("\n\nTwo.\n\n", "\n")),
    (("", "\n\nOne.\n\nTwo.\n"), ("", "\n\nTwo.\n"), ("", "\n\nOne.\n\nTwo.\n"), ("", "\n\nTwo.\n")),
    (("", "\n\nOne.\n\nTwo.\n"), ("", "\n\nOne.\n"), ("", "\n\nOne.\n\nTwo.\n"), ("", "\n\nOne.\n\n")),
    (("One.\n\nOne.\n\n", "\n"), ("One.\n\n", "\n"), ("One.\n\nOne.\n\nOne.\n\n", "\n"), ("One.\n\nOne.\n\n", "\n")),
    (("One.\n\nTwo.\n\n", "\n"), ("", "\n\nTwo.\n"), ("One.\n\nTwo.\n\n", "\n"), ("Two.\n\n", "\n")),
    (("A.\n\n", "\n"), ("A.\n\nNew.\n\n", "\n"), ("T.\n\nA.\n\nB.\n\n", "\n"), ("T.\n\nA.\n\nNew.\n\nB.\n\n", "\n")),
    (("A.\n\n", "\n"), ("New.\n\nA.\n\n", "\n"), ("T.\n\nA.\n\n", "\n"), ("T.\n\nNew.\n\nA.\n\n", "\n")),
    (("", "\n"), ("New.\n\n", "\n"), ("T.\n\n", "\n"), ("T.\n\nNew.\n\n", "\n")),
    (("A.\n\n", "\n"), ("New.\n\n", "\n"), ("T.\n\nA.\n\nB.\n\n", "\n"), ("T.\n\nNew.\n\nB.\n\n", "\n")),
    (("A.\n\nZ.\n\n", "\n"), ("A.\n\nN.\n\nM.\n\nZ.\n\n", "\n"), ("A.\n\nX.\n\nZ.\n\n", "\n"),
     ("A.\n\nN.\n\nM.\n\nX.\n\nZ.\n\n", "\n")),
    (("```\na\n\nb\n```\n\nX.\n\n", "\n"), ("X.\n\n", "\n"), ("```\na\n\nb\n```\n\nX.\n\n", "\n"), ("X.\n\n", "\n")),
    (("~~~\n\n```\n\n~~~\n\nX.\n\n", "\n"), ("X.\n\n", "\n"), ("~~~\n\n```\n\n~~~\n\nX.\n\n", "\n"), ("X.\n\n", "\n")),
    (("``` a`b\n\nX.\n\n", "\n"), ("X.\n\n", "\n"), ("``` a`b\n\nX.\n\n", "\n"), ("X.\n\n", "\n")),
    (("````\n```\n\n````\n\nX.\n\n", "\n"), ("X.\n\n", "\n"), ("````\n```\n\n````\n\nX.\n\n", "\n"), ("X.\n\n", "\n")),
    (("```\n``` x\n\n```\n\nX.\n\n", "\n"), ("X.\n\n", "\n"), ("```\n``` x\n\n```\n\nX.\n\n", "\n"), ("X.\n\n", "\n")),
    (("A.\n\n\nB.\n\nC.\n\n", "\n"), ("A.\n\n\nB.\n\n", "\n"),
     ("A.\n\n\nB.\n\nC.\n\n", "\n"), ("A.\n\n\nB.\n\n", "\n")),
    (("", "\n\nA.  \n"), ("", "\n\nA.  \n\nB.\n"), ("", "\n\nA.  \n"), ("", "\n\nA.  \n\nB.\n\n")),
    (("", "\n\nA X\n"), ("", "\n\nA X\n\nB.\n"), ("", "\n\nA X\n"), ("", "\n\nA X\n\nB.\n\n")),
    (("    x = 1\n\n", "\n"), ("x = 1\n\n", "\n"), ("    x = 1\n\n", "\n"), ("x = 1\n\n", "\n")),
    (("Xa\n\n", "\n"), ("a\n\n", "\n"), ("Xa\n\n", "\n"), ("a\n\n", "\n")),
]  # fmt: skip


@pytest.mark.parametrize(("then", "now", "hub", "merged"), MERGES, ids=range(len(MERGES)))
def test_three_versions_of_the_words_become_one(
    then: tuple[str, str], now: tuple[str, str], hub: tuple[str, str], merged: tuple[str, str]
) -> None:
    remote = published(readme(*hub), readme(*then))
    found = merge_cards(readme(*now), remote, ("here",))
    assert around(found.content) == merged
    assert found.notes == ()


NOT_THERE = "not on the Hub: changed or removed there."


def test_paragraphs_that_the_hub_has_no_more_are_counted_and_the_first_is_quoted() -> None:
    long = "A  very long   paragraph " + "that goes on and on and on and on and on"
    one = " ".join(long.split())[:60]
    for text, count, shown in (
        ("Two.\n\n", "1 paragraph of your folder is", "Two."),
        ("Two.\n\nThree.\n\n", "2 paragraphs of your folder are", "Two."),
        (f"{long}\n\n", "1 paragraph of your folder is", f"{one}…"),
        ("x" * 60 + "\n\n", "1 paragraph of your folder is", "x" * 60),
        ("x" * 61 + "\n\n", "1 paragraph of your folder is", "x" * 60 + "…"),
    ):
        local = readme(f"One.\n\n{text}")
        found = merge_cards(local, published(readme("One.\n\n"), local), ("here",))
        assert found.notes == (f"README.md: {count} {NOT_THERE} {FORCE} The first: “{shown}”",)
        forced = merge_cards(local, published(readme("One.\n\n"), local), ("here",), force=True)
        assert forced.notes == ()
        assert around(forced.content)[0] == f"One.\n\n{text}"


PARAGRAPHS = [
    ("A", "A|New X", "A", "A|New X"),
    ("A|B|A", "A|B|A|N", "A|B|A", "A|B|A|N"),
    ("A|B", "A|B|N", "A|X|B", "A|X|B|N"),
    ("", "A|A", "A", "A|A"),
]


@pytest.mark.parametrize(("then", "now", "hub", "merged"), PARAGRAPHS)
def test_a_new_paragraph_stays_below_its_neighbour(then: str, now: str, hub: str, merged: str) -> None:
    cards = [readme("".join(f"{part}\n\n" for part in text.split("|") if part)) for text in (then, now, hub)]
    found = merge_cards(cards[1], published(cards[2], cards[0]), ("here",))
    assert around(found.content)[0] == merged.replace("|", "\n\n") + "\n\n"


def joined(then: str, now: str, hub: str) -> str:
    """The words that three versions become."""
    cards = [readme(f"{text}\n\n") for text in (then, now, hub)]
    return around(merge_cards(cards[1], published(cards[2], cards[0]), ("here",)).content)[0]


CODE = ["```\na\n\nb\n```", "~~~\na\n\n```\n\nb\n~~~", "````\na\n\n```\n\nb\n````", "```\na\n\n``` x\n\nb\n```"]
CODE += ["~~~ `x`\na\n\nb\n~~~", "   ```\na\n\nb\n   ```", "```\na\n\n~~~\n\nb\n```", "~~~\na\n\nb\n~~~~"]


@pytest.mark.parametrize("code", CODE)
def test_two_edits_of_one_piece_of_code_are_never_mixed(code: str) -> None:
    now, hub = code.replace("a\n", "A\n"), code.replace("b\n", "B\n")
    text = joined(code, now, hub)
    assert now in text
    assert hub in text


NO_CODE = ["``` `", "    ```", "```\n```", "~~~\nx\n~~~~", "```\n~~~\n```", "~~~\n```\n~~~", "a ```"]


@pytest.mark.parametrize("above", NO_CODE)
def test_two_edits_of_different_paragraphs_are_joined(above: str) -> None:
    base = f"{above}\n\none\n\ntwo"
    text = joined(base, base.replace("one", "One"), base.replace("two", "Two"))
    assert text == f"{above}\n\nOne\n\nTwo\n\n"


def test_a_new_paragraph_stays_below_the_text_that_replaced_its_neighbour() -> None:
    then, now = readme("A.\n\nB.\n\nC.\n\nD.\n\n"), readme("A.\n\nB.\n\nN.\n\nC.\n\nD.\n\n")
    found = merge_cards(now, published(readme("A.\n\nX.\n\nC.\n\nD.\n\n"), then), ("here",))
    assert around(found.content)[0] == "A.\n\nX.\n\nN.\n\nC.\n\nD.\n\n"


def test_of_two_equal_paragraphs_one_may_be_new() -> None:
    then = readme("One.\n\n")
    found = merge_cards(readme("One.\n\nOne.\n\n"), published(readme(), then), ("here",))
    assert around(found.content)[0] == "One.\n\n"
    assert found.notes == (f"README.md: 1 paragraph of your folder is {NOT_THERE} {FORCE} The first: “One.”",)


def test_what_another_checkout_published_is_named_when_it_is_removed() -> None:
    then = readme("One.\n\nTwo.\n\n")
    hub = published(readme("One.\n\nTwo.\n\n"), then, "git")
    found = merge_cards(readme("One.\n\n"), hub, ("there", "git"))
    assert around(found.content)[0] == "One.\n\n"
    what = "1 paragraph that another checkout of this repository published is not in yours, and removed from the Hub."
    assert found.notes == (f"README.md: {what} The first: “Two.”",)
    both = merge_cards(readme(), hub, ("there", "git"))
    what = "2 paragraphs that another checkout of this repository published are not in yours, and removed from the Hub."
    assert both.notes == (f"README.md: {what} The first: “One.”",)
    own = merge_cards(readme("One.\n\n"), published(then, then, "here"), ("here", "git"))
    assert own.notes == (), "what this folder published it may remove without a word"


def test_words_of_another_folder_stay_and_are_named() -> None:
    hub = published(readme("One.\n\nTwo.\n\n"), readme("One.\n\nTwo.\n\n"), "elsewhere")
    note = (
        "README.md: another folder published paragraphs that are not in yours. They stay on the Hub. If your folder "
        "replaces that one, add --force README.md."
    )
    found = merge_cards(readme("One.\n\n"), hub, ("here",))
    assert (found.notes, around(found.content)[0]) == ((note,), "One.\n\nTwo.\n\n")
    assert merge_cards(readme("One.\n\nTwo.\n\n"), hub, ("here",)).notes == ()
    forced = merge_cards(readme("One.\n\n"), hub, ("here",), force=True)
    assert (forced.notes, around(forced.content)[0]) == ((), "One.\n\n")
    assert merge_cards(readme("One.\n\n"), readme("One.\n\nTwo.\n\n"), ("here",)).notes == ()


def test_forced_words_replace_those_of_all_folders() -> None:
    hub = published(readme("One.\n\nTwo.\n\nHub.\n\n"), readme("One.\n\n"), "a")
    hub = merge_card(CARD, hub, {}, words={"a": (short("p", "One."),), "b": (short("p", "Two."),), WHOLE: ()})
    forced = merge_cards(readme("Mine.\n\n"), hub, ("here",), force=True)
    assert "One." not in around(forced.content)[0]
    assert "Two." not in around(forced.content)[0]
    assert "Hub." in around(forced.content)[0]
    whole = merge_card(CARD, hub, {}, words={WHOLE: (short("p", "Hub."),), MAIN: (short("p", "Hub."),)})
    assert "Hub." in around(merge_cards(readme("Mine.\n\n"), whole, ("here",), force=True).content)[0]


KEYS = [
    # then, in the folder, on the Hub; merged, the words of a note
    ("", "a: 1\n", "", "a: 1\n", ""),
    ("a: 1\n", "a: 2\n", "a: 1\n", "a: 2\n", ""),
    ("a: 1\n", "a: 1\n", "a: 2\n", "a: 2\n", "`a` differs between your folder and the Hub; the Hub's is kept."),
    ("a: 1\n", "a: 2\n", "a: 3\n", "a: 3\n", "`a` differs between your folder and the Hub; the Hub's is kept."),
    ("a: 1\n", "a: 1\n", "", "", "`a` is in your folder, but was removed on the Hub."),
    ("a: 1\n", "", "a: 1\n", "", ""),
    ("a: 1\n", "", "a: 2\n", "a: 2\n", ""),
    ("a: 1\nb: 1\n", "b: 1\n", "c: 1\na: 1\nb: 1\n", "c: 1\nb: 1\n", ""),
    ("tags:\n- a\n- b\n", "tags:\n- a\n", "tags:\n- a\n- b\n- c\n", "tags:\n- a\n- c\n", ""),
    ("tags:\n- a\n", "tags:\n- a\n", "tags:\n- b\n", "tags:\n- b\n", ""),
    ("", "tags:\n- a\n", "", "tags:\n- a\n", ""),
    ("", "tags:\n- a\n", "tags:\n- b\n", "tags:\n- b\n- a\n", ""),
    ("", "datasets:\n- a/b\n", "tags:\n- b\n", "tags:\n- b\ndatasets:\n- a/b\n", ""),
    ("tags:\n- a\n", "", "tags:\n- a\n", "tags:\n", ""),
]


@pytest.mark.parametrize(("then", "mine", "theirs", "merged", "note"), KEYS)
def test_three_versions_of_the_front_matter_become_one(
    then: str, mine: str, theirs: str, merged: str, note: str
) -> None:
    hub = published(readme(front=theirs), readme(front=then))
    found = merge_cards(readme(front=mine), hub, ("here",))
    text = (found.content or b"").decode()
    assert text.partition("<!-- charter")[0] == f"---\n{merged}---\n"
    assert found.notes == ((f"README.md: {note} {FORCE}",) if note else ())
    if note:
        forced = merge_cards(readme(front=mine), hub, ("here",), force=True)
        assert (forced.content or b"").decode().partition("<!-- charter")[0] == f"---\n{mine}---\n"
        assert forced.notes == ()


def test_keys_that_the_build_writes_are_not_a_person_s() -> None:
    tagged = Card(
        (Entry("license", "license: mit\n", None), Entry("tags", "tags:\n- ours\n", ("ours",))), "# B\n", "Words.\n"
    )
    hub = merge_card(tagged, b"---\ntags:\n- theirs\n---\n", {})
    local = merge_card(tagged, b"---\ntags:\n- mine\n---\n", {})
    text = (merge_cards(local, hub, ("here",), ("license", "tags")).content or b"").decode()
    assert text.startswith("---\ntags:\n- theirs\n- mine\n- ours\nlicense: mit\n---\n")
    plain = merge_cards(b"---\nlicense: gpl-3.0\nx: 1\n---\n", hub, ("here",), ("license", "tags"))
    assert (plain.content or b"").startswith(b"---\ntags:\n- theirs\n- ours\nlicense: mit\nx: 1\n---\n")
    assert plain.notes == ()
    unwritten = merge_cards(b"---\nlicense: gpl-3.0\n---\n", hub, ("here",))
    assert unwritten.notes == ()
    assert (unwritten.content or b"").startswith(b"---\ntags:\n- theirs\n- ours\nlicense: mit\n---\n")


def test_a_card_without_front_matter_gets_one() -> None:
    found = merge_cards(b"---\na: 1\n---\n", b"# Theirs\n")
    assert found.content == b"---\na: 1\n---\n# Theirs\n"
    spaced = merge_cards(b"---\nb: 1\n---\n", b"\n---  \na: 1\n---\n# Theirs\n")
    assert spaced.content == b"\n---  \na: 1\nb: 1\n---\n# Theirs\n"


def test_windows_line_ends_of_the_hub_s_card_stay() -> None:
    hub = readme("One.\n\n", front="a: 1\n").replace(b"\n", b"\r\n")
    for local in (
        readme("One.\n\nTwo.\n\n", front="a: 1\n"),
        readme("One.\n\nTwo.\n\n", front="a: 1\n").replace(b"\n", b"\r\n"),
    ):
        found = merge_cards(local, hub, ("here",))
        assert found.content == readme("One.\n\nTwo.\n\n", front="a: 1\n").replace(b"\n", b"\r\n")
        assert found.notes == ()
    spaced = readme("A.\n\n\nB.\n\n", "\n\nOne.\n\nTwo.\n").replace(b"\n", b"\r\n")
    shorter = merge_cards(readme("B.\n\n", "\n\nOne.\n"), published(spaced, spaced), ("here",)).content or b""
    assert shorter.count(b"\n") == shorter.count(b"\r\n")
    assert around(shorter.replace(b"\r\n", b"\n")) == ("B.\n\n", "\n\nOne.\n\n")
    added = merge_cards(readme("A.\n\n\nB.\n\nC.\n\n", "\n\nOne.\n\nTwo.\n"), spaced, ("here",)).content or b""
    assert around(added.replace(b"\r\n", b"\n")) == ("A.\n\n\nB.\n\nC.\n\n", "\n\nOne.\n\nTwo.\n")
    same = merge_cards(readme("One.\n\n", front="a: 1\n"), hub, ("here",))
    assert same.content == hub
    unix = merge_cards(readme("One.\n\nTwo.\n\n").replace(b"\n", b"\r\n"), readme("One.\n\n"), ("here",))
    assert unix.content == readme("One.\n\nTwo.\n\n")


def test_text_beside_the_closing_marker_becomes_a_paragraph_below_it() -> None:
    hub = readme("One.\n\n", " close\n\nThree.\n")
    found = merge_cards(readme("One.\n\nTwo.\n\n", " close\n\nThree.\n"), hub)
    assert around(found.content) == ("One.\n\nTwo.\n\n", " \n\nclose\n\nThree.\n")


def pull(main: bytes, folder: bytes) -> bytes:
    """The card of a pull request that was opened from a folder."""
    found = with_main(merge_cards(folder, main, ("here",)), None, main)
    return merge_card(CARD, found.content, {}, words=found.words)


def test_a_new_pull_request_records_what_the_main_branch_has() -> None:
    main = readme("Marketing.\n\n", front="a: 1\n")
    found = merge_cards(readme("Mine.\n\n"), main, ("here",))
    opened = with_main(found, None, main, ("b",))
    assert (opened.content, opened.notes) == (found.content, found.notes)
    assert opened.words == (found.words or {}) | {MAIN: (short("p", "Marketing."), short("k", "a\na: 1\n"))}
    written = with_main(found, None, main, ("a",))
    assert (written.words or {})[MAIN] == (short("p", "Marketing."),)
    nothing = with_main(found, None, None)
    assert (nothing.words or {})[MAIN] == ()
    assert with_main(MergedCard(main), None, main) == MergedCard(main), "nothing is to be recorded"
    broken = b"<!-- charter:begin x -->\n"
    assert with_main(found, None, broken) == found
    assert with_main(MergedCard(broken, (), {"a": ()}), None, main) == MergedCard(broken, (), {"a": ()})
    empty = with_main(MergedCard(None, (), {"a": ()}), None, None)
    assert empty == MergedCard(None, (), {"a": (), MAIN: ()})


def test_an_open_pull_request_gets_what_changed_on_the_main_branch() -> None:
    main = readme("Marketing.\n\nOld.\n\n", front="a: 1\nb: 1\n")
    branch = pull(main, readme("Mine.\n\n"))
    later = readme("Marketing, later.\n\nMore.\n\n", front="a: 2\nc: 1\n")
    found = merge_cards(readme("Mine.\n\nAlso mine.\n\n"), branch, ("here",))
    now = with_main(found, branch, later)
    before, _ = around(now.content)
    head, _, text = before.rpartition("---\n")
    assert set(text.split("\n\n")) == {"Marketing, later.", "More.", "Mine.", "Also mine.", ""}
    assert head == "---\na: 2\nc: 1\n"
    assert now.notes == found.notes
    assert now.words is not None
    assert now.words[MAIN] == (
        short("p", "Marketing, later."),
        short("p", "More."),
        short("k", "a\na: 2\n"),
        short("k", "c\nc: 1\n"),
    )
    assert now.words["here"] == (short("p", "Mine."), short("p", "Also mine."))
    assert set(now.words[WHOLE]) == {
        *(short("p", word) for word in ("Marketing, later.", "More.", "Mine.", "Also mine.")),
        short("k", "a\na: 2\n"),
        short("k", "c\nc: 1\n"),
    }
    written = with_main(found, branch, later, ("a", "c"))
    assert around(written.content)[0].startswith("---\na: 1\n---\n")
    assert (written.words or {})[MAIN] == now.words[MAIN][:2]
    assert short("k", "a\na: 1\n") not in (written.words or {})[WHOLE]


def test_what_a_reviewer_took_out_of_a_pull_request_does_not_come_back_from_main() -> None:
    main = readme("Marketing.\n\nOld.\n\n", front="a: 1\n")
    branch = pull(main, readme("Mine.\n\n")).replace(b"Old.\n\n", b"").replace(b"a: 1\n", b"a: 3\n")
    found = merge_cards(readme("Mine.\n\n"), branch, ("here",))
    now = with_main(found, branch, readme("Marketing.\n\nOld.\n\nMore.\n\n", front="a: 2\n"))
    before, _ = around(now.content)
    assert "Old." not in before
    assert "More." in before
    assert "a: 3\n" in before
    assert now.notes == found.notes


def test_a_pull_request_without_a_change_on_main_stays_as_it_is() -> None:
    main = readme("Marketing.\n\n")
    branch = pull(main, readme("Mine.\n\n"))
    same = merge_cards(readme("Mine.\n\n"), branch, ("here",))
    assert same.words is None
    assert with_main(same, branch, main) == same
    changed = merge_cards(readme("Mine.\n\nMore.\n\n"), branch, ("here",))
    now = with_main(changed, branch, main)
    assert now.content == changed.content
    assert now.words == (changed.words or {}) | {MAIN: (short("p", "Marketing."),)}
    moved = with_main(same, branch, readme("Marketing.\n\nLater.\n\n"))
    assert moved.words is not None
    assert moved.words["here"] == (short("p", "Mine."),), "the folders that are recorded stay"
    assert moved.words[MAIN] == (short("p", "Marketing."), short("p", "Later."))


def test_a_pull_request_whose_card_lost_its_generated_part_only_records_main() -> None:
    found = MergedCard(b"# Reviewed\n", (), {"here": ()})
    main = readme("Marketing.\n\n")
    assert with_main(found, b"# Reviewed\n", main) == MergedCard(
        b"# Reviewed\n", (), {"here": (), MAIN: (short("p", "Marketing."),)}
    )
    assert with_main(found, b"\xff", main).words == {"here": (), MAIN: (short("p", "Marketing."),)}
