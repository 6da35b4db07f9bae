"""Clauses: where they end, and what is quoted in them."""

from __future__ import annotations

from generator.licenses.clauses import quotations, quote

MARKDOWN = """# Owl License

**1.1. Scope.** This covers any owl.

**1.2. Use.** Keep one owl:
- feed it; and
- let it sleep.

## 2. Ending

You may give the owl back.
"""


def test_a_quotation_ends_before_the_marks_of_the_next_clause() -> None:
    assert quote(MARKDOWN, "1.1") == "1.1. Scope.** This covers any owl."
    assert quote(MARKDOWN, "1.2") == "1.2. Use.** Keep one owl: - feed it; and - let it sleep."
    assert quote(MARKDOWN, "1.2, feed", {"1.2, feed": "feed it", "1.2, sleep": "let it sleep"}) == "feed it; and"


def test_a_notice_with_a_name_in_quotation_marks_is_whole() -> None:
    clause = "Add a “Notice” file that says: “Owl is licensed by Lab. The mark “Owl” belongs to Lab.”"
    assert quotations(clause) == ["Notice", "Owl is licensed by Lab. The mark “Owl” belongs to Lab."]
    assert quotations('Add a "Notice" file: "**Owl by\n  Lab**".') == ["Notice", "Owl by Lab"]
    assert quotations("An “Open mark and “another” one") == ["another"]


def test_a_clause_ends_before_the_mark_of_the_next() -> None:
    text = (
        "4. Bars. You will not\n- a. hide notices;\n- b. add terms.\n\n5. Ends. We may stop.<br><br>\n6. Law. Delaware."
    )
    anchors = {"4(a)": "hide notices", "4(b)": "add terms", "5": "Ends. We", "6": "Law. Delaware"}
    assert quote(text, "4(a)", anchors) == "hide notices;"
    assert quote(text, "4(b)", anchors) == "add terms."
    assert quote(text, "5", anchors) == "Ends. We may stop."


def test_a_notice_in_a_block_quote_is_a_quotation() -> None:
    clause = "b. show this notice (the “Notice”):\n\n> This Model is licensed by Lab.\n> Copyright Lab.\n\n"
    assert quotations(clause) == ["Notice", "This Model is licensed by Lab. Copyright Lab."]
