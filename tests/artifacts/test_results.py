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
    for left in ("`co2_eq_emissions`", "`widget`", "2 results"):
        assert left in done.stderr
