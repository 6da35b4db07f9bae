"""A person without a terminal: takes options of prompts by their words, and keeps what was asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generator.api.interview import interview, open_session
from generator.interview.prompts import BACK, Prompt, Prose
from generator.release.model import Release


class Paused(Exception):
    """The person paused."""


class Script:
    """Answers prompts.

    Args:
        answers: By title, the words of the option to choose, or `=TEXT` for a typed text; a list for one after the
            other. Prompts that aren't there get Enter.
        pause_at: The number of the prompt at which the person pauses, from 1.
        back_at: The number of the prompt at which the person goes back once, from 1.
    """

    def __init__(self, answers: dict[str, Any] | None = None, *, pause_at: int = 0, back_at: int = 0) -> None:
        self.answers = {title: list(a) if isinstance(a, list) else [a] for title, a in (answers or {}).items()}
        self.pause_at, self.back_at = pause_at, back_at
        self.prompts: list[Prompt | Prose] = []
        self.shown: list[str] = []

    def ask(self, prompt: Prompt | Prose, place: str, *, can_go_back: bool) -> Any:  # noqa: ANN401
        """Return the value of a prompt."""
        self.prompts.append(prompt)
        if len(self.prompts) == self.pause_at:
            raise KeyboardInterrupt
        if len(self.prompts) == self.back_at and can_go_back:
            return BACK
        held = self.answers.get(prompt.title)
        answer = (held.pop(0) if len(held) > 1 else held[0]) if held else None
        if isinstance(prompt, Prose):
            return f"{answer}\n" if answer else None
        assert prompt.help
        assert prompt.question
        assert not prompt.options[prompt.default].barred
        if answer is None:
            return prompt.options[prompt.default].value
        if answer is BACK:
            return BACK
        if answer.startswith("="):
            assert prompt.check is not None, prompt.title
            assert not (error := prompt.check(answer[1:])), error
            return answer[1:]
        options = (*prompt.options, *prompt.hidden())
        found = [option for option in options if answer in f"{option.label} {option.note} {option.value}"]
        assert found, f"{answer!r} is not among {[option.label for option in prompt.options]}"
        assert not found[0].barred, found[0].barred
        return found[0].value

    def show(self, text: str, style: str = "") -> None:
        """Keep a line."""
        self.shown.append(text)

    @property
    def titles(self) -> list[str]:
        """The titles of the prompts."""
        return [prompt.title for prompt in self.prompts]

    def prompt(self, title: str) -> Prompt:
        """The last prompt with a title."""
        found = [prompt for prompt in self.prompts if prompt.title == title and isinstance(prompt, Prompt)]
        assert found, self.titles
        return found[-1]


def held(folder: Path, answers: dict[str, Any] | None = None, **how: Any) -> Script:  # noqa: ANN401
    """Hold an interview on a folder, and return who answered."""
    expert, tools = how.pop("expert", False), how.pop("tools", {})
    script = Script(answers, **how)
    session, reopened = open_session(folder)
    session.tools = session.tools._replace(**tools)
    interview(session, script, expert=expert, reopened=reopened)
    return script


def released(folder: Path) -> Release:
    """The release file of a folder."""
    from generator import load_release

    return load_release(folder)
