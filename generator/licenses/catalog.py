"""License ids: what may stand in a `license` field, and the one canonical id that each spelling means."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NewType

from generator.errors import UnknownLicenseError
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern
from generator.release.nearest import nearest
from generator.release.vocabulary import LICENSE_REF, license_ref_hint
from generator.translations import gettext as _
from generator.translations import mark_text

LicenseId = NewType("LicenseId", str)
"""A canonical license id: it was looked up, so it can be relied on."""

KNOWLEDGE = Path(__file__).resolve().parent.parent / "knowledge"
_COMMON_WORDS = frozenset(
    [
        "license",
        "licence",
        "licenseref",
        "research",
        "community",
        "model",
        "open",
        "terms",
        "agreement",
        "non",
        "commercial",
        "nc",
        "use",
    ]
)
LIST_COMMAND = mark_text("See `charter licenses` for the ids.")

_JOINED = lazy_pattern(r"\s+(and|or)\s+", re.I)
_ID = lazy_pattern(r"(?!(?:and|or|with)\Z)[A-Za-z0-9.+:_-]+", re.I)
_OPERATOR = lazy_pattern(r"[()]|\b(?:and|or|with)\b", re.I)


class Expression(NamedTuple):
    """A license expression: one id, or several joined by `AND` or `OR`.

    Attributes:
        operator: `AND`, `OR`, or empty for a single id.
        license: The id of a single license, else empty.
        exception: The SPDX exception that goes with it (`WITH`), else empty.
        parts: What the operator joins.
    """

    operator: str
    license: LicenseId
    exception: str
    parts: tuple[Expression, ...]

    def ids(self) -> tuple[LicenseId, ...]:
        """Return the license ids in it, each once, in order."""
        if not self.parts:
            return (self.license,)
        return tuple(dict.fromkeys(key for part in self.parts for key in part.ids()))

    def exceptions(self) -> tuple[str, ...]:
        """Return the SPDX exceptions in it, each once, in order."""
        own = (self.exception,) if self.exception else ()
        return tuple(dict.fromkeys((*own, *(name for part in self.parts for name in part.exceptions()))))

    def __str__(self) -> str:
        if not self.parts:
            return f"{self.license} WITH {self.exception}" if self.exception else self.license
        return f" {self.operator} ".join(f"({part})" if part.parts else str(part) for part in self.parts)


@lru_cache(maxsize=1)
def index() -> dict[str, Any]:
    """Return the index of ids (`knowledge/index.json`, made by tools/make_index.py)."""
    loaded: dict[str, Any] = json.loads((KNOWLEDGE / "index.json").read_text(encoding="utf-8"))
    return loaded


def resolver(local: frozenset[str]) -> Callable[[str], str]:
    """Return the function that makes a `license` field canonical.

    Args:
        local: The `LicenseRef-` ids that the release file itself defines.
    """
    return lambda text: str(parse(text, local))


@lru_cache(maxsize=1024)
def parse(text: str, local: frozenset[str] = frozenset()) -> Expression:
    """Read an SPDX expression, a Hub id, an alias or an id of the release file.

    Args:
        text: What stands in the field.
        local: The `LicenseRef-` ids that the release file itself defines.

    Raises:
        UnknownLicenseError: It names no license, with the nearest ids; or the expression cannot be read.
    """
    if not _OPERATOR.search(text):
        return _single(text.strip(), local)
    try:
        return _compose(text, local)
    except UnknownLicenseError:
        # An alias may hold a word that looks like an operator; a true near miss is reported as it was found.
        if (key := index()["lookup"].get(" ".join(text.lower().split()))) is not None:
            return parse(key, local)
        raise


@lru_cache(maxsize=1)
def _exceptions() -> frozenset[str]:
    """The exceptions of SPDX, in lower case."""
    return frozenset(name.lower() for name in index()["exceptions"])


@lru_cache(maxsize=4096)
def parse_known(text: str) -> Expression | None:
    """Return the expression that a text is, or None where it is none; cheaper than `parse`, as no near id is sought.

    Args:
        text: What a document states, in whatever words.
    """
    lookup = index()["lookup"]
    plain = " ".join(text.split())
    words = [plain] if plain.lower() in lookup else [part.strip() for part in _OPERATOR.split(plain)]
    lowered = [word.lower() for word in words if word]
    if not lowered or not all(w in lookup or w.removesuffix("+") in lookup or w in _exceptions() for w in lowered):
        return None
    try:
        return parse(plain)
    except UnknownLicenseError:
        return None


_ADDRESSES = (
    (r"creativecommons\.org/licenses/(by(?:-(?:nc|sa|nd))*/[1-4]\.\d)", "cc-{}"),
    (r"creativecommons\.org/publicdomain/zero/(1\.0)", "cc0-{}"),
    (r"(?:spdx|opensource)\.org/licenses?/([\w.+-]+?)(?:\.html|\.php)?", "{}"),
    (r"choosealicense\.com/licenses/([\w.-]+?)", "{}"),
    (r"apache\.org/licenses/LICENSE-(2\.0)(?:\.txt|\.html)?", "apache-{}"),
    (r"gnu\.org/licenses/([al]?gpl-[23]\.[01])(?:\.en)?(?:\.html|\.txt)?", "{}"),
)
"""Addresses at which licenses are kept, and their id from it."""
_ADDRESS_END = r"(?:/(?:legalcode|deed)(?:\.[a-z]{2})?)?/?"


def find_license_of_address(text: str) -> LicenseId | None:
    """Return the license that the address of its text or its deed means; None where it is no such address.

    Args:
        text: What a document states in place of an id.
    """
    if not text.startswith(("https://", "http://")) or len(text) > 200:
        return None
    bare = re.sub(r"^https?://(?:www\.)?", "", text.strip())
    for pattern, id_ in _ADDRESSES:
        if found := re.fullmatch(pattern + _ADDRESS_END, bare, re.I):
            meant = parse_known(id_.format(found[1].replace("/", "-")))
            return meant.license if meant and not meant.parts else None
    return None


def get_known_name(key: LicenseId) -> str:
    """Return the license's name in words; the id itself where no list gives one."""
    entry = index()["known"].get(key)
    return str(entry["name"] if entry else index()["spdx"].get(key, key))


