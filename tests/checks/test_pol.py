"""POL: the policy of an organization, in `charter check --policy FILE`."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import CharterError, check, load_release
from generator.errors import ReleaseFileError
from tests.command import charter

RELEASE = """
charter: 1
release: {name: Heron, publisher: {name: Heron Lab}}
layers:
  data: {availability: released, license: AGPL-3.0-only, files: ["data/*"]}
  weights:
    availability: released
    license: Apache-2.0
    files: ["*.safetensors"]
    derived_from:
      - {ref: lab/base, license: llama3.1, relation: finetune}
      - {ref: lab/unknown, relation: merge}
  architecture: {availability: withheld, license: AGPL-3.0-only}
"""


def found(tmp_path: Path, policy: str) -> list[tuple[str, str | None, str]]:
    """Return rule, layer and message of the findings of POL."""
    (tmp_path / "release.yaml").write_text(RELEASE, encoding="utf-8")
    (tmp_path / "policy.yaml").write_text(policy, encoding="utf-8")
    report = check(load_release(tmp_path), policy=tmp_path / "policy.yaml", select=["POL"])
    return [(finding.rule, finding.layer, finding.message) for finding in report.findings]


def test_a_blocked_license_is_found_where_an_item_has_it(tmp_path: Path) -> None:
    own, inherited = found(tmp_path, "policy: 1\nblock: [{licenses: [agpl-3.0], reason: Legal says no.}]\n")
    assert own[:2] == ("POL101", "data")
    assert "The policy blocks AGPL-3.0-only. Reason: Legal says no." in own[2]
    assert inherited[:2] == ("POL101", "weights")  # if training data counts as source code


def test_a_blocked_license_is_found_where_an_item_inherits_it(tmp_path: Path) -> None:
    (only,) = found(tmp_path, "policy: 1\nblock: [{licenses: [llama3.1]}]\n")
    assert only[:2] == ("POL101", "weights")
    assert "fine-tuned from lab/base" in only[2]


@pytest.mark.parametrize(
    "entry",
    [
        "{licenses: [llama3.1], relations: [adapter]}",
        "{licenses: [llama3.1], relations: [own]}",
        "{licenses: [llama3.1], layers: [data]}",
        "{licenses: [agpl-3.0], layers: [architecture]}",
    ],
)
def test_an_entry_is_about_its_layers_and_relations_only(tmp_path: Path, entry: str) -> None:
    assert found(tmp_path, f"policy: 1\nblock: [{entry}]\n") == []


def test_what_is_not_on_the_allow_list_is_found(tmp_path: Path) -> None:
    rules = found(tmp_path, "policy: 1\nallow: [{licenses: [apache-2.0, mit], layers: [weights]}]\n")
    assert sorted({rule[:2] for rule in rules}) == [("POL102", "weights"), ("POL103", "weights")]


def test_without_a_policy_nothing_is_found(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(RELEASE, encoding="utf-8")
    assert not [f for f in check(load_release(tmp_path)).findings if f.rule.startswith("POL")]


def test_of_a_choice_one_allowed_license_is_enough() -> None:
    from generator.licenses.catalog import parse
    from generator.licenses.policy import load_policy

    policy = load_policy(allow=["mit"])
    assert policy is not None
    assert policy.decide(parse("MIT OR GPL-3.0-only"), ("weights",)) is None
    decision = policy.decide(parse("MIT AND GPL-3.0-only"), ("weights",))
    assert decision is not None
    assert (decision.kind, decision.license) == ("not_allowed", "GPL-3.0-only")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("policy: 1\nblock: [{licenses: [no-such-license]}]\n", "2:21"),
        ("policy: 1\nblok: []\n", "Did you mean `block`"),
        ("policy: 2\n", "version"),
        ("policy: 1\nblock: [{licenses: [mit], relations: [finetuned]}]\n", "finetune"),
        ("- a\n", "mapping"),
    ],
)
def test_errors_in_a_policy_name_the_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ReleaseFileError, match=message):
        found(tmp_path, text)


def test_a_policy_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(RELEASE, encoding="utf-8")
    with pytest.raises(CharterError, match="no such file"):
        check(load_release(tmp_path), policy=tmp_path / "none.yaml")


def test_the_command_takes_a_policy(tmp_path: Path) -> None:
    found(tmp_path, "policy: 1\nblock: [{licenses: [llama3.1]}]\n")
    done = charter("check", "--policy", "policy.yaml", "--select", "POL", cwd=tmp_path)
    assert done.returncode == 1
    assert "POL101" in done.stdout
