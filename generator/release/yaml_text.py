"""Values as YAML text that every reader, of 1.1 or of 1.2, takes for the same text or number."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from generator.patterns import lazy_pattern
from generator.translations import mark_text

_PLAIN = lazy_pattern(r"[A-Za-z_](?:[A-Za-z0-9_./+@-]|:(?=[A-Za-z0-9/_])| (?=[A-Za-z0-9_(]))*")
# What YAML 1.1 or 1.2 reads as something else than text although it stands without quotes.
_BENT = lazy_pattern(r"(?i:y|n|yes|no|on|off|true|false|null|nan|inf)|[0-9_.+-]*(?:[eE][0-9+-]+)?")

# A number of YAML 1.2 (core schema), and the truth values of YAML 1.1 that PyYAML does not know.
_CORE = lazy_pattern(r"[-+]?(?:0o[0-7]+|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)")
_TAKEN_FOR = {
    "bool": mark_text("a truth value"),
    "int": mark_text("a number"),
    "float": mark_text("a number"),
    "timestamp": mark_text("a date"),
}


@lru_cache(maxsize=1024)  # a list of numbers is mostly the same few, and a hostile one is long
def misread(text: str) -> str | None:
    """Return what a reader of YAML takes a text for that stands without quotes, or None where all take it for text.

    Args:
        text: What stands there.
    """
    from yaml import SafeLoader

    if text in ("y", "Y", "n", "N"):
        return _TAKEN_FOR["bool"]
    if _CORE.fullmatch(text):
        return _TAKEN_FOR["int"]
    tables = SafeLoader.yaml_implicit_resolvers.get(text[:1], ())
    found = (tag.rpartition(":")[2] for tag, expression in tables if expression.match(text))
    return next((_TAKEN_FOR[name] for name in found if name in _TAKEN_FOR), None)


def scalar(value: object) -> str:
    """Return one value on one line, quoted where YAML would bend it.

    Args:
        value: Text, a number or a date.
    """
    if isinstance(value, Decimal):
        if 15 < value.adjusted() < 300 and (text := _scientific(value)):
            return text
        return format(value, "f") if -30 < value.adjusted() < 30 else repr(float(value))
    if isinstance(value, int):
        return str(value)
    text = value.isoformat() if isinstance(value, datetime.date) else str(value)
    if _PLAIN.fullmatch(text) and not _BENT.fullmatch(text):
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _scientific(value: Decimal) -> str:
    """A large number such as `8.0e+22`, with a point and a sign for YAML 1.1; empty where it has other digits."""
    if value.as_tuple().exponent == 0 and str(value).endswith("0" * 6):
        value = value.normalize()
    if not int(value.as_tuple().exponent) > 0:
        return ""
    digits, _, power = f"{value:e}".partition("e")
    return f"{digits if '.' in digits else digits + '.0'}e{power}"


def block(value: Any, depth: int = 0) -> list[str]:  # noqa: ANN401 - a tree of dicts, lists and scalars
    """Return a tree as YAML lines in block style.

    Args:
        value: Mappings, lists, text, numbers.
        depth: How far the lines are indented, in steps of two spaces.
    """
    pad = "  " * depth
    lines: list[str] = []
    if isinstance(value, dict):
        for key, child in value.items():
            lines += _keyed(f"{pad}{scalar(key)}:", child, depth)
        return lines
    for child in value:
        if isinstance(child, (dict, list)) and child:
            first, *rest = block(child, depth + 1)
            lines += [f"{pad}- {first[len(pad) + 2 :]}", *rest]
        else:
            lines.append(f"{pad}- {scalar(child)}")
    return lines


def _keyed(head: str, child: Any, depth: int) -> list[str]:  # noqa: ANN401
    if isinstance(child, dict):
        return [head, *block(child, depth + 1)] if child else [f"{head} {{}}"]
    if isinstance(child, list):
        return [head, *block(child, depth + 1)] if child else [f"{head} []"]
    if isinstance(child, str) and "\n" in child and _fits_block(child):
        return _literal(head, child, depth)
    return [f"{head} {scalar(child)}"]


def _fits_block(text: str) -> bool:
    plain = all(char.isprintable() or char in "\n\t" for char in text)
    return plain and "\ufeff" not in text and text[0] not in " \t\n" and bool(text.strip())


def _literal(head: str, text: str, depth: int) -> list[str]:
    pad = "  " * (depth + 1)
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    chomp = "-" if ends == 0 else "" if ends == 1 else "+"
    lines = [f"{pad}{line}" if line else "" for line in body.split("\n")]
    return [f"{head} |{chomp}", *lines, *[""] * max(ends - 1, 0)]


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    code = ord(char)
    if char.isprintable() and char != "\ufeff":
        return char
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
