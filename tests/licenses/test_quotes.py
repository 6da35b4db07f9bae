"""Quotations: each holds the words that decide, is the text word for word, and ends where its clause ends."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from generator.licenses.catalog import KNOWLEDGE
from generator.licenses.clauses import find_clause
from generator.licenses.excerpts import TOPICS, decisive, sentences
from generator.licenses.quotes import get_quote, get_verified_text
from generator.licenses.terms import Terms, terms_of
from generator.licenses.texts import normalise

FILES = sorted((KNOWLEDGE / "licenses").glob("*.yaml"))
ENDS_IN_A_LABEL = re.compile(r"(?:^|[;:,.]\s|\band\s|\bor\s)\(?(?:\d{1,2}|[ivx]{1,4}|[a-zA-Z])[.)](?: …)?$")
HEADING = re.compile(r"(?:\bSection [IVX]+\b[^.;]*|[A-Z][A-Z &]{8,})$")


def cited(key: str) -> list[tuple[str, str]]:
    """Each clause that a fact file cites, with the act, obligation or limit that it answers."""
    facts: dict[str, Any] = yaml.safe_load((KNOWLEDGE / "licenses" / f"{key}.yaml").read_text(encoding="utf-8"))
    found = [(act, said["clause"]) for act, said in facts["acts"].items()]
    found += [(entry["id"], entry["clause"]) for entry in (*facts["obligations"], *facts["limits"])]
    found += [(topic, facts[topic]["clause"]) for topic in ("termination", "patent_retaliation", "governing_law")]
    found += [("no_further_restrictions", facts.get("no_further_restrictions"))]
    return [(topic, clause) for topic, clause in found if clause]


def clause_text(terms: Terms, text: str, clause: str) -> str:
    """A whole clause, white space collapsed."""
    span = find_clause(text, clause, terms.anchors)
    assert span, clause
    return normalise(text[span[0] : span[1]])


@pytest.mark.parametrize("key", [path.stem for path in FILES])
def test_each_quotation_is_word_for_word_and_names_what_it_is_cited_for(key: str) -> None:
    terms = terms_of(key)  # type: ignore[arg-type] # a LicenseId
    text = get_verified_text(terms)
    if text is None:
        pytest.skip("the text is not available")
    for topic, clause in cited(key):
        said, whole = get_quote(terms, clause), clause_text(terms, text, clause)
        assert said, clause
        assert [whole.find(part) >= 0 for part in said.removesuffix(" …").split(" … ")].count(False) == 0, clause
        assert not ENDS_IN_A_LABEL.search(said), (clause, said[-60:])
        assert not HEADING.search(said), (clause, said[-60:])
        if topic in TOPICS and re.search(TOPICS[topic], whole, re.I):
            assert re.search(TOPICS[topic], said, re.I), (clause, topic)


@pytest.mark.parametrize(
    ("key", "clause", "words"),
    [
        ("AGPL-3.0-only", "2", "Sublicensing is not allowed"),
        ("AGPL-3.0-only", "2", "The output from running a covered work is covered by this License only if"),
        ("AGPL-3.0-only", "10", "You may not impose any further restrictions on the exercise"),
        ("AGPL-3.0-only", "11", "Each contributor grants you a non-exclusive"),
        ("AGPL-3.0-only", "13", "opportunity to receive the Corresponding Source"),
        ("AGPL-3.0-only", "4", "You may charge any price or no price"),
        ("GPL-3.0-only", "10", "You may not impose any further restrictions on the exercise"),
        ("GPL-3.0-only", "0", "no transfer of a copy, is not conveying"),
        ("GPL-2.0-only", "6", "You may not impose any further restrictions"),
        ("GPL-2.0-only", "2(b)", "at no charge to all third parties under the terms of this License"),
        ("Apache-2.0", "3", "any patent licenses granted to You under this License for that Work shall terminate"),
        ("Apache-2.0", "4", "provided that You meet the following conditions"),
        ("Apache-2.0", "6", "does not grant permission to use the trade names"),
        ("CC0-1.0", "2", "waives, abandons, and surrenders all"),
        ("CC0-1.0", "2", "for any purpose whatsoever"),
        ("CC-BY-4.0", "Section 2(a)(4)", "never produces Adapted Material"),
        ("CC-BY-NC-3.0", "4(b)", "commercial advantage or private monetary compensation"),
        ("CC-BY-SA-3.0", "4(b)", "later version of this License with the same License Elements"),
        ("ODbL-1.0", "4.8", "You may not impose any further restrictions"),
        ("ODbL-1.0", "4.8", "You may not sublicense the Database"),
        ("ODbL-1.0", "4.4.a", "must be only under the terms of"),
        ("ODC-By-1.0", "4.2.a", "Do so only under the terms of this License"),
        ("LicenseRef-gemma", "3.1", "must include the use restrictions referenced in Section 3.2"),
        ("LicenseRef-llama2", "2", "greater than 700 million monthly active users"),
        ("LicenseRef-llama2", "1.b.v", "to improve any other large language model"),
        ("MPL-2.0", "3.3", "not Incompatible With Secondary Licenses"),
        ("EUPL-1.2", "5, Copyleft clause", "cannot offer or impose any additional terms or conditions"),
        ("EPL-2.0", "3.2(a)", "Exhibit A"),
        ("LicenseRef-stability-ai-community", "III", "generate more than USD $1,000,000 in annual revenue"),
    ],
)
def test_a_quotation_has_the_words_that_decide(key: str, clause: str, words: str) -> None:
    terms = terms_of(key)  # type: ignore[arg-type] # a LicenseId
    if get_verified_text(terms) is None:
        pytest.skip("the text is not available")
    said = get_quote(terms, clause)
    assert said and words in said, said


def test_a_long_clause_is_quoted_around_the_sentence_that_decides() -> None:
    filler = "Nothing in this sentence matters to anyone who reads it at all. " * 8
    said = (
        f"4. Grants. You get a copy. {filler}You may not use the Trademarks of the Licensor, i.e. its logos. {filler}"
    )
    parts = [said[start:end] for start, end in decisive(said, [("trademark_use", "No marks are licensed.")])]
    assert parts[0].startswith("4. Grants. You get a copy.")
    assert any(part.endswith("You may not use the Trademarks of the Licensor, i.e. its logos.") for part in parts)
    assert sum(map(len, parts)) < len(said)
    assert decisive("Short.", [("use", "Short.")]) == [(0, 6)]


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("One thing. Another thing.", ["One thing.", "Another thing."]),
        ("You must: (a) give a copy; and (b) keep notices.", ["You must:", "(a) give a copy; and (b) keep notices."]),
        ("2. Grant. Use, e.g. Copy, it.", ["2. Grant.", "Use, e.g. Copy, it."]),
        ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
    ],
)
def test_a_label_or_an_abbreviation_ends_no_sentence(said: str, parts: list[str]) -> None:
    assert [said[start:end] for start, end in sentences(said)] == parts


@pytest.mark.parametrize(
    ("text", "label", "clause"),
    [
        (
            "1. Use it.\n\n2. Keep it.\n\nSECTION TITLES\n\nMore words here.",
            "2",
            "2. Keep it.\n\nSECTION TITLES\n\nMore words here.",
        ),
        ("1. Use it.\n2. Keep it.\n\nGeneral Provisions\n\n3. End it.", "2", "2. Keep it."),
        ("1. Use it.\n2. Keep it.\n\nSection IV: OTHER PROVISIONS\n3. End it.", "2", "2. Keep it."),
        ("1. Use it:\n(a) Title;\n(b) Last Item\n2. Keep it.", "1", "1. Use it:\n(a) Title;\n(b) Last Item"),
    ],
)
def test_a_clause_ends_before_the_next_heading(text: str, label: str, clause: str) -> None:
    span = find_clause(text, label)
    assert span and text[span[0] : span[1]] == clause


def test_an_anchored_clause_ends_where_the_next_one_begins() -> None:
    text = "Grant. You may use it:\n\nall of it.\n\nFee. You pay one.\n\nEnd. It ends."
    anchors = {"II": "Grant.", "III": "Fee.", "II(a)": "all of it."}
    span = find_clause(text, "II", anchors)
    assert span and text[span[0] : span[1]] == "Grant. You may use it:\n\nall of it."
