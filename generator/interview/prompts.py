"""Prompts as data: what is asked, the options and their texts. A terminal or a page renders them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, NamedTuple

BACK = object()
"""What a renderer returns if the person goes back."""


KEEP, LATER, OTHER = "\0keep", "\0later", "\0other"
"""Values of options that nobody can type: keep the answer as it is, decide later, something else."""


class Option(NamedTuple):
    """One option of a prompt.

    Attributes:
        value: What the prompt returns for it.
        label: Its name.
        note: A few words beside the name: the source, or why it is recommended.
        lines: Lines under it.
        barred: Why it can't be chosen, and what works instead; empty if it can be chosen.
        style: `error`, `warning`, `quiet` or empty.
        deed: What a license allows and requires: `may`, `must` or `may not`, each with the acts. `lines` say the same.
    """

    value: Any
    label: str
    note: str = ""
    lines: tuple[str, ...] = ()
    barred: str = ""
    style: str = ""
    deed: tuple[tuple[str, str], ...] = ()


def no_options() -> tuple[Option, ...]:
    """Return no options."""
    return ()


class Prompt(NamedTuple):
    """A question with options, or a line of text, or both.

    Attributes:
        title: Its name in a few words, such as `License`.
        question: The question.
        help: The explanation that F1 shows.
        options: The options, in order.
        default: The number of the option that Enter takes first.
        notes: Lines under the question, each with a style as an option has it.
        hidden: More options, found by typing only.
        check: Whether a typed text is accepted: returns an error, or an empty text. None if no text is accepted.
        example: An example of a typed text.
        has_marks: Whether `?` and `<` are part of a typed text, as in a web address.
        typed_as: Returns how a typed text is shown among the options.
    """

    title: str
    question: str
    help: str
    options: tuple[Option, ...]
    default: int = 0
    notes: tuple[tuple[str, str], ...] = ()
    hidden: Callable[[], tuple[Option, ...]] = no_options
    check: Callable[[str], str] | None = None
    example: str = ""
    has_marks: bool = False
    typed_as: Callable[[str], str] = str


class Prose(NamedTuple):
    """A question for a text of several lines, in Markdown.

    Attributes:
        title: Its name in a few words.
        question: The question.
        help: The explanation that F1 shows.
        text: The text to begin with.
        in_editor: Whether the person's own editor is opened.
    """

    title: str
    question: str
    help: str
    text: str = ""
    in_editor: bool = False


Dialog = Generator[Prompt | Prose, Any, Any]
"""Yields prompts, gets the value of each, or BACK, and returns BACK or None."""


def at(options: tuple[Option, ...], value: object) -> int:
    """Return the number of the option with a value; the first where none has it.

    Args:
        options: The options of a prompt.
        value: The value.
    """
    return next((number for number, option in enumerate(options) if option.value == value), 0)
