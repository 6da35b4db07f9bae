"""The files that GitHub and GitLab read fit their schemas, out of the copy of schemastore.org in a package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .conftest import TESTS

ROOT = TESTS.parent
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))


def validate(schema: str, *paths: Path, options: tuple[str, ...] = ()) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *options, *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_workflows_action_and_updates_fit_their_schemas() -> None:
    validate("github-workflows", *sorted((ROOT / ".github" / "workflows").glob("*.yml")))
    validate("github-actions", ROOT / "action.yml")
    validate("dependabot", ROOT / ".github" / "dependabot.yml")
    validate("gitlab-ci", *(ROOT / "deploy" / "gitlab").glob("*.yml"), options=("--data-transform", "gitlab-ci"))


@pytest.mark.skipif(sys.platform != "linux", reason="the package that brings actionlint is installed on Linux alone")
def test_workflows_have_no_fault_that_actionlint_finds() -> None:
    command = [Path(sys.executable).with_name("actionlint"), *sorted((ROOT / ".github" / "workflows").glob("*.yml"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_issue_forms_ask_what_is_needed(form: Path) -> None:
    content = yaml.safe_load(form.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(content)
    fields = [part for part in content["body"] if part["type"] != "markdown"]
    assert len({part["id"] for part in fields}) == len(fields)
    assert all(part["attributes"]["label"] for part in fields)


def test_the_version_is_one_everywhere() -> None:
    import generator

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == generator.__version__
    assert f'version = "{generator.__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
