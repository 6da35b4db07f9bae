"""Catalogs of translations: read as they were compiled into the wheel, or as they are written in a checkout."""

from __future__ import annotations

import ast
import gettext
import io
import re
import struct
from functools import lru_cache
from pathlib import Path

from generator.translations import CATALOGS, mark_text

COMPILED = CATALOGS.parent / "_compiled" / "translations"
"""Compiled catalogs, written when the wheel was built; a checkout has none."""
_FIELD = re.compile(r"(msgctxt|msgid|msgid_plural|msgstr|msgstr\[(\d)\]) (\".*\")")
_IN_ENGLISH = mark_text("[English: {text}]")
"""How a sentence that has no translation is marked; it is in each catalog."""
SYSTEM_ERRORS = (
    mark_text("No such file or directory"),
    mark_text("Permission denied"),
    mark_text("Operation not permitted"),
    mark_text("Is a directory"),
    mark_text("Not a directory"),
    mark_text("File exists"),
    mark_text("File name too long"),
    mark_text("Directory not empty"),
    mark_text("Read-only file system"),
    mark_text("No space left on device"),
    mark_text("Disk quota exceeded"),
    mark_text("File too large"),
    mark_text("Too many open files"),
    mark_text("Too many levels of symbolic links"),
    mark_text("Device or resource busy"),
    mark_text("Input/output error"),
    mark_text("Broken pipe"),
    mark_text("Address already in use"),
    mark_text("Connection refused"),
    mark_text("Invalid argument"),
    mark_text("embedded null byte"),
    mark_text("not a regular file"),
)
"""What the system says of files, which errors repeat."""
YAML_ERRORS = (
    mark_text("did not find expected node content"),
    mark_text("did not find expected key"),
    mark_text("did not find expected '-' indicator"),
    mark_text("did not find expected ',' or ']'"),
    mark_text("did not find expected ',' or '}'"),
    mark_text("did not find expected alphabetic or numeric character"),
    mark_text("mapping values are not allowed in this context"),
    mark_text("block sequence entries are not allowed in this context"),
    mark_text("could not find expected ':'"),
    mark_text("found character that cannot start any token"),
    mark_text("found a tab character where an indentation space is expected"),
    mark_text("found unexpected end of stream"),
    mark_text("found unknown escape character"),
)
"""What libyaml says of a file, which errors repeat."""


@lru_cache(maxsize=4)
def load_catalog(language: str) -> gettext.GNUTranslations:
    """Return the catalog of a language.

    Args:
        language: One of `LANGUAGES`, except English.
    """
    compiled = COMPILED / f"{language}.mo"
    if compiled.is_file():
        return gettext.GNUTranslations(io.BytesIO(compiled.read_bytes()))
    return gettext.GNUTranslations(io.BytesIO(compile_catalog(CATALOGS / f"{language}.po")))


def translate_fact(language: str, message: str) -> str:
    """Return sentences about a license in a language, or marked as English.

    Args:
        language: One of `LANGUAGES`, except English.
        message: One or more sentences.
    """
    catalog = load_catalog(language)
    found = catalog.gettext(message)
    if found != message:
        return found
    parts = re.split(r"(?<=\.) (?=[A-Z])", message)
    translated = [catalog.gettext(part) for part in parts]
    if len(parts) > 1 and all(new != old for new, old in zip(translated, parts, strict=True)):
        return " ".join(translated)
    return catalog.gettext(_IN_ENGLISH).format(text=message.removesuffix(".")) + "." * message.endswith(".")


def mark_english(html: str, language: str) -> str:
    """Return HTML in which each sentence without a translation has the attribute `lang="en"`.

    Args:
        html: The HTML; values in it are escaped.
        language: Its language.
    """
    before, after = load_catalog(language).gettext(_IN_ENGLISH).split("{text}")
    marked = re.compile(rf"<[^>]*>|{re.escape(before)}([^<]*?){re.escape(after)}")

    def mark(found: re.Match[str]) -> str:
        return f'{before}<span lang="en">{found[1]}</span>{after}' if found[1] else found[0]

    return marked.sub(mark, html)


def compile_catalog(path: Path) -> bytes:
    """Return a catalog in the form that `gettext` reads; fuzzy and obsolete entries are left out.

    Args:
        path: A catalog as Babel writes it (`.po`).
    """
    entries = dict(sorted(_read(path.read_text(encoding="utf-8")).items()))
    return _pack({key.encode(): text.encode() for key, text in entries.items()})


def _read(text: str) -> dict[str, str]:
    """Messages by key, in the form of compiled catalogs: a byte 4 after the context, a byte 0 between plural forms."""
    found: dict[str, str] = {}
    for block in re.split(r"\n{2,}", text.replace("\r\n", "\n")):
        lines = block.splitlines()
        if any(line.startswith("#,") and "fuzzy" in line for line in lines) and 'msgid ""' not in lines[:3]:
            continue
        fields: dict[str, str] = {}
        name = ""
        for line in lines:
            if match := _FIELD.fullmatch(line):
                name = match[1]
                fields[name] = ast.literal_eval(match[3])
            elif line.startswith('"'):
                fields[name] += ast.literal_eval(line)
        forms = [value for key, value in fields.items() if key.startswith("msgstr")]
        if not forms or not all(forms):
            continue
        key = fields["msgid"] + (f"\0{fields['msgid_plural']}" if "msgid_plural" in fields else "")
        found[(f"{fields['msgctxt']}\x04" if "msgctxt" in fields else "") + key] = "\0".join(forms)
    return found


def _pack(entries: dict[bytes, bytes]) -> bytes:
    """The format of GNU gettext: a head, two tables of lengths and places, and the texts."""
    keys = b"\0".join((*entries, b""))
    texts = b"\0".join((*entries.values(), b""))
    count, head = len(entries), 28
    place = head + 16 * count
    tables: list[int] = []
    for group in (entries, entries.values()):
        for text in group:
            tables += (len(text), place)
            place += len(text) + 1
    return (
        struct.pack("<7I", 0x950412DE, 0, count, head, head + 8 * count, 0, 0)
        + struct.pack(f"<{len(tables)}I", *tables)
        + keys
        + texts
    )
