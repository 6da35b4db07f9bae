"""Prompts of the interview as forms: a template renders a prompt, and a form becomes its value."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from generator.interview.prompts import BACK, KEEP, LATER, Option, Prompt, Prose
from generator.translations import format_number
from generator.translations import gettext as _

TEXT_LIMIT = 200_000
"""Characters of a typed text."""
COMPLETIONS = 40
"""Names that complete a typed text at a time."""
_NO_ANSWER = (None, LATER, "later")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Line(NamedTuple):
    """A line under an option; `kind` is `may`, `must`, `may not` or empty."""

    kind: str
    text: str


class OptionView(NamedTuple):
    """An option of a question."""

    key: str
    label: str
    note: str
    lines: tuple[Line, ...]
    barred: str
    style: str
    chosen: bool
    license: str


class Form(NamedTuple):
    """A question as a form.

    Attributes:
        kind: `choice`, `line` or `prose`.
        text: What the field for text begins with.
        typed: Whether a text can be typed.
        completes: Whether names complete it.
        error: Why the last answer wasn't taken.
        cards: Whether there are licenses among the options.
        nested: Whether this is a question that an earlier answer led to.
        draft: A text that can be taken to begin with.
    """

    unit: str
    prompt: str
    title: str
    question: str
    help: str
    notes: tuple[tuple[str, str], ...]
    kind: str
    options: tuple[OptionView, ...]
    text: str
    typed: bool
    completes: bool
    example: str
    error: str
    cards: bool
    nested: bool
    answered: bool
    draft: str = ""

    @property
    def id(self) -> str:
        """The id of its element."""
        return form_id(self.unit)

    @property
    def comparable(self) -> bool:
        """Whether there are several licenses to compare."""
        return sum(bool(option.license and not option.barred) for option in self.options) > 1


def slug(name: str) -> str:
    """Return a name as a part of an id.

    Args:
        name: The id of a step or of a field.
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def form_id(unit: str) -> str:
    """Return the id of the element of a form.

    Args:
        unit: The id of the step or of the field.
    """
    return f"f-{slug(unit)}"


def prompt_id(prompt: Prompt | Prose) -> str:
    """Return what tells one question of a step from another.

    Args:
        prompt: The question.
    """
    return _digest(f"{type(prompt).__name__}\0{prompt.title}\0{prompt.question}")


def form_of(
    unit: str, prompt: Prompt | Prose, *, answered: bool, nested: bool = False, text: str | None = None, error: str = ""
) -> Form:
    """Return a question as a form.

    Args:
        unit: The id of the step or of the field.
        prompt: The question.
        answered: Whether it was answered before.
        nested: Whether an earlier answer led to it.
        text: A text that was typed and not taken.
        error: Why it wasn't taken.
    """
    options = () if isinstance(prompt, Prose) else tuple(_options(prompt, answered=answered, nested=nested))
    line = isinstance(prompt, Prompt) and is_line(prompt)
    prose = isinstance(prompt, Prose)
    held = prompt.text if isinstance(prompt, Prose) else _held(prompt) if is_line(prompt) else ""
    return Form(
        unit=unit,
        prompt=prompt_id(prompt),
        title=prompt.title,
        question=prompt.question,
        help=prompt.help,
        notes=() if isinstance(prompt, Prose) else prompt.notes,
        kind="prose" if prose else "line" if line else "choice",
        options=options,
        text=held if text is None else text,
        typed=prose or (isinstance(prompt, Prompt) and (prompt.check is not None or _has_hidden(prompt))),
        completes=isinstance(prompt, Prompt) and _has_hidden(prompt),
        example="" if isinstance(prompt, Prose) else prompt.example,
        error=error,
        cards=any(option.license for option in options),
        nested=nested,
        answered=answered,
    )


def is_line(prompt: Prompt) -> bool:
    """Return whether a prompt is a line of text: its options keep the answer, or leave it out.

    Args:
        prompt: The question.
    """
    return prompt.check is not None and all(option.value in (KEEP, *_NO_ANSWER) for option in prompt.options)


def value_of(prompt: Prompt | Prose, key: str, text: str) -> tuple[Any, str]:
    """Return the value of an answer, or why it isn't taken.

    Args:
        prompt: The question.
        key: The key of the option that was chosen; empty if a text was typed.
        text: The typed text.
    """
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > TEXT_LIMIT:
        return None, _("The text is longer than {number} characters.").format(number=format_number(TEXT_LIMIT))
    if isinstance(prompt, Prose):
        return (f"{text.rstrip()}\n" if text.strip() else None), ""
    if key:
        return _chosen(prompt, key)
    text = text.strip()
    if is_line(prompt):
        if text == _held(prompt) and text:
            return KEEP, ""
        if not text:
            empty = next((option.value for option in prompt.options if option.value in _NO_ANSWER), None)
            return empty, ""
    if not text:
        return None, _("Type an answer, or choose one of the options.")
    known = next((option for option in (*prompt.options, *prompt.hidden()) if _is_named(option, text)), None)
    if known is not None:
        return known.value, known.barred
    if prompt.check is None:
        return None, _("{value} is not one of the options.").format(value=text[:80])
    return text, prompt.check(text)


def completions(prompt: Prompt | Prose, text: str) -> list[tuple[str, str]]:
    """Return names that complete a typed text, each with a description.

    Args:
        prompt: The question.
        text: What was typed; after a comma the last name counts.
    """
    if isinstance(prompt, Prose):
        return []
    before, comma, word = text.rpartition(",")
    words = word.casefold().split()
    lead = f"{before}{comma} " if comma else ""
    found = [o for o in prompt.hidden() if all(w in f"{o.value} {o.label}".casefold() for w in words)]
    found.sort(key=lambda option: not str(option.value).casefold().startswith(word.strip().casefold()))
    return [(f"{lead}{option.value}", _described(option)) for option in found[:COMPLETIONS]]


def _described(option: Option) -> str:
    label = "" if option.label == str(option.value) else option.label
    return _("not allowed: {reason}").format(reason=option.barred) if option.barred else label


def _is_named(option: Option, text: str) -> bool:
    names = (option.label, option.label.partition("  ")[0], option.value if isinstance(option.value, str) else "")
    return text.casefold() in [name.casefold() for name in names if name and "\0" not in name]


def _chosen(prompt: Prompt, key: str) -> tuple[Any, str]:
    for option in prompt.options:
        if _key(option) == key:
            return option.value, option.barred
    return None, _("This option is gone. Choose another one.")


def _options(prompt: Prompt, *, answered: bool, nested: bool) -> Iterable[OptionView]:
    line = is_line(prompt)
    for number, option in enumerate(prompt.options):
        default = number == prompt.default and not line and not nested
        yield OptionView(
            key=_key(option),
            label=option.label,
            note=option.note,
            lines=tuple(Line(*pair) for pair in option.deed or (("", text) for text in option.lines)),
            barred=option.barred,
            style=option.style,
            chosen=default and not option.barred and (answered or option.value not in _NO_ANSWER),
            license=option.value if option.deed and isinstance(option.value, str) else "",
        )


def _held(prompt: Prompt) -> str:
    """The present text of a line."""
    return next((option.label for option in prompt.options if option.value == KEEP), "")


def _has_hidden(prompt: Prompt) -> bool:
    return prompt.hidden is not Prompt._field_defaults["hidden"]


def _key(option: Option) -> str:
    """What stands for an option in a form: the same in each run, whatever its place."""
    return "back" if option.value is BACK else _digest(repr(option.value))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
