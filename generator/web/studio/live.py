"""What the studio shows of the answers: the questions with their problems, and the sections of the page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from generator.documents.pictures.drawing import clean
from generator.documents.render import render
from generator.errors import CharterError, ReleaseFileError
from generator.web.page import SECTIONS, Page, section_html
from generator.web.studio.forms import Form

VERSION = "\0version\0"
"""Stands for the version of the answers in what is kept; no value has this character."""


class Problem(NamedTuple):
    """A problem that a question causes."""

    severity: str
    rule: str
    text: str
    remedy: str


class Group(NamedTuple):
    """A question with its forms.

    Attributes:
        id: The id of its element.
        title: Its name.
        state: `answered`, `files` if files have the answer, or `open`.
        forms: The forms: one, or one for each field.
        problems: What it causes.
        messages: What the last answer led to, each with a style.
    """

    id: str
    title: str
    state: str
    forms: tuple[Form, ...]
    problems: tuple[Problem, ...]
    messages: tuple[tuple[str, str], ...]


class GroupPage(NamedTuple):
    """What the template of one question uses."""

    group: Group
    token: str
    read_only: bool
    version: str = VERSION


class Live(NamedTuple):
    """All that is shown, rendered.

    Attributes:
        state: What changes when any of it changes.
        groups: The questions by id, in their order.
        sections: The sections of the page; empty if the answers make no release.
        verdict: Ready or not, in words.
        progress: How many questions were answered, in words.
    """

    state: str
    groups: Mapping[str, str]
    sections: Mapping[str, str]
    verdict: str
    ready: bool
    progress: str


def digests_of(live: Live) -> dict[str, str]:
    """Return a digest of each question and of each section of the page.

    Args:
        live: What is shown.
    """
    parts = {f"g-{name}": html for name, html in live.groups.items()}
    parts |= {f"s-{name}": html for name, html in live.sections.items()}
    return {name: digest(html) for name, html in parts.items()}


def sections_of(view: Page) -> dict[str, str]:
    """Return the sections of a page, each rendered.

    Args:
        view: The page.
    """
    left_out = {"openness"} if view.openness is None else set()
    left_out |= {"publisher"} if view.publisher is None else set()
    return {name: section_html(view, name) for name in SECTIONS if name not in left_out}


def problems_of(error: CharterError) -> list[tuple[str, Problem]]:
    """Return why the answers make no release, each with the field it is about.

    Args:
        error: What was raised.
    """
    if isinstance(error, ReleaseFileError):
        return [(c.path, Problem("error", "", clean(c.message), clean(c.remedy))) for c in error.complaints]
    return [("", Problem("error", "", clean(error.message), clean(error.remedy)))]


def render_group(page: GroupPage) -> str:
    """Return a question as HTML.

    Args:
        page: What the template uses.
    """
    return render("studio/group.html.jinja", page)


def digest(*texts: str) -> str:
    """Return a short digest of texts.

    Args:
        texts: The texts.
    """
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:20]
