"""Lists of use restrictions in licenses of the RAIL family: their words against the words of the texts."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from generator import derive
from generator.licenses.catalog import LicenseId, index
from generator.licenses.derive import PASSED_ON
from generator.licenses.terms import Limit, terms_of
from generator.licenses.texts import text_of

FAMILY = (
    "LicenseRef-ai2-model-license-tulu",
    "LicenseRef-bigcode-openrail-m",
    "LicenseRef-bigscience-bloom-rail-1.0",
    "LicenseRef-bigscience-openrail-m",
    "LicenseRef-clay-openrail-m",
    "LicenseRef-creativeml-openrail-m",
    "LicenseRef-fair-ai-public-1.0-sd",
    "LicenseRef-ltx-2",
    "LicenseRef-ltx-video-0.9",
    "LicenseRef-ltxv-open-weights",
    "LicenseRef-openrail-plus-plus",
)
"""Licenses whose lists name one word for each item of the text, in its order."""
MARK = r"^[ \t]*(?:[-*]|\(?\w{1,2}[.)])[ \t]+"
ITEM = re.compile(rf"{MARK}(.+?)(?={MARK}|^\s*$|\Z)", re.M | re.S)


def limits(key: str) -> list[Limit]:
    """The limits of a license that list uses, without lists of its own text."""
    return [limit for limit in terms_of(LicenseId(key)).limits if limit.restricts and limit.clause != "2, use"]


def items(key: str) -> list[str]:
    """The items of the list of a text, in lower case, without marks; none where the publisher's text is not here."""
    terms = terms_of(LicenseId(key))
    text = text_of(terms.text_source, terms.digest or "")
    if text is None:
        assert terms.text_source is not None
        assert terms.text_source.is_published
        return []
    start = list(re.finditer(r"applicable\s+national,\s+federal,\s+state,\s+local", text))[-1].start()
    whole = text[start - 60 :].replace("unlawful of harmful", "unlawful or harmful")  # a misprint of some
    found = [" ".join(re.sub(r"[^\w\s]", " ", item).lower().split()) for item in ITEM.findall(whole)]
    first = next(n for n, item in enumerate(found) if item.startswith("in any way that violates"))
    return [item for item in found[first:] if len(item.split()) > 4]


def test_two_lists_share_a_word_only_where_their_items_read_the_same() -> None:
    texts: dict[str, set[str]] = defaultdict(set)
    words: dict[str, set[str]] = defaultdict(set)
    for key in FAMILY:
        (limit, *_) = limits(key)
        listed = [word for word in limit.restricts if word not in ("surveillance", "insurance")]
        found = items(key)
        assert not found or len(found) >= len(listed), key
        for word, item in list(zip(listed, found, strict=False))[:16]:
            texts[word].add(item)
            words[item].add(word)
    assert {word: said for word, said in texts.items() if len(said) > 1} == {}
    assert {item: said for item, said in words.items() if len(said) > 1} == {}


def test_each_wider_word_is_one_that_a_list_has() -> None:
    listed = {word for key in index()["known"] for limit in limits(key) for word in limit.restricts}
    wider = index()["reasons"]["wider"]
    assert set(wider) <= listed
    assert {word for words in wider.values() for word in words} <= listed


def test_each_use_and_each_limit_that_is_passed_on_has_a_name() -> None:
    known = [limit for key in index()["known"] for limit in terms_of(LicenseId(key)).limits]
    words = {word for limit in known for word in limit.restricts} | PASSED_ON
    assert words == set(index()["reasons"]["uses"])


@pytest.mark.parametrize(
    ("base", "license", "answer", "missing"),
    [
        # the same eleven items, word for word
        ("creativeml-openrail-m", "openrail++", "conditional", ""),
        ("openrail++", "creativeml-openrail-m", "conditional", ""),
        ("creativeml-openrail-m", "LicenseRef-fair-ai-public-1.0-sd", "conditional", ""),
        # the same items, and two more
        ("creativeml-openrail-m", "bigscience-openrail-m", "conditional", ""),
        # BLOOM's list mentions false information, and that text is machine generated; the others any content
        ("creativeml-openrail-m", "bigscience-bloom-rail-1.0", "no", "verifiably false information or content"),
        ("bigscience-openrail-m", "bigscience-bloom-rail-1.0", "no", "machine-made content without disclosure"),
        # impersonation is barred even with consent
        ("bigscience-bloom-rail-1.0", "bigscience-openrail-m", "no", "impersonation"),
        # BigCode bars it for purposes of deception only, and asks for intention elsewhere
        ("bigscience-openrail-m", "bigcode-openrail-m", "no", "impersonation without consent"),
        ("bigscience-openrail-m", "bigcode-openrail-m", "no", "discrimination by protected characteristics"),
        ("bigscience-openrail-m", "bigcode-openrail-m", "no", "defamation and harassment"),
        ("bigcode-openrail-m", "bigscience-openrail-m", "no", "malware"),
        # any false information, whether or not that can be verified
        ("clay-openrail-m", "bigscience-openrail-m", "no", "any false information that"),
        ("LicenseRef-ltxv-open-weights", "bigscience-openrail-m", "no", "any false information or content that"),
    ],
)
def test_a_list_holds_another_only_where_each_item_is_as_wide(
    base: str, license: str, answer: str, missing: str
) -> None:
    found = derive([base], "finetune", license)
    assert (found.answer, missing in found.found.because) == (answer, True)
