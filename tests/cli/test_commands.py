"""The command line: answers to standard output, talk to standard error, exit codes as the contract has them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

from generator.checks.run import all_rules
from generator.cli import COMMANDS
from generator.release.schema import json_schema
from tests.command import charter as run_charter
from tests.conftest import EXAMPLES, TESTS

NUMBERS = ("charter", "parameters", "context_length", "value")
BAD = "charter: 1\nrelease: {name: Bad, repo: lab/bad}\nlayers: {weights: {availability: released}}\n"


def charter(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return run_charter(*arguments, env=os.environ | environment)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = charter(command, "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout


def test_bad_usage_ends_with_2() -> None:
    assert charter("no-such-command").returncode == 2
    assert charter("check", "--fail-on", "never").returncode == 2
    assert charter("check", "--today", "tomorrow", TESTS / "examples" / "all-open").returncode == 2


def test_check_answers_in_json_and_closes_the_gate(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(BAD, encoding="utf-8")
    done = charter("check", tmp_path, "--format", "json")
    assert done.returncode == 1
    assert done.stderr == ""
    report = json.loads(done.stdout)
    assert report["schema"] == "modelcharter.report/1"
    assert report["exit_code"] == 1
    assert report["counts"]["error"] >= 1
    places = [(f["location"]["file"], f["location"]["line"], f["rule"]) for f in report["findings"]]
    assert places == sorted(places)


def test_build_ends_with_0_whatever_the_gate_says(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(BAD, encoding="utf-8")
    assert charter("build", tmp_path).returncode == 0


def test_rules_can_be_turned_and_accepted(tmp_path: Path) -> None:
    accept = "accept: [{rule: REL101, reason: Decided., until: 2026-01-31}]\nrules: {REL105: off}\n"
    (tmp_path / "release.yaml").write_text(BAD + accept, encoding="utf-8")
    held = json.loads(charter("check", tmp_path, "--format", "json", "--today", "2026-01-31").stdout)
    assert [f["accepted"] for f in held["findings"] if f["rule"] == "REL101"] == [True]
    assert not [f for f in held["findings"] if f["rule"] == "REL105"]
    assert held["exit_code"] == 0
    expired = charter("check", tmp_path, "--format", "json", SOURCE_DATE_EPOCH="1769904000")  # 2026-02-01
    assert json.loads(expired.stdout)["exit_code"] == 1


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_the_schema_holds_for_every_example(example: Path) -> None:
    schema = json.loads(charter("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    document = yaml.load((example / "release.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)

    def number(value: str) -> object:
        return yaml.safe_load(value)

    def typed(value: object) -> object:
        """Numbers where the format has numbers: an editor reads them so."""
        if isinstance(value, dict):
            return {k: number(v) if k in NUMBERS else typed(v) for k, v in value.items()}
        return [typed(entry) for entry in value] if isinstance(value, list) else value

    jsonschema.validate(typed(document), schema, cls=jsonschema.Draft202012Validator)


def test_every_field_of_the_schema_is_described() -> None:
    schema = json_schema()
    for part in (schema, *schema["$defs"].values()):
        assert part["description"]
        for name, field in part["properties"].items():
            assert field["description"].endswith("."), name


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_a_rule_is_explained_with_a_bad_and_a_good_example(rule: object) -> None:
    done = charter("rules", rule.id)  # type: ignore[attr-defined] # a Rule
    assert done.returncode == 0
    assert "Bad:" in done.stdout
    assert "Good" in done.stdout


def test_control_characters_of_a_value_reach_no_terminal(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(BAD.replace("Bad", '"\\u202egnp"'), encoding="utf-8")
    done = charter("check", tmp_path)
    assert done.returncode == 2
    assert "\u202e" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["rights", "check", "build", "licenses"])
def test_a_name_that_no_system_takes_is_told(command: str) -> None:
    done = charter(command, "./" + "a" * 300)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("error: ")


def test_an_empty_folder_is_no_release(tmp_path: Path) -> None:
    done = charter("check", tmp_path)
    assert done.returncode == 2
    assert "no such file" in done.stderr


def test_licenses_are_listed_shown_compared_and_printed() -> None:
    listed = json.loads(charter("licenses", "--for", "data", "--search", "cdla", "--format", "json").stdout)
    assert [entry["id"] for entry in listed["licenses"]] == [
        "CDLA-Permissive-1.0",
        "CDLA-Permissive-2.0",
        "CDLA-Sharing-1.0",
    ]
    shown = json.loads(charter("licenses", "llama2", "--format", "json").stdout)
    assert (shown["id"], shown["acts"]["sublicense"]["answer"]) == ("LicenseRef-llama2", "no")
    assert "1.b.v" in charter("licenses", "llama2").stdout
    side_by_side = charter("licenses", "mit", "gpl-3.0").stdout
    assert any(line.split()[:2] == ["Share", "alike"] and line.endswith("5(c)") for line in side_by_side.splitlines())
    assert charter("licenses", "mit", "--text").stdout.startswith("MIT License")


def test_a_license_is_chosen_by_intent_and_the_others_ruled_out_by_a_fact() -> None:
    done = charter(
        "licenses", "--sell", "--no-share-alike", "--layer", "weights", "--from", "gemma", "--format", "json"
    )
    choice = json.loads(done.stdout)
    assert [entry["license"] for entry in choice["fitting"]] == ["LicenseRef-gemma"]
    against = {entry["license"]: entry for entry in choice["ruled_out"]}
    assert "leaves out what Gemma" in against["MIT"]["because"]
    assert against["MIT"]["clauses"][0] == {"license": "LicenseRef-gemma", "clause": "3.1"}


def test_a_file_is_identified_and_what_was_changed_shown(tmp_path: Path) -> None:
    text = charter("licenses", "llama2", "--text").stdout
    (tmp_path / "TRUE").write_text(text, encoding="utf-8")
    (tmp_path / "CHANGED").write_text(text.replace("700 million", "7 million"), encoding="utf-8")
    true, changed = json.loads(charter("licenses", tmp_path / "TRUE", tmp_path / "CHANGED", "--format", "json").stdout)
    assert (true["license"], true["exact"]) == ("LicenseRef-llama2", True)
    assert (changed["license"], changed["exact"]) == ("LicenseRef-llama2", False)
    assert "7 million" in charter("licenses", tmp_path / "CHANGED").stdout


def test_charter_alone_names_the_next_command(tmp_path: Path) -> None:
    def alone() -> subprocess.CompletedProcess[str]:
        return run_charter(cwd=tmp_path)

    assert "Examples:" in alone().stdout
    (tmp_path / "model.safetensors").write_bytes(b"\0" * 8)
    assert "Next: charter init" in alone().stdout
    (tmp_path / "release.yaml").write_text("charter: 1\n", encoding="utf-8")
    done = alone()
    assert (done.returncode, "Next: charter check" in done.stdout) == (0, True)


def test_badge_prints_markdown_that_shows_the_badges_from_the_hub(tmp_path: Path) -> None:
    done = charter("badge", TESTS / "examples" / "pythia-12b")
    repo = "https://huggingface.co/EleutherAI/pythia-12b"
    mof = "Model Openness Framework: Class I, Open Science Model"
    assert f"[![{mof}]({repo}/resolve/main/badges/mof.svg)]({repo})" in done.stdout.splitlines()
    assert all((TESTS / "examples/pythia-12b/expected/badges" / f"{name}.svg").is_file() for name in ("mof", "osaid"))
    other = charter("badge", TESTS / "examples" / "starcoder-finetune")
    assert (other.returncode, other.stdout) == (2, "")
    assert "Add `badges` to `outputs`" in other.stderr


def test_a_new_release_file_leads_editors_to_its_schema_where_the_site_has_an_address(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    charter("init", "--defaults", tmp_path, CHARTER_DOCS_URL="https://docs.example")
    first, second = (tmp_path / "release.yaml").read_text(encoding="utf-8").splitlines()[:2]
    assert first == "# yaml-language-server: $schema=https://docs.example/schema/release-1.json"
    assert second == "charter: 1"
