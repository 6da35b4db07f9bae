"""Placeholders that a template left in a card, the sections that a card has, and the licenses it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from generator.artifacts.markdown import Fence, Heading, Outline
from generator.licenses.catalog import KNOWLEDGE, LicenseId, is_family, known

_LABEL = re.compile(
    r"\s{0,3}(?:[-*] )?(?:\*\*|__)(?P<label>[^*_\n]{2,80}?)(?P<colon>:?)(?:\*\*|__)(?P<after>:?)(?P<rest>.*)"
)
_HTML = re.compile(r"\s*<h([1-6])\b[^>\n]{0,200}>(?P<label>[^\n]{1,200}?)</h\1>", re.I)
_LICENSE_HEADING = re.compile(
    r"\blicen[sc](?:e|es|ing|a|ia|ja)\b|\blizenz|\blicença|许可|授权|ライセンス|라이선스|лиценз", re.I
)
_LICENSE_LINES = 30
# A part of a sentence ends where another subject begins: `the code is MIT, the weights are …`.
_SENTENCE = re.compile(r"(?:[^.;,]|\.(?=\S)|,(?! *(?:the|and|while|but|whereas|its|our)\b))+", re.I)
_OF_ELSE = re.compile(
    r"\b(?:code|scripts?|repository|library|data ?sets?|data|documentation|base model|upstream|tokenizer|based on"
    r"|derived from|fine-?tuned? (?:from|of|on)|built (?:on|with)|original|third[- ]party)\b",
    re.I,
)
_OF_MODEL = re.compile(r"\b(?:(?:this|our|the) models?|weights|checkpoints?|parameters)\b", re.I)
_LICENSE_NAME = re.compile(
    r"(?<!modified )(?<!modified-)"
    r"(?:\bCC[- ]BY(?:[- ](?:NC|SA|ND))*[- ]\d\.\d\b|\bApache(?:[- ]License)?,?(?: Version)?[- ]?(?:v)?2(?:\.0)?\b"
    r"|\bMIT\b|\b[AL]?GPL[- ]?(?:v(?:ersion)?[- ]?)?\d(?:\.\d)?\b|\bBSD[- ][23](?:[- ]Clause)?\b|\bMPL[- ]2\.0\b"
    r"|\bLlama[- ]?\d(?:\.\d)? Community License\b|\bGemma(?: Terms of Use)\b)",
    re.I,
)
_LABELLED = 7
"""The level of a label: below every heading."""
_SNIPPET = re.compile(
    r"\b(?:sentence_transformers|cross_encoder|sparse_encoder|setfit|span_marker|pylate)_model_id\b"
    r"|\byour[-_]?(?:hf[-_]?)?(?:user(?:[-_]?name)?|org(?:anization)?|account|name)/[\w.-]{1,80}"
    r"|\byour[-_]model[-_](?:name|id|path)\b|\{MODEL_NAME\}",
    re.I,
)
# What a template leaves behind. A word such as TODO counts in place of a text, not within a sentence.
_LEFT = (
    r"\[?more information needed\]?",
    r"<(?:your|insert|enter|add|name of|placeholder|fill)(?![a-z])[^<>\n]{0,80}>",
    r"(?<!\])\[(?:your|insert|enter|fill|placeholder|todo|tbd|tba|add (?:your|a|the)|describe)(?![a-z])"
    r"[^\]\n]{0,80}\](?![(\[:])",
    r"(?:^|[|:>*\-(]\s?)\s?\b(?:TODO|FIXME|TBD|TBA)\b(?=\s?(?:[:.|)*!-]|$))",
    r"\b(?:TODO|FIXME|TBD|TBA)(?=:|[.!]?\s?$|\s?\|)",
    r"\blorem ipsum\b(?=,? dolor|\W*$)",
    r"\{\{ ?[a-z]{1,40}_[a-z_]{0,40} ?(?:\|[^{}\n]{0,200})?\}\}",
    r"^\W*(?:please )?(?:insert|write|put|add|enter|describe|fill in)\b[^.\n]{0,60}\bhere\b\W*$",
    r"^\W*your (?:text|description|content|summary|answer)s? (?:goes )?here\W*$",
)
_MAYBE = (
    *("information needed", "todo", "fixme", "tbd", "tba", "lorem ipsum", "{{"),
    *(f"{mark}{word}" for mark in "<[" for word in ("your", "insert", "enter", "add", "placeholder", "fill")),
    *("<name of", "[describe", " here\n", " here.", " here]", " here>", " here*", " here)", " here:", " here!"),
)
"""Every text with a placeholder has one of these; most texts have none and need no closer search."""


class Placeholder(NamedTuple):
    """A placeholder and its place, from 1."""

    text: str
    line: int
    column: int


def may_hold_placeholder(text: str) -> bool:
    """Return whether a text can have a placeholder."""
    small = f"{text.lower()}\n"
    return any(mark in small for mark in _MAYBE)


def placeholders(lines: Iterable[str]) -> Iterator[Placeholder]:
    """Yield the placeholders of a text.

    Args:
        lines: Its lines, without code and comments.
    """
    lines = [line.rstrip() for line in lines]
    defined = {line.lower().partition("]:")[0].strip() for line in lines if "]:" in line}
    left = re.compile("|".join(f"(?:{one})" for one in _LEFT), re.I)
    for number, line in enumerate(lines, 1):
        if not may_hold_placeholder(line):
            continue
        for found in left.finditer(line):
            shown = found.group().strip(" \t|:>*-(")
            word = re.match(r"\W*(TODO|FIXME|TBD|TBA)\b", found.group(), re.I)
            if word and not word[1].isupper():
                continue  # `todo` in lower case is an ordinary word
            if shown[0] == "[" and shown[:-1].lower() in defined:
                continue  # a reference link
            yield Placeholder(shown[:80], number, line.index(shown, found.start()) + 1)


def says(found: Outline, name: str, lines: list[str]) -> bool:
    """Return whether a text has a section of a kind, with something in it.

    Args:
        found: What it holds.
        name: The key of the release file's `card`.
        lines: Its lines.
    """
    heads = sorted((*found.headings, *_labels(found, lines)), key=lambda heading: heading.line)
    for number, heading in enumerate(heads):
        if not _answers()[name].search(heading.text):
            continue
        end = next((h.line for h in heads[number + 1 :] if h.level <= heading.level), len(lines))
        if any(line.strip() for line in lines[heading.after : end]):
            return True
    return False


def snippet_placeholders(fences: Iterable[Fence]) -> Iterator[Placeholder]:
    """Yield the placeholders in code: names that nobody can load.

    Args:
        fences: The code of a text.
    """
    for fence in fences:
        for number, line in enumerate(fence.code.split("\n"), fence.line + 2):
            for found in _SNIPPET.finditer(line[:2000]):
                yield Placeholder(found.group()[:80], number, found.start() + 1)


class StatedLicense(NamedTuple):
    """A license that a text names for the model, and where, from 1."""

    license: LicenseId
    text: str
    line: int
    column: int


def stated_licenses(found: Outline, lines: list[str]) -> Iterator[StatedLicense]:
    """Yield the licenses that the section "License" of a card names for the model, each once.

    Args:
        found: What the text holds.
        lines: Its lines, without code and comments.
    """
    seen: set[LicenseId] = set()
    heads = sorted((*found.headings, *_labels(found, lines)), key=lambda heading: heading.line)
    for number, heading in enumerate(heads):
        if not _LICENSE_HEADING.search(heading.text):
            continue
        end = next((h.line for h in heads[number + 1 :] if h.level <= heading.level), len(lines))
        for at in (heading.line, *range(heading.after, min(end, heading.after + _LICENSE_LINES))):
            for sentence in _SENTENCE.finditer(lines[at][:2000]):
                if _OF_ELSE.search(sentence.group()) and not _OF_MODEL.search(sentence.group()):
                    continue
                for name in _LICENSE_NAME.finditer(sentence.group()):
                    key = _license_named(name.group())
                    if key and key not in seen:
                        seen.add(key)
                        yield StatedLicense(key, name.group(), at + 1, sentence.start() + name.start() + 1)


def _license_named(text: str) -> LicenseId | None:
    words = re.sub(r"\b(?:licen[sc]e|version|public|general|the)\b|,", " ", text, flags=re.I)
    small = "-".join(words.casefold().split())
    for form in (text, small, re.sub(r"-?v(?=\d)", "-", small), f"{small}.0"):
        if (meant := known(form)) is not None and not meant.parts and not is_family(meant.license):
            return meant.license
    return None


def _labels(found: Outline, lines: list[str]) -> Iterator[Heading]:
    """Bold labels and HTML headings, which readers see as headings; none inside code."""
    code = {number for fence in found.fences for number in range(fence.line, fence.after)}
    for number, line in enumerate(lines):
        if number in code or not ("**" in line or "__" in line or "<h" in line.lower()) or len(line) > 4000:
            continue
        if html := _HTML.match(line):
            yield Heading(int(html[1]), re.sub(r"<[^<>]*>", "", html["label"]), number, number + 1)
        elif (bold := _LABEL.match(line)) and (bold["colon"] or bold["after"] or not bold["rest"].strip()):
            yield Heading(_LABELLED, bold["label"], number, number if bold["rest"].strip() else number + 1)


@lru_cache(maxsize=1)
def _answers() -> dict[str, re.Pattern[str]]:
    """Patterns of headings by section; a list of exact headings would miss sections."""
    parts: dict[str, list[str]] = {}
    for line in (KNOWLEDGE / "hub" / "headings.txt").read_text(encoding="utf-8").splitlines():
        name, _, part = line.partition(" ")
        if name and name != "#":
            parts.setdefault(name, []).append(part)
    return {name: re.compile("|".join(held), re.I) for name, held in parts.items()}
