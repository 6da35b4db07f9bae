"""What the shell offers when Tab is pressed, and the manual page."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from generator.cli import COMMANDS
from tests.command import charter
from tests.conftest import TESTS

MAN = TESTS.parent / "docs" / "man" / "charter.1"


def offered(line: str, tmp_path: Path) -> list[str]:
    """What bash is offered at the end of a line."""
    words = line.split(" ")
    env = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1), "_CHARTER_COMPLETE": "bash_complete"}
    return charter(cwd=tmp_path, env=os.environ | env).stdout.splitlines()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("charter ri", ["plain,rights"]),
        ("charter rights gem", ["plain,gemma", "file,gem"]),
        ("charter derive --from gemma,llama3.", [f"plain,gemma,llama3.{number}" for number in (1, 2, 3)]),
        ("charter derive --as apache", ["plain,Apache-2.0", "plain,apache-2.0"]),
        ("charter derive --relation fine", ["plain,finetune"]),
        ("charter rights mit --act publish_m", ["plain,publish_merge"]),
    ],
)
def test_tab_completes_commands_licenses_relations_and_acts(line: str, expected: list[str], tmp_path: Path) -> None:
    assert offered(line, tmp_path) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(shell: str, tmp_path: Path) -> None:
    done = charter(cwd=tmp_path, env=os.environ | {"_CHARTER_COMPLETE": f"{shell}_source"})
    assert "charter" in done.stdout
    assert "_CHARTER_COMPLETE" in done.stdout


def test_the_manual_page_has_every_command_and_no_instruction_out_of_a_text() -> None:
    page = MAN.read_text(encoding="utf-8")
    assert all(f".SS charter {name} " in page for name in COMMANDS)
    assert {line.split()[0] for line in page.splitlines() if line.startswith((".", "'"))} == {
        ".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".I", ".nf", ".fi",
    }  # fmt: skip


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_manual_page_is_formatted_without_a_warning() -> None:
    done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", MAN], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "charter check" in done.stdout
