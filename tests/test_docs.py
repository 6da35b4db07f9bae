"""The documentation is held to the code, and its examples run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from generator.checks.run import all_rules
from generator.cli import COMMANDS, cli
from generator.documents.registry import DOCUMENTS

from .command import charter
from .conftest import TESTS

ROOT = TESTS.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "benchmarks" / "README.md"]
PAGES += sorted((ROOT / "docs").glob("*.md"))
SKILL = ROOT / "deploy" / "skills" / "modelcharter" / "SKILL.md"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.S)


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of one language on a page."""
    return [text for name, text in BLOCK.findall(page.read_text(encoding="utf-8")) if name == language]


def test_the_made_pages_are_in_step() -> None:
    done = subprocess.run(
        [sys.executable, "tools/make_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_problem_matcher_of_the_docs_reads_what_check_writes(tmp_path: Path) -> None:
    (tasks,) = blocks(ROOT / "docs" / "editors.md", "json")
    (task,) = json.loads(tasks)["tasks"]
    matcher = task["problemMatcher"]["pattern"]
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Bad}\nlayers: {weights: {availability: released, license: cc}}\n", encoding="utf-8"
    )
    lines = charter(*task["command"].split()[1:], cwd=tmp_path).stdout.splitlines()
    assert lines
    for line in lines:
        found = re.fullmatch(matcher["regexp"], line)
        assert found, line
        assert found[matcher["file"]] == "release.yaml"
        assert found[matcher["line"]].isdigit()
        assert re.fullmatch(r"[A-Z]+\d{3}", found[matcher["code"]])


def test_every_command_rule_and_output_is_in_the_docs() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name in COMMANDS:
        assert f"charter {name}" in text
    for rule in all_rules():
        assert rule.id in text
    for document in DOCUMENTS:
        assert document.path in text
        assert f"`{document.output}`" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_examples_of_the_readme_run(tmp_path: Path) -> None:
    readme = ROOT / "README.md"
    (source,) = blocks(readme, "yaml")
    (tmp_path / "release.yaml").write_text(source, encoding="utf-8")
    assert yaml.safe_load(source)["charter"] == 1
    for command, code in (("build", 0), ("check", 1)):
        done = charter(command, cwd=tmp_path)
        assert done.returncode == code, done.stdout + done.stderr
    (excerpt,) = blocks(readme, "text")
    shown = " ".join(done.stdout.split())
    assert all(" ".join(part.split()) in shown for part in re.split(r"\n\n|(?=  -->)|(?=  fix:)", excerpt))
    (script,) = blocks(readme, "python")
    ran = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "dist" / "LICENSES" / "LicenseRef-llama3.1.txt").is_file()


def test_the_examples_for_python_run(tmp_path: Path) -> None:
    page = ROOT / "docs" / "python.md"
    script = "\n".join(blocks(page, "python"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    ran = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    (errors,) = blocks(page, "text")
    assert ran.stdout.endswith(errors)
    assert (tmp_path / "dist" / "USE_POLICY.md").is_file()
    assert "co2_eq_emissions:" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_the_example_for_training_scripts_runs(tmp_path: Path) -> None:
    (script,) = blocks(ROOT / "docs" / "training.md", "python")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    ran = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    held = yaml.safe_load((tmp_path / "out" / "release.yaml").read_text(encoding="utf-8"))
    assert held["results"][0]["value"] == 0.931


def test_the_commands_of_the_readme_exist() -> None:
    lines = [line for block in blocks(ROOT / "README.md", "console") for line in block.splitlines()]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in lines:
        word, _, rest = line.partition(" ")
        name = rest.split(" ")[0]
        assert (
            (word == "make" and f"\n{name}:" in makefile)
            or (word == "charter" and name in COMMANDS)
            or word in ("pipx", "uvx")
        ), line


@pytest.mark.parametrize("page", [*PAGES, SKILL], ids=lambda path: path.name)
def test_the_commands_of_a_page_have_their_options(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    lines = [line for block in blocks(page, "console") for line in block.splitlines()]
    lines += re.findall(r"`(charter [a-z][^`]*)`", text)
    for line in lines:
        words = line.partition("#")[0].removeprefix("$ ").split()
        if len(words) < 2 or words[0] != "charter" or words[1] not in COMMANDS:
            continue
        command = cli.get_command(click.Context(cli), words[1])
        assert command
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        used = {word.partition("=")[0] for word in words[2:] if word.startswith("--")}
        assert used <= {*known, "--help"}, line


def test_the_skill_names_itself() -> None:
    _, front, _ = SKILL.read_text(encoding="utf-8").split("---", 2)
    header = yaml.safe_load(front)
    assert header["name"] == SKILL.parent.name
    assert 0 < len(header["description"]) <= 1024