def hub_id(key: LicenseId) -> str | None:
    """Return the Hub's id for a license, or None where the Hub has none.

    The Hub's GNU ids mention the version alone, so `-or-later` shares them with `-only`
    (hub-docs, repositories-licenses.md).
    """
    found: str | None = index()["hub"].get(key) or index()["hub"].get(only_of(key))
    return found


def only_of(key: LicenseId) -> LicenseId:
    """Return the `-only` id of a `-or-later` one: their texts are the same; any other id unchanged."""
    return LicenseId(key.removesuffix("-or-later") + "-only") if key.endswith("-or-later") else key


def reason(*path: str, **words: str) -> str:
    """Return a sentence of `knowledge/reasons.yaml`, filled.

    Args:
        path: Its key there; two where it stands in a group.
        words: What its braces are filled with.
    """
    text = _(_find_reason(path))
    return " ".join(text.format(**words).split()) if words else text


def english_reason(*path: str) -> str:
    """Return a sentence of `knowledge/reasons.yaml` in English, for terms that are translated where they are used.

    Args:
        path: Its key there; two where it stands in a group.
    """
    return _find_reason(path)


@lru_cache(maxsize=512)
def _find_reason(path: tuple[str, ...]) -> str:
    sentence: Any = index()["reasons"]
    for key in path:
        sentence = sentence[key]
    return str(sentence)


def is_family(key: LicenseId) -> bool:
    """Return whether an id of the Hub's list names a family, or nothing, instead of a license."""
    return bool(index()["known"].get(key, {}).get("family"))


def licenses_of(key: LicenseId) -> tuple[LicenseId, ...]:
    """Return the licenses that share a name, where an id is such a name; else nothing.

    Args:
        key: A canonical id, such as `LicenseRef-modified-mit`.
    """
    return tuple(LicenseId(one) for one in index()["known"].get(key, {}).get("licenses", ()))


def is_shared_name(key: LicenseId) -> bool:
    """Return whether an id is a name that cards write for several licenses."""
    return bool(index()["known"].get(key, {}).get("shared"))


def get_shared_names() -> tuple[str, ...]:
    """Return the names, in lower case, that cards write for several licenses."""
    return tuple(sorted(name for name, key in index()["lookup"].items() if is_shared_name(LicenseId(key))))


def is_same_or_shared(one: LicenseId, other: LicenseId) -> bool:
    """Return whether two ids can mean the same license: they are equal, or one is a name that the other shares.

    Args:
        one: A canonical id.
        other: Another one.
    """
    return one == other or one in licenses_of(other) or other in licenses_of(one)


def get_known_ids() -> Iterator[LicenseId]:
    """Yield the ids that the catalog has facts of or knows by name, in order."""
    return (LicenseId(key) for key in index()["known"])


