"""Results of a card that is imported: kept where a release file has a place, reported where it has none."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.command import charter

CARD = """---
license: mit
co2_eq_emissions: 12
widget: [{text: hello}]
model-index:
- name: Smew
  results:
  - task: {type: text-generation, name: Text}
    dataset: {name: MMLU, type: cais/mmlu, split: test, args: {a: b}}
    metrics:
    - {type: accuracy, value: 51.2, name: Accuracy}
    - {type: f1}
    source: {url: "https://smew.example/log"}
  - dataset: {name: Other}
    metrics: [{type: accuracy, value: 3}]
  - text
---
# Smew
"""


def test_results_are_kept_and_what_is_left_out_is_named(tmp_path: Path) -> None:
    (tmp_path / "card.md").write_text(CARD)
    done = charter("import", "card.md", "-o", "release.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert yaml.load((tmp_path / "release.yaml").read_text(), Loader=yaml.BaseLoader)["results"] == [
        {
            "task": "text-generation",
            "dataset": {"name": "MMLU", "id": "cais/mmlu", "split": "test"},
            "metric": "accuracy",
            "name": "Accuracy",
            "value": "51.2",
            "source": "https://smew.example/log",
        }
    ]
    assert "    value: 51.2\n" in (tmp_path / "release.yaml").read_text(), "a number, not a text"
    assert "README.md" not in done.stderr
    for left in ("card.md: `co2_eq_emissions` was read as grams", "0.012 kg", "`widget`", "2 results"):
        assert left in done.stderr


def test_emissions_are_read_as_grams(tmp_path: Path) -> None:
    for stated, kilograms, hardware in (
        ("co2_eq_emissions: 12", "0.012", None),
        ("co2_eq_emissions: {emissions: 12.5, source: codecarbon, hardware_used: 4 T4}", "0.0125", "4 T4"),
        ("co2_eq_emissions:\n  emissions: 1.5e+6\n", "1500", None),
        ("co2_eq_emissions: twelve", None, None),
        ("co2_eq_emissions: -3", None, None),
        ("co2_eq_emissions: [1]", None, None),
    ):
        (tmp_path / "card.md").write_text(f"---\nlicense: mit\n{stated}\n---\n# Smew\n")
        done = charter("import", "card.md", "-o", "release.yaml", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        held = yaml.load((tmp_path / "release.yaml").read_text(), Loader=yaml.BaseLoader).get("training", {})
        assert (held.get("emissions_kg"), held.get("hardware")) == (kilograms, hardware)
        (tmp_path / "release.yaml").unlink()
