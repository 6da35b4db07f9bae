"""The licenses that the text of a card states: its section "License", a label, or a line `License: MIT`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator.artifacts.card import BLOCK, read_card_text
from generator.artifacts.markdown import Outline, get_checked_part, labels, prose_lines
from generator.licenses.catalog import LicenseId, is_family, parse_known
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern

_LICENSE_HEADING = lazy_pattern(
    r"\blicen[sc](?:e|es|ing|a|ia|ja)\b|\blizenz|\blicença|许可|授权|ライセンス|라이선스|лиценз", re.I
)
_LICENSE_LINES = 30
# A part of a sentence ends where another subject begins: `the code is MIT, the weights are …`.
_SENTENCE = lazy_pattern(r"(?:[^.;,]|\.(?=\S)|,(?! *(?:the|and|while|but|whereas|its|our)\b))+", re.I)
_OF_ELSE = lazy_pattern(
    r"\b(?:code|scripts?|repository|library|data ?sets?|data|documentation|base model|upstream|tokenizer|based on"
    r"|derived from|fine-?tuned? (?:from|of|on)|built (?:on|with)|original|third[- ]party)\b",
    re.I,
)
_OF_MODEL = lazy_pattern(r"\b(?:(?:this|our|the) models?|weights|checkpoints?|parameters)\b", re.I)
_LICENSE_NAME = lazy_pattern(
    r"(?<!modified )(?<!modified-)"
    r"(?:\bCC[- ]BY(?:[- ](?:NC|SA|ND))*[- ]\d\.\d\b|\bApache(?:[- ]License)?,?(?: Version)?[- ]?(?:v)?2(?:\.0)?\b"
    r"|\bMIT\b|\b[AL]?GPL[- ]?(?:v(?:ersion)?[- ]?)?\d(?:\.\d)?\b|\bBSD[- ][23](?:[- ]Clause)?\b|\bMPL[- ]2\.0\b"
    r"|\bLlama[- ]?\d(?:\.\d)? Community License\b|\bGemma(?: Terms of Use)\b)",
    re.I,
)
_LINE = lazy_pattern(
    r"^[ \t>*#-]{0,8}\**licen[sc]e\**[ \t]*:[ \t*]*\[?([A-Za-z][\w .+-]{1,60}?)\]?[*.]*(?:\([^\n)]*\))?[ \t]*$", re.I
)


class StatedLicense(NamedTuple):
    """A license that a text names for the model, and where, from 1."""

    license: LicenseId
    text: str
    line: int
    column: int


def find_stated_licenses(found: Outline, lines: list[str]) -> Iterator[StatedLicense]:
    """Yield the licenses that the section "License" of a card names for the model, each once.

    Args:
        found: What the text holds.
        lines: Its lines, without code and comments.
    """
    seen: set[LicenseId] = set()
    heads = sorted((*found.headings, *labels(found, lines)), key=lambda heading: heading.line)
    for number, heading in enumerate(heads):
        if not _LICENSE_HEADING.search(heading.text):
            continue
        end = next((h.line for h in heads[number + 1 :] if h.level <= heading.level), len(lines))
        for at in (heading.line, *range(heading.after, min(end, heading.after + _LICENSE_LINES))):
            for sentence in _SENTENCE.finditer(lines[at][:2000]):
                if _OF_ELSE.search(sentence.group()) and not _OF_MODEL.search(sentence.group()):
                    continue
                for name in _LICENSE_NAME.finditer(sentence.group()):
                    key = _parse_license_name(name.group())
                    if key and key not in seen:
                        seen.add(key)
                        yield StatedLicense(key, name.group(), at + 1, sentence.start() + name.start() + 1)


def _parse_license_name(text: str) -> LicenseId | None:
    words = re.sub(r"\b(?:licen[sc]e|version|public|general|the)\b|,", " ", text, flags=re.I)
    small = "-".join(words.casefold().split())
    for form in (text, small, re.sub(r"-?v(?=\d)", "-", small), f"{small}.0"):
        if (meant := parse_known(form)) is not None and not meant.parts and not is_family(meant.license):
            return meant.license
    return None


def license_in_text(folder: Path) -> LicenseId | None:
    """Return the one license that the text of a folder's README.md states for the model, or None.

    Args:
        folder: A model folder.
    """
    from generator.artifacts.sections import outline

    text = read_card_text(folder).text
    if "licen" not in (lower := text.casefold()) and not _LICENSE_HEADING.search(lower):
        return None
    body = get_checked_part(text[block.end() :] if (block := BLOCK.match(text)) else text).replace("\r", " ")
    found = outline(body)
    lines = prose_lines(body, found.fences)
    keys = {stated.license for stated in find_stated_licenses(found, lines)}
    keys |= {key for line in lines if (match := _LINE.match(line)) and (key := _parse_license_name(match[1]))}
    return next(iter(keys)) if len(keys) == 1 else None
