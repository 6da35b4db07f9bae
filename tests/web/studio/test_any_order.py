"""Answers in any order: whatever a person chooses or types, the page comes back."""

from __future__ import annotations

import html
import random
import re
from pathlib import Path

import pytest

from generator.interview.draft import DRAFT, load
from tests.interview.folders import PERSONAS
from tests.web.studio.client import Browser

STEPS = 20
TEXTS = ("", "x", "google/gemma-2-2b", "mit", "a/b, c/d", "<b>", "../x", "\0", "é" * 300, "MIT AND Apache-2.0", "a.txt")


@pytest.mark.parametrize("persona", PERSONAS)
def test_any_order_of_answers_is_taken_or_refused_in_words(persona: str, tmp_path: Path) -> None:
    chance = random.Random(persona)
    browser = Browser(PERSONAS[persona](tmp_path))
    browser.post("/every-field", {"version": browser.form("kind").version})
    for _ in range(STEPS):
        page = browser.get("/")
        assert page.status_code == 200
        unit = html.unescape(chance.choice(re.findall(r'data-unit="(.*?)"', page.text)))
        form = browser.form(unit, page.text)
        choice = chance.choice([*form.options.values(), ""])
        text = "" if choice else chance.choice(TEXTS)
        fields = {"unit": unit, "version": form.version, "prompt": form.prompt, "text": text}
        answer = browser.post("/answer", fields | ({"choice": choice} if choice else {}))
        assert answer.status_code == 303, (unit, choice, text)
        assert browser.get("/page").status_code == 200
        if (browser.folder / DRAFT).exists():
            assert load(browser.folder) is not None
