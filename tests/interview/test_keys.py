"""Keys and screens of the interview, in a real pseudo-terminal."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from generator import load_release
from generator.interview.terminal import cut, fill
from tests.interview.folders import PERSONAS
from tests.interview.terminal import CTRL_C, CTRL_G, DOWN, ENTER, ESC, F1, TAB, Terminal


def test_help_filter_back_and_marks(tmp_path: Path) -> None:
    terminal = Terminal(PERSONAS["gemma"](tmp_path), columns=60, rows=20)
    assert "Esc back" not in terminal.prompt(), "there is nothing to go back to"
    terminal.press(ESC)
    assert terminal.title() == "What it is"
    for key in (F1, CTRL_G, "?"):
        terminal.press(key)
        assert "The kind decides" in terminal.words()
        assert "F1 close help" in terminal.prompt()
        terminal.is_whole()
        terminal.press(key)
        assert "The kind decides" not in terminal.words()
    terminal.press("mer")
    assert terminal.focus().startswith("│  ● Merge")
    assert "Esc clear" in terminal.prompt()
    terminal.press(ESC)
    assert "Adapter for google/gemma-2-2b" in terminal.focus()
    terminal.press(ENTER)
    terminal.press("<")
    assert terminal.title() == "What it is", "`<` goes back, and is no part of a value"
    terminal.press(ENTER, "Poet?")
    assert "F1 close help" in terminal.prompt()
    terminal.press(ENTER, ESC)
    assert terminal.focus().startswith("│  ● Poet")
    assert "?" not in terminal.focus()
    terminal.press(TAB, "2", ENTER, ESC)
    assert terminal.focus().startswith("│  ● Poet2")
    terminal.press(ENTER, ENTER)
    assert terminal.title() == "License"
    terminal.press("mit", ENTER)
    assert "What works: Gemma Terms of Use." in terminal.words()
    terminal.is_whole()
    terminal.press(CTRL_C)
    terminal.wait()
    assert terminal.child.exitstatus == 130
    assert "Your answers are saved in" in " ".join(terminal.text().split())
    assert "Traceback" not in terminal.text()


def test_killed_it_continues_where_it_was(tmp_path: Path) -> None:
    folder = PERSONAS["gguf"](tmp_path)
    terminal = Terminal(folder)
    terminal.follow({"Name on the Hub": "=lab/qwen"}, until="License")
    terminal.child.kill(signal.SIGKILL)
    terminal.wait()
    again = Terminal(folder, columns=60, rows=20, NO_COLOR="1")
    assert "after 2 questions" in again.words()
    again.press(ENTER)
    assert again.title() == "License"
    again.follow({"License": "Apache-2.0"})
    again.choose("Write and build")
    again.wait()
    assert load_release(folder).release.repo == "lab/qwen"
    for colour in (b"\x1b[38;5", b"\x1b[0;38", b"\x1b[31m", b"\x1b[0;31"):
        assert colour not in again.raw


@pytest.mark.exhaustive
@pytest.mark.parametrize("persona", PERSONAS)
def test_paused_at_every_prompt_it_continues_there(tmp_path: Path, persona: str) -> None:
    folder = PERSONAS[persona](tmp_path)
    terminal, paused = Terminal(folder), []
    while (title := terminal.title()) != "Review":
        terminal.press(CTRL_C)
        terminal.wait()
        assert terminal.child.exitstatus == 130
        paused.append(title)
        terminal = Terminal(folder)
        if len(paused) > 1:
            assert terminal.title() == "Saved answers"
            terminal.press(ENTER)
        assert terminal.title() == title
        terminal.press(ENTER)
    assert len(paused) >= 5
    terminal.choose("Write and build")
    terminal.wait()
    assert (folder / "release.yaml").is_file()


def test_help_and_back_are_in_every_prompt(tmp_path: Path) -> None:
    terminal = Terminal(PERSONAS["llama"](tmp_path), columns=60, rows=20)
    terminal.press(ENTER)
    for _ in range(12):
        if terminal.title() == "Review":
            break
        title = terminal.title()
        terminal.is_whole()
        assert "Esc back" in terminal.prompt()
        terminal.press(F1)
        terminal.is_whole()
        assert "close help" in terminal.prompt()
        terminal.press(F1, ESC)
        assert terminal.title() != title
        terminal.press(ENTER, ENTER)
    assert terminal.title() == "Review"
    terminal.press(F1, DOWN)
    terminal.is_whole()
    terminal.close()


def test_lines_break_between_words_and_long_words_end_in_a_mark() -> None:
    assert fill("one two three", 7) == ["one two", "three"]
    assert fill("LicenseRef-something-long", 10) == ["LicenseRe…"]
    assert fill("日本語のテキスト", 9) == ["日本語の…"]
    assert cut("one two three", 9) == "one two…"
    assert cut("one", 3) == "one"