def _single(text: str, local: frozenset[str]) -> Expression:
    if text in local and LICENSE_REF.fullmatch(text):
        return Expression("", LicenseId(text), "", ())
    key = index()["lookup"].get(text.lower())
    if key is None and text.endswith("+"):
        later = f"{text[:-1].lower()}-or-later"
        key = index()["lookup"].get(later)
    if key is None:
        raise _unknown(text, local)
    return parse(key) if " " in key else Expression("", LicenseId(key), "", ())


def _compose(text: str, local: frozenset[str]) -> Expression:
    first, *rest = _JOINED.split(text.strip())
    operators = {word.upper() for word in rest[::2]}
    if len(operators) == 1 and all(_ID.fullmatch(part) for part in (first, *rest[1::2])):
        # Ids that one operator joins need no library, whose import takes a tenth of a short run.
        return _join(operators.pop(), (_single(part, local) for part in (first, *rest[1::2])))
    from license_expression import ExpressionError, Licensing

    try:
        tree = Licensing().parse(text, simple=True)
    except (ExpressionError, ValueError, TypeError, AttributeError, IndexError, RecursionError):
        # The library raises all of these on a broken expression; to the user they are one thing.
        tree = None
    if tree is None:
        raise UnknownLicenseError(
            _("{text!r} is not a license expression").format(text=text),
            _("Join ids with AND, OR and parentheses, as in `MIT AND Apache-2.0`."),
        )
    return _from_tree(tree, local)


def _from_tree(tree: Any, local: frozenset[str]) -> Expression:  # noqa: ANN401 - the library ships no types
    if hasattr(tree, "license_symbol"):
        return _with_exception(tree.license_symbol.key, tree.exception_symbol.key, local)
    if not getattr(tree, "args", ()):
        return _single(tree.key, local)
    operator = "AND" if type(tree).__name__ == "AND" else "OR"
    return _join(operator, (_from_tree(argument, local) for argument in tree.args))


def _join(operator: str, arguments: Iterable[Expression]) -> Expression:
    """The expression that an operator makes of others, each once."""
    parts: list[Expression] = []
    for part in arguments:
        parts.extend(part.parts if part.operator == operator else (part,))
    unique = tuple(dict.fromkeys(parts))
    return unique[0] if len(unique) == 1 else Expression(operator, LicenseId(""), "", unique)


def _with_exception(license_text: str, exception: str, local: frozenset[str]) -> Expression:
    found = _single(license_text, local)
    names = {name.lower(): name for name in index()["exceptions"]}
    if exception.lower() not in names:
        near = nearest(exception.lower(), names, 3)
        hint = (
            _("Did you mean {names}?").format(names=_format_list(names[name] for name in near))
            if near
            else _("SPDX lists the exceptions.")
        )
        raise UnknownLicenseError(
            _("{exception!r} is not an SPDX license exception").format(exception=exception),
            hint,
            tuple(names[n] for n in near),
        )
    return Expression("", found.license, names[exception.lower()], ())


def _unknown(text: str, local: frozenset[str]) -> UnknownLicenseError:
    shown = text if len(text) <= 80 else f"{text[:77]}..."
    if text in index()["deprecated"]:
        return UnknownLicenseError(
            _("{text!r} is a deprecated SPDX id without one successor").format(text=text), _(LIST_COMMAND)
        )
    lookup = index()["lookup"]
    names = {key: value for key, value in lookup.items() if not is_family(LicenseId(value))}
    names |= {name.lower(): name for name in local}
    near = nearest(text.lower(), names, 5, 0.7)
    suggestions = tuple(dict.fromkeys(names[key] for key in near if not _of_another(text.lower(), key)))[:3]
    if text.startswith("LicenseRef-") and not LICENSE_REF.fullmatch(text):
        hint = license_ref_hint(text)
    elif LICENSE_REF.fullmatch(text) and not suggestions:
        hint = _("Describe it under `licenses:` as `{id}: {{name: …}}`, or give its text with `license_text`.").format(
            id=text
        )
    elif suggestions:
        hint = _("Did you mean {names}?").format(names=_format_list(suggestions))
    else:
        hint = _("Write a custom license as `LicenseRef-NAME`.") + f" {_(LIST_COMMAND)}"
    return UnknownLicenseError(_("{text!r} is not a license id").format(text=shown), hint, suggestions)


def _of_another(text: str, name: str) -> bool:
    """Whether two names agree in words such as `research` alone, so that they are licenses of two publishers."""
    ours, theirs = (set(re.findall(r"[a-z]+|\d+", word)) for word in (text, name.removeprefix("licenseref-")))
    return bool(ours & theirs) and not (ours & theirs) - _COMMON_WORDS


def _format_list(names: Iterator[str] | tuple[str, ...]) -> str:
    *first, last = names
    return _("{names} or {last}").format(names=", ".join(first), last=last) if first else last
