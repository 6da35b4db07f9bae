"""The text output: one writer, links and signs where they can be shown, and nothing wider than the terminal."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pexpect
import pytest

from generator import console
from tests.command import charter

COMMANDS = {
    "rights": ("rights", "llama3.1"),
    "rights-verbose": ("rights", "gemma", "--verbose"),
    "derive": ("derive", "--from", "gemma", "--relation", "adapter", "--as", "mit"),
    "derive-verbose": ("derive", "--from", "llama3.1", "--relation", "merge", "--as", "mit", "--verbose", "--quote"),
    "licenses": ("licenses",),
    "license": ("licenses", "mit"),
    "choose": ("licenses", "--sell", "--patents"),
    "openness": ("openness", "tests/examples/layered-five"),
    "openness-verbose": ("openness", "tests/examples/layered-five", "--verbose"),
    "check": ("check", "tests/examples/starcoder-finetune"),
}


def run_charter(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command with other variables."""
    return charter(*arguments, env=os.environ | environment)


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_line_is_wider_and_no_word_is_split(name: str, columns: int) -> None:
    text = run_charter(*COMMANDS[name], COLUMNS=str(columns)).stdout
    assert max(map(console.count_columns, text.splitlines())) <= columns
    wide = set(run_charter(*COMMANDS[name], COLUMNS="120").stdout.split())
    if name != "choose":  # it shows as much as its lines hold
        assert {word for word in text.split() if not word.isdigit() and not word.endswith("…")} <= wide | {
            "more:",
            "--verbose",
        }


@pytest.mark.parametrize("name", ["derive", "openness", "check"])
def test_the_answer_fits_one_screen(name: str) -> None:
    assert len(run_charter(*COMMANDS[name], COLUMNS="80").stdout.splitlines()) <= {"check": 48}.get(name, 32)


def in_terminal(*arguments: str, **environment: str) -> str:
    """What a terminal gets."""
    names = ("WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "DOMTERM", "TERM_PROGRAM", "VTE_VERSION", "NO_COLOR")
    plain = {key: value for key, value in os.environ.items() if key not in names}
    command = " ".join([sys.executable, "-m", "generator", *arguments])
    shown = pexpect.run(command, env=plain | {"TERM": "xterm"} | environment, encoding="utf-8", timeout=60)
    assert isinstance(shown, str)
    return shown


def test_clauses_are_links_where_the_terminal_supports_them() -> None:
    address = "https://scancode-licensedb.aboutcode.org/llama-3.1-license-2024.html"
    assert f";{address}\x1b\\1.b.i\x1b]8;;\x1b\\" in in_terminal("rights", "llama3.1", VTE_VERSION="7600")
    for variables in ({}, {"VTE_VERSION": "4200"}, {"VTE_VERSION": "7600", "NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b]8" not in in_terminal("rights", "llama3.1", **variables)
    assert "\x1b" not in run_charter("rights", "llama3.1", FORCE_HYPERLINK="1").stdout


def test_a_text_cannot_bring_its_own_link(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", Terminal())
    console.data("\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\")
    console.data("\x1b]8;id=charter-0;https://evil.example\x1b\\click")
    assert "evil.example\x1b" not in sys.stdout.getvalue()
    assert "\\x1b]8;;https://evil.example" in sys.stdout.getvalue()


def test_signs_are_plain_where_the_encoding_has_none() -> None:
    done = run_charter("rights", "gemma", PYTHONIOENCODING="ascii", COLUMNS="80")
    assert done.stdout.isascii()
    assert [line[0] for line in done.stdout.splitlines() if line and line[0] in "+!x?"] == ["+", "!", "x", "?"]
    assert "\\u" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_json_is_valid_in_every_encoding() -> None:
    done = run_charter("licenses", "LicenseRef-openmdw-1.1", "--format", "json", PYTHONIOENCODING="ascii")
    assert json.loads(done.stdout)["id"]


def test_wide_characters_count_twice_and_long_words_are_kept() -> None:
    lines = console.wrap("漢字" * 30 + " end", "  ", "    ", 40)
    assert max(map(console.count_columns, lines)) <= 40
    assert "".join("".join(line.split()) for line in lines) == "漢字" * 30 + "end"
    assert console.wrap("a " + "b" * 70 + " c", columns=40) == ["a", "b" * 70, "c"]


def test_derive_and_openness_show_more_on_request() -> None:
    short = run_charter(*COMMANDS["derive"]).stdout
    full = run_charter(*COMMANDS["derive"], "--verbose", "--quote").stdout
    assert short.splitlines()[1].startswith("✕ Answer       No. ")
    for words in ("Conditions", "Limitations", "In the words of the text"):
        assert words in full
        assert words not in short
    assert "Reasons: --verbose" in short
    assert "Reasons: --verbose" not in full


def test_an_act_without_conditions_to_meet_shows_what_it_depends_on() -> None:
    shown = run_charter("rights", "gpl-3.0", "--act", "use_outputs").stdout
    assert "conditions below" not in shown
    assert "! Condition    Output is covered only if its content is itself a covered work.\n" in shown


@pytest.mark.parametrize("columns", ["60", "120"])
def test_rules_are_listed_within_the_width(columns: str) -> None:
    lines = run_charter("rules", COLUMNS=columns).stdout.splitlines()
    assert max(map(len, lines)) <= int(columns)
    assert sum(line.startswith("LIN2") for line in lines) == 9


def test_licenses_are_listed_in_groups_and_a_choice_is_five_with_counts() -> None:
    listed = run_charter("licenses", COLUMNS="120").stdout
    titles = [line for line in listed.splitlines() if line and not line.startswith(" ") and line.endswith(")")]
    assert titles[0].startswith("Open, for software (")
    opened = listed.partition("No limits on use, but on no list of open licenses")
    for listed_elsewhere in ("kimi-k2", "h-research", "intel-research", "apple-ascl"):
        assert f"  {listed_elsewhere}  " not in opened[0]
        assert f"  {listed_elsewhere}  " in opened[2]
    assert "  gemma  " in listed.partition("With limits on use")[2].partition("\n\n")[0]
    assert "  cc-by-nc-4.0  " in listed.partition("Noncommercial")[2].partition("\n\n")[0]
    chosen = run_charter(*COMMANDS["choose"]).stdout
    assert chosen.splitlines()[2].startswith("1. apache-2.0: Apache License 2.0")
    assert "OSI-approved, in the Hub's list, widely used" in chosen
    assert sum(line[:1].isdigit() for line in chosen.splitlines()) == 5
    assert "\nRuled out: " in chosen
    assert "It grants no patents (" in chosen
