"""The gate where nobody is looking: the hook, the action, the page about both, the example script."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from generator.cli import COMMANDS, cli

from .conftest import EXAMPLES, TESTS

ROOT = TESTS.parent
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
SCRIPT = ROOT / "docs" / "examples" / "publish.py"
BAD = "charter: 1\nrelease: {name: Bad, repo: lab/bad}\nlayers:\n  weights: {availability: released, files: [a.bin]}\n"


def known_options(command: str) -> set[str]:
    """The options of a command."""
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    return {name for parameter in found.params for name in parameter.opts} | {"--help"}


def used(text: str) -> list[tuple[str, list[str]]]:
    """Each call of charter in a text, and its long options."""
    calls = re.findall(r"charter ([a-z]+)((?:[^\n`;|]|\\\n)*)", text)
    return [(name, re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest)) for name, rest in calls if name in COMMANDS]


@pytest.mark.parametrize("text", [PAGE, json.dumps(ACTION).replace("\\n", "\n"), json.dumps(HOOKS)])
def test_every_option_that_is_used_exists(text: str) -> None:
    calls = used(text)
    assert calls
    for command, options in calls:
        assert set(options) <= known_options(command), (command, options)
    for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", text):
        assert any(option in known_options(name) for name in COMMANDS) or option in ("--dry-run", "--quiet",
            "--disable-pip-version-check"), option  # fmt: skip


def test_every_option_of_the_gate_is_on_its_page() -> None:
    for option in known_options("check") - {"--help", "--online"}:
        assert option in PAGE


def test_the_hooks_say_what_pre_commit_asks_for() -> None:
    for hook in HOOKS:
        assert {"id", "name", "entry", "language"} <= set(hook)
        assert hook["language"] == "python"
    assert {hook["id"] for hook in HOOKS} == {"charter-check", "charter-check-folder"}


@pytest.mark.parametrize(
    ("path", "taken"),
    [("release.yaml", True), ("a/b/release.yaml", True), ("my-release.yaml", False), ("release.yaml.orig", False)],
)
def test_the_hook_takes_release_files(path: str, taken: bool) -> None:
    (hook,) = [hook for hook in HOOKS if hook["id"] == "charter-check"]
    assert bool(re.search(hook["files"], path)) == taken


def test_the_hook_stops_a_commit(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "release.yaml").write_text(BAD, encoding="utf-8")
    shutil.copyfile(EXAMPLES[0] / "release.yaml", tmp_path / "release.yaml")
    for hook, files, code in (
        (HOOKS[0], ["release.yaml"], 0),
        (HOOKS[0], ["release.yaml", "bad/release.yaml"], 1),
        (HOOKS[1], [], 0),
    ):
        first, *rest = shlex.split(hook["entry"])
        command = [str(Path(sys.executable).parent / first), *rest, *files]
        assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == code


def test_the_action_puts_no_input_into_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert step.get("shell") == "bash" or "uses" in step
    stated = json.dumps(ACTION["runs"])
    assert set(re.findall(r"inputs\.([a-z-]+)", stated)) == set(ACTION["inputs"])


def action(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the checking step of the action as a runner would."""
    (step,) = [step for step in ACTION["runs"]["steps"] if step.get("id") == "check"]
    values = {name: entry["default"] for name, entry in ACTION["inputs"].items()}
    values |= {name.replace("_", "-"): value for name, value in inputs.items()}
    given = {}
    for name, expression in step["env"].items():
        found = re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", expression)
        if found:
            given[name] = values[found.group(1)]
    given["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    given["GITHUB_OUTPUT"] = str(folder / "output")
    bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(bash, cwd=folder, env=os.environ | given, capture_output=True, text=True, check=False)


def test_the_action_annotates_and_fails(tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "release.yaml").write_text(BAD, encoding="utf-8")
    shutil.copyfile(EXAMPLES[0] / "release.yaml", tmp_path / "release.yaml")
    assert action(tmp_path).returncode == 0
    done = action(tmp_path, targets="release.yaml\n\na b\n")
    assert done.returncode == 1
    assert "::error file=a b/release.yaml,line=4,col=12,title=REL101" in done.stdout
    assert action(tmp_path, targets="a b", ignore="REL101").returncode == 0
    assert action(tmp_path, targets="a b", select="HUB", fail_on="info").returncode == 1


def test_the_action_writes_a_log_for_code_scanning(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(BAD, encoding="utf-8")
    done = action(tmp_path, format="sarif", sarif_file="my log.sarif")
    assert done.returncode == 1
    assert json.loads((tmp_path / "my log.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert (tmp_path / "output").read_text(encoding="utf-8") == "sarif-file=my log.sarif\n"


@pytest.mark.parametrize("target", ["$(touch pwned)", "`touch pwned`", "; touch pwned", "--fix", "*", "a'\"b"])
def test_the_action_runs_nothing_that_an_input_says(target: str, tmp_path: Path) -> None:
    text = BAD + "rules: {REL101: off}\n"
    (tmp_path / "release.yaml").write_text(text, encoding="utf-8")
    done = action(tmp_path, targets=target)
    assert done.returncode == 2
    assert not (tmp_path / "pwned").exists()
    assert (tmp_path / "release.yaml").read_text(encoding="utf-8") == text


def publish(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the example script."""
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_example_script_goes_as_far_as_its_options_say(tmp_path: Path) -> None:
    done = publish(TESTS / "examples" / "all-open", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "would publish to example-lab/open-small: LICENSE" in done.stdout


def test_the_example_script_stops_at_errors(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(BAD, encoding="utf-8")
    done = publish(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Bad: Not ready: " in done.stderr
    assert "charter check" in done.stderr
    assert os.listdir(tmp_path) == ["release.yaml"]  # noqa: PTH208 - names alone


def test_the_script_of_the_page_runs(tmp_path: Path) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    shutil.copyfile(TESTS / "examples" / "all-open" / "release.yaml", tmp_path / "release.yaml")
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "dist" / "README.md").is_file()


def test_the_snippets_of_the_page_are_yaml() -> None:
    for snippet in re.findall(r"```yaml\n(.*?)```", PAGE, re.S):
        assert yaml.safe_load(snippet)
