"""The card of a data set: the Hub's headings and keys for data sets, and no acts of models."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests import command

RELEASE = """\
charter: 1
release: {name: Heron Calls, repo: lab/heron-calls, copyright: 2026 Lab, task: audio-classification}
layers: {data: {availability: released, license: CC-BY-4.0, files: ["data/*"]}}
card: {intended_use: Classifying., limitations: Only Europe., how_to_use: Load it., training: Recorded in 2025.}
"""


def charter(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    return command.charter(*arguments, cwd=folder)


def test_a_data_set_has_a_data_set_card_and_page(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("a\n", encoding="utf-8")
    (tmp_path / "release.yaml").write_text(RELEASE, encoding="utf-8")
    assert charter(tmp_path, "build").returncode == 0
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "task_categories:\n- audio-classification\n" in card
    for heading in ("Dataset Details", "Uses", "Bias, Risks, and Limitations", "Dataset Creation"):
        assert f"\n## {heading}\n" in card
    for word in ("Model", "Weights", "pipeline_tag", "adapter", "quantization", "Training Details"):
        assert word not in card
    assert "publish models trained on it" in card
    assert charter(tmp_path, "check").stdout.endswith("Ready to publish.\n")
    assert "architecture" not in charter(tmp_path, "check", "--select", "REL104").stdout
    assert charter(tmp_path, "preview", "-o", "page.html").returncode == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert '<th scope="row">Publish a model trained on it</th>' in page
    assert '<th scope="row">Publish a quantization</th>' not in page


def test_a_card_has_no_empty_section(tmp_path: Path) -> None:
    text = RELEASE.replace("copyright: 2026 Lab, task: audio-classification", "copyright: 2026 Lab")
    code = 'architecture: {availability: released, license: MIT, files: ["*.py"]}'
    text = text.replace('files: ["data/*"]}}', f'files: ["data/*"]}}, {code}}}')
    (tmp_path / "release.yaml").write_text(text, encoding="utf-8")
    assert charter(tmp_path, "build").returncode == 0
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert not re.search(r"^## .*\n+(?=## )", card, re.M)
