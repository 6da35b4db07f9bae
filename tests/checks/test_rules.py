"""Rules, through the command line: a case that fires and one that does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command import charter

HEAD = """\
charter: 1
release: {name: NAME, repo: lab/NAME, copyright: 2026 Lab, task: text-generation, languages: [en]}
"""
GOOD = '{availability: released, license: Apache-2.0, files: ["*.safetensors"]}'


def check(folder: Path, source: str, *more: str) -> list[dict[str, Any]]:
    """Findings of a release file."""
    folder.mkdir(exist_ok=True)
    (folder / "release.yaml").write_text(source, encoding="utf-8")
    done = charter("check", folder, "--format", "json", *more)
    assert done.stderr == "", done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return found


def weights(*upstreams: str, license_: str = "Apache-2.0", name: str = "borealis", layer: str = "weights") -> str:
    """A release with one item and its upstreams."""
    form = "form: adapter, " if layer == "deltas" else ""
    derived = f", derived_from: [{', '.join(upstreams)}]" if upstreams else ""
    item = f"{{{form}availability: released, license: {license_}, files: ['*.safetensors']{derived}}}"
    return f"{HEAD.replace('NAME', name)}layers: {{{layer}: {item}}}\n"


def up(license_: str | None, relation: str, ref: str = "lab/base") -> str:
    """An upstream."""
    return f"{{ref: {ref}, {f'license: {license_}, ' if license_ else ''}relation: {relation}}}"


CASES = [
    ("LIC101", HEAD + "layers: {data: {availability: released, license: MIT, files: ['d/*']}}\n",
     HEAD + "layers: {data: {availability: released, license: CC-BY-4.0, files: ['d/*']}}\n"),
    ("LIC102", weights(license_="MIT"), weights(license_="OpenMDW-1.0")),
    ("LIC103", HEAD + "layers: {architecture: {availability: released, license: CC-BY-NC-4.0, files: ['m.py']}}\n",
     HEAD + "layers: {architecture: {availability: released, license: MIT, files: ['m.py']}}\n"),
    ("LIC104", weights(license_="0BSD"), weights(license_="MIT")),
    ("LIN201", weights(up("llama2", "finetune")), weights(up("llama2", "finetune"), license_="llama2")),
    ("LIN201", weights(up("creativeml-openrail-m", "finetune"), license_="bigcode-openrail-m"),
     weights(up("bigcode-openrail-m", "finetune"), license_="bigcode-openrail-m")),
    ("LIN202", weights(up("llama2", "adapter"), layer="deltas"), weights(up("mit", "adapter"), layer="deltas")),
    ("LIN203", weights(up("odbl", "trained_on")), weights(up("cdla-permissive-2.0", "trained_on"))),
    ("LIN204", weights(up(None, "finetune")), weights(up("mit", "finetune"))),
    ("LIN205", weights(up("llama3.1", "finetune"), license_="llama3.1", name="Story-Llama"),
     weights(up("llama3.1", "finetune"), license_="llama3.1", name="Llama-Story")),
    ("LIN205", weights(up("llama3.1", "outputs_of"), name="Story"), weights(up("llama2", "outputs_of"), name="Story")),
    ("LIN206", weights(up("gpl-3.0", "merge"), up("gemma", "merge", "lab/b"), license_="gpl-3.0"),
     weights(up("apache-2.0", "merge"), up("gemma", "merge", "lab/b"), license_="gemma")),
    ("LIN206", weights(up("llama2", "merge"), up("apache-2.0", "merge", "lab/b"), license_="llama2"),
     weights(up("llama2", "merge"), up("llama2", "merge", "lab/b"), license_="llama2")),
    ("LIN207", weights(up("mit", "distilled")), weights(up("gemma", "distilled"), license_="gemma")),
    ("REL101", weights().replace("license: Apache-2.0, ", ""), weights()),
    ("REL102", weights(license_="cc"), weights()),
    ("REL103", weights().replace("copyright: 2026 Lab, ", ""), weights()),
    ("REL118", HEAD.replace("repo: lab/NAME, copyright: 2026 Lab, ", "") + "layers: {weights: " + GOOD + "}\n",
     HEAD.replace("repo: lab/NAME, ", "") + "layers: {weights: " + GOOD + "}\n"),
    ("REL118", HEAD.replace("repo: lab/NAME, copyright: 2026 Lab, ", "") + "layers: {weights: " + GOOD + "}\n",
     HEAD.replace("copyright: 2026 Lab, ", "") + "layers: {weights: " + GOOD + "}\n"),
    ("REL118", HEAD.replace("repo: lab/NAME, copyright: 2026 Lab, ", "") + "layers: {weights: " + GOOD + "}\n",
     HEAD.replace("repo: lab/NAME, copyright: 2026 Lab, ", "")
     + "layers: {weights: " + GOOD.replace("released,", "released, owner: A Lab,") + "}\n"),
    ("REL104", weights(), weights().replace(
        "layers: {", "layers: {data: {availability: none}, curation: {availability: none}, "
        "architecture: {availability: none}, ")),
    ("REL105", weights().replace(", files: ['*.safetensors']", ""), weights()),
    ("REL106", HEAD + "layers: {curation: {availability: described}}\n",
     HEAD + "layers: {curation: {availability: described, description: Filters.}}\n"),
    ("REL107", weights(license_="LicenseRef-ours") + "licenses: {LicenseRef-ours: {name: Ours}}\n", weights()),
    ("REL108", weights(up("mit", "finetune")), weights(up("apache-2.0", "finetune"))),
    ("REL109", weights(license_="llama2"), weights(license_="bigcode-openrail-m")),
    ("REL110", weights(license_="MIT").replace("]}}\n", "]}, curation: {availability: released, license: GPL-3.0-only, "
                                               "files: ['c.py']}}\n") + "outputs: [card, licenses, reuse]\n",
     weights() + "outputs: [card, licenses, reuse]\n"),
    ("REL120", weights() + "outputs: [card, spdx]\n", weights() + "outputs: [card, cyclonedx]\n"),
    ("HUB101", weights().replace("[en]", "[english]"), weights()),
    ("HUB102", weights().replace("task:", "library: transformer, task:"),
     weights().replace("task:", "library: transformers, task:")),
    ("HUB103", weights().replace("task: text-generation, ", ""), weights()),
    ("HUB104", weights().replace("repo: lab/borealis, ", ""), weights()),
    ("HUB105", weights(up("mit", "finetune", "https://example.org/base")), weights(up("mit", "finetune"))),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "bad", "good"), CASES, ids=[f"{rule}-{n}" for n, (rule, _, _) in enumerate(CASES)])
def test_it_fires_where_it_should_and_nowhere_else(rule: str, bad: str, good: str, tmp_path: Path) -> None:
    fired = [finding for finding in check(tmp_path / "bad", bad) if finding["rule"] == rule]
    assert fired
    for finding in fired:
        assert finding["message"]
        assert finding["remedy"]
        assert finding["location"]["line"] >= 1
    assert rule not in {finding["rule"] for finding in check(tmp_path / "good", good)}


def test_a_release_without_any_license_is_not_ready(tmp_path: Path) -> None:
    data = "layers: {data: {availability: released, files: ['d/*']}}\n"
    assert [f["severity"] for f in check(tmp_path, HEAD + data) if f["rule"] == "REL101"] == ["error"]
    both = data.replace("layers: {", f"layers: {{weights: {GOOD}, ")
    assert [f["severity"] for f in check(tmp_path, HEAD + both) if f["rule"] == "REL101"] == ["info"]


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (weights(up(None, "finetune")), "error"),
        (weights(up(None, "merge"), up("mit", "merge", "lab/b")), "error"),
        (weights(up(None, "trained_on")), "warning"),
        (weights(up(None, "finetune")).replace("weights: {", "deltas: {form: adapter, "), "error"),
        (weights(up(None, "includes")).replace("weights: {", "data: {"), "warning"),
    ],
)
def test_an_unknown_license_of_a_base_model_is_an_error(text: str, severity: str, tmp_path: Path) -> None:
    assert [f["severity"] for f in check(tmp_path, text) if f["rule"] == "LIN204"] == [severity]


def test_a_card_whose_base_has_an_unknown_license_is_a_warning(tmp_path: Path) -> None:
    card = "---\nlicense: mit\nbase_model: some-lab/some-model\n---\n# B\n"
    (tmp_path / "README.md").write_text(card, encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"")
    document = json.loads(charter("check", str(tmp_path), "--format", "json").stdout)
    assert [f["severity"] for f in document["findings"] if f["rule"] == "LIN204"] == ["warning"]


def test_one_kind_of_problem_of_many_sources_is_one_finding(tmp_path: Path) -> None:
    bases = [up("mit", "merge", f"lab/model-{number}") for number in range(5)]
    (found,) = [f for f in check(tmp_path, weights(*bases)) if f["rule"] == "REL108"]
    assert found["count"] == 5
    assert len({place["message"] for place in found["places"]}) == 5


def test_results_in_the_front_matter_are_an_evaluation(tmp_path: Path) -> None:
    index = "model-index:\n- name: B\n  results:\n  - task: {type: t}\n    dataset: {type: d, name: D}\n"
    index += "    metrics: [{type: f1, value: 1}]\n"
    (tmp_path / "README.md").write_text(f"---\nlicense: mit\n{index}---\n# B\n", encoding="utf-8")
    assert "CARD105" not in {f["rule"] for f in check(tmp_path, weights())}


def test_a_modified_license_is_not_the_license_itself(tmp_path: Path) -> None:
    card = "# B\n\n## License\n\n[NAME](./LICENSE)\n"
    fired = {}
    for name in ("Modified MIT", "MIT"):
        (tmp_path / "README.md").write_text(card.replace("NAME", name), encoding="utf-8")
        fired[name] = "CARD114" in {f["rule"] for f in check(tmp_path, weights())}
    assert fired == {"Modified MIT": False, "MIT": True}


def test_the_folder_that_a_model_was_saved_from_is_no_base(tmp_path: Path) -> None:
    for name, fires in (("pelican-7b", False), ("egret-7b", True)):
        (tmp_path / "config.json").write_text(json.dumps({"_name_or_path": name}), encoding="utf-8")
        found = check(tmp_path, weights(name="Pelican-7b-Merged"))
        assert ("ART104" in {f["rule"] for f in found}) == fires


def test_a_card_of_a_person_is_held_to_the_hub_s_rules(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlanguage_details: x\nbase_model: my llama\n---\n", encoding="utf-8")
    (found,) = [f for f in check(tmp_path, weights()) if f["rule"] == "HUB106"]
    assert found["location"] == {"file": str(tmp_path / "README.md"), "line": 3, "column": 1}
    assert "HUB106" not in {f["rule"] for f in check(tmp_path, weights(up("mit", "finetune")))}, "it is written anew"


def test_an_upstream_that_says_otherwise_is_told(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "README.md").write_text("---\nlicense: llama2\n---\n", encoding="utf-8")
    rules = {f["rule"] for f in check(tmp_path / "model", weights(up("mit", "finetune", "../base")))}
    assert "LIN208" in rules
    assert "LIN208" not in {f["rule"] for f in check(tmp_path / "model", weights(up("llama2", "finetune", "../base")))}


def test_a_data_license_that_binds_under_one_reading_is_a_warning(tmp_path: Path) -> None:
    source = weights(up("cc-by-sa-4.0", "trained_on"))
    (found,) = [f for f in check(tmp_path, source) if f["rule"] == "LIN201"]
    assert (found["severity"], found["framing"], found["layer"]) == ("warning", "program", "weights")


def test_terms_that_bar_competing_models_reach_outputs(tmp_path: Path) -> None:
    terms = "licenses: {LicenseRef-service: {name: Terms of a service, limits: [LIMIT]}}\n"
    source = weights(up("LicenseRef-service", "outputs_of"))
    barred = {f["rule"] for f in check(tmp_path, source + terms.replace("LIMIT", "competing_models"))}
    assert "LIN203" in barred
    assert "LIN207" in {f["rule"] for f in check(tmp_path, source + terms.replace("LIMIT", "military"))}


def test_the_release_s_own_data_flows_into_its_weights(tmp_path: Path) -> None:
    data = "layers: {data: {availability: withheld, license: CC-BY-NC-4.0}, "
    found = [f for f in check(tmp_path, weights().replace("layers: {", data)) if f["rule"] == "LIN201"]
    assert [(f["severity"], f["framing"]) for f in found] == [("warning", "program")]


def test_a_folder_without_a_release_file_is_judged_by_its_card(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(
        "---\nlicense: apache-2.0\nbase_model: ../base\n---\n# A card\n", encoding="utf-8"
    )
    (tmp_path.parent / "base").mkdir(exist_ok=True)
    (tmp_path.parent / "base" / "README.md").write_text("---\nlicense: llama2\n---\n", encoding="utf-8")
    done = charter("check", tmp_path, "--format", "json")
    assert done.returncode == 1
    assert "LIN201" in {finding["rule"] for finding in json.loads(done.stdout)["findings"]}
