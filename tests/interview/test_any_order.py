"""People who choose anything: whatever they answer, no error ends the interview, and what it writes can be read."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from generator import load_release
from generator.api.interview import interview, open_session
from generator.errors import InterruptedWizard
from generator.interview.prompts import BACK, Prompt, Prose
from tests.interview.folders import PERSONAS, adapter

TEXTS = (
    "lab/base",
    "Anna B",
    "apache-2.0",
    "gemma",
    "en, pl",
    "https://example.org/x?a=b",
    "rajpurkar/squad",
    "2026 Lab",
)
LIMIT = 30
"""Prompts that are answered at random; from then on Enter ends the interview."""


class Anyone:
    """Chooses at random.

    Args:
        seed: The person.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0
        self.answers: list[str] = []

    def ask(self, prompt: Prompt | Prose, place: str, *, can_go_back: bool) -> Any:  # noqa: ANN401
        """Return any value that a person can give."""
        self.count += 1
        value = self.any_value(prompt, can_go_back)
        self.answers.append(f"{prompt.title}: {value!r}")
        return value

    def any_value(self, prompt: Prompt | Prose, can_go_back: bool) -> Any:  # noqa: ANN401
        """A value; what Enter gives once the limit is reached."""
        if self.count > LIMIT:
            return None if isinstance(prompt, Prose) else prompt.options[prompt.default].value
        if can_go_back and self.random.random() < 0.1:
            return BACK
        if self.random.random() < 0.01:
            raise KeyboardInterrupt
        if isinstance(prompt, Prose):
            return self.random.choice([None, "Some text.\n", prompt.text or None])
        if prompt.check is not None and self.random.random() < 0.4:
            texts = [text for text in TEXTS if not prompt.check(text)]
            if texts:
                return self.random.choice(texts)
        hidden = list(prompt.hidden()) if self.random.random() < 0.2 or not prompt.options else []
        found = [option for option in (*prompt.options, *hidden) if not option.barred]
        if prompt.title == "Review":
            found = [
                option for option in found if option.value not in ("write", "preview", "publish", "leave")
            ] or found
        return self.random.choice(found).value if found else BACK

    def show(self, text: str, style: str = "") -> None:
        """Show nothing."""


def lora(place: Path) -> Path:
    """A LoRA for a base that nobody knows."""
    return adapter(place / "lora", "lab/secret")


FOLDERS = {**PERSONAS, "unknown": lora}


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        pytest.param(name, seed, marks=[pytest.mark.exhaustive] if seed else [])
        for name in FOLDERS
        for seed in range(20)
    ],
)
@pytest.mark.parametrize("expert", [False, True])
def test_any_answers_end_in_a_release_file(tmp_path: Path, name: str, seed: int, expert: bool) -> None:
    folder = FOLDERS[name](tmp_path)
    person = Anyone(seed)
    for _ in range(6):
        session, reopened = open_session(folder)
        session.tools = session.tools._replace(
            look_up=lambda ref: "mit", preview=lambda: [], dry_run=lambda: [], fetch_texts=lambda keys, say: None
        )
        try:
            done = interview(session, person, expert=expert, reopened=reopened)
        except InterruptedWizard:
            continue
        assert done or (folder / ".charter-draft.json").is_file(), person.answers
        break
    if (folder / "release.yaml").is_file():
        load_release(folder)
