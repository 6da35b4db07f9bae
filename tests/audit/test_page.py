"""The page of an audit: it runs nothing, fetches nothing, and fits a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from generator import audit
from tests.audit.conftest import SAMPLE
from tests.effort import crosswise, sampled

ATTACK = "lab/<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&#60;b&#62;"


@pytest.fixture(scope="module")
def html() -> str:
    with audit(SAMPLE) as found:
        return found.to_html()


def test_the_page_answers_the_questions(html: str) -> None:
    for title in (
        "Is the license possible?",
        "Where terms were left out",
        "Changes that clear most",
        "Base models with most conflicts",
        "Licenses that conflict most",
        "Missing information",
    ):
        assert title in html
    assert "meta-llama/Llama-3.1-8B" in html
    assert len(html.encode()) < 200_000


def test_the_page_runs_and_fetches_nothing(html: str) -> None:
    policy = html.partition('http-equiv="Content-Security-Policy" content="')[2].partition('"')[0]
    assert policy.startswith("default-src &#39;none&#39;; style-src &#39;sha256-")
    assert "unsafe" not in policy
    assert "<script" not in html
    assert not re.search(r"""(?:src|href)=["'](?!#)""", html)
    assert " style=" not in html


def test_hostile_values_stay_text(table: Callable[..., Path]) -> None:
    models = [
        {"id": ATTACK, "license": "llama3.1"},
        {"id": "org/\x1b[31mred\u202e", "license": "mit", "base_model": ATTACK, "datasets": [ATTACK]},
        {"id": "org/<img/src=x>", "license": "mit", "base_model": "meta-llama/Llama-3.1-8B"},
        {"id": "org/below", "license": "mit", "base_model": "org/<img/src=x>"},
        {"id": "org/{{ 7 * 7 }}", "license": ATTACK, "base_model": "org/x<y>"},
    ]
    with audit(table(models)) as found:
        page = found.to_html()
    assert "<script" not in page
    assert "<img" not in page
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="picture chain"' in page, "names are shown in pictures too"
    assert "\x1b" not in page
    assert "\u202e" not in page


@pytest.mark.parametrize(("width", "scheme"), sampled(product((1280, 390), ("light", "dark")), crosswise))
def test_axe_finds_nothing(html: str, browser: object, tmp_path: Path, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    (tmp_path / "audit.html").write_text(html, encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto((tmp_path / "audit.html").as_uri())
    found = Axe().run(page).response["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]][:3]) for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()
