"""The sections of the page, one by one: each is rendered alone as it stands in the whole page."""

from __future__ import annotations

import pytest

from generator import assess, load_release
from generator.api import this_day
from generator.checks.run import run
from generator.documents.registry import write_documents
from generator.web.page import SECTIONS, Page, page_html, page_view, section_html
from tests.conftest import TESTS


@pytest.fixture(scope="module")
def view() -> Page:
    """The content of the page of an example."""
    assessment = assess(load_release(TESTS / "examples" / "layered-five"))
    return page_view(assessment, run(assessment, today=this_day()), write_documents(assessment))


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_alone_is_the_one_of_the_page(view: Page, name: str) -> None:
    from generator.documents.render import render

    section = section_html(view, name)
    assert section.count(f'id="{name}"') == 1
    assert section.strip() in render("preview.html.jinja", view)


def test_a_page_for_readers_has_no_bar_of_the_publisher() -> None:
    assessment = assess(load_release(TESTS / "examples" / "layered-five"))
    html = page_html(page_view(assessment, None, write_documents(assessment)))
    assert 'id="publisher"' not in html
    assert "charter push" not in html
    assert 'id="rights"' in html
