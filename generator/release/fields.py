"""The kinds of values that fields hold: each reads one value, says what it expected, and knows its JSON Schema."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any

from generator.errors import UnknownLicenseError
from generator.patterns import lazy_pattern
from generator.release.nearest import nearest
from generator.release.source import Absent, Plain, is_printable
from generator.release.vocabulary import (
    LICENSE_REF,
    OUTPUTS,
    RULE_FAMILIES,
    SEVERITIES,
    Output,
    license_ref_hint,
)
from generator.translations import LANGUAGES, mark_text, pgettext
from generator.translations import gettext as _

LINE_LIMIT = 4096
"""Characters of a field of one line."""
TEXT_LIMIT = 1024 * 1024
"""Characters of a section of the card."""

_CONTROL = lazy_pattern(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_CONTROL_IN_TEXT = lazy_pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_REPO = lazy_pattern(
    r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?/[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?"
)
_URL = lazy_pattern(r"https?://[^\s/?#<>\"`{}|\\^]+[^\s<>\"`{}|\\^]*", re.I)
_INTEGER = lazy_pattern(r"[+]?[0-9]+")
_NUMBER = lazy_pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SHA256 = lazy_pattern(r"[0-9a-fA-F]{64}")
_DRIVE = lazy_pattern(r"[A-Za-z]:")


Resolve = Callable[[str], str]
"""Makes the text of a license field canonical; raises UnknownLicenseError."""


def license_resolver(own: frozenset[str]) -> Resolve:
    """Return the function that makes a license field canonical.

    Args:
        own: The `LicenseRef-` ids that the release defines itself.
    """
    from generator.licenses.catalog import resolver  # a release without license fields needs no catalog

    return resolver(own)


class Kind:
    """What one value may be.

    Args:
        read: Returns the value, or raises Refused.
        schema: Its JSON Schema.
        resolved: Reads it where licenses can be looked up.
    """

    __slots__ = ("read", "resolved", "schema")

    def __init__(
        self,
        read: Callable[[Any], Any],
        schema: dict[str, Any],
        resolved: Callable[[Any, Resolve], Any] | None = None,
    ) -> None:
        self.read, self.schema, self.resolved = read, schema, resolved


class Refused(ValueError):
    """A value that a field does not take: what was expected, and the nearest thing to write."""

    def __init__(self, expected: str, remedy: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.remedy = remedy


def _text(value: Any, limit: int = LINE_LIMIT) -> str:
    if value is None or isinstance(value, Absent):
        raise Refused(_("has no value."), _("Write one, or leave the key out."))
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal, datetime.date)):
        raise Refused(_("expected text, found {value}.").format(value=kind_name(value)))
    text = str(value)
    if len(text) > limit:
        raise Refused(_("has {number} characters; {limit} are the most.").format(number=len(text), limit=limit))
    return text


def _line(value: Any) -> str:
    text = _text(value).removesuffix("\n")  # a block scalar of one line ends in a line end
    if not text.strip():
        raise Refused(_("is empty."), _("Write something, or leave the key out."))
    if not text.isprintable() and _CONTROL.search(text):
        raise Refused(_("holds a line break or a control character; expected one line."))
    return text


def _markdown(value: Any) -> str:
    text = _text(value, TEXT_LIMIT)
    if not is_printable(text) and _CONTROL_IN_TEXT.search(text):
        raise Refused(_("holds a control character."), _("Take it out."))
    return text


def _repo(value: Any) -> str:
    text = _line(value)
    if not _REPO.fullmatch(text) or "--" in text or ".." in text or text.endswith(".git"):
        raise Refused(_("{text!r} is not a Hub repo id; expected `ORG/NAME`.").format(text=text), _repo_hint(text))
    return text


def _repo_hint(text: str) -> str:
    found = re.match(r"https?://(?:www\.)?huggingface\.co/(?:datasets/|spaces/)?([^/?#]+/[^/?#]+)", text)
    return _("Write `{value}`.").format(value=found.group(1)) if found else ""


def _url(value: Any) -> str:
    text = _line(value)
    if not _URL.fullmatch(text):
        raise Refused(_("{text!r} is not a web address; expected `https://…`.").format(text=text))
    return text


def _inner_path(value: Any) -> str:
    text = _line(value)
    parts = text.rstrip("/").split("/")
    if (
        text.startswith(("/", "~"))
        or _DRIVE.match(text)
        or "\\" in text
        or any(part in ("", ".", "..") for part in parts)
    ):
        raise Refused(
            _("{text!r} is not a path inside the folder; expected one like `terms/LICENSE.txt`.").format(text=text)
        )
    return text


def _date(value: Any) -> datetime.date:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    text = _line(value)
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise Refused(_("{text!r} is not a date; expected YYYY-MM-DD.").format(text=text)) from None


def _integer(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and not isinstance(value, Plain) and _INTEGER.fullmatch(value):
        raise Refused(
            _('"{value}" is text; expected a whole number.').format(value=value),
            _("Write {value} without quotes.").format(value=value),
        )
    if isinstance(value, Plain) and _INTEGER.fullmatch(value) and len(value) < 20:
        return int(value)
    raise Refused(_("{value} is not a whole number.").format(value=_shown(value)))


def _count(value: Any) -> int:
    number = _integer(value)
    if number < 1:
        raise Refused(_("{number} is too small; expected 1 or more.").format(number=number))
    return number


def _version(value: Any) -> int:
    number = _integer(value)
    if number != 1:
        said = _("this is version {number} of the format; this program reads version 1.").format(number=number)
        raise Refused(said, _("Write `charter: 1`, or update modelcharter."))
    return number


def _terms_id(value: Any) -> str:
    text = str(value)
    if not LICENSE_REF.fullmatch(text):
        raise Refused(_("{text!r} is not the id of a custom license.").format(text=text[:60]), license_ref_hint(text))
    return text


def _number_or_text(value: Any) -> Decimal | str:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = Plain(repr(value))
    if isinstance(value, Plain) and _NUMBER.fullmatch(value):
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise Refused(_("{value!r} is not a number.").format(value=value)) from None
        if len(value) > 40 or abs(number.adjusted()) > 300:
            raise Refused(_("{value!r} is beyond any measured value.").format(value=value[:40]))
        return number
    return _line(value)


_DIGITS = mark_text("Write digits without a unit, such as 8.0e+22 or 120000.")


def _amount(value: Any) -> Decimal:
    """Return a quantity; text is refused, since a unit or a word in it would be lost."""
    if isinstance(value, str) and not isinstance(value, Plain):
        fix = _("Write {value} without quotes.").format(value=value) if _NUMBER.fullmatch(value) else _(_DIGITS)
        raise Refused(_("{value!r} is text; expected a number.").format(value=value[:40]), fix)
    if isinstance(value, Plain) and not _NUMBER.fullmatch(value):
        raise Refused(_("{value!r} is not a number.").format(value=value[:40]), _(_DIGITS))
    number = _number_or_text(value)
    if isinstance(number, str) or not number.is_finite():
        raise Refused(_("{value} is not a number.").format(value=_shown(value)))
    if number < 0:
        raise Refused(_("{number} is negative; expected 0 or more.").format(number=number))
    return number


def _sha256(value: Any) -> str:
    text = _line(value)
    if not _SHA256.fullmatch(text):
        raise Refused(_("{text!r} is not a SHA-256; expected 64 hexadecimal digits.").format(text=text[:70]))
    return text.lower()


def _license(value: Any, resolve: Resolve) -> str:
    text = _line(value)
    try:
        return resolve(text)
    except UnknownLicenseError as error:
        raise Refused(f"{error.message}.", error.remedy) from None


@cache
def one_of(options: tuple[str, ...]) -> Kind:
    """Return the kind of a word of a closed list; it names the nearest one.

    Args:
        options: The list.
    """

    def choose(value: Any) -> str:
        text = _line(value)
        if text in options:
            return text
        folded = {option.casefold().replace("_", "-"): option for option in options}
        near = nearest(text.casefold().replace("_", "-"), folded)
        hint = _("Did you mean `{name}`?").format(name=folded[near[0]]) if near else ""
        listed = ", ".join(options)
        if len(options) > 20:
            listed = _("{values} … ({number} in all)").format(values=", ".join(options[:6]), number=len(options))
        raise Refused(
            _("{text!r} is not one of its values.").format(text=text[:60]),
            f"{hint} ".lstrip() + _("Expected: {values}.").format(values=listed),
        )

    return Kind(choose, {"enum": list(options)})


def _rule_id(value: Any) -> str:
    text = _line(value)
    if (
        re.fullmatch(r"[A-Z]+\d{3}", text)
        and text[:-3] not in RULE_FAMILIES
        and text[:-3].lower() in _plugin_families()
    ):
        return text
    if not re.fullmatch(r"[A-Z]+\d{3}", text) or text[:-3] not in RULE_FAMILIES:
        raise Refused(
            _("{text!r} is not a rule; expected a family and three digits, as in `LIN203`.").format(text=text[:40]),
            _("Families: {names}.").format(names=", ".join(RULE_FAMILIES)),
        )
    known = _rules()
    if text not in known:
        near = nearest(text, sorted(known), 3)
        hint = _("Did you mean {names}?").format(names=", ".join(near)) if near else ""
        raise Refused(
            _("there is no rule {rule}.").format(rule=text),
            f"{hint} ".lstrip() + _("`charter rules` lists all rules."),
        )
    return text


def _plugin_families() -> set[str]:
    """The families of rules that installed plugins have, in lower case; their code is not loaded."""
    from generator import plugins  # here, as few releases name one

    return {plugin.name.lower() for plugin in plugins.installed(plugins.RULES)}


def plugin_outputs() -> tuple[str, ...]:
    """Return the names of the documents that installed plugins write; their code is not loaded."""
    from generator import plugins

    return tuple(plugin.name for plugin in plugins.installed(plugins.DOCUMENTS))


def _output(value: Any) -> str:
    text = _line(value)
    return text if text in OUTPUTS or text in plugin_outputs() else str(one_of(OUTPUTS).read(value))


@lru_cache(maxsize=1)
def _rules() -> frozenset[str]:
    """The ids of all rules, which tools/make_docs.py lists."""
    path = Path(__file__).resolve().parent.parent / "knowledge/rules.txt"
    return frozenset(path.read_text(encoding="utf-8").split())


def one_line(text: str) -> str:
    """Return a text that a file of somebody else states, as a field of one line takes it.

    Args:
        text: The text; control characters are replaced.
    """
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.strip())[:LINE_LIMIT]


def fitting(kind: Kind, value: Any) -> Any:
    """Return a value as a kind takes it, or None where it does not fit.

    Args:
        kind: The kind.
        value: What a file of somebody else states.
    """
    try:
        return None if value is None else kind.read(value)
    except Refused:
        return None


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return repr(value[:60])
    return kind_name(value) if value is None or isinstance(value, (Absent, list, dict)) else repr(value)


def kind_name(value: Any) -> str:
    """Return what kind of value stands somewhere, for an error.

    Args:
        value: Any value.
    """
    if value is None or isinstance(value, Absent):
        return pgettext("found", "nothing")
    if isinstance(value, Mapping):
        return pgettext("found", "a mapping")
    if isinstance(value, (list, tuple)):
        return pgettext("found", "a list")
    return pgettext("found", "text") if isinstance(value, str) else type(value).__name__


LINE = Kind(_line, {"type": "string", "minLength": 1, "maxLength": LINE_LIMIT})
LOOSE_LINE = Kind(_line, {"type": ["string", "number"]})
MARKDOWN = Kind(_markdown, {"type": "string"})
REPO_ID = Kind(_repo, {"type": "string", "pattern": r"^[\w][\w.-]*/[\w][\w.-]*$"})
URL = Kind(_url, {"type": "string", "format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"})
INNER_PATH = Kind(_inner_path, {"type": "string", "pattern": r"^(?![/~])(?!.*(?:^|/)\.{1,2}(?:/|$))[^\\]+$"})
DATE = Kind(_date, {"type": "string", "format": "date"})
COUNT = Kind(_count, {"type": "integer", "minimum": 1})
VERSION = Kind(_version, {"const": 1})
AMOUNT = Kind(_amount, {"type": "number", "minimum": 0})
NUMBER = Kind(_number_or_text, {"type": ["number", "string"]})
SHA256 = Kind(_sha256, {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"})
RULE_ID = Kind(_rule_id, {"type": "string", "pattern": f"^(?:{'|'.join(RULE_FAMILIES)})[0-9]{{3}}$"})
OUTPUT = Kind(_output, {"enum": list(OUTPUTS)})
TERMS_ID = Kind(_terms_id, {"type": "string", "pattern": f"^{LICENSE_REF.pattern}$"})
LICENSE = Kind(_line, {"type": "string", "minLength": 1}, resolved=_license)

TASKS = tuple((Path(__file__).resolve().parent.parent / "knowledge/hub/pipeline_tags.txt").read_text("utf-8").split())
"""The Hub's pipeline tags (huggingface.js packages/tasks, fe42e680)."""
TASK = one_of(TASKS)
SEVERITY = one_of(SEVERITIES)

# What annotations hold: the type for type checkers, and the kind.
Line = Annotated[str, LINE]
LooseLine = Annotated[str, LOOSE_LINE]
Markdown = Annotated[str, MARKDOWN]
RepoId = Annotated[str, REPO_ID]
Url = Annotated[str, URL]
InnerPath = Annotated[str, INNER_PATH]
OutputName = Annotated[Output, OUTPUT]
Date = Annotated[datetime.date, DATE]
Count = Annotated[int, COUNT]
Version = Annotated[int, VERSION]
Amount = Annotated[Decimal, AMOUNT]
Number = Annotated[Decimal | str, NUMBER]
Sha256 = Annotated[str, SHA256]
Language = Annotated[str, one_of(LANGUAGES)]
RuleId = Annotated[str, RULE_ID]
TermsId = Annotated[str, TERMS_ID]
License = Annotated[str, LICENSE]
Task = Annotated[str, TASK]
